"""What observations there are, counted from the rows: what actual constraints must say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from publisher import periods
from publisher.model import FREQ, TIME_PERIOD
from publisher.observations import Observations

_BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Held:
    """Codes by dimension but time, the periods, their first and last day, and how many observations."""

    codes: dict[str, set[str]]
    periods: set[str]
    begin: date
    end: date
    rows: int


def held(observations: Observations) -> Held:
    """Count what a cube's observations hold; there is one or more."""
    import pyarrow as pa
    import pyarrow.compute as pc

    codes: dict[str, set[str]] = {component: set() for component in observations.cube.key_ids[:-1]}
    spans: set[str] = set()
    for batch in observations.batches(_BATCH_ROWS):
        for component, seen in codes.items():
            seen.update(pc.unique(batch[component].cast(pa.string())).to_pylist())
        frequency, time = batch[FREQ].cast(pa.string()), batch[TIME_PERIOD].cast(pa.string())
        pairs = pc.binary_join_element_wise(frequency, time, " ")
        spans.update(pc.unique(pairs).to_pylist())
    days = [periods.bounds(*span.split(" ")) for span in spans]
    times = {span.split(" ")[1] for span in spans}
    return Held(codes, times, min(first for first, _ in days), max(last for _, last in days), observations.rows)
