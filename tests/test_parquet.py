"""Parquet: types, what each column and the file mean, and how pandas and DuckDB read it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import PROJECT, sampled
from json_stat_fixture import publication, small_dataset, with_decimals, yearly
from sdmx_data import as_read, as_text, subject
from sdmx_fixture import draft

from publisher.checks import one_truth, parquet_metadata
from publisher.checks.read_tables import READERS, read_parquet
from publisher.columns import published_schema
from publisher.formats import parquet
from publisher.formats.draft import Publication
from publisher.model import Text

pytest_plugins = ("published_fixture",)

CUBE = "by-area"
HIDDEN = "7654321"


def write(published: Publication, folder: Path, compression: str = "zstd") -> Path:
    parquet.write(published, draft(folder), {"compression": compression})
    return folder


def file(folder: Path, cube: str = CUBE) -> Path:
    return folder / f"data/{cube}.parquet"


def test_a_field_says_what_it_is_in_every_language(nav_folder: Path) -> None:
    field = pq.read_schema(file(nav_folder, "county")).field("REF_AREA")
    assert field.metadata == {
        b"label": b"Fylke",
        b"label_nb": b"Fylke",
        b"label_nn": b"Fylke",
        b"label_en": b"County",
        b"role": b"dimension",
        b"data_type": b"code",
        b"concept": b"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=NAV:CS_TILT140(1.0).REF_AREA",
        b"iri": b"https://data.example.org/nav-tilt140/dimension/REF_AREA",
        b"codelist": b"urn:sdmx:org.sdmx.infomodel.codelist.Codelist=NAV:CL_COUNTY(1.0)",
    }


def test_the_value_says_its_unit_multiplier_and_decimals(nav_folder: Path) -> None:
    said = pq.read_schema(file(nav_folder, "sex")).field("OBS_VALUE").metadata
    assert (said[b"role"], said[b"unit"], said[b"unit_multiplier"], said[b"decimals"]) == (
        b"measure",
        b"PER",
        b"0",
        b"0",
    )
    assert (said[b"unit_label"], said[b"unit_label_en"]) == (b"Personer", b"Persons")


def test_a_reader_that_knows_no_arrow_finds_the_same_in_the_key_columns(hostile_folder: Path) -> None:
    query = "SELECT decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = 'columns'"
    ((text,),) = duckdb.execute(query, [str(file(hostile_folder))]).fetchall()
    fields = pq.read_schema(file(hostile_folder))
    assert json.loads(text) == {
        field.name: {name.decode(): value.decode() for name, value in field.metadata.items()} for field in fields
    }


def test_the_file_says_whose_it_is_and_of_which_edition(nav_folder: Path) -> None:
    said = {name.decode(): value.decode() for name, value in pq.read_schema(file(nav_folder, "sex")).metadata.items()}
    assert said["title_en"] == "Participants in follow-up measures by programme and sex"
    assert said["dataset"] == "https://data.example.org/nav-tilt140/sex"
    assert (said["edition"], said["version"], said["modified"]) == ("2024-11", "2024.11.0", "2026-11-22T00:00:00Z")
    assert (said["license_name"], said["source"]) == ("CC-BY-4.0", "made-up.csv")
    assert said["publisher_en"] == "Norwegian Labour and Welfare Administration (NAV)"


def test_the_schema_that_others_use_is_as_it_was(hostile: Publication, hostile_folder: Path) -> None:
    (observations,) = hostile.observations
    plain = published_schema(observations.cube)
    assert all(field.metadata is None for field in plain)
    assert plain.metadata is None
    assert pq.read_schema(file(hostile_folder)).remove_metadata() == plain


def test_every_row_comes_back_through_duckdb(
    hostile: Publication, hostile_folder: Path, nav: Publication, nav_folder: Path
) -> None:
    for published, folder in ((hostile, hostile_folder), (nav, nav_folder)):
        for number, observations in enumerate(published.observations):
            assert as_read(read_parquet, folder, published, number) == as_text(observations)


def test_pandas_reads_codes_as_text_and_whole_numbers_with_gaps_as_whole_numbers(tmp_path: Path) -> None:
    dataset, cube = small_dataset()
    dataset, cube = small_dataset(**with_decimals(cube, 0))
    rows = yearly(["9007199254740993", None, "-9223372036854775808", "7"], 0)
    for row in rows:
        row["KIND"] = "02"
    rows[3]["MONTHS"] = 11
    frame = pd.read_parquet(file(write(publication(dataset, tmp_path / "kept", rows), tmp_path)))
    assert frame["OBS_VALUE"].dtype == "Int64"
    assert frame["OBS_VALUE"].to_list() == [9007199254740993, pd.NA, -9223372036854775808, 7]
    assert frame["MONTHS"].to_list() == [pd.NA, pd.NA, pd.NA, 11]
    assert frame["KIND"].dtype == "category"
    assert frame["KIND"].astype("string").to_list() == ["02"] * 4
    assert list(frame.columns) == list(cube.columns)
    assert list(frame.index) == [0, 1, 2, 3]


def test_pandas_reads_a_part_of_the_columns_too(nav_folder: Path) -> None:
    frame = pd.read_parquet(file(nav_folder, "county"), columns=["REF_AREA", "OBS_VALUE"])
    assert list(frame.columns) == ["REF_AREA", "OBS_VALUE"]
    assert frame["OBS_VALUE"].dtype == "Int64"
    arrow = pd.read_parquet(file(nav_folder, "county"), dtype_backend="pyarrow")
    assert arrow["OBS_VALUE"].dtype == "int64[pyarrow]"
    assert (arrow["REF_AREA"] == "03").sum() == (frame["REF_AREA"] == "03").sum() > 0


def test_decimals_are_exact_in_every_reader(tmp_path: Path) -> None:
    dataset, cube = small_dataset()
    dataset, _ = small_dataset(**with_decimals(cube, 15))
    values = ["0.123456789012345", None, "-123456789012345.000000000000001"]
    published = publication(dataset, tmp_path / "kept", yearly(values, 15))
    folder = write(published, tmp_path)
    expected = [None if value is None else Decimal(value) for value in values]
    assert pd.read_parquet(file(folder))["OBS_VALUE"].to_list() == expected
    assert pq.read_table(file(folder))["OBS_VALUE"].to_pylist() == expected
    assert [row["OBS_VALUE"] for row in as_read(read_parquet, folder, published)] == values
    assert parquet_metadata.run(subject(folder, published, tmp_path)).findings == ()


def test_nothing_is_found_in_what_is_written(
    hostile: Publication, hostile_folder: Path, nav: Publication, nav_folder: Path, tmp_path: Path
) -> None:
    for published, folder in ((hostile, hostile_folder), (nav, nav_folder)):
        outcome = parquet_metadata.run(subject(folder, published, tmp_path))
        assert outcome.findings == ()
        assert not outcome.looked_at.startswith("0 ")


def test_a_cube_without_whole_numbers_or_rows_is_described_too(tmp_path: Path) -> None:
    dataset, cube = small_dataset()
    dataset, _ = small_dataset(attributes=cube.attributes[:2])
    published = publication(dataset, tmp_path / "kept", [])
    folder = write(published, tmp_path)
    assert parquet_metadata.run(subject(folder, published, tmp_path)).findings == ()
    assert as_read(read_parquet, folder, published) == []


def rewritten(change: Callable[[pa.Table], pa.Table]) -> Callable[[Path], None]:
    """Write the table again after a change; the key ``columns`` is kept."""

    def apply(path: Path) -> None:
        columns = pq.read_metadata(path).metadata[b"columns"]
        table = change(pq.read_table(path))
        with pq.ParquetWriter(path, table.schema) as writer:
            writer.write_table(table)
            writer.add_key_value_metadata({"columns": columns})

    return apply


def with_columns(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Write the table again with another key ``columns``."""

    def apply(path: Path) -> None:
        columns = json.loads(pq.read_metadata(path).metadata[b"columns"])
        change(columns)
        table = pq.read_table(path)
        with pq.ParquetWriter(path, table.schema) as writer:
            writer.write_table(table)
            writer.add_key_value_metadata({"columns": json.dumps(columns)})

    return apply


def of_field(name: str, key: str, value: str | None) -> Callable[[pa.Table], pa.Table]:
    """Return a change of one thing that a field says; None takes it away."""

    def change(table: pa.Table) -> pa.Table:
        place = table.schema.get_field_index(name)
        field = table.schema.field(place)
        said = {**field.metadata, key.encode(): (value or "").encode()}
        if value is None:
            del said[key.encode()]
        return table.cast(table.schema.set(place, field.with_metadata(said)))

    return change


def of_file(key: str, value: str | None) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        said = {**table.schema.metadata, key.encode(): (value or "").encode()}
        if value is None:
            del said[key.encode()]
        return table.replace_schema_metadata(said)

    return change


def of_type(name: str, kind: pa.DataType, nullable: bool = True) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        place = table.schema.get_field_index(name)
        field = table.schema.field(place).with_type(kind).with_nullable(nullable)
        return table.set_column(place, field, table[name].cast(kind))

    return change


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a float": (rewritten(of_type("OBS_VALUE", pa.float64())), 'type.OBS_VALUE is "DOUBLE"'),
    "fewer decimals": (rewritten(of_type("OBS_VALUE", pa.decimal128(12, 2))), "type.OBS_VALUE is a text with digits"),
    "a number that may be missing": (rewritten(of_type("SEX", pa.string())), 'repetition.SEX is "OPTIONAL"'),
    "a text for months": (rewritten(of_type("MONTHS", pa.string())), 'type.MONTHS is "VARCHAR"'),
    "a label": (rewritten(of_field("SEX", "label", "x")), 'field.SEX.label is "x"'),
    "a label in English": (rewritten(of_field("SEX", "label_en", None)), "field.SEX.label_en is missing"),
    "a concept": (rewritten(of_field("SEX", "concept", "urn:x")), 'field.SEX.concept is "urn:x"'),
    "a codelist": (rewritten(of_field("SEX", "codelist", None)), "field.SEX.codelist is missing"),
    "a role": (rewritten(of_field("SEX", "role", "measure")), 'field.SEX.role is "measure"'),
    "a unit": (rewritten(of_field("OBS_VALUE", "unit", "PT")), 'field.OBS_VALUE.unit is "PT"'),
    "a multiplier": (rewritten(of_field("OBS_VALUE", "unit_multiplier", "3")), "unit_multiplier is a text with digits"),
    "something else": (rewritten(of_field("SEX", "hint", HIDDEN)), "field.SEX has a member that is not expected"),
    "no fields": (rewritten(lambda table: pa.table(table.columns, table.column_names)), "more like these"),
    "the title": (rewritten(of_file("title", "x")), 'key.title is "x"'),
    "the licence": (rewritten(of_file("license", None)), "key.license is missing"),
    "the version": (rewritten(of_file("version", "2024.11.1")), "key.version is a text with digits"),
    "no source": (rewritten(of_file("source", "")), "key.source is false"),
    "a key too many": (rewritten(of_file("hint", HIDDEN)), "key has a member that is not expected"),
    "what pandas is told": (rewritten(of_file("pandas", "{}")), "pandas.index_columns is missing"),
    "pandas is told no JSON": (rewritten(of_file("pandas", "{")), "its metadata cannot be read"),
    "pandas is told too much": (rewritten(of_file("pandas", "[" * 100_000)), "its metadata cannot be read"),
    "a label in columns": (with_columns(lambda said: said["SEX"].update(label="x")), 'columns.SEX.label is "x"'),
    "a column in columns": (with_columns(lambda said: said.pop("SEX")), "columns.SEX.label is missing"),
    "one too many in columns": (with_columns(lambda said: said.update(hint={"a": 1})), "columns has a member"),
    "no Parquet": (lambda path: path.write_text("no Parquet", encoding="utf-8"), "cannot be read"),
    "truncated": (lambda path: os.truncate(path, 2_000), "its metadata cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("fault", sampled(2, FAULTS))
def test_a_planted_fault_is_found_and_named(
    fault: str, hostile: Publication, hostile_folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(hostile_folder, tmp_path / "damaged"))
    plant, expected = FAULTS[fault]
    plant(file(folder))
    findings = parquet_metadata.run(subject(folder, hostile, tmp_path)).findings
    assert any(expected in finding.message for finding in findings), findings
    assert {(finding.file, finding.cube) for finding in findings} == {(f"data/{CUBE}.parquet", CUBE)}
    assert not any(HIDDEN in str(finding) for finding in findings)


def test_arrow_schemas_that_are_none_are_refused(hostile: Publication, hostile_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(hostile_folder, tmp_path / "damaged"))
    content = file(folder).read_bytes()
    own = pq.read_metadata(file(folder)).metadata[b"ARROW:schema"]
    for other in (b"!" * len(own), base64.b64encode(b"\xff" * 3 * (len(own) // 4))[: len(own)]):
        file(folder).write_bytes(content.replace(own, other.ljust(len(own), b"A")))
        findings = parquet_metadata.run(subject(folder, hostile, tmp_path)).findings
        assert findings
        assert {finding.file for finding in findings} == {f"data/{CUBE}.parquet"}


def test_what_arrow_keeps_of_the_file_is_compared_too(
    hostile: Publication, hostile_folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(hostile_folder, tmp_path / "damaged"))
    content = file(folder).read_bytes()
    own = pq.read_metadata(file(folder)).metadata[b"ARROW:schema"]
    licence = hostile.dataset.licence.url.encode()
    other = base64.b64encode(base64.b64decode(own).replace(licence, b"x" * len(licence)))
    file(folder).write_bytes(content.replace(own, other))
    assert pq.read_schema(file(folder)).metadata[b"license"] == b"x" * len(licence)
    (finding,) = parquet_metadata.run(subject(folder, hostile, tmp_path)).findings
    assert finding.message.startswith('schema.key.license is "xxx')


def test_metadata_changes_nothing_of_what_one_truth_reads(
    hostile: Publication, hostile_folder: Path, tmp_path: Path
) -> None:
    reader = next(reader for reader in READERS if reader.format == "parquet")
    assert one_truth.check_of(reader).run(subject(hostile_folder, hostile, tmp_path)).findings == ()


def test_texts_are_in_the_languages_that_they_have(tmp_path: Path) -> None:
    dataset, cube = small_dataset(title=Text((("en", "Only English"),)))
    published = publication(replace(dataset, languages=("en",)), tmp_path / "kept", yearly(["1.00"], 2))
    folder = write(published, tmp_path)
    said = pq.read_schema(file(folder, cube.id)).metadata
    assert (said[b"title"], said[b"title_en"], b"title_nb" in said) == (b"Only English", b"Only English", False)
    assert parquet_metadata.run(subject(folder, published, tmp_path)).findings == ()


_WRITE = """
import hashlib, sys
from pathlib import Path
from sdmx_fixture import draft, hostile_publication
from publisher.formats import json_stat, parquet
folder = Path(sys.argv[1])
(folder / "kept").mkdir(parents=True)
published = hostile_publication(folder / "kept")
parquet.write(published, draft(folder), {"compression": "zstd"})
json_stat.write(published, draft(folder), {})
for path in ("data/by-area.parquet", "json-stat/by-area.json"):
    print(hashlib.sha256((folder / path).read_bytes()).hexdigest())
"""


@pytest.mark.slow
def test_the_same_observations_are_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    answers = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(PROJECT / "tests")}
        command = [sys.executable, "-c", _WRITE, str(tmp_path / seed)]
        answers.add(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(answers) == 1
