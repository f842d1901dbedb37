"""A release says how many observations it has and which checks it has passed, and that is so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers import PROJECT

from publisher.build import Built
from publisher.checks import CHECKS, Subject
from publisher.checks.published_reports import QUALITY, VALIDATION, check_of
from publisher.definition import read_definition
from publisher.observations import Observations
from publisher.release import read_manifest

DATASET = read_definition(PROJECT, "nav-tilt140")


def read(release: Path, path: str) -> Any:
    return json.loads((release / path).read_text(encoding="utf-8"))


def test_the_counts_are_those_of_the_report(real_release: Path) -> None:
    said = read(real_release, QUALITY)
    assert (said["dataset"], said["edition"], said["version"]) == ("nav-tilt140", "2024-11", "2024.11.0")
    assert (said["observations"], said["suppressed"]) == (4068, 377)
    assert said["cubes"]["county"] == {"observations": 1512, "suppressed": 312, "exact": 32}
    assert [cube.id for cube in DATASET.cubes] == list(said["cubes"])


def test_every_mandatory_check_is_there_with_its_verdict_and_without_a_time(built: tuple[Path, Built]) -> None:
    release, report = built
    said = read(release, VALIDATION)["checks"]
    assert [(check["name"], check["by"]) for check in said] == [(item.name, item.by) for item in report.verdicts]
    assert {check["verdict"] for check in said} == {"passed"}
    full = {check.name for check in CHECKS if check.kind == "full"} - {c.name for c in CHECKS if c.kind == "fast"}
    assert full.isdisjoint(check["name"] for check in said)
    assert not any("seconds" in check for check in said)


def test_no_mandatory_check_waits_for_what_may_not_be_installed() -> None:
    assert [check.name for check in CHECKS if check.kind == "fast" and check.requires] == []


def test_the_manifest_has_their_hashes_and_no_catalogue_lists_them(real_release: Path) -> None:
    listed = read_manifest(real_release).files
    assert {listed[path].format for path in (QUALITY, VALIDATION)} == {"reports"}
    for catalogue in ("datapackage.json", "catalog.ttl", "catalog.jsonld"):
        assert "reports/" not in (real_release / catalogue).read_text(encoding="utf-8")


def _set(*names: str) -> Callable[[Any], None]:
    def change(values: Any) -> None:
        for name in names[:-2]:
            values = values[int(name) if name.isdigit() else name]
        values[names[-2]] = int(names[-1]) if names[-1].isdigit() else names[-1]

    return change


# what is planted -> the report, the change, what is found
PLANTED: dict[str, tuple[str, Callable[[Any], Any], str]] = {
    "observations of a cube": (
        QUALITY,
        _set("cubes", "sex", "observations", "251"),
        "says 251 observations of cube sex, there are 252",
    ),
    "suppressed of a cube": (
        QUALITY,
        _set("cubes", "sex", "suppressed", "9"),
        "says 9 suppressed of cube sex, there are 0",
    ),
    "all observations": (QUALITY, _set("observations", "1"), "says 1 observations in all, there are 252"),
    "a cube too many": (
        QUALITY,
        lambda values: values["cubes"].update(other={"observations": 3, "suppressed": 0}),
        "says 3 observations of cube other, there are 0",
    ),
    "another edition": (QUALITY, _set("edition", "2024-10"), "is of edition '2024-10', not '2024-11'"),
    "a check that failed": (
        VALIDATION,
        _set("checks", "0", "verdict", "failed"),
        "says that the check 'data package' did not pass",
    ),
    "another version": (VALIDATION, _set("version", "2024.11.9"), "is of version '2024.11.9', not '2024.11.0'"),
    "a member of the numbers": (QUALITY, _set("more", "1"), "has 'more', which no report has"),
    "a member of a cube": (
        QUALITY,
        _set("cubes", "sex", "more", "1"),
        "has 'more' of cube sex, which no report has",
    ),
    "a number that is none": (
        QUALITY,
        lambda values: values.update(suppressed=False),
        "says False suppressed in all, there are 0",
    ),
    "a member of the verdicts": (VALIDATION, _set("more", "1"), "has 'more', which no report has"),
    "a member of the tool": (VALIDATION, _set("tool", "more", "1"), "has 'more' of the tool, which no report has"),
    "another tool": (
        VALIDATION,
        _set("tool", "name", "other"),
        "is of another tool, or another version of it, than the manifest",
    ),
    "a member of a check": (
        VALIDATION,
        _set("checks", "0", "seconds", "1"),
        "has 'seconds' of the check 'data package', which no report has",
    ),
    "nothing looked at": (
        VALIDATION,
        lambda values: values["checks"][0].update(looked_at=""),
        "does not say what the check 'data package' looked at",
    ),
    "fewer observations looked at": (
        VALIDATION,
        lambda values: values["checks"][-1].update(looked_at="251 observations"),
        "says that the check 'one truth: xlsx/<dataset>.xlsx' looked at something else than all observations",
    ),
    "skipped without a reason": (
        VALIDATION,
        lambda values: values["checks"][0].update(verdict="skipped", looked_at=""),
        "does not say of the check 'data package' what a report says",
    ),
    "no name of a program": (
        VALIDATION,
        lambda values: values["checks"][0].update(by=""),
        "does not say of the check 'data package' what a report says",
    ),
    "an empty list of checks": (
        VALIDATION,
        lambda values: values.update(checks=[]),
        "says that nothing was checked",
    ),
    "a check twice": (
        VALIDATION,
        lambda values: values["checks"].append(values["checks"][0]),
        "has the check 'data package' by frictionless more than once",
    ),
    "a check without a program": (
        VALIDATION,
        lambda values: values["checks"][0].pop("by"),
        "is no report of a release (KeyError)",
    ),
    "no checks": (VALIDATION, lambda values: values.pop("checks"), "is no report of a release (KeyError)"),
}


def subject_of_one_cube(release: Path, tmp_path: Path) -> Subject:
    """A release that has the cube ``sex`` only, and says so."""
    said = read(release, QUALITY)
    said |= {"observations": 252, "suppressed": 0, "cubes": {"sex": {"observations": 252, "suppressed": 0}}}
    (tmp_path / "reports").mkdir()
    (tmp_path / QUALITY).write_text(json.dumps(said))
    verdicts = (release / VALIDATION).read_text()
    (tmp_path / VALIDATION).write_text(verdicts.replace('"4,068 observations"', '"252 observations"'))
    observations = {"sex": Observations(DATASET.cube("sex"), release / "data/sex.parquet", 252, 0)}
    return Subject(
        tmp_path, DATASET, DATASET.edition("2024-11"), observations, frozenset((QUALITY, VALIDATION)), tmp_path
    )


def test_reports_that_are_true_are_not_complained_of(real_release: Path, tmp_path: Path) -> None:
    outcome = check_of().run(subject_of_one_cube(real_release, tmp_path))
    assert (outcome.findings, outcome.looked_at) == ((), "2 reports")


@pytest.mark.parametrize("fault", PLANTED)
def test_what_a_report_says_wrongly_is_found_and_named(real_release: Path, tmp_path: Path, fault: str) -> None:
    subject = subject_of_one_cube(real_release, tmp_path)
    path, change, message = PLANTED[fault]
    said = read(tmp_path, path)
    change(said)
    (tmp_path / path).write_text(json.dumps(said))
    (finding,) = check_of().run(subject).findings
    assert (finding.file, finding.message) == (path, f"{message}: build the release again")


def test_of_files_without_observations_a_report_must_be_right_of_itself(real_release: Path, tmp_path: Path) -> None:
    subject = replace(subject_of_one_cube(real_release, tmp_path), observations={})
    assert check_of().run(subject).findings == ()
    said = read(tmp_path, QUALITY)
    (tmp_path / QUALITY).write_text(json.dumps(said | {"observations": 253}))
    (finding,) = check_of().run(subject).findings
    assert finding.message.startswith("says 253 observations in all, there are 252")


OTHERS = tuple(check for check in CHECKS if check.name != "reports")
# what is planted in the list of checks -> the change, what is found
OF_THE_TABLE: dict[str, tuple[Callable[[Any], Any], list[str]]] = {
    "nothing": (lambda checks: None, []),
    "a check less": (lambda checks: checks.pop(0), ["lacks the check 'data package' by frictionless"]),
    "one truth less": (
        lambda checks: checks.pop(),
        ["lacks the check 'one truth: xlsx/<dataset>.xlsx' by openpyxl"],
    ),
    "the program for many observations": (
        lambda checks: checks[0].update(by="DuckDB"),
        [
            "has the check 'data package' by DuckDB, which no build of these files runs",
            "lacks the check 'data package' by frictionless",
        ],
    ),
    "a full check": (
        lambda checks: checks.append({**checks[0], "name": "RDF shapes", "by": "pyshacl"}),
        ["has the check 'RDF shapes' by pyshacl, which no build of these files runs"],
    ),
    "a check of a format that is not there": (
        lambda checks: checks.append({**checks[0], "name": "SDMX deltas", "by": "DuckDB"}),
        ["has the check 'SDMX deltas' by DuckDB, which no build of these files runs"],
    ),
    "another order": (lambda checks: checks.reverse(), ["has its checks in another order than a build"]),
}


def subject_of_all(release: Path, tmp_path: Path) -> Subject:
    """The real release, with reports of its own to be changed."""
    (tmp_path / "reports").mkdir()
    for path in (QUALITY, VALIDATION, "manifest.json"):
        (tmp_path / path).write_text((release / path).read_text())
    cubes = read(release, QUALITY)["cubes"]
    observations = {
        cube.id: Observations(cube, release / f"data/{cube.id}.parquet", *list(cubes[cube.id].values())[:2])
        for cube in DATASET.cubes
    }
    files = frozenset(path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file())
    return Subject(tmp_path, DATASET, DATASET.edition("2024-11"), observations, files, tmp_path)


@pytest.mark.parametrize("fault", OF_THE_TABLE)
def test_a_report_has_the_checks_that_a_build_of_the_files_runs(real_release: Path, tmp_path: Path, fault: str) -> None:
    subject = subject_of_all(real_release, tmp_path)
    change, messages = OF_THE_TABLE[fault]
    said = read(tmp_path, VALIDATION)
    change(said["checks"])
    (tmp_path / VALIDATION).write_text(json.dumps(said))
    found = check_of(OTHERS).run(subject).findings
    assert [finding.message for finding in found] == [f"{message}: build the release again" for message in messages]


def test_a_report_of_another_version_than_the_manifest_is_found(real_release: Path, tmp_path: Path) -> None:
    subject = subject_of_all(real_release, tmp_path)
    said = read(tmp_path, VALIDATION)
    said["tool"]["version"] = "0.0.1"
    (tmp_path / VALIDATION).write_text(json.dumps(said))
    (finding,) = check_of(OTHERS).run(subject).findings
    assert finding.message.startswith("is of another tool, or another version of it, than the manifest")
