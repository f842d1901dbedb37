"""``datapackage.json`` of a release, read so that programs of others can be handed it without harm.

Such programs fetch what a descriptor names, and open any file, database or archive: of a release they
are given what ``publisher build`` writes, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

from publisher.checks.patterns import is_harmless
from publisher.engines.bounds import PACKAGE_JSON
from publisher.engines.plain_json import UnfitError, read_object
from publisher.errors import Finding

DESCRIPTOR = "datapackage.json"
RULE = "data-package"

# What programs act on, and no release of this tool has: a file or an address that is read, an archive that is opened.
_ACTED_ON = frozenset(
    ("profile", "profiles", "url", "data", "scheme", "compression", "innerpath", "extrapaths", "layout")
)
_DIALECT = frozenset(("header", "delimiter", "lineTerminator", "quoteChar", "doubleQuote"))


def read(path: Path) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Return a descriptor as plain values, and what keeps it from being one: then it is empty.

    It is a JSON object with a list of objects, ``resources``.
    """
    try:
        return _plain(path), ()
    except UnfitError as error:
        return {}, (Finding(RULE, f"cannot be read: it {error}", file=path.name, line=error.line),)


def _plain(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise UnfitError("is missing, or no regular file")
    values = read_object(path, PACKAGE_JSON)
    resources = values.get("resources")
    if not isinstance(resources, list):
        raise UnfitError("is no JSON object with a list of resources")
    if not all(isinstance(resource, dict) for resource in resources):
        raise UnfitError("has resources that are no objects")
    return values


def read_release(folder: Path, files: Container[str]) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Return the descriptor of a release, and what is wrong with it so that nothing can be handed on: then it is empty.

    ``files`` are the paths there are in the release.
    """
    package, faults = read(folder / DESCRIPTOR)
    if not faults:
        faults = (*_misleading(package), *_misnamed(package["resources"], files))
    return ({}, faults) if faults else (package, ())


def _misleading(package: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what would make a program open something else than the files of the release."""
    for where, values in (("it", package), *((_called(resource), resource) for resource in package["resources"])):
        for name in sorted(_ACTED_ON.intersection(values)):
            yield Finding(RULE, f"{where} has '{name}', which no release has: take it away", file=DESCRIPTOR)
    for resource in package["resources"]:
        kind, dialect = resource.get("type", "table"), resource.get("dialect", {})
        if kind != "table":
            yield Finding(RULE, f"{_called(resource)} has a type other than table", file=DESCRIPTOR)
        if not isinstance(dialect, dict) or not _DIALECT.issuperset(dialect):
            yield Finding(RULE, f"{_called(resource)} has a dialect that no release has", file=DESCRIPTOR)
        if not _is_schema(resource.get("schema", {"fields": []})):
            yield Finding(RULE, f"{_called(resource)} has a schema that is none: see its fields", file=DESCRIPTOR)


def _misnamed(resources: list[dict[str, Any]], files: Container[str]) -> Iterator[Finding]:
    """Yield resources without a name or a file, with a name that another has, or with a file that is not there."""
    names: set[str] = set()
    for number, resource in enumerate(resources):
        name, path = resource.get("name"), resource.get("path")
        if not isinstance(name, str) or not isinstance(path, str):
            yield Finding(RULE, f"resources[{number}] has no name or no path", file=DESCRIPTOR)
            continue
        if name in names:
            yield Finding(RULE, f"the name of the resource '{name}' stands twice", file=DESCRIPTOR)
        if path not in files:
            yield Finding(RULE, "is missing", file=path)
        names.add(name)


def _is_schema(schema: Any) -> bool:
    fields = schema.get("fields") if isinstance(schema, dict) else None
    return isinstance(fields, list) and all(
        isinstance(field, dict) and isinstance(field.get("name"), str) and _has_harmless_constraints(field)
        for field in fields
    )


def _has_harmless_constraints(field: Mapping[str, Any]) -> bool:
    constraints = field.get("constraints", {})
    return isinstance(constraints, dict) and is_harmless(constraints.get("pattern", ""))


def _called(resource: Mapping[str, Any]) -> str:
    return f"the resource {json.dumps(resource.get('name'), ensure_ascii=False):.60}"
