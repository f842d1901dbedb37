"""The rows of a table against its CSVW description: header, cells, and the values of its keys.

Source: Model for Tabular Data and Metadata on the Web (W3C 2015), sections 6.4 (cells) and 6.6
(validating); Metadata Vocabulary for Tabular Data, section 5.4.3 (a header against its columns).
What a cell means is decided by the package csvw. No message holds a value: it may be a hidden one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from publisher.checks.csvw_document import RULE
from publisher.errors import Finding, Severity

MOST_FINDINGS = 20
_MOST_REMEMBERED = 50_000
# What csvw and the programs below it raise of a cell that is not what its datatype says.
_WRONG = (ValueError, TypeError, ArithmeticError, AttributeError, LookupError, AssertionError)

Key = tuple[Any, ...]


@dataclass(slots=True)
class Keys:
    """The values of some columns of a table, each with the line of its first row, and those that stand twice."""

    columns: tuple[str, ...]
    lines: dict[Key, int] = field(default_factory=dict)
    twice: dict[Key, int] = field(default_factory=dict)

    def add(self, key: Key, line: int) -> None:
        """Note the values of a row."""
        if self.lines.setdefault(key, line) != line:
            self.twice.setdefault(key, line)


class Rows:
    """One table that is read once: what is wrong with it, and the keys that were asked for."""

    def __init__(self, table: Any, dialect: Any, path: Path, name: str) -> None:
        """Begin with nothing read. ``table`` and ``dialect`` are csvw's, ``name`` is how findings call the file."""
        self.findings: list[Finding] = []
        self.more = self.rows = 0
        self.primary = Keys(tuple(table.tableSchema.primaryKey or ()))
        self._dialect, self._path, self.name = dialect, path, name
        self._columns = [column for column in table.tableSchema.columns if not column.virtual]
        self._places = {column.header: number for number, column in enumerate(self._columns)}
        self._known: list[dict[str, tuple[Any, str]]] = [{} for _ in self._columns]
        self._asked: dict[tuple[str, ...], Keys] = {}

    def ask(self, columns: tuple[str, ...]) -> Keys | None:
        """Return what will hold the values of some columns once the table is read; None where it has no such column."""
        if not columns or not self._places.keys() >= set(columns):
            return None
        return self._asked.setdefault(columns, Keys(columns))

    def read(self) -> None:
        """Read the table from its first row to its last."""
        if not self._places.keys() >= set(self.primary.columns):
            self.note("the primary key names a column that the table does not have")
            self.primary = Keys(())
        keys = [*self._asked.values(), *([self.primary] if self.primary.columns else [])]
        try:
            rows = self._lines()
            if not self._header(rows):
                return
            for line, row in rows:
                self.rows += 1
                values = self._cells(line, row)
                for each in keys:
                    each.add(tuple(values[self._places[column]] for column in each.columns), line)
        except csv.Error as error:
            self.note(f"is no CSV in its dialect: {error}", self._line + 1)
        except UnicodeError:
            self.note(f"is no text in {self._dialect.encoding}: save it so, or name its encoding in the dialect")
        except OSError as error:
            self.note(f"cannot be read: {error.strerror}")
        for key, line in self.primary.twice.items():
            first = self.primary.lines[key]
            self.note(f"has the primary key of line {first} again: {', '.join(self.primary.columns)}", line)

    _line = 0

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the line a row begins on, counted from 1, and its cells."""
        from csvw.dsv import UnicodeReaderWithLineNumber

        with UnicodeReaderWithLineNumber(self._path, dialect=self._dialect) as reader:
            for last, row in reader:
                self._line = last
                yield last - sum(cell.count("\n") for cell in row), row

    def _header(self, rows: Iterator[tuple[int, list[str]]]) -> bool:
        """Compare the header with the columns; say whether the rows can be read by them."""
        count = self._dialect.headerRowCount if self._dialect.header else 0
        headers = list(islice(rows, count))
        if len(headers) < count:
            self.note("has no header, though its dialect says so")
            return False
        if not self._columns:
            self._undescribed(len(headers[0][1]) if headers else 0)
        for line, header in headers[:1]:
            if len(header) != len(self._columns):
                self.note(f"has {len(header)} columns, {len(self._columns)} are described", line)
                return False
            for number, (title, column) in enumerate(zip(header, self._columns, strict=True), 1):
                if not self._fits(column, {row[number - 1] for _, row in headers if len(row) >= number}):
                    self.note(
                        f"column {number} is headed {_shown(title)}, which is no title of {column.header:.80}", line
                    )
        return True

    def _undescribed(self, count: int) -> None:
        """Take so many columns of text where the description has none."""
        from csvw import Column

        self._columns = [Column.fromvalue({"name": f"_col.{number}"}) for number in range(1, count + 1)]
        self._known = [{} for _ in self._columns]

    def _fits(self, column: Any, titles: set[str]) -> bool:
        """Say whether a column of the file is the one described: by a title of a language that fits, or by its name."""
        if column.titles is None or not any(column.titles.values()):
            return column.name is None or column.name in titles or column.name.startswith("_col.")
        own = column.inherit("lang") or "und"
        for language, words in column.titles.items():
            if not titles.isdisjoint(words) and _same_language(language or "und", own):
                return True
        return False

    def _cells(self, line: int, row: list[str]) -> list[Any]:
        """Return the values of a row, None where there is none; say what is wrong with its cells."""
        if len(row) != len(self._columns):
            self.note(f"has {len(row)} cells, {len(self._columns)} expected", line)
            row = [*row, *[""] * len(self._columns)][: len(self._columns)]
        values = []
        for number, (text, column, known) in enumerate(zip(row, self._columns, self._known, strict=True), 1):
            if text not in known:
                if len(known) >= _MOST_REMEMBERED:
                    known.clear()
                known[text] = _value(column, text)
            value, fault = known[text]
            if fault:
                self.note(f"column {number} ({column.header:.80}) {fault}", line)
            values.append(value)
        return values

    def note(self, message: str, line: int | None = None, severity: Severity = "error") -> None:
        """Keep a finding, or only count it."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(RULE, message, severity, self.name, line))
        else:
            self.more += 1


def _shown(title: str) -> str:
    """Return a header in quotes, unless it may be a value: where the file has no header its first row stands there."""
    return f"'{title:.80}'" if any(character.isalpha() for character in title) else "by no word"


def _same_language(first: str, second: str) -> bool:
    """Say whether two languages match as section 5.4.3 of the metadata vocabulary has it: up to the shorter of them."""
    shorter, longer = sorted((first.casefold(), second.casefold()), key=len)
    return "und" in (shorter, longer) or longer == shorter or longer.startswith(f"{shorter}-")


def _value(column: Any, text: str) -> tuple[Any, str]:
    """Return what a cell means and what is wrong with it; a wrong cell means its text."""
    import warnings

    if column.inherit("required") and (text or column.inherit("default")) in column.inherit_null():
        return None, "is empty, and a value is required"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = column.read(text)
        # csvw takes NaN and INF for decimals, which XML Schema does not.
        if any(isinstance(each, Decimal) and not each.is_finite() for each in _each(value)):
            raise ValueError
    except _WRONG:
        return text, f"is none of its datatype: {_described(column.inherit('datatype'))}"
    return tuple(value) if isinstance(value, list) else value, ""


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _described(datatype: Any) -> str:
    """Return a datatype in words, as the description has it."""
    said = datatype.asdict() if datatype is not None else "string"
    if not isinstance(said, dict):
        return str(said)
    facets = (f"{name} {value}" for name, value in said.items() if name != "base" and not name.startswith("@"))
    return f"{said.get('base', 'string')} with {', '.join(facets):.300}"
