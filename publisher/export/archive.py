"""A zip that is the same bytes every time: order, dates and permissions are fixed.

``zipfile`` takes dates from the clock or the file, and does not look at SOURCE_DATE_EPOCH before
Python 3.14; here every entry is of 1 January 1980, the first day that a zip can name.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP64_LIMIT, ZIP_DEFLATED, ZipFile, ZipInfo

_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a zip: its name, and a file to copy or the bytes themselves."""

    name: str
    content: Path | bytes

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size


def write_zip(path: Path, members: Iterable[Member]) -> None:
    """Write the members in their order."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for member in members:
            info = ZipInfo(member.name, _DATE)
            info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, _UNIX, _READABLE
            with archive.open(info, "w", force_zip64=member.size >= ZIP64_LIMIT) as target:
                if isinstance(member.content, bytes):
                    target.write(member.content)
                else:
                    with member.content.open("rb") as source:
                        shutil.copyfileobj(source, target)
