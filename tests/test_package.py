"""The data package of a release, by each program that checks it: each planted fault is found where it is looked for."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import PROJECT, sampled

from publisher.checks import CHECKS, Subject
from publisher.checks.check import Check
from publisher.definition import read_definition
from publisher.digests import digest
from publisher.errors import Finding

BY_NAME: dict[str, Check] = {check.name: check for check in CHECKS}
FRICTIONLESS, PROFILE = BY_NAME["data package"], BY_NAME["data package profile"]
OLDER = BY_NAME["data package, older reader"]
assert FRICTIONLESS.twin is not None
RUNS = {
    "frictionless": FRICTIONLESS.run,
    "columns": FRICTIONLESS.twin,
    "datapackage": OLDER.run,
    "profile": PROFILE.run,
}
OF_TABLES = {"frictionless", "columns", "datapackage"}
TABLE = "data/age.csv"
DESCRIPTOR = "datapackage.json"
ROW = "M,MENTOR,Y20T24,2024-11,65,A,F,\n"

Change = Callable[[Path], None]
Edit = Callable[[dict[str, Any]], object]


def subject(release: Path, scratch: Path) -> Subject:
    files = frozenset(path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file())
    dataset = read_definition(PROJECT, "nav-tilt140")
    return Subject(release, dataset, dataset.edition("2024-11"), {}, files, scratch)


def row(new: str) -> Change:
    def change(release: Path) -> None:
        text = (release / TABLE).read_text(encoding="utf-8")
        assert text.count(ROW) == 1
        (release / TABLE).write_text(text.replace(ROW, new), encoding="utf-8")

    return change


def header(release: Path) -> None:
    text = (release / TABLE).read_text(encoding="utf-8")
    (release / TABLE).write_text(text.replace("OBS_VALUE", "VALUE", 1), encoding="utf-8")


def parent(release: Path) -> None:
    path = release / "codelists/CL_AGE.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Y20T24,_T,", "Y20T24,_X,"), encoding="utf-8")


# The fault, the file it is named with, and a word of it that each program says.
FAULTS: dict[str, tuple[Change, str, str]] = {
    "an empty key": (row(ROW.replace("MENTOR", "")), TABLE, "PROGRAMME"),
    "a value that is no number": (row(ROW.replace("65", "12a")), TABLE, "OBS_VALUE"),
    "an unknown code": (row(ROW.replace("Y20T24", "Y20T25")), TABLE, "AGE"),
    "a key twice": (row(ROW + ROW), TABLE, ""),
    "a period that is none": (row(ROW.replace("2024-11", "November")), TABLE, "TIME_PERIOD"),
    "a month that is none": (row(ROW.replace("2024-11", "2024-13")), TABLE, "TIME_PERIOD"),
    "another header": (header, TABLE, "VALUE"),
    "a cell too many": (row(ROW.replace("\n", ",x\n")), TABLE, ""),
    "an unknown parent": (parent, "codelists/CL_AGE.csv", "parent"),
}


def edited(edit: Edit) -> Change:
    def change(release: Path) -> None:
        path = release / DESCRIPTOR
        values = json.loads(path.read_text(encoding="utf-8"))
        edit(values)
        path.write_text(json.dumps(values), encoding="utf-8")

    return change


def of_table(edit: Edit) -> Change:
    return edited(lambda values: edit(next(item for item in values["resources"] if item["path"] == TABLE)))


# The fault in the descriptor, which programs find it, and the file that they name.
DESCRIPTORS: dict[str, tuple[Change, set[str], str]] = {
    "other bytes": (of_table(lambda item: item.update(bytes=1)), OF_TABLES, TABLE),
    "another hash": (of_table(lambda item: item.update(hash="sha256:" + "0" * 64)), OF_TABLES, TABLE),
    "a hash that is none": (of_table(lambda item: item.update(hash="sha256:what")), OF_TABLES | {"profile"}, ""),
    "a path outside": (of_table(lambda item: item.update(path="../age.csv")), OF_TABLES | {"profile"}, ""),
    "an absolute path": (of_table(lambda item: item.update(path="/etc/passwd")), OF_TABLES | {"profile"}, ""),
    "a name twice": (of_table(lambda item: item.update(name="cl_age")), OF_TABLES, DESCRIPTOR),
    "no name": (of_table(lambda item: item.pop("name")), OF_TABLES | {"profile"}, DESCRIPTOR),
    "a licence without name and path": (
        edited(lambda values: values.update(licenses=[{"title": "free"}])),
        {"frictionless", "profile"},
        DESCRIPTOR,
    ),
    "another $schema": (
        edited(lambda values: values.update({"$schema": "https://example.org/x.json"})), {"profile"}, DESCRIPTOR,
    ),
    "no $schema": (edited(lambda values: values.pop("$schema")), {"profile"}, DESCRIPTOR),
    "a day without a time": (edited(lambda values: values.update(created="2024-11-30")), {"profile"}, DESCRIPTOR),
    "an email that is none": (
        edited(lambda values: values["contributors"][0].update(email="nobody")),
        {"frictionless", "profile"},
        DESCRIPTOR,
    ),
    "a role that is no list": (
        edited(lambda values: values["contributors"][0].update(roles="publisher")), {"profile"}, DESCRIPTOR,
    ),
    "a field of no type": (
        of_table(lambda item: item["schema"]["fields"][0].update(type="code")), OF_TABLES | {"profile"}, "",
    ),
    "a key of no column": (
        of_table(lambda item: item["schema"].update(primaryKey=["NONE"])), {"frictionless", "columns"}, "",
    ),
    "a schema at an address": (
        of_table(lambda item: item.update(schema="https://example.org/schema.json")), OF_TABLES, DESCRIPTOR,
    ),
    "a profile at an address": (
        edited(lambda values: values.update(profile="https://example.org/profile.json")), OF_TABLES, DESCRIPTOR,
    ),
    "an archive": (of_table(lambda item: item.update(compression="zip")), OF_TABLES, DESCRIPTOR),
    "a pattern without an end": (
        of_table(lambda item: item["schema"]["fields"][0].update(constraints={"pattern": "(a+)+"})),
        OF_TABLES,
        DESCRIPTOR,
    ),
}  # fmt: skip


def described_anew(release: Path) -> None:
    """Give the package the bytes and hashes of the files as they are, so that only the fault is left to find."""
    path = release / DESCRIPTOR
    described = json.loads(path.read_text(encoding="utf-8"))
    for resource in described["resources"]:
        resource["bytes"], sha256 = digest(release / resource["path"])
        resource["hash"] = f"sha256:{sha256}"
    path.write_text(json.dumps(described), encoding="utf-8")


@pytest.fixture
def tables(real_release: Path, tmp_path: Path) -> Path:
    """A small part of the release that a test may damage: one table, the codelists, and the package of them."""
    folder = tmp_path / "moved and renamed"
    (folder / "data").mkdir(parents=True)
    shutil.copytree(real_release / "codelists", folder / "codelists")
    shutil.copyfile(real_release / TABLE, folder / TABLE)
    described = json.loads((real_release / DESCRIPTOR).read_text(encoding="utf-8"))
    kept = [item for item in described["resources"] if item["path"] == TABLE or item["path"].startswith("codelists/")]
    (folder / DESCRIPTOR).write_text(json.dumps({**described, "resources": kept}), encoding="utf-8")
    return folder


def found(release: Path, scratch: Path, *names: str) -> dict[str, tuple[Finding, ...]]:
    """Return what each program finds, those that find nothing left out."""
    scratch.mkdir()
    findings = {name: RUNS[name](subject(release, scratch)).findings for name in names or RUNS}
    return {name: each for name, each in findings.items() if each}


@pytest.mark.slow
def test_no_program_finds_anything_in_the_release(real_release: Path, tmp_path: Path) -> None:
    assert found(real_release, tmp_path / "scratch") == {}


@pytest.mark.parametrize("fault", sampled(9, FAULTS))
def test_a_fault_in_a_table_is_found_by_each_program_that_reads_it(fault: str, tables: Path, tmp_path: Path) -> None:
    change, file, word = FAULTS[fault]
    change(tables)
    described_anew(tables)
    findings = found(tables, tmp_path / "scratch")
    assert set(findings) == OF_TABLES
    for name, each in findings.items():
        assert {finding.file for finding in each} == {file}, name
        assert any(word in finding.message for finding in each), name
        assert all("12a" not in finding.message for finding in each), name


@pytest.mark.parametrize("fault", sampled(10, DESCRIPTORS))
def test_a_fault_in_the_descriptor_is_found_by_each_program_that_looks_for_it(
    fault: str, tables: Path, tmp_path: Path
) -> None:
    change, programs, file = DESCRIPTORS[fault]
    change(tables)
    findings = found(tables, tmp_path / "scratch")
    assert set(findings) >= programs
    assert "profile" in programs or "profile" not in findings
    for name in programs if file else ():
        assert file in {finding.file for finding in findings[name]}, name


@pytest.mark.slow
def test_the_line_of_a_fault_is_named(tables: Path, tmp_path: Path) -> None:
    row(ROW.replace("65", "12a"))(tables)
    described_anew(tables)
    lines = (tables / TABLE).read_text(encoding="utf-8").splitlines()
    (line,) = [number for number, text in enumerate(lines, 1) if "12a" in text]
    findings = found(tables, tmp_path / "scratch", *OF_TABLES)
    assert {name: {finding.line for finding in each} for name, each in findings.items()} == {
        name: {line} for name in OF_TABLES
    }


@pytest.mark.slow
def test_other_bytes_and_a_missing_file_are_found(tables: Path, tmp_path: Path) -> None:
    row(ROW.replace("65", "66"))(tables)
    assert set(found(tables, tmp_path / "one")) == OF_TABLES
    (tables / TABLE).unlink()
    missing = found(tables, tmp_path / "two", *OF_TABLES)
    assert {name: [finding.file for finding in each] for name, each in missing.items()} == dict.fromkeys(
        OF_TABLES, [TABLE]
    )


@pytest.mark.slow
def test_a_package_that_is_none_is_found_and_nothing_falls_over_it(tables: Path, tmp_path: Path) -> None:
    texts = ("", "[]", '{"resources": 1}', '{"resources": [1]}', "[" * 200_000, '{"a": NaN, "resources": []}')
    for number, text in enumerate(texts):
        (tables / DESCRIPTOR).write_text(text)
        findings = found(tables, tmp_path / str(number))
        assert set(findings) == set(RUNS), text[:20]
        assert {finding.file for each in findings.values() for finding in each} == {DESCRIPTOR}, text[:20]


@pytest.mark.slow
def test_a_folder_whose_name_looks_like_a_pattern_is_no_pattern(tables: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tables, tmp_path / "a[1]*?")
    assert found(Path(folder), tmp_path / "scratch") == {}


def test_the_older_reader_is_skipped_where_it_is_not_installed() -> None:
    assert OLDER.requires == "datapackage"
    assert OLDER.kind == "full"
    assert PROFILE.kind == "fast"
