"""What differs between a release that was just built and the one on disk, deltas left out."""

from __future__ import annotations

import filecmp
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from publisher.checks import sdmx_delta as sdmx_delta_check
from publisher.checks.published_reports import VALIDATION
from publisher.digests import digest
from publisher.errors import Finding, InputError
from publisher.formats.datapackage import NAME as PACKAGE
from publisher.formats.datapackage import as_json
from publisher.formats.sdmx_delta import FILE_NAMES, NAME
from publisher.release.manifest import MANIFEST, read_manifest

_REMEDY = "run `publisher build`"


def stale(built: Path, published: Path, shown: str, besides: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Yield a finding for every file that is missing, should not be there, or has other bytes.

    Both are folders, or both files; ``shown`` is how findings call the published one. Files of the
    folders that are listed in ``besides`` are not compared, nor deltas and what is said of them:
    they depend on the release before, which is not at hand.
    """
    if built.is_file():
        if not published.is_file() or not filecmp.cmp(built, published, shallow=False):
            yield _finding(shown, "differs from what is built")
        return
    ours, theirs = _files(built), _files(published)
    deltas = _deltas(built) | _deltas(published)
    for path in sorted((ours | theirs) - besides - deltas):
        if path not in theirs:
            yield _finding(f"{shown}/{path}", "is missing")
        elif path not in ours:
            yield _finding(f"{shown}/{path}", "is not part of the release")
        elif not _alike(built, published, path, deltas):
            yield _finding(f"{shown}/{path}", "differs from what is built")


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _deltas(folder: Path) -> frozenset[str]:
    """Return the deltas that the manifest of a release lists."""
    try:
        entries = read_manifest(folder).files.values()
    except InputError:
        return frozenset()
    return frozenset(entry.path for entry in entries if entry.format == NAME and Path(entry.path).name in FILE_NAMES)


def _alike(built: Path, published: Path, path: str, deltas: frozenset[str]) -> bool:
    """Say whether a file is the same in both folders, but for what it says of deltas."""
    if filecmp.cmp(built / path, published / path, shallow=False):
        return True
    if not deltas or path not in (MANIFEST, *_SAY_OF_DELTAS):
        return False
    try:
        return _without(built, path, deltas) == _without(published, path, deltas)
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return False


def _without(folder: Path, path: str, deltas: frozenset[str]) -> str:
    """Return a file of a release, one that speaks of other files, as it is without deltas."""
    values = json.loads((folder / path).read_text(encoding="utf-8"))
    if path == MANIFEST:
        _drop_from_manifest(values, folder, deltas)
    else:
        _SAY_OF_DELTAS[path](values, deltas)
    return as_json(values)


def _drop_from_package(package: Any, deltas: frozenset[str]) -> None:
    package["resources"] = [resource for resource in package["resources"] if resource["path"] not in deltas]


def _drop_from_validation(report: Any, deltas: frozenset[str]) -> None:
    """Take the check of deltas away, and what others counted, with them or without."""
    report["checks"] = [check for check in report["checks"] if check["name"] not in _DELTA_CHECKS]
    for check in report["checks"]:
        del check["looked_at"]


def _drop_from_manifest(manifest: Any, folder: Path, deltas: frozenset[str]) -> None:
    """Take deltas away; where it is right of a file that speaks of them, let it be right of that without them."""
    manifest["files"] = [entry for entry in manifest["files"] if entry["path"] not in deltas]
    for entry in manifest["files"]:
        path = entry["path"]
        if path in _SAY_OF_DELTAS and (entry["bytes"], entry["sha256"]) == digest(folder / path):
            text = _without(folder, path, deltas).encode()
            entry["bytes"], entry["sha256"] = len(text), hashlib.sha256(text).hexdigest()


_DELTA_CHECKS = frozenset(check.name for check in sdmx_delta_check.CHECKS)
_SAY_OF_DELTAS = {PACKAGE: _drop_from_package, VALIDATION: _drop_from_validation}


def _finding(file: str, message: str) -> Finding:
    return Finding("stale", f"{message}: {_REMEDY}", file=file)
