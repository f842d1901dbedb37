"""The data package, by frictionless: descriptor, types, primary and foreign keys, bytes and hashes."""

from __future__ import annotations

from typing import Any

from publisher.checks import package_columns
from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.package_descriptor import DESCRIPTOR, read_release
from publisher.checks.package_frictionless import RULE, finding, unguessed
from publisher.errors import Finding

_MOST_FINDINGS = 20
_MOST_ROWS = 20_000  # about two seconds of frictionless


def run(subject: Subject) -> Outcome:
    """Validate every resource of ``datapackage.json`` with frictionless."""
    from frictionless import FrictionlessException, Package

    descriptor, faults = read_release(subject.folder, subject.files)
    if faults:
        return Outcome(faults)
    try:
        # Not from the path, which frictionless would take for a pattern of paths.
        with unguessed():
            report = Package.from_descriptor(descriptor, basepath=str(subject.folder)).validate()
    except FrictionlessException as refusal:
        return Outcome(tuple(finding(error, DESCRIPTOR) for error in _reasons(refusal)))
    findings = [finding(error, DESCRIPTOR) for error in report.errors]
    findings += (finding(error, task.place) for task in report.tasks for error in task.errors)
    if (more := len(findings) - _MOST_FINDINGS) > 0:
        findings[_MOST_FINDINGS:] = [Finding(RULE, f"and {more:,} more", file=DESCRIPTOR)]
    return Outcome(tuple(findings), f"{len(report.tasks):,} resources")


def _reasons(refusal: Any) -> list[Any]:
    """Return what is wrong with a descriptor: frictionless says first only that something is."""
    return list(refusal.reasons) or [refusal.error]


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
        files=("datapackage.json", "data/<cube>.csv", "codelists/<ID>.csv"),
    ),
)
