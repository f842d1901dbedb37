"""One measurement: a command in a process of its own, its wall time and its peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a command took: seconds of wall time, peak memory in MB (10^6 bytes), and what it printed.

    ``megabytes`` is None where the operating system does not tell it of a process that has ended.
    """

    seconds: float
    megabytes: float | None
    output: str


def measure(*command: str) -> Measurement:
    """Run Python with arguments, from the project's root. Raises RuntimeError where it fails."""
    # The peak that Linux reports of a process is never below what its parent used: this one stays small.
    started = perf_counter()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout.read()
    megabytes = None
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        megabytes = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    else:
        process.wait()
    seconds = perf_counter() - started
    process.stdout.close()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} exited with {process.returncode}: {output}")
    return Measurement(seconds, megabytes, output)


def median(command: Sequence[str], times: int) -> Measurement:
    """Run a command several times and return the run whose time is the median."""
    runs = sorted((measure(*command) for _ in range(times)), key=lambda run: run.seconds)
    return runs[len(runs) // 2]
