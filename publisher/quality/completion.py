"""Numbers for all hidden cells that satisfy what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.quality.propagation import Bounds
from publisher.quality.system import System

if TYPE_CHECKING:
    from publisher.quality.cells import Numbers


def completed(system: System, bounds: Bounds, solution: Numbers) -> Numbers:
    """Return numbers of all unknowns that satisfy every row, from some that satisfy the rows of components.

    What is not in a component stands in one row at most that restricts it, with the factor 1 or -1: those are raised
    from their least until the row holds.
    """
    import numpy as np

    rows, found = system.rows, solution.copy()
    if not len(rows):
        return found
    sums = np.add.reduceat(rows.factors * found[rows.columns], rows.starts[:-1])
    for row in np.nonzero((sums < rows.least) | (sums > rows.most))[0].tolist():
        left = min(0, int(rows.most[row]) - int(sums[row])) or max(0, int(rows.least[row]) - int(sums[row]))
        for entry in range(rows.starts[row], rows.starts[row + 1]):
            column, factor = int(rows.columns[entry]), int(rows.factors[entry])
            step = min(abs(left), int(bounds.high[column]) - int(found[column]))
            if left * factor > 0 and step > 0:
                found[column] += step
                left -= step if left > 0 else -step
    return found
