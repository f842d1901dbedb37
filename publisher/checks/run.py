"""Whether a check runs on a release, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from time import perf_counter

from publisher.checks.check import Check, Outcome, Subject
from publisher.errors import Finding


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check answered: by which program, about what, what it found, in how many seconds.

    ``skipped`` says why it did not run, and is empty where it did. ``files`` are those it looked at,
    by name or as ``Check.files`` names them.
    """

    name: str
    by: str
    outcome: Outcome
    seconds: float
    skipped: str = ""
    files: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What it found."""
        return self.outcome.findings


def is_wanted(check: Check, formats: frozenset[str], full: bool = False) -> bool:
    """Say whether a check is asked for, and there may be something for it."""
    return formats.issuperset(check.needs) and (full or check.kind == "fast")


def run(check: Check, subject: Subject) -> Verdict:
    """Run a check, or its twin where the release has more rows than the check is made for."""
    if check.requires and find_spec(check.requires) is None:
        return Verdict(check.name, check.by, Outcome(), 0.0, f"{check.requires} is not installed", check.files)
    started = perf_counter()
    if check.most_rows is None or subject.rows <= check.most_rows:
        return Verdict(check.name, check.by, check.run(subject), perf_counter() - started, files=check.files)
    if check.twin is not None:
        return Verdict(check.name, check.twin_by, check.twin(subject), perf_counter() - started, files=check.files)
    reason = f"left out above {check.most_rows:,} observations"
    return Verdict(check.name, check.by, Outcome(), 0.0, reason, check.files)
