"""``--report FORMAT=FILE``: the same report in files too, written before the exit, and never where it does harm."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import made_up
import pytest
from helpers import PROJECT, sampled
from lxml import etree

from publisher.reports import REPORT_FORMATS

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "publisher"]


def publisher(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    given |= {"PYTHONPATH": str(PROJECT), **environment}
    return subprocess.run([*COMMAND, *words], cwd=cwd, env=given, capture_output=True, text=True, check=False)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A project whose source cannot be read."""
    raw = made_up.write_project(tmp_path)
    (raw / "jobs.csv").write_text("nothing\n")
    return tmp_path


def all_formats(folder: Path) -> list[str]:
    return [word for format in REPORT_FORMATS for word in ("--report", f"{format}={folder / format}")]


def test_every_format_goes_to_its_file_and_says_what_standard_output_would(made: Path) -> None:
    done = publisher("build", *all_formats(made), "--format", "json", cwd=made)
    assert done.returncode == 2
    assert (made / "json").read_text(encoding="utf-8") == done.stdout
    for format in REPORT_FORMATS:
        text = (made / format).read_text(encoding="utf-8")
        assert "raw/made-up/2024-09/jobs.csv" in text, format
        assert text.endswith("\n")
    etree.fromstring((made / "junit").read_bytes())


@pytest.mark.slow
def test_a_report_is_written_where_all_is_well_and_quiet_too(made: Path) -> None:
    done = publisher("list", "--quiet", "--report", "text=list.txt", "--report=json=list.json", cwd=made)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "made-up: Establishments" in (made / "list.txt").read_text(encoding="utf-8")
    assert json.loads((made / "list.json").read_text(encoding="utf-8"))["exit_code"] == 0


def test_wrong_usage_is_in_the_file_too(made: Path) -> None:
    done = publisher("build", "--nonsense", "--report", "json=a.json", "--report=text=b c.txt", cwd=made)
    assert done.returncode == 2
    assert "No such option" in json.loads((made / "a.json").read_text())["findings"][0]["message"]
    assert "No such option" in (made / "b c.txt").read_text()
    assert "No such option" in done.stderr


@pytest.mark.slow
def test_what_was_in_the_file_is_replaced_but_the_summary_of_a_job_is_added_to(made: Path) -> None:
    old, summary = made / "old.md", made / "summary.md"
    for path in (old, summary):
        path.write_text("before\n" * 10_000)
    words = ["--report", "markdown=old.md", "--report", f"markdown={made}/./summary.md"]
    done = publisher("list", *words, "--report", f"text={summary}", cwd=made, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 0, done.stderr
    assert old.read_text().startswith("## publisher list: passed")
    added = summary.read_text().removeprefix("before\n" * 10_000)
    assert added.startswith("## publisher list: passed")
    assert "made-up: Establishments" in added


@pytest.mark.slow
def test_a_summary_that_would_become_too_long_for_github_to_show_is_left_as_it_is(made: Path) -> None:
    summary = made / "summary.md"
    summary.write_text("x" * ((1 << 20) - 10))
    assert (
        publisher("list", "--report", f"markdown={summary}", cwd=made, GITHUB_STEP_SUMMARY=str(summary)).returncode == 0
    )
    assert summary.stat().st_size == (1 << 20) - 10


@pytest.mark.parametrize(
    ("word", "words"),
    sampled(
        7,
        [
            pytest.param("json", "give FORMAT=FILE"),
            pytest.param("=a", "give FORMAT=FILE"),
            pytest.param("json=", "give FORMAT=FILE"),
            pytest.param("jsn=a", "did you mean 'json'?"),
            pytest.param("json=nowhere/a.json", "make its folder first"),
            pytest.param("json=.", "reads or writes that itself"),
            pytest.param("json=raw/a.json", "no place for reports"),
            pytest.param("json=schemas/made-up/dataset.toml", "no place for reports"),
            pytest.param("json=output/a.json", "no place for reports"),
            pytest.param("json=raw/../output/made-up/a.json", "no place for reports"),
            pytest.param("json=elsewhere/a.json", "no place for reports"),
            pytest.param("json=source.csv", "reads or writes that itself"),
            pytest.param("json=before/data/a.json", "is a release"),
            pytest.param("json=link.csv", "reads or writes that itself"),
        ],
    ),
)
def test_a_file_that_may_not_be_is_refused_before_any_work_and_nothing_is_touched(
    made: Path, word: str, words: str
) -> None:
    for name in ("elsewhere", "before/data", "output/made-up"):
        (made / name).mkdir(parents=True)
    (made / "before/manifest.json").write_text("{}")
    (made / "source.csv").write_text("source")
    (made / "link.csv").symlink_to("source.csv")
    (made / "old.txt").write_text("old")
    files = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    given = ["--output", "elsewhere", "--source", "source.csv", "--previous", "before"]
    done = publisher(
        "build", *given, "--report", "text=old.txt", "--report", "text=new.txt", "--report", word, cwd=made
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == files


@pytest.mark.slow
def test_one_file_cannot_hold_two_reports(made: Path) -> None:
    done = publisher("list", "--report", "json=a", "--report", "text=./a", cwd=made)
    assert done.returncode == 2
    assert "more than once" in done.stderr
    assert not (made / "a").exists()


@pytest.mark.slow
def test_a_file_that_is_read_is_not_replaced(made: Path) -> None:
    path = made / "graph.ttl"
    path.write_text("<a:a> <a:b> <a:c> .\n")
    assert publisher("validate", "graph.ttl", "--report", "text=./graph.ttl", cwd=made).returncode == 2
    assert path.read_text() == "<a:a> <a:b> <a:c> .\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_report_that_cannot_be_written_in_the_end_is_said(made: Path) -> None:
    done = publisher("list", "--report", "text=/dev/full", "--format", "json", cwd=made)
    values = json.loads(done.stdout)
    assert done.returncode == values["exit_code"] == 2
    assert "/dev/full: No space left on device" in values["findings"][0]["message"]
    assert values["datasets"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", ["list", "list --format json", "query --list", "--help"])
def test_a_full_disk_behind_standard_output_is_said(made: Path, words: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *words.split()], cwd=made, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert "cannot be written (No space left on device): what was done stays done; make room" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX shuts it")
@pytest.mark.parametrize("words", ["list", "query --list", "--help"])
def test_where_standard_output_is_shut_the_work_is_done_all_the_same(made: Path, words: str) -> None:
    command = " ".join(map(shlex.quote, COMMAND))
    done = subprocess.run(f"{command} {words} >&-", shell=True, cwd=made, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_report_may_go_to_another_program(made: Path) -> None:
    words = " ".join([*COMMAND, "list", "--quiet", "--report", "json=>(cat >copy.json)"])
    subprocess.run(
        ["bash", "-c", f"{words}; wait"], cwd=made, check=True, env={**os.environ, "PYTHONPATH": str(PROJECT)}
    )
    assert not stat.S_ISFIFO((made / "copy.json").stat().st_mode)
    assert json.loads((made / "copy.json").read_text())["command"] == "list"


@pytest.mark.slow
def test_files_are_named_from_the_root_of_the_repository_where_github_runs_it(made: Path) -> None:
    root = made.parent
    line = publisher("build", "--format", "github", cwd=made, GITHUB_WORKSPACE=str(root)).stdout
    assert f"file={made.name}/raw/made-up/2024-09/jobs.csv," in line
    line = publisher("build", "--project", made.name, "--format", "github", cwd=root, GITHUB_WORKSPACE=str(root)).stdout
    assert f"file={made.name}/raw/made-up/2024-09/jobs.csv," in line
    line = publisher("build", "--format", "github", cwd=made, GITHUB_WORKSPACE="/somewhere/else").stdout
    assert "file=raw/made-up/2024-09/jobs.csv," in line
