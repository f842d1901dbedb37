"""Made-up releases with RDF in every syntax, and how tests read, damage and check their files."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import rdf_fixture

from publisher.checks import CHECKS, READERS
from publisher.checks.check import Check, Subject
from publisher.checks.one_truth import check_of
from publisher.checks.reader import Reader
from publisher.errors import Finding
from publisher.formats import cube_link, jsonld, ntriples, rdf_codelists, rdf_structure, turtle
from publisher.formats.draft import Draft, Publication
from publisher.formats.rdf_files import created
from publisher.model import Dataset

WRITTEN = (rdf_codelists, rdf_structure, turtle, ntriples, jsonld, cube_link)


def draft_of(publication: Publication, folder: Path, compression: str = "plain") -> Draft:
    """Write every RDF format of a publication."""
    packed = "none" if compression == "plain" else compression
    asked = {"turtle": {"compressed": packed}, "cube-link": {"write": True}}
    draft = Draft(folder)
    for module in WRITTEN:
        options = asked.get(module.FORMAT.name, {"write": compression} if module.FORMAT.options else {})
        module.FORMAT.write(publication, draft, options)
    return draft


def subject_of(publication: Publication, draft: Draft, scratch: Path) -> Subject:
    stored = {item.cube.id: item for item in publication.observations}
    files = frozenset(file.path for file in draft.files)
    return Subject(draft.folder, publication.dataset, publication.edition, stored, files, scratch)


def written(dataset: Dataset, folder: Path, compression: str = "plain", hidden: bool = True) -> Subject:
    publication = rdf_fixture.publication(dataset, folder / "observations", hidden)
    return subject_of(publication, draft_of(publication, folder / "release", compression), folder)


def unpacked(path: Path) -> bytes:
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".zst":
        with pa.input_stream(str(path), compression="zstd") as stream:
            return bytes(stream.read())
    return path.read_bytes()


def pack(path: Path, content: bytes) -> None:
    kind = {".gz": "gzip", ".zst": "zstd"}.get(path.suffix, "plain")
    with created(path, kind) as stream:  # type: ignore[arg-type]
        stream.write(content)


def damaged(subject: Subject, file: str, change: Callable[[str], str]) -> None:
    """Change the text of a file where it is; the change must be one."""
    path = subject.folder / file
    text = unpacked(path).decode()
    other = change(text)
    assert other != text, "nothing was changed"
    pack(path, other.encode())


def readers_of(file: str) -> list[Reader]:
    return [reader for reader in READERS if reader.path == file]


def found_by(subject: Subject, file: str, by: str) -> tuple[Finding, ...]:
    """Return what one truth finds in a file, read by a program or by the plain parser (``plain``)."""
    (reader,) = [item for item in readers_of(file) if item.by == ("pyoxigraph" if by == "plain" else by)]
    if by == "plain":
        assert reader.twin is not None
        reader = replace(reader, read=reader.twin)
    return check_of(reader).run(subject).findings


def check(name: str, by: str) -> Check:
    (found,) = [item for item in CHECKS if (item.name, item.by) == (name, by)]
    return found


def copied(subject: Subject, folder: Path) -> Subject:
    """Return the subject with a copy of its files that a test may damage."""
    for file in sorted(subject.files):
        place = folder / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((subject.folder / file).read_bytes())
    return replace(subject, folder=folder)
