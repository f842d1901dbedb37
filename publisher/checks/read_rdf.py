"""``rdf/<cube>.nt`` and ``rdf/<cube>.jsonld``, compressed or not, read back as rows of codes.

By pyoxigraph, rdflib and plain parsers. A row is refused for a triple that the Turtle of the cube
does not have, so that files which hold the same rows hold the same triples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.rdf_plain import by_jsonld, by_ntriples
from publisher.checks.rdf_rows import rows_of
from publisher.checks.rdf_streams import triples_by_pyoxigraph, triples_by_rdflib
from publisher.checks.reader import Reader
from publisher.checks.turtle_rows import rows_of_triples
from publisher.formats.rdf_files import SUFFIXES
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.checks.reader import Read
    from publisher.checks.turtle_rows import RawRows, Triple


def _reader(raw: RawRows, file: str) -> Read:
    def read(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
        for batch in raw(folder / file.format(cube=cube.id), cube, dataset):
            yield rows_of(batch, cube, dataset)

    return read


def _raw(triples: Callable[[Path], Iterator[Triple]]) -> RawRows:
    return lambda path, cube, dataset: rows_of_triples(triples(path), cube, dataset)


def _readers(format: str, suffix: str, plain: RawRows) -> Iterator[Reader]:
    """Yield the readers of a format, for each way it may be compressed."""
    for packed in SUFFIXES.values():
        file = f"rdf/{{cube}}{suffix}{packed}"
        foreign, twin = _reader(_raw(triples_by_pyoxigraph), file), _reader(plain, file)
        yield Reader(format, file, "pyoxigraph", foreign, 50_000, twin, optional=True)
        full = _reader(_raw(triples_by_rdflib), file)
        yield Reader(format, file, "rdflib", full, 5_000, kind="full", optional=True)


READERS: tuple[Reader, ...] = (
    *_readers("ntriples", ".nt", by_ntriples),
    *_readers("jsonld", ".jsonld", by_jsonld),
)
