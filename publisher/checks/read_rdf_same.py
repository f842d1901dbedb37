"""What is written more than once in RDF says the same: structures and codelists, and compressed Turtle.

``rdf/codelists`` and ``rdf/structure`` in every syntax have exactly the triples of the Turtle file;
a compressed Turtle file unpacks to exactly the bytes of the one beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.rdf_streams import lines, opened, suffix_of, triples_by_pyoxigraph, triples_by_rdflib
from publisher.checks.reader import UnreadableError
from publisher.checks.turtle_rows import Triple
from publisher.errors import Finding
from publisher.formats.rdf_files import SUFFIXES

_RULE = "rdf-same"
_PACKED = tuple(suffix for suffix in SUFFIXES.values() if suffix)
_MOST_FINDINGS = 20

Triples = Callable[[Path], Iterator[Triple]]


def _structures(triples: Triples) -> Callable[[Subject], Outcome]:
    """Return the function that compares structures and codelists, read by one program."""

    def run(subject: Subject) -> Outcome:
        findings: list[Finding] = []
        looked_at = 0
        for name in ("codelists", "structure"):
            others = [file for file in _twins(subject, f"rdf/{name}") if suffix_of(Path(file)) != ".ttl"]
            if not others:
                continue
            expected = _read(subject, f"rdf/{name}.ttl", triples_by_pyoxigraph, findings)
            for file in others:
                found = _read(subject, file, triples, findings)
                if found is not None and expected is not None:
                    looked_at += len(found)
                    findings += _differences(file, set(expected), found)
        nothing = not looked_at and not findings
        return Outcome(tuple(findings), f"{looked_at:,} triples", nothing)

    return run


def _twins(subject: Subject, start: str) -> list[str]:
    """Return the files of a release whose path begins so, in every syntax and compression."""
    wanted = {f"{start}{syntax}{packed}" for syntax in (".ttl", ".nt", ".jsonld") for packed in SUFFIXES.values()}
    return sorted(wanted & subject.files)


def _read(subject: Subject, file: str, triples: Triples, findings: list[Finding]) -> list[Triple] | None:
    """Return the triples of a file, or None and a finding where it is missing or cannot be read."""
    if file not in subject.files:
        if any(other.startswith(file.removesuffix(".ttl")) for other in subject.files):
            findings.append(Finding(_RULE, "is missing: other files of RDF are compared with it", file=file))
        return None
    try:
        return list(triples(subject.folder / file))
    except UnreadableError as error:
        findings.append(Finding(_RULE, f"cannot be read: {error}", file=file))
        return None


def _differences(file: str, expected: set[Triple], found: list[Triple]) -> Iterator[Finding]:
    """Yield the subjects of triples that only one file has, and that one stands twice."""
    seen = set(found)
    both = (("is said of <{}> and not in Turtle", seen - expected), ("of <{}> is missing", expected - seen))
    for message, triples in both:
        about = sorted((subject, predicate) for subject, predicate, _ in triples)
        for subject, predicate in islice(about, _MOST_FINDINGS):
            yield Finding(_RULE, f"<{predicate}> {message.format(subject)}", file=file)
        if len(about) > _MOST_FINDINGS:
            yield Finding(_RULE, f"and {len(about) - _MOST_FINDINGS:,} more like these", file=file)
    if len(seen) < len(found):
        yield Finding(_RULE, f"{len(found) - len(seen):,} triples stand more than once", file=file)


def compressed(subject: Subject) -> Outcome:
    """Compare every compressed Turtle file with the plain one, line by line."""
    findings: list[Finding] = []
    files = 0
    for cube in subject.dataset.cubes:
        plain = f"rdf/{cube.id}.ttl"
        for file in (f"{plain}{suffix}" for suffix in _PACKED):
            if file in subject.files:
                files += 1
                findings += _other_lines(subject, plain, file, cube.id)
    findings += _missing(subject)
    return Outcome(tuple(findings), f"{files} files", nothing=not files and not findings)


def _missing(subject: Subject) -> Iterator[Finding]:
    """Yield the compressed files that some cubes have and others lack."""
    for suffix in _PACKED:
        files = {cube: f"rdf/{cube}.ttl{suffix}" for cube in subject.observations}
        if not subject.files.isdisjoint(files.values()):
            yield from (
                Finding(_RULE, "is missing", file=file, cube=cube)
                for cube, file in files.items()
                if file not in subject.files
            )


def _other_lines(subject: Subject, plain: str, file: str, cube: str) -> Iterator[Finding]:
    """Yield where a compressed file first differs from the plain one."""
    if plain not in subject.files:
        yield Finding(_RULE, f"{plain} is missing: this file cannot be compared with it", file=file, cube=cube)
        return
    try:
        with opened(subject.folder / plain) as ours, opened(subject.folder / file) as theirs:
            line = _first_difference(lines(ours, plain), lines(theirs, file))
    except UnreadableError as error:
        yield Finding(_RULE, f"cannot be read: {error}", file=file, cube=cube)
        return
    if line is not None:
        number, key = line
        message = f"line {number} of what it unpacks to is not that of {plain}"
        yield Finding(_RULE, message, file=file, line=number, cube=cube, key=key)


def _first_difference(ours: Iterable[bytes], theirs: Iterable[bytes]) -> tuple[int, str | None] | None:
    """Return the first line that differs and the key of its observation, where it is of one."""
    left, right = iter(ours), iter(theirs)
    number = 0
    while True:
        number += 1
        expected, found = next(left, b""), next(right, b"")
        if expected != found:
            name = (expected or found).partition(b" ")[0].decode(errors="replace")
            return number, name.removeprefix("obs:").replace("\\", "") if name.startswith("obs:") else None
        if not expected:
            return None


_TWINS = tuple(
    f"rdf/{name}{syntax}{packed}"
    for name in ("codelists", "structure")
    for syntax in (".nt", ".jsonld")
    for packed in SUFFIXES.values()
)
_COMPRESSED = tuple(f"rdf/<cube>.ttl{packed}" for packed in SUFFIXES.values() if packed)

CHECKS: tuple[Check, ...] = (
    Check("RDF structures in every syntax", "pyoxigraph", "fast", _structures(triples_by_pyoxigraph), files=_TWINS),
    Check("RDF structures in every syntax", "rdflib", "full", _structures(triples_by_rdflib), 20_000, files=_TWINS),
    Check("compressed Turtle", "publisher", "fast", compressed, needs=("turtle",), files=_COMPRESSED),
)
