"""A program of others in a process of its own: every bound that is hit is said, and nothing reaches elsewhere."""

from __future__ import annotations

import os
import pickle
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from publisher.engines import confined
from publisher.engines.confined import Bounds, ConfinedError, call
from publisher.errors import Finding, InputError

pytestmark = pytest.mark.slow

HERE = f"{__name__}:"


# What the tests run in the other process, by name.


def answer(path: Path, words: tuple[str, ...]) -> dict[str, object]:
    print("a validator that prints", flush=True)  # must not be taken for an answer
    return {"path": path, "words": words, "finding": Finding("rule", "message", file=path.name)}


def refuse() -> None:
    raise InputError(Finding("cells", "has 12 cells", file="a.txt", line=3))


def fall(kind: str) -> None:
    raise {"recursion": RecursionError, "value": ValueError, "memory": MemoryError}[kind]("4711 is a hidden value")


def wait() -> None:
    time.sleep(60)


def take(size: int) -> int:
    return len(bytearray(size))


def write(size: int) -> None:
    import tempfile

    with tempfile.TemporaryFile() as stream:
        stream.write(bytes(size))


def abort() -> None:
    os.abort()


def leave() -> None:
    sys.exit(0)


def connect(port: int) -> str:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError as error:
        return str(error)
    return "connected"


def read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        return str(error)


def steps() -> None:
    confined.say("first")
    confined.tell(Finding("known", "before the end"))
    confined.say("second")
    os.abort()


def temporary() -> str:
    import tempfile

    return tempfile.mkdtemp()


def test_an_answer_of_plain_values_and_dataclasses_comes_back_whatever_is_printed(tmp_path: Path) -> None:
    found = call(f"{HERE}answer", tmp_path / "x.csv", ("å", "\n"))
    assert found == {
        "path": tmp_path / "x.csv",
        "words": ("å", "\n"),
        "finding": Finding("rule", "message", file="x.csv"),
    }


def test_what_the_function_refuses_is_raised_here_with_its_findings() -> None:
    with pytest.raises(InputError) as refused:
        call(f"{HERE}refuse")
    assert refused.value.findings == (Finding("cells", "has 12 cells", file="a.txt", line=3),)


@pytest.mark.parametrize(
    ("function", "argument", "rule", "words"),
    [
        pytest.param(
            "wait", None, "bound-time", "did not end within 1 seconds and was stopped", marks=pytest.mark.slow
        ),
        ("fall", "recursion", "bound-depth", "nested too deeply"),
        ("fall", "memory", "bound-memory", "more than 1 GiB of memory"),
        ("fall", "value", "stopped", r"fell over what it read \(ValueError in test_confined.py, line [0-9]+\)"),
        ("leave", None, "stopped", "SystemExit"),
    ],
)
def test_a_process_that_does_not_come_to_its_end_is_a_finding(
    function: str, argument: str | None, rule: str, words: str
) -> None:
    bounds = Bounds(seconds=1 if function == "wait" else 60, memory=1 << 30)
    with pytest.raises(ConfinedError, match=words) as stopped:
        call(f"{HERE}{function}", *([] if argument is None else [argument]), bounds=bounds)
    finding = stopped.value.finding("frictionless", "a.csv")
    assert (finding.rule, finding.file, finding.severity) == (rule, "a.csv", "error")
    assert finding.message.startswith("frictionless ")
    assert "4711" not in str(finding)


@pytest.mark.skipif(sys.platform != "linux", reason="this system bounds neither memory nor files")
@pytest.mark.parametrize(("function", "rule"), [("take", "bound-memory"), ("write", "bound-size")])
def test_memory_and_files_are_bounded(function: str, rule: str) -> None:
    with pytest.raises(ConfinedError) as stopped:
        call(f"{HERE}{function}", 2 << 30 if function == "take" else 1 << 22, bounds=Bounds(60, 1 << 30, 1 << 20))
    assert stopped.value.rule == rule


@pytest.mark.skipif(os.name == "nt", reason="this system has no signals")
def test_a_process_that_the_system_ends_is_a_finding_with_the_step_and_what_was_told_before() -> None:
    with pytest.raises(ConfinedError, match="ended by the system"):
        call(f"{HERE}abort")
    begun: list[str] = []
    with pytest.raises(ConfinedError) as stopped:
        call(f"{HERE}steps", begin=begun.append)
    assert begun == ["first", "second"]
    assert stopped.value.step == "second"
    assert stopped.value.told == [Finding("known", "before the end")]


def test_there_is_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert connect(port) == "connected"
        assert call(f"{HERE}connect", port) != "connected"


def test_nothing_outside_the_folder_is_opened_not_even_by_a_link(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret").write_text("mine")
    (folder / "own").write_text("yours")
    (folder / "link").symlink_to(tmp_path / "secret")
    found = [
        call(f"{HERE}read", path, folder=folder) for path in (folder / "own", folder / "link", tmp_path / "secret")
    ]
    assert found[0] == "yours"
    assert all("outside the folder" in words for words in found[1:])
    assert call(f"{HERE}read", tmp_path / "secret") == "mine"


def test_what_a_process_leaves_behind_is_removed() -> None:
    assert not Path(call(f"{HERE}temporary")).exists()


@pytest.mark.parametrize("value", [os.system, Path, confined.call])
def test_an_answer_holds_no_function_and_no_class_of_others(value: object) -> None:
    import io

    if value is Path:
        value = socket.socket
    with pytest.raises(pickle.UnpicklingError, match="is no part of an answer"):
        confined._Answer(io.BytesIO(pickle.dumps(value))).load()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_process_does_not_outlive_the_one_that_started_it() -> None:
    code = "import sys; sys.path[:] = {!r}; from publisher.engines.confined import call; call({!r})"
    program = [sys.executable, "-c", code.format(sys.path, f"{HERE}hold")]
    with subprocess.Popen(program, stderr=subprocess.DEVNULL) as parent:
        (held,) = until(lambda: psutil.Process(parent.pid).children())
        until(lambda: held.cpu_times().user > 1)
        parent.kill()
    held.wait(30)


def hold() -> None:
    """Match without end, and let no other thread run meanwhile."""
    re.match("(a+)+b", "a" * 60)


def until(ready: Callable[[], Any]) -> Any:
    while not (found := ready()):
        time.sleep(0.05)
    return found
