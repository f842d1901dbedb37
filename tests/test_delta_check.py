"""The check of deltas: each planted fault is found and named, and no value is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from delta_fixture import BEFORE, FILES, NOW, written

from publisher.checks import sdmx_delta as check

pytestmark = pytest.mark.slow


def line(path: Path, number: int, new: str | None) -> None:
    """Replace a line of a file, counted from 0, or take it away."""
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[number : number + 1] = [] if new is None else [new]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def words(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


START = "dataflow,MADE_UP:DF_MU_BY_AREA(1.0)"
GONE = f"{START},D,Q,a2,2023-Q1,,,,,,,,\n"
FIRST = f"{START},R,A,_T,2023,NaN,Q,A,3,,PER,0,2\n"
TABLE_FAULTS: dict[str, tuple[Callable[[Path], None], str, bool]] = {
    "a Delete is missing": (lambda path: line(path, 2, None), "stays after the delta", True),
    "an attribute stays": (lambda path: line(path, 1, None), "in a store that merges: REMARK", True),
    "a Replace is missing": (lambda path: line(path, 4, None), "is not as in the release after the delta", True),
    "a new observation is missing": (lambda path: line(path, 5, None), "is missing after the delta", True),
    "a suppressed cell says nothing": (lambda path: words(path, ",NaN,Q,A", ",,Q,A"), "by something else", False),
    "a suppressed cell keeps its number": (lambda path: words(path, ",NaN,Q,A", ",12.00,A,F"), "something else", False),
    "a Delete is a Replace": (lambda path: words(path, ",D,Q,a2,", ",R,Q,a2,"), "not in the release", False),
    "a Replace is a Delete": (lambda path: words(path, ",R,A,a2,", ",D,A,a2,"), "is deleted with a component", False),
    "what stays is deleted": (
        lambda path: line(path, 2, f"{START},D,Q,a1,2023-Q1,,,,,,,,"),
        "but is in the rel",
        False,
    ),
    "the action is Merge": (lambda path: words(path, ",R,", ",M,"), "ACTION is 'M', not R or D", False),
    "no action": (lambda path: words(path, ",R,", ",,"), "ACTION is None", False),
    "another dataflow": (lambda path: words(path, "(1.0),R", "(2.0),R"), "STRUCTURE_ID is", False),
    "half a key": (lambda path: line(path, 2, f"{START},D,Q,a2,,,,,,,,,"), "with a part of a key", False),
    "a Delete of everything": (lambda path: line(path, 2, f"{START},D,,,,,,,,,,,"), "everything is deleted", False),
    "another unit": (lambda path: words(path, ",1,,PER,0,2", ",1,,PT,0,2"), "by something else", False),
    "the value is deleted": (lambda path: words(path, ",,,,,-,,,", ",-,,,,,,,"), "with a component that every", False),
    "a Delete comes last": (lambda path: words(path, f"{GONE}{FIRST}", f"{FIRST}{GONE}"), "comes first", False),
    "a row stands twice": (lambda path: words(path, GONE, GONE * 2), "stands twice", False),
    "another column": (lambda path: words(path, ",REMARK,", ",REMARKS,"), "columns are", False),
    "a remark is lost that is there": (
        lambda path: words(path, ",D,Q,_T,2023-Q1", ",D,A,a1,2023"),
        "loses REMARK",
        False,
    ),
}
MESSAGE_FAULTS: dict[str, tuple[Callable[[Path], None], str, bool]] = {
    "a Delete is missing": (
        lambda path: words(path, '<Series FREQ="Q" REF_AREA="a2">\n<Obs TIME_PERIOD="2023-Q1"/>\n</Series>\n', ""),
        "stays after the delta",
        True,
    ),
    "a series is deleted": (lambda path: words(path, '<Obs TIME_PERIOD="2023-Q1"/>\n', ""), "part of a key", False),
    "a suppressed cell says nothing": (lambda path: words(path, ' OBS_VALUE="NaN"', ""), "by something else", False),
    "another case": (lambda path: words(path, '"NaN"', '"nan"'), "by something else", False),
    "the wrong action": (lambda path: words(path, 'ss:action="Delete"', 'ss:action="Replace"'), "not in the r", False),
    "an action that is none": (lambda path: words(path, 'ss:action="Delete"', 'ss:action="Append"'), "Append", False),
    "an action without its namespace": (lambda path: words(path, "ss:action", "action"), "no action", False),
    "another component": (lambda path: words(path, "REMARK=", "REMARKS="), "REMARKS is no component", False),
    "another dataflow": (
        lambda path: words(path, 'ss:structureRef="DF_MU', 'ss:structureRef="DF_UM'),
        "not of DF",
        False,
    ),
    "not well formed": (lambda path: words(path, "</Series>", ""), "Series", False),
}


@pytest.mark.parametrize(
    ("file", "fault"),
    [*(("delta-2.0.csv", fault) for fault in TABLE_FAULTS), *(("delta-3.0.xml", fault) for fault in MESSAGE_FAULTS)],
)
def test_a_planted_fault_is_found_and_named(tmp_path: Path, file: str, fault: str) -> None:
    """Those that need the release before are found when a release is built, the others always."""
    plant, message, needs_before = (TABLE_FAULTS if file == FILES[0] else MESSAGE_FAULTS)[fault]
    folder, subject = written(tmp_path, BEFORE, NOW)
    plant(folder / file)
    found = check.run(subject).findings
    assert any(message in finding.message for finding in found), found
    assert {finding.file for finding in found} == {f"sdmx/by-area/{file}"}
    assert not any("12.00" in finding.message for finding in found)
    alone = check.run(replace(subject, previous={})).findings
    assert any(message in finding.message for finding in alone) != needs_before


def test_a_delta_that_is_missing_is_found(tmp_path: Path) -> None:
    _, subject = written(tmp_path, BEFORE, NOW)
    for name in FILES:
        left = replace(subject, files=subject.files - {f"sdmx/by-area/{name}"}, previous={})
        assert [finding.message for finding in check.run(left).findings] == ["is missing"]
    neither = replace(subject, files=frozenset())
    assert [finding.message for finding in check.run(neither).findings] == ["is missing", "is missing"]
    assert check.run(replace(neither, previous={})).findings == ()
