"""A small release to export, and what makes a damaged copy of it look undamaged."""

from __future__ import annotations

import json
from pathlib import Path

from sdmx_fixture import draft, hostile_publication

from publisher.digests import digest
from publisher.formats import FORMATS
from publisher.formats.datapackage import as_json
from publisher.release import MANIFEST, manifest
from publisher.release.manifest import Entry

STRUCTURE = "sdmx/structure-2.1.xml"
CSV = "sdmx/by-area/data-2.0.csv"
XML = "sdmx/by-area/data-2.1.xml"


def made_up_release(folder: Path) -> Path:
    """Write a release of the made-up dataset with what portals take of it, and return its folder."""
    scratch = folder / "observations"
    scratch.mkdir()
    publication = hostile_publication(scratch)
    release = draft(folder / "made-up")
    for format in FORMATS:
        if format.name in ("sdmx-structure", "sdmx-csv", "sdmx-ml"):
            format.write(publication, release, {option.name: option.values[0] for option in format.options})
    entries = [Entry(file.path, file.format, *release.digest(file.path)) for file in release.files]
    described = manifest.describe(publication.dataset, publication.edition, "0.1.0", [], entries)
    (release.folder / MANIFEST).write_text(as_json(described), encoding="utf-8")
    return release.folder


def refresh(release: Path) -> None:
    """Let the manifest say what is in the release now, so that only what the files say can be refused."""
    path = release / MANIFEST
    values = json.loads(path.read_text(encoding="utf-8"))
    known = {entry["path"]: entry for entry in values["files"]}
    paths = sorted(file.relative_to(release).as_posix() for file in release.rglob("*") if file.is_file())
    there = [known.get(name, {"path": name, "format": "added"}) for name in paths if name != MANIFEST]
    for entry in there:
        entry["bytes"], entry["sha256"] = digest(release / entry["path"])
    path.write_text(as_json({**values, "files": there}), encoding="utf-8")


def edit(release: Path, path: str, old: str, new: str, times: int = 1) -> None:
    """Replace text in a file of the release, which must be there."""
    file = release / path
    text = file.read_bytes().decode("utf-8")
    assert old in text, f"{path} does not hold {old!r}"
    file.write_bytes(text.replace(old, new, times).encode("utf-8"))
