"""Reports in files, beside the one on standard output: which are asked for, where they may be, how they are written."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from publisher.errors import Finding, OutputError, PublisherError, nearest
from publisher.reports import REPORT_FORMATS, Report, ReportFormat, render

# GitHub collects a job's summary in the file that this names; every command of a step adds to it. Where more than
# 1 MiB is in it, GitHub shows none of it.
_COLLECTED = "GITHUB_STEP_SUMMARY"
_MOST_COLLECTED = 1 << 20


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report that is written to a file: in which format, and where."""

    format: ReportFormat
    path: Path

    @property
    def adds(self) -> bool:
        """Whether it comes after what is in the file; every other file is replaced."""
        collected = os.environ.get(_COLLECTED)
        return bool(collected) and _real(Path(str(collected))) == _real(self.path)


def asked_for(words: Iterable[str], formats: Sequence[ReportFormat] = REPORT_FORMATS) -> tuple[ReportFile, ...]:
    """Return the files that ``FORMAT=FILE`` name. Raises PublisherError for words that name none, and for one twice."""
    files: list[ReportFile] = []
    for word in words:
        name, _, path = word.partition("=")
        format = next((known for known in formats if known == name), None)
        if format is None or not path:
            near = "" if format else nearest(name, formats)
            raise PublisherError(f"--report {word}: give FORMAT=FILE{near}, with one of {', '.join(formats)}")
        files.append(ReportFile(format, Path(path)))
    places = [_real(file.path) for file in files if not file.adds]
    for file in files:
        if places.count(_real(file.path)) > 1:
            raise PublisherError(f"--report names {file.path} more than once: give each report a file of its own")
    return tuple(files)


@contextmanager
def opened(files: Sequence[ReportFile], closed: Sequence[Path], read: Sequence[Path]) -> Iterator[list[BinaryIO]]:
    """Give the files, empty but for one that is added to: what was in the others is not the report of this run.

    ``closed`` are folders where no report may be, and ``read`` what the command itself was told of.
    Raises OutputError where a file may not be written or cannot be; every file is then as it was.
    """
    for file in files:
        _refuse(file, closed, read)
    made = [file.path for file in files if not file.path.exists()]
    with ExitStack() as streams:
        try:
            written = [streams.enter_context(_open(file.path)) for file in files]
        except OutputError:
            streams.close()
            for path in made:
                path.unlink(missing_ok=True)
            raise
        for file, stream in zip(files, written, strict=True):
            if not file.adds and stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                stream.truncate(0)
        yield written


def write(files: Sequence[ReportFile], streams: Sequence[BinaryIO], report: Report, verbose: bool = False) -> Report:
    """Write a report to the files that are open; return it, with a finding for each file that did not take it."""
    lost: list[Finding] = []
    for file, stream in zip(files, streams, strict=True):
        try:
            text = render(file.format, report, verbose=verbose).encode()
            if not file.adds or os.fstat(stream.fileno()).st_size + len(text) <= _MOST_COLLECTED:
                stream.write(text)
            stream.close()
        except BrokenPipeError:  # whoever read the report has left
            continue
        except OSError as error:
            message = f"{file.path}: {error.strerror}: not written; what the command did stays done"
            lost.append(Finding("report", message))
    if not lost:
        return report
    code = report.exit_code or OutputError.exit_code
    summary = {**report.summary, "exit_code": code}
    return replace(report, summary=summary, findings=(*report.findings, *lost), exit_code=code)


def _refuse(file: ReportFile, closed: Sequence[Path], read: Sequence[Path]) -> None:
    from publisher.release import MANIFEST

    place = _real(file.path)
    if place in map(_real, read):
        raise OutputError(f"--report {file.path}: the command reads or writes that itself: give another file")
    for folder in map(_real, closed):
        if place.is_relative_to(folder):
            raise OutputError(f"--report {file.path}: {folder} is no place for reports: give another file")
    for folder in place.parents:
        if (folder / MANIFEST).is_file():
            raise OutputError(f"--report {file.path}: {folder} is a release, and holds no reports: give another file")


def _open(path: Path) -> BinaryIO:
    """Open a file at its end, so that nothing is lost before every file is known to open."""
    try:
        return path.open("ab")
    except OSError as error:
        remedy = "make its folder first, or give another file"
        raise OutputError(f"--report {path}: {error.strerror}: {remedy}") from error


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
