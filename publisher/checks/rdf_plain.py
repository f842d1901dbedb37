"""Plain parsers of the N-Triples and JSON-LD that this project writes for observations, as streams.

Each knows one layout. In N-Triples an observation's triples stand together, one on each line, with
one blank between terms; in JSON-LD the context is the first line and each observation one of those
after it, ``@type`` and ``@id`` first. Anything else is refused. No message shows a value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.rdf_streams import lines, opened
from publisher.checks.reader import UnreadableError
from publisher.checks.turtle_rows import Property, batches_of, properties, raw_schema
from publisher.formats.rdf_common import XSD
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

_IRI = r'<([^<>"{}|^`\\\x00-\x20]+)>'
_SUBJECT = re.compile(_IRI)
_REST = re.compile(_IRI + r" (?:" + _IRI + r'|"((?:[^"\\\n\r]|\\["\\nr])*)"(?:\^\^' + _IRI + r")?) \.\n")
_NUMBERS = {"integer": re.compile("[+-]?[0-9]+"), "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+")}
_COERCIONS = {"iri": "@id", "integer": "xsd:integer", "decimal": "xsd:decimal", "string": None}
_TYPE_COLUMN = 1
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "r": "\r"}
_MOST_KNOWN = 1 << 16

Row = list["str | None"]
_Cell = tuple[int, str]


class _Cells:
    """What the rest of a line says: which column of a raw row, and the term; worked out once for each text."""

    def __init__(self, cube: Cube, dataset: Dataset) -> None:
        self._columns = {item.iri: (index, item) for index, item in enumerate(properties(cube, dataset), 1)}
        self._known: dict[str, _Cell] = {}

    def __getitem__(self, rest: str) -> _Cell:
        """Return column and term. Raises UnreadableError for what no observation says."""
        if (known := self._known.get(rest)) is not None:
            return known
        found = _REST.fullmatch(rest)
        if found is None:
            raise UnreadableError("a predicate, an object and ' .' with one blank between them are expected")
        predicate, iri, text, kind = found.groups()
        if predicate not in self._columns:
            raise UnreadableError(f"<{predicate}> is no property of the cube's observations")
        index, item = self._columns[predicate]
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        cell = index, _term(item, iri, text, kind)
        self._known[rest] = cell
        return cell


def _term(item: Property, iri: str | None, text: str, kind: str | None) -> str:
    """Return the term of a column as raw rows have it."""
    expected = None if item.kind == "string" else XSD + item.kind
    if item.kind == "iri":
        right = iri is not None
    elif item.kind == "string":
        right = iri is None and kind is None
    else:
        right = iri is None and kind == expected and _NUMBERS[item.kind].fullmatch(text) is not None
    if not right:
        raise UnreadableError(f"{item.column} is no {item.kind}")
    return iri if iri is not None else _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), text)


def by_ntriples(path: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the raw rows of a file of N-Triples, in the order of the file."""
    schema = raw_schema(cube, dataset)
    with opened(path) as stream:
        yield from batches_of(_rows_of_lines(lines(stream, path.name), path.name, cube, dataset), schema)


def _rows_of_lines(given: Iterable[bytes], name: str, cube: Cube, dataset: Dataset) -> Iterator[Row]:
    cells = _Cells(cube, dataset)
    width = len(properties(cube, dataset)) + 1
    number, current = 0, ""
    row: Row = []
    try:
        for line in given:
            number += 1
            subject, _, rest = line.decode().partition(" ")
            if subject != current:
                if row:
                    yield row
                if _SUBJECT.fullmatch(subject) is None:
                    raise UnreadableError("an IRI is expected first")
                current, row = subject, [subject[1:-1], *[None] * (width - 1)]
            column, term = cells[rest]
            if row[column] is not None:
                raise UnreadableError("the property stands twice")
            row[column] = term
    except (UnreadableError, UnicodeDecodeError) as error:
        said = error if isinstance(error, UnreadableError) else "the text is not UTF-8"
        raise UnreadableError(f"{name}:{number}: {said}") from error
    if row:
        yield row


def by_jsonld(path: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the raw rows of a file of JSON-LD, in the order of the file."""
    schema = raw_schema(cube, dataset)
    with opened(path) as stream:
        yield from batches_of(_rows_of_objects(lines(stream, path.name), path.name, cube, dataset), schema)


def _rows_of_objects(given: Iterator[bytes], name: str, cube: Cube, dataset: Dataset) -> Iterator[Row]:
    number, rows, expected = 1, 0, "row"
    try:
        parser = _Objects(next(given, b"").decode(), cube, dataset)
        for line in given:
            number += 1
            if expected == "row" and (rows or line != b"\n"):
                rows += 1
                expected = "row" if line.endswith(b",\n") else "end"
                yield parser.row(line.decode().removesuffix("\n").removesuffix(","))
            elif expected == "row" or (expected == "end" and line == b"]}\n"):
                expected = "end" if expected == "row" else "nothing"
            else:
                raise UnreadableError(f"{'the end' if expected == 'end' else 'nothing more'} is expected")
        if expected != "nothing":
            raise UnreadableError("the end is missing")
    except (UnreadableError, ValueError, RecursionError) as error:
        said = error if isinstance(error, UnreadableError) else "that is not the JSON that is written here"
        raise UnreadableError(f"{name}:{number}: {said}") from error


class _Number(str):
    """The digits of a whole number in JSON."""


class _Objects:
    """Turns the lines of observations into raw rows, by the context of their file."""

    def __init__(self, head: str, cube: Cube, dataset: Dataset) -> None:
        document = json.loads(head + "]}")
        if not isinstance(document, dict) or set(document) != {"@context", "@graph"} or document["@graph"]:
            raise UnreadableError("the first line is not the context and the begin of the graph")
        context = document["@context"]
        if not isinstance(context, dict):
            raise UnreadableError("the context is no table of terms")
        self._prefixes = {term: start for term, start in context.items() if isinstance(start, str)}
        self._known: dict[str, str] = {}
        self._width = len(properties(cube, dataset)) + 1
        columns = {item.iri: (index, item) for index, item in enumerate(properties(cube, dataset), 1)}
        self._columns = {
            term: columns[iri]
            for term, said in context.items()
            if isinstance(said, dict) and "@id" in said and said.keys() <= {"@id", "@type"}
            if (iri := self._iri(said["@id"])) in columns and said.get("@type") == _COERCIONS[columns[iri][1].kind]
        }

    def row(self, line: str) -> Row:
        """Return the raw row of one observation. Raises UnreadableError or ValueError for anything else."""
        members = json.loads(line, object_pairs_hook=list, parse_int=_Number, parse_float=_refused)
        if not isinstance(members, list) or [member[:1] for member in members[:2]] != [("@type",), ("@id",)]:
            raise UnreadableError("an observation with @type and @id first is expected")
        row: Row = [None] * self._width
        (_, kind), (_, subject) = members[:2]
        row[0], row[_TYPE_COLUMN] = self._iri(subject), self._iri(kind)
        for term, value in members[2:]:
            if term not in self._columns:
                raise UnreadableError(f"'{term}' is no property of the cube's observations")
            index, item = self._columns[term]
            if row[index] is not None:
                raise UnreadableError(f"'{term}' stands twice")
            row[index] = self._value(item, value)
        return row

    def _value(self, item: Property, value: Any) -> str:
        if item.kind == "iri":
            return self._iri(value)
        whole = isinstance(value, _Number) and item.kind == "integer"
        text = str(value) if whole or type(value) is str else None
        if text is None or (item.kind in _NUMBERS and _NUMBERS[item.kind].fullmatch(text) is None):
            raise UnreadableError(f"{item.column} is no {item.kind}")
        return text

    def _iri(self, name: Any) -> str:
        """Return what a prefixed name stands for, worked out once for each."""
        if type(name) is not str:
            raise UnreadableError("a prefixed name is expected")
        if (known := self._known.get(name)) is not None:
            return known
        prefix, colon, rest = name.partition(":")
        if name.startswith("http"):
            return name
        if not colon or prefix not in self._prefixes or rest.startswith("//"):
            raise UnreadableError("a name has no prefix of the context")
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[name] = self._prefixes[prefix] + rest
        return self._known[name]


def _refused(digits: str) -> str:
    raise UnreadableError("a number with a point is a double in JSON-LD")
