"""Rules of single cells: ``minimum`` and ``range`` of their values, ``complete`` for the cells that must be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from publisher.model import FREQ, TIME_PERIOD
from publisher.quality.fault import Fault, shown
from publisher.quality.grouping import chosen
from publisher.rules import Rule

if TYPE_CHECKING:
    import numpy as np

    from publisher.quality.cells import Cells, CubeCells, Indices, Mask, Numbers


def minimum(rule: Rule, cells: Cells) -> Iterator[Fault]:
    """Yield the printed values below the least; a hidden cell has none."""
    yield from _outside(rule, cells, hidden_too=False)


def limits(rule: Rule, cells: Cells) -> Iterator[Fault]:
    """Yield the values outside a range, and hidden cells that the published rule puts outside."""
    yield from _outside(rule, cells, hidden_too=True)


def _outside(rule: Rule, cells: Cells, hidden_too: bool) -> Iterator[Fault]:
    import numpy as np

    for cube in _cubes(rule, cells):
        rows = slice(cube.first, cube.first + cube.count)
        decimals = cube.cube.measure.decimals
        low, high, hidden = cells.low[rows], cells.high[rows], cells.hidden[rows]
        wrong = np.zeros(cube.count, dtype=bool)
        if rule.low is not None:
            too_low = high < _scaled(rule.low, decimals, up=True)
            wrong |= too_low & ~(hidden & cells.unbounded)
        if rule.high is not None:
            wrong |= low > _scaled(rule.high, decimals, up=False)
        wrong &= chosen(rule, cube)
        if not hidden_too:
            wrong &= ~hidden
        for cell in (np.nonzero(wrong)[0] + cube.first).tolist():
            bounds = _bounds(rule)
            if cells.hidden[cell]:
                message = f"is hidden, and so {shown(cells, cell)}, but the rule says {bounds}"
            else:
                message = f"is {shown(cells, cell)}, but the rule says {bounds}"
            yield Fault(rule, cell, message)


@dataclass(frozen=True, slots=True)
class Limits:
    """By cell the least and the most that is published of it by itself; ``endless`` where there is no most."""

    low: Numbers
    high: Numbers
    endless: Mask


def limits_of(rules: Iterable[Rule], cells: Cells) -> Limits:
    """Return the bounds of the published rule, narrowed by rules ``range`` that must hold.

    Where those leave no number, as ``limits`` says, the published rule stands.
    """
    import numpy as np

    low, high = cells.low.copy(), cells.high.copy()
    endless = cells.hidden & cells.unbounded
    for rule in rules:
        if rule.kind != "range" or rule.severity != "error":
            continue
        for cube in _cubes(rule, cells):
            rows = np.nonzero(chosen(rule, cube) & cells.hidden[cube.first : cube.first + cube.count])[0] + cube.first
            decimals = cube.cube.measure.decimals
            least, most = low[rows], high[rows]
            if rule.low is not None:
                least = np.maximum(least, _scaled(rule.low, decimals, up=True))
            if rule.high is not None:
                bound = _scaled(rule.high, decimals, up=False)
                most = np.where(endless[rows], bound, np.minimum(most, bound))
            fits = (least <= most) | (endless[rows] & (rule.high is None))
            low[rows[fits]], high[rows[fits]] = least[fits], most[fits]
            endless[rows[fits]] &= rule.high is None
    return Limits(low, high, endless)


def _scaled(bound: Decimal, decimals: int, up: bool) -> int:
    """Return a bound in units of the last decimal, rounded into the range."""
    exact = Decimal(bound).scaleb(decimals)
    return int(exact.to_integral_value("ROUND_CEILING" if up else "ROUND_FLOOR"))


def _bounds(rule: Rule) -> str:
    if rule.low is None:
        return f"{rule.high} or less"
    return f"{rule.low} or more" if rule.high is None else f"{rule.low} to {rule.high}"


def complete(rule: Rule, cells: Cells) -> Iterator[Fault]:
    """Yield the combinations of codes that are not there, although each of the codes is.

    Frequency and period go together: of each pair that occurs every combination must be there.
    """
    for cube in _cubes(rule, cells):
        yield from _missing(rule, cube)


def _missing(rule: Rule, cube: CubeCells) -> Iterator[Fault]:
    import numpy as np

    kept = np.nonzero(chosen(rule, cube))[0]
    if not len(kept):
        return
    over = [part for part in cube.cube.key_ids if part not in (FREQ, TIME_PERIOD)]
    over = [part for part in over if not rule.over or part in rule.over]
    fixed = [part for part in cube.cube.key_ids if part not in over]
    slices, slice_of = np.unique(_rows(cube, fixed, kept), axis=0, return_inverse=True)
    codes = [np.unique(cube.codes[part][kept]) for part in over]
    # A combination is the number that its codes make, digit by digit.
    place = np.zeros(len(kept), dtype=np.int64)
    for part, known in zip(over, codes, strict=True):
        place = place * len(known) + np.searchsorted(known, cube.codes[part][kept])
    size = int(np.prod([len(known) for known in codes], dtype=object))
    order = np.argsort(slice_of.reshape(-1), kind="stable")
    ends = np.cumsum(np.bincount(slice_of.reshape(-1)))
    for fixed_codes, within in zip(slices.tolist(), np.split(place[order], ends[:-1]), strict=True):
        there = set(within.tolist())
        if more := size - len(there):
            named = {part: cube.names[part][code] for part, code in zip(fixed, fixed_codes, strict=True)}
            first = next(index for index in range(size) if index not in there)
            key = _key(cube, {**named, **_named(cube, over, codes, first)})
            besides = f"; so are {more - 1:,} more of {'.'.join(named.values())}" if more > 1 else ""
            message = f"is not there, although each of its codes is{besides}"
            yield Fault(rule, None, message, cube.cube.id, key)


def _rows(cube: CubeCells, components: list[str], rows: Indices) -> Indices:
    import numpy as np

    return np.stack([cube.codes[part][rows] for part in components], axis=1)


def _named(cube: CubeCells, over: list[str], codes: list[np.ndarray], index: int) -> dict[str, str]:
    found = {}
    for part, known in zip(reversed(over), reversed(codes), strict=True):
        index, digit = divmod(index, len(known))
        found[part] = cube.names[part][known[digit]]
    return found


def _key(cube: CubeCells, codes: dict[str, str]) -> str:
    return ".".join(codes[part] for part in cube.cube.key_ids)


def _cubes(rule: Rule, cells: Cells) -> Iterator[CubeCells]:
    yield from (cube for cube in cells.cubes if cube.cube.id in rule.cubes and cube.count)
