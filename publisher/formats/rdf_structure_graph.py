"""The triples of structures: the data sets of each cube, their structures and the dataset's properties.

Source: The RDF Data Cube Vocabulary (W3C 2014), sections 6 and 7. A cube is two data sets: the
observations with a value, and the suppressed ones, whose measures are the bounds of the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from publisher.formats import rdf_common
from publisher.model import UNIT_MEASURE, Concept, Cube, Dataset, Text

if TYPE_CHECKING:
    from rdflib import Graph, URIRef
    from rdflib.term import Node

_Role = Literal["dimension", "measure", "attribute"]


@dataclass(frozen=True, slots=True)
class _Component:
    """A component of a structure; ``required`` is None but for attributes."""

    role: _Role
    id: str
    required: bool | None = None


def graph_of(dataset: Dataset) -> Graph:
    """Return the triples of the file."""
    from rdflib import Graph

    writer = _Writer(dataset, Graph(bind_namespaces="none"))
    writer.concepts()
    for cube in dataset.cubes:
        writer.cube(cube)
    writer.bounds()
    return writer.graph


def _components(cube: Cube, measures: tuple[str, ...]) -> tuple[_Component, ...]:
    return (
        *(_Component("dimension", dimension.id) for dimension in cube.dimensions),
        *(_Component("measure", measure) for measure in measures),
        *(_Component("attribute", attribute.id, attribute.required) for attribute in cube.attributes),
        _Component("attribute", UNIT_MEASURE, True),
    )


class _Writer:
    """Adds to one graph, resource by resource."""

    def __init__(self, dataset: Dataset, graph: Graph) -> None:
        from rdflib import QB

        self.dataset, self.names, self.graph, self.qb = dataset, dataset.names, graph, QB

    def concepts(self) -> None:
        """Add the concept scheme; a concept's IRI is its SDMX URN."""
        from rdflib import DCTERMS, RDF, SKOS, Literal, URIRef

        urn = self.names.urn("conceptscheme.ConceptScheme", self.names.concept_scheme)
        self._add(urn, RDF.type, SKOS.ConceptScheme)
        self._add(urn, DCTERMS.identifier, Literal(urn))
        self._texts(urn, DCTERMS.title, self.dataset.title)
        for concept in self.dataset.concepts:
            iri = self._concept(concept.id)
            self._add(iri, RDF.type, SKOS.Concept)
            self._add(iri, SKOS.inScheme, URIRef(urn))
            self._add(iri, SKOS.notation, Literal(concept.id))
            self._add(iri, DCTERMS.identifier, Literal(iri))
            self._texts(iri, SKOS.prefLabel, concept.name)
            self._texts(iri, SKOS.definition, concept.description)

    def _concept(self, concept: str) -> str:
        return self.names.urn("conceptscheme.Concept", self.names.concept_scheme, concept)

    def cube(self, cube: Cube) -> None:
        """Add both data sets of a cube, their structures and the properties they use."""
        from rdflib import DCTERMS, RDFS, Literal, URIRef

        names = self.names
        disclosed, hidden = names.cube(cube.id), names.suppressed(cube.id)
        self._data_set(disclosed, names.iri(cube.id, "structure"), cube.title, _components(cube, (cube.measure.id,)))
        self._texts(disclosed, DCTERMS.description, cube.description)
        self._add(disclosed, DCTERMS.identifier, Literal(names.urn("datastructure.Dataflow", names.dataflow(cube.id))))
        dsd = names.urn("datastructure.DataStructure", names.dsd(cube.id))
        self._add(names.iri(cube.id, "structure"), DCTERMS.identifier, Literal(dsd))
        measures = tuple(measure for measure, _ in rdf_common.bounds(self.dataset, 0))
        structure = names.iri(cube.id, "suppressed", "structure")
        self._data_set(hidden, structure, self._hidden_title(cube), _components(cube, measures))
        self._add(disclosed, RDFS.seeAlso, URIRef(hidden))
        self._add(hidden, RDFS.seeAlso, URIRef(disclosed))
        self._add(hidden, DCTERMS.isPartOf, URIRef(disclosed))
        for dimension in cube.dimensions:
            self._property("dimension", dimension.concept)
        self._property("measure", cube.measure.concept)
        for concept in (*(item.concept for item in cube.attributes), cube.series_attributes[0].concept):
            self._property("attribute", concept)

    def _hidden_title(self, cube: Cube) -> Text:
        hidden = rdf_common.words("suppressed", cube.title.languages)
        return Text(tuple((lang, f"{cube.title.get(lang) or cube.title}: {text}") for lang, text in hidden))

    def _data_set(self, iri: str, structure: str, title: Text, components: tuple[_Component, ...]) -> None:
        from rdflib import DCTERMS, RDF, RDFS, URIRef

        self._add(iri, RDF.type, self.qb.DataSet)
        self._add(iri, self.qb.structure, URIRef(structure))
        self._texts(iri, DCTERMS.title, title)
        self._texts(iri, RDFS.label, title)
        self._add(structure, RDF.type, self.qb.DataStructureDefinition)
        self._texts(structure, RDFS.label, title)
        for order, component in enumerate(components, 1):
            self._specification(structure, order, component)

    def _specification(self, structure: str, order: int, component: _Component) -> None:
        from rdflib import RDF, XSD, Literal, URIRef

        iri = f"{structure}/{component.id}"
        property_iri = URIRef(self.names.component(component.role, component.id))
        self._add(structure, self.qb.component, URIRef(iri))
        self._add(iri, RDF.type, self.qb.ComponentSpecification)
        self._add(iri, self.qb[component.role], property_iri)
        self._add(iri, self.qb.componentProperty, property_iri)
        self._add(iri, self.qb.order, Literal(order))
        if component.required is not None:
            self._add(iri, self.qb.componentRequired, Literal(component.required, datatype=XSD.boolean))
            self._add(iri, self.qb.componentAttachment, self.qb.Observation)

    def _property(self, role: _Role, concept: Concept) -> None:
        from rdflib import RDF, RDFS, SKOS, URIRef

        iri = self.names.component(role, concept.id)
        self._declare(role, iri, concept.name)
        self._texts(iri, RDFS.comment, concept.description)
        self._add(iri, self.qb.concept, URIRef(self._concept(concept.id)))
        if concept.subproperty_of is not None:
            self._add(iri, RDFS.subPropertyOf, URIRef(concept.subproperty_of))
        self._add(iri, RDFS.range, URIRef(self._range(concept)))
        if concept.data_type in ("code", "period"):
            listed = concept.codelist
            codelist = self.names.iri("period") if listed is None else self.names.codelist(listed.id)
            self._add(iri, RDF.type, self.qb.CodedProperty)
            self._add(iri, self.qb.codeList, URIRef(codelist))
            self._add(codelist, RDF.type, SKOS.ConceptScheme)

    def _range(self, concept: Concept) -> str:
        if concept.data_type == "number":
            return self._number_range(cube for cube in self.dataset.cubes if cube.measure.concept == concept)
        return {
            "code": f"{rdf_common.SKOS}Concept",
            "period": rdf_common.VOCABULARIES["time"] + "ProperInterval",
            "integer": f"{rdf_common.XSD}integer",
            "string": f"{rdf_common.XSD}string",
        }[concept.data_type]

    def _number_range(self, cubes: Iterable[Cube]) -> str:
        return rdf_common.XSD + ("decimal" if any(cube.measure.decimals for cube in cubes) else "integer")

    def _declare(self, role: _Role, iri: str, name: Text) -> None:
        from rdflib import RDF, RDFS

        self._add(iri, RDF.type, RDF.Property)
        self._add(iri, RDF.type, self.qb[f"{role.capitalize()}Property"])
        self._texts(iri, RDFS.label, name)

    def bounds(self) -> None:
        """Add the measures of suppressed observations."""
        from rdflib import RDFS, URIRef

        for measure, _ in rdf_common.bounds(self.dataset, 0):
            iri = self.names.component("measure", measure)
            self._declare("measure", iri, rdf_common.words(measure, self.dataset.languages))
            self._add(iri, RDFS.range, URIRef(self._number_range(self.dataset.cubes)))

    def _add(self, subject: str, predicate: Node, value: Node) -> None:
        from rdflib import URIRef

        self.graph.add((URIRef(subject), predicate, value))

    def _texts(self, subject: str, predicate: URIRef, text: Text | None) -> None:
        for literal in _literals(text):
            self._add(subject, predicate, literal)


def _literals(text: Text | None) -> Iterator[Node]:
    from rdflib import Literal

    return (Literal(words, lang=language) for language, words in text or ())
