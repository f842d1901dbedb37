"""A stranger's descriptor made anew from what is known of it, so that a program of others can be handed it.

Only properties of the standard are taken, each of the shape it must have; a name of a file or an address
never is. What a program would not look at, or might never end looking at, is asked elsewhere: see ``beside``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from publisher.checks.patterns import is_harmless

V2 = "https://datapackage.org/profiles/2.0/datapackage.json"

_PACKAGE = (
    "name", "id", "title", "description", "homepage", "version", "created", "keywords", "licenses", "sources",
    "contributors", "image", "missingValues",
)  # fmt: skip
_RESOURCE = ("name", "title", "description", "homepage", "licenses", "sources", "mediatype", "bytes", "hash")
_SCHEMA = ("missingValues", "primaryKey", "fieldsMatch")
_FIELD = (
    "name", "type", "format", "title", "description", "missingValues", "trueValues", "falseValues", "bareNumber",
    "groupChar", "decimalChar", "example",
)  # fmt: skip
_CONSTRAINTS = (
    "required", "unique", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "pattern", "enum",
)  # fmt: skip
_DIALECT = (
    "header", "headerRows", "headerJoin", "commentRows", "commentChar", "delimiter", "lineTerminator", "quoteChar",
    "doubleQuote", "escapeChar", "nullSequence", "skipInitialSpace",
)  # fmt: skip
_OF_A_SCHEMA = ("primaryKey", "foreignKeys", "uniqueKeys", "fields")
# Names of encodings of text that are read; others, such as "zip", are programs that unpack.
_ENCODING = re.compile(
    r"(?i)(utf|ascii|us-ascii|iso|latin|windows|cp|koi8|mac|gb|big5|shift|euc|johab|hz|tis|ptcp|l[0-9])[-_0-9a-z]*"
)
# What Python calls encodings of text, and no file is in.
_OF_PYTHON = re.compile("(?i)idna|punycode|undefined|(raw[-_ ])?unicode[-_ ]escape")
_LONGEST_ENCODING = 60
_CSV = ("delimiter", "lineTerminator", "quoteChar", "doubleQuote", "escapeChar", "nullSequence", "skipInitialSpace")


def is_v2(descriptor: Mapping[str, Any]) -> bool:
    """Say whether a package follows version 2 of the standard, or a profile of its own: those came with it."""
    said = descriptor.get("$schema")
    return isinstance(said, str) and bool(said) and "datapackage.org/profiles/1." not in said


def package(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a package says of itself, without its resources."""
    return {**({"$schema": V2} if is_v2(descriptor) else {}), **_taken(descriptor, _PACKAGE)}


def resource(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a resource says of itself, without files, schema and dialect."""
    return _taken(given, _RESOURCE)


def dialect(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a CSV file is written; version 5 of frictionless has it below ``csv``."""
    inner = given.get("csv")
    return {**_taken(given, _DIALECT), **(_taken(inner, _CSV) if isinstance(inner, dict) else {})}


def schema(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema, without foreign keys; a pattern that might never end is left to ``beside``."""
    fields = given.get("fields")
    listed = (
        [_field(field) if isinstance(field, dict) else field for field in fields] if isinstance(fields, list) else []
    )
    return {"fields": listed, **_taken(given, _SCHEMA)}


def beside(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a schema has to be asked beside frictionless: keys of Table Schema 2.0, and odd patterns.

    It is empty where there is nothing.
    """
    fields = [field for field in given.get("fields") or () if isinstance(field, dict)]
    kept = [_asked_beside(field) for field in fields]
    keys = given.get("uniqueKeys")
    if not isinstance(keys, list) and not any("constraints" in field or "type" in field for field in kept):
        return {}
    asked = {"fields": kept, "missingValues": given.get("missingValues", [""]), "uniqueKeys": keys}
    return {**asked, "fieldsMatch": given.get("fieldsMatch", "exact")}


def unchecked(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield what of a schema no program here looks at, or nobody does, because of where it stands."""
    for field in given.get("fields") or ():
        if not isinstance(field, dict):
            continue
        constraints = field.get("constraints")
        for name in constraints if isinstance(constraints, dict) else ():
            if name not in _CONSTRAINTS:
                yield f"{field.get('name')!s:.60}: the constraint '{name[:30]}' is not checked"
        for name in _CONSTRAINTS:
            if name in field:
                yield f"{field.get('name')!s:.60}: '{name}' is not checked: it belongs into the field's constraints"


def misplaced(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield what stands in a resource and belongs into its schema, where alone programs look for it."""
    for name in _OF_A_SCHEMA:
        if isinstance(given.get(name), list | str) and given[name]:
            yield f"has '{name}', which is not checked: it belongs into the schema"


def malformed(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield what of a resource is of a type, or names an encoding, with which nobody can read its table."""
    for name, should in (("schema", "an object with a list of fields"), ("dialect", "an object")):
        if name in given and not isinstance(given[name], dict | str):
            yield f"its {name} is {_seen(given[name])}: make it {should}, the path of a file with one, or take it away"
    if isinstance(given.get("schema"), dict):
        yield from odd_fields(given["schema"])
    if "encoding" in given and not _is_encoding(encoding := given["encoding"]):
        words = "which is no encoding of text that is known"
        yield f"its encoding is {_seen(encoding)}, {words}: name the one that the file is in, such as utf-8"


def odd_fields(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield that the fields of a schema are none, where they are."""
    if "fields" in schema and not isinstance(schema["fields"], list):
        shown = _seen(schema["fields"])
        yield f"the fields of its schema are {shown}: make them a list of objects, one for each column, with its name"


def unread_encoding(given: Mapping[str, Any]) -> str:
    """Return why a resource is not read because of its encoding, nothing where it is."""
    if "encoding" not in given:
        return ""
    if not _is_encoding(encoding := given["encoding"]):
        return f"has the encoding {_seen(encoding)}, which is none of text"
    return "" if _ENCODING.fullmatch(encoding) else f"has the encoding {_seen(encoding)}, which is not read: use UTF-8"


def _is_encoding(name: object) -> bool:
    """Say whether a name is that of an encoding of text."""
    if not isinstance(name, str) or len(name) > _LONGEST_ENCODING or _OF_PYTHON.fullmatch(name):
        return False
    try:
        "".encode(name)
    except (LookupError, ValueError):
        return False
    return True


def _seen(value: object) -> str:
    """Return what stands in the place of a value, short enough for a sentence."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return json.dumps(value if not isinstance(value, str) else value[:_LONGEST_ENCODING])


def _field(given: Mapping[str, Any]) -> dict[str, Any]:
    field = _taken(given, _FIELD)
    constraints = given.get("constraints")
    if isinstance(constraints, dict):
        field["constraints"] = _taken(constraints, _CONSTRAINTS)
        if "pattern" in constraints and _is_left_out(given):
            del field["constraints"]["pattern"]
    elif constraints is not None:
        field["constraints"] = constraints
    if _is_loose(given):
        field["type"] = "string"
        for name in ("bareNumber", "groupChar", "decimalChar", "constraints", "example"):
            field.pop(name, None)
    return field


def _asked_beside(given: Mapping[str, Any]) -> dict[str, Any]:
    field = _taken(given, ("name", "missingValues"))
    if _is_loose(given):
        return {**_taken(given, _FIELD), "constraints": given.get("constraints", {})}
    if _is_left_out(given):
        field["constraints"] = {"pattern": given["constraints"]["pattern"]}
    return field


def _is_left_out(field: Mapping[str, Any]) -> bool:
    constraints = field.get("constraints")
    pattern = constraints.get("pattern") if isinstance(constraints, dict) else None
    return isinstance(pattern, str) and not is_harmless(pattern)


def _is_loose(field: Mapping[str, Any]) -> bool:
    """Say whether a number stands among other characters: frictionless looks very long for it in a long cell.

    In whole numbers it knows no groups of digits, which are Table Schema 2.0.
    """
    kind = field.get("type")
    is_among_others = field.get("bareNumber") is False and kind in ("integer", "number")
    return is_among_others or (kind == "integer" and bool(field.get("groupChar")))


def _taken(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}
