"""Whether an observation or a series stands twice in a data message, in memory that grows by eight bytes for each.

Of each key only its hash is kept; where two are the same, the message is read once more, and those keys
themselves are compared.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping
from typing import TYPE_CHECKING

from publisher.checks.sdmx_message import Faults, shown
from publisher.checks.sdmx_message_model import Structures
from publisher.checks.sdmx_message_rows import FLAT, MEASURE, TIME, Use
from publisher.checks.sdmx_message_spec import Spec, spec_of

if TYPE_CHECKING:
    import pyarrow as pa

RULE = "sdmx-twice"
_MOST_COMPARED = 200_000
_MOST_SHOWN = 20
# What may be the value of a measure.
_NUMBER = re.compile(r"[\s+-]*[.]?\d.*", re.DOTALL)


class Keys:
    """Where in a message one is: its data set, its series, and the key of what is read there."""

    def __init__(self, structures: Structures, has_one_measure: bool = True) -> None:
        """Begin before the first data set; where measures may have any name, a text shows no number of unknown use."""
        self._has_one_measure = has_one_measure
        self._specs: dict[Use, Spec] = {}
        self._data_set = 0
        self.series_line: int | None = None
        self.in_series: Mapping[str, str] = {}
        self.series: tuple[object, ...] = ()
        self.is_first = False
        self._ids: tuple[str, ...] = ()
        self._structures = structures
        self.spec = spec_of(Use(None, FLAT), Structures())

    def begin(self, use: Use, number: int = 0) -> bool:
        """Go to a data set, the next one or that of a number; say whether it is the first of its structure."""
        self._data_set = number or self._data_set + 1
        is_new = use not in self._specs
        if is_new:
            self._specs[use] = spec_of(use, self._structures)
        self.spec = self._specs[use]
        self.in_series, self.series, self.is_first, self._ids = {}, (self._data_set,), False, ()
        return is_new

    def spec_of(self, use: Use) -> Spec | None:
        """Return what is known of the data of a structure; None where the message has none of it."""
        return self._specs.get(use)

    @property
    def specs(self) -> list[Spec]:
        """What is known of each structure that the message has data of."""
        return list(self._specs.values())

    def begin_series(self, line: int | None, said: Mapping[str, str], key_ids: tuple[str, ...]) -> None:
        """Go to a series; where nobody says what its key is, that is all that is said of it."""
        names = self.spec.dimensions or key_ids
        self._ids = (*key_ids, self.spec.use.at_observation) if key_ids else ()
        key = tuple(said.get(name) for name in names) if names else tuple(sorted(said.items()))
        self.in_series, self.series, self.series_line, self.is_first = said, (self._data_set, key), line, True

    def begins_series(self) -> bool:
        """Say whether an observation is the first one of its series."""
        first, self.is_first = self.is_first, False
        return first

    def of(self, said: Mapping[str, str], key_ids: tuple[str, ...] = ()) -> tuple[object, ...]:
        """Return what tells an observation from all others of its message."""
        spec = self.spec
        self._ids = key_ids or self._ids
        if spec.use.at_observation != FLAT:
            return (*self.series, said.get(spec.use.at_observation))
        names = spec.dimensions or key_ids or tuple(name for name in sorted(said) if name != MEASURE)
        return (self._data_set, *(said.get(name) for name in names))

    def text(self, said: Mapping[str, str]) -> str:
        """Return the key of an observation, or of a series, as text."""
        whole = {**self.in_series, **said}
        names = known = self.spec.dimensions or self._ids
        if not known:
            names = tuple(name for name in whole if name != MEASURE)
        parts = [shown(whole.get(name, "")) for name in names[:_MOST_SHOWN]]
        if not (known or self._has_one_measure):
            pairs = zip(names, parts, strict=False)
            parts = ["…" if name != TIME and _NUMBER.fullmatch(part) else part for name, part in pairs]
        return ".".join(parts) if any(parts) else ""


class Hashes:
    """The hashes of all keys of a message."""

    def __init__(self) -> None:
        """Begin without any."""
        self._observations, self._series = array("q"), array("q")

    def add(self, key: tuple[object, ...]) -> None:
        """Keep the hash of the key of an observation."""
        self._observations.append(hash(key))

    def add_series(self, key: tuple[object, ...]) -> None:
        """Keep the hash of the key of a series that has an observation."""
        self._series.append(hash(key))

    def doubled(self) -> tuple[frozenset[int], frozenset[int]]:
        """Return the hashes that stand more than once, of observations and of series."""
        return _doubled(self._observations), _doubled(self._series)


def _doubled(numbers: array[int]) -> frozenset[int]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(numbers) < 2:
        return frozenset()
    column: pa.Array = pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])
    ordered = column.take(pc.array_sort_indices(column))
    again = ordered[1:].filter(pc.equal(ordered[1:], ordered[:-1]))
    return frozenset(again.unique()[:_MOST_COMPARED].to_pylist())


class Twice:
    """Takes the pieces of a message once more, and says which keys stand twice."""

    def __init__(self, keys: Keys, faults: Faults, doubled: tuple[frozenset[int], frozenset[int]]) -> None:
        """Begin with keys before the first data set, and the hashes that are there more than once."""
        self._keys, self._faults = keys, faults
        self._wanted, self._wanted_series = doubled
        self._seen: dict[tuple[object, ...], int | None] = {}

    def begin(self, _line: int | None, use: Use, number: int = 0) -> None:
        """Take the beginning of a data set."""
        self._keys.begin(use, number)

    def fault(self, rule: str, message: str, line: int | None = None, key: str | None = None) -> None:
        """Leave alone what was said before."""

    def attributes(self, line: int | None, said: Mapping[str, str]) -> None:
        """Leave attributes alone: they were looked at before."""

    def series(self, line: int | None, said: Mapping[str, str], key: tuple[str, ...] = ()) -> None:
        """Take the beginning of a series."""
        self._keys.begin_series(line, said, key)

    def observation(self, line: int | None, said: Mapping[str, str], key: tuple[str, ...] = ()) -> None:
        """Compare an observation, and its series with the first of them."""
        keys = self._keys
        if keys.begins_series() and hash(keys.series) in self._wanted_series:
            self._compare(("series", *keys.series), keys.series_line, keys.text({}), "series")
        whole = keys.of(said, key)
        if hash(whole) in self._wanted:
            self._compare(whole, line, keys.text(said), "observation")

    def _compare(self, key: tuple[object, ...], line: int | None, text: str, what: str) -> None:
        if key in self._seen:
            first = f", first in line {self._seen[key]}" if self._seen[key] else ""
            self._faults.add(RULE, f"the {what} stands twice in its data set{first}: leave one out", line, text)
        elif len(self._seen) < _MOST_COMPARED:
            self._seen[key] = line
