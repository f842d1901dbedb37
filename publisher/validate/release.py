"""A release proved from its own files, wherever it is now: nothing of the project that made it is needed."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from publisher.checks import CHECKS, Subject
from publisher.checks.check import Outcome
from publisher.checks.run import Verdict, run_checks
from publisher.errors import Finding, InputError, PublisherError
from publisher.formats import FORMATS
from publisher.formats.datapackage import NAME as PACKAGE
from publisher.model import Edition
from publisher.release import MANIFEST, Manifest, observations_of, open_release, read_manifest, reports
from publisher.release.manifest import verify
from publisher.validate.kind import Begin, Kind, Validation


def fits(path: Path) -> bool:
    """Say whether a path is a folder; whether that is a release is seen when it is opened."""
    return path.is_dir()


def validate(folders: Sequence[Path], full: bool, begin: Begin) -> Iterator[Validation]:
    """Check releases: of each its manifest, then every check that there are files for, full ones where asked.

    Raises InputError where a folder holds no release of this tool.
    """
    for folder in folders:
        if not (folder / MANIFEST).is_file():
            read_manifest(folder)
        values: dict[str, Any] = {"folder": str(folder), "dataset": "", "version": "", "observations": {}}
        report = Validation("release", folder.as_posix(), values)
        _prove(report, folder, full, begin)
        counted = [(counts["observations"], counts["suppressed"]) for counts in values["observations"].values()]
        rows, hidden = (sum(numbers) for numbers in zip(*counted, strict=True)) if counted else (0, 0)
        report.about = f"{values['dataset']} {values['version']}, {rows:,} observations, {hidden:,} suppressed"
        yield report


def _prove(report: Validation, folder: Path, full: bool, begin: Begin) -> None:
    begin("manifest")
    started = perf_counter()
    try:
        manifest = read_manifest(folder)
    except InputError as error:
        return report.failed("manifest", error, MANIFEST)
    report.values.update(dataset=manifest.dataset, version=manifest.version)
    changed = (*verify(folder, manifest), *_wrong_formats(manifest), *_wrong_version(folder, manifest))
    looked_at = f"{len(manifest.files):,} files"
    report.verdicts.append(Verdict("manifest", "publisher", Outcome(changed, looked_at), perf_counter() - started))
    try:
        release = open_release(folder)
    except PublisherError as error:
        return report.failed("definition", error, "definition")
    if not _is_month(manifest.edition):
        return report.failed("manifest", InputError(f"says edition '{manifest.edition}', which is no month"), MANIFEST)
    with tempfile.TemporaryDirectory(prefix="publisher-") as scratch:
        begin("read")
        started = perf_counter()
        files = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        observations, faults = observations_of(
            release, files, frozenset(finding.file for finding in changed), Path(scratch)
        )
        report.verdicts.append(Verdict("observations", "publisher", Outcome(faults), perf_counter() - started))
        report.values["observations"] = {
            cube: {"observations": item.rows, "suppressed": item.suppressed} for cube, item in observations.items()
        }
        edition = release.dataset.edition(manifest.edition)
        subject = Subject(folder, release.dataset, edition, observations, files, Path(scratch))
        report.verdicts += run_checks(CHECKS, subject, release.manifest.formats, full, begin)
    return None


def _is_month(edition: str) -> bool:
    """Say whether an edition is named after a month of a year that there is."""
    return re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", edition) is not None and not edition.startswith("0000")


def _wrong_formats(manifest: Manifest) -> Iterator[Finding]:
    """Yield files that a manifest says are of a format which has none of that name: its checks would not run."""
    patterns = {
        format.name: [re.sub("<[^>]*>", "[^/]+", re.escape(path)) for path in format.paths] for format in FORMATS
    }
    patterns[reports.FORMAT] = [re.escape(path) for path in reports.PATHS]
    for path, entry in manifest.files.items():
        if not any(re.fullmatch(pattern, path) for pattern in patterns.get(entry.format, ())):
            yield Finding("manifest", f"is no file of the format '{entry.format}', as the manifest says", file=path)


def _wrong_version(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """Yield where the manifest says another version, or another month, than the data package."""
    package = folder / PACKAGE
    try:
        version = json.loads(package.read_text(encoding="utf-8"))["version"] if package.is_file() else manifest.version
        month = Edition(manifest.edition).version.rpartition(".")[0]
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return  # a package that is none, or an edition that is no month: that is said elsewhere
    if version != manifest.version or not manifest.version.startswith(f"{month}."):
        said = f"edition {manifest.edition}, version {manifest.version}"
        yield Finding("manifest", f"says {said}, the data package version {version}", file=MANIFEST)


KIND = Kind("release", f"folders of releases (with {MANIFEST})", fits, validate)
