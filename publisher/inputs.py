"""What a build reads: which file is the source, which edition it is, and what a release was made from."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from publisher import definition
from publisher.digests import digest
from publisher.errors import Finding, InputError, nearest
from publisher.formats import Publication, SourceFile
from publisher.model import Dataset, Edition
from publisher.observations import Observations, last_month
from publisher.sources import Reading, Source, raw_files


def real(path: Path) -> Path:
    """Return a path without links; one that leads in a circle stays as far as it goes."""
    return Path(os.path.realpath(path))


def shown_path(path: Path, project: Path) -> str:
    """Return how findings and the manifest call a source: its path in the project, or as it was given."""
    resolved, root = real(path), real(project)
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else str(path)


def input_path(project: Path, dataset: Dataset, source: Source, given: Path | None, wanted: str | None) -> Path:
    """Return what is read: the file given, or the file of the edition asked for, or of the newest one."""
    if given is not None:
        return given
    folder = project / "raw" / dataset.id
    listed = [edition.id for edition in dataset.editions]
    found = raw_files(folder, source)
    edition = wanted or max(listed or found, default=None)
    if edition is None:
        raise InputError(f"{dataset.id} lists no edition and {folder} is empty: give --source FILE")
    if edition not in listed and edition not in found:
        there = ", ".join(sorted({*listed, *found}))
        raise InputError(f"unknown edition '{edition}' of {dataset.id}: there are {there}{nearest(edition, listed)}")
    if edition not in found:
        message = f"put the source of edition {edition} there, or give --source FILE"
        raise InputError(f"raw/{dataset.id}/{edition}.* is missing: {message}")
    return found[edition]


def refuse_missing_cubes(dataset: Dataset, reading: Reading, shown: str) -> None:
    """Refuse a source that lacks a cube: it would replace a whole release by a part of one."""
    missing = [cube.id for cube in dataset.cubes if cube.id not in reading.batches]
    if missing:
        message = f"has nothing for {', '.join(missing)}: a release needs every cube of the definition"
        raise InputError(Finding("missing-cube", message, file=shown))


def edition_of(
    dataset: Dataset, observations: tuple[Observations, ...], shown: str, given: Path | None, wanted: str | None
) -> Edition:
    """Return the edition that the observations are: the listed one of their last month, or a bare one."""
    month = last_month(observations)
    if wanted is None and given is None and dataset.editions:
        wanted = max(edition.id for edition in dataset.editions)
    if wanted is not None and month != wanted:
        raise InputError(Finding("edition", f"ends in {month}, but edition {wanted} was asked for", file=shown))
    return dataset.edition(month)


def source_files(path: Path) -> Iterable[SourceFile]:
    """Yield the file that was read, or the files of the folder."""
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        yield SourceFile(file.name, *digest(file))


def made_from(publication: Publication) -> Iterable[tuple[str, int, str]]:
    """Yield (path, bytes, sha256) of what the release was made from: the source and the definition."""
    for source in publication.sources:
        yield f"source/{source.name}", source.bytes, source.sha256
    for file in definition.definition_files(publication.definition):
        yield f"definition/{file.relative_to(publication.definition).as_posix()}", *digest(file)
