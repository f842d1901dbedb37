"""RDF files as streams of triples, compressed or not, without trust in what they hold.

A file is never unpacked into memory or on disk. One that unpacks to far more than observations do is
refused (``unpacked``), and so are a line without an end, triples in a named graph, and contexts that would be fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from publisher.checks.reader import RDFLIB_FAILURES, UnreadableError, words_of
from publisher.checks.unpacked import PACKED, UnpackingError, unpacked
from publisher.formats.rdf_common import XSD

if TYPE_CHECKING:
    from rdflib import Graph

    from publisher.checks.turtle_rows import Triple

LONGEST_LINE = 1 << 20

SYNTAXES = {".nt": "N_TRIPLES", ".jsonld": "STREAMING_JSON_LD", ".ttl": "TURTLE"}
_PLUGINS = {".nt": "nt", ".jsonld": "json-ld", ".ttl": "turtle"}


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading its bytes, unpacked where its suffix is ``.gz`` or ``.zst``.

    Raises UnreadableError where it is not there, is damaged, or unpacks to too much.
    """
    try:
        with unpacked(path) as stream:
            yield stream
    except UnpackingError as error:
        raise UnreadableError(f"{path.name} {error}") from error
    except OSError as error:
        raise UnreadableError(words_of(error)) from error


def suffix_of(path: Path) -> str:
    """Return the suffix that tells the syntax of a file, that of a compression aside."""
    return path.with_suffix("").suffix if path.suffix in PACKED else path.suffix


def lines(stream: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the lines of a stream with their ends. Raises UnreadableError for one that is longer than any here."""
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise UnreadableError(f"{name}:{number}: the line is longer than {LONGEST_LINE:,} bytes")
        yield line


def triples_by_pyoxigraph(path: Path) -> Iterator[Triple]:
    """Yield the triples of a file as pyoxigraph reads them, in the order of the file."""
    import pyoxigraph

    def object_of(term: object) -> tuple[str, str]:
        if isinstance(term, pyoxigraph.NamedNode):
            return "", term.value
        if isinstance(term, pyoxigraph.Literal):
            return _lower(term.language) or term.datatype.value, term.value
        return "_:", str(term)

    syntax = getattr(pyoxigraph.RdfFormat, SYNTAXES[suffix_of(path)])
    try:
        with opened(path) as stream:
            for quad in pyoxigraph.parse(input=stream, format=syntax):
                if not isinstance(quad.graph_name, pyoxigraph.DefaultGraph):
                    raise UnreadableError(f"{path.name} has triples in a named graph")
                yield _text(quad.subject), quad.predicate.value, object_of(quad.object)
    except (SyntaxError, ValueError, OSError) as error:
        raise UnreadableError(words_of(error)) from error


def _lower(language: str | None) -> str | None:
    """Return a tag of language as programs can compare it: case says nothing (RDF 1.1 Concepts, section 3.3)."""
    return language and language.lower()


def _text(term: object) -> str:
    return str(getattr(term, "value", term))


def triples_by_rdflib(path: Path) -> Iterator[Triple]:
    """Yield the different triples of a file as rdflib reads them, subject by subject; all are in memory."""
    from rdflib import Literal, URIRef
    from rdflib.term import Node

    def object_of(term: Node) -> tuple[str, str]:
        if isinstance(term, URIRef):
            return "", str(term)
        if isinstance(term, Literal):
            return _lower(term.language) or str(term.datatype or f"{XSD}string"), str(term)
        return "_:", str(term)

    graph = graph_by_rdflib(path)
    for subject in dict.fromkeys(graph.subjects()):
        for predicate, value in graph.predicate_objects(subject):
            yield str(subject), str(predicate), object_of(value)


def graph_by_rdflib(path: Path) -> Graph:
    """Return the graph of a file as rdflib reads it. Raises UnreadableError."""
    from rdflib import Graph
    from rdflib.exceptions import ParserError

    suffix = suffix_of(path)
    try:
        with opened(path) as stream:
            text = stream.read().decode()
        if suffix == ".jsonld" and _fetches(json.loads(text)):
            raise UnreadableError(f"{path.name} has a context that would be fetched")
        return Graph().parse(data=text, format=_PLUGINS[suffix])
    except (ParserError, *RDFLIB_FAILURES) as error:
        raise UnreadableError(words_of(error)) from error


def _fetches(document: object) -> bool:
    """Say whether a JSON-LD document has a context that is an address, anywhere in it."""
    waiting = [document]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            contexts = item.get("@context")
            listed = contexts if isinstance(contexts, list) else [contexts]
            if "@import" in item or any(isinstance(context, str) for context in listed):
                return True
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return False
