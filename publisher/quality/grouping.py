"""Which cells a rule is about, and which of them are parts of which total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from publisher import periods
from publisher.model import FREQ, TIME_PERIOD, Cube
from publisher.naming import TOTAL
from publisher.rules import Rule

if TYPE_CHECKING:
    from publisher.quality.cells import CubeCells, Indices, Mask


def chosen(rule: Rule, cells: CubeCells) -> Mask:
    """Return which cells of a cube the rule's filter and exclusions leave."""
    import numpy as np

    kept = np.ones(cells.count, dtype=bool)
    for codes, wanted in ((rule.filter, True), (rule.exclude, False)):
        for component, listed in codes.items():
            if component in cells.names:
                is_listed = np.array([name in listed for name in cells.names[component]], dtype=bool)
                kept &= is_listed[cells.codes[component]] == wanted
    return kept


def total_code(rule: Rule, component: str) -> str:
    """Return the code of the total of a dimension."""
    return rule.totals.get(component, TOTAL)


def parents(rule: Rule, cube: Cube, component: str) -> Mapping[str, str]:
    """Return the code above each code of a dimension: its parent, otherwise the total."""
    codelist = cube.dimension(component).codelist
    assert codelist is not None, "rules are over coded dimensions: the definition has been checked"
    total = total_code(rule, component)
    above = {code.id: code.parent for code in codelist.codes if code.parent is not None}
    if total in codelist:
        # What stands above the code that the rule calls the total has no part in it.
        higher, code = {total}, total
        while (code := above.pop(code, "")) and code not in higher:
            higher.add(code)
        above.update({code: total for code in codelist.ids if code not in above and code not in higher})
    return above


def totals_over(rule: Rule, cells: CubeCells, kept: Mask, component: str) -> Indices:
    """Return for each cell of a cube the row of the total it is a part of along a dimension, -1 where there is none.

    That is the cell of the nearest code above its own that is there: a level that is left out is passed over.
    """
    import numpy as np

    names = cells.names[component]
    position = {name: index for index, name in enumerate(names)}
    above = parents(rule, cells.cube, component)
    others = _combined(cells, [part for part in cells.cube.key_ids if part != component])
    rows = np.full(cells.count, -1, dtype=np.int64)
    found = _Rows(others, cells.codes[component], kept, len(names))
    step: list[str | None] = list(names)
    open_ = kept.copy()
    while open_.any():
        step = [above.get(name) if name is not None else None for name in step]
        if not any(name is not None for name in step):
            break
        code = np.array([-1 if name is None else position.get(name, -2) for name in step], dtype=np.int64)
        wanted = code[cells.codes[component]]
        hit = found.of(others, wanted)
        rows = np.where(open_ & (hit >= 0), hit, rows)
        open_ &= (hit < 0) & (wanted != -1)
    return rows


def totals_of_periods(rule: Rule, cells: CubeCells, kept: Mask) -> Indices:
    """Return for each cell of the frequency ``of`` the row of the period of ``to`` that it lies in, otherwise -1."""
    import numpy as np

    assert rule.of is not None, "a rule of periods names both: the definition has been checked"
    assert rule.to is not None, "as above"
    rows = np.full(cells.count, -1, dtype=np.int64)
    frequencies, times = cells.names[FREQ], cells.names[TIME_PERIOD]
    if rule.of not in frequencies or rule.to not in frequencies:
        return rows
    of, to = frequencies.index(rule.of), frequencies.index(rule.to)
    position = {name: index for index, name in enumerate(times)}
    is_part = kept & (cells.codes[FREQ] == of)
    around = np.full(len(times), -1, dtype=np.int64)
    for index in np.unique(cells.codes[TIME_PERIOD][is_part]):
        with suppress(ValueError):  # the last days that the calendar has are in no week that it has
            around[index] = position.get(periods.around(rule.of, times[index], rule.to), -1)
    others = _combined(cells, [part for part in cells.cube.key_ids if part not in (FREQ, TIME_PERIOD)])
    found = _Rows(others, cells.codes[TIME_PERIOD], kept & (cells.codes[FREQ] == to), len(times))
    return np.where(is_part, found.of(others, around[cells.codes[TIME_PERIOD]]), rows)


def _combined(cells: CubeCells, components: Sequence[str]) -> Indices:
    """Return one number for each combination of codes of some dimensions, from 0 without gaps."""
    import numpy as np

    combined = np.zeros(cells.count, dtype=np.int64)
    for component in components:
        combined = combined * len(cells.names[component]) + cells.codes[component]
        # Numbered anew, so that no number of dimensions is too many for 64 bits.
        combined = np.unique(combined, return_inverse=True)[1].reshape(-1)
    return combined


class _Rows:
    """Finds the row of a combination of codes."""

    def __init__(self, others: Indices, codes: Indices, among: Mask, size: int) -> None:
        import numpy as np

        self._size = size
        rows = np.nonzero(among)[0]
        keys = others[rows] * size + codes[rows]
        order = np.argsort(keys, kind="stable")
        self._keys, self._rows = keys[order], rows[order]

    def of(self, others: Indices, codes: Indices) -> Indices:
        """Return the row of each combination, -1 where there is none or the code is negative."""
        import numpy as np

        if not len(self._keys):
            return np.full(len(codes), -1, dtype=np.int64)
        wanted = others * self._size + codes
        place = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.where((self._keys[place] == wanted) & (codes >= 0), self._rows[place], -1)
