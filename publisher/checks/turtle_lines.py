"""A plain parser of the Turtle that this project writes for observations, in columns and block by block.

It knows one layout: prefix lines, an empty line, then an observation on each line whose pairs of
predicate and object stand in the order of the columns, separated by `` ; ``. Anything else it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from publisher.checks.reader import UnreadableError
from publisher.checks.turtle_rows import SUBJECT, TYPE, Property, properties, raw_schema
from publisher.formats.rdf_common import QB
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK_BYTES = 1 << 22
_PREFIX = re.compile(r"@prefix ([A-Za-z][A-Za-z0-9_.\-]*): <([^<>\"{}|^`\\\x00-\x20]*)> \.\n")
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9_.\-]*):((?:[A-Za-z0-9_]|\\-|%[0-9A-F]{2})(?:[A-Za-z0-9_\-]|%[0-9A-F]{2})*)")
_TYPE = " a qb:Observation"
# RE2, which has no look-around: what Turtle reads as one local name made of codes joined with dots.
_SUBJECT = r"^obs:(\\-|[A-Za-z0-9_]|%[0-9A-F]{2})(([A-Za-z0-9_\-.]|\\-|%[0-9A-F]{2})*([A-Za-z0-9_\-]|%[0-9A-F]{2}))?$"
_NUMBERS = {"integer": r"^[+-]?[0-9]+$", "decimal": r"^[+-]?[0-9]*\.[0-9]+$"}
_STRING = re.compile(r'"((?:[^"\\\n\r]|\\["\\nrt]|\\u003B)*)"')
_ESCAPED = re.compile(r"\\(u003B|.)")
_MEANT = {"n": "\n", "r": "\r", "t": "\t", "u003B": ";"}


def by_lines(path: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the raw rows of a file, a block of lines at a time, in the order of the file."""
    try:
        with path.open("rb") as stream:
            prefixes, first = _head(stream, path.name)
            if prefixes.get("qb") != QB or prefixes.get("obs") is None:
                raise UnreadableError(f"{path.name}: the prefixes qb and obs are missing or others")
            parser = _Parser(path.name, cube, dataset, prefixes)
            for block in _blocks(stream, path.name):
                batch = parser.batch(block, first)
                first += batch.num_rows
                yield batch
    except OSError as error:
        raise UnreadableError(str(error)) from error


def _head(stream: BinaryIO, name: str) -> tuple[dict[str, str], int]:
    """Return the prefixes, and the number of the first line after the empty one."""
    prefixes: dict[str, str] = {}
    number = 0
    for line in stream:
        number += 1
        if line == b"\n":
            return prefixes, number + 1
        found = _PREFIX.fullmatch(line.decode(errors="replace"))
        if found is None or found[1] in prefixes:
            raise UnreadableError(f"{name}:{number}: a prefix line is expected, each prefix once")
        prefixes[found[1]] = found[2]
    raise UnreadableError(f"{name}:{number}: the empty line after the prefixes is missing")


def _blocks(stream: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield whole lines, without the last line feed of each block."""
    rest = b""
    while block := stream.read(_BLOCK_BYTES):
        end = block.rfind(b"\n")
        if end < 0:
            rest += block
            continue
        yield rest + block[:end]
        rest = block[end + 1 :]
    if rest:
        raise UnreadableError(f"{name}: the last line has no end")


class _Parser:
    """Turns blocks of lines into raw rows."""

    def __init__(self, file: str, cube: Cube, dataset: Dataset, prefixes: Mapping[str, str]) -> None:
        self._file, self._prefixes = file, prefixes
        self._schema = raw_schema(cube, dataset)
        self._properties = [item for item in properties(cube, dataset) if item.column != TYPE]
        by_iri = {iri: prefix for prefix, iri in prefixes.items()}
        self._verbs = {item.column: _verb(item.iri, by_iri) for item in self._properties}
        self._first = 0

    def batch(self, block: bytes, first: int) -> pa.RecordBatch:
        """Return the raw rows of a block whose first line has the number ``first``."""
        import pyarrow as pa
        import pyarrow.compute as pc

        self._first = first
        try:
            lines = pc.split_pattern(pa.array([block.decode()]), "\n").flatten()
        except UnicodeDecodeError as error:
            line = first + block.count(b"\n", 0, error.start)
            raise UnreadableError(f"{self._file}:{line}: the text is not UTF-8") from error
        self._refuse(pc.invert(pc.ends_with(lines, " .")), "an observation that ends with ' .' is expected")
        pairs = pc.split_pattern(pc.utf8_slice_codeunits(lines, 0, -2), " ; ")
        flat, offsets = pairs.flatten(), pairs.offsets
        cursor, ends = offsets[:-1], offsets[1:]
        columns = {SUBJECT: self._subjects(flat.take(cursor)), TYPE: _constant(f"{QB}Observation", len(lines))}
        cursor = pc.add(cursor, pa.scalar(1, cursor.type))
        for item in self._properties:
            columns[item.column], cursor = self._column(item, flat, cursor, ends)
        self._refuse(pc.not_equal(cursor, ends), "a property is unknown, stands twice or in another place")
        return pa.RecordBatch.from_arrays([columns[field.name] for field in self._schema], schema=self._schema)

    def _column(
        self, item: Property, flat: pa.StringArray, cursor: pa.Array, ends: pa.Array
    ) -> tuple[pa.Array, pa.Array]:
        """Return the values of a property, null where it is absent, and where the pair after it stands."""
        import pyarrow as pa
        import pyarrow.compute as pc

        verb = self._verbs[item.column] + " "
        here = flat.take(pc.if_else(pc.less(cursor, ends), cursor, pa.scalar(None, cursor.type)))
        present = pc.fill_null(pc.starts_with(here, verb), False)
        if not present.true_count:
            return pa.nulls(len(cursor), self._schema.field(item.column).type), cursor
        if present.false_count:
            here = pc.if_else(present, here, pa.scalar(None, pa.string()))
        moved = pc.add(cursor, present.cast(cursor.type))
        if item.kind in _NUMBERS:
            values = pc.utf8_slice_codeunits(here, len(verb))
            self._refuse(pc.invert(pc.match_substring_regex(values, _NUMBERS[item.kind])), f"no {item.kind}")
            return values, moved
        meaning = _string if item.kind == "string" else self._iri
        encoded = self._distinct(here, lambda text: meaning(text[len(verb) :]))
        return (encoded.dictionary_decode() if item.kind == "string" else encoded), moved

    def _distinct(self, column: pa.StringArray, meaning: Callable[[str], str | None]) -> pa.DictionaryArray:
        """Return the meaning of each text, worked out once for each that is distinct."""
        import pyarrow as pa
        import pyarrow.compute as pc

        encoded = column.dictionary_encode()
        meant = [meaning(text) for text in encoded.dictionary.to_pylist()]
        for text, value in zip(encoded.dictionary.to_pylist(), meant, strict=True):
            if value is None:
                self._refuse(pc.equal(column, text), f"{text.partition(' ')[0]} is not spelled as it is written here")
        return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(meant, pa.string()))

    def _iri(self, name: str) -> str | None:
        found = _NAME.fullmatch(name)
        if found is None or found[1] not in self._prefixes:
            return None
        return self._prefixes[found[1]] + found[2].replace("\\", "")

    def _subjects(self, pairs: pa.StringArray) -> pa.StringArray:
        import pyarrow as pa
        import pyarrow.compute as pc

        other = pc.invert(pc.ends_with(pairs, _TYPE))
        self._refuse(other, f"an observation that begins with 'obs:KEY{_TYPE}' is expected")
        names = pc.utf8_slice_codeunits(pairs, 0, -len(_TYPE))
        self._refuse(pc.invert(pc.match_substring_regex(names, _SUBJECT)), "the name of the observation is no key")
        plain = pc.replace_substring(pc.utf8_slice_codeunits(names, len("obs:")), "\\", "")
        return pc.binary_join_element_wise(pa.scalar(self._prefixes["obs"]), plain, "")

    def _refuse(self, wrong: pa.BooleanArray, message: str) -> None:
        """Raise for the first line that is wrong."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if wrong.true_count:
            index = pc.index(wrong, pa.scalar(True)).as_py()
            raise UnreadableError(f"{self._file}:{self._first + index}: {message}")


def _verb(iri: str, by_iri: Mapping[str, str]) -> str:
    """Return a property as it is written with the file's prefixes."""
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = by_iri.get(iri[:end])
    return f"<{iri}>" if prefix is None else f"{prefix}:{iri[end:]}"


def _string(literal: str) -> str | None:
    found = _STRING.fullmatch(literal)
    return found and _ESCAPED.sub(lambda escape: _MEANT.get(escape[1], escape[1]), found[1])


def _constant(text: str, rows: int) -> pa.DictionaryArray:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), pa.array([text]))
