"""Where observations stand: what each has a value for, and which stand at the same point of their cube.

The official IC-12 and IC-17 compare every pair of observations, in the dimensions that both have a
value for. Here each observation has a fingerprint of its values, 128 bits that do not depend on their
order, so that those at one point are a group. Observations that lack other dimensions than others are
compared with those in the dimensions they share, one pair of patterns after the other.

A value that stands twice counts once. Two different values of one dimension equal none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.checks.integrity.graph import Graph

# So many pairs of patterns are compared within a data set, those with the fewest dimensions in common first.
MOST_PAIRS = 200
_MOST_PATTERNS = 500
# A word of what is there has so many bits.
_BITS = 60
_HASH = "hash(found.p::BIGINT * 4294967296 + found.o)"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Observations of one unit that have values for the same dimensions."""

    unit: int
    pattern: int
    size: int
    present: frozenset[int]


def locate(graph: Graph, table: str, member: str, asked: str) -> None:
    """Make a table of points from ``member(s, unit)`` and ``asked(unit, p, is_dimension)``.

    It has the columns unit, s, ``parts`` (how many of the properties have a value), ``dimensions`` (how
    many of them are dimensions), ``n`` (how many values those have), pattern, and the fingerprint a, b.
    """
    _locate(graph, table, member, asked, "triple")
    if graph.one(f"SELECT 1 FROM {table} WHERE n <> dimensions LIMIT 1") or graph.one("SELECT 1 FROM same LIMIT 1"):
        cells(graph, asked)
        _locate(graph, table, member, asked, "cell")


def cells(graph: Graph, asked: str) -> None:
    """Make the table ``cell`` of the different values of what is asked, equal literals as one."""
    graph.run(f"""
        CREATE OR REPLACE TABLE cell AS
        SELECT DISTINCT s, p, coalesce(v, o) AS o FROM triple LEFT JOIN same USING (o)
        WHERE p IN (SELECT p FROM {asked}) AND s IN (SELECT s FROM member)""")


def _locate(graph: Graph, table: str, member: str, asked: str, cell: str) -> None:
    graph.run(f"""
        CREATE OR REPLACE TABLE {table} AS
        WITH place AS (
            SELECT *, row_number() OVER (PARTITION BY unit ORDER BY p) - 1 AS place FROM {asked}
        ), word AS (
            SELECT unit, s, place // {_BITS} AS word,
                bit_or(1::BIGINT << (place % {_BITS})) AS bits,
                coalesce(bit_or(1::BIGINT << (place % {_BITS})) FILTER (is_dimension), 0) AS dimensions,
                count(*) FILTER (is_dimension) AS n,
                coalesce(sum({_HASH}) FILTER (is_dimension), 0) AS a,
                coalesce(bit_xor(hash({_HASH})) FILTER (is_dimension), 0) AS b
            FROM {cell} AS found JOIN {member} USING (s) JOIN place USING (unit, p)
            GROUP BY ALL
        ), point AS (
            SELECT unit, s, sum(bit_count(bits)) AS parts, sum(bit_count(dimensions)) AS dimensions, sum(n) AS n,
                bit_xor(hash(word * 31 + 7, dimensions)) AS pattern, sum(a) AS a, bit_xor(b) AS b
            FROM word GROUP BY ALL
        )
        SELECT unit, s, coalesce(parts, 0)::BIGINT AS parts, coalesce(dimensions, 0)::BIGINT AS dimensions,
            coalesce(n, 0)::BIGINT AS n, coalesce(pattern, 0) AS pattern, coalesce(a, 0) AS a, coalesce(b, 0) AS b
        FROM {member} LEFT JOIN point USING (unit, s)""")


def patterns(graph: Graph, table: str, asked: str, groups: str) -> Iterator[tuple[int, list[Pattern]]]:
    """Yield what stands for a group and its patterns that must be compared with each other, where there are several.

    ``groups`` is a table of (unit, together): units with the same ``together`` are compared.
    """
    found = graph.rows(f"""
        WITH pattern AS (
            SELECT unit, pattern, min(s) AS s, count(*) AS size FROM {table} GROUP BY unit, pattern
        )
        SELECT together, unit, pattern, s, size, count(*) OVER (PARTITION BY together) AS patterns
        FROM pattern JOIN {groups} USING (unit) QUALIFY patterns > 1 ORDER BY ALL""")
    if not found:
        return
    cells(graph, asked)
    graph.table("sample", {"s": sorted({row[3] for row in found})})
    present: Mapping[tuple[int, int], set[int]] = defaultdict(set)
    for unit, s, p in graph.rows(f"""
        SELECT DISTINCT {table}.unit, s, cell.p FROM sample JOIN {table} USING (s) JOIN cell USING (s)
        JOIN {asked} AS asked ON asked.unit = {table}.unit AND asked.p = cell.p WHERE asked.is_dimension"""):
        present[unit, s].add(p)
    together: Mapping[int, list[Pattern]] = defaultdict(list)
    for group, unit, pattern, s, size, _ in found:
        together[group].append(Pattern(unit, pattern, size, frozenset(present[unit, s])))
    yield from together.items()


def pairs(group: list[Pattern], disjoint: bool) -> tuple[list[tuple[Pattern, Pattern]], bool]:
    """Return the pairs of patterns that are compared, the smaller one of each first, and whether they are all.

    Those that are most likely to have equal values come first; with ``disjoint`` there are also
    pairs without a dimension in common, which have nothing to differ in.
    """
    largest = sorted(group, key=lambda pattern: -pattern.size)[:_MOST_PATTERNS]
    found = [(other, one) for one, other in combinations(largest, 2)]
    if not disjoint:
        found = [(one, other) for one, other in found if one.present & other.present]
    found.sort(key=lambda pair: (len(pair[0].present & pair[1].present), -pair[0].size * pair[1].size))
    return found[:MOST_PAIRS], len(group) <= _MOST_PATTERNS and len(found) <= MOST_PAIRS


def prints(table: str, side: Pattern, common: frozenset[int]) -> str:
    """Return the question for (s, a, b): the fingerprints of a pattern's observations in the dimensions ``common``."""
    listed = ", ".join(map(str, sorted(common)))
    return f"""(
        SELECT s, sum({_HASH}) AS a, bit_xor(hash({_HASH})) AS b
        FROM {table} JOIN cell AS found USING (s)
        WHERE unit = {side.unit} AND pattern = {side.pattern} AND found.p IN ({listed})
        GROUP BY s HAVING count(*) = {len(common)}
    )"""
