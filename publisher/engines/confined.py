"""A function of ours run in a process of its own, on a stranger's files: what goes wrong there harms nobody else.

The time of that process, its memory and the files it writes are bounded and it has no network, where the
platform knows such limits; everywhere Python itself opens neither a connection nor a file elsewhere.
"""

from __future__ import annotations

import base64
import errno
import io
import os
import pickle
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, is_dataclass
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import IO, Any

from publisher.engines.process import (
    Process,
    bound_memory,
    bounded_files,
    end_after,
    end_with_parent,
    lacked_memory,
    leave_network,
)
from publisher.errors import Finding, PublisherError

_CONNECTING = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg")
# What a program opens that is no stranger's: these of the system, beside its own files.
_SYSTEM = (
    "/usr", "/lib", "/lib64", "/System", "/Library", "/dev/null", "/dev/urandom", "/proc",
    "/etc/mime.types", "/etc/httpd", "/etc/apache", "/etc/apache2", "/etc/localtime", "/etc/ssl", "/etc/pki",
)  # fmt: skip
_NAMED = frozenset(("PosixPath", "WindowsPath", "PurePosixPath"))
_PLAIN = frozenset(("frozenset", "set"))


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a process may take: seconds, bytes of memory, bytes of one file that it writes."""

    seconds: float = 120.0
    memory: int = 4 << 30
    file: int = 1 << 30


BOUNDS = Bounds()


class ConfinedError(Exception):
    """A process hit a bound or ended before its time; the message says which, and what to do.

    Nothing of what it read stands in the message: it may be a value that is hidden. ``step`` is the
    last thing that the process said it begins, and ``told`` is what it has told before.
    """

    def __init__(self, rule: str, message: str) -> None:
        """Keep the rule (``bound-time``, ``-memory``, ``-size``, ``-depth``, or ``stopped``) and what is said."""
        super().__init__(message)
        self.rule = rule
        self.step = ""
        self.told: list[Any] = []

    def finding(self, by: str, file: str | None = None) -> Finding:
        """Return what is said of a file: which program did not come to its end, and why."""
        return Finding(self.rule, f"{by} {self}", file=file)


def call(
    function: str,
    *arguments: Any,
    bounds: Bounds = BOUNDS,
    folder: Path | Iterable[Path] | None = None,
    begin: Callable[[str], None] = lambda _: None,
) -> Any:
    """Call a function by its name, as ``publisher.checks.x:f``, in a process of its own, and return its answer.

    Arguments and answer are plain values, paths, or dataclasses of ours. With a ``folder``, or several,
    Python opens nothing outside but what belongs to programs. ``begin`` is given each step that the
    function tells ``say``. Raises what the function raises if that is a PublisherError, and ConfinedError
    where a bound was hit or the process fell over.
    """
    folders = [folder] if isinstance(folder, Path) else None if folder is None else list(folder)
    allowed = None if folders is None else [str(each.resolve()) for each in folders]
    scratch = tempfile.mkdtemp(prefix="publisher-confined-")
    told = pickle.dumps((function, arguments, bounds, allowed, scratch))
    environment = {**os.environ, "TMPDIR": scratch, "TEMP": scratch, "TMP": scratch}
    try:
        with Process(__name__, environment) as process:
            process.send(base64.b64encode(told).decode())
            kind, value = _answer(process, bounds, begin)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if kind == "refused":
        error, findings = value
        raise error(*findings)
    return value


def say(step: str) -> None:
    """Tell whoever called this process which step begins; nothing happens where there is none."""
    if _Answers.stream is not None:
        _write("step", step)


def tell(part: Any) -> None:
    """Tell whoever called this process a part of the answer, kept should the rest never come."""
    if _Answers.stream is not None:
        _write("part", part)


def words_of_fall(error: BaseException, bounds: Bounds = BOUNDS) -> tuple[str, str]:
    """Return rule and words for an error that nobody expected: what kind it is and where, and no word of the file."""
    if isinstance(error, MemoryError):
        size = f"{bounds.memory / 2**30:.3g} GiB"
        return "bound-memory", f"needs more than {size} of memory and was stopped: check a smaller part of it"
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        size = f"{bounds.file / 2**30:.3g} GiB"
        return "bound-size", f"writes a file of more than {size} and was stopped: check a smaller part of it"
    if isinstance(error, RecursionError):
        return "bound-depth", "cannot read it: it is nested too deeply, so nest it less"
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return "stopped", f"fell over what it read ({type(error).__name__}{where}): the file is damaged, or none for it"


def main() -> None:
    """Call the function that standard input names, and write its answer."""
    _Answers.stream = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what programs print is no answer
    function, arguments, bounds, allowed, scratch = pickle.loads(base64.b64decode(sys.stdin.readline()))
    end_after(bounds.seconds)
    leave_network()
    end_with_parent()
    bound_memory(bounds.memory)
    _refuse(allowed, scratch)
    module, _, name = function.partition(":")
    try:
        with bounded_files(bounds.file, opening=True):
            value = getattr(import_module(module), name)(*arguments)
        _write("done", value)
    except PublisherError as error:
        _write("refused", (type(error), error.findings))
    except (Exception, SystemExit) as error:
        _write("failed", words_of_fall(error, bounds))
    os._exit(0)


class _Answers:
    """Where a process of this module writes what it has to say."""

    stream: IO[bytes] | None = None


def _write(kind: str, value: Any) -> None:
    assert _Answers.stream is not None
    _Answers.stream.write(base64.b64encode(pickle.dumps((kind, value))) + b"\n")
    _Answers.stream.flush()


def _answer(process: Process, bounds: Bounds, begin: Callable[[str], None]) -> tuple[str, Any]:
    """Return what a process answers, and pass on the steps it says before. Raises ConfinedError."""
    until = monotonic() + bounds.seconds
    step = ""
    parts: list[Any] = []
    while True:
        try:
            line = process.line(max(until - monotonic(), 0.001))
            if line is None:
                raise _ended(process, bounds)
            kind, value = _Answer(io.BytesIO(base64.b64decode(line))).load()
            if kind == "failed":
                raise ConfinedError(*value)
        except TimeoutError:
            raise _at(step, parts, _too_slow(bounds)) from None
        except ConfinedError as error:
            raise _at(step, parts, error) from None
        if kind == "step":
            step = value
            begin(step)
        elif kind == "part":
            parts.append(value)
        else:
            return kind, value


def _at(step: str, parts: list[Any], error: ConfinedError) -> ConfinedError:
    error.step, error.told = step, parts
    return error


def _refuse(folders: list[str] | None, scratch: str) -> None:
    """Refuse what Python code would open from now on: a connection, and a file outside the folders."""
    ours = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path, *_SYSTEM, os.environ.get("SYSTEMROOT", "")} - {""}
    allowed = tuple(os.path.realpath(place) for place in (*ours, scratch, *(folders or ())))

    def hook(event: str, given: tuple[Any, ...]) -> None:
        if event in _CONNECTING:
            raise PermissionError(errno.EACCES, "there is no network here")
        if folders is not None and event == "open" and isinstance(given[0], str | bytes | os.PathLike):
            place = os.path.realpath(os.fsdecode(given[0]))
            if not any(place == root or place.startswith(root.rstrip(os.sep) + os.sep) for root in allowed):
                raise PermissionError(errno.EACCES, "is outside the folder that is looked at")

    sys.addaudithook(hook)


class _Answer(pickle.Unpickler):
    """Reads an answer: dataclasses and errors of ours, paths and plain values, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class that may stand in an answer."""
        if (module == "pathlib" and name in _NAMED) or (module == "builtins" and name in _PLAIN):
            return super().find_class(module, name)
        if module.startswith("publisher.") and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, PublisherError)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an answer")


def _too_slow(bounds: Bounds) -> ConfinedError:
    message = f"did not end within {bounds.seconds:g} seconds and was stopped: check a smaller part of it"
    return ConfinedError("bound-time", message)


def _ended(process: Process, bounds: Bounds) -> Exception:
    """Return the error for a process that ended without an answer."""
    code, errors = process.ended()
    if lacked_memory(code, errors):
        return ConfinedError(*words_of_fall(MemoryError(), bounds))
    if code == -getattr(signal, "SIGALRM", 14):
        return _too_slow(bounds)
    if code < 0:
        message = f"was ended by the system (signal {-code}): what it read is nested too deeply, or damaged"
        return ConfinedError("stopped", message)
    return RuntimeError(f"a process of {__name__} ended with {code}:\n{errors}")
