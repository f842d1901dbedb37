"""What ``cube-link/<cube>.ttl`` says beside the observations: the cubes, their constraints, the concepts.

Source: Cube Schema (https://cube.link, documentation: core, constraints, visualization, advanced) and
its profiles standalone-cube, standalone-constraint and visualize. Every dimension is mandatory and
stands once; what an observation does not have is ``cube:Undefined``. No node is blank.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from publisher.formats import rdf_common
from publisher.formats.cube_link_constraint import Constraint
from publisher.formats.cube_link_terms import CUBE, SCHEMA, TIME, Half, Statements, Used, codes, with_ancestors
from publisher.model import Codelist, Cube, Dataset, Edition

if TYPE_CHECKING:
    from rdflib import Graph

_STATUS = "https://ld.admin.ch/vocabulary/CreativeWorkStatus/"
_VISUALIZE = "https://ld.admin.ch/application/visualize"


def graph_of(dataset: Dataset, edition: Edition, cube: Cube, there: Iterable[Half], used: Used) -> Graph:
    """Return the triples of a cube's file beside its observations.

    ``there`` are the halves that have observations, ``used`` the codes and periods of each coded component.
    """
    from rdflib import Graph

    say = Statements(Graph(bind_namespaces="none"))
    writer = _Writer(dataset, cube, used, say)
    constraint = Constraint(dataset, cube, used, say)
    written = list(there)
    for half in written:
        writer.cube(half, edition, [other for other in written if other != half])
        constraint.write(half)
    writer.agents()
    writer.concepts()
    return say.graph


class _Writer:
    """Adds to one graph, resource by resource."""

    def __init__(self, dataset: Dataset, cube: Cube, used: Used, say: Statements) -> None:
        self._dataset, self._names, self._cube, self._used, self._say = dataset, dataset.names, cube, used, say
        self._agent = rdf_common.publisher_iri(dataset)
        self._contact = dataset.names.iri("catalog", "contact")

    def cube(self, half: Half, edition: Edition, others: list[Half]) -> None:
        """Add a cube with what the profiles ask of it, and its set of observations."""
        dataset = self._dataset
        self._say.type(half.iri, f"{CUBE}Cube")
        self._say.texts(half.iri, f"{SCHEMA}name", half.name)
        self._say.texts(half.iri, f"{SCHEMA}description", self._cube.description or dataset.description)
        for role in ("publisher", "creator", "contributor"):
            self._say.link(half.iri, SCHEMA + role, self._agent)
        self._say.link(half.iri, f"{SCHEMA}contactPoint", self._contact)
        issued, modified = edition.issued or edition.prepared, edition.prepared
        for word, moment in (("dateCreated", issued), ("datePublished", issued), ("dateModified", modified)):
            self._say.literal(half.iri, SCHEMA + word, moment.date().isoformat(), "date")
        self._say.literal(half.iri, f"{SCHEMA}identifier", half.iri.removeprefix(f"{self._names.root}/"))
        self._say.literal(half.iri, f"{SCHEMA}version", edition.version)
        self._say.link(half.iri, f"{SCHEMA}license", dataset.licence.authority_iri or dataset.licence.url)
        # The profiles know no other two: what is no longer maintained was published all the same.
        status = "Draft" if dataset.catalogue.status == "DEVELOP" else "Published"
        self._say.link(half.iri, f"{SCHEMA}creativeWorkStatus", _STATUS + status)
        if half.shown:
            self._say.link(half.iri, f"{SCHEMA}workExample", _VISUALIZE)
        self._say.link(half.iri, f"{CUBE}observationSet", half.observations)
        self._say.link(half.iri, f"{CUBE}observationConstraint", half.constraint)
        for other in others:
            self._say.link(half.iri, f"{rdf_common.VOCABULARIES['rdfs']}seeAlso", other.iri)
        self._say.type(half.observations, f"{CUBE}ObservationSet")

    def agents(self) -> None:
        """Add who publishes, and whom to ask."""
        dataset = self._dataset
        self._say.type(self._agent, f"{SCHEMA}Organization")
        self._say.texts(self._agent, f"{SCHEMA}name", dataset.publisher.name)
        self._say.type(self._contact, f"{SCHEMA}ContactPoint")
        self._say.texts(self._contact, f"{SCHEMA}name", dataset.contact.name)
        if dataset.contact.email is not None:
            self._say.literal(self._contact, f"{SCHEMA}email", dataset.contact.email)
        if dataset.contact.homepage is not None:
            self._say.link(self._contact, f"{SCHEMA}url", dataset.contact.homepage)

    def concepts(self) -> None:
        """Add the names and the order of the codes and periods that observations have."""
        cube = self._cube
        concepts = (*(item.concept for item in cube.dimensions), *(item.concept for item in cube.attributes))
        for concept in dict.fromkeys(concepts):
            codelist = concept.codelist
            if codelist is not None:
                self._terms(codelist, codes(concept, self._used))
            elif concept.data_type == "period":
                for period in codes(concept, self._used):
                    iri = self._names.period(period)
                    self._say.type(iri, f"{TIME}ProperInterval")
                    self._say.literal(iri, f"{SCHEMA}name", period)
                    self._say.literal(iri, f"{SCHEMA}position", period)

    def _terms(self, codelist: Codelist, used: list[str]) -> None:
        there = with_ancestors(codelist, used)
        for code in there:
            iri = self._names.code(codelist.id, code)
            self._say.type(iri, f"{SCHEMA}DefinedTerm")
            self._say.link(iri, f"{SCHEMA}inDefinedTermSet", self._names.codelist(codelist.id))
            self._say.texts(iri, f"{SCHEMA}name", codelist[code].name)
            self._say.literal(iri, f"{SCHEMA}identifier", code)
            self._say.literal(iri, f"{SCHEMA}position", str(codelist.position(code) + 1), "integer")
            if (parent := codelist[code].parent) is not None:
                self._say.link(self._names.code(codelist.id, parent), f"{rdf_common.SKOS}narrower", iri)
