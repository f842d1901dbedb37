"""The data package, by frictionless and by its twin on columns: both find every planted fault, and agree."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import PROJECT, sampled

from publisher.checks import Subject, package
from publisher.definition import read_definition
from publisher.digests import digest

(CHECK,) = package.CHECKS
TABLE = "data/age.csv"
ROW = "M,MENTOR,Y20T24,2024-11,65,A,F,\n"

Change = Callable[[Path], None]


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


FAULTS: dict[str, Change] = {
    "an empty key": row(ROW.replace("MENTOR", "")),
    "a value that is no number": row(ROW.replace("65", "12a")),
    "an unknown code": row(ROW.replace("Y20T24", "Y20T25")),
    "a key twice": row(ROW + ROW),
    "a period that is none": row(ROW.replace("2024-11", "November")),
    "another header": header,
    "an unknown parent": parent,
}


def described_anew(release: Path) -> None:
    """Give the package the bytes and hashes of the files as they are, so that only the fault is left to find."""
    path = release / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    for resource in described["resources"]:
        resource["bytes"], sha256 = digest(release / resource["path"])
        resource["hash"] = f"sha256:{sha256}"
    path.write_text(json.dumps(described), encoding="utf-8")


@pytest.fixture
def tables(release: Path) -> Path:
    """The release without what the package check reads slowly and these faults do not touch."""
    path = release / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    kept = [item for item in described["resources"] if item["path"] == TABLE or item["path"].startswith("codelists/")]
    path.write_text(json.dumps({**described, "resources": kept}), encoding="utf-8")
    return release


def outcomes(release: Path, scratch: Path) -> list[list[str | None]]:
    assert CHECK.twin is not None
    scratch.mkdir()
    found = [run(subject(release, scratch)).findings for run in (CHECK.run, CHECK.twin)]
    return [sorted({finding.file for finding in findings}, key=str) for findings in found]


@pytest.mark.slow
def test_both_find_nothing_in_the_release(real_release: Path, tmp_path: Path) -> None:
    assert outcomes(real_release, tmp_path / "scratch") == [[], []]


@pytest.mark.parametrize("fault", sampled(4, FAULTS))
def test_both_find_a_fault_and_name_the_file(fault: str, tables: Path, tmp_path: Path) -> None:
    FAULTS[fault](tables)
    described_anew(tables)
    expected = "codelists/CL_AGE.csv" if fault == "an unknown parent" else TABLE
    assert outcomes(tables, tmp_path / "scratch") == [[expected], [expected]]


@pytest.mark.slow
def test_both_find_other_bytes_and_a_missing_file(tables: Path, tmp_path: Path) -> None:
    row(ROW.replace("65", "66"))(tables)
    assert outcomes(tables, tmp_path / "one") == [[TABLE], [TABLE]]
    (tables / TABLE).unlink()
    assert outcomes(tables, tmp_path / "two") == [[TABLE], [TABLE]]


def test_both_find_a_package_that_is_none(release: Path, tmp_path: Path) -> None:
    for number, text in enumerate(("", "[]", '{"resources": 1}', '{"resources": [{"name": "a"}]}')):
        (release / "datapackage.json").write_text(text)
        assert outcomes(release, tmp_path / str(number)) == [["datapackage.json"]] * 2, text


@pytest.mark.slow
def test_a_folder_whose_name_looks_like_a_pattern_is_no_pattern(real_release: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(real_release, tmp_path / "a[1]*?")
    assert outcomes(Path(folder), tmp_path / "scratch") == [[], []]
