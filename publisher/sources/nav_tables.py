"""Fragments with a place -> the tables of a NAV report: put together, nothing twice, nothing missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from publisher.naming import TOTAL
from publisher.sources.nav_fragments import Placed, columns_that_differ
from publisher.sources.nav_labels import Family
from publisher.sources.nav_layout import Row
from publisher.sources.nav_text import Remarks, shown


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the family and the code it is of, and its rows by code, the total (``_T``) first."""

    family: Family
    code: str
    rows: Mapping[str, Row]


def merge(placed: Sequence[Placed], remarks: Remarks) -> tuple[Table, ...]:
    """Return the tables that the fragments make, in the order they begin.

    A total row repeated because a table is split is read once; so is a table that stands there
    twice with the same counts, which is a notice. What contradicts itself goes to ``remarks``.
    """
    by_table: dict[tuple[str, str], list[Placed]] = {}
    for item in placed:
        by_table.setdefault((item.family.cube.id, item.code), []).append(item)
    return tuple(_table(fragments, remarks) for fragments in by_table.values())


def _table(fragments: list[Placed], remarks: Remarks) -> Table:
    first = fragments[0]
    for other in fragments[1:]:
        if other.total.counts != first.total.counts:
            columns = columns_that_differ(first.total, other.total)
            message = f"the total row {shown(other.total.label)} differs from line {first.total.line} in {columns}"
            remarks.fault("differing-total", other.total.line, f"{message}: correct one of them")
    rows: dict[str, list[Row]] = {}
    for fragment in fragments:
        for code, row in fragment.parts.items():
            rows.setdefault(code, []).append(row)
    _check_repeats(first, fragments, rows, remarks)
    once = {TOTAL: first.total} | {code: found[0] for code, found in rows.items()}
    return Table(first.family, first.code, MappingProxyType(once))


def _check_repeats(first: Placed, fragments: list[Placed], rows: Mapping[str, list[Row]], remarks: Remarks) -> None:
    """Say which rows of a table stand in more than one fragment of it."""
    name = f"the table {shown(first.total.label)} by {first.family.rows}"
    same = True
    for found in rows.values():
        for row in found[1:]:
            if row.counts != found[0].counts:
                same = False
                columns = columns_that_differ(found[0], row)
                message = f"row {shown(row.label)} of {name} differs from line {found[0].line} in {columns}"
                remarks.fault("differing-row", row.line, f"{message}: keep the right one")
    times = {len(found) for found in rows.values()}
    if not same or times == {1}:
        return
    if len(times) == 1:
        again = sorted({_fragment_of(found[1], fragments).total.line for found in rows.values()})
        message = f"{name}, from line {first.total.line} on, stands here again with the same counts: read once"
        remarks.notice("repeated-table", again[0], message)
        return
    for found in rows.values():
        for row in found[1:]:
            message = f"row {shown(row.label)} of {name} stands on line {found[0].line} already: keep one"
            remarks.fault("repeated-row", row.line, message)


def _fragment_of(row: Row, fragments: Iterable[Placed]) -> Placed:
    return next(fragment for fragment in fragments if any(part is row for part in fragment.parts.values()))


def check_shape(
    families: Iterable[Family], tables: Sequence[Table], placed: Sequence[Placed], total: str, remarks: Remarks
) -> None:
    """Note every table, and every row of a table, that its cube requires and the report lacks."""
    for family in families:
        codes = {table.code for table in tables if table.family is family}
        for code in family.cube.required.get(family.tables, ()):
            if code not in codes:
                label = f"{total} {family.table_name(code)}" if code != TOTAL else total
                message = f"no table '{label}' ({code}) by {family.rows}, which cube '{family.cube.id}' requires"
                remarks.fault("missing-table", None, f"{message}: a fragment is missing")
    for table in tables:
        _check_rows(table, placed, remarks)


def _check_rows(table: Table, placed: Sequence[Placed], remarks: Remarks) -> None:
    family = table.family
    missing = [code for code in family.cube.required.get(family.rows, ()) if code not in table.rows]
    if not missing:
        return
    lines = [item.total.line for item in placed if item.family is family and item.code == table.code]
    stands = f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(map(str, lines))}"
    labels = ", ".join(f"'{family.row_label(code)}' ({code})" for code in missing)
    message = f"the table {shown(table.rows[TOTAL].label)} by {family.rows}, on {stands}, has no row {labels}"
    remarks.fault("missing-row", lines[0], f"{message}: a fragment is missing, or a row")
