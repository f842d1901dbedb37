"""The tables that a CSVW description describes, checked as a validator does: one verdict for each of them.

Source: Metadata Vocabulary for Tabular Data (W3C 2015), section 4 (a validator's duties), and Model for
Tabular Data and Metadata on the Web, section 6.6. What the vocabulary means is decided by the package
csvw; nothing is fetched, and a table that is elsewhere is said to be left out.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from publisher.checks import csvw_document
from publisher.checks.check import Outcome
from publisher.checks.csvw_document import RULE, ElsewhereError, Place
from publisher.checks.csvw_rows import MOST_FINDINGS, Keys, Rows
from publisher.checks.reader import words_of
from publisher.checks.run import Verdict
from publisher.errors import Finding, InputError

BY = "csvw"
MOST_BYTES = 4 << 30
# What csvw raises of a description that breaks a rule whose breach is an error, or that it does not expect.
_WRONG = (ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, RecursionError)


@dataclass(slots=True)
class _Table:
    """A table of a description: csvw's own, where it is, what is read of it, and why it is not, if so."""

    table: Any
    url: str
    place: Place | None = None
    rows: Rows | None = None
    left_out: str = ""
    seconds: float = 0.0
    schema_of: frozenset[str] = frozenset()
    references: list[tuple[Keys, Keys, str]] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def verdicts(root: Path, name: str, begin: Callable[[str], None] = lambda _: None) -> Iterator[Verdict]:
    """Yield what is found of a description in a folder, then of each of its tables.

    ``name`` is the path of the description in the folder; findings call files as seen from there.
    """
    place = Place(root, name)
    started = perf_counter()
    begin(name)
    tables: list[_Table] = []
    unmatched: list[str] = []
    try:
        findings = _described(place, tables, unmatched)
    except InputError as error:
        findings = list(error.findings)
    looked_at = f"{len(tables):,} tables"
    outcome = Outcome(tuple(findings), looked_at)
    yield Verdict("CSVW description", BY, outcome, perf_counter() - started, files=(name,))
    for table in tables:
        if table.rows is not None:
            begin(table.rows.name)
            started = perf_counter()
            table.rows.read()
            table.seconds = perf_counter() - started
    for table in tables:
        if not table.left_out:
            yield _verdict(table)
    for reason in dict.fromkeys(table.left_out for table in tables if table.left_out):
        named = _some([table.url for table in tables if table.left_out == reason])
        yield Verdict("CSVW table", BY, Outcome(), 0.0, f"{named}: {reason}", (name,))
    if unmatched:
        reason = f"{_some(unmatched)}: the format could take time without bounds: write it simpler, or leave it out"
        yield Verdict("CSVW formats", BY, Outcome(), 0.0, reason, (name,))
    if unresolved := [label for table in tables for label in table.unresolved]:
        reason = f"{_some(unresolved)}: what is referred to is not looked at"
        yield Verdict("CSVW foreign keys", BY, Outcome(), 0.0, reason, (name,))


def _some(names: list[str]) -> str:
    return f"{names[0]:.200}" + (f" and {len(names) - 1:,} more" if len(names) > 1 else "")


def _described(place: Place, tables: list[_Table], unmatched: list[str]) -> list[Finding]:
    """Fill in the tables of a description, and whose format is not matched; return what is wrong with it."""
    values = csvw_document.read(place)
    left_out = csvw_document.completed(values, place)
    unmatched += csvw_document.unmatched(values)
    described = csvw_document.tables_of(values)
    findings: list[Finding] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            group, found = _model(values)
        except _WRONG as error:
            words = words_of(error) or type(error).__name__
            raise InputError(
                Finding(RULE, f"breaks a rule of the vocabulary: {words:.300}", file=place.name)
            ) from error
    ignored = dict.fromkeys(words_of(each.message) for each in caught if isinstance(each.message, Warning))
    findings += (Finding(RULE, f"has what is ignored: {words:.300}", "warning", place.name) for words in ignored)
    for number, (table, its) in enumerate(zip(found, described, strict=True)):
        tables.append(_placed(table, group, its, values, place, left_out.get(number, "")))
    for item in tables:
        findings += _refer(item, tables, values, place)
    return findings[:MOST_FINDINGS]


def _model(values: dict[str, Any]) -> tuple[Any, list[Any]]:
    """Return the group and the tables that csvw makes of a description. Raises what csvw raises."""
    from csvw import Table, TableGroup

    if "tables" not in values:
        table = Table.fromvalue(values)
        return table, [table]
    group = TableGroup.fromvalue(values)
    if not group.tables:
        raise ValueError("a group of tables has one table or more")
    return group, list(group.tables)


def _placed(
    table: Any, group: Any, described: dict[str, Any], values: dict[str, Any], place: Place, left_out: str
) -> _Table:
    """Return a table with what will read it, or why it is not looked at."""
    from csvw.metadata import Dialect

    url = str(table.url)
    found = _Table(table, url, left_out=left_out, schema_of=_schema_of(described, values, place))
    try:
        found.place = csvw_document.table_place(values, place, url)
    except ElsewhereError as error:
        found.left_out = found.left_out or f"it is {error}"
        return found
    path = found.place.file()
    if path is None:
        message = f"is no file of the folder, though {place.name} describes it"
        found.findings.append(Finding(RULE, message, file=found.place.name))
    elif path.stat().st_size > MOST_BYTES:
        found.left_out = found.left_out or f"it has more than {MOST_BYTES >> 30} GiB"
    elif not found.left_out:
        dialect = table.dialect or group.dialect or Dialect()
        found.rows = Rows(table, dialect, path, found.place.name)
    return found


def _schema_of(described: dict[str, Any], values: dict[str, Any], place: Place) -> frozenset[str]:
    """Return what a table's schema is called, as it stands there and as a path in the folder."""
    schema = described.get("tableSchema")
    identifier = schema.get("@id") if isinstance(schema, dict) else None
    return (
        frozenset() if not isinstance(identifier, str) else frozenset((identifier, *_paths(identifier, values, place)))
    )


def _paths(reference: str, values: dict[str, Any], place: Place) -> tuple[str, ...]:
    try:
        return (csvw_document.table_place(values, place, reference).name,)
    except ElsewhereError:
        return ()


def _refer(source: _Table, tables: list[_Table], values: dict[str, Any], place: Place) -> Iterator[Finding]:
    """Note which rows a table's foreign keys refer to; yield those that no table can answer."""
    for key in source.table.tableSchema.foreignKeys:
        reference = key.reference
        named = str(reference.resource or reference.schemaReference or "")
        wanted = {named, *_paths(named, values, place)}
        targets = [item for item in tables if wanted & _names(item, bool(reference.resource))]
        label = f"the foreign key ({', '.join(map(str, key.columnReference or ()))}) of {source.url:.200}"
        if not targets:
            yield Finding(RULE, f"{label} refers to '{named:.200}', which is not described", file=place.name)
            continue
        columns, others = tuple(key.columnReference or ()), tuple(reference.columnReference or ())
        if len(columns) != len(others) or not _has(source, columns) or not _has(targets[0], others):
            yield Finding(RULE, f"{label} names columns that are not there, or not as many", file=place.name)
        elif source.rows is None or targets[0].rows is None:
            source.unresolved.append(label)
        else:
            mine, theirs = source.rows.ask(columns), targets[0].rows.ask(others)
            if mine is not None and theirs is not None:
                source.references.append((mine, theirs, targets[0].url))


def _names(item: _Table, as_table: bool) -> frozenset[str]:
    if not as_table:
        return item.schema_of
    return frozenset((item.url, *([item.place.name] if item.place else [])))


def _has(item: _Table, columns: tuple[str, ...]) -> bool:
    return bool(columns) and {column.name for column in item.table.tableSchema.columns if column.name} >= set(columns)


def _verdict(item: _Table) -> Verdict:
    """Return what is said of a table once all are read."""
    name = item.place.name if item.place else item.url
    findings, more, looked_at = list(item.findings), 0, ""
    if item.rows is not None:
        for keys, others, target in item.references:
            _compare(item.rows, keys, others, target)
        findings += item.rows.findings
        more, looked_at = item.rows.more, f"{item.rows.rows:,} rows"
    if more:
        findings.append(Finding(RULE, f"and {more:,} more like these", file=name))
    return Verdict("CSVW table", BY, Outcome(tuple(findings), looked_at), item.seconds, files=(name,))


def _compare(rows: Rows, keys: Keys, others: Keys, target: str) -> None:
    """Note rows that refer to no row of another table, or to more than one."""
    named = ", ".join(keys.columns)
    for key, line in keys.lines.items():
        if all(value is None for value in key):
            message = f"{named} is empty and so refers to no row of {target:.200}: in CSVW every row does"
            rows.note(message, line, "warning")
            continue
        wanted = [(value,) for value in key[0]] if len(key) == 1 and isinstance(key[0], tuple) else [key]
        missing = next((each for each in wanted if each not in others.lines), None)
        if missing is not None:
            rows.note(f"{named} refers to no row of {target:.200}", line)
        elif any(each in others.twice for each in wanted):
            rows.note(f"{named} refers to more than one row of {target:.200}", line)
