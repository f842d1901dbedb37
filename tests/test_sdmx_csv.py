"""SDMX-CSV data in every version and variant: as the field guides say, read back exactly, faults found and named."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pytest
from helpers import sampled, slow_where
from hypothesis import given, settings
from hypothesis import strategies as st
from sdmx_data import TEXTS, as_read, as_text, one, spoil, written
from sdmx_fixture import HOSTILE, hostile_dataset, hostile_publication, nav_publication
from sdmx_quality import with_quality

from publisher.checks import sdmx_csv_variants
from publisher.checks.check import Subject
from publisher.checks.read_sdmx_csv import READERS
from publisher.checks.reader import Read, UnreadableError
from publisher.columns import input_schema
from publisher.engines.embedded import write_rows
from publisher.formats import sdmx_csv, sdmx_structure
from publisher.formats.draft import Draft, Publication
from publisher.formats.sdmx_csv_message import Variant, columns, head, rows, variant_of
from publisher.model import Dataset, Text
from publisher.observations import store

FORMATS = (sdmx_structure.FORMAT, sdmx_csv.FORMAT)
READS: dict[str, tuple[str, Read]] = {
    f"{reader.path[17:]} by {name}": (reader.path, read)
    for reader in READERS
    for name, read in ((reader.by, reader.read), ("twin", reader.twin))
    if read is not None
}
VARIANTS = (
    "version=1.0; labels=both; language=en",
    "version=2.0; labels=both; language=nb",
    "version=2.0; keys=series",
    "version=2.1; labels=name; keys=both; language=en",
    "version=2.1; labels=both; keys=obs; language=sme",
    "version=2.0; labels=name; language=sme",
)
FILES = [variant_of(text).file for text in VARIANTS]


def with_variants(publication: Publication, *variants: str) -> Publication:
    formats = MappingProxyType({"sdmx-csv": {"variants": list(variants)}})
    return replace(publication, dataset=replace(publication.dataset, formats=formats))


def subject(folder: Path, publication: Publication) -> Subject:
    files = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    by_cube = {observations.cube.id: observations for observations in publication.observations}
    return Subject(folder, publication.dataset, publication.edition, by_cube, files, folder)


def found(folder: Path, publication: Publication) -> list[str]:
    return [str(finding) for finding in sdmx_csv_variants.run(subject(folder, publication)).findings]


def records(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, strict=True))


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return with_variants(hostile_publication(tmp_path_factory.mktemp("observations")), *VARIANTS)


@pytest.fixture(scope="module")
def release(made_up: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(made_up, tmp_path_factory.mktemp("release"), *FORMATS)


# Read back


@pytest.mark.parametrize("by", READS)
def test_every_observation_comes_back_exactly(by: str, made_up: Publication, release: Path) -> None:
    expected = as_text(made_up.observations[0])
    assert {"1.50", None} <= {row["OBS_VALUE"] for row in expected}
    assert {HOSTILE, None} <= {row["REMARK"] for row in expected}
    assert as_read(READS[by][1], release, made_up) == expected


@pytest.mark.slow
@pytest.mark.parametrize("by", READS)
def test_every_cube_of_the_project_comes_back_exactly(by: str, tmp_path: Path) -> None:
    publication = nav_publication(tmp_path)
    folder = written(publication, tmp_path / "r", *FORMATS)
    for number, observations in enumerate(publication.observations):
        assert as_read(READS[by][1], folder, publication, number) == as_text(observations)


def test_every_variant_holds_the_observations_and_the_names(made_up: Publication, release: Path) -> None:
    outcome = sdmx_csv_variants.run(subject(release, made_up))
    assert outcome.findings == ()
    assert outcome.looked_at == f"6 variants, {6 * made_up.observations[0].rows:,} observations"


def test_a_release_without_variants_is_not_asked_for_any(made_up: Publication, tmp_path: Path) -> None:
    plain = with_variants(made_up)
    folder = written(plain, tmp_path, *FORMATS)
    assert sorted(path.name for path in folder.glob("sdmx/by-area/*")) == [
        "data-1.0.csv",
        "data-2.0.csv",
        "data-2.1.csv",
    ]
    assert sdmx_csv_variants.run(subject(folder, plain)).nothing


def test_a_cube_without_observations_is_written_and_read(tmp_path: Path, made_up: Publication) -> None:
    dataset = hostile_dataset()
    empty = store(dataset, dataset.cubes[0], [], tmp_path, "made-up.csv")
    publication = replace(made_up, observations=(empty,))
    folder = written(publication, tmp_path / "r", *FORMATS)
    for _, read in READS.values():
        assert as_read(read, folder, publication) == []
    assert found(folder, publication) == []


def test_a_coded_attribute_may_be_absent(tmp_path: Path, made_up: Publication) -> None:
    publication = with_variants(with_quality(made_up, tmp_path), *VARIANTS)
    folder = written(publication, tmp_path / "r", *FORMATS)
    assert found(folder, publication) == []
    header, *lines = records(folder / "sdmx/by-area/data-2.1-name-keys-both-en.csv")
    at = header.index("QUALITY")
    assert {(line[at], line[at + 1]) for line in lines} == {("", ""), ("F", "F in English")}


def every_variant() -> Iterator[Variant]:
    for version, labels, keys in product(("1.0", "2.0", "2.1"), ("id", "name", "both"), ("none", "series", "both")):
        if version != "1.0" or (labels != "name" and keys == "none"):
            yield Variant(version, labels, keys, None if labels == "id" else "nb")


@pytest.mark.slow
@given(size=st.integers(1, 400), variant=st.sampled_from(list(every_variant())))
@settings(max_examples=40, deadline=None)
def test_the_bytes_do_not_depend_on_the_batches(
    size: int, variant: Variant, made_up: Publication, tmp_path_factory: pytest.TempPathFactory
) -> None:
    observations = made_up.observations[0]
    cube = observations.cube
    texts = []
    for number in (size, 100_000):
        path = tmp_path_factory.mktemp("bytes") / "data.csv"
        lines = rows(made_up.dataset.names, cube, variant)
        write_rows(path, observations.batches(number), cube.key_ids, lines, head(cube, variant))
        texts.append(path.read_bytes())
    assert texts[0] == texts[1]


@pytest.mark.slow
@given(
    cells=st.lists(
        st.tuples(st.decimals(-(10**9), 10**9, places=2), st.none() | TEXTS),
        min_size=1,
        max_size=8,
    ),
    label=TEXTS,
    title=TEXTS,
)
@settings(max_examples=40, deadline=None)
def test_any_number_text_and_name_survives_every_variant(
    cells: list[tuple[Decimal, str | None]],
    label: str,
    title: str,
    made_up: Publication,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("any")
    dataset = renamed(made_up.dataset, label, title)
    cube = dataset.cubes[0]
    lines = [
        {
            "FREQ": "A", "REF_AREA": "a1", "SEX": "_T", "AGE": "_T", "KIND": "1", "TIME_PERIOD": str(2000 + number),
            "OBS_VALUE": value, "OBS_STATUS": "A", "CONF_STATUS": "F", "MONTHS": number, "REMARK": remark,
            "SOURCE_LINE": number,
        }
        for number, (value, remark) in enumerate(cells)
    ]  # fmt: skip
    observations = store(dataset, cube, [pa.RecordBatch.from_pylist(lines, input_schema(cube))], folder, "any.csv")
    publication = with_variants(
        replace(made_up, dataset=dataset, observations=(observations,)),
        *(f"version={v}; labels={w}; keys=both; language=en" for v in ("2.0", "2.1") for w in ("name", "both")),
        "version=1.0; labels=both; language=en",
    )
    written(publication, folder / "r", *FORMATS)
    expected = as_text(observations)
    assert [row["REMARK"] for row in expected] == [remark for _, remark in cells]
    for _, read in READS.values():
        assert as_read(read, folder / "r", publication) == expected
    assert found(folder / "r", publication) == []
    named = records(folder / "r/sdmx/by-area/data-2.1-name-keys-both-en.csv")
    assert named[1][named[0].index("REF_AREA") + 1] == label
    assert {record[2] for record in named[1:]} == {title}


def renamed(dataset: Dataset, label: str, title: str) -> Dataset:
    """Return the made-up dataset with another English name for area a1, and for its cube."""
    area = dataset.codelist("CL_AREA")
    codes = tuple(
        replace(code, name=Text((("nb", "Område"), ("en", label)))) if code.id == "a1" else code for code in area.codes
    )
    (cube,) = dataset.cubes
    dimensions = tuple(
        replace(item, concept=replace(item.concept, codelist=replace(area, codes=codes)))
        if item.id == "REF_AREA"
        else item
        for item in cube.dimensions
    )
    return replace(dataset, cubes=(replace(cube, dimensions=dimensions, title=Text((("en", title),))),))


# What the field guides say


def test_a_suppressed_cell_says_nan_and_never_nothing(release: Path) -> None:
    for version in ("1.0", "2.0", "2.1"):
        header, *lines = records(release / f"sdmx/by-area/data-{version}.csv")
        value, status = header.index("OBS_VALUE"), header.index("OBS_STATUS")
        assert all((line[value] == "NaN") == (line[status] == "Q") for line in lines)
        assert sum(line[value] == "NaN" for line in lines) > 20


COMPONENTS = (
    "FREQ REF_AREA SEX AGE KIND TIME_PERIOD"
    " OBS_VALUE OBS_STATUS CONF_STATUS MONTHS REMARK UNIT_MEASURE UNIT_MULT DECIMALS"
)
LEADS = {
    "1.0": (["DATAFLOW"], ["MADE_UP:DF_MU_BY_AREA(1.0)"]),
    "2.0": (["STRUCTURE", "STRUCTURE_ID", "ACTION"], ["dataflow", "MADE_UP:DF_MU_BY_AREA(1.0)", "R"]),
    "2.1": (["STRUCTURE", "STRUCTURE_ID", "ACTION"], ["dataflow", "MADE_UP:DF_MU_BY_AREA(1.0)", "R"]),
}


@pytest.mark.parametrize("version", LEADS)
def test_the_columns_are_those_of_the_field_guide(version: str, release: Path) -> None:
    header, first, *_ = records(release / f"sdmx/by-area/data-{version}.csv")
    columns, cells = LEADS[version]
    assert header == [*columns, *COMPONENTS.split()]
    assert first[: len(cells)] == cells
    assert first[-3:] == ["PER", "0", "2"]


def test_labels_both_puts_names_behind_ids_and_leaves_values_alone(release: Path) -> None:
    header, first, *_ = records(release / "sdmx/by-area/data-2.0-both-nb.csv")
    assert header[:5] == [
        "STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ: FREQ på bokmål", "REF_AREA: REF_AREA på bokmål",
    ]  # fmt: skip
    line = dict(zip(header, first, strict=True))
    assert line["STRUCTURE_ID"] == f"MADE_UP:DF_MU_BY_AREA(1.0): {HOSTILE} på bokmål"
    assert line["ACTION"] == "R"
    assert line["REF_AREA: REF_AREA på bokmål"] == "_T: I alt"
    assert line["TIME_PERIOD: Time på bokmål"] == "2022"
    assert line["OBS_VALUE: Value på bokmål"] == "67.50"
    assert line["MONTHS: Months på bokmål"] == "7"
    assert line["UNIT_MEASURE: UNIT_MEASURE på bokmål"] == "PER: PER på bokmål"


def test_the_measure_of_version_1_is_called_obs_value_in_every_language(release: Path) -> None:
    header, first, *_ = records(release / "sdmx/by-area/data-1.0-both-en.csv")
    assert header[0] == "DATAFLOW"
    assert header[6:9] == ["TIME_PERIOD: Time in English", "OBS_VALUE", "OBS_STATUS: OBS_STATUS in English"]
    assert first[0] == f"MADE_UP:DF_MU_BY_AREA(1.0): {HOSTILE} in English"


def test_labels_name_gives_every_component_a_second_column(release: Path) -> None:
    header, first, *_ = records(release / "sdmx/by-area/data-2.1-name-keys-both-en.csv")
    assert header[:6] == ["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY"]
    assert header[6::2] == COMPONENTS.split()
    assert header[7::2][:2] == ["FREQ in English", "REF_AREA in English"]
    assert first[2] == f"{HOSTILE} in English"
    assert first[4:6] == ["A._T.F.Y_LT20.02", "A._T.F.Y_LT20.02.2022"]
    line = dict(zip(header, first, strict=True))
    assert line["REF_AREA in English"] == "Total"
    assert [line[name] for name in ("Time in English", "Value in English", "Months in English")] == ["", "", ""]


def test_a_name_is_never_taken_from_another_language(release: Path) -> None:
    header, *lines = records(release / "sdmx/by-area/data-2.1-both-keys-obs-sme.csv")
    assert header[3:6] == ["OBS_KEY", "FREQ", "REF_AREA"]
    assert {line[5] for line in lines} == {"_T", "a1: Romsa", "a2", "a3"}
    assert {line[1] for line in lines} == {"MADE_UP:DF_MU_BY_AREA(1.0)"}
    header, *lines = records(release / "sdmx/by-area/data-2.0-name-sme.csv")
    assert {(line[6], line[7]) for line in lines} == {("_T", ""), ("a1", "Romsa"), ("a2", ""), ("a3", "")}
    assert {line[2] for line in lines} == {""}


def test_files_and_media_types_say_how_they_were_asked_for(made_up: Publication, tmp_path: Path) -> None:
    draft = Draft(tmp_path)
    sdmx_csv.FORMAT.write(made_up, draft, made_up.dataset.formats["sdmx-csv"])
    said = {file.path.rpartition("/")[2]: file.media_type.partition("+csv;")[2] for file in draft.files}
    assert said == {
        "data-1.0.csv": "version=1.0.0",
        "data-2.0.csv": "version=2.0.0",
        "data-2.1.csv": "version=2.1.0",
        "data-1.0-both-en.csv": "version=1.0.0;labels=both",
        "data-2.0-both-nb.csv": "version=2.0.0;labels=both",
        "data-2.0-keys-series.csv": "version=2.0.0;keys=series",
        "data-2.1-name-keys-both-en.csv": "version=2.1.0;labels=name;keys=both",
        "data-2.1-both-keys-obs-sme.csv": "version=2.1.0;labels=both;keys=obs",
        "data-2.0-name-sme.csv": "version=2.0.0;labels=name",
    }
    for file in draft.files:
        assert list(file.columns) == records(tmp_path / file.path)[0]


def test_no_two_variants_have_the_same_file() -> None:
    variants = [replace(variant, language=None if variant.labels == "id" else language) for variant in every_variant()
                for language in ("en", "en-GB", "keys")]  # fmt: skip
    assert len({variant.file for variant in variants}) == len(set(variants))


# Foreign readers


def test_pysdmx_reads_every_file_and_drops_the_names(made_up: Publication, release: Path) -> None:
    """pysdmx opens a file as text, so it turns CR LF within quotes into LF: its own fault, and the only difference.

    It looks for names only below a header with one. Every component has one in the languages a
    variant can be asked for in; ``sme`` is none of them, and left out here.
    """
    from pysdmx.io import read_sdmx

    expected = [
        [cell.replace("\r\n", "\n") for cell in record[3:]] for record in records(release / "sdmx/by-area/data-2.0.csv")
    ]
    for path in sorted(path for path in release.glob("sdmx/by-area/*.csv") if "both-keys-obs-sme" not in path.name):
        (data,) = read_sdmx(path).data
        frame = data.data[expected[0]].astype(str)
        assert frame.to_numpy().tolist() == expected[1:], path.name
        assert str(data.structure) == "Dataflow=MADE_UP:DF_MU_BY_AREA(1.0)"
        assert data.action.name == ("Information" if "-1.0" in path.name else "Replace")


# Faults in the files of the contract


DIFFERENCES: dict[str, Callable[[str], str]] = {
    "value": one(",58.50,", ",58.51,"),
    "trailing zero": one(",58.50,", ",58.5,"),
    "hidden value": one(",NaN,", ",3,"),
    "nan in lower case": one(",NaN,", ",nan,"),
    "no value": one(",NaN,", ",,"),
    "status": one(",P,F,", ",A,F,"),
    "confidentiality": one(",Q,A,", ",Q,F,"),
    "attribute gone": one(",F,7,", ",F,,"),
    "text": one("&amp; once", "&amp; twice"),
    "key of a series": one(",_T,F,", ",_T,M,"),
    "period": one(",2022,", ",2021,"),
    "row missing": lambda text: text.replace(next(line for line in text.split("\n") if ",64.00," in line) + "\n", ""),
    "row twice": lambda text: text.replace(
        line := next(x for x in text.split("\n") if ",64.00," in x), f"{line}\n{line}"
    ),
}


@pytest.mark.parametrize("by", slow_where(lambda by: by.endswith("by sdmx1"), READS))
@pytest.mark.parametrize("fault", DIFFERENCES)
def test_a_changed_observation_is_seen(
    by: str, fault: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    path, read = READS[by]
    folder = spoil(release, tmp_path, path.format(cube="by-area"), DIFFERENCES[fault])
    expected, seen = as_text(made_up.observations[0]), as_read(read, folder, made_up)
    assert seen != expected
    assert len(expected) - len(seen) == (fault == "row missing") - (fault == "row twice")


REFUSED: dict[str, Callable[[str], str]] = {
    "unit of a series": one(",PER,", ",PT,"),
    "unit missing": one(",PER,", ",,"),
    "decimals of a series": one("PER,0,2\n", "PER,0,0\n"),
    "another dataflow": one(":DF_MU_BY_AREA(", ":DF_MU("),
    "cut short": lambda text: text[: len(text) // 2],
    "a cell too many": one("PER,0,2\n", "PER,0,2,\n"),
    "not the format": lambda _: "a,b\n1,2\n",
    "header": one("OBS_STATUS,CONF_STATUS", "CONF_STATUS,OBS_STATUS"),
    "empty": lambda _: "",
}


@pytest.mark.parametrize("by", READS)
@pytest.mark.parametrize("fault", sampled(3, REFUSED))
def test_a_broken_file_is_refused(by: str, fault: str, made_up: Publication, release: Path, tmp_path: Path) -> None:
    path, read = READS[by]
    folder = spoil(release, tmp_path, path.format(cube="by-area"), REFUSED[fault])
    if fault == "header" and "sdmx1" in by:
        assert as_read(read, folder, made_up) != as_text(made_up.observations[0])
        return
    with pytest.raises(UnreadableError) as refused:
        as_read(read, folder, made_up)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("by", [by for by in READS if "2." in by])
def test_another_action_is_refused(by: str, made_up: Publication, release: Path, tmp_path: Path) -> None:
    path, read = READS[by]
    folder = spoil(release, tmp_path, path.format(cube="by-area"), one("(1.0),R,", "(1.0),I,"))
    with pytest.raises(UnreadableError):
        as_read(read, folder, made_up)


def test_a_missing_file_is_refused(made_up: Publication, tmp_path: Path) -> None:
    for _, read in READS.values():
        with pytest.raises(UnreadableError):
            as_read(read, tmp_path, made_up)


# Faults in variants: each is found, and named


KEY = "A._T.F.Y_LT20.02.2022"
WRONG = [
    ("data-2.0-both-nb.csv", ",67.50,", ",67.51,", f"by-area {KEY}: OBS_VALUE is '67.51', '67.50' expected"),
    ("data-2.0-both-nb.csv", "Q: Q på bokmål", "A: A på bokmål", "OBS_STATUS is 'A', 'Q' expected"),
    ("data-2.0-both-nb.csv", "F: F på bokmål,Y_LT20", "M: M på bokmål,Y_LT20", "A._T.F.Y_LT20.02.2022: is missing"),
    ("data-2.0-both-nb.csv", "_T: I alt", "_T: Total", f"by-area: {KEY}: REF_AREA is named 'Total', 'I alt' expected"),
    ("data-2.0-both-nb.csv", ",A: A på bokmål,_T", ",A,_T", "FREQ is named nothing, 'A på bokmål' expected in 'nb'"),
    ("data-2.0-both-nb.csv", "PER: PER på bokmål", "PER: PER in English", "UNIT_MEASURE is named 'PER in English'"),
    ("data-2.0-both-nb.csv", "PER: PER på bokmål", "PT: PT på bokmål", f"{KEY}: UNIT_MEASURE is 'PT', not 'PER'"),
    ("data-2.0-both-nb.csv", '",R,', '",I,', "ACTION is 'I', not 'R'"),
    ("data-2.0-both-nb.csv", "DF_MU_BY_AREA(1.0): ", "DF_MU(1.0): ", "STRUCTURE_ID is 'MADE_UP:DF_MU(1.0)"),
    ("data-2.0-both-nb.csv", "漢字 på bokmål\",R", "漢字 in English\",R", "STRUCTURE_ID is"),
    ("data-2.0-both-nb.csv", "SEX: SEX på bokmål,", "SEX: SEX in English,", "columns are STRUCTURE"),
    ("data-1.0-both-en.csv", ",OBS_VALUE,", ",OBS_VALUE: Value in English,", "columns are DATAFLOW"),
    ("data-2.0-keys-series.csv", "R,A._T.F.Y_LT20.02,", "R,A._T.M.Y_LT20.02,", "SERIES_KEY is 'A._T.M.Y_LT20.02', not"),
    ("data-2.1-name-keys-both-en.csv", "02.2022,", "02.2023,", "OBS_KEY is 'A._T.F.Y_LT20.02.2023', not"),
    ("data-2.1-name-keys-both-en.csv", ",_T,Total,", ",_T,I alt,", "REF_AREA is named 'I alt', 'Total' expected in"),
    ("data-2.1-name-keys-both-en.csv", ",2022,,", ",2022,2022,", "TIME_PERIOD is named '2022', nothing expected"),
    ("data-2.1-name-keys-both-en.csv", "漢字 in English\",R", "漢字 på bokmål\",R", "STRUCTURE_NAME is"),
    ("data-2.1-both-keys-obs-sme.csv", "a1: Romsa", "a1: Tromsø", "REF_AREA is named 'Tromsø', 'Romsa' expected"),
    ("data-2.1-both-keys-obs-sme.csv", ",_T,", ",_T: I alt,", "REF_AREA is named 'I alt', nothing expected in 'sme'"),
    ("data-2.0-name-sme.csv", ",_T,,F", ",_T,I alt,F", "REF_AREA is named 'I alt', nothing expected in 'sme'"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "message"), WRONG, ids=[f"{case[0]} {case[2]}" for case in WRONG])
def test_a_fault_in_a_variant_is_found_and_named(
    file: str, old: str, new: str, message: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    folder = spoil(release, tmp_path, f"sdmx/by-area/{file}", one(old, new))
    findings = found(folder, made_up)
    assert any(f"sdmx/by-area/{file}: " in finding and message in finding for finding in findings), findings
    assert not any("\n" in finding for finding in findings)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(("times", "message"), [(0, "is missing"), (2, "stands twice")])
def test_a_row_too_many_or_too_few_in_a_variant_is_named(
    file: str, times: int, message: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    path = f"sdmx/by-area/{file}"
    header, first, *rest = records(release / path)
    folder = spoil(release, tmp_path, path, lambda text: text + "\n")
    with (folder / path).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *[first] * times, *rest])
    assert found(folder, made_up) == [f"{path}: by-area {KEY}: {message}"]


def test_a_variant_that_is_missing_or_not_asked_for_is_named(
    made_up: Publication, release: Path, tmp_path: Path
) -> None:
    asked = with_variants(made_up, *VARIANTS[1:], "version=2.1; keys=obs")
    assert found(release, asked) == [
        "sdmx/by-area/data-2.1-keys-obs.csv: by-area: is missing",
        "sdmx/by-area/data-1.0-both-en.csv: is no variant that the definition asks for",
    ]


def test_the_header_of_a_file_is_what_the_data_package_lists(made_up: Publication) -> None:
    cube = made_up.observations[0].cube
    assert columns(cube, Variant("1.0")) == ("DATAFLOW", *COMPONENTS.split())
