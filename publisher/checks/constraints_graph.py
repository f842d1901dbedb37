"""The constraints of all RDF files of a release as one graph, with what is at fault by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from publisher.checks.integrity.files import violations
from publisher.checks.integrity.graph import Graph
from publisher.checks.integrity.read import SyntaxFoundError
from publisher.checks.integrity.violation import Violation
from publisher.checks.reader import UnreadableError

# In a release no dimension has a literal, so one that stands there may be a hidden value.
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@[A-Za-z0-9-]+)?')


def graph_violations(files: Sequence[Path], scratch: Path) -> list[Violation]:
    """Return what breaks a constraint, by what it is. Raises UnreadableError where a file is no Turtle."""
    graph = Graph(scratch)
    try:
        for number, file in enumerate(files):
            graph.add(file, number)
        return [replace(item, message=_LITERAL.sub("a literal", item.message)) for item in violations(graph)]
    except SyntaxFoundError as error:
        raise UnreadableError(error.finding.message) from error
    finally:
        graph.close()
