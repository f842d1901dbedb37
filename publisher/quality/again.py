"""The audit of a part of the figures once more, as if some more cells were suppressed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.quality.cells import Cells
from publisher.quality.disclosure import Disclosed, disclosed
from publisher.quality.network import Network
from publisher.quality.relations import Relations
from publisher.quality.values import Limits

if TYPE_CHECKING:
    from publisher.quality.cells import Indices


class Again:
    """Figures whose cells may be suppressed in thought; ``limits`` are those of cells that may then be of any size."""

    def __init__(self, found: Disclosed, network: Network, limits: Limits) -> None:
        """Keep what was found as it is."""
        self._found, self._network, self._limits = found, network, limits

    def spread(self, group: Collection[int], extra: Collection[int]) -> int | None:
        """Return how many numbers the sum of some hidden cells can be, less one, with more cells suppressed.

        None where there is no end, or only an outer bound is known.
        """
        hidden = self._found.cells.hidden
        unknown, relations = set(group), set[int]()
        open_ = list(group)
        while open_:
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
        found = self._audited(sorted(unknown), sorted(relations), sorted(group))
        cell = len(found.low) - 1
        return None if found.endless[cell] or found.inexact[cell] else int(found.high[cell] - found.low[cell])

    def _audited(self, unknown: list[int], relations: list[int], group: list[int]) -> Disclosed:
        """Audit some relations by themselves, and a last cell that is the sum of a group."""
        import numpy as np

        by_set: dict[int, list[int]] = defaultdict(list)
        for number, index in map(self._network.place, relations):
            by_set[number].append(index)
        sets = [_chosen(self._found.relations[number], indices) for number, indices in by_set.items()]
        members = np.unique(np.concatenate([np.array(unknown), *(np.append(item.parts, item.totals) for item in sets)]))
        cells = self._found.cells
        is_hidden = np.append(np.isin(members, unknown), True)
        low = np.where(is_hidden, 0, np.append(cells.low[members], 0))
        limits = Limits(
            np.where(is_hidden, np.append(self._limits.low[members], 0), low),
            np.where(is_hidden, np.append(self._limits.high[members], 0), low),
            is_hidden & np.append(self._limits.endless[members], True),
        )
        total = np.array([len(members)])
        summed = Relations(sets[0].rule, np.array(group), np.array([0, len(group)]), total)
        numbered = [_numbered(item, members) for item in sets]
        numbered.append(replace(summed, parts=np.searchsorted(members, summed.parts)))
        part = Cells((), low, low, is_hidden, True, np.zeros(len(low), dtype=np.int64), {})
        return disclosed(part, numbered, limits)


def _chosen(item: Relations, indices: Iterable[int]) -> Relations:
    """Return some of a set of relations."""
    import numpy as np

    picked = np.array(sorted(indices))
    parts = [item.parts_of(index) for index in picked.tolist()]
    starts = np.cumsum([0, *map(len, parts)])
    return replace(item, parts=np.concatenate(parts), starts=starts, totals=item.totals[picked])


def _numbered(item: Relations, members: Indices) -> Relations:
    """Return relations of which the cells are numbered by their place among the members."""
    import numpy as np

    return replace(item, parts=np.searchsorted(members, item.parts), totals=np.searchsorted(members, item.totals))
