"""What a cube's observations cover, counted in one pass over its rows, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import prod

from publisher import periods
from publisher.columns import period_texts
from publisher.definition.authorities import FREQUENCY_OF
from publisher.model import FREQ, TIME_PERIOD
from publisher.observations import Observations

_BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of one cube: rows, those suppressed, keys that are possible, and values of attributes.

    ``possible`` keys combine every code that occurs in a dimension with every code of the others, and
    with every period that occurs. ``begin`` and ``end`` are the first and the last day, and
    ``finest`` the frequency with the shortest periods; None without rows.
    """

    rows: int
    suppressed: int
    possible: int
    values: int
    begin: date | None
    end: date | None
    finest: str | None


def coverage(observations: Observations) -> Coverage:
    """Count what a cube covers."""
    import pyarrow.compute as pc

    cube = observations.cube
    codes: dict[str, set[str]] = {name: set() for name in cube.key_ids if name not in (FREQ, TIME_PERIOD)}
    spans: set[str] = set()
    values = 0
    for batch in observations.batches(_BATCH_ROWS):
        for name, seen in codes.items():
            seen.update(pc.unique(batch[name]).to_pylist())
        spans.update(pc.unique(period_texts(batch)).to_pylist())
        values += sum(batch.num_rows - batch[name].null_count for name in cube.attribute_ids)
    pairs = [span.split(" ") for span in spans]
    days = [periods.bounds(frequency, period) for frequency, period in pairs]
    return Coverage(
        rows=observations.rows,
        suppressed=observations.suppressed,
        possible=len(spans) * prod(map(len, codes.values())),
        values=values,
        begin=min((first for first, _ in days), default=None),
        end=max((last for _, last in days), default=None),
        finest=min((frequency for frequency, _ in pairs), key=periods.FREQUENCIES.index, default=None),
    )


def span(covered: Iterable[Coverage]) -> tuple[date, date] | None:
    """Return the first and the last day that any of some cubes covers, or None where none has rows."""
    known = [(item.begin, item.end) for item in covered if item.begin is not None and item.end is not None]
    return (min(first for first, _ in known), max(last for _, last in known)) if known else None


def frequency(covered: Iterable[Coverage]) -> str:
    """Return the code of how often a dataset is published whose finest periods are those of the cubes."""
    finest = [item.finest for item in covered if item.finest is not None]
    return FREQUENCY_OF[min(finest, key=periods.FREQUENCIES.index)] if finest else "UNKNOWN"
