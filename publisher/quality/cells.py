"""Every figure of a dataset as one numbered list of cells, so that rules can speak of cells of several cubes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publisher.columns import SOURCE_LINE, whole_numbers
from publisher.model import Cube, Suppression
from publisher.observations import Observations

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Indices = npt.NDArray[np.int64]
    Numbers = npt.NDArray[Any]  # int64, or whole numbers of any size (object)
    Mask = npt.NDArray[np.bool_]

# Sums of a million of them fit 64 bits; greater numbers are Python's own.
_LARGEST = 1 << 40


@dataclass(frozen=True, slots=True)
class CubeCells:
    """The cells of one cube: its first cell's number, and the codes of each.

    ``codes`` holds, by dimension, the position of each cell's code in ``names`` of that dimension.
    """

    cube: Cube
    first: int
    count: int
    codes: Mapping[str, Indices]
    names: Mapping[str, tuple[str, ...]]

    def key(self, cell: int) -> str:
        """Return the key of one of its cells, by the cell's number."""
        row = cell - self.first
        return ".".join(self.names[component][self.codes[component][row]] for component in self.cube.key_ids)


@dataclass(frozen=True, slots=True)
class Cells:
    """All cells of a dataset, cube after cube in key order; a cell is known by its number, from 0.

    ``low`` and ``high`` are what a reader knows of each value, in units of the cube's last decimal: the number
    itself, or the bounds of the published rule where ``hidden``; ``unbounded`` where there is no upper one, and
    then ``high`` says nothing. ``lines`` are those of the source. ``values`` of attributes of whole numbers stand
    beside them, by cube and attribute, -1 where there is none.
    """

    cubes: tuple[CubeCells, ...]
    low: Numbers
    high: Numbers
    hidden: Mask
    unbounded: bool
    lines: Indices
    integers: Mapping[tuple[str, str], Indices]

    def of(self, cell: int) -> CubeCells:
        """Return the cube that a cell is of."""
        return next(cube for cube in self.cubes if cube.first <= cell < cube.first + cube.count)


def read_cells(observations: Iterable[Observations], suppression: Suppression | None) -> Cells:
    """Read the observations of all cubes; memory is some 60 bytes a cell."""
    import numpy as np

    cubes: list[CubeCells] = []
    lows, highs, masks, lines = [], [], [], []
    integers: dict[tuple[str, str], Indices] = {}
    first = 0
    for item in observations:
        table = _table(item)
        values, hidden = _values(table[item.cube.measure.id])
        cubes.append(_cube(item.cube, table, first))
        lows.append(values)
        most = _most(suppression, item.cube)
        if most > _LARGEST:
            values = values.astype(object)
        highs.append(np.where(hidden, most, values))
        masks.append(hidden)
        lines.append(table[SOURCE_LINE].to_numpy())
        for attribute in item.cube.attributes:
            if attribute.concept.data_type == "integer":
                integers[item.cube.id, attribute.id] = table[attribute.id].fill_null(-1).to_numpy()
        first += table.num_rows
    unbounded = suppression is not None and suppression.secondary == "present"
    low, high = (np.concatenate(parts) for parts in (lows, highs))
    return Cells(tuple(cubes), low, high, np.concatenate(masks), unbounded, np.concatenate(lines), integers)


def _most(suppression: Suppression | None, cube: Cube) -> int:
    """Return the most that a hidden cell can be, in units of the last decimal; 0 where there is no such bound."""
    most = suppression.upper(cube.measure.decimals) if suppression else None
    return 0 if most is None else int(most.scaleb(cube.measure.decimals))


def _table(item: Observations) -> pa.Table:
    """Return the key, value, whole-number attributes and source line of all observations of a cube."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    integers = [attribute.id for attribute in item.cube.attributes if attribute.concept.data_type == "integer"]
    columns = [*item.cube.key_ids, item.cube.measure.id, *integers, SOURCE_LINE]
    table = pq.read_table(item.path, columns=columns, read_dictionary=list(item.cube.key_ids), use_threads=False)
    coded = {component: table[component].cast(pa.string()).combine_chunks() for component in item.cube.key_ids}
    for component, column in coded.items():
        table = table.set_column(table.column_names.index(component), component, column.dictionary_encode())
    return table


def _cube(cube: Cube, table: pa.Table, first: int) -> CubeCells:
    import numpy as np

    codes, names = {}, {}
    for component in cube.key_ids:
        column = table[component].combine_chunks()
        codes[component] = column.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        names[component] = tuple(column.dictionary.to_pylist())
    return CubeCells(cube, first, table.num_rows, codes, names)


def _values(column: pa.ChunkedArray) -> tuple[Numbers, Mask]:
    """Return values in units of the last decimal, 0 where there is none, and where there is none."""
    import numpy as np
    import pyarrow as pa

    hidden = column.is_null().to_numpy()
    if pa.types.is_decimal(column.type):
        whole = (value for chunk in column.chunks for value in whole_numbers(chunk).to_pylist())
        exact = (0 if value is None else int(value) for value in whole)
        numbers = np.fromiter(exact, dtype=object, count=len(column))
    else:
        numbers = column.fill_null(0).to_numpy()
    if len(numbers) and max(abs(int(numbers.max())), abs(int(numbers.min()))) > _LARGEST:
        return numbers.astype(object), hidden
    return numbers.astype(np.int64), hidden
