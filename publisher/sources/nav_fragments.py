"""Fragments of a NAV report -> the cube and the code each belongs to, which follow from its labels.

Nothing in the text names the dimension of a table: it is the one whose codes have all its labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from publisher.sources.nav_labels import Family, Known, near
from publisher.sources.nav_layout import MONTHS, Fragment, Row
from publisher.sources.nav_text import Remarks, fold, shown


@dataclass(frozen=True, slots=True)
class Placed:
    """A fragment whose table is known: the family, the table's code, its rows by the code they name."""

    family: Family
    code: str
    total: Row
    parts: Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A fragment whose labels are known, with the families that have all of them.

    ``candidates`` are (family, the code of the table in it); ``totals`` hold one row or more.
    """

    totals: tuple[Row, ...]
    parts: tuple[Row, ...]
    candidates: tuple[tuple[Family, str], ...]

    @property
    def total(self) -> Row:
        """Its first total row."""
        return self.totals[0]


def columns_that_differ(one: Row, other: Row) -> str:
    """Name the columns in which two rows differ, without saying how."""
    names = ("the average", *MONTHS)
    return ", ".join(name for name, a, b in zip(names, one.counts, other.counts, strict=False) if a != b)


@dataclass
class Placing:
    """Places the fragments of one report, in two passes, and keeps what is placed in the report's order."""

    families: Sequence[Family]
    total: str
    remarks: Remarks
    _labelled: list[_Labelled] = field(default_factory=list)

    def label(self, fragments: Sequence[Fragment]) -> None:
        """Look up every label; one that is not known, and a fragment not complete, goes to ``remarks``."""
        for fragment in fragments:
            totals, parts = self._split(fragment)
            if not totals:
                rows = "no row" if not fragment.rows else f"no row that begins with '{self.total}'"
                message = f"{rows} below the header: a table has its total row with it"
                self.remarks.fault("no-total", fragment.line, f"{message}; a row is missing")
            elif not parts:
                message = f"row {shown(totals[0].label)} stands alone: the other rows of the table are missing"
                self.remarks.fault("no-rows", totals[0].line, message)
            else:
                self._label(totals, parts)

    def _split(self, fragment: Fragment) -> tuple[list[Row], list[Row]]:
        """Return the total rows of a fragment and its other rows."""
        word = fold(self.total)
        known = {label for family in self.families for label in family.row_labels}
        totals = [row for row in fragment.rows if fold(row.label).startswith(word) and fold(row.label) not in known]
        return totals, [row for row in fragment.rows if row not in totals and row.label]

    def _label(self, totals: list[Row], parts: list[Row]) -> None:
        tables = [self._tables(row) for row in totals]
        if not all(tables):
            return
        row = totals[0]
        for other, codes in zip(totals, tables, strict=True):
            if codes != tables[0]:
                message = f"{shown(other.label)} follows {shown(row.label)} of line {row.line} without a header between"
                self.remarks.fault("two-totals", other.line, f"{message}: a header is missing")
                return
        families = [family for family in self.families if family.cube.id in tables[0]]
        candidates = tuple(
            (family, tables[0][family.cube.id])
            for family in families
            if all(fold(part.label) in family.row_labels for part in parts)
        )
        if not candidates:
            self._refuse(parts, families)
        else:
            self._labelled.append(_Labelled(tuple(totals), tuple(parts), candidates))

    def _rest(self, row: Row) -> str:
        return fold(row.label).removeprefix(fold(self.total))

    def _tables(self, row: Row) -> dict[str, str]:
        """Return, by cube, the code a total row names after the total word, or say that there is none."""
        rest = self._rest(row)
        codes = {
            family.cube.id: family.table_labels[rest].code for family in self.families if rest in family.table_labels
        }
        if not codes:
            every = {label: known for family in self.families for label, known in family.table_labels.items()}
            begins = fold(row.label[: len(self.total)]) == fold(self.total)
            words = row.label[len(self.total) :].strip() if begins else row.label
            message = f"{shown(row.label)} names no table that is known{near(words, every)}"
            self.remarks.fault("unknown-label", row.line, f"{message}: correct it, or list it in spellings.csv")
        return codes

    def _refuse(self, parts: Sequence[Row], families: Sequence[Family]) -> None:
        """Say which labels do not belong, measured against the families that have most of them."""

        def fits(family: Family) -> int:
            return sum(fold(part.label) in family.row_labels or family.misfit(part.label) is not None for part in parts)

        most = max(map(fits, families))
        best = [family for family in families if fits(family) == most]
        by = " or ".join(family.rows for family in best)
        labels = {label: known for family in best for label, known in family.row_labels.items()}
        unknown = [part for part in parts if fold(part.label) not in labels]
        for part in unknown:
            misfit = next((known for family in best if (known := family.misfit(part.label))), None)
            if misfit is not None:
                name = part.label.removeprefix(misfit.code).strip()
                message = f"the name {shown(name)} does not fit the code {misfit.code}, which is '{misfit.name}'"
            else:
                message = f"{shown(part.label)} is no row of a table by {by}{near(part.label, labels)}"
            rule = "unknown-label" if misfit is None else "misfit"
            self.remarks.fault(rule, part.line, f"{message}: correct it, or list it in spellings.csv")
        if not unknown:
            message = f"the rows from {shown(parts[0].label)} on are of several tables, by {by}"
            self.remarks.fault("mixed-rows", parts[0].line, f"{message}: a header is missing, or a row is misplaced")

    def place(self) -> tuple[Placed, ...]:
        """Return every labelled fragment with its table; one that fits several is an error in ``remarks``."""
        placed: list[Placed | None] = [
            self._placed(item, *item.candidates[0]) if len(item.candidates) == 1 else None for item in self._labelled
        ]
        for item in self._labelled:
            if len(item.candidates) > 1:
                self._refuse_to_choose(item)
        return tuple(item for item in placed if item is not None)

    def _refuse_to_choose(self, item: _Labelled) -> None:
        """Note a fragment whose rows fit several families: where it stands in the file proves nothing."""
        names = ", ".join(f"{family.cube.id} ({family.rows})" for family, _ in item.candidates)
        message = f"cannot tell the dimension of the table {shown(item.total.label)}: its rows fit {names}"
        self.remarks.fault("ambiguous", item.total.line, f"{message}; put them below the other rows of their table")

    def _placed(self, item: _Labelled, family: Family, code: str) -> Placed:
        """Return a fragment with its table, saying what was repaired and what stands twice in it."""
        for row in item.totals:
            self._repair(row, family.table_labels[self._rest(row)])
            if row is not item.total:
                self._second_total(item.total, row)
        parts: dict[str, Row] = {}
        for row in item.parts:
            known = family.row_labels[fold(row.label)]
            self._repair(row, known)
            if known.code in parts:
                message = f"row {shown(row.label)} stands on line {parts[known.code].line} already: keep one"
                self.remarks.fault("repeated-row", row.line, message)
            parts.setdefault(known.code, row)
        return Placed(family, code, item.total, MappingProxyType(parts))

    def _second_total(self, first: Row, row: Row) -> None:
        if row.counts == first.counts:
            message = f"the total row {shown(row.label)} stands on line {first.line} already: read once"
            self.remarks.notice("repeated-total", row.line, message)
        else:
            columns = columns_that_differ(first, row)
            message = f"the total row {shown(row.label)} differs from line {first.line} in {columns}: correct one"
            self.remarks.fault("differing-total", row.line, message)

    def _repair(self, row: Row, known: Known) -> None:
        if known.repaired:
            message = f"{shown(row.label)} read as '{known.name}' ({known.code})"
            self.remarks.notice("repaired-label", row.line, message)
