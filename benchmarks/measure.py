"""One measurement: a command in a process of its own, its wall time, and the peak memory of all it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

import psutil

ROOT = Path(__file__).parents[1]
_SECONDS_BETWEEN = 0.1


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a command took: seconds of wall time, peak memory in MB (10^6 bytes), and what it printed.

    The memory is that of the process and of those it starts, together; what they share is counted once.
    """

    seconds: float
    megabytes: float
    output: str


def measure(*command: str) -> Measurement:
    """Run Python with arguments, from the project's root. Raises RuntimeError where it fails."""
    started = perf_counter()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout, _peak(process.pid) as peak:
        output = process.stdout.read()
        alone = _ended(process)
    seconds = perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} exited with {process.returncode}: {output}")
    return Measurement(seconds, max(peak[0], alone) / 1e6, output)


def _ended(process: subprocess.Popen[str]) -> int:
    """Wait for a process, and return the most bytes it had by itself, 0 where the system does not tell."""
    if not hasattr(os, "wait4"):
        process.wait()
        return 0
    # The peak that Linux reports of a process is never below what its parent used: this one stays small.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@contextmanager
def _peak(pid: int) -> Iterator[list[int]]:
    """Give a list whose one number is the most bytes that a process and those it started had at a time."""
    peak, ended = [0], Event()

    def watch() -> None:
        while not ended.wait(_SECONDS_BETWEEN):
            peak[0] = max(peak[0], _memory(pid))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _memory(pid: int) -> int:
    total = 0
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                used = each.memory_full_info()
                total += getattr(used, "pss", 0) or used.rss
    return total


def median(command: Sequence[str], times: int) -> Measurement:
    """Run a command several times and return the run whose time is the median."""
    runs = sorted((measure(*command) for _ in range(times)), key=lambda run: run.seconds)
    return runs[len(runs) // 2]
