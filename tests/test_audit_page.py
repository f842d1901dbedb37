"""The page of an audit, read as a browser does: each hidden cell says how many values it can have, and never which."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import made_up
import pytest
from helpers import PROJECT
from lxml import html
from quality_fixture import NAV, Made

from publisher import audit_page
from publisher.auditing import Examined, Options, audit_datasets, counts
from publisher.errors import Finding

HEADER = "FREQ,REGION,SECTOR,TIME_PERIOD,OBS_VALUE"
RULES = '[rules.sums]\nkind = "sum"\nover = ["SECTOR"]\ncubes = ["establishments"]\n'
# By region the total, then the sectors A-B, C$1 and _U; empty is hidden, a hyphen is a row that is not there.
FIGURES = {
    "_T": ("2000", "", "", "1999"),
    "N": ("510", "", "508", "-"),
    "N1": ("20", "", "", "18"),
    "N2": ("12", "4", "4", "4"),
    "0301": ("", "", "-", "-"),
}


def audited(folder: Path, figures: dict[str, tuple[str, ...]] = FIGURES, **options: bool) -> tuple[Examined, ...]:
    """Return what is found of the made-up dataset with figures of one quarter, values below 4 being hidden."""
    made = Made(folder)
    made.threshold('threshold = 4\nsecondary = "none"')
    made.rules(RULES)
    rows = [
        f"Q,{region},{sector},2024-Q1,{value}"
        for region, values in figures.items()
        for sector, value in zip(made_up.SECTORS, values, strict=True)
        if value != "-"
    ]
    made.cube("establishments", HEADER, *rows)
    return audit_datasets(folder, [made_up.DATASET], Options(**options))


def cells(page: html.HtmlElement, cube: str) -> dict[tuple[str, str], html.HtmlElement]:
    """Return the cells of a cube's tables by the codes in the caption and of the row; the last period of each."""
    found = {}
    for table in tables(page, cube):
        fixed = ".".join(code.text_content() for code in table.xpath("./caption//code"))
        for row in table.xpath("./tbody/tr"):
            found[fixed, row.xpath("string(./th/code)")] = row.xpath("./td[last()]")[0]
    return found


def tables(page: html.HtmlElement, cube: str) -> list[html.HtmlElement]:
    """Return the tables of a cube."""
    found: list[html.HtmlElement] = page.xpath(f"//section[@id='d0-{cube}']//table")
    return found


def spoken(cell: html.HtmlElement) -> str:
    """Return a cell as it is read out."""
    return " ".join(cell.text_content().split())


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> tuple[Examined, ...]:
    return audited(tmp_path_factory.mktemp("audit"))


@pytest.fixture(scope="module")
def page(examined: tuple[Examined, ...]) -> html.HtmlElement:
    return html.document_fromstring(audit_page.page(examined))


def test_a_hidden_cell_has_a_class_and_words_for_how_many_values_it_can_have(page: html.HtmlElement) -> None:
    found = {name: (cell.get("class"), spoken(cell)) for name, cell in cells(page, "establishments").items()}
    assert found == {
        ("_T", "_T"): (None, "2 000"),
        ("_T", "A-B"): ("v2", "* 2 possible values"),
        ("_T", "C$1"): ("v2", "* 2 possible values"),
        ("_T", "_U"): (None, "1 999"),
        ("N", "_T"): (None, "510"),
        ("N", "A-B"): ("v1", "* 1 possible value: can be computed"),
        ("N", "C$1"): (None, "508"),
        ("N", "_U"): ("absent", "not there"),
        ("N1", "_T"): (None, "20"),
        ("N1", "A-B"): ("v3", "* 3 possible values"),
        ("N1", "C$1"): ("v3", "* 3 possible values"),
        ("N1", "_U"): (None, "18"),
        ("0301", "_T"): ("v4", "* 4 or more possible values"),
        ("0301", "A-B"): ("v4", "* 4 or more possible values"),
        ("0301", "C$1"): ("absent", "not there"),
        ("0301", "_U"): ("absent", "not there"),
    }
    assert all(cell.get("title") in spoken(cell) for cell in page.xpath("//td[@class and @title]"))


def test_tables_without_a_hidden_cell_are_counted_and_not_shown(page: html.HtmlElement) -> None:
    captions = [" ".join(table.xpath("string(./caption)").split()) for table in tables(page, "establishments")]
    assert captions == [
        "Region: Country _T 2 hidden, 0 can be computed",
        "Region: North N 1 hidden, 1 can be computed",
        "Region: North, first N1 2 hidden, 0 can be computed",
        "Region: Oslo 0301 2 hidden, 0 can be computed",
    ]
    assert "1 table has no hidden cell." in page.xpath("string(//section[@id='d0-establishments'])")
    assert tables(page, "jobs") == []


def test_values_stand_with_all_their_decimals_where_the_source_has_them(
    examined: tuple[Examined, ...], page: html.HtmlElement
) -> None:
    assert examined[0].audited is not None
    found = examined[0].audited.found.cells
    (cube,) = (cube for cube in found.cubes if cube.cube.id == "turnover")
    expected = {}
    for cell in range(cube.first, cube.first + cube.count):
        _, sector, period = cube.key(cell).split(".")
        expected[sector, period] = "*" if found.hidden[cell] else f"{int(found.low[cell]) / 100:.2f}"
    (table,) = tables(page, "turnover")
    periods = [column.text for column in table.xpath("./thead/tr[2]/th")]
    shown = {
        (row.xpath("string(./th/code)"), period): cell.text.replace("−", "-")
        for row in table.xpath("./tbody/tr")
        for period, cell in zip(periods, row.xpath("./td"), strict=True)
    }
    assert shown == expected
    assert any(words.startswith("-") for words in shown.values())


def test_columns_are_periods_in_order_by_frequency_the_finest_first(page: html.HtmlElement) -> None:
    (table,) = tables(page, "turnover")
    groups = [(group.text, group.get("colspan")) for group in table.xpath(".//th[@scope='colgroup']")]
    assert groups == [("Quarterly", "7"), ("Annual", "1")]
    periods = [column.text for column in table.xpath("./thead/tr[2]/th[@scope='col']")]
    assert periods == [period for _, period in made_up.PERIODS]


def test_two_sources_that_differ_in_what_is_hidden_make_pages_that_differ_in_what_is_printed(
    examined: tuple[Examined, ...], tmp_path: Path
) -> None:
    other = audit_page.page(audited(tmp_path, {**FIGURES, "N": ("510", "", "509", "-")}))
    assert audit_page.page(examined).replace(">508</td>", ">509</td>") == other


def test_that_a_cell_is_zero_appears_in_the_totals_alone(examined: tuple[Examined, ...], tmp_path: Path) -> None:
    other = audit_page.page(audited(tmp_path, {**FIGURES, "N": ("510", "", "510", "-")}))
    page = audit_page.page(examined)
    assert page.count("0 are zero, 1 are not") == 1
    assert page.replace("0 are zero, 1 are not", "1 are zero, 0 are not").replace(">508</td>", ">510</td>") == other


def test_a_page_that_reveals_says_what_a_hidden_cell_can_be_and_warns(examined: tuple[Examined, ...]) -> None:
    page = html.document_fromstring(audit_page.page(examined, reveal=True))
    found = cells(page, "establishments")
    assert {name: found[name].text for name in [("N", "A-B"), ("_T", "A-B"), ("N1", "C$1"), ("0301", "A-B")]} == {
        ("N", "A-B"): "2",
        ("_T", "A-B"): "0–1",
        ("N1", "C$1"): "0–2",
        ("0301", "A-B"): "0–3",
    }
    assert {cell.text for cell in page.xpath("//section[@id='d0-turnover']//td[@class='v4']")} == {"0.00–3.99"}
    assert "reveals hidden values" in page.xpath("string(//header)")
    assert "reveals hidden values" not in audit_page.page(examined)


def test_a_cell_of_any_size_has_no_end(tmp_path: Path) -> None:
    made = Made(tmp_path)
    made.cube("establishments", HEADER, "Q,N,_T,2024-Q1,", "Q,N,A-B,2024-Q1,7")
    examined = audit_datasets(tmp_path, [made_up.DATASET], Options())
    cell = cells(html.document_fromstring(audit_page.page(examined)), "establishments")["N", "_T"]
    assert (cell.get("class"), spoken(cell)) == ("vx", "* any number of possible values, no upper end")
    revealed = html.document_fromstring(audit_page.page(examined, reveal=True))
    assert cells(revealed, "establishments")["N", "_T"].text == "≥ 0"


def test_cells_to_suppress_and_outer_bounds_are_marked_and_told(tmp_path: Path) -> None:
    (one,) = audited(tmp_path, suggest=True)
    assert one.audited is not None
    assert one.audited.suggested
    found = one.audited.found
    inexact = found.cells.hidden & (found.low < found.high)
    one = replace(one, audited=replace(one.audited, found=replace(found, inexact=inexact)))
    page = html.document_fromstring(audit_page.page([one]))
    assert len(page.xpath("//td[contains(@class, 'more')]")) == len(one.audited.suggested)
    cell = cells(page, "establishments")["N", "C$1"]
    assert (cell.get("class"), spoken(cell)) == ("more", "508 suppress too")
    cell = cells(page, "establishments")["_T", "C$1"]
    assert (cell.get("class"), spoken(cell)) == (
        "v2 inexact",
        "* 2 possible values; or fewer, as outer bounds are known only",
    )


def test_labels_and_findings_are_text_whatever_is_in_them(tmp_path: Path) -> None:
    (one,) = audited(tmp_path, {**FIGURES, "N2": ("12", "", "4", "4")})
    planted = Finding("planted", "<script>alert(1)</script>\x1b[2J", file="<i>.csv", cube="jobs", key="<u>")
    page = html.document_fromstring(audit_page.page([replace(one, ruled=replace(one.ruled, findings=(planted,)))]))
    assert page.xpath("//script | //main//b[text()='quoted'] | //i | //u") == []
    labels = page.xpath("//section[@id='d0-establishments']//th[@scope='row']/span/text()")
    assert "Industry <C>" in labels
    assert any('"<b>quoted</b>"' in words for words in page.xpath("//caption//span/text()"))
    told = " ".join(page.xpath("//summary[starts-with(., 'planted')]/..//td//text()"))
    assert told == "<i>.csv <script>alert(1)</script>\\u001b[2J"


def test_findings_stand_by_kind_and_lead_to_their_cell(page: html.HtmlElement) -> None:
    kinds = [" ".join(words.text_content().split()) for words in page.xpath("//details/summary")]
    assert kinds[0] == "exact: can be computed (1 error)"
    (row,) = page.xpath("//details[1]//tbody/tr")
    assert [" ".join(cell.text_content().split()) for cell in row][0] == "establishments Q.N.A-B.2024-Q1"
    (link,) = row.xpath("./th/a/@href")
    assert page.get_element_by_id(link[1:]) is cells(page, "establishments")["N", "A-B"]
    assert "establishments Q.N." in spoken(row.xpath("./td[3]")[0])


def test_of_many_tables_and_findings_the_first_are_shown_and_the_others_counted(
    examined: tuple[Examined, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_page, "MOST_TABLES", 1)
    monkeypatch.setattr(audit_page, "MOST_FINDINGS", 1)
    page = html.document_fromstring(audit_page.page(examined))
    # The table with a cell that can be computed comes before those without.
    assert [table.xpath("string(./caption//code)") for table in page.xpath("//table[@class='picture']")] == ["N"]
    assert "3 more tables with hidden cells are not shown" in page.xpath("string(//section[@id='d0-establishments'])")
    assert all(len(table.xpath("./tbody/tr")) == 1 for table in page.xpath("//details//table"))
    assert "of kind width 1, of which the first 1" in page.text_content()


def test_of_a_long_table_the_rows_with_hidden_cells_are_shown(
    examined: tuple[Examined, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_page, "_MOST_CELLS_OF_A_TABLE", 2)
    page = html.document_fromstring(audit_page.page(examined))
    table = tables(page, "establishments")[0]
    assert table.xpath("./tbody/tr/th/code/text()") == ["A-B", "C$1"]
    assert "2 rows more are not shown" in table.xpath("string(./caption)")


def test_the_page_needs_nothing_else_and_names_every_table_and_header(page: html.HtmlElement) -> None:
    assert page.xpath("//script | //img | //iframe | //@src | //link[@href != 'data:,']") == []
    assert not re.search(r"url\(|@import", page.xpath("string(//style)"))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.xpath("//a/@href")} <= set(ids)
    assert all(table.xpath("string(./caption)").strip() for table in page.xpath("//table"))
    assert page.xpath("//th[not(@scope)] | //table[not(.//th)]") == []
    assert page.xpath("//table[not(parent::div[@class='scroll' and @tabindex='0' and @role='region'])]") == []
    assert {name[1:] for name in page.xpath("//nav//a/@href")} == {
        "d0-figures",
        "d0-establishments",
        "d0-turnover",
        "d0-findings",
    }


def test_words_have_a_contrast_of_4_5_to_1_in_light_and_in_dark(page: html.HtmlElement) -> None:
    light, dark = (dict(found) for found in palettes(page.xpath("string(//style)")))
    assert light.keys() == dark.keys()
    for colours in (light, dark):
        pairs = [(f"{shade}-ink", shade) for shade in ("v0", *audit_page.SHADES)]
        pairs += [(ink, ground) for ink in ("ink", "quiet", "link") for ground in ("page", "panel")]
        pairs.append(("mark", "page"))
        found = {pair: contrast(*(colours[name] for name in pair)) for pair in pairs}
        assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}


def palettes(style: str) -> Iterator[list[tuple[str, str]]]:
    for block in re.findall(r":root \{([^}]*--page[^}]*)\}", style):
        yield re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block)


def contrast(*colours: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    dark, light = sorted(map(luminance, colours))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_dataset_that_hides_nothing_has_a_page_too(examined: tuple[Examined, ...]) -> None:
    page = html.document_fromstring(audit_page.page([replace(examined[0], audited=None), examined[0]]))
    assert "Nothing is hidden" in page.xpath("string(//section[@id='d0'])")
    assert page.xpath("//section[@id='d1']//table[@class='picture']")
    assert page.xpath("string(//h1)") == "Audit of 2 datasets"


@pytest.mark.parametrize(
    ("value", "decimals", "words"),
    [(0, 0, "0"), (1234567, 0, "1 234 567"), (-5, 2, "−0.05"), (123456, 2, "1 234.56"), (7, 3, "0.007")],
)
def test_numbers_are_exact_and_their_thousands_apart(value: int, decimals: int, words: str) -> None:
    assert audit_page.number(value, decimals).replace("\u202f", " ") == words


@pytest.mark.slow
def test_the_page_of_the_report_shows_every_hidden_cell_by_its_width() -> None:
    (one,) = audit_datasets(PROJECT, [NAV], Options())
    assert one.audited is not None
    text = audit_page.page([one])
    assert len(text.encode()) < 3_000_000
    page = html.document_fromstring(text)
    squares = [cell.get("class", "").split() for cell in page.xpath("//table[@class='picture']//td")]
    counted = counts(one.audited)
    own = Counter(classes[0] for classes in squares if classes and "average" not in classes)
    assert own.pop("absent", 0) == 0
    assert own == {f"v{int(size) + 1}": count for size, count in counted["width"].items()}
    averages = Counter(classes[0] for classes in squares if "average" in classes)
    assert (averages.total(), averages["v1"]) == (counted["averages"]["hidden"], counted["averages"]["exact"])
    assert {cell.text for cell in page.xpath("//td[starts-with(@class, 'v')]")} == {"*"}
    for cube, count in counted["by_cube"].items():
        drawn = page.xpath(f"//section[@id='d0-{cube}']//td[starts-with(@class, 'v') and not(contains(@class, 'av'))]")
        assert len(drawn) == count["hidden"]
