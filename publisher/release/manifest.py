"""``manifest.json``: the sha256 of every file of a release, of what it was made from, and by which tool."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from publisher.digests import digest
from publisher.errors import Finding, InputError
from publisher.model import Dataset, Edition

MANIFEST = "manifest.json"
TOOL = "publisher"
_LONGEST_PATH = 255


@dataclass(frozen=True, slots=True)
class Entry:
    """What a manifest says of one file: the format that wrote it, its size and its sha256 in hexadecimal."""

    path: str
    format: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says: dataset, edition, version, what its IRIs begin with, and its files by path."""

    dataset: str
    edition: str
    version: str
    base_iri: str
    files: Mapping[str, Entry]

    @property
    def formats(self) -> frozenset[str]:
        """The formats that wrote its files."""
        return frozenset(entry.format for entry in self.files.values())


def describe(
    dataset: Dataset,
    edition: Edition,
    tool_version: str,
    inputs: Iterable[tuple[str, int, str]],
    files: Iterable[Entry],
) -> dict[str, Any]:
    """Return the manifest as plain values; inputs are (path, bytes, sha256)."""
    return {
        "dataset": dataset.id,
        "edition": edition.id,
        "version": edition.version,
        "base_iri": dataset.names.base_iri,
        "tool": {"name": TOOL, "version": tool_version},
        "inputs": [{"path": path, "bytes": size, "sha256": sha256} for path, size, sha256 in sorted(inputs)],
        "files": [asdict(entry) for entry in sorted(files, key=lambda entry: entry.path)],
    }


def verify(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """Yield what differs between a folder and its manifest: files missing, changed, or not listed."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield Finding("manifest", "is a symbolic link: a release holds files only", file=name)
        elif not path.is_dir() and name != MANIFEST and name not in manifest.files:
            yield Finding("manifest", "is not listed in the manifest", file=name)
    for name, entry in manifest.files.items():
        path = folder / name
        if any(place.is_symlink() for place in (path, *path.parents) if place.is_relative_to(folder)):
            continue
        if not path.is_file():
            yield Finding("manifest", "is missing, or no regular file", file=name)
        elif digest(path) != (entry.bytes, entry.sha256):
            yield Finding("manifest", "has changed: its sha256 is not the one in the manifest", file=name)


def is_ours(folder: Path, dataset: str) -> bool:
    """Say whether a folder holds a release of the dataset: a manifest that this tool wrote."""
    try:
        return read_manifest(folder).dataset == dataset
    except InputError:
        return False


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a release.

    Raises InputError where there is none, or none that this tool wrote.
    """
    path = folder / MANIFEST
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder: give the folder of a release, such as output/<dataset>")
    if not path.is_file():
        raise InputError(f"{folder} is no release of publisher: it has no {MANIFEST}")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["tool"]["name"] != TOOL:
            raise InputError(f"{path} was written by '{values['tool']['name']}', not by {TOOL}")
        entries = [
            Entry(_inside(str(file["path"])), str(file["format"]), int(file["bytes"]), str(file["sha256"]))
            for file in values["files"]
        ]
        dataset, edition, version, base = (str(values[name]) for name in ("dataset", "edition", "version", "base_iri"))
        return Manifest(dataset, edition, version, base, {entry.path: entry for entry in entries})
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise InputError(f"{path} is no manifest of a release: {type(error).__name__}: {error}") from error


def _inside(path: str) -> str:
    """Return a path of a manifest; ValueError where it is none inside the release."""
    parts = PurePosixPath(path).parts
    if not parts or ".." in parts or PurePosixPath(path).is_absolute() or "\0" in path or len(path) > _LONGEST_PATH:
        raise ValueError(f"'{path[:_LONGEST_PATH]}' is no path inside the release")
    return path
