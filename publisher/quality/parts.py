"""Rules of parts and totals: ``sum``, ``mean`` and ``identical``. Each makes relations between cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from publisher.model import TIME_PERIOD
from publisher.quality.grouping import chosen, total_code, totals_of_periods, totals_over
from publisher.quality.relations import Relations
from publisher.rules import Rounding, Rule

if TYPE_CHECKING:
    from publisher.quality.cells import Cells, CubeCells, Indices, Mask


def sums(rule: Rule, cells: Cells) -> Iterator[Relations]:
    """Yield the relations of a rule ``sum``: parts that add up to their total."""
    for cube in _cubes(rule, cells):
        for rows in _totals(rule, cube):
            yield from _relations(rule, cube, rows)


def means(rule: Rule, cells: Cells) -> Iterator[Relations]:
    """Yield the relations of a rule ``mean``: parts whose mean, rounded, is the total."""
    for cube in _cubes(rule, cells):
        decimals = cube.cube.measure.decimals
        unit = 10 ** (decimals - (decimals if rule.decimals is None else rule.decimals))
        for rows in _totals(rule, cube):
            yield from _relations(rule, cube, rows, rule.rounding, unit)


def identical(rule: Rule, cells: Cells) -> Iterator[Relations]:
    """Yield the relations of a rule ``identical``: a figure, and the same one in the first cube that prints it.

    Figures are the same where the codes of the dimensions that all of the cubes have are, and every other
    dimension is at its total.
    """
    import numpy as np

    cubes = list(_cubes(rule, cells))
    if not cubes:
        return
    common = [part for part in cubes[0].cube.key_ids if all(part in cube.cube.key_ids for cube in cubes)]
    same: dict[tuple[str, ...], list[int]] = {}
    for cube in cubes:
        rows = np.nonzero(chosen(rule, cube) & _at_totals(rule, cube, common))[0]
        texts = ([cube.names[part][code] for code in cube.codes[part][rows].tolist()] for part in common)
        for key, cell in zip(zip(*texts, strict=True), (rows + cube.first).tolist(), strict=True):
            same.setdefault(key, []).append(cell)
    pairs = []
    for alike in same.values():
        # A hidden cell agrees with much: where one is printed, the others are compared with that.
        shown = next((cell for cell in alike if not cells.hidden[cell]), alike[0])
        pairs += [(cell, shown) for cell in alike if cell != shown]
    if pairs:
        parts, totals = np.array(sorted(pairs), dtype=np.int64).T
        yield Relations(rule, parts.copy(), np.arange(len(parts) + 1), totals.copy())


def _at_totals(rule: Rule, cube: CubeCells, common: Iterable[str]) -> Mask:
    import numpy as np

    at = np.ones(cube.count, dtype=bool)
    for part in set(cube.cube.key_ids) - set(common):
        total = total_code(rule, part)
        code = cube.names[part].index(total) if total in cube.names[part] else -1
        at &= cube.codes[part] == code
    return at


def _cubes(rule: Rule, cells: Cells) -> Iterator[CubeCells]:
    yield from (cube for cube in cells.cubes if cube.cube.id in rule.cubes and cube.count)


def _totals(rule: Rule, cube: CubeCells) -> Iterator[Indices]:
    """Yield for each way in which parts make totals the row of the total of each cell, -1 where there is none."""
    kept = chosen(rule, cube)
    if rule.of:
        yield totals_of_periods(rule, cube, kept)
    for component in rule.over:
        if component in cube.cube.key_ids and component != TIME_PERIOD:
            yield totals_over(rule, cube, kept, component)


def _relations(
    rule: Rule, cube: CubeCells, totals: Indices, rounding: Rounding | None = None, unit: int = 1
) -> Iterator[Relations]:
    """Yield the relations in which the cells of a cube are parts of the totals at some rows, if there are any."""
    import numpy as np

    parts = np.nonzero(totals >= 0)[0]
    if not len(parts):
        return
    parts = parts[np.argsort(totals[parts], kind="stable")]
    rows, starts = np.unique(totals[parts], return_index=True)
    yield Relations(
        rule, parts + cube.first, np.append(starts, len(parts)).astype(np.int64), rows + cube.first, rounding, unit
    )
