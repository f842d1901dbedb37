"""A JSON-stat file taken apart: its dimensions, and of each cell the value, the status and the further attributes.

Whatever is not built so is refused before anything as large as the file says is made. What a file says is never
repeated in a message: it may be a hidden value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from publisher.checks.reader import UnreadableError
from publisher.model import OBS_STATUS, Attribute, Cube

_MOST_BYTES = 1 << 29
# Far more than any file within the format's limit has; each takes some hundred bytes when read.
_MOST_VALUES = 10_000_000
_PLACE = re.compile("0|[1-9][0-9]{0,8}")


class Digits(str):
    """A number as the file spells it; a text of the file is a plain ``str``."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a file: ``document`` is all of it, numbers as their digits, with the sizes as whole numbers.

    ``codes`` are those of each dimension in the order of the file, the measure's among them; ``values`` are the digits
    of every cell, None where there are none. ``attributes`` hold by attribute what is said of a cell, by its number,
    and ``usual`` what holds of every other cell that there is.
    """

    document: Mapping[str, Any]
    codes: Mapping[str, tuple[str, ...]]
    values: tuple[str | None, ...]
    attributes: Mapping[str, Mapping[int, str | None]]
    usual: Mapping[str, str]

    @property
    def there(self) -> tuple[int, ...]:
        """The numbers of the cells that there are: with a value, or of which something is said."""
        said = {place for cells in self.attributes.values() for place in cells}
        return tuple(place for place, value in enumerate(self.values) if value is not None or place in said)

    def attribute(self, component: str, places: tuple[int, ...]) -> list[str | None]:
        """Return an attribute of some cells."""
        cells, usual = self.attributes[component], self.usual.get(component)
        return [cells.get(place, usual) for place in places]


def read_cells(path: Path, cube: Cube) -> Cells:
    """Read a file of a cube; UnreadableError where it is none."""
    document = parse(path)
    if document.get("class") != "dataset" or document.get("version") != "2.0":
        raise UnreadableError("is no data set of JSON-stat 2.0, by its class and version")
    codes = _dimensions(document, cube)
    size = [_whole(number, "size") for number in _list(document.get("size"), "size")]
    if size != [len(listed) for listed in codes.values()]:
        raise UnreadableError("size is not how many categories the dimensions have")
    values = _list(document.get("value"), "value")
    if len(values) != prod(size):
        raise UnreadableError(f"value has {len(values):,} cells, not as many as the dimensions make")
    if any(value is not None and type(value) is not Digits for value in values):
        raise UnreadableError("value has what is neither a number nor null")
    extension = _object(document.get("extension"), "extension")
    usual = _object(extension.get("default"), "extension.default")
    further = _object(extension.get("cell"), "extension.cell")
    attributes = {OBS_STATUS: _said(cube.attributes[0], _object(document.get("status"), "status"), len(values))}
    for attribute in cube.attributes[1:]:
        cells = _object(further.get(attribute.id, {}), f"extension.cell.{attribute.id}")
        attributes[attribute.id] = _said(attribute, cells, len(values))
    return Cells(
        {**document, "size": size},
        codes,
        tuple(values),
        attributes,
        {item.id: _text(item, usual[item.id]) for item in cube.attributes[1:] if item.id in usual},
    )


def parse(path: Path) -> dict[str, Any]:
    """Return the object that a file holds, numbers as their digits; UnreadableError where there is none."""
    try:
        if not path.is_file():
            raise UnreadableError("is no file")
        if path.stat().st_size > _MOST_BYTES:
            raise UnreadableError(f"has more than {_MOST_BYTES:,} bytes, too many to hold in memory")
        content = path.read_bytes()
        if sum(content.count(mark) for mark in (b",", b"[", b"{")) > _MOST_VALUES:
            raise UnreadableError(f"has more than {_MOST_VALUES:,} values, too many to hold in memory")
        found = json.loads(
            content.decode(),
            object_pairs_hook=_pairs,
            parse_int=Digits,
            parse_float=Digits,
            parse_constant=_no_number,
        )
    except OSError as error:
        raise UnreadableError(str(error.strerror)) from error
    except RecursionError as error:
        raise UnreadableError("is too deep") from error
    except UnicodeDecodeError as error:
        raise UnreadableError("is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise UnreadableError(f"is no JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    return _object(found, "what the file holds")


def _no_number(_word: str) -> Any:
    raise UnreadableError("is no JSON: NaN and infinity are no numbers there")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableError("has a name twice in one object")
    return found


def _dimensions(document: Mapping[str, Any], cube: Cube) -> dict[str, tuple[str, ...]]:
    """Return the codes of each dimension in the order of ``id``; those of a cube and its measure, each once."""
    names = _list(document.get("id"), "id")
    expected = {cube.measure.id, *cube.key_ids}
    if not all(type(name) is str for name in names) or len(names) != len(set(names)) or set(names) != expected:
        raise UnreadableError(f"id is not the dimensions {', '.join((cube.measure.id, *cube.key_ids))}")
    dimensions = _object(document.get("dimension"), "dimension")
    if dimensions.keys() != expected:
        raise UnreadableError("dimension has others than id")
    codes = {name: _index(dimensions[name], name) for name in names}
    if codes[cube.measure.id] != (cube.measure.id,):
        raise UnreadableError(f"{cube.measure.id} has another category than the measure")
    return codes


def _index(dimension: Any, name: str) -> tuple[str, ...]:
    """Return the codes of a dimension in their order, which an array gives, or an object with the place of each."""
    category = _object(_object(dimension, name).get("category"), f"{name}.category")
    index = category.get("index")
    if isinstance(index, dict):
        places = {code: _whole(place, f"{name}.category.index") for code, place in index.items()}
        index = sorted(places, key=lambda code: places[code])
        if [places[code] for code in index] != list(range(len(index))):
            raise UnreadableError(f"{name}.category.index does not count the categories from 0")
    listed = _list(index, f"{name}.category.index")
    if not all(type(code) is str for code in listed) or len(set(listed)) != len(listed):
        raise UnreadableError(f"{name}.category.index has a category twice, or one that is no text")
    return tuple(listed)


def _said(attribute: Attribute, cells: Mapping[str, Any], count: int) -> dict[int, str | None]:
    """Return what is said of cells, by their number."""
    return {place: None if said is None else _text(attribute, said) for place, said in _places(attribute, cells, count)}


def _places(attribute: Attribute, cells: Mapping[str, Any], count: int) -> Iterator[tuple[int, Any]]:
    for name, said in cells.items():
        if not _PLACE.fullmatch(name) or int(name) >= count:
            raise UnreadableError(f"{attribute.id} is said of a cell that is not there")
        yield int(name), said


def _text(attribute: Attribute, said: Any) -> str:
    """Return a value of an attribute as text: whole numbers are numbers in the file, all others texts."""
    if type(said) is not (Digits if attribute.concept.data_type == "integer" else str):
        kind = "whole number" if attribute.concept.data_type == "integer" else "text"
        raise UnreadableError(f"{attribute.id} is said of a cell, or of most, and is no {kind}")
    return str(said)


def _whole(number: Any, place: str) -> int:
    if type(number) is not Digits or not _PLACE.fullmatch(number):
        raise UnreadableError(f"{place} has what is no whole number, or one too large")
    return int(number)


def _object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnreadableError(f"{place} is no object")
    return value


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise UnreadableError(f"{place} is no array")
    return value
