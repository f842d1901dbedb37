"""Fragments, tables, headers and headings of NAV's reports that contradict each other or are not whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from nav_editions import HEADING, blocks, edited, faults, joined, line_of, lines, only, text, with_cell, with_words

HEADER = line_of("\tGjennom snitt")
OSLO = line_of("03 Oslo")
MENTOR_WOMEN = line_of("Kvinner", 6)


# Fragments and tables


def table(total: str, first: str) -> list[str]:
    """Return a fragment of the report by its total row and its first other row."""
    for block in blocks():
        start = next((index for index, line in enumerate(block) if line.startswith(total + "\t")), None)
        if start is not None and block[start + 1].startswith(first):
            return block
    raise AssertionError(f"no {total} with {first}")


def test_a_table_twice_with_one_different_number_names_both_lines(tmp_path: Path) -> None:
    again = table("I alt mentor", "Kvinner")
    again[-2] = again[-2].replace("\t118\t", "\t119\t")
    found = faults(tmp_path, [*lines(), "", *again])
    only(found, "differing-row", len(lines()) + 4, f"line {MENTOR_WOMEN}", "in Januar", "by SEX")
    assert "119" not in found[0].message


def test_a_repeated_total_that_differs_names_both_lines(tmp_path: Path) -> None:
    number = line_of("I alt arbeid med støtte", 2)
    found = faults(tmp_path, with_cell(number, 3, "5 279"))
    only(found, "differing-total", number, f"line {line_of('I alt arbeid med støtte')}", "in Februar")


def test_a_total_twice_in_one_fragment_that_differs_names_both_lines(tmp_path: Path) -> None:
    number = line_of("I alt mentor", 4)
    row = lines()[number - 1]
    found = faults(tmp_path, edited(number, row, row.replace("\t322\t", "\t323\t")))
    only(found, "differing-total", number + 1, f"line {number}", "April" if "\t322\t" not in row else "in April")


def test_a_row_twice_in_one_fragment_is_refused_even_if_identical(tmp_path: Path) -> None:
    row = lines()[OSLO - 1]
    only(faults(tmp_path, edited(OSLO, row, row)), "repeated-row", OSLO + 1, f"line {OSLO} already")


def test_a_row_twice_in_one_table_is_refused_even_if_identical(tmp_path: Path) -> None:
    number = line_of("46 Vestland")
    found = faults(tmp_path, edited(number, lines()[number - 1], lines()[OSLO - 1]))
    only(found, "repeated-row", number + 1, f"line {OSLO} already")


def test_a_fragment_missing_in_the_middle_of_a_table_is_told_by_its_rows(tmp_path: Path) -> None:
    fragments = blocks()
    fragments.remove(table("I alt mentor", "33 Buskerud"))
    content = joined(fragments).split("\n")
    number = line_of("I alt mentor", 1, content)
    found = faults(tmp_path, content)
    only(found, "missing-row", number, "'33 Buskerud' (33)", "'99 Øvrige områder' (99)", "a fragment is missing")
    assert f"on line {number}," in found[0].message


def test_a_missing_part_of_three_names_the_lines_of_the_others(tmp_path: Path) -> None:
    fragments = blocks()
    fragments.remove(table("I alt jobbklubb", "18 Nordland"))
    content = joined(fragments).split("\n")
    first, second = line_of("I alt jobbklubb", 1, content), line_of("I alt jobbklubb", 2, content)
    only(faults(tmp_path, content), "missing-row", first, f"on lines {first}, {second},")


def test_a_missing_row_is_refused(tmp_path: Path) -> None:
    number = line_of("Menn", 3)
    only(faults(tmp_path, edited(number)), "missing-row", number - 2, "'Menn' (M)", "by SEX")


def test_a_missing_table_is_refused_by_its_name(tmp_path: Path) -> None:
    fragments = blocks()
    fragments.remove(table("I alt mentor", "Kvinner"))
    only(faults(tmp_path, joined(fragments)), "missing-table", None, "'I alt Mentor' (MENTOR) by SEX", "cube 'sex'")


def test_a_table_whose_dimension_cannot_be_told_names_those_it_fits(tmp_path: Path) -> None:
    block = [lines()[10], *(line for line in lines() if line.startswith("I alt mentor\t"))][:2]
    alone = [*block, "Ukjent" + "\t5" * 12]
    content = joined([table("I alt oppfølging", "Kvinner"), alone, *blocks()]).split("\n")
    found = faults(tmp_path, content)
    only(found, "ambiguous", line_of("I alt mentor", 1, content), "cannot tell the dimension", "sex (SEX), age (AGE)")


@pytest.mark.parametrize("kind", ["total", "rows"])
def test_a_fragment_without_total_or_without_rows_is_refused(kind: str, tmp_path: Path) -> None:
    number = line_of("I alt mentor", 3)
    if kind == "total":
        only(faults(tmp_path, edited(number)), "no-total", number - 1, "no row that begins with 'I alt'")
    else:
        content = edited(number + 1, content=edited(number + 1))
        only(faults(tmp_path, content), "no-rows", number, "'I alt mentor' stands alone")


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    content = [*lines(), lines()[HEADER - 1]]
    only(faults(tmp_path, content), "no-total", len(content), "no row below the header")


# Headers and headings


@pytest.mark.parametrize(
    ("old", "new", "rule", "words"),
    [
        ("\tMars\t", "\t", "months", "lacks Mars"),
        ("Januar\t", "", "months", "lacks Januar"),
        ("\tMars\t", "\tFebruar\t", "months", "repeats Februar"),
        ("\tMars\tApril\t", "\tApril\tMars\t", "months", "out of order"),
        ("\tMars\t", "\tMrs\t", "header", "'Mrs' in the header is no month; did you mean 'Mars'?"),
        ("\tMars\t", "\tmars2\t", "header", "'mars2' in the header"),
        ("\tNovember", "", "months", "end with Oktober, the heading on line"),
        ("\tNovember", "\tNovember\tDesember", "months", "end with Desember, the heading on line"),
        ("\tGjennom snitt hittil i år", "", "header", "does not say 'Gjennomsnitt hittil i år'"),
        ("\tGjennom snitt", "\tsnitt", "header", "does not say 'Gjennomsnitt hittil i år'"),
        ("\tJanuar", "\tJanuar\tGjennomsnitt hittil i år", "header", "once, then the months"),
    ],
)
def test_a_header_that_is_not_whole_is_refused(old: str, new: str, rule: str, words: str, tmp_path: Path) -> None:
    found = faults(tmp_path, with_words(HEADER, old, new))
    assert {(fault.rule, fault.line) for fault in found} == {(rule, HEADER)}
    assert words in found[0].message


def test_a_loose_header_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    number = line_of("snitt hittil")
    found = faults(tmp_path, edited(number))
    only(found, "header", line_of("Gjennom") + 3, "does not say 'Gjennomsnitt hittil i år'")


@pytest.mark.parametrize("nth", [1, 2])
def test_a_header_without_months_is_refused(nth: int, tmp_path: Path) -> None:
    months = line_of("\t\tJanuar", nth)
    only(faults(tmp_path, edited(months)), "header", months - 1, "has no months")


def test_rows_without_header_are_refused_once(tmp_path: Path) -> None:
    only(faults(tmp_path, edited(HEADER)), "no-header", HEADER, "'I alt Arbeidssøkere på tiltak'", "no header")


def test_two_tables_without_a_header_between_are_refused(tmp_path: Path) -> None:
    number = line_of("I alt digital", 1)
    found = faults(tmp_path, edited(number - 1))
    only(found, "two-totals", number - 1, "a header is missing", f"line {line_of('I alt arbeid med støtte', 2)}")


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Januar 2024 - Oktober 2024", "line 9"),
        ("Januar 2025 - November 2025", "line 9"),
        ("Januar 2023 - November 2024", "two years, 2023 and 2024"),
        ("Februar 2024 - November 2024", "begins with Februar"),
        ("November 2024", "begins with November"),
        ("Janur 2024 - November 2024", "did you mean 'Januar'?"),
    ],
)
def test_a_heading_that_contradicts_the_others_is_refused(heading: str, words: str, tmp_path: Path) -> None:
    number = line_of(HEADING, 3)
    only(faults(tmp_path, edited(number, heading)), "heading", number, words)


def test_headings_that_contradict_every_header_are_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, text().replace(HEADING, "Januar 2024 - Oktober 2024"))
    assert {fault.rule for fault in found} == {"months", "more"}
    assert found[0].line == line_of("\tGjennomsnitt")


def test_a_report_without_heading_has_no_year(tmp_path: Path) -> None:
    found = faults(tmp_path, text().replace(HEADING, ""))
    only(found, "heading", line_of("\tGjennomsnitt"), "the year is not known", "Januar 2024 - November 2024")
