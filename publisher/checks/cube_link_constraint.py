"""The constraint of a cube of cube.link, applied to its observations: the rule of the standard itself.

Source: Cube Schema (https://cube.link, documentation: constraints) and SHACL (W3C 2017), sections
2.3 and 4, of which these shapes use sh:path, sh:nodeKind, sh:datatype, sh:in, sh:or of datatypes,
sh:minCount, sh:maxCount and sh:closed. One look at each statement; no message shows a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from publisher.checks.cube_link_file import Head, Observation, Term
from publisher.formats.cube_link_terms import SH
from publisher.formats.rdf_common import XSD


@dataclass(frozen=True, slots=True)
class Shape:
    """What a constraint asks of one property; None where it does not ask."""

    path: str
    kind: str | None
    datatypes: frozenset[str] | None
    items: frozenset[Term] | None
    least: int
    most: int | None

    def holds(self, term: Term) -> bool:
        """Say whether a value is one of those the property takes."""
        datatype, lexical = term
        if self.kind is not None and self.kind != SH + ("IRI" if not datatype else "Literal"):
            return False
        if self.datatypes is not None and (datatype not in self.datatypes or not _well_formed(datatype, lexical)):
            return False
        return self.items is None or term in self.items


def _well_formed(datatype: str, lexical: str) -> bool:
    """Say whether a number is spelled as its datatype is; other literals are not looked at."""
    whole = lexical.lstrip("+-")
    if datatype == f"{XSD}integer":
        return whole.isascii() and whole.isdigit()
    return datatype != f"{XSD}decimal" or (whole.isascii() and whole.replace(".", "", 1).isdigit())


def shapes(head: Head, constraint: str) -> tuple[Shape, ...]:
    """Return what a constraint asks, property by property."""
    return tuple(_shape(head, iri) for iri in head.iris(constraint, f"{SH}property"))


def _shape(head: Head, iri: str) -> Shape:
    datatypes = head.iris(iri, f"{SH}datatype")
    for cell in head.iris(iri, f"{SH}or"):
        datatypes += [one for _, item in head.listed(cell) or () for one in head.iris(item, f"{SH}datatype")]
    lists = [head.listed(cell) or () for cell in head.iris(iri, f"{SH}in")]
    items = frozenset.intersection(*(frozenset(found) for found in lists)) if lists else None
    kinds = head.iris(iri, f"{SH}nodeKind")
    paths = head.iris(iri, f"{SH}path")
    return Shape(
        paths[0] if paths else "",
        kinds[0] if kinds else None,
        frozenset(datatypes) if datatypes else None,
        items,
        _count(head, iri, "minCount") or 0,
        _count(head, iri, "maxCount"),
    )


def _count(head: Head, iri: str, word: str) -> int | None:
    found = [lexical for _, lexical in head.objects(iri, SH + word)]
    return int(found[0]) if found and found[0].isdecimal() else None


class Constraint:
    """A constraint that is closed: what it does not name no observation may say."""

    def __init__(self, head: Head, iri: str) -> None:
        """Take the constraint of that IRI from a file."""
        self._shapes = {shape.path: shape for shape in shapes(head, iri)}
        self._expected = [(path, shape.least, shape.most) for path, shape in self._shapes.items()]
        self._right: set[tuple[str, Term]] = set()

    def faults(self, observation: Observation) -> Iterator[str]:
        """Yield what an observation has that the constraint forbids, or lacks that it asks."""
        _, _, said = observation
        for predicate, term in said:
            if (predicate, term) not in self._right:
                shape = self._shapes.get(predicate)
                if shape is None:
                    yield f"has the property <{predicate}>, which the constraint does not name (sh:closed)"
                elif not shape.holds(term):
                    yield f"has a value of <{predicate}> that the constraint does not allow"
                elif shape.items is not None:
                    self._right.add((predicate, term))
        counts = Counter(predicate for predicate, _ in said)
        for path, least, most in self._expected:
            if counts[path] < least:
                yield f"has no <{path}> (sh:minCount)"
            elif most is not None and counts[path] > most:
                yield f"has <{path}> {counts[path]} times (sh:maxCount)"
