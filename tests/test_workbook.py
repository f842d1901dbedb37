"""The workbook says to a person what was published, and openpyxl reads every observation of it back."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import rdf_fixture
import sdmx_fixture
from helpers import slow_where
from openpyxl import load_workbook
from workbook_fixture import PATH, codelist, differences, form, publication, small, subject, written

from publisher.checks import one_truth, read_workbook
from publisher.checks.reader import UnreadableError
from publisher.errors import Finding
from publisher.formats import workbook
from publisher.formats.draft import Publication
from publisher.formats.limits import left_out
from publisher.formats.workbook_names import sheet_names
from publisher.formats.workbook_sheet import lines
from publisher.formats.workbook_words import Words
from publisher.model import Dataset
from publisher.release import observations_of, open_release

pytestmark = pytest.mark.slow

REGIONS = codelist(
    "CL_REGION", {"_T": "I alt", "N": "Nord", "N1": "Lengst nord", "S": "Sør"}, {"N": "_T", "N1": "N", "S": "_T"}
)
HIDDEN = 7654321


def monthly(months: int = 3, **more: Any) -> Iterator[dict[str, Any]]:
    """Yield counts of four regions, 1 to 12 and the mean of the year, the count 2 suppressed."""
    numbers = itertools.count(1)
    for region in REGIONS.ids:
        for month in range(1, months + 1):
            number = next(numbers)
            value = None if number == 2 else number * 1000
            yield {"REGION": region, "FREQ": "M", "TIME_PERIOD": f"2024-{month:02}", "OBS_VALUE": value, **more}
        yield {
            "REGION": region,
            "FREQ": "A",
            "TIME_PERIOD": "2024",
            "OBS_VALUE": 7,
            "OBS_STATUS": "P",
            "MONTHS": months,
        }


@pytest.fixture
def given(tmp_path: Path) -> Publication:
    return publication(small({"REGION": REGIONS}), monthly(), tmp_path / "observations")


@pytest.fixture(scope="module")
def real(real_release: Path) -> Any:
    return load_workbook(real_release / "xlsx/nav-tilt140.xlsx")


def rows_of(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def below(sheet: Any, start: str) -> list[list[Any]]:
    """Return the rows of a sheet from the one whose first cell is ``start``."""
    rows = rows_of(sheet)
    return rows[next(number for number, row in enumerate(rows) if row[0] == start) :]


# What a person sees


def test_the_contents_say_what_is_there_and_whom_to_ask(real: Any) -> None:
    sheet = real["Innhold"]
    assert real.sheetnames[0] == "Innhold"
    assert sheet["A1"].value == "Deltakere på oppfølgingstiltak"
    rows = below(sheet, "Ark")
    assert rows[0] == ["Ark", "Tabell", "Observasjoner", "Skjermede"]
    assert rows[2] == ["county", "Deltakere på oppfølgingstiltak etter tiltak og fylke", 1512, 312]
    assert (sum(row[2] for row in rows[1:8]), sum(row[3] for row in rows[1:8])) == (4068, 377)
    links = [cell.hyperlink.location for cell in sheet["A"] if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in real.sheetnames[1:]]
    said = {row[0]: row[1] for row in rows if row[0]}
    assert said["Utgiver"] == "Arbeids- og velferdsetaten (NAV), 889640782, https://www.nav.no"
    assert said["Kontakt"] == "NAV, statistikk, https://www.nav.no/statistikk"
    assert said["Lisens"].endswith("(CC-BY-4.0), https://creativecommons.org/licenses/by/4.0/")
    assert said["Utgave"] == "2024-11, versjon 2024.11.0"
    assert said["Kilde"].startswith("https://www.nav.no/")


def test_a_sheet_of_the_real_release_reads_as_a_table(real: Any) -> None:
    sheet = real["county"]
    assert [sheet[f"A{row}"].value for row in (1, 2, 3)] == [
        "Deltakere på oppfølgingstiltak etter tiltak og fylke",
        "Antall deltakere. Enhet: Personer",
        "Symboler: «:» kan ikke offentliggjøres (tallet er under 4); «.» tall finnes ikke.",
    ]
    head, codes, *rows = below(sheet, "Tiltak")
    assert head[:3] == ["Tiltak", "Fylke", "Januar\n2024"]
    assert head[-3:] == ["Årlig 2024\nForeløpig verdi\nAntall måneder: 11", "Kode: Tiltak", "Kode: Fylke"]
    assert codes[:3] == ["navn", "navn", "M 2024-01"]
    assert codes[-3:] == ["A 2024 a) b)", "PROGRAMME", "REF_AREA"]
    oslo = next(row for row in rows if row[-2:] == ["DIGIOPPARB", "03"])
    assert oslo == ["Digital oppfølging/jobbklubb", "Oslo", *[":"] * 6, 109, 98, 121, 155, 152, 58, "DIGIOPPARB", "03"]
    notes = [row[0] for row in below(sheet, "Noter")]
    assert notes[1:3] == [
        "a) Observasjonsstatus (OBS_STATUS): P Foreløpig verdi",
        "b) Antall måneder (MONTHS_COVERED): 11",
    ]
    assert "Frekvens: M for måneder, A for gjennomsnittet av månedene hittil i året." in notes


def test_numbers_are_numbers_with_separators_and_headers_stay_and_are_repeated(real: Any) -> None:
    sheet = real["county"]
    total = next(row for row in sheet.iter_rows() if [cell.value for cell in row[-2:]] == ["INDOPPFAG", "_T"])
    assert (total[2].value, total[2].number_format, total[2].data_type) == (8407, "#,##0", "n")
    assert sheet.freeze_panes == "C6"
    assert sheet.print_title_rows == "$4:$5"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert all(cell.alignment.wrap_text for cell in (*sheet[4], *sheet[5]))
    assert not sheet.merged_cells.ranges


def test_the_document_has_a_title_a_language_and_the_time_of_the_edition(real: Any) -> None:
    properties = real.properties
    assert (properties.title, properties.language) == ("Deltakere på oppfølgingstiltak", "nb")
    assert properties.creator == "Arbeids- og velferdsetaten (NAV)"
    assert properties.created == properties.modified == datetime(2026, 11, 22)  # noqa: DTZ001 -- as openpyxl has it


def test_narrower_codes_are_indented_below_wider_ones_in_the_order_of_their_list(
    given: Publication, tmp_path: Path
) -> None:
    sheet = load_workbook(written(given, tmp_path))["small"]
    rows = [row for row in sheet.iter_rows() if row[-1].value in REGIONS.ids]
    assert [(row[0].value, int(row[0].alignment.indent)) for row in rows] == [
        ("I alt", 0),
        ("Nord", 1),
        ("Lengst nord", 2),
        ("Sør", 1),
    ]


@pytest.mark.parametrize(
    ("language", "contents", "period", "mark"),
    [
        ("nb", "Innhold", "Januar\n2024", "Merke"),
        ("no", "Innhold", "Januar\n2024", "Merke"),
        ("nn", "Innhald", "Januar\n2024", "Merke"),
        ("en-GB", "Contents", "January\n2024", "Mark"),
        ("fr", "Contents", "January\n2024", "Mark"),
    ],
)
def test_the_words_are_those_of_the_first_language_or_english(
    language: str, contents: str, period: str, mark: str, tmp_path: Path
) -> None:
    rows = [*monthly(), {"REGION": "N", "FREQ": "M", "TIME_PERIOD": "2024-04", "OBS_VALUE": 1, "NOTE": "ny"}]
    rows.append({"REGION": "S", "FREQ": "M", "TIME_PERIOD": "2024-04", "OBS_VALUE": 1})
    given = publication(small({"REGION": REGIONS}, language=language), rows, tmp_path / "observations")
    book = load_workbook(written(given, tmp_path))
    assert book.sheetnames[0] == contents
    head = below(book["small"], "REGION-navn")[0]
    assert head[1] == period
    assert mark in head
    assert differences(given, tmp_path) == []
    assert form(given, tmp_path) == []


@pytest.mark.parametrize(
    ("frequency", "period", "expected"),
    [
        ("A", "2024", "2024"),
        ("S", "2024-S2", "2. halvår 2024"),
        ("T", "2024-T3", "3. tertial 2024"),
        ("Q", "2024-Q1", "1. kvartal 2024"),
        ("M", "2024-12", "Desember 2024"),
        ("W", "2024-W07", "Uke 7 2024"),
        ("D", "2024-02-29", "2024-02-29"),
    ],
)
def test_periods_are_named_as_people_name_them(frequency: str, period: str, expected: str) -> None:
    assert Words("nb").period(frequency, period) == expected


def test_a_language_from_right_to_left_turns_the_sheets(tmp_path: Path) -> None:
    given = publication(small({"REGION": REGIONS}, language="ar"), monthly(), tmp_path / "observations")
    book = load_workbook(written(given, tmp_path))
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
    assert differences(given, tmp_path) == []


# What comes back


def test_the_real_release_is_read_back_and_its_form_is_right(real_release: Path, tmp_path: Path) -> None:
    given = real_publication(real_release, tmp_path)
    assert differences(given, real_release) == []
    assert form(given, real_release) == []


def real_publication(release: Path, scratch: Path) -> Publication:
    opened = open_release(release)
    files = frozenset(f"data/{cube.id}.parquet" for cube in opened.dataset.cubes)
    observations, _ = observations_of(opened, files, frozenset(), scratch)
    edition = opened.dataset.edition("2024-11")
    return Publication(opened.dataset, release, edition, tuple(observations.values()), ())


HOSTILE = [
    "=1+1", "+47", "-1", "@SUM(A1)", "'quoted", "{=1}", "https://x.example/a", "mailto:a@x.example",
    "internal:Sheet!A1", "1234", "2024-01-01", "TRUE", "#N/A", ":", ".", "a) b)", "<r><t>x</t></r>", "<r>&</r>",
    "& < > \" '", "_x0041_", "x005F_", "_x005F_", "a\r\nb", "two\nlines", " blank ", "tab\there",
    "\U0001f30a 漢字 \u05d0", "%s {x} $y", "REGION", "REGION-navn", "a) NOTE-navn (NOTE): b", "x" * 300, "y " * 400,
]  # fmt: skip


def test_labels_and_attributes_of_every_kind_stay_the_texts_they_are(tmp_path: Path) -> None:
    region = codelist("CL_REGION", {f"R{number}": label for number, label in enumerate(HOSTILE)})
    rows = [
        {"REGION": f"R{number}", "FREQ": "M", "TIME_PERIOD": "2024-01", "OBS_VALUE": number, "NOTE": note}
        for number, note in enumerate(text if text[0] not in "=+-@" else f" {text}" for text in HOSTILE)
    ]
    given = publication(small({"REGION": region}, title="=2+2"), rows, tmp_path / "observations")
    book = load_workbook(written(given, tmp_path))
    assert differences(given, tmp_path) == []
    assert form(given, tmp_path) == []
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    # openpyxl itself takes a text that begins with = for a formula when it is set, not when it is read.
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
    assert book["small"]["A1"].value == "=2+2"
    with zipfile.ZipFile(tmp_path / PATH) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name) or b"External" in parts.read(name)]


def test_a_text_longer_than_a_cell_holds_comes_back_whole(tmp_path: Path) -> None:
    note = "ord " * 30_000 + "slutt"
    rows = [{"REGION": region, "FREQ": "A", "TIME_PERIOD": "2024", "OBS_VALUE": 1} for region in REGIONS.ids]
    rows[1]["NOTE"] = note
    given = publication(small({"REGION": REGIONS}), rows, tmp_path / "observations")
    written(given, tmp_path)
    assert differences(given, tmp_path) == []


def test_the_code_stands_after_labels_that_are_alike(tmp_path: Path) -> None:
    region = codelist("CL_REGION", {"1": "Herøy", "2": "herøy ", "3": "Hole"})
    rows = [{"REGION": code, "FREQ": "A", "TIME_PERIOD": "2024", "OBS_VALUE": 1} for code in region.ids]
    given = publication(small({"REGION": region}), rows, tmp_path / "observations")
    sheet = load_workbook(written(given, tmp_path))["small"]
    assert [row[0] for row in below(sheet, "REGION-navn")[2:5]] == ["Herøy (1)", "herøy  (2)", "Hole"]
    assert differences(given, tmp_path) == []


@pytest.mark.parametrize(
    ("decimals", "numbers"),
    [
        (0, ["0", "-1", "999999999999999", "1000000000000000", "-9223372036854775808", "9007199254740993"]),
        (2, ["9.95", "-0.01", "0.00", "9999999999999.99", "99999999999999.99", "12345678901234567890.12"]),
        (
            15,
            ["0.123456789012345", "0.000000000000001", "-0.999999999999999", "1.000000000000001", "9.412345678901234"],
        ),
        (7, ["0.0000001", "12345678.1234567", "99999999.9999999", "1.1000000"]),
    ],
)
def test_every_digit_of_a_number_comes_back(decimals: int, numbers: list[str], tmp_path: Path) -> None:
    region = codelist("CL_REGION", {f"R{number}": f"Nr. {number}" for number in range(len(numbers))})
    rows = [
        {"REGION": f"R{n}", "FREQ": "A", "TIME_PERIOD": "2024", "OBS_VALUE": Decimal(text) if decimals else int(text)}
        for n, text in enumerate(numbers)
    ]
    given = publication(small({"REGION": region}, decimals), rows, tmp_path / "observations")
    sheet = load_workbook(written(given, tmp_path))["small"]
    assert differences(given, tmp_path) == []
    cells = [row[1] for row in sheet.iter_rows() if row[-1].value in region.ids]
    for text, cell in zip(numbers, cells, strict=True):
        exact = len(text.lstrip("-").replace(".", "").lstrip("0")) <= 15
        assert cell.data_type == ("n" if exact else "s"), text
    with zipfile.ZipFile(tmp_path / PATH) as parts:
        assert decimals != 2 or b"<v>9.95</v>" in parts.read("xl/worksheets/sheet2.xml")
    said = any(row[0] and "15 sifre" in str(row[0]) for row in rows_of(sheet))
    assert said == any(cell.data_type == "s" for cell in cells)


def test_a_status_of_some_cells_stands_in_a_column_of_marks_and_of_all_in_the_header(tmp_path: Path) -> None:
    rows = [
        {"REGION": region, "FREQ": "M", "TIME_PERIOD": f"2024-0{month}", "OBS_VALUE": 5, "OBS_STATUS": status}
        for month, statuses in ((1, "PPPP"), (2, "AEAP"), (3, "AAAA"))
        for region, status in zip(REGIONS.ids, statuses, strict=True)
    ]
    rows[0] |= {"OBS_VALUE": None, "OBS_STATUS": "Q", "CONF_STATUS": "A"}
    rows[5] |= {"CONF_STATUS": "N", "NOTE": "rettet"}
    given = publication(small({"REGION": REGIONS}), rows, tmp_path / "observations")
    sheet = load_workbook(written(given, tmp_path))["small"]
    head, codes, *table = below(sheet, "REGION-navn")
    assert head[1:5] == ["Januar\n2024\nForeløpig", "Februar\n2024", "Merke", "Mars\n2024"]
    assert codes[1:5] == ["M 2024-01 a)", "M 2024-02", "*", "M 2024-03"]
    assert [row[1:5] for row in table[:4]] == [
        [":", 5, None, 5],
        [5, 5, "b) c) d)", 5],
        [5, 5, None, 5],
        [5, 5, "a)", 5],
    ]
    assert [row[0] for row in below(sheet, "Noter")[1:5]] == [
        "a) OBS_STATUS-navn (OBS_STATUS): P Foreløpig",
        "b) OBS_STATUS-navn (OBS_STATUS): E Anslag",
        "c) CONF_STATUS-navn (CONF_STATUS): N Intern",
        "d) NOTE-navn (NOTE): rettet",
    ]
    assert differences(given, tmp_path) == []


@pytest.mark.slow
def test_more_marks_than_letters_are_kept_apart(tmp_path: Path) -> None:
    region = codelist("CL_REGION", {f"R{number}": f"Nr. {number}" for number in range(800)})
    rows = [
        {"REGION": code, "FREQ": "A", "TIME_PERIOD": "2024", "OBS_VALUE": 1, "NOTE": f"om {code}"}
        for code in region.ids
    ]
    given = publication(small({"REGION": region}), rows, tmp_path / "observations")
    sheet = load_workbook(written(given, tmp_path))["small"]
    marks = [row[2] for row in below(sheet, "REGION-navn")[2:802]]
    assert (marks[0], marks[25], marks[26], marks[702]) == ("a)", "z)", "aa)", "aaa)")
    assert differences(given, tmp_path) == []


def daily(days: int) -> Iterator[dict[str, Any]]:
    for number in range(days):
        day = (date(2020, 1, 1) + timedelta(number)).isoformat()
        yield {"REGION": "S", "FREQ": "D", "TIME_PERIOD": day, "OBS_VALUE": number}


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([*daily(26)], ["REGION"]),
        ([*daily(27)], ["REGION", "FREQ", "TIME_PERIOD"]),
        ([*monthly(12)], ["REGION"]),
        (
            [  # a cell in eight would be filled
                {"REGION": REGIONS.ids[n // 6], "FREQ": "A", "TIME_PERIOD": str(2000 + n), "OBS_VALUE": n}
                for n in range(24)
            ],
            ["REGION"],
        ),
    ],
)
def test_periods_that_do_not_fit_a_page_stand_in_rows(
    rows: list[dict[str, Any]], codes: list[str], tmp_path: Path
) -> None:
    given = publication(small({"REGION": REGIONS}), rows, tmp_path / "observations")
    sheet = load_workbook(written(given, tmp_path))["small"]
    second = below(sheet, "REGION-navn")[1]
    assert [cell for cell in second if cell in ("REGION", "FREQ", "TIME_PERIOD")] == codes
    assert differences(given, tmp_path) == []
    assert form(given, tmp_path) == []


def test_a_table_with_few_cells_filled_has_a_row_for_each_observation(tmp_path: Path) -> None:
    region = codelist("CL_REGION", {f"R{number}": f"Nr. {number}" for number in range(10)})
    rows = [
        {"REGION": f"R{n}", "FREQ": "A", "TIME_PERIOD": str(2000 + n), "OBS_VALUE": None if n == 3 else n, "MONTHS": 12}
        for n in range(10)
    ]
    given = publication(small({"REGION": region}), rows, tmp_path / "observations")
    sheet = load_workbook(written(given, tmp_path))["small"]
    head, codes, first, *_ = below(sheet, "REGION-navn")
    assert head[3] == "OBS_VALUE-navn\nMONTHS-navn: 12"
    assert codes[3:] == ["OBS_VALUE a)", "REGION", "FREQ", "TIME_PERIOD"]
    assert first == ["Nr. 0", "Årlig", "2000", 0, "R0", "A", "2000"]
    assert differences(given, tmp_path) == []


def test_cells_that_there_is_no_observation_for_have_their_own_symbol(tmp_path: Path) -> None:
    rows = [row for row in monthly() if (row["REGION"], row["TIME_PERIOD"]) != ("S", "2024-02")]
    given = publication(small({"REGION": REGIONS}), rows, tmp_path / "observations")
    sheet = load_workbook(written(given, tmp_path))["small"]
    column = [row[2] for row in below(sheet, "REGION-navn")[2:6]]
    assert (column[0], column[3]) == (":", ".")
    assert differences(given, tmp_path) == []


@pytest.mark.parametrize("dimensions", [{}, {"REGION": REGIONS}])
def test_a_cube_without_an_observation_has_a_sheet_with_its_header(dimensions: dict[str, Any], tmp_path: Path) -> None:
    given = publication(small(dimensions), [], tmp_path / "observations")
    written(given, tmp_path)
    assert differences(given, tmp_path) == []
    assert form(given, tmp_path) == []


@pytest.mark.parametrize(
    "rows",
    [
        [{"FREQ": "A", "TIME_PERIOD": "2024", "OBS_VALUE": 1}],
        [{"FREQ": "A", "TIME_PERIOD": "2024"}],
        [{"FREQ": "W", "TIME_PERIOD": f"2024-W{week:02}", "OBS_VALUE": week} for week in range(1, 53)],
    ],
)
def test_a_cube_of_time_alone_is_read_back(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    given = publication(small({}), rows, tmp_path / "observations")
    written(given, tmp_path)
    assert differences(given, tmp_path) == []
    assert form(given, tmp_path) == []


@pytest.mark.parametrize("make", [rdf_fixture.hostile_dataset, sdmx_fixture.hostile_dataset])
def test_other_datasets_are_read_back(make: Callable[[], Dataset], tmp_path: Path) -> None:
    if make is rdf_fixture.hostile_dataset:
        given = replace(rdf_fixture.publication(make(), tmp_path / "observations"), sources=())
    else:
        (tmp_path / "observations").mkdir()
        given = sdmx_fixture.hostile_publication(tmp_path / "observations")
    written(given, tmp_path)
    assert differences(given, tmp_path) == []
    assert form(given, tmp_path) == []


# The file


def test_the_same_publication_is_the_same_bytes_at_another_time_and_place(
    given: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = written(given, tmp_path / "a").read_bytes()
    clock, year = time.time, 40_000_000
    monkeypatch.setattr(time, "time", lambda: clock() + year)
    real_localtime = time.localtime
    monkeypatch.setattr(time, "localtime", lambda seconds=None: real_localtime(clock() + year))
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    time.tzset()
    mask = os.umask(0)
    second = written(given, tmp_path / "b").read_bytes()
    os.umask(mask)
    monkeypatch.undo()
    time.tzset()
    assert first == second
    with zipfile.ZipFile(tmp_path / "a" / PATH) as parts:
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b">2024-11-30T00:00:00Z</dcterms:created>" in parts.read("docProps/core.xml")
        assert f"{datetime.now(UTC).year}-".encode() not in parts.read("docProps/core.xml")


@pytest.mark.slow
def test_the_same_publication_is_the_same_bytes_two_seconds_later(given: Publication, tmp_path: Path) -> None:
    first = written(given, tmp_path / "a").read_bytes()
    time.sleep(2.1)  # a zip counts time in steps of two seconds
    assert written(given, tmp_path / "b").read_bytes() == first


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["Innhold", "county"], ["Innhold", "county"]),
        (["Contents", "contents", "history"], ["Contents", "contents~2", "history~2"]),
        (["contents", "CONTENTS", "History"], ["contents", "CONTENTS~2", "History~2"]),
        (["a" * 40, "a" * 35], ["a" * 31, "a" * 29 + "~2"]),
        (["x[y]:*?/\\z'", "''"], ["x-y------z", "-"]),
        (
            [f"{'b' * 31}{n}" for n in range(12)],
            ["b" * 31, *("b" * 29 + f"~{n}" for n in range(2, 10)), *("b" * 28 + f"~{n}" for n in (10, 11, 12))],
        ),
    ],
)
def test_sheets_have_names_that_a_workbook_takes(wanted: list[str], names: list[str]) -> None:
    assert sheet_names(*wanted) == names


@pytest.mark.parametrize(
    "text", ["", "one", "one two three", "a\nb\r\nc\n", "x" * 50, "word " * 20, " lead", "a" * 9 + " b"]
)
def test_lines_of_a_text_are_the_text_when_joined(text: str) -> None:
    found = list(lines(text, 10))
    assert "".join(found) == text
    assert all(len(line.rstrip()) <= 10 for line in found)


def test_a_cube_beyond_the_limit_is_published_without_the_workbook(given: Publication) -> None:
    (item,) = given.observations
    assert left_out(workbook.FORMAT, [replace(item, rows=100_000)]) is None
    notice = left_out(workbook.FORMAT, [replace(item, rows=100_001)])
    assert notice is not None
    assert notice.message.startswith("workbook is left out: cube small has 100,001 observations, 100,000 at most (")


# What is wrong with a workbook


def damaged(given: Publication, folder: Path, change: Callable[[Any], None]) -> None:
    """Write the workbook, change it by openpyxl and save it."""
    path = written(given, folder)
    book = load_workbook(path)
    change(book)
    book.save(path)


def put(place: str, value: Any) -> Callable[[Any], None]:
    return lambda book: setattr(book["small"][place], "value", value)


# Rows of the sheet: 4 and 5 are the header, 6 to 9 regions; columns: A labels, B to D months, E the year, F codes.
READING = {
    "a formula": (put("B6", "=7654321"), "cell B6 holds a formula"),
    "a text": (put("B6", "7654321 eller så"), "cell B6 holds a text that is no number and no symbol"),
    "a number as text": (put("B6", "7654321"), "cell B6 holds a number as a text"),
    "true": (put("B6", True), "cell B6 holds true or false"),
    "a date": (put("B6", datetime(2024, 1, 1)), "cell B6 holds a date"),  # noqa: DTZ001 -- cells have no zone
    "an error": (put("B6", "#N/A"), "cell B6 holds an error"),
    "the label of another code": (put("A7", "Sør"), "cell A7 is not the label of REGION N"),
    "the period of another column": (put("B4", "Februar\n2024"), "cell B4 does not name the period 2024-01"),
    "no period": (put("B5", "M 2024-13"), "cell B5 is no frequency and period"),
    "the name of another dimension": (put("A4", "Kjønn"), "cell A4 is not the name of REGION"),
    "no codes": (put("F5", "AREA"), "has no row of codes that ends with REGION"),
    "a row without its code": (put("F6", None), "has a row without its codes: cell A6"),
    "a mark that no note explains": (put("E5", "A 2024 a) b) c)"), "no note says what mark c) is"),
    "a mark that is none": (put("E5", "A 2024 7654321"), "cell E5 holds what is no mark"),
    "a note of another attribute": (put("A12", "a) Noe (X): P"), "mark a) says nothing of an attribute"),
    "a note of another label": (put("A12", "a) OBS_STATUS-navn (OBS_STATUS): P Anslag"), "mark a) says nothing"),
    "no sheet": (lambda book: book.remove(book["small"]), "there is no sheet 'small'"),
}


@pytest.mark.parametrize("fault", READING)
def test_a_sheet_that_contradicts_itself_is_not_read_and_the_place_is_named(
    fault: str, given: Publication, tmp_path: Path
) -> None:
    change, message = READING[fault]
    damaged(given, tmp_path, change)
    with pytest.raises(UnreadableError) as error:
        differences(given, tmp_path)
    assert message in str(error.value)
    assert str(HIDDEN) not in str(error.value)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put("B7", 4001), "M.N.2024-01: OBS_VALUE is '4001', '4000' expected"),
        (put("B7", 4000.5), "M.N.2024-01: OBS_VALUE is '4000.5', '4000' expected"),
        (put("B7", ":"), "M.N.2024-01: OBS_VALUE is empty, a number expected"),
        (put("B7", "."), "M.N.2024-01: is missing"),
        (put("C6", HIDDEN), "M._T.2024-02: OBS_VALUE is a number, empty expected"),
        (put("E5", "A 2024 b)"), "A._T.2024: OBS_STATUS is 'A', 'P' expected"),
        (put("A13", "b) MONTHS-navn (MONTHS): 4"), "A._T.2024: MONTHS is '4', '3' expected"),
    ],
)
def test_a_change_is_named_by_its_key(
    change: Callable[[Any], None], expected: str, given: Publication, tmp_path: Path
) -> None:
    damaged(given, tmp_path, change)
    found = differences(given, tmp_path)
    assert expected in [f"{finding.key}: {finding.message}" for finding in found]
    assert {finding.file for finding in found} == {PATH}
    assert not [finding for finding in found if str(HIDDEN) in str(finding)]


def freeze(place: str | None) -> Callable[[Any], None]:
    return lambda book: setattr(book["small"], "freeze_panes", place)


def without(column: str, start: str) -> Callable[[Any], None]:
    """Empty the cells of a column whose text begins so."""

    def change(book: Any) -> None:
        for cell in book["small"][column]:
            if str(cell.value).startswith(start):
                cell.value = None

    return change


def link_out(book: Any) -> None:
    book["small"]["A7"].hyperlink = "https://x.example/"


FORM = {
    "a formula": (put("A14", "=1+1"), "cell A14 holds a formula"),
    "a link out": (link_out, "cell A7 links out of the workbook"),
    "no frozen rows": (freeze(None), "are not frozen"),
    "too few frozen rows": (freeze("A2"), "are not frozen"),
    "no repeated rows": (
        lambda book: setattr(book["small"], "_print_rows", None),
        "is not repeated on every page",
    ),
    "portrait": (
        lambda book: setattr(book["small"].page_setup, "orientation", "portrait"),
        "is not laid out as landscape",
    ),
    "two pages wide": (lambda book: setattr(book["small"].page_setup, "fitToWidth", 2), "one page wide"),
    "no title": (put("A1", "Andre tall"), "does not begin with its title"),
    "no symbols": (without("A", "Symboler"), "does not say: Symboler"),
    "no notes": (without("A", "Noter"), "does not say: Noter"),
    "a hidden sheet": (lambda book: setattr(book["small"], "sheet_state", "hidden"), "is hidden"),
    "a hidden column": (lambda book: setattr(book["small"].column_dimensions["B"], "hidden", True), "row B is hidden"),
    "merged cells": (lambda book: book["small"].merge_cells("A7:B7"), "has merged cells"),
    "one sheet more": (lambda book: book.create_sheet("more"), "has the sheets Innhold, small, more"),
    "another language": (lambda book: setattr(book.properties, "language", "en"), "language is not nb"),
    "another title": (lambda book: setattr(book.properties, "title", "x"), "title is not that of the dataset"),
    "a header that is not wrapped": (
        lambda book: setattr(book["small"]["B4"], "alignment", copy(book["small"]["A1"].alignment)),
        "cell B4 of the header is not wrapped",
    ),
    "a cell far away": (put("XFD1048576", 1), "more than any table here"),
}


@pytest.mark.parametrize("fault", FORM)
def test_a_workbook_that_acts_or_hides_or_explains_nothing_is_found(
    fault: str, given: Publication, tmp_path: Path
) -> None:
    change, message = FORM[fault]
    damaged(given, tmp_path, change)
    assert [said for said in form(given, tmp_path) if message in said]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("xl/vbaProject.bin", b"x", "has the part xl/vbaProject.bin: macros"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "has the part xl/externalLinks"),
        (
            "xl/worksheets/_rels/sheet2.xml.rels",
            b"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
            b"<Relationship Id='r9' Type='http://x.example/t' Target='file:///x' TargetMode='External'/>"
            b"</Relationships>",
            "links to something outside the workbook",
        ),
    ],
)
def test_a_part_that_acts_is_found(name: str, content: bytes, message: str, given: Publication, tmp_path: Path) -> None:
    with zipfile.ZipFile(written(given, tmp_path), "a") as parts:
        parts.writestr(name, content)
    assert [said for said in form(given, tmp_path) if message in said]


# What is no workbook


def rewritten(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """Return a change of one part of a workbook."""

    def apply(path: Path) -> None:
        with zipfile.ZipFile(path) as parts:
            contents = {item: parts.read(item) for item in parts.namelist()}
        contents[name] = change(contents[name])
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
            for item, content in contents.items():
                parts.writestr(item, content)

    return apply


SHEET = "xl/worksheets/sheet2.xml"
TYPES = "[Content_Types].xml"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-500])


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in range(200, len(content) - 200, 97):
        content[place] ^= 0xFF
    path.write_bytes(content)


def into_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


BROKEN: dict[str, Callable[[Path], object]] = {
    "nothing": lambda path: path.write_bytes(b""),
    "no zip": lambda path: path.write_bytes(b"Region,Antall\nOslo,1\n"),
    "cut": cut,
    "flipped": flipped,
    "another zip": lambda path: zipfile.ZipFile(path, "w").close(),
    "not there": lambda path: path.unlink(),
    "a folder": into_folder,
    "no types": rewritten(TYPES, lambda _: b"<x/>"),
    "no XML": rewritten(SHEET, lambda content: content[: len(content) // 2]),
    "a document type": rewritten(
        SHEET, lambda content: content.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1)
    ),
    "a text that is not there": rewritten(SHEET, lambda content: content.replace(b't="s"><v>', b't="s"><v>9')),
    "a number without end": rewritten(SHEET, lambda content: content.replace(b"<v>4000</v>", b"<v>1E999</v>")),
    "no number": rewritten(SHEET, lambda content: content.replace(b"<v>4000</v>", b"<v>7654321x</v>")),
    "a place that is none": rewritten(SHEET, lambda content: content.replace(b'r="B7"', b'r="7654321B"')),
    "a column beyond all": rewritten(SHEET, lambda content: content.replace(b'r="B7"', b'r="ZZZZZ7"')),
    "a bomb": rewritten("docProps/app.xml", lambda _: b"<x>" + b" " * (1 << 25) + b"</x>"),
}


@pytest.mark.parametrize("fault", slow_where(lambda name: name == "a bomb", BROKEN))
def test_a_file_that_is_no_workbook_is_refused_without_a_traceback(
    fault: str, given: Publication, tmp_path: Path
) -> None:
    BROKEN[fault](written(given, tmp_path))
    with pytest.raises(UnreadableError) as error:
        differences(given, tmp_path)
    assert str(error.value)
    assert "7654321" not in str(error.value)
    assert form(given, tmp_path) or fault == "a number without end"


def test_a_bomb_is_not_unpacked(given: Publication, tmp_path: Path) -> None:
    BROKEN["a bomb"](written(given, tmp_path))
    with pytest.raises(UnreadableError, match="it is not unpacked"):
        differences(given, tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.replace(b'<dimension ref="A1:', b'<dimension ref="A1:XFD1048576" x="'),
        lambda content: content.replace(b'<row r="9"', b'<row r="999999999999"'),
        lambda content: content.replace(b'r="A9"', b'r="XFD9"'),
    ],
    ids=["dimension", "row", "column"],
)
def test_a_sheet_that_says_it_is_huge_takes_no_time(
    change: Callable[[bytes], bytes], given: Publication, tmp_path: Path
) -> None:
    rewritten(SHEET, change)(written(given, tmp_path))
    started = time.perf_counter()
    with contextlib.suppress(UnreadableError):
        differences(given, tmp_path)
    assert time.perf_counter() - started < 5


def test_a_sheet_that_says_it_is_smaller_than_it_is_is_read_whole(given: Publication, tmp_path: Path) -> None:
    smaller = rewritten(SHEET, lambda content: re.sub(b'<dimension ref="[^"]*"', b'<dimension ref="A1:B7"', content))
    smaller(written(given, tmp_path))
    assert differences(given, tmp_path) == []


def test_the_check_of_one_truth_names_the_workbook_where_it_cannot_be_read(given: Publication, tmp_path: Path) -> None:
    BROKEN["no zip"](written(given, tmp_path))
    (reader,) = read_workbook.READERS
    (finding,) = one_truth.check_of(reader).run(subject(given, tmp_path)).findings
    assert isinstance(finding, Finding)
    assert (finding.file, finding.cube) == (PATH, "small")
    assert finding.message.startswith("openpyxl cannot read it: ")
