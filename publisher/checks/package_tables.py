"""A table of a data package on columns: what its schema asks of it, as SQL in DuckDB, for any number of rows.

The schema may be anybody's. What it asks and SQL cannot answer is said to be unchecked, never passed.
Cells are read as texts; patterns are RE2's, which take time in proportion to the text (no backtracking).
Source: Table Schema 2.0 and Table Dialect 2.0.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.package_fields import Asked, Field, quoted
from publisher.checks.reader import words_of
from publisher.errors import Finding, Severity

if TYPE_CHECKING:
    import duckdb

_MOST_CODES = 20
_LINE_ENDS = ("\n", "\r\n", "\r")
_READ = ("$schema", "header", "delimiter", "lineTerminator", "quoteChar", "doubleQuote", "escapeChar", "nullSequence")
# What says nothing where it has this value.
_USUAL: Mapping[str, Any] = {"skipInitialSpace": False, "headerRows": [1], "commentRows": [], "headerJoin": " "}
_BY_NAME = ("equal", "subset", "superset", "partial")


class UnreadTableError(Exception):
    """A table is written in a way that is not read as columns, or is broken; the message says how."""


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file in UTF-8: its resource's name, the file as reports name it and as it is opened, schema and dialect."""

    name: str
    shown: str
    path: Path
    schema: Mapping[str, Any]
    dialect: Mapping[str, Any] = field(default_factory=dict)

    @property
    def field_names(self) -> list[str]:
        """The names of the fields, in the order of the schema."""
        return [str(item.get("name")) for item in listed(self.schema.get("fields")) if isinstance(item, dict)]

    def header(self) -> list[str]:
        """Return the cells of the first row. Raises UnreadTableError."""
        options: dict[str, Any] = {"delimiter": self.dialect.get("delimiter", ",")}
        if quote := self.dialect.get("quoteChar", '"'):
            options["quotechar"] = quote
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as stream:
                return next(csv.reader(stream, **options), [])
        except (csv.Error, UnicodeDecodeError, TypeError, ValueError) as error:
            raise UnreadTableError(f"its first row cannot be read: {words_of(error)}") from error

    def rows(self) -> str:
        """Return it as SQL: texts c0, c1, ..., nothing guessed and an empty cell as an empty text."""
        dialect = self.dialect
        odd = [key for key in dialect if key not in _READ and dialect[key] != _USUAL.get(key, ())]
        if odd or dialect.get("lineTerminator", "\n") not in _LINE_ENDS:
            raise UnreadTableError(
                f"its dialect has {', '.join(odd) or 'lineTerminator'}, which is not read as columns"
            )
        quote = dialect.get("quoteChar", '"')
        escape = quote if dialect.get("doubleQuote", True) else dialect.get("escapeChar", "")
        columns = ", ".join(f"c{number}: 'VARCHAR'" for number in range(len(self.header())))
        return (
            f"read_csv({_literal(self.path)}, header = {str(self.has_header).lower()}, "
            f"all_varchar = true, auto_detect = false, delim = {_literal(str(dialect.get('delimiter', ',')))}, "
            f"quote = {_literal(str(quote))}, escape = {_literal(str(escape))}, nullstr = '\\0', "
            f"columns = {{{columns}}})"
        )

    @property
    def has_header(self) -> bool:
        """Whether its first row holds the names of the columns."""
        return self.dialect.get("header", True) is not False


@dataclass(frozen=True, slots=True)
class Looked:
    """A table that is looked at: its rows as SQL with ``file_row_number``, its fields by name, the rule of findings."""

    database: duckdb.DuckDBPyConnection
    table: Table
    columns: str
    fields: Mapping[str, Field]
    rule: str

    def finding(self, message: str, row: int | None = None, severity: Severity = "error") -> Finding:
        """Return what is wrong with the table; ``row`` counts from 0 below the header."""
        line = None if row is None else row + (2 if self.table.has_header else 1)
        return Finding(self.rule, message, severity, file=self.table.shown, line=line)

    def count(self, query: str, values: tuple[Any, ...] = ()) -> tuple[int, int]:
        """Return the answer of a query for how many, and the first."""
        count, row = self.database.execute(query, list(values)).fetchone() or (0, 0)
        return int(count), int(row)


def faults(
    database: duckdb.DuckDBPyConnection, table: Table, others: Mapping[str, Table], scratch: Path, rule: str
) -> Iterator[Finding]:
    """Yield what is wrong with a table, or unchecked; ``others`` are the tables of the package by name.

    Raises UnreadTableError where it is no table to DuckDB.
    """
    import duckdb

    header = table.header()
    if not header:
        raise UnreadTableError("it is empty: not even a header")
    wrong, fields = _matched(table, header)
    if wrong:
        yield Finding(rule, wrong, file=table.shown, line=1)
        return
    copy = scratch / "_table.parquet"
    try:
        # Each question reads a column or two: as columns the text is parsed once, not once for each question.
        database.execute(f"COPY (SELECT * FROM {table.rows()}) TO {_literal(copy)} (FORMAT parquet, COMPRESSION lz4)")
    except duckdb.Error as error:
        raise UnreadTableError(_words(error)) from error
    columns = f"read_parquet({_literal(copy)}, file_row_number = true)"
    looked = Looked(database, table, columns, {item.name: item for item in fields}, rule)
    for item in fields:
        yield from _column(looked, item)
    yield from _keys(looked)
    for foreign in listed(table.schema.get("foreignKeys")):
        yield from _foreign_key(looked, foreign, others)


def listed(value: Any) -> list[Any]:
    """Return a list as it is, and anything else as an empty one."""
    return value if isinstance(value, list) else []


def _matched(table: Table, header: list[str]) -> tuple[str, list[Field]]:
    """Return (what is wrong with the header, the fields with their columns): see Table Schema, fieldsMatch."""
    names = table.field_names
    match = table.schema.get("fieldsMatch")
    if not names:
        return "", []
    if not table.has_header:
        if len(header) != len(names):
            return f"has {len(header)} columns, the schema {len(names)} fields: make the two the same", []
        header = names
    have, want = set(header), set(names)
    right = {"equal": have == want, "subset": want <= have, "superset": have <= want, "partial": bool(have & want)}
    if not right.get(str(match), header == names):
        # A file without its header has numbers there.
        message = f"has the columns {', '.join(map(quoted, header))}, the package says {', '.join(map(quoted, names))}"
        return f"{message}: make the two the same", []
    places = {name: place for place, name in reversed(list(enumerate(header)))}
    described = [item for item in listed(table.schema.get("fields")) if isinstance(item, dict)]
    missing, null = table.schema.get("missingValues"), table.dialect.get("nullSequence")
    return "", [
        Field.of(item, places[name] if match in _BY_NAME else number, missing, null)
        for number, (item, name) in enumerate(zip(described, names, strict=True))
        if name in places
    ]


def _words(error: Exception) -> str:
    """Return what DuckDB says of a file before it shows the row and how it might be told to read it."""
    text = str(error)
    for follows in ("Original Line", "Possible fixes", "Possible solution", "Possible Solution", "file ="):
        text = text.partition(follows)[0]
    return words_of(ValueError(text))


def _column(looked: Looked, item: Field) -> Iterator[Finding]:
    """Yield each fault of a column with its first line and how many rows have it."""
    for asked in item.asked():
        if asked.unchecked:
            yield looked.finding(f"{item.name}: {asked.unchecked}", severity="warning")
            continue
        count, row, failure = _answered(looked, asked)
        if failure:
            yield looked.finding(f"{item.name} is not checked ({asked.fault}): {failure}", severity="warning")
        elif count:
            yield looked.finding(f"{item.name} {asked.fault} in {count:,} rows{asked.remedy}", row)


def _answered(looked: Looked, asked: Asked) -> tuple[int, int, str]:
    """Return (how many rows are wrong, the first of them, why it cannot be said)."""
    import duckdb

    query = f"SELECT count(*), coalesce(min(file_row_number), 0) FROM {looked.columns} WHERE {asked.wrong}"
    try:
        return (*looked.count(query, asked.values), "")
    except duckdb.Error as error:
        return 0, 0, words_of(error)


def _keys(looked: Looked) -> Iterator[Finding]:
    """Yield keys that stand twice, and parts of the primary key that are empty."""
    schema, fields = looked.table.schema, looked.fields
    unique = [[name] for name, item in fields.items() if item.constraints.get("unique") is True]
    primary = _names(schema.get("primaryKey"))
    for key in (primary, *map(_names, listed(schema.get("uniqueKeys"))), *unique):
        fault = "primary keys stand twice" if key is primary else "values that must be unique stand twice"
        if not all(name in fields for name in key):
            yield looked.finding(
                f"the key {', '.join(key)} has a column that the table does not have: correct the schema"
            )
        elif key:
            whole = " AND ".join(f"NOT ({fields[name].is_missing})" for name in key)
            twice = (
                f"SELECT min(file_row_number, 2)[2] AS row FROM {looked.columns} WHERE {whole} "
                f"GROUP BY {', '.join(fields[name].column for name in key)} HAVING count(*) > 1"
            )
            count, row = looked.count(f"SELECT count(*), coalesce(min(row), 0) FROM ({twice})")
            if count:
                yield looked.finding(f"{count:,} {fault} ({', '.join(key)}): leave one row of each", row)
    for name in primary:
        if name in fields and fields[name].constraints.get("required") is not True:
            asked = Asked(fields[name].is_missing, (), "")
            count, row, _ = _answered(looked, asked)
            if count:
                yield looked.finding(f"{name} is empty in {count:,} rows, and is of the primary key: fill it", row)


def _names(key: Any) -> list[str]:
    return [key] if isinstance(key, str) else [str(name) for name in listed(key)]


def _foreign_key(looked: Looked, foreign: Any, others: Mapping[str, Table]) -> Iterator[Finding]:
    """Yield values of a foreign key that the other table does not have; a key with an empty part asks for nothing."""
    table, fields = looked.table, looked.fields
    reference = foreign.get("reference") if isinstance(foreign, dict) else None
    if not isinstance(reference, dict):
        yield looked.finding("has a foreign key without a reference: see Table Schema, foreignKeys")
        return
    own, targets = _names(foreign.get("fields")), _names(reference.get("fields"))
    resource = str(reference.get("resource") or table.name)
    other = table if resource == table.name else others.get(resource)
    if other is None:
        yield looked.finding(f"{', '.join(own)} is not checked: the table {resource} is not read", severity="warning")
        return
    header = other.header() if other.has_header else other.field_names
    if not own or len(own) != len(targets) or not set(own) <= set(fields) or not set(targets) <= set(header):
        yield looked.finding(f"the foreign key {', '.join(own)} to {other.shown} names a column that is not there")
        return
    pairs = zip(own, targets, strict=True)
    same = " AND ".join(f"there.c{header.index(target)} = here.{fields[name].column}" for name, target in pairs)
    whole = " AND ".join(f"NOT ({fields[name].is_missing})" for name in own)
    keys = ", ".join(f"here.{fields[name].column}" for name in own)
    rows = looked.columns if other is table else other.rows()
    query = (
        f"SELECT {keys}, min(here.file_row_number) FROM (SELECT * FROM {looked.columns} WHERE {whole}) AS here "
        f"ANTI JOIN (SELECT * FROM {rows}) AS there ON {same} GROUP BY {keys} ORDER BY {keys}"
    )
    for *codes, row in looked.database.execute(query).fetchmany(_MOST_CODES):
        shown = ", ".join(map(quoted, codes))
        yield looked.finding(f"{', '.join(own)} {shown} is not in {other.shown}: add it there, or correct it", int(row))


def _literal(text: Path | str) -> str:
    return "'" + str(text).replace("'", "''") + "'"
