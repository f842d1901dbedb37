"""The data package on columns: what frictionless checks row by row, as SQL in DuckDB, for any number of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from publisher.checks.check import Outcome, Subject
from publisher.checks.package_descriptor import RULE, read_release
from publisher.checks.package_tables import Table, UnreadTableError, faults
from publisher.digests import digest
from publisher.errors import Finding
from publisher.observations import connect


def run(subject: Subject) -> Outcome:
    """Check bytes and hash of every resource, and of tables the header, types, patterns and keys."""
    package, wrong = read_release(subject.folder, subject.files)
    if wrong:
        return Outcome(wrong)
    findings = [fault for resource in package["resources"] for fault in _bytes(subject.folder, resource)]
    if not findings:
        findings = list(_tables(subject, package["resources"]))
    return Outcome(tuple(findings), f"{len(package['resources']):,} resources")


def _bytes(folder: Path, resource: dict[str, Any]) -> Iterator[Finding]:
    size, sha256 = digest(folder / resource["path"])
    if size != resource.get("bytes"):
        message = f"has {size:,} bytes, the package says {resource.get('bytes')}: it was changed after the build"
        yield Finding(RULE, message, file=resource["path"])
    if f"sha256:{sha256}" != resource.get("hash"):
        message = "its sha256 is not the one in the package: it was changed after the build"
        yield Finding(RULE, message, file=resource["path"])


def _tables(subject: Subject, resources: list[dict[str, Any]]) -> Iterator[Finding]:
    tables = {
        item["name"]: Table(
            item["name"], item["path"], subject.folder / item["path"], item["schema"], item.get("dialect", {})
        )
        for item in resources
        if "schema" in item
    }
    with connect(subject.scratch) as database:
        for table in tables.values():
            try:
                yield from faults(database, table, tables, subject.scratch, RULE)
            except UnreadTableError as error:
                yield Finding(RULE, f"cannot be read: {error}", file=table.shown)
