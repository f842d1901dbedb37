"""The table of file, validator and verdict: every file is in it, and nothing passed that was not looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers import sampled
from made_up import write_project

from publisher.build import Options, build
from publisher.checks import CHECKS, run
from publisher.checks.check import Outcome
from publisher.checks.run import Verdict
from publisher.errors import Finding
from publisher.reports import REPORT_FORMATS, render
from publisher.summaries import of_validation
from publisher.validate import Validation, looking, table, validate_all
from publisher.validate.kind import EVERY_FILE
from publisher.validate.text import details, text

FILES = ("README.md", "data/one.csv", "data/two.csv", "rdf/one.ttl", "rdf/structure.ttl", "rdf/two.ttl")


def validation(*verdicts: Verdict) -> Validation:
    return Validation("release", "r", {}, "about", list(verdicts), FILES, "out/r", ("one", "two"))


def verdict(*files: str, findings: tuple[Finding, ...] = (), skipped: str = "", by: str = "publisher") -> Verdict:
    return Verdict("a check", by, Outcome(findings), 0.0, skipped, files)


def answers(*verdicts: Verdict) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in table.rows(validation(*verdicts)):
        found.setdefault(row.file, []).append(row.verdict)
    return found


def test_a_cube_in_a_pattern_is_a_cube_and_no_other_file() -> None:
    found = answers(verdict("rdf/<cube>.ttl"))
    assert found["rdf/one.ttl"] == found["rdf/two.ttl"] == ["passed"]
    assert found["rdf/structure.ttl"] == found["README.md"] == ["not looked at"]
    assert answers(verdict("rdf/<name>.ttl"))["rdf/structure.ttl"] == ["passed"]


def test_a_file_passed_only_where_nothing_was_found_in_it_or_in_no_file() -> None:
    in_one = Finding("rule", "is wrong", file="data/one.csv")
    assert answers(verdict("data/<cube>.csv", findings=(in_one,)))["data/one.csv"] == ["failed"]
    assert answers(verdict("data/<cube>.csv", findings=(in_one,)))["data/two.csv"] == ["passed"]
    anywhere = Finding("rule", "is wrong somewhere")
    assert answers(verdict("data/<cube>.csv", findings=(anywhere,)))["data/two.csv"] == ["failed"]
    warning = Finding("rule", "is odd", "warning", "data/one.csv")
    assert answers(verdict("data/<cube>.csv", findings=(warning,)))["data/one.csv"] == ["passed"]
    missing = Finding("rule", "is missing", file="data/three.csv")
    assert answers(verdict("data/<cube>.csv", findings=(missing,)))["data/three.csv"] == ["failed"]


def test_what_was_skipped_or_left_out_did_not_pass_and_says_why() -> None:
    (row,) = [row for row in table.rows(validation(verdict("data/one.csv", skipped="x is not installed"))) if row.check]
    assert (row.verdict, row.why) == ("skipped", "x is not installed")
    left_out = Verdict("a check", "x", Outcome(left_out=(("data/one.csv", "is large"),)), 0.0, "", ("data/<cube>.csv",))
    rows = {row.file: row for row in table.rows(validation(left_out)) if row.check}
    assert (rows["data/one.csv"].verdict, rows["data/one.csv"].why) == ("skipped", "is large")
    assert rows["data/two.csv"].verdict == "passed"


def test_that_the_manifest_knows_a_file_is_no_look_at_it() -> None:
    assert answers(verdict(EVERY_FILE))["README.md"] == ["passed", "not looked at"]
    shown = text(validation(verdict(EVERY_FILE), verdict("data/<cube>.csv"), verdict("rdf/<name>.ttl")))
    assert "every file (6)" in shown
    assert "not looked at but for their sha256: README.md" in shown
    assert details(validation(verdict(EVERY_FILE), verdict("README.md"))).count("README.md") == 1


def test_a_line_has_files_called_alike_and_a_program_with_its_version() -> None:
    import pandas as pd

    shown = text(validation(verdict("data/<cube>.csv", by="pandas"), verdict("data/<cube>.csv", skipped="x is away")))
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert f"data/<cube>.csv (2) pandas {pd.__version__} passed" in lines
    assert "publisher skipped: x is away" in lines
    assert "1 of 1 check passed, 1 skipped: a check by publisher (x is away)" in lines
    one_by_one = text(validation(verdict("data/one.csv", "data/two.csv", "rdf/one.ttl")))
    assert "data/one.csv and 1 more" in one_by_one


def test_places_in_a_report_are_from_where_the_command_ran() -> None:
    found = validation(verdict("data/one.csv", findings=(Finding("rule", "is wrong", file="data/one.csv"),)))
    report = of_validation([found])
    assert [finding.file for finding in report.findings] == ["out/r/data/one.csv"]
    assert {
        "file": "out/r/data/one.csv", "check": "a check", "by": "publisher", "verdict": "failed", "errors": 1,
    } in report.summary["table"]  # fmt: skip
    assert {"file": "out/r/README.md", "check": None, "by": None, "verdict": "not looked at"} in report.summary["table"]
    assert report.exit_code == 1


def test_every_check_says_which_files_it_looks_at() -> None:
    assert [check.name for check in CHECKS if not check.files] == []


@pytest.mark.slow
def test_every_file_of_a_release_is_looked_at_but_the_words_for_people(real_release: Path) -> None:
    report = of_validation(validate_all([real_release]))
    unseen = [row["file"] for row in report.summary["table"] if row["verdict"] == "not looked at"]
    assert [Path(file).name for file in unseen] == ["README.md"]
    listed = {Path(row["file"]).relative_to(real_release).as_posix() for row in report.summary["table"]}
    assert listed == {path.relative_to(real_release).as_posix() for path in real_release.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("small")
    write_project(project)
    build(project, [], Options(only=("csv", "rdf-codelists", "rdf-structure", "turtle")))
    return project / "output/made-up"


@pytest.mark.slow
@pytest.mark.parametrize("format", sampled(3, REPORT_FORMATS))
def test_a_validator_that_is_not_installed_is_skipped_in_every_report(
    small: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    there = run.find_spec
    monkeypatch.setattr(run, "find_spec", lambda name: None if name == "pyshacl" else there(name))
    report = of_validation(validate_all([small], full=True))
    written = render(format, report)
    assert report.exit_code == 0
    assert "pyshacl is not installed" in written
    if format == "json":
        rows = [row for row in json.loads(written)["table"] if row["by"] and "pyshacl" in row["by"]]
        assert rows
        assert {row["verdict"] for row in rows} == {"skipped"}


@pytest.mark.slow
def test_steps_are_known_before_and_come_to_what_was_said(small: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text("<urn:a> <urn:b> <urn:c> .")
    for confine in (False, True):
        begun: list[str] = []
        with looking([small, file]) as looked:
            looked.validations(begun.append, confine)
            assert len(begun) == looked.steps
        assert begun[0] == "integrity constraints"
        assert "manifest" in begun
