"""What the profiles of cube.link ask of cubes and their constraints, rule by rule.

Source: the profiles standalone-cube-constraint, standalone-constraint-constraint, profile-visualize
and shared/data-kind of Cube Schema (https://cube.link/latest/shape/…), said in our own words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from publisher.checks.cube_link_file import Head, Term
from publisher.formats.cube_link_terms import CUBE, META, QUDT, SCHEMA, SH, TIME
from publisher.formats.rdf_common import RDF, XSD

CORE = frozenset((f"{RDF}type", f"{CUBE}observedBy"))
_LANGUAGE = f"{RDF}langString"
_STATUSES = frozenset(f"https://ld.admin.ch/vocabulary/CreativeWorkStatus/{word}" for word in ("Published", "Draft"))
_SCALES = frozenset(f"{QUDT}{word}Scale" for word in ("Nominal", "Ordinal", "Interval", "Ratio"))
_LISTED = frozenset((f"{QUDT}NominalScale", f"{QUDT}OrdinalScale"))
_UNITS = frozenset(f"{TIME}unit{word}" for word in ("Year", "Month", "Week", "Day", "Hour", "Minute", "Second"))
_TEMPORAL = frozenset(XSD + word for word in ("gYear", "gYearMonth", "date", "dateTime"))


@dataclass(frozen=True, slots=True)
class _Rule:
    """How often a property stands, and which values it takes, in words too."""

    property: str
    least: int
    most: int | None
    holds: Callable[[Term], bool]
    said: str


def _iri(term: Term) -> bool:
    return not term[0]


def _text(term: Term) -> bool:
    return term[0] == f"{XSD}string" or ("://" not in term[0] and bool(term[0]))


def _among(allowed: frozenset[str]) -> Callable[[Term], bool]:
    return lambda term: not term[0] and term[1] in allowed


def _typed(*words: str) -> Callable[[Term], bool]:
    return lambda term: term[0] in {XSD + word for word in words}


_CUBE_RULES = (
    _Rule(f"{SCHEMA}name", 1, None, _text, "a name, a string or in a language"),
    _Rule(f"{SCHEMA}publisher", 1, None, _iri, "an IRI"),
    _Rule(f"{SCHEMA}creator", 1, None, _iri, "an IRI"),
    _Rule(f"{SCHEMA}contributor", 1, None, _iri, "an IRI"),
    _Rule(f"{SCHEMA}contactPoint", 1, None, _iri, "an IRI"),
    _Rule(f"{SCHEMA}dateCreated", 1, None, _typed("date"), "an xsd:date"),
    _Rule(f"{SCHEMA}datePublished", 1, None, _typed("date"), "an xsd:date"),
    _Rule(f"{SCHEMA}dateModified", 1, None, _typed("date", "dateTime"), "an xsd:date or xsd:dateTime"),
    _Rule(f"{SCHEMA}creativeWorkStatus", 1, None, _among(_STATUSES), "Published or Draft"),
    _Rule(f"{SCHEMA}expires", 0, 0, _iri, "absent: an expired cube is not shown"),
    _Rule(f"{SCHEMA}validThrough", 0, 0, _iri, "absent: an expired cube is not shown"),
    _Rule(f"{CUBE}observationSet", 1, None, _iri, "an IRI"),
    _Rule(f"{CUBE}observationConstraint", 1, 1, _iri, "an IRI"),
)
_ONE = frozenset(("1",))
_SHAPE_RULES = (
    _Rule(f"{SH}path", 1, 1, _iri, "one IRI"),
    _Rule(f"{SH}minCount", 1, 1, lambda term: term[1] in _ONE, "1: every dimension is mandatory"),
    _Rule(f"{SH}maxCount", 1, 1, lambda term: term[1] in _ONE, "1"),
    _Rule(f"{SH}nodeKind", 1, 1, _among(frozenset((f"{SH}IRI", f"{SH}Literal"))), "sh:IRI or sh:Literal"),
    _Rule(f"{SH}datatype", 0, 1, lambda term: _iri(term) and term[1] != _LANGUAGE, "one, and no rdf:langString"),
)
_NAMED_RULES = (
    _Rule(f"{SCHEMA}name", 1, None, _text, "a name, a string or in a language"),
    _Rule(f"{QUDT}scaleType", 1, 1, _among(_SCALES), "nominal, ordinal, interval or ratio"),
)


def cube_faults(head: Head, cube: str) -> Iterator[str]:
    """Yield what is wrong with a cube, its sets and its constraint, each as (what, of which IRI) in one text."""
    yield from _broken(head, cube, _CUBE_RULES)
    if len({term[0] == f"{XSD}string" for term in head.objects(cube, f"{SCHEMA}name")}) > 1:
        yield f"<{cube}>: <{SCHEMA}name> is in languages and in none"
    for found in head.iris(cube, f"{CUBE}observationSet"):
        if f"{CUBE}ObservationSet" not in head.iris(found, f"{RDF}type"):
            yield f"<{found}> is no cube:ObservationSet"
    for constraint in head.iris(cube, f"{CUBE}observationConstraint"):
        yield from _constraint_faults(head, constraint)


def _broken(head: Head, subject: str, rules: tuple[_Rule, ...]) -> Iterator[str]:
    for rule in rules:
        terms = head.objects(subject, rule.property)
        many = rule.most is not None and len(terms) > rule.most
        if len(terms) < rule.least or many or not all(map(rule.holds, terms)):
            yield f"<{subject}>: <{rule.property}> must be {rule.said}"


def _constraint_faults(head: Head, constraint: str) -> Iterator[str]:
    types = head.iris(constraint, f"{RDF}type")
    if not {f"{CUBE}Constraint", f"{SH}NodeShape"} <= set(types):
        yield f"<{constraint}> is no cube:Constraint and sh:NodeShape"
    if [term[1] for term in head.objects(constraint, f"{SH}closed")] != ["true"]:
        yield f"<{constraint}> is not closed (sh:closed)"
    shapes = head.iris(constraint, f"{SH}property")
    kinds = [kind for shape in shapes for kind in head.iris(shape, f"{RDF}type")]
    for kind in ("KeyDimension", "MeasureDimension"):
        if CUBE + kind not in kinds:
            yield f"<{constraint}> has no cube:{kind}"
    for shape in shapes:
        yield from _shape_faults(head, shape)


def _shape_faults(head: Head, shape: str) -> Iterator[str]:
    yield from _broken(head, shape, _SHAPE_RULES)
    core = not CORE.isdisjoint(head.iris(shape, f"{SH}path"))
    if not core:
        yield from _broken(head, shape, _NAMED_RULES)
    for word in ("in", "or"):
        for cell in head.iris(shape, SH + word):
            if head.listed(cell) is None:
                yield f"<{shape}>: sh:{word} is no list"
    scales = head.iris(shape, f"{QUDT}scaleType")
    key = f"{CUBE}KeyDimension" in head.iris(shape, f"{RDF}type")
    items = [item for cell in head.iris(shape, f"{SH}in") for item in head.listed(cell) or ()]
    if key and _LISTED.intersection(scales) and not items:
        yield f"<{shape}>: a nominal or ordinal key dimension lists its values (sh:in)"
    for kind in head.iris(shape, f"{META}dataKind"):
        yield from _kind_faults(head, kind, shape)


def _kind_faults(head: Head, kind: str, shape: str) -> Iterator[str]:
    """Yield what is wrong with what a dimension says that it is of time."""
    if head.iris(kind, f"{RDF}type") != [f"{TIME}GeneralDateTimeDescription"]:
        yield f"<{kind}> is no time:GeneralDateTimeDescription"
        return
    units = head.iris(kind, f"{TIME}unitType")
    ordinal = f"{QUDT}OrdinalScale" in head.iris(shape, f"{QUDT}scaleType")
    typed = _TEMPORAL.intersection(head.iris(shape, f"{SH}datatype"))
    if len(units) > 1 or not _UNITS.issuperset(units) or not (units or ordinal or typed):
        yield f"<{kind}> has another unit than one of OWL-Time's, or neither a unit nor an ordinal scale"
