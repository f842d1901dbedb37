"""Hidden cells that are published as the same figure become one unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from publisher.quality.relations import Place, Relations

if TYPE_CHECKING:
    from publisher.quality.cells import Cells, Indices, Mask

Joined = Mapping[int, Sequence[tuple[int, Place]]]
"""By cell the cells that it was joined to, and by which relation; nowhere in a circle."""


def merged(cells: Cells, relations: Sequence[Relations], used: Sequence[Mask]) -> tuple[Indices, Joined]:
    """Return the cell that stands for each, and which were joined: a hidden total and its only part, hidden too.

    ``used`` says by set which of the relations count; none of them where it is empty.
    """
    import numpy as np

    root = np.arange(len(cells.hidden))
    joined: dict[int, list[tuple[int, Place]]] = defaultdict(list)
    for number, item in enumerate(relations if used else ()):
        if item.rounding is not None:
            continue
        parts = item.parts[item.starts[:-1]]
        alike = used[number] & (item.counts() == 1) & cells.hidden[parts] & cells.hidden[item.totals]
        for index in np.nonzero(alike)[0].tolist():
            part, total = int(parts[index]), int(item.totals[index])
            one, other = _root(root, part), _root(root, total)
            if one != other:
                root[max(one, other)] = min(one, other)
                joined[part].append((total, (number, index)))
                joined[total].append((part, (number, index)))
    for cell in sorted(joined):
        root[cell] = _root(root, cell)
    return root, joined


def _root(root: Indices, cell: int) -> int:
    while root[cell] != cell:
        root[cell] = root[root[cell]]
        cell = int(root[cell])
    return cell


def path(joined: Joined, start: int, end: int) -> list[Place]:
    """Return the relations by which one cell is joined to another of the same unknown."""
    came: dict[int, tuple[int, Place]] = {}
    open_ = [start]
    while open_ and end not in came and end != start:
        cell = open_.pop()
        for other, place in joined.get(cell, ()):
            if other not in came and other != start:
                came[other] = cell, place
                open_.append(other)
    places = []
    while end in came:
        end, place = came[end]
        places.append(place)
    return places
