"""What the writers of cube.link share: its vocabularies, the two cubes of a cube, and how triples are added.

Source: Cube Schema (https://cube.link).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.formats import rdf_common
from publisher.model import Codelist, Concept, Cube, Dataset, Text
from publisher.naming import Names

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

CUBE = "https://cube.link/"
META = "https://cube.link/meta/"
SCHEMA = "http://schema.org/"
SH = "http://www.w3.org/ns/shacl#"
QUDT = "http://qudt.org/schema/qudt/"
UNDEFINED = f"{CUBE}Undefined"
TIME = rdf_common.VOCABULARIES["time"]

Used = Mapping[str, frozenset[str]]
"""The codes and periods that the observations of a cube have, by component."""


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two cubes of a cube: the disclosed observations, or the suppressed ones.

    ``shown`` is whether a portal should list it; ``measures`` are (id, name) of its measures.
    """

    iri: str
    prefix: str
    name: Text
    shown: bool
    measures: tuple[tuple[str, Text], ...]

    @property
    def observations(self) -> str:
        """The IRI of its ``cube:ObservationSet``."""
        return f"{self.iri}/observations"

    @property
    def constraint(self) -> str:
        """The IRI of its ``cube:Constraint``."""
        return f"{self.iri}/constraint"


def halves(dataset: Dataset, cube: Cube) -> tuple[Half, Half]:
    """Return the cube of the disclosed observations and that of the suppressed ones."""
    names = dataset.names
    bounds = rdf_common.bounds(dataset, cube.measure.decimals)
    measures = tuple((measure, rdf_common.words(measure, dataset.languages)) for measure, _ in bounds)
    hidden = rdf_common.words("suppressed", cube.title.languages)
    name = Text(tuple((language, f"{cube.title.get(language) or cube.title}: {words}") for language, words in hidden))
    shown = (cube.measure.id, cube.measure.concept.name)
    return (
        Half(names.iri(cube.id, "cube-link"), "disclosed", cube.title, True, (shown,)),
        Half(names.iri(cube.id, "suppressed", "cube-link"), "suppressed", name, False, measures),
    )


class Statements:
    """A graph that is added to, statement by statement; subjects and predicates are IRIs."""

    def __init__(self, graph: Graph) -> None:
        """Keep the graph."""
        self.graph = graph

    def type(self, subject: str, kind: str) -> None:
        """Add what something is."""
        self.link(subject, f"{rdf_common.RDF}type", kind)

    def link(self, subject: str, predicate: str, value: str) -> None:
        """Add an IRI."""
        from rdflib import URIRef

        self._add(subject, predicate, URIRef(value))

    def literal(self, subject: str, predicate: str, text: str, datatype: str | None = None) -> None:
        """Add a literal; ``datatype`` is a word of XML Schema."""
        from rdflib import Literal, URIRef

        kind = None if datatype is None else URIRef(rdf_common.XSD + datatype)
        self._add(subject, predicate, Literal(text, datatype=kind))

    def texts(self, subject: str, predicate: str, text: Text | None) -> None:
        """Add a text in every language it has."""
        from rdflib import Literal

        for language, words in text or ():
            self._add(subject, predicate, Literal(words, lang=language))

    def _add(self, subject: str, predicate: str, value: Node) -> None:
        from rdflib import URIRef

        self.graph.add((URIRef(subject), URIRef(predicate), value))


def codes(concept: Concept, used: Used) -> list[str]:
    """Return the codes or periods of a component that observations have, in the order of presentation."""
    there, codelist = used.get(concept.id, frozenset()), concept.codelist
    return sorted(there) if codelist is None else sorted(there, key=codelist.position)


def iri_of(names: Names, concept: Concept, code: str) -> str:
    """Return the IRI of a code or a period of a component."""
    return names.period(code) if concept.codelist is None else names.code(concept.codelist.id, code)


def with_ancestors(codelist: Codelist, codes: Iterable[str]) -> list[str]:
    """Return codes and all that they lie below, in the order of the list."""
    found: set[str] = set()
    for code in codes:
        item: str | None = code
        while item is not None and item not in found:
            found.add(item)
            item = codelist[item].parent
    return sorted(found, key=codelist.position)
