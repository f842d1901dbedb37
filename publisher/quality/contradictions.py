"""Relations that cannot all hold: a set of them from which none can be left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from publisher.quality.components import components
from publisher.quality.program import InfeasibleError, Program
from publisher.quality.propagation import tighten
from publisher.quality.relations import Place
from publisher.quality.system import Rows, System

if TYPE_CHECKING:
    from publisher.quality.cells import Numbers


def irreducible(system: System, rows: Iterable[int]) -> tuple[Place, ...]:
    """Return the relations of some contradictory rows without those that need not be there for the contradiction.

    A deletion filter: what is left out and leaves a contradiction stays out, first many at once, then fewer.
    """
    rows_of: dict[Place, list[int]] = defaultdict(list)
    for row in sorted(rows):
        rows_of[system.rows.place(row)].append(row)
    kept = list(rows_of)
    size = len(kept)
    while size := size // 2 if size > 1 else 0:
        start = 0
        while start < len(kept):
            without = kept[:start] + kept[start + size :]
            if without and _contradict(system, [row for place in without for row in rows_of[place]]):
                kept = without
            else:
                start += size
    return tuple(kept)


def _contradict(system: System, chosen: list[int]) -> bool:
    """Say whether no whole numbers satisfy some rows."""
    rows, low, high = _part(system, chosen)
    bounds = tighten(rows, low, high)
    if len(bounds.contradictory()):
        return True
    try:
        for component in components(rows, bounds):
            Program(rows, component, bounds.low, bounds.high).greatest_whole({})
    except InfeasibleError:
        return True
    return False


def _part(system: System, chosen: list[int]) -> tuple[Rows, Numbers, Numbers]:
    """Return some rows of a system by themselves, with the bounds of their unknowns."""
    import numpy as np

    rows, picked = system.rows, np.array(chosen)
    entries, starts = rows.entries(picked)
    members, columns = np.unique(rows.columns[entries], return_inverse=True)
    places = rows.places[0][picked], rows.places[1][picked]
    part = Rows(
        columns.reshape(-1), rows.factors[entries], starts, rows.least[picked], rows.most[picked], rows.endless, places
    )
    return part, system.low[members], system.high[members]
