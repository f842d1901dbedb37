"""Files that grow when they are read: a workbook or a table that claims too much for its size is not opened."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from publisher.engines import bounds
from publisher.errors import Finding

RULE = "bound-size"
_ZIPPED = {"xlsx": bounds.WORKBOOK, "zip": bounds.ZIP}


def faults(folder: Path, files: Iterable[str]) -> Iterator[Finding]:
    """Yield the files of a folder that are too large unpacked; what is damaged is left to those who read it."""
    for file in files:
        suffix = file.rpartition(".")[2].casefold()
        path = folder / file
        message = _parquet(path) if suffix == "parquet" else _zipped(path, _ZIPPED[suffix]) if suffix in _ZIPPED else ""
        if message:
            yield Finding(RULE, f"{message}: it is not opened", file=file)


def _zipped(path: Path, limit: bounds.Unpacked) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return ""
    most = limit.allowed(path.stat().st_size)
    if len(parts) > limit.parts or sum(part.file_size for part in parts) > most:
        return f"unpacks to more than {most:,} bytes, or to more than {limit.parts:,} parts"
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
    if found.num_rows > bounds.TABLE_ROWS + bounds.TABLE_ROWS_PER_BYTE * size:
        return f"says that it has {found.num_rows:,} rows in {size:,} bytes, which no observations come to"
    if claimed > bounds.TABLE.allowed(size):
        return f"says that it unpacks to {claimed:,} bytes, more than {bounds.TABLE.times:,} times its size"
    return ""
