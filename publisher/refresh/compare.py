"""A codelist beside its owner's: which codes were added, ended, resumed, renamed or moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from publisher.errors import InputError
from publisher.refresh.klass import Item, Owned

DifferenceKind = Literal["added", "ended", "resumed", "renamed", "moved", "other"]
KINDS: tuple[DifferenceKind, ...] = ("added", "ended", "resumed", "renamed", "moved", "other")


@dataclass(frozen=True, slots=True)
class Own:
    """A code of the definition: where it stands, and its code at the owner's, None where it is none of the owner's."""

    code: str
    record: int
    line: int
    owners: str | None
    parent: str
    label: str
    valid_through: date | None
    aliases: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: its kind, the code here (or there, for an added one), and what both sides say.

    ``there`` is what the definition would say if it followed: a label, a parent or a last day.
    ``other`` is no difference to act on: the owner's code is the id of another code here.
    """

    kind: DifferenceKind
    code: str
    there: str
    own: Own | None = None
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared, and every difference, in the order of the definition and then of the owner."""

    compared: int
    left_alone: tuple[str, ...]
    differences: tuple[Difference, ...]
    valid: dict[str, Item] = field(default_factory=dict)


def compare(own: Sequence[Own], owned: Owned, day: date | None, level: str = "") -> Comparison:
    """Compare the codes of a list with those valid on a day; with no day, with those that have no end.

    ``level`` keeps the owner's codes of one level. Raises InputError where the answer contradicts
    itself, has no code that is valid then, or has none of the list's codes.
    """
    items = [item for item in owned.items if not level or item.level in ("", level)]
    valid = valid_on(items, day)
    if owned.complete and not valid:
        raise InputError(f"the answer has no code that is valid on {day}: give another day with --date")
    ends = _ends(items, day)
    _refuse_cycles(valid)
    by_owners = {code.owners: code for code in own if code.owners is not None}
    mentioned = {item.code for item in items}
    if owned.complete and by_owners and not mentioned & by_owners.keys():
        raise InputError("the answer has none of the codes of this codelist: it is another list's")
    followed = [code for code in by_owners.values() if owned.complete or code.owners in mentioned]
    differences = [found for code in followed for found in _of_own(code, by_owners, valid, ends, day)]
    differences += _added(own, by_owners, valid)
    alone = tuple(code.code for code in own if code.owners is None)
    return Comparison(len(followed), alone, tuple(differences), valid)


def valid_on(items: Sequence[Item], day: date | None) -> dict[str, Item]:
    """Return by code the items valid on a day. Raises InputError for a code with two of them that differ."""
    valid: dict[str, Item] = {}
    for item in items:
        if _holds(item, day):
            other = valid.setdefault(item.code, item)
            if (other.name, other.parent) != (item.name, item.parent):
                raise InputError(f"the answer has '{item.code}' twice: '{other.name}' and '{item.name}'")
    return valid


def _refuse_cycles(valid: Mapping[str, Item]) -> None:
    settled: set[str] = set()
    for code in valid:
        chain: dict[str, None] = {}
        while code in valid and code not in settled:
            if code in chain:
                raise InputError(f"the parents of '{code}' form a cycle in the answer")
            chain[code] = None
            code = valid[code].parent or ""
        settled.update(chain)


def _holds(item: Item, day: date | None) -> bool:
    if day is None:
        return item.end is None
    return (item.first is None or item.first <= day) and (item.end is None or day < item.end)


def _ends(items: Sequence[Item], day: date | None) -> dict[str, date]:
    """Return the last known first day on which a code no longer held, up to a day."""
    ends: dict[str, date] = {}
    for item in items:
        if item.end is not None and (day is None or item.end <= day):
            ends[item.code] = max(item.end, ends.get(item.code, item.end))
    return ends


def _of_own(
    code: Own,
    by_owners: Mapping[str, Own],
    valid: Mapping[str, Item],
    ends: Mapping[str, date],
    day: date | None,
) -> Iterator[Difference]:
    item = valid.get(code.owners or "")
    if item is None:
        if code.valid_through is None or (day is not None and code.valid_through >= day):
            end = ends.get(code.owners or "")
            yield Difference("ended", code.code, str(end - timedelta(1)) if end else "", code)
        return
    if code.valid_through is not None and (day is None or code.valid_through < day):
        yield Difference("resumed", code.code, "", code, item)
    if item.name != code.label and item.name not in code.aliases:
        yield Difference("renamed", code.code, item.name, code, item)
    if item.parent is not None and (moved := _parent(code, item, by_owners)) is not None:
        yield Difference("moved", code.code, moved, code, item)


def _parent(code: Own, item: Item, by_owners: Mapping[str, Own]) -> str | None:
    """Return the parent that a code should have and has not; one of our own, as a total, is as good as none."""
    ours = {own.code for own in by_owners.values()}
    if item.parent:
        there = by_owners.get(item.parent)
        return there.code if there is not None and there.code != code.parent else None
    if code.parent not in ours:
        return None
    tops = {own.parent for own in by_owners.values() if own.parent not in ours}
    return tops.pop() if len(tops) == 1 else ""


def _added(own: Sequence[Own], by_owners: Mapping[str, Own], valid: Mapping[str, Item]) -> Iterator[Difference]:
    ids = {code.code: code for code in own}
    for item in valid.values():
        if item.code in by_owners:
            continue
        if item.code in ids:
            yield Difference("other", item.code, item.name, ids[item.code], item)
        else:
            yield Difference("added", item.code, item.name, None, item)
