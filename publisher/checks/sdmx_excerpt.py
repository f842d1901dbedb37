"""An SDMX-ML data message cut down to the lines that say something which no line before says.

A schema sees less of a message than a reader: of an element it looks at the name, at each attribute
for itself, at which attributes are there, and at the order of what stands in it. The schemas of data
know no condition between two attributes, two observations or two series: no ``unique``, ``key`` or
``keyref``, and an ``ID`` only in the header. So where every line is one of the few that this project
writes, in their order, the whole message is valid exactly if one is that has, of each kind of line,

- every value of every attribute that occurs, once;
- every choice of attributes that occurs, once;
- series of one observation and of several, where both occur;
- the head and the end as they are.

``sdmx_lines`` proves the first part, and refuses any other message. What is written here are lines of
the file itself, with their numbers. Two kinds of values stand for all of their kind, because a schema
takes them all: digits where numbers are ``xs:double`` (up to nine of them where they are ``xs:int``), and
plain characters where texts are ``xs:string``. That the schemas say so is the check of their content.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_layouts import Layout
from publisher.checks.sdmx_lines import Block, head_and_digest, read_blocks
from publisher.model import Concept, Cube, Dataset, DataType

if TYPE_CHECKING:
    import pyarrow as pa

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
# By data type a pattern that only valid values match, and one of them that stands for all.
_ALIKE: dict[DataType, tuple[str, str]] = {
    "number": ("^-?[0-9]+([.][0-9]+)?$", "1"),
    "integer": ("^-?[0-9]{1,9}$", "1"),
    "string": (r"^[\t\n\r -~\x{A0}-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}]*$", "text"),
}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The lines that were kept of a message, each with its number there, and how many lines it has."""

    texts: tuple[str, ...]
    numbers: tuple[int, ...]
    lines: int

    def write(self, path: Path) -> None:
        """Write the lines as a message."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{text}\n" for text in self.texts), encoding="utf-8", newline="\n")


@dataclass(slots=True)
class Excerpts:
    """Excerpts of messages; rows that are byte for byte those of a message before are not read again."""

    _known: dict[tuple[str, Layout, str], Excerpt] = field(default_factory=dict)

    def of(self, path: Path, cube: Cube, dataset: Dataset, version: str, layout: Layout) -> Excerpt:
        """Return the excerpt of a message; UnreadableError where a line is not one that this project writes."""
        count, digest = head_and_digest(path, cube, dataset, version, layout)
        key = (cube.id, layout, digest)
        if key not in self._known:
            self._known[key] = _excerpt(read_blocks(path, cube, dataset, version, layout), count, cube, layout)
        rows = self._known[key]
        with path.open("rb") as stream:
            head = [line.decode(errors="replace").rstrip("\n") for line in islice(stream, count)]
        if head[0] != _DECLARATION:
            raise UnreadableError(f"line 1 is not {_DECLARATION}")
        numbers = (*range(1, count + 1), *(count + number for number in rows.numbers))
        return Excerpt((*head, *rows.texts), numbers, count + rows.lines)


def _excerpt(blocks: Iterable[Block], count: int, cube: Cube, layout: Layout) -> Excerpt:
    """Return the excerpt of what follows the ``count`` lines of a head, with numbers that begin there."""
    news = _News(cube)
    kept: list[tuple[int, str]] = []
    series, begun = (0, ""), 0
    last = count
    for block in blocks:
        for row in news.rows(block):
            observation = _line(block, block.lines[row].as_py())
            if not layout.is_flat:
                own = _series_of(block, observation[0]) or series
                if own[0] != begun:
                    kept += [(kept[-1][0], layout.close)] if begun else []
                    kept.append(own)
                    begun = own[0]
            kept.append(observation)
        series = _series_of(block, block.first + len(block.texts)) or series
        last = block.first + len(block.texts) - 1
    kept += [(kept[-1][0], layout.close)] if begun else []
    kept += zip(range(last - len(layout.tail) + 1, last + 1), layout.tail, strict=True)
    return Excerpt(tuple(text for _, text in kept), tuple(number - count for number, _ in kept), last - count)


def _line(block: Block, number: int) -> tuple[int, str]:
    return number, block.texts[number - block.first].as_py()


def _series_of(block: Block, number: int) -> tuple[int, str] | None:
    """Return the line that begins the series before a line, with its number; None where it is in a block before."""
    place = block.series_lines.to_numpy().searchsorted(number) - 1
    return None if place < 0 else _line(block, block.series_lines[place].as_py())


class _News:
    """What the columns of a message have said so far."""

    def __init__(self, cube: Cube) -> None:
        self._cube = cube
        self._said: defaultdict[str, set[object]] = defaultdict(set)

    def rows(self, block: Block) -> list[int]:
        """Return the rows of a block that say something new, in their order."""
        found: set[int] = set()
        for name, column in self._columns(block.rows):
            found.update(self._first(name, column))
        again = self._again(block)
        for row in self._first("again", again):
            found.update((row - 1, row) if again[row].as_py() else (row,))
        return sorted(found)

    def _columns(self, rows: pa.RecordBatch) -> Iterator[tuple[str, pa.Array]]:
        """Yield each component with what stands for its values, and which of them are there."""
        import pyarrow.compute as pc

        cube = self._cube
        for component in cube.key_ids:
            yield component, rows[component]
        value = rows[cube.measure.id]
        yield cube.measure.id, _collapsed(value, cube.measure.concept)
        present = pc.not_equal(pc.fill_null(value, "NaN"), "").cast("int64")
        for attribute in cube.attributes:
            column = rows[attribute.id]
            present = pc.add(pc.multiply(present, 2), column.is_valid().cast("int64"))
            yield attribute.id, _collapsed(column, attribute.concept)
        yield "present", present

    def _again(self, block: Block) -> pa.BooleanArray:
        """Return whether each row is in the series of the row before it; never for the first row of a block."""
        import numpy as np
        import pyarrow as pa

        series = block.series_lines.to_numpy().searchsorted(block.lines.to_numpy())
        return pa.array(np.diff(series, prepend=-1) == 0 if len(block.series_lines) else np.zeros(len(series), bool))

    def _first(self, name: str, column: pa.Array) -> list[int]:
        """Return the first row of each value that a column has not had before."""
        import numpy as np

        said = self._said[name]
        encoded = column.dictionary_encode()
        values = [*encoded.dictionary.to_pylist(), None]
        if said.issuperset(values[: None if column.null_count else -1]):
            return []
        places = encoded.indices.fill_null(len(values) - 1).to_numpy()
        codes, rows = np.unique(places, return_index=True)
        fresh = [(values[code], int(row)) for code, row in zip(codes, rows, strict=True) if values[code] not in said]
        said.update(value for value, _ in fresh)
        return [row for _, row in fresh]


def _collapsed(column: pa.StringArray, concept: Concept) -> pa.StringArray:
    """Return a column in which one value stands for all that are valid alike."""
    import pyarrow.compute as pc

    if concept.data_type not in _ALIKE:
        return column
    pattern, representative = _ALIKE[concept.data_type]
    return pc.if_else(pc.match_substring_regex(column, pattern), representative, column)
