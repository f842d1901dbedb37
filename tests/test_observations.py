"""A cube's observations: kept in key order, refused when wrong, in memory that does not grow."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import made_up
import pyarrow as pa
import pytest
from sdmx_fixture import hostile_dataset, hostile_rows

from publisher.columns import SOURCE_LINE, input_schema, key_texts, published_schema
from publisher.definition import read_definition
from publisher.errors import InputError
from publisher.model import Cube, Dataset
from publisher.observations import Observations, last_month, store

Row = Mapping[str, Any]
Store = Callable[..., Observations]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    project = tmp_path_factory.mktemp("project")
    made_up.write_project(project)
    return read_definition(project, made_up.DATASET)


def turnover(line: int, period: str = "2024-Q1", sector: str = "_T", value: str | None = "1.50", **other: Any) -> Row:
    """One observation of the cube ``turnover``, statuses as its value wants them."""
    statuses = ("Q", "A") if value is None else ("A", "F")
    return {
        "FREQ": "Q" if "Q" in period else "A",
        "SECTOR": sector,
        "TIME_PERIOD": period,
        "OBS_VALUE": None if value is None else Decimal(value),
        "OBS_STATUS": statuses[0],
        "CONF_STATUS": statuses[1],
        SOURCE_LINE: line,
        **other,
    }


def keep(dataset: Dataset, cube: Cube, rows: Iterable[Row], folder: Path) -> Observations:
    batch = pa.RecordBatch.from_pylist(list(rows), schema=input_schema(cube))
    return store(dataset, cube, [batch], folder, "hand.csv")


def refused(dataset: Dataset, rows: Iterable[Row], folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        keep(dataset, dataset.cube("turnover"), rows, folder)
    return [str(finding) for finding in caught.value.findings]


def test_observations_come_out_in_key_order_whatever_the_order_they_came_in(dataset: Dataset, tmp_path: Path) -> None:
    rows = [
        turnover(number, period, sector, None if number == 3 else f"{number}.25")
        for number, (period, sector) in enumerate((p, s) for s in made_up.SECTORS for _, p in made_up.PERIODS)
    ]
    random.Random(1).shuffle(rows)
    observations = keep(dataset, dataset.cube("turnover"), rows, tmp_path)
    table = observations.table()
    keys = key_texts(table, observations.cube).to_pylist()
    assert keys == sorted(keys)
    assert (observations.rows, observations.suppressed) == (32, 1)
    assert dict(observations.lines()) == {f"{r['FREQ']}.{r['SECTOR']}.{r['TIME_PERIOD']}": r[SOURCE_LINE] for r in rows}
    assert set(table["OBS_VALUE"].to_pylist()) == {None if n == 3 else Decimal(f"{n}.25") for n in range(32)}


@pytest.mark.parametrize("value", [None, "2.00"])
def test_the_schema_is_the_cubes_whether_or_not_a_value_is_hidden(
    dataset: Dataset, tmp_path: Path, value: str | None
) -> None:
    cube = dataset.cube("turnover")
    observations = keep(dataset, cube, [turnover(2, value=value)], tmp_path)
    assert [field.name for field in published_schema(cube) if field.nullable] == ["OBS_VALUE"]
    assert observations.table().schema == published_schema(cube)
    assert [batch.schema for batch in observations.batches()] == [published_schema(cube)]


def test_small_batches_hold_the_same_observations(dataset: Dataset, tmp_path: Path) -> None:
    rows = [turnover(line, period) for line, (_, period) in enumerate(made_up.PERIODS)]
    observations = keep(dataset, dataset.cube("turnover"), rows, tmp_path)
    assert [batch.num_rows for batch in observations.batches(3)] == [3, 3, 2]
    assert sum((batch.to_pylist() for batch in observations.batches(3)), []) == observations.table().to_pylist()


def test_an_unknown_code_is_refused_with_its_line_and_the_nearest(dataset: Dataset, tmp_path: Path) -> None:
    assert refused(dataset, [turnover(2), turnover(7, sector="AB")], tmp_path) == [
        "hand.csv:7: turnover: SECTOR 'AB' is not in CL_SECTOR; did you mean 'A-B'?"
    ]


@pytest.mark.parametrize(
    ("period", "frequency"), [("2024-Q5", "Q"), ("2024", "Q"), ("2024-Q1", "A"), ("2024-13", "A"), ("2024-Q01", "Q")]
)
def test_a_period_that_is_none_of_its_frequency_is_refused(
    dataset: Dataset, tmp_path: Path, period: str, frequency: str
) -> None:
    (found,) = refused(dataset, [turnover(5, period, FREQ=frequency)], tmp_path)
    assert found.startswith(f"hand.csv:5: turnover: TIME_PERIOD: '{period}' is no period of frequency {frequency}")


def test_a_key_twice_is_refused_with_both_lines(dataset: Dataset, tmp_path: Path) -> None:
    rows = [turnover(9), turnover(2, sector="A-B"), turnover(4, value=None)]
    assert refused(dataset, rows, tmp_path) == ["hand.csv:9: turnover Q._T.2024-Q1: stands on line 4 already: keep one"]


def test_a_key_twice_is_seen_across_batches(dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.observations.BATCH_ROWS", 1)
    rows = [turnover(line, f"{1900 + line // 3}") for line in range(30)]
    assert len(refused(dataset, rows, tmp_path)) == 20


@pytest.mark.parametrize(
    "other",
    [
        {"value": None, "OBS_STATUS": "A"},
        {"value": None, "CONF_STATUS": "F"},
        {"value": "4.00", "OBS_STATUS": "Q"},
        {"value": "4.00", "CONF_STATUS": "A"},
    ],
)
def test_a_status_that_contradicts_its_value_is_refused(
    dataset: Dataset, tmp_path: Path, other: dict[str, Any]
) -> None:
    (found,) = refused(dataset, [turnover(2), turnover(3, "2023", **other)], tmp_path)
    assert found == (
        "hand.csv:3: turnover A._T.2023: OBS_STATUS Q and CONF_STATUS A go with an empty value, and only with one"
    )


def test_a_hidden_value_is_refused_where_the_definition_has_no_suppression(dataset: Dataset, tmp_path: Path) -> None:
    (found,) = refused(replace(dataset, suppression=None), [turnover(2, value=None)], tmp_path)
    assert "a value is hidden, but the definition has no [suppression]" in found


def test_required_codes_that_no_observation_has_are_listed(dataset: Dataset, tmp_path: Path) -> None:
    cube = replace(dataset.cube("turnover"), required={"SECTOR": ("_T", "A-B", "C$1")})
    with pytest.raises(InputError, match=r"hand.csv: turnover: no observation has SECTOR A-B, C\$1: .*optional"):
        keep(dataset, cube, [turnover(2)], tmp_path)


def test_the_first_twenty_faults_are_listed_and_the_others_counted(dataset: Dataset, tmp_path: Path) -> None:
    found = refused(dataset, [turnover(line, sector="X") for line in range(2, 52)], tmp_path)
    assert len(found) == 21
    assert found[-1].endswith("more like these")


@pytest.mark.parametrize(
    ("listed", "month"),
    [
        ([("Q", "2024-Q3"), ("Q", "2024-Q1"), ("A", "2024")], "2024-09"),
        ([("M", "2024-11"), ("A", "2024"), ("Q", "2024-Q4")], "2024-11"),
        ([("M", "2023-12"), ("M", "2024-02")], "2024-02"),
        ([("A", "2023")], "2023-12"),
        ([("W", "2024-W01"), ("A", "2024")], "2024-01"),
        ([("D", "2024-02-29"), ("M", "2024-12")], "2024-02"),
    ],
)
def test_the_last_month_is_where_the_last_period_of_the_finest_frequency_ends(
    dataset: Dataset, tmp_path: Path, listed: list[tuple[str, str]], month: str
) -> None:
    codes = tuple(replace(dataset.codelist("CL_FREQ")["Q"], id=code) for code in "DWMQTSA")
    cube = dataset.cube("turnover")
    first = replace(
        cube.dimensions[0],
        concept=replace(cube.dimensions[0].concept, codelist=replace(dataset.codelist("CL_FREQ"), codes=codes)),
    )
    cube = replace(cube, dimensions=(first, *cube.dimensions[1:]))
    rows = [turnover(line, period, FREQ=frequency) for line, (frequency, period) in enumerate(listed)]
    observations = [keep(dataset, replace(cube, id=f"cube-{n}"), [row], tmp_path) for n, row in enumerate(rows)]
    assert last_month(observations) == month


def test_no_observation_has_no_last_month() -> None:
    with pytest.raises(InputError, match="no observation"):
        last_month([])


@pytest.mark.slow
def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Three times the rows take at most a fifth more memory, in processes of their own."""
    import os
    import subprocess
    import sys

    root = Path(__file__).parents[1]
    program = f"""
import resource, sys
sys.path[:0] = [{str(root)!r}, {str(root / "benchmarks")!r}]
from pathlib import Path
from publisher.definition import read_definition
from publisher.observations import store
from publisher.sources.tidy import read
folder = Path(sys.argv[1])
dataset = read_definition(folder, "synthetic")
reading = read(folder / "raw/synthetic/2024-12.parquet", dataset, "synthetic")
kept = store(dataset, dataset.cubes[0], reading.batches["persons"], folder, "synthetic")
print(kept.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
    peaks = []
    for rows in (1_000_000, 3_000_000):
        folder = tmp_path / str(rows)
        write = f"import sys; sys.path.insert(0, {str(root / 'benchmarks')!r}); import synthetic, pathlib;"
        write += f"synthetic.write_synthetic(pathlib.Path({str(folder)!r}), {rows})"
        subprocess.run([sys.executable, "-c", write], check=True)
        ran = subprocess.run(
            [sys.executable, "-c", program, str(folder)], check=True, capture_output=True, text=True, env=os.environ
        )
        stored, peak = map(int, ran.stdout.split())
        assert stored == rows
        peaks.append(peak)
    assert peaks[1] <= 1.2 * peaks[0]


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("MONTHS", 2**31, "MONTHS is 2147483648, beyond what SDMX's Integer holds"),
        ("MONTHS", -(2**31) - 1, "MONTHS is -2147483649, beyond what SDMX's Integer holds"),
        ("REMARK", "lost\ufeffmark", "holds a control character"),
    ],
)
def test_what_some_format_cannot_carry_is_refused(column: str, cell: object, message: str, tmp_path: Path) -> None:
    dataset = hostile_dataset()
    cube = dataset.cubes[0]
    rows = [row | {column: cell} if number == 0 else row for number, row in enumerate(hostile_rows(cube))]
    with pytest.raises(InputError) as refusal:
        store(dataset, cube, [pa.RecordBatch.from_pylist(rows, input_schema(cube))], tmp_path, "hand.csv")
    (found,) = refusal.value.findings
    assert message in found.message
    assert found.line == 1
