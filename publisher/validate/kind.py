"""What can be proved, and what is said of it: one kind of release or of files is one function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from publisher.checks.check import Outcome
from publisher.checks.run import Verdict
from publisher.errors import Finding, PublisherError

Begin = Callable[[str], None]


@dataclass(slots=True)
class Validation:
    """What was looked at in one thing and what was found.

    ``place`` is where it is, ``about`` what it is in a few words, and ``values`` the same as plain
    values for a program.
    """

    kind: str
    place: str
    values: dict[str, Any]
    about: str = ""
    verdicts: list[Verdict] = field(default_factory=list)

    def failed(self, name: str, error: PublisherError, file: str) -> None:
        """Add what kept a step from its work, and so ends the validation: the thing is damaged."""
        found = tuple(
            replace(finding, rule=name if finding.rule == "usage" else finding.rule, file=finding.file or file)
            for finding in error.findings
        )
        self.verdicts.append(Verdict(name, "publisher", Outcome(found), 0.0))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found."""
        return tuple(finding for verdict in self.verdicts for finding in verdict.findings)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that ``publisher validate`` takes.

    ``title`` says in words what is taken. ``fits`` says whether a path, which exists, is one.
    ``validate`` takes all paths of the kind that were named together, whether full checks are asked
    for, and the function that is told each step.
    """

    name: str
    title: str
    fits: Callable[[Path], bool]
    validate: Callable[[Sequence[Path], bool, Begin], Iterable[Validation]]
