"""The command line: parse, call, print. Each command is a few lines; the work is elsewhere."""

from __future__ import annotations

import gc
import signal
import sys
import traceback
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from publisher import __version__, progress
from publisher.commands import Answering, Reporting, printing
from publisher.reports import Report
from publisher.rules import PROFILES

_TOOL_FAILED = 3
_INTERRUPTED = 130
# The libraries of the checks make millions of objects that stay: at Python's own thresholds its collector
# of cycles looks at them again and again, an eighth of the time of a build.
_COLLECTED = (50_000, 20, 100)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="publisher")
def cli() -> None:
    """Publish official statistics: SDMX, RDF Data Cube and data packages from one definition.

    Exit codes: 0 done, 1 something is wrong with what is or would be published, 2 usage,
    definition or input is wrong, 3 the tool itself failed, 130 interrupted. On anything but 0 the
    output folder is what it was before.
    """


_project = click.option(
    "--project",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path("."),
    help="Folder that holds schemas/ and raw/; this one unless given.",
)


_profile = click.option(
    "--profile",
    type=click.Choice(PROFILES),
    help="pre-release: computable cells are errors; republish: warnings. That of dataset.toml unless given.",
)
_baseline = click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Accept the findings of this JSON report of an audit, or list of their fingerprints.",
)


@cli.command(cls=Reporting, releases="output")
@click.argument("datasets", nargs=-1, metavar="[DATASET]...")
@click.option("--source", type=click.Path(path_type=Path), help="Read this file, not raw/<dataset>/<edition>.*.")
@click.option("--edition", metavar="YYYY-MM", help="Build this edition, not the newest.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="Folder of releases; output/ of the project unless given."
)
@click.option("--base-iri", metavar="IRI", help="What IRIs begin with, instead of dataset.base_iri.")
@click.option("--only", multiple=True, metavar="FORMAT", help="Write this format (`publisher list`); repeatable.")
@click.option(
    "--previous",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Also write what changed since this release, or since that of the dataset in this folder.",
)
@_profile
@_baseline
@click.option("--check", is_flag=True, help="Build aside and compare with the release there; exit 1 if it differs.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    envvar="PUBLISHER_JOBS",
    show_envvar=True,
    help="Check in so many processes at once; one for each core, at most 4, unless given or the release is large.",
)
@_project
@click.pass_context
def build(ctx: click.Context, /, datasets: tuple[str, ...], project: Path, **options: Any) -> Report:
    """Build releases: read, write every format, check what was written, put it in place.

    Without DATASET all folders of schemas/ that hold a dataset.toml are built.
    """
    from publisher import build as building
    from publisher.summaries import of_build

    chosen = building.Options(**options)
    try:
        with progress.shown(building.steps(project, datasets, chosen), ctx.meta["progress"]) as begin:
            reports = building.build(project, datasets, chosen, begin, _ignore_interrupts)
    except building.BuildRefusedError as refused:
        reports = refused.reports
    return of_build(reports, chosen.output or project / "output", check=chosen.check)


@cli.command(cls=Reporting, page=True)
@click.argument("datasets", nargs=-1, metavar="[DATASET]...")
@click.option("--source", type=click.Path(path_type=Path), help="Read this file, not raw/<dataset>/<edition>.*.")
@click.option("--edition", metavar="YYYY-MM", help="Audit this edition, not the newest.")
@_profile
@click.option(
    "--previous",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A reader also has this release, or that of the dataset in this folder.",
)
@_baseline
@click.option("--suggest", is_flag=True, help="Also list cells to suppress, with which nothing is left to compute.")
@click.option("--reveal", is_flag=True, help="Also say what each hidden cell can be: for your eyes only.")
@_project
@click.pass_context
def audit(ctx: click.Context, /, datasets: tuple[str, ...], project: Path, **options: Any) -> Report:
    """Say which suppressed cells a reader can compute from what is published, and what to do about it.

    Reads the source as build does, and writes nothing. No value of a hidden cell is told.
    """
    from publisher import auditing
    from publisher.audit_report import of_audit

    chosen = auditing.Options(**options)
    with progress.shown(auditing.steps(project, datasets, chosen), ctx.meta["progress"]) as begin:
        examined = auditing.audit_datasets(project, datasets, chosen, begin)
    return of_audit(examined, chosen.reveal)


@cli.command(cls=Reporting)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[DIR|FILE]...")
@click.option("--full", is_flag=True, help="Run the slow checks too, by every validator that is installed.")
@_project
@click.pass_context
def validate(ctx: click.Context, /, paths: tuple[Path, ...], full: bool, project: Path) -> Report:
    """Check what is named from its own files, wherever it is; without a name the releases in output/.

    A release, or what anybody publishes: a data package, a CSVW folder, SDMX messages, files of linked
    data, a folder or a zip of them. What a thing is, its content says. Nothing is fetched or changed.
    """
    from publisher import validate as validating
    from publisher.release import found
    from publisher.summaries import of_validation

    with (
        validating.looking(paths or found.releases_in(project), full) as looked,
        progress.shown(looked.steps, ctx.meta["progress"]) as begin,
    ):
        return of_validation(looked.validations(begin, confine=True))


@cli.command(cls=Reporting)
@click.argument("releases", nargs=-1, metavar="[DATASET|DIR]...")
@click.option("--profile", required=True, metavar="NAME", help="The portal: dotstat, fmr or struval.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="The zip to write, or the folder for it; <dataset>-<version>-<profile>.zip here unless given.",
)
@_project
@click.pass_context
def export(
    ctx: click.Context, /, releases: tuple[str, ...], project: Path, profile: str, output: Path | None
) -> Report:
    """Write a zip with what a portal takes, or say by named rule why it would refuse it.

    Of the releases named, each a dataset of output/ or any folder; without a name of all in output/.
    """
    from publisher import export as exporting
    from publisher.release import found
    from publisher.summaries import of_export

    portal = exporting.find_profile(profile)
    with progress.shown(None, ctx.meta["progress"]) as begin:
        return of_export(exporting.export(found.releases(releases, project), portal, output, begin))


@cli.command(cls=Answering)
@click.argument("words", nargs=-1, metavar="[DIR] SPARQL")
@click.option("--template", metavar="NAME", help="Ask what a template asks, and give no SPARQL.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A parameter of the template; repeatable.")
@click.option("--file", type=click.Path(path_type=Path), help="Read the query from this file, and give no SPARQL.")
@click.option("--list", "listed", is_flag=True, help="List the templates and their parameters.")
@click.option("--show", is_flag=True, help="Print the query itself; that of a template is filled in.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(("table", "csv", "json")),
    default="table",
    show_default=True,
    help="A table, or W3C's CSV or JSON results. Triples are Turtle as table, JSON-LD as json.",
)
@click.option("--limit", type=click.IntRange(0), default=1000, show_default=True, help="Rows of a table; 0 for all.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, 86_400, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Stop a query that takes longer.",
)
@_project
def query(words: tuple[str, ...], project: Path, listed: bool, timeout: float, **asked: Any) -> None:
    """Ask a release a question in SPARQL, or that of a template, and print the answer.

    DIR is the folder of a release, or a dataset of output/; not needed where there is only one.
    SPARQL is read from standard input where it is `-`. SERVICE, FROM and updates are refused.
    """
    from publisher import query as querying
    from publisher.release import found

    if listed:
        click.echo(querying.listing(asked["output_format"]), nl=False)
        return
    names, question = querying.request(words, **asked)
    folder = found.only(found.releases(names, project))
    with ExitStack() as answered:
        with progress.shown(None) as begin:
            begin(f"ask {folder.resolve().name}")
            answer = answered.enter_context(querying.ask(folder, question, timeout))
        _print_answer(answer.path, escaped=question.format == "table" or sys.stdout.isatty())
        if answer.cut:
            click.echo(f"publisher: {question.most} rows shown, there are more: --limit 0, or --format csv", err=True)


@cli.group("codelist")
def codelists() -> None:
    """Keep codelists as their owners have them."""


@codelists.command("refresh", cls=Reporting)
@click.argument("codelist", metavar="CODELIST")
@click.option("--from", "source", required=True, metavar="FILE|URL", help="What KLASS answered: JSON or CSV.")
@click.option("--dataset", metavar="DATASET", help="The dataset, where more than one has such a codelist.")
@click.option("--language", metavar="LANG", help="Language of the names there; the first of the dataset unless given.")
@click.option(
    "--date",
    "day",
    metavar="YYYY-MM-DD",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Compare with the codes valid on this day; the last of the newest edition unless given.",
)
@click.option("--notation", metavar="NAME", help="Compare with column notation_NAME; that of KLASS unless given.")
@click.option("--level", default="", metavar="N", help="Compare with the codes of this level there only.")
@click.option("--write", is_flag=True, help="Let the CSV file of the codelist follow; without it nothing changes.")
@_project
@click.pass_context
def codelist_refresh(ctx: click.Context, /, project: Path, day: datetime | None, **wanted: Any) -> Report:
    """Compare a codelist with a file or an address of its owner: codes added, ended, renamed or moved."""
    from publisher.refresh import Request, refresh
    from publisher.summaries import of_refresh

    with progress.shown(None, ctx.meta["progress"]) as begin:
        begin(f"compare {wanted['codelist']} with {wanted['source']}")
        return of_refresh(refresh(project, Request(**wanted, day=day and day.date())))


@cli.command("list", cls=Reporting)
@_project
def list_(project: Path) -> Report:
    """List the project's datasets, their editions and releases, and the readers and formats there are."""
    from publisher.listing import listing
    from publisher.summaries import of_listing

    return of_listing(listing(project))


def _print_answer(path: Path, escaped: bool) -> None:
    """Print a file of text piece by piece, ``escaped`` without characters that a terminal obeys."""
    from publisher.visible import visible

    with path.open(encoding="utf-8", newline=None if escaped else "") as stream:
        while piece := stream.read(1 << 16):
            sys.stdout.buffer.write((visible(piece, kept="\n\t") if escaped else piece).encode())


class _Interrupted(BaseException):
    """SIGINT or SIGTERM. Not KeyboardInterrupt, which Python may turn into a death by SIGINT at its exit."""

    arrived = False


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    _Interrupted.arrived = True
    raise _Interrupted


def _ignore_interrupts() -> None:
    """From here on the run cannot be undone, only finished."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    code = 0
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupt)
        gc.set_threshold(*_COLLECTED)
        with printing("answer"):
            code = cli.main(prog_name="publisher", standalone_mode=False)
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (_Interrupted, KeyboardInterrupt, click.Abort):
        _ignore_interrupts()
        click.echo("publisher: interrupted", err=True)
        code = _INTERRUPTED
    except Exception:  # the one place that catches a bug, to give it an exit code of its own
        if not _Interrupted.arrived:  # compiled code may have turned an interrupt into an error of its own
            traceback.print_exc()
        code = _INTERRUPTED if _Interrupted.arrived else _TOOL_FAILED
    _ignore_interrupts()
    sys.exit(code)
