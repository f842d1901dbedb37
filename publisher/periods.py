"""Time periods of SDMX: which text belongs to which frequency, and the days it covers.

Source: SDMX 2.1 section 6, part 4.2 (observational time period), CL_FREQ 2.1.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

# CL_FREQ code -> the shape of its periods and how many of them a year has; finest first.
_SHAPES = {
    "D": (re.compile(r"\d{4}-\d{2}-\d{2}"), 366),
    "W": (re.compile(r"\d{4}-W\d{2}"), 53),
    "M": (re.compile(r"\d{4}-\d{2}"), 12),
    "Q": (re.compile(r"\d{4}-Q\d"), 4),
    "T": (re.compile(r"\d{4}-T\d"), 3),
    "S": (re.compile(r"\d{4}-S\d"), 2),
    "A": (re.compile(r"\d{4}"), 1),
}
FREQUENCIES = tuple(_SHAPES)
# The periods of every frequency as one pattern, such as it is for all regular expressions and XML Schema.
PATTERN = "[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?|-Q[1-4]|-T[1-3]|-S[12]|-W(0[1-9]|[1-4][0-9]|5[0-3]))?"


def bounds(frequency: str, period: str) -> tuple[date, date]:
    """Return the first and the last day of a period.

    Raises ValueError where the frequency is not one of ``FREQUENCIES`` or the period is none of it.
    """
    if frequency not in _SHAPES:
        raise ValueError(f"frequency '{frequency}' is none of {', '.join(FREQUENCIES)}")
    shape, count = _SHAPES[frequency]
    if not shape.fullmatch(period) or not period.isascii():
        raise ValueError(f"'{period}' is no period of frequency {frequency}")
    year = int(period[:4])
    if frequency == "D":
        day = date.fromisoformat(period)
        return day, day
    if frequency == "W":
        week = int(period[6:])
        return date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7)
    index = 1 if frequency == "A" else int(period[5:].lstrip("QTS"))
    if not 1 <= index <= count:
        raise ValueError(f"'{period}' is no period of frequency {frequency}: it has 1 to {count} a year")
    months = 12 // count
    last = index * months
    return date(year, last - months + 1, 1), date(year, last, monthrange(year, last)[1])


def belongs(frequency: str, period: str) -> bool:
    """Say whether the period is one of the frequency (``2024-01`` is monthly, ``2024`` yearly)."""
    try:
        bounds(frequency, period)
    except ValueError:
        return False
    return True


def nests(of: str, to: str) -> bool:
    """Say whether every period of a frequency lies whole within one of another, coarser one."""
    if of == to or not {of, to} <= _SHAPES.keys():
        return False
    if of == "D":
        return True
    if "W" in (of, to) or to == "D":
        return False
    finer, coarser = _SHAPES[of][1], _SHAPES[to][1]
    return finer > coarser and finer % coarser == 0


def around(frequency: str, period: str, to: str) -> str:
    """Return the period of a coarser frequency that a period lies in; ValueError where the two do not nest."""
    if not nests(frequency, to):
        raise ValueError(f"periods of frequency {frequency} do not make up those of {to}")
    first, last = bounds(frequency, period)
    if to == "W":
        year, week, _ = first.isocalendar()
        return f"{year:04}-W{week:02}"
    if to == "A":
        return f"{first.year:04}"
    if to == "M":
        return f"{first.year:04}-{first.month:02}"
    months = 12 // _SHAPES[to][1]
    return f"{first.year:04}-{to}{(last.month - 1) // months + 1}"
