"""What a build or an audit reads: definitions, sources and their editions, and what a release was made from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher import definition
from publisher.digests import digest
from publisher.errors import DefinitionError, Finding, InputError, PublisherError, nearest
from publisher.formats import FORMATS, Publication, SourceFile
from publisher.model import Dataset, Edition
from publisher.observations import Observations, last_month, store
from publisher.sources import SOURCES, Reading, Source, raw_files

# What a definition may name of this tool.
KNOWN = definition.Known(
    tuple(source.name for source in SOURCES),
    {format.name: {option.name: option.faults for option in format.options} for format in FORMATS},
)


def dataset_names(
    project: Path, datasets: Iterable[str], source: Path | None = None, edition: str | None = None
) -> tuple[str, ...]:
    """Return the datasets that are named, each once, or all of a project. Raises PublisherError for none."""
    names = tuple(dict.fromkeys(datasets)) or definition.find_datasets(project)
    if not names:
        schemas = project / "schemas"
        raise DefinitionError(f"{schemas} defines no dataset: run from a project's root, or give --project DIR")
    if len(names) > 1 and (source or edition):
        raise PublisherError(f"--source and --edition go with one DATASET: name one of {', '.join(names)}")
    return names


def read_definitions(project: Path, names: Iterable[str], base_iri: str | None = None) -> list[Dataset]:
    """Read definitions; ``base_iri`` replaces the one they give. Raises DefinitionError with the faults of all."""
    read: list[Dataset] = []
    faults: list[Finding] = []
    for name in names:
        try:
            read.append(definition.read_definition(project, name, base_iri, KNOWN))
        except DefinitionError as error:
            faults += error.findings
    if faults:
        raise DefinitionError(*faults)
    return read


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


@dataclass(frozen=True, slots=True)
class Received:
    """What was read of a dataset: its observations by cube, in order, and which edition they are.

    ``shown`` is how findings call the source, and ``files`` how they call what each cube was read from; ``tables`` and
    ``notices`` are what the reader said.
    """

    observations: tuple[Observations, ...]
    edition: Edition
    path: Path
    shown: str
    files: Mapping[str, str]
    tables: int
    notices: tuple[Finding, ...]


def receive(project: Path, dataset: Dataset, given: Path | None, wanted: str | None, folder: Path) -> Received:
    """Read a dataset's source, the file given or that of an edition, and keep its observations in a folder.

    Raises InputError where it cannot be read as the dataset's observations.
    """
    source = next(source for source in SOURCES if source.name == dataset.reader)
    path = input_path(project, dataset, source, given, wanted)
    shown = shown_path(path, project)
    reading = source.read(path, dataset, shown)
    refuse_missing_cubes(dataset, reading, shown)
    files = {cube.id: reading.files.get(cube.id, shown) for cube in dataset.cubes}
    observations = tuple(
        store(dataset, cube, reading.batches[cube.id], folder, files[cube.id]) for cube in dataset.cubes
    )
    edition = edition_of(dataset, observations, shown, given, wanted)
    return Received(observations, edition, path, shown, files, reading.tables, tuple(reading.notices))


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
