"""Small cubes damaged at random: triples dropped, retargeted, moved and mixed, the same ones for a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph

CUBES = Path(__file__).parent / "qb"
Triples = list[Any]

_QB = "http://purl.org/linked-data/cube#"
_TYPE = pyoxigraph.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_XSD = "http://www.w3.org/2001/XMLSchema#"
_CLASSES = [
    pyoxigraph.NamedNode(_QB + name)
    for name in (
        "Observation",
        "DataSet",
        "DataStructureDefinition",
        "DimensionProperty",
        "MeasureProperty",
        "AttributeProperty",
        "Slice",
        "SliceKey",
        "HierarchicalCodeList",
    )
]
_CLASSES += [
    pyoxigraph.NamedNode(f"http://www.w3.org/2004/02/skos/core#{name}")
    for name in ("Concept", "ConceptScheme", "Collection")
]
_PROPERTIES = [
    pyoxigraph.NamedNode(_QB + name)
    for name in (
        "dataSet",
        "structure",
        "component",
        "componentProperty",
        "dimension",
        "measure",
        "attribute",
        "componentAttachment",
        "componentRequired",
        "slice",
        "sliceStructure",
        "sliceKey",
        "observation",
        "measureType",
        "codeList",
        "hierarchyRoot",
        "parentChildProperty",
    )
]
# Literals that are equal in value and not in their text, and some that are not equal.
_LITERALS = [
    pyoxigraph.Literal("1", datatype=pyoxigraph.NamedNode(_XSD + "integer")),
    pyoxigraph.Literal("01", datatype=pyoxigraph.NamedNode(_XSD + "integer")),
    pyoxigraph.Literal("1.0", datatype=pyoxigraph.NamedNode(_XSD + "decimal")),
    pyoxigraph.Literal("1", datatype=pyoxigraph.NamedNode(_XSD + "double")),
    pyoxigraph.Literal("1"),
    pyoxigraph.Literal("2", datatype=pyoxigraph.NamedNode(_XSD + "integer")),
    pyoxigraph.Literal("true", datatype=pyoxigraph.NamedNode(_XSD + "boolean")),
    pyoxigraph.Literal("false", datatype=pyoxigraph.NamedNode(_XSD + "boolean")),
]


def cube(name: str) -> Triples:
    """Return the triples of one of the cubes, in an order that is always the same."""
    path = CUBES / f"{name}.ttl"
    triples = [quad.triple for quad in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)]
    names: dict[Any, Any] = {}
    return [pyoxigraph.Triple(_plain(t.subject, names), t.predicate, _plain(t.object, names)) for t in triples]


def _plain(term: Any, names: dict[Any, Any]) -> Any:
    """Return blank nodes by number, for the parser names them at random."""
    if isinstance(term, pyoxigraph.BlankNode):
        return names.setdefault(term, pyoxigraph.BlankNode(f"b{len(names)}"))
    return term


def write(path: Path, triples: Triples) -> Path:
    """Write triples to a file."""
    pyoxigraph.serialize(triples, output=str(path), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return path


def mutated(triples: Triples, seed: int) -> Triples:
    """Return triples with one to four changes."""
    chance = random.Random(seed)
    for _ in range(chance.choice((1, 1, 2, 2, 3, 4))):
        triples = chance.choice(_CHANGES)(list(triples), chance)
    return triples


def _place(triples: Triples, chance: random.Random) -> int:
    """Return the place of a triple: any, or one with a property that any has, for structures have few of each."""
    if chance.random() < 0.5:
        return chance.randrange(len(triples))
    predicate = chance.choice(sorted({t.predicate.value for t in triples}))
    return chance.choice([place for place, t in enumerate(triples) if t.predicate.value == predicate])


def _drop(triples: Triples, chance: random.Random) -> Triples:
    triples.pop(_place(triples, chance))
    return triples


def _drop_alike(triples: Triples, chance: random.Random) -> Triples:
    """Drop a property of everything that has it, or of about half of it."""
    gone = chance.choice(triples).predicate
    share = chance.choice((0.5, 1.0))
    return [t for t in triples if t.predicate != gone or chance.random() > share] or triples


def _retarget(triples: Triples, chance: random.Random) -> Triples:
    place = _place(triples, chance)
    old = triples[place]
    triples[place] = pyoxigraph.Triple(old.subject, old.predicate, _some_object(triples, chance, old.predicate))
    return triples


def _add_value(triples: Triples, chance: random.Random) -> Triples:
    """Give something a second value."""
    old = triples[_place(triples, chance)]
    value = _some_object(triples, chance, old.predicate)
    return [*triples, pyoxigraph.Triple(old.subject, old.predicate, value)]


def _some_object(triples: Triples, chance: random.Random, predicate: Any) -> Any:
    """Return an object: mostly one that the same property has elsewhere."""
    alike = [t.object for t in triples if t.predicate == predicate]
    kind = chance.random()
    if kind < 0.6:
        return chance.choice(alike)
    if kind < 0.75:
        return chance.choice(_LITERALS)
    return chance.choice(triples).object if kind < 0.9 else chance.choice(triples).subject


def _move(triples: Triples, chance: random.Random) -> Triples:
    """Give a triple another subject."""
    place = _place(triples, chance)
    old = triples[place]
    triples[place] = pyoxigraph.Triple(chance.choice(triples).subject, old.predicate, old.object)
    return triples


def _other_property(triples: Triples, chance: random.Random) -> Triples:
    place = _place(triples, chance)
    old = triples[place]
    other = chance.choice(triples).predicate if chance.random() < 0.7 else chance.choice(_PROPERTIES)
    triples[place] = pyoxigraph.Triple(old.subject, other, old.object)
    return triples


def _copy_subject(triples: Triples, chance: random.Random) -> Triples:
    """Say all that is said of one thing of a new one too, but for a triple at times."""
    whose = triples[_place(triples, chance)].subject
    new = pyoxigraph.NamedNode(f"http://example.org/copy/{chance.randrange(3)}")
    copied = [pyoxigraph.Triple(new, t.predicate, t.object) for t in triples if t.subject == whose]
    if chance.random() < 0.5:
        copied.pop(chance.randrange(len(copied)))
    return [*triples, *copied]


def _merge(triples: Triples, chance: random.Random) -> Triples:
    """Make two things one."""
    one, other = chance.choice(triples).subject, chance.choice(triples).subject
    return [
        pyoxigraph.Triple(one if t.subject == other else t.subject, t.predicate, one if t.object == other else t.object)
        for t in triples
    ]


def _type(triples: Triples, chance: random.Random) -> Triples:
    return [*triples, pyoxigraph.Triple(chance.choice(triples).subject, _TYPE, chance.choice(_CLASSES))]


def _vocabulary(triples: Triples, chance: random.Random) -> Triples:
    """Add a triple of the vocabulary between two things."""
    subject, value = chance.choice(triples).subject, chance.choice(triples).subject
    return [*triples, pyoxigraph.Triple(subject, chance.choice(_PROPERTIES), value)]


_CHANGES: list[Callable[[Triples, random.Random], Triples]] = [
    _drop, _drop, _drop_alike, _retarget, _retarget, _add_value, _add_value, _move, _other_property, _copy_subject,
    _copy_subject, _merge, _type, _vocabulary,
]  # fmt: skip
