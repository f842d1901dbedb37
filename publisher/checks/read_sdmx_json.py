"""The SDMX-JSON data of a release read back: as any JSON, and above a limit line by line.

No program of others was found that reads SDMX-JSON 1.0; npm's sdmx-json-parser, which reads 2.0, is
no Python package: tests run it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.reader import Reader, UnreadableError
from publisher.checks.sdmx1_common import text_batches
from publisher.checks.sdmx_json_head import NUMBERS, Digits, Doubled, Lists, items, parse, series_of
from publisher.checks.sdmx_json_lines import read_lines
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

_PATH = "sdmx/{{cube}}/data-{}.json"

# What is read in about a second.
_MOST_ROWS = 25_000


def by_json(number: str, folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Read a message as JSON, however it is laid out in lines."""
    path = folder / _PATH.format(number).format(cube=cube.id)
    try:
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path.name}: {error}") from error
    lists, series = series_of(parse(text), cube, dataset, number)
    return text_batches(_observations(cube, lists, series), cube)


def by_lines(number: str, folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Read a message line by line."""
    return read_lines(folder / _PATH.format(number).format(cube=cube.id), cube, dataset, number)


def _observations(cube: Cube, lists: Lists, series: Any) -> Iterator[list[str | None]]:
    """Yield the observations of a data set as text, one item for each column."""
    dimensions = [_Places(name, values) for name, values in zip(cube.key_ids, lists.dimensions, strict=True)]
    attributes = [_Places(name, values) for name, values in lists.attributes.items()]
    for key, content in items(series):
        codes = _codes(key, dimensions[:-1], f"series {key}")
        if _names(content) != {"attributes", "observations"} or not isinstance(content["observations"], dict):
            raise UnreadableError(f"series {key} does not consist of attributes and observations")
        if content["attributes"] != ["0"] * len(cube.series_attributes):
            raise UnreadableError(f"series {key}: attributes are {content['attributes']}, 0 expected for each")
        for place, cells in items(content["observations"]):
            period = dimensions[-1].value(place, f"series {key}, observation {place}")
            named = f"the observation {'.'.join((*codes, period))}"
            if not isinstance(cells, list) or len(cells) != 1 + len(attributes):
                raise UnreadableError(f"{named} is no list of {1 + len(attributes)} cells")
            said = {each.name: each.attribute(cell, named) for each, cell in zip(attributes, cells[1:], strict=True)}
            yield [*codes, period, _value(cells[0], cube, named), *(said.get(name) for name in cube.attribute_ids)]


class _Places:
    """The values of a component by the places that the data have for them."""

    def __init__(self, name: str, values: tuple[str, ...]) -> None:
        self.name = name
        self._values = {str(place): value for place, value in enumerate(values)}

    def value(self, place: str, named: str) -> str:
        """Return the value at a place; UnreadableError where the list has none there."""
        if (value := self._values.get(place)) is None:
            raise UnreadableError(f"{named} has a place that is none of the {len(self._values)} values of {self.name}")
        return value

    def attribute(self, cell: Any, named: str) -> str | None:
        """Return the value of an attribute's cell, which is a number or null."""
        if cell is None:
            return None
        if not isinstance(cell, Digits):
            raise UnreadableError(f"{named}: a cell is no place of {self.name}")
        return self.value(cell, named)


def _names(value: Any) -> set[str]:
    """Return the names in an object, each of which stands once; nothing for what is none."""
    return set(value) if isinstance(value, dict) and not isinstance(value, Doubled) else set()


def _codes(key: str, dimensions: list[_Places], named: str) -> list[str]:
    """Return the codes that the places in a key stand for."""
    places = key.split(":")
    if len(places) != len(dimensions):
        raise UnreadableError(f"{named} has {len(places)} places, {len(dimensions)} expected")
    return [dimension.value(place, named) for place, dimension in zip(places, dimensions, strict=True)]


def _value(cell: Any, cube: Cube, named: str) -> str | None:
    """Return a value as its digits: nothing where suppressed, an empty text where absent."""
    if cell is None:
        return ""
    if isinstance(cell, Digits):
        return str(cell)
    if cell == "NaN":
        return None
    raise UnreadableError(f'{named}: {cube.measure.id} is neither a number nor "NaN"')


READERS: tuple[Reader, ...] = tuple(
    Reader(
        "sdmx-json",
        _PATH.format(number),
        "publisher",
        partial(by_json, number),
        _MOST_ROWS,
        partial(by_lines, number),
    )
    for number in NUMBERS
)
