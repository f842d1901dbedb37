"""The source ``tidy``: CSV and Parquet files whose columns are the cube's component ids.

A file holds one cube: its dimensions, OBS_VALUE, and any of its attributes. A folder holds
``<cube>.csv`` or ``<cube>.parquet`` for each cube. An empty OBS_VALUE is a suppressed cell; where
OBS_STATUS and CONF_STATUS are empty or absent, they are Q and A there, and A and F elsewhere.

Lines are those of a CSV file, the header being line 1; a line break within quotes is not counted.
Rows of a Parquet file are counted from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.columns import SOURCE_LINE, input_schema, number_texts
from publisher.errors import Finding, InputError, nearest
from publisher.model import (
    CONF_STATUS,
    FREE,
    NORMAL,
    OBS_STATUS,
    SUPPRESSED_CONF_STATUS,
    SUPPRESSED_OBS_STATUS,
    Cube,
    Dataset,
)
from publisher.refusals import Faults
from publisher.sources.reading import Reading, Source
from publisher.sources.tidy_files import SUFFIXES, TidyFile, open_file

if TYPE_CHECKING:
    import pyarrow as pa

# Attribute -> what it is where the value is hidden, and where it is not.
_DEFAULTS = {OBS_STATUS: (SUPPRESSED_OBS_STATUS, NORMAL), CONF_STATUS: (SUPPRESSED_CONF_STATUS, FREE)}


def read(path: Path, dataset: Dataset, file: str) -> Reading:
    """Read a file, or a folder of them; rows are read when batches are asked for.

    ``file`` is how findings call ``path``. Raises InputError, at once for what columns and file
    names tell, from the batches for what rows tell.
    """
    if path.is_dir():
        chosen = _files_of_folder(path, dataset, file)
    else:
        opened = open_file(path, file)
        chosen = {_cube_of(opened, dataset).id: opened}
    findings = [found for cube, opened in chosen.items() for found in _check_columns(opened, dataset.cube(cube))]
    if findings:
        raise InputError(*findings)
    batches = {cube: _batches(opened, dataset.cube(cube)) for cube, opened in chosen.items()}
    return Reading(batches, len(chosen), files={cube: opened.shown for cube, opened in chosen.items()})


SOURCE = Source("tidy", "CSV or Parquet, one column for each component", (*SUFFIXES, ""), read)


def _files_of_folder(folder: Path, dataset: Dataset, shown: str) -> dict[str, TidyFile]:
    """Open the one file that each cube has; anything else in the folder is refused."""
    wanted = {f"{cube.id}{suffix}": cube.id for cube in dataset.cubes for suffix in SUFFIXES}
    found: dict[str, Path] = {}
    findings = []
    for path in sorted(folder.iterdir()):
        if path.name not in wanted:
            message = f"is the file of no cube: name it after its cube, or take it away{nearest(path.name, wanted)}"
            findings.append(Finding("unknown-file", message, file=f"{shown}/{path.name}"))
        elif wanted[path.name] in found:
            message = f"{found[wanted[path.name]].name} holds this cube already: keep one"
            findings.append(Finding("repeated-file", message, file=f"{shown}/{path.name}"))
        else:
            found[wanted[path.name]] = path
    for cube in dataset.cubes:
        if cube.id not in found:
            message = f"has neither {cube.id}.csv nor {cube.id}.parquet: add one"
            findings.append(Finding("missing-file", message, file=shown))
    if findings:
        raise InputError(*findings)
    return {cube.id: open_file(found[cube.id], f"{shown}/{found[cube.id].name}") for cube in dataset.cubes}


def _cube_of(file: TidyFile, dataset: Dataset) -> Cube:
    """Return the one cube whose dimensions are exactly those among the columns of a file."""
    components = {column for cube in dataset.cubes for column in cube.columns}
    dimensions = {dimension for cube in dataset.cubes for dimension in cube.key_ids} & set(file.columns)
    cubes = [cube for cube in dataset.cubes if set(cube.key_ids) == dimensions]
    if len(cubes) == 1:
        return cubes[0]
    unknown = [column for column in file.columns if column not in components]
    if not cubes and unknown:
        raise InputError(*(_unknown_column(file, column, components) for column in unknown))
    if cubes:
        names = ", ".join(f"'{cube.id}'" for cube in cubes)
        message = f"may be any of the cubes {names}: hand in a folder with a file for each, named after its cube"
    else:
        listed = "; ".join(f"'{cube.id}' has {', '.join(cube.key_ids)}" for cube in dataset.cubes)
        message = f"the columns {', '.join(file.columns)} do not hold the dimensions of one cube: {listed}"
    raise InputError(Finding("columns", message, file=file.shown, line=1))


def _unknown_column(file: TidyFile, column: str, known: set[str] | tuple[str, ...]) -> Finding:
    message = f"column '{column}' is no component: rename it, or take it away{nearest(column, sorted(known))}"
    return Finding("columns", message, file=file.shown, line=1)


def _check_columns(file: TidyFile, cube: Cube) -> Iterator[Finding]:
    """Yield what is wrong with the columns of a cube's file: unknown, missing, of a wrong type."""
    for column, kind in file.columns.items():
        if column not in cube.columns:
            yield _unknown_column(file, column, cube.columns)
        elif wrong := _wrong_type(kind, _decimals(cube).get(column)):
            yield Finding("type", f"column '{column}' is {kind}: {wrong}", file=file.shown)
    for column in (*cube.key_ids, cube.measure.id):
        if column not in file.columns:
            yield Finding("columns", f"column '{column}' of cube '{cube.id}' is missing", file=file.shown, line=1)


def _decimals(cube: Cube) -> dict[str, int]:
    """Return the columns that hold numbers, with the decimals they have."""
    whole = {attribute.id: 0 for attribute in cube.attributes if attribute.concept.data_type == "integer"}
    return {cube.measure.id: cube.measure.decimals, **whole}


def _wrong_type(kind: pa.DataType, decimals: int | None) -> str | None:
    """Return why a column of a type cannot be read exactly, or None; text can always be."""
    import pyarrow.types as types

    values = kind.value_type if types.is_dictionary(kind) else kind
    if types.is_string(values) or types.is_large_string(values) or types.is_null(values):
        return None
    if decimals is None:
        return "store it as text, so that 0301 stays 0301"
    if types.is_floating(kind):
        return "a count is never a float; store it as int64 or decimal128"
    if types.is_integer(kind) or (types.is_decimal128(kind) and kind.scale <= decimals):
        return None
    return f"store it as int64 or as decimal128 with at most {decimals} decimals"


def _batches(file: TidyFile, cube: Cube) -> Iterator[pa.RecordBatch]:
    """Yield the observations of a file; raise InputError at its end if any row was wrong."""
    faults = Faults(cube, file.shown)
    rows = 0
    for first, batch in file.batches():
        observations = _observations(batch, first, cube, faults)
        rows += observations.num_rows
        if not faults.findings:
            yield observations
    if not rows and not faults.findings:
        faults.note("empty", "holds no observation")
    faults.raise_any()


def _observations(batch: pa.RecordBatch, first: int, cube: Cube, faults: Faults) -> pa.RecordBatch:
    """Return a batch with the columns of ``input_schema``, without blank lines; note what is wrong."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    lines = pa.array(np.arange(first, first + batch.num_rows))
    columns = {name: _text_or_number(column) for name, column in zip(batch.schema.names, batch.columns, strict=True)}
    filled = pa.array(np.zeros(batch.num_rows, dtype=bool))
    for column in columns.values():
        filled = pc.or_(filled, pc.is_valid(column))
    for dimension in cube.key_ids:
        for line in lines.filter(pc.and_(filled, pc.is_null(columns[dimension]))).to_pylist():
            faults.note("empty-cell", f"{dimension} is empty: write its code", line)
    for name, decimals in _decimals(cube).items():
        if name in columns:
            columns[name] = _checked_numbers(name, columns[name], decimals, lines, faults)
    hidden = pc.is_null(columns[cube.measure.id])
    for name, (suppressed, disclosed) in _DEFAULTS.items():
        default = pc.if_else(hidden, suppressed, disclosed)
        columns[name] = pc.coalesce(columns[name], default) if name in columns else default
    schema = input_schema(cube)
    columns[SOURCE_LINE] = lines
    arrays = [
        columns[field.name].cast(field.type) if field.name in columns else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema).filter(filled)


def _text_or_number(column: pa.Array) -> pa.Array:
    """Return a column as numbers if it is one of numbers, otherwise as text with null for the empty cell."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_integer(column.type) or pa.types.is_decimal(column.type):
        return column
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), None, text)


def _checked_numbers(name: str, column: pa.Array, decimals: int, lines: pa.Array, faults: Faults) -> pa.Array:
    """Return a column as exact numbers, and note every cell that is none."""
    import pyarrow as pa

    if not pa.types.is_string(column.type):
        column = number_texts(column)
    numbers, wrong = to_numbers(column, decimals)
    if wrong.true_count:
        shape = "a whole number" if decimals == 0 else f"a number with at most {decimals} decimals"
        for line, text in zip(lines.filter(wrong).to_pylist(), column.filter(wrong).to_pylist(), strict=True):
            faults.note("number", f"{name} '{text}' is not {shape}, written as {_example(decimals)}", line)
    return numbers


def _example(decimals: int) -> str:
    return "1234" if decimals == 0 else f"1234.{'5' * decimals}"


def _number_type(decimals: int) -> pa.DataType:
    import pyarrow as pa

    return pa.int64() if decimals == 0 else pa.decimal128(38, decimals)


def to_numbers(text: pa.StringArray, decimals: int) -> tuple[pa.Array, pa.BooleanArray]:
    """Turn text into exact numbers, the one place where a tidy source does.

    Returns the numbers (int64 where there are no decimals, otherwise decimal128 with so many; null
    stays null), and which cells are no number: more decimals, an exponent, blanks, a leading ``+``
    or ``0``, thousands separators, more than 18 digits before the point.
    """
    import pyarrow.compute as pc

    fraction = rf"(\.[0-9]{{1,{decimals}}})?" if decimals else ""
    fits = pc.match_substring_regex(text, rf"^-?(0|[1-9][0-9]{{0,17}}){fraction}$")
    wrong = pc.fill_null(pc.invert(fits), False)
    return pc.if_else(wrong, None, text).cast(_number_type(decimals)), wrong
