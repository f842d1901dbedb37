"""A file of cube.link read as what stands beside the observations, and the observations one by one.

By pyoxigraph in any layout of Turtle, or by a plain parser of the one that this project writes: what
is beside them first, then two lines for each observation.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from publisher.checks.rdf_streams import lines, opened, triples_by_pyoxigraph
from publisher.checks.reader import UnreadableError, words_of
from publisher.formats.cube_link_terms import CUBE
from publisher.formats.rdf_common import RDF, XSD

Term = tuple[str, str]
"""(datatype or language, lexical form); an IRI's first part is empty."""

Observation = tuple[tuple[str, ...], str, list[tuple[str, Term]]]
"""The sets that hold it, its IRI, and what it says: (predicate, object) in the order of the file."""

HELD = f"{CUBE}observation"
_PREFIX = re.compile(r"@prefix ([A-Za-z][A-Za-z0-9_.\-]*): <([^<>\"{}|^`\\\x00-\x20]*)> \.\n")
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9_.\-]*):((?:[A-Za-z0-9_.\-]|\\[.\-~]|%[0-9A-F]{2})*)")
_LITERAL = re.compile(r'"((?:[^"\\\n\r]|\\["\\nrt]|\\u003B)*)"(?:\^\^([^ ]+))?')
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_ESCAPED = re.compile(r"\\(u003B|.)")
_MEANT = {"n": "\n", "r": "\r", "t": "\t", "u003B": ";"}
_MOST_KNOWN = 1 << 16


class Head:
    """What a file says beside its observations."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._objects: dict[tuple[str, str], list[Term]] = defaultdict(list)
        self._subjects: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.said: dict[str, set[str]] = defaultdict(set)

    def add(self, subject: str, predicate: str, value: Term) -> None:
        """Take a statement."""
        self._objects[subject, predicate].append(value)
        self.said[subject].add(predicate)
        if not value[0]:
            self._subjects[predicate, value[1]].append(subject)

    def objects(self, subject: str, predicate: str) -> list[Term]:
        """Return what a subject says by a predicate."""
        return self._objects.get((subject, predicate), [])

    def iris(self, subject: str, predicate: str) -> list[str]:
        """Return the IRIs that a subject says by a predicate."""
        return [lexical for kind, lexical in self.objects(subject, predicate) if not kind]

    def of_type(self, kind: str) -> list[str]:
        """Return everything that is of a type, in the order of their IRIs."""
        return sorted(self._subjects.get((f"{RDF}type", kind), ()))

    def listed(self, cell: str) -> list[Term] | None:
        """Return the items of a list, or None where it is none: a cell with no item or more, a rest that is no cell."""
        items: list[Term] = []
        seen: set[str] = set()
        while cell != f"{RDF}nil":
            first, rest = self.objects(cell, f"{RDF}first"), self.iris(cell, f"{RDF}rest")
            if len(first) != 1 or len(rest) != 1 or cell in seen or self.said[cell] - _CELL:
                return None
            seen.add(cell)
            items += first
            cell = rest[0]
        return items


_CELL = {f"{RDF}type", f"{RDF}first", f"{RDF}rest"}

Opened = Callable[[Path, str], tuple[Head, Iterator[Observation]]]


def by_pyoxigraph(path: Path, namespace: str) -> tuple[Head, Iterator[Observation]]:
    """Return what stands beside the observations, and those: everything whose IRI begins with ``namespace``.

    The file is read twice. Raises UnreadableError, at once or while observations are read.
    """
    head = Head()
    held: dict[str, list[str]] = defaultdict(list)
    for subject, predicate, value in triples_by_pyoxigraph(path):
        if predicate == HELD:
            held[value[1]].append(subject)
        elif not subject.startswith(namespace):
            head.add(subject, predicate, value)

    def observations() -> Iterator[Observation]:
        for subject, about in groupby(triples_by_pyoxigraph(path), itemgetter(0)):
            if subject.startswith(namespace):
                yield tuple(held.pop(subject, ())), subject, [(predicate, value) for _, predicate, value in about]
        for subject, sets in held.items():
            yield tuple(sets), subject, []

    return head, observations()


def by_lines(path: Path, namespace: str) -> tuple[Head, Iterator[Observation]]:
    """Return the same by a plain parser, which reads a file once and refuses any other layout than ours."""
    head = Head()
    for subject, predicate, value in _head_triples(path):
        head.add(subject, predicate, value)
    return head, _observations(path, namespace)


def _is_held(line: bytes) -> bool:
    return b" cube:observation obs:" in line


def _head_triples(path: Path) -> Iterator[tuple[str, str, Term]]:
    """Yield the triples before the first observation, as pyoxigraph reads them."""
    import pyoxigraph

    with opened(path) as stream:
        text = b""
        for line in lines(stream, path.name):
            if _is_held(line):
                break
            text += line
    try:
        for triple in pyoxigraph.parse(input=text, format=pyoxigraph.RdfFormat.TURTLE):
            value = triple.object
            literal = isinstance(value, pyoxigraph.Literal)
            kind = (value.language or value.datatype.value) if literal else ""
            yield str(triple.subject.value), triple.predicate.value, (kind, value.value)
    except (SyntaxError, ValueError) as error:
        raise UnreadableError(words_of(error)) from error


def _observations(path: Path, namespace: str) -> Iterator[Observation]:
    with opened(path) as stream:
        parser = _Lines(path.name)
        for line in lines(stream, path.name):
            parser.number += 1
            if _is_held(line):
                yield parser.observation(line, stream, namespace)
            elif parser.begun:
                raise UnreadableError(f"{path.name}:{parser.number}: a set that holds an observation is expected")
            elif found := _PREFIX.fullmatch(line.decode(errors="replace")):
                parser.prefixes[found[1]] = found[2]


class _Lines:
    """Reads the two lines of each observation."""

    def __init__(self, name: str) -> None:
        self.prefixes: dict[str, str] = {}
        self.number = 0
        self.begun = False
        self._name = name
        self._known: dict[str, tuple[str, Term]] = {}

    def observation(self, held: bytes, stream: BinaryIO, namespace: str) -> Observation:
        """Return the observation whose first line is ``held``; the second is read from the stream."""
        self.begun = True
        try:
            first = held.decode().removesuffix(" .\n").split(" ")
            self.number += 1
            second = next(lines(stream, self._name), b"").decode()
            name, *pairs = second.removesuffix(" .\n").split(" ; ")
            subject, _, kind = name.partition(" a ")
            if len(first) != 3 or not held.endswith(b" .\n") or first[2] != subject or not second.endswith(" .\n"):
                raise UnreadableError("two lines of one observation are expected")
            iri = self._iri(subject)
            if not iri.startswith(namespace):
                raise UnreadableError("the name of the observation is not one of the cube")
            said = [(f"{RDF}type", ("", self._iri(kind))), *map(self._pair, pairs)]
            return (self._iri(first[0]),), iri, said
        except (UnreadableError, UnicodeDecodeError) as error:
            message = error if isinstance(error, UnreadableError) else "the text is not UTF-8"
            raise UnreadableError(f"{self._name}:{self.number}: {message}") from error

    def _pair(self, pair: str) -> tuple[str, Term]:
        """Return predicate and object of a pair, worked out once for each text."""
        if (known := self._known.get(pair)) is not None:
            return known
        verb, _, text = pair.partition(" ")
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[pair] = said = self._iri(verb), self._term(text)
        return said

    def _term(self, text: str) -> Term:
        if found := _NUMBER.fullmatch(text):
            return XSD + ("decimal" if found[1] else "integer"), text
        if found := _LITERAL.fullmatch(text):
            plain = _ESCAPED.sub(lambda escape: _MEANT.get(escape[1], escape[1]), found[1])
            return f"{XSD}string" if found[2] is None else self._iri(found[2]), plain
        return "", self._iri(text)

    def _iri(self, name: str) -> str:
        found = _NAME.fullmatch(name)
        if found is None or found[1] not in self.prefixes:
            raise UnreadableError("a prefixed name, a number or a literal is expected")
        return self.prefixes[found[1]] + found[2].replace("\\", "")
