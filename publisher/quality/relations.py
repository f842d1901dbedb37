"""What must hold between cells: parts that make a total, exactly or after rounding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from publisher.rules import Rounding, Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from publisher.quality.cells import Cells, Indices, Mask, Numbers


Place = tuple[int, int]
"""A relation: which set of relations, and which of it."""


@dataclass(frozen=True, slots=True)
class Relations:
    """The relations of one rule: in each, ``parts[starts[i]:starts[i + 1]]`` make the cell ``totals[i]``.

    They add up to it; or, where ``rounding`` says how, their mean is rounded to a multiple of ``unit``, in units of
    the last decimal.
    """

    rule: Rule
    parts: Indices
    starts: Indices
    totals: Indices
    rounding: Rounding | None = None
    unit: int = 1

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.totals)

    def parts_of(self, index: int) -> Indices:
        """Return the cells that make the total of a relation."""
        return self.parts[self.starts[index] : self.starts[index + 1]]

    def counts(self) -> Indices:
        """Return how many parts each has."""
        return self.starts[1:] - self.starts[:-1]

    def hidden_parts(self, cells: Cells) -> Indices:
        """Return how many parts of each are hidden."""
        import numpy as np

        return np.add.reduceat(cells.hidden[self.parts].astype(np.int64), self.starts[:-1])

    def with_hidden(self, cells: Cells) -> Mask:
        """Return which of them have a hidden cell."""
        return (self.hidden_parts(cells) > 0) | cells.hidden[self.totals]

    def sums(self, cells: Cells) -> tuple[Numbers, Numbers]:
        """Return the least and the most that the parts of each can add up to."""
        import numpy as np

        starts = self.starts[:-1]
        return np.add.reduceat(cells.low[self.parts], starts), np.add.reduceat(cells.high[self.parts], starts)

    def wanted(self, cells: Cells) -> tuple[Numbers, Numbers]:
        """Return the least and the most that the parts of each must add up to; the least greater where nothing fits."""
        import numpy as np

        low, high = cells.low[self.totals], cells.high[self.totals]
        if self.rounding is None:
            return low, high
        size = self.counts() if self.unit == 1 else self.counts().astype(object) * self.unit
        # A printed mean with more decimals than it is rounded to is none.
        printed = ~cells.hidden[self.totals] & (low % self.unit != 0)
        least = least_sum(low // self.unit, size, self.rounding)
        most = most_sum(high // self.unit, size, self.rounding)
        return np.where(printed, 1, least), np.where(printed, 0, most)

    def violated(self, cells: Cells) -> Mask:
        """Return which cannot hold whatever the hidden cells are, each within the published rule."""
        sum_low, sum_high = self.sums(cells)
        low, high = self.wanted(cells)
        too_great, too_small = sum_low > high, sum_high < low
        if cells.unbounded:
            too_great &= ~cells.hidden[self.totals]
            too_small &= self.hidden_parts(cells) == 0
        return too_great | too_small | (low > high)

    def chosen(self, indices: Collection[int]) -> Relations:
        """Return some of the relations, in their order."""
        import numpy as np

        kept = np.array(sorted(indices), dtype=np.int64)
        counts = self.counts()[kept]
        starts = np.concatenate(([0], np.cumsum(counts)))
        among = np.repeat(self.starts[kept] - starts[:-1], counts) + np.arange(starts[-1])
        return replace(self, parts=self.parts[among], starts=starts, totals=self.totals[kept])

    def numbered(self, members: Indices) -> Relations:
        """Return the relations with their cells numbered by their place among some, which are in order."""
        import numpy as np

        return replace(self, parts=np.searchsorted(members, self.parts), totals=np.searchsorted(members, self.totals))

    def containing(self, cell: int) -> Iterator[int]:
        """Yield the relations that a cell is in."""
        import numpy as np

        inside = np.searchsorted(self.starts, np.nonzero(self.parts == cell)[0], side="right") - 1
        yield from sorted({*inside.tolist(), *np.nonzero(self.totals == cell)[0].tolist()})


def least_sum(mean: Any, size: Any, rounding: Rounding) -> Any:
    """Return the least sum of ``size`` whole numbers whose mean is rounded to a whole number; numbers or arrays."""
    if rounding == "down":
        return mean * size
    if rounding == "up":
        return (mean - 1) * size + 1
    double = size * (2 * mean - 1)
    if rounding == "half up":
        return -(-double // 2)
    # Half even: a tie belongs to the even neighbour.
    return -(-double // 2) + ((mean % 2 == 1) & (double % 2 == 0))


def most_sum(mean: Any, size: Any, rounding: Rounding) -> Any:
    """Return the greatest sum of ``size`` whole numbers whose mean is rounded to a whole number; numbers or arrays."""
    if rounding == "half even":
        double = size * (2 * mean + 1)
        return double // 2 - ((mean % 2 == 1) & (double % 2 == 0))
    return least_sum(mean + 1, size, rounding) - 1


def rounded(total: int, size: int, rounding: Rounding) -> int:
    """Return the mean of a sum of so many parts, rounded to a whole number."""
    if rounding == "down":
        return total // size
    if rounding == "up":
        return -(-total // size)
    whole, rest = divmod(total, size)
    if rounding == "half up" or 2 * rest != size:
        return whole + (2 * rest >= size)
    return whole + whole % 2
