"""The audit of a dataset: which of its hidden cells a reader can compute, in counts and in findings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from publisher.errors import Finding, Severity
from publisher.quality.disclosure import Disclosed, disclosed
from publisher.quality.leaks import KINDS, Kind
from publisher.quality.protect import Protection, Target
from publisher.quality.published import Published
from publisher.quality.wording import Wording
from publisher.rules import Profile

if TYPE_CHECKING:
    from publisher.quality.cells import Mask

MOST_TOLD = 100
"""How many missing rows are told one by one."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What a reader can compute of a dataset's hidden cells, and what to do about it.

    ``suggested`` are the cells that, suppressed together, leave none of the errors; None where it was not asked for.
    ``accepted`` counts the findings that were known, and ``gone`` the known ones that were not found.
    """

    facts: Published
    found: Disclosed
    findings: Sequence[Finding]
    groups: int
    suggested: Sequence[int] | None = None
    accepted: int = 0
    gone: int = 0

    @property
    def own(self) -> Mask:
        """Which cells are hidden in this release, and no averages."""
        return self.facts.here & self.facts.cells.hidden & ~self.found.averages

    @property
    def averages(self) -> Mask:
        """Which cells are hidden averages of this release."""
        return self.facts.here & self.found.averages


@dataclass(frozen=True, slots=True)
class Asked:
    """How an audit is made: how bad its findings are, which are known, and whether to suggest what to suppress."""

    profile: Profile = "pre-release"
    known: Collection[str] = field(default_factory=frozenset)
    suggest: bool = False


def audit(facts: Published, files: Mapping[str, str], asked: Asked) -> Audited:
    """Compute what can be computed, and say so; ``files`` is how findings call the source of each cube."""
    found, revised = _agreeing(facts)
    leaks = [(kind, list(kind.find(facts, found))) for kind in KINDS]
    words = Wording(facts, found.relations, files)
    protection = None if found.contradictions else Protection(found, facts.free)
    findings = list[Finding]()
    chosen: dict[Target, Sequence[int]] = {}
    for kind, told in leaks:
        for leak in told[: MOST_TOLD if kind.name == "absent row" else None]:
            more = protection.cells(leak.target) if protection and leak.target else ()
            if kind.severity == "error" and leak.target:
                chosen[leak.target] = more
            findings.append(_severe(words.finding(kind, leak, more), kind, asked))
        if kind.name == "absent row" and len(told) > MOST_TOLD:
            findings.append(Finding(kind.name, f"and {len(told) - MOST_TOLD:,} more rows", kind.severity))
    findings += [words.contradiction(places) for places in found.contradictions]
    findings += revised
    prints = {finding.fingerprint for finding in findings}
    return Audited(
        facts,
        found,
        findings,
        next(len(told) for kind, told in leaks if kind.name == "group"),
        None if not asked.suggest else protection.together(chosen) if protection else (),
        sum(finding.fingerprint in asked.known for finding in findings),
        len(set(asked.known) - prints),
    )


def _severe(finding: Finding, kind: Kind, asked: Asked) -> Finding:
    """Return a finding as severe as the profile says; one that is known is information."""
    severity: Severity = kind.severity
    if severity == "error" and asked.profile == "republish":
        severity = "warning"
    if finding.fingerprint in asked.known:
        properties = {**finding.properties, "accepted": True}
        return replace(finding, severity="information", properties=properties)
    return replace(finding, severity=severity)


def _agreeing(facts: Published) -> tuple[Disclosed, list[Finding]]:
    """Return what can be computed, and how many figures were revised since: those that the release before denies."""
    relations, revised = facts.relations, facts.revised
    while True:
        found = disclosed(facts.cells, relations, facts.limits)
        wrong = {index for places in found.contradictions for number, index in places if number == facts.links}
        if not wrong:
            break
        revised += len(wrong)
        relations = [item if number != facts.links else item.without(wrong) for number, item in enumerate(relations)]
    if not revised:
        return found, []
    message = f"{revised:,} figures are others than in the release before: they have been revised since"
    return found, [Finding("revised", message, "information")]
