"""What can be wrong, and how it is said: findings, and the few errors that carry them."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Severity = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a reader, a rule or a check has to say, with the place it says it of.

    ``rule`` is a short stable name (``unknown-code``, ``IC-12``); ``message`` says what was found
    and what to do; ``line`` counts from 1; ``cube`` and ``key`` (codes joined with ``.``) name an
    observation. A finding never holds a value derived for a suppressed cell. ``fingerprint`` knows it
    again in another run, and ``properties`` are plain values that only programs read.
    """

    rule: str
    message: str
    severity: Severity = "error"
    file: str | None = None
    line: int | None = None
    cube: str | None = None
    key: str | None = None
    fingerprint: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def place(self) -> str:
        """Where it is, as ``file:line`` or the part of it that is known; empty where nothing is."""
        if self.file is None:
            return ""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def __str__(self) -> str:
        """Place, then the message with the observation it speaks of."""
        subject = " ".join(part for part in (self.cube, self.key) if part)
        message = f"{subject}: {self.message}" if subject else self.message
        return f"{self.place}: {message}" if self.place else message


class PublisherError(Exception):
    """Something outside the tool is wrong, and the findings say what. Its exit code is 2."""

    exit_code = 2

    def __init__(self, *findings: Finding | str) -> None:
        """Keep the findings; a plain sentence becomes a finding of the rule ``usage``."""
        self.findings: tuple[Finding, ...] = tuple(
            Finding("usage", item) if isinstance(item, str) else item for item in findings
        )
        super().__init__("\n".join(str(finding) for finding in self.findings))


class DefinitionError(PublisherError):
    """A folder under ``schemas/`` does not describe a dataset; every fault of it is listed."""


class InputError(PublisherError):
    """What was handed in cannot be read as the dataset's observations."""


class OutputError(PublisherError):
    """The release cannot be written where it was asked for; what is there is untouched."""


class CheckError(PublisherError):
    """A check or a rule refuses what would be published. Its exit code is 1."""

    exit_code = 1


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest known word, or nothing where none is near."""
    options = {option.casefold(): option for option in known}
    found = get_close_matches(word.casefold(), options, n=1, cutoff=0.6)
    return f"; did you mean '{options[found[0]]}'?" if found else ""
