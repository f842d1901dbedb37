"""A cube as one table for people: rows are its dimensions, columns its periods, marks say what is not in a number.

Where the periods do not fit the width of a page, or few cells of the table would be filled, every
observation is a row of its own, with its period.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from string import ascii_lowercase

from publisher import periods
from publisher.columns import text_batch
from publisher.formats.workbook_words import Words
from publisher.model import (
    CONF_STATUS,
    FREE,
    FREQ,
    NORMAL,
    OBS_STATUS,
    TIME_PERIOD,
    Attribute,
    Cube,
    Dimension,
)
from publisher.observations import Rows

MOST_PERIODS = 26
"""Periods that stand side by side: two years of months and their means, on a page one can read."""
_LEAST_FILLED = 4
_NORMAL = {OBS_STATUS: NORMAL, CONF_STATUS: FREE}
_LONGEST_IN_HEADER = 40

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a letter beside a number, or under a period, says: an attribute's value."""

    letter: str
    attribute: Attribute
    value: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of numbers: its codes (frequency and period, or none), its marks, its words.

    ``marked`` says that cells of it have marks of their own, in a column beside it.
    """

    codes: Key
    words: str
    marks: tuple[Mark, ...]
    marked: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One observation: its exact digits, None where suppressed, and its own marks."""

    digits: str | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its codes, their labels and how deep they stand below the highest code of the table.

    There is a cell for each column, None where there is no observation.
    """

    codes: Key
    labels: tuple[str, ...]
    depths: tuple[int, ...]
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A cube laid out: which dimensions its rows are of, its columns, rows and the marks they use."""

    cube: Cube
    dimensions: tuple[Dimension, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    marks: tuple[Mark, ...]


def table_of(observations: Rows, words: Words) -> Table:
    """Lay out the observations of a cube."""
    return _Layout(observations, words).table()


class _Layout:
    """A table while it is laid out: every observation by its row and its column."""

    def __init__(self, observations: Rows, words: Words) -> None:
        self._cube, self._words = observations.cube, words
        self._found = list(_texts(observations))
        self._dimensions = self._chosen()
        concepts = [item.concept for item in self._cube.dimensions]
        concepts += [item.concept for item in self._cube.attributes]
        self._labels = {concept.id: words.labels(concept.codelist) for concept in concepts}
        self._marks: dict[tuple[str, str], Mark] = {}

    def _chosen(self) -> tuple[Dimension, ...]:
        """Return the dimensions of the rows: time and frequency, last, are among them where periods do not fit."""
        own = tuple(item for item in self._cube.dimensions if item.id not in (FREQ, TIME_PERIOD))
        place = [self._cube.key_ids.index(item.id) for item in own]
        time = [self._cube.key_ids.index(item) for item in (FREQ, TIME_PERIOD)]
        rows = len({tuple(key[n] for n in place) for key, _, _ in self._found})
        columns = len({tuple(key[n] for n in time) for key, _, _ in self._found})
        if own and columns <= MOST_PERIODS and rows * columns <= _LEAST_FILLED * len(self._found):
            return own
        return (*own, self._cube.dimension(FREQ), self._cube.dimension(TIME_PERIOD))

    def table(self) -> Table:
        """Lay out what was found: first the columns with what all their cells have, then the rows."""
        ids = self._cube.key_ids
        across = [ids.index(item) for item in (FREQ, TIME_PERIOD)] if len(self._dimensions) < len(ids) else []
        down = [ids.index(item.id) for item in self._dimensions]
        placed = [
            (tuple(key[n] for n in down), tuple(key[n] for n in across), digits, attributes)
            for key, digits, attributes in self._found
        ]
        places = {codes: n for n, codes in enumerate(sorted({item[1] for item in placed}, key=_time))}
        of_column: list[list[tuple[str | None, Key]]] = [[] for _ in places]
        for _, column, digits, attributes in placed:
            of_column[places[column]].append((digits, attributes))
        shared = [self._shared(cells) for cells in of_column]
        columns = tuple(
            self._column(codes, common, cells) for codes, common, cells in zip(places, shared, of_column, strict=True)
        )
        placed.sort(key=lambda item: self._position(item[0]))
        least = [min(depths) for depths in zip(*(self._depths(item[0]) for item in placed), strict=True)]
        rows = []
        for codes, group in groupby(placed, key=lambda item: item[0]):
            cells: list[Cell | None] = [None] * len(places)
            for _, column, digits, attributes in group:
                place = places[column]
                cells[place] = Cell(digits, self._own_marks(digits, attributes, shared[place]))
            depths = tuple(own - top for own, top in zip(self._depths(codes), least, strict=True))
            rows.append(Row(codes, self._labels_of(codes), depths, tuple(cells)))
        return Table(self._cube, self._dimensions, columns, tuple(rows), tuple(self._marks.values()))

    def _said(self, digits: str | None, attributes: Key) -> Iterator[tuple[int, str | None]]:
        """Yield (place, value) of each attribute that a cell can have a mark for; None is a value without one."""
        for place, (attribute, value) in enumerate(zip(self._cube.attributes, attributes, strict=True)):
            if attribute.id not in _NORMAL:
                yield place, value
            elif digits is not None:
                yield place, None if value == _NORMAL[attribute.id] else value

    def _shared(self, cells: Iterable[tuple[str | None, Key]]) -> dict[int, str]:
        """Return the values that all cells of a column have, by the place of the attribute."""
        found: dict[int, set[str | None]] = {}
        for digits, attributes in cells:
            for place, value in self._said(digits, attributes):
                found.setdefault(place, set()).add(value)
        single = {place: next(iter(values)) for place, values in found.items() if len(values) == 1}
        return {place: value for place, value in sorted(single.items()) if value is not None}

    def _column(self, codes: Key, shared: dict[int, str], cells: Sequence[tuple[str | None, Key]]) -> Column:
        marks = tuple(self._mark(place, value) for place, value in shared.items())
        marked = any(self._values(digits, attributes, shared) for digits, attributes in cells)
        words = [self._words.of(self._cube.measure.concept.name)]
        if codes:
            words = [self._words.heading(*codes)]
            if codes[0] == "A" and any(key[self._cube.key_ids.index(FREQ)] != "A" for key, _, _ in self._found):
                words[0] = f"{self._labels[FREQ][codes[0]]} {words[0]}"
        words += [shown for mark in marks if len(shown := self._shown(mark)) <= _LONGEST_IN_HEADER]
        return Column(codes, "\n".join(words), marks, marked)

    def _shown(self, mark: Mark) -> str:
        """Return what a mark says as a line of a header: a label, or the attribute's name and the value."""
        labels = self._labels[mark.attribute.id]
        return labels.get(mark.value) or f"{self._words.of(mark.attribute.concept.name)}: {mark.value}"

    def _values(self, digits: str | None, attributes: Key, shared: dict[int, str]) -> list[tuple[int, str]]:
        """Return the values of a cell that its column does not say of all its cells."""
        said = self._said(digits, attributes)
        return [(place, value) for place, value in said if value is not None and place not in shared]

    def _own_marks(self, digits: str | None, attributes: Key, shared: dict[int, str]) -> tuple[Mark, ...]:
        return tuple(self._mark(place, value) for place, value in self._values(digits, attributes, shared))

    def _mark(self, place: int, value: str) -> Mark:
        attribute = self._cube.attributes[place]
        known = self._marks.get((attribute.id, value))
        if known is None:
            known = self._marks[attribute.id, value] = Mark(_letter(len(self._marks)), attribute, value)
        return known

    def _position(self, codes: Key) -> tuple[int | str, ...]:
        """Return what rows are sorted by: places in the codelists, the finest frequency first, periods in time."""
        return tuple(
            periods.FREQUENCIES.index(code)
            if item.id == FREQ
            else code
            if item.codelist is None
            else item.codelist.position(code)
            for item, code in zip(self._dimensions, codes, strict=True)
        )

    def _labels_of(self, codes: Key) -> tuple[str, ...]:
        by_id = dict(zip((item.id for item in self._dimensions), codes, strict=True))
        return tuple(
            self._words.period(by_id[FREQ], code) if item == TIME_PERIOD else self._labels[item][code]
            for item, code in by_id.items()
        )

    def _depths(self, codes: Key) -> tuple[int, ...]:
        """Return how deep each code stands in its list, 0 at the top."""
        pairs = zip(self._dimensions, codes, strict=True)
        return tuple(0 if item.codelist is None else item.codelist.depth(code) - 1 for item, code in pairs)


def _texts(observations: Rows) -> Iterator[tuple[Key, str | None, Key]]:
    """Yield (key, digits, attributes) of each observation."""
    cube = observations.cube
    width = len(cube.key_ids)
    for batch in observations.batches():
        columns = (column.to_pylist() for column in text_batch(batch, cube).columns)
        for row in zip(*columns, strict=True):
            yield row[:width], row[width], row[width + 1 :]


def _time(codes: Key) -> tuple[int, str]:
    """Return what columns are sorted by: the finest frequency first, then in time."""
    return (periods.FREQUENCIES.index(codes[0]), codes[1]) if codes else (0, "")


def _letter(number: int) -> str:
    """Return a, b, ... z, aa, ab, ... for 0, 1, ..."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(ascii_lowercase))
        letters = ascii_lowercase[rest] + letters
    return letters
