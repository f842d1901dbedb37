"""What can be computed of a dataset's hidden cells, from its source or while it is built."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from publisher import inputs
from publisher.errors import Finding, Severity
from publisher.formats.draft import Before
from publisher.inputs import Received
from publisher.model import Dataset
from publisher.quality import Checked, check_cells, read_cells
from publisher.quality.audit import Asked, Audited, audit
from publisher.quality.baseline import read_baseline
from publisher.quality.published import Earlier, published
from publisher.release import read_previous
from publisher.rules import Profile

Begin = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may choose; the fields are the options of ``publisher audit``."""

    source: Path | None = None
    edition: str | None = None
    profile: Profile | None = None
    previous: Path | None = None
    baseline: Path | None = None
    suggest: bool = False
    reveal: bool = False


@dataclass(frozen=True, slots=True)
class Examined:
    """What rules and audit say of a dataset's figures; ``audited`` is None where nothing can be hidden.

    ``gone`` are the fingerprints of a baseline that no dataset of the run has any more.
    """

    dataset: Dataset
    ruled: Checked = field(default_factory=Checked)
    audited: Audited | None = None
    edition: str = ""
    shown: str = ""
    profile: Profile = "pre-release"
    seconds: float = 0.0
    notes: tuple[Finding, ...] = ()
    gone: frozenset[str] = frozenset()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules found, but for information, and what the audit did."""
        ruled = (finding for finding in self.ruled.findings if finding.severity != "information")
        return (*ruled, *(self.audited.findings if self.audited else ()), *self.notes)


def audit_datasets(
    project: Path, datasets: Iterable[str], options: Options, begin: Begin = lambda _: None
) -> tuple[Examined, ...]:
    """Audit the datasets of a project, all of them where none is named; nothing is written.

    Raises DefinitionError or InputError (exit code 2).
    """
    names = inputs.dataset_names(project, datasets, options.source, options.edition)
    known = read_baseline(options.baseline) if options.baseline else frozenset()
    found = []
    for dataset in inputs.read_definitions(project, names):
        started = _ready()
        with TemporaryDirectory(prefix="publisher-audit-") as folder:
            begin(f"{dataset.id}: read")
            scratch = Path(folder)
            received = inputs.receive(project, dataset, options.source, options.edition, scratch)
            before = None
            if options.previous:
                begin(f"{dataset.id}: read the release before")
                before, _ = read_previous(options.previous, dataset, received.edition, scratch / "previous")
            begin(f"{dataset.id}: audit")
            asked = Asked(options.profile or dataset.profile, known, options.suggest)
            found.append(examine(dataset, received, before, asked, started))
    gone = known.intersection(*(one.audited.gone for one in found if one.audited))
    return tuple(replace(one, gone=gone) for one in found)


def _ready() -> float:
    """Load the libraries that reading and solving need, and return the time: what comes after is the work."""
    import duckdb  # noqa: F401
    import highspy  # noqa: F401
    import pandas  # noqa: F401  (pyarrow loads it)

    return perf_counter()


def steps(project: Path, datasets: Iterable[str], options: Options) -> int:
    """Return how many steps ``begin`` will be told of."""
    names = inputs.dataset_names(project, datasets, options.source, options.edition)
    return len(names) * (3 if options.previous else 2)


def examine(
    dataset: Dataset, received: Received, before: Before | None, asked: Asked, started: float | None = None
) -> Examined:
    """Ask the rules, and where cells can be hidden the audit; ``started`` is when the work on the dataset began."""
    started = perf_counter() if started is None else started
    if not dataset.rules and dataset.suppression is None:
        return Examined(dataset, edition=received.edition.id, shown=received.shown, profile=asked.profile)
    cells = read_cells(received.observations, dataset.suppression)
    ruled = check_cells(dataset, cells, received.files)
    audited: Audited | None = None
    notes: tuple[Finding, ...] = ()
    if dataset.suppression is not None:
        earlier, notes = _earlier(dataset, before) if before else (None, ())
        audited = audit(published(dataset, cells, ruled, earlier), received.files, asked)
    return Examined(
        dataset, ruled, audited, received.edition.id, received.shown, asked.profile, perf_counter() - started, notes
    )


def _earlier(dataset: Dataset, before: Before) -> tuple[Earlier | None, tuple[Finding, ...]]:
    """Return the release before as far as it can be compared, if at all, and a warning for each cube that cannot be."""
    known, notes = {}, []
    for cube in dataset.cubes:
        item = before.observations.get(cube.id)
        if item is not None and item.cube.measure.decimals == cube.measure.decimals:
            known[cube.id] = item
        elif item is not None or cube.id not in before.observations:
            message = "has another structure in the release before, of which the audit therefore knows nothing"
            notes.append(Finding("previous", message, "warning", cube=cube.id))
    return Earlier(known, before.suppression) if known else None, tuple(notes)


def counts(audited: Audited) -> Mapping[str, Any]:
    """Return the figures of an audit: how much is hidden, how narrowly it is known, and what by which rule.

    Hidden means of a rule ``mean`` are counted as ``averages`` alone. No value of a cell is in it.
    """
    found, own = audited.found, audited.own
    exact = found.exact & own
    widths = Counter((found.high - found.low)[own & ~found.endless].tolist())
    width = {str(size): widths[size] for size in sorted(widths)}
    if endless := int((own & found.endless).sum()):
        width["unbounded"] = endless
    zero = int((exact & (found.low == 0)).sum())
    by_cube = {}
    for cube in audited.facts.cells.cubes:
        if cube.first < audited.facts.count:
            rows = slice(cube.first, cube.first + cube.count)
            by_cube[cube.cube.id] = {"hidden": int(own[rows].sum()), "exact": int(exact[rows].sum())}
    averages = audited.averages
    return {
        "hidden": int(own.sum()),
        "width": width,
        "exact": {"zero": zero, "positive": int(exact.sum()) - zero},
        "by_cube": by_cube,
        "averages": {"hidden": int(averages.sum()), "exact": int((averages & found.exact).sum())},
        "groups_below_threshold": audited.groups,
        "inexact": int((audited.facts.here & found.inexact).sum()),
        "relations": {
            rule: {"count": count, "with_hidden": hidden} for rule, (count, hidden) in audited.facts.counts.items()
        },
    }


def exact_by_cube(examined: Examined | None) -> Mapping[str, int]:
    """Return by cube how many of its hidden cells can be computed; nothing where there was no audit."""
    if examined is None or examined.audited is None:
        return {}
    return {cube: counted["exact"] for cube, counted in counts(examined.audited)["by_cube"].items()}


def in_short(examined: Examined) -> tuple[Finding, ...]:
    """Return the findings that a build tells: of the audit only how many there are of each kind, and in which cubes.

    What rules found, and contradictions, are told as they are.
    """
    told: list[Finding] = []
    counted: dict[tuple[str, Severity], Counter[str]] = defaultdict(Counter)
    for finding in examined.findings:
        if finding.fingerprint is None:
            told.append(finding)
        elif finding.severity != "information":
            counted[finding.rule, finding.severity][finding.cube or ""] += 1
    for (rule, severity), cubes in counted.items():
        where = ", ".join(f"{cube} {count:,}" for cube, count in cubes.items())
        command = f"`publisher audit {examined.dataset.id}` says which, and what to do"
        message = f"{cubes.total():,} findings of the audit '{rule}' ({where}): {command}"
        told.append(Finding(rule, message, severity, examined.shown))
    return tuple(told)


def revealed(audited: Audited) -> list[dict[str, Any]]:
    """Return every hidden cell with the least and the most that it can be, in units of the last decimal.

    None stands for no end.
    """
    found = audited.found
    cells = []
    for cube in audited.facts.cells.cubes:
        for row in range(cube.count if cube.first < audited.facts.count else 0):
            if found.cells.hidden[cell := cube.first + row]:
                key = {part: cube.names[part][cube.codes[part][row]] for part in cube.cube.key_ids}
                high = None if found.endless[cell] else int(found.high[cell])
                cells.append({"cube": cube.cube.id, "key": key, "low": int(found.low[cell]), "high": high})
    return cells
