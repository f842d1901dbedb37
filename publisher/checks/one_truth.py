"""One truth: every file of a cube holds the same observations, each read by a program that is not ours."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.reader import Read, Reader, UnreadableError
from publisher.columns import text_batch, text_schema
from publisher.errors import Finding
from publisher.model import Cube
from publisher.observations import Observations, Rows

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_FINDINGS = 20
_MANY = 65_536
# Stands in no code.
_SEPARATOR = "\x01"

Row = tuple[str | None, ...]


def check_of(reader: Reader) -> Check:
    """Return the check that a reader finds in its files exactly the observations there are."""
    return Check(
        name=f"one truth: {reader.path.format(cube='<cube>', frequency='<FREQ>', dataset='<dataset>')}",
        by=reader.by,
        kind=reader.kind,
        run=partial(_compare_files, reader, reader.read),
        most_rows=reader.most_rows,
        twin=None if reader.twin is None else partial(_compare_files, reader, reader.twin),
        needs=(reader.format, *reader.needs),
        requires=reader.requires,
        files=(re.sub(r"\{(\w+)\}", r"<\1>", reader.path),),
    )


def _compare_files(reader: Reader, read: Read, subject: Subject) -> Outcome:
    dataset = subject.dataset.id
    files = [file for observations in subject.observations.values() for file in _files(reader, observations, dataset)]
    if reader.optional and subject.files.isdisjoint(path for path, _, _ in files):
        return Outcome(nothing=True)
    findings: list[Finding] = []
    rows = 0
    for path, observations, part in files:
        cube = observations.cube
        if path not in subject.files:
            findings.append(Finding("one-truth", "is missing", file=path, cube=cube.id))
            continue
        rows += sum(batch.num_rows for batch in observations.batches(_MANY))
        try:
            found = read(subject.folder, cube, subject.dataset, *part)
            findings += differences(observations, found, path, reader.compared(cube))
        except UnreadableError as error:
            findings.append(Finding("one-truth", f"{reader.by} cannot read it: {error}", file=path, cube=cube.id))
    return Outcome(tuple(findings), f"{rows:,} observations")


def _files(reader: Reader, observations: Observations, dataset: str) -> Iterator[tuple[str, Rows, tuple[str, ...]]]:
    """Yield (path, observations, frequency where it holds those of one) of each file of a cube."""
    cube = observations.cube.id
    if not reader.by_frequency:
        yield reader.path.format(cube=cube, dataset=dataset), observations, ()
        return
    for part in observations.by_frequency():
        yield reader.path.format(cube=cube, dataset=dataset, frequency=part.frequency), part, (part.frequency,)


def differences(
    observations: Rows, found: Iterable[pa.RecordBatch], path: str, columns: Collection[str] = ()
) -> list[Finding]:
    """Return what a file has beside, without or other than the observations, the first of them.

    Where ``columns`` are given only those are compared.
    """
    cube = observations.cube
    compared = _Comparison(cube)
    ours = (text_batch(batch, cube) for batch in observations.batches())
    for expected, read in _aligned(_only(columns, ours), _only(columns, found), cube):
        compared.add(expected, read)
    findings = []
    extra = tuple(islice(compared.extra, _MOST_FINDINGS))
    twice = _among(observations, extra) if extra else frozenset()
    for key, message in islice(compared.differences(twice), _MOST_FINDINGS):
        findings.append(Finding("one-truth", message, file=path, cube=cube.id, key=key))
    if more := compared.count - len(findings):
        findings.append(Finding("one-truth", f"and {more:,} more differences", file=path, cube=cube.id))
    return findings


def _only(columns: Collection[str], batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield batches of texts, null in every column that is not compared."""
    import pyarrow as pa

    for batch in batches:
        if not columns or set(columns).issuperset(batch.schema.names):
            yield batch
        else:
            cells = [
                batch[name] if name in columns else pa.nulls(batch.num_rows, pa.string()) for name in batch.schema.names
            ]
            yield pa.RecordBatch.from_arrays(cells, schema=batch.schema)


def _among(observations: Rows, keys: Collection[Row]) -> frozenset[Row]:
    """Return the keys that observations have: read once more, for equal rows are not remembered."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cube = observations.cube
    known = {_SEPARATOR.join(code for code in key if code is not None): key for key in keys if None not in key}
    wanted = pa.array(list(known), pa.string())
    found: set[Row] = set()
    for batch in observations.batches():
        columns = text_batch(batch, cube).columns[: len(cube.key_ids)]
        joined = pc.binary_join_element_wise(*columns, _SEPARATOR)
        found.update(known[text] for text in joined.filter(pc.is_in(joined, wanted)).to_pylist())
    return frozenset(found)


def _aligned(
    ours: Iterable[pa.RecordBatch], theirs: Iterable[pa.RecordBatch], cube: Cube
) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
    """Yield pieces of both streams with as many rows, then what only one of them still has."""
    streams = (iter(ours), iter(theirs))
    heads = [_empty(cube), _empty(cube)]
    while True:
        for side in (0, 1):
            while not heads[side].num_rows and (batch := next(streams[side], None)) is not None:
                heads[side] = batch
        rows = min(head.num_rows for head in heads) or max(head.num_rows for head in heads)
        if not rows:
            return
        yield heads[0].slice(0, rows), heads[1].slice(0, rows)
        heads = [head.slice(min(rows, head.num_rows)) for head in heads]


def _empty(cube: Cube) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.RecordBatch.from_pylist([], text_schema(cube))


class _Comparison:
    """Rows that only one side has had so far, by key; equal rows cancel, so little is kept."""

    def __init__(self, cube: Cube) -> None:
        self._cube = cube
        self._ours: dict[Row, Row] = {}
        self._theirs: dict[Row, Row] = {}
        self._found: list[tuple[Row, str]] = []
        self._more = 0

    def add(self, ours: pa.RecordBatch, theirs: pa.RecordBatch) -> None:
        """Take as many rows of both sides; where they are equal nothing is left to remember."""
        if not self._ours and not self._theirs and ours.equals(theirs):
            return
        for key, rest in self._rows(ours):
            if (other := self._theirs.pop(key, None)) is None:
                self._ours[key] = rest
            elif other != rest:
                self._differ(key, rest, other)
        for key, rest in self._rows(theirs):
            if key in self._ours:
                if (mine := self._ours.pop(key)) != rest:
                    self._differ(key, mine, rest)
            elif key in self._theirs:
                self._note(key, "stands twice")
            else:
                self._theirs[key] = rest

    @property
    def count(self) -> int:
        """How many differences there are."""
        return len(self._found) + self._more + len(self._ours) + len(self._theirs)

    @property
    def extra(self) -> Iterable[Row]:
        """The keys that only the other side has, or has once more."""
        return self._theirs

    def differences(self, twice: Container[Row]) -> Iterator[tuple[str, str]]:
        """Yield (key, what is wrong) of every row that differs, is missing, stands twice or should not be there."""
        missing = ((key, "is missing") for key in self._ours)
        extra = ((key, "stands twice" if key in twice else "is not among the observations") for key in self._theirs)
        for key, message in chain(self._found, missing, extra):
            yield ".".join(code if code is not None else "" for code in key), message

    def _rows(self, batch: pa.RecordBatch) -> Iterator[tuple[Row, Row]]:
        width = len(self._cube.key_ids)
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield row[:width], row[width:]

    def _differ(self, key: Row, expected: Row, found: Row) -> None:
        columns = self._cube.columns[len(self._cube.key_ids) :]
        for column, wanted, seen in zip(columns, expected, found, strict=True):
            if wanted != seen:
                hidden = expected[0] is None or found[0] is None
                shown = [_unnamed(cell) if hidden else _shown(cell) for cell in (seen, wanted)]
                self._note(key, f"{column} is {shown[0]}, {shown[1]} expected")

    def _note(self, key: Row, message: str) -> None:
        if len(self._found) < _MOST_FINDINGS:
            self._found.append((key, message))
        else:
            self._more += 1


def _shown(cell: str | None) -> str:
    return "empty" if cell is None else f"'{cell}'"


def _unnamed(cell: str | None) -> str:
    """Return a cell of a row that is suppressed on one side: whatever has a digit may be its value."""
    if cell is None or not any(character.isdigit() for character in cell):
        return _shown(cell)
    return "a text with digits" if any(character.isalpha() for character in cell) else "a number"
