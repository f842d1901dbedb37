"""The JSON-stat files of a release read back by pyjstat, and above a limit by a reader of our own.

pyjstat says which codes a value is of, and drops the status: that and the further attributes are read from the file.
It is given numbers as their digits, for it would make floats of them.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.json_stat_file import Cells, read_cells
from publisher.checks.reader import Reader, UnreadableError, words_of
from publisher.columns import text_schema
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

PATH = "json-stat/{cube}.json"
_MOST_ROWS = 50_000  # about a second of pyjstat
_ROWS = 65_536

# Of each cell its codes by dimension, and its value.
Columns = dict[str, list[str | None]]


def by_pyjstat(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the observations of a file, with keys and values as pyjstat puts them together."""
    return _batches(folder, cube, _pyjstat_columns)


def by_product(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the observations of a file, the codes of each cell counted off."""
    return _batches(folder, cube, _counted_columns)


def _batches(folder: Path, cube: Cube, columns_of: Callable[[Cells, Cube], Columns]) -> Iterator[pa.RecordBatch]:
    """Yield the cells that there are, with every column as text."""
    import pyarrow as pa

    cells = read_cells(folder / PATH.format(cube=cube.id), cube)
    if not cells.values:
        return
    columns, places = columns_of(cells, cube), cells.there
    for start in range(0, len(places), _ROWS):
        chosen = places[start : start + _ROWS]
        texts = [[column[place] for place in chosen] for column in columns.values()]
        texts += [cells.attribute(component, chosen) for component in cube.attribute_ids]
        yield pa.RecordBatch.from_arrays([pa.array(text, pa.string()) for text in texts], schema=text_schema(cube))


def _pyjstat_columns(cells: Cells, cube: Cube) -> Columns:
    """Let pyjstat make a table of all cells."""
    from pyjstat import pyjstat

    try:
        with warnings.catch_warnings():
            # It calls a function of its own that it advises against.
            warnings.simplefilter("ignore", DeprecationWarning)
            frame = pyjstat.Dataset.read(OrderedDict(cells.document)).write("dataframe", naming="id")
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise UnreadableError(f"{type(error).__name__}: {words_of(error)}") from error
    names = list(cells.codes)
    if list(frame.columns[:-1]) != names or len(frame) != len(cells.values):
        raise UnreadableError("has other cells than its dimensions make")
    found = {name: frame.iloc[:, names.index(name)].tolist() for name in cube.key_ids}
    values: list[Any] = frame.iloc[:, -1].tolist()
    return found | {cube.measure.id: [str(value) if isinstance(value, str) else None for value in values]}


def _counted_columns(cells: Cells, cube: Cube) -> Columns:
    keys = zip(*product(*cells.codes.values()), strict=True)
    columns = dict(zip(cells.codes, keys, strict=True))
    return {name: list(columns[name]) for name in cube.key_ids} | {cube.measure.id: list(cells.values)}


READERS: tuple[Reader, ...] = (Reader("json-stat", PATH, "pyjstat", by_pyjstat, _MOST_ROWS, by_product),)
