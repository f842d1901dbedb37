"""What breaks an integrity constraint, and how it is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from publisher.errors import Finding, Severity

MOST = 20
CONSTRAINTS = 21
# The rule of what is said where a constraint was not asked of everything.
NOT_ALL_COMPARED = "not-all-compared"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that breaks a constraint: ``rule`` is ``IC-1`` to ``IC-21``.

    ``data_set`` is the IRI of the ``qb:DataSet`` it belongs to, or of the structure where no single
    data set has it, or None. ``subject`` is the IRI that is at fault (``_:name`` for a blank node),
    ``key`` the values of its dimensions. ``message`` says what is wrong and what to do. ``more``
    is how many there are beyond it that are not listed. Where a constraint was not asked of everything,
    ``unsure`` names it, and the rule is ``not-all-compared``.
    """

    rule: str
    data_set: str | None
    subject: str
    key: tuple[str, ...]
    message: str
    more: int = 0
    unsure: str = ""

    @property
    def severity(self) -> Severity:
        """Constraints are never warnings; that one was not asked of everything is."""
        return "warning" if self.unsure else "error"

    def finding(self) -> Finding:
        """Return it as a finding."""
        return Finding(self.rule, self.message, self.severity, cube=self.data_set, key=".".join(self.key) or None)


def held(broken: Iterable[str], unsure: Iterable[str]) -> str:
    """Say how many constraints hold: neither those broken nor those that were not asked of everything."""
    without = ({*broken} | {*unsure}) - {NOT_ALL_COMPARED}
    how_many = f"{CONSTRAINTS - len(without)} of {CONSTRAINTS}" if without else f"all {CONSTRAINTS}"
    return f"{how_many} constraints hold"


def more_like_these(more: int, all_compared: bool) -> str:
    """Say how many more there are than are listed, or how many at least."""
    return f"and {'' if all_compared else 'at least '}{more:,} more like these"


def findings_of(violations: Iterable[Violation]) -> Iterator[Finding]:
    """Yield violations by number, then data set: at most 20 of each, then how many more there are."""

    def of(violation: Violation) -> tuple[int, str]:
        number = violation.rule.partition("-")[2]
        return int(number) if number.isdecimal() else CONSTRAINTS + 1, violation.data_set or ""

    violations = list(violations)
    unsure = {(violation.unsure, violation.data_set) for violation in violations}
    for _, group in groupby(sorted(violations, key=of), key=of):
        found = list(group)
        yield from (violation.finding() for violation in found[:MOST])
        more = max(0, len(found) - MOST) + sum(violation.more for violation in found)
        if more:
            first = found[0]
            words = more_like_these(more, (first.rule, first.data_set) not in unsure)
            yield Finding(first.rule, words, first.severity, cube=first.data_set)
