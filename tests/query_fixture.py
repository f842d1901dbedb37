"""Questions put to templates, and their answers from two engines as plain rows."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyoxigraph
from query_expected import Row, Tables
from rdflib import Graph, Literal, URIRef

from publisher.query.facts import Facts
from publisher.query.fill import fill
from publisher.query.guard import checked
from publisher.query.rdf import MOST_IN_MEMORY, load, rdf_files
from publisher.query.templates import find_template
from publisher.release import open_release

# Template -> questions about the real release: what it is told.
REAL: dict[str, Sequence[Mapping[str, str]]] = {
    "cubes": ({}, {"language": "en"}),
    "components": ({}, {"cube": "age", "language": "nn"}),
    "codes": ({}, {"codelist": "CL_COUNTY", "language": "sme"}),
    "periods": ({}, {"cube": "county"}),
    "labels": ({}, {"cube": "county", "PROGRAMME": "MENTOR", "language": "en"}, {"cube": "sex", "period": "2024-02"}),
    "latest": ({}, {"cube": "county", "PROGRAMME": "MENTOR"}, {"cube": "education", "frequency": "A"}),
    "without-totals": ({}, {"cube": "county"}, {"cube": "age", "AGE": "_T"}),
    "series": ({}, {"cube": "county", "PROGRAMME": "MENTOR", "REF_AREA": "56"}, {"cube": "sex", "SEX": "F"}),
    "table": ({}, {"cube": "county"}, {"cube": "county", "columns": "TIME_PERIOD", "PROGRAMME": "MENTOR"}),
    "known-sum": ({}, {"cube": "county", "dimension": "REF_AREA"}, {"cube": "education", "period": "2024-01"}),
    "interval": ({}, {"cube": "county", "dimension": "REF_AREA", "language": "en"}, {"cube": "age", "frequency": "A"}),
    "share": ({}, {"cube": "county", "dimension": "REF_AREA"}, {"cube": "country-background", "PROGRAMME": "MENTOR"}),
    "change": ({}, {"cube": "county", "dimension": "REF_AREA", "PROGRAMME": "MENTOR"}, {"since": "2024-06"}),
    "averages": ({}, {"cube": "county", "PROGRAMME": "IPSUNG"}),
    "suppressed": ({}, {"cube": "county"}, {"cube": "county", "frequency": "A", "language": "en"}),
}
# The same for the made-up release: quarters, a hierarchy, decimals, no upper bound.
MADE_UP: dict[str, Sequence[Mapping[str, str]]] = {
    "cubes": ({}, {"language": "fr"}),
    "components": ({}, {"cube": "jobs"}),
    "codes": ({}, {"codelist": "CL_REGION", "language": "sme"}, {"codelist": "CL_SECTOR"}),
    "periods": ({}, {"cube": "turnover"}),
    "labels": ({}, {"REGION": "N2", "language": "fr"}, {"cube": "jobs", "language": "sme"}),
    "latest": ({}, {"cube": "turnover"}, {"SECTOR": "A-B"}),
    "without-totals": ({}, {"cube": "jobs"}, {"period": "2023-Q1"}, {"REGION": "N"}),
    "series": ({}, {"REGION": "0301", "SECTOR": "C$1"}, {"cube": "turnover"}),
    "table": ({}, {"columns": "TIME_PERIOD"}, {"cube": "jobs"}, {"cube": "turnover"}),
    "known-sum": ({}, {"dimension": "SECTOR"}, {"cube": "turnover", "frequency": "A"}, {"cube": "jobs"}),
    "interval": ({}, {"dimension": "SECTOR"}, {"cube": "turnover"}, {"cube": "jobs"}, {"period": "2023-Q2"}),
    "share": ({}, {"dimension": "SECTOR", "period": "2023-Q4"}, {"cube": "jobs"}, {"cube": "turnover"}),
    "change": ({}, {"dimension": "SECTOR"}, {"since": "2023-Q1"}, {"cube": "turnover", "since": "2023-Q1"}),
    "averages": ({}, {"cube": "jobs"}),
    "suppressed": ({}, {"period": "2023-Q4", "language": "fr"}, {"cube": "jobs"}),
}


class Engines:
    """One release in both engines, and its tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables = Tables(folder)
        self.store = load(folder, Path(tempfile.gettempdir()), MOST_IN_MEMORY)
        self.facts = Facts(open_release(folder).dataset, self.store)
        self._graph: Graph | None = None

    @classmethod
    def of(cls, facts: Facts, graph: Graph) -> Engines:
        """What is in both engines already, without tables."""
        self = cls.__new__(cls)
        self.store, self.facts, self._graph = facts.store, facts, graph
        return self

    @property
    def graph(self) -> Graph:
        if self._graph is None:
            self._graph = Graph()
            for name in rdf_files(self.folder):
                self._graph.parse(self.folder / name, format="turtle")
        return self._graph

    def query(self, template: str, given: Mapping[str, str]) -> str:
        text = fill(find_template(template), list(given.items()), self.facts)
        assert checked(text) == text
        return text

    def by_pyoxigraph(self, text: str) -> list[Row]:
        answer = self.store.query(text)
        assert isinstance(answer, pyoxigraph.QuerySolutions)
        return [tuple(map(_of_pyoxigraph, row)) for row in answer]

    def by_rdflib(self, text: str) -> list[Row]:
        answer = self.graph.query(text)
        assert answer.vars
        return [tuple(_of_rdflib(row[variable]) for variable in answer.vars) for row in answer]  # type: ignore[index]


def _of_pyoxigraph(term: Any) -> Any:
    if isinstance(term, pyoxigraph.NamedNode):
        return _last(term.value)
    return None if term is None else _plain(term.value, term.datatype.value)


def _of_rdflib(term: Any) -> Any:
    if isinstance(term, URIRef):
        return _last(str(term))
    return _plain(str(term), str(term.datatype)) if isinstance(term, Literal) else None


def _last(iri: str) -> str:
    """The last word of an IRI: a code, a cube or a property."""
    return unquote(iri.rsplit("/", 1)[1])


def _plain(words: str, datatype: str) -> Any:
    """A number as an exact one, also where a table has it as text; anything else as text."""
    if datatype.endswith(("#integer", "#decimal")):
        return Decimal(words)
    assert not datatype.endswith(("#double", "#float"))
    return words


def comparable(rows: Sequence[Row]) -> list[Row]:
    """Rows in one order, whatever the engine's; what looks like a number is one."""
    return sorted((tuple(map(_number, row)) for row in rows), key=repr)


def _number(value: Any) -> Any:
    if value is None or (isinstance(value, str) and not re.fullmatch(r"-?\d+\.\d+|-?[1-9]\d*|0", value)):
        return value
    return Decimal(value).normalize() + 0
