"""The data package, by frictionless: descriptor, types, primary and foreign keys, bytes and hashes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from publisher.checks import package_columns
from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.package_descriptor import DESCRIPTOR, read_release
from publisher.checks.package_frictionless import RULE, finding, unguessed
from publisher.engines.confined import words_of_fall
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
    except Exception as fall:  # what other programs raise for a packed file that is damaged, frictionless lets pass
        return Outcome(tuple(_fallen(descriptor, str(subject.folder))) or (_words(fall, DESCRIPTOR),))
    findings = [finding(error, DESCRIPTOR) for error in report.errors]
    findings += (finding(error, task.place) for task in report.tasks for error in task.errors)
    if (more := len(findings) - _MOST_FINDINGS) > 0:
        findings[_MOST_FINDINGS:] = [Finding(RULE, f"and {more:,} more", file=DESCRIPTOR)]
    return Outcome(tuple(findings), f"{len(report.tasks):,} resources")


def _fallen(descriptor: dict[str, Any], folder: str) -> Iterator[Finding]:
    """Yield the files that frictionless falls over, each read by itself."""
    from frictionless import FrictionlessException, Package

    for resource in descriptor["resources"]:
        try:
            with unguessed():
                Package.from_descriptor({**descriptor, "resources": [resource]}, basepath=folder).validate()
        except FrictionlessException as refusal:
            yield from (finding(error, resource["path"]) for error in _reasons(refusal))
        except Exception as fall:
            yield _words(fall, resource["path"])


def _words(fall: Exception, file: str) -> Finding:
    rule, words = words_of_fall(fall)
    return Finding(rule, f"frictionless {words}", file=file)


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
