"""What this project promises of its RDF, as SHACL shapes of its own, checked by pyshacl.

A shape file says which nodes it is about; the table says which files of a release it is run on. They
are one graph, so that what one file says of a node counts in the other. Which profiles and
vocabularies a shape comes from stands in its file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.reader import RDFLIB_FAILURES, words_of
from publisher.errors import Finding, Severity

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

FOLDER = Path(__file__).parent / "shapes"
_SH = "http://www.w3.org/ns/shacl#"
_SEVERITIES: dict[str, Severity] = {"Violation": "error", "Warning": "warning", "Info": "information"}
_MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class Shapes:
    """A file of shapes, and the files of a release that it is run on, as one graph.

    It is run on those that are there, and not at all where the first is not, or where they are
    together larger than ``most_bytes``. With ``{cube}`` in a path it is run once for each cube.
    """

    file: str
    of: tuple[str, ...]
    most_bytes: int = 1 << 20


SHAPES: tuple[Shapes, ...] = (
    Shapes("catalog.ttl", ("catalog.ttl",), most_bytes=8 << 20),
    Shapes("codelists.ttl", ("rdf/codelists.ttl",)),
    Shapes("structure.ttl", ("rdf/structure.ttl",)),
)


def run(subject: Subject) -> Outcome:
    """Run every file of shapes on what it is for."""
    findings: list[Finding] = []
    triples = 0
    looked_at: list[str] = []
    left_out: list[tuple[str, str]] = []
    for shapes in SHAPES:
        for files in _runs(shapes, subject):
            if sum((subject.folder / file).stat().st_size for file in files) > shapes.most_bytes:
                left_out.append((files[0], f"left out above {shapes.most_bytes:,} bytes"))
                continue
            found, size = results(FOLDER / shapes.file, subject.folder, files)
            findings += found
            triples += size
            looked_at.append(files[0])
    counted = f"{triples:,} triples: {', '.join((*looked_at, *(' '.join(item) for item in left_out)))}"
    return Outcome(tuple(findings), counted, nothing=not looked_at and not left_out, left_out=tuple(left_out))


def _runs(shapes: Shapes, subject: Subject) -> Iterator[tuple[str, ...]]:
    """Yield the files of each run of a file of shapes on a release."""
    for cube in subject.dataset.cubes if any("{cube}" in path for path in shapes.of) else subject.dataset.cubes[:1]:
        files = tuple(path.format(cube=cube.id) for path in shapes.of)
        if files[0] in subject.files:
            yield tuple(path for path in files if path in subject.files)


def results(shapes: Path, folder: Path, files: tuple[str, ...]) -> tuple[list[Finding], int]:
    """Return what a file of shapes finds in some files as one graph, and how many triples they have.

    No finding shows a value: only the node, the property and the words of the shape.
    """
    import pyshacl
    from rdflib import Graph

    data = Graph()
    for file in files:
        try:
            data.parse(folder / file, format="turtle")
        except RDFLIB_FAILURES as error:
            return [Finding("shapes", words_of(error), file=file)], 0
    rules = Graph().parse(shapes, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=rules, inference="none", advanced=False, meta_shacl=False)
    assert not isinstance(report, bytes), "the report is asked for as a graph"
    return _findings(report, files[0]), len(data)


def _findings(report: Graph, file: str) -> list[Finding]:
    """Return the results of a report, the first of each message, in the order of nodes and properties."""
    from rdflib import URIRef

    every = sorted({_result(report, result) for result in report.objects(None, URIRef(f"{_SH}result"))})
    counts = Counter((severity, message) for _, _, message, severity in every)
    seen: Counter[tuple[str, str]] = Counter()
    findings = []
    for node, path, message, severity in every:
        seen[severity, message] += 1
        if seen[severity, message] <= _MOST_FINDINGS:
            about = f"<{node}>" if not path else f"<{node}>, {path}:"
            findings.append(Finding("shapes", f"{about} {message}", _SEVERITIES[severity], file=file))
    for (severity, message), count in sorted(counts.items()):
        if count > _MOST_FINDINGS:
            words = f"and {count - _MOST_FINDINGS:,} more nodes: {message}"
            findings.append(Finding("shapes", words, _SEVERITIES[severity], file=file))
    return findings


def _result(report: Graph, result: Node) -> tuple[str, str, str, str]:
    """Return node, property, message and severity of one result; the property is empty where there is none."""
    from rdflib import URIRef

    def value(name: str) -> str:
        found = report.value(result, URIRef(_SH + name))
        return str(found) if found is not None else ""

    path = report.value(result, URIRef(f"{_SH}resultPath"))
    messages = sorted(str(item) for item in report.objects(result, URIRef(f"{_SH}resultMessage")))
    word = str(path).rpartition("#")[2].rpartition("/")[2] if isinstance(path, URIRef) else ""
    return value("focusNode"), word, " ".join(messages), value("resultSeverity").removeprefix(_SH)


_FILES = tuple(shapes.of[0] for shapes in SHAPES)

CHECKS: tuple[Check, ...] = (Check("RDF shapes", "pyshacl", "full", run, requires="pyshacl", files=_FILES),)
