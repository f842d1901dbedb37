"""What is said of each difference, and how the CSV file of a codelist follows its owner.

A code is never taken away: its IRI is published, and older editions use it. One that its owner has
ended keeps its line and gets its last day in ``valid_through``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from publisher.definition import labels
from publisher.definition.links import VALID_THROUGH
from publisher.errors import Finding, Severity
from publisher.naming import CODE_PATTERN
from publisher.refresh.compare import Comparison, Difference, Own
from publisher.refresh.klass import Item
from publisher.refresh.table import Table


@dataclass(frozen=True, slots=True)
class Setting:
    """The file as findings call it, its column of labels, those every code needs, and that of the owner's codes.

    ``before`` is the last day on which a code may have held that the answer says nothing of.
    """

    file: str
    label: str
    needed: tuple[str, ...]
    system: str | None
    before: date | None
    write: bool


@dataclass(frozen=True, slots=True)
class Followed:
    """What there is to say, and how many differences the file follows now."""

    findings: tuple[Finding, ...]
    followed: int


def follow(table: Table, own: Sequence[Own], comparison: Comparison, setting: Setting) -> Followed:
    """Say what differs; with ``write`` change the table as far as it can follow.

    A difference is an error until the file follows it: the definition is then not its owner's list.
    """
    places = _Places(own, comparison)
    findings: list[Finding] = []
    new: dict[int, list[Mapping[str, str]]] = {}
    followed = 0
    for difference in comparison.differences:
        reason = _reason(difference, own, setting) if setting.write else ""
        done = setting.write and not reason and difference.kind != "other"
        message = _message(difference) + (f"; not written: {reason}" if reason else "")
        severity: Severity = "information" if done or difference.kind == "other" else "error"
        line = difference.own.line if difference.own is not None else None
        findings.append(Finding(f"code-{difference.kind}", message, severity, setting.file, line))
        followed += done
        if done and difference.item is not None and difference.kind == "added":
            new.setdefault(places.of[difference.code], []).append(_record(difference.item, places, setting))
            findings += _unlabelled(difference, setting)
        elif done and difference.own is not None:
            table.set(difference.own.record, *_cell(difference, setting))
    table.insert(new)
    return Followed(tuple(findings), followed)


class _Places:
    """Where codes that are new belong: before which record, and below which code."""

    def __init__(self, own: Sequence[Own], comparison: Comparison) -> None:
        records = {code.owners: code for code in own if code.owners is not None}
        place = max((code.record + 1 for code in records.values()), default=len(own))
        self.of: dict[str, int] = {}
        for code in reversed(comparison.valid):
            place = self.of[code] = records[code].record if code in records else place
        ours = {code.code for code in records.values()}
        tops = {code.parent for code in records.values() if code.parent not in ours}
        self._top = tops.pop() if len(tops) == 1 else ""
        self._parents = {code: records[code].code if code in records else code for code in comparison.valid}

    def parent(self, item: Item) -> str:
        """Return the code that an owner's is below, here."""
        return self._parents.get(item.parent or "", self._top)


def _record(item: Item, places: _Places, setting: Setting) -> Mapping[str, str]:
    cells = {"code": item.code, "parent": places.parent(item), setting.label: item.name}
    return cells if setting.system is None else {**cells, setting.system: item.code}


def _cell(difference: Difference, setting: Setting) -> tuple[str, str]:
    """Return the column that follows a difference, and what it says then."""
    if difference.kind == "renamed":
        return setting.label, difference.there
    if difference.kind == "moved":
        return "parent", difference.there
    return VALID_THROUGH, "" if difference.kind == "resumed" else difference.there or str(setting.before)


def _reason(difference: Difference, own: Sequence[Own], setting: Setting) -> str:
    """Return why the file cannot follow a difference, or nothing."""
    if difference.kind == "ended" and not difference.there and setting.before is None:
        return "say with --date on which day it no longer held"
    if difference.kind in ("added", "renamed") and (fault := labels.fault(difference.there)):
        return f"the name {fault}"
    if difference.kind == "added":
        if any(code.owners is not None and code.owners != code.code for code in own):
            return "codes have ids of their own here: choose one, and add the line by hand"
        if not CODE_PATTERN.fullmatch(difference.code):
            return "it is no SDMX id: choose one, and add the line by hand"
    return ""


def _message(difference: Difference) -> str:
    own, item, code = difference.own, difference.item, difference.code
    if difference.kind == "added":
        since = f" since {item.first}" if item is not None and item.first is not None else ""
        return f"'{code}' ({difference.there}) holds at the owner's{since}, and is not here"
    assert own is not None, "all but added codes are codes of the list"
    named = f"'{code}' ({own.label})"
    here = f"'{own.label}' here" if own.label else "nothing here"
    return {
        "ended": f"{named} ended on {difference.there} at the owner's"
        if difference.there
        else f"{named} is not at the owner's",
        "resumed": f"{named} holds at the owner's, and ended here on {own.valid_through}",
        "renamed": f"'{code}' is called '{difference.there}' at the owner's, and {here}",
        "moved": f"{named} is below {_quoted(difference.there)} at the owner's, and below {_quoted(own.parent)} here",
        "other": f"the owner's '{code}' ({difference.there}) is not here: {named} is another code, and is left alone",
    }[difference.kind]


def _quoted(code: str) -> str:
    return f"'{code}'" if code else "none"


def _unlabelled(difference: Difference, setting: Setting) -> list[Finding]:
    """Return what a new code lacks before the definition can be used."""
    lacks = ", ".join(column for column in setting.needed if column != setting.label)
    if not lacks:
        return []
    message = f"'{difference.code}' has no {lacks} yet: run again with each --language, or write them"
    return [Finding("missing-label", message, file=setting.file)]
