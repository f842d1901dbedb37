"""SDMX-ML data read line by line, on columns: a plain parser of exactly what this project writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.reader import UnreadableError
from publisher.columns import text_schema
from publisher.model import TIME_PERIOD, Attribute, Cube, Dataset

if TYPE_CHECKING:
    from typing import BinaryIO

    import pyarrow as pa

_BLOCK = 1 << 22

_MESSAGE = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message}"
_COMMON = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common}"
_SPECIFIC = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific}"
# Kinds of lines, and the steps from one to the next that a message takes: a series holds an observation or more.
_OBS, _START, _END, _REST = range(4)
_STEPS = [
    before * 4 + kind
    for before, kind in (
        (_END, _START), (_START, _OBS), (_OBS, _OBS), (_OBS, _END), (_END, _REST), (_REST, _REST),
    )
]  # fmt: skip
_PLAIN = '[^"<>&]*'
_ESCAPED = '(?:[^"<>&]|&(?:amp|lt|gt|quot|#9|#10|#13);)*'
# The ampersand last: what it frees is no reference again.
_REFERENCES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#9;": "\t", "&#10;": "\n", "&#13;": "\r", "&amp;": "&"}
_TAIL = ["</message:DataSet>", "</message:StructureSpecificData>"]


def read_lines(path: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the observations of a message; anything but the lines this project writes is an UnreadableError."""
    try:
        with path.open("rb") as stream:
            lines = _Lines(cube, _head(stream, cube, dataset))
            for block in _blocks(stream):
                yield lines.read(block)
            lines.finish()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path.name}: {error}") from error


def _head(stream: BinaryIO, cube: Cube, dataset: Dataset) -> int:
    """Read up to the start of the data set and return how many lines that were."""
    from lxml import etree

    lines: list[bytes] = []
    for line in stream:
        lines.append(line)
        if line.startswith(b"<message:DataSet ") or len(lines) > 100:
            break
    try:
        root = etree.fromstring(b"".join([*lines, *(f"{line}\n".encode() for line in _TAIL)]))
    except etree.XMLSyntaxError as error:
        raise UnreadableError(str(error)) from error
    names = dataset.names
    flow = names.dataflow(cube.id)
    referred = root.find(f"{_MESSAGE}Header/{_MESSAGE}Structure/{_COMMON}StructureUsage/Ref")
    data = root.find(f"{_MESSAGE}DataSet")
    expected = {"agencyID": names.agency, "id": flow, "version": names.version}
    if referred is None or any(referred.get(name) != value for name, value in expected.items()):
        raise UnreadableError(f"the header does not refer to dataflow {names.agency}:{flow}({names.version})")
    does = None if data is None else (data.get(f"{_SPECIFIC}structureRef"), data.get(f"{_SPECIFIC}action"))
    if does != (flow, "Replace"):
        raise UnreadableError(f"the data set does not replace what dataflow {flow} has")
    return len(lines)


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
        raise UnreadableError("the last line does not end")


class _Lines:
    """The lines of a message after its head, read block by block.

    Lines are of four kinds: an observation, the start and the end of a series, and what follows the
    last series. Which may follow which is in ``_STEPS``; the kind of the last line and the series it
    stands in are carried from block to block.
    """

    def __init__(self, cube: Cube, before: int) -> None:
        self._cube, self._before = cube, before
        self._kind = _END
        self._series: tuple[str, ...] = ("",) * (len(cube.key_ids) - 1)
        self._tail: list[str] = []
        self._series_pattern = _series_pattern(cube)
        self._pattern = _observation_pattern(cube)

    def read(self, lines: list[str]) -> pa.RecordBatch:
        """Return the observations of a block of lines."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = pa.array(lines, pa.string())
        kinds = self._kinds(column)
        series = self._fields(column.filter(pc.equal(kinds, _START)), self._series_pattern, kinds, _START)
        fields = self._fields(column.filter(pc.equal(kinds, _OBS)), self._pattern, kinds, _OBS)
        ordinals = pc.cumulative_sum(pc.equal(kinds, _START).cast(pa.int64())).filter(pc.equal(kinds, _OBS))
        keys = [
            pa.concat_arrays([pa.array([carried], pa.string()), field])
            for carried, field in zip(self._series, series, strict=True)
        ]
        self._series = tuple(key[-1].as_py() for key in keys)
        self._before += len(lines)
        columns = [*(key.take(ordinals) for key in keys), *self._values(fields)]
        return pa.record_batch(columns, schema=text_schema(self._cube))

    def finish(self) -> None:
        """Refuse a file that stops early."""
        if self._tail != _TAIL:
            raise UnreadableError(f"line {self._before}: the data set does not end here")

    def _kinds(self, column: pa.StringArray) -> pa.Array:
        """Return the kind of each line; refuse a line that may not follow the one before."""
        import pyarrow as pa
        import pyarrow.compute as pc

        kinds = pc.case_when(
            pc.make_struct(
                pc.starts_with(column, "<Obs "), pc.starts_with(column, "<Series "), pc.equal(column, "</Series>")
            ),
            *(pa.scalar(kind, pa.int8()) for kind in (_OBS, _START, _END, _REST)),
        )
        steps = pc.add(pc.multiply(pa.concat_arrays([pa.array([self._kind], pa.int8()), kinds[:-1]]), 4), kinds)
        wrong = pc.invert(pc.is_in(steps, pa.array(_STEPS, pa.int8())))
        if wrong.true_count:
            index = pc.index(wrong, True).as_py()
            self._refuse(index, column[index].as_py())
        rest = pc.equal(kinds, _REST)
        if rest.true_count:
            self._tail += column.filter(rest).to_pylist()
            if self._tail != _TAIL[: len(self._tail)]:
                index = pc.index(rest, True).as_py()
                self._refuse(index, column[index].as_py())
        self._kind = kinds[-1].as_py()
        return kinds

    def _fields(self, lines: pa.StringArray, pattern: str, kinds: pa.Array, kind: int) -> list[pa.StringArray]:
        """Return the groups of a pattern that every line of a kind must match."""
        import pyarrow.compute as pc

        found = pc.extract_regex(lines, pattern)
        if found.null_count:
            index = pc.index(found.is_null(), True).as_py()
            place = pc.indices_nonzero(pc.equal(kinds, kind))[index].as_py()
            self._refuse(place, lines[index].as_py())
        return list(found.flatten())

    def _refuse(self, index: int, line: str) -> None:
        raise UnreadableError(f"line {self._before + index + 1} is not one that belongs there: {line[:200]}")

    def _values(self, fields: list[pa.StringArray]) -> Iterator[pa.StringArray]:
        """Yield period, value and attributes from what the lines of observations say."""
        import pyarrow as pa
        import pyarrow.compute as pc

        nothing = pa.scalar(None, pa.string())
        time, value, *attributes = fields
        yield time
        yield pc.if_else(pc.equal(value, "NaN"), nothing, value)
        for attribute, field in zip(self._cube.attributes, attributes, strict=True):
            said = pc.utf8_slice_codeunits(field, len(attribute.id) + 3, -1)
            text = pc.if_else(pc.equal(field, ""), nothing, said)
            yield _unescaped(text) if attribute.concept.data_type == "string" else text


def _series_pattern(cube: Cube) -> str:
    keys = "".join(f' {component}="(?P<f{n}>{_PLAIN})"' for n, component in enumerate(cube.key_ids[:-1]))
    constant = "".join(f' {attribute.id}="{re.escape(attribute.value)}"' for attribute in cube.series_attributes)
    return f"^<Series{keys}{constant}>$"


def _observation_pattern(cube: Cube) -> str:
    attributes = "".join(_attribute_pattern(n, attribute) for n, attribute in enumerate(cube.attributes))
    return f'^<Obs {TIME_PERIOD}="(?P<time>{_PLAIN})" {cube.measure.id}="(?P<value>{_PLAIN})"{attributes}/>$'


def _attribute_pattern(number: int, attribute: Attribute) -> str:
    text = _ESCAPED if attribute.concept.data_type == "string" else _PLAIN
    return f'(?P<f{number}> {attribute.id}="{text}"){"" if attribute.required else "?"}'


def _unescaped(column: pa.StringArray) -> pa.StringArray:
    """Return texts with the references of XML resolved."""
    import pyarrow.compute as pc

    for reference, character in _REFERENCES.items():
        column = pc.replace_substring(column, reference, character)
    return column
