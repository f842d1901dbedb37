"""The draft and the swap: whatever ends a run, the output is the old releases or the new ones."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import sampled

from publisher.errors import OutputError
from publisher.release import Workspace, recover

MANIFEST = {
    "dataset": "one",
    "edition": "2024-11",
    "version": "2024.11.0",
    "base_iri": "https://example.org",
    "tool": {"name": "publisher", "version": "0"},
    "inputs": [],
    "files": [],
}


def a_release(folder: Path, dataset: str, content: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({**MANIFEST, "dataset": dataset}))
    (folder / "content.txt").write_text(content)


def contents(output: Path) -> dict[str, str]:
    return {path.parent.name: path.read_text() for path in sorted(output.glob("*/content.txt"))}


def replace_both(output: Path, content: str) -> None:
    with Workspace(output.parent, output, ("one", "two")) as workspace:
        for dataset in ("one", "two"):
            a_release(workspace.draft(dataset), dataset, content)
        workspace.beside("datapackage.json").write_text(content)
        workspace.commit()


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "output"
    replace_both(folder, "old")
    return folder


def test_a_commit_replaces_every_release_and_leaves_nothing_else(output: Path) -> None:
    replace_both(output, "new")
    assert contents(output) == {"one": "new", "two": "new"}
    assert (output.parent / "datapackage.json").read_text() == "new"
    assert sorted(path.name for path in output.parent.iterdir()) == ["datapackage.json", "output"]
    assert sorted(path.name for path in output.iterdir()) == ["one", "two"]


def test_without_a_commit_the_output_is_what_it_was(output: Path) -> None:
    with Workspace(output.parent, output, ("one",)) as workspace:
        a_release(workspace.draft("one"), "one", "new")
    assert contents(output) == {"one": "old", "two": "old"}
    assert [path.name for path in output.parent.iterdir() if path.name.startswith(".")] == []


def test_folders_made_for_an_output_that_is_not_written_are_removed(tmp_path: Path) -> None:
    with Workspace(tmp_path, tmp_path / "a" / "b" / "output", ("one",)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_is_told_to_wait(output: Path) -> None:
    second = Workspace(output.parent, output, ("two",))
    with Workspace(output.parent, output, ("one",)), pytest.raises(OutputError, match="wait for it to end"):
        second.__enter__()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder that takes no file whoever asks is Linux's /proc")
def test_a_folder_that_takes_no_file_is_named_and_no_other_run_is_blamed(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"^/proc: nothing can be written there .*: choose another --output") as told:
        Workspace(tmp_path, Path("/proc/publisher-output"), ("one",)).__enter__()
    assert "another run" not in str(told.value)


@pytest.mark.parametrize("blocked", ["output", "output/one", "somewhere/else"])
def test_a_file_in_the_way_is_refused_and_stays(tmp_path: Path, blocked: str) -> None:
    place = tmp_path / blocked
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("mine")
    output = place / "output" if blocked.startswith("somewhere") else tmp_path / "output"
    with pytest.raises(OutputError, match="is no folder"), Workspace(output.parent, output, ("one",)):
        pass
    assert place.read_text() == "mine"


def test_a_folder_that_is_no_release_of_ours_is_refused_and_stays(tmp_path: Path) -> None:
    place = tmp_path / "output" / "one"
    place.mkdir(parents=True)
    (place / "thesis.docx").write_text("mine")
    with (
        pytest.raises(OutputError, match="not empty and no release of one"),
        Workspace(tmp_path, tmp_path / "output", ("one",)),
    ):
        pass
    assert (place / "thesis.docx").read_text() == "mine"


def test_a_release_of_another_dataset_is_not_replaced(tmp_path: Path) -> None:
    a_release(tmp_path / "output" / "one", "two", "theirs")
    with pytest.raises(OutputError, match="no release of one"), Workspace(tmp_path, tmp_path / "output", ("one",)):
        pass


def test_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "output" / "one").mkdir(parents=True)
    replace_both(tmp_path / "output", "new")
    assert contents(tmp_path / "output") == {"one": "new", "two": "new"}


# Steps of the swap of two releases and the file beside them, each one call of the system.
SWAP = 6


def test_a_step_that_fails_takes_everything_back(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = {"rename": os.rename, "replace": os.replace}
    calls = 0

    def failing_at(when: int, name: str) -> Callable[[Path, Path], None]:
        def step(source: Path, target: Path) -> None:
            nonlocal calls
            calls += 1
            if calls == when:
                raise OSError(5, "Input/output error", str(target))
            real[name](source, target)

        return step

    for when in range(1, SWAP + 2):
        calls = 0
        for name in real:
            monkeypatch.setattr(os, name, failing_at(when, name))
        if when <= SWAP:
            with pytest.raises(OutputError, match="nothing was replaced"):
                replace_both(output, f"new {when}")
            assert contents(output) == {"one": "old", "two": "old"}, when
            assert (output.parent / "datapackage.json").read_text() == "old"
        else:
            replace_both(output, "new")
            assert contents(output) == {"one": "new", "two": "new"}


def test_a_step_that_fails_at_the_first_release_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = os.rename

    def failing(source: Path, target: Path) -> None:
        if target == tmp_path / "output" / "two":
            raise OSError(5, "Input/output error", str(target))
        rename(source, target)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(OutputError, match="nothing was replaced"):
        replace_both(tmp_path / "output", "new")
    assert contents(tmp_path / "output") == {}
    assert [path.name for path in tmp_path.iterdir()] == ["output"]


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
import test_workspace
real, calls = dict(rename=os.rename, replace=os.replace), 0
def dying(name):
    def step(source, target):
        global calls
        calls += 1
        if calls == {when}:
            os.kill(os.getpid(), signal.SIGKILL)
        real[name](source, target)
    return step
for name in real:
    setattr(os, name, dying(name))
test_workspace.replace_both(Path({output!r}), "new")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("when", sampled(3, range(1, SWAP + 2)))
def test_a_kill_before_any_step_leaves_what_the_next_command_brings_to_rest(output: Path, when: int) -> None:
    code = textwrap.dedent(KILLED).format(tests=str(Path(__file__).parent), when=when, output=str(output))
    died = subprocess.run([sys.executable, "-c", code], check=False).returncode
    assert died == (-signal.SIGKILL if when <= SWAP else 0)
    recover(output.parent, output)
    expected = "old" if when == 1 else "new"
    assert contents(output) == {"one": expected, "two": expected}
    assert (output.parent / "datapackage.json").read_text() == expected
    assert sorted(path.name for path in output.parent.iterdir() if not path.name.endswith(".lock")) == [
        "datapackage.json",
        "output",
    ]


def test_a_link_in_the_place_of_the_draft_is_never_followed(output: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    for name in ("draft", "old", "ready"):
        (victim / name).mkdir(parents=True)
        (victim / name / "mine").write_text("mine")
    (output.parent / ".publisher-draft-output").symlink_to(victim)
    recover(output.parent, output)
    with pytest.raises(OutputError, match="in the way of the draft"):
        replace_both(output, "new")
    assert sorted(path.name for path in victim.rglob("mine")) == ["mine"] * 3


def test_an_output_on_another_disk_is_drafted_in_itself(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != output.parent)
    with Workspace(output.parent, output, ("one",)) as workspace:
        assert workspace.root.parent == output
    replace_both(output, "new")
    assert contents(output) == {"one": "new", "two": "new"}
    assert sorted(path.name for path in output.iterdir()) == ["one", "two"]


def test_recovery_leaves_a_running_build_alone(output: Path) -> None:
    with Workspace(output.parent, output, ("one",)) as workspace:
        a_release(workspace.draft("one"), "one", "new")
        recover(output.parent, output)
        workspace.commit()
    assert contents(output) == {"one": "new", "two": "old"}
