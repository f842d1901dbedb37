"""The audit of a part of the figures once more, as if some more cells were suppressed."""

from __future__ import annotations

from collections.abc import Collection

from publisher.quality.assembly import system_of
from publisher.quality.cells import Cells
from publisher.quality.components import components
from publisher.quality.contradictions import part_of
from publisher.quality.disclosure import Disclosed
from publisher.quality.network import Network
from publisher.quality.program import InfeasibleError
from publisher.quality.propagation import tighten
from publisher.quality.relations import Relations
from publisher.quality.solver import solve
from publisher.quality.system import System
from publisher.quality.values import Limits

_MOST_UNKNOWNS = 1_000
"""A part of the figures in which more hangs together is not audited again."""


class Again:
    """Figures whose cells may be suppressed in thought; ``limits`` are those of cells that may then be of any size."""

    def __init__(self, found: Disclosed, network: Network, limits: Limits) -> None:
        """Keep what was found as it is."""
        self._found, self._network, self._limits = found, network, limits

    def spread(self, group: Collection[int], extra: Collection[int]) -> int | None:
        """Return how many numbers the sum of some hidden cells can be, less one, with more cells suppressed.

        None where there is no end, -1 where only an outer bound is known, or the cells cannot all be suppressed, or
        very much hangs on them.
        """
        hidden = self._found.cells.hidden
        unknown, relations = set(group), set[int]()
        open_ = list(group)
        while open_:
            if len(unknown) > _MOST_UNKNOWNS:
                return -1
            for relation, _ in self._network.around(open_.pop()):
                if relation not in relations:
                    relations.add(relation)
                    known = self._network.known(relation)
                    new = [
                        cell
                        for cell in (*known.parts, known.total)
                        if (hidden[cell] or cell in extra) and cell not in unknown
                    ]
                    unknown.update(new)
                    open_ += new
        return self._spread(sorted(unknown), sorted(relations), sorted(group))

    def _spread(self, unknown: list[int], relations: list[int], group: list[int]) -> int | None:
        """Audit some relations by themselves, and of the unknowns only a last cell, which is the sum of a group."""
        import numpy as np

        found, network = self._found, self._network
        places = [network.place(relation) for relation in relations]
        part, sets, free, members = part_of(found.cells, found.relations, self._limits, places)
        # One cell more, the sum; what is shown stays what it is.
        hidden = np.append(np.isin(members, unknown), True)
        low = np.where(hidden, 0, np.append(part.low, 0))
        limits = Limits(
            np.where(hidden, np.append(free.low, 0), low),
            np.where(hidden, np.append(free.high, 0), low),
            hidden & np.append(free.endless, True),
        )
        parts = np.searchsorted(members, np.array(group))
        summed = Relations(sets[0].rule, parts, np.array([0, len(group)]), np.array([len(members)]))
        system = system_of(Cells((), low, low, hidden, True, low, {}), [*sets, summed], limits)
        return _spread_of(system, int(system.column_of[-1]))


def _spread_of(system: System, column: int) -> int | None:
    """Return how far apart the ends of an unknown are, None where there is none, -1 where it is not known."""
    bounds = tighten(system.rows, system.low, system.high)
    low, high = int(bounds.low[column]), int(bounds.high[column])
    for component in components(system.rows, bounds):
        if column in component.columns:
            try:
                solved = solve(system.rows, component, bounds, only=column)
            except InfeasibleError:
                return -1
            place = int((component.columns == column).nonzero()[0][0])
            low, high = int(solved.low[place]), int(solved.high[place])
            if not solved.exact[place] and low < high:
                return -1
    if low > high:
        return -1
    return None if high >= system.rows.endless else high - low
