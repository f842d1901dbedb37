"""The data package on columns: what frictionless checks row by row, as SQL in DuckDB, for any number of rows."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.check import Outcome, Subject
from publisher.digests import digest
from publisher.errors import Finding
from publisher.observations import connect

if TYPE_CHECKING:
    import duckdb

_SHAPES = {"integer": "-?[0-9]+", "number": "-?[0-9]+([.][0-9]+)?"}
RULE = "data-package"


def run(subject: Subject) -> Outcome:
    """Check bytes and hash of every resource, and of tables the header, types, patterns and keys."""
    package, faults = descriptor(subject)
    if faults:
        return Outcome(faults)
    findings: list[Finding] = []
    paths = {resource["name"]: subject.folder / resource["path"] for resource in package["resources"]}
    with connect(subject.scratch) as database:
        for resource in package["resources"]:
            findings += _bytes(subject.folder, resource)
            if "schema" in resource and not findings:
                findings += _table(database, resource, paths, subject.scratch)
    return Outcome(tuple(findings), f"{len(package['resources']):,} resources")


def descriptor(subject: Subject) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Return ``datapackage.json``, and what keeps its files from being looked at: it is none, or one is not there."""
    try:
        package = json.loads((subject.folder / "datapackage.json").read_text(encoding="utf-8"))
        missing = [str(item["path"]) for item in package["resources"] if item["path"] not in subject.files]
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
        message = f"cannot be read: {type(error).__name__}: {error}"
        return {}, (Finding(RULE, message, file="datapackage.json"),)
    return package, tuple(Finding(RULE, "is missing", file=path) for path in missing)


def _finding(resource: dict[str, Any], message: str) -> Finding:
    return Finding(RULE, message, file=resource["path"])


def _bytes(folder: Path, resource: dict[str, Any]) -> Iterator[Finding]:
    path = folder / resource["path"]
    if not path.is_file():
        yield _finding(resource, "is missing")
        return
    size, sha256 = digest(path)
    if size != resource["bytes"]:
        yield _finding(resource, f"has {size} bytes, the package says {resource['bytes']}")
    if f"sha256:{sha256}" != resource["hash"]:
        yield _finding(resource, "its sha256 is not the one in the package")


def _table(
    database: duckdb.DuckDBPyConnection, resource: dict[str, Any], paths: dict[str, Path], scratch: Path
) -> Iterator[Finding]:
    schema = resource["schema"]
    path = paths[resource["name"]]
    if (header := _header(path)) != (names := [field["name"] for field in schema["fields"]]):
        yield _finding(resource, f"has the columns {', '.join(header)}, the package says {', '.join(names)}")
        return
    columns = _rows(path)
    if "primaryKey" in schema:
        # Each question reads a column or two: as columns the text is parsed once, not once for each question.
        copy = _literal(scratch / "_table.parquet")
        database.execute(f"COPY (SELECT * FROM {columns}) TO {copy} (FORMAT parquet, COMPRESSION lz4)")
        columns = f"read_parquet({copy})"
    for field in schema["fields"]:
        yield from _column(database, resource, columns, field)
    if "primaryKey" in schema:
        keys = ", ".join(_quoted(name) for name in schema["primaryKey"])
        twice = _count(database, f"SELECT {keys} FROM {columns} GROUP BY ALL HAVING count(*) > 1")
        if twice:
            yield _finding(resource, f"{twice:,} primary keys stand twice")
    for foreign in schema.get("foreignKeys", ()):
        yield from _foreign_key(database, resource, columns, foreign, paths)


def _column(
    database: duckdb.DuckDBPyConnection, resource: dict[str, Any], columns: str, field: dict[str, Any]
) -> Iterator[Finding]:
    name = _quoted(field["name"])
    constraints = field.get("constraints", {})
    kind = field["type"]
    shapes = ((f"is no {kind}", _SHAPES.get(kind)), ("does not fit its pattern", constraints.get("pattern")))
    for fault, shape in shapes:
        if shape is not None:
            wrong = f"SELECT 1 FROM {columns} WHERE {name} <> '' AND NOT regexp_full_match({name}, ?)"
            if count := _count(database, wrong, [shape]):
                yield _finding(resource, f"{field['name']} {fault} in {count:,} rows")
    if constraints.get("required") and (empty := _count(database, f"SELECT 1 FROM {columns} WHERE {name} = ''")):
        yield _finding(resource, f"{field['name']} is empty in {empty:,} rows")


def _foreign_key(
    database: duckdb.DuckDBPyConnection,
    resource: dict[str, Any],
    columns: str,
    foreign: dict[str, Any],
    paths: dict[str, Path],
) -> Iterator[Finding]:
    other = paths[foreign["reference"]["resource"] or resource["name"]]
    (column,), (target,) = foreign["fields"], foreign["reference"]["fields"]
    known = f"SELECT {_quoted(target)} FROM {_rows(other)}"
    name = _quoted(column)
    unknown = f"SELECT DISTINCT {name} FROM {columns} WHERE {name} <> '' AND {name} NOT IN ({known})"
    for (code,) in database.execute(f"{unknown} ORDER BY 1 LIMIT 20").fetchall():
        yield _finding(resource, f"{column} '{code}' is not in {other.name}")


def _rows(path: Path) -> str:
    """Return a CSV file as a table of texts, nothing guessed and an empty cell as an empty text."""
    return (
        f"read_csv({_literal(path)}, header = true, all_varchar = true, auto_detect = false, delim = ',', "
        f"quote = '\"', escape = '\"', nullstr = '\\0', columns = {_columns(path)})"
    )


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream), [])


def _columns(path: Path) -> str:
    return "{" + ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in _header(path)) + "}"


def _literal(text: Path | str) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _count(database: duckdb.DuckDBPyConnection, query: str, values: list[str] | None = None) -> int:
    (count,) = database.execute(f"SELECT count(*) FROM ({query})", values or []).fetchone() or (0,)
    return int(count)
