"""What a rule found wrong, before it is worded as a finding, and how cells are named in it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from publisher.quality.cells import Cells
from publisher.rules import Rule

MOST_FAULTS = 100
"""How many faults of one rule are told one by one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold: of a cell, or of a key of a cube where there is no cell.

    ``message`` is the rest of a sentence about it; no value is named of a hidden cell but what the published rule
    says of all of them. ``parts`` are the cells that the cell should agree with.
    """

    rule: Rule
    cell: int | None
    message: str
    cube: str | None = None
    key: str | None = None
    parts: tuple[int, ...] = ()


def number(value: int, decimals: int) -> str:
    """Return a value in units of the last decimal as people read it: ``5,012.50``."""
    exact = Decimal((value < 0, tuple(map(int, str(abs(value)))), -decimals))  # Decimal.scaleb rounds to 28 digits
    return f"{exact:,f}"


def between(low: int, high: int | None, decimals: int) -> str:
    """Return a value of which bounds are known."""
    if high is None:
        return f"{number(low, decimals)} or more"
    return number(low, decimals) if low == high else f"{number(low, decimals)} to {number(high, decimals)}"


def shown(cells: Cells, cell: int) -> str:
    """Return what a reader knows of a cell: its number, or the bounds of the published rule."""
    decimals = cells.of(cell).cube.measure.decimals
    unbounded = bool(cells.hidden[cell]) and cells.unbounded
    return between(int(cells.low[cell]), None if unbounded else int(cells.high[cell]), decimals)


def lines(cells: Cells, members: list[int]) -> str:
    """Return the lines of cells in the source: ``line 5``, or ``lines 5, 7 to 9``."""
    numbers = sorted({int(cells.lines[cell]) for cell in members})
    runs: list[list[int]] = []
    for line in numbers:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    words = ", ".join(f"{run[0]}" if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)
    return f"line {words}" if len(numbers) == 1 else f"lines {words}"
