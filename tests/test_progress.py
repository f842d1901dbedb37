"""Progress on a terminal, seen through a pseudo terminal: a line that moves, ends clean, and is nowhere else."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import made_up
import pytest
from helpers import PROJECT

pytestmark = pytest.mark.slow

pty = pytest.importorskip("pty", reason="pseudo terminals are POSIX")

COMMAND = [sys.executable, "-m", "publisher"]
STEPS = """
import sys, time
from publisher import progress
with progress.shown({steps}) as begin:
    for number in range(3):
        begin(f"step {{number}} " + {words!r})
        time.sleep(0.4)
    {last}
print("done", file=sys.stderr)
"""


class Seen:
    """What came to a terminal, and what stands on it in the end."""

    def __init__(self, raw: str, code: int, printed: str) -> None:
        """Keep the characters, the exit code and what went to standard output."""
        self.raw, self.code, self.printed = raw, code, printed

    @property
    def screen(self) -> list[str]:
        """The lines of the terminal; only what a line that is rewritten needs is understood."""
        lines, row, column = [""], 0, 0
        for part in re.findall(r"\x1b\[[?0-9;]*[A-Za-z]|[\r\n]|[^\x1b\r\n]+", self.raw):
            if part == "\r":
                column = 0
            elif part == "\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
            elif part == "\x1b[2K":
                lines[row] = ""
            elif part.startswith("\x1b["):
                assert re.fullmatch(r"\x1b\[(1A|[0-9;]*m|\?25[lh])", part), part
                row -= part == "\x1b[1A"
            else:
                lines[row] = f"{lines[row]:<{column}}"[:column] + part + lines[row][column + len(part) :]
                column += len(part)
        return lines[:-1] if lines[-1] == "" else lines

    @property
    def shown(self) -> list[str]:
        """Every line that stood on the terminal at some time."""
        return re.split(r"[\r\n]+", re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", self.raw))


def on_terminal(
    words: list[str],
    cwd: Path = PROJECT,
    width: int = 100,
    then: Callable[[subprocess.Popen[str], str], object] = lambda process, text: None,
    **environment: str,
) -> Seen:
    """Run a command whose standard error is a terminal; ``then`` is called with each piece that comes."""
    import fcntl
    import termios

    terminal, of_command = pty.openpty()
    fcntl.ioctl(of_command, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    # The terminal says how wide it is, not what runs the tests.
    others = ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if name not in others}
    given = {**kept, "TERM": "xterm-256color", "PYTHONPATH": str(PROJECT), **environment}
    with subprocess.Popen(words, cwd=cwd, stdout=subprocess.PIPE, stderr=of_command, env=given, text=True) as process:
        os.close(of_command)
        came = b""
        while True:
            if not select.select([terminal], [], [], 60)[0]:
                process.kill()
                pytest.fail(f"nothing came for a minute after {came[-200:]!r}")
            try:
                piece = os.read(terminal, 1 << 16)
            except OSError:  # the command has closed its end
                break
            if not piece:
                break
            came += piece
            then(process, piece.decode(errors="replace"))
        assert process.stdout is not None
        printed = process.stdout.read()
        code = process.wait()
    os.close(terminal)
    return Seen(came.decode(), code, printed)


def steps(total: int | None, words: str = "", last: str = "pass", **more: object) -> Seen:
    return on_terminal([sys.executable, "-c", STEPS.format(steps=total, words=words, last=last)], **more)  # type: ignore[arg-type]


@pytest.mark.slow
def test_each_step_is_seen_with_how_far_it_is_and_the_time() -> None:
    seen = steps(5)
    assert seen.code == 0
    for number in range(3):
        assert any(f"step {number} " in line and f" {number + 1}/5 0:00:0" in line for line in seen.shown), seen.shown
    assert any("━" in line for line in seen.shown)


@pytest.mark.slow
def test_the_line_moves_within_a_step_and_nothing_of_it_is_left() -> None:
    seen = steps(None)
    turning = {line[0] for line in seen.shown if " step 1 " in line}
    assert len(turning) >= 3
    assert turning <= set("-\\|/")
    assert seen.screen == ["done"]
    assert seen.raw.count("\x1b[?25l") == seen.raw.count("\x1b[?25h") == 1


@pytest.mark.slow
@pytest.mark.parametrize("width", [100, 50, 24])
def test_a_long_name_is_cut_to_the_width_of_the_terminal(width: int) -> None:
    seen = steps(3, words="ærøskøbing " * 30, width=width)
    widest = max(len(line) for line in seen.shown)
    assert widest <= width
    assert any("…" in line and line.rstrip().endswith("0:00:00") and "step 0" in line for line in seen.shown)
    assert seen.screen == ["done"]


@pytest.mark.slow
def test_a_name_that_a_terminal_would_obey_is_spelled_out() -> None:
    seen = steps(3, words="[bold]a[/bold] \x1b]0;title\x07\n\x1b[31mred {task} %s :smile:", width=150)
    shown = next(line for line in seen.shown if "step 0" in line)
    assert "[bold]a[/bold] \\u001b]0;title\\u0007\\u000a\\u001b[31mred {task} %s :smile:" in shown
    assert "\x1b[31m" not in seen.raw


@pytest.mark.slow
def test_more_steps_than_were_announced_do_not_stop_the_count() -> None:
    assert any(" 3/3 " in line for line in steps(2).shown)


@pytest.mark.slow
@pytest.mark.parametrize("last", ["sys.exit('wrong')", "raise ValueError('wrong')"])
def test_the_terminal_is_as_it_was_after_an_error(last: str) -> None:
    seen = steps(3, last=last)
    assert seen.code == 1
    assert "wrong" in seen.screen[-1]
    assert not any("step" in line and "0:00" in line for line in seen.screen)
    assert seen.raw.rindex("\x1b[?25h") > seen.raw.rindex("\x1b[?25l")


@pytest.mark.slow
def test_no_colour_means_no_colour() -> None:
    assert "\x1b[3" in steps(3).raw
    plain = steps(3, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*m", plain.raw)
    assert any("step 2" in line for line in plain.shown)


@pytest.mark.slow
@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"CI": "true"}], ids=str)
def test_a_terminal_that_cannot_go_back_and_a_log_of_ci_see_nothing(environment: dict[str, str]) -> None:
    assert steps(3, **environment).raw == "done\r\n"


def test_where_standard_error_is_no_terminal_nothing_is_printed(tmp_path: Path) -> None:
    code = STEPS.format(steps=3, words="", last="pass").replace("0.4", "0.05")
    environment = {**os.environ, "FORCE_COLOR": "1", "TTY_INTERACTIVE": "1", "PYTHONPATH": str(PROJECT)}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "done\n")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a release of some formats."""
    folder = tmp_path_factory.mktemp("project")
    made_up.write_project(folder)
    words = [*COMMAND, "build", "--quiet", "--only", "rdf-codelists", "--only", "rdf-structure", "--only", "turtle"]
    words += ["--only", "sdmx-structure", "--only", "sdmx-csv"]
    subprocess.run(words, cwd=folder, check=True, env={**os.environ, "PYTHONPATH": str(PROJECT)})
    return folder


SEEN = [
    pytest.param(["build", "--only", "csv", "--check"], "made-up: write csv", id="build"),
    pytest.param(["validate"], "", id="validate"),
    pytest.param(["export", "--profile", "dotstat", "--output", "zip"], "made-up: dotstat", id="export"),
    pytest.param(["query", "SELECT (1 AS ?x) {}"], "ask made-up", id="query"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("words", "step"), SEEN)
def test_a_command_shows_its_steps_on_a_terminal_and_nothing_of_it_in_its_answer(
    project: Path, words: list[str], step: str
) -> None:
    seen = on_terminal([*COMMAND, *words], cwd=project)
    assert any(step in line and "0:00:0" in line for line in seen.shown), seen.shown
    assert "\x1b" not in seen.printed
    assert "\r" not in seen.printed
    assert not any("0:00:0" in line for line in seen.screen)
    plain = subprocess.run(
        [*COMMAND, *words], cwd=project, capture_output=True, text=True, check=False, env=_environment()
    )
    assert plain.stderr.strip() == "\n".join(seen.screen).strip()
    assert "\x1b" not in plain.stdout + plain.stderr
    assert "\r" not in plain.stdout + plain.stderr


@pytest.mark.slow
def test_a_refresh_shows_what_it_compares(project: Path, tmp_path: Path) -> None:
    answer = tmp_path / "klass.csv"
    answer.write_text('"code","parentCode","level","name"\n"N","","1","North"\n', encoding="utf-8")
    words = ["codelist", "refresh", "CL_REGION", "--from", str(answer)]
    seen = on_terminal([*COMMAND, *words], cwd=project, width=200)
    assert any(f"compare CL_REGION with {answer}" in line for line in seen.shown), seen.raw
    assert not any("compare" in line for line in seen.screen)


@pytest.mark.slow
@pytest.mark.parametrize("words", [["build", "--only", "csv", "--check", "-q"], ["validate", "-q"]], ids=lambda w: w[0])
def test_quiet_shows_no_progress(project: Path, words: list[str]) -> None:
    assert "0:00" not in on_terminal([*COMMAND, *words], cwd=project).raw


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interrupt_leaves_its_message_and_no_line(project: Path, tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    sent: list[float] = []

    def interrupt(process: subprocess.Popen[str], text: str) -> None:
        if "write" in text and not sent:
            sent.append(time.monotonic())
            process.send_signal(number)

    seen = on_terminal([*COMMAND, "build"], cwd=folder, then=interrupt)
    assert sent
    assert seen.code == 130
    assert [line for line in seen.screen if line] == ["publisher: interrupted"]
    assert seen.raw.rindex("\x1b[?25h") > seen.raw.rindex("\x1b[?25l")


@pytest.mark.slow
def test_the_report_of_an_error_stands_alone(tmp_path: Path) -> None:
    raw = made_up.write_project(tmp_path)
    (raw / "jobs.csv").write_text("nothing\n")
    seen = on_terminal([*COMMAND, "build"], cwd=tmp_path, width=300)
    assert seen.code == 2
    assert all(line.startswith(("publisher: error: ", "what to do about ")) for line in seen.screen if line)
    told = on_terminal([*COMMAND, "build", "--format", "json"], cwd=tmp_path)
    assert (json.loads(told.printed)["exit_code"], [line for line in told.screen if line]) == (2, [])


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT)}
