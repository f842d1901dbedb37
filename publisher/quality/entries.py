"""Entries of rows while a system is put together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from publisher.quality.cells import Indices, Numbers


@dataclass(slots=True)
class Entries:
    """Entries of rows, as arrays that are joined at the end; rows are numbered as they come."""

    count: int = 0
    rows: list[Indices] = field(default_factory=list)
    columns: list[Indices] = field(default_factory=list)
    factors: list[Numbers] = field(default_factory=list)
    least: list[Any] = field(default_factory=list)
    most: list[Any] = field(default_factory=list)
    sets: list[Any] = field(default_factory=list)
    indices: list[Any] = field(default_factory=list)

    def add(self, rows: Any, columns: Any, factors: Any) -> None:
        """Add entries of rows that are numbered from the next row."""
        import numpy as np

        self.rows.append(np.asarray(rows) + self.count)
        self.columns.append(np.asarray(columns))
        self.factors.append(np.broadcast_to(np.asarray(factors), np.shape(columns)))

    def close(self, least: Any, most: Any, number: int, indices: Any) -> None:
        """Close as many rows as there are bounds."""
        import numpy as np

        self.least.append(np.asarray(least))
        self.most.append(np.asarray(most))
        self.indices.append(np.asarray(indices, dtype=np.int64))
        self.sets.append(np.full(len(self.indices[-1]), number, dtype=np.int64))
        self.count += len(self.indices[-1])


def whole(numbers: Any) -> Numbers:
    """Return whole numbers as an array that holds them exactly."""
    import numpy as np

    listed = list(numbers)
    return np.array(listed, dtype=np.int64 if all(abs(number) < 1 << 62 for number in listed) else object)


def summed(rows: Indices, columns: Indices, factors: Numbers) -> tuple[Indices, Indices, Numbers]:
    """Return entries in the order of rows and columns, each column once in a row, none with the factor 0."""
    import numpy as np

    if not len(rows):
        return rows, columns, factors
    order = np.lexsort((columns, rows))
    rows, columns, factors = rows[order], columns[order], factors[order]
    first = np.nonzero(np.append(True, (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])))[0]
    factors = np.add.reduceat(factors, first)
    kept = factors != 0
    return rows[first][kept], columns[first][kept], factors[kept]
