"""Abbreviated cubes made complete, as the specification says, before anything is asked of them.

Source: The RDF Data Cube Vocabulary (W3C 2014), section 10.1, normalisation algorithm: two SPARQL
updates, each with steps that see what the steps before them have added. Each step is one statement here.
Before them goes what the vocabulary's own file says of ``qb:measureType``, which cubes need not repeat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.checks.integrity.graph import Graph

# What the vocabulary itself says of the one dimension it defines, for cubes that have it.
_MEASURE_TYPE = """
    SELECT {MEASURE_TYPE}, said.p, said.o
    FROM (VALUES ({TYPE}, {DIMENSION_CLASS}), ({RANGE}, {MEASURE_CLASS})) AS said(p, o)
    WHERE EXISTS (SELECT 1 FROM triple WHERE o = {MEASURE_TYPE} AND p IN ({DIMENSION}, {PROPERTY}))"""
# Literals, which are below 0, are nobody's subject.
_TYPES = (
    _MEASURE_TYPE,
    "SELECT o, {TYPE}, {OBSERVATION_CLASS} FROM triple WHERE p = {OBSERVATION} AND o >= 0",
    "SELECT s, {TYPE}, {OBSERVATION_CLASS} FROM triple WHERE p = {DATA_SET}"
    " UNION SELECT o, {TYPE}, {DATA_SET_CLASS} FROM triple WHERE p = {DATA_SET} AND o >= 0",
    "SELECT o, {TYPE}, {SLICE_CLASS} FROM triple WHERE p = {SLICE} AND o >= 0",
    *(
        f"SELECT s, {{PROPERTY}}, o FROM triple WHERE p = {{{role}}}"
        f" UNION SELECT o, {{TYPE}}, {{{role}_CLASS}} FROM triple WHERE p = {{{role}}} AND o >= 0"
        for role in ("DIMENSION", "MEASURE", "ATTRIBUTE")
    ),
)

# The properties of data sets, with what must hold of their specification or of themselves.
_PROPERTIES = """
    SELECT DISTINCT structure.s AS data_set, property.o AS p
    FROM triple AS structure
    JOIN triple AS specification ON specification.s = structure.o AND specification.p = {COMPONENT}
    JOIN triple AS property ON property.s = specification.o AND property.p = {PROPERTY}
    JOIN triple AS wanted ON """
_OF_DATA_SETS = "wanted.s = property.s AND wanted.p = {ATTACHMENT} AND wanted.o = {DATA_SET_CLASS}"
_OF_SLICES = "wanted.s = property.s AND wanted.p = {ATTACHMENT} AND wanted.o = {SLICE_CLASS}"
_DIMENSIONS = "wanted.s = property.o AND wanted.p = {TYPE} AND wanted.o = {DIMENSION_CLASS}"
_WHERE = " WHERE structure.p = {STRUCTURE}"


def _from_data_sets() -> str:
    return f"""
        SELECT member.s, value.p, value.o FROM ({_PROPERTIES}{_OF_DATA_SETS}{_WHERE}) AS asked
        JOIN triple AS value ON value.s = asked.data_set AND value.p = asked.p
        JOIN triple AS member ON member.o = asked.data_set AND member.p = {{DATA_SET}}"""


def _from_slices(wanted: str) -> str:
    return f"""
        SELECT member.o, value.p, value.o FROM ({_PROPERTIES}{wanted}{_WHERE}) AS asked
        JOIN triple AS slice ON slice.s = asked.data_set AND slice.p = {{SLICE}}
        JOIN triple AS value ON value.s = slice.o AND value.p = asked.p
        JOIN triple AS member ON member.s = slice.o AND member.p = {{OBSERVATION}}
        WHERE member.o >= 0"""


_ATTACHED = (_from_data_sets(), _from_slices(_OF_SLICES), _from_slices(_DIMENSIONS))


def normalise(graph: Graph) -> None:
    """Add the triples that an abbreviated cube leaves out: types and properties, then what is attached above."""
    for step in (*_TYPES, *_ATTACHED):
        graph.run(f"CREATE OR REPLACE TEMP TABLE added AS SELECT DISTINCT * FROM ({step}) AS found(s, p, o)")
        graph.run("""
            INSERT INTO triple SELECT * FROM added
            WHERE NOT EXISTS (
                SELECT 1 FROM triple
                WHERE triple.p IN (SELECT p FROM added) AND triple.p = added.p
                AND triple.s = added.s AND triple.o = added.o
            )""")
    graph.run("DROP TABLE added")
