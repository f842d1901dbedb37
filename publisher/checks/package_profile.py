"""The data package under the official profile of Data Package 2.0, a JSON Schema that is in this package.

Where the published profile contradicts the text of the standard (Table Schema, ``fieldsMatch`` and the type
``list``), the text holds: see ``_follows_the_text``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.package_descriptor import DESCRIPTOR, read
from publisher.definition import patterns
from publisher.errors import Finding

if TYPE_CHECKING:
    from jsonschema import ValidationError

RULE = "package-profile"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
VERSION = "2.0"

_MOST_FINDINGS = 20
_MOST_REMEMBERED = 10_000
_FIELDS_MATCH = ("exact", "equal", "subset", "superset", "partial")
_LONGEST = 60
# What the patterns of the profile ask for, by their first characters.
_PATTERNS = {
    r"^((?=[^./~])(?!file:"[:12]: "which is neither the path of a file below the descriptor nor an address (http, ftp)",
    "^([-a-zA-Z0-9._])+$"[:12]: "which has other characters than letters, digits and . _ -",
    "^([^:]+:[a-fA-F0-9]+"[:12]: "which is no hash: write algorithm:hexadecimal",
    "^(.+)/(.+)$"[:12]: "which is no media type: write type/subtype",
}


def run(subject: Subject) -> Outcome:
    """Hold the descriptor of a release against the profile, and see that it says which one it follows."""
    package, faults = read(subject.folder / DESCRIPTOR)
    if faults:
        return Outcome(faults)
    findings = []
    if (said := package.get("$schema")) != PROFILE:
        message = f"$schema is {_shown(said)}, not {PROFILE}: its readers would take it for another version"
        findings.append(Finding(RULE, message, file=DESCRIPTOR))
    findings += (Finding(RULE, message, file=DESCRIPTOR) for message in limited(profile_faults(package)))
    return Outcome(tuple(findings), f"{len(package['resources']):,} resources")


def limited(messages: Iterator[str]) -> list[str]:
    """Return the first of many messages, and how many there are beside them."""
    first = list(islice(messages, _MOST_FINDINGS))
    more = sum(1 for _ in messages)
    return [*first, f"and {more:,} more"] if more else first


def profile_faults(descriptor: Any, name: str = "datapackage") -> Iterator[str]:
    """Yield each fault of a descriptor by the official profile of that name, with its place in the descriptor."""
    for fault in _validator(name).iter_errors(descriptor):
        for deepest in _deepest(fault):
            if not _follows_the_text(deepest):
                yield f"{deepest.json_path}: {_said(deepest)}"


@lru_cache
def _validator(name: str) -> Any:
    """Return the validator of a profile. It fetches nothing, and what it took once it does not look at again."""
    from jsonschema import Draft7Validator, FormatChecker, validators
    from referencing import Registry

    formats = FormatChecker(())
    formats.checks("uri")(lambda value: not isinstance(value, str) or patterns.IRI.fullmatch(value) is not None)
    formats.checks("email")(lambda value: not isinstance(value, str) or "@" in value)
    formats.checks("date-time", (ValueError, OverflowError))(_is_moment)
    text = (files("publisher.checks") / "profiles" / VERSION / f"{name}.json").read_text(encoding="utf-8")
    quicker = validators.extend(Draft7Validator, {"items": _remembering_items()})
    return quicker(json.loads(text), registry=Registry(), format_checker=formats)


def _is_moment(value: object) -> bool:
    """Say whether a text is a date-time of RFC 3339, which always has a time and an offset."""
    from datetime import datetime

    if not isinstance(value, str):
        return True
    moment = datetime.fromisoformat(value.upper())
    return moment.tzinfo is not None and len(value) >= len("2024-11-30T00:00:00Z")


def _remembering_items() -> Callable[..., Iterator[Any]]:
    """Return the keyword ``items`` for one validator: an object that a schema took once is taken again unseen.

    The fields of many tables are the same, and each is held against all types that there are.
    """
    taken: set[tuple[int, str]] = set()

    def items(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if not isinstance(instance, list):
            return
        for index, item in enumerate(instance):
            known = (id(wanted), json.dumps(item))
            if known in taken:
                continue
            faults = list(validator.descend(item, wanted, path=index))
            yield from faults
            if not faults and len(taken) < _MOST_REMEMBERED:
                taken.add(known)

    return items


def _deepest(fault: ValidationError) -> Iterator[ValidationError]:
    """Yield what is really wrong where none of several schemas takes an object: of the one that fits best.

    That is the one of the object's own type, else the one that finds least.
    """
    branches: dict[int, list[ValidationError]] = {}
    for inner in fault.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    if not branches or fault.validator not in ("oneOf", "anyOf") or _asks_for_either(fault.validator_value):
        yield fault
        return
    of_type = [
        faults for faults in branches.values() if not any(list(inner.path) == ["type"] for inner in faults)
    ]  # a field of another type
    if not of_type and all(any(list(inner.path) == ["type"] for inner in faults) for faults in branches.values()):
        yield fault
        return
    fits_best = min(of_type or branches.values(), key=len)
    for inner in fits_best:
        yield from _deepest(inner)


def _asks_for_either(branches: list[dict[str, Any]]) -> bool:
    return all(set(branch) == {"required"} for branch in branches)


def _follows_the_text(fault: ValidationError) -> bool:
    """Say whether the standard's own text allows what its published profile refuses.

    Table Schema 2.0, "fieldsMatch": a string, where the profile has an array; "list": a field type,
    which the profile does not know.
    """
    if fault.path and fault.path[-1] == "fieldsMatch":
        return fault.instance in _FIELDS_MATCH
    return isinstance(fault.instance, dict) and "name" in fault.instance and fault.instance.get("type") == "list"


def _said(fault: ValidationError) -> str:
    """Return what is wrong, and what would be right."""
    wanted, shown = fault.validator_value, _shown(fault.instance)
    if fault.validator in ("oneOf", "anyOf") and isinstance(fault.instance, dict):
        if _asks_for_either(wanted):
            either = " or ".join(" and ".join(branch["required"]) for branch in wanted)
            return f"must have {either}{', and not both' if fault.validator == 'oneOf' else ''}"
        if "type" in fault.instance:
            return f"has the type {_shown(fault.instance['type'])}, which is none of a field: see Table Schema"
    sayings: dict[str, Callable[[], str]] = {
        "required": lambda: fault.message[:_LONGEST],
        "type": lambda: f"is {shown}, not of type {' or '.join([wanted] if isinstance(wanted, str) else wanted)}",
        "enum": lambda: f"is {shown}, not one of: {', '.join(map(str, wanted))}",
        "pattern": lambda: f"is {shown}, {_PATTERNS.get(wanted[:12], f'which does not fit {wanted}')}",
        "format": lambda: f"is {shown}, which is no {wanted}",
        "minItems": lambda: "is empty: leave it out, or fill it",
        "minProperties": lambda: "is empty: leave it out, or fill it",
        "uniqueItems": lambda: "has an item twice",
    }
    saying = sayings.get(str(fault.validator))
    return f"{shown} breaks '{fault.validator}' of the profile" if saying is None else str(saying())


def _shown(value: object) -> str:
    """Return a value of a descriptor as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


CHECKS = (Check("data package profile", "jsonschema", "fast", run, needs=("datapackage",), files=(DESCRIPTOR,)),)
