"""The SDMX data of a release read back: by sdmx1 with its structures, and above its limit by plain parsers.

sdmx1 keeps values, periods and attributes as the text of the file, so nothing here turns a number
into text. An absent value is not a suppressed one (that is ``NaN``): it comes back as empty text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.reader import Reader, UnreadableError
from publisher.checks.sdmx_lines import read_lines
from publisher.columns import key_texts, text_schema
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

STRUCTURE = "sdmx/structure-2.1.xml"
_ML = "sdmx/{cube}/data-2.1.xml"
_CSV = "sdmx/{cube}/data-2.0.csv"

_ROWS = 8_192
# What sdmx1 reads in about three seconds.
_MOST_ROWS_ML = 30_000
_MOST_ROWS_CSV = 10_000


# sdmx1


def read_structure(folder: Path) -> Any:
    """Return sdmx1's message of a release's structures, read once; UnreadableError where it cannot."""
    path = folder / STRUCTURE
    try:
        status = path.stat()
    except OSError as error:
        raise UnreadableError(f"{STRUCTURE}: {error.strerror}") from error
    return _structure(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=2)
def _structure(path: Path, _changed: int, _size: int) -> Any:
    return _sdmx1(path)


def _sdmx1(data: Any, **options: Any) -> Any:
    """Let sdmx1 read a file or convert a table; UnreadableError with its own words where it cannot."""
    # Once it has read a 2.1 file, sdmx1 fails at every 3.0 file unless this was imported first.
    import sdmx.reader.xml.v30  # noqa: F401  # isort: skip
    import sdmx
    from lxml import etree
    from sdmx.exceptions import XMLParseError

    faults = (
        XMLParseError, etree.LxmlError, OSError, KeyError, ValueError, TypeError, AttributeError, AssertionError,
        IndexError, RuntimeError, NotImplementedError,
    )  # fmt: skip
    try:
        return sdmx.read_sdmx(data, **options) if isinstance(data, Path) else sdmx.to_sdmx(data, **options)
    except faults as error:
        raise UnreadableError(f"{type(error).__name__}: {' '.join(str(error).split())}") from error


def _find(collection: Any, artefact: str) -> Any:
    try:
        return collection[artefact]
    except KeyError as error:
        raise UnreadableError(f"{STRUCTURE} has no {artefact}") from error


def ml_by_sdmx1(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Read ``data-2.1.xml`` with sdmx1 and the cube's DSD."""
    dsd = _find(read_structure(folder).structure, dataset.names.dsd(cube.id))
    message = _sdmx1(folder / _ML.format(cube=cube.id), structure=dsd)
    flow = dataset.names.dataflow(cube.id)
    if message.dataflow.id != flow or len(message.data) != 1:
        raise UnreadableError(
            f"{len(message.data)} data sets of dataflow {message.dataflow.id}: one of {flow} expected"
        )
    return _batches((_texts(cube, observation) for observation in message.data[0].obs), cube)


def csv_by_sdmx1(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Read ``data-2.0.csv`` with sdmx1 and the cube's dataflow, a block of lines at a time.

    The lines are split here, because sdmx1 splits text at every line break, also within quotes.
    """
    import pandas as pd

    flow = _find(read_structure(folder).dataflow, dataset.names.dataflow(cube.id))
    expected = f"{dataset.names.agency}:{flow.id}({dataset.names.version})"
    with _opened(folder / _CSV.format(cube=cube.id)) as stream:
        records = _records(stream)
        header = next(records, None)
        if header is None:
            raise UnreadableError("the file is empty")
        _sdmx1(pd.DataFrame([], columns=header, dtype=object), structure=flow)
        while block := list(islice(records, _ROWS)):
            for record in block:
                if len(record) != len(header) or record[1] != expected:
                    raise UnreadableError(f"not a line of {expected}: {record!r:.200}")
            message = _sdmx1(pd.DataFrame(block, columns=header, dtype=object), structure=flow)
            if [data.action and data.action.name for data in message.data] != ["replace"]:
                raise UnreadableError("the action is not R in every line")
            yield from _batches((_texts(cube, observation) for observation in message.data[0].obs), cube)


def _opened(path: Path) -> Any:
    try:
        return path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise UnreadableError(f"{path.name}: {error.strerror}") from error


def _records(stream: Iterable[str]) -> Iterator[list[str]]:
    """Yield the records of a CSV file."""
    try:
        yield from csv.reader(stream, strict=True)
    except (csv.Error, UnicodeDecodeError) as error:
        raise UnreadableError(str(error)) from error


def _texts(cube: Cube, observation: Any) -> list[str | None]:
    """Return an observation of sdmx1 as text, one item for each column."""
    key = {component: value.value for component, value in observation.dimension.values.items()}
    if observation.series_key is None:
        # From CSV, where an empty field says that there is none.
        said = {name: _text(value.value) or None for name, value in observation.attached_attribute.items()}
    else:
        key |= {component: value.value for component, value in observation.series_key.values.items()}
        said = {name: _text(value.value) for name, value in observation.attrib.items()}
    texts = [_text(key.get(component)) for component in cube.key_ids]
    for attribute in cube.series_attributes:
        if said.get(attribute.id) != attribute.value:
            name = ".".join(text or "" for text in texts)
            raise UnreadableError(f"{name}: {attribute.id} is {said.get(attribute.id)!r}, not {attribute.value!r}")
    value = "" if observation.value is None else str(observation.value)
    return [*texts, None if value == "NaN" else value, *(said.get(component) for component in cube.attribute_ids)]


def _text(value: Any) -> str | None:
    """Return a code or a text as sdmx1 holds it."""
    return None if value is None else str(getattr(value, "id", value))


def _batches(rows: Iterator[list[str | None]], cube: Cube) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    schema = text_schema(cube)
    while block := list(islice(rows, _ROWS)):
        columns = [pa.array(column, pa.string()) for column in zip(*block, strict=True)]
        yield pa.record_batch(columns, schema=schema)


# Plain parsers


def ml_by_lines(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Read ``data-2.1.xml`` line by line."""
    return read_lines(folder / _ML.format(cube=cube.id), cube, dataset)


def csv_by_columns(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Read ``data-2.0.csv`` with Arrow's CSV reader, every cell as text."""
    import pyarrow as pa
    import pyarrow.csv

    path = folder / _CSV.format(cube=cube.id)
    constant = {
        "STRUCTURE": "dataflow",
        "STRUCTURE_ID": f"{dataset.names.agency}:{dataset.names.dataflow(cube.id)}({dataset.names.version})",
        "ACTION": "R",
    }
    series = {attribute.id: attribute.value for attribute in cube.series_attributes}
    columns = [*constant, *cube.columns, *series]
    try:
        with pa.csv.open_csv(
            path,
            parse_options=pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        ) as reader:
            if reader.schema.names != columns:
                raise UnreadableError(f"columns are {', '.join(reader.schema.names)}, not {', '.join(columns)}")
            for batch in reader:
                _same_everywhere(batch, cube, constant | series)
                yield _table(batch, cube)
    except (OSError, pa.ArrowException) as error:
        raise UnreadableError(" ".join(str(error).split())) from error


def _same_everywhere(batch: pa.RecordBatch, cube: Cube, expected: dict[str, str]) -> None:
    """Refuse another structure, action or series attribute in any row."""
    import pyarrow.compute as pc

    for column, value in expected.items():
        other = pc.fill_null(pc.not_equal(batch[column], value), True)
        if other.true_count:
            index = pc.index(other, True).as_py()
            key = key_texts(batch.slice(index, 1), cube)[0].as_py()
            raise UnreadableError(f"{key}: {column} is {batch[column][index].as_py()!r}, not {value!r}")


def _table(batch: pa.RecordBatch, cube: Cube) -> pa.RecordBatch:
    import pyarrow as pa
    import pyarrow.compute as pc

    value = pc.fill_null(batch[cube.measure.id], "")
    value = pc.if_else(pc.equal(value, "NaN"), pa.scalar(None, pa.string()), value)
    columns = [value if column == cube.measure.id else batch[column] for column in cube.columns]
    return pa.record_batch(columns, schema=text_schema(cube))


READERS: tuple[Reader, ...] = (
    Reader("sdmx-ml", _ML, "sdmx1", ml_by_sdmx1, _MOST_ROWS_ML, ml_by_lines, needs=("sdmx-structure",)),
    Reader("sdmx-csv", _CSV, "sdmx1", csv_by_sdmx1, _MOST_ROWS_CSV, csv_by_columns, needs=("sdmx-structure",)),
)
