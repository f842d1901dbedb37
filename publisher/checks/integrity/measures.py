"""The constraints on cubes with a measure dimension, IC-15 to IC-17: one observation for each measure.

Source: The RDF Data Cube Vocabulary (W3C 2014), section 11. IC-17 counts, for every observation with a
``qb:measureType``, those with one at the same point of its data set; the dimensions are those of a
structure of the observation, so what is compared is a pair of data set and structure: a unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.checks.integrity.observations import Found, listed, not_all_compared
from publisher.checks.integrity.points import Pattern, locate, pairs, patterns, prints

if TYPE_CHECKING:
    from publisher.checks.integrity.graph import Graph


def of_measures(graph: Graph) -> Iterator[Found]:
    """Yield what is wrong with observations that have a ``qb:measureType``. The tables of ``observed`` are there."""
    graph.run("""
        CREATE TABLE typed AS
        SELECT DISTINCT s, o AS m FROM triple WHERE p = {MEASURE_TYPE} AND s IN (SELECT s FROM linked)""")
    if not graph.one("SELECT 1 FROM typed LIMIT 1"):
        return
    graph.run("""
        CREATE TABLE typed_link AS
        SELECT DISTINCT s, o AS data_set FROM triple WHERE p = {DATA_SET} AND s IN (SELECT s FROM typed)""")
    yield from _own(graph)
    yield from _others(graph)
    yield from _all(graph)


def _own(graph: Graph) -> Iterator[Found]:
    """IC-15: observations without a value for the measure they are of."""
    yield from listed(
        graph,
        "IC-15",
        """
        SELECT first, s, m, NULL, NULL, NULL FROM typed JOIN linked USING (s)
        WHERE s IN (
            SELECT s FROM typed_link WHERE data_set IN (
                SELECT data_set FROM component WHERE structure IN (SELECT structure FROM by_measure)
            )
        ) AND NOT EXISTS (
            SELECT 1 FROM triple
            WHERE triple.p IN (SELECT m FROM typed) AND triple.s = typed.s AND triple.p = typed.m
        )""",
    )


def _others(graph: Graph) -> Iterator[Found]:
    """IC-16: observations with a value for a measure that they are not of."""
    yield from listed(
        graph,
        "IC-16",
        """
        SELECT DISTINCT first, s, triple.p, m, NULL, NULL
        FROM typed JOIN linked USING (s) JOIN typed_link USING (s)
        JOIN (
            SELECT DISTINCT data_set, p FROM component
            WHERE structure IN (SELECT structure FROM by_measure) AND p IN (SELECT p FROM measure)
        ) AS possible USING (data_set)
        JOIN triple ON triple.s = typed.s AND triple.p = possible.p
        WHERE triple.p <> m""",
    )


_UNITS = (
    # How many measures a structure has, a measure that stands in two components twice.
    """
    CREATE TABLE measured AS
    SELECT specification.s AS structure, count(*) AS measures
    FROM (SELECT DISTINCT s, o FROM triple WHERE p = {COMPONENT}) AS specification
    JOIN (SELECT DISTINCT s, o FROM triple WHERE p = {PROPERTY}) AS property ON property.s = specification.o
    WHERE property.o IN (SELECT p FROM measure) GROUP BY specification.s""",
    # Through how many of its data sets an observation has a structure.
    """
    CREATE TABLE structured AS
    SELECT typed_link.s, structure.o AS structure, count(*) AS times
    FROM typed_link
    JOIN (SELECT DISTINCT s, o FROM triple WHERE p = {STRUCTURE}) AS structure ON structure.s = data_set
    WHERE structure.o IN (SELECT structure FROM measured) GROUP BY ALL""",
    """
    CREATE TABLE measure_unit AS
    SELECT row_number() OVER (ORDER BY data_set, structure) AS unit, data_set, structure
    FROM (SELECT DISTINCT data_set, structure FROM typed_link JOIN structured USING (s))""",
    "CREATE TABLE measure_member AS SELECT unit, s FROM typed_link JOIN measure_unit USING (data_set)",
    """
    CREATE TABLE measure_asked AS
    SELECT unit, p, true AS is_dimension
    FROM (SELECT DISTINCT structure, p FROM component) JOIN measure_unit USING (structure)
    WHERE p IN (SELECT p FROM dimension) AND p <> {MEASURE_TYPE}""",
    "CREATE TABLE weight AS SELECT s, count(*) AS weight FROM typed GROUP BY s",
    "CREATE TABLE beside (unit BIGINT, s INTEGER, total BIGINT)",
)


def _all(graph: Graph) -> Iterator[Found]:
    """IC-17: points where the observations are not one for each measure.

    Where not everything is compared, only too many are known to be wrong: what lacks may be there.
    """
    for statement in _UNITS:
        graph.run(statement)
    locate(graph, "measure_point", "measure_member", "measure_asked")
    unsure = []
    for unit, group in patterns(
        graph, "measure_point", "measure_asked", "(SELECT unit, unit AS together FROM measure_unit)"
    ):
        compared, complete = pairs(group, disjoint=True)
        for one, other in compared:
            _beside(graph, one, other)
        if not complete:
            unsure.append(unit)
    graph.table("unsure", {"unit": unsure})
    yield from listed(
        graph,
        "IC-17",
        """
        WITH here AS (
            SELECT unit, pattern, a, b, sum(weight) AS total
            FROM measure_point JOIN weight USING (s) WHERE n = dimensions GROUP BY ALL
        ), other AS (
            SELECT unit, s, sum(total) AS total FROM beside GROUP BY ALL
        ), counted AS (
            SELECT s, measures, bool_or(point.unit IN (SELECT unit FROM unsure)) AS at_least,
                sum(times * weight * (coalesce(here.total, 0) + coalesce(other.total, 0))) AS found
            FROM measure_point AS point JOIN measure_unit USING (unit)
            JOIN structured USING (s, structure) JOIN measured USING (structure) JOIN weight USING (s)
            LEFT JOIN here ON here.unit = point.unit AND here.pattern = point.pattern AND here.a = point.a
                AND here.b = point.b AND point.n = point.dimensions
            LEFT JOIN other ON other.unit = point.unit AND other.s = point.s
            GROUP BY s, measures
        )
        SELECT first, s, measures, CASE WHEN at_least THEN 1 END, NULL, found FROM counted JOIN linked USING (s)
        WHERE CASE WHEN at_least THEN found > measures ELSE found <> measures AND found > 0 END""",
    )
    for (data_set,) in graph.rows("SELECT DISTINCT data_set FROM measure_unit JOIN unsure USING (unit) ORDER BY 1"):
        yield not_all_compared("IC-17", data_set)


def _beside(graph: Graph, one: Pattern, other: Pattern) -> None:
    """Note for the observations of two patterns how many of the other they stand beside."""
    common = one.present & other.present
    for side, opposite in ((one, other), (other, one)):
        if common:
            question = f"""
                SELECT {side.unit}, s, total FROM {prints("measure_point", side, common)} JOIN (
                    SELECT a, b, sum(weight) AS total
                    FROM {prints("measure_point", opposite, common)} JOIN weight USING (s) GROUP BY a, b
                ) USING (a, b)"""
        else:
            question = f"""
                SELECT unit, s, (
                    SELECT sum(weight) FROM measure_point JOIN weight USING (s)
                    WHERE unit = {opposite.unit} AND pattern = {opposite.pattern}
                ) FROM measure_point WHERE unit = {side.unit} AND pattern = {side.pattern}"""
        graph.run(f"INSERT INTO beside {question}")
