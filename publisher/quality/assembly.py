"""The system of a dataset put together: rows from relations, and unknowns for what they need beside the cells."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publisher.quality.cells import Cells
from publisher.quality.entries import Entries, summed, whole
from publisher.quality.merging import merged
from publisher.quality.relations import Place, Relations, least_sum, most_sum
from publisher.quality.system import Average, End, Rows, System, in_machine_numbers
from publisher.quality.values import Limits

if TYPE_CHECKING:
    from publisher.quality.cells import Indices, Mask, Numbers


def system_of(
    cells: Cells,
    relations: Sequence[Relations],
    limits: Limits,
    left_out: frozenset[Place] = frozenset(),
    join: bool = True,
) -> System:
    """Return the unknowns of all hidden cells within their limits, and what relations say about them.

    A relation that cannot hold by itself says nothing here, nor do those ``left_out``. Cells that are the same figure
    are joined to one unknown, or else that they are the same is a row.
    """
    return _Builder(cells, relations, limits, left_out, join).system()


@dataclass(frozen=True, slots=True)
class _Mean:
    """The mean that a hidden cell is: of these unknowns and a known sum, over so many parts."""

    place: Place
    columns: tuple[int, ...]
    known: int
    size: int


class _Builder:
    def __init__(
        self, cells: Cells, relations: Sequence[Relations], limits: Limits, left_out: frozenset[Place], join: bool
    ) -> None:
        import numpy as np

        self.cells, self.relations = cells, relations
        self.used = [_usable(item, number, cells, left_out) for number, item in enumerate(relations)]
        root, self.joined = merged(cells, relations, self.used if join else ())
        hidden = np.nonzero(cells.hidden)[0]
        roots, columns = np.unique(root[hidden], return_inverse=True)
        self.column_of = np.full(len(cells.hidden), -1, dtype=np.int64)
        self.column_of[hidden] = columns.reshape(-1)
        # Beyond every bound that follows from the figures, whatever they are multiplied with.
        largest = max((abs(int(end)) for ends in (cells.low, cells.high) for end in _ends(ends)), default=0)
        self.endless = 1 << (largest.bit_length() + 128)
        high = np.where(limits.endless, self.endless, limits.high.astype(object))
        self.low, self.high = limits.low[roots].tolist(), high[roots].tolist()
        self.owners: dict[End, int] = {}
        self.made_by: dict[int, tuple[Place, int]] = {}
        for cell in hidden[root[hidden] != hidden].tolist():
            self._narrow(cell, int(root[cell]), int(limits.low[cell]), high[cell])
        self.entries = Entries()
        # Cells by the unknown that they are, so that those of one are found without looking at all.
        self._by_column = np.argsort(self.column_of, kind="stable")
        self._sorted = self.column_of[self._by_column]

    def _narrow(self, cell: int, root: int, low: int, high: int) -> None:
        """Narrow an unknown to the limits of one more cell that it is; note whose they are where they differ."""
        column = int(self.column_of[cell])
        for side, limit, ends in ((-1, low, self.low), (1, high, self.high)):
            if limit != ends[column]:
                narrower = limit * side < ends[column] * side
                self.owners[column, side] = cell if narrower else self.owners.get((column, side), root)
                ends[column] = limit if narrower else ends[column]

    def system(self) -> System:
        import numpy as np

        means: dict[int, dict[tuple[Any, ...], _Mean]] = defaultdict(dict)
        for number, item in enumerate(self.relations):
            for mean in self._add(number, item):
                total = int(self.column_of[item.totals[mean.place[1]]])
                means[total].setdefault((mean.columns, mean.known, mean.size, item.rounding, item.unit), mean)
        columns = [np.unique(part) for part in self.entries.columns] if means else []
        elsewhere = {column for part in columns for column in part.tolist()}
        elsewhere.update(column for each in means.values() for mean in each.values() for column in mean.columns)
        averages = []
        for total, each in means.items():
            if len(each) == 1 and total not in elsewhere:
                averages += list(self._average(total, *each.values()))
            else:
                for mean in each.values():
                    self._rounded(total, mean)
        return self._system(averages)

    def _add(self, number: int, item: Relations) -> Iterator[_Mean]:
        """Add the rows of relations; yield the hidden means with hidden parts, which are no rows yet."""
        import numpy as np

        cells, wanted = self.cells, self.used[number]
        hidden_total = cells.hidden[item.totals]
        known = np.add.reduceat(np.where(cells.hidden, 0, cells.low)[item.parts], item.starts[:-1])
        low, high = item.wanted(cells)
        if item.rounding is None:
            least = np.where(hidden_total, 0, low) - known
            most = least
            rows = np.nonzero(wanted)[0]
        else:
            least, most = low - known, high - known
            rows = np.nonzero(wanted & ~hidden_total)[0]
        self._add_rows(number, item, rows, least[rows], most[rows])
        if item.rounding is not None:
            counts = item.counts()
            for index in np.nonzero(wanted & hidden_total)[0].tolist():
                parts = self.column_of[item.parts_of(index)]
                columns = tuple(sorted(parts[parts >= 0].tolist()))
                yield _Mean((number, index), columns, int(known[index]), int(counts[index]) * item.unit)

    def _add_rows(self, number: int, item: Relations, rows: Indices, least: Numbers, most: Numbers) -> None:
        import numpy as np

        counts = item.starts[rows + 1] - item.starts[rows]
        starts = np.concatenate(([0], np.cumsum(counts)))
        among = np.repeat(item.starts[rows] - starts[:-1], counts) + np.arange(starts[-1])
        columns = self.column_of[item.parts[among]]
        row_of = np.repeat(np.arange(len(rows)), counts)
        self.entries.add(row_of[columns >= 0], columns[columns >= 0], 1)
        if item.rounding is None:
            totals = self.column_of[item.totals[rows]]
            self.entries.add(np.nonzero(totals >= 0)[0], totals[totals >= 0], -1)
        self.entries.close(least, most, number, rows)

    def _unknown(self, low: int, high: int, place: Place, total: int) -> int:
        """Make an unknown that is no cell; its bounds follow from those of a mean, by a relation."""
        self.low.append(low)
        self.high.append(min(high, self.endless))
        self.made_by[len(self.low) - 1] = place, total
        return len(self.low) - 1

    def _row(self, terms: Mapping[int, int], least: int, most: int, place: Place) -> None:
        self.entries.add([0] * len(terms), list(terms), whole(terms.values()))
        self.entries.close(whole([least]), whole([most]), place[0], [place[1]])

    def _average(self, total: int, mean: _Mean) -> Iterator[Average]:
        """Make an unknown of the sum of the parts, of which the published rule on the mean gives the bounds."""
        item = self.relations[mean.place[0]]
        assert item.rounding is not None, "a mean is rounded"
        least = int(least_sum(-(-self.low[total] // item.unit), mean.size, item.rounding))
        most = self.endless
        if self.high[total] < self.endless:
            most = int(most_sum(self.high[total] // item.unit, mean.size, item.rounding))
        column = self._unknown(least, most, mean.place, total)
        self._row(_added(_counted(mean.columns), {column: -1}), -mean.known, -mean.known, mean.place)
        for cell in self._cells_of(total):
            yield Average(cell, column, mean.size, item.unit, item.rounding)

    def _cells_of(self, column: int) -> list[int]:
        import numpy as np

        first, last = np.searchsorted(self._sorted, (column, column + 1))
        cells: list[int] = self._by_column[first:last].tolist()
        return cells

    def _rounded(self, total: int, mean: _Mean) -> None:
        """Add the rows that say that an unknown is the mean, rounded, of others."""
        item, place = self.relations[mean.place[0]], mean.place
        steps = total
        if item.unit > 1:
            top = self.high[total]
            most = top if top >= self.endless else top // item.unit
            steps = self._unknown(-(-self.low[total] // item.unit), most, place, total)
            self._row({total: 1, steps: -item.unit}, 0, 0, place)
        size, known = mean.size, mean.known
        parts = _counted(mean.columns)
        if item.rounding == "down":
            self._row(_added(parts, {steps: -size}), -known, size - 1 - known, place)
        elif item.rounding == "up":
            self._row(_added(parts, {steps: -size}), 1 - size - known, -known, place)
        else:
            doubled = _added(parts, parts, {steps: -2 * size})
            if item.rounding == "half up":
                self._row(doubled, -size - 2 * known, size - 1 - 2 * known, place)
                return
            # Half even: both ends of the interval belong to an even mean, neither to an odd one.
            low, top = self.low[steps], self.high[steps]
            half = self._unknown(low // 2, top if top >= self.endless else top // 2, place, total)
            odd = self._unknown(0, 1, place, total)
            self._row({steps: 1, half: -2, odd: -1}, 0, 0, place)
            self._row(_added(doubled, {odd: -1}), -size - 2 * known, self.endless, place)
            self._row(_added(doubled, {odd: 1}), -self.endless, size - 2 * known, place)

    def _system(self, averages: Sequence[Average]) -> System:
        import numpy as np

        entries = self.entries
        rows, columns, factors, least, most, sets, indices = (
            np.concatenate([np.zeros(0, dtype=np.int64), *parts])
            for parts in (
                entries.rows,
                entries.columns,
                entries.factors,
                entries.least,
                entries.most,
                entries.sets,
                entries.indices,
            )
        )
        rows, columns, factors = summed(rows, columns, factors)
        there = np.zeros(entries.count, dtype=bool)
        there[rows] = True
        # A row without unknowns, as they cancel out, holds or not: then it is one of an unknown that is nothing.
        denied = np.nonzero(~there & ((least > 0) | (most < 0)))[0]
        if len(denied):
            self.low.append(0)
            self.high.append(0)
            rows, order = np.sort(np.append(rows, denied)), np.argsort(np.append(rows, denied), kind="stable")
            columns = np.append(columns, np.full(len(denied), len(self.low) - 1))[order]
            factors = np.append(factors, np.ones(len(denied), dtype=np.int64))[order]
            there[denied] = True
        kept = np.nonzero(there)[0]
        starts = np.append(np.searchsorted(rows, kept), len(rows)).astype(np.int64)
        column_of = self.column_of.copy()
        column_of[[average.cell for average in averages]] = -1
        low, high = (np.array(ends, dtype=object) for ends in (self.low, self.high))
        made = Rows(columns, factors, starts, least[kept], most[kept], self.endless, (sets[kept], indices[kept]))
        return in_machine_numbers(
            System(made, low, high, column_of, self.joined, tuple(averages), self.owners, self.made_by)
        )


def _usable(item: Relations, number: int, cells: Cells, left_out: frozenset[Place]) -> Mask:
    usable = item.with_hidden(cells) & ~item.violated(cells)
    usable[[index for which, index in left_out if which == number]] = False
    return usable


def _counted(columns: Sequence[int]) -> Mapping[int, int]:
    return Counter(columns)


def _added(*terms: Mapping[int, int]) -> Mapping[int, int]:
    """Return terms added up: what stands in several, as a mean that is one of its own parts, once."""
    total: Counter[int] = Counter()
    for each in terms:
        total.update(each)
    return total


def _ends(numbers: Numbers) -> tuple[int, ...]:
    return (int(numbers.max()), int(numbers.min())) if len(numbers) else ()
