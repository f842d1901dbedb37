"""Answers as people and programs read them: a table, or the W3C's result formats; triples as Turtle or JSON-LD.

Source: SPARQL 1.1 Query Results CSV and TSV Formats; SPARQL 1.1 Query Results JSON Format.
"""

from __future__ import annotations

import codecs
import csv
import itertools
import unicodedata
from collections.abc import Mapping, Sequence
from typing import IO, Any

from publisher.errors import Finding, InputError
from publisher.query.prefixes import name
from publisher.visible import visible

FORMATS = ("table", "csv", "json")
_NUMBERS = "http://www.w3.org/2001/XMLSchema#"
_GAP = "  "


def write_answer(
    answer: Any, output_format: str, most: int | None, prefixes: Mapping[str, str], stream: IO[bytes]
) -> bool:
    """Write the answer to a query in a format; say whether a table left rows out.

    A table has at most ``most`` rows. Raises InputError for triples in CSV, which has no form for them.
    """
    import pyoxigraph

    if isinstance(answer, pyoxigraph.QueryTriples):
        _write_triples(answer, output_format, prefixes, stream)
        return False
    if isinstance(answer, pyoxigraph.QueryBoolean) and output_format != "json":
        stream.write(b"true\n" if answer else b"false\n")
        return False
    if output_format == "table":
        rows = list(answer if most is None else itertools.islice(answer, most + 1))
        names = [variable.value for variable in answer.variables]
        stream.write(table(names, [[*row] for row in rows[:most]], prefixes).encode())
        return most is not None and len(rows) > most
    if output_format == "csv":
        _write_csv(answer, stream)
        return False
    answer.serialize(output=stream, format=pyoxigraph.QueryResultsFormat.JSON)
    stream.write(b"\n")
    return False


def _write_csv(answer: Any, stream: IO[bytes]) -> None:
    """Write rows as SPARQL 1.1 CSV, with quotes where RFC 4180 needs them: the engine leaves them out of IRIs."""
    rows = csv.writer(codecs.getwriter("utf-8")(stream), lineterminator="\r\n")
    rows.writerow(variable.value for variable in answer.variables)
    rows.writerows([_plain(term) for term in row] for row in answer)


def _plain(term: Any) -> str:
    """Return a term as CSV has it: a blank node with its ``_:``, nothing for what is not bound."""
    import pyoxigraph

    if term is None:
        return ""
    return term.value if isinstance(term, (pyoxigraph.NamedNode, pyoxigraph.Literal)) else str(term)


def _write_triples(answer: Any, output_format: str, prefixes: Mapping[str, str], stream: IO[bytes]) -> None:
    """Write triples in the order of their terms, each once, with the prefixes they use."""
    import pyoxigraph

    if output_format == "csv":
        message = "CONSTRUCT and DESCRIBE answer with triples, which CSV has no form for: ask for table or json"
        raise InputError(Finding("query-refused", message))
    form = pyoxigraph.RdfFormat.TURTLE if output_format == "table" else pyoxigraph.RdfFormat.JSON_LD
    triples = sorted(set(answer), key=str)
    names = (name(str(term)[1:-1], prefixes) for triple in triples for term in triple if str(term).startswith("<"))
    used = {prefixed.partition(":")[0] for prefixed in names if not prefixed.startswith("<")}
    told = {} if output_format == "json" else {prefix: iri for prefix, iri in prefixes.items() if prefix in used}
    written = pyoxigraph.serialize(triples, format=form, prefixes=told) or b""
    lines = written.splitlines()
    stream.write(b"".join(line + b"\n" for line in sorted(lines[: len(told)]) + lines[len(told) :]))


def table(names: Sequence[str], rows: Sequence[Sequence[Any]], prefixes: Mapping[str, str]) -> str:
    """Return an answer as a table of plain text, IRIs shortened and numbers to the right."""
    if not names:
        return f"{len(rows)} without variables\n"
    cells = [[shown(term, prefixes) for term in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(names, *cells, strict=True)]
    right = [bool(rows) and all(_is_number(row[index]) for row in rows) for index in range(len(names))]
    lines = [list(names), ["-" * size for size in widths], *cells]
    text = "".join(_line(line, widths, right) for line in lines)
    return text if rows else f"{text}(no rows)\n"


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    placed = []
    for cell, size, to_right in zip(cells, widths, right, strict=True):
        blanks = " " * (size - width(cell))
        placed.append(blanks + cell if to_right else cell + blanks)
    return _GAP.join(placed).rstrip() + "\n"


def shown(term: Any, prefixes: Mapping[str, str]) -> str:
    """Return a term of RDF as one line of text that a terminal does not obey; nothing for what is not bound."""
    import pyoxigraph

    if term is None:
        return ""
    if isinstance(term, pyoxigraph.NamedNode):
        return visible(name(term.value, prefixes))
    return visible(term.value if isinstance(term, pyoxigraph.Literal) else str(term))


def _is_number(term: Any) -> bool:
    import pyoxigraph

    if term is None:
        return True
    numbers = [f"{_NUMBERS}{kind}" for kind in ("integer", "decimal", "double", "float")]
    return isinstance(term, pyoxigraph.Literal) and term.datatype.value in numbers


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(bool(unicodedata.combining(character)) for character in text)
