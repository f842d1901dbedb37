"""The figures of the real report, and small made-up ones, as rules see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import made_up
import numpy as np
from helpers import PROJECT

from publisher.definition import read_definition
from publisher.model import Dataset
from publisher.observations import Observations, store
from publisher.quality import Checked, check_rules
from publisher.quality.cells import Cells, read_cells
from publisher.quality.check import relations_of
from publisher.quality.relations import Relations
from publisher.sources import SOURCES

NAV = "nav-tilt140"
# What is changed of a printed number, and what it then reads; None is a hidden cell.
CHANGES = {
    "+1": lambda value: value + 1,
    "-1": lambda value: value - 1,
    "+10": lambda value: value + 10,
    "last digit lost": lambda value: value // 10,
    "two digits swapped": lambda value: swapped(value),
    "value to `*`": lambda _: None,
}


def swapped(value: int) -> int:
    """Return a number with its first two neighbouring digits that differ swapped; itself where all are alike."""
    digits = str(value)
    for place in range(len(digits) - 1):
        if digits[place] != digits[place + 1]:
            return int(digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :])
    return value


def kept(project: Path, dataset: Dataset, path: Path, folder: Path) -> tuple[Observations, ...]:
    """Read and store what a dataset's source holds."""
    source = next(source for source in SOURCES if source.name == dataset.reader)
    reading = source.read(path, dataset, path.name)
    return tuple(store(dataset, cube, reading.batches[cube.id], folder, path.name) for cube in dataset.cubes)


@cache
def report() -> tuple[Dataset, Cells]:
    """Return the real dataset and its cells; whoever changes one puts it back."""
    dataset = read_definition(PROJECT, NAV)
    with TemporaryDirectory() as folder:
        stored = kept(PROJECT, dataset, PROJECT / "raw" / NAV / "2024-11.txt", Path(folder))
        return dataset, read_cells(stored, dataset.suppression)


def facts() -> list[Relations]:
    """Return every relation of the real report that must hold."""
    dataset, cells = report()
    return [item for rule in dataset.rules if rule.severity == "error" for item in relations_of(rule, cells)]


def mutations() -> Mapping[str, tuple[int, int]]:
    """Return by change how many of the printed numbers, changed one at a time, the rules detect, and of how many."""
    dataset, cells = report()
    (least,) = (int(rule.low) for rule in dataset.rules if rule.kind == "minimum" and rule.low is not None)
    around: dict[int, list[Relations]] = {}
    for item in facts():
        for index in range(len(item)):
            parts, total = item.parts_of(index), item.totals[index : index + 1]
            one = Relations(item.rule, parts, np.array([0, len(parts)]), total, item.rounding, item.unit)
            for cell in (*parts.tolist(), int(total[0])):
                around.setdefault(cell, []).append(one)
    found = {}
    for name, change in CHANGES.items():
        detected = tried = 0
        for cell in np.nonzero(~cells.hidden)[0].tolist():
            value = int(cells.low[cell])
            if (new := change(value)) != value:
                tried += 1
                with_it = new is not None and new < least
                detected += with_it or _detected(cells, cell, new, around.get(cell, []))
        found[name] = (detected, tried)
    return found


def _detected(cells: Cells, cell: int, value: int | None, relations: list[Relations]) -> bool:
    before = cells.low[cell], cells.high[cell], cells.hidden[cell]
    low, high = (0, 3) if value is None else (value, value)
    cells.low[cell], cells.high[cell], cells.hidden[cell] = low, high, value is None
    try:
        return any(item.violated(cells)[0] for item in relations)
    finally:
        cells.low[cell], cells.high[cell], cells.hidden[cell] = before


def mutation_table() -> Iterator[str]:
    """Yield the lines of the table in docs/quality.md."""
    yield "| Change of one printed number | Detected | Of | Share |"
    yield "|---|---|---|---|"
    for name, (detected, tried) in mutations().items():
        yield f"| {name} | {detected:,} | {tried:,} | {100 * detected / tried:.1f} % |"


class Made:
    """The made-up project with rules and figures of a test's own; what is not named stays as it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.raw = made_up.write_project(folder)
        self.schemas = folder / "schemas" / made_up.DATASET
        self._replace('required = ["REGION", "SECTOR"]\noptional = { REGION = ["N2"] }\n', "")

    def rules(self, text: str) -> None:
        (self.schemas / "rules.toml").write_text(text, encoding="utf-8", newline="\n")

    def threshold(self, words: str) -> None:
        """Replace the settings of the suppression."""
        self._replace('threshold = 3\nsecondary = "present"', words)

    def _replace(self, before: str, after: str) -> None:
        path = self.schemas / "dataset.toml"
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), encoding="utf-8", newline="\n")

    def cube(self, name: str, header: str, *rows: str) -> None:
        (self.raw / f"{name}.csv").write_text("\n".join((header, *rows, "")), encoding="utf-8", newline="\n")

    def checked(self) -> Checked:
        dataset = read_definition(self.folder, made_up.DATASET)
        with TemporaryDirectory() as folder:
            stored = kept(self.folder, dataset, self.raw, Path(folder))
            return check_rules(dataset, stored, {cube.id: f"{cube.id}.csv" for cube in dataset.cubes})


if __name__ == "__main__":
    print("\n".join(mutation_table()))
