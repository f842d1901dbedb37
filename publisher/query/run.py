"""A query asked of a release in a process of its own, which is ended when its time is up."""

from __future__ import annotations

import contextlib
import json
import math
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from publisher.errors import Finding, InputError
from publisher.query import rdf, worker
from publisher.query.templates import find_template

TIMEOUT = 30.0
MOST_ROWS = 1000
# What the engine says, in Rust and in C++, when it cannot have more memory.
_NO_MEMORY = ("memory allocation", "bad_alloc")
_LONGEST_WORDS = 300
_CODE = "import sys; sys.path[:] = {path!r}; from publisher.query.worker import main; main()"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the text of a query, or a template with what it is told, and how the answer is written.

    ``most`` rows stand in a table, all where it is None; ``show`` asks for the query itself.
    """

    text: str | None = None
    template: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    format: str = "table"
    most: int | None = MOST_ROWS
    show: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Where the answer is, in UTF-8, and whether a table leaves rows out."""

    path: Path
    cut: bool


@contextmanager
def ask(folder: Path, question: Question, seconds: float = TIMEOUT) -> Iterator[Answer]:
    """Give the answer to a question about a release, as a file that is removed afterwards.

    ``seconds`` are for checking the query and, again, for answering it; loading is not counted.
    Raises InputError for a query that is wrong, refused, too slow or too large, and for a folder
    that is no release or has no RDF.
    """
    if not 0 < seconds < math.inf:
        raise InputError(f"--timeout {seconds:g}: give a number of seconds above 0, as in --timeout 30")
    if question.template is not None:
        find_template(question.template)
    rdf.rdf_files(folder)
    scratch = Path(tempfile.mkdtemp(prefix="publisher-query-"))
    try:
        told = {
            "folder": str(folder.resolve()),
            "scratch": str(scratch),
            "text": question.text,
            "template": question.template,
            "settings": question.settings,
            "format": question.format,
            "most": question.most,
            "show": question.show,
            "seconds": seconds,
            "memory": worker.MOST_MEMORY,
            "bytes": worker.MOST_BYTES,
            "in_memory": rdf.MOST_IN_MEMORY,
        }
        said = _told(told, seconds)
        if said["phase"] == worker.FAILED:
            raise InputError(*(Finding(**finding) for finding in said["findings"]))
        yield Answer(scratch / "answer", said["cut"])
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _told(told: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return the last thing that a process says of a question."""
    command = [sys.executable, "-I", "-c", _CODE.format(path=sys.path)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8")
    try:
        return _listen(process, json.dumps(told), seconds)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _listen(process: subprocess.Popen[str], told: str, seconds: float) -> dict[str, Any]:
    assert process.stdin is not None
    lines: queue.Queue[str | None] = queue.Queue()
    errors: list[str] = []
    readers = [
        threading.Thread(target=_read_lines, args=(process, lines), daemon=True),
        threading.Thread(target=_read_errors, args=(process, errors), daemon=True),
    ]
    for reader in readers:
        reader.start()
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(f"{told}\n")
        process.stdin.flush()
    phase, until = worker.LOADING, None
    while True:
        try:
            line = lines.get(timeout=None if until is None else max(until - monotonic(), 0.001))
        except queue.Empty:
            raise InputError(_too_slow(phase, seconds)) from None
        if line is None:
            readers[1].join()
            raise _ended(process.wait(), phase, "".join(errors))
        said: dict[str, Any] = json.loads(line)
        phase = said["phase"]
        if phase in (worker.DONE, worker.FAILED):
            return said
        until = None if phase == worker.LOADING else monotonic() + seconds


def _read_lines(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    assert process.stdout is not None
    with contextlib.suppress(ValueError, OSError):
        for line in process.stdout:
            lines.put(line)
    lines.put(None)


def _read_errors(process: subprocess.Popen[str], errors: list[str]) -> None:
    assert process.stderr is not None
    with contextlib.suppress(ValueError, OSError):
        errors.append(process.stderr.read())


def _too_slow(phase: str, seconds: float) -> Finding:
    what = "read" if phase == worker.CHECKING else "answered"
    message = f"the query was not {what} within {seconds:g} seconds and was stopped"
    return Finding("query-timeout", f"{message}: narrow it, add LIMIT, or give --timeout SECONDS")


def _ended(code: int, phase: str, errors: str) -> Exception:
    """Return the error for a process that ended without a word: what the query did to it, or a fault of ours."""
    if code == -getattr(signal, "SIGKILL", 9) or any(words in errors for words in _NO_MEMORY):
        return InputError(worker.out_of_memory())
    if code == -getattr(signal, "SIGABRT", 6) and phase != worker.LOADING:
        message = f"the engine gave up (signal {-code}): {' '.join(errors.split())[-_LONGEST_WORDS:] or 'no reason'}"
        return InputError(Finding("query-failed", message))
    if code < 0 and phase != worker.LOADING:
        message = f"the query ended the engine (signal {-code}): it is nested too deeply, or too large"
        return InputError(Finding("query-failed", message))
    return RuntimeError(f"the process of the query ended with {code}:\n{errors}")
