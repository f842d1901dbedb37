"""The workbook as people meet it: nothing in it acts, every sheet has its header, its symbols and its notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.reader import UnreadableError
from publisher.checks.workbook_open import BROKEN, opened
from publisher.errors import Finding
from publisher.formats.workbook_names import sheet_names
from publisher.formats.workbook_words import Words
from publisher.model import Dataset

RULE = "workbook"
_MOST_ROWS = 20_000
_MOST_CELLS = 1_000_000
_MOST_FINDINGS = 20
# Parts that run, fetch or embed something: macros, controls, other workbooks, connections, objects.
_ACTING = (
    "vbaproject",
    "externallink",
    "activex",
    "ctrlprops",
    "connections.xml",
    "embeddings",
    "querytable",
    "customui",
)


def run(subject: Subject) -> Outcome:
    """Read the whole workbook by openpyxl, and say what is not as it must be."""
    path = f"xlsx/{subject.dataset.id}.xlsx"
    findings: list[Finding] = []
    sheets = 0
    if path in subject.files:
        try:
            with opened(subject.folder / path) as book:
                sheets = len(book.sheetnames)
                faults = (*_parts(subject.folder / path), *_book(book, subject.dataset))
        except UnreadableError as error:
            faults = (f"openpyxl cannot read it: {error}",)
        findings = [Finding(RULE, fault, file=path) for fault in faults[:_MOST_FINDINGS]]
        if more := len(faults) - len(findings):
            findings.append(Finding(RULE, f"and {more:,} more faults", file=path))
    else:
        findings.append(Finding(RULE, "is missing", file=path))
    return Outcome(tuple(findings), f"{sheets:,} sheets")


def _parts(path: Path) -> Iterator[str]:
    """Yield the parts of a workbook that would act, and links out of it."""
    try:
        with ZipFile(path) as parts:
            for name in parts.namelist():
                if any(word in name.casefold() for word in _ACTING):
                    yield f"has the part {name}: macros, controls and other workbooks are not for a workbook of numbers"
                elif name.endswith(".rels") and b'"External"' in parts.read(name).replace(b"'", b'"'):
                    yield f"{name} links to something outside the workbook"
    except BROKEN as error:
        raise UnreadableError(f"a part of it cannot be unpacked ({type(error).__name__})") from error


def _book(book: Any, dataset: Dataset) -> Iterator[str]:
    words = Words(dataset.languages[0])
    expected = sheet_names(words["contents"], *(cube.id for cube in dataset.cubes))
    if book.sheetnames != expected:
        yield f"has the sheets {', '.join(book.sheetnames)}, not {', '.join(expected)}"
        return
    if book.properties.title != words.of(dataset.title):
        yield "its property title is not that of the dataset"
    if book.properties.language != dataset.languages[0]:
        yield f"its property language is not {dataset.languages[0]}"
    contents, *others = (book[name] for name in expected)
    yield from _sheet(contents, words.of(dataset.title), [words.symbols(dataset), words["about"]])
    for cube, sheet in zip(dataset.cubes, others, strict=True):
        yield from _sheet(sheet, words.of(cube.title), [words.symbols(dataset), words["notes"]])


def _sheet(sheet: Any, title: str, texts: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with a sheet: its title, texts, header, page and cells."""
    where = f"sheet '{sheet.title}'"
    frozen = _frozen(sheet)
    first, last = _repeated(sheet)
    if not frozen or frozen != last:
        yield f"{where}: the rows down to its header are not frozen: they would scroll away"
    if not last:
        yield f"{where}: its header is not repeated on every page"
    page, fit = sheet.page_setup, sheet.sheet_properties.pageSetUpPr
    if page.orientation != "landscape" or fit is None or not fit.fitToPage or page.fitToWidth not in (None, 1):
        yield f"{where}: is not laid out as landscape, one page wide"
    if sheet.sheet_state != "visible" or sheet.merged_cells.ranges:
        yield f"{where}: is hidden, or has merged cells"
    hidden = [*sheet.column_dimensions.items(), *sheet.row_dimensions.items()]
    yield from (f"{where}: column or row {name} is hidden" for name, item in hidden if item.hidden)
    if sheet.max_row * sheet.max_column > _MOST_CELLS:
        yield f"{where}: has {sheet.max_row:,} rows and {sheet.max_column:,} columns, more than any table here"
        return
    written = "".join(cell.value for (cell,) in sheet.iter_rows(max_col=1) if isinstance(cell.value, str))
    if not written.startswith(title):
        yield f"{where}: does not begin with its title"
    yield from (f"{where}: does not say: {text}" for text in texts if text not in written)
    for row in sheet.iter_rows():
        for cell in row:
            yield from _cell(cell, where, first <= cell.row <= last)


def _cell(cell: Any, where: str, in_header: bool) -> Iterator[str]:
    if cell.data_type == "f":
        yield f"{where}: cell {cell.coordinate} holds a formula: write its text or number"
    if cell.hyperlink is not None and cell.hyperlink.target is not None:
        yield f"{where}: cell {cell.coordinate} links out of the workbook"
    if in_header and cell.value is not None and not cell.alignment.wrap_text:
        yield f"{where}: cell {cell.coordinate} of the header is not wrapped: it would be cut"


def _frozen(sheet: Any) -> int:
    """Return down to which row a sheet is frozen, 0 for none."""
    pane = sheet.sheet_view.pane
    return int(pane.ySplit or 0) if pane is not None and pane.state == "frozen" else 0


def _repeated(sheet: Any) -> tuple[int, int]:
    """Return the first and last of the rows that every page begins with, 0 for none."""
    rows = [int(part) for part in (sheet.print_title_rows or "").replace("$", "").split(":") if part.isdigit()]
    return (rows[0], rows[-1]) if rows else (0, 0)


CHECKS = (
    Check(
        "workbook",
        "openpyxl",
        "fast",
        run,
        most_rows=_MOST_ROWS,
        needs=("workbook",),
        files=("xlsx/<dataset>.xlsx",),
    ),
)
