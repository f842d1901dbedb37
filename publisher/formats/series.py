"""Observations as series over time, row by row: which row opens a series, and what stands in front of it.

Rows are in key order with time last, so the rows of a series follow one another. A row opens a
series where a dimension other than time changes; for the first row of a batch the key of the row
before decides. Nothing else is carried from batch to batch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING

from publisher.engines.embedded import Key
from publisher.model import TIME_PERIOD, Cube

if TYPE_CHECKING:
    import pyarrow as pa


def opens(batch: pa.RecordBatch, cube: Cube, before: Key | None) -> pa.BooleanArray:
    """Say of each row whether it is the first of its series; ``before`` is the key of the row before."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [batch[component] for component in cube.key_ids if component != TIME_PERIOD]
    first = before is None or any(column[0].as_py() != code for column, code in zip(columns, before[:-1], strict=True))
    changes = (pc.not_equal(column.indices[1:], column.indices[:-1]) for column in columns)
    return pa.concat_arrays([pa.array([first]), reduce(pc.or_, changes)])


def starts(
    batch: pa.RecordBatch,
    cube: Cube,
    before: Key | None,
    text: Callable[[pa.RecordBatch], pa.StringArray],
    close: str,
) -> pa.StringArray:
    """Return what stands in front of each row that opens a series, and null for every other row.

    That is ``close``, the end of the series before, which the very first series does not have, and
    what ``text`` makes of the opening rows. The last series is closed by the end of the message.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    chosen = opens(batch, cube, before)
    made = pc.binary_join_element_wise(close, text(batch.filter(chosen)), "")
    if before is None:
        made = pa.concat_arrays([pa.array([made[0].as_py().removeprefix(close)]), made[1:]])
    return pc.replace_with_mask(pa.nulls(batch.num_rows, pa.string()), chosen, made)
