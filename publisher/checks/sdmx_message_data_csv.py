"""The data of an SDMX-CSV message, read line by line, by the rules of its field guide.

Source: SDMX-CSV data message field guide, 1.0 and 2.0 (columns, column headers, column content).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from publisher.checks.reader import words_of
from publisher.checks.sdmx_message import Message, listed, shown
from publisher.checks.sdmx_message_model import Ref, Structures
from publisher.checks.sdmx_message_rows import FLAT, MEASURE, TIME, Sink, Use

RULE = "sdmx-csv"

_ARTEFACT = re.compile(
    r"([A-Za-z][\w.\-]*):([A-Za-z0-9_@$\-]+)(?:\(([0-9A-Za-z.+*\-]+)\))?(?:: .*)?", re.DOTALL | re.ASCII
)
_KINDS = {"dataflow": "Dataflow", "datastructure": "DataStructure", "dataprovision": "ProvisionAgreement"}
# Each action, and whether its rows hold everything of an observation that they name.
_ACTIONS = {"I": True, "A": False, "R": True, "D": False, "M": False}
_DELETES = "D"
# A dimension that what is said does not depend on.
_SWITCHED_OFF = "~"
_LEAD = ("STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY")
# After the id of a component that takes several values, or one in several languages.
_SEVERAL = re.compile(r"\[[^\[\]]*\]$")
_SEPARATORS = ",;\t|: "
# The csv module has a bound too, which other libraries move.
_LONGEST_CELL = 131_072
_MOST_USES = 10_000


@dataclass(frozen=True, slots=True)
class _Header:
    """What the first row says: the leading columns by name, the columns of components, how values are written."""

    lead: dict[str, int]
    components: tuple[tuple[int, str, bool], ...]
    width: int
    labels: bool
    between: str

    @property
    def key(self) -> tuple[str, ...]:
        """The columns before the measure, which are the key where nothing else says what it is and time is there."""
        names = [name for _, name, _ in self.components]
        if "STRUCTURE_NAME" in self.lead:  # the column after each component has names of its values
            names = names[::2]
        before = tuple(names[: names.index(MEASURE)]) if MEASURE in names else ()
        return before if TIME in before or TIME not in names else ()


def read_data(message: Message, sink: Sink, structures: Structures) -> None:
    """Read a message, which is plain text; a line that is none of SDMX-CSV is said and left out."""
    is_old = message.version == "1.0"
    with message.path.open(encoding="utf-8-sig", newline="") as stream:
        first = re.match(r'\s*"?(?:DATAFLOW|STRUCTURE(?:\[.?\])?)"?(.)', stream.readline())
        separator = first[1] if first and first[1] in _SEPARATORS else ","
        stream.seek(0)
        reader = csv.reader(stream, delimiter=separator, strict=True)
        rows = _rows(reader, sink)
        found = next(rows, None)
        header = None if found is None else _header(found[1], is_old, sink)
        if header is not None:
            _read_rows(rows, header, sink, structures, is_old)


def _rows(reader: Any, sink: Sink) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line that it begins in."""
    before = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            sink.fault(RULE, f"is no CSV: {words_of(error)}; the line may be cut off, or lack a quote", before + 1)
            return
        if len(max(row, key=len, default="")) > _LONGEST_CELL:
            sink.fault(RULE, f"has a cell of more than {_LONGEST_CELL:,} characters: is a quote missing?", before + 1)
            return
        yield before + 1, row
        before = reader.line_num


def _header(row: list[str], is_old: bool, sink: Sink) -> _Header | None:
    """Return what the header says; None where nothing can be read after it."""
    names = [cell.removeprefix("\ufeff").partition(": " if ": " in cell else ":")[0] for cell in row]
    for name, count in Counter(row).items():
        if count > 1:
            sink.fault(RULE, f"the header has the column '{shown(name)}' {count} times", 1)
            return None
    lead = {"STRUCTURE": 0}
    if not is_old:
        if len(names) < 2 or names[1] != "STRUCTURE_ID":
            sink.fault(RULE, "the second column is not STRUCTURE_ID, which says what the data are of", 1)
            return None
        lead |= {name: names.index(name) for name in _LEAD if name in names}
    labels = any(":" in cell for cell in row[1:])
    components = tuple(
        (index, _SEVERAL.sub("", name), _SEVERAL.search(name) is not None)
        for index, name in enumerate(names)
        if index not in lead.values() and name
    )
    if not components and is_old:
        sink.fault(RULE, "the header names no component: no dimension, measure or attribute", 1)
    between = row[0].partition("[")[2][:1]
    return _Header(lead, components, len(row), labels, between)


def _read_rows(
    rows: Iterator[tuple[int, list[str]]], header: _Header, sink: Sink, structures: Structures, is_old: bool
) -> None:
    known: dict[tuple[str, ...], _Rows | None] = {}
    current: _Rows | None = None
    numbers: dict[tuple[str, ...], int] = {}
    begun = 0
    action: tuple[str, ...] = ()
    names = tuple(header.lead[name] for name in ("STRUCTURE", "STRUCTURE_ID", "ACTION") if name in header.lead)
    for line, row in rows:
        if len(row) != header.width:
            if row:  # an empty line
                sink.fault(RULE, f"has {len(row)} cells, and the header {header.width}", line)
            continue
        said = tuple(row[index] for index in names)
        if said not in known:
            if len(known) > _MOST_USES:
                sink.fault(
                    RULE, f"is of more than {_MOST_USES:,} structures and actions, of which no more are read", line
                )
                return
            use = _use_of(said, is_old, line, sink, "ACTION" in header.lead)
            known[said] = None if use is None else _rows_of(use, header, structures)
        found = known[said]
        if found is not None and found is not current:
            if said[2:] != action:  # what another action has done in between, this one may do again
                action = said[2:]
                numbers.clear()
            if said not in numbers:
                begun += 1
                numbers[said] = begun
            sink.begin(line, found.use, numbers[said])
        current = found or current
        if found is not None:
            _hand_on(line, row, header, found, sink)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one structure and action, with the columns that are looked at; ``is_known`` is the structure."""

    use: Use
    is_known: bool
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]
    columns: tuple[tuple[int, str, bool], ...]


def _rows_of(use: Use, header: _Header, structures: Structures) -> _Rows:
    """Return what the rows of a structure have.

    Columns that are none of its components are anybody's own, and what is deleted is marked with anything.
    """
    dsd = structures.dsd_of(use.ref)
    dimensions, measures = (header.key, (MEASURE,)) if dsd is None else (dsd.dimensions, dsd.measures)
    names = {name for _, name, _ in header.components}
    if dsd is not None:
        names &= {component.id for component in dsd.components}
    if use.has_partial_keys and dimensions:
        names &= set(dimensions)
    columns = tuple(column for column in header.components if column[1] in names)
    return _Rows(use, dsd is not None, dimensions, measures, columns)


def _use_of(said: tuple[str, ...], is_old: bool, line: int, sink: Sink, has_action: bool) -> Use | None:
    """Return the structure that a row is of; None, said once for all its rows, where it names none."""
    kind, name = ("dataflow", said[0]) if is_old else (said[0], said[1])
    action = said[2] if has_action and not is_old else "I"
    found = _ARTEFACT.fullmatch(name)
    if kind not in _KINDS:
        sink.fault(RULE, f"STRUCTURE is '{shown(kind)}', not one of {', '.join(_KINDS)}", line)
        kind = kind.lower()  # as the OECD writes it: what it means is plain
    if kind not in _KINDS:
        return None
    if found is None or (is_old and not found[3]):
        column = "DATAFLOW" if is_old else "STRUCTURE_ID"
        sink.fault(RULE, f"{column} is '{shown(name)}': write AGENCY:ID(VERSION)", line)
    elif action not in _ACTIONS:
        sink.fault(RULE, f"ACTION is '{shown(action)}', not one of {', '.join(_ACTIONS)}", line)
    else:
        ref = Ref(_KINDS[kind], found[1], found[2], found[3] or "")
        return Use(ref, FLAT, _ACTIONS[action], has_partial_keys=action == _DELETES)
    return None


def _hand_on(line: int, row: list[str], header: _Header, rows: _Rows, sink: Sink) -> None:
    """Hand on a row: an observation where its whole key is there, attributes of a part of it otherwise."""
    dimensions, said = rows.dimensions, _said(row, header, rows)
    lacking = [name for name in dimensions if name not in said]
    has_measure = any(name in said for name in rows.measures)
    if said and (not lacking or (has_measure and not rows.is_known)):
        sink.observation(line, said, dimensions)
    elif has_measure and not rows.use.has_partial_keys:
        sink.fault(
            "sdmx-key", f"has no {listed(lacking)}, which belongs to the key: say it", line, _key(said, dimensions)
        )
    else:
        sink.attributes(line, said)


def _said(row: list[str], header: _Header, rows: _Rows) -> dict[str, str]:
    """Return what a row says of its components; of one with several values the first."""
    said = {}
    for index, name, is_multiple in rows.columns:
        value = row[index]
        if not value or (value == _SWITCHED_OFF and name in rows.dimensions):
            continue
        if is_multiple and header.between:
            value = value.partition(header.between)[0]
        said[name] = value.partition(": ")[0] if header.labels else value
    return said


def _key(said: dict[str, str], dimensions: tuple[str, ...]) -> str:
    return ".".join(shown(said.get(name, "")) for name in dimensions[:20])


def reader_with(structures: Structures) -> Callable[[Message, Sink], None]:
    """Return the reader of messages, which knows by the structures that are here what a column is."""
    return lambda message, sink: read_data(message, sink, structures)
