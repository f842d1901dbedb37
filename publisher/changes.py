"""What a store that holds an older release of a cube must do to hold this one: rows to write, rows to take away.

Both releases are Parquet files; the comparison is SQL, sorted on disk, in bounded memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.model import Cube
from publisher.observations import BATCH_ROWS, Observations, connect

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Deletions:
    """What is taken away, in key order: whole observations, or some attributes of observations that stay.

    ``attributes`` are those that an observation may lose: one column each, true in a row that takes
    only that attribute away. A row without a true one takes the whole observation.
    """

    cube: Cube
    attributes: tuple[str, ...]
    path: Path
    rows: int

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the columns of the key, dictionary-encoded, then one of truth values for each attribute."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        code = pa.dictionary(pa.int32(), pa.string())
        fields = [pa.field(component, code) for component in self.cube.key_ids]
        schema = pa.schema([*fields, *(pa.field(attribute, pa.bool_()) for attribute in self.attributes)])
        with pq.ParquetFile(self.path, read_dictionary=list(self.cube.key_ids)) as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=schema.names, use_threads=False):
                yield pa.RecordBatch.from_arrays([batch[name] for name in schema.names], schema=schema)


@dataclass(frozen=True, slots=True)
class Changes:
    """What brings a store from one release of a cube to the next.

    ``replaced`` are the observations that are new or in any way other than before. ``deleted`` is
    None where everything is taken away before the observations, all of them, are written again.
    """

    replaced: Observations
    deleted: Deletions | None


def compare(before: Observations | None, now: Observations) -> Changes:
    """Return what changed in a cube since a release before; files are kept beside the observations of now.

    Without a release before everything is new. Both must have the same dimensions.
    """
    attributes = _losable(before.cube, now.cube) if before is not None else ()
    place = now.path.with_suffix(".deleted.parquet")
    if before is None or why_anew(before, now.cube):
        with connect(now.path.parent) as database:
            none = _write(database, f"{_deletions(now, now, ())} LIMIT 0", place)
        return Changes(now, None if before is not None else Deletions(now.cube, (), place, none))
    with connect(now.path.parent) as database:
        gone = _write(database, _deletions(before, now, attributes), place)
        path = now.path.with_suffix(".replaced.parquet")
        rows = _write(database, _replacements(before, now), path)
        hidden = database.execute(
            f"SELECT count(*) FROM {_table(path)} WHERE {_name(now.cube.measure.id)} IS NULL"
        ).fetchall()[0][0]
    return Changes(Observations(now.cube, path, rows, hidden), Deletions(now.cube, attributes, place, gone))


def why_anew(before: Observations, cube: Cube) -> str:
    """Return why a store cannot be brought to this release row by row, in words that follow "because"; else nothing."""
    constant = {attribute.id: attribute.value for attribute in before.cube.series_attributes}
    for attribute in cube.series_attributes:
        if constant[attribute.id] != attribute.value:
            return f"{attribute.id} of every observation was {constant[attribute.id]} and is {attribute.value}"
    if before.cube.measure.decimals != cube.measure.decimals:
        return f"the decimals were {before.cube.measure.decimals} and are {cube.measure.decimals}"
    for component in before.cube.attribute_ids:
        if component not in cube.attribute_ids:
            return f"the attribute {component} is gone from the structure"
    if gone := codes_gone(before, cube):
        component, codes = gone
        return f"{component} no longer has the codes of observations there were: {', '.join(codes)}"
    return ""


def codes_gone(before: Observations, cube: Cube) -> tuple[str, tuple[str, ...]] | None:
    """Return the first dimension with codes in older observations that its codelist lacks now, and these codes."""
    with connect(before.path.parent) as database:
        for dimension in cube.dimensions:
            if dimension.codelist is not None:
                column = _name(dimension.id)
                used = database.execute(f"SELECT DISTINCT {column} FROM {_table(before.path)} ORDER BY {column}")
                gone = tuple(code for (code,) in used.fetchall() if code not in dimension.codelist)
                if gone:
                    return dimension.id, gone
    return None


def _losable(before: Cube, now: Cube) -> tuple[str, ...]:
    """Return the attributes that an observation may have had before and lack now."""
    required = {attribute.id for attribute in now.attributes if attribute.required}
    return tuple(item for item in now.attribute_ids if item in before.attribute_ids and item not in required)


def _replacements(before: Observations, now: Observations) -> str:
    """Return the query for the rows of now that do not stand alike in the release before."""
    columns = [now.cube.measure.id, *now.cube.attribute_ids]
    alike = [f"now.{_name(column)} = before.{_name(column)}" for column in now.cube.key_ids]
    for column in columns:
        old = f"before.{_name(column)}" if column in before.cube.columns else "NULL"
        alike.append(f"CAST(now.{_name(column)} AS VARCHAR) IS NOT DISTINCT FROM CAST({old} AS VARCHAR)")
    return (
        f"SELECT now.* FROM {_table(now.path)} AS now"
        f" WHERE NOT EXISTS (SELECT 1 FROM {_table(before.path)} AS before WHERE {' AND '.join(alike)})"
        f" ORDER BY {_list(now.cube.key_ids, 'now')}"
    )


def _deletions(before: Observations, now: Observations, attributes: tuple[str, ...]) -> str:
    """Return the query for the keys that are gone, and those that stay without an attribute they had."""
    keys = now.cube.key_ids
    same = " AND ".join(f"now.{_name(column)} = before.{_name(column)}" for column in keys)
    gone = f"now.{_name(keys[0])} IS NULL"
    lost = [
        f"NOT {gone} AND before.{_name(column)} IS NOT NULL AND now.{_name(column)} IS NULL" for column in attributes
    ]
    chosen = [
        *(f"before.{_name(column)}" for column in keys),
        *(f"{test} AS {_name(column)}" for test, column in zip(lost, attributes, strict=True)),
    ]
    return (
        f"SELECT {', '.join(chosen)} FROM {_table(before.path)} AS before"
        f" LEFT JOIN {_table(now.path)} AS now ON {same}"
        f" WHERE {' OR '.join((gone, *(f'({test})' for test in lost)))} ORDER BY {_list(keys, 'before')}"
    )


def _write(database: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write the answer of a query to a Parquet file; return how many rows it has."""
    place = str(path).replace("'", "''")
    done = database.execute(f"COPY ({query}) TO '{place}' (FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE 65536)")
    return int(done.fetchall()[0][0])


def _table(path: Path) -> str:
    place = str(path).replace("'", "''")
    return f"read_parquet('{place}')"


def _list(columns: Iterable[str], table: str) -> str:
    return ", ".join(f"{table}.{_name(column)}" for column in columns)


def _name(column: str) -> str:
    return f'"{column}"'
