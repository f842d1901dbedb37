"""What a dataset says must hold between its own figures: rules, as ``rules.toml`` declares them. Frozen, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from publisher.errors import Severity

RuleKind = Literal["sum", "identical", "mean", "minimum", "range", "complete"]
Rounding = Literal["half up", "half even", "down", "up"]
ROUNDINGS: tuple[Rounding, ...] = ("half up", "half even", "down", "up")

Profile = Literal["pre-release", "republish"]
PROFILES: tuple[Profile, ...] = ("pre-release", "republish")

Codes = Mapping[str, tuple[str, ...]]


def _none() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its kind, the cubes and codes it is about, and the settings of its kind.

    ``cubes`` are ids. A cell is looked at where each of its codes is in ``filter`` and none in ``exclude``, as
    far as they name its dimension. ``over`` are the dimensions along which parts make a total (``sum``,
    ``mean``) and ``totals`` the codes of totals that are not those of the codelist; or periods of the frequency
    ``of`` make those of the frequency ``to``. ``low`` and ``high`` are in the measure's unit.
    """

    id: str
    kind: RuleKind
    cubes: tuple[str, ...]
    severity: Severity = "error"
    filter: Codes = field(default_factory=_none)
    exclude: Codes = field(default_factory=_none)
    over: tuple[str, ...] = ()
    totals: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    of: str | None = None
    to: str | None = None
    decimals: int | None = None
    rounding: Rounding = "half up"
    covered: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
