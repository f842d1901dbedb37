"""The exact least and most of every unknown of a component."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.quality.components import Component
from publisher.quality.program import LARGEST, Answer, InfeasibleError, Program
from publisher.quality.propagation import Bounds, Reason
from publisher.quality.system import Rows

if TYPE_CHECKING:
    from publisher.quality.cells import Mask, Numbers

MOST_UNKNOWNS = 5_000
"""A component with more unknowns keeps the bounds of propagation, which are proven and may be too wide."""
# Simplex iterations that a component may take before the rest of it is left as inexact.
_MOST_ITERATIONS = 1_000_000


@dataclass(frozen=True, slots=True)
class Solved:
    """The bounds of a component's unknowns in its order, and which of them are as narrow as can be.

    ``witness`` is a solution of all of its rows, None where none was found; ``reasons`` say why ends are not where
    propagation left them.
    """

    low: Numbers
    high: Numbers
    exact: Mask
    witness: Numbers | None
    reasons: Sequence[Reason] = ()


def solve(rows: Rows, component: Component, bounds: Bounds, only: int | None = None) -> Solved:
    """Return the bounds of a component, which hold whatever happens; ``only`` asks for those of one unknown.

    Raises InfeasibleError for a contradictory one.
    """
    import numpy as np

    low, high = bounds.low[component.columns], bounds.high[component.columns]
    if not len(component.columns):
        raise InfeasibleError  # a row without open unknowns, which does not hold
    program = Program(rows, component, bounds.low, bounds.high)
    if len(component.columns) > MOST_UNKNOWNS or program.largest >= LARGEST:
        return Solved(low, high, low == high, None)
    search = _Search(rows, component, program)
    if only is not None:
        others = component.columns != only
        search.open_least &= ~others
        search.open_most &= ~others
    search.run()
    if (search.least > search.most).any():
        raise InfeasibleError
    most = np.where(search.most >= rows.endless, rows.endless, low + search.most)
    return Solved(
        low + search.least,
        most,
        ~(search.open_least | search.open_most),
        None if search.witness is None else low + search.witness,
        search.reasons,
    )


class _Search:
    """Looks for solutions, each of which shows for many unknowns at once that they can be as small or great as said."""

    def __init__(self, rows: Rows, component: Component, program: Program) -> None:
        import numpy as np

        self.rows, self.component, self.program = rows, component, program
        self.reasons: list[Reason] = []
        self.least = np.zeros_like(program.width)
        self.most = program.width.copy()
        self.open_least = np.ones(len(self.most), dtype=bool)
        self.open_most = np.ones(len(self.most), dtype=bool)
        self.witness: Numbers | None = None

    def run(self) -> None:
        """Close what is open, as far as the limits let it. Raises InfeasibleError."""
        import numpy as np

        self._show(self.program.greatest({}))
        if self.witness is None:
            self._show(self.program.greatest_whole({}))
        self.open_most &= ~self.program.without_end()
        for sign, is_open in ((1, self.open_most), (-1, self.open_least)):
            before = -1
            while is_open.sum() != before and is_open.any():
                before = is_open.sum()
                self._show(self.program.greatest(dict.fromkeys(np.nonzero(is_open)[0].tolist(), sign)))
            for column in np.nonzero(is_open)[0].tolist():
                if is_open[column] and self.program.iterations <= _MOST_ITERATIONS:
                    # One cost more than before: the last basis is near, and others may be at their ends too.
                    others = np.nonzero(is_open)[0].tolist()
                    self._show(self.program.greatest({**dict.fromkeys(others, sign), column: sign * (len(others) + 1)}))
                if is_open[column] and self.program.iterations <= _MOST_ITERATIONS:
                    self._one(column, sign, is_open)

    def _one(self, column: int, sign: int, is_open: Mask) -> None:
        """Look for the end of one unknown: linear programming proves a bound; where it is between two, integers."""
        for ask in (self.program.greatest, self.program.greatest_whole):
            answer = ask({column: sign})
            ends = self.most if sign > 0 else self.least
            if answer.most is not None and sign * int(ends[column]) > answer.most:
                ends[column] = sign * answer.most
                self.reasons.append(self._reason(column, sign, answer))
                self.program.narrow(column, int(self.least[column]), int(self.most[column]))
            self._show(answer)
            if not is_open[column]:
                return

    def _show(self, answer: Answer) -> None:
        """Note which unknowns a solution shows at their ends."""
        if answer.solution is not None:
            self.witness = answer.solution
            self.open_least &= answer.solution != self.least
            self.open_most &= answer.solution != self.most

    def _reason(self, column: int, sign: int, answer: Answer) -> Reason:
        """Return the rows and ends that prove an answer, in the numbers of the whole system."""
        import numpy as np

        mine = self.component.columns
        rows = self.component.rows if answer.rows is None else self.component.rows[answer.rows]
        if answer.ends is None:
            ends = [(place, side) for place in mine.tolist() for side in (1, -1)]
        else:
            ends = [(int(mine[place]), side) for place, side in answer.ends]
        entries, _ = self.rows.entries(rows)
        known = np.setdiff1d(self.rows.columns[entries], mine)
        ends += [(place, side) for place in known.tolist() for side in (1, -1)]
        return Reason((int(mine[column]), sign), rows.tolist(), ends)
