"""The structures and codelists of a release as its files say them, and whether columns can answer for them.

Sources: The RDF Data Cube Vocabulary (W3C 2014), sections 10.1 (what a component implies) and 11.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.reader import UnreadableError, words_of
from publisher.formats.rdf_common import QB, RDF, SKOS, VOCABULARIES

if TYPE_CHECKING:
    import pyoxigraph

_ROLES = {"dimension": "DimensionProperty", "measure": "MeasureProperty", "attribute": "AttributeProperty"}
_TYPE = f"{RDF}type"
_RANGE = VOCABULARIES["rdfs"] + "range"
# Where one of these stands beside structures, it tells of observations: columns do not see it.
_TELLS = frozenset(f"{QB}{name}" for name in ("dataSet", "observation", "slice", "sliceStructure", "measureType"))
_TELLING_TYPES = frozenset(f"{QB}{name}" for name in ("Observation", "Slice", "HierarchicalCodeList"))


class BeyondColumnsError(Exception):
    """Columns cannot say whether a constraint holds, and the graph must be asked; the message says why."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """What a structure asks of the observations of a ``qb:DataSet``; all are IRIs.

    ``codes`` are those of the code list of each dimension that has one.
    """

    iri: str
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]
    required: tuple[str, ...]
    codes: Mapping[str, frozenset[str]]


class Structures:
    """The structures and codelists of a release, read from its files.

    ``store`` holds the triples that the questions on structure alone are about, normalised.
    """

    def __init__(self, folder: Path, files: Iterable[str]) -> None:
        """Read the files. Raises UnreadableError, which names the file, where one is no Turtle."""
        import pyoxigraph

        self.store = pyoxigraph.Store()
        self._objects: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._schemes: dict[str, set[str]] = defaultdict(set)
        self._concepts: set[str] = set()
        self._others: set[str] = set()
        self._beyond = ""
        for file in files:
            try:
                self.store.extend(self._read(folder / file))
            except (SyntaxError, ValueError, OSError) as error:
                raise UnreadableError(f"{file}: {words_of(error)}") from error

    def _read(self, path: Path) -> Iterator[pyoxigraph.Quad]:
        """Yield what is kept of a file in the store, with what it implies; remember the codes beside it."""
        import pyoxigraph

        for triple in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
            if not isinstance(triple.subject, pyoxigraph.NamedNode) or isinstance(
                triple.object, pyoxigraph.BlankNode | pyoxigraph.Triple
            ):
                self._beyond = self._beyond or "a node has no name"
                continue
            subject, predicate, item = triple.subject.value, triple.predicate.value, triple.object.value
            if predicate == f"{SKOS}inScheme":
                self._schemes[item].add(subject)
            elif predicate == _TYPE and item == f"{SKOS}Concept":
                self._concepts.add(subject)
            elif predicate in (_TYPE, _RANGE) or predicate.startswith(QB):
                self._note(predicate, item)
                self._objects[subject, predicate].append(item)
                yield pyoxigraph.Quad(triple.subject, triple.predicate, triple.object)
                if isinstance(triple.object, pyoxigraph.NamedNode):
                    yield from self._implied(triple.subject, predicate, triple.object)
            else:
                self._others.add(predicate)

    def _note(self, predicate: str, item: str) -> None:
        """See what of a triple only a graph can answer for."""
        if predicate in _TELLS or item == f"{QB}measureType" or (predicate == _TYPE and item in _TELLING_TYPES):
            self._beyond = self._beyond or f"<{predicate}> <{item}> stands beside the structures"

    def _implied(
        self, specification: pyoxigraph.NamedNode, predicate: str, component: pyoxigraph.NamedNode
    ) -> Iterator[pyoxigraph.Quad]:
        """Yield what a component in a role implies (section 10.1)."""
        import pyoxigraph

        role = _ROLES.get(predicate.removeprefix(QB)) if predicate.startswith(QB) else None
        if role is not None:
            implied = (
                (specification, f"{QB}componentProperty", component),
                (component, _TYPE, pyoxigraph.NamedNode(QB + role)),
            )
            for subject, verb, item in implied:
                self._objects[subject.value, verb].append(item.value)
                yield pyoxigraph.Quad(subject, pyoxigraph.NamedNode(verb), item)

    def data_set(self, iri: str) -> DataSet:
        """Return what is asked of a data set. Raises BeyondColumnsError where columns cannot answer it."""
        structures = set(self._objects.get((iri, f"{QB}structure"), ()))
        if self._beyond or len(structures) != 1:
            raise BeyondColumnsError(self._beyond or f"<{iri}> has {len(structures)} structures")
        (structure,) = structures
        specifications = list(dict.fromkeys(self._objects.get((structure, f"{QB}component"), ())))
        components = self._components(specifications)
        if said := self._others.intersection(components):
            raise BeyondColumnsError(f"<{min(said)}> stands beside the structures")
        required = self._components(item for item in specifications if self._is_required(item))
        dimensions = self._typed(components, "dimension")
        codes = {item: self._codes(item) for item in dimensions if self._lists(item)}
        return DataSet(iri, dimensions, self._typed(components, "measure"), required, codes)

    def _components(self, specifications: Iterable[str]) -> tuple[str, ...]:
        found = (iri for item in specifications for iri in self._objects.get((item, f"{QB}componentProperty"), ()))
        return tuple(dict.fromkeys(found))

    def _is_required(self, specification: str) -> bool:
        return not {"true", "1"}.isdisjoint(self._objects.get((specification, f"{QB}componentRequired"), ()))

    def _typed(self, components: tuple[str, ...], role: str) -> tuple[str, ...]:
        return tuple(iri for iri in components if QB + _ROLES[role] in self._objects.get((iri, _TYPE), ()))

    def _lists(self, dimension: str) -> list[str]:
        """Return the code lists of a dimension that are concept schemes; others are no lists to a constraint."""
        lists = dict.fromkeys(self._objects.get((dimension, f"{QB}codeList"), ()))
        types = {item: self._objects.get((item, _TYPE), []) for item in lists}
        if any(f"{SKOS}Collection" in found for found in types.values()):
            raise BeyondColumnsError(f"a code list of <{dimension}> is a collection")
        return [item for item, found in types.items() if f"{SKOS}ConceptScheme" in found]

    def _codes(self, dimension: str) -> frozenset[str]:
        """Return the concepts that are in every code list of a dimension."""
        members = frozenset.intersection(*(frozenset(self._schemes[scheme]) for scheme in self._lists(dimension)))
        return members & self._concepts
