"""A query asked of a release in a process of its own, which is ended when its time is up."""

from __future__ import annotations

import json
import math
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.engines.process import Process, lacked_memory
from publisher.errors import Finding, InputError
from publisher.query import rdf, worker
from publisher.query.templates import find_template

TIMEOUT = 30.0
MOST_ROWS = 1000
_LONGEST_WORDS = 300


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
    with Process(worker.__name__) as process:
        process.send(json.dumps(told))
        phase, left = worker.LOADING, None
        while True:
            try:
                line = process.line(left)
            except TimeoutError:
                raise InputError(_too_slow(phase, seconds)) from None
            if line is None:
                raise _ended(*process.ended(), phase)
            said: dict[str, Any] = json.loads(line)
            phase = said["phase"]
            if phase in (worker.DONE, worker.FAILED):
                return said
            left = None if phase == worker.LOADING else seconds


def _too_slow(phase: str, seconds: float) -> Finding:
    what = "read" if phase == worker.CHECKING else "answered"
    message = f"the query was not {what} within {seconds:g} seconds and was stopped"
    return Finding("query-timeout", f"{message}: narrow it, add LIMIT, or give --timeout SECONDS")


def _ended(code: int, errors: str, phase: str) -> Exception:
    """Return the error for a process that ended without a word: what the query did to it, or a fault of ours."""
    if lacked_memory(code, errors):
        return InputError(worker.out_of_memory())
    if code == -getattr(signal, "SIGABRT", 6) and phase != worker.LOADING:
        message = f"the engine gave up (signal {-code}): {' '.join(errors.split())[-_LONGEST_WORDS:] or 'no reason'}"
        return InputError(Finding("query-failed", message))
    if code < 0 and phase != worker.LOADING:
        message = f"the query ended the engine (signal {-code}): it is nested too deeply, or too large"
        return InputError(Finding("query-failed", message))
    return RuntimeError(f"the process of the query ended with {code}:\n{errors}")
