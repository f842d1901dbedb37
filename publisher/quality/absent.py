"""Rows that are missing where all rows beside them are there: a reader takes them for zero."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.model import FREQ, TIME_PERIOD

if TYPE_CHECKING:
    from publisher.quality.cells import CubeCells, Indices

# More combinations of codes than this are not looked through: a cube as sparse as that has gaps everywhere.
_MOST_COMBINATIONS = 5_000_000
ANY = "*"
"""What stands for every period in the key of a row."""


def absent_rows(cube: CubeCells) -> Iterator[tuple[str, int, int]]:
    """Yield the key of each missing row, ``*`` for its period, in how many periods it is missing, and of how many.

    A row is missing in a period where it is not there, but rows that differ from it in one dimension are, one at
    least for each of the dimensions.
    """
    import numpy as np

    over = [component for component in cube.cube.key_ids if component not in (FREQ, TIME_PERIOD)]
    fixed = [component for component in cube.cube.key_ids if component in (FREQ, TIME_PERIOD)]
    sizes = [len(cube.names[component]) for component in over]
    periods = _numbers(cube, fixed)
    count = int(periods.max(initial=-1)) + 1
    if not over or count * int(np.prod(sizes, dtype=object)) > _MOST_COMBINATIONS:
        return
    there = np.zeros((count, *sizes), dtype=bool)
    there[(periods, *(cube.codes[component] for component in over))] = True
    missing = ~there
    for axis in range(1, there.ndim):
        missing &= there.any(axis=axis, keepdims=True)
    often = missing.sum(axis=0)
    for place in zip(*np.nonzero(often), strict=True):
        codes = {component: cube.names[component][code] for component, code in zip(over, map(int, place), strict=True)}
        key = ".".join(codes.get(component, ANY) for component in cube.cube.key_ids)
        yield key, int(often[place]), count


def _numbers(cube: CubeCells, components: list[str]) -> Indices:
    """Return which of the combinations of codes that occur each cell is of."""
    import numpy as np

    if not components:
        return np.zeros(cube.count, dtype=np.int64)
    codes = np.stack([cube.codes[component] for component in components])
    return np.unique(codes, axis=1, return_inverse=True)[1].reshape(-1)
