"""The workbook as LibreOffice prints it: nothing is cut, and the pictures of the documentation are of this workbook."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook
from workbook_pictures import PAGES, PICTURES, missing, pictures, printed, read_png, texts, unlike, write_png

# Another version of LibreOffice or of the font moves lines by a point or three, which changes less than a fifth of
# the blocks; columns that stand elsewhere, or rows that are not there, change more than a quarter.
ALIKE = 0.25

needs_office = pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()}")


@pytest.fixture(scope="module")
def pdf(real_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return printed(real_release / "xlsx/nav-tilt140.xlsx", tmp_path_factory.mktemp("printed"))


@pytest.fixture(scope="module")
def book(real_release: Path) -> Any:
    return load_workbook(real_release / "xlsx/nav-tilt140.xlsx")


def together(text: object) -> str:
    return "".join(str(text).split())


@pytest.mark.slow
@needs_office
def test_every_sheet_is_one_page_wide_with_its_header_on_every_page(pdf: Path, book: Any) -> None:
    pages = texts(pdf)
    sheets = book.worksheets[1:]
    of_sheet = {sheet["A1"].value: [page for page in pages[1:] if sheet["A1"].value in page] for sheet in sheets}
    assert sum(map(len, of_sheet.values())) == len(pages) - 1
    for sheet in sheets:
        head = int(sheet.print_title_rows.strip("$").split(":")[0].strip("$"))
        (first, *_), last = sheet[head], sheet[head][-1]
        for page in of_sheet[sheet["A1"].value]:
            assert first.value in page
            assert together(last.value) in together(page) or last.value.split()[-1] in page
            assert "Antall måneder: 11" in page


@pytest.mark.slow
@needs_office
def test_every_text_and_number_is_on_a_page(pdf: Path, book: Any) -> None:
    pages = texts(pdf)
    assert not [page for page in pages if "###" in page]
    everything = together("".join(pages))
    for sheet in book.worksheets[1:]:
        for row in sheet.iter_rows(values_only=True):
            if isinstance(row[-1], str) and isinstance(row[-2], str) and row[-1].isupper() or row[2] == ":":
                assert together("".join(str(cell) for cell in row)) in everything, row
            assert all(together(cell) in everything for cell in row if row[1] is None and cell is not None), row
    for row in book.worksheets[0].iter_rows(values_only=True):
        assert all(together(cell) in everything for cell in row if cell is not None)


@pytest.mark.slow
@needs_office
def test_the_pictures_of_the_documentation_are_of_this_workbook(pdf: Path) -> None:
    fonts = subprocess.run(["pdffonts", str(pdf)], capture_output=True, check=True, text=True).stdout
    if "LiberationSans" not in fonts:
        pytest.skip("the font Liberation Sans is not installed, and another one has other widths")
    for name, points in pictures(pdf).items():
        assert unlike(read_png(PICTURES / name), points) < ALIKE, f"{name}: make pictures"


def test_pictures_of_two_sheets_are_not_alike_and_one_is_like_itself_moved_by_two_points() -> None:
    one, other = (read_png(PICTURES / name) for name in PAGES)
    assert unlike(one, other) > ALIKE
    assert unlike(one, np.roll(one, 2, axis=0)) < ALIKE
    # A column of numbers elsewhere, and half of a page empty.
    assert unlike(other, np.roll(other, 40, axis=1)) > ALIKE
    empty = other.copy()
    empty[empty.shape[0] // 2 :] = 255
    assert unlike(other, empty) > ALIKE


def test_a_picture_is_read_as_it_was_written(tmp_path: Path) -> None:
    points = np.arange(256 * 3, dtype=np.uint16).reshape(3, 256).astype(np.uint8)
    write_png(tmp_path / "a.png", points)
    assert (read_png(tmp_path / "a.png") == points).all()
