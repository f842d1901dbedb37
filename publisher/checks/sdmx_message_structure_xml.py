"""The structures of an SDMX-ML message of any version, as plain objects; what is malformed is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

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
    scheme_of,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_LINES = 65_535
_ITEMS = frozenset(
    (
        "Code", "Concept", "Category", "Agency", "DataProvider", "DataConsumer", "MetadataProvider",
        "OrganisationUnit", "ReportingCategory", "ValueItem", "GeoFeatureSetCode", "GeoGridCode",
    )
)  # fmt: skip
# How the names of artefacts end that have items.
_SCHEMES = ("Scheme", "Codelist", "ValueList", "ReportingTaxonomy")
_ROLES = {
    "Dimension": "dimension",
    "MeasureDimension": "measure dimension",
    "TimeDimension": "time",
    "PrimaryMeasure": "measure",
    "Measure": "measure",
    "Attribute": "attribute",
    "ReportingYearStartDay": "attribute",
    "MetadataAttributeUsage": "metadata attribute",
}
# The components whose id is the same in every DSD.
_FIXED = {
    "TimeDimension": "TIME_PERIOD",
    "PrimaryMeasure": "OBS_VALUE",
    "ReportingYearStartDay": "REPORTING_YEAR_START_DAY",
}
# What a reference means where it does not say its class, by the element around it.
_MEANT = {
    "Enumeration": "Codelist",
    "ConceptIdentity": "ConceptScheme",
    "ConceptRole": "ConceptScheme",
    "Structure": "DataStructure",
    "Dataflow": "Dataflow",
    "DataStructure": "DataStructure",
    "ProvisionAgreement": "ProvisionAgreement",
    "ProvisionAgrement": "ProvisionAgreement",
    "StructureUsage": "Dataflow",
}


def read_structures(message: Message) -> list[Artefact]:
    """Return the artefacts of a structure message, which is well-formed."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.parse(message.path, parser).getroot()
    except (OSError, etree.XMLSyntaxError):  # beyond the limits of libxml2, which the schema says
        return []
    found = (child for child in root if local(child) == "Structures")
    return [_artefact(element, message.file) for held in found for group in held for element in group]


def local(element: _Element) -> str:
    """Return the name of an element without its namespace; nothing for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def line_of(element: _Element) -> int | None:
    """Return the line that an element begins in; None after so many lines that libxml2 no longer counts them right."""
    line: Any = element.sourceline
    return line if isinstance(line, int) and line < MOST_LINES else None


def reference(element: _Element | None) -> Ref | None:
    """Return the reference that an element holds: a ``Ref``, a ``URN``, or the text of it."""
    if element is None:
        return None
    for child in element:
        if local(child) == "Ref":
            return _of_ref(child, local(element))
        if local(child) == "URN":
            return parse_urn(child.text or "")
    return parse_urn(element.text or "")


def _of_ref(ref: _Element, around: str) -> Ref | None:
    said = ref.attrib
    if "agencyID" not in said:
        return None
    kind = scheme_of(str(said.get("class") or "")) or _MEANT.get(around, "")
    agency, name, version = str(said["agencyID"]), str(said.get("id") or ""), str(said.get("version") or "")
    if "maintainableParentID" in said:
        parent_version = str(said.get("maintainableParentVersion") or "1.0")
        return Ref(kind, agency, str(said["maintainableParentID"]), parent_version, name)
    return Ref(kind, agency, name, version or "1.0")


def _artefact(element: _Element, source: str) -> Artefact:
    said = element.attrib
    kind = local(element)
    artefact = Artefact(
        kind, str(said.get("agencyID") or ""), str(said.get("id") or ""), str(said.get("version") or "1.0"),
        line_of(element), source,
        is_stub=said.get("isExternalReference") in ("true", "1"),
        is_partial=said.get("isPartial") in ("true", "1"),
        is_named=_is_named(element) or kind == "AvailabilityConstraint",
        role=str(said.get("role") or said.get("type") or ("Actual" if kind == "AvailabilityConstraint" else "")),
    )  # fmt: skip
    artefact.items = list(_items(element, "")) if kind.endswith(_SCHEMES) else []
    artefact.references = list(_references(element))
    artefact.extends = any(local(child) == "CodelistExtension" for child in element)
    for child in element:
        if local(child) == "DataStructureComponents":
            _take_components(artefact, child)
        elif local(child) == "CubeRegion":
            artefact.regions.append(_region(child))
    return artefact


def _is_named(element: _Element) -> bool:
    return any(local(child) == "Name" for child in element)


def _items(element: _Element, above: str) -> Iterator[Item]:
    """Yield items in order; those in others (categories) by the path of their ids."""
    for child in element:
        name = local(child)
        if name not in _ITEMS:
            continue
        own = str(child.get("id") or "")
        path = f"{above}.{own}" if above else own
        parent = next((part for part in child if local(part) == "Parent"), None)
        core = next((part for part in child if local(part) == "CoreRepresentation"), None)
        shown = None if core is None else _representation(core)
        named = _is_named(child) or name == "ValueItem"
        yield Item(path, line_of(child), "" if parent is None else _local_id(parent), named, shown)
        yield from _items(child, path)


def _local_id(element: _Element) -> str:
    """Return the id of what stands in the same artefact, said by a ``Ref`` or by text."""
    for child in element:
        if local(child) == "Ref":
            return str(child.get("id") or "")
    text = (element.text or "").strip()
    found = parse_urn(text)
    return found.item if found else text


def _references(element: _Element) -> Iterator[tuple[int | None, str, Ref]]:
    """Yield every reference in an artefact to another, with its line and the element around it."""
    for part in element.iter():
        name = local(part)
        if not name or name.startswith("Annotation"):
            continue
        if name in ("Ref", "URN"):
            above = part.getparent()
            around = "" if above is None else local(above)
            found = _of_ref(part, around) if name == "Ref" else parse_urn(part.text or "")
        else:
            around = name
            found = parse_urn(part.text) if part.text and part.text.lstrip().startswith("urn:sdmx:") else None
        if found is not None:
            yield line_of(part), around, found


def _representation(element: _Element) -> Representation:
    codelist, kind, facets = None, "", {}
    for child in element:
        name = local(child)
        if name == "Enumeration":
            codelist = reference(child)
        elif name in ("TextFormat", "EnumerationFormat"):
            facets = {str(key): str(value) for key, value in child.attrib.items()}
            kind = facets.pop("textType", "" if name == "EnumerationFormat" else "String")
    return Representation(codelist, kind, tuple(facets.items()))


def _take_components(artefact: Artefact, element: _Element) -> None:
    for group in element:
        if local(group) == "Group":
            members = [child for child in group if local(child) == "GroupDimension"]
            artefact.groups[str(group.get("id") or "")] = tuple(_local_id(part) for held in members for part in held)
            continue
        for child in group:
            if (name := local(child)) in _ROLES:
                artefact.components.append(_component(child, name))


def _component(element: _Element, name: str) -> Component:
    parts = {local(child): child for child in element}
    concept = reference(parts.get("ConceptIdentity"))
    shown = parts.get("LocalRepresentation")
    most = None if shown is None else shown.get("maxOccurs")
    return Component(
        _FIXED.get(name) or str(element.get("id") or (concept.item if concept else "")),
        _ROLES[name],
        line_of(element),
        concept,
        None if shown is None else _representation(shown),
        "Mandatory" in (element.get("assignmentStatus"), str(element.get("usage") or "").capitalize()),
        _relation(parts.get("AttributeRelationship")),
        most not in (None, "1"),
    )


def _relation(element: _Element | None) -> tuple[str, ...]:
    found: list[str] = []
    for child in element if element is not None else ():
        name = local(child)
        if name == "Dimension":
            found.append(_local_id(child))
        elif name in ("Group", "AttachmentGroup"):
            found.append(f"{{group}} {_local_id(child)}")
        elif name in ("PrimaryMeasure", "Observation"):
            found.append("{observation}")
        elif name in ("None", "Dataflow"):
            found.append("{dataset}")
    return tuple(found)


def _region(element: _Element) -> Region:
    values: dict[str, frozenset[str]] = {}
    times: dict[str, tuple[str, str]] = {}
    is_whole = True
    for key in element:
        name, parts = str(key.get("id") or ""), {local(child): child for child in key}
        if not local(key).endswith(("KeyValue", "Attribute", "Component")):
            continue
        if key.get("include") in ("false", "0"):
            is_whole = False
        elif (span := parts.get("TimeRange")) is not None:
            ends = {local(child): (child.text or "").strip() for child in span}
            starts = ends.get("StartPeriod") or ends.get("AfterPeriod") or ""
            times[name] = (starts, ends.get("EndPeriod") or ends.get("BeforePeriod") or "")
        elif listed := [child for child in key if local(child) == "Value"]:
            if all(child.get("cascadeValues") in (None, "false", "0") for child in listed):
                values[name] = frozenset((child.text or "").strip() for child in listed)
            else:
                is_whole = False
    return region_of(element.get("include") not in ("false", "0"), values, times, is_whole)
