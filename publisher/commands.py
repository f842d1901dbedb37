"""How a command answers: with a report in the format asked for, or with an answer as it is; and its exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import click

from publisher import report_files
from publisher.errors import PublisherError
from publisher.reports import PAGE, REPORT_FORMATS, Report, ReportFormat, of_error, render

# What a system says of a stream that it cannot write to: nobody reads it, or there is no room behind it.
_UNWRITTEN = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
# What a project holds that is no place for reports, beside the releases.
_FOLDERS = ("schemas", "raw", "output")


class Reporting(click.Command):
    """A command that returns a report: written in the formats asked for, before the exit with its code.

    ``releases`` is the parameter that names a folder of releases, where the command has one: no report
    is written there. ``page`` says that its report can be a page too.
    """

    def __init__(self, *args: Any, releases: str = "", page: bool = False, **kwargs: Any) -> None:
        """Add the options that every report has."""
        super().__init__(*args, **kwargs)
        self.releases = releases
        self.formats: tuple[ReportFormat, ...] = (*REPORT_FORMATS, PAGE) if page else REPORT_FORMATS
        self.params += [
            click.Option(
                ["--format", "report_format"],
                type=click.Choice(self.formats),
                default="text",
                show_default=True,
                help="How the report is written to standard output.",
            ),
            click.Option(
                ["--report", "report_files"],
                multiple=True,
                metavar="FORMAT=FILE",
                help="Write the report to this file too, in this format; repeatable.",
            ),
            click.Option(["--quiet", "-q"], is_flag=True, help="Print findings only: no progress, no summary."),
            click.Option(["--verbose", "-v"], is_flag=True, help="Print every notice and the time of every step."),
        ]

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse the words of the command; what is wrong with them is reported where and as they ask for it."""
        words = tuple(args)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            report = of_error(info_name or "", PublisherError(error.format_message()))
            given = {"project": _given(words, "--project"), self.releases: _given(words, "--output")}
            with suppress(PublisherError):
                folders = {name: Path(found[-1]) for name, found in given.items() if found}
                self._written(report, _given(words, "--report"), folders)
            if (asked := _format_asked_for(words)) == "text":
                raise
            click.echo(render(asked, report), nl=False)
            raise click.exceptions.Exit(error.exit_code) from error

    def invoke(self, ctx: click.Context) -> NoReturn:
        """Run the command, write its report or that of its error, and exit."""
        report_format, asked = ctx.params.pop("report_format"), ctx.params.pop("report_files")
        ctx.meta["progress"] = not ctx.params["quiet"]
        quiet, verbose = ctx.params.pop("quiet"), ctx.params.pop("verbose")
        try:
            files = report_files.asked_for(asked, self.formats)
            with report_files.opened(files, *self._places(ctx.params)) as streams:
                try:
                    report: Report = super().invoke(ctx)
                except PublisherError as error:
                    report = of_error(ctx.info_name or "", error)
                report = _from_the_root(report, ctx.params.get("project") or Path())
                report = report_files.write(files, streams, report, verbose)
        except PublisherError as error:
            report = of_error(ctx.info_name or "", error)
        written = render(report_format, report, quiet=quiet, verbose=verbose)
        to_stderr = report_format == "text" and report.failed
        with printing("report"):
            click.echo(written, nl=False, err=to_stderr)
        ctx.exit(report.exit_code)

    def _written(self, report: Report, asked: Iterable[str], params: dict[str, Any]) -> None:
        files = report_files.asked_for(asked, self.formats)
        with report_files.opened(files, *self._places(params)) as streams:
            report_files.write(files, streams, report)

    def _places(self, params: dict[str, Any]) -> tuple[list[Path], list[Path]]:
        """Return the folders where no report may be, and what else the command was told of."""
        project = params.get("project") or Path()
        closed = [project / name for name in _FOLDERS]
        if releases := params.get(self.releases):
            closed.append(releases)
        return closed, list(_paths(params.values()))


class Answering(click.Command):
    """A command that prints an answer as it is; what is wrong goes to standard error."""

    def invoke(self, ctx: click.Context) -> None:
        """Run the command; on an error of the user's, say it and exit with its code."""
        try:
            with printing("answer"):
                super().invoke(ctx)
        except PublisherError as error:
            click.echo(render("text", of_error(ctx.info_name or "", error)), nl=False, err=True)
            ctx.exit(error.exit_code)


@contextmanager
def printing(what: str) -> Iterator[None]:
    """Print to standard output to the end; whoever reads it may leave, and a full disk behind it is said.

    Where standard output is shut, Python has none, and nothing is printed.
    """
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        if error.filename is not None or error.errno not in _UNWRITTEN:  # not that of standard output
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # what was done stays done
            return
        remedy = "what was done stays done; make room, or write it elsewhere"
        click.echo(f"publisher: error: the {what} cannot be written ({error.strerror}): {remedy}", err=True)
        raise click.exceptions.Exit(PublisherError.exit_code) from error


def _from_the_root(report: Report, project: Path) -> Report:
    """Return a report that names files as GitHub does, from the root of the repository, where GitHub runs it.

    Findings name a file from the project, or from where the command runs; what is neither stays as it is.
    """
    if not (checked_out := os.environ.get("GITHUB_WORKSPACE")):
        return report
    root = Path(os.path.realpath(checked_out))
    named: dict[str, str] = {}
    for name in {finding.file for finding in report.findings if finding.file}:
        places = (Path(os.path.realpath(place)) for place in (project / name, Path(name)) if place.is_file())
        found = next((place for place in places if place.is_relative_to(root)), None)
        named[name] = found.relative_to(root).as_posix() if found else name
    findings = [replace(finding, file=named[finding.file]) if finding.file else finding for finding in report.findings]
    return replace(report, findings=findings)


def _format_asked_for(words: Sequence[str]) -> ReportFormat:
    """Return the report format among words that may otherwise be wrong."""
    found = _given(words, "--format")
    return next((name for name in REPORT_FORMATS if name in found), "text")


def _given(words: Sequence[str], option: str) -> list[str]:
    """Return the values of an option among words that may otherwise be wrong."""
    beside = [value for name, value in pairwise(words) if name == option]
    return beside + [word.removeprefix(f"{option}=") for word in words if word.startswith(f"{option}=")]


def _paths(values: Iterable[Any]) -> Iterator[Path]:
    for value in values:
        if isinstance(value, Path):
            yield value
        elif isinstance(value, tuple):
            yield from _paths(value)
