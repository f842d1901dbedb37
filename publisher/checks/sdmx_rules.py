"""What a schema cannot say of SDMX-ML data, held against the files that were written.

A value is a number or NaN, every observation has its statuses and they fit, the period fits FREQ,
codes are in their codelists (in generic data no schema says so), a series and an observation stand
once, and the actual constraint of the structure message of the same version holds, both ways. No
finding says what a value is.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import periods
from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_head import SPACES
from publisher.checks.sdmx_layouts import FLAT, GENERIC, IN_SERIES, Layout
from publisher.checks.sdmx_lines import Block, head_and_digest, read_blocks
from publisher.checks.sdmx_region import Region, read_regions
from publisher.columns import key_texts, period_texts
from publisher.errors import Finding, nearest
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

_MOST_FINDINGS = 5
_LAYOUTS = {"": IN_SERIES, "-flat": FLAT, "-generic": GENERIC}
# Lower than every character of a code, so that joined keys are in the order of the keys.
_SEPARATOR = "\0"


def kept_rules(subject: Subject) -> Outcome:
    """Hold every data message of the release against the rules."""
    findings: list[Finding] = []
    files = 0
    kept: _Kept = {}
    for version in SPACES:
        regions, faults = _regions(subject, version)
        findings += faults
        for cube, observations in subject.observations.items():
            for suffix, layout in _LAYOUTS.items():
                path = f"sdmx/{cube}/data-{version}{suffix}.xml"
                if path in subject.files:
                    files += 1
                    rules = _Rules(path, observations.cube, subject.dataset, regions)
                    findings += rules.findings(subject.folder, version, layout, kept)
    return Outcome(tuple(findings), f"{files} files")


def _regions(subject: Subject, version: str) -> tuple[dict[str, Region] | None, list[Finding]]:
    """Return what the structure message of a version says there is; None where there is no message."""
    path = f"sdmx/structure-{version}.xml"
    if path not in subject.files:
        return None, []
    try:
        return read_regions(subject.folder / path), []
    except UnreadableError as error:
        return None, [Finding("sdmx-constraint", f"cannot be read: {error}", file=path)]


class _Rules:
    """The rules, held against one file; what was found so far and what the file holds."""

    def __init__(self, path: str, cube: Cube, dataset: Dataset, regions: dict[str, Region] | None) -> None:
        self._path, self._cube, self._dataset = path, cube, dataset
        self._regions = regions
        self._findings: list[Finding] = []
        self._counts: dict[str, int] = {}
        self._values: dict[str, set[str]] = {component: set() for component in cube.key_ids}
        self._spans: set[str] = set()
        self._last = ("", "")
        self._rises = True

    def findings(self, folder: Path, version: str, layout: Layout, kept: _Kept) -> list[Finding]:
        """Return what is wrong with the file; the first of each rule, then how much more there is.

        ``kept`` are the files so far that keep all rules, by cube, layout and sha256 of their rows: the
        versions write the same rows, and then only the constraint is another one.
        """
        blocks = (folder / self._path, self._cube, self._dataset, version, layout)
        try:
            key = (self._cube.id, layout, head_and_digest(*blocks)[1])
            if not self._took(kept.get(key)):
                self._read(*blocks)
            self._constraint()
            if not self._findings:
                kept[key] = self
        except UnreadableError as error:
            self._note("sdmx-data", f"cannot be read as what this tool writes: {error}")
        for rule, count in self._counts.items():
            if count > _MOST_FINDINGS:
                more = f"and {count - _MOST_FINDINGS:,} more of the same"
                self._findings.append(Finding(rule, more, file=self._path, cube=self._cube.id))
        return self._findings

    def _took(self, other: _Rules | None) -> bool:
        """Take over what another file with the same rows holds, where all of it is promised here too."""
        if other is None or any(not other._values[name] <= values for name, values in self._promised().items()):
            return False
        self._values, self._spans = other._values, other._spans
        return True

    def _read(self, path: Path, cube: Cube, dataset: Dataset, version: str, layout: Layout) -> None:
        """Hold every row against the rules."""
        for block in read_blocks(path, cube, dataset, version, layout):
            self._statuses(block)
            self._codes(block)
            self._periods(block)
            self._order(block)
        if not self._rises:
            self._duplicates(read_blocks(path, cube, dataset, version, layout))

    def _note(self, rule: str, message: str, line: int | None = None, key: str | None = None) -> None:
        self._counts[rule] = self._counts.get(rule, 0) + 1
        if self._counts[rule] <= _MOST_FINDINGS:
            self._findings.append(Finding(rule, message, file=self._path, line=line, cube=self._cube.id, key=key))

    def _rows(self, rule: str, message: str, block: Block, wrong: pa.BooleanArray) -> None:
        """Note the rows of a block that are wrong."""
        import pyarrow.compute as pc

        if not wrong.true_count:
            return
        places = pc.indices_nonzero(wrong)
        chosen = block.rows.take(places[:_MOST_FINDINGS])
        lines = block.lines.take(places[:_MOST_FINDINGS])
        for line, key in zip(lines.to_pylist(), key_texts(chosen, self._cube).to_pylist(), strict=True):
            self._note(rule, message, line, key)
        self._counts[rule] += len(places) - len(lines)

    def _statuses(self, block: Block) -> None:
        """Every observation has a value or NaN and its statuses, and a status of suppression goes with NaN."""
        import pyarrow.compute as pc

        rows, measure = block.rows, self._cube.measure.id
        value = rows[measure]
        hidden = value.is_null()
        absent = pc.fill_null(pc.equal(value, ""), False)
        number = rf"^-?[0-9]+{rf'[.][0-9]{{{self._cube.measure.decimals}}}' if self._cube.measure.decimals else ''}$"
        other = pc.invert(pc.or_(absent, pc.fill_null(pc.match_substring_regex(value, number), True)))
        self._rows(
            "sdmx-value", f"{measure} is missing: a suppressed cell says NaN, for absent means unchanged", block, absent
        )
        decimals = f"digits with {self._cube.measure.decimals} decimals"
        self._rows("sdmx-value", f"{measure} is neither {decimals} nor NaN, in this case", block, other)
        for attribute in self._cube.attributes:
            if attribute.required:
                message = f"{attribute.id} is missing: every observation has one"
                self._rows("sdmx-status", message, block, rows[attribute.id].is_null())
        for status, code in ((OBS_STATUS, SUPPRESSED_OBS_STATUS), (CONF_STATUS, SUPPRESSED_CONF_STATUS)):
            says = pc.equal(rows[status], code)
            message = f"{status} {code} goes with {measure} NaN, and only with it"
            self._rows("sdmx-status", message, block, pc.fill_null(pc.not_equal(says, hidden), False))

    def _codes(self, block: Block) -> None:
        """Every code is in its codelist; what codes there are is kept for the constraint."""
        for dimension in self._cube.dimensions:
            found = set(block.rows[dimension.id].unique().to_pylist())
            self._values[dimension.id] |= found
            if dimension.codelist is not None:
                self._unknown(block, dimension.id, dimension.codelist, found)
        for attribute in self._cube.attributes:
            if attribute.codelist is not None:
                found = set(block.rows[attribute.id].unique().to_pylist())
                self._unknown(block, attribute.id, attribute.codelist, found)

    def _unknown(self, block: Block, component: str, codelist: Codelist, found: set[str | None]) -> None:
        for code in sorted(code for code in found if code is not None and code not in codelist):
            message = f"{component} '{code}' is not in {codelist.id}{nearest(code, codelist.ids)}"
            self._equal("sdmx-code", message, block, component, code)

    def _equal(self, rule: str, message: str, block: Block, component: str, text: str) -> None:
        """Note the rows that say a text."""
        import pyarrow.compute as pc

        self._rows(rule, message, block, pc.fill_null(pc.equal(block.rows[component], text), False))

    def _periods(self, block: Block) -> None:
        """Every period is one of its frequency, and none that the constraint does not know."""
        import pyarrow as pa

        spans = period_texts(block.rows).dictionary_encode()
        known = spans.dictionary.to_pylist()
        self._spans.update(known)
        wrong = pa.array([not periods.belongs(*span.split(" ", 1)) for span in known], pa.bool_()).take(spans.indices)
        self._rows(
            "sdmx-period", f"{TIME_PERIOD} is no period of its {FREQ}: write 2024 for A, 2024-01 for M", block, wrong
        )
        for component, values in self._promised().items():
            for code in sorted(set(block.rows[component].unique().to_pylist()) - values):
                message = (
                    f"{component} '{code}' is not in the actual constraint: write structures and data in one build"
                )
                self._equal("sdmx-constraint", message, block, component, code)

    def _region(self) -> Region | None:
        return (self._regions or {}).get(self._dataset.names.dataflow(self._cube.id))

    def _promised(self) -> dict[str, frozenset[str]]:
        """Return the values of each dimension that the constraint lists."""
        region = self._region()
        return {} if region is None else {name: region.values[name] for name in self._values if name in region.values}

    def _order(self, block: Block) -> None:
        """Note whether keys rise; while they do, nothing stands twice."""
        import pyarrow as pa
        import pyarrow.compute as pc

        joined = (_joined(block.series), _joined(block.rows.select(list(self._cube.key_ids))))
        for number, keys in enumerate(joined):
            if len(keys):
                before = pa.concat_arrays([pa.array([self._last[number]]), keys[:-1]])
                self._rises &= pc.all(pc.less(before, keys)).as_py()
        self._last = tuple(
            keys[-1].as_py() if len(keys) else last for keys, last in zip(joined, self._last, strict=True)
        )  # type: ignore[assignment]

    def _duplicates(self, blocks: Iterable[Block]) -> None:
        """Note each series and observation that stands a second time."""
        seen: tuple[dict[str, int], dict[str, int]] = ({}, {})
        for block in blocks:
            joined = (_joined(block.series), _joined(block.rows.select(list(self._cube.key_ids))))
            for first, keys, lines, word in zip(
                seen, joined, (block.series_lines, block.lines), ("series", "observation"), strict=True
            ):
                for key, line in zip(keys.to_pylist(), lines.to_pylist(), strict=True):
                    if first.setdefault(key, line) != line:
                        message = f"this {word} stands on line {first[key]} already: keep one"
                        self._note("sdmx-duplicate", message, line, key.replace(_SEPARATOR, "."))

    def _constraint(self) -> None:
        """Nothing that the actual constraint promises is missing, and its days are those of the periods."""
        region = self._region()
        if self._regions is not None and region is None and self._spans:
            self._note("sdmx-constraint", "the structures have no actual constraint for its dataflow: build them again")
        if region is None:
            return
        for component, values in self._promised().items():
            for code in sorted(values - self._values[component]):
                self._note("sdmx-constraint", f"the constraint promises {component} '{code}', which no observation has")
        days = [periods.bounds(*span.split(" ", 1)) for span in self._spans if periods.belongs(*span.split(" ", 1))]
        if region.begin is not None and days:
            found = (min(first for first, _ in days), max(last for _, last in days))
            if found != (region.begin, region.end):
                message = f"periods cover {found[0]} to {found[1]}, the constraint {region.begin} to {region.end}"
                self._note("sdmx-constraint", message)


_Kept = dict[tuple[str, Layout, str], _Rules]


def _joined(columns: pa.RecordBatch) -> pa.StringArray:
    """Return the keys of rows as texts that have the order of the keys."""
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(*columns.columns, _SEPARATOR)


CHECKS = (
    Check("SDMX-ML rules", "publisher", "fast", kept_rules, needs=("sdmx-ml",), files=("sdmx/<cube>/data-<name>.xml",)),
)
