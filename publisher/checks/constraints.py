"""Integrity constraints IC-1 to IC-21 of the RDF Data Cube on what was written, read back from the files.

Source: The RDF Data Cube Vocabulary (W3C 2014), section 11. Structures are asked in SPARQL, and
observations on columns. Where the files hold what columns do not (slices, a measure dimension, an
observation in two places, another layout), all of them are asked as one graph instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.constraints_columns import ColumnCheck
from publisher.checks.constraints_graph import graph_violations
from publisher.checks.constraints_places import places_of
from publisher.checks.constraints_structure import BeyondColumnsError, Structures
from publisher.checks.integrity.structure import structure_violations
from publisher.checks.integrity.violation import MOST, Violation, held, more_like_these
from publisher.checks.reader import UnreadableError
from publisher.checks.turtle_lines import by_lines
from publisher.checks.turtle_rows import by_pyoxigraph
from publisher.errors import Finding
from publisher.model import Cube

if TYPE_CHECKING:
    from publisher.checks.turtle_rows import RawRows

STRUCTURES = ("rdf/structure.ttl", "rdf/codelists.ttl")
_PLACED = re.compile(r"[a-z0-9-]+\.ttl:([0-9]+): (.*)", re.DOTALL)


@dataclass(slots=True)
class _Answer:
    """What was found: the first violations of each constraint in each cube, how many, and what no program can read."""

    violations: list[tuple[str | None, Violation]] = field(default_factory=list)
    found: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    listed: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    faults: list[Finding] = field(default_factory=list)
    rows: int = 0

    def add(self, cube: str | None, violation: Violation) -> None:
        """Keep a violation, or only count it."""
        self.found[violation.rule, cube] += 1 + violation.more
        if self.listed[violation.rule, cube] < MOST:
            self.listed[violation.rule, cube] += 1
            self.violations.append((cube, violation))

    def looked_at(self, what: str) -> str:
        """Say how many constraints hold, of how much."""
        of_constraints = held((rule for rule, _ in self.found), (rule for rule, _ in self.unsure))
        return f"{what}, {of_constraints}" if not self.faults else what

    @property
    def unsure(self) -> set[tuple[str, str | None]]:
        """The constraints that were not asked of everything, each with its cube."""
        return {(violation.unsure, cube) for cube, violation in self.violations if violation.unsure}


def _check(raw: RawRows) -> Callable[[Subject], Outcome]:
    """Return the check on rows that are read in one way."""

    def run(subject: Subject) -> Outcome:
        cubes = [cube for cube in subject.dataset.cubes if _file(cube) in subject.files]
        answer = _Answer()
        if not _by_columns(subject, cubes, raw, answer):
            answer = _by_graph(subject, cubes, answer.faults)
        return Outcome(tuple(_findings(subject, cubes, answer)), answer.looked_at(f"{answer.rows:,} observations"))

    return run


def _file(cube: Cube) -> str:
    return f"rdf/{cube.id}.ttl"


def _by_columns(subject: Subject, cubes: Sequence[Cube], raw: RawRows, answer: _Answer) -> bool:
    """Answer from columns, and say whether that could be done for everything."""
    try:
        structures = Structures(subject.folder, STRUCTURES)
    except UnreadableError as error:
        answer.faults.append(Finding("turtle-syntax", str(error), file="rdf"))
        return False
    answered = True
    for cube in cubes:
        try:
            check = ColumnCheck(subject, cube, structures, raw)
            check.run()
        except BeyondColumnsError:
            answered = False
        except UnreadableError as error:
            answer.faults.append(_refused(cube, error))
            answered = False
        else:
            answer.rows += check.rows
            for violation in check.violations:
                answer.add(cube.id, violation)
            answer.found.update({(rule, cube.id): more for rule, more in check.more.items()})
    if answered:
        for violation in structure_violations(structures.store):
            answer.add(_cube_of(subject, cubes, violation), violation)
    return answered


def _refused(cube: Cube, error: UnreadableError) -> Finding:
    """Return what is said of a file, with the line where the words begin with it."""
    words, line = str(error), None
    if placed := _PLACED.fullmatch(words):
        line, words = int(placed[1]), placed[2]
    return Finding("turtle-syntax", words, file=_file(cube), line=line, cube=cube.id)


def _by_graph(subject: Subject, cubes: Sequence[Cube], faults: list[Finding]) -> _Answer:
    """Answer from all files as one graph."""
    answer = _Answer(faults=faults, rows=subject.rows)
    files = [subject.folder / file for file in (*STRUCTURES, *map(_file, cubes))]
    try:
        for violation in graph_violations(files, subject.scratch):
            answer.add(_cube_of(subject, cubes, violation), violation)
    except UnreadableError as error:
        if not faults:
            faults.append(Finding("turtle-syntax", str(error), file="rdf"))
    return answer


def _cube_of(subject: Subject, cubes: Sequence[Cube], violation: Violation) -> str | None:
    """Return the cube that a violation is of, by the name of its observation, its data set or its structure."""
    names = subject.dataset.names
    for cube in cubes:
        if violation.subject.startswith(names.observations(cube.id)):
            return cube.id
    for cube in cubes:
        own = (names.cube(cube.id), names.iri(cube.id, "structure"))
        if violation.data_set in (*own, names.suppressed(cube.id), names.iri(cube.id, "suppressed", "structure")):
            return cube.id
    return None


def _findings(subject: Subject, cubes: Sequence[Cube], answer: _Answer) -> Iterator[Finding]:
    """Yield what is wrong with its place: and of how many more none is shown."""
    yield from answer.faults
    broken = [_file(cube) for cube in cubes if any(cube.id == name for name, _ in answer.violations)]
    described = (violation.subject for _, violation in answer.violations)
    places = places_of(subject.folder, (*STRUCTURES, *broken), described)
    for cube, violation in answer.violations:
        start = "" if cube is None else subject.dataset.names.observations(cube)
        of_cube = bool(start) and violation.subject.startswith(start)
        file, line = places.get(violation.subject, (f"rdf/{cube}.ttl" if of_cube else STRUCTURES[0], None))
        key = ".".join(violation.key) or None
        if of_cube and violation.rule != "IC-12":
            key = unquote(violation.subject[len(start) :])
        yield Finding(violation.rule, violation.message, violation.severity, file, line, cube, key)
    for (rule, cube), count in answer.found.items():
        if more := count - answer.listed[rule, cube]:
            file = STRUCTURES[0] if cube is None else f"rdf/{cube}.ttl"
            yield Finding(rule, more_like_these(more, (rule, cube) not in answer.unsure), file=file, cube=cube)


_NEEDS = ("rdf-codelists", "rdf-structure", "turtle")
CHECKS: tuple[Check, ...] = (
    Check(
        "integrity constraints",
        "pyoxigraph",
        "fast",
        _check(by_pyoxigraph),
        50_000,
        _check(by_lines),
        needs=_NEEDS,
        files=("rdf/structure.ttl", "rdf/codelists.ttl", "rdf/<cube>.ttl"),
    ),
)
