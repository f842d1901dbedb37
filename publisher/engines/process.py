"""A process of its own, and what bounds it: for queries, and for programs of others that read a stranger's files."""

from __future__ import annotations

import contextlib
import ctypes
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

# After so many seconds more than it has, a process that nobody waits for ends itself.
_LONGER = 5
# Linux, sched.h: a namespace of its own for the network, and one for users, which anyone may make.
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000
# Linux, prctl.h: the signal that a process gets when the one that started it is gone.
_SIGNAL_OF_PARENT = 1
# What engines say, in Rust, C++ and Python, when they cannot have more memory.
_NO_MEMORY = ("memory allocation", "bad_alloc", "MemoryError")
_CODE = "import sys; sys.path[:] = {path!r}; from {module} import main; main()"
_MOST_ERRORS = 64 << 10


class Process:
    """A process that runs ``main`` of a module in Python alone; it ends with the block, whatever it does."""

    def __init__(self, module: str, environment: dict[str, str] | None = None) -> None:
        """Start it."""
        command = [sys.executable, "-I", "-c", _CODE.format(path=sys.path, module=module)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8", errors="replace",
            env=environment,
        )  # fmt: skip
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._errors = ""
        self._readers = [threading.Thread(target=each, daemon=True) for each in (self._read_lines, self._read_errors)]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Process:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def send(self, line: str) -> None:
        """Tell it one line."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()

    def line(self, seconds: float | None) -> str | None:
        """Return the next line that it says, None where it has ended. Raises TimeoutError when the time is up."""
        until = None if seconds is None else monotonic() + seconds
        try:
            return self._lines.get(timeout=None if until is None else max(until - monotonic(), 0.001))
        except queue.Empty:
            raise TimeoutError from None

    def ended(self) -> tuple[int, str]:
        """Return the code with which it ended, and the last of what it wrote to standard error."""
        self._readers[1].join()
        return self._process.wait(), self._errors

    def _read_lines(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError, OSError):
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put(None)

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        with contextlib.suppress(ValueError, OSError):
            while piece := self._process.stderr.read(_MOST_ERRORS):
                self._errors = (self._errors + piece)[-_MOST_ERRORS:]


def lacked_memory(code: int, errors: str) -> bool:
    """Say whether a process ended because it could not have more memory."""
    return code == -getattr(signal, "SIGKILL", 9) or any(words in errors for words in _NO_MEMORY)


def end_after(seconds: float) -> None:
    """End this process after some seconds, should nobody be left to end it; 0 for never."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds and seconds + _LONGER)


def end_with_parent() -> None:
    """Let the system end this process with the one that started it, whatever ends that, where it knows how.

    Call it after ``leave_network``, for who changes what a process may do takes this away.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SIGNAL_OF_PARENT, signal.SIGKILL)


def bound_memory(most: int) -> None:
    """Bound the memory of this process, where the platform knows such a limit, and leave no image of it."""
    with contextlib.suppress(ImportError):
        import resource

        for limit, bound in ((resource.RLIMIT_DATA, most), (resource.RLIMIT_CORE, 0)):
            hard = resource.getrlimit(limit)[1]
            if hard == resource.RLIM_INFINITY or bound <= hard:
                resource.setrlimit(limit, (bound, hard))


def leave_network() -> None:
    """Go where there is no network, if the system has such a place; before there are threads, which stay behind."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            unshare = ctypes.CDLL(None).unshare
            if unshare(_NEW_NETWORK) != 0:
                unshare(_NEW_USER | _NEW_NETWORK)


@contextmanager
def bounded_files(most_bytes: int, opening: bool = False) -> Iterator[None]:
    """Let nothing more be opened, unless ``opening``, and no file grow beyond so many bytes."""
    try:
        import resource
    except ImportError:  # a platform without limits
        yield
        return
    limits = {resource.RLIMIT_FSIZE: most_bytes} | ({} if opening else {resource.RLIMIT_NOFILE: 0})
    before = {limit: resource.getrlimit(limit) for limit in limits}
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, before[limit][1]))
    try:
        yield
    finally:
        for limit, pair in before.items():
            resource.setrlimit(limit, pair)
