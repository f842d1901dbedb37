"""SDMX-ML data read line by line, on columns: a plain parser of exactly what this project writes.

It knows one order of attributes and one element a line, in three layouts: structure-specific in
series, structure-specific flat, and generic in series. What is not written so it refuses, by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_head import read_head
from publisher.columns import text_schema
from publisher.model import TIME_PERIOD, Cube, Dataset

if TYPE_CHECKING:
    from typing import BinaryIO

    import pyarrow as pa

_BLOCK = 1 << 22

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
_PLAIN = '[^"<>&]*'
_ESCAPED = '(?:[^"<>&]|&(?:amp|lt|gt|quot|#9|#10|#13);)*'
# The ampersand last: what it frees is no reference again.
_REFERENCES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#9;": "\t", "&#10;": "\n", "&#13;": "\r", "&amp;": "&"}


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a message are spelled; what is between the two texts of a pair is a value.

    The pair of the value is ``value``, with the measure's id in it where it has one.
    """

    root: str
    is_flat: bool
    series: tuple[str, str, str]
    close: str
    observation: tuple[str, str, str]
    pair: tuple[str, str]
    time: tuple[str, str]
    value: tuple[str, str]

    @property
    def tail(self) -> list[str]:
        """The lines after the last observation or series."""
        return ["</message:DataSet>", f"</message:{self.root}>"]


_PAIR = (' {}="', '"')
_TIME = (f' {TIME_PERIOD}="', '"')
_SPECIFIC = "StructureSpecificData"
IN_SERIES = Layout(_SPECIFIC, False, ("<Series", "", ">"), "</Series>", ("<Obs", "", "/>"), _PAIR, _TIME, _PAIR)
FLAT = Layout(_SPECIFIC, True, ("", "", ""), "", ("<Obs", "", "/>"), _PAIR, _TIME, _PAIR)
GENERIC = Layout(
    "GenericData",
    False,
    (
        "<generic:Series><generic:SeriesKey>",
        "</generic:SeriesKey><generic:Attributes>",
        "</generic:Attributes>",
    ),
    "</generic:Series>",
    ("<generic:Obs>", "<generic:Attributes>", "</generic:Attributes></generic:Obs>"),
    ('<generic:Value id="{}" value="', '"/>'),
    ('<generic:ObsDimension value="', '"/>'),
    ('<generic:ObsValue value="', '"/>'),
)


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of a message: its observations and the series that begin there, each with its line.

    ``rows`` has the columns of the cube as text: null for a suppressed value and for an attribute that
    is not there, the empty text for a value that is not there. ``series`` has the columns of a key
    without time; in a flat message no series begins.
    """

    rows: pa.RecordBatch
    lines: pa.Int64Array
    series: pa.RecordBatch
    series_lines: pa.Int64Array


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
            for block in _blocks(stream):
                yield lines.read(block)
            lines.finish()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path.name}: {error}") from error


def _blocks(stream: BinaryIO) -> Iterator[list[str]]:
    """Yield the lines of a file in blocks; every line ends with a line feed."""
    rest = b""
    while block := stream.read(_BLOCK):
        cut = block.rfind(b"\n") + 1
        if cut:
            yield (rest + block[:cut]).decode().split("\n")[:-1]
            rest = block[cut:]
        else:
            rest += block
    if rest:
        raise UnreadableError("the last line does not end: the file is cut short")


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
        self._series_pattern = _series_pattern(cube, layout)
        self._pattern = _observation_pattern(cube, layout)

    def read(self, lines: list[str]) -> Block:
        """Return what a block of lines says."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = pa.array(lines, pa.string())
        kinds = self._kinds(column)
        observed, started = (pc.indices_nonzero(pc.equal(kinds, kind)) for kind in (_OBS, _START))
        fields = self._fields(column, observed, _OBS, self._pattern)
        series = self._fields(column, started, _START, self._series_pattern)
        width = len(self._series)
        keys = fields[:width] if self._layout.is_flat else self._keys(series, kinds)
        time, *said = fields[width:] if self._layout.is_flat else fields
        rows = pa.record_batch([*keys, time, *self._values(said)], schema=text_schema(self._cube))
        begun = pa.record_batch(series or [pa.array([], pa.string())] * width, names=list(self._cube.key_ids[:-1]))
        numbers = [pc.add(index.cast(pa.int64()), self._before + 1) for index in (observed, started)]
        self._before += len(lines)
        return Block(rows, numbers[0], begun, numbers[1])

    def finish(self) -> None:
        """Refuse a file that stops early."""
        if self._tail != self._layout.tail:
            raise UnreadableError(f"line {self._before}: the data set does not end here, the file is cut short")

    def _kinds(self, column: pa.StringArray) -> pa.Array:
        """Return the kind of each line; refuse a line that may not follow the one before."""
        import pyarrow as pa
        import pyarrow.compute as pc

        layout = self._layout
        starts = pc.starts_with(column, layout.series[0] or "\n")
        kinds = pc.case_when(
            pc.make_struct(pc.starts_with(column, layout.observation[0]), starts, pc.equal(column, layout.close)),
            *(pa.scalar(kind, pa.int8()) for kind in (_OBS, _START, _END, _REST)),
        )
        steps = pc.add(pc.multiply(pa.concat_arrays([pa.array([self._kind], pa.int8()), kinds[:-1]]), 4), kinds)
        wrong = pc.invert(pc.is_in(steps, pa.array(self._steps, pa.int8())))
        if wrong.true_count:
            index = pc.index(wrong, True).as_py()
            before = kinds[index - 1].as_py() if index else self._kind
            self._refuse(index, *(kind for kind in _NAMES if before * 4 + kind in self._steps))
        rest = pc.equal(kinds, _REST)
        if rest.true_count:
            self._tail += column.filter(rest).to_pylist()
            if self._tail != layout.tail[: len(self._tail)]:
                self._refuse(pc.index(rest, True).as_py(), _REST)
        self._kind = kinds[-1].as_py()
        return kinds

    def _fields(self, column: pa.StringArray, places: pa.UInt64Array, kind: int, pattern: str) -> list[pa.StringArray]:
        """Return the groups of a pattern that the lines of a kind must match."""
        import pyarrow.compute as pc

        lines = column.take(places)
        found = pc.extract_regex(lines, pattern)
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


def _series_pattern(cube: Cube, layout: Layout) -> str:
    if layout.is_flat:
        return "^$"
    first, middle, last = map(re.escape, layout.series)
    return f"^{first}{_keys_pattern(cube, layout)}{middle}{_constants_pattern(cube, layout)}{last}$"


def _observation_pattern(cube: Cube, layout: Layout) -> str:
    """Return what a line of an observation matches; whatever is not of the key may be missing."""
    first, middle, last = map(re.escape, layout.observation)
    keys, constants = _keys_pattern(cube, layout), _constants_pattern(cube, layout)
    time = f"{re.escape(layout.time[0])}(?P<time>{_PLAIN}){re.escape(layout.time[1])}"
    value = f"(?P<value>{_pair_pattern(layout.value, cube.measure.id, _PLAIN)})?"
    attributes = ""
    for number, attribute in enumerate(cube.attributes):
        text = _ESCAPED if attribute.concept.data_type == "string" else _PLAIN
        attributes += f"(?P<a{number}>{_pair_pattern(layout.pair, attribute.id, text)})?"
    if layout.is_flat:
        return f"^{first}{keys}{time}{value}{attributes}{constants}{last}$"
    return f"^{first}{time}{value}{middle}{attributes}{last}$"


def _keys_pattern(cube: Cube, layout: Layout) -> str:
    return "".join(
        _pair_pattern(layout.pair, component, f"(?P<f{number}>{_PLAIN})")
        for number, component in enumerate(cube.key_ids[:-1])
    )


def _constants_pattern(cube: Cube, layout: Layout) -> str:
    return "".join(
        _pair_pattern(layout.pair, attribute.id, re.escape(attribute.value)) for attribute in cube.series_attributes
    )


def _pair_pattern(pair: tuple[str, str], component: str, value: str) -> str:
    return f"{re.escape(pair[0].format(component))}{value}{re.escape(pair[1])}"


def _unescaped(column: pa.StringArray) -> pa.StringArray:
    """Return texts with the references of XML resolved."""
    import pyarrow.compute as pc

    for reference, character in _REFERENCES.items():
        column = pc.replace_substring(column, reference, character)
    return column
