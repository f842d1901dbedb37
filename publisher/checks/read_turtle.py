"""``rdf/<cube>.ttl`` read back as rows of codes, by pyoxigraph, rdflib and a plain parser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.rdf_rows import rows_of
from publisher.checks.reader import Reader
from publisher.checks.turtle_lines import by_lines
from publisher.checks.turtle_rows import by_pyoxigraph, by_rdflib
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.checks.reader import Read
    from publisher.checks.turtle_rows import RawRows


def _reader(raw: RawRows) -> Read:
    def read(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
        for batch in raw(folder / "rdf" / f"{cube.id}.ttl", cube, dataset):
            yield rows_of(batch, cube, dataset)

    return read


# Measured on two cores: pyoxigraph reads some 30,000 observations a second, rdflib some 2,500.
READERS: tuple[Reader, ...] = (
    Reader("turtle", "rdf/{cube}.ttl", "pyoxigraph", _reader(by_pyoxigraph), 75_000, _reader(by_lines)),
    Reader("turtle", "rdf/{cube}.ttl", "rdflib", _reader(by_rdflib), 5_000, kind="full"),
)
