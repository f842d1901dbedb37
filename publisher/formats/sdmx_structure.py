"""``sdmx/structure-2.1.xml``: every structure of a dataset in one SDMX-ML message.

The functions follow the chapters of the specification; a collection of the message is one of them.
Source: SDMX 2.1 section 3A, part III (structure) and its schemas. What differs between versions of
SDMX-ML stands in one ``Version`` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from publisher import periods
from publisher.formats.draft import Draft, Format, Publication
from publisher.formats.sdmx_common import (
    NAMESPACES,
    Contents,
    contents,
    message_id,
)
from publisher.model import (
    FREQ,
    OBS_VALUE,
    TIME_PERIOD,
    Agent,
    Code,
    Concept,
    Cube,
    Dataset,
    DataType,
    Text,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

MEDIA_TYPE = "application/vnd.sdmx.structure+xml;version=2.1"

_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

# Top-level agencies are items of SDMX's own scheme, of which this message holds one (SDMX 2.1 section 6, 10.1).
_AGENCIES = Text((("en", "SDMX Agency Scheme"),))

# The one version that the schemes of agencies and of data providers can have.
_FIXED = "1.0"
_PROVIDERS = "DATA_PROVIDERS"

# Double without decimals as a facet: 0 is no positiveInteger, and a suppressed value is NaN.
_TEXT_TYPES: dict[DataType, str] = {
    "period": "ObservationalTimePeriod",
    "number": "Double",
    "integer": "Integer",
    "string": "String",
}


@dataclass(frozen=True, slots=True)
class Version:
    """What a version of SDMX-ML says differently: its namespaces and the order of its collections."""

    number: str
    namespace: str
    collections: tuple[tuple[str, Callable[[Bundle, _Element], None]], ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What the message is made from: a publication, what each cube covers, and the version to write."""

    publication: Publication
    contents: Mapping[str, Contents]
    version: Version

    @property
    def dataset(self) -> Dataset:
        """The dataset whose structures these are."""
        return self.publication.dataset

    def element(self, parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
        """Append an element; its name has a prefix for the namespace: ``message:``, ``str:`` or ``com:``."""
        from lxml import etree

        child = etree.SubElement(parent, self.tag(name), attributes)
        child.text = text
        return child

    def tag(self, name: str) -> str:
        """Return a prefixed name in the notation of lxml; a name without prefix is in no namespace."""
        prefix, _, local = name.rpartition(":")
        return f"{{{self.namespaces[prefix]}}}{local}" if prefix else local

    @property
    def namespaces(self) -> dict[str, str]:
        """The namespace of each prefix."""
        words = {"message": "message", "str": "structure", "com": "common"}
        return {prefix: f"{self.version.namespace}/{word}" for prefix, word in words.items()}


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write the structures of the dataset; the actual constraints say what the observations cover."""
    from lxml import etree

    covered = {observations.cube.id: contents(observations) for observations in publication.observations}
    bundle = Bundle(publication, covered, VERSION_2_1)
    title = f"{publication.dataset.title} (SDMX-ML {bundle.version.number})"
    path = draft.add(f"sdmx/structure-{bundle.version.number}.xml", MEDIA_TYPE, title, "sdmx-structure")
    text = etree.tostring(message(bundle), encoding="UTF-8", xml_declaration=True, pretty_print=True)
    path.write_bytes(text)


# Part II: message


def message(bundle: Bundle) -> _Element:
    """Return the whole message."""
    from lxml import etree

    root = etree.Element(bundle.tag("message:Structure"), nsmap=bundle.namespaces)
    header(bundle, root)
    structures = bundle.element(root, "message:Structures")
    for name, collection in bundle.version.collections:
        collection(bundle, bundle.element(structures, f"str:{name}"))
    return root


def header(bundle: Bundle, root: _Element) -> None:
    """Append the header: who sends, and the edition's moment."""
    edition, names = bundle.publication.edition, bundle.dataset.names
    parent = bundle.element(root, "message:Header")
    bundle.element(parent, "message:ID", message_id(names, edition))
    bundle.element(parent, "message:Test", "false")
    bundle.element(parent, "message:Prepared", edition.timestamp)
    bundle.element(parent, "message:Sender", id=names.agency)


# Part III, chapter 2: base structures


def maintainable(
    bundle: Bundle, parent: _Element, kind: str, artefact: str, name: Text, **attributes: str
) -> tuple[_Element, _Element]:
    """Append a maintainable artefact; ``kind`` is its package and class, as in ``codelist.Codelist``.

    Return it with its annotations, an element that ``described`` drops where it stays empty.
    """
    names = bundle.dataset.names
    attributes = {"agencyID": names.agency, "version": names.version} | attributes
    urn = replace(names, agency=attributes["agencyID"], version=attributes["version"]).urn(kind, artefact)
    element = bundle.element(parent, f"str:{kind.split('.')[1]}", id=artefact, urn=urn, **attributes)
    return element, _named(bundle, element, name)


def item(bundle: Bundle, scheme: _Element, kind: str, item_id: str, name: Text) -> tuple[_Element, _Element]:
    """Append an item to its scheme; return it with its annotations, as ``maintainable`` does."""
    agency, version = str(scheme.get("agencyID")), str(scheme.get("version"))
    names = replace(bundle.dataset.names, agency=agency, version=version)
    urn = names.urn(kind, str(scheme.get("id")), item_id)
    element = bundle.element(scheme, f"str:{kind.split('.')[1]}", id=item_id, urn=urn)
    return element, _named(bundle, element, name)


def _named(bundle: Bundle, element: _Element, name: Text) -> _Element:
    annotations = bundle.element(element, "com:Annotations")
    texts(bundle, element, "com:Name", name)
    return annotations


def described(bundle: Bundle, element: _Element, annotations: _Element, description: Text | None = None) -> _Element:
    """Append the description and drop annotations that hold nothing; then the artefact's own content follows."""
    if not len(annotations):
        element.remove(annotations)
    if description is not None:
        texts(bundle, element, "com:Description", description)
    return element


def texts(bundle: Bundle, parent: _Element, name: str, words: Text) -> None:
    """Append words in every language they are in, each under its own tag."""
    for language, text in words:
        bundle.element(parent, name, text).set(_XML_LANGUAGE, language)


def annotation(
    bundle: Bundle,
    annotations: _Element,
    kind: str,
    title: str | None = None,
    url: str | None = None,
    text: Text | None = None,
) -> None:
    """Append an annotation: its type, and a title, a URL or words."""
    element = bundle.element(annotations, "com:Annotation")
    if title is not None:
        bundle.element(element, "com:AnnotationTitle", title)
    bundle.element(element, "com:AnnotationType", kind)
    if url is not None:
        bundle.element(element, "com:AnnotationURL", url)
    if text is not None:
        texts(bundle, element, "com:AnnotationText", text)


def refer(
    bundle: Bundle, parent: _Element, name: str, kind: str, artefact: str, item_id: str | None = None
) -> _Element:
    """Append a reference to an artefact of the dataset's agency, or to an item in it."""
    names = bundle.dataset.names
    version = _FIXED if artefact == _PROVIDERS else names.version
    package, kind_class = kind.split(".")
    element = bundle.element(parent, name)
    if item_id is None:
        place = {"id": artefact, "version": version}
    else:
        place = {"id": item_id, "maintainableParentID": artefact, "maintainableParentVersion": version}
    bundle.element(element, "Ref", **place, agencyID=names.agency, package=package, **{"class": kind_class})
    return element


def refer_locally(bundle: Bundle, parent: _Element, name: str, item_id: str) -> None:
    """Append a reference to something in the same artefact: a parent code, a dimension of the DSD."""
    bundle.element(bundle.element(parent, name), "Ref", id=item_id)


# Chapter 3: organisations


def organisation_schemes(bundle: Bundle, parent: _Element) -> None:
    """Append the agency and the data provider, which are the publisher."""
    dataset = bundle.dataset
    who = dataset.publisher
    agencies = maintainable(
        bundle, parent, "base.AgencyScheme", "AGENCIES", _AGENCIES,
        agencyID="SDMX", version=_FIXED, isFinal="false", isPartial="true",
    )  # fmt: skip
    scheme = described(bundle, *agencies)
    described(bundle, *item(bundle, scheme, "base.Agency", dataset.names.agency, who.name))
    providers = maintainable(
        bundle, parent, "base.DataProviderScheme", _PROVIDERS, who.name, version=_FIXED, isFinal="false"
    )
    scheme = described(bundle, *providers)
    provider = described(bundle, *item(bundle, scheme, "base.DataProvider", dataset.names.agency, who.name))
    contact(bundle, provider, dataset.contact)


def contact(bundle: Bundle, parent: _Element, agent: Agent) -> None:
    """Append whom to ask."""
    element = bundle.element(parent, "str:Contact")
    texts(bundle, element, "com:Name", agent.name)
    if agent.homepage is not None:
        bundle.element(element, "str:URI", agent.homepage)
    if agent.email is not None:
        bundle.element(element, "str:Email", agent.email)


# Chapter 4: dataflows


def dataflows(bundle: Bundle, parent: _Element) -> None:
    """Append a dataflow for each cube, with how portals lay it out and what the edition's note says."""
    names = bundle.dataset.names
    for cube in bundle.dataset.cubes:
        element, annotations = maintainable(
            bundle, parent, "datastructure.Dataflow", names.dataflow(cube.id), cube.title
        )
        layout(bundle, annotations, cube)
        edition = bundle.publication.edition
        if edition.note is not None:
            annotation(bundle, annotations, "EDITION_NOTE", edition.version, text=edition.note)
        described(bundle, element, annotations, cube.description)
        refer(bundle, element, "str:Structure", "datastructure.DataStructure", names.dsd(cube.id))


def layout(bundle: Bundle, annotations: _Element, cube: Cube) -> None:
    """Append the table that a portal shows first: time across, the last dimension down, the others above.

    Source: .Stat Suite documentation, "Default layout" and "Default filter selections". The finest
    frequency is chosen, because a table of months and means of months makes no sense.
    """
    *sections, row = [component for component in cube.key_ids if component not in (FREQ, TIME_PERIOD)] or [FREQ]
    annotation(bundle, annotations, "LAYOUT_COLUMN", TIME_PERIOD)
    annotation(bundle, annotations, "LAYOUT_ROW", row)
    if sections:
        annotation(bundle, annotations, "LAYOUT_ROW_SECTION", ",".join(sections))
    covered = bundle.contents.get(cube.id)
    frequencies = covered.codes[FREQ] if covered else ()
    finest = next((code for code in periods.FREQUENCIES if code in frequencies), None)
    if finest is not None:
        annotation(bundle, annotations, "DEFAULT", f"{FREQ}={finest}")


# Chapter 5: category schemes and categorisations


def category_schemes(bundle: Bundle, parent: _Element) -> None:
    """Append a category scheme whose one category is the dataset."""
    dataset = bundle.dataset
    artefact = dataset.names.category_scheme
    scheme = described(bundle, *maintainable(bundle, parent, "categoryscheme.CategoryScheme", artefact, dataset.title))
    category = item(bundle, scheme, "categoryscheme.Category", dataset.names.structure_id(), dataset.title)
    described(bundle, *category, dataset.description)


def categorisations(bundle: Bundle, parent: _Element) -> None:
    """Append the dataflow of each cube to the category."""
    names = bundle.dataset.names
    for cube in bundle.dataset.cubes:
        kind = "categoryscheme.Categorisation"
        element = described(bundle, *maintainable(bundle, parent, kind, names.categorisation(cube.id), cube.title))
        refer(bundle, element, "str:Source", "datastructure.Dataflow", names.dataflow(cube.id))
        category = names.structure_id()
        refer(bundle, element, "str:Target", "categoryscheme.Category", names.category_scheme, category)


# Chapter 6: codelists


def codelists(bundle: Bundle, parent: _Element) -> None:
    """Append every codelist."""
    for codelist in bundle.dataset.codelists:
        element, annotations = maintainable(bundle, parent, "codelist.Codelist", codelist.id, codelist.name)
        if codelist.derived_from is not None:
            annotation(bundle, annotations, "DERIVED_FROM", url=codelist.derived_from)
        described(bundle, element, annotations, codelist.description)
        for entry in codelist.codes:
            code(bundle, element, entry)


def code(bundle: Bundle, scheme: _Element, entry: Code) -> None:
    """Append a code: its names, its parent, and its counterparts elsewhere as annotations."""
    element, annotations = item(bundle, scheme, "codelist.Code", entry.id, entry.name)
    for match in entry.matches:
        annotation(bundle, annotations, f"SKOS_{match.kind.upper()}_MATCH", url=match.iri)
    described(bundle, element, annotations, entry.description)
    if entry.parent is not None:
        refer_locally(bundle, element, "str:Parent", entry.parent)


# Chapter 7: concepts


def concepts(bundle: Bundle, parent: _Element) -> None:
    """Append the concept scheme; every concept says how its values are represented."""
    dataset = bundle.dataset
    artefact = dataset.names.concept_scheme
    scheme = described(bundle, *maintainable(bundle, parent, "conceptscheme.ConceptScheme", artefact, dataset.title))
    for concept in dataset.concepts:
        entry = item(bundle, scheme, "conceptscheme.Concept", concept.id, concept.name)
        element = described(bundle, *entry, concept.description)
        representation(bundle, element, "str:CoreRepresentation", concept)


def representation(bundle: Bundle, parent: _Element, name: str, concept: Concept) -> None:
    """Append how values are represented: the codes of a list, or the type of plain values."""
    element = bundle.element(parent, name)
    if concept.codelist is not None:
        refer(bundle, element, "str:Enumeration", "codelist.Codelist", concept.codelist.id)
    else:
        bundle.element(element, "str:TextFormat", textType=_TEXT_TYPES[concept.data_type])


# Chapter 8: data structure definitions


def data_structures(bundle: Bundle, parent: _Element) -> None:
    """Append the DSD of each cube: dimensions, attributes, the measure."""
    names = bundle.dataset.names
    for cube in bundle.dataset.cubes:
        kind = "datastructure.DataStructure"
        element = described(bundle, *maintainable(bundle, parent, kind, names.dsd(cube.id), cube.title))
        components = bundle.element(element, "str:DataStructureComponents")
        dimension_list(bundle, components, cube)
        attribute_list(bundle, components, cube)
        measures = bundle.element(components, "str:MeasureList", id="MeasureDescriptor")
        component(bundle, measures, "str:PrimaryMeasure", cube.measure.concept)


def dimension_list(bundle: Bundle, parent: _Element, cube: Cube) -> None:
    """Append the dimensions in order, time last."""
    dimensions = bundle.element(parent, "str:DimensionList", id="DimensionDescriptor")
    for position, dimension in enumerate(cube.dimensions, 1):
        name = "str:TimeDimension" if dimension.is_time else "str:Dimension"
        component(bundle, dimensions, name, dimension.concept, position=str(position))


def attribute_list(bundle: Bundle, parent: _Element, cube: Cube) -> None:
    """Append the attributes of observations, then those of series."""
    attributes = bundle.element(parent, "str:AttributeList", id="AttributeDescriptor")
    for attribute in cube.attributes:
        status = "Mandatory" if attribute.required else "Conditional"
        element = component(bundle, attributes, "str:Attribute", attribute.concept, assignmentStatus=status)
        relationship = bundle.element(element, "str:AttributeRelationship")
        refer_locally(bundle, relationship, "str:PrimaryMeasure", OBS_VALUE)
    for constant in cube.series_attributes:
        element = component(bundle, attributes, "str:Attribute", constant.concept, assignmentStatus="Mandatory")
        relationship = bundle.element(element, "str:AttributeRelationship")
        for dimension in cube.dimensions:
            if not dimension.is_time:
                refer_locally(bundle, relationship, "str:Dimension", dimension.id)


def component(bundle: Bundle, parent: _Element, name: str, concept: Concept, **attributes: str) -> _Element:
    """Append a component: the concept it is, and its local representation."""
    element = bundle.element(parent, name, id=concept.id, **attributes)
    names = bundle.dataset.names
    refer(bundle, element, "str:ConceptIdentity", "conceptscheme.Concept", names.concept_scheme, concept.id)
    representation(bundle, element, "str:LocalRepresentation", concept)
    return element


# Chapter 9: constraints


def constraints(bundle: Bundle, parent: _Element) -> None:
    """Append what each dataflow really holds: codes by dimension, and the range of its time."""
    names = bundle.dataset.names
    for cube in bundle.dataset.cubes:
        covered = bundle.contents.get(cube.id)
        if covered is None or covered.begin is None or covered.end is None:
            continue
        kind = "registry.ContentConstraint"
        artefact = maintainable(bundle, parent, kind, names.constraint(cube.id), cube.title, type="Actual")
        element = described(bundle, *artefact)
        attachment = bundle.element(element, "str:ConstraintAttachment")
        refer(bundle, attachment, "str:Dataflow", "datastructure.Dataflow", names.dataflow(cube.id))
        region = bundle.element(element, "str:CubeRegion", include="true")
        for dimension, codes in covered.codes.items():
            selection = bundle.element(region, "com:KeyValue", id=dimension)
            for value in codes:
                bundle.element(selection, "com:Value", value)
        time = bundle.element(bundle.element(region, "com:KeyValue", id=TIME_PERIOD), "com:TimeRange")
        bundle.element(time, "com:StartPeriod", str(covered.begin), isInclusive="true")
        bundle.element(time, "com:EndPeriod", str(covered.end), isInclusive="true")


# Chapter 10: provision agreements


def provision_agreements(bundle: Bundle, parent: _Element) -> None:
    """Append, for each dataflow, that the publisher provides it."""
    names = bundle.dataset.names
    for cube in bundle.dataset.cubes:
        kind = "registry.ProvisionAgreement"
        element = described(bundle, *maintainable(bundle, parent, kind, names.provision_agreement(cube.id), cube.title))
        refer(bundle, element, "str:StructureUsage", "datastructure.Dataflow", names.dataflow(cube.id))
        refer(bundle, element, "str:DataProvider", "base.DataProvider", _PROVIDERS, names.agency)


VERSION_2_1 = Version(
    "2.1",
    NAMESPACES["2.1"],
    (
        ("OrganisationSchemes", organisation_schemes),
        ("Dataflows", dataflows),
        ("CategorySchemes", category_schemes),
        ("Categorisations", categorisations),
        ("Codelists", codelists),
        ("Concepts", concepts),
        ("DataStructures", data_structures),
        ("Constraints", constraints),
        ("ProvisionAgreements", provision_agreements),
    ),
)

FORMAT = Format("sdmx-structure", "SDMX structures", ("sdmx/structure-2.1.xml",), write)
