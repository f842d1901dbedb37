"""What stands in a cell of a workbook: a number with exact digits, a symbol, a text; never a formula."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any

from publisher.formats.workbook_words import ABSENT, HIDDEN, is_exact

_NUMBER = re.compile(r"-?[0-9]+([.][0-9]+)?", re.ASCII)
_KINDS = {"f": "a formula", "e": "an error", "b": "true or false", "d": "a date"}


@dataclass(frozen=True, slots=True)
class Found:
    """An observation's digits, None where it is suppressed."""

    digits: str | None


def text_of(cell: Any) -> str | None:
    """Return the text of a cell, None where there is none or something else."""
    return cell.value if cell is not None and isinstance(cell.value, str) and cell.data_type != "f" else None


def place_of(cell: Any) -> str:
    """Return where a cell stands, as ``cell C7``."""
    column = getattr(cell, "column", None)
    return "a cell" if column is None else f"cell {cell.coordinate}"


def digits_of(cell: Any, decimals: int) -> Found | None:
    """Return what a cell of numbers holds, None where there is no observation.

    Raises ValueError, which never says what stands there, at anything but a number or a symbol.
    """
    if cell is None or cell.value is None:
        return None
    if (kind := _KINDS.get(cell.data_type)) is not None:
        raise ValueError(f"holds {kind}, not a number or a symbol")
    if isinstance(cell.value, str):
        return _of_text(cell.value)
    if not isfinite(cell.value):
        raise ValueError("holds a number without end")
    return Found(_digits(cell.value, decimals))


def _of_text(text: str) -> Found | None:
    if text in (HIDDEN, ABSENT):
        return Found(None) if text == HIDDEN else None
    if not _NUMBER.fullmatch(text):
        raise ValueError("holds a text that is no number and no symbol")
    if is_exact(text):
        raise ValueError("holds a number as a text, which spreadsheets do not calculate with")
    return Found(text)


def _digits(number: float, decimals: int) -> str:
    """Return a number with the decimals of its measure, or with more where it has more."""
    whole, _, rest = format(Decimal(repr(number)), "f").partition(".")
    rest = rest.rstrip("0").ljust(decimals, "0")
    return f"{whole}.{rest}" if rest else whole
