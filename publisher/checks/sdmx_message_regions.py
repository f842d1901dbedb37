"""Whether an observation lies within what the constraints of its dataflow let pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from publisher import periods
from publisher.checks.sdmx_message import shown
from publisher.checks.sdmx_message_model import Artefact, Region
from publisher.checks.sdmx_message_values import kind_of

# The frequency that a kind of period has.
_FREQUENCY_OF = {"Y": "A", "M": "M", "D": "D", "X": "D", "S": "S", "T": "T", "Q": "Q", "W": "W"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """A constraint with the regions that it lets pass, and those that it keeps out."""

    constraint: Artefact
    allowed: tuple[Region, ...]
    refused: tuple[Region, ...]


def bounds_of(constraint: Artefact) -> Bounds:
    """Return the bounds that a constraint sets."""
    regions = [region for region in constraint.regions if region.values or region.times]
    allowed = tuple(region for region in regions if region.includes)
    return Bounds(constraint, allowed, tuple(region for region in regions if not region.includes))


def outside(bounds: Bounds, in_series: Mapping[str, str], said: Mapping[str, str]) -> str | None:
    """Return the component of an observation that breaks a constraint, nothing where all of it does; None if none."""
    first = None
    for region in bounds.allowed:
        broken = _break(region, in_series, said)
        if not broken:
            first = None
            break
        first = first or broken
    if first:
        return first
    return "" if any(not _break(region, in_series, said) for region in bounds.refused) else None


def words_for(constraint: Artefact, component: str, value: str) -> str:
    """Return what is said of an observation that breaks a constraint."""
    if not component:
        return f"lies in what {_named(constraint)} keeps out"
    return f"{component} is '{shown(value)}', which {_named(constraint)} does not include"


def _named(constraint: Artefact) -> str:
    name = shown(constraint.ref) if constraint.id else "the availability constraint"
    return f"{name} ({constraint.role.lower()} content)" if constraint.role else name


def _break(region: Region, in_series: Mapping[str, str], said: Mapping[str, str]) -> str:
    """Return the first component of an observation that lies outside a region; nothing where none does.

    What is not known lies in a region that lets pass, and outside one that keeps out.
    """
    unknown = region.includes
    for name, values in region.values.items():
        value = said.get(name) or in_series.get(name)
        if (not unknown) if value is None else (value not in values):
            return name
    for name, (start, end) in region.times.items():
        value = said.get(name) or in_series.get(name)
        if not (unknown if value is None else _within(value, start, end, unknown)):
            return name
    return ""


@lru_cache(maxsize=1 << 14)
def _within(period: str, start: str, end: str, unknown: bool) -> bool:
    """Say whether a period overlaps a range; ``unknown`` where one of them is no period whose days are known."""
    days, first, last = _days(period), _days(start), _days(end)
    if days is None or (start and first is None) or (end and last is None):
        return unknown
    return (first is None or days[1] >= first[0]) and (last is None or days[0] <= last[1])


def _days(period: str) -> tuple[str, str] | None:
    kind = kind_of(period)
    if kind not in _FREQUENCY_OF:
        return None
    lengths = {"Y": 4, "M": 7, "D": 10, "X": 10, "W": 8}
    try:
        start, end = periods.bounds(_FREQUENCY_OF[kind], period[: lengths.get(kind, 7)])
    except (ValueError, OverflowError):
        return None
    return start.isoformat(), end.isoformat()
