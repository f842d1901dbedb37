"""What an SDMX message is to the checks of ``publisher validate``, and how what is wrong with one is collected."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from publisher.checks.check import Outcome
from publisher.errors import Finding, Severity

# Of each rule so many findings are named in one message, and the rest counted.
MOST_FINDINGS = 20
_LONGEST = 60
_MOST_COUNTED = 4


@dataclass(frozen=True, slots=True)
class Message:
    """One SDMX message: its file, its syntax with version, and what it is.

    ``root`` is the local name of the root element of XML (``GenericData``); of JSON and CSV
    ``Data``, ``Structure`` or ``Metadata``. ``version`` is empty where the message does not say.
    """

    path: Path
    syntax: Literal["SDMX-ML", "SDMX-JSON", "SDMX-CSV"]
    version: str
    root: str

    @property
    def file(self) -> str:
        """The file as findings name it."""
        return self.path.as_posix()

    @property
    def holds(self) -> Literal["data", "structures", "other"]:
        """What it holds, as far as the checks ask."""
        if self.root == "Structure":
            return "structures"
        return "data" if self.root.endswith("Data") else "other"

    @property
    def is_specific(self) -> bool:
        """Whether it is structure-specific data of SDMX-ML, which its DSD has a schema for."""
        return self.root.startswith("StructureSpecific") and self.root.endswith("Data")

    def __str__(self) -> str:
        """Return syntax, version and kind, as in ``SDMX-ML 2.1 GenericData``."""
        return " ".join(part for part in (self.syntax, self.version, self.root) if part)


class Faults:
    """Collects findings of one message: of each rule the first few, and how many more there are."""

    def __init__(self, message: Message) -> None:
        """Begin without any."""
        self._file = message.file
        self._found: list[Finding] = []
        self._counts: Counter[tuple[str, Severity]] = Counter()

    def add(
        self, rule: str, message: str, line: int | None = None, key: str | None = None, severity: Severity = "error"
    ) -> None:
        """Add a finding, or count it where there are many of its rule."""
        self._counts[rule, severity] += 1
        if self._counts[rule, severity] <= MOST_FINDINGS:
            short = None if not key else shown(key, _LONGEST * _MOST_COUNTED)
            self._found.append(Finding(rule, message, severity, self._file, line or None, key=short))

    def more(self, rule: str, count: int, severity: Severity = "error") -> None:
        """Count findings of a rule that are alike those added before."""
        self._counts[rule, severity] += count

    def is_full(self, rule: str, severity: Severity = "error") -> bool:
        """Say whether enough findings of a rule are named, so that others are counted and need no words."""
        return self._counts[rule, severity] >= MOST_FINDINGS

    def __bool__(self) -> bool:
        """Say whether anything was found that is wrong."""
        return any(severity == "error" for _, severity in self._counts)

    def findings(self) -> tuple[Finding, ...]:
        """Return what was found, each rule followed by how many more there are of it."""
        more = [
            Finding(rule, f"and {count - MOST_FINDINGS:,} more like these", severity, self._file)
            for (rule, severity), count in self._counts.items()
            if count > MOST_FINDINGS
        ]
        return (*self._found, *more)

    def outcome(self, looked_at: str = "") -> Outcome:
        """Return what was found as the answer of a check."""
        return Outcome(self.findings(), looked_at)


def shown(text: object, most: int = _LONGEST) -> str:
    """Return a text of a message as a finding shows it: not too long."""
    words = str(text)
    return words if len(words) <= most else f"{words[:most]}…"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    several = noun if noun.endswith("series") else f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else several}"


def listed(names: list[str]) -> str:
    """Return a few names, and how many more there are."""
    few = ", ".join(shown(name) for name in names[:_MOST_COUNTED])
    return few if len(names) <= _MOST_COUNTED else f"{few} and {len(names) - _MOST_COUNTED:,} more"
