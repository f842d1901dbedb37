"""SDMX-JSON data 1.0 and 2.0: valid under the official schemas, read back exactly, faults found and named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from helpers import sampled, slow_where
from hypothesis import given, settings
from hypothesis import strategies as st
from sdmx_data import TEXTS, as_read, as_text, one, spoil, written
from sdmx_fixture import HOSTILE, hostile_dataset, hostile_publication, nav_publication
from sdmx_quality import with_quality

from publisher.checks import line_blocks, sdmx_json_headers, sdmx_json_schema
from publisher.checks.check import Outcome, Subject
from publisher.checks.one_truth import check_of
from publisher.checks.read_sdmx_json import READERS
from publisher.checks.reader import Read, UnreadableError
from publisher.columns import input_schema
from publisher.engines.embedded import write_rows
from publisher.formats import sdmx_json
from publisher.formats.draft import Draft, Publication
from publisher.formats.sdmx_json_message import VERSIONS, used
from publisher.model import Attribute, Concept, DataType, Text
from publisher.observations import store

READS: dict[str, tuple[str, Read]] = {
    f"{reader.path[17:]} {name}": (reader.path, read)
    for reader in READERS
    for name, read in (("as JSON", reader.read), ("by lines", reader.twin))
    if read is not None
}
NUMBERS = [version.number for version in VERSIONS]


def subject(folder: Path, publication: Publication) -> Subject:
    files = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    by_cube = {observations.cube.id: observations for observations in publication.observations}
    return Subject(folder, publication.dataset, publication.edition, by_cube, files, folder)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return hostile_publication(tmp_path_factory.mktemp("observations"))


@pytest.fixture(scope="module")
def release(made_up: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(made_up, tmp_path_factory.mktemp("release"), sdmx_json.FORMAT)


def message(release: Path, number: str) -> Any:
    return json.loads((release / f"sdmx/by-area/data-{number}.json").read_bytes(), parse_float=str)


def structure(release: Path, number: str) -> Any:
    data = message(release, number)["data"]
    return data["structure"] if number == "1.0" else data["structures"][0]


# Read back


@pytest.mark.parametrize("by", READS)
def test_every_observation_comes_back_exactly(by: str, made_up: Publication, release: Path) -> None:
    expected = as_text(made_up.observations[0])
    assert {"1.50", None} <= {row["OBS_VALUE"] for row in expected}
    assert {HOSTILE, None} <= {row["REMARK"] for row in expected}
    assert as_read(READS[by][1], release, made_up) == expected


@pytest.mark.parametrize("by", [by for by in READS if "lines" in by])
@pytest.mark.parametrize("size", slow_where(lambda size: size < 5_000, [40, 300, 5_000]))
def test_the_plain_parser_carries_a_series_from_block_to_block(
    by: str, size: int, made_up: Publication, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_blocks, "BLOCK", size)
    assert as_read(READS[by][1], release, made_up) == as_text(made_up.observations[0])


@pytest.mark.slow
def test_every_cube_of_the_project_is_valid_and_comes_back_exactly(tmp_path: Path) -> None:
    publication = nav_publication(tmp_path)
    folder = written(publication, tmp_path / "r", sdmx_json.FORMAT)
    for _, read in READS.values():
        for number, observations in enumerate(publication.observations):
            assert as_read(read, folder, publication, number) == as_text(observations)
    assert sdmx_json_schema.run(subject(folder, publication)) == Outcome((), "14 files")


@pytest.mark.parametrize("by", READS)
def test_how_a_message_is_laid_out_is_nothing_to_a_reader_of_json(
    by: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    path, read = READS[by]
    folder = spoil(release, tmp_path, path.format(cube="by-area"), lambda text: text.replace(",\n", " ,\n\n"))
    if "JSON" in by:
        assert as_read(read, folder, made_up) == as_text(made_up.observations[0])
    else:
        with pytest.raises(UnreadableError):
            as_read(read, folder, made_up)


def test_a_cube_without_observations_is_written_read_and_valid(tmp_path: Path, made_up: Publication) -> None:
    dataset = hostile_dataset()
    empty = store(dataset, dataset.cubes[0], [], tmp_path, "made-up.csv")
    publication = replace(made_up, observations=(empty,))
    folder = written(publication, tmp_path / "r", sdmx_json.FORMAT)
    for _, read in READS.values():
        assert as_read(read, folder, publication) == []
    for check in (sdmx_json_schema.run, sdmx_json_schema.run_on_openings):
        assert check(subject(folder, publication)).findings == ()


def test_an_attribute_that_no_observation_has_is_left_out(tmp_path: Path, made_up: Publication) -> None:
    folder = tmp_path / "r"
    publication = observed(made_up, tmp_path, [(Decimal("1.00"), None, None)])
    written(publication, folder, sdmx_json.FORMAT)
    said = structure(folder, "2.0")["attributes"]["observation"]
    listed = {part["id"]: [value["id"] for value in part["values"]] for part in said}
    assert listed == {"OBS_STATUS": ["A"], "CONF_STATUS": ["F"]}
    for _, read in READS.values():
        assert as_read(read, folder, publication) == as_text(publication.observations[0])
    assert sdmx_json_schema.run(subject(folder, publication)).findings == ()


def test_a_coded_attribute_may_be_absent(tmp_path: Path, made_up: Publication) -> None:
    publication = with_quality(made_up, tmp_path)
    folder = written(publication, tmp_path / "r", sdmx_json.FORMAT)
    for _, read in READS.values():
        assert as_read(read, folder, publication) == as_text(publication.observations[0])
    assert sdmx_json_schema.run(subject(folder, publication)).findings == ()


def uncoded(made_up: Publication, folder: Path, values: tuple[str, ...], data_type: DataType = "number") -> Publication:
    """Return the made-up dataset with an attribute without a codelist, and one series that has these values of it."""
    dataset = made_up.dataset
    concept = Concept("WEIGHT", Text((("nb", "Vekt"), ("en", "Weight"))), data_type=data_type)
    (cube,) = dataset.cubes
    cube = replace(cube, attributes=(*cube.attributes, Attribute(concept)))
    dataset = replace(dataset, concepts=(*dataset.concepts, concept), cubes=(cube,))
    lines = [
        {
            "FREQ": "A", "REF_AREA": "a1", "SEX": "_T", "AGE": "_T", "KIND": "1", "TIME_PERIOD": str(2000 + number),
            "OBS_VALUE": Decimal(number), "OBS_STATUS": "A", "CONF_STATUS": "F", "MONTHS": 12, "REMARK": None,
            "WEIGHT": value or None, "SOURCE_LINE": number,
        }
        for number, value in enumerate(("", *values))
    ]  # fmt: skip
    observations = store(dataset, cube, [pa.RecordBatch.from_pylist(lines, input_schema(cube))], folder, "any.csv")
    return replace(made_up, dataset=dataset, observations=(observations,))


@pytest.mark.parametrize(
    ("data_type", "ids", "others"),
    [
        ("number", ("-3", "1000", "1e3", "7"), ("+1", "-0.5", "0.5", "0.50", "1 000")),
        ("period", ("2024", "2024-W01"), ("2024-01-31T00:00:00",)),
        ("string", (), ("0.5", "7")),
    ],
)
def test_a_number_that_cannot_be_an_id_is_written_as_free_text(
    data_type: DataType, ids: tuple[str, ...], others: tuple[str, ...], made_up: Publication, tmp_path: Path
) -> None:
    publication = uncoded(made_up, tmp_path, (*ids, *others), data_type)
    folder = written(publication, tmp_path / "r", sdmx_json.FORMAT)
    for number in NUMBERS:
        part = structure(folder, number)["attributes"]["observation"][-1]
        listed = {value["name"]: value for value in part["values"]}
        assert part["id"] == "WEIGHT"
        assert {name for name, value in listed.items() if "id" in value} == set(ids)
        assert {name for name, value in listed.items() if "id" not in value} == set(others)
        assert all(value["id"] == name for name, value in listed.items() if "id" in value)
        spelled = {"name"} if number == "1.0" else {"name", "value"}
        assert all(value == dict.fromkeys(spelled, name) for name, value in listed.items() if name in others)
    for _, read in READS.values():
        assert as_read(read, folder, publication) == as_text(publication.observations[0])
    for check in (
        sdmx_json_schema.run,
        sdmx_json_schema.run_on_openings,
        sdmx_json_headers.run,
        sdmx_json_headers.run_on_openings,
    ):
        assert check(subject(folder, publication)).findings == ()


@pytest.mark.parametrize(
    ("number", "old", "new", "said"),
    [
        ("1.0", '"name": "0.5"', '"id": "0.5",\n        "name": "0.5"', "id is not expected"),
        ("2.0", '"value": "0.5"', '"id": "0.5"', "value is missing"),
        ("2.0", '"value": "0.5"', '"value": "0.6"', "value is"),
        ("1.0", '"id": "1000"', '"description": "1000"', "id is missing"),
        ("2.0", '"id": "1000"', '"value": "1000"', "id is missing"),
    ],
)
def test_a_number_that_has_an_id_where_it_cannot_and_none_where_it_can_is_found(
    number: str, old: str, new: str, said: str, made_up: Publication, tmp_path: Path
) -> None:
    publication = uncoded(made_up, tmp_path, ("0.5", "1000"))
    release = written(publication, tmp_path / "r", sdmx_json.FORMAT)
    folder = spoil(release, tmp_path / "s", f"sdmx/by-area/data-{number}.json", one(old, new))
    findings = [str(finding) for finding in sdmx_json_headers.run(subject(folder, publication)).findings]
    assert any(said in finding for finding in findings), findings


def observed(
    made_up: Publication, folder: Path, cells: list[tuple[Decimal | None, int | None, str | None]]
) -> Publication:
    """Return the made-up dataset with one series of these values, months and remarks."""
    dataset, cube = made_up.dataset, made_up.dataset.cubes[0]
    lines = [
        {
            "FREQ": "A", "REF_AREA": "a1", "SEX": "_T", "AGE": "_T", "KIND": "1", "TIME_PERIOD": str(2000 + number),
            "OBS_VALUE": value, "OBS_STATUS": "Q" if value is None else "A",
            "CONF_STATUS": "A" if value is None else "F", "MONTHS": months, "REMARK": remark, "SOURCE_LINE": number,
        }
        for number, (value, months, remark) in enumerate(cells)
    ]  # fmt: skip
    observations = store(dataset, cube, [pa.RecordBatch.from_pylist(lines, input_schema(cube))], folder, "any.csv")
    return replace(made_up, observations=(observations,))


@pytest.mark.slow
@given(size=st.integers(1, 400))
@settings(max_examples=25, deadline=None)
def test_the_bytes_do_not_depend_on_the_batches(size: int, made_up: Publication, release: Path) -> None:
    observations = made_up.observations[0]
    cube = observations.cube
    values = used(observations)
    for version in VERSIONS:
        head, tail = sdmx_json.around(made_up, cube, values, version)
        path = release.parent / f"again-{version.number}.json"
        write_rows(path, observations.batches(size), cube.key_ids, sdmx_json.rows(cube, values), head, tail)
        assert path.read_bytes() == (release / f"sdmx/by-area/data-{version.number}.json").read_bytes()


@pytest.mark.slow
@given(
    cells=st.lists(
        st.tuples(
            st.none() | st.decimals(-(10**20), 10**20, places=2),
            st.none() | st.integers(-(2**31), 2**31 - 1),
            st.none() | TEXTS,
        ),
        min_size=1,
        max_size=8,
    ),
    title=TEXTS,
)
@settings(max_examples=40, deadline=None)
def test_any_number_text_and_name_survives(
    cells: list[tuple[Decimal | None, int | None, str | None]],
    title: str,
    made_up: Publication,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("any")
    dataset = made_up.dataset
    cube = replace(dataset.cubes[0], title=Text((("nb", title), ("en", "Title"))))
    publication = replace(made_up, dataset=replace(dataset, cubes=(cube,)))
    publication = observed(publication, folder, cells)
    written(publication, folder / "r", sdmx_json.FORMAT)
    expected = as_text(publication.observations[0])
    assert [row["REMARK"] for row in expected] == [remark for _, _, remark in cells]
    for _, read in READS.values():
        assert as_read(read, folder / "r", publication) == expected
    assert sdmx_json_schema.run(subject(folder / "r", publication)).findings == ()
    assert structure(folder / "r", "2.0")["names"] == {"nb": title, "en": "Title"}


# What the field guides say


@pytest.mark.parametrize("number", NUMBERS)
def test_the_head_says_what_the_message_is(number: str, made_up: Publication, release: Path) -> None:
    whole = message(release, number)
    assert whole["meta"] == {
        "schema": (
            "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/"
            f"{'1.0' if number == '1.0' else '2.0.0'}/sdmx-json-data-schema.json"
        ),
        "id": "MU_BY_AREA_2024-11",
        "test": False,
        "prepared": "2026-11-22T00:00:00Z",
        "contentLanguages": ["nb", "en", "sme"],
        "sender": {
            "id": "MADE_UP",
            "name": "An & Agency på bokmål",
            "names": {"nb": "An & Agency på bokmål", "en": "An & Agency in English"},
        },
    }
    (data_set,) = whole["data"]["dataSets"]
    flow = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=MADE_UP:DF_MU_BY_AREA(1.0)"
    assert data_set["action"] == "Replace"
    assert data_set["links"] == [{"rel": "dataflow", "urn": flow}]
    assert (data_set["reportingBegin"], data_set["reportingEnd"]) == ("2022-01-01", "2023-12-31")
    assert structure(release, number)["links"][0]["urn"] == flow
    assert data_set.get("structure") == (None if number == "1.0" else 0)


@pytest.mark.parametrize("number", NUMBERS)
def test_components_list_the_values_that_occur_in_every_language(number: str, release: Path) -> None:
    said = structure(release, number)
    levels = said["dimensions"]
    assert [part["id"] for part in levels["series"]] == ["FREQ", "REF_AREA", "SEX", "AGE", "KIND"]
    assert [part["keyPosition"] for part in levels["series"] + levels["observation"]] == list(range(6))
    area, age = levels["series"][1], levels["series"][3]
    assert area["values"][0] == {
        "id": "a1",
        "name": HOSTILE,
        "names": {"nb": HOSTILE, "sme": "Romsa", "en": "A < B"},
        "parent": "_T",
        "order": 0,
    }
    assert [value["id"] for value in age["values"]] == ["_T", "Y_LT20"]  # Y_GE20 is never there
    (time,) = levels["observation"]
    assert time["values"][-1] == {
        "id": "2023-Q4", "name": "2023-Q4", "start": "2023-10-01T00:00:00Z", "end": "2023-12-31T23:59:59Z",
    }  # fmt: skip
    attributes = said["attributes"]
    assert [part["id"] for part in attributes["series"]] == ["UNIT_MEASURE", "UNIT_MULT", "DECIMALS"]
    assert attributes["series"][0]["relationship"] == {"dimensions": ["FREQ", "REF_AREA", "SEX", "AGE", "KIND"]}
    status, _, months, remark = attributes["observation"]
    assert [value["names"]["en"] for value in status["values"]] == ["A in English", "P in English", "Q in English"]
    assert [value["id"] for value in months["values"]] == sorted((v["id"] for v in months["values"]), key=int)
    free = {"name": HOSTILE} if number == "1.0" else {"value": HOSTILE, "name": HOSTILE}
    assert free in remark["values"]
    related = {"primaryMeasure": "OBS_VALUE"} if number == "1.0" else {"observation": {}}
    assert months["relationship"] == related


def test_a_language_is_tagged_as_the_schema_wants_it(made_up: Publication, tmp_path: Path) -> None:
    british = Text((("en-GB", "Colour"), ("nb", "Farge")))
    dataset = replace(made_up.dataset, publisher=replace(made_up.dataset.publisher, name=british))
    publication = replace(made_up, dataset=dataset)
    folder = written(publication, tmp_path, sdmx_json.FORMAT)
    meta = message(folder, "2.0")["meta"]
    assert meta["sender"]["names"] == {"en-GB": "Colour", "nb": "Farge"}
    assert "en-gb" in meta["contentLanguages"]
    assert sdmx_json_schema.run(subject(folder, publication)).findings == ()


@pytest.mark.parametrize("number", NUMBERS)
def test_a_suppressed_value_is_the_text_nan_and_every_slot_is_filled(number: str, release: Path) -> None:
    status = next(
        part for part in structure(release, number)["attributes"]["observation"] if part["id"] == "OBS_STATUS"
    )
    hidden = next(place for place, value in enumerate(status["values"]) if value["id"] == "Q")
    (data_set,) = message(release, number)["data"]["dataSets"]
    cells = [cells for series in data_set["series"].values() for cells in series["observations"].values()]
    assert {len(each) for each in cells} == {5}
    assert all((each[0] == "NaN") == (each[1] == hidden) for each in cells)
    assert any(each[3] is None for each in cells)


def test_files_and_media_types(made_up: Publication, tmp_path: Path) -> None:
    draft = Draft(tmp_path)
    sdmx_json.FORMAT.write(made_up, draft, {})
    assert {file.path: file.media_type for file in draft.files} == {
        "sdmx/by-area/data-1.0.json": "application/vnd.sdmx.data+json;version=1.0.0",
        "sdmx/by-area/data-2.0.json": "application/vnd.sdmx.data+json;version=2.0.0",
    }


# Faults: each is found, and named


def one_truth(folder: Path, publication: Publication, number: str, way: str) -> list[str]:
    check = check_of(READERS[NUMBERS.index(number)])
    run = check.run if way == "as JSON" else check.twin
    assert run is not None
    return [str(finding) for finding in run(subject(folder, publication)).findings]


def doubled(text: str) -> str:
    line = next(line for line in text.split("\n") if line.startswith('"') and line.endswith("],"))
    return text.replace(line, f"{line}\n{line}", 1)


def without_a_row(text: str) -> str:
    line = next(line for line in text.split("\n") if line.startswith('"') and line.endswith("],"))
    return text.replace(f"{line}\n", "", 1)


KEY = "A._T.F.Y_LT20.02.2022"
FAULTS: dict[str, tuple[Callable[[str], str], str]] = {
    "value": (one("[67.50,", "[67.51,"), f"by-area {KEY}: OBS_VALUE is '67.51', '67.50' expected"),
    "trailing zero": (one("[67.50,", "[67.5,"), f"by-area {KEY}: OBS_VALUE is '67.5', '67.50' expected"),
    "no value": (one('["NaN",', "[null,"), ""),
    "hidden value": (one('["NaN",2,1', "[3,2,1"), "OBS_VALUE is a number, empty expected"),
    "status": (one("[67.50,0,", "[67.50,1,"), f"by-area {KEY}: OBS_STATUS is 'P', 'A' expected"),
    "attribute gone": (one("[67.50,0,0,7,", "[67.50,0,0,null,"), f"{KEY}: MONTHS is empty, '7' expected"),
    "key of a series": (one('"0:1:1:1:1":', '"0:1:2:1:1":'), "A._T.F.Y_LT20.02.2022: is missing"),
    "period": (one('"0":[67.50', '"1":[67.50'), f"by-area {KEY}: is missing"),
    "row missing": (without_a_row, "is missing"),
    "row twice": (doubled, "stands twice"),
    "place of a series out of range": (one('"0:1:1:1:1":', '"0:9:1:1:1":'), "values of REF_AREA"),
    "place of a period out of range": (one('"0":[67.50', '"77":[67.50'), "values of TIME_PERIOD"),
    "place of an attribute out of range": (one("[67.50,0,", "[67.50,3,"), "values of OBS_STATUS"),
    "place of a period out of all range": (one('"0":[67.50', f'"{"9" * 20}":[67.50'), ""),
    "place with a zero in front": (one('"0:1:1:1:1":', '"0:01:1:1:1":'), "line"),
    "a place too many": (one('"0:1:1:1:1":', '"0:1:1:1:1:0":'), ""),
    "a cell too many": (one("[67.50,0,", "[67.50,0,0,"), ""),
    "a cell too few": (one("[67.50,0,", "[67.50,"), ""),
    "text for a number": (one("[67.50,", '["67.50",'), ""),
    "nan in lower case": (one('["NaN",', '["nan",'), ""),
    "exponent": (one("[67.50,", "[6.75e1,"), ""),
    "bare NaN": (one('["NaN",', "[NaN,"), ""),
    "action": (one('"Replace"', '"Append"'), 'action is "Append", "Replace" expected'),
    "another dataflow": (one("DF_MU_BY_AREA(1.0)", "DF_MU(1.0)"), "first link of the structure is"),
    "data of another dataflow": (
        lambda text: "DF_MU(1.0)".join(text.rsplit("DF_MU_BY_AREA(1.0)", 1)), "first link of the data set is",
    ),
    "sender": (one('"id": "MADE_UP"', '"id": "OTHER"'), 'sender is "OTHER", "MADE_UP" expected'),
    "name in another language": (one('"en": "Total"', '"en": "I alt"'), "name of CL_AREA._T in 'en' is"),
    "name under another tag": (one('"sme": "Romsa"', '"sma": "Romsa"'), "name of CL_AREA.a1 in 'sme' is nothing"),
    "best name": (one('"name": "I alt"', '"name": "Total"'), 'name of CL_AREA._T is "Total"'),
    "name of a dimension": (one('"name": "SEX på bokmål"', '"name": "Kjønn"'), "name of SEX is"),
    "name of the structure": (one('in English"\n', 'in Welsh"\n'), "in 'en' is"),
    "unknown code": (one('"id": "Y_LT20"', '"id": "Y_LT30"'), "'Y_LT30' is not in CL_AGE"),
    "order of dimensions": (one('"id": "FREQ"', '"id": "SEX"'), "dimensions is"),
    "position of a dimension": (one('"keyPosition": 1', '"keyPosition": 2'), "positions of dimensions is"),
    "unit": (one('"id": "PER"', '"id": "PT"'), ""),
    "attribute of a series": (one('"attributes":[0,0,0]', '"attributes":[0,0,1]'), ""),
    "cut short": (lambda text: text[: len(text) // 2], ""),
    "cut at a line": (lambda text: text[: text.index("\n", len(text) * 3 // 4) + 1], ""),
    "more after the end": (lambda text: text + "{}\n", ""),
    "not the format": (lambda _: "{}\n", ""),
    "no JSON": (lambda _: "a,b\n1,2\n", ""),
    "empty": (lambda _: "", ""),
}  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("way", ["as JSON", "by lines"])
@pytest.mark.parametrize("fault", sampled(3, FAULTS))
def test_a_fault_is_found_and_named(
    fault: str, way: str, number: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    change, named = FAULTS[fault]
    folder = spoil(release, tmp_path, f"sdmx/by-area/data-{number}.json", change)
    findings = [text for text in one_truth(folder, made_up, number, way) if f"data-{number}.json" in text]
    assert findings
    assert not any("\n" in finding for finding in findings)
    if named != "line" or way == "by lines":
        assert any(named in finding for finding in findings), findings


LINES: dict[str, Callable[[str], str]] = {
    "no comma between observations": one("null],\n", "null]\n"),
    "a comma after the last observation": one("]\n}},", "],\n}},"),
    "no comma between series": one("\n}},\n", "\n}}\n"),
    "observation outside a series": one("\n}},\n", '\n}},\n"0":[1.00,0,0,null,null],\n'),
    "series in a series": one("]\n}},\n", "],\n"),
    "series without observation": one("\n}},\n", '\n}},\n"0:0:0:0:0":{"attributes":[0,0,0],"observations":{\n}},\n'),
    "blank line": one("\n}},\n", "\n}},\n\n"),
}


@pytest.mark.parametrize("by", [by for by in READS if "lines" in by])
@pytest.mark.parametrize("fault", LINES)
def test_the_plain_parser_refuses_lines_in_another_order(
    by: str, fault: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    path, read = READS[by]
    folder = spoil(release, tmp_path, path.format(cube="by-area"), LINES[fault])
    with pytest.raises(UnreadableError, match="is not one that belongs there"):
        as_read(read, folder, made_up)


def test_a_missing_file_is_refused(made_up: Publication, tmp_path: Path) -> None:
    for _, read in READS.values():
        with pytest.raises(UnreadableError):
            as_read(read, tmp_path, made_up)


@pytest.mark.parametrize("way", [sdmx_json_schema.run, sdmx_json_schema.run_on_openings])
@pytest.mark.parametrize(
    ("number", "change", "message"),
    [
        ("1.0", one('"prepared": "2026-11-22T00:00:00Z"', '"prepared": "2026-11-22"'), "$.meta.prepared"),
        ("2.0", one('"urn": "urn:sdmx', '"urn": "sdmx datastructure'), "$.data.structures[0].links[0].urn"),
        ("2.0", one('"action": "Replace"', '"action": "Merge"'), "$.data.dataSets[0].action: breaks 'enum'"),
        ("1.0", one('"contentLanguages": [\n   "nb"', '"contentLanguages": [\n   "nb-NO"'), "contentLanguages[0]"),
        ("2.0", one('"value": "plain"', '"value": 12'), "is not valid under any of"),
        ("1.0", one('"0:1:1:1:1":', '"0:1::1:1":'), "breaks 'additionalProperties' of the schema"),
        ("2.0", one('"id": "MONTHS"', '"id": "2MONTHS"'), "'2MONTHS' does not match"),
        ("1.0", one('"attributes":[0,0,0]', '"attributes":[0,0,0.5]'), "breaks 'type' of the schema"),
        ("2.0", lambda text: text[:-200], "cannot be read"),
        ("1.0", lambda text: text.replace('"links": [\n', '"lynx": [\n'), "breaks 'required' of the schema"),
    ],
)
def test_the_schemas_find_what_is_not_valid(
    way: Callable[[Subject], Outcome],
    number: str,
    change: Callable[[str], str],
    message: str,
    made_up: Publication,
    release: Path,
    tmp_path: Path,
) -> None:
    path = f"sdmx/by-area/data-{number}.json"
    folder = spoil(release, tmp_path, path, change)
    findings = [str(finding) for finding in way(subject(folder, made_up)).findings]
    if way is sdmx_json_schema.run_on_openings and message == "cannot be read":
        assert findings == []  # the end of a message is the reader's
        return
    assert findings
    assert any(message in finding and path in finding for finding in findings), findings


def test_the_schemas_say_that_a_file_is_missing(made_up: Publication, release: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(release, tmp_path / "r"))
    (folder / "sdmx/by-area/data-1.0.json").unlink()
    assert [str(finding) for finding in sdmx_json_schema.run(subject(folder, made_up)).findings] == [
        "sdmx/by-area/data-1.0.json: by-area: is missing"
    ]
