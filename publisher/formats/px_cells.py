"""The cells of a PC-Axis file: the full table of one frequency as texts, and what attributes say of each cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.columns import number_texts
from publisher.formats.dense import Axes, cells, positions
from publisher.formats.px_lines import Keyword, quoted
from publisher.formats.px_text import encoded
from publisher.formats.rows import join
from publisher.model import FREQ, TIME_PERIOD, Cube
from publisher.observations import Rows

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

NOT_THERE = '"."'
HIDDEN = '".."'
_BATCH_ROWS = 65_536
_SEPARATOR = "\x1f"

Said = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """Every cell of a file in the order of writing, and how many of them have no observation or no value.

    ``usual`` is what attributes say of most observations, and ``others`` what they say of each of the
    rest, by the codes of the cell: encoded values in the order of the cube's attributes.
    """

    texts: pa.StringArray
    absent: int
    hidden: int
    usual: Said
    others: tuple[tuple[tuple[str, ...], Said], ...]

    def attributes(self) -> Iterator[Keyword]:
        """Yield what attributes say: of most cells, then of each of the others."""
        yield Keyword("ATTRIBUTES", quoted(self.usual))
        for key, said in self.others:
            yield Keyword("ATTRIBUTES", quoted(said), key)

    def used(self, attribute: int) -> frozenset[str]:
        """Return every encoded value that one attribute has."""
        return frozenset((self.usual[attribute], *(said[attribute] for _, said in self.others)))

    def lines(self, width: int) -> list[str]:
        """Return the cells as lines of so many, with a blank between them."""
        import pyarrow as pa
        import pyarrow.compute as pc

        ends = pa.array(range(0, len(self.texts) + 1, width), pa.int64())
        joined: list[str] = pc.binary_join(pa.LargeListArray.from_arrays(ends, self.texts), " ").to_pylist()
        return joined


def read_cells(observations: Rows, table: Axes) -> Cells:
    """Return the cells of the observations of one frequency, whose axes are given."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    cube = observations.cube
    places, values, said = [], [], []
    for batch in observations.batches(_BATCH_ROWS):
        places.append(positions(batch, table))
        values.append(pc.fill_null(number_texts(batch[cube.measure.id]), HIDDEN))
        said.append(_said(batch, cube))
    place = pa.chunked_array(places, pa.int64()).combine_chunks().to_numpy()
    value = pa.chunked_array(values, pa.string()).combine_chunks()
    rows = np.full(cells(table), -1, np.int64)
    rows[place] = np.arange(len(place))
    taken = value.take(pa.array(rows, mask=rows < 0))
    usual, others = _apart(pa.chunked_array(said, pa.string()).combine_chunks(), rows, table)
    return Cells(
        pc.fill_null(taken, NOT_THERE), taken.null_count, pc.sum(pc.equal(value, HIDDEN)).as_py() or 0, usual, others
    )


def _said(batch: pa.RecordBatch, cube: Cube) -> pa.StringArray:
    """Return what attributes say of each row, encoded and joined."""
    import pyarrow as pa

    parts: list[pa.StringArray | str] = []
    for attribute in cube.attributes:
        column = batch[attribute.id].cast(pa.string()).dictionary_encode(null_encoding="encode")
        texts = pa.array([encoded(value) for value in column.dictionary.to_pylist()], pa.string())
        parts += [texts.take(column.indices), _SEPARATOR]
    return join(*parts[:-1])


def _apart(
    said: pa.StringArray, rows: np.ndarray, table: Axes
) -> tuple[Said, tuple[tuple[tuple[str, ...], Said], ...]]:
    """Return what is said of most rows, and what is said of each of the others, in the order of the cells."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    counted = pc.value_counts(said).to_pylist()
    usual = min(counted, key=lambda item: (-item["counts"], item["values"]))["values"]
    differs = np.append(pc.not_equal(said, usual).to_numpy(zero_copy_only=False), False)
    places = np.flatnonzero(differs[rows])
    axes = [codes for component, codes in table.items() if component != FREQ]
    keys = np.unravel_index(places, [len(codes) for codes in axes])
    columns = [
        pa.array(codes, pa.string()).take(pa.array(steps)).to_pylist() for codes, steps in zip(axes, keys, strict=True)
    ]
    others = said.take(pa.array(rows[places])).to_pylist()
    split = (tuple(text.split(_SEPARATOR)) for text in others)
    return tuple(usual.split(_SEPARATOR)), tuple(zip(zip(*columns, strict=True), split, strict=True))


def width(table: Axes) -> int:
    """Return how many cells a line has: one for each period."""
    return len(table[TIME_PERIOD])
