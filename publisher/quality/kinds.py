"""The table of kinds of rule: a new kind is one function, and one line here and in ``definition.rule_keys``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from publisher.quality import parts, values
from publisher.quality.cells import Cells
from publisher.quality.fault import Fault
from publisher.quality.relations import Relations
from publisher.rules import Rule, RuleKind

KINDS_OF_RELATIONS: Mapping[RuleKind, Callable[[Rule, Cells], Iterator[Relations]]] = MappingProxyType(
    {"sum": parts.sums, "identical": parts.identical, "mean": parts.means}
)
KINDS_OF_CELLS: Mapping[RuleKind, Callable[[Rule, Cells], Iterator[Fault]]] = MappingProxyType(
    {"minimum": values.minimum, "range": values.limits, "complete": values.complete}
)
