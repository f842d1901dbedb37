"""The cells of a cube laid out as tables: rows of the last dimension, columns by frequency and period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from publisher.model import FREQ, TIME_PERIOD, Dimension
from publisher.periods import FREQUENCIES
from publisher.quality.cells import CubeCells

if TYPE_CHECKING:
    from publisher.quality.cells import Indices, Mask


class Tables:
    """The tables of one cube: one for each combination of all dimensions but the last, FREQ and TIME_PERIOD.

    A table is known by its number, from 0, in the order of the codelists; a cell by its number among all cells.
    """

    def __init__(self, cube: CubeCells, hidden: Mask) -> None:
        """Lay out the cells of a cube; ``hidden`` says of all cells of the dataset which are hidden."""
        import numpy as np

        self.cube = cube
        over = [dimension for dimension in cube.cube.dimensions if dimension.id not in (FREQ, TIME_PERIOD)]
        self.fixed: Sequence[Dimension] = over[:-1]
        self.last = over[-1] if over else None
        self.frequency = cube.cube.dimension(FREQ)
        numbers = self._numbers([dimension.id for dimension in self.fixed])
        self._order = np.argsort(numbers, kind="stable")
        self.count = int(numbers.max(initial=-1)) + 1
        self._ends = np.cumsum(np.bincount(numbers, minlength=self.count))
        self._row = self._numbers([self.last.id] if self.last else [])
        self._column = self._numbers([FREQ, TIME_PERIOD])
        self.with_hidden: Sequence[int] = np.unique(numbers[hidden[cube.first : cube.first + cube.count]]).tolist()

    @cached_property
    def codes(self) -> Sequence[str]:
        """The codes of the rows, in order; one empty code where the cube has periods alone."""
        return self._in_order(self.last.id) if self.last else ("",)

    @cached_property
    def columns(self) -> Mapping[str, Sequence[str]]:
        """The periods of each frequency, in order; the finest frequency comes first."""
        import numpy as np

        found: dict[str, list[str]] = {}
        for row in np.unique(self._column, return_index=True)[1].tolist():
            found.setdefault(self._code(FREQ, row), []).append(self._code(TIME_PERIOD, row))
        return found

    @property
    def width(self) -> int:
        """How many columns each table has."""
        return sum(map(len, self.columns.values()))

    def cells(self, table: int) -> Indices:
        """Return the cells of a table."""
        start = self._ends[table - 1] if table else 0
        return self._order[start : self._ends[table]] + self.cube.first

    def fixed_codes(self, table: int) -> Sequence[str]:
        """Return the codes that a table is of, one for each of the ``fixed`` dimensions."""
        row = int(self.cells(table)[0]) - self.cube.first
        return [self._code(dimension.id, row) for dimension in self.fixed]

    def rows(self, table: int, marked: Mask, most: int) -> Iterator[tuple[str, Sequence[int | None]]]:
        """Yield the code and the cells of each row, None for a cell that is not there.

        Of more rows than ``most`` those with ``marked`` cells are preferred.
        """
        import numpy as np

        cells = self.cells(table)
        grid = np.full((len(self.codes), self.width), -1, dtype=np.int64)
        grid[self._row[cells - self.cube.first], self._column[cells - self.cube.first]] = cells
        kept = np.arange(len(grid))
        if len(grid) > most:
            without = ~(marked[grid] & (grid >= 0)).any(axis=1)
            kept = np.sort(np.argsort(without, kind="stable")[:most])
        for place in kept.tolist():
            yield self.codes[place], [None if cell < 0 else cell for cell in grid[place].tolist()]

    def _code(self, component: str, row: int) -> str:
        return self.cube.names[component][int(self.cube.codes[component][row])]

    def _in_order(self, component: str) -> Sequence[str]:
        """Return the codes of a component that occur, as the codelist has them; periods as time goes."""
        codelist = self.cube.cube.dimension(component).codelist
        names = self.cube.names[component]
        if component == FREQ:
            return sorted(names, key=lambda code: (*FREQUENCIES, code).index(code))
        return sorted(names, key=codelist.position) if codelist else sorted(names)

    def _numbers(self, components: Sequence[str]) -> Indices:
        """Return by cell the number of its combination of codes, among those that occur and in order."""
        import numpy as np

        numbers = np.zeros(self.cube.count, dtype=np.int64)
        for component in components:
            places = {code: place for place, code in enumerate(self._in_order(component))}
            ranks = np.array([places[code] for code in self.cube.names[component]], dtype=np.int64)
            numbers = numbers * len(places) + ranks[self.cube.codes[component]]
            numbers = np.unique(numbers, return_inverse=True)[1].reshape(-1)  # numbered anew, to stay small
        return numbers
