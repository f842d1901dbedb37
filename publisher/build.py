"""The order of things: read, store, ask rules and audit, write, check, swap. The only module that knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from publisher import __version__, auditing, definition, inputs
from publisher.auditing import Examined
from publisher.checks import CHECKS, Subject
from publisher.checks.run import Verdict
from publisher.checks.together import run_checks
from publisher.errors import CheckError, Finding, OutputError, PublisherError, nearest
from publisher.formats import FORMATS, Draft, Format, Publication, sdmx_delta
from publisher.formats.datapackage import NAME as PACKAGE
from publisher.formats.datapackage import as_json
from publisher.formats.limits import left_out
from publisher.model import Dataset
from publisher.quality import Checked
from publisher.quality.audit import Asked
from publisher.quality.baseline import read_baseline
from publisher.release import MANIFEST, Workspace, manifest, read_previous, stale
from publisher.release.manifest import Entry
from publisher.release.reports import write_reports
from publisher.release.root_package import refuse_foreign, root_package
from publisher.rules import Profile


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may choose; the fields are the options of ``publisher build``.

    ``jobs`` None is as many as help.
    """

    source: Path | None = None
    edition: str | None = None
    output: Path | None = None
    base_iri: str | None = None
    only: tuple[str, ...] = ()
    previous: Path | None = None
    check: bool = False
    profile: Profile | None = None
    baseline: Path | None = None
    jobs: int | None = 1


@dataclass(slots=True)
class Built:
    """What a run did for one dataset.

    ``observations`` holds (observations, suppressed) by cube; ``stale`` what ``--check`` found.
    """

    dataset: str
    edition: str = ""
    version: str = ""
    source: str = ""
    tables: int = 0
    observations: dict[str, tuple[int, int]] = field(default_factory=dict)
    notices: tuple[Finding, ...] = ()
    examined: Examined | None = None
    files: int = 0
    bytes: int = 0
    verdicts: list[Verdict] = field(default_factory=list)
    stale: tuple[Finding, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What rules, audit and checks found, and what is stale; of the audit how much there is of each kind."""
        asked = auditing.in_short(self.examined) if self.examined else ()
        return (*asked, *(finding for verdict in self.verdicts for finding in verdict.findings), *self.stale)

    @property
    def ruled(self) -> Checked:
        """What the rules say of the figures."""
        return self.examined.ruled if self.examined else Checked()

    @property
    def stopped(self) -> bool:
        """Whether rules or audit found an error, so that nothing was written or checked."""
        return self.examined is not None and any(finding.severity == "error" for finding in self.examined.findings)


class BuildRefusedError(CheckError):
    """What would have been published is wrong; the reports say what was done and what was found."""

    def __init__(self, reports: Iterable[Built]) -> None:
        """Keep the reports; their findings are the error's."""
        self.reports = tuple(reports)
        super().__init__(*(finding for report in self.reports for finding in report.findings))


Begin = Callable[[str], None]


def build(
    project: Path,
    datasets: Iterable[str] = (),
    options: Options | None = None,
    begin: Begin = lambda _: None,
    before_commit: Callable[[], None] = lambda: None,
) -> tuple[Built, ...]:
    """Build the releases of a project's datasets, all of them where none is named.

    ``begin`` is told each step, and ``before_commit`` is called when everything has passed. Raises
    DefinitionError, InputError or OutputError (exit code 2) and BuildRefusedError (exit code 1);
    the output is then as it was.
    """
    options = options or Options()
    names = _names(project, datasets, options)
    definitions = inputs.read_definitions(project, names, options.base_iri)
    output = inputs.real(options.output or project / "output")
    at_home = output == inputs.real(project / "output")
    if at_home:
        refuse_foreign(project / PACKAGE)
    with Workspace(project, output, names) as workspace, _disk_errors(workspace.root):
        reports = [_make(project, dataset, options, workspace, begin) for dataset in definitions]
        if any(report.stopped for report in reports):
            raise BuildRefusedError(reports)
        if at_home and (text := root_package(project / "output", {name: workspace.draft(name) for name in names})):
            workspace.beside(PACKAGE).write_text(text, encoding="utf-8", newline="\n")
        if options.check:
            _compare(project, options, workspace, reports)
        if any(finding.severity == "error" for report in reports for finding in report.findings):
            raise BuildRefusedError(reports)
        if not options.check:
            before_commit()
            workspace.commit()
    return tuple(reports)


def steps(project: Path, datasets: Iterable[str], options: Options) -> int:
    """Return how many steps ``begin`` will be told of, at most."""
    names = tuple(dict.fromkeys(datasets)) or definition.find_datasets(project)
    return len(names) * (1 + len(options.only or FORMATS) + len(CHECKS))


def _names(project: Path, datasets: Iterable[str], options: Options) -> tuple[str, ...]:
    names = inputs.dataset_names(project, datasets, options.source, options.edition)
    known = [format.name for format in FORMATS]
    for name in options.only:
        if name not in known:
            raise PublisherError(f"unknown format '{name}': there are {', '.join(known)}{nearest(name, known)}")
    if set(options.only) == {sdmx_delta.NAME} and options.previous is None:
        raise PublisherError(f"--only {sdmx_delta.NAME} writes nothing without the release before: give --previous DIR")
    return names


def _make(project: Path, dataset: Dataset, options: Options, workspace: Workspace, begin: Begin) -> Built:
    """Read, store, write and check one dataset in the workspace's draft."""
    report = Built(dataset.id)
    scratch = workspace.scratch(dataset.id)
    begin(f"{dataset.id}: read")
    publication = _read(report, project, dataset, options, scratch)
    if report.stopped:
        return report
    draft = Draft(workspace.draft(dataset.id))
    for format in _chosen_formats(options):
        begin(f"{dataset.id}: write {format.name}")
        if notice := left_out(format, publication.observations):
            report.notices += (notice,)
            continue
        draft.formats.append(format)
        with _timed(report, f"write {format.name}"):
            format.write(publication, draft, _options_of(format, dataset))
    _check(report, publication, draft, scratch, lambda name: begin(f"{dataset.id}: check {name}"), options.jobs)
    files = [Entry(file.path, file.format, *draft.digest(file.path)) for file in draft.files]
    files += write_reports(
        draft.folder,
        dataset,
        publication.edition,
        __version__,
        publication.observations,
        report.verdicts,
        auditing.exact_by_cube(report.examined),
    )
    described = manifest.describe(dataset, publication.edition, __version__, inputs.made_from(publication), files)
    (draft.folder / MANIFEST).write_text(as_json(described), encoding="utf-8", newline="\n")
    report.files = len(files) + 1
    report.bytes = sum(entry.bytes for entry in files) + (draft.folder / MANIFEST).stat().st_size
    return report


def _read(report: Built, project: Path, dataset: Dataset, options: Options, scratch: Path) -> Publication:
    """Read and keep what is to be published, and the release before where one is given; ask rules and audit."""
    with _timed(report, "read"):
        received = inputs.receive(project, dataset, options.source, options.edition, scratch)
    with _timed(report, "read the release before"):
        kept = scratch / "previous"
        given = options.previous
        before, warnings = read_previous(given, dataset, received.edition, kept) if given else (None, ())
    if dataset.rules:  # without any nothing follows from anything, and a build of any size needs no memory for it
        with _timed(report, "rules and audit"):
            known = read_baseline(options.baseline) if options.baseline else frozenset()
            asked = Asked(options.profile or dataset.profile, known, brief=True)
            report.examined = auditing.examine(dataset, received, before, asked)
    report.edition, report.version = received.edition.id, received.edition.version
    report.source, report.tables = received.shown, received.tables
    report.notices = (*received.notices, *warnings)
    report.observations = {item.cube.id: (item.rows, item.suppressed) for item in received.observations}
    return Publication(
        dataset,
        project / "schemas" / dataset.id,
        received.edition,
        received.observations,
        tuple(inputs.source_files(received.path)),
        report.notices,
        before,
    )


def _chosen_formats(options: Options) -> list[Format]:
    """Return the formats to write; the definition always, for without it nobody can read a release."""
    return [format for format in FORMATS if not options.only or format.name in (*options.only, "definition")]


def _options_of(format: Format, dataset: Dataset) -> dict[str, Any]:
    defaults = {option.name: option.default for option in format.options}
    return {**defaults, **dataset.formats.get(format.name, {})}


def _check(
    report: Built, publication: Publication, draft: Draft, scratch: Path, begin: Begin, jobs: int | None
) -> None:
    subject = Subject(
        draft.folder,
        publication.dataset,
        publication.edition,
        {item.cube.id: item for item in publication.observations},
        frozenset(file.path for file in draft.files),
        scratch,
        publication.previous.observations if publication.previous else {},
    )
    formats = frozenset(file.format for file in draft.files)
    with _timed(report, "check"), closing(run_checks(subject, formats, begin, jobs)) as verdicts:
        report.verdicts += verdicts


def _compare(project: Path, options: Options, workspace: Workspace, reports: list[Built]) -> None:
    """Note in the reports what differs between the drafts and what is published."""
    for report in reports:
        shown = f"{(options.output or Path('output')).as_posix()}/{report.dataset}"
        published = workspace.output / report.dataset
        besides = _of_other_formats(published, options) if options.only else frozenset()
        report.stale = tuple(stale(workspace.draft(report.dataset), published, shown, besides))
    if workspace.beside(PACKAGE).exists() and not options.only:
        reports[-1].stale += tuple(stale(workspace.beside(PACKAGE), project / PACKAGE, PACKAGE))


def _of_other_formats(published: Path, options: Options) -> frozenset[str]:
    """Return the files of a release that a build of some formats does not write, or writes otherwise."""
    if not (published / MANIFEST).is_file():
        return frozenset()
    entries = manifest.read_manifest(published).files.values()
    return frozenset((MANIFEST, *(entry.path for entry in entries if entry.format not in options.only)))


@contextmanager
def _timed(report: Built, step: str) -> Iterator[None]:
    started = perf_counter()
    yield
    report.seconds[step] = report.seconds.get(step, 0.0) + perf_counter() - started


@contextmanager
def _disk_errors(root: Path) -> Iterator[None]:
    """Say of a full disk, or another failure to write, where it was and that nothing was replaced."""
    import duckdb

    remedy = "nothing was replaced; free space, or choose another --output"
    try:
        yield
    except OSError as error:
        raise OutputError(f"{error.filename or root}: {error.strerror or error}: {remedy}") from error
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise OutputError(f"{root}: {error}: {remedy}") from error
