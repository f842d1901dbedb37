"""SDMX-JSON data messages but for their series: meta, structure, data set, in versions 1.0 and 2.0.

Source: SDMX-JSON field guides to the data message 1.0 and 2.x (sdmx-twg/sdmx-json) and the schemas
of 1.0 and 2.0.0. A component lists the values that the message uses, and the data say their places
in these lists. ``name`` is in the publication's first language, ``names`` in every language there is.
A value that can be an id has ``id`` and ``name``; free text has no id, and in 2.0 stands in ``value``. So does
a number or a period with a character that the schemas allow in no id, such as the point of ``0.5``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publisher import periods
from publisher.formats.draft import Publication
from publisher.formats.sdmx_common import Contents, contents, message_id
from publisher.model import Codelist, Concept, Cube, SeriesAttribute, Text
from publisher.naming import CODE_PATTERN
from publisher.observations import Observations

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS = 65_536
_SCHEMAS = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of SDMX-JSON: its number in file names, and the folder of its schema."""

    number: str
    folder: str

    @property
    def media_type(self) -> str:
        """The media type of its data messages."""
        return f"application/vnd.sdmx.data+json;version={self.number}.0"

    @property
    def schema(self) -> str:
        """Where its schema is published."""
        return f"{_SCHEMAS}/{self.folder}/sdmx-json-data-schema.json"


VERSIONS = (Version("1.0", "1.0"), Version("2.0", "2.0.0"))


@dataclass(frozen=True, slots=True)
class Used:
    """What a message uses: the values of each component, in the order of its list, and the days covered.

    An attribute that no observation has is not there.
    """

    values: Mapping[str, tuple[str, ...]]
    covered: Contents


def used(observations: Observations) -> Used:
    """Return what the observations of a cube use, read in batches; kept are only distinct values."""
    cube = observations.cube
    found: dict[str, set[str]] = {attribute: set() for attribute in cube.attribute_ids}
    for batch in observations.batches(_BATCH_ROWS):
        for component, values in found.items():
            values.update(_distinct(batch[component]))
    covered = contents(observations)
    listed = {dimension.id: covered.codes.get(dimension.id, covered.periods) for dimension in cube.dimensions}
    for attribute in cube.attributes:
        if found[attribute.id]:
            listed[attribute.id] = _ordered(attribute.concept, found[attribute.id])
    return Used(listed, covered)


def _distinct(column: pa.Array) -> Iterator[str]:
    return (str(value) for value in column.unique().to_pylist() if value is not None)


def _ordered(concept: Concept, values: set[str]) -> tuple[str, ...]:
    """Return values in the order of their codelist, whole numbers by size, text by its characters."""
    if concept.codelist is not None:
        return tuple(code for code in concept.codelist.ids if code in values)
    return tuple(sorted(values, key=int) if concept.data_type == "integer" else sorted(values))


def message(publication: Publication, cube: Cube, used: Used, version: Version) -> dict[str, Any]:
    """Return the message of a cube, without series in its data set."""
    structure = _structure(publication, cube, used, version)
    flow = _flow(publication, cube)
    data_set: dict[str, Any] = {"action": "Replace"}
    if used.covered.begin and used.covered.end:
        data_set |= {"reportingBegin": str(used.covered.begin), "reportingEnd": str(used.covered.end)}
    data_set |= {"links": [flow], "series": {}}
    if version.number == "1.0":
        data = {"structure": structure, "dataSets": [data_set]}
    else:
        data = {"structures": [{**structure, "dataSets": [0]}], "dataSets": [{"structure": 0, **data_set}]}
    return {"meta": _meta(publication, cube, version, structure), "data": data}


def _meta(publication: Publication, cube: Cube, version: Version, structure: dict[str, Any]) -> dict[str, Any]:
    names, edition = publication.dataset.names, publication.edition
    sender = {"id": names.agency, **_named(publication.dataset.publisher.name)}
    # Tags are the same in any case (RFC 5646, 2.1.1), and the schema knows them in lower case only.
    languages = (*publication.dataset.languages, *_languages(sender), *_languages(structure))
    return {
        "schema": version.schema,
        "id": message_id(names, edition, cube),
        "test": False,
        "prepared": edition.timestamp,
        "contentLanguages": list(dict.fromkeys(language.lower() for language in languages)),
        "sender": sender,
    }


def _languages(value: Any) -> Iterator[str]:
    """Yield the language of every name and description in a part of a message."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("names", "descriptions"):
                yield from inner
            else:
                yield from _languages(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _languages(inner)


def _flow(publication: Publication, cube: Cube) -> dict[str, str]:
    names = publication.dataset.names
    return {"rel": "dataflow", "urn": names.urn("datastructure.Dataflow", names.dataflow(cube.id))}


def _structure(publication: Publication, cube: Cube, used: Used, version: Version) -> dict[str, Any]:
    names = publication.dataset.names
    dsd = {"rel": "structure", "urn": names.urn("datastructure.DataStructure", names.dsd(cube.id))}
    structure: dict[str, Any] = {"links": [_flow(publication, cube), dsd], **_named(cube.title, cube.description)}
    # A message without observations uses no component.
    filled = bool(used.covered.periods)
    dimensions = [_dimension(cube, used, position) for position in range(len(cube.dimensions)) if filled]
    structure["dimensions"] = {"dataSet": [], "series": dimensions[:-1], "observation": dimensions[-1:]}
    if version.number != "1.0":
        measure = cube.measure.concept
        described = {"id": measure.id, **_named(measure.name, measure.description), "format": {"dataType": "Double"}}
        structure["measures"] = {"observation": [described] if filled else []}
    structure["attributes"] = {
        "dataSet": [],
        "series": [_series_attribute(cube, attribute, version) for attribute in cube.series_attributes if filled],
        "observation": [
            _attribute(attribute.concept, used.values[attribute.id], attribute.required, _each(cube, version), version)
            for attribute in cube.attributes
            if attribute.id in used.values
        ],
    }
    return structure


def _dimension(cube: Cube, used: Used, position: int) -> dict[str, Any]:
    dimension = cube.dimensions[position]
    concept = dimension.concept
    values = used.values[dimension.id]
    if dimension.codelist is None:
        listed = [_period(period) for period in values]
    else:
        listed = [_code(dimension.codelist, code) | _place(dimension.codelist, code) for code in values]
    return {
        "id": concept.id,
        **_named(concept.name, concept.description),
        "keyPosition": position,
        "values": listed,
    }


def _series_attribute(cube: Cube, attribute: SeriesAttribute, version: Version) -> dict[str, Any]:
    related = {"dimensions": list(cube.key_ids[:-1])}
    return _attribute(attribute.concept, (attribute.value,), True, related, version)


def _each(cube: Cube, version: Version) -> dict[str, Any]:
    """Return the relationship of an attribute that varies with the observation."""
    return {"primaryMeasure": cube.measure.id} if version.number == "1.0" else {"observation": {}}


def _attribute(
    concept: Concept, values: tuple[str, ...], required: bool, related: dict[str, Any], version: Version
) -> dict[str, Any]:
    described = {"id": concept.id, **_named(concept.name, concept.description), "relationship": related}
    if version.number != "1.0":
        described["isMandatory"] = required
        if concept.data_type == "string":
            described["format"] = {"dataType": "String"}
    described["values"] = [_value(concept, value, version) for value in values]
    return described


def _value(concept: Concept, value: str, version: Version) -> dict[str, Any]:
    if concept.codelist is not None:
        return _code(concept.codelist, value)
    if concept.data_type != "string" and CODE_PATTERN.fullmatch(value):
        return {"id": value, "name": value}
    return {"name": value} if version.number == "1.0" else {"value": value, "name": value}


def _code(codelist: Codelist, code: str) -> dict[str, Any]:
    return {"id": code, **_named(codelist[code].name, codelist[code].description)}


def _place(codelist: Codelist, code: str) -> dict[str, Any]:
    """Return where a code stands in its list: its parent, and its number."""
    parent = codelist[code].parent
    return ({"parent": parent} if parent is not None else {}) | {"order": codelist.position(code)}


def _period(period: str) -> dict[str, Any]:
    """Return a period, the first moment and the last second of it."""
    frequency = next(each for each in periods.FREQUENCIES if periods.belongs(each, period))
    first, last = periods.bounds(frequency, period)
    return {"id": period, "name": period, "start": f"{first}T00:00:00Z", "end": f"{last}T23:59:59Z"}


def _named(name: Text, description: Text | None = None) -> dict[str, Any]:
    named: dict[str, Any] = {"name": str(name), "names": dict(name)}
    if description is not None:
        named |= {"description": str(description), "descriptions": dict(description)}
    return named
