"""What NAV's text reports must not hold: each fault is refused with its line, and what to do."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from helpers import sampled
from nav_editions import (
    HEADING,
    NAME,
    dataset,
    edited,
    faults,
    line_of,
    lines,
    observations,
    only,
    read,
    text,
    with_cell,
)

from publisher.errors import InputError
from publisher.sources.nav_report import SOURCE

OSLO = line_of("03 Oslo")
MENTOR_WOMEN = line_of("Kvinner", 6)
HEADER = line_of("\tGjennom snitt")


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


# Anything else


@pytest.mark.parametrize("seed", sampled(8, range(120)))
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


def test_a_count_that_should_have_been_hidden_is_not_repeated(tmp_path: Path) -> None:
    content = lines()
    number = line_of("Kvinner")
    content[number - 1] = content[number - 1].replace("\t2 461\t", "\t3\t")
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    (finding,) = caught.value.findings
    assert (finding.rule, finding.line) == ("below-threshold", number)
    assert finding.message == "row 'Kvinner', Januar: a count below 4 is printed: it should have been `*`"
