"""The deltas of a release, as they are written: what a store does that applies them, and where it ends.

Each file is read into one table of orders, in the order of the file. Of a release alone it can be
said that what is replaced stands in it alike, that what is deleted does not stand in it, and that
both files say the same. While a release is built the one before is at hand: both are then applied
to it, in a store that replaces observations and in one that merges them, and each must end with
the release.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_delta_head import header_faults
from publisher.checks.sdmx_delta_read import ACTION, ReadOrders, read_csv, read_xml, write_orders
from publisher.checks.sdmx_delta_twins import unknown_words, unlike
from publisher.errors import Finding
from publisher.model import Cube
from publisher.observations import Observations, connect

if TYPE_CHECKING:
    import duckdb

RULE = "sdmx-delta"
_FILES = {"sdmx/{cube}/delta-2.0.csv": read_csv, "sdmx/{cube}/delta-3.0.xml": read_xml}
_MOST_FINDINGS = 20


def run(subject: Subject) -> Outcome:
    """Check both deltas of each cube that has one, or that must have one."""
    findings: list[Finding] = []
    counts = {"R": 0, "D": 0}
    for cube_id, observations in subject.observations.items():
        paths = {path.format(cube=cube_id): read for path, read in _FILES.items()}
        if cube_id not in subject.previous and subject.files.isdisjoint(paths):
            continue
        counted: dict[str, int] = {}
        found: list[Finding] = []
        with connect(subject.scratch) as database:
            _describe(database, subject, observations)
            for path, read in paths.items():
                faults: list[tuple[str | None, str]] = [(None, "is missing")]
                if path in subject.files:
                    faults, counted = _applied(database, subject, observations.cube, path, read)
                found += (Finding(RULE, message, file=path, cube=cube_id, key=key) for key, message in faults)
            if not found:  # what is wrong in one file is not said of the other too
                places = {path: _place(subject, cube_id, path) for path in paths}
                found += (
                    Finding(RULE, message, file=path, cube=cube_id, key=key)
                    for path, key, message in unlike(database, observations.cube, places)
                )
        findings += found
        for action, count in counted.items():  # both files say the same
            counts[action] += count
    return Outcome(tuple(findings), f"{counts['R']:,} replaced and {counts['D']:,} deleted")


def _describe(database: duckdb.DuckDBPyConnection, subject: Subject, observations: Observations) -> None:
    """Make views of the release and the one before, and a table of the keys in which they differ."""
    cube = observations.cube
    for name, there in (("whole_release", observations), ("whole_before", subject.previous.get(cube.id))):
        database.execute(f"CREATE VIEW {name} AS SELECT {_texts(there, cube)}")
    key, rest = _columns(cube)
    differs = " OR ".join(f"release.{column} IS DISTINCT FROM before.{column}" for column in rest)
    if cube.id not in subject.previous:
        differs = "false"
    keys = ", ".join(f"coalesce(release.{column}, before.{column}) AS {column}" for column in key)
    database.execute(
        f"CREATE TEMP TABLE differing AS SELECT {keys} FROM whole_release AS release"
        f" FULL JOIN whole_before AS before ON {_same('release', 'before', key)} WHERE {differs}"
    )


def _texts(observations: Observations | None, cube: Cube) -> str:
    """Return what selects observations as texts, in the columns of a cube; what is suppressed is ``NaN``."""
    if observations is None:
        return ", ".join(f"CAST(NULL AS VARCHAR) AS {_name(column)}" for column in cube.columns) + " LIMIT 0"
    there = observations.cube.columns
    texts = {column: f"CAST({_name(column)} AS VARCHAR)" if column in there else "NULL" for column in cube.columns}
    texts[cube.measure.id] = f"coalesce({texts[cube.measure.id]}, 'NaN')"
    columns = ", ".join(f"{text} AS {_name(column)}" for column, text in texts.items())
    return f"{columns} FROM read_parquet('{_quoted(observations.path)}')"


def _applied(
    database: duckdb.DuckDBPyConnection, subject: Subject, cube: Cube, path: str, read: ReadOrders
) -> tuple[list[tuple[str | None, str]], dict[str, int]]:
    """Read one delta and apply it; return (key, fault) of each fault, and how many orders there are by action."""
    place = _place(subject, cube.id, path)
    try:
        write_orders(place, cube, read(subject.folder / path, cube, subject.dataset))
    except UnreadableError as error:
        return [(None, str(error))], {}
    database.execute(f"CREATE OR REPLACE TEMP TABLE orders AS SELECT * FROM read_parquet('{_quoted(place)}')")
    key, _ = _columns(cube)
    keys = ", ".join(key)
    # What no order speaks of, and was the same before, needs no second look.
    looked_at = (
        f"SELECT {keys} FROM orders UNION SELECT {keys} FROM differing UNION"
        f" SELECT {keys} FROM whole_release WHERE EXISTS (SELECT 1 FROM orders WHERE {key[0]} IS NULL) UNION"
        f" SELECT {keys} FROM whole_before WHERE EXISTS (SELECT 1 FROM orders WHERE {key[0]} IS NULL)"
    )
    database.execute(f"CREATE OR REPLACE TEMP TABLE touched AS {looked_at}")
    for name in ("release", "before"):
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT whole_{name}.* FROM whole_{name}"
            f" SEMI JOIN touched ON {_same(f'whole_{name}', 'touched', key)}"
        )
    found: list[tuple[str | None, str]] = [*_faults(database, cube)]
    found += unknown_words(database, cube, is_table=path.endswith(".csv"))
    if path.endswith(".xml"):
        found += ((None, fault) for fault in header_faults(subject, cube, subject.folder / path))
    if not found and cube.id in subject.previous:
        found += _wrong_ends(database, cube)
    counted = database.execute(f"SELECT {ACTION}, count(*) FROM orders GROUP BY ALL").fetchall()
    return found, dict(counted)


def _place(subject: Subject, cube: str, path: str) -> Path:
    """Return where the orders of a file are kept."""
    return subject.scratch / f"{cube}.{Path(path).name}.orders.parquet"


def _questions(cube: Cube) -> dict[str, str]:
    """Return the table of what no delta may hold: which orders, as a query, and what is wrong with them."""
    key = [f'"{column}"' for column in cube.key_ids]
    whole = " AND ".join(f"orders.{column} IS NOT NULL" for column in key)
    empty = " AND ".join(f"orders.{column} IS NULL" for column in key)
    same = " AND ".join(f"orders.{column} = release.{column}" for column in key)
    said = [f'orders."{column}"' for column in (cube.measure.id, *cube.attribute_ids, *_constants(cube))]
    nothing = " AND ".join(f"{column} IS NULL" for column in said)
    losable = {attribute.id for attribute in cube.attributes if not attribute.required}
    kept = [f'orders."{column}"' for column in (cube.measure.id, *cube.attribute_ids) if column not in losable]
    kept += [f'orders."{column}"' for column in _constants(cube)]
    differs = [
        f'orders."{column}" IS DISTINCT FROM release."{column}"' for column in (cube.measure.id, *cube.attribute_ids)
    ]
    differs += [f"orders.\"{column}\" IS DISTINCT FROM '{value}'" for column, value in _constants(cube).items()]
    return {
        f"SELECT * FROM orders WHERE {ACTION} = 'D' AND NOT ({whole}) AND NOT ({empty} AND {nothing})": (
            "is deleted with a part of a key: that deletes everything that fits"
        ),
        f"SELECT * FROM orders WHERE {ACTION} = 'R' AND NOT ({whole})": "is replaced with a part of a key",
        f"SELECT * FROM orders WHERE {ACTION} = 'D' AND nth > (SELECT min(nth) FROM orders WHERE {ACTION} = 'R')": (
            "is deleted after something was replaced: what is deleted comes first"
        ),
        f"SELECT * FROM orders WHERE {ACTION} = 'D' AND ({' OR '.join(f'{column} IS NOT NULL' for column in kept)})": (
            "is deleted with a component that every observation has: only that would be deleted"
        ),
        f"SELECT * FROM orders QUALIFY row_number() OVER (PARTITION BY {ACTION}, {', '.join(key)} ORDER BY nth) = 2": (
            "stands twice with the same action"
        ),
        f"SELECT orders.* FROM orders WHERE {ACTION} = 'R' AND NOT EXISTS (SELECT 1 FROM release WHERE {same})": (
            "is replaced, but is not in the release"
        ),
        f"SELECT orders.* FROM orders JOIN release ON {same} WHERE {ACTION} = 'R' AND ({' OR '.join(differs)})": (
            "is replaced by something else than the release has"
        ),
        f"SELECT orders.* FROM orders JOIN release ON {same} WHERE {ACTION} = 'D' AND {nothing}": (
            "is deleted, but is in the release"
        ),
        f"SELECT release.*, 0 AS nth FROM release WHERE EXISTS (SELECT 1 FROM orders WHERE {ACTION} = 'D' AND {empty})"
        f" AND NOT EXISTS (SELECT 1 FROM orders WHERE {ACTION} = 'R' AND {same})": (
            "is not replaced, though everything is deleted"
        ),
        **{
            f"SELECT orders.* FROM orders LEFT JOIN release ON {same}"
            f" WHERE {ACTION} = 'D' AND orders.\"{column}\" IS NOT NULL"
            f' AND (release.{key[0]} IS NULL OR release."{column}" IS NOT NULL)': (
                f"loses {column}, but the release has it, or has no such observation"
            )
            for column in sorted(losable)
        },
    }


def _faults(database: duckdb.DuckDBPyConnection, cube: Cube) -> Iterator[tuple[str, str]]:
    """Yield (key, fault) of orders that no store needs, or that contradict the release."""
    key = ", ".join(f"coalesce(\"{column}\", '')" for column in cube.key_ids)
    text = f"concat_ws('.', {key})"
    for question, message in _questions(cube).items():
        found = database.execute(f"SELECT {text} FROM ({question}) ORDER BY nth LIMIT {_MOST_FINDINGS}").fetchall()
        yield from ((place, message) for (place,) in found)


def _wrong_ends(database: duckdb.DuckDBPyConnection, cube: Cube) -> Iterator[tuple[str, str]]:
    """Apply the orders to the release before, in both kinds of store; yield (key, where it is not the release)."""
    key, rest = _columns(cube)
    first = key[0]
    marked = " AND ".join(f"gone.{column} IS NULL" for column in rest)
    kept = ", ".join(
        [
            *(f"before.{column}" for column in key),
            *(f"CASE WHEN gone.{column} IS NULL THEN before.{column} END AS {column}" for column in rest),
        ]
    )
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE kept AS SELECT {kept} FROM before"
        f" LEFT JOIN (SELECT * FROM orders WHERE {ACTION} = 'D') AS gone ON {_same('gone', 'before', key)}"
        f" WHERE NOT EXISTS (SELECT 1 FROM orders WHERE {ACTION} = 'D' AND {first} IS NULL)"
        f" AND NOT (gone.{first} IS NOT NULL AND {marked})"
    )
    for store, cell in (
        ("replaces", "CASE WHEN given.{first} IS NULL THEN kept.{column} ELSE given.{column} END AS {column}"),
        ("merges", "coalesce(given.{column}, kept.{column}) AS {column}"),
    ):
        cells = ", ".join(
            [
                *(f"coalesce(given.{column}, kept.{column}) AS {column}" for column in key),
                *(cell.format(first=first, column=column) for column in rest),
            ]
        )
        end = (
            f"SELECT {cells} FROM kept FULL JOIN (SELECT * FROM orders WHERE {ACTION} = 'R') AS given"
            f" ON {_same('kept', 'given', key)}"
        )
        yield from _differences(database, end, f"in a store that {store}", key, rest)


def _differences(
    database: duckdb.DuckDBPyConnection, end: str, place: str, key: list[str], rest: list[str]
) -> Iterator[tuple[str, str]]:
    """Yield (key, message) of what a store ends with beside, without or other than the release, no values named."""
    text = ", ".join(f"coalesce(store.{column}, release.{column})" for column in key)
    columns = ", ".join(
        f"CASE WHEN store.{column} IS DISTINCT FROM release.{column} THEN {column.replace(chr(34), chr(39))} END"
        for column in rest
    )
    found = database.execute(
        f"SELECT concat_ws('.', {text}) AS place, store.{key[0]} IS NULL, release.{key[0]} IS NULL,"
        f" concat_ws(', ', {columns}) AS differing"
        f" FROM ({end}) AS store FULL JOIN release ON {_same('store', 'release', key)}"
        f" WHERE differing <> '' OR store.{key[0]} IS NULL OR release.{key[0]} IS NULL"
        f" ORDER BY place LIMIT {_MOST_FINDINGS}"
    ).fetchall()
    for code, missing, stays, differing in found:
        if missing:
            yield code, f"is missing after the delta, {place}"
        elif stays:
            yield code, f"stays after the delta, {place}, but the release does not have it"
        else:
            yield code, f"is not as in the release after the delta, {place}: {differing}"


def _same(left: str, right: str, key: list[str]) -> str:
    return " AND ".join(f"{left}.{column} = {right}.{column}" for column in key)


def _constants(cube: Cube) -> dict[str, str]:
    return {attribute.id: attribute.value.replace("'", "''") for attribute in cube.series_attributes}


def _columns(cube: Cube) -> tuple[list[str], list[str]]:
    """Return the names of the key's columns, and of the measure and the attributes, as SQL has them."""
    return [_name(column) for column in cube.key_ids], [
        _name(column) for column in (cube.measure.id, *cube.attribute_ids)
    ]


def _name(column: str) -> str:
    return f'"{column}"'


def _quoted(path: object) -> str:
    return str(path).replace("'", "''")


CHECKS: tuple[Check, ...] = (
    Check(
        "SDMX deltas",
        "DuckDB",
        "fast",
        run,
        needs=("sdmx-delta",),
        files=tuple(path.format(cube="<cube>") for path in _FILES),
    ),
)
