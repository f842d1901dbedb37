"""What is made of many things by two threads, in the order of the things.

The threads are the same for the whole process and outlive whoever asks. A generator that owned them
would have to wait for them when it is thrown away half read, and that happens wherever the garbage
collector runs: also within a lock of Python's own ``threading`` that this waiting needs, and then the
process waits for ever.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")

_THREADS = 2
_QUEUED = 4


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, "in-order")


if hasattr(os, "register_at_fork"):
    # The threads of a process are not those of its child.
    os.register_at_fork(after_in_child=_pool.cache_clear)


def in_order(make: Callable[[Item], Made], items: Iterable[Item]) -> Iterator[Made]:
    """Yield what ``make`` makes of each item, in their order; a handful of items is in memory at a time.

    Threads help because Arrow, which does the work, lets others run meanwhile. ``make`` must not itself
    ask for things in order: it would wait for the thread it runs in.
    """
    pending: deque[Future[Made]] = deque()
    for item in items:
        pending.append(_pool().submit(make, item))
        if len(pending) == _QUEUED:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()
