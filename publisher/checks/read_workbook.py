"""The workbook read back by openpyxl: every observation of a cube from its sheet, with what marks say of it.

Keys are the codes of the sheet, and the labels beside them must be theirs: a person reads the labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher import periods
from publisher.checks.reader import Reader, UnreadableError
from publisher.checks.workbook_cells import digits_of, place_of, text_of
from publisher.checks.workbook_open import opened, rows_of
from publisher.columns import text_schema
from publisher.formats.workbook_names import sheet_names
from publisher.formats.workbook_table import MOST_PERIODS
from publisher.formats.workbook_words import MARK_COLUMN, Words
from publisher.model import (
    CONF_STATUS,
    FREE,
    FREQ,
    NORMAL,
    OBS_STATUS,
    SUPPRESSED_CONF_STATUS,
    SUPPRESSED_OBS_STATUS,
    TIME_PERIOD,
    Cube,
    Dataset,
)

if TYPE_CHECKING:
    import pyarrow as pa

PATH = "xlsx/{dataset}.xlsx"
# The header stands within the first rows, the marks a few below the table.
_HEADER_WITHIN = 1_000
_MOST_EMPTY = 100
_MARK = re.compile(r"([a-z]+)\)")
_NOTE = re.compile(r"([a-z]+)\) ")
_DEFAULTS = {OBS_STATUS: (NORMAL, SUPPRESSED_OBS_STATUS), CONF_STATUS: (FREE, SUPPRESSED_CONF_STATUS)}

Row = tuple[Any, ...]


def read(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the observations of the sheet of a cube, sorted by key."""
    import pyarrow as pa

    words = Words(dataset.languages[0])
    _, *names = sheet_names(words["contents"], *(item.id for item in dataset.cubes))
    name = dict(zip((item.id for item in dataset.cubes), names, strict=True))[cube.id]
    with opened(folder / PATH.format(dataset=dataset.id), only=name) as book:
        if name not in book.sheetnames:
            raise UnreadableError(f"there is no sheet '{name}'")
        # Columns of labels and codes, and as many again as there can be of numbers and marks.
        columns = 2 * (len(cube.key_ids) + MOST_PERIODS)
        found = sorted(_Sheet(cube, words, name).observations(rows_of(book[name], 2 * columns)))
    rows = ((*key, digits, *attributes) for key, digits, attributes in found)
    cells = list(zip(*rows, strict=True)) or [()] * len(cube.columns)
    yield pa.RecordBatch.from_arrays([pa.array(cell, pa.string()) for cell in cells], schema=text_schema(cube))


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of numbers: where it stands, its codes, its marks, and whether its cells' marks stand beside it."""

    place: int
    codes: tuple[str, ...]
    marks: tuple[str, ...]
    marked: bool


class _Sheet:
    """One sheet while it is read. Cells are named in what is wrong with it, what stands in them is not."""

    def __init__(self, cube: Cube, words: Words, name: str) -> None:
        self._cube, self._words, self._name, self._key_ids = cube, words, name, cube.key_ids
        self._dimensions: tuple[str, ...] = ()
        self._attribute_ids = cube.attribute_ids
        self._labels = {item.id: words.labels(item.codelist) for item in cube.dimensions}

    def observations(self, rows: Iterator[Row]) -> Iterator[tuple[tuple[str, ...], str | None, list[str | None]]]:
        """Yield (key, digits, attributes) of each observation of the sheet."""
        columns = self._header(rows)
        found = []
        for row in rows:
            if all(cell.value is None for cell in row):
                break
            codes = self._codes(row, columns)
            found += [(codes, column, *cell) for column in columns if (cell := self._cell(row, column)) is not None]
        used = {mark for _, column, _, own in found for mark in (*column.marks, *own)}
        marks = self._marks(rows, used)
        for row_codes, column, digits, own in found:
            known = dict(zip(self._dimensions, row_codes, strict=True))
            known |= zip((FREQ, TIME_PERIOD), column.codes, strict=False)
            key = tuple(known[item] for item in self._key_ids)
            yield key, digits, self._attributes(digits, column, own, marks)

    def _header(self, rows: Iterator[Row]) -> list[_Column]:
        """Return the columns of numbers, from the row of codes and the one above it, and pass both."""
        own = tuple(item for item in self._key_ids if item not in (FREQ, TIME_PERIOD))
        above: Row = ()
        for row in islice(rows, _HEADER_WITHIN):
            texts = [text_of(cell) for cell in row]
            while texts and texts[-1] is None:
                texts.pop()
            for dimensions in ((*own, FREQ, TIME_PERIOD), own):
                if dimensions and tuple(texts[-len(dimensions) :]) == dimensions:
                    self._dimensions = dimensions
                    return list(self._columns(row[: len(texts)], above))
            above = row
        raise UnreadableError(f"sheet '{self._name}' has no row of codes that ends with {', '.join(own)}")

    def _columns(self, row: Row, above: Row) -> Iterator[_Column]:
        count = len(self._dimensions)
        for component, cell in zip(self._dimensions, above, strict=False):
            if text_of(cell) != self._words.of(self._cube.dimension(component).concept.name):
                raise self._fault(cell, f"is not the name of {component}")
        end = len(row) - count
        for place in range(count, end):
            if text_of(row[place]) == MARK_COLUMN:
                continue
            parts = (text_of(row[place]) or "").split(" ")
            marked = place + 1 < end and text_of(row[place + 1]) == MARK_COLUMN
            codes = tuple(parts[:2]) if FREQ not in self._dimensions else ()
            marks = parts[len(codes) or 1 :]
            if codes and (len(codes) != 2 or not periods.belongs(*codes)):
                raise self._fault(row[place], "is no frequency and period")
            if codes and self._words.heading(*codes) not in (text_of(above[place]) or ""):
                raise self._fault(above[place], f"does not name the period {codes[1]}, whose column it heads")
            if not codes and parts[0] != self._cube.measure.id:
                raise self._fault(row[place], f"is not {self._cube.measure.id}")
            yield _Column(place, codes, self._letters(row[place], marks), marked)

    def _codes(self, row: Row, columns: list[_Column]) -> tuple[str, ...]:
        """Return the codes of a row, whose labels must be theirs."""
        count = len(self._dimensions)
        first = columns[-1].place + 1 + columns[-1].marked if columns else count
        cells = row[first : first + count]
        codes = [text_of(cell) for cell in cells]
        if len(codes) < count or None in codes:
            raise UnreadableError(f"sheet '{self._name}' has a row without its codes: {place_of(row[0])}")
        known = dict(zip(self._dimensions, (code or "" for code in codes), strict=True))
        for cell, (component, code) in zip(row, known.items(), strict=False):
            label = self._labels[component].get(code)
            if component == TIME_PERIOD and periods.belongs(known[FREQ], code):
                label = self._words.period(known[FREQ], code)
            if label is not None and text_of(cell) != label:
                raise self._fault(cell, f"is not the label of {component} {code}, whose row it is")
        return tuple(known.values())

    def _cell(self, row: Row, column: _Column) -> tuple[str | None, tuple[str, ...]] | None:
        """Return (digits, marks) of a cell, None where there is no observation."""
        cell = row[column.place] if column.place < len(row) else None
        try:
            found = digits_of(cell, self._cube.measure.decimals)
        except ValueError as error:
            raise self._fault(cell, str(error)) from error
        if found is None:
            return None
        beside = row[column.place + 1] if column.marked and column.place + 1 < len(row) else None
        marks = (text_of(beside) or "").split() if beside is not None else []
        return found.digits, self._letters(beside, marks)

    def _letters(self, cell: Any, marks: list[str]) -> tuple[str, ...]:
        letters = [_MARK.fullmatch(mark) for mark in marks]
        if None in letters:
            raise self._fault(cell, "holds what is no mark")
        return tuple(letter[1] for letter in letters if letter is not None)

    def _marks(self, rows: Iterator[Row], used: set[str]) -> dict[str, tuple[str, str]]:
        """Return (attribute, value) of each mark that is used: marks stand first below the heading of the notes."""
        texts: dict[str, str] = {}
        letter = ""
        empty = 0
        for row in rows:
            first, second = (text_of(cell) for cell in (*row, None, None)[:2])
            empty = empty + 1 if first is None else 0
            found = None if first is None else _NOTE.match(first)
            if first is not None and found is not None and found[1] not in texts:
                letter = found[1]
                texts[letter] = first[found.end() :]
            elif first is None and second is not None and letter:
                texts[letter] += second
            elif letter or empty > _MOST_EMPTY:
                break
        return {letter: self._said(letter, text) for letter, text in texts.items() if letter in used}

    def _said(self, letter: str, text: str) -> tuple[str, str]:
        for attribute in self._cube.attributes:
            begin = f"{self._words.of(attribute.concept.name)} ({attribute.id}): "
            if text.startswith(begin):
                value = text[len(begin) :]
                if attribute.codelist is None:
                    return attribute.id, value
                code, _, label = value.partition(" ")
                if self._words.labels(attribute.codelist).get(code) == label:
                    return attribute.id, code
        raise UnreadableError(f"sheet '{self._name}': mark {letter}) says nothing of an attribute")

    def _attributes(
        self, digits: str | None, column: _Column, own: tuple[str, ...], marks: dict[str, tuple[str, str]]
    ) -> list[str | None]:
        """Return the attributes of an observation: what goes with its value, then what its marks say."""
        hidden = digits is None
        values: dict[str, str | None] = dict.fromkeys(self._attribute_ids)
        values |= {attribute: usual[hidden] for attribute, usual in _DEFAULTS.items()}
        for letters, of_column in ((column.marks, True), (own, False)):
            for letter in letters:
                if letter not in marks:
                    raise UnreadableError(f"sheet '{self._name}': no note says what mark {letter}) is")
                attribute, value = marks[letter]
                if not (of_column and hidden and attribute in _DEFAULTS):
                    values[attribute] = value
        return list(values.values())

    def _fault(self, cell: Any, what: str) -> UnreadableError:
        return UnreadableError(f"sheet '{self._name}' {place_of(cell)} {what}")


READERS = (Reader("workbook", PATH, "openpyxl", read),)
