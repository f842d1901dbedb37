"""The constraints on structure alone, IC-2 to IC-10, asked in SPARQL of a small store.

Each question is the official query as a SELECT that names what is at fault; those that compare
every pair of something count instead. Source: The RDF Data Cube Vocabulary (W3C 2014), section 11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.integrity.terms import shown
from publisher.checks.integrity.violation import Violation
from publisher.formats.rdf_common import QB

if TYPE_CHECKING:
    import pyoxigraph

QUESTIONS = Path(__file__).parent / "questions"
RULES = tuple(f"IC-{number}" for number in range(2, 11))

_MESSAGES: Mapping[str, Callable[[Mapping[str, str]], str]] = {
    "IC-2": lambda it: f"the data set {it['subject']} has {it['count']} structures: give it exactly one qb:structure",
    "IC-3": lambda it: f"the structure {it['subject']} has no measure: give it a component with a qb:MeasureProperty",
    "IC-4": lambda it: f"the dimension {it['subject']} has no rdfs:range: give it one",
    "IC-5": lambda it: f"the dimension {it['subject']} has concepts as values and no code list: give it a qb:codeList",
    "IC-6": lambda it: (
        f"the component {it['subject']} may be absent (qb:componentRequired false) and is no attribute:"
        " only a qb:AttributeProperty may be optional"
    ),
    "IC-7": lambda it: (
        f"the slice key {it['subject']} is declared by no structure: add it to one"
        " (qb:DataStructureDefinition) with qb:sliceKey"
    ),
    "IC-8": lambda it: (
        f"the slice key {it['subject']} has the property {it['property']}, which is no component"
        f" of {it['structure']}: add it there, or take it out of the key"
    ),
    "IC-9": lambda it: f"the slice {it['subject']} has {it['count']} slice keys: give it exactly one qb:sliceStructure",
    "IC-10": lambda it: (
        f"the slice {it['subject']} has no value for {it['property']}, which its slice key fixes: give it one"
    ),
}


def structure_violations(store: pyoxigraph.Store) -> Iterator[Violation]:
    """Yield what breaks IC-2 to IC-10 in a store whose triples are normalised as section 10 says."""
    cubes = _Cubes(store)
    for rule in RULES:
        solutions: Any = store.query((QUESTIONS / f"{rule}.rq").read_text(encoding="utf-8"))
        names = [variable.value for variable in solutions.variables]
        rows = [{name: solution[name] for name in names if solution[name] is not None} for solution in solutions]
        said = [({name: shown_term(term) for name, term in row.items()}, row) for row in rows]
        for words, row in sorted(said, key=lambda pair: sorted(pair[0].items())):
            yield Violation(rule, cubes.of(rule, row), name_of(row["subject"]), (), _MESSAGES[rule](words))


def name_of(term: Any) -> str:
    """Return the IRI of a node, ``_:name`` as its file calls a blank one."""
    return str(term.value) if type(term).__name__ == "NamedNode" else shown(str(term))


def shown_term(term: Any) -> str:
    """Return a term as a message shows it; a number is its digits."""
    return str(term.value) if type(term).__name__ == "Literal" else shown(str(term))


class _Cubes:
    """Finds the data set that something in a structure belongs to."""

    def __init__(self, store: pyoxigraph.Store) -> None:
        self._store = store

    def of(self, rule: str, row: Mapping[str, Any]) -> str | None:
        """Return the data set that a solution speaks of, its structure where no single data set has it."""
        subject = row["subject"]
        if rule == "IC-2":
            return name_of(subject)
        if rule in ("IC-9", "IC-10"):
            return self._one(self._before(subject, "slice"))
        if rule == "IC-3":
            return self._of_structure([subject])
        if "structure" in row:
            return self._of_structure([row["structure"]])
        specifications = self._before(subject, "componentProperty")
        return self._of_structure(sorted({item for spec in specifications for item in self._before(spec, "component")}))

    def _before(self, term: Any, name: str) -> list[Any]:
        import pyoxigraph

        quads = self._store.quads_for_pattern(None, pyoxigraph.NamedNode(QB + name), term)
        return sorted({quad.subject for quad in quads}, key=str)

    def _of_structure(self, structures: list[Any]) -> str | None:
        if len(structures) != 1:
            return None
        return self._one(self._before(structures[0], "structure")) or name_of(structures[0])

    def _one(self, found: list[Any]) -> str | None:
        return name_of(found[0]) if len(found) == 1 else None
