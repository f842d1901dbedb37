"""SDMX-ML data: the same bytes at any batch size, read back exactly from every layout and version, faults found."""

from __future__ import annotations

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
from lxml import etree
from sdmx_data import TEXTS, Row, as_read, as_text, one, pair, spoil, with_flat, written
from sdmx_fixture import HOSTILE, hostile_publication, nav_publication

from publisher.checks import line_blocks
from publisher.checks.read_sdmx_ml import READERS
from publisher.checks.reader import Read, UnreadableError
from publisher.columns import input_schema
from publisher.engines.embedded import RowFunction, write_rows
from publisher.formats import sdmx_generic, sdmx_ml, sdmx_structure
from publisher.formats.draft import Publication
from publisher.formats.sdmx_rows import GENERIC, flat_rows, series_rows
from publisher.model import Cube
from publisher.observations import store

FORMATS = (sdmx_structure.FORMAT, sdmx_ml.FORMAT, sdmx_generic.FORMAT)
SPACE = "http://www.sdmx.org/resources/sdmxml/schemas/v"
READS: dict[str, tuple[str, Read]] = {
    f"{Path(reader.path).name} by {name}": (reader.path.format(cube="by-area"), read)
    for reader in READERS
    for name, read in ((reader.by, reader.read), ("publisher", reader.twin))
    if read is not None
}
# sdmx1 reads a file in tenths of a second, the plain parser in hundredths.
MOSTLY_PLAIN = slow_where(lambda by: by.endswith("by sdmx1"), READS)
PLAIN = [name for name in READS if name.endswith("by publisher")]
FILES = sorted({path for path, _ in READS.values()})
SPECIFIC = [path for path in FILES if "generic" not in path]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return with_flat(hostile_publication(tmp_path_factory.mktemp("observations")))


@pytest.fixture(scope="module")
def release(made_up: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(made_up, tmp_path_factory.mktemp("release"), *FORMATS)


@pytest.mark.parametrize("by", READS)
def test_every_observation_comes_back_exactly(by: str, made_up: Publication, release: Path) -> None:
    expected = as_text(made_up.observations[0])
    assert {"1.50", None} <= {row["OBS_VALUE"] for row in expected}
    assert {HOSTILE, None} <= {row["REMARK"] for row in expected}
    assert as_read(READS[by][1], release, made_up) == expected


def test_there_is_a_plain_parser_for_each_of_seven_files_and_sdmx1_for_three() -> None:
    assert len(FILES) == len(PLAIN) == 7
    assert [name for name in READS if name.endswith("by sdmx1")] == [
        "data-2.1.xml by sdmx1", "data-2.1-generic.xml by sdmx1", "data-3.0.xml by sdmx1",
    ]  # fmt: skip


@pytest.mark.parametrize("by", PLAIN)
@pytest.mark.parametrize("size", slow_where(lambda size: size < 5_000, [40, 300, 5_000]))
def test_the_plain_parser_carries_a_series_from_block_to_block(
    by: str, size: int, made_up: Publication, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_blocks, "BLOCK", size)
    assert as_read(READS[by][1], release, made_up) == as_text(made_up.observations[0])


@pytest.mark.slow
@pytest.mark.parametrize("by", READS)
def test_every_cube_of_the_project_comes_back_exactly(by: str, nav: tuple[Publication, Path]) -> None:
    publication, folder = nav
    for number, observations in enumerate(publication.observations):
        assert as_read(READS[by][1], folder, publication, number) == as_text(observations)


@pytest.fixture(scope="module")
def nav(tmp_path_factory: pytest.TempPathFactory) -> tuple[Publication, Path]:
    publication = with_flat(nav_publication(tmp_path_factory.mktemp("nav")))
    return publication, written(publication, tmp_path_factory.mktemp("nav-release"), *FORMATS)


ROWS: dict[str, Callable[[Cube], RowFunction]] = {
    "data-3.0.xml": series_rows,
    "data-3.0-flat.xml": flat_rows,
    "data-2.1-generic.xml": lambda cube: series_rows(cube, GENERIC),
}


@pytest.mark.slow
@given(size=st.integers(1, 400))
@settings(max_examples=25, deadline=None)
def test_the_bytes_do_not_depend_on_the_batches(size: int, made_up: Publication, release: Path) -> None:
    observations = made_up.observations[0]
    cube = observations.cube
    for name, rows in ROWS.items():
        path = release / f"again-{name}"
        write_rows(path, observations.batches(size), cube.key_ids, rows(cube), "")
        text = (release / "sdmx" / cube.id / name).read_bytes()
        assert path.read_bytes() in text
        assert len(path.read_bytes()) > 0.9 * len(text)


@pytest.mark.parametrize("path", [path for path in SPECIFIC if "flat" not in path])
def test_a_series_is_opened_once_and_closed_once(path: str, made_up: Publication, release: Path) -> None:
    data = etree.parse(release / path).getroot()[1]
    keys = [tuple(series.attrib.values()) for series in data]
    assert len(keys) == len(set(keys)) > 50
    assert sum(len(series) for series in data) == made_up.observations[0].rows


@pytest.mark.parametrize("path", SPECIFIC)
def test_a_suppressed_cell_says_nan_and_never_nothing(path: str, release: Path) -> None:
    data = etree.parse(release / path).getroot()[1]
    assert sum(observation.get("OBS_VALUE") == "NaN" for observation in data.iter("Obs")) > 20
    for observation in data.iter("Obs"):
        assert (observation.get("OBS_VALUE") == "NaN") == (observation.get("OBS_STATUS") == "Q")


def test_a_flat_observation_says_its_key_and_the_attributes_of_its_series(release: Path) -> None:
    data = etree.parse(release / "sdmx/by-area/data-3.0-flat.xml").getroot()[1]
    assert {child.tag for child in data} == {"Obs"}
    assert dict(data[0].attrib).items() >= {"KIND": "02", "UNIT_MEASURE": "PER", "DECIMALS": "2"}.items()


def test_a_generic_series_keeps_attributes_of_series_and_of_observations_apart(release: Path) -> None:
    space = {"g": f"{SPACE}2_1/data/generic"}
    series = etree.parse(release / "sdmx/by-area/data-2.1-generic.xml").getroot()[1][0]
    key, attributes, observation, *_ = series
    assert [value.get("id") for value in key] == ["FREQ", "REF_AREA", "SEX", "AGE", "KIND"]
    assert [value.get("id") for value in attributes] == ["UNIT_MEASURE", "UNIT_MULT", "DECIMALS"]
    said = observation.findall("g:Attributes/g:Value", space)
    assert [value.get("id") for value in said] == ["OBS_STATUS", "CONF_STATUS", "MONTHS", "REMARK"]
    hidden = series.getparent().findall(".//g:ObsValue[@value='NaN']", space)
    assert len(hidden) > 20


def _header(release: Path, path: str) -> tuple[Any, Any]:
    root = etree.parse(release / path).getroot()
    return root[0], root[1]


@pytest.mark.parametrize("path", FILES)
def test_the_header_has_the_order_that_every_reader_takes(path: str, release: Path) -> None:
    header, _ = _header(release, path)
    assert [etree.QName(child).localname for child in header] == [
        "ID", "Test", "Prepared", "Sender", "Structure", "DataSetAction", "DataSetID", "ReportingBegin",
        "ReportingEnd",
    ]  # fmt: skip


@pytest.mark.parametrize("path", FILES)
def test_the_structure_is_referred_to_as_its_version_does(path: str, release: Path) -> None:
    header, _ = _header(release, path)
    structure = header[4]
    usage = structure[0]
    flow = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=MADE_UP:DF_MU_BY_AREA(1.0)"
    layout = "AllDimensions" if "flat" in path else "TIME_PERIOD"
    assert structure.get("dimensionAtObservation") == layout
    assert structure.get("namespace") == (None if "generic" in path else f"{flow}:ObsLevelDim:{layout}")
    if "2.1" in path:
        assert dict(usage[0].attrib) == {
            "agencyID": "MADE_UP", "id": "DF_MU_BY_AREA", "version": "1.0", "package": "datastructure",
            "class": "Dataflow",
        }  # fmt: skip
    else:
        assert usage.text == flow


@pytest.mark.parametrize("path", FILES)
def test_the_data_set_is_qualified_as_its_version_demands(path: str, release: Path) -> None:
    _, data = _header(release, path)
    version = path.split("data-")[1][:3].replace(".", "_")
    if "generic" in path:
        assert dict(data.attrib) == {"structureRef": "DF_MU_BY_AREA", "action": "Replace"}
        return
    space = f"{{{SPACE}{version}/data/structurespecific}}"
    expected = {f"{space}structureRef": "DF_MU_BY_AREA", f"{space}action": "Replace"}
    expected["{http://www.w3.org/2001/XMLSchema-instance}type"] = "ns1:DataSetType"
    if version == "2_1":
        expected[f"{space}dataScope"] = "Dataflow"
    assert dict(data.attrib) == expected


def test_a_cube_without_observations_is_written_and_read(tmp_path: Path, made_up: Publication) -> None:
    empty = store(made_up.dataset, made_up.dataset.cubes[0], [], tmp_path, "made-up.csv")
    publication = replace(made_up, observations=(empty,))
    folder = written(publication, tmp_path / "r", *FORMATS)
    assert etree.parse(folder / "sdmx/by-area/data-3.1.xml").getroot()[1].getchildren() == []
    for _, read in READS.values():
        assert as_read(read, folder, publication) == []


def test_the_flat_files_are_written_only_where_the_definition_asks_for_them(
    tmp_path: Path, made_up: Publication
) -> None:
    publication = replace(made_up, dataset=replace(made_up.dataset, formats={}))
    folder = written(publication, tmp_path, sdmx_ml.FORMAT)
    assert sorted(path.name for path in folder.rglob("*.xml")) == ["data-2.1.xml", "data-3.0.xml", "data-3.1.xml"]


@pytest.mark.slow
@given(cells=st.lists(st.tuples(st.decimals(-(10**9), 10**9, places=2), st.none() | TEXTS), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_any_number_and_any_text_survive(
    cells: list[tuple[Decimal, str | None]], made_up: Publication, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    dataset, cube = made_up.dataset, made_up.dataset.cubes[0]
    rows = [
        {
            "FREQ": "A", "REF_AREA": "_T", "SEX": "_T", "AGE": "_T", "KIND": "1", "TIME_PERIOD": str(2000 + number),
            "OBS_VALUE": value, "OBS_STATUS": "A", "CONF_STATUS": "F", "MONTHS": number, "REMARK": remark,
            "SOURCE_LINE": number,
        }
        for number, (value, remark) in enumerate(cells)
    ]  # fmt: skip
    observations = store(dataset, cube, [pa.RecordBatch.from_pylist(rows, input_schema(cube))], folder, "any.csv")
    publication = replace(made_up, observations=(observations,))
    written(publication, folder / "r", *FORMATS)
    expected = as_text(observations)
    assert [row["REMARK"] for row in expected] == [remark for _, remark in cells]
    for _, read in READS.values():
        assert as_read(read, folder / "r", publication) == expected


# What is changed in a file: a component, what it says, and what it says instead (None: it is not there).
DIFFERENCES = {
    "value": ("OBS_VALUE", "58.50", "58.51"),
    "trailing zero": ("OBS_VALUE", "58.50", "58.5"),
    "hidden value": ("OBS_VALUE", "NaN", "3"),
    "nan in lower case": ("OBS_VALUE", "NaN", "nan"),
    "no value": ("OBS_VALUE", "NaN", ""),
    "value missing": ("OBS_VALUE", "NaN", None),
    "status": ("OBS_STATUS", "P", "A"),
    "status missing": ("OBS_STATUS", "P", None),
    "confidentiality": ("CONF_STATUS", "A", "F"),
    "attribute gone": ("MONTHS", "7", None),
    "text": ("REMARK", "&amp;amp; once", "&amp;amp; twice"),
    "key of a series": ("SEX", "F", "M"),
    "period": ("TIME_PERIOD", "2022", "2021"),
}


def _change(path: str, component: str, old: str, new: str | None) -> Callable[[str], str]:
    return one(pair(path, component, old), "" if new is None else pair(path, component, new))


@pytest.mark.parametrize("by", MOSTLY_PLAIN)
@pytest.mark.parametrize("fault", sampled(3, DIFFERENCES))
def test_a_changed_observation_is_seen(
    by: str, fault: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    path, read = READS[by]
    component, old, new = DIFFERENCES[fault]
    folder = spoil(release, tmp_path, path, _change(path, component, old, new))
    expected = as_text(made_up.observations[0])
    try:
        found = as_read(read, folder, made_up)
    except UnreadableError as error:
        # sdmx1 finds no ObsValue in generic data, and says so.
        assert (fault, by) == ("value missing", "data-2.1-generic.xml by sdmx1"), error  # noqa: PT017
        return
    changed = [(row[component], seen[component]) for row, seen in zip(expected, found, strict=True) if row != seen]
    assert changed
    assert all(row != seen for row, seen in changed)


@pytest.mark.parametrize("by", READS)
def test_a_missing_observation_is_seen(by: str, made_up: Publication, release: Path, tmp_path: Path) -> None:
    path, read = READS[by]

    def without(text: str) -> str:
        line = next(line for line in text.splitlines(True) if "Obs" in line and "64.00" in line)
        return text.replace(line, "")

    expected: list[Row] = as_text(made_up.observations[0])
    found = as_read(read, spoil(release, tmp_path, path, without), made_up)
    assert len(expected) - len(found) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("component", "old", "new", "expected", "seen"),
    [("OBS_VALUE", "NaN", None, None, ""), ("OBS_VALUE", "NaN", "", None, ""), ("MONTHS", "7", "", "7", "")],
)
@pytest.mark.parametrize("by", [name for name in READS if "generic" not in name])
def test_absent_is_told_from_empty_and_from_suppressed(
    by: str,
    component: str,
    old: str,
    new: str | None,
    expected: str | None,
    seen: str,
    made_up: Publication,
    release: Path,
    tmp_path: Path,
) -> None:
    path, read = READS[by]
    folder = spoil(release, tmp_path, path, _change(path, component, old, new))
    pairs = zip(as_text(made_up.observations[0]), as_read(read, folder, made_up), strict=True)
    assert [(a[component], b[component]) for a, b in pairs if a != b] == [(expected, seen)]


REFUSED: dict[str, Callable[[str], Callable[[str], str]]] = {
    "unit of a series": lambda path: _change(path, "UNIT_MEASURE", "PER", "PT"),
    "unit missing": lambda path: _change(path, "UNIT_MEASURE", "PER", None),
    "decimals of a series": lambda path: _change(path, "DECIMALS", "2", "0"),
    "another dataflow": lambda path: (
        lambda text: text.replace('id="DF_MU_BY_AREA"', 'id="DF_MU"').replace(
            "Dataflow=MADE_UP:DF_MU_BY_AREA(1.0)</", "Dataflow=MADE_UP:DF_MU(1.0)</"
        )
    ),
    "cut short": lambda path: lambda text: text[: len(text) // 2],
    "not the format": lambda path: lambda _: "<a/>\n",
    "empty": lambda path: lambda _: "",
}


@pytest.mark.parametrize("by", MOSTLY_PLAIN)
@pytest.mark.parametrize("fault", REFUSED)
def test_a_broken_file_is_refused(by: str, fault: str, made_up: Publication, release: Path, tmp_path: Path) -> None:
    path, read = READS[by]
    folder = spoil(release, tmp_path, path, REFUSED[fault](path))
    with pytest.raises(UnreadableError) as refused:
        as_read(read, folder, made_up)
    assert "\n" not in str(refused.value)


def _line(text: str, kind: str) -> str:
    return next(line for line in text.splitlines(True) if line.removeprefix("<generic:").lstrip("<").startswith(kind))


def _end(text: str) -> str:
    return next(line for line in text.splitlines(True) if line in ("</Series>\n", "</generic:Series>\n"))


LINES: dict[str, Callable[[str], str]] = {
    "series in a series": lambda text: text.replace(_end(text), "", 1),
    "series without observation": lambda text: text.replace("</Series>\n", "</Series>\n</Series>\n", 1),
    "observation in front of the series": lambda text: text.replace(_line(text, "Series"), "", 1),
    "comment": lambda text: text.replace(_line(text, "Obs"), _line(text, "Obs") + "<!-- -->\n", 1),
    "text after the end": lambda text: text + "<!-- -->\n",
    "end missing": lambda text: text[: text.rindex("</message:")],
    "last line not ended": lambda text: text.rstrip("\n"),
    "action": lambda text: text.replace('action="Replace"', 'action="Append"', 1),
    "action in the other namespace": lambda text: text.replace('ss:action="', 'action="', 1),
    "namespace of the data": lambda text: text.replace(':ns1="urn:', ':ns1="urn:x:', 1),
    "namespace in the header": lambda text: text.replace(' namespace="urn:', ' namespace="urn:x:', 1),
    "no type": lambda text: text.replace(' xsi:type="ns1:DataSetType"', "", 1),
    "another version": lambda text: text.replace("/schemas/v", "/schemas/v9"),
    "unknown reference": lambda text: text.replace("&amp;amp; once", "&apos; once", 1),
    "an attribute too many": lambda text: text.replace("<Obs ", '<Obs X="1" ', 1),
    "attributes in another order": lambda text: text.replace(
        ' OBS_STATUS="A" CONF_STATUS="F"', ' CONF_STATUS="F" OBS_STATUS="A"', 1
    ),
}


# What a layout does not have.
NOT_IN_FLAT = ("series in a series", "series without observation", "observation in front of the series")
NOT_IN_GENERIC = (
    "series without observation", "action in the other namespace", "namespace of the data",
    "namespace in the header", "no type", "an attribute too many", "attributes in another order",
)  # fmt: skip


@pytest.mark.parametrize(
    ("by", "fault"),
    sampled(
        3,
        [
            pytest.param(by, fault)
            for by in PLAIN
            for fault in LINES
            if not ("flat" in by and fault in NOT_IN_FLAT) and not ("generic" in by and fault in NOT_IN_GENERIC)
        ],
    ),
)
def test_the_plain_parser_refuses_what_is_never_written(
    by: str, fault: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    path, read = READS[by]
    folder = spoil(release, tmp_path, path, LINES[fault])
    with pytest.raises(UnreadableError):
        as_read(read, folder, made_up)


@pytest.mark.parametrize("by", PLAIN)
def test_a_refusal_names_the_line_and_shows_nothing_of_it(
    by: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    path, read = READS[by]
    value = pair(path, "OBS_VALUE", "58.50")
    folder = spoil(release, tmp_path, path, one(value, f"{value} "))
    with pytest.raises(UnreadableError, match=r"line \d+ is not one") as refused:
        as_read(read, folder, made_up)
    assert "58.50" not in str(refused.value)


def test_a_missing_file_is_refused(made_up: Publication, tmp_path: Path) -> None:
    for _, read in READS.values():
        with pytest.raises(UnreadableError):
            as_read(read, tmp_path, made_up)
