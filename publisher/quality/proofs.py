"""Why an end of an unknown is where it is: the relations from which it follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from publisher.quality.merging import path
from publisher.quality.propagation import Bounds, Round
from publisher.quality.relations import Place, Relations
from publisher.quality.system import End, Rows, System

if TYPE_CHECKING:
    from publisher.quality.cells import Indices

    Reasons = Mapping[End, Sequence[tuple[int, Sequence[int], Sequence[End]]]]


class Proofs:
    """Follows the reasons of bounds back to what is published."""

    def __init__(self, system: System, relations: Sequence[Relations], bounds: Bounds) -> None:
        """Keep what the bounds were found from."""
        self._system, self._relations, self._bounds = system, relations, bounds
        self._averages = {average.cell: average for average in system.averages}
        self._later: dict[End, list[int]] = defaultdict(list)
        for number, reason in enumerate(bounds.reasons):
            self._later[reason.end].append(len(bounds.rounds) + number)

    def of(self, cell: int) -> tuple[Place, ...]:
        """Return the relations from which both ends of a hidden cell follow, in their order."""
        average = self._averages.get(cell)
        column = int(self._system.column_of[cell]) if average is None else average.column
        return self.behind([(column, 1), (column, -1)], (), cell)

    def behind(self, ends: Iterable[End], rows: Iterable[int] = (), *named: int) -> tuple[Place, ...]:
        """Return the relations of rows, those from which ends follow, and those by which cells are the same unknown."""
        found, grounds = self._followed(ends)
        places = {self._system.rows.place(row) for row in (*found, *rows)}
        cells = set(named)
        for column, side in grounds:
            for end in self._own(column, side, places):
                if end in self._system.owners:
                    cells.add(self._system.owners[end])
        return tuple(sorted(places | self._joining(places, cells)))

    def _own(self, column: int, side: int, places: set[Place]) -> Iterator[End]:
        """Yield the end, or both ends of the mean that an unknown was made for, and add its relation."""
        if column in self._system.made_by:
            place, total = self._system.made_by[column]
            places.add(place)
            yield from ((total, 1), (total, -1))
        else:
            yield column, side

    def _followed(self, ends: Iterable[End]) -> tuple[set[int], set[End]]:
        """Return the rows from which some ends follow, and the ends that they begin with."""
        found: set[int] = set()
        grounds: set[End] = set()
        seen: set[tuple[End, int]] = set()
        open_ = [(end, len(self._bounds.rounds) + len(self._bounds.reasons)) for end in ends]
        while open_:
            end, before = open_.pop()
            at, rows, others = self._reason(end, before)
            if at < 0:
                grounds.add(end)
            elif (end, at) not in seen:
                seen.add((end, at))
                found.update(rows)
                open_ += [(other, at) for other in others]
        return found, grounds

    def _reason(self, end: End, before: int) -> tuple[int, Sequence[int], Sequence[End]]:
        """Return the step in which an end was last moved before another step, by which rows and ends; -1 for none."""
        rounds = self._bounds.rounds
        for at in reversed(self._later.get(end, ())):
            if at < before:
                reason = self._bounds.reasons[at - len(rounds)]
                return at, reason.rows, reason.ends
        for at in range(min(before, len(rounds)) - 1, -1, -1):
            if (row := _row_of(rounds[at], end)) is not None:
                return at, (row,), tuple(_others(self._system.rows, row, end))
        return -1, (), ()

    def _joining(self, places: Iterable[Place], named: Iterable[int]) -> set[Place]:
        cells: dict[int, set[int]] = defaultdict(set)
        column_of = self._system.column_of
        for cell in named:
            if column_of[cell] >= 0:
                cells[int(column_of[cell])].add(cell)
        for number, index in places:
            item = self._relations[number]
            for member in (*item.parts_of(index).tolist(), int(item.totals[index])):
                if column_of[member] >= 0:
                    cells[int(column_of[member])].add(member)
        found: set[Place] = set()
        for members in cells.values():
            first, *others = sorted(members)
            found.update(place for other in others for place in path(self._system.joined, first, other))
        return found


def _row_of(found: Round, end: End) -> int | None:
    """Return the row that moved an end in a round, if it did."""
    import numpy as np

    column, side = end
    columns, rows = found.high if side > 0 else found.low
    place = int(np.searchsorted(columns, column))
    return int(rows[place]) if place < len(columns) and columns[place] == column else None


def _others(rows: Rows, row: int, end: End) -> Iterator[End]:
    """Yield the ends of the other unknowns of a row that leave room for just so much."""
    import numpy as np

    column, side = end
    entries, _ = rows.entries(np.array([row]))
    members: Indices = rows.columns[entries]
    factors = {int(member): int(factor) for member, factor in zip(members, rows.factors[entries], strict=True)}
    upwards = side * factors[column] > 0  # then what the others add at least counts
    for member, factor in factors.items():
        if member != column:
            yield member, -1 if (factor > 0) == upwards else 1
