"""RDF files that are written where the definition asks for them, as they are or compressed.

The same text gives the same bytes: gzip without a name or a time, both at a fixed level.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from publisher.formats.draft import Draft, Option

if TYPE_CHECKING:
    from pathlib import Path

Compression = Literal["plain", "gzip", "zstd"]

# What a compressed file is called after its own suffix, and its media type (RFC 6713, RFC 8878).
SUFFIXES: dict[Compression, str] = {"plain": "", "gzip": ".gz", "zstd": ".zst"}
_MEDIA_TYPES = {"gzip": "application/gzip", "zstd": "application/zstd"}
_GZIP_LEVEL = 6

WRITE = Option(
    "write",
    ("none", "plain", *_MEDIA_TYPES),
    "Whether the files are written, and how: as they are, or compressed by gzip (`.gz`) or Zstandard (`.zst`).",
)
COMPRESSED = Option(
    "compressed",
    ("none", *_MEDIA_TYPES),
    "Whether observations are written a second time, compressed by gzip (`.ttl.gz`) or Zstandard (`.ttl.zst`).",
)


@dataclass(frozen=True, slots=True)
class Target:
    """Files of one format in a draft: where they go, their media type and how they are compressed."""

    draft: Draft
    format: str
    media_type: str
    compression: Compression

    @contextmanager
    def opened(self, path: str, title: str, cube: str | None = None) -> Iterator[BinaryIO]:
        """Announce a file by its plain path and open it for writing bytes."""
        media_type = _MEDIA_TYPES.get(self.compression, self.media_type)
        place = self.draft.add(path + SUFFIXES[self.compression], media_type, title, self.format, cube)
        with created(place, self.compression) as stream:
            yield stream


@contextmanager
def created(path: Path, compression: Compression) -> Iterator[BinaryIO]:
    """Open a new file whose bytes are compressed on their way into it."""
    if compression == "zstd":
        import pyarrow as pa

        with pa.CompressedOutputStream(str(path), "zstd") as packed:
            yield cast("BinaryIO", packed)
        return
    with path.open("wb") as stream:
        if compression == "plain":
            yield stream
            return
        with gzip.GzipFile("", "wb", _GZIP_LEVEL, stream, mtime=0) as zipped:
            yield cast("BinaryIO", zipped)
