"""The kinds of what a reader learns of hidden cells. A new kind is one function and one line of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from publisher.errors import Severity
from publisher.quality.absent import absent_rows
from publisher.quality.cells import Cells, CubeCells
from publisher.quality.disclosure import Disclosed
from publisher.quality.protect import Target
from publisher.quality.published import Published
from publisher.quality.relations import Place

if TYPE_CHECKING:
    from publisher.quality.cells import Mask


@dataclass(frozen=True, slots=True)
class Leak:
    """One thing that a reader learns: of a cell, or of the group of hidden cells in a relation, or of a missing row.

    ``cell`` is what it is told of, the total for a group, and ``place`` the relation of a group. ``target`` is what
    must not be known so exactly, None where suppressing other cells is no remedy. ``absent`` are the cube, key and
    number of periods of a row.
    """

    cell: int | None = None
    place: Place | None = None
    target: Target | None = None
    absent: tuple[CubeCells, str, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of leak: its name, how bad it is before a release, what it says, and where to find it."""

    name: str
    severity: Severity
    sentence: str
    find: Callable[[Published, Disclosed], Iterator[Leak]]


def _exact(facts: Published, found: Disclosed) -> Iterator[Leak]:
    yield from _cells(facts.here & found.exact & ~found.averages, 0)


def _exact_averages(facts: Published, found: Disclosed) -> Iterator[Leak]:
    yield from _cells(facts.here & found.exact & found.averages, 0)


def _width_1(facts: Published, found: Disclosed) -> Iterator[Leak]:
    yield from _cells(_of_width(facts, found, 1), 1)


def _width_2(facts: Published, found: Disclosed) -> Iterator[Leak]:
    yield from _cells(_of_width(facts, found, 2), 2)


def _of_width(facts: Published, found: Disclosed, width: int) -> Mask:
    as_wide: Mask = found.high - found.low == width
    return facts.here & found.cells.hidden & ~found.averages & ~found.endless & as_wide


def _cells(cells: Mask, spread: int) -> Iterator[Leak]:
    import numpy as np

    for cell in np.nonzero(cells)[0].tolist():
        yield Leak(cell, None, Target((cell,), spread))


def groups(facts: Published, found: Disclosed) -> Iterator[Leak]:
    """Yield the relations that publish the sum of several hidden cells: one below the threshold, but not 0.

    A cell that was hidden to protect others, but can be computed, is as good as printed.
    """
    import numpy as np

    cells = _as_good_as(facts, found)
    for number, item in enumerate(found.relations):
        if item.rounding is not None:
            continue
        known = np.add.reduceat(np.where(cells.hidden, 0, cells.low)[item.parts], item.starts[:-1])
        left = cells.low[item.totals] - known
        several = (item.hidden_parts(cells) > 1) & ~cells.hidden[item.totals] & (item.totals < facts.count)
        for index in np.nonzero(several & (left > 0))[0].tolist():
            total = int(item.totals[index])
            if left[index] < _threshold(facts, total):
                group = tuple(part for part in item.parts_of(index).tolist() if cells.hidden[part])
                yield Leak(total, (number, index), Target(group))


def _as_good_as(facts: Published, found: Disclosed) -> Cells:
    """Return the cells with those shown that can be computed and are not below the threshold."""
    import numpy as np

    cells, hidden = found.cells, found.cells.hidden.copy()
    for cube in cells.cubes:
        rows = slice(cube.first, cube.first + cube.count)
        if cube.count:
            hidden[rows] &= ~(found.exact[rows] & (found.low[rows] >= _threshold(facts, cube.first)))
    return replace(cells, hidden=hidden, low=np.where(hidden, cells.low, found.low))


def _below_threshold(facts: Published, found: Disclosed) -> Iterator[Leak]:
    import numpy as np

    if facts.dataset.suppression is None:
        return
    cells = found.cells
    for cube in cells.cubes:
        rows = slice(cube.first, cube.first + cube.count)
        below = (cells.low[rows] >= 0) & (cells.low[rows] < _threshold(facts, cube.first)) & ~cells.hidden[rows]
        for cell in (np.nonzero(below & facts.here[rows])[0] + cube.first).tolist() if cube.count else ():
            yield Leak(cell)


def _threshold(facts: Published, cell: int) -> int:
    suppression = facts.dataset.suppression
    decimals = facts.cells.of(cell).cube.measure.decimals
    return suppression.threshold * 10**decimals if suppression else 0


def _absent(facts: Published, found: Disclosed) -> Iterator[Leak]:
    for cube in facts.cells.cubes:
        if cube.first < facts.count and found.cells.hidden[cube.first : cube.first + cube.count].any():
            for key, missing, periods in absent_rows(cube):
                yield Leak(absent=(cube, key, missing, periods))


KINDS = (
    Kind("exact", "error", "can be computed", _exact),
    Kind("exact average", "error", "can be computed, from what it is the mean of", _exact_averages),
    Kind("group", "error", "publishes the sum of several hidden cells, and it is below the threshold", groups),
    Kind("width 1", "warning", "has 2 possible values", _width_1),
    Kind("width 2", "information", "has 3 possible values", _width_2),
    Kind("below threshold", "error", "is printed, but below the threshold", _below_threshold),
    Kind("absent row", "information", "is not there, though its siblings are", _absent),
)
