"""Cells and the relations that they are in, walked from one to the next, while some cells are moved to other values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from publisher.quality.relations import Place, Relations, least_sum, most_sum, rounded
from publisher.rules import Rounding

if TYPE_CHECKING:
    from publisher.quality.cells import Numbers


@dataclass(frozen=True, slots=True)
class Move:
    """A cell, and by how much it becomes greater."""

    cell: int
    by: int


@dataclass(frozen=True, slots=True)
class Known:
    """A relation: its parts, their sum as published, its total, and how it is rounded, None where it is not."""

    parts: tuple[int, ...]
    sum: int
    total: int
    rounding: Rounding | None
    unit: int

    def holds(self, added: int, total: int) -> bool:
        """Say whether a sum of the parts and a total agree."""
        if self.rounding is None:
            return added == total
        return rounded(added, len(self.parts) * self.unit, self.rounding) * self.unit == total


class Network:
    """Cells with values that satisfy relations, and what happens to the relations where cells are moved.

    A relation is known by a number of its own.
    """

    def __init__(self, relations: Sequence[Relations], values: Numbers) -> None:
        """Keep which relations each cell is in."""
        import numpy as np

        self._relations, self._values = relations, values
        self._first = [0, *accumulate(len(item) for item in relations)]
        members, numbers, roles = [], [], []
        for number, item in enumerate(relations):
            indices = np.arange(len(item)) + self._first[number]
            members += [item.parts, item.totals]
            numbers += [np.repeat(indices, item.counts()), indices]
            roles += [np.zeros(len(item.parts), dtype=bool), np.ones(len(item), dtype=bool)]
        empty = np.zeros(0, dtype=np.int64)
        member, self._numbers, self._roles = (np.concatenate([empty, *parts]) for parts in (members, numbers, roles))
        order = np.argsort(member, kind="stable")
        self._numbers, self._roles = self._numbers[order], self._roles[order]
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(member, minlength=len(values)))))
        self.moved: dict[int, int] = {}
        self._added: dict[int, int] = {}
        self._known: dict[int, Known] = {}
        self._around: dict[int, tuple[tuple[int, bool], ...]] = {}

    def place(self, relation: int) -> Place:
        """Return which of which set of relations one is."""
        number = bisect_right(self._first, relation) - 1
        return number, relation - self._first[number]

    def known(self, relation: int) -> Known:
        """Return what is known of a relation."""
        if relation not in self._known:
            number, index = self.place(relation)
            item = self._relations[number]
            parts = item.parts_of(index)
            added, total = int(self._values[parts].sum()), int(item.totals[index])
            self._known[relation] = Known(tuple(parts.tolist()), added, total, item.rounding, item.unit)
        return self._known[relation]

    def around(self, cell: int) -> tuple[tuple[int, bool], ...]:
        """Return the relations that a cell is in, and whether it is the total there."""
        if cell not in self._around:
            entries = slice(int(self._starts[cell]), int(self._starts[cell + 1]))
            pairs = zip(self._numbers[entries].tolist(), self._roles[entries].tolist(), strict=True)
            self._around[cell] = tuple((number, bool(role)) for number, role in pairs)
        return self._around[cell]

    def value(self, cell: int) -> int:
        """Return what a cell is now."""
        return int(self._values[cell]) + self.moved.get(cell, 0)

    def move(self, move: Move) -> None:
        """Make a cell greater."""
        self.moved[move.cell] = self.moved.get(move.cell, 0) + move.by
        for relation, is_total in self.around(move.cell):
            self._added[relation] = self._added.get(relation, 0) + (0 if is_total else move.by)

    def undo(self, move: Move) -> None:
        """Take a move back."""
        self.move(Move(move.cell, -move.by))
        if not self.moved[move.cell]:
            del self.moved[move.cell]

    def broken(self) -> int | None:
        """Return a relation that does not hold as the cells are now, None where all hold."""
        for cell in self.moved:
            for relation, _ in self.around(cell):
                known = self.known(relation)
                if not known.holds(known.sum + self._added[relation], self.value(known.total)):
                    return relation
        return None

    def breaks(self, move: Move) -> int:
        """Return how many relations that a cell is in would not hold after it is moved."""
        count = 0
        for relation, is_total in self.around(move.cell):
            known = self.known(relation)
            added = known.sum + self._added.get(relation, 0) + (0 if is_total else move.by)
            count += not known.holds(added, self.value(known.total) + (move.by if is_total else 0))
        return count

    def mending(self, relation: int) -> Iterator[Move]:
        """Yield moves of one cell each that make a broken relation hold; of cells that have not been moved."""
        known = self.known(relation)
        added, total = known.sum + self._added.get(relation, 0), self.value(known.total)
        if known.rounding is None:
            missing, right = total - added, added
        else:
            size, mean = len(known.parts) * known.unit, total // known.unit
            least, most = (int(end(mean, size, known.rounding)) for end in (least_sum, most_sum))
            missing = min(0, most - added) or max(0, least - added)
            right = rounded(added, size, known.rounding) * known.unit
        yield from (Move(part, missing) for part in known.parts if part not in self.moved)
        if known.total not in self.moved:
            yield Move(known.total, right - total)
