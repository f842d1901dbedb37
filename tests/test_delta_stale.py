"""``publisher build --check`` leaves deltas out, and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.digests import digest
from publisher.formats.datapackage import as_json
from publisher.release import MANIFEST, read_manifest, stale

pytestmark = pytest.mark.slow


def edited(release: Path, file: str, old: str, new: str) -> None:
    text = (release / file).read_text(encoding="utf-8")
    assert old in text
    (release / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def _append(path: Path) -> None:
    with path.open("a") as stream:
        stream.write("more\n")


def _wrong_digest(release: Path) -> None:
    edited(release, MANIFEST, read_manifest(release).files["datapackage.json"].sha256, "0" * 64)


PUBLISHED: dict[str, tuple[Callable[[Path], None], str]] = {
    "other data": (lambda release: _append(release / "data/sex.csv"), "data/sex.csv"),
    "a delta that the manifest does not list": (
        lambda release: _append(release / "sdmx/delta-2.0.csv"),
        "sdmx/delta-2.0.csv",
    ),
    "data called a delta": (
        lambda release: edited(
            release, MANIFEST, '"data/sex.csv",\n      "format": "csv"', '"data/sex.csv",\n      "format": "sdmx-delta"'
        ),
        MANIFEST,
    ),
    "another version in the package": (
        lambda release: edited(release, "datapackage.json", '"version": "2024.11.0"', '"version": "2024.11.9"'),
        "datapackage.json",
    ),
    "another digest of the package": (_wrong_digest, MANIFEST),
    "a package that is none": (lambda release: edited(release, "datapackage.json", "{", "["), "datapackage.json"),
}


@pytest.mark.parametrize("fault", PUBLISHED)
def test_what_else_is_stale_in_a_release_with_deltas_is_still_found(
    real_release: Path, tmp_path: Path, fault: str
) -> None:
    """A release with empty deltas beside the same one without."""
    published = _with_deltas(real_release, tmp_path / "published")
    assert list(stale(real_release, published, "output")) == []
    assert list(stale(published, real_release, "output")) == []
    spoil, file = PUBLISHED[fault]
    spoil(published)
    assert f"output/{file}" in [finding.file for finding in stale(real_release, published, "output")]


def _with_deltas(release: Path, folder: Path) -> Path:
    """Copy a release and add a delta to it, as a build would."""
    shutil.copytree(release, folder)
    path = "sdmx/sex/delta-2.0.csv"
    (folder / path).write_bytes((release / "sdmx/sex/data-2.0.csv").read_bytes().splitlines(keepends=True)[0])
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"].insert(-1, {"name": "delta", "path": path})
    (folder / "datapackage.json").write_text(as_json(package), encoding="utf-8")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    size, sha256 = digest(folder / "datapackage.json")
    for entry in manifest["files"]:
        if entry["path"] == "datapackage.json":
            entry["bytes"], entry["sha256"] = size, sha256
    delta = {"path": path, "format": "sdmx-delta", "bytes": 1, "sha256": "0" * 64}
    manifest["files"] = sorted([*manifest["files"], delta], key=lambda entry: str(entry["path"]))
    (folder / MANIFEST).write_text(as_json(manifest), encoding="utf-8")
    return folder
