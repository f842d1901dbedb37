"""``reports/``: what a release says of its own numbers, and which checks it has passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from publisher.checks.published_reports import QUALITY, VALIDATION, quality
from publisher.checks.run import Verdict
from publisher.digests import digest
from publisher.formats.datapackage import as_json
from publisher.model import Dataset, Edition
from publisher.observations import Observations
from publisher.release.manifest import TOOL, Entry

FORMAT = "reports"
PATHS = (QUALITY, VALIDATION)


def write_reports(
    folder: Path,
    dataset: Dataset,
    edition: Edition,
    tool_version: str,
    observations: Iterable[Observations],
    verdicts: Iterable[Verdict],
    exact: Mapping[str, int],
) -> tuple[Entry, ...]:
    """Write both reports into the folder of a release that has been checked; return them for its manifest.

    ``exact`` is by cube how many hidden cells a reader can compute, where that is known. Neither report holds a time
    or anything else that another run of the same build would say otherwise.
    """
    head = {"dataset": dataset.id, "edition": edition.id, "version": edition.version}
    checked_by = {"tool": {"name": TOOL, "version": tool_version}}
    contents = {
        QUALITY: {**head, **quality(observations, exact)},
        VALIDATION: {**head, **checked_by, "checks": [_check(verdict) for verdict in verdicts]},
    }
    return tuple(_written(folder, path, values) for path, values in contents.items())


def _check(verdict: Verdict) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": verdict.name,
        "by": verdict.by,
        "verdict": "skipped" if verdict.skipped else "failed" if _errors(verdict) else "passed",
        "looked_at": verdict.outcome.looked_at,
    }
    if verdict.skipped:
        values["skipped"] = verdict.skipped
    if verdict.findings:
        values["findings"] = [str(finding) for finding in verdict.findings]
    return values


def _errors(verdict: Verdict) -> bool:
    return any(finding.severity == "error" for finding in verdict.findings)


def _written(folder: Path, path: str, values: Mapping[str, Any]) -> Entry:
    file = folder / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(as_json(values), encoding="utf-8", newline="\n")
    return Entry(path, FORMAT, *digest(file))
