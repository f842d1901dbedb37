"""NAV's text reports: the real one, its other editions, and another dataset of the same family."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from helpers import REPORT
from hypothesis import given
from hypothesis import strategies as st
from nav_editions import (
    HEADING,
    NAME,
    blocks,
    dataset,
    edition,
    joined,
    line_of,
    lines,
    observations,
    read,
    shuffled,
    source_lines,
    text,
)

from publisher.columns import input_schema
from publisher.errors import InputError
from publisher.sources.nav_report import SOURCE
from publisher.sources.nav_text import fold, read_count

SHARED = REPORT.parents[3] / "shared" / "report" / "nav-tilt140-2024-11.txt"


def real() -> dict[tuple[str, ...], tuple[int | None, str, str, int | None]]:
    return observations(SOURCE.read(REPORT, dataset(), NAME))


def test_the_real_report_has_its_known_numbers() -> None:
    reading = SOURCE.read(REPORT, dataset(), NAME)
    found = observations(reading)
    by_cube = Counter(cube for cube, *_ in found)
    hidden = Counter(cube for (cube, freq, *_), cell in found.items() if freq == "M" and cell[0] is None)
    assert reading.tables == 46
    assert by_cube == {
        "participant-group": 384,
        "county": 1512,
        "sex": 252,
        "age": 672,
        "immigration": 252,
        "country-background": 492,
        "education": 504,
    }
    assert hidden == {"participant-group": 2, "county": 290, "age": 17, "country-background": 34, "education": 7}
    assert sum(cell[0] is None for cell in found.values()) == 377
    assert sum(cell[0] or 0 for cell in found.values()) == 3_675_409
    parts = [
        cell[0] or 0
        for (cube, freq, programme, other, _), cell in found.items()
        if freq == "M" and (programme if cube == "participant-group" else other) != "_T"
    ]
    assert sum(parts) == 1_684_439


def test_columns_are_those_that_sources_hand_in() -> None:
    for cube, batches in SOURCE.read(REPORT, dataset(), NAME).batches.items():
        assert [batch.schema for batch in batches] == [input_schema(dataset().cube(cube))]


def test_the_average_is_the_first_column_also_below_a_shifted_header() -> None:
    found = real()
    assert found["county", "A", "JOBBK", "31", "2024"] == (170, "P", "F", 11)
    assert found["county", "M", "JOBBK", "31", "2024-01"] == (229, "A", "F", None)
    assert found["county", "M", "JOBBK", "31", "2024-11"] == (201, "A", "F", None)
    assert found["county", "A", "INDOPPFAG", "_U", "2024"] == (5, "P", "F", 11)
    assert found["participant-group", "M", "_T", "ANDR", "2024-01"] == (614, "A", "F", None)


def test_a_hidden_cell_has_no_value_and_an_average_keeps_its_months() -> None:
    found = real()
    assert found["county", "M", "JOBBK", "18", "2024-01"] == (None, "Q", "A", None)
    assert found["county", "A", "JOBBK", "18", "2024"] == (None, "Q", "A", 11)


def test_thirty_labels_are_repaired_and_each_says_how() -> None:
    notices = SOURCE.read(REPORT, dataset(), NAME).notices
    assert Counter((notice.rule, notice.severity) for notice in notices) == {("repaired-label", "information"): 30}
    by_line = {notice.line: str(notice) for notice in notices}
    assert by_line[14] == (
        f"{NAME}:14: 'Digital oppfølging/iobbklubb' read as 'Digital oppfølging/jobbklubb' (DIGIOPPARB)"
    )
    damaged = line_of("18 Nordland - Nordlândia")
    assert by_line[damaged].endswith("'18 Nordland - Nordlândia' read as 'Nordland - Nordlánnda' (18)")


def test_every_observation_knows_its_line() -> None:
    found = source_lines(SOURCE.read(REPORT, dataset(), NAME))
    assert found["sex", "M", "MENTOR", "F", "2024-05"] == line_of("Kvinner", 6)
    assert found["education", "A", "INDOPPFAG", "09a", "2024"] == len(lines())
    assert found["county", "M", "JOBBK", "_T", "2024-01"] == line_of("I alt jobbklubb")


@pytest.mark.skipif(not SHARED.exists(), reason="the report as received, with its prose, is not here")
def test_the_report_with_its_prose_reads_the_same() -> None:
    reading = SOURCE.read(SHARED, dataset(), NAME)
    assert observations(reading) == real()
    assert [notice.line for notice in reading.notices if notice.rule == "note"] == [3, 5, 7]


def test_listed_notes_are_named_and_not_read(tmp_path: Path) -> None:
    content = lines()
    content[2], content[4] = "Innhold i rapporten", "I henhold til Statistikklovens § 7-1 har NAV valgt\t4"
    reading = read(tmp_path, content)
    assert observations(reading) == real()
    assert [(notice.rule, notice.line) for notice in reading.notices[:2]] == [("note", 3), ("note", 5)]


def test_a_row_of_counts_is_never_taken_for_a_note(tmp_path: Path) -> None:
    listed = replace(dataset(), source=dict(dataset().source) | {"notes": ["I alt", "Ukjent", "Kvinner"]})
    assert observations(read(tmp_path, text(), listed)) == real()


CHANGES: dict[str, Callable[[str], str]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "BOM": lambda text: "\ufeff" + text,
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NBSP": lambda text: text.replace(" ", "\u00a0"),
    "NNBSP": lambda text: text.replace(" ", "\u202f"),
    "thin blank": lambda text: text.replace(" ", "\u2009"),
    "en dash": lambda text: text.replace(HEADING, HEADING.replace("-", "\u2013")),
    "blank lines": lambda text: text.replace("\n\n", "\n \t \n"),
    "final newline": lambda text: text + "\n",
    "form feed": lambda text: text.replace("\n" + HEADING, "\n\f" + HEADING).replace("\n\n", "\n\f\n"),
    "padding": lambda text: text.replace("\t", " \t\u00a0"),
    "upper case": str.upper,
}


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_ends_of_line_blanks_and_unicode_forms_make_no_difference(change: Callable[[str], str], tmp_path: Path) -> None:
    reading = read(tmp_path, change(text()))
    expected = SOURCE.read(REPORT, dataset(), NAME)
    assert observations(reading) == observations(expected)
    assert source_lines(reading) == source_lines(expected)
    if change is not str.upper:
        assert reading.notices == expected.notices


@pytest.mark.parametrize("heading", ["Januar 2024", "Januar 2024 - Januar 2024"])
def test_the_january_edition_has_one_month(heading: str, tmp_path: Path) -> None:
    found = observations(read(tmp_path, edition(1, heading=heading)))
    assert len(found) == 4068 // 6
    assert {key[4] for key in found} == {"2024", "2024-01"}
    assert {cell[3] for key, cell in found.items() if key[1] == "A"} == {1}


def test_the_december_edition_has_the_average_of_a_full_year(tmp_path: Path) -> None:
    found = observations(read(tmp_path, edition(12)))
    assert len(found) == 4068 // 12 * 13
    averages = Counter((cell[1], cell[3]) for key, cell in found.items() if key[1] == "A")
    assert averages == {("A", 12): 312, ("Q", 12): 27}


def test_another_year_is_read_from_the_heading(tmp_path: Path) -> None:
    found = observations(read(tmp_path, edition(11, 2025)))
    assert found == {(*key[:4], key[4].replace("2024", "2025")): cell for key, cell in real().items()}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rows", [False, True], ids=["fragments", "rows"])
def test_the_order_of_fragments_and_of_rows_makes_no_difference(rows: bool, seed: int, tmp_path: Path) -> None:
    assert observations(read(tmp_path, shuffled(seed, rows))) == real()


def test_the_report_backwards_reads_the_same(tmp_path: Path) -> None:
    assert observations(read(tmp_path, joined(blocks()[::-1]))) == real()


def test_a_whole_table_that_stands_twice_is_read_once_and_said(tmp_path: Path) -> None:
    table = next(block for block in blocks() if block[-1].startswith("Menn") and "I alt mentor" in block[1])
    content = [*lines(), "", *table]
    reading = read(tmp_path, content)
    assert observations(reading) == real()
    assert reading.tables == 46
    [notice] = [notice for notice in reading.notices if notice.rule == "repeated-table"]
    assert notice.line == len(lines()) + 3
    assert "'I alt mentor' by SEX" in notice.message


def test_the_whole_report_twice_is_46_repeated_tables(tmp_path: Path) -> None:
    reading = read(tmp_path, text() + "\n" + text())
    assert observations(reading) == real()
    assert Counter(notice.rule for notice in reading.notices) == {"repaired-label": 60, "repeated-table": 46}


def test_a_total_row_twice_in_one_fragment_is_read_once_and_said(tmp_path: Path) -> None:
    number = line_of("I alt mentor")
    content = lines()
    content.insert(number, content[number - 1])
    reading = read(tmp_path, content)
    assert observations(reading) == real()
    [notice] = [notice for notice in reading.notices if notice.rule == "repeated-total"]
    assert (notice.line, str(number) in notice.message) == (number + 1, True)


def test_a_fragment_of_unknown_only_could_be_of_any_table_and_is_refused(tmp_path: Path) -> None:
    number = line_of("Ukjent", 2)
    total = next(line for line in lines() if line.startswith("I alt digital"))
    header = lines()[10]
    content = [*lines()[: number - 1], "", header, total, lines()[number - 1], *lines()[number:]]
    with pytest.raises(InputError, match="cannot tell the dimension of the table 'I alt digital"):
        read(tmp_path, content)


@given(st.integers(min_value=0, max_value=10**18 - 1), st.sampled_from("\u0020\u00a0\u202f\u2009"))
def test_a_count_reads_with_and_without_blanks_between_thousands(count: int, blank: str) -> None:
    assert read_count(str(count)) == count
    assert read_count(f"{count:,}".replace(",", blank)) == count


@given(st.text(alphabet="0123456789 *-+.,a\u00a0\u0663\u00b2", max_size=9))
def test_a_cell_is_a_count_as_printed_or_refused(cell: str) -> None:
    try:
        count = read_count(cell)
    except ValueError:
        count = -1
    if count is None:
        assert cell == "*"
    elif count >= 0:
        assert cell.replace("\u00a0", " ") in (str(count), f"{count:,}".replace(",", " "))
    else:
        assert cell not in ("*", "0", "12", "1 234")


@given(st.text())
def test_folding_is_blind_to_blanks(words: str) -> None:
    assert fold(" ".join(words)) == fold(words)
    assert not any(character.isspace() for character in fold(words))


def test_folding_is_blind_to_case_and_composition() -> None:
    assert fold("Sør-Trøndelag  Å") == fold(unicodedata.normalize("NFD", "SØR-TRØNDELAGå"))
