"""What a release says of its own numbers and checks, in ``reports/``: that it is so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from publisher.checks.check import Check, Outcome, Subject
from publisher.errors import Finding
from publisher.observations import Observations

QUALITY = "reports/quality.json"
VALIDATION = "reports/validation.json"
RULE = "reports"
_REMEDY = "build the release again"


def quality(observations: Iterable[Observations]) -> dict[str, Any]:
    """Return how many observations there are and how many of them are suppressed, in all and by cube."""
    cubes = {item.cube.id: {"observations": item.rows, "suppressed": item.suppressed} for item in observations}
    totals = {name: sum(counts[name] for counts in cubes.values()) for name in ("observations", "suppressed")}
    return {**totals, "cubes": cubes}


def run(subject: Subject) -> Outcome:
    """Compare the reports of a release with its observations; while it is built there are none yet."""
    present = [path for path in (QUALITY, VALIDATION) if path in subject.files]
    if not present:
        return Outcome(nothing=True)
    findings = [finding for path in present for finding in _faults(path, subject)]
    return Outcome(tuple(findings), f"{len(present)} reports")


def _faults(path: str, subject: Subject) -> Iterator[Finding]:
    try:
        said = json.loads((subject.folder / path).read_text(encoding="utf-8"))
        messages = [*_head(said, subject), *(_numbers(said, subject) if path == QUALITY else _verdicts(said))]
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        messages = [f"is no report of a release ({type(error).__name__})"]
    for message in messages:
        yield Finding(RULE, f"{message}: {_REMEDY}", file=path)


def _head(said: Any, subject: Subject) -> Iterator[str]:
    edition = subject.edition
    wanted = {"dataset": subject.dataset.id, "edition": edition.id, "version": edition.version}
    for name, value in wanted.items():
        if said[name] != value:
            yield f"is of {name} '{said[name]}', not '{value}'"


def _numbers(said: Any, subject: Subject) -> Iterator[str]:
    counted = quality(subject.observations.values())
    for cube in {**said["cubes"], **counted["cubes"]}:
        for name in ("observations", "suppressed"):
            found, there = (side["cubes"].get(cube, {}).get(name, 0) for side in (said, counted))
            if found != there:
                yield f"says {found} {name} of cube {cube}, there are {there}"
    for name in ("observations", "suppressed"):
        if said[name] != counted[name]:
            yield f"says {said[name]} {name} in all, there are {counted[name]}"


def _verdicts(said: Any) -> Iterator[str]:
    for check in said["checks"]:
        if check["verdict"] not in ("passed", "skipped"):
            yield f"says that the check '{check['name']}' did not pass"


CHECKS = (Check("reports", "publisher", "fast", run, files=(QUALITY, VALIDATION)),)
