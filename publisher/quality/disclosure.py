"""Which numbers each hidden cell can be, for a reader who knows everything that is published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.quality.assembly import system_of
from publisher.quality.cells import Cells
from publisher.quality.completion import completed
from publisher.quality.components import Component, components
from publisher.quality.contradictions import irreducible
from publisher.quality.program import InfeasibleError
from publisher.quality.proofs import Proofs
from publisher.quality.propagation import Bounds, Reason, tighten
from publisher.quality.relations import Place, Relations, rounded
from publisher.quality.solver import solve
from publisher.quality.system import Average, System
from publisher.quality.values import Limits, limits_of
from publisher.rules import Rule

if TYPE_CHECKING:
    from publisher.quality.cells import Mask, Numbers

_MOST_CONTRADICTIONS = 20


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What a reader can compute of the hidden cells.

    ``low`` and ``high`` are, by cell, the least and the most that it can be, in units of the last decimal;
    ``high`` says nothing where it is ``endless``. ``inexact`` are cells whose bounds are proven but may be wider
    than what a reader can compute. ``averages`` are the cells that a rule ``mean`` defines. ``contradictions`` are
    sets of relations that cannot all hold, each without one that could be left out of it; those are then left out.
    ``solution`` are numbers of all cells that satisfy the relations, but for cells that are ``unsolved``.
    """

    cells: Cells
    relations: Sequence[Relations]
    low: Numbers
    high: Numbers
    endless: Mask
    inexact: Mask
    averages: Mask
    contradictions: Sequence[tuple[Place, ...]]
    proofs: Proofs
    solution: Numbers
    unsolved: Mask

    @property
    def exact(self) -> Mask:
        """Which hidden cells have one possible value."""
        same: Mask = self.low == self.high
        return self.cells.hidden & ~self.endless & same


def disclose(cells: Cells, relations: Sequence[Relations], rules: Iterable[Rule] = ()) -> Disclosed:
    """Return what a reader can compute: from relations, from rules of ranges, and from the published rule."""
    return disclosed(cells, relations, limits_of(rules, cells))


def disclosed(cells: Cells, relations: Sequence[Relations], limits: Limits) -> Disclosed:
    """Return what a reader can compute from relations, and from the limits of each hidden cell by itself."""
    contradictions: list[tuple[Place, ...]] = []
    left_out: set[Place] = set()
    while True:
        solving = _Solving(system_of(cells, relations, limits, frozenset(left_out)), relations)
        found = solving.run()
        if not found:
            return _disclosed(cells, relations, solving, contradictions)
        for places in found:
            if len(contradictions) < _MOST_CONTRADICTIONS:
                contradictions.append(irreducible(cells, relations, limits, places))
                left_out.update(contradictions[-1])
            else:  # so much is wrong that it does not matter which of it is left out
                left_out.update(places)


class _Solving:
    """A system solved: propagation, then each component by itself."""

    def __init__(self, system: System, relations: Sequence[Relations]) -> None:
        import numpy as np

        self.system, self.relations = system, relations
        self.bounds: Bounds = tighten(system.rows, system.low, system.high)
        self.inexact = np.zeros(len(system.low), dtype=bool)
        self.solution = self.bounds.low.copy()
        self.unsolved = np.zeros(len(system.low), dtype=bool)

    def run(self) -> list[tuple[Place, ...]]:
        """Solve it; return sets of relations that contradict each other where there are any."""
        found: list[tuple[Place, ...]] = []
        for column in self.bounds.contradictory().tolist():
            places = self.proofs().behind([(column, 1), (column, -1)])
            if not any(set(places) & set(others) for others in found):
                found.append(places)
        if found:
            return found
        reasons: list[Reason] = []
        for component in components(self.system.rows, self.bounds):
            try:
                solved = solve(self.system.rows, component, self.bounds)
            except InfeasibleError:
                found.append(self._behind(component))
                continue
            reasons += solved.reasons
            self.bounds.low[component.columns], self.bounds.high[component.columns] = solved.low, solved.high
            self.inexact[component.columns] = ~solved.exact
            self.unsolved[component.columns] = solved.witness is None
            if solved.witness is not None:
                self.solution[component.columns] = solved.witness
        self.bounds.reasons += reasons
        return found

    def proofs(self) -> Proofs:
        """Return what follows the bounds back to relations."""
        return Proofs(self.system, self.relations, self.bounds)

    def _behind(self, component: Component) -> tuple[Place, ...]:
        """Return the relations of a component, and those that its bounds and what is known in it follow from."""
        entries, _ = self.system.rows.entries(component.rows)
        columns = sorted(set(self.system.rows.columns[entries].tolist()))
        ends = [(column, side) for column in columns for side in (1, -1)]
        return self.proofs().behind(ends, component.rows.tolist())


def _disclosed(
    cells: Cells, relations: Sequence[Relations], solving: _Solving, contradictions: Sequence[tuple[Place, ...]]
) -> Disclosed:
    """Return what was found of unknowns as what it says of cells."""
    import numpy as np

    system, bounds = solving.system, solving.bounds
    own = system.column_of >= 0
    columns = system.column_of[own]
    kind = np.result_type(cells.low, cells.high, bounds.low)
    low, high = cells.low.astype(kind), cells.high.astype(kind)
    inexact = np.zeros(len(own), dtype=bool)
    low[own], high[own] = bounds.low[columns], bounds.high[columns]
    found = completed(system, bounds, solving.solution)
    solution, unsolved = low.copy(), np.zeros(len(own), dtype=bool)
    solution[own], unsolved[own] = found[columns], solving.unsolved[columns]
    inexact[own] = solving.inexact[columns]
    for average in system.averages:
        ends = int(bounds.low[average.column]), int(bounds.high[average.column])
        inexact[average.cell] = solving.inexact[average.column]
        solution[average.cell] = _mean(average, int(found[average.column]))
        unsolved[average.cell] = solving.unsolved[average.column]
        low[average.cell] = _mean(average, ends[0])
        high[average.cell] = system.rows.endless if ends[1] >= system.rows.endless else _mean(average, ends[1])
    endless = cells.hidden & (high >= system.rows.endless)
    return Disclosed(
        cells,
        relations,
        low,
        high,
        endless,
        inexact & (low < high),
        cells.hidden & _means(relations, len(own)),
        tuple(contradictions),
        solving.proofs(),
        solution,
        unsolved,
    )


def _means(relations: Iterable[Relations], count: int) -> Mask:
    """Return which of so many cells are means by some rule."""
    import numpy as np

    means = np.zeros(count, dtype=bool)
    for item in relations:
        if item.rounding is not None:
            means[item.totals] = True
    return means


def _mean(average: Average, total: int) -> int:
    return rounded(total, average.size, average.rounding) * average.unit
