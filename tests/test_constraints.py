"""Integrity constraints on observations that were written: each finds its fault, as the official query does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
import pytest
from helpers import sampled
from rdf_fixture import hostile_dataset, nav_dataset, release, without_cubes

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.constraints import CHECKS

FILE = "rdf/sex.ttl"
KEY = "M.DIGIOPPARB.F.2024-02"
HIDDEN = re.compile(r"^obs:(\S+) a qb:Observation ; qb:dataSet cube:suppressed .*$", re.MULTILINE)

# The Data Cube Vocabulary (W3C 2014), section 11.3: each asks whether the constraint is violated.
OFFICIAL = {
    "IC-11": """ASK {
        ?obs qb:dataSet/qb:structure/qb:component/qb:componentProperty ?dim .
        ?dim a qb:DimensionProperty .
        FILTER NOT EXISTS { ?obs ?dim [] } }""",
    "IC-12": """ASK { FILTER( ?allEqual ) {
        SELECT (MIN(?equal) AS ?allEqual) WHERE {
            ?obs1 qb:dataSet ?dataset .
            ?obs2 qb:dataSet ?dataset .
            FILTER (?obs1 != ?obs2)
            ?dataset qb:structure/qb:component/qb:componentProperty ?dim .
            ?dim a qb:DimensionProperty .
            ?obs1 ?dim ?value1 .
            ?obs2 ?dim ?value2 .
            BIND( ?value1 = ?value2 AS ?equal)
        } GROUP BY ?obs1 ?obs2 } }""",
    "IC-13": """ASK {
        ?obs qb:dataSet/qb:structure/qb:component ?component .
        ?component qb:componentRequired "true"^^xsd:boolean ; qb:componentProperty ?attr .
        FILTER NOT EXISTS { ?obs ?attr [] } }""",
    "IC-14": """ASK {
        ?obs qb:dataSet/qb:structure ?dsd .
        FILTER NOT EXISTS { ?dsd qb:component/qb:componentProperty qb:measureType }
        ?dsd qb:component/qb:componentProperty ?measure .
        ?measure a qb:MeasureProperty .
        FILTER NOT EXISTS { ?obs ?measure [] } }""",
    "IC-19": """ASK {
        ?obs qb:dataSet/qb:structure/qb:component/qb:componentProperty ?dim .
        ?dim a qb:DimensionProperty ; qb:codeList ?list .
        ?list a skos:ConceptScheme .
        ?obs ?dim ?v .
        FILTER NOT EXISTS { ?v a skos:Concept ; skos:inScheme ?list } }""",
}
PREFIXES = """
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


@dataclass(frozen=True)
class Fault:
    """What is done to the file, the constraint it breaks, and the observation it is found on."""

    name: str
    rule: str
    key: str
    change: Callable[[str], str]


def line_of(text: str, key: str) -> str:
    return next(line for line in text.splitlines(keepends=True) if line.startswith(f"obs:{key} "))


def on_line(pattern: str, replacement: str, key: str = KEY) -> Callable[[str], str]:
    def change(text: str) -> str:
        line = line_of(text, key)
        changed = re.sub(pattern, replacement, line, count=1)
        assert changed != line
        return text.replace(line, changed)

    return change


def again(text: str, at_end: bool) -> str:
    line = line_of(text, KEY)
    copy = line.replace("obs:M.", "obs:COPY.")
    return text + copy if at_end else text.replace(line, line + copy)


FAULTS = (
    Fault("a dimension", "IC-11", KEY, on_line(r" ; dim:SEX \S+", "")),
    Fault("the period", "IC-11", KEY, on_line(r" ; dim:TIME_PERIOD \S+", "")),
    Fault("a key twice side by side", "IC-12", KEY, lambda text: again(text, at_end=False)),
    Fault("a key twice far apart", "IC-12", KEY, lambda text: again(text, at_end=True)),
    Fault("a status", "IC-13", KEY, on_line(r" ; att:OBS_STATUS \S+", "")),
    Fault("a unit", "IC-13", KEY, on_line(r" ; att:UNIT_MEASURE \S+", "")),
    Fault("a value", "IC-14", KEY, on_line(r" ; mea:OBS_VALUE \S+", "")),
    Fault("an unknown code", "IC-19", KEY, on_line("CL_SEX:F", "CL_SEX:X")),
    Fault("a code of another list", "IC-19", KEY, on_line("CL_SEX:F", "CL_PROGRAMME:JOBBK")),
    Fault("a period that is none", "IC-19", KEY, on_line("period:2024-02", "period:2024-13")),
)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return release(without_cubes(nav_dataset(), "sex"), tmp_path_factory.mktemp("constraints"))


@pytest.fixture
def subject(original: Subject) -> Iterator[Subject]:
    """Yield a release whose file of observations is put back afterwards."""
    path = original.folder / FILE
    before = path.read_bytes()
    yield original
    path.write_bytes(before)


def ways() -> list[Callable[[Subject], Outcome]]:
    (check,) = CHECKS
    assert isinstance(check, Check)
    assert check.twin is not None
    return [check.run, check.twin]


def official(folder: Path) -> set[str]:
    """Return the constraints that the official queries find violated."""
    store = pyoxigraph.Store()
    for path in sorted((folder / "rdf").glob("*.ttl")):
        store.load(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
    return {rule for rule, query in OFFICIAL.items() if store.query(PREFIXES + query)}


@pytest.mark.parametrize("run", ways(), ids=["pyoxigraph", "columns"])
def test_an_untouched_release_breaks_no_constraint(subject: Subject, run: Callable[[Subject], Outcome]) -> None:
    outcome = run(subject)
    assert outcome.findings == ()
    assert outcome.looked_at == f"{subject.rows:,} observations, all 21 constraints hold"


def test_the_official_queries_find_nothing_either(subject: Subject, tmp_path: Path) -> None:
    assert official(subject.folder) == set()
    assert official(release(hostile_dataset(), tmp_path).folder) == set()


@pytest.mark.parametrize("fault", sampled(3, FAULTS), ids=lambda fault: f"{fault.rule} {fault.name}")
def test_a_planted_fault_is_found_and_named(subject: Subject, fault: Fault) -> None:
    path = subject.folder / FILE
    path.write_text(fault.change(path.read_text(encoding="utf-8")), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    # Without a dimension two keys are equal as far as IC-12 compares them.
    broken = {fault.rule, "IC-12"} if fault.rule == "IC-11" else {fault.rule}
    for run in ways():
        first, *others = run(subject).findings
        assert (first.rule, first.key, first.cube, first.file) == (fault.rule, fault.key, "sex", FILE)
        assert first.line is not None
        assert fault.key in lines[first.line - 1].replace("COPY.", "M.")
        assert {finding.rule for finding in (first, *others)} == broken
        assert {finding.severity for finding in (first, *others)} == {"error"}
        assert len(others) == len(broken) - 1
    assert official(subject.folder) == broken


@pytest.mark.parametrize("run", ways(), ids=["pyoxigraph", "columns"])
def test_a_suppressed_observation_needs_its_bounds(subject: Subject, run: Callable[[Subject], Outcome]) -> None:
    path = subject.folder / FILE
    text = path.read_text(encoding="utf-8")
    hidden = HIDDEN.search(text)
    assert hidden is not None
    path.write_text(text.replace(hidden[0], hidden[0].replace(" ; mea:UPPER_BOUND 3", "")), encoding="utf-8")
    (finding,) = run(subject).findings
    assert (finding.rule, finding.key) == ("IC-14", hidden[1])
    assert "UPPER_BOUND" in finding.message
    assert official(subject.folder) == {"IC-14"}


@pytest.mark.slow
@pytest.mark.parametrize("run", ways(), ids=["pyoxigraph", "columns"])
def test_the_same_key_disclosed_and_hidden_is_no_duplicate_of_a_data_set(
    subject: Subject, run: Callable[[Subject], Outcome]
) -> None:
    path = subject.folder / FILE
    text = path.read_text(encoding="utf-8")
    copy = line_of(text, KEY).replace("obs:M.", "obs:COPY.").replace("set:sex", "cube:suppressed")
    path.write_text(text + re.sub(r"mea:OBS_VALUE \S+", "mea:LOWER_BOUND 0 ; mea:UPPER_BOUND 3", copy))
    assert run(subject).findings == ()
    assert official(subject.folder) == set()


@pytest.mark.parametrize("run", ways(), ids=["pyoxigraph", "columns"])
def test_many_findings_are_counted_not_listed(subject: Subject, run: Callable[[Subject], Outcome]) -> None:
    path = subject.folder / FILE
    text = path.read_text(encoding="utf-8")
    count = len(re.findall("^obs:.* ; dim:SEX CL_SEX:F", text, re.MULTILINE))
    path.write_text(re.sub("(^obs:.* ; dim:SEX) CL_SEX:F", r"\1 CL_SEX:X", text, flags=re.MULTILINE))
    findings = run(subject).findings
    assert len(findings) == 21
    assert findings[-1].message == f"and {count - 20} more like these"


def test_the_code_list_is_the_one_that_was_written(original: Subject) -> None:
    path = original.folder / "rdf/codelists.ttl"
    before = path.read_text(encoding="utf-8")
    changed = before.replace(
        '    skos:inScheme <https://data.example.org/nav-tilt140/code/CL_SEX> ;\n    skos:notation "F"',
        '    skos:notation "F"',
    )
    assert changed != before
    path.write_text(changed, encoding="utf-8")
    try:
        assert {finding.rule for run in ways() for finding in run(original).findings} == {"IC-19"}
    finally:
        path.write_text(before, encoding="utf-8")


def test_the_structure_is_the_one_that_was_written(original: Subject) -> None:
    path = original.folder / "rdf/structure.ttl"
    before = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"    qb:structure <[^>]*/sex/structure> ;\n", "", before), encoding="utf-8")
    try:
        for run in ways():
            (finding,) = run(original).findings
            assert (finding.rule, finding.file, finding.cube) == ("IC-2", "rdf/structure.ttl", "sex")
    finally:
        path.write_text(before, encoding="utf-8")


def test_hostile_codes_break_no_constraint(tmp_path: Path) -> None:
    subject = release(hostile_dataset(), tmp_path)
    for run in ways():
        assert run(subject).findings == ()


def test_a_file_that_is_no_turtle_is_a_finding(subject: Subject) -> None:
    path = subject.folder / FILE
    path.write_text(path.read_text(encoding="utf-8") + "obs:X a\n", encoding="utf-8")
    for run in ways():
        assert [finding.rule for finding in run(subject).findings] == ["turtle-syntax"]
