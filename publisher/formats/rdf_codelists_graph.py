"""The triples of codelists: SKOS with XKOS levels, and the time periods that are used.

Sources: SKOS Reference; XKOS 1.2 and XKOS-AP-NO (levels, identifier, title, publisher); OWL-Time
(proper intervals between two instants); ADMS (identifiers beside a resource's own). No node is blank.

A concept has one notation, its code, so that whoever joins on it counts nothing twice. Its codes in
systems without an IRI for each code stand beside it, each in an ``adms:Identifier`` whose notation
has the system as its datatype.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from publisher import periods
from publisher.formats import rdf_common
from publisher.formats.draft import Publication
from publisher.model import TIME_PERIOD, Code, Codelist, Dataset, Text
from publisher.observations import Observations

if TYPE_CHECKING:
    from rdflib import Graph, URIRef

_BATCH_ROWS = 65_536
ADMS = "http://www.w3.org/ns/adms#"
_VALID_THROUGH = "http://schema.org/validThrough"


def graph_of(publication: Publication) -> Graph:
    """Return the triples of the file."""
    from rdflib import RDF, Graph, URIRef

    dataset = publication.dataset
    writer = _Writer(dataset, Graph(bind_namespaces="none"))
    writer.publisher()
    for codelist in dataset.codelists:
        writer.codelist(codelist)
    writer.periods(sorted(set().union(*map(used_periods, publication.observations))))
    writer.graph.add((RDF.nil, RDF.type, URIRef(f"{rdf_common.RDF}List")))
    return writer.graph


def used_periods(observations: Observations) -> set[str]:
    """Return the time periods that observations are of, read batch by batch."""
    import pyarrow.compute as pc

    used: set[str] = set()
    for batch in observations.batches(_BATCH_ROWS):
        used.update(pc.unique(batch[TIME_PERIOD]).to_pylist())
    return used


class _Writer:
    """Adds to one graph, resource by resource."""

    def __init__(self, dataset: Dataset, graph: Graph) -> None:
        self.dataset, self.names, self.graph = dataset, dataset.names, graph
        self._first = dataset.languages[0]

    def publisher(self) -> None:
        """Add the organisation that publishes."""
        from rdflib import DCTERMS, FOAF, RDF, Literal, URIRef

        agent = self.dataset.publisher
        iri = URIRef(rdf_common.publisher_iri(self.dataset))
        self.graph.add((iri, RDF.type, FOAF.Agent))
        self._texts(iri, FOAF.name, agent.name)
        if agent.identifier is not None:
            self.graph.add((iri, DCTERMS.identifier, Literal(agent.identifier)))
        if agent.homepage is not None:
            self.graph.add((iri, FOAF.homepage, URIRef(agent.homepage)))

    def codelist(self, codelist: Codelist) -> None:
        """Add a codelist, its codes and its levels."""
        from rdflib import DCTERMS, PROV, SKOS, Literal, URIRef

        urn = self.names.urn("codelist.Codelist", codelist.id)
        scheme = self._scheme(self.names.codelist(codelist.id), urn, codelist.name)
        self.graph.add((scheme, SKOS.notation, Literal(codelist.id)))
        if codelist.description is not None:
            self._texts(scheme, DCTERMS.description, codelist.description)
        if codelist.derived_from is not None:
            self.graph.add((scheme, PROV.wasDerivedFrom, URIRef(codelist.derived_from)))
        for code in codelist.codes:
            self._code(scheme, codelist, code)
        self._notations(codelist)
        by_depth: dict[int, list[str]] = {}
        for code in codelist.codes:
            by_depth.setdefault(codelist.depth(code.id), []).append(self.names.code(codelist.id, code.id))
        self._levels(scheme, "code", codelist.id, members=by_depth)

    def _scheme(self, iri: str, identifier: str, title: Text) -> URIRef:
        from rdflib import DCTERMS, RDF, SKOS, Literal, URIRef

        scheme = URIRef(iri)
        self.graph.add((scheme, RDF.type, SKOS.ConceptScheme))
        self.graph.add((scheme, DCTERMS.identifier, Literal(identifier)))
        self.graph.add((scheme, DCTERMS.publisher, URIRef(rdf_common.publisher_iri(self.dataset))))
        self._texts(scheme, DCTERMS.title, title)
        self._texts(scheme, SKOS.prefLabel, title)
        return scheme

    def _code(self, scheme: URIRef, codelist: Codelist, code: Code) -> None:
        from rdflib import DCTERMS, SKOS, XSD, Literal, URIRef

        iri = self._concept(scheme, self.names.code(codelist.id, code.id), code.id, top=code.parent is None)
        urn = self.names.urn("codelist.Code", codelist.id, code.id)
        self.graph.add((iri, DCTERMS.identifier, Literal(urn)))
        self._texts(iri, SKOS.prefLabel, code.name)
        if code.description is not None:
            self._texts(iri, SKOS.definition, code.description)
        if code.parent is not None:
            parent = URIRef(self.names.code(codelist.id, code.parent))
            self.graph.add((iri, SKOS.broader, parent))
            self.graph.add((parent, SKOS.narrower, iri))
        for match in code.matches:
            self.graph.add((iri, SKOS[f"{match.kind}Match"], URIRef(match.iri)))
        # The kinds of label are disjoint (SKOS Reference, section 5).
        aliases = set(code.aliases) - {code.name.get(self._first)}
        for alias in aliases:
            self.graph.add((iri, SKOS.altLabel, Literal(alias, lang=self._first)))
        for spelling in set(code.misspellings) - aliases - {code.name.get(self._first)}:
            self.graph.add((iri, SKOS.hiddenLabel, Literal(spelling, lang=self._first)))
        if code.valid_through is not None:
            day = Literal(code.valid_through.isoformat(), datatype=XSD.date)
            self.graph.add((iri, URIRef(_VALID_THROUGH), day))

    def _notations(self, codelist: Codelist) -> None:
        """Add the codes that other systems have for those of a list, and what the systems are called."""
        from rdflib import RDF, RDFS, SKOS, Literal, Namespace, URIRef

        adms = Namespace(ADMS)
        systems = {system.id: system for system in codelist.notations}
        for system in systems.values():
            self.graph.add((URIRef(system.iri), RDF.type, RDFS.Datatype))
            self._texts(URIRef(system.iri), RDFS.label, system.name)
        for code in codelist.codes:
            for name, notation in code.notations:
                iri = URIRef(self.names.iri("code", codelist.id, code.id, "notation", name))
                self.graph.add((URIRef(self.names.code(codelist.id, code.id)), adms.identifier, iri))
                self.graph.add((iri, RDF.type, adms.Identifier))
                self.graph.add((iri, SKOS.notation, Literal(notation, datatype=URIRef(systems[name].iri))))

    def _concept(self, scheme: URIRef, iri: str, notation: str, top: bool) -> URIRef:
        from rdflib import RDF, SKOS, Literal, URIRef

        concept = URIRef(iri)
        self.graph.add((concept, RDF.type, SKOS.Concept))
        self.graph.add((concept, SKOS.inScheme, scheme))
        self.graph.add((concept, SKOS.notation, Literal(notation)))
        if top:
            self.graph.add((concept, SKOS.topConceptOf, scheme))
            self.graph.add((scheme, SKOS.hasTopConcept, concept))
        return concept

    def _levels(self, scheme: URIRef, *path: str, members: Mapping[int, list[str]]) -> None:
        """Add the levels of a scheme as a list whose cells have IRIs, the top level first."""
        from rdflib import DCTERMS, RDF, SKOS, XSD, Literal, Namespace, URIRef

        xkos = Namespace(rdf_common.VOCABULARIES["xkos"])
        name = rdf_common.words("level", self.dataset.languages)
        count = Literal(max(len(members), 1), datatype=XSD.positiveInteger)
        self.graph.add((scheme, xkos.numberOfLevels, count))
        cell = URIRef(self.names.iri(*path, "levels", "1")) if members else RDF.nil
        self.graph.add((scheme, xkos.levels, cell))
        for depth in sorted(members):
            level = URIRef(self.names.iri(*path, "level", str(depth)))
            rest = URIRef(self.names.iri(*path, "levels", str(depth + 1))) if depth < len(members) else RDF.nil
            self.graph.add((cell, RDF.type, URIRef(f"{rdf_common.RDF}List")))
            self.graph.add((cell, RDF.first, level))
            self.graph.add((cell, RDF.rest, rest))
            self.graph.add((level, RDF.type, xkos.ClassificationLevel))
            self.graph.add((level, xkos.depth, Literal(depth, datatype=XSD.positiveInteger)))
            self.graph.add((level, DCTERMS.identifier, Literal(str(level))))
            self._texts(level, SKOS.prefLabel, Text(tuple((lang, f"{text} {depth}") for lang, text in name)))
            for member in members[depth]:
                self.graph.add((level, SKOS.member, URIRef(member)))
            cell = rest

    def periods(self, used: list[str]) -> None:
        """Add the periods, and the scheme that is the code list of TIME_PERIOD."""
        title = rdf_common.words("periods", self.dataset.languages)
        iri = self.names.iri("period")
        scheme = self._scheme(iri, iri, title)
        languages = tuple(dict.fromkeys((*self.dataset.languages, *title.languages)))
        for period in used:
            self._period(scheme, period, languages)
        self._levels(scheme, "period", members={1: [self.names.period(period) for period in used]} if used else {})

    def _period(self, scheme: URIRef, period: str, languages: tuple[str, ...]) -> None:
        from rdflib import DCTERMS, RDF, SKOS, TIME, XSD, Literal, URIRef

        iri = self._concept(scheme, self.names.period(period), period, top=True)
        self.graph.add((iri, RDF.type, TIME.ProperInterval))
        self.graph.add((iri, DCTERMS.identifier, Literal(str(iri))))
        self._texts(iri, SKOS.prefLabel, Text(tuple((language, period) for language in languages)))
        frequency = next(item for item in periods.FREQUENCIES if periods.belongs(item, period))
        first, last = periods.bounds(frequency, period)
        for end, relation, day in (("begin", TIME.hasBeginning, first), ("end", TIME.hasEnd, last)):
            instant = URIRef(self.names.iri("period", period, end))
            self.graph.add((iri, relation, instant))
            self.graph.add((instant, RDF.type, TIME.Instant))
            self.graph.add((instant, TIME.inXSDDate, Literal(day.isoformat(), datatype=XSD.date)))

    def _texts(self, subject: URIRef, predicate: URIRef, text: Text) -> None:
        for literal in _literals(text):
            self.graph.add((subject, predicate, literal))


def _literals(text: Text) -> Iterator[Any]:
    from rdflib import Literal

    return (Literal(words, lang=language) for language, words in text)
