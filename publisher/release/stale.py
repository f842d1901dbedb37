"""What differs between a release that was just built and the one on disk."""

from __future__ import annotations

import filecmp
from collections.abc import Iterator
from pathlib import Path

from publisher.errors import Finding

_REMEDY = "run `publisher build`"


def stale(built: Path, published: Path, shown: str, besides: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Yield a finding for every file that is missing, should not be there, or has other bytes.

    Both are folders, or both files; ``shown`` is how findings call the published one. Files of the
    folders that are listed in ``besides`` are not compared.
    """
    if built.is_file():
        if not published.is_file() or not filecmp.cmp(built, published, shallow=False):
            yield _finding(shown, "differs from what is built")
        return
    ours = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    theirs = {path.relative_to(published).as_posix() for path in published.rglob("*") if path.is_file()}
    for path in sorted((ours | theirs) - besides):
        if path not in theirs:
            yield _finding(f"{shown}/{path}", "is missing")
        elif path not in ours:
            yield _finding(f"{shown}/{path}", "is not part of the release")
        elif not filecmp.cmp(built / path, published / path, shallow=False):
            yield _finding(f"{shown}/{path}", "differs from what is built")


def _finding(file: str, message: str) -> Finding:
    return Finding("stale", f"{message}: {_REMEDY}", file=file)
