"""Every Turtle file is parsed by programs that are not ours, and they see the same triples.

Files of observations are parsed only where there are not too many of them; above that a plain
parser that knows one layout reads each line, and the structures are parsed as before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.reader import RDFLIB_FAILURES, UnreadableError, words_of
from publisher.checks.turtle_lines import by_lines
from publisher.errors import Finding

_SYNTAX = "turtle-syntax"
_TRIPLES = "turtle-triples"
_FILES = ("rdf/<name>.ttl", "cube-link/<cube>.ttl", "catalog.ttl")


def _files(subject: Subject, observations: bool) -> list[str]:
    """Return the Turtle files of a release, with or without those of observations."""
    cubes = {f"{folder}/{cube.id}.ttl" for cube in subject.dataset.cubes for folder in ("rdf", "cube-link")}
    return sorted(file for file in subject.files if file.endswith(".ttl") and (observations or file not in cubes))


def _fault(file: str, error: Exception, line: int | None = None) -> Finding:
    return Finding(_SYNTAX, words_of(error), file=file, line=line)


def count_by_pyoxigraph(path: Path) -> int:
    """Return how many triples a file has. Raises SyntaxError, with its line, where it is no Turtle."""
    import pyoxigraph

    return sum(1 for _ in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE))


def count_by_rdflib(path: Path) -> int:
    """Return how many different triples a file has. Raises SyntaxError where it is no Turtle."""
    from rdflib import Graph

    return len(Graph(store="SimpleMemory").parse(path, format="turtle"))


def _parsed(subject: Subject, files: Iterable[str]) -> tuple[list[Finding], int]:
    """Return what pyoxigraph says of files, and how many triples it read."""
    findings: list[Finding] = []
    triples = 0
    for file in files:
        try:
            triples += count_by_pyoxigraph(subject.folder / file)
        except SyntaxError as error:
            findings.append(_fault(file, error, error.lineno))
        except (ValueError, OSError) as error:
            findings.append(_fault(file, error))
    return findings, triples


def _by_pyoxigraph(subject: Subject) -> Outcome:
    """Parse every file."""
    files = _files(subject, observations=True)
    findings, triples = _parsed(subject, files)
    return Outcome(tuple(findings), f"{triples:,} triples in {len(files)} files")


def _by_lines(subject: Subject) -> Outcome:
    """Parse the structures, and read the lines of every file of observations."""
    files = _files(subject, observations=False)
    findings, triples = _parsed(subject, files)
    lines = 0
    for cube in subject.dataset.cubes:
        file = f"rdf/{cube.id}.ttl"
        if file in subject.files:
            try:
                lines += sum(batch.num_rows for batch in by_lines(subject.folder / file, cube, subject.dataset))
            except UnreadableError as error:
                findings.append(_fault(file, error))
    return Outcome(tuple(findings), f"{triples:,} triples in {len(files)} files, {lines:,} lines of observations")


def _by_rdflib(observations: bool) -> Callable[[Subject], Outcome]:
    """Return the function that parses files by both programs and compares how many triples they see."""

    def run(subject: Subject) -> Outcome:
        findings = []
        triples = 0
        files = _files(subject, observations)
        for file in files:
            path = subject.folder / file
            try:
                seen, expected = count_by_rdflib(path), count_by_pyoxigraph(path)
            except RDFLIB_FAILURES as error:
                findings.append(_fault(file, error))
                continue
            triples += seen
            if seen != expected:
                message = (
                    f"rdflib sees {seen:,} triples, pyoxigraph {expected:,}: one stands twice or is read otherwise"
                )
                findings.append(Finding(_TRIPLES, message, file=file))
        return Outcome(tuple(findings), f"{triples:,} triples in {len(files)} files")

    return run


# Measured on two cores: pyoxigraph counts some 600,000 triples a second, rdflib some 40,000.
CHECKS: tuple[Check, ...] = (
    Check("Turtle syntax", "pyoxigraph", "fast", _by_pyoxigraph, 100_000, _by_lines, files=_FILES),
    Check("Turtle triples", "rdflib", "fast", _by_rdflib(True), 5_000, _by_rdflib(False), "rdflib", files=_FILES),
)
