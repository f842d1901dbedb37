"""The data package, by frictionless: descriptor, types, primary and foreign keys, bytes and hashes."""

from __future__ import annotations

from publisher.checks import package_columns
from publisher.checks.check import Check, Outcome, Subject
from publisher.errors import Finding

_MOST_FINDINGS = 20
_MOST_ROWS = 20_000  # about two seconds of frictionless


def run(subject: Subject) -> Outcome:
    """Validate every resource of ``datapackage.json`` with frictionless."""
    from frictionless import FrictionlessException, Package

    try:
        package = Package(str(subject.folder / "datapackage.json"))
        report = package.validate()
    except FrictionlessException as refusal:
        return Outcome((Finding("frictionless", refusal.error.message, file="datapackage.json"),))
    findings = [Finding("frictionless", error.message, file="datapackage.json") for error in report.errors]
    for task in report.tasks:
        for error in task.errors:
            line = getattr(error, "row_number", None)
            findings.append(Finding("frictionless", error.message, file=task.place, line=line))
    return Outcome(tuple(findings[:_MOST_FINDINGS]), f"{len(report.tasks):,} resources")


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
