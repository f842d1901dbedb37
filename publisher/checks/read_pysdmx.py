"""SDMX data read back by pysdmx, in ``validate --full`` and where it is installed.

It is the one other program that reads SDMX-ML 3.1, SDMX-CSV 1.0 and 2.1, and a second one for the rest.
Two habits of it are met before it reads (docs/interop.md): it guesses numbers in columns of CSV, so a
last line of words is put there, and taken away again; and it stops at a dataflow with ``URN`` or ``Ref``
in its id, so the dataflow goes by another name while it reads.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.reader import Reader, UnreadableError, words_of
from publisher.columns import key_texts, text_schema
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

# What it reads in about ten seconds, and well within the memory of a small machine.
_MOST_ROWS = 200_000
_FILES = (
    ("sdmx-ml", "data-2.1.xml"),
    ("sdmx-generic", "data-2.1-generic.xml"),
    ("sdmx-ml", "data-3.0.xml"),
    ("sdmx-ml", "data-3.1.xml"),
    ("sdmx-csv", "data-1.0.csv"),
    ("sdmx-csv", "data-2.0.csv"),
    ("sdmx-csv", "data-2.1.csv"),
)
_LEAD = ("DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "ACTION")
_WORD = "-word-"
_OTHER_NAME = "A:B(1.0)"


def by_pysdmx(file: str, folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Read a data file of a cube with pysdmx, without structures."""
    flow = f"{dataset.names.agency}:{dataset.names.dataflow(cube.id)}({dataset.names.version})"
    try:
        with (folder / "sdmx" / cube.id / file).open(encoding="utf-8", newline="") as stream:
            text = stream.read()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{file}: {error}") from error
    is_csv = file.endswith(".csv")
    if is_csv:
        text += _words(text)
    elif file.startswith("data-3") and ("URN" in flow or "Ref" in flow):
        header, end, rest = text.partition("</message:Header>")
        text = header.replace(flow, _OTHER_NAME) + end + rest
        flow = _OTHER_NAME
    data = _one_data_set(text, flow, None if file == "data-1.0.csv" else "Replace")
    batch = _batch(data, cube)
    return iter([batch[:-1]] if is_csv else [batch])


def _words(text: str) -> str:
    """Return a last line for a CSV file, all words but for what every line must have alike."""
    try:
        lines = csv.reader(StringIO(text, newline=""))
        header, first = next(lines), next(lines)
    except (csv.Error, StopIteration) as error:
        raise UnreadableError("no header and no line after it") from error
    alike = dict(zip(header, first, strict=False))
    return ",".join(alike.get(column, "") if column in _LEAD else _WORD for column in header) + "\n"


def _one_data_set(text: str, flow: str, action: str | None) -> Any:
    """Return the table of the one data set of a message; UnreadableError in pysdmx's words where there is none."""
    from xml.parsers.expat import ExpatError

    try:
        from pysdmx.errors import PysdmxError
        from pysdmx.io import read_sdmx
    except ImportError as error:
        raise UnreadableError("pysdmx is not installed") from error
    # An ImportError is one of its extras that is missing, data or xml; pandas' own are of ValueError.
    faults = (
        PysdmxError, ExpatError, ImportError, KeyError, ValueError, TypeError, AttributeError, IndexError,
    )  # fmt: skip
    try:
        found: Any = read_sdmx(text, validate=False).data
    except faults as error:
        raise UnreadableError(f"{type(error).__name__}: {words_of(error)}") from error
    if len(found) != 1 or found[0].structure != f"Dataflow={flow}":
        names = ", ".join(str(data.structure) for data in found)
        raise UnreadableError(f"{len(found)} data sets, of {names}: one of Dataflow={flow} expected")
    if action is not None and found[0].action.value != action:
        raise UnreadableError(f"the action is {found[0].action.value}, not {action}")
    return found[0].data


def _batch(table: Any, cube: Cube) -> pa.RecordBatch:
    """Return the published columns of a table; refuse others, and a series attribute that is not the cube's."""
    import pyarrow as pa
    import pyarrow.compute as pc

    constant = {attribute.id: attribute.value for attribute in cube.series_attributes}
    if strange := [str(name) for name in table.columns if name not in (*cube.columns, *constant)]:
        raise UnreadableError(f"there is no component {', '.join(strange)}")
    found = {name: pa.array(table[name], pa.string(), from_pandas=True) for name in table.columns}
    nothing = pa.nulls(len(table), pa.string())
    value = found.get(cube.measure.id, nothing)
    columns = {name: _filled(found.get(name, nothing)) for name in cube.columns}
    # An absent value is not a suppressed one.
    columns[cube.measure.id] = pc.if_else(pc.equal(pc.fill_null(value, ""), "NaN"), None, pc.fill_null(value, ""))
    batch = pa.record_batch(list(columns.values()), schema=text_schema(cube))
    for name, expected in constant.items():
        cells = pc.fill_null(found.get(name, nothing), "")
        other = pc.and_(pc.not_equal(cells, expected), pc.not_equal(cells, _WORD))
        if other.true_count:
            index = pc.index(other, True).as_py()
            key = key_texts(batch.slice(index, 1), cube)[0].as_py()
            raise UnreadableError(f"{key}: {name} is {cells[index].as_py()!r}, not {expected!r}")
    return batch


def _filled(column: pa.StringArray) -> pa.StringArray:
    """Return a column in which an empty text is none: in CSV nothing tells them apart."""
    import pyarrow.compute as pc

    return pc.if_else(pc.equal(column, ""), None, column)


READERS: tuple[Reader, ...] = tuple(
    Reader(
        format,
        f"sdmx/{{cube}}/{file}",
        "pysdmx",
        partial(by_pysdmx, file),
        _MOST_ROWS,
        kind="full",
        requires="pysdmx",
    )
    for format, file in _FILES
)
