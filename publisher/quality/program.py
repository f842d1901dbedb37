"""One component of a system as a program for HiGHS, of which every answer is proved in whole numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.quality.components import Component
from publisher.quality.system import End, Rows

if TYPE_CHECKING:
    import highspy
    import numpy as np
    import numpy.typing as npt

    from publisher.quality.cells import Indices, Mask, Numbers

    Reals = npt.NDArray[np.float64]

# Multipliers of a proof are rounded to multiples of 1 / this, of which halves, thirds and so on are some.
_SCALE = 720_720
LARGEST = 1 << 50
"""Whole numbers up to this are told apart by reals, with room for what a program may be off."""
LARGEST_WHOLE = 1 << 20
"""Up to this integer programs are asked, and their word is taken: beyond it a tolerance is more than a unit."""
_TOLERANCE = 1e-6
# One thread and limits of nodes and iterations: the same answer on every machine. The time is for a program that would
# go on for ever, and no other comes near it.
_OPTIONS: Mapping[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
    "presolve": "off",
    "time_limit": 60.0,
    "mip_max_nodes": 1_000,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.99,
}


class InfeasibleError(Exception):
    """No whole numbers satisfy the rows of a component."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question for the greatest value of some sum gave.

    ``most`` is a proven bound, None where there is no proof of one; ``rows`` and ``ends`` (a column, and 1 for its
    greatest, -1 for its least) prove it, None for all of them. ``solution`` are whole numbers that satisfy every
    row, None where none was found.
    """

    most: int | None
    solution: Numbers | None
    rows: Indices | None = None
    ends: Sequence[End] | None = None


class Program:
    """The unknowns of a component, counted from their least value, and its rows.

    Columns are numbered as in the component. ``floor`` and ``width`` are the ends of each, ``endless`` or more
    for none.
    """

    def __init__(self, rows: Rows, component: Component, low: Numbers, high: Numbers) -> None:
        """Take what is known of other unknowns into the bounds of the rows."""
        import numpy as np

        entries, starts = rows.entries(component.rows)
        columns, factors = rows.columns[entries], rows.factors[entries]
        self.endless = rows.endless
        mine_low, mine_high = low[component.columns], high[component.columns]
        self.width = np.where(mine_high >= rows.endless, rows.endless, mine_high - mine_low)
        self.floor = np.zeros_like(self.width)
        known = np.add.reduceat(factors * low[columns], starts[:-1])
        least, most = rows.least[component.rows], rows.most[component.rows]
        self.least = np.where(least <= -rows.endless, least, least - known)
        self.most = np.where(most >= rows.endless, most, most - known)
        place = np.searchsorted(component.columns, columns)
        place = np.minimum(place, len(component.columns) - 1)
        mine = component.columns[place] == columns
        self.row_of = np.repeat(np.arange(len(component.rows)), starts[1:] - starts[:-1])[mine]
        self.columns, self.factors = place[mine], factors[mine]
        self.starts = np.searchsorted(self.row_of, np.arange(len(component.rows) + 1))
        self.iterations = 0
        self._programs: dict[bool, highspy.Highs] = {}

    @property
    def largest(self) -> int:
        """The largest number in the rows and the bounds of unknowns."""
        ends = (abs(end) for end in (self.width, self.least, self.most, self.factors))
        return max(int(end.max(initial=0, where=end < self.endless)) for end in ends)

    def _highs(self, whole: bool) -> highspy.Highs:
        """Return the linear or the integer program, which is made when it is first asked."""
        if whole not in self._programs:
            self._programs[whole] = self._passed(whole)
        return self._programs[whole]

    def _passed(self, whole: bool) -> highspy.Highs:
        import highspy
        import numpy as np

        highs = _quiet()
        count = len(self.width)
        highs.passModel(
            count,
            len(self.least),
            len(self.columns),
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMaximize),
            0.0,
            np.zeros(count),
            self._reals(self.floor),
            self._reals(self.width),
            self._reals(self.least),
            self._reals(self.most),
            self.starts[:-1].astype(np.int32),
            self.columns.astype(np.int32),
            self.factors.astype(np.float64),
            np.full(count, int(highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous), np.int32),
        )
        return highs

    def _reals(self, ends: Numbers) -> Reals:
        import numpy as np

        finite = np.where(abs(ends) >= self.endless, 0, ends).astype(np.float64)
        return np.where(ends >= self.endless, np.inf, np.where(ends <= -self.endless, -np.inf, finite))

    def narrow(self, column: int, least: int, most: int) -> None:
        """Narrow an unknown to bounds that are proven."""
        self.floor[column], self.width[column] = least, most
        for highs in self._programs.values():
            highs.changeColBounds(column, float(least), float("inf") if most >= self.endless else float(most))

    def greatest(self, cost: Mapping[int, int]) -> Answer:
        """Look for the greatest value of a sum by linear programming. Raises InfeasibleError.

        Only of one unknown there is a bound, and only where the solution does not show it at its end.
        """
        import numpy as np

        highs = self._highs(whole=False)
        solution, infeasible = self._asked(highs, cost)
        if infeasible and self._denied(highs):
            raise InfeasibleError
        if solution is None:
            return Answer(None, None)
        whole = self._verified(solution)
        if len(cost) != 1 or (whole is not None and self._at_end(cost, whole)):
            return Answer(None, whole)
        return self._proven(cost, np.array(highs.getSolution().row_dual), whole)

    def _at_end(self, cost: Mapping[int, int], solution: Numbers) -> bool:
        ((column, sign),) = cost.items()
        return bool(solution[column] == (self.width if sign > 0 else self.floor)[column])

    def greatest_whole(self, cost: Mapping[int, int]) -> Answer:
        """Look for the greatest value of a sum by integer programming, of small numbers. Raises InfeasibleError."""
        import math

        if self.largest >= LARGEST_WHOLE:
            return Answer(None, None)
        highs = self._highs(whole=True)
        solution, infeasible = self._asked(highs, cost)
        if infeasible:
            raise InfeasibleError
        bound = highs.getInfo().mip_dual_bound
        most = math.floor(bound + _TOLERANCE) if math.isfinite(bound) else None
        return Answer(most, None if solution is None else self._verified(solution))

    def _denied(self, highs: highspy.Highs) -> bool:
        """Say whether rows that are multiplied and added up prove that no numbers satisfy them."""
        import numpy as np

        _, there, ray = highs.getDualRay()  # type: ignore[attr-defined]
        greatest = abs(np.array(ray)).max(initial=0) if there else 0
        if not greatest or not np.isfinite(greatest):
            return False
        answers = (self._proven({}, sign * np.array(ray) / greatest, None) for sign in (1, -1))
        return any(answer.most is not None and answer.most < 0 for answer in answers)

    def without_end(self) -> Mask:
        """Return which unknowns have no end, given that the rows have a solution.

        Those are the ones that some direction raises that keeps every row. One program finds all: directions can be
        added up and stretched.
        """
        import highspy
        import numpy as np

        count = len(self.width)
        endless = self.width >= self.endless
        if not endless.any():
            return endless
        highs = _quiet()
        # Columns: the share of each direction that counts, up to 1, and what it has beyond.
        ends = np.where(endless, 1.0, 0.0)
        beyond = np.where(endless, np.inf, 0.0)
        columns = np.stack([self.columns, self.columns + count], axis=1).reshape(-1)
        highs.passModel(
            2 * count,
            len(self.least),
            len(columns),
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMaximize),
            0.0,
            np.append(ends, np.zeros(count)),
            np.zeros(2 * count),
            np.append(ends, beyond),
            np.where(self.least <= -self.endless, -np.inf, 0.0),
            np.where(self.most >= self.endless, np.inf, 0.0),
            (2 * self.starts[:-1]).astype(np.int32),
            columns.astype(np.int32),
            np.repeat(self.factors, 2).astype(np.float64),
            np.zeros(2 * count, np.int32),
        )
        highs.run()
        return np.array(highs.getSolution().col_value[:count]) > 0.5

    def _asked(self, highs: highspy.Highs, cost: Mapping[int, int]) -> tuple[Reals | None, bool]:
        """Return a solution that makes a sum great, None for none found, and whether HiGHS says that there is none."""
        import highspy
        import numpy as np

        costs = np.zeros(len(self.width))
        costs[list(cost)] = list(cost.values())
        highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
        highs.run()
        infeasible = highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
        solution = np.array(highs.getSolution().col_value)
        info = highs.getInfo()
        self.iterations += max(0, int(info.simplex_iteration_count))
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        return (solution if found and len(solution) else None), infeasible

    def _verified(self, solution: Reals) -> Numbers | None:
        """Return the whole numbers next to a solution where they satisfy every row, reckoned exactly."""
        import numpy as np

        rounded = np.rint(solution)
        if abs(rounded).max(initial=0) >= LARGEST:
            return None
        whole = rounded.astype(np.int64).astype(self.width.dtype)
        sums = np.add.reduceat(self.factors * whole[self.columns], self.starts[:-1])
        holds = (whole >= self.floor).all() and (whole <= self.width).all()
        return whole if holds and (sums >= self.least).all() and (sums <= self.most).all() else None

    def _proven(self, cost: Mapping[int, int], duals: Reals, solution: Numbers | None) -> Answer:
        """Return a bound of the sum that follows from the rows, each multiplied with its dual value and added up.

        Whatever the multipliers are, it is a bound; that they are those of the best solution makes it a good one.
        """
        import numpy as np

        scaled = np.rint(np.nan_to_num(duals) * _SCALE)
        if abs(scaled).max(initial=0) >= LARGEST:
            return Answer(None, solution)
        multipliers = scaled.astype(np.int64).astype(object)
        multipliers[(multipliers > 0) & (self.most >= self.endless)] = 0
        multipliers[(multipliers < 0) & (self.least <= -self.endless)] = 0
        rows = np.nonzero(multipliers)[0]
        ends = np.where(multipliers > 0, self.most, self.least)[rows]
        left = np.zeros(len(self.width), dtype=object)
        left[list(cost)] = [_SCALE * value for value in cost.values()]
        np.subtract.at(left, self.columns, multipliers[self.row_of] * self.factors)
        columns = np.nonzero(left)[0]
        if (self.width[columns][left[columns] > 0] >= self.endless).any():
            return Answer(None, solution)
        limits = np.where(left > 0, self.width, self.floor)[columns]
        total = sum((multipliers[rows] * ends).tolist()) + sum((left[columns] * limits).tolist())
        proof = [(column, 1 if left[column] > 0 else -1) for column in columns.tolist()]
        return Answer(int(total // _SCALE), solution, rows, proof)


def _quiet() -> highspy.Highs:
    import highspy

    highs: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in _OPTIONS.items():
        highs.setOptionValue(option, value)
    return highs
