"""A cube as a full table, a cell for every combination of the codes and periods that are used."""

from __future__ import annotations

from collections.abc import Collection
from math import prod
from typing import TYPE_CHECKING

from publisher.model import Codelist, Dimension
from publisher.observations import Rows

if TYPE_CHECKING:
    import pyarrow as pa

Axes = dict[str, tuple[str, ...]]


def axes(observations: Rows) -> Axes:
    """Return the codes of each dimension that observations use, by its id and in DSD order.

    Codes stand in the order of their codelist, periods in order of time.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    cube = observations.cube
    used: dict[str, set[str]] = {component: set() for component in cube.key_ids}
    for batch in observations.batches():
        for component, codes in used.items():
            codes.update(pc.unique(batch[component]).cast(pa.string()).to_pylist())
    return {dimension.id: _ordered(dimension, used[dimension.id]) for dimension in cube.dimensions}


def _ordered(dimension: Dimension, used: set[str]) -> tuple[str, ...]:
    codelist = dimension.codelist
    return tuple(sorted(used)) if codelist is None else tuple(sorted(used, key=codelist.position))


def above(codelist: Codelist, code: str, used: Collection[str]) -> str | None:
    """Return the nearest code above one that is used too: a table may lack a level of its codelist."""
    parent = codelist[code].parent
    while parent is not None and parent not in used:
        parent = codelist[parent].parent
    return parent


def cells(table: Axes) -> int:
    """Return how many cells a full table has."""
    return prod(len(codes) for codes in table.values())


def positions(batch: pa.RecordBatch, table: Axes) -> pa.Int64Array:
    """Return where each row stands in a full table whose last axis runs fastest, counted from 0.

    The rows must be of the table: every code one of its axes.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    place = pa.array([0] * batch.num_rows, pa.int64())
    for component, codes in table.items():
        column = batch[component].cast(pa.string())
        step = pc.index_in(column, pa.array(codes, pa.string())).cast(pa.int64())
        place = pc.add(pc.multiply(place, len(codes)), step)
    return place
