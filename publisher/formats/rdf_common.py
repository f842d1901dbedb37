"""What the RDF files share: vocabularies, the words of their own, prefixes, and a graph as Turtle text.

Source: RDF 1.1 Turtle, sections 2.4 and 6.5 (names, literals and what must be escaped in them).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from publisher.model import Dataset, Text

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
QB = "http://purl.org/linked-data/cube#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"

VOCABULARIES: Mapping[str, str] = {
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "qb": QB,
    "rdf": RDF,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": SKOS,
    "time": "http://www.w3.org/2006/time#",
    "xkos": "http://rdf-vocabulary.ddialliance.org/xkos#",
    "xsd": XSD,
}

LOWER_BOUND = "LOWER_BOUND"
UPPER_BOUND = "UPPER_BOUND"

# What the RDF says in words beyond the definition, by language.
_WORDS: Mapping[str, Mapping[str, str]] = {
    LOWER_BOUND: {"nb": "Nedre grense", "nn": "Nedre grense", "en": "Lower bound"},
    UPPER_BOUND: {"nb": "Øvre grense", "nn": "Øvre grense", "en": "Upper bound"},
    "suppressed": {"nb": "skjermede tall", "nn": "skjerma tal", "en": "suppressed figures"},
    "periods": {"nb": "Perioder", "nn": "Periodar", "en": "Time periods"},
    "level": {"nb": "Nivå", "nn": "Nivå", "en": "Level"},
}
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_\-]*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def words(key: str, languages: Iterable[str]) -> Text:
    """Return the project's own words for something in those of the languages it has, otherwise in English."""
    known = _WORDS[key]
    spoken = tuple((language, known[language]) for language in languages if language in known)
    return Text(spoken or (("en", known["en"]),))


def bounds(dataset: Dataset, decimals: int) -> tuple[tuple[str, str], ...]:
    """Return (measure id, digits) of what the published rule tells of every suppressed cell of a cube.

    ``decimals`` are those of the cube. There is no upper bound where cells of any size are hidden.
    """
    rule = dataset.suppression
    lower = ((LOWER_BOUND, f"{0 if rule is None else rule.lower:.{decimals}f}"),)
    upper = None if rule is None else rule.upper(decimals)
    return lower if upper is None else (*lower, (UPPER_BOUND, f"{upper:f}"))


def publisher_iri(dataset: Dataset) -> str:
    """Return the IRI of the organisation that publishes."""
    return dataset.names.iri("catalog", "publisher")


def local(word: str) -> str:
    """Return the word of an IRI, percent-encoded already, as the local part of a prefixed name."""
    escaped = word.replace("~", "\\~").replace(".", "\\.")
    return f"\\{escaped}" if escaped.startswith("-") else escaped


def escaped(text: str) -> str:
    """Return a text as it stands between the quotes of a literal, on one line."""
    return re.sub(r'[\\"\n\r\t]', lambda found: _ESCAPES[found[0]], text)


def codelist_prefix(codelist: str) -> str:
    """Return the prefix of a codelist's codes: its id, unless it might be one of the prefixes here.

    Those are lower case throughout; with the dot, which no id has, it is no other list's either.
    """
    return f"code.{codelist}" if codelist.islower() else codelist


def head(prefixes: Mapping[str, str]) -> str:
    """Return the prefix lines of a file and the empty line after them."""
    return "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes.items()) + "\n"


def turtle(graph: Graph, prefixes: Mapping[str, str]) -> Iterator[str]:
    """Yield the text of a graph, subjects and predicates in the order of their IRIs, types first.

    The same triples give the same text. Raises ValueError for a blank node: nothing published has one.
    """
    names = {**VOCABULARIES, **prefixes}
    used = dict(sorted(names.items()))
    by_iri = {iri: prefix for prefix, iri in used.items()}
    yield head(used)
    for subject in sorted(set(graph.subjects()), key=str):
        yield f"{_term(subject, by_iri)}"
        separator = ""
        for predicate in sorted(set(graph.predicates(subject)), key=_predicate_order):
            objects = sorted(_term(item, by_iri) for item in graph.objects(subject, predicate))
            verb = "a" if str(predicate) == f"{RDF}type" else _term(predicate, by_iri)
            yield f"{separator} {verb} {' , '.join(objects)}"
            separator = " ;\n   "
        yield " .\n\n"


def _predicate_order(predicate: Node) -> tuple[bool, str]:
    return str(predicate) != f"{RDF}type", str(predicate)


def _term(term: Node, by_iri: Mapping[str, str]) -> str:
    from rdflib import Literal, URIRef

    if isinstance(term, URIRef):
        return _name(str(term), by_iri)
    if not isinstance(term, Literal):
        raise ValueError(f"a blank node would be published: {term!r}")
    quoted = f'"{escaped(str(term))}"'
    if term.language:
        return f"{quoted}@{term.language}"
    return quoted if term.datatype is None else f"{quoted}^^{_name(str(term.datatype), by_iri)}"


def _name(iri: str, by_iri: Mapping[str, str]) -> str:
    """Return an IRI as a prefixed name where what follows the prefix needs no escape, otherwise in full."""
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = by_iri.get(iri[:end])
    return f"{prefix}:{iri[end:]}" if prefix is not None and _PLAIN.fullmatch(iri[end:]) else f"<{iri}>"
