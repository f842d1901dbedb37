"""RDF files, ours or not, against every integrity constraint of the RDF Data Cube vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from publisher.checks.check import Outcome
from publisher.checks.integrity.codes import of_codes
from publisher.checks.integrity.graph import Graph
from publisher.checks.integrity.measures import of_measures
from publisher.checks.integrity.normal import normalise
from publisher.checks.integrity.observations import of_observations
from publisher.checks.integrity.observed import prepare
from publisher.checks.integrity.read import SyntaxFoundError
from publisher.checks.integrity.report import violations_of
from publisher.checks.integrity.structure import structure_violations
from publisher.checks.integrity.violation import Violation, findings_of, held
from publisher.errors import Finding


def check_files(files: Sequence[Path], scratch: Path) -> Outcome:
    """Return what is wrong with the data cubes of some files, which are one graph together.

    What does not fit into memory is kept in ``scratch``. Where a file is not what its name says,
    that is all that is found. Raises InputError where a file cannot be read or its name says
    nothing of its format.
    """
    graph = Graph(scratch)
    try:
        faults = []
        for number, file in enumerate(files):
            try:
                graph.add(file, number)
            except SyntaxFoundError as error:
                faults.append(error.finding)
        if faults:
            return Outcome(tuple(faults), "syntax alone, for not every file can be read")
        return check_graph(graph, ", ".join(str(file) for file in files))
    finally:
        graph.close()


def check_graph(graph: Graph, shown: str) -> Outcome:
    """Return what is wrong with the data cubes of a graph; ``shown`` is how a finding calls it."""
    found = violations(graph)
    findings = tuple(findings_of(found))
    observations, data_sets = (
        graph.one(f"SELECT count(DISTINCT s) FROM triple WHERE p = {{TYPE}} AND o = {{{kind}_CLASS}}")
        for kind in ("OBSERVATION", "DATA_SET")
    )
    if not observations and not data_sets:
        message = f"no data cube in {shown}: neither a qb:DataSet nor a qb:Observation"
        findings = (Finding("no-data-cube", message, severity="warning"), *findings)
    how_many = f"{_counted(observations, 'observation')} in {_counted(data_sets, 'data set')}"
    of_constraints = held((item.rule for item in found), (item.unsure for item in found if item.unsure))
    return Outcome(findings, f"{how_many}, {of_constraints}")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def violations(graph: Graph) -> list[Violation]:
    """Return what breaks a constraint in a graph, which is normalised first."""
    normalise(graph)
    prepare(graph)
    found = [*of_observations(graph), *of_measures(graph), *of_codes(graph)]
    return [*structure_violations(graph.structure()), *violations_of(graph, found)]
