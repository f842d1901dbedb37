"""The tables of a stranger's data package read by the older reader, the ``datapackage`` package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from publisher.checks import package_datapackage
from publisher.checks.check import Outcome
from publisher.checks.package_tables import listed
from publisher.errors import Finding
from publisher.validate import package_plain
from publisher.validate.package_copies import MOST_ROWS, Tables, called, described, keys, limited, named
from publisher.validate.package_parts import Part

_OLD_DIALECT = ("header", "delimiter", "quoteChar", "doubleQuote", "lineTerminator", "skipInitialSpace", "escapeChar")
# Field types that came with version 2, or that the older reader never had.
_NEW_TYPES = ("list",)


def by_datapackage(tables: Tables, descriptor: Mapping[str, Any], shown: str) -> Outcome:
    """Check the descriptor, where it is of version 1, and every table that is not too large with the older reader."""
    read: list[Part] = []
    left: list[tuple[str, str]] = tables.left_out()
    for part in tables.read:
        if reason := _unread_by_the_older(tables, part):
            left.append((part.shown, reason))
        else:
            read.append(part)
    about = {} if tables.is_v2 else package_plain.package(descriptor)
    known = {part.name: part for part in reversed(read)}
    resources = [_older(tables, part, known) for part in read]
    findings: list[Finding] = []
    if resources:
        files = {called(part): part.shown for part in read}
        found = package_datapackage.found({**about, "resources": resources}, str(tables.scratch), files, shown)
        findings = [
            named(each, read, read[0], tables.scratch) for each in limited(found, replace(read[0], shown=shown))
        ]
    return Outcome(tuple(findings), f"{len(read):,} tables", left_out=tuple(left))


def _unread_by_the_older(tables: Tables, part: Part) -> str:
    if tables.is_large(part):
        return f"has more than {MOST_ROWS:,} rows, or very long ones"
    if part.format not in ("csv", "tsv") or len(part.files) != 1:
        return "is no single CSV file, and only those are given to the older reader"
    fields = [item for item in listed(part.schema.get("fields")) if isinstance(item, dict)]
    if not fields:
        return "has no schema, which the older reader needs"
    if any(item.get("type") in _NEW_TYPES for item in fields) or "fieldsMatch" in part.schema:
        return "is described by what came with version 2"
    return ""


def _older(tables: Tables, part: Part, known: Mapping[str, Part]) -> dict[str, Any]:
    """Return a table as the older reader is told of it; ``known`` are those that it is told of, by name."""
    told = described(tables, part, [key for _, key in keys(part, known)])
    given = told.pop("dialect", {}) if part.dialect else {}
    dialect = {name: value for name, value in given.items() if name in _OLD_DIALECT}
    if part.format == "tsv":
        dialect.setdefault("delimiter", "\t")
    del told["type"]
    return {**told, "profile": "tabular-data-resource", **({"dialect": dialect} if dialect else {})}
