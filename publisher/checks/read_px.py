"""The PC-Axis files of a release read back, by pyaxis: every cell, and what its attributes say.

pyaxis keys cells by the names of values, in one language; CODES and VARIABLECODE make codes of them. It
looks at neither the number of cells nor the size of anything, so a plain parser looks first. It also drops
blanks at the ends of texts, so what both find must be equal.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks import px_grammar
from publisher.checks.px_grammar import Px
from publisher.checks.reader import Reader, UnreadableError, words_of
from publisher.columns import text_schema
from publisher.formats.px_text import decoded
from publisher.model import FREQ, Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_ROWS = 100_000
_MANY_BLANKS = 16
_MOST_LANGUAGES = 64

Said = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """What a reader found: (variable, its component, codes) of each axis, and the attributes of cells by their codes.

    ``values`` are the names of the values of each axis.
    """

    axes: tuple[tuple[str, str, tuple[str, ...]], ...]
    values: tuple[tuple[str, ...], ...]
    attributes: tuple[str, ...]
    usual: Said
    others: Mapping[tuple[str, ...], Said]


def read(folder: Path, cube: Cube, dataset: Dataset, frequency: str) -> Iterator[pa.RecordBatch]:
    """Yield the observations of ``px/<cube>-<frequency>.px`` as pyaxis reads them, in the order of their keys."""
    import pyarrow as pa
    import pyarrow.compute as pc

    path = folder / "px" / f"{cube.id}-{frequency}.px"
    found = px_grammar.read(path)
    table = _plain_table(found, cube, frequency)
    _refuse(found, table)
    try:
        with _silent():
            from pyaxis import pyaxis

            parsed = pyaxis.parse(str(path.absolute()), "utf-8")
        if _table(parsed["METADATA"]) != table:
            raise UnreadableError("it finds other names, codes or attributes than there are: blanks within the quotes?")
        frame = parsed["DATA"]
        texts = pa.array(frame["DATA"], pa.string(), from_pandas=True)
        codes = [
            pa.array(frame[name].map(dict(zip(values, codes, strict=True))), pa.string())
            for (name, _, codes), values in zip(table.axes, table.values, strict=True)
        ]
    except (LookupError, TypeError, ValueError, pa.ArrowException) as error:
        raise UnreadableError(words_of(error)) from error
    yield _rows(cube, frequency, table, codes, texts, pc.not_equal(pc.fill_null(texts, ".."), ""))


def read_plainly(folder: Path, cube: Cube, dataset: Dataset, frequency: str) -> Iterator[pa.RecordBatch]:
    """Yield what ``read`` yields, read by the plain parser: pyaxis takes seconds for a million cells."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    found = px_grammar.read(folder / "px" / f"{cube.id}-{frequency}.px")
    table = _plain_table(found, cube, frequency)
    cells = pc.ascii_split_whitespace(pa.array([found.cells.strip()], pa.string())).flatten()
    _refuse_number(table, len(cells))
    sizes = [len(codes) for _, _, codes in table.axes]
    steps = np.unravel_index(np.arange(len(cells)), sizes)
    codes = [pa.array(axis[2], pa.string()).take(pa.array(step)) for axis, step in zip(table.axes, steps, strict=True)]
    texts = pc.if_else(pc.equal(cells, '".."'), pa.scalar(None, pa.string()), cells)
    yield _rows(cube, frequency, table, codes, texts, pc.not_equal(cells, '"."'))


def _rows(
    cube: Cube,
    frequency: str,
    table: _Table,
    codes: Sequence[pa.StringArray],
    texts: pa.StringArray,
    there: pa.BooleanArray,
) -> pa.RecordBatch:
    """Return the cells that are observations as rows, in key order."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = {component: column for (_, component, _), column in zip(table.axes, codes, strict=True)}
    columns[FREQ] = pa.array([frequency], pa.string()).take(pa.array([0] * len(texts), pa.int32()))
    columns[cube.measure.id] = texts
    keys = pc.binary_join_element_wise(*codes, "\x1f")
    said = pc.index_in(keys, pa.array(["\x1f".join(key) for key in table.others], pa.string()))
    choices = [*table.others.values(), table.usual]
    chosen = pc.fill_null(said, len(choices) - 1)
    for attribute in cube.attribute_ids:
        place = table.attributes.index(attribute) if attribute in table.attributes else None
        values = [None if place is None else decoded(choice[place]) for choice in choices]
        columns[attribute] = pa.array(values, pa.string()).take(chosen)
    rows = pa.RecordBatch.from_arrays([columns[name] for name in cube.columns], schema=text_schema(cube)).filter(there)
    return rows.sort_by([(component, "ascending") for component in cube.key_ids])


def _table(metadata: Mapping[str, Any]) -> _Table:
    """Return what pyaxis made of the keywords: quotes are gone from keys, texts are lists."""
    names = [*metadata.get("STUB", ()), *metadata["HEADING"]]
    axes = tuple((name, str(metadata[f"VARIABLECODE({name})"][0]), tuple(metadata[f"CODES({name})"])) for name in names)
    others = {}
    for key, said in metadata.items():
        if key.startswith("ATTRIBUTES("):
            others[tuple(key.removeprefix("ATTRIBUTES(").removesuffix(")").split(","))] = tuple(said)
    values = tuple(tuple(metadata[f"VALUES({name})"]) for name in names)
    return _Table(axes, values, tuple(metadata["ATTRIBUTE-ID"]), tuple(metadata["ATTRIBUTES"]), others)


def _plain_table(found: Px, cube: Cube, frequency: str) -> _Table:
    """Return what the plain parser found. Raises UnreadableError where it is not the table it should be."""
    identity = f"{cube.id}-{frequency}"
    if (told := _texts(found, "TABLEID")) != (identity,):
        raise UnreadableError(f"TABLEID is {', '.join(told)}, not {identity}: the file is of another table")
    stub = found.of("STUB")
    names = (*(stub.texts if stub else ()), *_texts(found, "HEADING"))
    axes = tuple((name, _texts(found, "VARIABLECODE", name)[0], _texts(found, "CODES", name)) for name in names)
    values = tuple(_texts(found, "VALUES", name) for name in names)
    said = (item for item in found.entries if item.keyword == "ATTRIBUTES" and not item.language)
    others = {item.key: item.texts for item in said if item.key}
    return _told(_Table(axes, values, _texts(found, "ATTRIBUTE-ID"), _texts(found, "ATTRIBUTES"), others), cube)


def _texts(found: Px, keyword: str, *key: str) -> tuple[str, ...]:
    if (entry := found.of(keyword, *key)) is None:
        at = f" of '{key[0]}'" if key else ""
        raise UnreadableError(f"there is no {keyword}{at}")
    return entry.texts


def _told(table: _Table, cube: Cube) -> _Table:
    """Return a table that contradicts neither itself nor the cube's dimensions."""
    components = tuple(component for _, component, _ in table.axes)
    wanted = [component for component in cube.key_ids if component != FREQ]
    if sorted(components) != sorted(wanted):
        raise UnreadableError(f"its variables are {', '.join(components)}, not {', '.join(wanted)}")
    for (name, _, codes), values in zip(table.axes, table.values, strict=True):
        if len(codes) != len(values):
            raise UnreadableError(f"'{name}' has {len(codes)} CODES and {len(values)} VALUES")
        if len(set(codes)) != len(codes) or len(set(values)) != len(values):
            raise UnreadableError(f"'{name}' has a code or the name of a value twice")
    if any(len(said) != len(table.attributes) for said in (table.usual, *table.others.values())):
        raise UnreadableError("ATTRIBUTES has more or fewer values than ATTRIBUTE-ID")
    return table


def _refuse(found: Px, table: _Table) -> None:
    """Refuse what pyaxis takes hours or gigabytes for: cells that are not there, long runs of blanks, languages."""
    _refuse_number(table, len(found.cells.split()))
    listed = found.of("LANGUAGES")
    if listed is not None and len(listed.values) > _MOST_LANGUAGES:
        raise UnreadableError(f"LANGUAGES has more than {_MOST_LANGUAGES} languages")
    for item in found.entries:
        if any(" " * _MANY_BLANKS in text.replace("\r", " ").replace("\n", " ") for text in item.values):
            raise UnreadableError(f"line {item.line}: {item} has {_MANY_BLANKS} blanks in a row")


def _refuse_number(table: _Table, cells: int) -> None:
    wanted = prod(len(codes) for _, _, codes in table.axes)
    if cells != wanted:
        raise UnreadableError(f"there are {cells:,} cells, {wanted:,} expected from the values of its variables")


@contextmanager
def _silent() -> Iterator[None]:
    """Keep pyaxis from writing to standard output, and from setting up the logging of everything."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


READERS = (Reader("px", "px/{cube}-{frequency}.px", "pyaxis", read, most_rows=_MOST_ROWS, twin=read_plainly),)
