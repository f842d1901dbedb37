"""A cube's observations: one columnar table in key order, on disk, read in batches.

Sources hand in record batches with the columns of ``input_schema``; ``store`` sorts them, refuses
what is wrong and answers with an ``Observations``, whose memory does not grow with its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import periods
from publisher.columns import SOURCE_LINE, encoded_columns, input_schema, key_texts, period_texts, published_schema
from publisher.errors import Finding, InputError, nearest
from publisher.model import (
    CONF_STATUS,
    OBS_STATUS,
    SUPPRESSED_CONF_STATUS,
    SUPPRESSED_OBS_STATUS,
    TIME_PERIOD,
    Codelist,
    Cube,
    Dataset,
)

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = [
    "BATCH_ROWS",
    "SOURCE_LINE",
    "Faults",
    "Observations",
    "connect",
    "encoded_columns",
    "input_schema",
    "key_texts",
    "last_month",
    "published_schema",
    "store",
]

BATCH_ROWS = 8_192
_SORT_MEMORY = "192MB"
_MOST_FINDINGS = 20


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

    def lines(self) -> Iterator[tuple[str, int]]:
        """Yield (key, line in the source) of every observation."""
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=[*self.cube.key_ids, SOURCE_LINE]):
                yield from zip(key_texts(batch, self.cube).to_pylist(), batch[SOURCE_LINE].to_pylist(), strict=True)


def store(dataset: Dataset, cube: Cube, batches: Iterable[pa.RecordBatch], folder: Path, file: str) -> Observations:
    """Sort and keep the observations of a cube in ``folder``.

    ``file`` is how findings call the source. Raises InputError, with the line of each, for a code
    its codelist does not have, a period that does not fit FREQ, a status that contradicts the
    value, and a key that stands twice.
    """
    path = folder / f"{cube.id}.parquet"
    _sort(cube, batches, path)
    rows = suppressed = 0
    refused = _Refusals(dataset, cube, file)
    import pyarrow.parquet as pq

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


class Faults:
    """What is wrong with a cube's observations: the first few findings, and how many more there are."""

    def __init__(self, cube: Cube, file: str) -> None:
        """Begin with none; ``file`` is how findings call the source."""
        self.findings: list[Finding] = []
        self._cube, self._file, self._more = cube, file, 0

    def note(self, rule: str, message: str, line: int | None = None, key: str | None = None) -> None:
        """Keep a finding, or only count it."""
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(Finding(rule, message, file=self._file, line=line, cube=self._cube.id, key=key))
        else:
            self._more += 1

    def raise_any(self) -> None:
        """Raise InputError with what was noted, if anything was."""
        if self._more:
            self.findings.append(Finding("more", f"and {self._more} more like these", file=self._file))
        if self.findings:
            raise InputError(*self.findings)


class _Refusals:
    """What is wrong with observations that arrive in key order, batch by batch."""

    def __init__(self, dataset: Dataset, cube: Cube, file: str) -> None:
        self._dataset, self._cube = dataset, cube
        self._faults = Faults(cube, file)
        self._last: tuple[str, int] | None = None
        self._seen: dict[str, set[str]] = {component: set() for component in cube.required}

    def read(self, batch: pa.RecordBatch) -> None:
        """Note what is wrong with a batch."""
        for component, seen in self._seen.items():
            seen.update(batch[component].unique().to_pylist())
        for dimension in self._cube.dimensions:
            if dimension.codelist is not None:
                self._codes(batch, dimension.id, dimension.codelist)
        for attribute in self._cube.attributes:
            if attribute.codelist is not None:
                self._codes(batch, attribute.id, attribute.codelist)
        self._periods(batch)
        self._statuses(batch)
        self._duplicates(batch)

    def raise_any(self) -> None:
        """Raise what was noted, and the required codes that no observation has, if anything."""
        for component, seen in self._seen.items():
            if missing := [code for code in self._cube.required[component] if code not in seen]:
                what = f"no observation has {component} {', '.join(missing)}"
                remedy = f"'cubes.{self._cube.id}.optional' lists the codes that may be missing"
                self._faults.note("missing-code", f"{what}: {remedy}")
        self._faults.raise_any()

    def _lines(self, batch: pa.RecordBatch, mask: pa.Array) -> list[tuple[int, str]]:
        """Return (line, key) of the rows that a mask picks."""
        chosen = batch.filter(mask)
        return list(zip(chosen[SOURCE_LINE].to_pylist(), key_texts(chosen, self._cube).to_pylist(), strict=True))

    def _codes(self, batch: pa.RecordBatch, component: str, codelist: Codelist) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        column = batch[component]
        for code in column.dictionary.to_pylist():
            if code not in codelist:
                for line, _ in self._lines(batch, pc.equal(column.cast(pa.string()), code)):
                    near = nearest(code, codelist.ids)
                    self._faults.note("unknown-code", f"{component} '{code}' is not in {codelist.id}{near}", line)

    def _periods(self, batch: pa.RecordBatch) -> None:
        import pyarrow.compute as pc

        pairs = period_texts(batch)
        for pair in pc.unique(pairs).to_pylist():
            try:
                periods.bounds(*pair.split(" ", 1))
            except ValueError as error:
                for line, _ in self._lines(batch, pc.equal(pairs, pair)):
                    self._faults.note("period", f"{TIME_PERIOD}: {error}", line)

    def _statuses(self, batch: pa.RecordBatch) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        hidden = pc.is_null(batch[self._cube.measure.id])
        status = pc.equal(batch[OBS_STATUS].cast(pa.string()), SUPPRESSED_OBS_STATUS)
        confidential = pc.equal(batch[CONF_STATUS].cast(pa.string()), SUPPRESSED_CONF_STATUS)
        wrong = pc.or_(pc.not_equal(hidden, status), pc.not_equal(hidden, confidential))
        expected = f"{OBS_STATUS} {SUPPRESSED_OBS_STATUS} and {CONF_STATUS} {SUPPRESSED_CONF_STATUS}"
        if wrong.true_count:
            for line, key in self._lines(batch, wrong):
                self._faults.note("status", f"{expected} go with an empty value, and only with one", line, key)
        if self._dataset.suppression is None and hidden.true_count:
            for line, key in self._lines(batch, hidden):
                self._faults.note(
                    "suppression", "a value is hidden, but the definition has no [suppression]", line, key
                )

    def _duplicates(self, batch: pa.RecordBatch) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        keys = key_texts(batch, self._cube)
        lines = batch[SOURCE_LINE]
        if self._last is not None:
            keys = pa.concat_arrays([pa.array([self._last[0]]), keys])
            lines = pa.concat_arrays([pa.array([self._last[1]]), lines])
        same = pc.equal(keys[1:], keys[:-1])
        for index in pc.indices_nonzero(same).to_pylist():
            message = f"stands on line {lines[index]} already: keep one"
            self._faults.note("duplicate", message, lines[index + 1].as_py(), keys[index].as_py())
        if len(keys):
            self._last = (keys[-1].as_py(), lines[-1].as_py())
