"""Sizes and hashes of files, read in pieces."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest(path: Path) -> tuple[int, str]:
    """Return (bytes, sha256 in hexadecimal) of a file."""
    with path.open("rb") as stream:
        return path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()
