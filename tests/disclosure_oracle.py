"""What a reader can compute of a few hidden cells, by trying every number in the place of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import made_up
import numpy as np
import numpy.typing as npt

from publisher.definition import read_definition
from publisher.model import Cube
from publisher.quality.cells import Cells, CubeCells
from publisher.quality.relations import Place, Relations
from publisher.rules import ROUNDINGS, Rounding, Rule, RuleKind

Numbers = npt.NDArray[Any]  # int64, or whole numbers of any size (object)
Ends = Mapping[int, tuple[int, int]]

MOST_HIDDEN = 8
ROUND: Mapping[Rounding, Callable[[Fraction], int]] = {
    "half up": lambda mean: math.floor(mean + Fraction(1, 2)),
    "half even": round,
    "down": math.floor,
    "up": math.ceil,
}


@dataclass(frozen=True)
class One:
    """One relation by itself."""

    parts: tuple[int, ...]
    total: int
    rounding: Rounding | None = None
    unit: int = 1

    @property
    def members(self) -> set[int]:
        return {*self.parts, self.total}

    def holds(self, values: Callable[[int], Numbers]) -> npt.NDArray[np.bool_]:
        """Say for which of some completions it holds."""
        added = np.sum(np.broadcast_arrays(*map(values, self.parts)), axis=0)
        if self.rounding is not None:
            unique, places = np.unique(added, return_inverse=True)
            size, rounds = len(self.parts) * self.unit, ROUND[self.rounding]
            means = [rounds(Fraction(int(each), size)) * self.unit for each in unique]
            added = np.array(means, dtype=added.dtype)[places.reshape(-1)]
        return np.asarray(added == values(self.total), dtype=bool)


@dataclass(frozen=True)
class Published:
    """Cells, relations and rules of ranges, as a reader has them; a hidden cell is None.

    ``most`` is what the published rule says of a hidden cell, None where cells of any size are hidden; then numbers
    up to ``cap`` are tried.
    """

    values: tuple[int | None, ...]
    ones: tuple[tuple[One, ...], ...]
    most: int | None = 3
    ranges: tuple[Rule, ...] = ()
    decimals: int = 0
    cap: int = 24

    @property
    def hidden(self) -> tuple[int, ...]:
        return tuple(cell for cell, value in enumerate(self.values) if value is None)

    def cells(self) -> Cells:
        hidden = np.array([value is None for value in self.values], dtype=bool)
        low = _numbers([value or 0 for value in self.values])
        high = _numbers([(self.most or 0) if value is None else value for value in self.values])
        cube, count = cube_of(self.decimals), len(self.values)
        own = {"REGION": np.arange(count)}.get
        codes = {part: own(part, np.zeros(count, dtype=np.int64)) for part in cube.key_ids}
        names = {part: tuple(map(name_of, range(count))) if part == "REGION" else ("X",) for part in cube.key_ids}
        held = CubeCells(cube, 0, count, codes, names)
        return Cells((held,), low, high, hidden, self.most is None, np.arange(count), {})

    def relations(self) -> list[Relations]:
        return [_relations(ones) for ones in self.ones]

    def places(self) -> dict[Place, One]:
        """Return the relations that say something: those with a hidden cell that can hold by themselves."""
        found = {}
        for number, ones in enumerate(self.ones):
            for index, one in enumerate(ones):
                if one.members & set(self.hidden) and self.possible([one], by_themselves=True):
                    found[number, index] = one
        return found

    def limits(self) -> Ends:
        """Return what the published rule and the ranges say of each hidden cell."""
        found = {}
        for cell in self.hidden:
            low, high = 0, self.cap if self.most is None else self.most
            for rule in self.ranges:
                if name_of(cell) in rule.filter["REGION"]:
                    least = low if rule.low is None else max(low, math.ceil(rule.low * 10**self.decimals))
                    most = high if rule.high is None else min(high, math.floor(rule.high * 10**self.decimals))
                    if least <= most:
                        low, high = least, most
            found[cell] = low, high
        return found

    def possible(self, ones: Collection[One], by_themselves: bool = False) -> bool:
        """Say whether some numbers satisfy relations; ``by_themselves`` without the ranges."""
        limits = replace(self, ranges=()).limits() if by_themselves else self.limits()
        return all(len(column) for column in self._completions(ones, limits).values())

    def bounds(self, ones: Collection[One]) -> Ends:
        """Return the least and the most of every hidden cell where relations hold; nothing where they cannot."""
        limits = self.limits()
        found = self._completions(ones, limits)
        if not all(len(column) for column in found.values()):
            return {}
        return {**limits, **{cell: (int(column.min()), int(column.max())) for cell, column in found.items()}}

    def _completions(self, ones: Collection[One], limits: Ends) -> Mapping[int, Numbers]:
        """Return every completion of the hidden cells of relations, as a column for each cell."""
        open_ = list(ones)
        found: dict[int, Numbers] = {}
        shown = _numbers([value or 0 for value in self.values])

        def values(cell: int) -> Numbers:
            return found[cell] if cell in found else shown[cell : cell + 1]

        for cell in dict.fromkeys(each for one in ones for each in sorted(one.members) if self.values[each] is None):
            numbers = np.arange(limits[cell][0], limits[cell][1] + 1).astype(shown.dtype)
            count = len(next(iter(found.values()), [0]))
            found = {each: np.repeat(column, len(numbers)) for each, column in found.items()}
            found[cell] = np.tile(numbers, count)
            for one in [
                one for one in open_ if all(each in found for each in one.members if self.values[each] is None)
            ]:
                open_.remove(one)
                kept = one.holds(values)
                found = {each: column[kept] for each, column in found.items()}
        return found


@cache
def cube_of(decimals: int) -> Cube:
    """Return a cube of the made-up dataset, with values of so many decimals."""
    with TemporaryDirectory() as folder:
        made_up.write_project(Path(folder))
        cube = next(cube for cube in read_definition(Path(folder), made_up.DATASET).cubes if cube.id == "jobs")
    return replace(cube, measure=replace(cube.measure, decimals=decimals))


def name_of(cell: int) -> str:
    return f"R{cell}"


def range_of(low: str | None, high: str | None, *cells: int) -> Rule:
    """Return a rule that the values of some cells are in a range."""
    low_end, high_end = (None if end is None else Decimal(end) for end in (low, high))
    return Rule("range", "range", ("jobs",), filter={"REGION": tuple(map(name_of, cells))}, low=low_end, high=high_end)


def subsets(places: Sequence[Place]) -> Iterator[list[Place]]:
    """Yield a set of relations without each of them."""
    for left_out in places:
        yield [place for place in places if place != left_out]


class _Tables:
    """What is published of a table with margins, and of figures made from it; true values are kept."""

    def __init__(self, random: Random, most: int | None) -> None:
        self.random, self.most = random, most
        self.true: list[int] = []
        self.hidden: set[int] = set()
        self.ones: list[list[One]] = []

    def table(self, shape: tuple[int, ...], most_hidden: int) -> None:
        """Add a table in which place 0 of every dimension is its total."""
        whole = np.array([self.random.randint(0, 3) for _ in range(math.prod(shape))]).reshape(shape)
        for axis in range(len(shape)):
            whole = np.concatenate([whole.sum(axis=axis, keepdims=True), whole], axis=axis)
        self.true = whole.reshape(-1).tolist()
        small = [cell for cell in range(len(self.true)) if self._may_be_hidden(cell)]
        self.hidden = set(self.random.sample(small, min(len(small), self.random.randint(0, most_hidden))))
        numbers = np.arange(whole.size).reshape(whole.shape)
        for axis in range(len(shape)):
            lines = np.moveaxis(numbers, axis, -1).reshape(-1, whole.shape[axis]).tolist()
            self.ones.append([One(tuple(line[1:]), line[0]) for line in lines])

    def some(self, most: int) -> list[int]:
        """Return some cells, hidden ones rather than others."""
        chosen = dict.fromkeys(
            self.random.choice(
                sorted(self.hidden) if self.hidden and self.random.randint(0, 3) else range(len(self.true))
            )
            for _ in range(self.random.randint(1, most))
        )
        return list(chosen)

    def again(self) -> None:
        """Add a figure that stands elsewhere too."""
        (cell,) = self.some(1)
        pair = [cell, self._cell(self.true[cell])]
        self.random.shuffle(pair)
        self.ones.append([One((pair[0],), pair[1])])

    def mean(self) -> None:
        """Add a mean, in whole numbers or tens."""
        parts, rounding = self.some(4 if self.most else 2), self.random.choice(ROUNDINGS)
        unit = self.random.choice((1, 1, 10)) if self.most else 1
        value = ROUND[rounding](Fraction(sum(self.true[part] for part in parts), len(parts) * unit)) * unit
        self.ones.append([One(tuple(parts), self._cell(value), rounding, unit)])

    def sum(self) -> None:
        """Add a sum of cells from anywhere, means among them."""
        parts = self.some(3 if self.most else 2)
        self.ones.append([One(tuple(parts), self._cell(sum(self.true[part] for part in parts)))])

    def same(self) -> None:
        """Say that figures with the same true value are the same."""
        one, *others = self.some(4)
        self.ones += [[One((one,), other)] for other in others if self.true[one] == self.true[other]]

    def _cell(self, value: int) -> int:
        """Add a cell, hidden more often than not."""
        self.true.append(value)
        cell = len(self.true) - 1
        if len(self.hidden) < MOST_HIDDEN and self._may_be_hidden(cell) and self.random.randint(0, 2):
            self.hidden.add(cell)
        return cell

    def _may_be_hidden(self, cell: int) -> bool:
        return self.most is None or self.true[cell] <= self.most


def made(random: Random, most: int | None = 3, wrong: bool = False, ranges: bool = False) -> Published:
    """Make up what is published; ``wrong`` numbers may stand in it, or ``ranges`` that leave a cell no number."""
    tables = _Tables(random, most)
    tables.table(random.choice([(2, 2), (2, 3), (3, 3), (2, 2, 2)] if most else [(2, 2)]), 6 if most else 3)
    for _ in range(random.randint(0, 4 if most else 2)):
        random.choice((tables.again, tables.mean, tables.mean, tables.sum, tables.same))()
    shown = [None if cell in tables.hidden else value for cell, value in enumerate(tables.true)]
    known = [one for ones in tables.ones for one in ones if one.members & tables.hidden]
    for one in random.sample(known, min(len(known), random.randint(1, 2))) if wrong else ():
        cell = random.choice(sorted(one.members))
        if (value := shown[cell]) is not None:
            shown[cell] = max(0, value + random.choice((-1, 1, 2)))
    rules = []
    for _ in range(2 if ranges else 0):
        low, high = random.choice((None, "0", "1", "2")), random.choice((None, "1", "2", "4"))
        rules.append(range_of(low, high, *tables.some(4)))
    return Published(tuple(shown), tuple(map(tuple, tables.ones)), most, tuple(rules))


def _relations(ones: Sequence[One]) -> Relations:
    kind: RuleKind = "sum" if ones[0].rounding is None else "mean"
    parts = np.array([part for one in ones for part in one.parts], dtype=np.int64)
    starts = np.cumsum([0, *(len(one.parts) for one in ones)])
    totals = np.array([one.total for one in ones], dtype=np.int64)
    return Relations(Rule(kind, kind, ("jobs",)), parts, starts, totals, ones[0].rounding, ones[0].unit)


def _numbers(values: Sequence[int]) -> Numbers:
    large = any(abs(value) > 1 << 40 for value in values)
    return np.array(values, dtype=object if large else np.int64)
