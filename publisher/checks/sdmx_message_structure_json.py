"""The structures of an SDMX-JSON message of any version, as plain objects; what is malformed is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from publisher.checks.sdmx_message import Message
from publisher.checks.sdmx_message_model import (
    Artefact,
    Component,
    Item,
    Ref,
    Region,
    Representation,
    parse_urn,
    region_of,
)
from publisher.checks.sdmx_message_safe import read_json

# The lists of artefacts that the checks look into; of the others id and references are taken.
_KINDS = {
    "dataStructures": "DataStructure",
    "codelists": "Codelist",
    "valueLists": "ValueList",
    "geographicCodelists": "GeoCodelist",
    "geoGridCodelists": "GeoGridCodelist",
    "conceptSchemes": "ConceptScheme",
    "dataflows": "Dataflow",
    "categorySchemes": "CategoryScheme",
    "agencySchemes": "AgencyScheme",
    "dataProviderSchemes": "DataProviderScheme",
    "dataConsumerSchemes": "DataConsumerScheme",
    "organisationUnitSchemes": "OrganisationUnitScheme",
    "provisionAgreements": "ProvisionAgreement",
    "contentConstraints": "ContentConstraint",
    "dataConstraints": "DataConstraint",
    "availabilityConstraints": "AvailabilityConstraint",
    "categorisations": "Categorisation",
    "hierarchicalCodelists": "HierarchicalCodelist",
    "hierarchies": "Hierarchy",
    "metadataStructures": "MetadataStructure",
    "metadataflows": "Metadataflow",
    "reportingTaxonomies": "ReportingTaxonomy",
}
_ITEMS = (
    "codes", "valueItems", "geoFeatureSetCodes", "geoGridCodes", "concepts", "categories", "agencies",
    "dataProviders", "dataConsumers", "organisationUnits", "reportingCategories",
)  # fmt: skip
_UNNAMED = ("AvailabilityConstraint",)


def read_structures(message: Message) -> list[Artefact]:
    """Return the artefacts of a structure message, which is JSON that can be read."""
    data = _object(_object(read_json(message.path)).get("data"))
    return [
        _artefact(item, _KINDS.get(name, name), message.file)
        for name, listed in data.items()
        for item in _list(listed)
        if isinstance(item, dict)
    ]


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _artefact(said: dict[str, Any], kind: str, source: str) -> Artefact:
    role = _text(said.get("role")) or _text(said.get("type")) or ("Actual" if kind == "AvailabilityConstraint" else "")
    artefact = Artefact(
        kind, _text(said.get("agencyID")), _text(said.get("id")), _text(said.get("version")) or "1.0", None, source,
        is_stub=said.get("isExternalReference") is True,
        is_partial=said.get("isPartial") is True,
        is_named=_is_named(said) or kind in _UNNAMED,
        role=role,
    )  # fmt: skip
    artefact.items = list(_items(said, ""))
    content = {name: value for name, value in said.items() if name not in ("links", "annotations")}
    artefact.references = [(None, around, ref) for around, ref in _references(content, "")]
    artefact.extends = bool(said.get("codelistExtensions"))
    components = _object(said.get("dataStructureComponents"))
    _take_components(artefact, components)
    artefact.regions = [_region(region) for region in _list(said.get("cubeRegions")) if isinstance(region, dict)]
    return artefact


def _is_named(said: dict[str, Any]) -> bool:
    return bool(said.get("name") or said.get("names"))


def _items(said: dict[str, Any], above: str) -> Iterator[Item]:
    for name in _ITEMS:
        for item in _list(said.get(name)):
            if isinstance(item, dict):
                own = _text(item.get("id"))
                path = f"{above}.{own}" if above else own
                core = item.get("coreRepresentation")
                shown = _representation(core) if isinstance(core, dict) else None
                named = _is_named(item) or name == "valueItems"
                yield Item(path, None, _text(item.get("parent")), named, shown)
                yield from _items(item, path)


def _references(value: Any, around: str) -> Iterator[tuple[str, Ref]]:
    """Yield every URN in a value with the name of the member that has it, annotations and links aside."""
    if isinstance(value, str):
        if value.startswith("urn:sdmx:") and (found := parse_urn(value)):
            yield around, found
    elif isinstance(value, list):
        for part in value:
            yield from _references(part, around)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in ("links", "annotations", "urn"):
                yield from _references(part, name)


def _representation(said: dict[str, Any]) -> Representation:
    codelist = parse_urn(_text(said.get("enumeration")))
    format = _object(said.get("format") or said.get("textFormat"))
    facets = {name: str(value) for name, value in format.items() if isinstance(value, str | int | float)}
    kind = facets.pop("dataType", "") or facets.pop("textType", "")
    return Representation(codelist, kind or ("" if codelist else "String"), tuple(facets.items()))


def _take_components(artefact: Artefact, said: dict[str, Any]) -> None:
    dimensions = _object(said.get("dimensionList"))
    measures, attributes = _object(said.get("measureList")), _object(said.get("attributeList"))
    for role, listed in (
        ("dimension", dimensions.get("dimensions")),
        ("measure dimension", dimensions.get("measureDimensions")),
        ("time", [dimensions.get("timeDimension"), *_list(dimensions.get("timeDimensions"))]),
        ("measure", [measures.get("primaryMeasure"), *_list(measures.get("measures"))]),
        ("attribute", attributes.get("attributes")),
        ("metadata attribute", attributes.get("metadataAttributeUsages")),
    ):
        artefact.components += [_component(item, role) for item in _list(listed) if isinstance(item, dict)]
    for group in _list(said.get("groups")):
        if isinstance(group, dict):
            members = tuple(_text(name) for name in _list(group.get("groupDimensions")))
            artefact.groups[_text(group.get("id"))] = members


def _component(said: dict[str, Any], role: str) -> Component:
    local = said.get("localRepresentation")
    concept = parse_urn(_text(said.get("conceptIdentity")))
    status = _text(said.get("usage")) or _text(said.get("assignmentStatus"))
    name = _text(said.get("id")) or _text(said.get("metadataAttributeReference")) or (concept.item if concept else "")
    most = local.get("maxOccurs") if isinstance(local, dict) else None
    return Component(
        name,
        role,
        None,
        concept,
        _representation(local) if isinstance(local, dict) else None,
        status.lower() == "mandatory",
        _relation(_object(said.get("attributeRelationship"))),
        most not in (None, 1),
    )


def _relation(said: dict[str, Any]) -> tuple[str, ...]:
    found = [_text(name) for name in _list(said.get("dimensions"))]
    if isinstance(said.get("group"), str):
        found.append(f"{{group}} {said['group']}")
    if "observation" in said or "primaryMeasure" in said:
        found.append("{observation}")
    if "none" in said or "dataflow" in said:
        found.append("{dataset}")
    return tuple(found)


def _region(said: dict[str, Any]) -> Region:
    values: dict[str, frozenset[str]] = {}
    times: dict[str, tuple[str, str]] = {}
    is_whole = True
    for key in _list(said.get("keyValues")) + _list(said.get("components")) + _list(said.get("attributes")):
        if not isinstance(key, dict):
            continue
        span, name = _object(key.get("timeRange")), _text(key.get("id"))
        listed = [item if isinstance(item, dict) else {"value": item} for item in _list(key.get("values"))]
        if key.get("include") is False:
            is_whole = False
        elif span:
            ends = {end: _text(_object(part).get("period")) for end, part in span.items()}
            starts = ends.get("startPeriod") or ends.get("afterPeriod") or ""
            times[name] = (starts, ends.get("endPeriod") or ends.get("beforePeriod") or "")
        elif any(item.get("cascadeValues") for item in listed):
            is_whole = False
        elif listed:
            values[name] = frozenset(_text(item.get("value")) for item in listed)
    return region_of(said.get("include", said.get("isIncluded", True)) is not False, values, times, is_whole)
