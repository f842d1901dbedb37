"""The audit of a dataset: which of its hidden cells a reader can compute, in counts and in findings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from publisher.errors import Finding, Severity
from publisher.quality.disclosure import Disclosed, disclosed
from publisher.quality.leaks import KINDS, Kind, Leak
from publisher.quality.protect import Protection, Target
from publisher.quality.published import Published
from publisher.quality.relations import Place
from publisher.quality.wording import Wording
from publisher.rules import Profile

if TYPE_CHECKING:
    from publisher.quality.cells import Mask

MOST_TOLD = 500
"""How many findings of a kind are told one by one."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What a reader can compute of a dataset's hidden cells, and what to do about it.

    ``suggested`` are cells that, suppressed together, leave no cell, average or group to compute; None where it was not
    asked for. ``accepted`` counts the findings that were known, and ``gone`` are the known ones that were not found.
    """

    facts: Published
    found: Disclosed
    findings: Sequence[Finding]
    groups: int
    suggested: Sequence[int] | None = None
    accepted: int = 0
    gone: frozenset[str] = frozenset()

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
    """How an audit is made: how bad its findings are, which are known, and whether to suggest what to suppress.

    ``brief`` findings say neither what they follow from nor what to suppress, which takes longer than all else.
    """

    profile: Profile = "pre-release"
    known: Collection[str] = field(default_factory=frozenset)
    suggest: bool = False
    brief: bool = False


def audit(facts: Published, files: Mapping[str, str], asked: Asked) -> Audited:
    """Compute what can be computed, and say so; ``files`` is how findings call the source of each cube."""
    found, revised = _agreeing(facts)
    leaks = {kind: list(kind.find(facts, found)) for kind in KINDS}
    telling = _Telling(facts, found, files, asked)
    findings = [finding for kind, listed in leaks.items() for finding in telling.findings(kind, listed)]
    findings += telling.contradictions()
    findings += revised
    errors = [
        leak.target for kind, listed in leaks.items() for leak in listed if leak.target and kind.severity == "error"
    ]
    return Audited(
        facts,
        found,
        findings,
        sum(len(listed) for kind, listed in leaks.items() if kind.name == "group"),
        telling.together(errors) if asked.suggest else None,
        telling.accepted,
        frozenset(asked.known) - telling.prints,
    )


class _Telling:
    """Makes findings of leaks: the first of each kind one by one, of the others how many there are."""

    def __init__(self, facts: Published, found: Disclosed, files: Mapping[str, str], asked: Asked) -> None:
        self._found, self._asked = found, asked
        self._words = Wording(facts, found.relations, files)
        self._protection = None if found.contradictions or asked.brief else Protection(found, facts.free)
        self.prints: set[str] = set()
        self.accepted = 0

    def findings(self, kind: Kind, leaks: Sequence[Leak]) -> Iterator[Finding]:
        """Yield the findings of a kind; those that are known take no place of others, and are told last."""
        prints = [self._words.fingerprint(kind, leak) for leak in leaks]
        self.prints.update(prints)
        known = [leak for leak, print_ in zip(leaks, prints, strict=True) if print_ in self._asked.known]
        new = [leak for leak, print_ in zip(leaks, prints, strict=True) if print_ not in self._asked.known]
        self.accepted += len(known)
        yield from self._told(kind, new, _severity(kind, self._asked), {})
        yield from self._told(kind, known, "information", {"accepted": True})

    def _told(
        self, kind: Kind, leaks: Sequence[Leak], severity: Severity, properties: Mapping[str, Any]
    ) -> Iterator[Finding]:
        for leak in leaks[:MOST_TOLD]:
            more = self._protection.cells(leak.target) if self._protection and leak.target else ()
            finding = self._words.finding(kind, leak, self._proof(leak), more)
            yield replace(finding, severity=severity, properties={**finding.properties, **properties})
        if others := leaks[MOST_TOLD:]:
            prints = [self._words.fingerprint(kind, leak) for leak in others]
            message = f"and {len(others):,} more findings of the audit '{kind.name}'"
            yield Finding(kind.name, message, severity, properties={"fingerprints": prints, **properties})

    def contradictions(self) -> Iterator[Finding]:
        """Yield a finding for each set of relations that cannot all hold."""
        yield from map(self._words.contradiction, self._found.contradictions)

    def together(self, targets: Sequence[Target]) -> Sequence[int]:
        """Return cells that, suppressed together, do for all targets."""
        protection = self._protection
        return protection.together({target: protection.cells(target) for target in targets}) if protection else ()

    def _proof(self, leak: Leak) -> Sequence[Place]:
        if self._asked.brief:
            return ()
        if leak.place is not None:
            return (leak.place,)
        return self._found.proofs.of(leak.cell) if leak.target and leak.cell is not None else ()


def _severity(kind: Kind, asked: Asked) -> Severity:
    return "warning" if kind.severity == "error" and asked.profile == "republish" else kind.severity


def _agreeing(facts: Published) -> tuple[Disclosed, list[Finding]]:
    """Return what can be computed, and how many figures were revised since: those that the release before denies."""
    relations, revised = facts.relations, facts.revised
    while True:
        found = disclosed(facts.cells, relations, facts.limits)
        # One of each set is enough, and leaves what the others say.
        links = ([index for number, index in places if number == facts.links] for places in found.contradictions)
        wrong = {indices[0] for indices in links if indices}
        if not wrong:
            break
        revised += len(wrong)
        relations = [
            item if number != facts.links else item.chosen({*range(len(item))} - wrong)
            for number, item in enumerate(relations)
        ]
    if not revised:
        return found, []
    message = f"{revised:,} figures are others than in the release before: they have been revised since"
    return found, [Finding("revised", message, "information")]
