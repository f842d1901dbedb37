"""Our writers beside the libraries that people use instead, for one release of the synthetic cube.

Every peer is handed the observations as objects of its own, made from our files outside the time
that is measured; only its writing is timed. Our writer is timed from the stored table, reading and
all. Run as ``python -m benchmarks.peers RELEASE FORMAT WRITER TARGET``: prints the seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

OURS = "publisher"
_REPEATED = 3

Write = Callable[[], object]


def ours(release: Path, format: str, target: Path) -> Write:
    """Return the writing of a format by this project, from the release's stored table."""
    import pyarrow.parquet as pq

    from benchmarks.synthetic import EDITION
    from publisher.formats import FORMATS, Draft, Publication
    from publisher.model import Edition
    from publisher.observations import Observations
    from publisher.release import open_release

    opened = open_release(release)
    (cube,) = opened.dataset.cubes
    stored = release / "data" / f"{cube.id}.parquet"
    observations = Observations(cube, stored, pq.read_metadata(stored).num_rows, 0)
    publication = Publication(opened.dataset, release / "definition", Edition(EDITION), (observations,), ())
    chosen = next(item for item in FORMATS if item.name == format)
    options = {option.name: option.values[0] for option in chosen.options}

    def write() -> None:
        draft = Draft(target.parent / "draft")
        chosen.write(publication, draft, options)
        (draft.folder / draft.files[0].path).replace(target)

    return write


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


def rdflib_turtle(release: Path, cube: str, target: Path) -> Write:
    """Return rdflib's writing of a graph as Turtle."""
    from rdflib import Graph

    graph = Graph().parse(release / "rdf" / f"{cube}.ttl", format="turtle")
    return lambda: graph.serialize(target, format="turtle", encoding="utf-8")


def pyoxigraph_turtle(release: Path, cube: str, target: Path) -> Write:
    """Return pyoxigraph's writing of triples as Turtle, with the prefixes of our file."""
    import pyoxigraph

    parser = pyoxigraph.parse(path=str(release / "rdf" / f"{cube}.ttl"), format=pyoxigraph.RdfFormat.TURTLE)
    triples = list(parser)
    prefixes = dict(parser.prefixes)
    return lambda: pyoxigraph.serialize(triples, str(target), format=pyoxigraph.RdfFormat.TURTLE, prefixes=prefixes)


def sdmx1_ml(release: Path, cube: str, target: Path) -> Write:
    """Return sdmx1's writing of a message as SDMX-ML 2.1, structure-specific."""
    import sdmx

    message, _ = _message(release, cube)
    return lambda: target.write_bytes(sdmx.to_xml(message))


def sdmx1_csv(release: Path, cube: str, target: Path) -> Write:
    """Return sdmx1's writing of a data set as SDMX-CSV 2.0, with its attributes."""
    import sdmx

    message, structures = _message(release, cube)
    (data,) = message.data
    (data.described_by,) = structures.dataflow.values()
    return lambda: sdmx.to_csv(data, path=target, attributes="dgso")


def _message(release: Path, cube: str) -> tuple[object, object]:
    import sdmx

    structures = sdmx.read_sdmx(release / "sdmx" / "structure-2.1.xml")
    (dsd,) = structures.structure.values()
    return sdmx.read_sdmx(release / "sdmx" / cube / "data-2.1.xml", structure=dsd), structures


PEERS: dict[tuple[str, str], Callable[[Path, str, Path], Write]] = {
    ("csv", "pandas"): pandas_csv,
    ("parquet", "pandas"): pandas_parquet,
    ("turtle", "pyoxigraph"): pyoxigraph_turtle,
    ("turtle", "rdflib"): rdflib_turtle,
    ("sdmx-ml", "sdmx1"): sdmx1_ml,
    ("sdmx-csv", "sdmx1"): sdmx1_csv,
}
"""(Format, peer) -> what prepares its writing, of one cube to one file."""


def seconds(release: Path, format: str, writer: str, target: Path) -> float:
    """Write a format to ``target`` a few times and return the least seconds that it took."""
    if writer == OURS:
        write = ours(release, format, target)
    else:
        from benchmarks.synthetic import CUBE

        write = PEERS[format, writer](release, CUBE, target)
    taken = []
    for _ in range(_REPEATED):
        started = perf_counter()
        write()
        taken.append(perf_counter() - started)
    return min(taken)


if __name__ == "__main__":
    print(seconds(Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4])))
