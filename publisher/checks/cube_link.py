"""``cube-link/<cube>.ttl`` against the rules of cube.link.

The profiles of the standard are asked of each cube and its constraint, and the constraint of every
observation of its cube: by one look at each statement, and by pyshacl.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.cube_link_constraint import Constraint
from publisher.checks.cube_link_file import Head, Observation, Opened, by_lines, by_pyoxigraph
from publisher.checks.cube_link_profile import CORE, cube_faults
from publisher.checks.rdf_streams import graph_by_rdflib
from publisher.checks.reader import RDFLIB_FAILURES, UnreadableError, words_of
from publisher.errors import Finding
from publisher.formats.cube_link_terms import CUBE, SCHEMA, SH, UNDEFINED, Half, halves
from publisher.model import Cube

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

_RULE = "cube-link"
_CONSTRAINT = "cube-link-constraint"
_MOST_FINDINGS = 20
_FILE = "cube-link/{cube}.ttl"
_FILES = (_FILE.format(cube="<cube>"),)


def _files(subject: Subject) -> Iterator[tuple[str, Cube]]:
    for cube in subject.dataset.cubes:
        if (file := _FILE.format(cube=cube.id)) in subject.files and cube.id in subject.observations:
            yield file, cube


class _FileCheck:
    """The rules on one file."""

    def __init__(self, subject: Subject, file: str, cube: Cube) -> None:
        self.rows = 0
        self._subject, self._file, self._cube = subject, file, cube
        self._namespace = subject.dataset.names.observations(cube.id)

    def findings(self, read: Opened) -> Iterator[Finding]:
        """Yield what is wrong with the file, the first faults of the observations only."""
        try:
            head, observations = read(self._subject.folder / self._file, self._namespace)
            there = self._there()
            for message in self._head_faults(head, there):
                yield self._finding(_RULE, message)
            sets = {
                half.observations: Constraint(head, half.constraint)
                for half in there
                if half.constraint in head.of_type(f"{CUBE}Constraint")
            }
            faults = self._faults(observations, sets)
            for message, key in islice(faults, _MOST_FINDINGS):
                yield self._finding(_CONSTRAINT, message, key)
            if more := sum(1 for _ in faults):
                yield self._finding(_CONSTRAINT, f"and {more:,} more like these")
        except UnreadableError as error:
            yield self._finding(_RULE, f"cannot be read: {error}")

    def _finding(self, rule: str, message: str, key: str | None = None) -> Finding:
        return Finding(rule, message, file=self._file, cube=self._cube.id, key=key)

    def _there(self) -> list[Half]:
        """Return the cubes that the file must have: those with observations."""
        observations = self._subject.observations[self._cube.id]
        counts = (observations.rows - observations.suppressed, observations.suppressed)
        both = halves(self._subject.dataset, self._cube)
        return [half for half, rows in zip(both, counts, strict=True) if rows]

    def _head_faults(self, head: Head, there: list[Half]) -> Iterator[str]:
        cubes = head.of_type(f"{CUBE}Cube")
        if cubes != sorted(half.iri for half in there):
            listed = ", ".join(f"<{cube}>" for cube in cubes) or "none"
            yield f"has other cubes than those with observations: {listed}"
        for cube in cubes:
            yield from cube_faults(head, cube)
        for half in there:
            shapes = head.iris(half.constraint, f"{SH}property")
            found = [path for shape in shapes for path in head.iris(shape, f"{SH}path")]
            expected = set(self._paths(half))
            for path in sorted(expected ^ set(found)):
                yield f"<{half.constraint}> {'lacks' if path in expected else 'has'} the dimension <{path}>"
            yield from (
                f"<{half.constraint}> has <{path}> twice" for path in sorted(set(found)) if found.count(path) > 1
            )
        yield from self._unnamed(head)

    def _paths(self, half: Half) -> Iterator[str]:
        names = self._subject.dataset.names
        yield from CORE
        yield from (names.component("dimension", item.id) for item in self._cube.dimensions)
        yield from (names.component("measure", measure) for measure, _ in half.measures)
        yield from (names.component("attribute", item.id) for item in self._cube.attributes)

    def _unnamed(self, head: Head) -> Iterator[str]:
        """Yield the codes and periods that a constraint lists and nothing names."""
        listed = {
            item
            for shape in head.of_type(f"{SH}PropertyShape")
            if CORE.isdisjoint(head.iris(shape, f"{SH}path"))
            for cell in head.iris(shape, f"{SH}in")
            for datatype, item in head.listed(cell) or ()
            if not datatype and item != UNDEFINED
        }
        yield from (f"<{item}> has no name" for item in sorted(listed) if not head.objects(item, f"{SCHEMA}name"))

    def _faults(self, observations: Iterator[Observation], sets: dict[str, Constraint]) -> Iterator[tuple[str, str]]:
        """Yield (what is wrong, key) of every observation."""
        for observation in observations:
            self.rows += 1
            held, subject, _ = observation
            key = unquote(subject.removeprefix(self._namespace))
            if len(held) == 1 and held[0] in sets:
                yield from ((message, key) for message in sets[held[0]].faults(observation))
            else:
                yield f"is in {len(held)} sets of observations, one of a cube of the file is expected", key


def _check(read: Opened) -> Callable[[Subject], Outcome]:
    """Return the check with files read in one way."""

    def run(subject: Subject) -> Outcome:
        findings: list[Finding] = []
        rows = 0
        for file, cube in _files(subject):
            check = _FileCheck(subject, file, cube)
            findings += check.findings(read)
            rows += check.rows
        return Outcome(tuple(findings), f"{rows:,} observations", nothing=not rows and not findings)

    return run


def _by_pyshacl(subject: Subject) -> Outcome:
    """Apply the constraint of every cube to its observations by pyshacl."""
    findings: list[Finding] = []
    rows = 0
    for file, cube in _files(subject):
        namespace = subject.dataset.names.observations(cube.id)
        try:
            graph = graph_by_rdflib(subject.folder / file)
        except UnreadableError as error:
            findings.append(Finding(_CONSTRAINT, f"cannot be read: {error}", file=file, cube=cube.id))
            continue
        rows += len({subject for subject in graph.subjects() if str(subject).startswith(namespace)})
        for message, iri in _results(graph, namespace):
            key = unquote(iri.removeprefix(namespace)) if iri.startswith(namespace) else None
            findings.append(Finding(_CONSTRAINT, message, file=file, cube=cube.id, key=key))
    return Outcome(tuple(findings), f"{rows:,} observations", nothing=not rows and not findings)


def _results(graph: Graph, namespace: str) -> Iterator[tuple[str, str]]:
    """Yield (which constraint is broken for which property, of which observation), never the value."""
    from pyshacl import validate
    from pyshacl.errors import ReportableRuntimeError
    from rdflib import RDF, Graph, Namespace

    shacl, link = Namespace(SH), Namespace(CUBE)
    about, data = Graph(), Graph()
    for triple in graph:
        (data if str(triple[0]).startswith(namespace) else about).add(triple)
    for cube in sorted(graph.subjects(RDF.type, link.Cube), key=str):
        for constraint in graph.objects(cube, link.observationConstraint):
            for held in graph.objects(cube, link.observationSet / link.observation):
                about.add((constraint, shacl.targetNode, held))
    try:
        _, report, _ = validate(data, shacl_graph=about, inference="none")
    except (ReportableRuntimeError, *RDFLIB_FAILURES) as error:
        yield f"pyshacl cannot apply the constraint: {words_of(error)}", ""
        return
    found = [_result(report, result) for result in report.subjects(RDF.type, shacl.ValidationResult)]
    yield from sorted(found)[:_MOST_FINDINGS]


def _result(report: Graph, result: Node) -> tuple[str, str]:
    from rdflib import Namespace

    shacl = Namespace(SH)
    component = str(report.value(result, shacl.sourceConstraintComponent)).removeprefix(SH)
    return f"{component} of <{report.value(result, shacl.resultPath)}>", str(report.value(result, shacl.focusNode))


# Measured on two cores: pyoxigraph reads some 25,000 observations a second, pyshacl some 500.
CHECKS: tuple[Check, ...] = (
    Check("cube.link rules", "pyoxigraph", "fast", _check(by_pyoxigraph), 50_000, _check(by_lines), files=_FILES),
    Check("cube.link constraint", "pyshacl", "full", _by_pyshacl, 5_000, requires="pyshacl", files=_FILES),
)
