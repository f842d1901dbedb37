"""SDMX artefacts as a structure message of SDMX-ML 2.1, 3.0 or 3.1.

The functions follow the chapters of SDMX 2.1 section 3A, part III (structure), and the schemas
SDMXStructure of each version. What differs between versions stands in ``sdmx_structure_versions``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.formats.draft import Publication
from publisher.formats.sdmx_artefacts import (
    FIXED_VERSION,
    Annotation,
    Artefact,
    Artefacts,
    Component,
    Item,
    Reference,
    Representation,
    hierarchy,
)
from publisher.formats.sdmx_common import message_id
from publisher.formats.sdmx_structure_versions import Version
from publisher.model import OBS_VALUE, TIME_PERIOD, Agent, Text

if TYPE_CHECKING:
    from lxml.etree import _Element

_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def write(version: Version, publication: Publication, artefacts: Artefacts) -> bytes:
    """Return a publication's artefacts as a message of a version of SDMX-ML."""
    from lxml import etree

    root = etree.Element(version.tag("message:Structure"), nsmap=version.namespaces)
    header(version, root, publication)
    structures = version.element(root, "message:Structures")
    everything = {**artefacts, "Hierarchy": tuple(_hierarchies(version, artefacts["Codelist"]))}
    for name, classes in version.collections:
        held = [artefact for class_name in classes for artefact in everything[class_name]]
        if held:
            collection = version.element(structures, f"str:{name}")
            for artefact in held:
                _WRITERS[artefact.identity.class_name](version, collection, artefact)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _hierarchies(version: Version, codelists: Iterable[Artefact]) -> Iterable[Artefact]:
    return (hierarchy(item) for item in codelists if version.hierarchies and not item.has_nameable_parents)


# Part II: message


def header(version: Version, root: _Element, publication: Publication) -> None:
    """Append the header: who sends, and the edition's moment."""
    edition, names = publication.edition, publication.dataset.names
    parent = version.element(root, "message:Header")
    version.element(parent, "message:ID", message_id(names, edition))
    version.element(parent, "message:Test", "false")
    version.element(parent, "message:Prepared", edition.timestamp)
    version.element(parent, "message:Sender", id=names.agency)


# Part III, chapter 2: base structures


def maintainable(
    version: Version, parent: _Element, artefact: Artefact, kind: str | None = None, **attributes: str
) -> _Element:
    """Append an artefact with all that every kind has; ``kind`` is the version's own name for its kind."""
    identity = artefact.identity if kind is None else Reference(kind, artefact.identity.names, artefact.id)
    place = {"agencyID": identity.names.agency}
    if identity.class_name in version.unversioned:
        identity = replace(identity, names=replace(identity.names, version=FIXED_VERSION))
    else:
        place["version"] = identity.names.version
    name = f"str:{identity.class_name}"
    element = version.element(parent, name, id=artefact.id, urn=identity.urn, **place, **attributes)
    return _nameable(version, element, artefact)


def item(version: Version, parent: _Element, source: Item) -> _Element:
    """Append an item of a scheme with all that every kind has."""
    name = f"str:{source.identity.class_name}"
    return _nameable(version, version.element(parent, name, id=source.id, urn=source.identity.urn), source)


def _nameable(version: Version, element: _Element, source: Artefact | Item) -> _Element:
    if source.annotations:
        annotations = version.element(element, "com:Annotations")
        for note in source.annotations:
            annotation(version, annotations, note)
    texts(version, element, "com:Name", source.name)
    if source.description is not None:
        texts(version, element, "com:Description", source.description)
    return element


def texts(version: Version, parent: _Element, name: str, words: Text) -> None:
    """Append words in every language they are in, each under its own tag."""
    for language, text in words:
        version.element(parent, name, text).set(_XML_LANGUAGE, language)


def annotation(version: Version, parent: _Element, note: Annotation) -> None:
    """Append an annotation: its type, and a title, a URL or words."""
    element = version.element(parent, "com:Annotation")
    if note.title is not None:
        version.element(element, "com:AnnotationTitle", note.title)
    version.element(element, "com:AnnotationType", note.kind)
    if note.url is not None:
        version.element(element, "com:AnnotationURL", note.url)
    if note.text is not None:
        texts(version, element, "com:AnnotationText", note.text)


def refer(version: Version, parent: _Element, name: str, to: Reference) -> None:
    """Append a reference: a URN, or an element that spells its parts out."""
    if version.urns:
        version.element(parent, name, to.urn)
        return
    if to.item is None:
        place = {"id": to.artefact, "version": to.names.version}
    else:
        place = {"id": to.item, "maintainableParentID": to.artefact, "maintainableParentVersion": to.names.version}
    package, class_name = to.kind.split(".")
    element = version.element(parent, name)
    version.element(element, "Ref", **place, agencyID=to.names.agency, package=package, **{"class": class_name})


def refer_locally(version: Version, parent: _Element, name: str, item_id: str) -> None:
    """Append a reference to something in the same artefact: a parent code, a dimension of the DSD."""
    if version.urns:
        version.element(parent, name, item_id)
    else:
        version.element(version.element(parent, name), "Ref", id=item_id)


# Chapter 3: organisations


def agency_scheme(version: Version, parent: _Element, artefact: Artefact) -> None:
    """Append the scheme with the agency."""
    scheme = maintainable(version, parent, artefact, **_never_final(version), isPartial="true")
    for agency in artefact.items:
        item(version, scheme, agency)


def data_provider_scheme(version: Version, parent: _Element, artefact: Artefact) -> None:
    """Append the scheme with the data provider, and whom to ask."""
    scheme = maintainable(version, parent, artefact, **_never_final(version))
    for provider in artefact.items:
        element = item(version, scheme, provider)
        if provider.contact is not None:
            contact(version, element, provider.contact)


def _never_final(version: Version) -> dict[str, str]:
    """SDMX 2.1 wants it said of the schemes that have one version for ever; later versions have no such word."""
    return {} if version.urns else {"isFinal": "false"}


def contact(version: Version, parent: _Element, agent: Agent) -> None:
    """Append whom to ask."""
    element = version.element(parent, "str:Contact")
    texts(version, element, "com:Name", agent.name)
    if agent.homepage is not None:
        version.element(element, "str:URI", agent.homepage)
    if agent.email is not None:
        version.element(element, "str:Email", agent.email)


# Chapter 4: dataflows


def dataflow(version: Version, parent: _Element, artefact: Artefact) -> None:
    """Append a dataflow and the structure it is of."""
    refer(version, maintainable(version, parent, artefact), "str:Structure", artefact.reference("structure"))


# Chapter 5: category schemes and categorisations


def category_scheme(version: Version, parent: _Element, artefact: Artefact) -> None:
    """Append a category scheme."""
    scheme = maintainable(version, parent, artefact)
    for category in artefact.items:
        item(version, scheme, category)


def categorisation(version: Version, parent: _Element, artefact: Artefact) -> None:
    """Append what puts a dataflow in a category."""
    element = maintainable(version, parent, artefact)
    refer(version, element, "str:Source", artefact.reference("source"))
    refer(version, element, "str:Target", artefact.reference("target"))


# Chapter 6: codelists


def codelist(version: Version, parent: _Element, artefact: Artefact) -> None:
    """Append a codelist; a code says its parent, where the version can say it."""
    with_parents = not version.hierarchies or artefact.has_nameable_parents
    scheme = maintainable(version, parent, artefact)
    for code in artefact.items:
        element = item(version, scheme, code)
        if code.parent is not None and with_parents:
            refer_locally(version, element, "str:Parent", code.parent)


def hierarchies(version: Version, parent: _Element, artefact: Artefact) -> None:
    """Append a hierarchy: each code below its parent, in the order of the list (SDMX-ML 3.0)."""
    element = maintainable(version, parent, artefact, hasFormalLevels="false")
    places: dict[str | None, _Element] = {None: element}
    waiting = list(artefact.items)
    while waiting:
        later = []
        for code in waiting:
            if code.parent not in places:
                later.append(code)
                continue
            place = version.element(places[code.parent], "str:HierarchicalCode", id=code.id)
            refer(version, place, "str:Code", code.identity)
            places[code.id] = place
        waiting = later


# Chapter 7: concepts


def concept_scheme(version: Version, parent: _Element, artefact: Artefact) -> None:
    """Append the concept scheme; every concept says how its values are represented."""
    scheme = maintainable(version, parent, artefact)
    for concept in artefact.items:
        element = item(version, scheme, concept)
        if concept.representation is not None:
            representation(version, element, "str:CoreRepresentation", concept.representation)


def representation(version: Version, parent: _Element, name: str, source: Representation) -> None:
    """Append how values are represented: the codes of a list, or the type of plain values."""
    element = version.element(parent, name)
    if source.codelist is not None:
        refer(version, element, "str:Enumeration", source.codelist)
    else:
        version.element(element, "str:TextFormat", textType=str(source.text_type))


# Chapter 8: data structure definitions


def data_structure(version: Version, parent: _Element, artefact: Artefact) -> None:
    """Append a DSD: dimensions in order, attributes, the measure."""
    components = version.element(maintainable(version, parent, artefact), "str:DataStructureComponents")
    lists = {
        name: version.element(components, f"str:{name}List", id=f"{name}Descriptor")
        for name in ("Dimension", "Attribute", "Measure")
    }
    for position, source in enumerate(artefact.components, 1):
        place = lists["Dimension" if source.role == "TimeDimension" else source.role]
        component(version, place, source, position)


def component(version: Version, parent: _Element, source: Component, position: int) -> None:
    """Append a component: the concept it is, its local representation, and what an attribute belongs to."""
    name, attributes = source.role, {}
    if source.role == "Measure" and not version.urns:
        name = "PrimaryMeasure"
    elif source.role == "Attribute" and version.urns:
        attributes["usage"] = "mandatory" if source.mandatory else "optional"
    elif source.role == "Attribute":
        attributes["assignmentStatus"] = "Mandatory" if source.mandatory else "Conditional"
    elif source.role != "Measure" and not version.urns:
        attributes["position"] = str(position)
    element = version.element(parent, f"str:{name}", id=source.id, **attributes)
    refer(version, element, "str:ConceptIdentity", source.concept)
    representation(version, element, "str:LocalRepresentation", source.representation)
    if source.role == "Attribute":
        relationship(version, version.element(element, "str:AttributeRelationship"), source.dimensions)


def relationship(version: Version, parent: _Element, dimensions: tuple[str, ...]) -> None:
    """Append what an attribute relates to: dimensions, or the observation where there are none."""
    for dimension in dimensions:
        refer_locally(version, parent, "str:Dimension", dimension)
    if not dimensions and version.urns:
        version.element(parent, "str:Observation")
    elif not dimensions:
        refer_locally(version, parent, "str:PrimaryMeasure", OBS_VALUE)


# Chapter 9: constraints


def constraint(version: Version, parent: _Element, artefact: Artefact) -> None:
    """Append what a dataflow really holds, as the kind of constraint that the version has for it."""
    if version.constraint == "AvailabilityConstraint":
        element = version.element(parent, "str:AvailabilityConstraint", obsCount=str(artefact.observations))
    else:
        role = {"role" if version.urns else "type": "Actual"}
        element = maintainable(version, parent, artefact, f"registry.{version.constraint}", **role)
    attachment = version.element(element, "str:ConstraintAttachment")
    refer(version, attachment, "str:Dataflow", artefact.reference("dataflow"))
    if artefact.contents is None:
        return
    prefix = "str" if version.urns else "com"
    region = version.element(element, "str:CubeRegion", include="true")
    for dimension, codes in artefact.contents.codes.items():
        selection = version.element(region, f"{prefix}:KeyValue", id=dimension)
        for value in codes:
            version.element(selection, f"{prefix}:Value", value)
    time = version.element(region, f"{prefix}:KeyValue", id=TIME_PERIOD)
    if version.urns:
        for period in artefact.contents.periods:
            version.element(time, "str:Value", period)
    else:
        span = version.element(time, "com:TimeRange")
        version.element(span, "com:StartPeriod", str(artefact.contents.begin), isInclusive="true")
        version.element(span, "com:EndPeriod", str(artefact.contents.end), isInclusive="true")


# Chapter 10: provision agreements


def provision_agreement(version: Version, parent: _Element, artefact: Artefact) -> None:
    """Append that a dataflow is provided, and by whom."""
    element = maintainable(version, parent, artefact)
    refer(version, element, "str:Dataflow" if version.urns else "str:StructureUsage", artefact.reference("dataflow"))
    refer(version, element, "str:DataProvider", artefact.reference("provider"))


_WRITERS: dict[str, Callable[[Version, _Element, Artefact], None]] = {
    "AgencyScheme": agency_scheme,
    "DataProviderScheme": data_provider_scheme,
    "Dataflow": dataflow,
    "CategoryScheme": category_scheme,
    "Categorisation": categorisation,
    "Codelist": codelist,
    "Hierarchy": hierarchies,
    "ConceptScheme": concept_scheme,
    "DataStructure": data_structure,
    "DataConstraint": constraint,
    "ProvisionAgreement": provision_agreement,
}
