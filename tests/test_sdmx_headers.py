"""The headers of SDMX data and structures: whatever differs from the model and the edition is found and named."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sdmx_data import one, spoil, subject, with_flat, written
from sdmx_fixture import hostile_dataset, hostile_publication, nav_publication

from publisher.checks import CHECKS, sdmx_headers, sdmx_json_headers, sdmx_structure_content
from publisher.checks.check import Outcome, Subject
from publisher.errors import Finding
from publisher.formats import sdmx_generic, sdmx_json, sdmx_ml, sdmx_structure
from publisher.formats.draft import Publication
from publisher.model import Edition
from publisher.observations import store

pytestmark = pytest.mark.slow

FORMATS = (sdmx_json.FORMAT, sdmx_ml.FORMAT, sdmx_generic.FORMAT, sdmx_structure.FORMAT)
RUNS: dict[str, Callable[[Subject], Outcome]] = {
    "ML": sdmx_headers.run,
    "JSON": sdmx_json_headers.run,
    "JSON, openings": sdmx_json_headers.run_on_openings,
    "structures": sdmx_structure_content.check_content,
}
XML = [f"data-{number}{layout}.xml" for layout in ("", "-flat") for number in ("2.1", "3.0", "3.1")]
XML.append("data-2.1-generic.xml")

Fault = tuple[Callable[[str], str], str]


def to(pattern: str, new: str) -> Callable[[str], str]:
    """Return a change of the first place that a pattern is found."""
    return lambda text: re.sub(pattern, new, text, count=1)


IN_XML: dict[str, Fault] = {
    "action": (one("DataSetAction>Replace", "DataSetAction>Delete"), "DataSetAction is 'Delete', 'Replace' expected"),
    "no action": (to("<message:DataSetAction>.*\n", ""), "DataSetAction is missing, 'Replace' expected"),
    "sender": (one('Sender id="MADE_UP"', 'Sender id="OTHER"'), "Sender/@id is 'OTHER', 'MADE_UP' expected"),
    "test": (one("Test>false", "Test>true"), "Test is 'true', 'false' expected"),
    "id": (to("message:ID>[^<]*", "message:ID>OTHER"), "ID is 'OTHER', 'MU_BY_AREA_2024-11' expected"),
    "prepared": (to("Prepared>[^<]*", "Prepared>1999-01-01T00:00:00Z"), "Prepared is '1999-01-01T00:00:00Z'"),
    "begin": (to("ReportingBegin>[^<]*", "ReportingBegin>1999-01-01"), "'1999-01-01', '2022-01-01' expected"),
    "end": (to("ReportingEnd>[^<]*", "ReportingEnd>2023-09-30"), "'2023-09-30', '2023-12-31' expected"),
    "data set id": (to("DataSetID>[^<]*", "DataSetID>X"), "DataSetID is 'X', 'MU_BY_AREA_2024-11' expected"),
    "structure id": (one('structureID="DF_MU_BY_AREA"', 'structureID="X"'), "Structure/@structureID is 'X'"),
    "more": (one("</message:Header>", "<message:Source>x</message:Source></message:Header>"), "holds Source"),
    "twice": (one("<message:Test>", "<message:Test>false</message:Test><message:Test>"), "holds Test (again)"),
    "of the data set": (to('(<message:DataSet [^>]*)>', r'\1 setID="x">'), "holds DataSet/@setID"),
    "cut": (lambda text: text[:700], "cannot be read"),
}  # fmt: skip
IN_JSON: dict[str, Fault] = {
    "test": (one('"test": false', '"test": true'), "meta / test is true, false expected"),
    "test as a number": (one('"test": false', '"test": 0'), "meta / test is 0, false expected"),
    "prepared": (to('"prepared": "[^"]*', '"prepared": "1999-01-01T00:00:00Z'), 'prepared is "1999-01-01T00:00:00Z"'),
    "id": (to('"id": "MU_BY_AREA_2024-11', '"id": "OTHER'), 'meta / id is "OTHER", "MU_BY_AREA_2024-11" expected'),
    "sender": (one('"id": "MADE_UP"', '"id": "OTHER"'), 'meta / sender / id is "OTHER", "MADE_UP" expected'),
    "languages": (to('"sme",?', '"fi"'), "meta / contentLanguages"),
    "begin": (
        to('"reportingBegin": "[^"]*', '"reportingBegin": "1999-01-01'),
        '"1999-01-01", "2022-01-01" expected',
    ),
    "end": (to('"reportingEnd": "[^"]*', '"reportingEnd": "2023-09-30'), 'is "2023-09-30", "2023-12-31" expected'),
    "no end": (to('"reportingEnd": "[^"]*",', ""), "reportingEnd is missing"),
    "start of a period": (to('"start": "[^"]*', '"start": "1999'), 'TIME_PERIOD / values / 2022 / start is "1999"'),
    "end of a period": (to('"end": "[^"]*', '"end": "1999'), 'TIME_PERIOD / values / 2022 / end is "1999"'),
    "order": (to(r'"order": 1\b', '"order": 99'), "values / Q / order is 99, 1 expected"),
    "no parent": (to('"parent": "[^"]*",', ""), 'REF_AREA / values / a1 / parent is missing, "_T" expected'),
    "no link": (to(r'"rel": "structure",', ""), "rel is missing"),
    "more": (one('"test": false,', '"test": false, "other": 1,'), "meta / other is not expected: 1"),
    "twice": (one('"test": false,', '"test": true, "test": false,'), "meta / test (again) is not expected"),
    "action": (one('"action": "Replace"', '"action": "Append"'), 'action is "Append", "Replace" expected'),
    "no structure": (to('"(attributes)": {', '"other": {'), "is not built like a data message"),
    "cut": (lambda text: text[:700], "cannot be read"),
}
IN_JSON_2: dict[str, Fault] = {
    "mandatory": (one('"isMandatory": true', '"isMandatory": false'), "isMandatory is false, true expected"),
    "relationship": (to(r'"observation": \{\}', '"dataflow": {}'), "relationship / observation is missing"),
    "type": (one('"dataType": "Double"', '"dataType": "String"'), 'dataType is "String", "Double" expected'),
}
IN_STRUCTURE: dict[str, tuple[str, Callable[[str], str], str]] = {
    "another month": (
        "structure-3.0.xml",
        lambda text: text.replace("_2024-11</message:ID>", "_2023-01</message:ID>"),
        "header / id is 'MU_2023-01', 'MU_2024-11' expected",
    ),
    "another month in JSON": (
        "structure-2.0.json",
        one('"MU_2024-11"', '"MU_2023-01"'),
        "header / id is 'MU_2023-01', 'MU_2024-11' expected",
    ),
    "prepared": (
        "structure-3.1.xml",
        to("Prepared>[^<]*", "Prepared>2023-01-31T00:00:00Z"),
        "header / prepared is '2023-01-31T00:00:00Z', '2024-11-30T00:00:00Z' expected",
    ),
    "no position in 2.1": (
        "structure-2.1.xml",
        one(' position="3"', ""),
        "DataStructure DSD_MU_BY_AREA / SEX / position is 'None, not 3'",
    ),
    "a position in 3.0": (
        "structure-3.0.xml",
        one('<str:Dimension id="SEX"', '<str:Dimension position="3" id="SEX"'),
        "DataStructure DSD_MU_BY_AREA / SEX / position is '3, not None'",
    ),
}


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return with_flat(hostile_publication(tmp_path_factory.mktemp("observations"), Edition("2024-11")))


@pytest.fixture(scope="module")
def release(made_up: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(made_up, tmp_path_factory.mktemp("release"), *FORMATS)


def found(by: str, publication: Publication, folder: Path) -> tuple[Finding, ...]:
    return RUNS[by](subject(folder, publication, folder)).findings


def named(by: str, publication: Publication, folder: Path, path: str, message: str) -> None:
    findings = found(by, publication, folder)
    assert {finding.file for finding in findings} == {path}
    assert any(message in finding.message for finding in findings), findings


def test_what_is_written_is_what_must_be_said(made_up: Publication, release: Path) -> None:
    outcomes = [run(subject(release, made_up, release)) for run in RUNS.values()]
    assert [outcome.findings for outcome in outcomes] == [(), (), (), ()]
    assert [outcome.looked_at for outcome in outcomes[:3]] == ["7 files", "2 files", "2 files"]


def test_every_cube_of_the_project_says_what_it_must(tmp_path: Path) -> None:
    publication = nav_publication(tmp_path)
    folder = written(publication, tmp_path / "r", *FORMATS)
    assert [found(by, publication, folder) for by in RUNS] == [(), (), (), ()]


def test_a_cube_without_observations_says_no_days(made_up: Publication, tmp_path: Path) -> None:
    dataset = hostile_dataset()
    publication = replace(made_up, observations=(store(dataset, dataset.cubes[0], [], tmp_path, "made-up.csv"),))
    folder = written(publication, tmp_path / "r", *FORMATS)
    assert [found(by, publication, folder) for by in RUNS] == [(), (), (), ()]
    for path in folder.glob("sdmx/*/data-*"):
        assert "eportingBegin" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", IN_XML)
@pytest.mark.parametrize("file", XML)
def test_a_fault_in_a_header_of_sdmx_ml_is_found_and_named(
    file: str, fault: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    change, message = IN_XML[fault]
    path = f"sdmx/by-area/{file}"
    named("ML", made_up, spoil(release, tmp_path, path, change), path, message)


@pytest.mark.parametrize("fault", [*IN_JSON, *IN_JSON_2])
@pytest.mark.parametrize("number", ["1.0", "2.0"])
@pytest.mark.parametrize("by", ["JSON", "JSON, openings"])
def test_a_fault_in_sdmx_json_is_found_and_named(
    by: str, number: str, fault: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    if number == "1.0" and fault in IN_JSON_2:
        return
    change, message = {**IN_JSON, **IN_JSON_2}[fault]
    path = f"sdmx/by-area/data-{number}.json"
    named(by, made_up, spoil(release, tmp_path, path, change), path, message)


@pytest.mark.parametrize("fault", IN_STRUCTURE)
def test_a_fault_in_a_structure_message_is_found_and_named(
    fault: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    file, change, message = IN_STRUCTURE[fault]
    named("structures", made_up, spoil(release, tmp_path, f"sdmx/{file}", change), f"sdmx/{file}", message)


def test_a_release_of_another_edition_says_so_in_every_message(made_up: Publication, release: Path) -> None:
    other = replace(made_up, edition=Edition("2024-10"))
    files = {finding.file for by in RUNS for finding in found(by, other, release)}
    assert files == {path.relative_to(release).as_posix() for path in release.glob("sdmx/**/*") if path.is_file()}


def test_both_checks_are_part_of_every_build() -> None:
    mine = [check for check in CHECKS if check in (*sdmx_headers.CHECKS, *sdmx_json_headers.CHECKS)]
    assert [(check.name, check.kind) for check in mine] == [("SDMX-ML headers", "fast"), ("SDMX-JSON headers", "fast")]
