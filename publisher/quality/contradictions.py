"""Relations that cannot all hold: a set of them from which none can be left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.quality.assembly import system_of
from publisher.quality.cells import Cells
from publisher.quality.components import components
from publisher.quality.program import LARGEST, InfeasibleError, Program
from publisher.quality.propagation import tighten
from publisher.quality.relations import Place, Relations
from publisher.quality.values import Limits

if TYPE_CHECKING:
    from publisher.quality.cells import Indices


def irreducible(
    cells: Cells, relations: Sequence[Relations], limits: Limits, places: Sequence[Place]
) -> tuple[Place, ...]:
    """Return contradictory relations without those that need not be there for the contradiction.

    A deletion filter: what is left out and leaves a contradiction stays out, first many at once, then fewer. Where
    the relations by themselves are not seen to contradict each other, all are returned.
    """
    kept = list(places)
    if not _contradict(cells, relations, limits, kept):
        return tuple(kept)
    size = len(kept)
    while size := size // 2:
        start = 0
        while start < len(kept):
            without = kept[:start] + kept[start + size :]
            if without and _contradict(cells, relations, limits, without):
                kept = without
            else:
                start += size
    return tuple(kept)


def part_of(
    cells: Cells, relations: Sequence[Relations], limits: Limits, places: Sequence[Place]
) -> tuple[Cells, list[Relations], Limits, Indices]:
    """Return some relations by themselves, with their cells and the limits of those, and which cells they are."""
    import numpy as np

    by_set: dict[int, list[int]] = defaultdict(list)
    for number, index in places:
        by_set[number].append(index)
    sets = [relations[number].chosen(indices) for number, indices in sorted(by_set.items())]
    members = np.unique(np.concatenate([np.append(item.parts, item.totals) for item in sets]))
    part = Cells(
        (),
        cells.low[members],
        cells.high[members],
        cells.hidden[members],
        cells.unbounded,
        cells.lines[members],
        {},
    )
    narrowed = Limits(limits.low[members], limits.high[members], limits.endless[members])
    return part, [item.numbered(members) for item in sets], narrowed, members


def _contradict(cells: Cells, relations: Sequence[Relations], limits: Limits, places: Sequence[Place]) -> bool:
    """Say whether no whole numbers satisfy some relations."""
    part, sets, narrowed, _ = part_of(cells, relations, limits, places)
    system = system_of(part, sets, narrowed, join=False)
    bounds = tighten(system.rows, system.low, system.high)
    if len(bounds.contradictory()):
        return True
    try:
        for component in components(system.rows, bounds):
            program = Program(system.rows, component, bounds.low, bounds.high)
            if program.largest < LARGEST:
                program.greatest_whole({})
    except InfeasibleError:
        return True
    return False
