"""What can be proved, and what is said of it: one kind of release or of files is one function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from publisher.checks.check import Outcome
from publisher.checks.run import Verdict
from publisher.engines import confined
from publisher.errors import Finding, PublisherError

Begin = Callable[[str], None]
# What a verdict is on that looks at whatever files there are.
EVERY_FILE = "**"


@dataclass(slots=True)
class Validation:
    """What was looked at in one thing and what was found.

    ``place`` is where it is, ``about`` what it is in a few words, and ``values`` the same as plain
    values for a program. ``files`` are all its files, and ``within`` is the folder that they and those
    of the findings are in; empty where they are named as the user named them. ``cubes`` are those that a
    ``<cube>`` in the files of a verdict stands for.
    """

    kind: str
    place: str
    values: dict[str, Any]
    about: str = ""
    verdicts: list[Verdict] = field(default_factory=list)
    files: tuple[str, ...] = ()
    within: str = ""
    cubes: tuple[str, ...] = ()

    def add(self, verdict: Verdict) -> None:
        """Add what one check answered; it is known even if a later check ends the process."""
        self.verdicts.append(verdict)
        confined.tell(verdict)

    def failed(self, name: str, error: PublisherError, file: str) -> None:
        """Add what kept a step from its work, and so ends the validation: the thing is damaged."""
        found = tuple(
            replace(finding, rule=name if finding.rule == "usage" else finding.rule, file=finding.file or file)
            for finding in error.findings
        )
        self.add(Verdict(name, "publisher", Outcome(found), 0.0))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found."""
        return tuple(finding for verdict in self.verdicts for finding in verdict.findings)


def _one_step_each(paths: Sequence[Path], full: bool) -> int:
    return len(paths)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that ``publisher validate`` takes.

    ``title`` says in words what is taken. ``fits`` says whether a path, which exists, is one, by its
    content. ``validate`` takes all paths of the kind that were named together, whether full checks are
    asked for, and the function that is told each step, of which there are ``steps``. A kind that is
    ``alone`` is all that a folder is looked at as; one that takes the ``rest`` has what no other takes,
    and one that is ``deep`` takes a folder with all the folders in it.
    """

    name: str
    title: str
    fits: Callable[[Path], bool]
    validate: Callable[[Sequence[Path], bool, Begin], Iterable[Validation]]
    steps: Callable[[Sequence[Path], bool], int] = _one_step_each
    alone: bool = False
    rest: bool = False
    deep: bool = False
