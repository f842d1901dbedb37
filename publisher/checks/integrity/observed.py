"""Which observations there are, and what the structures of their data sets ask of them: small tables.

An observation in one data set has that as its ``unit``; one in several has a unit for just those.

- ``member(s, unit)``: every subject with a data set, once
- ``of_unit(unit, data_set)``: the data sets of a unit
- ``component(data_set, structure, p, is_required)``: the properties of data sets, each once a structure
- ``asked(unit, p, is_dimension, is_required, is_measure)``: what an observation must have a value for
- ``same(o, v)``: literals of dimensions that equal another one in value, as 1 and 01 do
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from publisher.checks.integrity.terms import lexical
from publisher.formats.rdf_common import XSD

if TYPE_CHECKING:
    from publisher.checks.integrity.graph import Graph

# The lexical forms of XSD, which Python reads more generously. NaN equals nothing, itself neither.
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?")
_EXACT = frozenset(
    f"{XSD}{name}"
    for name in (
        "integer",
        "decimal",
        "int",
        "long",
        "short",
        "byte",
        "nonNegativeInteger",
        "positiveInteger",
        "nonPositiveInteger",
        "negativeInteger",
        "unsignedInt",
        "unsignedLong",
        "unsignedShort",
        "unsignedByte",
    )
)
_BINARY = frozenset((f"{XSD}double", f"{XSD}float"))
_TRUTHS = {"1": "true", "0": "false"}
# The first number of units that stand for several data sets: above every term.
_SEVERAL = 1 << 40


def prepare(graph: Graph) -> None:
    """Make the tables."""
    _members(graph)
    _components(graph)
    _same(graph)


def _members(graph: Graph) -> None:
    graph.run("""
        CREATE TABLE linked AS
        SELECT s, min(o) AS first, max(o) AS last FROM triple WHERE p = {DATA_SET} GROUP BY s""")
    graph.run(f"""
        CREATE TABLE several AS
        SELECT s, data_sets, {_SEVERAL} + dense_rank() OVER (ORDER BY data_sets) AS unit FROM (
            SELECT s, list_sort(list(DISTINCT o)) AS data_sets FROM triple
            WHERE p = {{DATA_SET}} AND s IN (SELECT s FROM linked WHERE first <> last) GROUP BY s
        )""")
    graph.run("""
        CREATE TABLE member AS
        SELECT s, first::BIGINT AS unit FROM linked WHERE first = last UNION ALL SELECT s, unit FROM several""")
    graph.run("""
        CREATE TABLE of_unit AS
        SELECT DISTINCT first::BIGINT AS unit, first AS data_set FROM linked WHERE first = last
        UNION ALL SELECT DISTINCT unit, unnest(data_sets) FROM several""")


def _components(graph: Graph) -> None:
    graph.table("truth", {"o": graph.terms.known(f'"{word}"^^<{XSD}boolean>' for word in ("true", "1"))})
    graph.run("""
        CREATE TABLE component AS
        SELECT structure.s AS data_set, structure.o AS structure, property.o AS p,
            bool_or(required.s IS NOT NULL) AS is_required
        FROM triple AS structure
        JOIN triple AS specification ON specification.s = structure.o AND specification.p = {COMPONENT}
        JOIN triple AS property ON property.s = specification.o AND property.p = {PROPERTY}
        LEFT JOIN (
            SELECT DISTINCT s FROM triple WHERE p = {REQUIRED} AND o IN (SELECT o FROM truth)
        ) AS required ON required.s = specification.o
        WHERE structure.p = {STRUCTURE}
        GROUP BY ALL""")
    for role in ("DIMENSION", "MEASURE"):
        graph.run(
            f"CREATE TABLE {role.lower()} AS"
            f" SELECT DISTINCT s AS p FROM triple WHERE p = {{TYPE}} AND o = {{{role}_CLASS}}"
        )
    graph.run("CREATE TABLE by_measure AS SELECT DISTINCT structure FROM component WHERE p = {MEASURE_TYPE}")
    graph.run("""
        CREATE TABLE asked AS
        SELECT unit, p, bool_or(p IN (SELECT p FROM dimension)) AS is_dimension, bool_or(is_required) AS is_required,
            bool_or(p IN (SELECT p FROM measure) AND structure NOT IN (SELECT structure FROM by_measure)) AS is_measure
        FROM of_unit JOIN component USING (data_set)
        GROUP BY unit, p HAVING is_dimension OR is_required OR is_measure""")


def _same(graph: Graph) -> None:
    """Find literals of dimensions that are equal in value and not in their text."""
    literals = graph.rows("""
        SELECT DISTINCT o FROM triple WHERE o < 0 AND p IN (SELECT p FROM asked WHERE is_dimension) ORDER BY o DESC""")
    equal = defaultdict(list)
    for (number,) in literals:
        equal[value_of(graph.terms.text(number))].append(number)
    pairs = [(number, numbers[0]) for numbers in equal.values() for number in numbers[1:]]
    columns = zip(*pairs, strict=True) if pairs else ((), ())
    graph.table("same", {name: list(column) for name, column in zip(("o", "v"), columns, strict=True)})


def value_of(literal: str) -> tuple[str, object]:
    """Return what SPARQL compares when two literals are compared with ``=``.

    Numbers are equal by value, whatever their types, moments by instant; of types that SPARQL does
    not know the text counts.
    """
    if literal[0] != '"':
        return "term", literal
    text, datatype = lexical(literal), literal[literal.rindex('"') + 1 :][3:-1]
    words = text.strip(" \t\r\n")
    try:
        if datatype in _EXACT and _DECIMAL.fullmatch(words):
            return "number", Decimal(words)
        if datatype in _BINARY and _DOUBLE.fullmatch(words):
            return "number", Decimal(repr(float(words)))
        if datatype == f"{XSD}boolean":
            return datatype, _TRUTHS.get(text, text)
        if datatype == f"{XSD}dateTime" and _MOMENT.fullmatch(words):
            moment = datetime.fromisoformat(words)
            return (f"{datatype} here", moment) if moment.tzinfo is None else (datatype, moment.astimezone(UTC))
    except (InvalidOperation, ValueError, OverflowError):
        return "term", literal
    return "term", literal
