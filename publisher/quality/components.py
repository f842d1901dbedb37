"""The system in independent parts: what is still open, and which of it has to do with which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.quality.propagation import Bounds, activities
from publisher.quality.system import Rows

if TYPE_CHECKING:
    from publisher.quality.cells import Indices, Numbers


@dataclass(frozen=True, slots=True)
class Component:
    """Unknowns that hang together by rows; the unknowns of a row that are not among them are known."""

    columns: Indices
    rows: Indices


def components(rows: Rows, bounds: Bounds) -> Iterator[Component]:
    """Yield the parts of a system of which propagation has not said the last word, in the order of their unknowns.

    Left out are rows that hold whatever the unknowns are within their bounds, and the closed form: a row that
    shares no open unknown with another, with factors of 1 and -1, and has no more to say. There every number within
    the bounds is possible, for sums of whole numbers leave no gaps.
    """
    import numpy as np

    restricting = np.nonzero(_restricts(rows, bounds))[0]
    if not len(restricting):
        return
    entries, starts = rows.entries(restricting)
    is_open = (bounds.low < bounds.high)[rows.columns[entries]]
    row_of = np.repeat(np.arange(len(restricting)), starts[1:] - starts[:-1])[is_open]
    columns, factors = rows.columns[entries][is_open], rows.factors[entries][is_open]
    labels = _labels(row_of, columns, len(bounds.low))
    label_of_row = np.full(len(restricting), -1, dtype=np.int64)
    label_of_row[row_of] = labels[columns]
    plain = np.ones(len(restricting), dtype=bool)
    np.logical_and.at(plain, row_of, abs(factors) == 1)
    plain &= ~np.isin(restricting, bounds.left)
    members = np.unique(columns)
    by_label = _grouped(labels[members], members)
    for label, chosen in _grouped(label_of_row, np.arange(len(restricting))).items():
        if len(chosen) > 1 or not plain[chosen[0]]:
            yield Component(by_label.get(label, members[:0]), restricting[chosen])


def _restricts(rows: Rows, bounds: Bounds) -> Numbers:
    """Return which rows some numbers within the bounds do not satisfy."""
    import numpy as np

    if not len(rows):
        return np.zeros(0, dtype=bool)
    least, most, no_least, no_most = activities(rows, bounds.low, bounds.high, np.arange(len(rows)))
    starts = rows.starts[:-1]
    holds_least = (np.add.reduceat(least, starts) >= rows.least) & ~np.logical_or.reduceat(no_least, starts)
    holds_most = (np.add.reduceat(most, starts) <= rows.most) & ~np.logical_or.reduceat(no_most, starts)
    return ~((holds_least | (rows.least <= -rows.endless)) & (holds_most | (rows.most >= rows.endless)))


def _labels(row_of: Indices, columns: Indices, count: int) -> Indices:
    """Return for each unknown the smallest one that it hangs together with; ``row_of`` is in order."""
    import numpy as np

    labels = np.arange(count)
    if not len(row_of):
        return labels
    first = np.nonzero(np.append(True, row_of[1:] != row_of[:-1]))[0]
    counts = np.diff(np.append(first, len(row_of)))
    while True:
        smallest = np.repeat(np.minimum.reduceat(labels[columns], first), counts)
        before = labels.copy()
        np.minimum.at(labels, columns, smallest)
        np.minimum.at(labels, before[columns], smallest)  # whoever stood for it follows
        labels = labels[labels]
        if np.array_equal(labels, before):
            return labels


def _grouped(keys: Indices, values: Indices) -> dict[int, Indices]:
    import numpy as np

    order = np.argsort(keys, kind="stable")
    keys, values = keys[order], values[order]
    first = np.nonzero(np.append(True, keys[1:] != keys[:-1]))[0] if len(keys) else keys
    return dict(zip(keys[first].tolist(), np.split(values, first[1:]), strict=True)) if len(keys) else {}
