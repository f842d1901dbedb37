"""What is asked of the orders of deltas beside where they end: known words in each, and the same in both files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.sdmx_delta_read import ACTION, order_columns
from publisher.model import FREQ, TIME_PERIOD, Cube
from publisher.periods import FREQUENCIES, belongs

if TYPE_CHECKING:
    import duckdb

_MOST_FINDINGS = 20
_DASH = "-"


def unknown_words(database: duckdb.DuckDBPyConnection, cube: Cube, is_table: bool) -> Iterator[tuple[str, str]]:
    """Yield (key, fault) of orders with a code that is none, or a period that is none of its frequency.

    What a table deletes of an observation is a dash; a message has any value that is valid.
    """
    lists = {dimension.id: dimension.codelist for dimension in cube.dimensions}
    lists |= {attribute.id: attribute.codelist for attribute in cube.attributes}
    for component, codelist in lists.items():
        is_dash = is_table and component not in cube.key_ids
        if codelist is not None:
            codes = ", ".join(_quoted(code) for code in codelist.ids)
            asked = f"{_name(component)} NOT IN ({codes})" + (f" AND {ACTION} = 'R'" if is_dash else "")
            yield from _orders(database, cube, asked, f"{component} is no code of {codelist.id}")
        if is_dash:
            asked = f"{ACTION} = 'D' AND {_name(component)} <> '{_DASH}'"
            yield from _orders(database, cube, asked, f"{component} is deleted with something else than a dash")
    times = database.execute(f"SELECT DISTINCT {_name(FREQ)}, {_name(TIME_PERIOD)} FROM orders").fetchall()
    strange = [
        f"({_quoted(freq)}, {_quoted(time)})"
        for freq, time in times
        if freq in FREQUENCIES and time is not None and not belongs(freq, time)
    ]
    if strange:
        asked = f"({_name(FREQ)}, {_name(TIME_PERIOD)}) IN ({', '.join(strange)})"
        yield from _orders(database, cube, asked, f"{TIME_PERIOD} is no period of its {FREQ}")


def _orders(database: duckdb.DuckDBPyConnection, cube: Cube, asked: str, message: str) -> Iterator[tuple[str, str]]:
    query = f"SELECT {_key(cube, 'orders')} FROM orders WHERE {asked} ORDER BY nth LIMIT {_MOST_FINDINGS}"
    yield from ((key, message) for (key,) in database.execute(query).fetchall())


def unlike(
    database: duckdb.DuckDBPyConnection, cube: Cube, places: Mapping[str, Path]
) -> Iterator[tuple[str, str, str]]:
    """Yield (file, key, fault) of what only one of the two files of a cube says, no values named.

    ``places`` are the orders of each file, kept by ``write_orders``.
    """
    for number, place in enumerate(places.values()):
        database.execute(f"CREATE OR REPLACE TEMP VIEW twin{number} AS SELECT * FROM read_parquet({_quoted(place)})")
    (table, message), key = places, [_name(column) for column in (ACTION, *cube.key_ids)]
    same = " AND ".join(f"twin0.{column} IS NOT DISTINCT FROM twin1.{column}" for column in key)
    differing = ", ".join(
        f"CASE WHEN {_said('twin0', column)} IS DISTINCT FROM {_said('twin1', column)} THEN {_quoted(column)} END"
        for column in order_columns(cube)[1:]
        if column not in cube.key_ids
    )
    query = (
        f"SELECT coalesce(twin0.{ACTION}, twin1.{ACTION}),"
        " twin0.nth IS NULL AS no_row, twin1.nth IS NULL AS no_element,"
        f" CASE WHEN twin0.nth IS NULL THEN {_key(cube, 'twin1')} ELSE {_key(cube, 'twin0')} END,"
        f" concat_ws(', ', {differing}) AS differing FROM twin0 FULL JOIN twin1 ON {same}"
        f" WHERE no_row OR no_element OR differing <> '' ORDER BY twin0.nth, twin1.nth LIMIT {_MOST_FINDINGS}"
    )
    for action, no_row, no_element, code, components in database.execute(query).fetchall():
        verb = "replaced" if action == "R" else "deleted"
        path, other = (message, table) if no_row else (table, message)
        if no_row or no_element:
            yield path, code, f"is {verb} here, but not in {Path(other).name}"
        else:
            yield path, code, f"is {verb} otherwise than in {Path(other).name}: {components}"


def _said(orders: str, column: str) -> str:
    """Return what SQL compares of a cell: its text, or of what is deleted only that it is there."""
    cell = f"{orders}.{_name(column)}"
    return f"CASE WHEN {orders}.{ACTION} = 'D' AND {cell} IS NOT NULL THEN '{_DASH}' ELSE {cell} END"


def _key(cube: Cube, orders: str) -> str:
    """Return the SQL of an order's key as findings name it."""
    cells = ", ".join(f"coalesce({orders}.{_name(column)}, '')" for column in cube.key_ids)
    return f"concat_ws('.', {cells})"


def _name(column: str) -> str:
    return f'"{column}"'


def _quoted(text: object) -> str:
    words = str(text).replace("'", "''")
    return f"'{words}'"
