"""Row functions run in this process: batches through two threads, text out in order.

A row function is pure: a batch and the key of the row before it to one text per row. Nothing but a
handful of batches is in memory at a time, however many rows there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import pyarrow as pa

Key = tuple[str, ...]
RowFunction = Callable[["pa.RecordBatch", "Key | None"], "pa.StringArray"]

_THREADS = 2
_QUEUED = 4


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
    for text in _in_order(batches, key_ids, rows):
        stream.write(_bytes_of(text))
    stream.write(tail.encode())


def _in_order(
    batches: Iterable[pa.RecordBatch], key_ids: tuple[str, ...], rows: RowFunction
) -> Iterator[pa.StringArray]:
    before: Key | None = None
    pending: deque[Future[pa.StringArray]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:
        for batch in batches:
            if not batch.num_rows:
                continue
            pending.append(pool.submit(rows, batch, before))
            before = tuple(batch[component][-1].as_py() for component in key_ids)
            if len(pending) == _QUEUED:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _bytes_of(text: pa.StringArray) -> memoryview:
    """Return the characters of a string array one after the other, without a copy."""
    import pyarrow as pa

    _, offsets, characters = text.buffers()
    ends = memoryview(offsets).cast("i")
    if characters is None:
        characters = pa.py_buffer(b"")
    return memoryview(characters)[ends[text.offset] : ends[text.offset + len(text)]]
