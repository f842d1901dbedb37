"""What a project has: datasets with their editions and releases, and what this tool can read and write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from publisher.definition import find_datasets, read_definition
from publisher.errors import InputError
from publisher.formats import FORMATS
from publisher.model import Dataset, Edition
from publisher.release import read_manifest, recover
from publisher.sources import SOURCES, raw_files


def listing(project: Path) -> dict[str, Any]:
    """Return plain values: ``datasets``, ``formats``, ``readers``."""
    recover(project, project / "output")
    return {
        "datasets": [_dataset(project, read_definition(project, name)) for name in find_datasets(project)],
        "formats": [{"name": format.name, "title": format.title} for format in FORMATS],
        "readers": [{"name": source.name, "title": source.title} for source in SOURCES],
    }


def _dataset(project: Path, dataset: Dataset) -> dict[str, Any]:
    source = next((source for source in SOURCES if source.name == dataset.reader), None)
    sources = {} if source is None else raw_files(project / "raw" / dataset.id, source)
    editions = {edition.id: edition for edition in dataset.editions}
    return {
        "dataset": dataset.id,
        "title": str(dataset.title),
        "reader": dataset.reader,
        "editions": [
            {
                "edition": name,
                "version": editions.get(name, Edition(name)).version,
                "source": sources[name].relative_to(project).as_posix() if name in sources else None,
            }
            for name in sorted({*editions, *sources})
        ],
        "cubes": [cube.id for cube in dataset.cubes],
        "released": _released(project / "output" / dataset.id),
    }


def _released(folder: Path) -> str | None:
    try:
        manifest = read_manifest(folder)
    except InputError:
        return None
    return f"version {manifest.version} of edition {manifest.edition}"
