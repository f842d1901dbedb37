"""``rules.toml`` read into rules: every name in it is one of the dataset, and every rule can be applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from publisher import periods
from publisher.definition.rule_keys import EVERY_RULE, RULE_KEYS, SETTINGS
from publisher.definition.toml import Toml, TomlPath, read_toml
from publisher.errors import DefinitionError, nearest
from publisher.model import FREQ, TIME_PERIOD, Cube, Dataset
from publisher.naming import SLUG_PATTERN, TOTAL
from publisher.rules import Rule

RULES_FILE = "rules.toml"
_CODES = ("filter", "exclude")
_WHOLE_DECIMALS = 15


def read_rules(folder: Path, shown: str, dataset: Dataset) -> tuple[Rule, ...]:
    """Read the rules of a dataset, none where there is no ``rules.toml``; ``shown`` is how findings call the folder.

    Raises DefinitionError with every fault, each with its line.
    """
    if not (folder / RULES_FILE).exists():
        return ()
    toml = read_toml(folder / RULES_FILE, f"{shown}/{RULES_FILE}", RULE_KEYS)
    rules = [_rule(toml, name, dataset) for name in toml.table("rules")] if toml.values else []
    if toml.findings:
        raise DefinitionError(*sorted(set(toml.findings), key=lambda found: (found.line or 0, str(found))))
    return tuple(rule for rule in rules if rule is not None)


def _rule(toml: Toml, name: str, dataset: Dataset) -> Rule | None:
    """Return a rule, or None where what is wrong with it leaves none; faults are noted."""
    path = ("rules", name)
    values = toml.table(*path)
    if not SLUG_PATTERN.fullmatch(name):
        toml.fault("id", path, f"rule '{name}': a name has lower-case words and numbers joined with `-`")
    if "kind" not in values:
        return None
    for key in values.keys() - EVERY_RULE - SETTINGS[values["kind"]]:
        toml.fault("unknown-key", (*path, key), f"'{key}' is no setting of a rule of kind {values['kind']}")
    before = len(toml.findings)
    for key in ("cubes", "over"):
        if values.get(key) == []:
            toml.fault(
                "choice", (*path, key), f"'{key}' is empty, and the rule about nothing: leave it out, or name some"
            )
    cubes = tuple(_cubes(toml, path, values, dataset))
    for key in _CODES:
        _check_codes(toml, (*path, key), values.get(key, {}), cubes)
    _check_totals(toml, path, values, cubes)
    _KINDS[values["kind"]](toml, path, values, cubes)
    if len(toml.findings) > before:
        return None
    given = {key: _frozen(value) for key, value in values.items() if key != "cubes"}
    return Rule(id=name, cubes=tuple(cube.id for cube in cubes), **given)


def _frozen(value: Any) -> Any:
    """Return a value of TOML as the model holds it: tuples, read-only tables, exact numbers."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(inner) for key, inner in value.items()})
    return value


def _cubes(toml: Toml, path: TomlPath, values: dict[str, Any], dataset: Dataset) -> Iterator[Cube]:
    """Yield the cubes a rule is about; a cube it names must have what the rule needs, others may lack it."""
    known = {cube.id: cube for cube in dataset.cubes}
    over = set(values.get("over", ()))
    every = {component for cube in dataset.cubes for component in cube.key_ids}
    for component in sorted(over - every):
        message = f"'over' has '{component}', which is no dimension{nearest(component, every)}"
        toml.fault("unknown-component", (*path, "over"), message)
    if over & {FREQ, TIME_PERIOD}:
        message = f"'over' has {FREQ} or {TIME_PERIOD}: parts that are periods are named by 'of' and 'to'"
        toml.fault("choice", (*path, "over"), message)
    for name in values.get("cubes", known):
        if name not in known:
            toml.fault("unknown-cube", (*path, "cubes"), f"unknown cube '{name}'{nearest(name, known)}")
        elif not over or over & set(known[name].key_ids):
            yield known[name]
        elif "cubes" in values:
            toml.fault("unknown-component", (*path, "over"), f"cube '{name}' has none of the dimensions of 'over'")


def _check_codes(toml: Toml, path: TomlPath, codes: dict[str, list[str]], cubes: Iterable[Cube]) -> None:
    """Note dimensions that no cube of the rule has, and codes that their lists do not have."""
    dimensions = {dimension.id: dimension for cube in cubes for dimension in cube.dimensions}
    for component, wanted in codes.items():
        place = (*path, component)
        if component not in dimensions:
            near = nearest(component, dimensions)
            toml.fault("unknown-component", place, f"'{component}' is no dimension of the rule's cubes{near}")
        elif (codelist := dimensions[component].codelist) is not None:
            for code in wanted:
                if code not in codelist:
                    near = nearest(code, codelist.ids)
                    toml.fault("unknown-code", place, f"'{code}' is not in {codelist.id}{near}")


def _check_totals(toml: Toml, path: TomlPath, values: dict[str, Any], cubes: Iterable[Cube]) -> None:
    """Note totals that are no codes, and those of dimensions along which the rule makes none."""
    totals: dict[str, str] = values.get("totals", {})
    _check_codes(toml, (*path, "totals"), {component: [code] for component, code in totals.items()}, cubes)
    for component in sorted(totals.keys() - set(values.get("over", totals))):
        message = f"'totals' has '{component}', along which the rule adds nothing up: add it to 'over'"
        toml.fault("choice", (*path, "totals", component), message)


def _check_parts(toml: Toml, path: TomlPath, values: dict[str, Any], cubes: tuple[Cube, ...]) -> None:
    """Note a rule of parts and totals that does not say which the parts are, or in both ways."""
    given = {"of", "to"} & values.keys()
    if ("over" in values) == bool(given) or len(given) == 1:
        toml.fault("missing-key", path, "say which parts make a total: either 'over', or 'of' and 'to'")
    elif given:
        _check_frequencies(toml, path, values, cubes)
    else:
        for cube in cubes:
            for component in set(values["over"]) & set(cube.key_ids):
                _check_hierarchy(toml, path, values, cube, component)


def _check_hierarchy(toml: Toml, path: TomlPath, values: dict[str, Any], cube: Cube, component: str) -> None:
    codelist = cube.dimension(component).codelist
    if codelist is None or component in values.get("totals", {}) or TOTAL in codelist or codelist.levels > 1:
        return
    message = f"{codelist.id} has neither parents nor '{TOTAL}': name the code of the total in 'totals.{component}'"
    toml.fault("missing-key", (*path, "over"), message)


def _check_frequencies(toml: Toml, path: TomlPath, values: dict[str, Any], cubes: tuple[Cube, ...]) -> None:
    for key in ("of", "to"):
        if values[key] not in periods.FREQUENCIES:
            known = ", ".join(periods.FREQUENCIES)
            toml.fault("choice", (*path, key), f"'{key}' is '{values[key]}', not one of: {known}")
            return
        _check_codes(toml, (*path, key), {FREQ: [values[key]]}, cubes)
    if not periods.nests(values["of"], values["to"]):
        message = f"periods of frequency {values['of']} do not make up those of {values['to']}"
        toml.fault("choice", (*path, "to"), message)


def _check_mean(toml: Toml, path: TomlPath, values: dict[str, Any], cubes: tuple[Cube, ...]) -> None:
    _check_parts(toml, path, values, cubes)
    for cube in cubes:
        if values.get("decimals", 0) > cube.measure.decimals:
            message = f"cube '{cube.id}' has {cube.measure.decimals} decimals, fewer than 'decimals'"
            toml.fault("choice", (*path, "decimals"), message)
        covered = values.get("covered")
        integers = [item.id for item in cube.attributes if item.concept.data_type == "integer"]
        if covered is not None and covered not in integers:
            message = f"cube '{cube.id}' has no attribute '{covered}' of whole numbers{nearest(covered, integers)}"
            toml.fault("unknown-component", (*path, "covered"), message)


def _check_identical(toml: Toml, path: TomlPath, values: dict[str, Any], cubes: tuple[Cube, ...]) -> None:
    """Note cubes whose figures cannot be the same: fewer than two, or counted otherwise."""
    if len(cubes) < 2:
        toml.fault("choice", path, "is about fewer than two cubes: no figure can stand in several")
    units = {(cube.measure.decimals, *(attribute.value for attribute in cube.series_attributes)) for cube in cubes}
    if len(units) > 1:
        toml.fault("choice", path, "its cubes differ in unit, multiplier or decimals: name those that are alike")


def _check_bounds(toml: Toml, path: TomlPath, values: dict[str, Any], cubes: tuple[Cube, ...]) -> None:
    given = [key for key in ("low", "high") if key in values]
    if not given or (values["kind"] == "minimum" and "low" not in values):
        toml.fault("missing-key", path, "'low' is missing: the least that a value may be")
    if len(given) == 2 and values["low"] > values["high"]:
        toml.fault("choice", (*path, "low"), "'low' is greater than 'high'")
    for key in given:
        if -Decimal(values[key]).as_tuple().exponent > _WHOLE_DECIMALS:  # type: ignore[operator]  # finite: checked
            toml.fault("choice", (*path, key), f"'{key}' has more than {_WHOLE_DECIMALS} decimals")


def _check_complete(toml: Toml, path: TomlPath, values: dict[str, Any], cubes: tuple[Cube, ...]) -> None:
    """Every setting of the kind has been checked with those of every rule."""


_KINDS = {
    "sum": _check_parts,
    "mean": _check_mean,
    "identical": _check_identical,
    "minimum": _check_bounds,
    "range": _check_bounds,
    "complete": _check_complete,
}
