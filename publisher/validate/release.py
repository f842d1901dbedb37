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
from publisher.checks.check import Check, Outcome
from publisher.checks.run import Verdict, is_wanted, run
from publisher.engines.confined import words_of_fall
from publisher.engines.folders import Contents, contents, inside
from publisher.errors import Finding, InputError, PublisherError
from publisher.formats import FORMATS
from publisher.formats.datapackage import NAME as PACKAGE
from publisher.inputs import KNOWN
from publisher.model import Edition
from publisher.release import MANIFEST, Manifest, observations_of, open_release, read_manifest, reports
from publisher.release.manifest import verify
from publisher.release.opened import Release
from publisher.validate import packed
from publisher.validate.kind import EVERY_FILE, Begin, Kind, Validation
from publisher.validate.look import json_members

_DEFINITION = "definition/dataset.toml"
# What a manifest of ours has, among others.
_OF_OURS = frozenset(("tool", "files"))
# Manifest, definition and observations.
_STEPS_BEFORE = 3
_EVERY = (MANIFEST, EVERY_FILE)
_OF_DEFINITION = next(format.paths for format in FORMATS if format.name == "definition")


def fits(path: Path) -> bool:
    """Say whether a path is the folder of a release of ours, whatever is damaged in it."""
    if not path.is_dir():
        return False
    manifest = inside(path, MANIFEST)
    return (manifest is not None and json_members(manifest) >= _OF_OURS) or inside(path, _DEFINITION) is not None


def steps(folders: Sequence[Path], full: bool) -> int:
    """Return in how many steps releases are checked."""
    return sum(_STEPS_BEFORE + len(_checks_of(folder, full)) for folder in folders)


def _checks_of(folder: Path, full: bool) -> list[Check]:
    try:
        formats = read_manifest(folder).formats
    except InputError:
        return []
    return [check for check in CHECKS if is_wanted(check, formats, full)]


def validate(folders: Sequence[Path], full: bool, begin: Begin) -> Iterator[Validation]:
    """Check releases: of each its manifest, then every check that there are files for, full ones where asked."""
    for folder in folders:
        values: dict[str, Any] = {"folder": folder.as_posix(), "dataset": "", "version": "", "observations": {}}
        report = Validation("release", folder.as_posix(), values, within=folder.as_posix())
        _prove(report, folder, full, begin)
        counted = [(counts["observations"], counts["suppressed"]) for counts in values["observations"].values()]
        rows, hidden = (sum(numbers) for numbers in zip(*counted, strict=True)) if counted else (0, 0)
        report.about = f"{values['dataset']} {values['version']}, {rows:,} observations, {hidden:,} suppressed"
        yield report


def _prove(report: Validation, folder: Path, full: bool, begin: Begin) -> None:
    """Check one release; what is no plain file, and what would grow without bounds, ends it at once."""
    begin("manifest")
    started = perf_counter()
    held = contents(folder)
    report.files = held.files
    try:
        manifest = read_manifest(folder)
    except InputError as error:
        return report.failed("manifest", error, MANIFEST)
    report.values.update(dataset=manifest.dataset, version=manifest.version)
    changed = (*_faults(folder, manifest, held), *packed.faults(folder, held.files))
    looked_at = f"{len(manifest.files):,} files"
    report.add(Verdict("manifest", "publisher", Outcome(changed, looked_at), perf_counter() - started, files=_EVERY))
    if held.others or any(finding.rule == packed.RULE for finding in changed):
        reason = "nothing else of the release is opened, for it holds what no release does: remove that first"
        return report.failed("manifest", InputError(reason), MANIFEST)
    begin("definition")
    started = perf_counter()
    try:
        release = open_release(folder, KNOWN)
    except PublisherError as error:
        return report.failed("definition", error, "definition")
    report.add(Verdict("definition", "publisher", Outcome(), perf_counter() - started, files=_OF_DEFINITION))
    if not _is_month(manifest.edition):
        return report.failed("manifest", InputError(f"says edition '{manifest.edition}', which is no month"), MANIFEST)
    report.cubes = release.cubes
    with tempfile.TemporaryDirectory(prefix="publisher-") as scratch:
        begin("observations")
        subject = _subject(report, release, frozenset(held.files), changed, Path(scratch))
        for check in _checks_of(folder, full):
            begin(check.name)
            verdict = _answer(check, subject)
            if not verdict.outcome.nothing:
                report.add(verdict)
    return None


def _subject(
    report: Validation, release: Release, files: frozenset[str], changed: Sequence[Finding], scratch: Path
) -> Subject:
    """Return what checks are given: the observations of a release, as its first file that can be read has them."""
    started = perf_counter()
    observations, faults = observations_of(release, files, frozenset(finding.file for finding in changed), scratch)
    report.add(Verdict("observations", "publisher", Outcome(faults), perf_counter() - started))
    report.values["observations"] = {
        cube: {"observations": item.rows, "suppressed": item.suppressed} for cube, item in observations.items()
    }
    edition = release.dataset.edition(release.manifest.edition)
    return Subject(release.folder, release.dataset, edition, observations, files, scratch)


def _answer(check: Check, subject: Subject) -> Verdict:
    """Run a check; what a stranger's file does to it is a finding, and the other checks run on."""
    started = perf_counter()
    try:
        return run(check, subject)
    except PublisherError as error:
        found = error.findings
    except Exception as error:  # the files are anybody's: here a fault of ours must not hide what others find
        rule, words = words_of_fall(error)
        found = (Finding(rule, f"the check '{check.name}' by {check.by} {words}"),)
    return Verdict(check.name, check.by, Outcome(found), perf_counter() - started, files=check.files)


def _faults(folder: Path, manifest: Manifest, held: Contents) -> Iterator[Finding]:
    """Yield where a folder is not what its manifest says."""
    for name, what in held.others.items():
        yield Finding("manifest", f"is {what}: a release holds files only", file=name)
    others = (finding for finding in verify(folder, manifest) if finding.file not in held.others)
    yield from (*others, *_wrong_formats(manifest), *_wrong_version(folder, manifest))


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


KIND = Kind("release", f"folders of releases (with {MANIFEST})", fits, validate, steps, alone=True)
