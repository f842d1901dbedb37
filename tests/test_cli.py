"""The command line as a user meets it: output, reports, exit codes, interrupts."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import slow_where, tree
from lxml import etree

COMMAND = [sys.executable, "-m", "publisher"]


def publisher(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )


@pytest.mark.slow
def test_build_says_what_it_read_wrote_and_checked(project: Path) -> None:
    done = publisher("build", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    for words in (
        "46 tables, 4,068 observations, 377 suppressed",
        "1,512 observations      312 suppressed",
        "repaired 30 labels",
        "line 121: '18 Nordland - Nordlândia' read as",
        "output/nav-tilt140",
        "checks passed, by frictionless, ",
    ):
        assert words in done.stdout
    listed = publisher("list", cwd=project)
    assert "release: version 2024.11.0 of edition 2024-11" in listed.stdout
    assert "nav_report" in listed.stdout
    validated = publisher("validate", "--full", cwd=project)
    assert validated.returncode == 0
    assert "passed" in validated.stdout
    checked = publisher("build", "--check", "--quiet", cwd=project)
    # Nothing but what a reader can compute, of which a public source is warned.
    assert checked.returncode == 0
    assert all("publisher audit" in line for line in checked.stdout.splitlines())


@pytest.mark.parametrize(
    "format", slow_where(lambda format: format != "json", ["text", "json", "sarif", "junit", "github"])
)
def test_wrong_input_has_the_same_exit_code_and_place_in_every_format(project: Path, format: str) -> None:
    raw = project / "raw/nav-tilt140/2024-11.txt"
    raw.write_text(raw.read_text(encoding="utf-8").replace("\t5 461\t", "\t-5\t", 1), encoding="utf-8")
    done = publisher("build", "--format", format, cwd=project)
    assert done.returncode == 2
    report = done.stderr if format == "text" else done.stdout
    assert "-5" in report
    assert "raw/nav-tilt140/2024-11.txt" in report
    if format == "json":
        (finding,) = json.loads(report)["findings"]
        assert (finding["file"], finding["line"]) == ("raw/nav-tilt140/2024-11.txt", 13)
    if format == "junit":
        assert etree.fromstring(report.encode()).get("failures") == "1"
    assert not (project / "output").exists()


@pytest.mark.slow
def test_a_damaged_release_is_exit_code_1_with_the_file_named(release: Path) -> None:
    with (release / "data/sex.csv").open("a") as stream:
        stream.write("M,MENTOR,F,2025-01,1,A,F,\n")
    done = publisher("validate", str(release), "--format", "json", cwd=release.parent)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["exit_code"] == 1
    assert {finding["rule"] for finding in report["findings"]} >= {"manifest", "one-truth"}
    # The catalogue says the size and the hash that the file had, and CSVW gives triples of the row.
    files = {Path(finding["file"]).relative_to(release).as_posix() for finding in report["findings"]}
    assert files == {"data/sex.csv", "data/csv-metadata.json", "catalog.ttl", "catalog.jsonld"}


@pytest.mark.slow
def test_a_moved_release_is_valid_where_nothing_of_the_project_is(release: Path) -> None:
    done = publisher("validate", "--full", str(release), cwd=release.parent)
    assert done.returncode == 0, done.stdout
    assert "4,068 observations, 377 suppressed" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bild"], "No such command"),
        (["build", "--nonsense"], "No such option"),
        (["build", "nav-tilt14"], "did you mean 'nav-tilt140'?"),
        (["build", "--only", "xml"], "unknown format 'xml'"),
        (["build", "--base-iri", "not an iri"], "is no absolute http"),
        (["build", "--source", "missing.txt"], "missing.txt"),
        (["build", "--project", "nowhere"], "nowhere"),
        (["validate", "raw"], "no release of publisher"),
        (["validate"], "holds no release"),
    ],
)
def test_wrong_usage_is_exit_code_2_with_a_remedy(project: Path, arguments: list[str], words: str) -> None:
    done = publisher(*arguments, cwd=project)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["--nonsense"], ["--project", "nowhere"], ["--source"]])
def test_wrong_usage_is_a_report_too_where_a_program_asks_for_one(project: Path, arguments: list[str]) -> None:
    done = publisher("build", "--format", "json", *arguments, cwd=project)
    assert (done.returncode, done.stderr) == (2, "")
    report = json.loads(done.stdout)
    assert report["exit_code"] == 2
    assert [finding["rule"] for finding in report["findings"]] == ["usage"]


@pytest.mark.slow
def test_a_folder_without_datasets_is_explained(tmp_path: Path) -> None:
    done = publisher("build", cwd=tmp_path)
    assert done.returncode == 2
    assert "run from a project's root, or give --project DIR" in done.stderr


def test_a_bug_shows_its_traceback_and_is_exit_code_3(project: Path) -> None:
    code = (
        "import publisher.build, publisher.cli\n"
        "def broken(*_, **__): raise ZeroDivisionError('a bug')\n"
        "publisher.build.build = broken\n"
        "publisher.cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "build"], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "ZeroDivisionError: a bug" in done.stderr


@pytest.mark.slow
def test_whoever_stops_reading_the_report_does_not_stop_the_release(project: Path) -> None:
    process = subprocess.Popen([*COMMAND, "build", "--only", "csv"], cwd=project, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait() == 0
    assert (project / "output/nav-tilt140/manifest.json").exists()


@pytest.mark.slow
def test_two_builds_under_other_circumstances_are_byte_identical(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "deeper"
    other.parent.mkdir()
    shutil.copytree(project, other)
    first = publisher("build", "-q", cwd=project, PYTHONHASHSEED="1", TZ="UTC", LANG="C")
    second = publisher("build", "-q", cwd=other, PYTHONHASHSEED="2", TZ="Asia/Tokyo", LANG="nb_NO.UTF-8", LC_ALL="C")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert tree(project) == tree(other)


@pytest.mark.slow
def test_a_full_disk_is_exit_code_2_and_leaves_the_release(project: Path) -> None:
    """A file may not grow beyond a few kilobytes: what writing to a full disk looks like, without one."""
    resource = pytest.importorskip("resource", reason="limits of processes are POSIX")
    assert publisher("build", "-q", "--only", "csv", cwd=project).returncode == 0
    before = tree(project)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))

    done = subprocess.run(
        [*COMMAND, "build"], cwd=project, capture_output=True, text=True, preexec_fn=limit, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "nothing was replaced" in done.stderr
    assert tree(project) == before
    assert sorted(path.name for path in project.iterdir()) == ["output", "raw", "schemas"]


SIGNALLED = """
import os, signal, sys
import publisher.build, publisher.cli
build, steps, when = publisher.build.build, 0, {when}
def signalled(project, datasets, options, begin, before_commit):
    def counted(step):
        global steps
        steps += 1
        if steps == when:
            os.kill(os.getpid(), {number})
        begin(step)
    def last():
        before_commit()
        if when == 0:
            os.kill(os.getpid(), {number})
    return build(project, datasets, options, counted, last)
publisher.build.build = signalled
sys.argv = ["publisher", "build", "--quiet"]
publisher.cli.main()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
@pytest.mark.parametrize("when", [1, 2, 9, 16, 22, 25, 40, 0], ids="at step {}".format)
def test_an_interrupt_in_any_phase_leaves_the_old_release_or_the_new_one(
    project: Path, real_release: Path, number: signal.Signals, when: int
) -> None:
    release = project / "output/nav-tilt140"
    shutil.copytree(real_release, release)
    (release / "README.md").write_text("the old release")
    (project / "datapackage.json").write_text("the old package")
    old, new = tree(release), tree(real_release)
    code = SIGNALLED.format(when=when, number=int(number))
    environment = {**os.environ, "PUBLISHER_JOBS": "2"}
    # This waits for every process that the run has started, for they have its output too.
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, env=environment, check=False
    )
    if number is signal.SIGKILL:
        assert ended.returncode == -number
        assert tree(release) == old
    elif when == 0:  # everything has passed, and from here on a run cannot be interrupted
        assert (ended.returncode, tree(release)) == (0, new), ended.stderr
    else:
        assert (ended.returncode, tree(release)) == (130, old), ended.stderr
        assert sorted(path.name for path in project.iterdir()) == ["datapackage.json", "output", "raw", "schemas"]
    assert "Traceback" not in ended.stderr
    assert publisher("list", cwd=project).returncode == 0
    assert sorted(path.name for path in project.iterdir()) == ["datapackage.json", "output", "raw", "schemas"]
    assert sorted(path.name for path in release.parent.iterdir()) == ["nav-tilt140"]
