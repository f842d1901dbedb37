"""The structures of a dataset as SDMX artefacts, in no format yet: what the structure messages are written from.

Each artefact is a record that says what the information model says of it, in any version of SDMX; how
a version writes it is the serialisers' part. The functions follow the chapters of SDMX 2.1 section 3A,
part III (structure). References are made by one function and know their URN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from publisher import periods
from publisher.formats.draft import Publication
from publisher.formats.sdmx_common import Contents, contents
from publisher.model import FREQ, TIME_PERIOD, Agent, Codelist, Concept, Cube, Dataset, DataType, Text
from publisher.naming import NCNAME_PATTERN, Names

# Top-level agencies are items of SDMX's own scheme, of which a message holds one (SDMX 2.1 section 6, 10.1).
_SDMX = "SDMX"
_AGENCIES = Text((("en", "SDMX Agency Scheme"),))

# The one version that the schemes of agencies and of data providers can have.
FIXED_VERSION = "1.0"

# Double without decimals as a facet: 0 is no positiveInteger, and a suppressed value is NaN.
_TEXT_TYPES: dict[DataType, str] = {
    "period": "ObservationalTimePeriod",
    "number": "Double",
    "integer": "Integer",
    "string": "String",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """Which artefact, or which item of one: ``kind`` is its package and class, as in ``codelist.Codelist``."""

    kind: str
    names: Names
    artefact: str
    item: str | None = None

    @property
    def class_name(self) -> str:
        """The class in the information model."""
        return self.kind.split(".")[1]

    @property
    def urn(self) -> str:
        """The URN that SDMX identifies it by."""
        return self.names.urn(self.kind, self.artefact, *([] if self.item is None else [self.item]))

    def within(self, kind: str, item: str) -> Reference:
        """Return an item of this artefact."""
        return replace(self, kind=kind, item=item)


@dataclass(frozen=True, slots=True)
class Annotation:
    """A note on an artefact: its type, and a title, a URL or words."""

    kind: str
    title: str | None = None
    url: str | None = None
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class Representation:
    """How values are written: as codes of a list, or as plain values of a type."""

    codelist: Reference | None
    text_type: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a scheme: an agency, a category, a code, a concept, a data provider."""

    identity: Reference
    name: Text
    description: Text | None = None
    annotations: tuple[Annotation, ...] = ()
    parent: str | None = None
    representation: Representation | None = None
    contact: Agent | None = None

    @property
    def id(self) -> str:
        """Its id in the scheme."""
        return str(self.identity.item)


@dataclass(frozen=True, slots=True)
class Component:
    """A component of a DSD.

    ``mandatory`` and ``dimensions`` are of attributes: what it relates to, empty for one that
    belongs to observations.
    """

    role: str
    concept: Reference
    representation: Representation
    mandatory: bool = False
    dimensions: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The component id, which is its concept's."""
        return str(self.concept.item)


@dataclass(frozen=True, slots=True)
class Artefact:
    """A maintainable artefact, with the content that its kind has.

    ``references`` are by role: the structure of a dataflow, source and target of a categorisation,
    dataflow and provider of a provision agreement. ``contents`` and ``observations`` are a
    constraint's: what there is data for, and how many observations.
    """

    identity: Reference
    name: Text
    description: Text | None = None
    annotations: tuple[Annotation, ...] = ()
    is_partial: bool = False
    items: tuple[Item, ...] = ()
    components: tuple[Component, ...] = ()
    references: Mapping[str, Reference] | None = None
    contents: Contents | None = None
    observations: int = 0

    @property
    def id(self) -> str:
        """Its id."""
        return self.identity.artefact

    @property
    def has_nameable_parents(self) -> bool:
        """Whether every parent is a name to XML, as SDMX-ML 3.0 demands of them: ``_T`` and ``0301`` are none."""
        return all(item.parent is None or NCNAME_PATTERN.fullmatch(item.parent) for item in self.items)

    def reference(self, role: str) -> Reference:
        """Return what it refers to in a role; KeyError where its kind has no such role."""
        return (self.references or {})[role]


Artefacts = Mapping[str, tuple[Artefact, ...]]
"""Artefacts by class."""


def artefacts(publication: Publication) -> Artefacts:
    """Return every artefact of a publication, by class, with what the observations cover."""
    dataset = publication.dataset
    names = dataset.names
    covered = {item.cube.id: (contents(item), item.rows) for item in publication.observations}
    cubes = dataset.cubes
    return {
        "AgencyScheme": (agency_scheme(dataset),),
        "DataProviderScheme": (data_provider_scheme(dataset),),
        "Dataflow": tuple(dataflow(publication, cube, covered.get(cube.id)) for cube in cubes),
        "CategoryScheme": (category_scheme(dataset),),
        "Categorisation": tuple(categorisation(names, cube) for cube in cubes),
        "Codelist": tuple(codelist(names, item) for item in dataset.codelists),
        "ConceptScheme": (concept_scheme(dataset),),
        "DataStructure": tuple(data_structure(dataset, cube) for cube in cubes),
        "DataConstraint": tuple(
            constraint(names, cube, *covered[cube.id])
            for cube in cubes
            if cube.id in covered and covered[cube.id][0].begin is not None
        ),
        "ProvisionAgreement": tuple(provision_agreement(names, cube) for cube in cubes),
    }


# Chapter 3: organisations


def agency_scheme(dataset: Dataset) -> Artefact:
    """Return SDMX's scheme of agencies, with the one that publishes."""
    names = replace(dataset.names, agency=_SDMX, version=FIXED_VERSION)
    identity = Reference("base.AgencyScheme", names, "AGENCIES")
    agency = Item(identity.within("base.Agency", dataset.names.agency), dataset.publisher.name)
    return Artefact(identity, _AGENCIES, is_partial=True, items=(agency,))


def data_provider_scheme(dataset: Dataset) -> Artefact:
    """Return the agency's scheme of data providers: itself, with whom to ask."""
    provider = _provider(dataset.names)
    identity = replace(provider, kind="base.DataProviderScheme", item=None)
    item = Item(provider, dataset.publisher.name, contact=dataset.contact)
    return Artefact(identity, dataset.publisher.name, items=(item,))


def _provider(names: Names) -> Reference:
    names = replace(names, version=FIXED_VERSION)
    return Reference("base.DataProvider", names, "DATA_PROVIDERS", names.agency)


# Chapter 4: dataflows


def dataflow(publication: Publication, cube: Cube, covered: tuple[Contents, int] | None) -> Artefact:
    """Return a cube's dataflow, with how portals lay it out and what the edition's note says."""
    names, edition = publication.dataset.names, publication.edition
    notes = layout(cube, covered[0] if covered else None)
    if edition.note is not None:
        notes += (Annotation("EDITION_NOTE", edition.version, text=edition.note),)
    structure = {"structure": Reference("datastructure.DataStructure", names, names.dsd(cube.id))}
    return Artefact(_flow(names, cube), cube.title, cube.description, notes, references=structure)


def _flow(names: Names, cube: Cube) -> Reference:
    return Reference("datastructure.Dataflow", names, names.dataflow(cube.id))


def layout(cube: Cube, covered: Contents | None) -> tuple[Annotation, ...]:
    """Return the table that a portal shows first: time across, the last dimension down, the others above.

    Source: .Stat Suite documentation, "Default layout" and "Default filter selections". The finest
    frequency is chosen, because a table of months and means of months makes no sense.
    """
    *sections, row = [component for component in cube.key_ids if component not in (FREQ, TIME_PERIOD)] or [FREQ]
    notes = [Annotation("LAYOUT_COLUMN", TIME_PERIOD), Annotation("LAYOUT_ROW", row)]
    if sections:
        notes.append(Annotation("LAYOUT_ROW_SECTION", ",".join(sections)))
    frequencies = covered.codes[FREQ] if covered else ()
    finest = next((code for code in periods.FREQUENCIES if code in frequencies), None)
    if finest is not None:
        notes.append(Annotation("DEFAULT", f"{FREQ}={finest}"))
    return tuple(notes)


# Chapter 5: category schemes and categorisations


def category_scheme(dataset: Dataset) -> Artefact:
    """Return a category scheme whose one category is the dataset."""
    category = _category(dataset.names)
    identity = replace(category, kind="categoryscheme.CategoryScheme", item=None)
    return Artefact(identity, dataset.title, items=(Item(category, dataset.title, dataset.description),))


def _category(names: Names) -> Reference:
    return Reference("categoryscheme.Category", names, names.category_scheme, names.structure_id())


def categorisation(names: Names, cube: Cube) -> Artefact:
    """Return what puts a cube's dataflow in the category."""
    identity = Reference("categoryscheme.Categorisation", names, names.categorisation(cube.id))
    return Artefact(identity, cube.title, references={"source": _flow(names, cube), "target": _category(names)})


# Chapter 6: codelists


def codelist(names: Names, source: Codelist) -> Artefact:
    """Return a codelist; origin and counterparts elsewhere are annotations."""
    identity = Reference("codelist.Codelist", names, source.id)
    origin = () if source.derived_from is None else (Annotation("DERIVED_FROM", url=source.derived_from),)
    codes = tuple(
        Item(
            identity.within("codelist.Code", code.id),
            code.name,
            code.description,
            tuple(Annotation(f"SKOS_{match.kind.upper()}_MATCH", url=match.iri) for match in code.matches),
            code.parent,
        )
        for code in source.codes
    )
    return Artefact(identity, source.name, source.description, origin, items=codes)


def hierarchy(of: Artefact) -> Artefact:
    """Return the parents in a codelist as an artefact of its own, whose items are its codes."""
    names = of.identity.names
    identity = Reference("codelist.Hierarchy", names, names.hierarchy(of.id))
    return Artefact(identity, of.name, of.description, items=of.items)


# Chapter 7: concepts


def concept_scheme(dataset: Dataset) -> Artefact:
    """Return the concept scheme; every concept says how its values are represented."""
    names = dataset.names
    identity = Reference("conceptscheme.ConceptScheme", names, names.concept_scheme)
    items = tuple(
        Item(_concept(names, item), item.name, item.description, representation=representation(names, item))
        for item in dataset.concepts
    )
    return Artefact(identity, dataset.title, items=items)


def _concept(names: Names, concept: Concept) -> Reference:
    return Reference("conceptscheme.Concept", names, names.concept_scheme, concept.id)


def representation(names: Names, concept: Concept) -> Representation:
    """Return how a concept's values are represented, in the concept scheme and in every DSD."""
    if concept.codelist is not None:
        return Representation(Reference("codelist.Codelist", names, concept.codelist.id), None)
    return Representation(None, _TEXT_TYPES[concept.data_type])


# Chapter 8: data structure definitions


def data_structure(dataset: Dataset, cube: Cube) -> Artefact:
    """Return a cube's DSD: dimensions with time last, attributes of observations, then of series, the measure.

    Where cells can be hidden it says so as the .Stat Suite wants to know before any data are loaded.
    Source: .Stat Suite documentation, "Intentionally missing values".
    """
    names = dataset.names
    missing = () if dataset.suppression is None else (Annotation("SUPPORT_INTENT_MISS_VALUES"),)
    identity = Reference("datastructure.DataStructure", names, names.dsd(cube.id))
    key = tuple(dimension.id for dimension in cube.dimensions if not dimension.is_time)
    components = [
        *((("TimeDimension" if item.is_time else "Dimension"), item.concept, False, ()) for item in cube.dimensions),
        *(("Attribute", attribute.concept, attribute.required, ()) for attribute in cube.attributes),
        *(("Attribute", constant.concept, True, key) for constant in cube.series_attributes),
        ("Measure", cube.measure.concept, False, ()),
    ]
    return Artefact(
        identity,
        cube.title,
        annotations=missing,
        components=tuple(
            Component(role, _concept(names, concept), representation(names, concept), mandatory, dimensions)
            for role, concept, mandatory, dimensions in components
        ),
    )


# Chapter 9: constraints


def constraint(names: Names, cube: Cube, covered: Contents, observations: int) -> Artefact:
    """Return what a cube's dataflow really holds: codes by dimension, the periods, how many observations."""
    identity = Reference("registry.DataConstraint", names, names.constraint(cube.id))
    flow = {"dataflow": _flow(names, cube)}
    return Artefact(identity, cube.title, references=flow, contents=covered, observations=observations)


# Chapter 10: provision agreements


def provision_agreement(names: Names, cube: Cube) -> Artefact:
    """Return that the publisher provides a cube's dataflow."""
    identity = Reference("registry.ProvisionAgreement", names, names.provision_agreement(cube.id))
    references = {"dataflow": _flow(names, cube), "provider": _provider(names)}
    return Artefact(identity, cube.title, references=references)
