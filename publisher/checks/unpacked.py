"""Files as they are or packed with gzip or zstandard, read as streams that end where they grow out of proportion."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from publisher.checks.reader import words_of
from publisher.engines import bounds

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PACKED = (".gz", ".zst")
_BLOCK_BYTES = 1 << 16


class UnpackingError(Exception):
    """A packed file is damaged, or grows too much; the message goes on where the file's name ends."""


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading its bytes, unpacked where its suffix is ``.gz`` or ``.zst``.

    Nothing is unpacked but what is read. Reading raises UnpackingError. Raises OSError where it is not there.
    """
    suffix = path.suffix.lower()
    if suffix not in PACKED:
        with path.open("rb") as plain:
            yield plain
        return
    most = bounds.STREAM.allowed(path.stat().st_size)
    with _decompressor(path, suffix) as stream, io.BufferedReader(_Bounded(stream, most), _BLOCK_BYTES) as bounded:
        yield cast("BinaryIO", bounded)


def _decompressor(path: Path, suffix: str) -> BinaryIO:
    if suffix == ".gz":
        return cast("BinaryIO", gzip.open(path))
    import pyarrow as pa

    return cast("BinaryIO", pa.input_stream(str(path), compression="zstd"))


class _Bounded(io.RawIOBase):
    """What is read from a decompressor, up to a number of bytes."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream, self._left = stream, most

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer with what comes next. Raises UnpackingError beyond the bound, and for a damaged file."""
        view = memoryview(buffer).cast("B")
        try:
            block = self._stream.read(len(view))
        except (OSError, EOFError, zlib.error) as error:
            raise UnpackingError(f"cannot be unpacked: {words_of(error)}") from error
        self._left -= len(block)
        if self._left < 0:
            message = f"unpacks to more than {bounds.STREAM.times} times its size"
            raise UnpackingError(f"{message}: it is not read on; unpack it yourself if you trust it")
        view[: len(block)] = block
        return len(block)
