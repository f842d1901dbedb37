"""Row functions run in this process: batches through two threads, text out in order.

A row function is pure: a batch and the key of the row before it to one text per row. Nothing but a
handful of batches is in memory at a time, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from publisher.engines.ordered import in_order

if TYPE_CHECKING:
    import pyarrow as pa

Key = tuple[str, ...]
RowFunction = Callable[["pa.RecordBatch", "Key | None"], "pa.StringArray"]


def write_rows(
    path: Path,
    batches: Iterable[pa.RecordBatch],
    key_ids: tuple[str, ...],
    rows: RowFunction,
    head: str,
    tail: str = "",
    append: bool = False,
) -> None:
    """Write ``head``, the text of every row in order, and ``tail`` to a file, as UTF-8.

    ``key_ids`` are the columns of the key that is handed from batch to batch; with ``append`` all
    comes after what is in the file.
    """
    with path.open("ab" if append else "wb") as stream:
        stream_rows(stream, batches, key_ids, rows, head, tail)


def stream_rows(
    stream: BinaryIO,
    batches: Iterable[pa.RecordBatch],
    key_ids: tuple[str, ...],
    rows: RowFunction,
    head: str,
    tail: str = "",
) -> None:
    """Write what ``write_rows`` writes to what is open already, such as a compressor."""
    stream.write(head.encode())
    for text in _texts(batches, key_ids, rows):
        stream.write(_bytes_of(text))
    stream.write(tail.encode())


def _texts(batches: Iterable[pa.RecordBatch], key_ids: tuple[str, ...], rows: RowFunction) -> Iterator[pa.StringArray]:
    def with_keys() -> Iterator[tuple[pa.RecordBatch, Key | None]]:
        before: Key | None = None
        for batch in batches:
            if batch.num_rows:
                yield batch, before
                before = tuple(batch[component][-1].as_py() for component in key_ids)

    return in_order(lambda pair: rows(*pair), with_keys())


def _bytes_of(text: pa.StringArray) -> memoryview:
    """Return the characters of a string array one after the other, without a copy."""
    import pyarrow as pa

    _, offsets, characters = text.buffers()
    ends = memoryview(offsets).cast("i")
    if characters is None:
        characters = pa.py_buffer(b"")
    return memoryview(characters)[ends[text.offset] : ends[text.offset + len(text)]]
