"""A cube's observations: one columnar table in key order, on disk, read in batches.

Sources hand in record batches with the columns of ``input_schema``; ``store`` sorts them, refuses
what is wrong and answers with an ``Observations``, whose memory does not grow with its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from publisher import periods
from publisher.columns import SOURCE_LINE, encoded_columns, input_schema, key_texts, period_texts, published_schema
from publisher.errors import InputError
from publisher.model import FREQ, Cube, Dataset
from publisher.refusals import Refusals

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BATCH_ROWS = 8_192
_SORT_MEMORY = "192MB"


class Rows(Protocol):
    """Observations of a cube that can be read in batches, all of them or a part."""

    @property
    def cube(self) -> Cube:
        """What they are observations of."""
        ...

    def batches(self, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the published columns, in key order, in batches of at most ``rows``."""
        ...


@dataclass(frozen=True, slots=True)
class Observations:
    """The observations of one cube: a Parquet file in key order, and how many rows it has.

    ``suppressed`` of the ``rows`` have no value.
    """

    cube: Cube
    path: Path
    rows: int
    suppressed: int

    def batches(self, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the published columns in batches of at most ``rows``.

        Codes and periods are dictionary-encoded; the value is int64, or decimal128 with the cube's
        decimals, and null where suppressed.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = published_schema(self.cube)
        with pq.ParquetFile(self.path, read_dictionary=list(encoded_columns(self.cube))) as file:
            for batch in file.iter_batches(rows, columns=schema.names, use_threads=False):
                # The file calls a column without a null in it "not null"; the schema is the cube's.
                yield pa.RecordBatch.from_arrays([batch[name] for name in schema.names], schema=schema)

    def table(self) -> pa.Table:
        """Return all of them at once, for what is small."""
        import pyarrow as pa

        return pa.Table.from_batches(list(self.batches(1 << 20)), published_schema(self.cube))

    def by_frequency(self) -> tuple[OfFrequency, ...]:
        """Return the observations of each frequency that there are some of, in the order of its codelist."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found: set[str] = set()
        for batch in self.batches(BATCH_ROWS * 8):
            found.update(pc.unique(batch[FREQ].cast(pa.string())).to_pylist())
        codelist = self.cube.dimension(FREQ).codelist
        order = sorted(found) if codelist is None else sorted(found, key=codelist.position)
        return tuple(OfFrequency(self, frequency) for frequency in order)

    def lines(self) -> Iterator[tuple[str, int]]:
        """Yield (key, line in the source) of every observation."""
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=[*self.cube.key_ids, SOURCE_LINE]):
                yield from zip(key_texts(batch, self.cube).to_pylist(), batch[SOURCE_LINE].to_pylist(), strict=True)


@dataclass(frozen=True, slots=True)
class OfFrequency:
    """Those of a cube's observations that are of one frequency."""

    observations: Observations
    frequency: str

    @property
    def cube(self) -> Cube:
        """What they are observations of."""
        return self.observations.cube

    def batches(self, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the published columns, in key order, in batches of at most ``rows``."""
        import pyarrow as pa
        import pyarrow.compute as pc

        for batch in self.observations.batches(rows):
            yield batch.filter(pc.equal(batch[FREQ].cast(pa.string()), self.frequency))


def store(dataset: Dataset, cube: Cube, batches: Iterable[pa.RecordBatch], folder: Path, file: str) -> Observations:
    """Sort and keep the observations of a cube in ``folder``.

    ``file`` is how findings call the source. Raises InputError, with the line of each, for a code
    its codelist does not have, a period that does not fit FREQ, a status that contradicts the
    value, and a key that stands twice.
    """
    import pyarrow.parquet as pq

    path = folder / f"{cube.id}.parquet"
    _sort(cube, batches, path)
    rows = suppressed = 0
    refused = Refusals(dataset, cube, file)
    with pq.ParquetFile(path, read_dictionary=list(encoded_columns(cube))) as stored:
        for batch in stored.iter_batches(BATCH_ROWS * 8, use_threads=False):
            refused.read(batch)
            rows += batch.num_rows
            suppressed += batch[cube.measure.id].null_count
    refused.raise_any()
    return Observations(cube, path, rows, suppressed)


def _sort(cube: Cube, batches: Iterable[pa.RecordBatch], path: Path) -> None:
    """Write the batches to ``path`` in key order; sorting may take disk, not memory."""
    import pyarrow.parquet as pq

    unsorted = path.with_suffix(".unsorted.parquet")
    with pq.ParquetWriter(unsorted, input_schema(cube), compression="lz4") as writer:
        for batch in batches:
            writer.write_batch(batch)
    key = ", ".join(f'"{component}"' for component in (*cube.key_ids, SOURCE_LINE))
    with connect(path.parent) as database:
        database.execute(
            f"COPY (SELECT * FROM read_parquet(?) ORDER BY {key}) TO '{_quoted(path)}'"
            " (FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE 65536)",
            [str(unsorted)],
        )
    unsorted.unlink()


def last_month(observations: Iterable[Observations]) -> str:
    """Return the month, as ``YYYY-MM``, in which the last period of the finest frequency ends.

    Monthly counts to 2024-11 with a mean for 2024 give 2024-11. Raises InputError where there is
    no observation.
    """
    import pyarrow.compute as pc

    pairs: set[str] = set()
    for each in observations:
        for batch in each.batches(BATCH_ROWS * 8):
            pairs.update(pc.unique(period_texts(batch)).to_pylist())
    ends = [
        (periods.FREQUENCIES.index(frequency), periods.bounds(frequency, period)[1])
        for frequency, period in map(str.split, pairs)
    ]
    if not ends:
        raise InputError("there is no observation, and so no last month")
    finest = min(ends)[0]
    return max(end for frequency, end in ends if frequency == finest).isoformat()[:7]


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open the SQL engine with bounded memory; what it cannot hold it keeps in ``folder``."""
    import duckdb

    database = duckdb.connect(
        config={
            "memory_limit": _SORT_MEMORY,
            "threads": 2,
            "temp_directory": str(folder / "duckdb"),
            "autoinstall_known_extensions": False,
        }
    )
    # Standard output is for results: DuckDB would draw a bar there when a query takes seconds.
    database.execute("SET enable_progress_bar = false")
    return database


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
