"""Files that grow when they are read: a workbook or a table that claims too much for its size is not opened."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from publisher.errors import Finding

RULE = "bound-size"
# What a workbook may unpack to: this, or so many times its size.
_UNPACKED_BYTES = 256 << 20
_UNPACKED_TIMES = 300
_MOST_PARTS = 20_000
# What a table may hold: so many rows and bytes, and so many more for each byte of its file.
_ROWS, _ROWS_PER_BYTE = 20_000_000, 200
_TABLE_BYTES, _TABLE_TIMES = 1 << 30, 1_000


def faults(folder: Path, files: Iterable[str]) -> Iterator[Finding]:
    """Yield the files of a folder that are too large unpacked; what is damaged is left to those who read it."""
    for file in files:
        suffix = file.rpartition(".")[2].casefold()
        path = folder / file
        message = _parquet(path) if suffix == "parquet" else _zipped(path) if suffix in ("xlsx", "zip") else ""
        if message:
            yield Finding(RULE, f"{message}: it is not opened", file=file)


def _zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return ""
    most = max(_UNPACKED_BYTES, _UNPACKED_TIMES * path.stat().st_size)
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > most:
        return f"unpacks to more than {most:,} bytes, or to more than {_MOST_PARTS:,} parts"
    return ""


def _parquet(path: Path) -> str:
    import pyarrow as pa
    import pyarrow.parquet as pq

    size = path.stat().st_size
    try:
        found = pq.read_metadata(path)
        claimed = sum(found.row_group(index).total_byte_size for index in range(found.num_row_groups))
    except (pa.ArrowException, OSError, ValueError):
        return ""
    if found.num_rows > _ROWS + _ROWS_PER_BYTE * size:
        return f"says that it has {found.num_rows:,} rows in {size:,} bytes, which no observations come to"
    if claimed > max(_TABLE_BYTES, _TABLE_TIMES * size):
        return f"says that it unpacks to {claimed:,} bytes, more than {_TABLE_TIMES:,} times its size"
    return ""
