"""``data/<cube>.csv`` read by the package csvw through its description: columns, datatypes and nulls as described."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks import csvw_document
from publisher.checks.csvw_document import Place
from publisher.checks.reader import Reader, UnreadableError, words_of
from publisher.columns import text_schema
from publisher.errors import InputError
from publisher.formats.csvw import PATH
from publisher.formats.csvw_tables import variable
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 8_192
# What csvw raises of a description or a table that it does not expect.
_WRONG = (ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, OSError, csv.Error)


def read(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a cube's table as csvw reads them."""
    import pyarrow as pa
    from csvw import TableGroup

    _refuse_unbounded(folder)
    names = [variable(column) for column in cube.columns]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            group = TableGroup.from_file(folder / PATH)
            (table,) = [table for table in group.tables if str(table.url) == f"{cube.id}.csv"]
            # Not strictly: then columns are found by their place, and not by a name that a template can have.
            rows = table.iterdicts(strict=False)
            while some := list(islice(rows, _ROWS)):
                columns = [pa.array([_text(row[name]) for row in some], pa.string()) for name in names]
                yield pa.RecordBatch.from_arrays(columns, schema=text_schema(cube))
        except _WRONG as error:
            raise UnreadableError(words_of(error)) from error


def _refuse_unbounded(folder: Path) -> None:
    """Raise UnreadableError for a description, changed by somebody, that csvw could read without end."""
    place = Place(folder, PATH)
    try:
        values = csvw_document.read(place)
    except InputError as error:
        raise UnreadableError(str(error)) from error
    if found := csvw_document.unmatched(values):
        raise UnreadableError(f"the format of {found[0]:.200} could take time without bounds")


def _text(value: Any) -> str | None:
    """Return a value as its text; a number has the digits that it was read with."""
    return None if value is None else format(value, "f") if hasattr(value, "as_tuple") else str(value)


# Measured on two cores: csvw reads some 20,000 observations a second.
READERS = (Reader("csvw", "data/{cube}.csv", "csvw", read, 200_000, kind="full", needs=("csv",), requires="csvw"),)
