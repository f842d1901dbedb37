"""One truth: every planted change of a value, a status, a key and a missing row is found and named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import PROJECT

from publisher.checks import READERS, Reader, Subject, one_truth
from publisher.definition import read_definition
from publisher.observations import Observations

DATASET = read_definition(PROJECT, "nav-tilt140")
CUBE = DATASET.cube("sex")
KEY = "M.MENTOR.F.2024-11"  # 110 women with a mentor in November

Change = Callable[[str], str]


def subject(release: Path, scratch: Path) -> Subject:
    observations = {
        cube.id: Observations(cube, PROJECT / "output/nav-tilt140/data" / f"{cube.id}.parquet", rows, 0)
        for cube, rows in ((CUBE, 252),)
    }
    files = frozenset(path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file())
    return Subject(release, DATASET, observations, files, scratch)


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

# format -> kind of planted change -> how it is planted
PLANTED: dict[str, dict[str, Callable[[Path], None]]] = {
    "csv": {
        "value": in_text("data/sex.csv", replaced(ROW, "M,MENTOR,F,2024-11,111,A,F,")),
        "status": in_text("data/sex.csv", replaced(ROW, "M,MENTOR,F,2024-11,110,P,F,")),
        "key": in_text("data/sex.csv", replaced(ROW, "M,MENTOR,F,2024-12,110,A,F,")),
        "missing": in_text("data/sex.csv", without_line_of(ROW)),
    },
    "parquet": {
        "value": in_parquet(f"UPDATE t SET OBS_VALUE = 111 {WHERE}"),
        "status": in_parquet(f"UPDATE t SET OBS_STATUS = 'P' {WHERE}"),
        "key": in_parquet(f"UPDATE t SET TIME_PERIOD = '2024-12' {WHERE}"),
        "missing": in_parquet(f"DELETE FROM t {WHERE}"),
    },
    "turtle": {
        "value": in_text("rdf/sex.ttl", replaced(TRIPLES, TRIPLES.replace("110", "111"))),
        "status": in_text("rdf/sex.ttl", replaced(TRIPLES, TRIPLES.replace("CL_OBS_STATUS:A", "CL_OBS_STATUS:P"))),
        "key": in_text("rdf/sex.ttl", replaced(TRIPLES, TRIPLES.replace("2024-11", "2024-12"))),
        "missing": in_text("rdf/sex.ttl", without_line_of(SUBJECT)),
    },
    "sdmx-ml": {
        "value": in_text("sdmx/sex/data-2.1.xml", replaced(OBS, OBS.replace("110", "111"))),
        "status": in_text("sdmx/sex/data-2.1.xml", replaced(OBS, OBS.replace('OBS_STATUS="A"', 'OBS_STATUS="P"'))),
        "key": in_text("sdmx/sex/data-2.1.xml", replaced(OBS, OBS.replace("2024-11", "2024-12"))),
        "missing": in_text("sdmx/sex/data-2.1.xml", without_line_of(OBS)),
    },
    "sdmx-csv": {
        "value": in_text("sdmx/sex/data-2.0.csv", replaced(ROW, "M,MENTOR,F,2024-11,111,A,F,")),
        "status": in_text("sdmx/sex/data-2.0.csv", replaced(ROW, "M,MENTOR,F,2024-11,110,P,F,")),
        "key": in_text("sdmx/sex/data-2.0.csv", replaced(ROW, "M,MENTOR,F,2024-12,110,A,F,")),
        "missing": in_text("sdmx/sex/data-2.0.csv", without_line_of(ROW)),
    },
}
EXPECTED = {
    "value": "OBS_VALUE is '111', '110' expected",
    "status": "OBS_STATUS is 'P', 'A' expected",
    "key": "is missing",
    "missing": "is missing",
}


def test_every_reader_has_planted_changes() -> None:
    assert {reader.format for reader in READERS} == set(PLANTED)


CASES = [pytest.param(reader, False, id=f"{reader.format}-{reader.by}") for reader in READERS]
CASES += [pytest.param(reader, True, id=f"{reader.format}-twin") for reader in READERS if reader.twin is not None]


@pytest.mark.parametrize(("reader", "twin"), CASES)
@pytest.mark.parametrize("kind", ["nothing", *EXPECTED])
def test_a_planted_change_is_found_and_named(
    reader: Reader, twin: bool, kind: str, release: Path, tmp_path: Path
) -> None:
    check = one_truth.check_of(reader)
    run = check.twin if twin and check.twin is not None else check.run
    if kind != "nothing":
        PLANTED[reader.format][kind](release)
    outcome = run(subject(release, tmp_path))
    assert outcome.looked_at == "252 observations"
    if kind == "nothing":
        assert outcome.findings == ()
        return
    assert outcome.findings != ()
    assert {finding.file for finding in outcome.findings} == {reader.path.format(cube="sex")}
    unreadable = [finding for finding in outcome.findings if "cannot read it" in finding.message]
    if unreadable:
        # A strict twin may refuse what contradicts itself, such as an IRI that is not its key's.
        assert twin or (reader.format, kind) == ("turtle", "key")
        return
    named = {finding.key: finding.message for finding in outcome.findings}
    assert EXPECTED[kind] in named[KEY]
    if kind == "key":
        assert named["M.MENTOR.F.2024-12"] == "is not among the observations"


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
    file.write_text("".join([header, *rows, rows[-1]]))
    assert [finding.message for finding in check.run(subject(release, tmp_path)).findings] == [
        "is not among the observations"
    ]


def test_a_row_that_should_not_be_there_is_named_each_time_it_stands(release: Path, tmp_path: Path) -> None:
    with (release / "data/sex.csv").open("a") as stream:
        stream.write("M,MENTOR,F,2025-01,7,A,F,\n" * 2)
    check = one_truth.check_of(next(reader for reader in READERS if reader.format == "csv"))
    found = [(finding.key, finding.message) for finding in check.run(subject(release, tmp_path)).findings]
    key = "M.MENTOR.F.2025-01"
    assert found == [(key, "stands twice"), (key, "is not among the observations")]
