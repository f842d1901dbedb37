"""Other editions of the real NAV report, and damaged copies of it, made from its own text."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from helpers import PROJECT, REPORT

from publisher.definition import read_definition
from publisher.errors import Finding, InputError
from publisher.model import Dataset
from publisher.sources.nav_layout import MONTHS
from publisher.sources.nav_report import SOURCE
from publisher.sources.reading import Reading

NAME = "nav-tilt140-2024-11.txt"
HEADING = "Januar 2024 - November 2024"
Cell = tuple[int | None, str, str, int | None]


@cache
def dataset() -> Dataset:
    return read_definition(PROJECT, "nav-tilt140")


@cache
def text() -> str:
    return REPORT.read_text(encoding="utf-8")


def lines() -> list[str]:
    return text().split("\n")


def line_of(beginning: str, nth: int = 1, content: Sequence[str] | None = None) -> int:
    """Return the number, from 1, of the nth line that begins with some words."""
    found = [number for number, line in enumerate(content or lines(), 1) if line.startswith(beginning)]
    return found[nth - 1]


def read(folder: Path, content: str | bytes | Sequence[str], of: Dataset | None = None) -> Reading:
    """Read a text, or lines, as a report."""
    if not isinstance(content, str | bytes):
        content = "\n".join(content)
    path = folder / NAME
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return SOURCE.read(path, of or dataset(), NAME)


def faults(folder: Path, content: str | bytes | Sequence[str], of: Dataset | None = None) -> tuple[Finding, ...]:
    """Read what must be refused, and return why."""
    try:
        read(folder, content, of)
    except InputError as error:
        return error.findings
    raise AssertionError("the report was read, but should have been refused")


def observations(reading: Reading) -> dict[tuple[str, ...], Cell]:
    """Return every observation: (cube, key) -> value, status, confidentiality, months covered."""
    return {key: cell for key, cell, _ in _rows(reading)}


def source_lines(reading: Reading) -> dict[tuple[str, ...], int]:
    """Return the line of every observation."""
    return {key: line for key, _, line in _rows(reading)}


def _rows(reading: Reading) -> list[tuple[tuple[str, ...], Cell, int]]:
    rows = []
    for cube, batches in reading.batches.items():
        for batch in batches:
            for row in batch.to_pylist():
                values = list(row.values())
                rows.append(((cube, *values[:4]), tuple(values[4:8]), values[8]))
    assert len({key for key, _, _ in rows}) == len(rows)
    return rows


def edited(number: int, *replacement: str, content: Sequence[str] | None = None) -> list[str]:
    """Return the report with one line replaced by none, one or more."""
    content = list(content or lines())
    content[number - 1 : number] = replacement
    return content


def with_cell(number: int, column: int, cell: str) -> list[str]:
    """Return the report with one cell replaced; column 0 is the label, 1 the average, 2 January."""
    cells = lines()[number - 1].split("\t")
    cells[column] = cell
    return edited(number, "\t".join(cells))


def with_words(number: int, old: str, new: str) -> list[str]:
    """Return the report with words of one line replaced."""
    assert old in lines()[number - 1]
    return edited(number, lines()[number - 1].replace(old, new))


def edition(months: int, year: int = 2024, heading: str | None = None) -> str:
    """Return an edition with other months: fewer of them, or December as a copy of November."""
    heading = heading or f"Januar {year} - {MONTHS[months - 1]} {year}"
    return "\n".join(_line(line, months, heading) for line in lines())


def _line(line: str, months: int, heading: str) -> str:
    if line == HEADING:
        return heading
    cells = line.split("\t")
    last = cells.pop() if len(cells) > 1 and not cells[-1] else None
    if "Januar" in cells:
        first = cells.index("Januar")
        cells[first:] = MONTHS[:months]
    elif len(cells) > 2 and "Tidsserie" not in cells:
        cells = [*cells, cells[-1]][: months + 2]
    return "\t".join(cells if last is None else [*cells, last])


def blocks() -> list[list[str]]:
    """Return the fragments of the report, each from its header to its last row, without heading."""
    found: list[list[str]] = []
    in_rows = True
    for line in lines():
        is_row = "\t" in line and not line.startswith("\t")
        if not line.strip() or line == HEADING:
            continue
        if not is_row and in_rows:
            found.append([])
        found[-1].append(line)
        in_rows = is_row
    return found


def joined(fragments: Sequence[Sequence[str]]) -> str:
    """Return fragments as a report, each below a heading."""
    return "\n".join("\n".join([HEADING, "", *fragment, ""]) for fragment in fragments)


def shuffled(seed: int, rows: bool = False) -> str:
    """Return the report with its fragments in another order or, with ``rows``, the rows in each."""
    order = random.Random(seed)
    fragments = blocks()
    if not rows:
        order.shuffle(fragments)
    else:
        fragments = [_shuffled_rows(fragment, order) for fragment in fragments]
    return joined(fragments)


def _shuffled_rows(fragment: list[str], order: random.Random) -> list[str]:
    header = next(index for index, line in enumerate(fragment) if "Januar" in line) + 1
    rows = fragment[header:]
    order.shuffle(rows)
    return [*fragment[:header], *rows]


def only(found: tuple[Finding, ...], rule: str, line: int | None, *words: str) -> None:
    """Assert that there is one fault, of a rule, on a line, and that its message has some words."""
    assert [(fault.rule, fault.line, fault.file) for fault in found] == [(rule, line, NAME)], found
    for word in words:
        assert word in found[0].message
