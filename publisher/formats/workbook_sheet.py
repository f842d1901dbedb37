"""One sheet of a workbook, filled downwards: text stays text, numbers keep their digits, nothing is a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from textwrap import wrap
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from publisher.formats.workbook_words import Words, is_exact

if TYPE_CHECKING:
    from xlsxwriter.format import Format as Style
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_LONGEST_TEXT = 32_767
_A4, _A3 = 9, 8
# Characters of the body's size across the printed part of a landscape A4 page at six tenths of their size.
_ON_A4 = 250
FONT: Mapping[str, Any] = {"font_name": "Arial", "font_size": 10, "font_scheme": False}
CODE: Mapping[str, Any] = {"font_size": 9, "font_color": "#595959", "align": "left"}
LINK: Mapping[str, Any] = {"underline": 1, "font_color": "#1F3864"}
"""How codes and links look."""
_TITLE: Mapping[str, Any] = {"bold": True, "font_size": 14}
_TITLE_CHARACTER = 1.5
# Points that a line of the body's size takes, and the room around the lines of a row.
_LINE, _AROUND = 12.8, 2.4
# Letters are narrower than digits, which widths are counted in.
_LETTERS = 1.1
_HIGHEST = 409.0
NO_PROPERTIES: Mapping[str, Any] = MappingProxyType({})


class Sheet:
    """A worksheet that is filled downwards; ``row`` is the next free row, counted from 0."""

    def __init__(self, book: Workbook, name: str, words: Words, widths: list[float]) -> None:
        """Begin a sheet with columns of these widths, in characters."""
        self.words, self.row = words, 0
        self._book = book
        self._styles: dict[tuple[tuple[str, Any], ...], Style] = {}
        self.sheet: Worksheet = book.add_worksheet(name)
        self.widths, self.width = widths, sum(widths)
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)
        if words.right_to_left:
            self.sheet.right_to_left()

    def style(self, **properties: Any) -> Style:
        """Return the format of a cell, made once for equal properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._styles:
            self._styles[key] = self._book.add_format({**FONT, "valign": "vcenter", **properties})
        return self._styles[key]

    def text(self, column: int, text: str, **properties: Any) -> None:
        """Write a text in the current row."""
        write_text(self.sheet, self.row, column, text, self.style(**properties))

    def number(self, column: int, digits: str, decimals: int, **properties: Any) -> None:
        """Write a number in the current row, as text where a spreadsheet would not keep its digits."""
        if is_exact(digits):
            shown = "#,##0" + (f".{'0' * decimals}" if decimals else "")
            self.sheet.write_number(self.row, column, Decimal(digits), self.style(num_format=shown, **properties))
        else:
            self.text(column, digits, align="right", **properties)

    def link(self, column: int, sheet: str) -> None:
        """Write the name of another sheet as a link to it."""
        self.sheet.write_url(self.row, column, f"internal:'{sheet}'!A1", self.style(**LINK), sheet)

    def title(self, text: str) -> None:
        """Write the title of the sheet."""
        for line in lines(text, int(self.width / _TITLE_CHARACTER)):
            self.sheet.set_row(self.row, _TITLE_CHARACTER * _LINE + _AROUND)
            self.text(0, line, **_TITLE)
            self.row += 1

    def paragraph(self, text: str, column: int = 0, properties: Mapping[str, Any] = NO_PROPERTIES) -> None:
        """Write a text in as many rows as it has lines, from a column to the right edge, and go below it."""
        for line in lines(text, int(sum(self.widths[column:]) * _LETTERS)):
            self.text(column, line, **properties)
            self.row += 1

    def fit(self, texts: Iterable[tuple[int, str]]) -> None:
        """Make the current row as high as the wrapped texts of its columns need; (column, text) each."""
        most = max((_wrapped(text, self.widths[column]) for column, text in texts), default=1)
        if most > 1:
            self.sheet.set_row(self.row, min(_HIGHEST, most * _LINE + _AROUND))

    def header(self, first: int, last: int, columns: int) -> None:
        """Say which rows are the header: they stay on the screen, with the first columns, and on every page."""
        self.sheet.freeze_panes(last + 1, columns)
        self.sheet.repeat_rows(first, last)

    def page(self, footer: str) -> None:
        """Lay out the printed page: landscape, as wide as the sheet, with a footer."""
        self.sheet.set_landscape()
        self.sheet.set_paper(_A4 if self.width <= _ON_A4 else _A3)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        self.sheet.set_footer(f"&L&8 {_footer(footer)}&R&8 {self.words['page']}")


def write_text(sheet: Worksheet, row: int, column: int, text: str, style: Style) -> None:
    """Write a text as a text, whatever it begins with, as long as a cell can be."""
    if len(text) > _LONGEST_TEXT // 2:  # as a character counts once or twice
        text = text.encode("utf-16-le")[: 2 * _LONGEST_TEXT].decode("utf-16-le", errors="ignore")
    if text.startswith("<r>") and text.endswith("</r>"):
        # XlsxWriter takes such a string for markup of its own.
        sheet.write_rich_string(row, column, text[:1], style, text[1:], style)
    else:
        sheet.write_string(row, column, text, style)


def lines(text: str, width: int) -> Iterator[str]:
    """Yield a text in lines of about ``width`` characters at most; joined they are the text."""
    for paragraph in text.splitlines(keepends=True):
        while len(paragraph.rstrip()) > width:
            end = paragraph.rfind(" ", 1, width) + 1 or width
            yield paragraph[:end]
            paragraph = paragraph[end:]
        if paragraph:
            yield paragraph


def _wrapped(text: str, width: float) -> int:
    """Return how many lines a text takes in a column."""
    if len(text) <= width and "\n" not in text:
        return 1
    return sum(max(1, len(wrap(part, max(1, int(width))))) for part in text.split("\n"))


def _footer(text: str) -> str:
    """Return a text as a part of a footer, which has at most 255 characters and takes ``&`` for a command."""
    return " ".join(text.split())[:80].replace("&", "&&")
