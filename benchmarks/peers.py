"""Our writers beside the libraries that people use instead, for one release of the synthetic cube.

Every peer is handed the observations as objects of its own, made from our files outside the time
that is measured; only its writing is timed. Our writer is timed from the stored table, reading and
all. Run as ``python -m benchmarks.peers RELEASE FILE WRITER TARGET``: prints the seconds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

OURS = "publisher"
NOBODY = "none"
_REPEATED = 3
# Seconds of writing after which it is not repeated.
_ENOUGH = 10.0

Write = Callable[[], object]


def ours(release: Path, path: str, target: Path) -> tuple[Write, int]:
    """Return the writing of a file's format by this project, and how many files that writes."""
    import pyarrow.parquet as pq

    from benchmarks.synthetic import CUBE, EDITION
    from publisher.formats import FORMATS, Draft, Publication, SourceFile
    from publisher.observations import Observations
    from publisher.release import MANIFEST, open_release

    opened = open_release(release)
    cube = opened.dataset.cube(CUBE)
    stored = release / "data" / f"{CUBE}.parquet"
    suppressed = pq.read_table(stored, columns=[cube.measure.id])[0].null_count
    observations = Observations(cube, stored, pq.read_metadata(stored).num_rows, suppressed)
    edition = opened.dataset.edition(EDITION)
    inputs = json.loads((release / MANIFEST).read_text(encoding="utf-8"))["inputs"]
    sources = tuple(
        SourceFile(item["path"].removeprefix("source/"), item["bytes"], item["sha256"])
        for item in inputs
        if item["path"].startswith("source/")
    )
    publication = Publication(opened.dataset, release / "definition", edition, (observations,), sources)
    name = opened.manifest.files[path].format
    chosen = next(item for item in FORMATS if item.name == name)
    options = {option.name: option.default for option in chosen.options} | opened.dataset.formats.get(name, {})
    files = sum(entry.format == name and CUBE in entry.path for entry in opened.manifest.files.values())

    def write() -> None:
        draft = Draft(target.parent / "draft")
        chosen.write(publication, draft, options)
        (draft.folder / path).replace(target)

    return write, files


def pandas_csv(release: Path, cube: str, target: Path) -> Write:
    """Return pandas' writing of CSV."""
    import pandas as pd

    frame = pd.read_parquet(release / "data" / f"{cube}.parquet")
    return lambda: frame.to_csv(target, index=False, lineterminator="\n")


def pandas_parquet(release: Path, cube: str, target: Path) -> Write:
    """Return pandas' writing of Parquet, compressed as ours is."""
    import pandas as pd

    frame = pd.read_parquet(release / "data" / f"{cube}.parquet")
    return lambda: frame.to_parquet(target, index=False, compression="zstd")


def rdflib(syntax: str, folder: str = "rdf") -> Callable[[Path, str, Path], Write]:
    """Return rdflib's writing of the graph of a Turtle file in a syntax, as rdflib calls it."""

    def prepare(release: Path, cube: str, target: Path) -> Write:
        from rdflib import Graph

        graph = Graph().parse(release / folder / f"{cube}.ttl", format="turtle")
        return lambda: graph.serialize(target, format=syntax, encoding="utf-8")

    return prepare


def pyoxigraph(syntax: str, folder: str = "rdf") -> Callable[[Path, str, Path], Write]:
    """Return pyoxigraph's writing of the triples of a Turtle file, with its prefixes; ``syntax`` is a file's suffix."""

    def prepare(release: Path, cube: str, target: Path) -> Write:
        import pyoxigraph

        parser = pyoxigraph.parse(path=str(release / folder / f"{cube}.ttl"), format=pyoxigraph.RdfFormat.TURTLE)
        triples = list(parser)
        prefixes = dict(parser.prefixes) if syntax == "ttl" else None
        kind = pyoxigraph.RdfFormat.from_extension(syntax)
        return lambda: pyoxigraph.serialize(triples, str(target), format=kind, prefixes=prefixes)

    return prepare


def sdmx1_ml(release: Path, cube: str, target: Path) -> Write:
    """Return sdmx1's writing of a message as SDMX-ML 2.1, structure-specific."""
    return _sdmx1_xml(release, cube, target, "data-2.1.xml")


def sdmx1_generic(release: Path, cube: str, target: Path) -> Write:
    """Return sdmx1's writing of a message as SDMX-ML 2.1, generic."""
    return _sdmx1_xml(release, cube, target, "data-2.1-generic.xml")


def _sdmx1_xml(release: Path, cube: str, target: Path, file: str) -> Write:
    import sdmx

    message, _ = _sdmx1_message(release, cube, file)
    return lambda: target.write_bytes(sdmx.to_xml(message))


def sdmx1_csv(release: Path, cube: str, target: Path) -> Write:
    """Return sdmx1's writing of a data set as SDMX-CSV 2.0, with its attributes."""
    import sdmx

    message, structures = _sdmx1_message(release, cube, "data-2.1.xml")
    (data,) = message.data
    (data.described_by,) = structures.dataflow.values()
    return lambda: sdmx.to_csv(data, path=target, attributes="dgso")


def _sdmx1_message(release: Path, cube: str, file: str) -> tuple[Any, Any]:
    # Once it has read a 2.1 file, sdmx1 fails at every 3.0 file unless this was imported first.
    import sdmx.reader.xml.v30  # noqa: F401  # isort: skip
    import sdmx

    structures = sdmx.read_sdmx(release / "sdmx" / "structure-2.1.xml")
    (dsd,) = structures.structure.values()
    return sdmx.read_sdmx(release / "sdmx" / cube / file, structure=dsd), structures


def pysdmx(media_type: str) -> Callable[[Path, str, Path], Write]:
    """Return pysdmx's writing of a data set in the format of a media type, as ``pysdmx.io.Format`` has it.

    Data in SDMX-ML is written in series over time, as ours is.
    """

    def prepare(release: Path, cube: str, target: Path) -> Write:
        from pysdmx.io import get_datasets, write_sdmx
        from pysdmx.io.format import Format

        (data,) = get_datasets(release / "sdmx" / cube / "data-2.0.csv", release / "sdmx" / "structure-2.1.xml")
        options = {"dimension_at_observation": "TIME_PERIOD"} if "xml" in media_type else {}
        return lambda: write_sdmx(data, Format(f"application/vnd.sdmx.{media_type}"), str(target), **options)

    return prepare


PEERS: dict[tuple[str, str], Callable[[Path, str, Path], Write] | None] = {
    ("data/persons.csv", "pandas"): pandas_csv,
    ("data/persons.parquet", "pandas"): pandas_parquet,
    ("rdf/persons.ttl", "pyoxigraph"): pyoxigraph("ttl"),
    ("rdf/persons.ttl", "rdflib"): rdflib("turtle"),
    ("rdf/persons.nt", "pyoxigraph"): pyoxigraph("nt"),
    ("rdf/persons.nt", "rdflib"): rdflib("nt"),
    ("rdf/persons.jsonld", "pyoxigraph"): pyoxigraph("jsonld"),
    ("rdf/persons.jsonld", "rdflib"): rdflib("json-ld"),
    ("cube-link/persons.ttl", "pyoxigraph"): pyoxigraph("ttl", "cube-link"),
    ("sdmx/persons/data-2.1.xml", "sdmx1"): sdmx1_ml,
    ("sdmx/persons/data-2.1.xml", "pysdmx"): pysdmx("structurespecificdata+xml;version=2.1"),
    ("sdmx/persons/data-2.1-generic.xml", "sdmx1"): sdmx1_generic,
    ("sdmx/persons/data-2.1-generic.xml", "pysdmx"): pysdmx("genericdata+xml;version=2.1"),
    ("sdmx/persons/data-3.0.xml", "pysdmx"): pysdmx("data+xml;version=3.0.0"),
    ("sdmx/persons/data-3.1.xml", "pysdmx"): pysdmx("data+xml;version=3.1.0"),
    ("sdmx/persons/data-1.0.csv", "pysdmx"): pysdmx("data+csv;version=1.0.0"),
    ("sdmx/persons/data-2.0.csv", "sdmx1"): sdmx1_csv,
    ("sdmx/persons/data-2.0.csv", "pysdmx"): pysdmx("data+csv;version=2.0.0"),
    ("sdmx/persons/data-2.1.csv", "pysdmx"): pysdmx("data+csv;version=2.1.0"),
    ("sdmx/persons/data-1.0.json", NOBODY): None,
    ("sdmx/persons/data-2.0.json", NOBODY): None,
}
"""(File of the release, peer) -> what prepares its writing, of one cube to one file; of some files there is no peer."""

SLOW = frozenset({"rdflib", "sdmx1", "pysdmx"})
"""The peers that are given fewer observations: they write some thousand a second."""


def seconds(release: Path, path: str, writer: str, target: Path) -> float:
    """Write a file to ``target`` a few times and return the least seconds that it took.

    Ours writes every file of the format that the file is of; its time is divided by their number.
    """
    files = 1
    if writer == OURS:
        write, files = ours(release, path, target)
    else:
        from benchmarks.synthetic import CUBE

        prepare = PEERS[path, writer]
        assert prepare is not None
        write = prepare(release, CUBE, target)
    taken: list[float] = []
    while len(taken) < _REPEATED and sum(taken) < _ENOUGH:
        started = perf_counter()
        write()
        taken.append(perf_counter() - started)
    return min(taken) / files


if __name__ == "__main__":
    print(seconds(Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4])))
