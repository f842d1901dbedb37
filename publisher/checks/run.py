"""Which checks run on a release, and what each of them answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from time import perf_counter

from publisher.checks.check import Check, Outcome, Subject
from publisher.errors import Finding


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check answered: by which program, about what, what it found, in how many seconds.

    ``skipped`` says why it did not run, and is empty where it did.
    """

    name: str
    by: str
    outcome: Outcome
    seconds: float
    skipped: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What it found."""
        return self.outcome.findings


def chosen(checks: Iterable[Check], formats: frozenset[str], full: bool) -> Iterator[Check]:
    """Yield the checks that there is something for: their formats are there, and full ones where asked for."""
    return (check for check in checks if formats.issuperset(check.needs) and (full or check.kind == "fast"))


def run(check: Check, subject: Subject, begin: Callable[[str], None] = lambda _: None) -> Verdict:
    """Run a check, or its twin where the release has more rows than the check is made for."""
    begin(check.name)
    if check.requires and find_spec(check.requires) is None:
        return Verdict(check.name, check.by, Outcome(), 0.0, f"{check.requires} is not installed")
    started = perf_counter()
    if check.most_rows is None or subject.rows <= check.most_rows:
        return Verdict(check.name, check.by, check.run(subject), perf_counter() - started)
    if check.twin is not None:
        return Verdict(check.name, check.twin_by, check.twin(subject), perf_counter() - started)
    reason = f"left out above {check.most_rows:,} observations"
    return Verdict(check.name, check.by, Outcome(), 0.0, reason)
