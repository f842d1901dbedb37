"""The release before the one that is built: what it says of each cube, as long as a delta can follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from publisher.changes import why_anew
from publisher.errors import Finding, InputError, PublisherError
from publisher.formats.draft import Before
from publisher.formats.sdmx_common import flow_reference
from publisher.model import Cube, Dataset, Edition
from publisher.observations import Observations
from publisher.release.manifest import MANIFEST, Manifest, read_manifest, verify
from publisher.release.opened import Release, open_release
from publisher.release.truth import observations_of

_REMEDY = "give the folder of the release before this one, or leave --previous out"
_RULE = "previous"


def read_previous(
    folder: Path, dataset: Dataset, edition: Edition, scratch: Path
) -> tuple[Before, tuple[Finding, ...]]:
    """Read the release before, or the one of the dataset in a folder of releases; ``scratch`` keeps it.

    The findings are warnings of what its deltas cannot say, or say otherwise than row by row.
    Raises InputError where there is no release of this tool, a damaged one, one of another dataset,
    or one that is newer than the edition that is built.
    """
    place = folder if (folder / MANIFEST).is_file() else folder / dataset.id
    if not (place / MANIFEST).is_file():
        fault = f"is no release, and holds none of {dataset.id}" if folder.is_dir() else "is no folder"
        raise InputError(f"{folder} {fault}: {_REMEDY}")
    manifest = read_manifest(place)
    _refuse_other(place, manifest, dataset, edition)
    damaged = tuple(verify(place, manifest))
    if damaged:
        raise InputError(*_in(place, damaged), f"{place} is damaged: build it again, or {_REMEDY}")
    unreadable = f"{place} cannot be read: build it again, or {_REMEDY}"
    try:
        release = open_release(place)
        scratch.mkdir()
        found, faults = observations_of(release, frozenset(manifest.files), frozenset(), scratch)
    except PublisherError as error:
        raise InputError(*_in(place, error.findings), unreadable) from error
    if len(found) < len(release.cubes):
        raise InputError(*_in(place, faults), unreadable)
    return _compared(release, found, dataset)


def _refuse_other(place: Path, manifest: Manifest, dataset: Dataset, edition: Edition) -> None:
    if manifest.dataset != dataset.id:
        raise InputError(f"{place} is a release of {manifest.dataset}, not of {dataset.id}: {_REMEDY}")
    try:
        newer = _numbers(manifest.version) > _numbers(edition.version)
    except ValueError:
        raise InputError(f"{place / MANIFEST}: version '{manifest.version}' is none: {_REMEDY}") from None
    if newer:
        versions = f"has version {manifest.version}, newer than {edition.version}, which is built"
        raise InputError(f"{place} {versions}: {_REMEDY}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def _in(place: Path, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings of a release with the release's folder before the file."""
    for finding in findings:
        yield replace(finding, file=str(place / finding.file) if finding.file else None)


def _compared(
    release: Release, found: Mapping[str, Observations], dataset: Dataset
) -> tuple[Before, tuple[Finding, ...]]:
    observations: dict[str, Observations | None] = {}
    notices = []
    for cube in dataset.cubes:
        before = found.get(cube.id)
        if before is None or not (other := _other_structure(release, before.cube, dataset, cube)):
            observations[cube.id] = before
        else:
            message = f"{other}: no delta; load its structure and all its data, and delete what was there before"
            notices.append(Finding(_RULE, message, "warning", cube=cube.id))
        if before is not None and cube.id in observations and (reason := why_anew(before, cube)):
            message = f"its delta deletes everything and writes it again, because {reason}"
            notices.append(Finding(_RULE, message, "warning", cube=cube.id))
    for gone in (cube for cube in release.dataset.cubes if cube.id not in {cube.id for cube in dataset.cubes}):
        flow = flow_reference(release.dataset.names, gone)
        message = f"is no longer published, and no delta says so: delete the dataflow {flow} with its data"
        notices.append(Finding(_RULE, message, "warning", cube=gone.id))
    return Before(release.manifest.version, observations, release.dataset.suppression), tuple(notices)


def _other_structure(release: Release, before: Cube, dataset: Dataset, cube: Cube) -> str:
    """Return in what a cube's structure is another than before, so that its data cannot follow the old; or nothing."""
    old, new = flow_reference(release.dataset.names, before), flow_reference(dataset.names, cube)
    if old != new:
        return f"its dataflow was {old} and is {new}"
    if before.key_ids != cube.key_ids:
        return f"its dimensions were {', '.join(before.key_ids)} and are {', '.join(cube.key_ids)}"
    if before.measure.id != cube.measure.id:
        return f"its measure was {before.measure.id} and is {cube.measure.id}"
    return ""
