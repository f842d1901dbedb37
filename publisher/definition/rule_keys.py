"""The one table of what ``rules.toml`` may say; it validates, and docs/definition.md is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from publisher.definition.keys import Key
from publisher.errors import Severity
from publisher.rules import ROUNDINGS, RuleKind

KIND_NAMES: tuple[RuleKind, ...] = get_args(RuleKind)

RULE_KEYS: tuple[Key, ...] = (
    Key("rules.*.kind", "string", "What the rule says.", "yes", choices=KIND_NAMES),
    Key("rules.*.cubes", "strings", "The cubes it is about; all that have its dimensions unless given."),
    Key(
        "rules.*.severity",
        "string",
        "How bad it is when it does not hold; `error` unless given. Only an error stops a build.",
        choices=get_args(Severity),
    ),
    Key(
        "rules.*.filter",
        "lists",
        "By dimension, the only codes it is about; a cube without the dimension is not restricted.",
    ),
    Key("rules.*.exclude", "lists", "By dimension, codes it is not about."),
    Key(
        "rules.*.over",
        "strings",
        "`sum`, `mean`: the dimensions along which parts make a total; in each cube those it has. `complete`: the "
        "dimensions whose codes are combined; all unless given.",
    ),
    Key(
        "rules.*.totals",
        "words",
        "`sum`, `mean`, `identical`: by dimension, the code of its total, where that is not `_T`.",
    ),
    Key("rules.*.of", "string", "`sum`, `mean`: the frequency of the parts, where parts are periods, as in `M`."),
    Key("rules.*.to", "string", "`sum`, `mean`: the frequency of the totals, where parts are periods, as in `A`."),
    Key("rules.*.decimals", "decimals", "`mean`: decimals it is rounded to; those of the cube unless given."),
    Key(
        "rules.*.rounding",
        "string",
        "`mean`: how it is rounded; `half up` unless given. `half up` and `up` go to the larger number, `down` to the "
        "smaller one, `half even` to the even neighbour.",
        choices=ROUNDINGS,
    ),
    Key("rules.*.covered", "id", "`mean`: the attribute that says how many parts it is the mean of."),
    Key("rules.*.low", "number", "`minimum`, `range`: the least that a value may be."),
    Key("rules.*.high", "number", "`range`: the most that a value may be."),
)

# Which settings each kind has beside those of every rule.
SETTINGS: Mapping[RuleKind, frozenset[str]] = MappingProxyType(
    {
        "sum": frozenset(("over", "totals", "of", "to")),
        "mean": frozenset(("over", "totals", "of", "to", "decimals", "rounding", "covered")),
        "identical": frozenset(("totals",)),
        "minimum": frozenset(("low",)),
        "range": frozenset(("low", "high")),
        "complete": frozenset(("over",)),
    }
)
EVERY_RULE = frozenset(("kind", "cubes", "severity", "filter", "exclude"))
