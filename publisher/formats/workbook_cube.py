"""The sheet of a cube: title, unit and symbols, a header of two rows, the numbers, then marks and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from publisher.formats.draft import Publication
from publisher.formats.workbook_sheet import CODE, Sheet, lines
from publisher.formats.workbook_table import Cell, Column, Mark, Row, Table, table_of
from publisher.formats.workbook_words import ABSENT, HIDDEN, MARK_COLUMN, Words, is_exact
from publisher.model import Codelist, Concept
from publisher.observations import Observations

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

_WIDEST_LABEL = 40
_WIDEST_HEAD = 18
_LEAST_WIDTH = 90
_FROZEN = 80
_INDENT = 2
_LEFT: dict[str, Any] = {"align": "left"}
_RIGHT: dict[str, Any] = {"align": "right"}
_BESIDE: dict[str, Any] = {"indent": 1}
_GROUP: dict[str, Any] = {"top": 1, "top_color": "#A6A6A6"}


def write_cube(
    book: Workbook, publication: Publication, observations: Observations, words: Words, name: str, contents: str
) -> None:
    """Write the observations of a cube as the sheet ``name``, which ends with a link to ``contents``."""
    dataset, cube = publication.dataset, observations.cube
    table = table_of(observations, words)
    widths = _Widths(table, words)
    sheet = Sheet(book, name, words, widths.all)
    sheet.title(words.of(cube.title))
    sheet.paragraph(words.measure(cube))
    sheet.paragraph(words.symbols(dataset))
    head = sheet.row
    _write_header(sheet, table)
    across = len(table.dimensions)
    sheet.header(head, head + 1, across if sum(widths.labels) <= _FROZEN else 0)
    before: Row | None = None
    for row in table.rows:
        _write_row(sheet, table, row, before)
        before = row
    last = max(sheet.row - 1, head + 1)
    sheet.sheet.autofilter(head + 1, 0, last, across - 1)
    sheet.sheet.ignore_errors({"number_stored_as_text": f"A{head + 1}:XFD{last + 1}"})
    sheet.row += 1
    sheet.text(0, words["notes"], bold=True)
    sheet.row += 1
    _write_marks(sheet, table)
    for note in _notes(publication, table, words):
        sheet.paragraph(note)
    sheet.link(0, contents)
    sheet.page(words.of(cube.title))


class _Widths:
    """How wide columns are, in characters, so that nothing is cut: labels are wrapped, numbers are not."""

    def __init__(self, table: Table, words: Words) -> None:
        self.labels: list[float] = []
        codes: list[float] = []
        for place, dimension in enumerate(table.dimensions):
            labels = [len(row.labels[place]) + _INDENT * row.depths[place] + 2 for row in table.rows]
            self.labels.append(min(_WIDEST_LABEL, max(labels + [len(words.of(dimension.concept.name)) + 4])))
            codes.append(max(8, 1.05 * max([len(row.codes[place]) for row in table.rows] + [len(dimension.id)]) + 3))
        numbers = max((_shown(cell) for row in table.rows for cell in row.cells), default=1)
        values: list[float] = []
        for place, column in enumerate(table.columns):
            head = max(map(len, (*column.words.split("\n"), column_code(table, column))))
            values.append(max(7, numbers + 1.5, min(head, _WIDEST_HEAD) + 1.5))
            if column.marked:
                own = (row.cells[place] for row in table.rows)
                longest = max(len(marks_text(cell.marks)) for cell in own if cell is not None)
                values.append(max(len(words["mark"]) + 2.0, longest + 1.0))
        missing = _LEAST_WIDTH - sum((*self.labels, *values, *codes))
        self.labels[0] += max(0, missing)
        self.all = [*self.labels, *values, *codes]


def _shown(cell: Cell | None) -> int:
    """Return how many characters a number takes, separators of thousands among them."""
    if cell is None or cell.digits is None:
        return 1
    whole = cell.digits.lstrip("-").partition(".")[0]
    return len(cell.digits) + (len(whole) - 1) // 3


def _write_header(sheet: Sheet, table: Table) -> None:
    """Write the header: what people call each column, and below it the codes."""
    words = sheet.words
    top: dict[str, Any] = {"bold": True, "text_wrap": True, "valign": "bottom"}
    below: dict[str, Any] = {"text_wrap": True, "bottom": 2, **CODE}
    heads = [(words.of(item.concept.name), words["name"], _LEFT) for item in table.dimensions]
    for item in table.columns:
        heads.append((item.words, column_code(table, item), _RIGHT))
        if item.marked:
            heads.append((words["mark"], MARK_COLUMN, _LEFT))
    heads += [
        (f"{words['code']}: {words.of(item.concept.name)}", item.id, _LEFT | _BESIDE) for item in table.dimensions
    ]
    for rank, properties in enumerate((top, below)):
        sheet.fit((column, head[rank]) for column, head in enumerate(heads))  # type: ignore[misc]
        for column, head in enumerate(heads):
            sheet.text(column, str(head[rank]), **properties | head[2])
        sheet.row += 1


def column_code(table: Table, column: Column) -> str:
    """Return the second header of a column of numbers: frequency and period, or the measure, then its marks."""
    return " ".join((*(column.codes or (table.cube.measure.id,)), *(_mark(mark) for mark in column.marks)))


def marks_text(marks: tuple[Mark, ...]) -> str:
    """Return marks as they stand in a cell."""
    return " ".join(map(_mark, marks))


def _mark(mark: Mark) -> str:
    return f"{mark.letter})"


def _write_row(sheet: Sheet, table: Table, row: Row, before: Row | None) -> None:
    """Write a row; a line is above the first of several rows that begin with the same code."""
    line = _GROUP if before is not None and len(row.codes) > 1 and before.codes[0] != row.codes[0] else {}
    column = 0
    sheet.fit((n, f"{' ' * (_INDENT * row.depths[n])}{label}") for n, label in enumerate(row.labels))
    for label, depth in zip(row.labels, row.depths, strict=True):
        sheet.text(column, label, text_wrap=True, align="left", indent=min(depth, 15), **line)
        column += 1
    for head, cell in zip(table.columns, row.cells, strict=True):
        if cell is None or cell.digits is None:
            sheet.text(column, ABSENT if cell is None else HIDDEN, align="right", **line)
        else:
            sheet.number(column, cell.digits, table.cube.measure.decimals, **line)
        column += 1
        if head.marked:
            if cell is not None and cell.marks:
                sheet.text(column, marks_text(cell.marks), **line)
            column += 1
    for code in row.codes:
        sheet.text(column, code, **CODE, **_BESIDE, **line)
        column += 1
    sheet.row += 1


def _write_marks(sheet: Sheet, table: Table) -> None:
    """Write what each mark says: the attribute with its id, code and label; further lines stand one column in."""
    for mark in table.marks:
        column, text = 0, f"{_mark(mark)} {mark_says(mark, sheet.words)}"
        for line in lines(text, int(sheet.width - sheet.widths[0])):
            sheet.text(column, line)
            sheet.row += 1
            column = 1


def mark_says(mark: Mark, words: Words) -> str:
    """Return what a mark says: ``Status (OBS_STATUS): P Provisional``, or the attribute's text as it is."""
    concept = mark.attribute.concept
    label = words.labels(concept.codelist).get(mark.value)
    return f"{words.of(concept.name)} ({concept.id}): {mark.value if label is None else f'{mark.value} {label}'}"


def _notes(publication: Publication, table: Table, words: Words) -> Iterator[str]:
    """Yield what the definition says of the cube, its concepts, their codelists and the codes that are used."""
    cube, edition = table.cube, publication.edition
    if cube.description is not None:
        yield words.of(cube.description)
    concepts = [item.concept for item in cube.dimensions]
    concepts += [cube.measure.concept, *(item.concept for item in cube.attributes)]
    for concept in concepts:
        if concept.description is not None:
            yield f"{words.of(concept.name)}: {words.of(concept.description)}"
    for place, dimension in enumerate(table.dimensions):
        if dimension.codelist is not None:
            yield from _of_codes(dimension.concept, {row.codes[place] for row in table.rows}, words)
    if any(cell and cell.digits and not is_exact(cell.digits) for row in table.rows for cell in row.cells):
        yield words["digits"]
    yield words["codes"]
    if edition.note is not None:
        yield f"{words['note']}: {words.of(edition.note)}"
    licence = publication.dataset.licence
    yield (
        f"{words.of(publication.dataset.publisher.name)}. {words['edition']} {edition.id}, "
        f"{words['version']} {edition.version}. {licence.title}."
    )


def _of_codes(concept: Concept, used: set[str], words: Words) -> Iterator[str]:
    codelist: Codelist | None = concept.codelist
    if codelist is None:
        return
    if codelist.description is not None:
        yield f"{words.of(codelist.name)}: {words.of(codelist.description)}"
    for code in codelist.codes:
        if code.id in used and code.description is not None:
            yield f"{words.of(code.name)}: {words.of(code.description)}"
