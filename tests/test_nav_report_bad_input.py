"""What NAV's text reports must not hold: each fault is refused with its line, and what to do."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from nav_editions import (
    HEADING,
    NAME,
    blocks,
    dataset,
    edited,
    faults,
    joined,
    line_of,
    lines,
    observations,
    read,
    text,
    with_cell,
    with_words,
)

from publisher.errors import InputError
from publisher.sources.nav_report import SOURCE

OSLO = line_of("03 Oslo")
MENTOR_WOMEN = line_of("Kvinner", 6)
HEADER = line_of("\tGjennom snitt")


def only(found: tuple, rule: str, line: int | None, *words: str) -> None:
    """Assert that there is one fault, of a rule, on a line, and that its message has some words."""
    assert [(fault.rule, fault.line, fault.file) for fault in found] == [(rule, line, NAME)], found
    for word in words:
        assert word in found[0].message


# The file


@pytest.mark.parametrize(
    ("content", "rule", "line", "words"),
    [
        (b"", "empty", 1, "empty"),
        (b"\xef\xbb\xbf\n \r\n\t\n", "empty", 1, "empty"),
        (b"Januar 2024\n\0\1\2", "not-text", 2, "NUL"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "not-text", 1, "extract its text"),
        (b"PK\x03\x04\x14\x00\x06\x00", "not-text", 1, "ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "not-text", 1, "workbook"),
        ("\ufeffJanuar 2024".encode("utf-16-le"), "not-text", 1, "UTF-16"),
        ("\ufeffJanuar 2024".encode("utf-16-be"), "not-text", 1, "UTF-16"),
        ("Januar 2024".encode("utf-16-le"), "not-text", 1, "NUL"),
        ("Januar 2024\r\n\r\n\tår".encode("latin-1"), "not-utf-8", 3, "byte 0xE5, byte 2 of the line"),
        (b"\x89PNG\r\n\x1a\n", "not-utf-8", 1, "0x89"),
        (b"Dette er en annen fil.", "unknown-line", 1, "source.notes"),
        (f"{HEADING}\n\n".encode(), "no-table", 1, "no table"),
        (b"Innhold i rapporten", "no-table", 1, "no table"),
    ],
)
def test_what_is_no_report_is_refused(content: bytes, rule: str, line: int, words: str, tmp_path: Path) -> None:
    only(faults(tmp_path, content), rule, line, words)


def test_a_latin_1_copy_of_the_report_names_the_first_line_and_byte(tmp_path: Path) -> None:
    only(faults(tmp_path, text().encode("latin-1")), "not-utf-8", line_of("\tGjennom"), "0xE5", "Latin-1")


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"{NAME}: is not there"):
        SOURCE.read(tmp_path / "none.txt", dataset(), NAME)
    with pytest.raises(InputError, match=f"{NAME}: is a folder"):
        SOURCE.read(tmp_path, dataset(), NAME)


# Rows and cells


@pytest.mark.parametrize(
    ("cell", "rule", "words"),
    [
        ("12a", "count", "is no count"),
        ("-5", "count", "is no count"),
        ("1 23", "count", "is no count"),
        ("12 3456", "count", "is no count"),
        ("1  234", "count", "is no count"),
        ("1234 567", "count", "is no count"),
        ("\x0b45", "count", "is no count"),
        ("\u202845", "count", "is no count"),
        ("0 123", "count", "is no count"),
        ("1.5", "count", "is no count"),
        ("1,5", "count", "is no count"),
        ("**", "count", "is no count"),
        ("007", "count", "is no count"),
        ("٣٤", "count", "is no count"),
        ("9" * 19, "count", "more than 18 digits"),
        ("9" * 5000, "count", "more than 18 digits"),
        ("", "count", "is empty"),
        (" ", "count", "is empty"),
        ("3", "below-threshold", "should have been `*`"),
        ("0", "below-threshold", "should have been `*`"),
    ],
)
def test_a_cell_that_is_no_count_is_refused_by_row_and_month(cell: str, rule: str, words: str, tmp_path: Path) -> None:
    only(faults(tmp_path, with_cell(MENTOR_WOMEN, 4, cell)), rule, MENTOR_WOMEN, "'Kvinner'", "Mars", words)


def test_the_average_is_named_where_its_cell_is_wrong(tmp_path: Path) -> None:
    only(faults(tmp_path, with_cell(MENTOR_WOMEN, 1, "x")), "count", MENTOR_WOMEN, "Gjennomsnitt hittil i år")


@pytest.mark.parametrize(
    ("keep", "more", "words"),
    [
        (12, [], "row '03 Oslo' has 12 cells, 13 expected: a month is missing"),
        (2, [], "has 2 cells, 13 expected"),
        (1, [""], "has 2 cells, 13 expected"),
        (13, ["5"], "has 14 cells, 13 expected: there is a month too many"),
        (13, ["", ""], "has 15 cells, 13 expected"),
        (11, [""], "has 12 cells, 13 expected"),
    ],
)
def test_a_row_with_too_few_or_too_many_cells_is_refused(
    keep: int, more: list[str], words: str, tmp_path: Path
) -> None:
    cells = lines()[OSLO - 1].split("\t")[:keep] + more
    only(faults(tmp_path, edited(OSLO, "\t".join(cells))), "cells", OSLO, words)


def test_an_empty_last_cell_does_not_stand_for_a_month(tmp_path: Path) -> None:
    cells = [*lines()[OSLO - 1].split("\t")[:12], ""]
    only(faults(tmp_path, edited(OSLO, "\t".join(cells))), "count", OSLO, "November", "is empty")


def test_a_report_cut_in_mid_row_is_refused(tmp_path: Path) -> None:
    only(faults(tmp_path, text()[:-20]), "cells", len(lines()), "'Uoppgitt eller ingen fullført", "8 cells")


def test_a_report_cut_in_mid_label_is_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, text()[: text().rindex("Uoppgitt") + 12])
    only(found, "unknown-line", len(lines()), "'Uoppgitt ell'")


def test_cells_without_tabs_are_refused(tmp_path: Path) -> None:
    content = edited(OSLO, lines()[OSLO - 1].replace("\t", " "))
    only(faults(tmp_path, content), "unknown-line", OSLO, "cells stand after tabs")


def test_a_row_without_label_is_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, with_cell(OSLO, 0, ""))
    only(found, "label", OSLO, "no label")


# Labels


@pytest.mark.parametrize(
    ("number", "label", "rule", "words"),
    [
        (MENTOR_WOMEN, "Kviner", "unknown-label", "'Kviner' is no row of a table by SEX; did you mean 'Kvinner'?"),
        (MENTOR_WOMEN, "03 Oslo", "mixed-rows", "of several tables, by REF_AREA or SEX"),
        (OSLO, "Kvinner", "unknown-label", "by REF_AREA"),
        (OSLO, "03 Olso", "misfit", "name 'Olso' does not fit the code 03, which is 'Oslo'"),
        (OSLO, "03 Østfold", "misfit", "does not fit the code 03, which is 'Oslo'"),
        (OSLO, "03", "misfit", "does not fit the code 03"),
        (OSLO, "Oslo", "unknown-label", "'03 Oslo'"),
        (OSLO, "04 Oslo", "unknown-label", "did you mean '03 Oslo'?"),
        (line_of("I alt mentor"), "I alt mentr", "unknown-label", "did you mean 'Mentor'?"),
        (line_of("I alt mentor"), "I alt Kvinner", "unknown-label", "names no table that is known"),
        (line_of("I alt mentor"), "Ialtt mentor", "unknown-label", "'Ialtt mentor'"),
    ],
)
def test_a_label_that_is_not_known_is_refused_with_the_nearest(
    number: int, label: str, rule: str, words: str, tmp_path: Path
) -> None:
    only(faults(tmp_path, with_cell(number, 0, label)), rule, number, words)


def test_a_total_row_that_is_not_one_leaves_the_table_without(tmp_path: Path) -> None:
    number = line_of("I alt mentor")
    only(faults(tmp_path, with_cell(number, 0, "Ialf mentor")), "no-total", number - 1, "'I alt'", "is missing")


def test_many_faults_are_told_at_once_by_line_and_twenty_at_most(tmp_path: Path) -> None:
    content = [line.replace("Kvinner", "Kvinnor").replace("60 år og over", "60 år") for line in lines()]
    content = [line.replace("19 år og", "17 år og").replace("03 Oslo", "03 Bergen") for line in content]
    found = faults(tmp_path, content)
    assert [fault.line for fault in found[:-1]] == sorted(fault.line for fault in found[:-1])
    assert len(found) == 21
    assert found[-1].message == "and 8 more like these"


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


def test_a_header_without_months_is_refused(tmp_path: Path) -> None:
    months = line_of("\t\tJanuar")
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


# Anything else


@pytest.mark.parametrize("seed", range(120))
def test_random_damage_is_refused_or_changes_nothing_but_what_it_hit(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    content = lines()
    for _ in range(chance.randint(1, 3)):
        number = chance.randrange(len(content))
        line = content[number]
        at = chance.randrange(len(line) + 1)
        content[number : number + 1] = chance.choice(
            [
                [],
                [line, line],
                [line[:at], line[at:]],
                [line[:at] + line[at + 1 :]],
                [line[:at] + chance.choice("\t 9*aÅ\u0301\u200b\x0b-") + line[at:]],
                [line[::-1]],
                [chance.choice(content)],
                [content[chance.randrange(len(content))], line],
            ]
        )
    try:
        found = observations(read(tmp_path, content))
    except InputError as error:
        refused = error.findings
    else:
        refused = ()
    for fault in refused:
        assert fault.file == NAME
        assert fault.line is None or 1 <= fault.line <= len(content)
    if refused:
        return
    whole = observations(read(tmp_path, text()))
    assert {key[:1] for key in found} == {key[:1] for key in whole}
    lost = {key for key in whole.keys() - found.keys() if "_U" not in key}
    assert not lost
    assert found.keys() <= whole.keys() | {key for key in found if "_U" in key}
    assert sum(found[key] != whole[key] for key in found.keys() & whole.keys()) <= 36


@pytest.mark.parametrize("seed", range(30))
def test_any_cut_is_refused_unless_it_falls_within_the_last_number(seed: int, tmp_path: Path) -> None:
    at = random.Random(seed).randrange(len(text()) - 3)
    assert faults(tmp_path, text()[:at])


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_refused(seed: int, tmp_path: Path) -> None:
    assert faults(tmp_path, random.Random(seed).randbytes(200))
