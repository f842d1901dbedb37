"""The data package, by frictionless: descriptor, types, primary and foreign keys, bytes and hashes."""

from __future__ import annotations

import re
from typing import Any

from publisher.checks import package_columns
from publisher.checks.check import Check, Outcome, Subject
from publisher.errors import Finding

_MOST_FINDINGS = 20
_NUMERIC = re.compile("[-+.]?[0-9]")
_MOST_ROWS = 20_000  # about two seconds of frictionless


def run(subject: Subject) -> Outcome:
    """Validate every resource of ``datapackage.json`` with frictionless."""
    from frictionless import FrictionlessException, Package

    descriptor, faults = package_columns.descriptor(subject)
    if faults:
        return Outcome(faults)
    try:
        # Not from the path, which frictionless would take for a pattern of paths.
        report = Package.from_descriptor(descriptor, basepath=str(subject.folder)).validate()
    except FrictionlessException as refusal:
        return Outcome((Finding("frictionless", refusal.error.message, file="datapackage.json"),))
    findings = [Finding("frictionless", error.message, file="datapackage.json") for error in report.errors]
    for task in report.tasks:
        for error in task.errors:
            line = getattr(error, "row_number", None)
            findings.append(Finding("frictionless", _unnamed(error), file=task.place, line=line))
    if (more := len(findings) - _MOST_FINDINGS) > 0:
        findings[_MOST_FINDINGS:] = [Finding("frictionless", f"and {more:,} more", file="datapackage.json")]
    return Outcome(tuple(findings), f"{len(report.tasks):,} resources")


def _unnamed(error: Any) -> str:
    """Return frictionless' message without a cell that begins like a number: it may be a hidden value."""
    message = str(error.message)
    cells = [error.cell] if hasattr(error, "cell") else getattr(error, "cells", [])
    for cell in filter(_NUMERIC.match, map(str, cells)):
        message = message.replace(f'"{cell}"', '"..."')
    return message


CHECKS = (
    Check(
        "data package",
        "frictionless",
        "fast",
        run,
        most_rows=_MOST_ROWS,
        twin=package_columns.run,
        twin_by="DuckDB",
        needs=("datapackage",),
    ),
)
