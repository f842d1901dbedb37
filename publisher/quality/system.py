"""What is published about the hidden cells, as linear relations between unknown whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from publisher.quality.merging import Joined
from publisher.quality.relations import Place
from publisher.rules import Rounding

if TYPE_CHECKING:
    from publisher.quality.cells import Indices, Numbers

ENDLESS = 1 << 62
"""A bound that is none, where numbers are those of the machine."""
TRUSTED = 1 << 44
"""Bounds that follow from others are used up to this, where numbers are those of the machine."""


End = tuple[int, int]
"""An end of an unknown: its column, and 1 for the greatest or -1 for the least that it can be."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of ``least <= sum of factors * unknowns <= most``.

    The entries of row i are ``starts[i]:starts[i + 1]`` of ``columns`` and ``factors``; no column stands in a row
    twice. ``endless`` or more is no bound. ``places`` are the relations that the rows say.
    """

    columns: Indices
    factors: Numbers
    starts: Indices
    least: Numbers
    most: Numbers
    endless: int
    places: tuple[Indices, Indices]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.least)

    def place(self, row: int) -> Place:
        """Return the relation that a row says."""
        return int(self.places[0][row]), int(self.places[1][row])

    def entries(self, rows: Indices) -> tuple[Indices, Indices]:
        """Return the entries of some rows, one row after the other, and where those of each begin."""
        import numpy as np

        counts = self.starts[rows + 1] - self.starts[rows]
        starts = np.concatenate(([0], np.cumsum(counts)))
        return np.repeat(self.starts[rows] - starts[:-1], counts) + np.arange(starts[-1]), starts


@dataclass(frozen=True, slots=True)
class Average:
    """A hidden mean that nothing else is said of: it follows from the sum of its parts, which is an unknown."""

    cell: int
    column: int
    size: int
    unit: int
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class System:
    """The unknowns of a dataset and what is published about them.

    ``low`` and ``high`` are the bounds of each unknown by itself. ``column_of`` is the unknown that each cell is, -1
    where it is none; ``joined`` cells are one unknown. ``averages`` are hidden cells that are no unknowns themselves.
    Of the unknowns' own bounds ``owners`` says by end which cell has it, where joined cells have others, and
    ``made_by`` for which relation, and the mean of it, an unknown was made that is no cell.
    """

    rows: Rows
    low: Numbers
    high: Numbers
    column_of: Indices
    joined: Joined
    averages: tuple[Average, ...]
    owners: Mapping[End, int]
    made_by: Mapping[int, tuple[Place, int]]


def in_machine_numbers(system: System) -> System:
    """Return the system in numbers of 64 bits where no sum of products can pass them, otherwise as it is."""
    import numpy as np

    rows = system.rows
    endless = rows.endless
    longest = int((rows.starts[1:] - rows.starts[:-1]).max(initial=0))
    greatest = max((abs(int(factor)) for factor in np.unique(rows.factors)), default=0)
    bounds = [np.array([abs(int(end)) for end in ends]) for ends in (rows.least, rows.most, system.low, system.high)]
    largest = max((int(end.max(initial=0, where=end < endless)) for end in bounds), default=0)
    if largest >= TRUSTED or greatest * longest * TRUSTED >= ENDLESS // 2:
        return system

    def small(ends: Numbers) -> Numbers:
        kept = np.where(ends >= endless, ENDLESS, np.where(ends <= -endless, -ENDLESS, ends))
        return kept.astype(np.int64)

    smaller = replace(
        rows, factors=rows.factors.astype(np.int64), least=small(rows.least), most=small(rows.most), endless=ENDLESS
    )
    return replace(system, rows=smaller, low=small(system.low), high=small(system.high))
