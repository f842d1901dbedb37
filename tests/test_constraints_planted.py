"""Each of IC-1 to IC-21, broken in a release: the build finds it, in both ways, as that of any files does."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest
from made_up import write_project

from publisher.build import Options, build
from publisher.checks.check import Subject
from publisher.checks.constraints import CHECKS, STRUCTURES
from publisher.checks.constraints_columns import ColumnCheck
from publisher.checks.constraints_structure import Structures
from publisher.checks.integrity.files import check_files
from publisher.checks.integrity.violation import MOST
from publisher.checks.turtle_rows import by_pyoxigraph
from publisher.errors import Finding
from publisher.model import Edition
from publisher.observations import Observations
from publisher.release import open_release

pytestmark = pytest.mark.slow

Change = Callable[[str], str]

STRUCTURE, CODELISTS, CUBE = "rdf/structure.ttl", "rdf/codelists.ttl", "rdf/turnover.ttl"
ROOT = "https://statistics.example.org/open/made-up"
SET, HIDDEN = f"{ROOT}/turnover", f"{ROOT}/turnover/suppressed"
KEY = "Q.A-B.2023-Q1"
OBSERVATION = re.compile(rf"the observation <{ROOT}/([a-z]+)/obs/([^>]*)>")
MORE = re.compile(r"and ([0-9,]+) more like these")
DSD = f"<{SET}/structure>"
FORMATS = ("rdf-codelists", "rdf-structure", "turtle")


def on_line(pattern: str, replacement: str, key: str = KEY) -> Change:
    """Return a change of the line of one observation."""
    return once(rf"(?m)^(obs:{re.escape(key)} .*?){pattern}", rf"\g<1>{replacement}")


def once(pattern: str, replacement: str) -> Change:
    def change(text: str) -> str:
        changed, count = re.subn(pattern, replacement, text, count=1)
        assert count == 1
        return changed

    return change


def added(words: str) -> Change:
    """Return a change that puts statements at the end, each on a line."""
    return lambda text: text + "\n" + words.replace(" . ", " .\n") + "\n"


def both(*changes: Change) -> Change:
    def change(text: str) -> str:
        for one in changes:
            text = one(text)
        return text

    return change


def copied(name: str, data_set: str = "set:turnover", at_end: bool = True) -> Change:
    """Return a change that puts an observation a second time, by a name and in a data set."""

    def change(text: str) -> str:
        line = next(line for line in text.splitlines(keepends=True) if line.startswith(f"obs:{KEY} "))
        copy = line.replace(f"obs:{KEY} ", f"obs:{name} ").replace("set:turnover", data_set)
        if data_set != "set:turnover":
            copy = re.sub(r"mea:OBS_VALUE \S+", "mea:LOWER_BOUND 0.00", copy)
        return text + copy if at_end else text.replace(line, line + copy)

    return change


def typed(text: str) -> str:
    """Return the cube with a measure dimension on every observation that has a value."""
    return text.replace("qb:dataSet set:turnover ;", "qb:dataSet set:turnover ; qb:measureType mea:OBS_VALUE ;")


KEYED = f"{DSD} qb:sliceKey :key . :key a qb:SliceKey ; qb:componentProperty dimension:SECTOR . "
SLICED = f"{KEYED} :turnover qb:slice :slice . :slice a qb:Slice ; qb:sliceStructure :key . "
FIXED = f"{SLICED} :slice dimension:SECTOR <{ROOT}/code/CL_SECTOR/A-B> . "
MEASURED = (
    f"{DSD} qb:component <{SET}/structure/M> . <{SET}/structure/M> qb:dimension qb:measureType . "
    "qb:measureType rdfs:range qb:MeasureProperty . "
)
TWO_MEASURES = f"{MEASURED} {DSD} qb:component <{SET}/suppressed/structure/LOWER_BOUND> . "
SECTORS = once(r"(?s)(\ndimension:SECTOR a .*?qb:codeList )code:CL_SECTOR", r"\1:list")
LISTED = ":list a skos:Collection ; skos:member "
TREE = f":list a qb:HierarchicalCodeList ; qb:hierarchyRoot <{ROOT}/code/CL_SECTOR/_T> ; qb:parentChildProperty "
INVERSE = "[ <http://www.w3.org/2002/07/owl#inverseOf> skos:broader ]"
MEMBERS = ", ".join(f"<{ROOT}/code/CL_SECTOR/{code}>" for code in ("_T", "A-B", "C%241", "_U"))
NO_PARENT = once(r"(?s)(\nCL_SECTOR:_U a .*?)    skos:broader CL_SECTOR:_T ;\n", r"\1")
NO_CHILD = once(r"(skos:narrower [^\n]*), CL_SECTOR:_U", r"\1")


def unitless(text: str) -> str:
    """Return the cube without the unit of observations that have a value."""
    return re.sub("(set:turnover .*) ; att:UNIT_MEASURE CL_UNIT:EUR", r"\1", text)


@dataclass(frozen=True)
class Fault:
    """What is done to the files, the constraints that it breaks, and the observation or thing it is found on.

    ``refused`` says that the file is also refused for its layout (``turtle-syntax``): an
    observation in two places, or with a property that none of its cube has.
    """

    name: str
    rules: frozenset[str]
    changes: Mapping[str, Change]
    key: str | None = KEY
    refused: bool = False
    data_set: str | None = SET


def fault(
    name: str,
    rules: str,
    key: str | None = KEY,
    structure: Change | None = None,
    codelists: Change | None = None,
    cube: Change | None = None,
    refused: bool = False,
) -> Fault:
    changes = {STRUCTURE: structure, CODELISTS: codelists, CUBE: cube}
    return Fault(name, frozenset(rules.split()), {file: each for file, each in changes.items() if each}, key, refused)


FAULTS = (
    fault("in no data set", "IC-1", cube=on_line("qb:dataSet set:turnover ; ", "")),
    fault(
        "in both data sets, on one line",
        "IC-1 IC-14",
        cube=on_line("set:turnover", "set:turnover , cube:suppressed"),
        refused=True,
    ),
    fault("in both data sets, side by side", "IC-1", cube=copied(KEY, "cube:suppressed", at_end=False), refused=True),
    fault("in both data sets, far apart", "IC-1", cube=copied(KEY, "cube:suppressed"), refused=True),
    fault("no structure", "IC-2", None, once(rf"    qb:structure {DSD} ;\n", "")),
    fault(
        "two structures",
        "IC-2 IC-11",
        None,
        once(rf"qb:structure {DSD}", f"qb:structure {DSD} , <{ROOT}/jobs/structure>"),
    ),
    fault("no measure", "IC-3", None, once(rf"<{SET}/structure/OBS_VALUE> , ", "")),
    fault(
        "a dimension without a range",
        "IC-4",
        None,
        once(r"(?s)(\ndimension:SECTOR a .*?) ;\n    rdfs:range skos:Concept", r"\1"),
    ),
    fault("a dimension by its component alone", "IC-4", None, added(":specification qb:dimension :unknown .")),
    fault(
        "a dimension without a code list",
        "IC-5",
        None,
        once(r"(?s)(\ndimension:SECTOR a .*?)    qb:codeList code:CL_SECTOR ;\n", r"\1"),
    ),
    fault(
        "an optional dimension",
        "IC-6",
        None,
        once(rf"(\n<{SET}/structure/SECTOR> a qb:ComponentSpecification) ;", r"\1 ; qb:componentRequired false ;"),
    ),
    fault(
        "a slice key of no structure",
        "IC-7",
        None,
        added(":key a qb:SliceKey ; qb:componentProperty dimension:SECTOR ."),
    ),
    fault(
        "a slice key with another dimension",
        "IC-8",
        None,
        added(f"{KEYED} :key qb:componentProperty dimension:REGION ."),
    ),
    fault("a slice without a key", "IC-9", None, added(":turnover qb:slice :slice .")),
    fault(
        "a slice with two keys",
        "IC-9",
        None,
        added(f"{FIXED} {KEYED.replace(':key', ':other')} :slice qb:sliceStructure :other ."),
    ),
    fault("a slice without its dimension", "IC-10", None, added(SLICED)),
    fault("no dimension", "IC-11 IC-12", cube=on_line(r" ; dim:SECTOR \S+", "")),
    fault(
        "a dimension that only the structure has",
        "IC-11",
        structure=added(f"{DSD} qb:component <{ROOT}/jobs/structure/REGION> ."),
    ),
    fault("a dimension that the structure lacks", "IC-12", None, once(rf"<{SET}/structure/SECTOR> , ", "")),
    fault("a key twice side by side", "IC-12", cube=copied("COPY", at_end=False)),
    fault("a key twice far apart", "IC-12", cube=copied("COPY")),
    fault("no status", "IC-13", cube=on_line(r" ; att:OBS_STATUS \S+", "")),
    fault("no unit", "IC-13", cube=on_line(r" ; att:UNIT_MEASURE \S+", "")),
    fault("no value", "IC-14", cube=on_line(r" ; mea:OBS_VALUE \S+", "")),
    fault(
        "no value of the measure dimension",
        "IC-15",
        None,
        added(MEASURED),
        cube=both(typed, on_line(r" ; mea:OBS_VALUE \S+", "")),
    ),
    fault(
        "a value of another measure",
        "IC-16 IC-17",
        None,
        added(TWO_MEASURES),
        cube=both(typed, on_line(r" ; att:", " ; mea:LOWER_BOUND 0.00 ; att:")),
    ),
    fault("one of two measures", "IC-17", None, added(TWO_MEASURES), cube=typed),
    fault(
        "an observation of another data set in a slice",
        "IC-18",
        None,
        added(f"{FIXED} :slice qb:observation <{ROOT}/jobs/obs/_T.Q.2023-Q1> ."),
    ),
    fault("an unknown code", "IC-19", cube=on_line("CL_SECTOR:A-B", "CL_SECTOR:X")),
    fault("a period that is none", "IC-19", cube=on_line("period:2023-Q1", "period:2023-Q5")),
    fault(
        "a code that is in no list",
        "IC-19",
        None,
        codelists=once(r"(?s)(\nCL_SECTOR:A-B a .*?)    skos:inScheme [^;]*;\n", r"\1"),
    ),
    fault(
        "a code that is no member", "IC-19", None, both(SECTORS, added(f"{LISTED} {MEMBERS.replace('/A-B>', '/X>')} ."))
    ),
    fault("a code below no other", "IC-20", None, both(SECTORS, added(f"{TREE} skos:narrower .")), NO_CHILD),
    fault("a code with no broader one", "IC-21", None, both(SECTORS, added(f"{TREE} {INVERSE} .")), NO_PARENT),
)
# What stands beside the layout, and breaks nothing.
SOUND = (
    fault("a slice", "", None, added(f"{FIXED} :slice qb:observation <{SET}/obs/{KEY}> .")),
    fault("a measure dimension", "", None, added(MEASURED), cube=typed),
    fault("a collection", "", None, both(SECTORS, added(f"{LISTED} {MEMBERS} ."))),
    fault("a tree", "", None, both(SECTORS, added(f"{TREE} skos:narrower ."))),
    fault("a tree upside down", "", None, both(SECTORS, added(f"{TREE} {INVERSE} ."))),
    fault(
        "a unit of the data set",
        "",
        None,
        both(
            once(
                rf"(?s)(\n<{SET}/structure/UNIT_MEASURE> a .*?qb:componentAttachment )qb:Observation", r"\1qb:DataSet"
            ),
            added(f":turnover attribute:UNIT_MEASURE <{ROOT}/code/CL_UNIT/EUR> ."),
        ),
        cube=unitless,
    ),
    fault(
        "a unit of the data set, beside its observations",
        "",
        None,
        once(rf"(?s)(\n<{SET}/structure/UNIT_MEASURE> a .*?qb:componentAttachment )qb:Observation", r"\1qb:DataSet"),
        cube=both(unitless, added("set:turnover att:UNIT_MEASURE CL_UNIT:EUR .")),
        refused=True,
    ),
)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("planted")
    write_project(project)
    build(project, [], Options(only=FORMATS))
    return project / "output/made-up"


@pytest.fixture
def release(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "release"))


def plant(release: Path, fault: Fault) -> None:
    for file, change in fault.changes.items():
        path = release / file
        before = path.read_text(encoding="utf-8")
        after = change(before)
        assert after != before
        path.write_text(after, encoding="utf-8", newline="\n")


def subject_of(release: Path, scratch: Path) -> Subject:
    """Return what the check is given; it needs to know no observations but how many there are."""
    opened = open_release(release)
    files = frozenset(path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file())
    rows = {cube.id: Observations(cube, release, 0, 0) for cube in opened.dataset.cubes}
    return Subject(release, opened.dataset, Edition("2024-09"), rows, files, scratch)


def found_in(release: Path, scratch: Path) -> list[tuple[Finding, ...]]:
    """Return what both ways of the check find."""
    (check,) = CHECKS
    assert check.twin is not None
    subject = subject_of(release, scratch)
    return [check.run(subject).findings, check.twin(subject).findings]


def cube_of(finding: Finding) -> str | None:
    """Return the cube a finding is of: in files by the name of its observation, its data set or its structure."""
    place = OBSERVATION.match(finding.message) or re.match(rf"{ROOT}/([a-z]+)", finding.cube or "")
    return place[1] if place else finding.cube


def named(findings: tuple[Finding, ...]) -> set[tuple[str, str | None, str | None]]:
    """Return the rule, cube and key of what was found; of files in the words of a release.

    A release knows an observation by its name; where two are one key, both ways know them by it.
    """
    found = set()
    for item in findings:
        if item.rule.startswith("IC-") and not MORE.match(item.message):
            name = OBSERVATION.match(item.message)
            key = unquote(name[2]) if name and item.rule != "IC-12" else item.key
            found.add((item.rule, cube_of(item), key))
    return found


def counted(findings: tuple[Finding, ...]) -> Counter[tuple[str, str | None]]:
    """Return how many violations there are of each rule in each cube, with those that are counted only."""
    count: Counter[tuple[str, str | None]] = Counter()
    for item in findings:
        if item.rule.startswith("IC-"):
            more = MORE.match(item.message)
            count[item.rule, cube_of(item)] += int(more[1].replace(",", "")) if more else 1
    return count


def rules(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.rule for finding in findings}


def turtle_files(release: Path) -> list[Path]:
    return sorted((release / "rdf").glob("*.ttl"))


def test_every_constraint_has_a_planted_fault() -> None:
    assert {rule for fault in FAULTS for rule in fault.rules} == {f"IC-{number}" for number in range(1, 22)}


def test_an_untouched_release_breaks_none(release: Path, tmp_path: Path) -> None:
    assert found_in(release, tmp_path) == [(), ()]
    assert check_files(turtle_files(release), tmp_path).findings == ()


def test_columns_answer_for_an_untouched_release(release: Path, tmp_path: Path) -> None:
    """The graph, which is slower, is asked only where the files hold more."""
    structures = Structures(release, STRUCTURES)
    subject = subject_of(release, tmp_path)
    for cube in subject.dataset.cubes:
        ColumnCheck(subject, cube, structures, by_pyoxigraph).run()


@pytest.mark.parametrize("fault", [*FAULTS, *SOUND], ids=lambda fault: f"{' '.join(sorted(fault.rules))} {fault.name}")
def test_a_planted_fault_is_found_by_every_way_and_no_other(release: Path, tmp_path: Path, fault: Fault) -> None:
    plant(release, fault)
    of_files = check_files(turtle_files(release), tmp_path).findings
    assert rules(of_files) == fault.rules
    ways = found_in(release, tmp_path)
    for findings in ways:
        assert rules(findings) == (fault.rules | {"turtle-syntax"} if fault.refused else fault.rules)
        assert {finding.severity for finding in findings} <= {"error"}
        assert counted(findings) == counted(of_files)
        if max(counted(findings).values(), default=0) <= MOST:
            assert named(findings) == named(of_files)
        if fault.rules and fault.key is not None:
            assert (min(fault.rules), "turnover", fault.key) in named(findings)
    assert named(ways[0]) == named(ways[1])
    assert counted(ways[0]) == counted(ways[1])
