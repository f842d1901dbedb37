"""CSV and Parquet whose columns are component ids: text stays text, numbers stay exact, faults have their line."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import made_up
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from publisher.columns import input_schema
from publisher.definition import read_definition
from publisher.errors import InputError
from publisher.model import Dataset
from publisher.observations import Observations, last_month, store
from publisher.sources.tidy import SOURCE, to_numbers

HEADER = "FREQ,SECTOR,TIME_PERIOD,OBS_VALUE"
ROW = "Q,_T,2024-Q1,1.50"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    made_up.write_project(folder)
    return folder


@pytest.fixture(scope="module")
def dataset(project: Path) -> Dataset:
    return read_definition(project, made_up.DATASET)


def read_all(path: Path, dataset: Dataset, folder: Path) -> dict[str, Observations]:
    reading = SOURCE.read(path, dataset, path.name)
    return {
        cube: store(dataset, dataset.cube(cube), batches, folder, path.name)
        for cube, batches in reading.batches.items()
    }


def refused(path: Path, dataset: Dataset, folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_all(path, dataset, folder)
    return [str(finding) for finding in caught.value.findings]


def csv(folder: Path, *lines: str, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
    return path


def parquet(folder: Path, **columns: Any) -> Path:
    given = {"FREQ": ["Q"], "SECTOR": ["_T"], "TIME_PERIOD": ["2024-Q1"], "OBS_VALUE": pa.array([Decimal("1.5")])}
    path = folder / "in.parquet"
    pq.write_table(pa.table({**given, **columns}), path)
    return path


def test_a_folder_is_read_cube_by_cube(project: Path, dataset: Dataset, tmp_path: Path) -> None:
    found = read_all(project / "raw" / made_up.DATASET / made_up.EDITION, dataset, tmp_path)
    assert {name: (cube.rows, cube.suppressed) for name, cube in found.items()} == {
        "establishments": (140, 19),
        "jobs": (40, 0),
        "turnover": (32, 4),
    }
    assert last_month(found.values()) == made_up.EDITION
    assert sum(row["OBS_STATUS"] == "P" for row in found["jobs"].table().to_pylist()) == 5
    assert 'NA, "estimated"' in found["jobs"].table()["COMMENT"].to_pylist()
    assert "0301" in found["jobs"].table()["REGION"].to_pylist()


@pytest.mark.parametrize(("text", "value"), [("1.50", "1.50"), ("1.5", "1.50"), ("-3", "-3.00"), ("0.01", "0.01")])
def test_decimals_stay_exact(dataset: Dataset, tmp_path: Path, text: str, value: str) -> None:
    table = read_all(csv(tmp_path, HEADER, f"Q,_T,2024-Q1,{text}"), dataset, tmp_path)["turnover"].table()
    assert [str(number) for number in table["OBS_VALUE"].to_pylist()] == [value]


@pytest.mark.parametrize(
    "text",
    ["1.505", "1e3", "1,5", "1 234", "+1", "007", "NaN", "inf", "1.", ".5", "-", "1_000", "\u0661", "0x1", "9" * 19]
    + ["NA", "-007", "1.5\n", "\u22125"],
)
def test_what_is_no_plain_number_is_refused_with_its_line(dataset: Dataset, tmp_path: Path, text: str) -> None:
    found = refused(csv(tmp_path, HEADER, ROW, f'Q,A-B,2024-Q1,"{text}"'), dataset, tmp_path)
    assert found == [
        f"in.csv:3: turnover: OBS_VALUE '{text}' is not a number with at most 2 decimals, written as 1234.55"
    ]


@pytest.mark.parametrize("text", ["1.0", "1.5", "007", "1e3", "9" * 19])
def test_whole_numbers_are_whole(text: str) -> None:
    numbers, wrong = to_numbers(pa.array([text, "12", None, "-4"]), 0)
    assert numbers.to_pylist() == [None, 12, None, -4]
    assert numbers.type == pa.int64()
    assert wrong.to_pylist() == [True, False, False, False]


def test_statuses_follow_the_value_where_they_are_absent_or_empty(dataset: Dataset, tmp_path: Path) -> None:
    absent = csv(tmp_path, HEADER, ROW, "Q,_T,2024-Q2,", name="a.csv")
    empty = csv(tmp_path, f"{HEADER},OBS_STATUS,CONF_STATUS", f"{ROW},,", "Q,_T,2024-Q2,,,", name="b.csv")
    for path in (absent, empty):
        table = read_all(path, dataset, tmp_path)["turnover"].table()
        assert table["OBS_STATUS"].to_pylist() == ["A", "Q"]
        assert table["CONF_STATUS"].to_pylist() == ["F", "A"]


def test_a_status_that_is_given_is_kept(dataset: Dataset, tmp_path: Path) -> None:
    path = csv(tmp_path, f"OBS_STATUS,{HEADER}", f"P,{ROW}")
    assert read_all(path, dataset, tmp_path)["turnover"].table()["OBS_STATUS"].to_pylist() == ["P"]


def test_a_byte_order_mark_crlf_and_blank_lines_change_nothing(dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(f"\ufeff{HEADER}\r\n{ROW}\r\n\r\nQ,A-B,2024-Q1,2\r\n\r\n".encode())
    observations = read_all(path, dataset, tmp_path)["turnover"]
    assert dict(observations.lines()) == {"Q._T.2024-Q1": 2, "Q.A-B.2024-Q1": 4}


def test_batches_have_the_schema_that_sources_hand_in(project: Path, dataset: Dataset) -> None:
    reading = SOURCE.read(project / "raw" / made_up.DATASET / made_up.EDITION, dataset, "raw")
    assert reading.tables == 3
    for cube, batches in reading.batches.items():
        assert {batch.schema for batch in batches} == {input_schema(dataset.cube(cube))}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([HEADER, ROW, "Q,XX,2024-Q1,1"], "in.csv:3: turnover: SECTOR 'XX' is not in CL_SECTOR"),
        ([HEADER, ROW, "Q,A-B,2024-Q1,1", ROW], "in.csv:4: turnover Q._T.2024-Q1: stands on line 2 already: keep one"),
        ([HEADER, ROW, "Q,_T,2024-Q7,1"], "in.csv:3: turnover: TIME_PERIOD: '2024-Q7' is no period of frequency Q"),
        ([HEADER, ROW, "Q,,2024-Q2,1"], "in.csv:3: turnover: SECTOR is empty: write its code"),
        ([HEADER, ROW, "Q,_T,2024-Q2"], "in.csv:3: Expected 4 columns, got 3: Q,_T,2024-Q2"),
        ([HEADER, ROW, "Q,_T,2024-Q2,1,"], "in.csv:3: Expected 4 columns, got 5"),
        ([f"{HEADER},OBS_STATUS", f"{ROW},Q"], "in.csv:2: turnover Q._T.2024-Q1: OBS_STATUS Q and CONF_STATUS A"),
        ([HEADER], "in.csv: turnover: holds no observation"),
        (
            ["FREQ,SECTR,TIME_PERIOD,OBS_VALUE", ROW],
            "in.csv:1: column 'SECTR' is no component: rename it, or take it away; did you mean 'SECTOR'?",
        ),
        (
            [HEADER.replace("OBS_", ""), ROW],
            "in.csv:1: column 'VALUE' is no component: rename it, or take it away; did you mean 'OBS_VALUE'?",
        ),
        ([f"{HEADER},COMMENT", f"{ROW},"], "in.csv:1: column 'COMMENT' is no component"),
        (["FREQ,SECTOR,TIME_PERIOD", "Q,_T,2024-Q1"], "in.csv:1: column 'OBS_VALUE' of cube 'turnover' is missing"),
        (["FREQ,TIME_PERIOD,OBS_VALUE", "Q,2024-Q1,1"], "in.csv:1: the columns FREQ, TIME_PERIOD, OBS_VALUE do not"),
        ([f"{HEADER},FREQ", f"{ROW},Q"], "in.csv:1: column 'FREQ' stands twice: keep one"),
        ([HEADER.replace(",", ";"), ROW.replace(",", ";")], "separate cells with commas"),
    ],
)
def test_bad_csv_is_refused(dataset: Dataset, tmp_path: Path, lines: list[str], message: str) -> None:
    assert message in refused(csv(tmp_path, *lines), dataset, tmp_path)[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "in.csv: is empty"),
        (b"PK\x03\x04\0\0\0", "in.csv: is binary, not CSV"),
        (b"%PDF-1.4\n1 0 obj\n", "in.csv:1: column '%PDF-1.4' is no component"),
        (f"{HEADER}\nQ,\xe6,2024-Q1,1\n".encode("latin-1"), "in.csv: is not UTF-8"),
        (f"{HEADER}\n".encode() + b"Q,_T,2024-Q1,1\n" * 9000 + b"Q,\xe6,2024-Q1,1\n", "in.csv:9002: "),
        (f"{HEADER}\n".encode() + b"Q,_T,2024-Q1,1\n" * 90000 + b"Q,_T\n", "in.csv:90002: Expected 4 columns, got 2"),
        (f'{HEADER}\n{ROW}\nQ,"_T,2024-Q2,1\n{ROW}\n'.encode(), "in.csv:"),
    ],
    ids=["empty", "binary", "pdf", "latin-1", "latin-1-later", "cut-later", "open-quote"],
)
def test_what_is_no_csv_is_refused(dataset: Dataset, tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    assert refused(path, dataset, tmp_path)[0].startswith(message)


def test_lines_are_counted_over_many_batches(dataset: Dataset, tmp_path: Path) -> None:
    rows = 90_000
    path = csv(tmp_path, HEADER, *[ROW] * rows, "Q,_T,2024-Q2,x")
    assert refused(path, dataset, tmp_path)[0].startswith(f"in.csv:{rows + 2}: turnover: OBS_VALUE 'x'")
    columns = {"FREQ": "Q", "SECTOR": "_T", "TIME_PERIOD": "2024-Q1"}
    values = {"OBS_VALUE": ["1.5"] * rows + ["x"]}
    path = parquet(tmp_path, **{name: [cell] * (rows + 1) for name, cell in columns.items()}, **values)
    assert refused(path, dataset, tmp_path)[0].startswith(f"in.parquet:{rows + 1}: turnover: OBS_VALUE 'x'")


def test_a_missing_file_and_another_kind_of_file_are_refused(dataset: Dataset, tmp_path: Path) -> None:
    assert refused(tmp_path / "no.csv", dataset, tmp_path) == ["no.csv: cannot be read: No such file or directory"]
    assert "is neither .csv nor .parquet" in refused(csv(tmp_path, HEADER, name="in.txt"), dataset, tmp_path)[0]


@pytest.mark.parametrize(
    ("columns", "value"),
    [
        ({}, "1.50"),
        ({"OBS_VALUE": pa.array([7])}, "7.00"),
        ({"OBS_VALUE": pa.array(["1.5"])}, "1.50"),
        ({"OBS_VALUE": pa.array([7], pa.uint64())}, "7.00"),
        ({"OBS_VALUE": pa.nulls(1)}, "None"),
        ({"OBS_VALUE": pa.array([""])}, "None"),
        ({"SECTOR": pa.array(["_T"]).dictionary_encode()}, "1.50"),
        ({"SECTOR": pa.array(["_T"], pa.large_string())}, "1.50"),
    ],
)
def test_parquet_columns_of_exact_types_are_read(
    dataset: Dataset, tmp_path: Path, columns: dict[str, Any], value: str
) -> None:
    observations = read_all(parquet(tmp_path, **columns), dataset, tmp_path)["turnover"]
    assert [str(number) for number in observations.table()["OBS_VALUE"].to_pylist()] == [value]
    assert list(observations.lines()) == [("Q._T.2024-Q1", 1)]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"OBS_VALUE": pa.array([1.5])}, "column 'OBS_VALUE' is double: a count is never a float; store it as int64"),
        ({"OBS_VALUE": pa.array([Decimal("1.505")])}, "decimal128 with at most 2 decimals"),
        ({"OBS_VALUE": pa.array([True])}, "column 'OBS_VALUE' is bool: store it as int64"),
        ({"SECTOR": pa.array([301])}, "column 'SECTOR' is int64: store it as text, so that 0301 stays 0301"),
        ({"SECTOR": pa.array([None], pa.string())}, "in.parquet:1: turnover: SECTOR is empty"),
        ({"SECTOR": pa.array(["X"])}, "in.parquet:1: turnover: SECTOR 'X' is not in CL_SECTOR"),
        ({"OTHER": pa.array([1])}, "in.parquet:1: column 'OTHER' is no component"),
    ],
)
def test_bad_parquet_is_refused(dataset: Dataset, tmp_path: Path, columns: dict[str, Any], message: str) -> None:
    assert message in refused(parquet(tmp_path, **columns), dataset, tmp_path)[0]


@pytest.mark.parametrize("cut", [0, 3, 40, 700])
def test_a_damaged_parquet_file_is_refused(dataset: Dataset, tmp_path: Path, cut: int) -> None:
    path = parquet(tmp_path)
    path.write_bytes(path.read_bytes()[:cut])
    assert refused(path, dataset, tmp_path)[0].startswith("in.parquet: is ")


def test_a_folder_has_one_file_for_each_cube_and_nothing_else(dataset: Dataset, tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    folder.mkdir()
    for name in ("turnover.csv", "turnover.parquet", "job.csv", "establishments.csv"):
        csv(folder, HEADER, ROW, name=name)
    assert refused(folder, dataset, tmp_path) == [
        "raw/job.csv: is the file of no cube: name it after its cube, or take it away; did you mean 'jobs.csv'?",
        "raw/turnover.parquet: turnover.csv holds this cube already: keep one",
        "raw: has neither jobs.csv nor jobs.parquet: add one",
    ]


def test_a_file_that_may_be_either_of_two_cubes_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    twins = replace(dataset, cubes=(*dataset.cubes, replace(dataset.cube("turnover"), id="profit")))
    (found,) = refused(csv(tmp_path, HEADER, ROW), twins, tmp_path)
    assert "may be any of the cubes 'turnover', 'profit': hand in a folder" in found


def test_the_first_twenty_bad_rows_are_listed_and_the_others_counted(dataset: Dataset, tmp_path: Path) -> None:
    rows = [f"Q,_T,{year}-Q1,x" for year in range(1900, 2000)]
    found = refused(csv(tmp_path, HEADER, *rows), dataset, tmp_path)
    assert [line.split(":")[1] for line in found[:20]] == [str(number) for number in range(2, 22)]
    assert found[20:] == ["in.csv: and 80 more like these"]


def test_a_required_code_that_a_file_lacks_is_named(project: Path, dataset: Dataset, tmp_path: Path) -> None:
    folder = project / "raw" / made_up.DATASET / made_up.EDITION
    lines = (folder / "establishments.csv").read_text(encoding="utf-8-sig").splitlines()
    path = csv(tmp_path, *(line for line in lines if "0301" not in line and ",N2," not in line))
    (found,) = refused(path, dataset, tmp_path)
    assert found.startswith("in.csv: establishments: no observation has REGION 0301: ")
