"""Lines of a NAV report -> its period and its fragments: a header and the rows of counts below it.

Where a cell stands in a header says nothing: the first column of every row is the mean of the year
so far, and the months follow it from January on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from publisher.errors import nearest
from publisher.sources.nav_text import BLANKS, HIDDEN, Remarks, fold, plain, read_count, shown

MONTHS = (
    "Januar",
    "Februar",
    "Mars",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Desember",
)
AVERAGE = "Gjennomsnitt hittil i år"
TIME_SERIES = "Tidsserie"

_MONTH = {fold(name): number for number, name in enumerate(MONTHS, 1)}
_HEADER_WORDS = (AVERAGE, TIME_SERIES, *MONTHS)
_HEADING = re.compile(r"([^\W\d]+) ((?:19|20)[0-9]{2})(?: ?[-\u2010-\u2015\u2212] ?([^\W\d]+) ((?:19|20)[0-9]{2}))?")
_EXAMPLE = "'Januar 2024 - November 2024'"
# What the cells of one header line may be: the average, "Tidsserie", months, in this order.
_HEADER_LINE = re.compile("a?t?m*")


@dataclass(frozen=True, slots=True)
class Period:
    """The months of a report: January to ``last`` (1 to 12) of a year."""

    year: int
    last: int

    def __str__(self) -> str:
        """Return the period as a heading says it."""
        return f"{MONTHS[0]} {self.year} - {MONTHS[self.last - 1]} {self.year}"


@dataclass(frozen=True, slots=True)
class Row:
    """A table row: its line, its label, and its counts, the average first; None is a hidden one."""

    line: int
    label: str
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """The rows below one header, which ends on ``line``."""

    line: int
    rows: tuple[Row, ...]


@dataclass
class _Header:
    """A header while its lines are read, and the rows below it; ``sound`` until a fault is found."""

    line: int
    average: str = ""
    months: list[int] = field(default_factory=list)
    sound: bool = True
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def read_layout(
    lines: Sequence[str], notes: Sequence[str], threshold: int | None, remarks: Remarks
) -> tuple[Period | None, tuple[Fragment, ...]]:
    """Return the period and the fragments of a report; what is wrong with them goes to ``remarks``.

    ``notes`` are the opening words of prose that may stand in it; ``threshold`` is the least count
    that is printed, None where none may be hidden. The period is None where it is not known.
    """
    reader = _Lines(notes, remarks)
    for number, line in enumerate(lines, 1):
        reader.take(number, line)
    reader.end()
    period = _agreed(reader.headings, reader.headers, remarks)
    fragments = tuple(
        Fragment(header.line, tuple(_row(number, cells, header, threshold, remarks) for number, cells in header.rows))
        for header in reader.headers
    )
    return period, fragments


class _Lines:
    """Takes a report line by line: every line is a heading, part of a header, a row, a note or blank."""

    def __init__(self, notes: Sequence[str], remarks: Remarks) -> None:
        self._notes = tuple(fold(note) for note in notes)
        self._remarks = remarks
        self.headings: list[tuple[int, Period]] = []
        self.headers: list[_Header] = []
        self._open: _Header | None = None
        self._current: _Header | None = None

    def take(self, number: int, line: str) -> None:
        """Take the next line."""
        cells = [cell.strip(BLANKS) for cell in line.split("\t")]
        filled = [cell for cell in cells if cell.split()]
        heading = _HEADING.fullmatch(plain(filled[0])) if len(filled) == 1 else None
        if not filled:
            return
        if heading:
            self._heading(number, heading)
        elif all(map(_kind, filled)) or (not plain(cells[0]) and any(map(_kind, filled))):
            self._header(number, filled)
        elif sum(cell == HIDDEN or cell[0].isdigit() for cell in filled[1:]) > 1:
            self._row(number, cells)
        elif fold(line).startswith(self._notes):
            self._remarks.notice("note", number, f"{shown(line)} is a note: no observation is read from it")
        elif len(cells) > 1:
            self._row(number, cells)
        else:
            message = f"{shown(line)} is no heading, header or row, and no listed note"
            remedy = "correct the line (cells stand after tabs), or list its opening words under source.notes"
            self._remarks.fault("unknown-line", number, f"{message}: {remedy}")

    def end(self) -> None:
        """Say what the last line leaves open."""
        if self._open is not None:
            self._remarks.fault("header", self._open.line, "the header has no months: write them on one line, after it")
        self._open = self._current = None

    def _heading(self, number: int, found: re.Match[str]) -> None:
        self.end()
        first, year, last, last_year = found.groups()
        unknown = [word for word in (first, last) if word is not None and fold(word) not in _MONTH]
        if unknown:
            message = f"'{unknown[0]}' in the heading is no month{nearest(unknown[0], MONTHS)}"
        elif last_year not in (None, year):
            message = f"the heading names two years, {year} and {last_year}: a report is of one"
        elif _MONTH[fold(first)] != 1:
            message = f"the heading begins with {first}: a report is of the months from {MONTHS[0]} on"
        else:
            self.headings.append((number, Period(int(year), _MONTH[fold(last or first)])))
            return
        self._remarks.fault("heading", number, f"{message}; a heading reads {_EXAMPLE}")

    def _header(self, number: int, filled: list[str]) -> None:
        if self._open is None:
            self._open, self._current = _Header(number), None
        header = self._open
        kinds = "".join(_kind(cell) for cell in filled)
        for cell in filled:
            if not _kind(cell):
                header.sound = False
                near = nearest(cell, _HEADER_WORDS)
                self._remarks.fault("header", number, f"{shown(cell)} in the header is no month{near}")
        if not _HEADER_LINE.fullmatch(kinds):
            header.sound = False
            self._remarks.fault("header", number, f"the header must name '{AVERAGE}' once, then the months")
        header.average += "".join(fold(cell) for cell in filled if _kind(cell) == "a")
        header.months = [_MONTH[fold(cell)] for cell in filled if _kind(cell) == "m"]
        if header.months:
            header.line = number
            self._close(header)

    def _close(self, header: _Header) -> None:
        """Check a header that has its months, and let rows follow it."""
        if header.average not in (fold(AVERAGE), fold(AVERAGE) * 2):
            header.sound = False
            message = f"the header does not say '{AVERAGE}', which is what the first column of every table is"
            self._remarks.fault("header", header.line, f"{message}: complete it")
        if header.sound and (fault := _months_fault(header.months)):
            header.sound = False
            self._remarks.fault("months", header.line, fault)
        self.headers.append(header)
        self._open, self._current = None, header

    def _row(self, number: int, cells: list[str]) -> None:
        if self._current is None:
            waiting = self._open is not None
            self.end()
            if not waiting:
                message = f"row {shown(cells[0])} has no header above it: its columns are not known"
                self._remarks.fault("no-header", number, f"{message}; a header is missing")
            self._current = _Header(number, sound=False)
        self._current.rows.append((number, cells))


def _kind(cell: str) -> str:
    """Return what a header cell is: the average or words of it ``a``, "Tidsserie" ``t``, a month ``m``."""
    folded = fold(cell)
    if folded in _MONTH:
        return "m"
    if folded == fold(TIME_SERIES):
        return "t"
    return "a" if folded in fold(AVERAGE) else ""


def _months_fault(months: list[int]) -> str | None:
    """Return what is wrong with the months of a header, which must run from January on, or None."""
    repeated = [MONTHS[month - 1] for month, count in Counter(months).items() if count > 1]
    missing = [MONTHS[month - 1] for month in range(1, max(months)) if month not in months]
    if repeated:
        return f"the header repeats {', '.join(repeated)}: each month stands once"
    if missing:
        return f"the header lacks {', '.join(missing)}: a month is missing"
    if months != sorted(months):
        return f"the months of the header are out of order: they run from {MONTHS[0]} on"
    return None


def _agreed(headings: list[tuple[int, Period]], headers: list[_Header], remarks: Remarks) -> Period | None:
    """Return the period that headings and headers agree on; each that differs is an error."""
    if not headings:
        if headers:
            message = f"no heading that reads like {_EXAMPLE}: the year is not known; write one above the table"
            remarks.fault("heading", headers[0].line, message)
        return None
    period = Counter(period for _, period in headings).most_common(1)[0][0]
    line = next(number for number, found in headings if found == period)
    for number, found in headings:
        if found != period:
            remarks.fault("heading", number, f"the heading says '{found}', line {line} '{period}': they must agree")
    for header in headers:
        if header.sound and len(header.months) != period.last:
            header.sound = False
            ends = f"{MONTHS[len(header.months) - 1]}, the heading on line {line} with {MONTHS[period.last - 1]}"
            remarks.fault("months", header.line, f"the months of the header end with {ends}: they must agree")
    return period


def _row(number: int, cells: list[str], header: _Header, threshold: int | None, remarks: Remarks) -> Row:
    """Return a row with its counts; without any where the header or the number of cells is wrong."""
    label = plain(cells[0])
    if not label:
        remarks.fault("label", number, "a row has no label: its first cell is empty")
    if not header.sound:
        return Row(number, label, ())
    expected = len(header.months) + 2
    if len(cells) == expected + 1 and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != expected:
        fewer = "a month is missing" if len(cells) < expected else "there is a month too many"
        message = f"row {shown(label)} has {len(cells)} cells, {expected} expected: {fewer}"
        remarks.fault("cells", number, f"{message}, or the row is cut or broken")
        return Row(number, label, ())
    columns = (AVERAGE, *(MONTHS[month - 1] for month in header.months))
    counts = (
        _count(f"row {shown(label)}, {column}:", cell, number, threshold, remarks)
        for column, cell in zip(columns, cells[1:], strict=True)
    )
    return Row(number, label, tuple(counts))


def _count(place: str, cell: str, number: int, threshold: int | None, remarks: Remarks) -> int | None:
    """Return the count of a cell; None where it is hidden, or wrong and said to be so."""
    try:
        count = read_count(cell)
    except ValueError as error:
        remarks.fault("count", number, f"{place} cell {shown(cell)} {error}")
        return None
    if count is None and threshold is None:
        remarks.fault("suppression", number, f"{place} a count is hidden, but the definition has no [suppression]")
    if count is not None and threshold is not None and count < threshold:
        # The count itself is what must not be seen: it does not go into a log either.
        message = f"{place} a count below {threshold} is printed: it should have been `{HIDDEN}`"
        remarks.fault("below-threshold", number, message)
    return count
