"""SDMX-ML data read line by line, on columns: a plain parser of exactly what this project writes.

It knows one order of attributes and one element a line, in three layouts: structure-specific in
series, structure-specific flat, and generic in series. What is not written so it refuses, by line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.line_blocks import line_blocks
from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_head import read_head
from publisher.checks.sdmx_layouts import IN_SERIES, Layout, observation_pattern, series_pattern
from publisher.columns import text_schema
from publisher.engines.ordered import in_order
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

# Kinds of lines, and the steps from one to the next that a message takes: a series holds an observation or more.
_OBS, _START, _END, _REST = range(4)
_NAMES = {
    _OBS: "an observation",
    _START: "the start of a series",
    _END: "the end of a series",
    _REST: "the end of the data set",
}
_SERIES_STEPS = ((_END, _START), (_START, _OBS), (_OBS, _OBS), (_OBS, _END), (_END, _REST), (_REST, _REST))
_FLAT_STEPS = ((_END, _OBS), (_OBS, _OBS), (_OBS, _REST), (_END, _REST), (_REST, _REST))
# The ampersand last: what it frees is no reference again.
_REFERENCES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#9;": "\t", "&#10;": "\n", "&#13;": "\r", "&amp;": "&"}


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of a message: its observations and the series that begin there, each with its line.

    ``rows`` has the columns of the cube as text: null for a suppressed value and for an attribute that
    is not there, the empty text for a value that is not there. ``series`` has the columns of a key
    without time; in a flat message no series begins. ``texts`` are the lines themselves, from the
    line ``first`` of the message on.
    """

    rows: pa.RecordBatch
    lines: pa.Int64Array
    series: pa.RecordBatch
    series_lines: pa.Int64Array
    texts: pa.StringArray
    first: int


def read_lines(
    path: Path, cube: Cube, dataset: Dataset, version: str = "2.1", layout: Layout = IN_SERIES
) -> Iterator[pa.RecordBatch]:
    """Yield the observations of a message; anything but the lines this project writes is an UnreadableError."""
    return (block.rows for block in read_blocks(path, cube, dataset, version, layout))


def read_blocks(path: Path, cube: Cube, dataset: Dataset, version: str, layout: Layout) -> Iterator[Block]:
    """Yield the lines of a message, block by block, as ``read_lines`` does."""
    try:
        with path.open("rb") as stream:
            lines = _Lines(cube, layout, read_head(stream, cube, dataset, version, layout.is_flat, layout.tail))
            for matched in in_order(lines.match, line_blocks(stream)):
                yield lines.read(matched)
            lines.finish()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path.name}: {error}") from error


def head_and_digest(path: Path, cube: Cube, dataset: Dataset, version: str, layout: Layout) -> tuple[int, str]:
    """Return how many lines the head of a message has, refused as ``read_blocks`` does, and the sha256 of the rest."""
    try:
        with path.open("rb") as stream:
            lines = read_head(stream, cube, dataset, version, layout.is_flat, layout.tail)
            return lines, hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableError(f"{path.name}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Matched:
    """What some lines are, whatever stands before them: the kind of each, and of two kinds the places and the groups.

    The groups of a line that is not as its kind must be are null.
    """

    column: pa.StringArray
    kinds: pa.Array
    observed: pa.UInt64Array
    started: pa.UInt64Array
    observations: pa.StructArray
    series: pa.StructArray


class _Lines:
    """The lines of a message after its head, read block by block.

    Lines are of four kinds: an observation, the start and the end of a series, and what follows the
    last of them. Which may follow which is in the layout's steps; the kind of the last line and the
    series it stands in are carried from block to block.
    """

    def __init__(self, cube: Cube, layout: Layout, before: int) -> None:
        self._cube, self._layout, self._before = cube, layout, before
        self._kind = _END
        self._series: tuple[str, ...] = ("",) * (len(cube.key_ids) - 1)
        self._tail: list[str] = []
        self._steps = [last * 4 + kind for last, kind in (_FLAT_STEPS if layout.is_flat else _SERIES_STEPS)]
        self._series_pattern = series_pattern(cube, layout)
        self._pattern = observation_pattern(cube, layout)

    def match(self, column: pa.StringArray) -> _Matched:
        """Return what each of some lines is; nothing is refused and nothing carried, so blocks may be out of order."""
        import pyarrow as pa
        import pyarrow.compute as pc

        layout = self._layout
        starts = pc.starts_with(column, layout.series[0] or "\n")
        kinds = pc.case_when(
            pc.make_struct(pc.starts_with(column, layout.observation[0]), starts, pc.equal(column, layout.close)),
            *(pa.scalar(kind, pa.int8()) for kind in (_OBS, _START, _END, _REST)),
        )
        places = [pc.indices_nonzero(pc.equal(kinds, kind)) for kind in (_OBS, _START)]
        patterns = (self._pattern, self._series_pattern)
        groups = (
            pc.extract_regex(column.take(place), pattern) for place, pattern in zip(places, patterns, strict=True)
        )
        return _Matched(column, kinds, *places, *groups)

    def read(self, matched: _Matched) -> Block:
        """Return what a block of lines says, which follows the last one that was read."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column, kinds, observed, started = matched.column, matched.kinds, matched.observed, matched.started
        self._follow(column, kinds)
        fields = self._fields(matched.observations, observed, _OBS)
        series = self._fields(matched.series, started, _START)
        width = len(self._series)
        keys = fields[:width] if self._layout.is_flat else self._keys(series, kinds)
        time, *said = fields[width:] if self._layout.is_flat else fields
        rows = pa.record_batch([*keys, time, *self._values(said)], schema=text_schema(self._cube))
        begun = pa.record_batch(series or [pa.array([], pa.string())] * width, names=list(self._cube.key_ids[:-1]))
        numbers = [pc.add(index.cast(pa.int64()), self._before + 1) for index in (observed, started)]
        first, self._before = self._before + 1, self._before + len(column)
        return Block(rows, numbers[0], begun, numbers[1], column, first)

    def finish(self) -> None:
        """Refuse a file that stops early."""
        if self._tail != self._layout.tail:
            raise UnreadableError(f"line {self._before}: the data set does not end here, the file is cut short")

    def _follow(self, column: pa.StringArray, kinds: pa.Array) -> None:
        """Refuse a line that may not follow the one before."""
        import pyarrow as pa
        import pyarrow.compute as pc

        steps = pc.add(pc.multiply(pa.concat_arrays([pa.array([self._kind], pa.int8()), kinds[:-1]]), 4), kinds)
        wrong = pc.invert(pc.is_in(steps, pa.array(self._steps, pa.int8())))
        if wrong.true_count:
            index = pc.index(wrong, True).as_py()
            before = kinds[index - 1].as_py() if index else self._kind
            self._refuse(index, *(kind for kind in _NAMES if before * 4 + kind in self._steps))
        rest = pc.equal(kinds, _REST)
        if rest.true_count:
            self._tail += column.filter(rest).to_pylist()
            if self._tail != self._layout.tail[: len(self._tail)]:
                self._refuse(pc.index(rest, True).as_py(), _REST)
        self._kind = kinds[-1].as_py()

    def _fields(self, found: pa.StructArray, places: pa.UInt64Array, kind: int) -> list[pa.StringArray]:
        """Return the groups of the lines of a kind, all of which must be as it must be."""
        import pyarrow.compute as pc

        if found.null_count:
            index = pc.index(found.is_null(), True).as_py()
            self._refuse(places[index].as_py(), kind)
        return list(found.flatten())

    def _keys(self, series: list[pa.StringArray], kinds: pa.Array) -> list[pa.StringArray]:
        """Return the key of the series that each observation stands in."""
        import pyarrow as pa
        import pyarrow.compute as pc

        ordinals = pc.cumulative_sum(pc.equal(kinds, _START).cast(pa.int64())).filter(pc.equal(kinds, _OBS))
        keys = [
            pa.concat_arrays([pa.array([carried], pa.string()), field])
            for carried, field in zip(self._series, series, strict=True)
        ]
        self._series = tuple(key[-1].as_py() for key in keys)
        return [key.take(ordinals) for key in keys]

    def _refuse(self, index: int, *kinds: int) -> None:
        """Refuse a line and say what is expected, but nothing of the line: the value in it may be a hidden one."""
        expected = " or ".join(_NAMES[kind] for kind in kinds)
        raise UnreadableError(f"line {self._before + index + 1} is not one that belongs there: {expected} is expected")

    def _values(self, fields: list[pa.StringArray]) -> Iterator[pa.StringArray]:
        """Yield value and attributes from what the lines of observations say."""
        import pyarrow as pa
        import pyarrow.compute as pc

        nothing = pa.scalar(None, pa.string())
        value, *attributes = fields
        said = _between(value, self._layout.value, self._cube.measure.id)
        yield pc.if_else(pc.equal(said, "NaN"), nothing, said)
        for attribute, field in zip(self._cube.attributes, attributes, strict=True):
            said = _between(field, self._layout.pair, attribute.id)
            text = pc.if_else(pc.equal(field, ""), nothing, said)
            yield _unescaped(text) if attribute.concept.data_type == "string" else text


def _between(column: pa.StringArray, pair: tuple[str, str], component: str) -> pa.StringArray:
    """Return what stands between the two texts of a pair; nothing where the pair is not there."""
    import pyarrow.compute as pc

    return pc.utf8_slice_codeunits(column, len(pair[0].format(component)), -len(pair[1]))


def _unescaped(column: pa.StringArray) -> pa.StringArray:
    """Return texts with the references of XML resolved."""
    import pyarrow.compute as pc

    for reference, character in _REFERENCES.items():
        column = pc.replace_substring(column, reference, character)
    return column
