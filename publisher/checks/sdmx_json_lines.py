"""SDMX-JSON data read line by line, on columns: a plain parser of exactly what this project writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.line_blocks import line_blocks
from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_json_head import Lists, parse, series_of
from publisher.columns import text_schema
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    from typing import BinaryIO

    import pyarrow as pa

_SERIES, _NO_SERIES = '"series": {', '"series": {}'
_TAIL = "}}]}}"
# Kinds of lines; a line before the last of its object ends with a comma.
_START, _MORE, _LAST, _END, _FINAL, _REST = range(6)
_STEPS = [
    before * 6 + kind
    for before, kind in (
        (_END, _START), (_START, _MORE), (_START, _LAST), (_MORE, _MORE), (_MORE, _LAST), (_LAST, _END),
        (_LAST, _FINAL), (_FINAL, _REST), (_REST, _REST),
    )
]  # fmt: skip
_NAMES = {
    _START: "the start of a series",
    _MORE: "an observation",
    _LAST: "the last observation of a series",
    _END: "the end of a series",
    _FINAL: "the end of the last series",
    _REST: "the end of the message",
}
# Nothing of the line itself is said: the value in it may be a hidden one.
_MISPLACED = "is not one that belongs there"
_PLACE = "0|[1-9][0-9]{0,8}"
_VALUE = '-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?|"NaN"'


def read_lines(path: Path, cube: Cube, dataset: Dataset, number: str) -> Iterator[pa.RecordBatch]:
    """Yield the observations of a message; anything but the lines this project writes is an UnreadableError."""
    try:
        with path.open("rb") as stream:
            text, count, empty = _head(stream)
            lists, _ = series_of(parse(text), cube, dataset, number)
            if empty:
                return
            lines = _Lines(cube, lists, count)
            for block in line_blocks(stream):
                yield lines.read(block)
            lines.finish()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path.name}: {error}") from error


def with_first_series(path: Path) -> str:
    """Return a message of this project with no series but its first, as JSON; UnreadableError where it is none."""
    try:
        with path.open("rb") as stream:
            text, _, empty = _head(stream)
            if empty:
                return text
            lines = [text.removesuffix(_TAIL)]
            for line in stream:
                lines.append(line.decode().rstrip(",\n") if line.startswith(b"}}") else line.decode())
                if line.startswith(b"}}"):
                    break
            return "".join([*lines, _TAIL])
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path.name}: {error}") from error


def _head(stream: BinaryIO) -> tuple[str, int, bool]:
    """Return the message without series, how many lines are before its first one, and whether it has none."""
    lines: list[str] = []
    for line in stream:
        lines.append(line.decode())
        stripped = lines[-1].strip()
        if stripped == _NO_SERIES:
            return "".join([*lines, stream.read().decode()]), len(lines), True
        if stripped == _SERIES:
            return "".join([*lines, _TAIL]), len(lines), False
    raise UnreadableError(f"no line is {_SERIES}")


class _Lines:
    """The lines of a message from its first series on, read block by block.

    Which kind of line may follow which is in ``_STEPS``; the kind of the last line and the series
    it stands in are carried from block to block.
    """

    def __init__(self, cube: Cube, lists: Lists, before: int) -> None:
        self._cube, self._lists, self._before = cube, lists, before
        self._kind = _END
        self._series = ("",) * (len(cube.key_ids) - 1)
        self._tail: list[str] = []
        key = ":".join(_groups(_PLACE, len(cube.key_ids) - 1))
        constant = ",".join("0" for _ in cube.series_attributes)
        self._start = f'^"{key}":\\{{"attributes":\\[{constant}\\],"observations":\\{{$'
        cells = ",".join([f"(?P<value>{_VALUE})", *_groups(f"null|{_PLACE}", len(lists.attributes))])
        self._observation = f'^"(?P<time>{_PLACE})":\\[{cells}\\],?$'

    def read(self, column: pa.StringArray) -> pa.RecordBatch:
        """Return the observations of a block of lines."""
        import pyarrow as pa
        import pyarrow.compute as pc

        kinds = self._kinds(column)
        is_start, is_observation = pc.equal(kinds, _START), pc.is_in(kinds, pa.array([_MORE, _LAST], pa.int8()))
        series = self._decoded(
            column, is_start, _START, self._start, self._cube.key_ids[:-1], self._lists.dimensions[:-1]
        )
        ordinals = pc.cumulative_sum(is_start.cast(pa.int64())).filter(is_observation)
        keys = [
            pa.concat_arrays([pa.array([carried], pa.string()), field])
            for carried, field in zip(self._series, series, strict=True)
        ]
        self._series = tuple(key[-1].as_py() for key in keys)
        names = (self._cube.key_ids[-1], self._cube.measure.id, *self._lists.attributes)
        listed = (self._lists.dimensions[-1], None, *self._lists.attributes.values())
        read = self._decoded(column, is_observation, _MORE, self._observation, names, listed)
        said = dict(zip(names, read, strict=True))
        self._before += len(column)
        nothing = pa.nulls(len(ordinals), pa.string())
        rest = [said.get(name, nothing) for name in self._cube.columns[len(keys) :]]
        return pa.record_batch([*(key.take(ordinals) for key in keys), *rest], schema=text_schema(self._cube))

    def finish(self) -> None:
        """Refuse a file that stops early, or goes on."""
        if "".join("".join(self._tail).split()) != _TAIL:
            raise UnreadableError(f"line {self._before}: the message does not end here")

    def _kinds(self, column: pa.StringArray) -> pa.Array:
        """Return the kind of each line; refuse a line that may not follow the one before."""
        import pyarrow as pa
        import pyarrow.compute as pc

        quoted = pc.starts_with(column, '"')
        tests = {
            _START: pc.and_(quoted, pc.ends_with(column, "{")),
            _MORE: pc.and_(quoted, pc.ends_with(column, "],")),
            _LAST: pc.and_(quoted, pc.ends_with(column, "]")),
            _END: pc.equal(column, "}},"),
            _FINAL: pc.equal(column, "}}"),
        }
        kinds = pc.case_when(pc.make_struct(*tests.values()), *(pa.scalar(kind, pa.int8()) for kind in (*tests, _REST)))
        steps = pc.add(pc.multiply(pa.concat_arrays([pa.array([self._kind], pa.int8()), kinds[:-1]]), 6), kinds)
        wrong = pc.invert(pc.is_in(steps, pa.array(_STEPS, pa.int8())))
        if wrong.true_count:
            index = pc.index(wrong, True).as_py()
            self._refuse(index, f"{_MISPLACED}: {' or '.join(self._expected(kinds, index))} is expected")
        self._tail += column.filter(pc.equal(kinds, _REST)).to_pylist()
        self._kind = kinds[-1].as_py()
        return kinds

    def _expected(self, kinds: pa.Array, index: int) -> list[str]:
        """Name the kinds of lines that may stand in a place."""
        before = kinds[index - 1].as_py() if index else self._kind
        return [name for kind, name in _NAMES.items() if before * 6 + kind in _STEPS]

    def _decoded(
        self,
        column: pa.StringArray,
        chosen: pa.BooleanArray,
        kind: int,
        pattern: str,
        names: Sequence[str],
        listed: Sequence[tuple[str, ...] | None],
    ) -> list[pa.StringArray]:
        """Return what the groups of a pattern stand for in the lines of a kind, each of which must match it."""
        import pyarrow.compute as pc

        lines = column.filter(chosen)
        found = pc.extract_regex(lines, pattern)
        if found.null_count:
            index = pc.index(found.is_null(), True).as_py()
            line = pc.indices_nonzero(chosen)[index].as_py()
            self._refuse(line, f"{_MISPLACED}: {_NAMES[kind]} is expected")
        return [
            self._meant(field, name, values, chosen)
            for field, name, values in zip(found.flatten(), names, listed, strict=True)
        ]

    def _meant(
        self, field: pa.StringArray, name: str, values: tuple[str, ...] | None, chosen: pa.BooleanArray
    ) -> pa.StringArray:
        """Return the values that places stand for; the number itself for a component without a list."""
        import pyarrow as pa
        import pyarrow.compute as pc

        nothing = pa.scalar(None, pa.string())
        if values is None:
            return pc.if_else(pc.equal(field, '"NaN"'), nothing, field)
        places = pc.if_else(pc.equal(field, "null"), nothing, field).cast(pa.int64())
        outside = pc.fill_null(pc.greater_equal(places, len(values)), False)
        if outside.true_count:
            index = pc.index(outside, True).as_py()
            line = pc.indices_nonzero(chosen)[index].as_py()
            self._refuse(line, f"has a place that is none of the {len(values)} values of {name}")
        return pa.array(values, pa.string()).take(places)

    def _refuse(self, index: int, fault: str) -> None:
        raise UnreadableError(f"line {self._before + index + 1} {fault}")


def _groups(pattern: str, count: int) -> list[str]:
    """Return so many groups, as the pattern language of Arrow wants them: each with a name."""
    return [f"(?P<f{number}>{pattern})" for number in range(count)]
