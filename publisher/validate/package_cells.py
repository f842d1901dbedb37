"""The tables of a stranger's data package read: by frictionless, and large ones on columns.

Each program is given copies of the tables under plain names in a folder of our own, and a descriptor made
anew (``package_plain``): it sees no name, no path and no address that the stranger chose.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace

from publisher.checks import package_tables
from publisher.checks.check import Outcome
from publisher.checks.package_frictionless import RULE, finding, unguessed
from publisher.checks.package_tables import Table, UnreadTableError
from publisher.errors import Finding, Severity
from publisher.observations import connect
from publisher.validate import package_plain
from publisher.validate.package_copies import MOST_ROWS, Tables, called, described, keys, limited, named, referred
from publisher.validate.package_parts import Part

_PIECE = 1 << 20
_UTF8 = ("utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii")


def by_frictionless(tables: Tables) -> Outcome:
    """Check every table that is not too large with frictionless."""
    findings: list[Finding] = []
    looked: list[Part] = []
    left: list[tuple[str, str]] = tables.left_out()
    for part in tables.read:
        if tables.is_large(part):
            left.append((part.shown, f"has more than {MOST_ROWS:,} rows, or very long ones: it is read as columns"))
            continue
        looked.append(part)
        findings += limited(_frictionless(tables, part), part)
        findings += limited(_beside(tables, part), part)
    return Outcome(tuple(findings), f"{len(looked):,} of {len(tables.parts):,} resources", left_out=tuple(left))


def _frictionless(tables: Tables, part: Part) -> Iterator[Finding]:
    """Yield what frictionless finds in one table. It is given that one, and those that its keys lead to."""
    from frictionless import FrictionlessException, Package

    if part.format == "json":
        json.loads((tables.folder / part.files[0]).read_bytes())  # what nests too deeply ends here, not hours later
    known = {name: other for name, other in tables.by_name().items() if other.is_table}
    foreign = list(keys(part, known))
    others = list({known[name].number: known[name] for name, _ in foreign if name}.values())
    told = [described(tables, part, [key for _, key in foreign]), *(described(tables, other) for other in others)]
    package = {**({"$schema": package_plain.V2} if tables.is_v2 else {}), "resources": told}
    try:
        with unguessed():
            report = (
                Package.from_descriptor(package, basepath=str(tables.scratch)).get_resource(called(part)).validate()
            )
        found = [*report.errors, *(error for task in report.tasks for error in task.errors)]
    except FrictionlessException as refusal:
        found = list(refusal.reasons) or [refusal.error]
    for error in found:
        yield named(finding(error, part.shown), [part, *others], part, tables.scratch)


def _beside(tables: Tables, part: Part) -> Iterator[Finding]:
    """Yield what columns find of a table that frictionless does not look for; the header is frictionless' own."""
    for words in package_plain.unchecked(part.schema):
        yield Finding(RULE, words, "warning", file=part.shown)
    asked = package_plain.beside(part.schema)
    if asked and part.format in ("csv", "tsv", "") and len(part.files) == 1:
        yield from (found for found in _on_columns(tables, replace(part, schema=asked), "warning") if found.line != 1)
    elif asked:
        yield Finding(
            RULE, "its uniqueKeys and some patterns are not checked: it is no CSV", "warning", file=part.shown
        )


def by_columns(tables: Tables) -> Outcome:
    """Check the tables that are too large for frictionless on columns."""
    large = [part for part in tables.read if tables.is_large(part)]
    findings: list[Finding] = []
    left: list[tuple[str, str]] = []
    for part in large:
        if tables.is_wide(part):
            left.append((part.shown, "has more than 1,000 columns"))
        elif part.data is None and part.format not in ("json", "jsonl", "ndjson") and len(part.files) == 1:
            findings += limited(_on_columns(tables, part), part)
            findings += (
                Finding(RULE, words, "warning", file=part.shown) for words in package_plain.unchecked(part.schema)
            )
        else:
            left.append((part.shown, "is too large for frictionless, and only single CSV files are read as columns"))
    findings += (Finding(RULE, f"is not checked: it {why}", "warning", file=file) for file, why in left)
    return Outcome(tuple(findings), f"{len(large) - len(left):,} tables", left_out=tuple(left))


def _on_columns(tables: Tables, part: Part, severity: Severity = "error") -> Iterator[Finding]:
    """Yield what columns find of a table; ``severity`` is that of its not being read."""
    known = tables.by_name()
    wanted = {name: known[name] for name in referred(part) if name in known and known[name].is_table}
    try:
        table = _table(tables, part)
        others = {
            name: _table(tables, other)
            for name, other in wanted.items()
            if len(other.files) == 1 and other.format not in ("json", "jsonl", "ndjson")
        }
        with connect(tables.scratch) as database:
            yield from package_tables.faults(database, table, others, tables.scratch, RULE)
    except UnreadTableError as error:
        lead = "cannot be read" if severity == "error" else "its unique keys and some patterns are not checked"
        yield Finding(RULE, f"{lead}: {error}", severity, file=part.shown)


def _table(tables: Tables, part: Part) -> Table:
    """Return a table whose copy is in UTF-8. Raises UnreadTableError where it is not in the encoding that is said."""
    (copy,) = tables.copies(part)
    path = tables.scratch / f"{copy}.utf-8"
    encoding = str(part.resource.get("encoding") or "utf-8")
    if not path.exists():
        try:
            with (
                (tables.scratch / copy).open(
                    encoding="utf-8-sig" if encoding in _UTF8 else encoding, newline=""
                ) as given,
                path.open("w", encoding="utf-8", newline="") as written,
            ):
                shutil.copyfileobj(given, written, _PIECE)
        except (UnicodeError, LookupError) as error:
            raise UnreadTableError(f"it is not in {encoding}: name its encoding in the package") from error
    dialect = package_plain.dialect(part.dialect)
    if part.format == "tsv":
        dialect.setdefault("delimiter", "\t")
    return Table(part.name, part.shown, path, part.schema, dialect)
