"""What an SDMX-JSON data message says beside its series, compared with the model; answers with its lists of values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from publisher.checks.reader import UnreadableError
from publisher.model import Codelist, Concept, Cube, Dataset, Text

NUMBERS = ("1.0", "2.0")


class Digits(str):
    """A number as the file spells it; a text of the file is a plain ``str``."""

    __slots__ = ()


class Doubled(dict[str, Any]):
    """An object in which a name stands twice, as JSON forbids; ``pairs`` are all of them."""

    pairs: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Lists:
    """The values that places in the data refer to.

    ``dimensions`` holds a list for each dimension in the order of the DSD, ``attributes`` one for
    each attribute at observation level that the message uses.
    """

    dimensions: tuple[tuple[str, ...], ...]
    attributes: Mapping[str, tuple[str, ...]]


def parse(text: str) -> Any:
    """Return the values of a JSON text, numbers as their digits; UnreadableError where it is none."""
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_int=Digits, parse_float=Digits, parse_constant=_no_number
        )
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"is no JSON: {error}") from error


def _no_number(word: str) -> Any:
    raise UnreadableError(f"is no JSON: the number {word}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = Doubled(found)
    doubled.pairs = tuple(pairs)
    return doubled


def items(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the names and values of an object, also where a name stands twice."""
    yield from value.pairs if isinstance(value, Doubled) else value.items()


def series_of(message: Any, cube: Cube, dataset: Dataset, number: str) -> tuple[Lists, dict[str, Any]]:
    """Return the lists of a message and its series; UnreadableError where it is another message, or says otherwise."""
    try:
        return _read(message, cube, dataset, number)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise UnreadableError(f"is not built like a data message: {type(error).__name__}: {error}") from error


def _read(message: Any, cube: Cube, dataset: Dataset, number: str) -> tuple[Lists, dict[str, Any]]:
    meta, data = message["meta"], message["data"]
    _same("sender", meta["sender"]["id"], dataset.names.agency)
    _words("sender", meta["sender"], dataset.publisher.name)
    _same("version of the schema", f"schemas/{number}" in meta["schema"], True)
    (data_set,) = data["dataSets"]
    if number == "1.0":
        structure = data["structure"]
    else:
        (structure,) = data["structures"]
        _same("structure of the data set", data_set["structure"], "0")
    names = dataset.names
    flow = names.urn("datastructure.Dataflow", names.dataflow(cube.id))
    for place, link in (("structure", structure["links"][0]), ("data set", data_set["links"][0])):
        _same(f"first link of the {place}", link["urn"], flow)
    _same("action", data_set["action"], "Replace")
    _words("structure", structure, cube.title, cube.description)
    series = data_set["series"]
    if not isinstance(series, dict):
        raise UnreadableError("the data set has no series")
    return _lists(structure, cube, number, empty=not series), series


def _lists(structure: Any, cube: Cube, number: str, empty: bool) -> Lists:
    """Return the values of each component; a message without observations uses none."""
    levels = structure["dimensions"]
    _same("dimensions of the data set", levels["dataSet"], [])
    parts = [*levels["series"], *levels["observation"]]
    attributes = structure["attributes"]
    _same("attributes of the data set", attributes["dataSet"], [])
    if empty and not parts:
        return Lists(((),) * len(cube.dimensions), {})
    _same("dimensions", [part["id"] for part in parts], list(cube.key_ids))
    _same("dimensions of observations", len(levels["observation"]), 1)
    _same("positions of dimensions", [part["keyPosition"] for part in parts], [str(n) for n in range(len(parts))])
    if number != "1.0":
        _same("measures", [part["id"] for part in structure["measures"]["observation"]], [cube.measure.id])
        measure = cube.measure.concept
        _words(measure.id, structure["measures"]["observation"][0], measure.name, measure.description)
    concepts = [dimension.concept for dimension in cube.dimensions]
    dimensions = tuple(_values(part, concept) for part, concept in zip(parts, concepts, strict=True))
    constant = {attribute.id: attribute for attribute in cube.series_attributes}
    _same("attributes of series", [part["id"] for part in attributes["series"]], list(constant))
    for part in attributes["series"]:
        attribute = constant[part["id"]]
        _same(f"{attribute.id} of every series", _values(part, attribute.concept), (attribute.value,))
    varying = {attribute.id: attribute.concept for attribute in cube.attributes}
    used = [part["id"] for part in attributes["observation"]]
    _same("attributes of observations", used, [name for name in varying if name in used])
    return Lists(dimensions, {part["id"]: _values(part, varying[part["id"]]) for part in attributes["observation"]})


def _values(part: Any, concept: Concept) -> tuple[str, ...]:
    """Return the values of a component; their names must be the model's, each in its own language."""
    _words(concept.id, part, concept.name, concept.description)
    values = tuple(_value(concept, value) for value in part["values"])
    if len(set(values)) != len(values):
        raise UnreadableError(f"{concept.id} lists a value twice")
    for value, said in zip(values, part["values"], strict=True):
        if concept.codelist is not None:
            _code(concept.codelist, value, said)
    return values


def _value(concept: Concept, said: Any) -> str:
    """Return a value as text: free text has no id, nor has a number or a period that can be none."""
    if concept.codelist is not None or concept.data_type != "string" and "id" in said:
        return str(said["id"])
    return str(said["value"] if "value" in said else said["name"])


def _code(codelist: Codelist, code: str, said: Any) -> None:
    if code not in codelist:
        raise UnreadableError(f"'{code}' is not in {codelist.id}")
    _words(f"{codelist.id}.{code}", said, codelist[code].name, codelist[code].description)
    _same(f"parent of {codelist.id}.{code}", said.get("parent", codelist[code].parent), codelist[code].parent)


def _words(place: str, said: Any, name: Text, description: Text | None = None) -> None:
    """Refuse words that are not the model's, or stand under another language."""
    for word, text in (("name", name), ("description", description)):
        found = said.get(f"{word}s", {})
        expected = dict(text or ())
        for language in dict.fromkeys((*expected, *found)):
            _same(f"{word} of {place} in '{language}'", found.get(language), expected.get(language))
        _same(f"{word} of {place}", said.get(word), None if text is None else str(text))


def _same(place: str, found: object, expected: object) -> None:
    if found != expected:
        raise UnreadableError(f"{place} is {_shown(found)}, {_shown(expected)} expected")


def _shown(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
