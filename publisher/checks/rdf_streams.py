"""RDF files as streams of triples, compressed or not, without trust in what they hold.

A file is never unpacked into memory or on disk. One that unpacks to far more than observations do is
refused, and so are a line without an end, triples in a named graph, and contexts that would be fetched.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from publisher.checks.reader import RDFLIB_FAILURES, UnreadableError, words_of
from publisher.formats.rdf_common import XSD

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from rdflib import Graph

    from publisher.checks.turtle_rows import Triple

# Observations unpack to 30 to 45 times their size; nobody's memory is in danger below 64 MiB.
MOST_TIMES = 400
MOST_ANYWAY = 1 << 26
LONGEST_LINE = 1 << 20
_BLOCK_BYTES = 1 << 16

SYNTAXES = {".nt": "N_TRIPLES", ".jsonld": "STREAMING_JSON_LD", ".ttl": "TURTLE"}
_PLUGINS = {".nt": "nt", ".jsonld": "json-ld", ".ttl": "turtle"}


class _Bounded(io.RawIOBase):
    """What is read from a decompressor, up to a number of bytes."""

    def __init__(self, stream: BinaryIO, most: int, name: str) -> None:
        self._stream, self._left, self._name = stream, most, name

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer with what comes next. Raises UnreadableError beyond the bound, and for a damaged file."""
        view = memoryview(buffer).cast("B")
        try:
            block = self._stream.read(len(view))
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableError(f"{self._name} cannot be unpacked: {words_of(error)}") from error
        self._left -= len(block)
        if self._left < 0:
            raise UnreadableError(f"{self._name} unpacks to more than {MOST_TIMES} times its size: it is not read on")
        view[: len(block)] = block
        return len(block)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading its bytes, unpacked where its suffix is ``.gz`` or ``.zst``.

    Raises UnreadableError where it is not there, is damaged, or unpacks to too much.
    """
    try:
        most = max(MOST_ANYWAY, MOST_TIMES * path.stat().st_size)
        with _unpacked(path) as stream, io.BufferedReader(_Bounded(stream, most, path.name), _BLOCK_BYTES) as bounded:
            yield cast("BinaryIO", bounded)
    except OSError as error:
        raise UnreadableError(words_of(error)) from error


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    if path.suffix == ".gz":
        with gzip.open(path) as stream:
            yield cast("BinaryIO", stream)
    elif path.suffix == ".zst":
        import pyarrow as pa

        with pa.input_stream(str(path), compression="zstd") as stream:
            yield stream
    else:
        with path.open("rb") as stream:
            yield stream


def suffix_of(path: Path) -> str:
    """Return the suffix that tells the syntax of a file, that of a compression aside."""
    return path.with_suffix("").suffix if path.suffix in (".gz", ".zst") else path.suffix


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
            return term.language or term.datatype.value, term.value
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
            return term.language or str(term.datatype or f"{XSD}string"), str(term)
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
