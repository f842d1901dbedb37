"""Calls spread over processes, for what Python does one thing at a time in one process."""

from __future__ import annotations

import copyreg
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from threading import Thread
from types import MappingProxyType
from typing import Any, TypeVar

from publisher.errors import OutputError

Answer = TypeVar("Answer")
Submit = Callable[..., Callable[[], Any]]

# More would each load the same libraries again, for less and less.
_MOST = 4


def usable() -> int:
    """Return how many processes have a core of their own here, at most four."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return min(_MOST, cores or 1)


@contextmanager
def spread(processes: int) -> Iterator[Submit]:
    """Give a function that takes a call, and returns what to call for its answer.

    Functions and arguments are such that can be pickled. With one process nothing is started, and a
    call is made when its answer is asked for. An answer raises what the call raised, and OutputError
    where the system has ended a process. When the block ends, whatever ends it, so do the processes.
    """
    if processes < 2:
        yield partial
        return
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin, (gc.get_threshold(),))
    try:
        yield lambda call, *arguments: partial(_answer, pool.submit(call, *arguments).result)
    except BaseException:
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _answer(result: Callable[[], Answer]) -> Answer:
    try:
        return result()
    except BrokenProcessPool:
        raise OutputError(
            "the system ended a process of this run, as it does where memory is short: give --jobs 1, or more memory"
        ) from None


def _begin(collected: tuple[int, int, int]) -> None:
    """Make ready a process: it leaves interrupts to the one that started it, and does not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*collected)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _mapping(items: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(items)


# Definitions hold mappings that nobody can change, which pickle does not know.
copyreg.pickle(MappingProxyType, lambda mapping: (_mapping, (dict(mapping),)))
