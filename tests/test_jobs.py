"""Calls in several processes: the same answers in the same order, and nothing left when something goes wrong."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from operator import mul, truediv
from pathlib import Path
from types import MappingProxyType

import pytest
from helpers import tree
from made_up import write_project
from rdf_fixture import nav_dataset

from publisher.build import Options, build
from publisher.checks import Subject, together
from publisher.engines.jobs import spread, usable
from publisher.errors import Finding, InputError, OutputError
from publisher.model import Edition
from publisher.observations import Observations

WORDS = MappingProxyType({"a": 1})


def refuse(file: str) -> None:
    raise InputError(Finding("usage", "is wrong", file=file, line=3))


def test_one_job_calls_when_it_is_asked() -> None:
    called: list[int] = []
    with spread(1) as submit:
        answers = [submit(called.append, number) for number in range(3)]
        assert called == []
        answers[1]()
        assert called == [1]


def test_there_is_a_job_at_least_and_not_one_for_each_of_many_cores() -> None:
    assert 1 <= usable() <= 4


def test_answers_and_errors_of_other_processes_are_what_they_were() -> None:
    with spread(2) as submit:
        products = [submit(mul, number, 2) for number in range(20)]
        quotient, refused, kept = submit(truediv, 1, 0), submit(refuse, "x.csv"), submit(dict, WORDS)
        same = submit(_same, WORDS)
        assert [answer() for answer in products] == list(range(0, 40, 2))
        assert (kept(), same()) == ({"a": 1}, WORDS)
        with pytest.raises(ZeroDivisionError):
            quotient()
        with pytest.raises(InputError) as caught:
            refused()
    assert caught.value.findings == (Finding("usage", "is wrong", file="x.csv", line=3),)
    assert multiprocessing.active_children() == []


def test_a_process_that_the_system_ends_is_said() -> None:
    with spread(2) as submit:
        ended = submit(os._exit, 9)
        with pytest.raises(OutputError, match="--jobs 1, or more memory"):
            ended()


def test_an_interrupt_waits_for_nothing_and_leaves_no_process(tmp_path: Path) -> None:
    late = tmp_path / "late"
    with pytest.raises(KeyboardInterrupt):
        _interrupted(late)
    assert not late.exists()
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("rows", "most"), [(100_000, 4), (100_001, 1)])
def test_a_large_release_is_checked_by_one_process_unless_more_are_asked_for(
    rows: int, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def spread(processes: int) -> AbstractContextManager[Callable[..., object]]:
        asked.append(processes)
        return nullcontext(partial)

    monkeypatch.setattr(together, "spread", spread)
    monkeypatch.setattr(together, "usable", lambda: 4)
    monkeypatch.setattr(together, "is_wanted", lambda *_: False)
    observations = Observations(nav_dataset().cubes[0], tmp_path / "none", rows, 0)
    edition = Edition("2024-11")
    subject = Subject(tmp_path, nav_dataset(), edition, {"cube": observations}, frozenset(), tmp_path)
    for jobs in (None, 1, 3):
        assert list(together.run_checks(subject, frozenset(), jobs=jobs)) == []
    assert asked == [most, 1, 3]


@pytest.mark.slow
def test_a_build_with_two_jobs_writes_and_says_what_one_does(tmp_path: Path) -> None:
    told = []
    for jobs in (1, 2):
        folder = tmp_path / str(jobs)
        write_project(folder)
        steps: list[str] = []
        (report,) = build(folder, options=Options(jobs=jobs), begin=steps.append)
        verdicts = [(each.name, each.by, each.outcome, each.skipped) for each in report.verdicts]
        told.append((steps, verdicts, tree(folder / "output")))
    assert told[0] == told[1]
    assert len(told[0][1]) > 30


def _interrupted(late: Path) -> None:
    with spread(2) as submit:
        begun = submit(os.getpid)
        submit(_touch_later, late)
        submit(_touch_later, late)
        begun()
        raise KeyboardInterrupt


def _touch_later(path: Path) -> None:
    time.sleep(10)
    path.touch()


def _same(words: MappingProxyType[str, int]) -> MappingProxyType[str, int]:
    return words
