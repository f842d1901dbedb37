"""pysdmx reads back what was written, and names each change that was planted; what stops it is met before."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from interop_fixture import build_made_up

from publisher.checks import one_truth
from publisher.checks.check import Subject
from publisher.checks.read_pysdmx import READERS
from publisher.checks.reader import Reader, UnreadableError
from publisher.checks.run import run
from publisher.columns import input_schema
from publisher.errors import Finding
from publisher.observations import Observations, store
from publisher.release import Release, open_release

pytestmark = pytest.mark.slow

OBS = '<Obs TIME_PERIOD="2023-Q2" OBS_VALUE="4" OBS_STATUS="A" CONF_STATUS="F" COMMENT="NA"/>'
ML = {
    "value": (OBS, OBS.replace('"4"', '"5"'), "OBS_VALUE is '5', '4' expected"),
    "hidden": (OBS, OBS.replace('"4"', '"NaN"'), "OBS_VALUE is empty, a number expected"),
    "absent": (OBS, OBS.replace(' OBS_VALUE="4"', ""), "OBS_VALUE is '', '4' expected"),
    "status": (OBS, OBS.replace('OBS_STATUS="A"', 'OBS_STATUS="P"'), "OBS_STATUS is 'P', 'A' expected"),
    "no status": (OBS, OBS.replace(' OBS_STATUS="A"', ""), "OBS_STATUS is empty, 'A' expected"),
    "comment": (OBS, OBS.replace('"NA"', '"na"'), "COMMENT is 'na', 'NA' expected"),
    "period": (OBS, OBS.replace("2023-Q2", "2033-Q2"), "is missing"),
    "row": (OBS, "", "is missing"),
    "twice": (OBS, OBS + OBS, "stands twice"),
    "unit": (' UNIT_MULT="0"', ' UNIT_MULT="3"', "UNIT_MULT is '3', not '0'"),
    "unknown attribute": (OBS, OBS.replace(" OBS_VALUE", ' STRANGE="1" OBS_VALUE'), "no component STRANGE"),
    "dataflow": ("DF_MADEUP_JOBS", "DF_MADEUP_JABS", "one of Dataflow=EXAMPLE:DF_MADEUP_JOBS(2.1) expected"),
    "action": ('ss:action="Replace"', 'ss:action="Append"', "the action is Append, not Replace"),
    "cut short": ("</message:DataSet>", "", "ExpatError"),
}
IN_CSV = {
    "value": (",2023-Q2,4,", ",2023-Q2,5,", "OBS_VALUE is '5', '4' expected"),
    "digits": (",2023-Q2,4,", ",2023-Q2,4.0,", "OBS_VALUE is '4.0', '4' expected"),
    "hidden": (",2023-Q2,4,", ",2023-Q2,NaN,", "OBS_VALUE is empty, a number expected"),
    "absent": (",2023-Q2,4,", ",2023-Q2,,", "OBS_VALUE is '', '4' expected"),
    "status": (",4,A,F,NA", ",4,P,F,NA", "OBS_STATUS is 'P', 'A' expected"),
    "comment": (",4,A,F,NA", ",4,A,F,", "COMMENT is empty, 'NA' expected"),
    "leading zero": (",0301,Q,2023-Q2,", ",301,Q,2023-Q2,", "is missing"),
    "unit": (",NA,NUM,0,0", ",NA,NUM,3,0", "UNIT_MULT is '3', not '0'"),
    "column": ("COMMENT", "REMARK", "no component REMARK"),
    "dataflow": ("DF_MADEUP_JOBS", "DF_MADEUP_JABS", "one of Dataflow=EXAMPLE:DF_MADEUP_JOBS(2.1) expected"),
}
FILES = [reader.path.rpartition("/")[2] for reader in READERS]
CASES = [
    (file, kind)
    for file in FILES
    for kind in (IN_CSV if file.endswith(".csv") else ML)
    if file != "data-2.1-generic.xml"
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_made_up(tmp_path_factory.mktemp("made-up"))


@pytest.fixture(scope="module")
def observations(written: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Observations]:
    """Return the observations of each cube as its CSV file has them."""
    opened = open_release(written)
    return {cube: _stored(opened, cube, tmp_path_factory.mktemp("stored")) for cube in opened.cubes}


def _stored(release: Release, cube_id: str, scratch: Path) -> Observations:
    import csv
    from decimal import Decimal

    cube = release.dataset.cube(cube_id)
    schema = input_schema(cube)
    with (release.folder / f"data/{cube_id}.csv").open(encoding="utf-8", newline="") as stream:
        rows = [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(stream)]
    kind = Decimal if pa.types.is_decimal(schema.field("OBS_VALUE").type) else int
    typed = [
        row | {"OBS_VALUE": kind(row["OBS_VALUE"]) if row["OBS_VALUE"] else None, "SOURCE_LINE": number}
        for number, row in enumerate(rows, 1)
    ]
    return store(release.dataset, cube, [pa.RecordBatch.from_pylist(typed, schema)], scratch, "made-up")


@pytest.fixture
def subject(written: Path, observations: dict[str, Observations], tmp_path: Path) -> Subject:
    """Return a copy of the release, with the observations it must hold."""
    folder = Path(shutil.copytree(written, tmp_path / "copy"))
    files = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    release = open_release(folder)
    edition = release.dataset.edition(release.manifest.edition)
    return Subject(folder, release.dataset, edition, observations, files, tmp_path)


def reader_of(file: str) -> Reader:
    return next(reader for reader in READERS if reader.path.endswith(f"/{file}"))


def findings(subject: Subject, file: str) -> tuple[Finding, ...]:
    return one_truth.check_of(reader_of(file)).run(subject).findings


@pytest.mark.parametrize("file", FILES)
def test_hostile_words_codes_of_digits_and_awkward_names_are_read(file: str, subject: Subject) -> None:
    assert findings(subject, file) == ()
    assert any("TURNOVER" in subject.dataset.names.dataflow(cube) for cube in subject.observations)


@pytest.mark.parametrize(("file", "kind"), CASES)
def test_a_planted_change_is_named(file: str, kind: str, subject: Subject) -> None:
    if (file, kind) == ("data-1.0.csv", "action"):
        return
    old, new, message = (IN_CSV if file.endswith(".csv") else ML)[kind]
    path = subject.folder / "sdmx/jobs" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, -1 if kind in ("column", "dataflow") else 1), encoding="utf-8", newline="\n")
    found = findings(subject, file)
    assert any(message in finding.message for finding in found), found
    assert {(finding.file, finding.cube) for finding in found} == {(f"sdmx/jobs/{file}", "jobs")}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('value="2023-Q2"', 'value="2033-Q2"', "is missing"),
        ('<generic:ObsValue value="4"/>', '<generic:ObsValue value="5"/>', "OBS_VALUE is '5', '4' expected"),
        ('id="UNIT_MULT" value="0"', 'id="UNIT_MULT" value="3"', "UNIT_MULT is '3', not '0'"),
        ('id="COMMENT" value="NA"', 'id="COMMENT" value="na"', "COMMENT is 'na', 'NA' expected"),
        ('action="Replace"', 'action="Append"', "the action is Append, not Replace"),
    ],
)
def test_a_planted_change_of_generic_data_is_named(old: str, new: str, message: str, subject: Subject) -> None:
    path = subject.folder / "sdmx/jobs/data-2.1-generic.xml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
    assert any(message in finding.message for finding in findings(subject, "data-2.1-generic.xml"))


@pytest.mark.parametrize("file", ["data-2.0.csv", "data-2.1.csv"])
def test_another_action_in_one_line_or_in_all_is_named(file: str, subject: Subject) -> None:
    path = subject.folder / "sdmx/jobs" / file
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",R,", ",A,", 1), encoding="utf-8", newline="\n")
    assert "pysdmx cannot read it: Invalid" in findings(subject, file)[0].message
    path.write_text(text.replace(",R,", ",A,"), encoding="utf-8", newline="\n")
    assert "the action is Append, not Replace" in findings(subject, file)[0].message


@pytest.mark.parametrize("text", ["", "STRUCTURE\n", "\n\n\n", '"', "not,sdmx\n1,2\n"])
def test_a_table_that_is_none_is_a_finding(text: str, subject: Subject) -> None:
    (subject.folder / "sdmx/jobs/data-2.0.csv").write_text(text, encoding="utf-8")
    assert "pysdmx cannot read it" in findings(subject, "data-2.0.csv")[0].message


def test_a_file_that_is_no_text_or_not_there_cannot_be_read(subject: Subject) -> None:
    cube = subject.dataset.cube("jobs")
    path = subject.folder / "sdmx/jobs/data-3.1.xml"
    path.write_bytes(b"\xff\xfe<")
    with pytest.raises(UnreadableError, match="data-3.1.xml"):
        reader_of("data-3.1.xml").read(subject.folder, cube, subject.dataset)
    path.unlink()
    with pytest.raises(UnreadableError, match="data-3.1.xml"):
        reader_of("data-3.1.xml").read(subject.folder, cube, subject.dataset)


def test_without_pysdmx_the_check_is_skipped_and_says_why(subject: Subject) -> None:
    check = replace(one_truth.check_of(READERS[0]), requires="pysdmx_that_is_not_there")
    verdict = run(check, subject)
    assert (verdict.findings, verdict.skipped) == ((), "pysdmx_that_is_not_there is not installed")
    assert {(reader.kind, reader.requires, reader.by) for reader in READERS} == {("full", "pysdmx", "pysdmx")}


def test_without_pysdmx_a_damaged_release_is_still_looked_through(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in _modules():
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UnreadableError, match="pysdmx is not installed"):
        reader_of("data-3.1.xml").read(subject.folder, subject.dataset.cube("jobs"), subject.dataset)


def _modules() -> Iterator[str]:
    return iter(["pysdmx", *(name for name in list(sys.modules) if name.startswith("pysdmx."))])
