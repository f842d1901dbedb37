"""A text file in blocks of whole lines, each block a column of Arrow: no line becomes an object of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.checks.reader import UnreadableError

if TYPE_CHECKING:
    from typing import BinaryIO

    import pyarrow as pa

BLOCK = 1 << 22
# No line that this project writes comes near it; without a limit a file of one line would be read whole.
MOST_BYTES = 1 << 28


def line_blocks(stream: BinaryIO) -> Iterator[pa.StringArray]:
    """Yield the lines of a stream without their line feeds, as UTF-8.

    UnreadableError where the last line does not end, a line is longer than ``MOST_BYTES``, or the text
    is no UTF-8.
    """
    rest = b""
    while block := stream.read(BLOCK):
        cut = block.rfind(b"\n")
        if cut >= 0:
            yield _lines(rest + block[:cut])
            rest = block[cut + 1 :]
        else:
            rest += block
            if len(rest) > MOST_BYTES:
                raise UnreadableError(f"a line is longer than {MOST_BYTES:,} bytes")
    if rest:
        raise UnreadableError("the last line does not end: the file is cut short")


def _lines(block: bytes) -> pa.StringArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        text = pa.array([block], pa.binary()).cast(pa.string())
    except pa.ArrowInvalid as error:
        raise UnreadableError("is no text in UTF-8") from error
    return pc.split_pattern(text, "\n").flatten()
