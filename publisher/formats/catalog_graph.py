"""A graph under construction: names with prefixes, words in languages, and codes of published lists as stubs.

Sources: DCAT 3 (W3C 2024); DCAT-AP 3.0.1, whose ranges want each code typed where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from publisher.definition.authorities import MEDIA_TYPES, Authority
from publisher.definition.places import place_of
from publisher.formats import rdf_common
from publisher.model import Text

if TYPE_CHECKING:
    from rdflib import Graph, URIRef

PREFIXES = {
    **rdf_common.VOCABULARIES,
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
}


class CatalogGraph:
    """Triples, added resource by resource. Verbs and classes are named with a prefix, as in ``dct:title``."""

    def __init__(self) -> None:
        """Begin without a triple."""
        from rdflib import Graph

        self.graph: Graph = Graph(bind_namespaces="none")

    def types(self, subject: str, *classes: str) -> None:
        """Say what a resource is."""
        for name in classes:
            self.graph.add((_iri(subject), _name("rdf:type"), _name(name)))

    def link(self, subject: str, verb: str, *objects: str | None) -> None:
        """Say that a resource is related to others; None is nothing."""
        for item in objects:
            if item is not None:
                self.graph.add((_iri(subject), _name(verb), _iri(item)))

    def literal(self, subject: str, verb: str, value: str | None, datatype: str | None = None) -> None:
        """Say a value, exactly as it is spelled; None is nothing."""
        from rdflib import Literal

        if value is not None:
            kind = None if datatype is None else _name(datatype)
            self.graph.add((_iri(subject), _name(verb), Literal(value, datatype=kind, normalize=False)))

    def text(self, subject: str, verb: str, text: Text | None) -> None:
        """Say words, once in each language."""
        from rdflib import Literal

        for language, words in text or ():
            self.graph.add((_iri(subject), _name(verb), Literal(words, lang=language)))

    def moment(self, subject: str, verb: str, moment: datetime | date | None) -> None:
        """Say a moment, as dateTime in UTC, or a day; None is nothing."""
        if isinstance(moment, datetime):
            self.literal(subject, verb, moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "xsd:dateTime")
        elif moment is not None:
            self.literal(subject, verb, moment.isoformat(), "xsd:date")

    def checksum(self, subject: str, sha256: str) -> None:
        """Say the sha256 of a file; its resource stands below the file's."""
        checksum, algorithm = f"{subject}/checksum", f"{PREFIXES['spdx']}checksumAlgorithm_sha256"
        self.link(subject, "spdx:checksum", checksum)
        self.types(checksum, "spdx:Checksum")
        self.link(checksum, "spdx:algorithm", algorithm)
        self.types(algorithm, "spdx:ChecksumAlgorithm")
        self.literal(checksum, "spdx:checksumValue", sha256, "xsd:hexBinary")

    def code(self, subject: str, verb: str, authority: Authority, code: str, kind: str | None = None) -> None:
        """Relate a resource to a code of a list, and say of the code what it is."""
        iri = authority.iri(code)
        self.link(subject, verb, iri)
        self.concept(iri, authority.labels[code], authority.scheme, authority.title)
        if kind is not None:
            self.types(iri, kind)

    def concept(self, iri: str, label: str, scheme: str, title: str, language: str | None = "en") -> None:
        """Say of a code what it is called and which list it is of."""
        self.types(iri, "skos:Concept")
        self.link(iri, "skos:inScheme", scheme)
        self.scheme(scheme, title)
        if language is None:
            self.literal(iri, "skos:prefLabel", label)
        else:
            self.text(iri, "skos:prefLabel", Text(((language, label),)))

    def scheme(self, iri: str, title: str) -> None:
        """Say of a list what it is called."""
        self.types(iri, "skos:ConceptScheme")
        self.text(iri, "dct:title", Text((("en", title),)))

    def media_type(self, subject: str, verb: str, media_type: str | None) -> None:
        """Relate a resource to a media type of IANA's register."""
        if media_type is not None:
            self.link(subject, verb, MEDIA_TYPES + media_type)
            self.types(MEDIA_TYPES + media_type, "dct:MediaType")

    def places(self, subject: str, places: Iterable[str]) -> None:
        """Relate a resource to the places it covers."""
        for iri in places:
            self.link(subject, "dct:spatial", iri)
            self.types(iri, "dct:Location")
            place = place_of(iri)
            if place is not None and place.name is not None:
                self.concept(iri, place.name, place.scheme, place.title)
            elif place is not None:
                self.link(iri, "skos:inScheme", place.scheme)
                self.scheme(place.scheme, place.title)

    def document(self, subject: str, verb: str, page: str | None) -> None:
        """Relate a resource to a page."""
        if page is not None:
            self.link(subject, verb, page)
            self.types(page, "foaf:Document")


def _iri(iri: str) -> URIRef:
    from rdflib import URIRef

    return URIRef(iri)


def _name(name: str) -> URIRef:
    from rdflib import URIRef

    prefix, _, word = name.partition(":")
    return URIRef(PREFIXES[prefix] + word)
