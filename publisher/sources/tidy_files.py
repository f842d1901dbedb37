"""CSV and Parquet files as columns in batches: text stays text, and memory does not grow with the rows."""

from __future__ import annotations

import csv
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import Finding, InputError
from publisher.observations import BATCH_ROWS

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES = (".csv", ".parquet")

_ROW_OF_ERROR = re.compile(r"Row #(\d+): (.*)", re.DOTALL)
_BLOCK_BYTES = 1 << 20
_SNIFFED_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class TidyFile:
    """A file that was found readable: how findings call it, its columns, and its rows.

    ``batches`` yields each batch with the line of its first row; it raises InputError where a row
    cannot be read. A row of empty cells, as a blank line is one, is left to the caller.
    """

    shown: str
    columns: Mapping[str, pa.DataType]
    batches: Callable[[], Iterator[tuple[int, pa.RecordBatch]]]


def open_file(path: Path, shown: str) -> TidyFile:
    """Open a file by its suffix; ``shown`` is how findings call it.

    Raises InputError where it is missing, empty, no CSV or Parquet, or has a column twice.
    """
    if path.suffix not in SUFFIXES:
        raise _refused(shown, None, f"is neither {' nor '.join(SUFFIXES)}: hand in one of the two")
    try:
        size = path.stat().st_size
        if not stat.S_ISREG(path.stat().st_mode):
            raise _refused(shown, None, "is no regular file: name a file")
        if not size:
            raise _refused(shown, None, "is empty")
        file = _open_csv(path, shown) if path.suffix == ".csv" else _open_parquet(path, shown)
    except OSError as error:
        raise _refused(shown, None, f"cannot be read: {error.strerror or error}") from None
    return file


def _refused(shown: str, line: int | None, message: str) -> InputError:
    return InputError(Finding("unreadable", message, file=shown, line=line))


def _open_csv(path: Path, shown: str) -> TidyFile:
    import pyarrow as pa

    columns = _csv_header(path, shown)
    for column in columns:
        if columns.count(column) > 1:
            raise _refused(shown, 1, f"column '{column}' stands twice: keep one")
    if len(columns) == 1 and re.search(r"[;\t|]", columns[0]):
        raise _refused(shown, 1, f"has the one column '{columns[0]}': separate cells with commas")
    return TidyFile(shown, dict.fromkeys(columns, pa.string()), lambda: _csv_batches(path, shown, columns))


def _csv_header(path: Path, shown: str) -> list[str]:
    with path.open("rb") as opened:
        if b"\0" in opened.read(_SNIFFED_BYTES):
            raise _refused(shown, None, "is binary, not CSV")
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return next(csv.reader(stream, strict=True), [])
    except UnicodeDecodeError as error:
        raise _refused(shown, None, f"is not UTF-8 (byte {error.start}): save it as UTF-8") from None
    except csv.Error as error:
        raise _refused(shown, 1, f"is no CSV: {error}") from None


def _csv_batches(path: Path, shown: str, columns: list[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    # One thread, because Arrow numbers the rows of its errors with one only.
    reading = arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES)
    parsing = arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
    converting = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(columns, pa.string()), null_values=[""], strings_can_be_null=True
    )
    line = 2
    try:
        with arrow_csv.open_csv(path, reading, parsing, converting) as reader:
            for batch in reader:
                yield line, batch
                line += batch.num_rows
    except pa.ArrowInvalid as error:
        found = _ROW_OF_ERROR.search(str(error))
        place, what = (int(found[1]), found[2]) if found else (None, str(error))
        raise _refused(shown, place, f"{what.strip()}: correct the row or its quotes") from None


def _open_parquet(path: Path, shown: str) -> TidyFile:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
    except pa.ArrowException as error:
        raise _refused(shown, None, f"is no Parquet: {error}") from None
    for column in schema.names:
        if schema.names.count(column) > 1:
            raise _refused(shown, None, f"column '{column}' stands twice: keep one")
    columns = dict(zip(schema.names, schema.types, strict=True))
    return TidyFile(shown, columns, lambda: _parquet_batches(path, shown))


def _parquet_batches(path: Path, shown: str) -> Iterator[tuple[int, pa.RecordBatch]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = 1
    try:
        with pq.ParquetFile(path, buffer_size=_BLOCK_BYTES) as file:
            for batch in file.iter_batches(BATCH_ROWS, use_threads=False):
                yield row, batch
                row += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise _refused(shown, row, f"cannot be read from this row on: {error}") from None
