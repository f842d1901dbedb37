"""The check of deltas: each planted fault is found and named, and no value is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from delta_fixture import BEFORE, FILES, KEYS, NOW, written

from publisher.checks import sdmx_delta as check

pytestmark = pytest.mark.slow


def line(path: Path, number: int, new: str | None) -> None:
    """Replace a line of a file, counted from 0, or take it away."""
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[number : number + 1] = [] if new is None else [new]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def every(path: Path, old: str, new: str) -> None:
    """Replace words wherever they stand in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def words(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


START = "dataflow,MADE_UP:DF_MU_BY_AREA(1.0)"
GONE = f"{START},D,Q,a2,2023-Q1,,,,,,,,\n"
FIRST = f"{START},R,A,_T,2023,NaN,Q,A,3,,PER,0,2\n"
NO_PERIOD = "TIME_PERIOD is no period of its FREQ"
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
TABLE_FAULTS |= {
    "an unknown code is deleted": (
        lambda path: words(path, ",D,Q,a2,", ",D,Q,ZZ,"),
        "REF_AREA is no code of CL_AREA",
        False,
    ),
    "month 13 is deleted": (lambda path: words(path, GONE, GONE.replace("2023-Q1", "2023-13")), NO_PERIOD, False),
    "a quarter of a year is deleted": (lambda path: words(path, GONE, GONE.replace(",Q,", ",A,")), NO_PERIOD, False),
    "a fifth quarter is deleted": (lambda path: words(path, GONE, GONE.replace("-Q1", "-Q5")), NO_PERIOD, False),
    "an unknown status": (lambda path: words(path, ",A,F,9", ",Z,F,9"), "OBS_STATUS is no code of CL_OBS", False),
    "a remark is deleted by its words": (
        lambda path: words(path, ",,,,,-,,,", ",,,,,12.00,,,"),
        "REMARK is deleted with something else than a dash",
        False,
    ),
}
HEAD_ACTION = "<message:DataSetAction>Delete</message:DataSetAction>"
NO_ID = "the header's ID is not MU_BY_AREA_2024-11_SINCE_ and the version of the release before"
SECOND = (
    '<message:DataSet xsi:type="ns1:DataSetType" ss:structureRef="DF_MU_BY_AREA" ss:action="Delete">'
    '<Series FREQ="Q" REF_AREA="a3"><Obs TIME_PERIOD="2023-Q1"/></Series></message:DataSet>'
)
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
    "an observation before every series": (
        lambda path: words(path, "<Series", '<Obs TIME_PERIOD="2023"/>\n<Series'),
        "an observation stands in no series",
        False,
    ),
    "an observation after its series": (
        lambda path: words(path, "</Series>", '</Series>\n<Obs TIME_PERIOD="2023"/>'),
        "an observation stands in no series",
        False,
    ),
    "an unknown code is deleted": (
        lambda path: words(
            path, '"Q" REF_AREA="a2">\n<Obs TIME_PERIOD="2023-Q1"/>', '"Q" REF_AREA="Z"><Obs TIME_PERIOD="2023-Q1"/>'
        ),
        "REF_AREA is no code of CL_AREA",
        False,
    ),
    "a period of another frequency is deleted": (
        lambda path: words(path, 'TIME_PERIOD="2023-Q1"/>', 'TIME_PERIOD="2023"/>'),
        NO_PERIOD,
        False,
    ),
    "an action in the header of two": (
        lambda path: words(path, "<message:DataSetID>", f"{HEAD_ACTION}<message:DataSetID>"),
        "the header holds a DataSetAction that is not expected",
        False,
    ),
    "since no version": (lambda path: every(path, "_SINCE_2024-10-0", "_SINCE_2024.10.0"), NO_ID, False),
    "since a month": (lambda path: every(path, "_SINCE_2024-10-0", "_SINCE_2024-10"), NO_ID, False),
    "since a month of two digits": (lambda path: every(path, "_SINCE_2024-10-0", "_SINCE_2024-09-0"), NO_ID, False),
    "since nothing": (lambda path: every(path, "_SINCE_2024-10-0", ""), NO_ID, False),
    "the id of another cube": (lambda path: every(path, "MU_BY_AREA_2024-11_S", "MU_2024-11_S"), NO_ID, False),
    "a data set of another release": (
        lambda path: words(path, "10-0_DELETE", "9-0_DELETE"),
        "the header lacks DataSetID 'MU_BY_AREA_2024-11_SINCE_2024-10-0_DELETE'",
        False,
    ),
    "a data set without an id": (
        lambda path: words(
            path, "<message:DataSetID>MU_BY_AREA_2024-11_SINCE_2024-10-0_REPLACE</message:DataSetID>", ""
        ),
        "the header lacks DataSetID",
        False,
    ),
    "another sender": (lambda path: words(path, 'Sender id="', 'Sender id="X'), "the header lacks Sender/@id", False),
    "a test": (lambda path: words(path, ">false<", ">true<"), "the header lacks Test 'false'", False),
    "a header that reports on a time": (
        lambda path: words(
            path, "</message:Header>", "<message:ReportingBegin>2023</message:ReportingBegin></message:Header>"
        ),
        "a ReportingBegin that is not expected",
        False,
    ),
    "two data sets of an action": (
        lambda path: words(path, "</message:DataSet>\n<message:DataSet", f"</message:DataSet>{SECOND}<message:DataSet"),
        "two data sets of the same action",
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


OBSERVATION = '<Obs TIME_PERIOD="2023" OBS_VALUE="NaN" OBS_STATUS="Q" CONF_STATUS="A" MONTHS="3"/>\n'
SERIES = f'<Series FREQ="A" REF_AREA="_T" UNIT_MEASURE="PER" UNIT_MULT="0" DECIMALS="2">\n{OBSERVATION}</Series>\n'
LOST = ",D,Q,_T,2023-Q1,,,,,-,,,"
# What one of the two files no longer says: which file, its words and what they become; which file then says more,
# of which observation, and words of the finding.
UNLIKE: dict[str, tuple[str, str, str, str, str, str]] = {
    "a suppressed cell is not in the table": (
        FILES[0], FIRST, "", FILES[1], "A._T.2023", "is replaced here, but not in delta-2.0.csv",
    ),
    "a suppressed cell is not in the message": (
        FILES[1], SERIES, "", FILES[0], "A._T.2023", "is replaced here, but not in delta-3.0.xml",
    ),
    "a Delete is not in the table": (
        FILES[0], GONE, "", FILES[1], "Q.a2.2023-Q1", "is deleted here, but not in delta-2.0.csv",
    ),
    "a Delete is not in the message": (
        FILES[1], '<Series FREQ="Q" REF_AREA="a2">\n<Obs TIME_PERIOD="2023-Q1"/>\n</Series>\n', "",
        FILES[0], "Q.a2.2023-Q1", "is deleted here, but not in delta-3.0.xml",
    ),
    "a row more in the table": (
        FILES[0], GONE, GONE + GONE.replace("Q,a2,2023-Q1", "A,a3,2023"), FILES[0], "A.a3.2023",
        "is deleted here, but not in delta-3.0.xml",
    ),
    "a loss that only the table names": (
        FILES[1], '<Series FREQ="Q" REF_AREA="_T">\n<Obs TIME_PERIOD="2023-Q1" REMARK="-"/>\n</Series>\n', "",
        FILES[0], "Q._T.2023-Q1", "is deleted here, but not in delta-3.0.xml",
    ),
    "a second loss that only the table names": (
        FILES[0], LOST, LOST.replace(",-,", "-,-,"), FILES[0], "Q._T.2023-Q1",
        "is deleted otherwise than in delta-3.0.xml: MONTHS",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", UNLIKE)
def test_what_only_one_of_two_files_says_is_named_without_the_release_before(tmp_path: Path, fault: str) -> None:
    spoilt, old, new, file, key, message = UNLIKE[fault]
    folder, subject = written(tmp_path, BEFORE, NOW)
    words(folder / spoilt, old, new)
    (finding,) = check.run(replace(subject, previous={})).findings
    assert (finding.file, finding.cube, finding.key, finding.message) == (
        f"sdmx/by-area/{file}", "by-area", key, message,
    )  # fmt: skip


def test_any_value_of_a_deleted_attribute_will_do_in_a_message(tmp_path: Path) -> None:
    folder, subject = written(tmp_path, BEFORE, NOW)
    words(folder / FILES[1], 'REMARK="-"', 'REMARK="old"')
    assert check.run(subject).findings == ()
    assert check.run(replace(subject, previous={})).findings == ()


def test_a_header_names_the_action_of_its_only_data_set(tmp_path: Path) -> None:
    """And no action, nor the id of a data set, where nothing changed."""
    gone = {key: cell for key, cell in BEFORE.items() if key != KEYS[4]}
    folder, subject = written(tmp_path / "one", BEFORE, gone)
    assert HEAD_ACTION in (folder / FILES[1]).read_text(encoding="utf-8")
    assert check.run(subject).findings == ()
    words(folder / FILES[1], HEAD_ACTION, HEAD_ACTION.replace("Delete", "Replace"))
    assert [finding.message for finding in check.run(subject).findings] == [
        "the header lacks DataSetAction 'Delete'", "the header holds a DataSetAction that is not expected",
    ]  # fmt: skip
    folder, subject = written(tmp_path / "none", BEFORE, BEFORE)
    assert check.run(subject).findings == ()
    words(folder / FILES[1], "</message:Header>", f"{HEAD_ACTION}</message:Header>")
    assert [finding.message for finding in check.run(subject).findings] == [
        "the header holds a DataSetAction that is not expected"
    ]
