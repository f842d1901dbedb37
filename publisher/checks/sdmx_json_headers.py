"""SDMX-JSON data but for its series, compared whole with what the model, the edition and the observations say.

What a message must say is spelled here from the model alone; every property is compared, so that
one which is absent, another or one too many is found. Which values of attributes are used, only the
file says: the readers compare them with the observations.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from publisher import periods
from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.held import Held, held
from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_json_head import NUMBERS
from publisher.checks.sdmx_json_lines import with_first_series
from publisher.errors import Finding
from publisher.model import Codelist, Concept, Cube, Dimension, Text
from publisher.naming import CODE_PATTERN

RULE = "sdmx-header"

# What is read whole in about a second.
_MOST_ROWS = 25_000
_MOST_FINDINGS = 20
_SCHEMA = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/{}"
_FOLDERS = {"1.0": "1.0", "2.0": "2.0.0"}


def run(subject: Subject) -> Outcome:
    """Compare every message, but for its series, with what it must say."""
    return _compare(subject, _whole)


def run_on_openings(subject: Subject) -> Outcome:
    """Compare every message as far as its first series, and its end; the reader by lines refuses anything between."""
    return _compare(subject, with_first_series)


def _whole(path: Path) -> str:
    return path.read_bytes().decode()


def _compare(subject: Subject, text_of: Callable[[Path], str]) -> Outcome:
    findings: list[Finding] = []
    count = 0
    for name, observations in subject.observations.items():
        paths = {number: f"sdmx/{name}/data-{number}.json" for number in NUMBERS}
        covered = held(observations) if observations.rows else None
        for number, path in paths.items():
            if path not in subject.files:
                continue  # the check of the schemas says so
            count += 1
            faults = _faults(subject, observations.cube, covered, number, text_of, subject.folder / path)
            findings += (Finding(RULE, fault, file=path, cube=name) for fault in islice(faults, _MOST_FINDINGS))
    return Outcome(tuple(findings), f"{count} files")


def _faults(
    subject: Subject, cube: Cube, covered: Held | None, number: str, text_of: Callable[[Path], str], path: Path
) -> Iterator[str]:
    """Yield where a message says something else, less or more."""
    try:
        found = json.loads(text_of(path), object_pairs_hook=_once)
    except (UnreadableError, OSError, ValueError, RecursionError) as error:
        yield f"cannot be read: {error}"
        return
    try:
        data = found["data"]
        structure = data["structure"] if number == "1.0" else data["structures"][0]
        data["dataSets"][0]["series"] = {}
        used = {part["id"]: _said_values(part) for part in structure["attributes"]["observation"]}
    except (LookupError, TypeError) as error:
        yield f"is not built like a data message: {type(error).__name__}: {error}"
        return
    yield from _differences(found, _message(subject, cube, covered, number, used), "")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; one in which a property stands twice has it under another name too."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name if name not in found else f"{name} (again)"] = value
    return found


def _said_values(part: Any) -> list[str]:
    return [str(value["id"] if "id" in value else value["name"]) for value in part["values"]]


def _differences(found: Any, wanted: Any, place: str) -> Iterator[str]:
    """Yield what is missing, not expected or not the same; types count, so that 0 is not false."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for name in dict.fromkeys((*wanted, *found)):
            below = f"{place} / {name}" if place else name
            if name not in found:
                yield f"{below} is missing, {_shown(wanted[name])} expected"
            elif name not in wanted:
                yield f"{below} is not expected: {_shown(found[name])}"
            else:
                yield from _differences(found[name], wanted[name], below)
    elif isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        for position, (one, other) in enumerate(zip(found, wanted, strict=True)):
            called = other["id"] if isinstance(other, dict) and "id" in other else position
            yield from _differences(one, other, f"{place} / {called}")
    elif _shown(found, None) != _shown(wanted, None):
        yield f"{place} is {_shown(found)}, {_shown(wanted)} expected"


def _shown(value: Any, most: int | None = 200) -> str:
    return json.dumps(value, ensure_ascii=False)[:most]


def _message(
    subject: Subject, cube: Cube, covered: Held | None, number: str, used: dict[str, list[str]]
) -> dict[str, Any]:
    """Return a whole message without series; ``used`` are the values of attributes that the file lists."""
    names = subject.dataset.names
    flow = {"rel": "dataflow", "urn": names.urn("datastructure.Dataflow", names.dataflow(cube.id))}
    key = {"rel": "structure", "urn": names.urn("datastructure.DataStructure", names.dsd(cube.id))}
    structure = {"links": [flow, key], **_words(cube.title, cube.description)}
    structure |= _components(cube, covered, number, used)
    data_set: dict[str, Any] = {"action": "Replace", "links": [flow], "series": {}}
    if covered is not None:
        data_set |= {"reportingBegin": str(covered.begin), "reportingEnd": str(covered.end)}
    sender = {"id": names.agency, **_words(subject.dataset.publisher.name)}
    spoken = (*subject.dataset.languages, *_languages(sender), *_languages(structure))
    meta = {
        "schema": f"{_SCHEMA.format(_FOLDERS[number])}/sdmx-json-data-schema.json",
        "id": f"{names.structure_id(cube.id)}_{subject.edition.id}",
        "test": False,
        "prepared": subject.edition.timestamp,
        "contentLanguages": list(dict.fromkeys(language.lower() for language in spoken)),
        "sender": sender,
    }
    if number == "1.0":
        return {"meta": meta, "data": {"structure": structure, "dataSets": [data_set]}}
    structure["dataSets"], data_set["structure"] = [0], 0
    return {"meta": meta, "data": {"structures": [structure], "dataSets": [data_set]}}


def _components(cube: Cube, covered: Held | None, number: str, used: dict[str, list[str]]) -> dict[str, Any]:
    """Return dimensions, measure and attributes; a message without observations has none of them."""
    dimensions, constant, varying, measures = [], [], [], []
    if covered is not None:
        each: dict[str, Any] = {"primaryMeasure": cube.measure.id} if number == "1.0" else {"observation": {}}
        key = {"dimensions": [dimension.id for dimension in cube.dimensions if not dimension.is_time]}
        dimensions = [
            _described(dimension.concept) | {"keyPosition": position, "values": _dimension_values(dimension, covered)}
            for position, dimension in enumerate(cube.dimensions)
        ]
        constant = [_attribute(one.concept, True, [one.value], key, number) for one in cube.series_attributes]
        varying = [
            _attribute(one.concept, one.required, used[one.id], each, number)
            for one in cube.attributes
            if one.id in used
        ]
        measures = [_described(cube.measure.concept) | {"format": {"dataType": "Double"}}]
    return {
        "dimensions": {"dataSet": [], "series": dimensions[:-1], "observation": dimensions[-1:]},
        **({} if number == "1.0" else {"measures": {"observation": measures}}),
        "attributes": {"dataSet": [], "series": constant, "observation": varying},
    }


def _dimension_values(dimension: Dimension, covered: Held) -> list[dict[str, Any]]:
    """Return the codes that there are, each with its place in its list, or the periods with their days."""
    codelist = dimension.codelist
    if codelist is None:
        return [_period(period) for period in sorted(covered.periods)]
    found = []
    for order, code in enumerate(codelist.codes):
        if code.id in covered.codes[dimension.id]:
            parent = {} if code.parent is None else {"parent": code.parent}
            found.append(_code(codelist, code.id) | parent | {"order": order})
    return found


def _period(period: str) -> dict[str, Any]:
    frequency = next(each for each in periods.FREQUENCIES if periods.belongs(each, period))
    first, last = periods.bounds(frequency, period)
    return {"id": period, "name": period, "start": f"{first}T00:00:00Z", "end": f"{last}T23:59:59Z"}


def _attribute(
    concept: Concept, required: bool, values: list[str], related: dict[str, Any], number: str
) -> dict[str, Any]:
    found = _described(concept) | {"relationship": related}
    is_text = concept.data_type == "string"
    if number != "1.0":
        found |= {"isMandatory": required} | ({"format": {"dataType": "String"}} if is_text else {})
    if concept.codelist is not None:
        return found | {"values": [_code(concept.codelist, value) for value in values]}
    spelled = "value" if number != "1.0" else "name"
    return found | {
        "values": [
            {"id" if not is_text and CODE_PATTERN.fullmatch(value) else spelled: value, "name": value}
            for value in values
        ]
    }


def _described(concept: Concept) -> dict[str, Any]:
    return {"id": concept.id, **_words(concept.name, concept.description)}


def _code(codelist: Codelist, code: str) -> dict[str, Any]:
    """Return a code with its words; one that the list does not have has none."""
    if code not in codelist:
        return {"id": code}
    return {"id": code, **_words(codelist[code].name, codelist[code].description)}


def _words(name: Text, description: Text | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"name": str(name), "names": dict(name)}
    if description is not None:
        found |= {"description": str(description), "descriptions": dict(description)}
    return found


def _languages(value: Any) -> Iterator[str]:
    """Yield the languages of all words in a part of a message, in the order in which they stand."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from inner if name in ("names", "descriptions") else _languages(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _languages(inner)


CHECKS = (
    Check(
        "SDMX-JSON headers",
        "publisher",
        "fast",
        run,
        most_rows=_MOST_ROWS,
        twin=run_on_openings,
        needs=("sdmx-json",),
        files=tuple(f"sdmx/<cube>/data-{number}.json" for number in NUMBERS),
    ),
)
