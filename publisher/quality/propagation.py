"""Bounds of unknowns that follow from one row at a time, again and again until none follows any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from publisher.quality.system import TRUSTED, End, Rows

if TYPE_CHECKING:
    from publisher.quality.cells import Indices, Mask, Numbers

# Bounds may creep towards each other for ever where unknowns have no bounds of their own: so often, in all, each row
# is asked at most.
_MOST_ASKED = 200


@dataclass(frozen=True, slots=True)
class Round:
    """The bounds that one round gave: the unknowns whose least or most it raised or lowered, and by which row."""

    low: tuple[Indices, Indices]
    high: tuple[Indices, Indices]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an end of an unknown is where it is: rows, and the ends of other unknowns as they were before."""

    end: End
    rows: Sequence[int]
    ends: Sequence[End]


@dataclass(slots=True)
class Bounds:
    """The bounds of every unknown, and how they were found: in rounds, and then for ``reasons`` of other kinds.

    ``left`` are rows that have more to say.
    """

    low: Numbers
    high: Numbers
    left: Indices
    rounds: list[Round] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    def contradictory(self) -> Indices:
        """Return the unknowns that no number is left for."""
        import numpy as np

        return np.nonzero(self.low > self.high)[0]


def activities(rows: Rows, low: Numbers, high: Numbers, chosen: Indices) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return by entry of some rows the least and most that it adds, and which of them have no such end (then 0)."""
    import numpy as np

    entries, _ = rows.entries(chosen)
    columns, factors = rows.columns[entries], rows.factors[entries]
    positive = factors > 0
    endless = high[columns] >= rows.endless
    top = np.where(endless, 0, high[columns])
    least = factors * np.where(positive, low[columns], top)
    most = factors * np.where(positive, top, low[columns])
    return least, most, endless & ~positive, endless & positive


def tighten(rows: Rows, low: Numbers, high: Numbers) -> Bounds:
    """Return the bounds that follow; it stops where they contradict each other.

    ``low`` and ``high`` are left as they are. Every unknown has a least.
    """
    import numpy as np

    bounds = Bounds(low.copy(), high.copy(), np.zeros(0, dtype=np.int64))
    rows_of, starts_of = _rows_of_columns(rows, len(low))
    active, great = np.arange(len(rows)), [bounds.left]
    asked = _MOST_ASKED * max(len(rows), 1)
    while len(active) and asked > 0 and not len(bounds.contradictory()):
        asked -= len(active)
        found, too_great = _round(rows, bounds, active)
        bounds.rounds.append(found)
        great.append(too_great)
        changed = np.union1d(found.low[0], found.high[0])
        counts = starts_of[changed + 1] - starts_of[changed]
        ends = np.cumsum(counts)
        touched = np.repeat(starts_of[changed] - (ends - counts), counts) + np.arange(ends[-1] if len(ends) else 0)
        active = np.unique(rows_of[touched])
    bounds.left = np.unique(np.concatenate([active, *great]))
    return bounds


def _rows_of_columns(rows: Rows, count: int) -> tuple[Indices, Indices]:
    """Return the rows that each unknown stands in, unknown after unknown, and where those of each begin."""
    import numpy as np

    row_of = np.repeat(np.arange(len(rows)), rows.starts[1:] - rows.starts[:-1])
    order = np.argsort(rows.columns, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows.columns, minlength=count))))
    return row_of[order], starts


def _round(rows: Rows, bounds: Bounds, chosen: Indices) -> tuple[Round, Indices]:
    """Let each of some rows say what it can, from the bounds as they are; the bounds follow.

    Return also the rows that say something of numbers too great to be used.
    """
    import numpy as np

    entries, starts = rows.entries(chosen)
    columns, factors = rows.columns[entries], rows.factors[entries]
    row_of = np.repeat(np.arange(len(chosen)), starts[1:] - starts[:-1])
    least, most, no_least, no_most = activities(rows, bounds.low, bounds.high, chosen)
    others_least = (np.add.reduceat(least, starts[:-1])[row_of] - least, _count(no_least, starts)[row_of] - no_least)
    others_most = (np.add.reduceat(most, starts[:-1])[row_of] - most, _count(no_most, starts)[row_of] - no_most)
    row_least, row_most = rows.least[chosen][row_of], rows.most[chosen][row_of]
    # What is left for the product of factor and unknown: at most one end, at least the other.
    has_top = (others_least[1] == 0) & (row_most < rows.endless)
    has_bottom = (others_most[1] == 0) & (row_least > -rows.endless)
    top = np.where(has_top, row_most, 0) - others_least[0]
    bottom = np.where(has_bottom, row_least, 0) - others_most[0]
    size, positive = abs(factors), factors > 0
    high = np.where(positive, top // size, -bottom // size)
    low = np.where(positive, -(-bottom // size), -(top // size))
    has_high, has_low = np.where(positive, has_top, has_bottom), np.where(positive, has_bottom, has_top)
    better_high, better_low = has_high & (high < bounds.high[columns]), has_low & (low > bounds.low[columns])
    too_great = np.zeros(0, dtype=np.int64)
    if bounds.low.dtype != object:
        usable = (abs(high) < TRUSTED, abs(low) < TRUSTED)
        too_great = chosen[row_of[(better_high & ~usable[0]) | (better_low & ~usable[1])]]
        better_high, better_low = better_high & usable[0], better_low & usable[1]
    found = Round(
        _best(columns[better_low], -low[better_low], chosen[row_of[better_low]], bounds.low, -1),
        _best(columns[better_high], high[better_high], chosen[row_of[better_high]], bounds.high, 1),
    )
    return found, too_great


def _count(ends: Mask, starts: Indices) -> Indices:
    import numpy as np

    return np.add.reduceat(ends.astype(np.int64), starts[:-1])


def _best(columns: Indices, values: Numbers, rows: Indices, bounds: Numbers, sign: int) -> tuple[Indices, Indices]:
    """Set the bound of each unknown to the smallest of its values, with a sign; return the unknowns and the rows."""
    import numpy as np

    order = np.lexsort((rows, values, columns))
    columns, values, rows = columns[order], values[order], rows[order]
    first = np.nonzero(np.append(True, columns[1:] != columns[:-1]))[0] if len(columns) else np.zeros(0, np.int64)
    bounds[columns[first]] = sign * values[first]
    return columns[first], rows[first]
