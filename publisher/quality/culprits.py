"""Which one cell, were it another number, would explain several violated relations at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from publisher.quality.cells import Cells
from publisher.quality.relations import Place, Relations, least_sum, most_sum, rounded

# A source in which more is wrong has no single culprit worth looking for.
_MOST_RELATIONS = 200


@dataclass(frozen=True, slots=True)
class Culprit:
    """A cell that explains so many violations, and the bounds of what it would have to be; infinite for none."""

    cell: int
    explains: int
    low: float
    high: float


def culprits(relations: Sequence[Relations], violated: Sequence[Place], cells: Cells) -> Mapping[Place, Culprit]:
    """Return the likeliest culprit of each violated relation that shares one with another.

    A cell is one where some number in its place agrees with every relation it is in, violated or not. The one
    that explains most comes first; of two alike the one that stands first.
    """
    if len(violated) > _MOST_RELATIONS:
        return {}
    inside = {place: _members(relations[place[0]], place[1]) for place in violated}
    shared = Counter(cell for members in inside.values() for cell in members)
    candidates = sorted((cell for cell, count in shared.items() if count > 1), key=lambda cell: (-shared[cell], cell))
    found: dict[Place, Culprit] = {}
    for cell in candidates:
        unexplained = [place for place in violated if cell in inside[place] and place not in found]
        if len(unexplained) > 1 and (bounds := _agreeing(relations, cell, cells)) is not None:
            culprit = Culprit(cell, len(unexplained), *bounds)
            found.update(dict.fromkeys(unexplained, culprit))
    return found


def _members(relations: Relations, index: int) -> frozenset[int]:
    return frozenset((*relations.parts_of(index).tolist(), int(relations.totals[index])))


def _agreeing(relations: Iterable[Relations], cell: int, cells: Cells) -> tuple[float, float] | None:
    """Return the bounds of the numbers for a cell that agree with every relation it is in, or None for no number.

    They are whole numbers, or infinite.
    """
    low, high = -inf, inf
    for item in relations:
        for index in item.containing(cell):
            least, most = _bounds(item, index, cell, cells)
            low, high = max(low, least), min(high, most)
    return None if low > high else (low, high)


def _bounds(item: Relations, index: int, cell: int, cells: Cells) -> tuple[float, float]:
    """Return the least and the most that a cell can be so that one relation holds."""
    parts, total = item.parts_of(index).tolist(), int(item.totals[index])
    others = [part for part in parts if part != cell]
    low = sum(int(cells.low[part]) for part in others)
    open_ = cells.unbounded and any(cells.hidden[part] for part in others)
    high = inf if open_ else sum(int(cells.high[part]) for part in others)
    if cell == total:
        return _total_bounds(item, len(parts), low, high)
    least, most = int(cells.low[total]), int(cells.high[total])
    if item.rounding is not None:
        size = len(parts) * item.unit
        least = int(least_sum(_ceiling(least, item.unit), size, item.rounding))
        most = int(most_sum(most // item.unit, size, item.rounding))
    no_most = cells.unbounded and bool(cells.hidden[total])
    return least - high, inf if no_most else most - low


def _total_bounds(item: Relations, count: int, low: int, high: float) -> tuple[float, float]:
    if item.rounding is None:
        return low, high
    size = count * item.unit
    least = rounded(low, size, item.rounding) * item.unit
    return least, inf if high == inf else rounded(int(high), size, item.rounding) * item.unit


def _ceiling(value: int, unit: int) -> int:
    return -(-value // unit)
