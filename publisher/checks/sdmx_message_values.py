"""Which texts are values of a type of SDMX, and which periods belong to which frequency.

Source: SDMX 2.1 section 6, part 4 (time periods), and the types of SDMXCommon.xsd.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Literal

from publisher import periods
from publisher.checks.sdmx_message_model import Representation

_ZONE = r"(Z|[+-]\d\d:\d\d)?"
_DAY = r"\d{4}-\d\d-\d\d"
_MOMENT = rf"{_DAY}T(([01]\d|2[0-3]):[0-5]\d:[0-5]\d([.]\d+)?|24:00:00([.]0+)?)"
_NUMBER = r"[+-]?(\d+([.]\d*)?|[.]\d+)([eE][+-]?\d+)?|NaN|-?INF"
_WHOLE = r"[+-]?\d+|NaN"
_PATTERNS = {
    "Alpha": r"[A-Za-z]*",
    "AlphaNumeric": r"[A-Za-z0-9]*",
    "Numeric": r"[0-9]*",
    "BigInteger": _WHOLE,
    "Integer": _WHOLE,
    "Long": _WHOLE,
    "Short": _WHOLE,
    "Count": _WHOLE,
    "Decimal": r"[+-]?(\d+([.]\d*)?|[.]\d+)|NaN",
    "Float": _NUMBER,
    "Double": _NUMBER,
    "Incremental": _NUMBER,
    "InclusiveValueRange": _NUMBER,
    "ExclusiveValueRange": _NUMBER,
    "Boolean": "true|false|1|0",
    "GregorianYear": r"\d{4,}" + _ZONE,
    "GregorianYearMonth": r"\d{4,}-\d\d" + _ZONE,
    "GregorianDay": _DAY + _ZONE,
    "DateTime": _MOMENT + _ZONE,
}
_NUMBERS = frozenset(name for name, pattern in _PATTERNS.items() if "NaN" in pattern)
_BITS = {"Integer": 31, "Long": 63, "Short": 15}
# Kinds of periods, by which type of SDMX takes them.
_PERIODS = {
    "ObservationalTimePeriod": "AYSTQMKWDBXR",
    "StandardTimePeriod": "AYSTQMKWDBX",
    "BasicTimePeriod": "YMDX",
    "GregorianTimePeriod": "YMD",
    "ReportingTimePeriod": "ASTQKWB",
    "ReportingYear": "A",
    "ReportingSemester": "S",
    "ReportingTrimester": "T",
    "ReportingQuarter": "Q",
    "ReportingMonth": "K",
    "ReportingWeek": "W",
    "ReportingDay": "B",
    "TimeRange": "R",
}
# A: reporting year, Y: year, K: reporting month, M: month, D: day, B: reporting day, X: moment, R: range.
_KINDS = {
    "Y": r"\d{4}",
    "M": r"\d{4}-(0[1-9]|1[0-2])",
    "D": _DAY,
    "X": _MOMENT,
    "R": rf"({_DAY}|{_MOMENT}){_ZONE}/-?P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+D)?(T(\d+H)?(\d+M)?(\d+([.]\d+)?S)?)?",
    "A": r"\d{4}-A1",
    "S": r"\d{4}-S[12]",
    "T": r"\d{4}-T[1-3]",
    "Q": r"\d{4}-Q[1-4]",
    "K": r"\d{4}-M(0[1-9]|1[0-2])",
    "W": r"\d{4}-W(0[1-9]|[1-4]\d|5[0-3])",
    "B": r"\d{4}-D(00[1-9]|0[1-9]\d|[12]\d\d|3[0-5]\d|36[0-6])",
}
_KIND = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))
_ZONED = re.compile(rf"(?P<period>.*?){_ZONE}")
# Kinds by frequency of CL_FREQ; a moment or a range goes with any.
_FREQUENCIES = {"A": "YA", "S": "S", "T": "T", "Q": "Q", "M": "MK", "W": "W", "D": "DB", "B": "DB"}
_ANY = "XR"

Fit = Literal["fits", "other", "unsure", "none"]


@lru_cache(maxsize=1 << 16)
def kind_of(period: str) -> str:
    """Return the kind of a period as a letter; nothing where the text is no period of SDMX."""
    if not period.isascii():
        return ""
    found = _KIND.fullmatch(period)
    if found is None and (bare := _ZONED.fullmatch(period)):
        found = _KIND.fullmatch(bare["period"])
    kind = found.lastgroup if found else None
    return kind if kind and _is_dated(kind, period) else ""


def _is_dated(kind: str, text: str) -> bool:
    """Say whether the days are those of the calendar."""
    try:
        if kind in "DXR":
            date.fromisoformat(text[:10])
        elif kind == "W":
            periods.bounds("W", text[:8])
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1 << 16)
def fit(frequency: str, period: str) -> Fit:
    """Say whether a period goes with a frequency, is one of another, is unsure (a day of a year), or is none at all."""
    kind = kind_of(period)
    if not kind:
        return "none"
    if frequency not in _FREQUENCIES or kind in _FREQUENCIES[frequency] or kind in _ANY:
        return "fits"
    return "unsure" if kind == "D" else "other"


def is_number(representation: Representation | None) -> bool:
    """Say whether a component takes numbers."""
    return representation is not None and representation.text_type in _NUMBERS


def taker(representation: Representation) -> Callable[[str], bool]:
    """Return what says whether a text is a value of a plain representation, with its bounds."""
    kind = representation.text_type
    tests: list[Callable[[str], bool]] = []
    if kind in _PERIODS:
        tests.append(lambda text: kind_of(text) in tuple(_PERIODS[kind]))
    elif kind in _PATTERNS:
        pattern = re.compile(_PATTERNS[kind], re.ASCII)
        tests.append(lambda text: pattern.fullmatch(text.strip(" \t\r\n")) is not None)
    if kind in _BITS:
        most = 1 << _BITS[kind]
        tests.append(lambda text: "NaN" in text or len(text) < 40 and -most <= int(text) < most)
    tests += _bounds(dict(representation.facets), kind)
    return lambda text: all(test(text) for test in tests)


def _bounds(facets: dict[str, str], kind: str) -> list[Callable[[str], bool]]:
    """Return the tests of the bounds that a representation names and that are numbers."""
    tests: list[Callable[[str], bool]] = []
    for name in ("minLength", "maxLength"):
        if (bound := facets.get(name, "")).isdigit() and bound.isascii() and len(bound) < 10:
            number = int(bound)
            is_least = name == "minLength"
            tests.append(lambda text, n=number, least=is_least: len(text) >= n if least else len(text) <= n)  # type: ignore[misc]
    if kind in _NUMBERS:
        for name in ("minValue", "maxValue"):
            try:
                limit = float(facets[name])
            except (KeyError, ValueError):
                continue
            is_least = name == "minValue"
            tests.append(lambda text, n=limit, least=is_least: _within(text, n, least))  # type: ignore[misc]
    return tests


def _within(text: str, limit: float, is_least: bool) -> bool:
    try:
        value = float(text.replace("INF", "inf"))
    except (ValueError, OverflowError):
        return False
    return value != value or (value >= limit if is_least else value <= limit)
