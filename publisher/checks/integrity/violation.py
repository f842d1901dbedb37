"""What breaks an integrity constraint, and how it is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from publisher.errors import Finding

MOST = 20


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that breaks a constraint: ``rule`` is ``IC-1`` to ``IC-21``.

    ``data_set`` is the IRI of the ``qb:DataSet`` it belongs to, or of the structure where no single
    data set has it, or None. ``subject`` is the IRI that is at fault (``_:name`` for a blank node),
    ``key`` the values of its dimensions. ``message`` says what is wrong and what to do. ``more``
    is how many there are beyond it that are not listed.
    """

    rule: str
    data_set: str | None
    subject: str
    key: tuple[str, ...]
    message: str
    more: int = 0

    def finding(self) -> Finding:
        """Return it as a finding; constraints are never warnings."""
        return Finding(self.rule, self.message, cube=self.data_set, key=".".join(self.key) or None)


def findings_of(violations: Iterable[Violation]) -> Iterator[Finding]:
    """Yield violations by number, then data set: at most 20 of each, then how many more there are."""

    def of(violation: Violation) -> tuple[int, str]:
        return int(violation.rule.partition("-")[2]), violation.data_set or ""

    for _, group in groupby(sorted(violations, key=of), key=of):
        found = list(group)
        yield from (violation.finding() for violation in found[:MOST])
        more = max(0, len(found) - MOST) + sum(violation.more for violation in found)
        if more:
            yield Finding(found[0].rule, f"and {more:,} more like these", cube=found[0].data_set)
