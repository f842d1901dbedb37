"""A definition without faults made into the model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any

from publisher import naming
from publisher.definition import labels
from publisher.definition.references import setting
from publisher.definition.toml import Toml
from publisher.model import (
    CONF_STATUS,
    DECIMALS,
    OBS_STATUS,
    OBS_VALUE,
    UNIT_MEASURE,
    UNIT_MULT,
    Agent,
    Attribute,
    Catalogue,
    Codelist,
    Concept,
    Cube,
    Dataset,
    Dimension,
    Edition,
    Licence,
    Measure,
    SeriesAttribute,
    Suppression,
    Text,
)


def assemble(toml: Toml, codelists: Mapping[str, Codelist], base_iri: str | None = None) -> Dataset:
    """Make the model of a definition without faults; ``base_iri`` replaces the one it gives."""
    dataset = toml.values["dataset"]
    concepts = {name: _concept(toml, name, codelists) for name in toml.values["components"]}
    suppression = toml.get("suppression")
    words: list[dict[str, str]] = toml.get("dataset", "keywords") or []
    keywords = tuple(text for text in (labels.text(word, dataset["languages"]) for word in words) if text)
    return Dataset(
        id=dataset["id"],
        names=naming.Names(
            base_iri or dataset["base_iri"],
            dataset["id"],
            dataset["agency"],
            dataset["sdmx_id"],
            dataset.get("structure_version", "1.0"),
        ),
        title=_needed(toml, "dataset", "title"),
        description=_needed(toml, "dataset", "description"),
        languages=tuple(dataset["languages"]),
        publisher=_agent(toml, "publisher"),
        contact=_agent(toml, "contact"),
        licence=Licence(**toml.values["licence"]),
        codelists=tuple(codelists.values()),
        concepts=tuple(concepts.values()),
        cubes=tuple(_cube(toml, cube, concepts) for cube in toml.values["cubes"]),
        editions=tuple(_edition(toml, name) for name in sorted(toml.get("editions") or {})),
        suppression=Suppression(**suppression) if suppression else None,
        reader=toml.values["source"]["reader"],
        source=MappingProxyType(toml.values["source"]),
        formats=MappingProxyType(toml.get("formats") or {}),
        landing_page=dataset.get("landing_page"),
        keywords=keywords,
        catalogue=_catalogue(toml),
        profile=toml.get("audit", "profile") or "pre-release",
    )


def _text(toml: Toml, *path: str) -> Text | None:
    return labels.text(toml.table(*path), toml.names("dataset", "languages"))


def _needed(toml: Toml, *path: str) -> Text:
    text = _text(toml, *path)
    assert text is not None, f"{path} passed the check"
    return text


def _catalogue(toml: Toml) -> Catalogue:
    """Return what portals are told; an empty list says as little as none."""
    values: dict[str, Any] = {key: value for key, value in toml.table("catalogue").items() if value}
    for key in ("themes", "spatial"):
        if key in values:
            values[key] = tuple(values[key])
    return Catalogue(**values)


def _agent(toml: Toml, table: str) -> Agent:
    values = toml.values[table]
    return Agent(_needed(toml, table, "name"), values.get("identifier"), values.get("homepage"), values.get("email"))


def _concept(toml: Toml, name: str, codelists: Mapping[str, Codelist]) -> Concept:
    values = toml.values["components"][name]
    codelist = codelists[values["codelist"]] if "codelist" in values else None
    return Concept(
        name,
        _needed(toml, "components", name, "name"),
        _text(toml, "components", name, "description"),
        codelist,
        "code" if codelist else values.get("data_type", "string"),
        values.get("subproperty_of"),
    )


def _cube(toml: Toml, cube: str, concepts: dict[str, Concept]) -> Cube:
    values = toml.values["cubes"][cube]
    decimals = setting(toml, cube, "decimals")
    multiplier = setting(toml, cube, "unit_multiplier")
    return Cube(
        id=cube,
        title=_needed(toml, "cubes", cube, "title"),
        description=_text(toml, "cubes", cube, "description"),
        dimensions=tuple(Dimension(concepts[name]) for name in values["dimensions"]),
        measure=Measure(concepts[OBS_VALUE], decimals),
        attributes=(
            Attribute(concepts[OBS_STATUS], required=True),
            Attribute(concepts[CONF_STATUS], required=True),
            *(Attribute(concepts[name]) for name in values.get("attributes", ())),
        ),
        series_attributes=(
            SeriesAttribute(concepts[UNIT_MEASURE], setting(toml, cube, "unit")),
            SeriesAttribute(concepts[UNIT_MULT], str(multiplier)),
            SeriesAttribute(concepts[DECIMALS], str(decimals)),
        ),
        required=MappingProxyType({name: _required(toml, cube, concepts[name]) for name in values.get("required", ())}),
    )


def _required(toml: Toml, cube: str, concept: Concept) -> tuple[str, ...]:
    """Return the codes of a required dimension that every edition must have; the unknown never is one."""
    assert concept.codelist is not None, "dimensions but time are coded"
    optional = (naming.UNKNOWN, *toml.names("cubes", cube, "optional", concept.id))
    return tuple(code for code in concept.codelist.ids if code not in optional)


def _edition(toml: Toml, name: str) -> Edition:
    values = toml.values["editions"][name]
    return Edition(
        name,
        _moment(values.get("issued")),
        _moment(values.get("modified")),
        values.get("revision", 0),
        _text(toml, "editions", name, "note"),
    )


def _moment(value: date | datetime | None) -> datetime | None:
    """Return a date (its first moment, in UTC), or a date and time, as a moment in UTC."""
    if value is None or isinstance(value, datetime):
        return value and value.astimezone(UTC)
    return datetime.combine(value, time(), UTC)
