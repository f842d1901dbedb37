"""One truth: every planted change of a value, a status, a key and a missing row is found and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import PROJECT, slow_where

from publisher.checks import READERS, Reader, Subject, one_truth
from publisher.definition import read_definition
from publisher.observations import Observations

DATASET = read_definition(PROJECT, "nav-tilt140")
CUBE = DATASET.cube("sex")
KEY = "M.MENTOR.F.2024-11"  # 110 women with a mentor in November
# What the key is changed to, by kind of file; the first period in SDMX-JSON is the year.
OTHER_KEYS = {
    **{name: "M.MENTOR.F.2024-12" for name in ("csv", "parquet", "ttl", "xml", "xlsx", "px")},
    "json": "M.MENTOR.F.2024",
}

Change = Callable[[str], str]


def subject(release: Path, scratch: Path) -> Subject:
    observations = {
        cube.id: Observations(cube, PROJECT / "output/nav-tilt140/data" / f"{cube.id}.parquet", rows, 0)
        for cube, rows in ((CUBE, 252),)
    }
    files = frozenset(path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file())
    return Subject(release, DATASET, DATASET.edition("2024-11"), observations, files, scratch)


def replaced(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert text.count(old) >= 1, old
        return text.replace(old, new, 1)

    return change


def without_line_of(part: str) -> Change:
    def change(text: str) -> str:
        lines = text.splitlines(keepends=True)
        (found,) = [line for line in lines if part in line]
        return "".join(line for line in lines if line is not found)

    return change


def in_text(path: str, change: Change) -> Callable[[Path], None]:
    def apply(release: Path) -> None:
        file = release / path
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")

    return apply


def in_parquet(statement: str) -> Callable[[Path], None]:
    """Rewrite the Parquet file through a SQL statement over ``t``, a table of its rows."""

    def apply(release: Path) -> None:
        import duckdb

        file = release / "data/sex.parquet"
        with duckdb.connect() as database:
            database.execute("CREATE TABLE t AS SELECT * FROM read_parquet(?)", [str(file)])
            database.execute(statement)
            database.execute(f"COPY t TO '{file}' (FORMAT parquet)")

    return apply


WHERE = "WHERE FREQ = 'M' AND PROGRAMME = 'MENTOR' AND SEX = 'F' AND TIME_PERIOD = '2024-11'"
ROW = "M,MENTOR,F,2024-11,110,A,F,"
OBS = '<Obs TIME_PERIOD="2024-11" OBS_VALUE="110" OBS_STATUS="A" CONF_STATUS="F"/>'
SUBJECT = "obs:M.MENTOR.F.2024-11 a "
TRIPLES = "CL_SEX:F ; dim:TIME_PERIOD period:2024-11 ; mea:OBS_VALUE 110 ; att:OBS_STATUS CL_OBS_STATUS:A "

Planted = dict[str, Callable[[Path], None]]


def spelled(path: str, row: str, value: str, status: str, key: str) -> Planted:
    """Plant changes in a text file: the observation as it stands there, and with each of three changes."""
    return {
        "value": in_text(path, replaced(row, value)),
        "status": in_text(path, replaced(row, status)),
        "key": in_text(path, replaced(row, key)),
        "missing": in_text(path, without_line_of(row)),
    }


def in_csv(path: str) -> Planted:
    changes = (ROW.replace("110", "111"), ROW.replace(",A,", ",P,"), ROW.replace("2024-11", "2024-12"))
    return spelled(path, ROW, *changes)


def in_xml(path: str, row: str = OBS) -> Planted:
    status = row.replace('OBS_STATUS="A"', 'OBS_STATUS="P"').replace('OBS_STATUS" value="A"', 'OBS_STATUS" value="P"')
    return spelled(path, row, row.replace("110", "111"), status, row.replace("2024-11", "2024-12"))


def in_json(path: str) -> Planted:
    """Plant changes in SDMX-JSON, where periods are found by their place: the last of them becomes the first."""
    row = '"11":[110,0,0,null]'
    planted = spelled(path, row, '"11":[111,0,0,null]', '"11":[110,1,0,null]', '"0":[110,0,0,null]')
    return planted | {"missing": in_text(path, replaced(f",\n{row}", ""))}


def in_json_stat(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    """Change a JSON-stat file as the object it is; the observation is that of cell 455, the year's cell of it 444."""

    def apply(release: Path) -> None:
        file = release / "json-stat/sex.json"
        document = json.loads(file.read_text(encoding="utf-8"))
        assert (document["value"][455], document["status"]["455"]) == (110, "A")
        assert (document["value"][444], document["status"].get("444")) == (None, None)
        change(document)
        file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")

    return apply


def without_cell(document: dict[str, Any]) -> None:
    document["value"][455] = None
    del document["status"]["455"]


def with_other_cell(document: dict[str, Any]) -> None:
    without_cell(document)
    document["value"][444] = 110
    document["status"]["444"] = "A"


def in_workbook(change: Callable[[Any, Any, Any], None]) -> Callable[[Path], None]:
    """Change the sheet of the cube: the function gets it, the observation's cell and the code above that."""

    def apply(release: Path) -> None:
        from openpyxl import load_workbook

        file = release / "xlsx/nav-tilt140.xlsx"
        book = load_workbook(file)
        sheet = book["sex"]
        (head,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "M 2024-11"]
        (row,) = [row for row in sheet.iter_rows() if [cell.value for cell in row[-2:]] == ["MENTOR", "F"]]
        cell = row[head.column - 1]
        assert cell.value == 110
        change(sheet, cell, head)
        book.save(file)

    return apply


def into_another_column(sheet: Any, cell: Any, head: Any) -> None:
    """Put the number into a column of its own, for December."""
    sheet.insert_cols(head.column + 1)
    head.offset(0, 1).value, head.offset(-1, 1).value = "M 2024-12", "Desember\n2024"
    cell.offset(0, 1).value, cell.value = 110, "."


PX_ROW = "118 111 120 143 129 122 88 90 97 97 110"


def with_december(text: str) -> str:
    """Give PC-Axis a column more, for December, which has the number of one row and no other."""
    head, data, cells = text.partition("DATA=\n")
    for period in ('"2024M11";', '"2024-11";'):
        assert period in head
        head = head.replace(period, period[:-1] + "," + period.replace("11", "12"), 1)
    rows = [row + ' "."' for row in cells.rstrip(";\n").splitlines()]
    return head + data + "\n".join(rows).replace(f'{PX_ROW}  "."', f'{PX_ROW[:-3]}"." 110') + ";\n"


GENERIC = (
    '<generic:Obs><generic:ObsDimension value="2024-11"/><generic:ObsValue value="110"/><generic:Attributes>'
    '<generic:Value id="OBS_STATUS" value="A"/><generic:Value id="CONF_STATUS" value="F"/>'
    "</generic:Attributes></generic:Obs>"
)

# file of the cube -> kind of planted change -> how it is planted
PLANTED: dict[str, Planted] = {
    "data/sex.csv": in_csv("data/sex.csv"),
    "data/sex.parquet": {
        "value": in_parquet(f"UPDATE t SET OBS_VALUE = 111 {WHERE}"),
        "status": in_parquet(f"UPDATE t SET OBS_STATUS = 'P' {WHERE}"),
        "key": in_parquet(f"UPDATE t SET TIME_PERIOD = '2024-12' {WHERE}"),
        "missing": in_parquet(f"DELETE FROM t {WHERE}"),
    },
    "json-stat/sex.json": {
        "value": in_json_stat(lambda document: document["value"].__setitem__(455, 111)),
        "status": in_json_stat(lambda document: document["status"].update({"455": "P"})),
        "key": in_json_stat(with_other_cell),
        "missing": in_json_stat(without_cell),
    },
    "px/sex-M.px": {
        "value": in_text("px/sex-M.px", replaced(PX_ROW, PX_ROW.replace("110", "111"))),
        "status": in_text("px/sex-M.px", replaced("DATA=", 'ATTRIBUTES("MENTOR","F","2024-11")="P","F",".";\nDATA=')),
        "key": in_text("px/sex-M.px", with_december),
        "missing": in_text("px/sex-M.px", replaced(PX_ROW, PX_ROW.replace("110", '"."'))),
    },
    "xlsx/nav-tilt140.xlsx": {
        "value": in_workbook(lambda _sheet, cell, _head: setattr(cell, "value", 111)),
        "status": in_workbook(lambda _sheet, _cell, head: setattr(head, "value", "M 2024-11 a)")),
        "key": in_workbook(into_another_column),
        "missing": in_workbook(lambda _sheet, cell, _head: setattr(cell, "value", None)),
    },
    "rdf/sex.ttl": {
        "value": in_text("rdf/sex.ttl", replaced(TRIPLES, TRIPLES.replace("110", "111"))),
        "status": in_text("rdf/sex.ttl", replaced(TRIPLES, TRIPLES.replace("CL_OBS_STATUS:A", "CL_OBS_STATUS:P"))),
        "key": in_text("rdf/sex.ttl", replaced(TRIPLES, TRIPLES.replace("2024-11", "2024-12"))),
        "missing": in_text("rdf/sex.ttl", without_line_of(SUBJECT)),
    },
    **{f"sdmx/sex/data-{version}.xml": in_xml(f"sdmx/sex/data-{version}.xml") for version in ("2.1", "3.0", "3.1")},
    "sdmx/sex/data-2.1-generic.xml": in_xml("sdmx/sex/data-2.1-generic.xml", GENERIC),
    **{f"sdmx/sex/data-{version}.csv": in_csv(f"sdmx/sex/data-{version}.csv") for version in ("1.0", "2.0", "2.1")},
    **{f"sdmx/sex/data-{version}.json": in_json(f"sdmx/sex/data-{version}.json") for version in ("1.0", "2.0")},
}
EXPECTED = {
    "value": "OBS_VALUE is '111', '110' expected",
    "status": "OBS_STATUS is 'P', 'A' expected",
    "key": "is missing",
    "missing": "is missing",
}


def path_of(reader: Reader) -> str:
    return reader.path.format(cube="sex", dataset=DATASET.id, frequency="M")


WRITTEN = [reader for reader in READERS if not reader.optional]


def test_every_reader_has_planted_changes() -> None:
    assert {path_of(reader) for reader in WRITTEN} == set(PLANTED)


CASES = [
    pytest.param(reader, False, id=f"{path_of(reader)}-{reader.by}", marks=[pytest.mark.slow] * (reader.kind == "full"))
    for reader in WRITTEN
]
CASES += [pytest.param(reader, True, id=f"{path_of(reader)}-twin") for reader in WRITTEN if reader.twin is not None]


@pytest.mark.parametrize(("reader", "twin"), CASES)
@pytest.mark.parametrize("kind", slow_where(lambda kind: kind not in ("nothing", "value"), ["nothing", *EXPECTED]))
def test_a_planted_change_is_found_and_named(
    reader: Reader, twin: bool, kind: str, release: Path, tmp_path: Path
) -> None:
    check = one_truth.check_of(reader)
    run = check.twin if twin and check.twin is not None else check.run
    if kind != "nothing":
        PLANTED[path_of(reader)][kind](release)
    outcome = run(subject(release, tmp_path))
    assert outcome.looked_at == "252 observations"
    if kind == "nothing":
        assert outcome.findings == ()
        return
    assert outcome.findings != ()
    assert {finding.file for finding in outcome.findings} == {path_of(reader)}
    unreadable = [finding for finding in outcome.findings if "cannot read it" in finding.message]
    if unreadable:
        # A strict parser may refuse what contradicts itself: an IRI that is not its key's, periods out of order.
        assert twin or kind == "key"
        return
    named = {finding.key: finding.message for finding in outcome.findings}
    assert EXPECTED[kind] in named[KEY]
    if kind == "key":
        assert named[OTHER_KEYS[path_of(reader).rpartition(".")[2]]] == "is not among the observations"


def test_a_file_that_is_not_there_is_named(release: Path, tmp_path: Path) -> None:
    (release / "data/sex.csv").unlink()
    check = one_truth.check_of(next(reader for reader in READERS if reader.format == "csv"))
    (finding,) = check.run(subject(release, tmp_path)).findings
    assert (finding.file, finding.message) == ("data/sex.csv", "is missing")


def test_rows_in_another_order_are_equal_and_a_row_twice_is_not(release: Path, tmp_path: Path) -> None:
    file = release / "data/sex.csv"
    header, *rows = file.read_text().splitlines(keepends=True)
    check = one_truth.check_of(next(reader for reader in READERS if reader.format == "csv"))
    file.write_text("".join([header, *reversed(rows)]))
    assert check.run(subject(release, tmp_path)).findings == ()
    for again in (rows[-1], rows[0]):
        file.write_text("".join([header, *rows, again]))
        assert [finding.message for finding in check.run(subject(release, tmp_path)).findings] == ["stands twice"]


def test_a_row_that_should_not_be_there_is_named_each_time_it_stands(release: Path, tmp_path: Path) -> None:
    with (release / "data/sex.csv").open("a") as stream:
        stream.write("M,MENTOR,F,2025-01,7,A,F,\n" * 2)
    check = one_truth.check_of(next(reader for reader in READERS if reader.format == "csv"))
    found = [(finding.key, finding.message) for finding in check.run(subject(release, tmp_path)).findings]
    key = "M.MENTOR.F.2025-01"
    assert found == [(key, "stands twice"), (key, "is not among the observations")]
