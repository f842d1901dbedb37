"""The constraints on observations, IC-1 and IC-11 to IC-18: each one pass over tables of numbers.

Source: The RDF Data Cube Vocabulary (W3C 2014), section 11.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from publisher.checks.integrity.points import locate, pairs, patterns, prints
from publisher.checks.integrity.violation import MOST, NOT_ALL_COMPARED

if TYPE_CHECKING:
    from publisher.checks.integrity.graph import Graph


class Found(NamedTuple):
    """One violation in numbers: ``x``, ``y`` and ``z`` are terms, ``n`` is a count.

    ``more`` is how many there are beyond it that are not listed.
    """

    rule: str
    data_set: int | None
    s: int
    x: int | None
    y: int | None
    z: int | None
    n: int | None
    more: int


def not_all_compared(rule: str, data_set: int) -> Found:
    """Return that a constraint, IC-12 or IC-17, was not asked of all observations of a data set."""
    return Found(NOT_ALL_COMPARED, data_set, data_set, None, None, None, int(rule.removeprefix("IC-")), 0)


def listed(graph: Graph, rule: str, question: str) -> Iterator[Found]:
    """Yield the first answers of each data set to a question for (data_set, s, x, y, z, n)."""
    rows = graph.rows(f"""
        WITH numbered AS (
            SELECT *, row_number() OVER (PARTITION BY data_set ORDER BY s, x, y, z, n) AS place,
                count(*) OVER (PARTITION BY data_set) AS total
            FROM ({question}) AS found(data_set, s, x, y, z, n)
        )
        SELECT data_set, s, x, y, z, n, CASE WHEN place = {MOST} THEN total - {MOST} ELSE 0 END
        FROM numbered WHERE place <= {MOST} ORDER BY data_set, place""")
    for row in rows:
        yield Found(rule, *row)


def of_observations(graph: Graph) -> Iterator[Found]:
    """Yield what is wrong with observations. The tables of ``observed`` are there."""
    yield from _data_sets(graph)
    locate(graph, "point", "member", "asked")
    yield from _absent(graph)
    yield from _duplicates(graph)
    yield from _slices(graph)


def _data_sets(graph: Graph) -> Iterator[Found]:
    """IC-1: observations without a data set, or with several."""
    yield from listed(
        graph,
        "IC-1",
        """
        SELECT NULL, s, NULL, NULL, NULL, 0 FROM (
            SELECT DISTINCT s FROM triple WHERE p = {TYPE} AND o = {OBSERVATION_CLASS}
        ) WHERE s NOT IN (SELECT s FROM linked)
        UNION ALL SELECT data_sets[1], s, NULL, NULL, NULL, len(data_sets) FROM several""",
    )


def _absent(graph: Graph) -> Iterator[Found]:
    """IC-11, 13, 14: observations without a dimension, a required attribute or a measure."""
    graph.run("""
        CREATE TABLE absent AS
        SELECT s, asked.* FROM point
        JOIN (SELECT unit, count(*) AS parts FROM asked GROUP BY unit) AS all_of USING (unit)
        JOIN asked USING (unit)
        WHERE point.parts < all_of.parts
        AND NOT EXISTS (
            SELECT 1 FROM triple
            WHERE triple.p IN (SELECT p FROM asked) AND triple.s = point.s AND triple.p = asked.p
        )""")
    for rule, role in (("IC-11", "is_dimension"), ("IC-13", "is_required"), ("IC-14", "is_measure")):
        yield from listed(
            graph, rule, f"SELECT first, s, p, NULL, NULL, NULL FROM absent JOIN linked USING (s) WHERE {role}"
        )


def _duplicates(graph: Graph) -> Iterator[Found]:
    """IC-12: observations of one data set with the same values in every dimension that both have."""
    yield from listed(
        graph,
        "IC-12",
        """
        SELECT first, one, other, NULL, NULL, n FROM (
            SELECT min(s) AS one, max(s) AS other, count(*) AS n FROM point
            WHERE dimensions > 0 AND n = dimensions GROUP BY unit, pattern, a, b HAVING count(*) > 1
        ) JOIN linked ON linked.s = one""",
    )
    of_data_sets = None
    for data_set, group in patterns(graph, "point", "asked", "(SELECT unit, data_set AS together FROM of_unit)"):
        of_data_sets = of_data_sets or _dimensions(graph)
        found = 0
        compared, complete = pairs(group, disjoint=False)
        for one, other in compared:
            shared = of_data_sets.of_unit[one.unit] & of_data_sets.of_unit[other.unit]
            asked = frozenset(p for each in shared for p in of_data_sets.dimensions.get(each, ()))
            common = asked & one.present & other.present
            if common and found > MOST:
                complete = False
                break
            if common:
                question = f"""
                    SELECT first, s, twin, NULL, NULL, 0
                    FROM {prints("point", one, common)} JOIN (
                        SELECT a, b, min(s) AS twin FROM {prints("point", other, common)} GROUP BY a, b
                    ) USING (a, b) JOIN linked USING (s)"""
                answers = list(listed(graph, "IC-12", question))
                found += len(answers)
                yield from answers
        if not complete:
            yield not_all_compared("IC-12", data_set)


class _Dimensions(NamedTuple):
    """The data sets of units, and the dimensions of data sets."""

    of_unit: dict[int, set[int]]
    dimensions: dict[int, set[int]]


def _dimensions(graph: Graph) -> _Dimensions:
    of_unit: dict[int, set[int]] = {}
    for unit, data_set in graph.rows("SELECT unit, data_set FROM of_unit"):
        of_unit.setdefault(unit, set()).add(data_set)
    dimensions: dict[int, set[int]] = {}
    for data_set, p in graph.rows("SELECT DISTINCT data_set, p FROM component JOIN dimension USING (p)"):
        dimensions.setdefault(data_set, set()).add(p)
    return _Dimensions(of_unit, dimensions)


def _slices(graph: Graph) -> Iterator[Found]:
    """IC-18: observations of a slice that are not in the data set of the slice."""
    yield from listed(
        graph,
        "IC-18",
        """
        SELECT DISTINCT slice.s, member.o, slice.o, NULL, NULL, NULL
        FROM triple AS slice JOIN triple AS member ON member.s = slice.o AND member.p = {OBSERVATION}
        WHERE slice.p = {SLICE} AND NOT EXISTS (
            SELECT 1 FROM triple WHERE triple.p = {DATA_SET} AND triple.s = member.o AND triple.o = slice.s
        )""",
    )
