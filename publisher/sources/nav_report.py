"""NAV's monthly text reports of the TILT family, read into the observations of every cube.

The text becomes lines (``nav_text``), the lines fragments (``nav_layout``), these get a place by
their labels (``nav_fragments``, with the codelists' words from ``nav_labels``) and make tables
(``nav_tables``); here the tables become observations.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.columns import SOURCE_LINE, input_schema
from publisher.model import (
    CONF_STATUS,
    FREE,
    FREQ,
    NORMAL,
    OBS_STATUS,
    OBS_VALUE,
    PROVISIONAL,
    SUPPRESSED_CONF_STATUS,
    SUPPRESSED_OBS_STATUS,
    TIME_PERIOD,
    Dataset,
)
from publisher.sources.nav_fragments import Placing
from publisher.sources.nav_labels import MONTHS_COVERED, Family, families, total_word
from publisher.sources.nav_layout import Period, Row, read_layout
from publisher.sources.nav_tables import Table, check_shape, merge
from publisher.sources.nav_text import Remarks, read_lines
from publisher.sources.reading import Reading, Source

if TYPE_CHECKING:
    import pyarrow as pa

_YEAR = "A"
_MONTH = "M"
_LAST_MONTH = 12


def read(path: Path, dataset: Dataset, file: str) -> Reading:
    """Read a report: counts of persons by month, and the mean of the months so far.

    ``file`` is how findings call it. Raises InputError with every fault found, by line, and
    DefinitionError where the definition does not say how its tables are told apart.
    """
    known = families(dataset)
    word = total_word(dataset)
    remarks = Remarks(file)
    threshold = dataset.suppression.threshold if dataset.suppression else None
    lines = read_lines(path, file)
    period, fragments = read_layout(lines, dataset.source.get("notes", ()), threshold, remarks)
    placing = Placing(known, word, remarks)
    placing.label(fragments)
    remarks.raise_any()
    if period is None or not fragments:
        remarks.fault("no-table", 1, "holds no table: hand in the text of the whole report")
        remarks.raise_any()
    assert period is not None, "without a period an error was raised"
    placed = placing.place()
    tables = merge(placed, remarks)
    remarks.raise_any()
    check_shape(known, tables, placed, word, remarks)
    remarks.raise_any()
    batches = {family.cube.id: (_batch(family, tables, period),) for family in known}
    return Reading(batches, len(tables), remarks.notices)


def _batch(family: Family, tables: Iterable[Table], period: Period) -> pa.RecordBatch:
    """Return the observations of one cube as one record batch."""
    import pyarrow as pa

    found: list[dict[str, Any]] = []
    for table in tables:
        if table.family is family:
            for code, row in table.rows.items():
                found.extend(_observations({family.tables: table.code, family.rows: code}, row, period))
    schema = input_schema(family.cube)
    return pa.RecordBatch.from_pylist([{name: item.get(name) for name in schema.names} for item in found], schema)


def _observations(key: dict[str, str], row: Row, period: Period) -> Iterable[dict[str, Any]]:
    """Yield the observations of a row: the mean of the year so far, then its months."""
    average, *months = row.counts
    status = NORMAL if period.last == _LAST_MONTH else PROVISIONAL
    time = {FREQ: _YEAR, TIME_PERIOD: str(period.year), MONTHS_COVERED: period.last}
    yield key | time | _value(average, status) | {SOURCE_LINE: row.line}
    for month, count in enumerate(months, 1):
        time = {FREQ: _MONTH, TIME_PERIOD: f"{period.year}-{month:02}"}
        yield key | time | _value(count, NORMAL) | {SOURCE_LINE: row.line}


def _value(count: int | None, status: str) -> dict[str, Any]:
    if count is None:
        return {OBS_VALUE: None, OBS_STATUS: SUPPRESSED_OBS_STATUS, CONF_STATUS: SUPPRESSED_CONF_STATUS}
    return {OBS_VALUE: count, OBS_STATUS: status, CONF_STATUS: FREE}


SOURCE = Source(
    name="nav_report", title="Text of a monthly report of NAV (TILT100 to TILT180)", suffixes=(".txt",), read=read
)
