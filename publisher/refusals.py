"""What observations are refused for: unknown codes, wrong periods, statuses, texts, and keys that stand twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher import periods
from publisher.columns import SOURCE_LINE, key_texts, period_texts
from publisher.errors import Finding, InputError, nearest
from publisher.model import (
    CONF_STATUS,
    FREQ,
    OBS_STATUS,
    SUPPRESSED_CONF_STATUS,
    SUPPRESSED_OBS_STATUS,
    TIME_PERIOD,
    Codelist,
    Cube,
    Dataset,
)

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_FINDINGS = 20
# A byte order mark within a text is lost in some readers.
_UNWRITABLE = r"^$|^[=+\-@]|[\x00-\x08\x0B\x0C\x0E-\x1F\x{FEFF}\x{FFFE}\x{FFFF}]"
# Whole numbers of SDMX: Integer is xs:int.
_LARGEST = 2**31 - 1


class Faults:
    """What is wrong with a cube's observations: the first few findings, and how many more there are."""

    def __init__(self, cube: Cube, file: str) -> None:
        """Begin with none; ``file`` is how findings call the source."""
        self.findings: list[Finding] = []
        self._cube, self._file, self._more = cube, file, 0

    def note(self, rule: str, message: str, line: int | None = None, key: str | None = None) -> None:
        """Keep a finding, or only count it."""
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(Finding(rule, message, file=self._file, line=line, cube=self._cube.id, key=key))
        else:
            self._more += 1

    def count(self, more: int) -> None:
        """Count findings that are not worded."""
        self._more += more

    def raise_any(self) -> None:
        """Raise InputError with what was noted, if anything was."""
        if self._more:
            self.findings.append(Finding("more", f"and {self._more} more like these", file=self._file))
        if self.findings:
            raise InputError(*self.findings)


class Refusals:
    """What is wrong with observations that arrive in key order, batch by batch."""

    def __init__(self, dataset: Dataset, cube: Cube, file: str) -> None:
        """Begin with nothing read; ``file`` is how findings call the source."""
        self._dataset, self._cube = dataset, cube
        self._faults = Faults(cube, file)
        self._last: tuple[str, int] | None = None
        self._seen: dict[str, set[str]] = {component: set() for component in cube.required}

    def read(self, batch: pa.RecordBatch) -> None:
        """Note what is wrong with a batch."""
        for component, seen in self._seen.items():
            seen.update(batch[component].unique().to_pylist())
        for dimension in self._cube.dimensions:
            if dimension.codelist is not None:
                self._codes(batch, dimension.id, dimension.codelist)
        for attribute in self._cube.attributes:
            if attribute.codelist is not None:
                self._codes(batch, attribute.id, attribute.codelist)
            elif attribute.concept.data_type == "string":
                self._texts(batch, attribute.id)
            elif attribute.concept.data_type == "integer":
                self._integers(batch, attribute.id)
        self._periods(batch)
        self._statuses(batch)
        self._duplicates(batch)

    def raise_any(self) -> None:
        """Raise what was noted, and the required codes that no observation has, if anything."""
        for component, seen in self._seen.items():
            if missing := [code for code in self._cube.required[component] if code not in seen]:
                what = f"no observation has {component} {', '.join(missing)}"
                remedy = f"'cubes.{self._cube.id}.optional' lists the codes that may be missing"
                self._faults.note("missing-code", f"{what}: {remedy}")
        self._faults.raise_any()

    def _rows(self, batch: pa.RecordBatch, mask: pa.Array) -> Iterator[tuple[int, str, dict[str, str]]]:
        """Yield (line, key, cells) of the first rows that a mask picks; the others are counted only."""
        chosen = batch.filter(mask)
        first = chosen.slice(0, _MOST_FINDINGS)
        self._faults.count(chosen.num_rows - first.num_rows)
        yield from zip(
            first[SOURCE_LINE].to_pylist(), key_texts(first, self._cube).to_pylist(), first.to_pylist(), strict=True
        )

    def _codes(self, batch: pa.RecordBatch, component: str, codelist: Codelist) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        column = batch[component]
        known = pa.array([code in codelist for code in column.dictionary.to_pylist()], pa.bool_())
        if known.false_count:
            unknown = pc.fill_null(pc.invert(known.take(column.indices)), False)
            for line, _, cells in self._rows(batch, unknown):
                code = cells[component]
                near = nearest(code, codelist.ids)
                self._faults.note("unknown-code", f"{component} '{code}' is not in {codelist.id}{near}", line)

    def _texts(self, batch: pa.RecordBatch, component: str) -> None:
        """Note texts that not every format can carry: empty, a spreadsheet's formula, characters XML does not have."""
        import pyarrow.compute as pc

        refused = pc.fill_null(pc.match_substring_regex(batch[component], _UNWRITABLE), False)
        for line, key, _ in self._rows(batch, refused):
            message = f"{component} is empty, begins with one of = + - @, or holds a control character: write words"
            self._faults.note("text", message, line, key)

    def _integers(self, batch: pa.RecordBatch, component: str) -> None:
        """Note whole numbers that SDMX's Integer cannot hold."""
        import pyarrow.compute as pc

        column = batch[component]
        outside = pc.or_(pc.greater(column, _LARGEST), pc.less(column, -_LARGEST - 1))
        for line, key, cells in self._rows(batch, pc.fill_null(outside, False)):
            message = f"{component} is {cells[component]}, beyond what SDMX's Integer holds (xs:int): declare a string"
            self._faults.note("integer", message, line, key)

    def _periods(self, batch: pa.RecordBatch) -> None:
        import pyarrow as pa

        pairs = period_texts(batch).dictionary_encode()
        faults = [_fault_of_period(*pair.split(" ", 1)) for pair in pairs.dictionary.to_pylist()]
        if any(faults):
            wrong = pa.array([fault is not None for fault in faults]).take(pairs.indices)
            for line, _, cells in self._rows(batch, wrong):
                fault = _fault_of_period(cells[FREQ], cells[TIME_PERIOD])
                self._faults.note("period", f"{TIME_PERIOD}: {fault}", line)

    def _statuses(self, batch: pa.RecordBatch) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        hidden = pc.is_null(batch[self._cube.measure.id])
        status = pc.equal(batch[OBS_STATUS].cast(pa.string()), SUPPRESSED_OBS_STATUS)
        confidential = pc.equal(batch[CONF_STATUS].cast(pa.string()), SUPPRESSED_CONF_STATUS)
        wrong = pc.or_(pc.not_equal(hidden, status), pc.not_equal(hidden, confidential))
        expected = f"{OBS_STATUS} {SUPPRESSED_OBS_STATUS} and {CONF_STATUS} {SUPPRESSED_CONF_STATUS}"
        if wrong.true_count:
            for line, key, _ in self._rows(batch, wrong):
                self._faults.note("status", f"{expected} go with an empty value, and only with one", line, key)
        if self._dataset.suppression is None and hidden.true_count:
            for line, key, _ in self._rows(batch, hidden):
                self._faults.note(
                    "suppression", "a value is hidden, but the definition has no [suppression]", line, key
                )

    def _duplicates(self, batch: pa.RecordBatch) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        keys = key_texts(batch, self._cube)
        lines = batch[SOURCE_LINE]
        if self._last is not None:
            keys = pa.concat_arrays([pa.array([self._last[0]]), keys])
            lines = pa.concat_arrays([pa.array([self._last[1]]), lines])
        same = pc.equal(keys[1:], keys[:-1])
        for index in pc.indices_nonzero(same).to_pylist():
            message = f"stands on line {lines[index]} already: keep one"
            self._faults.note("duplicate", message, lines[index + 1].as_py(), keys[index].as_py())
        if len(keys):
            self._last = (keys[-1].as_py(), lines[-1].as_py())


def _fault_of_period(frequency: str, period: str) -> str | None:
    """Return why a period is none of its frequency, or None."""
    try:
        periods.bounds(frequency, period)
    except ValueError as error:
        return str(error)
    return None
