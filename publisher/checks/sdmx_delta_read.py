"""The deltas of a cube read as orders to a store: action, key, and what else stands in a row, all as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.reader import UnreadableError, words_of
from publisher.model import TIME_PERIOD, Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa
    from lxml.etree import _Element

ReadOrders = Callable[[Path, Cube, Dataset], Iterator["pa.RecordBatch"]]

ACTION = "ACTION"
_ROWS = 8_192
_ACTIONS = {"Replace": "R", "Delete": "D"}
_NAMESPACE = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"
_DATA_SET = f"{{{_NAMESPACE}/message}}DataSet"
_DATA = f"{{{_NAMESPACE}/data/structurespecific}}"


def order_columns(cube: Cube) -> tuple[str, ...]:
    """Return what an order says: its action, then every component."""
    return (ACTION, *cube.columns, *(attribute.id for attribute in cube.series_attributes))


def write_orders(path: Path, cube: Cube, batches: Iterable[pa.RecordBatch]) -> None:
    """Keep orders in a Parquet file, with the number of each as ``nth``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = order_columns(cube)
    schema = pa.schema([*(pa.field(column, pa.string()) for column in columns), pa.field("nth", pa.int64())])
    row = 0
    with pq.ParquetWriter(path, schema, compression="lz4") as writer:
        for batch in batches:
            numbers = pa.array(range(row, row + batch.num_rows), pa.int64())
            row += batch.num_rows
            writer.write_batch(pa.RecordBatch.from_arrays([*(batch[name] for name in columns), numbers], schema=schema))


def read_csv(path: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Read ``delta-2.0.csv``; raises UnreadableError for other columns, another structure or another action."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv

    columns = ["STRUCTURE", "STRUCTURE_ID", *order_columns(cube)]
    expected = {
        "STRUCTURE": ["dataflow"],
        "STRUCTURE_ID": [f"{dataset.names.agency}:{dataset.names.dataflow(cube.id)}({dataset.names.version})"],
        ACTION: list(_ACTIONS.values()),
    }
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
                for column, values in expected.items():
                    known = pc.is_in(batch[column], pa.array(values))
                    if known.false_count:
                        value = batch[column][pc.index(known, False).as_py()].as_py()
                        raise UnreadableError(f"{column} is {value!r}, not {' or '.join(values)}")
                yield batch
    except (OSError, pa.ArrowException) as error:
        raise UnreadableError(words_of(error)) from error


def read_xml(path: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Read ``delta-3.0.xml`` as a stream.

    A data set without series, or a series without observations, is an order of less than a key.
    Raises UnreadableError where it is no such message, or of another dataflow.
    """
    from itertools import islice

    import pyarrow as pa
    from lxml import etree

    columns = order_columns(cube)
    schema = pa.schema([pa.field(column, pa.string()) for column in columns])
    orders = _orders(path, dataset.names.dataflow(cube.id), frozenset(columns))
    try:
        while block := list(islice(orders, _ROWS)):
            yield pa.RecordBatch.from_pylist(block, schema)
    except (OSError, etree.LxmlError) as error:
        raise UnreadableError(words_of(error)) from error


def _orders(path: Path, dataflow: str, known: frozenset[str]) -> Iterator[dict[str, Any]]:
    from lxml import etree

    rows, before, action = 0, 0, ""
    series: dict[str, str] | None = None
    for event, element in etree.iterparse(str(path), events=("start", "end"), resolve_entities=False):
        said = dict(element.attrib)
        if element.tag == _DATA_SET and event == "start":
            action, series, rows = _action(said, dataflow), None, 0
        elif element.tag == _DATA_SET:
            if not rows:
                yield {ACTION: action}
            element.clear()
        elif element.tag == "Series" and event == "start":
            series = {ACTION: action, **_components(said, known - {TIME_PERIOD})}
            before = rows
        elif element.tag == "Series":
            if rows == before:
                rows += 1
                yield _opened(series, element)
            series = None
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
        elif element.tag == "Obs" and event == "end":
            rows += 1
            yield {**_opened(series, element), **_components(said, known)}


def _opened(series: dict[str, str] | None, element: _Element) -> dict[str, str]:
    """Return the series that an observation stands in; UnreadableError where it stands in none."""
    if series is None:
        raise UnreadableError(f"line {element.sourceline}: an observation stands in no series")
    return series


def _action(said: dict[str, str], dataflow: str) -> str:
    """Return the letter of a data set's action."""
    if said.get(f"{_DATA}structureRef") != dataflow:
        raise UnreadableError(f"a data set of {said.get(f'{_DATA}structureRef')}, not of {dataflow}")
    word = said.get(f"{_DATA}action", "no action")
    if word not in _ACTIONS:
        raise UnreadableError(f"a data set of {word}, not of {' or '.join(_ACTIONS)}")
    return _ACTIONS[word]


def _components(said: dict[str, str], known: frozenset[str]) -> dict[str, str]:
    if strange := sorted(said.keys() - known):
        raise UnreadableError(f"{strange[0]} is no component")
    return said
