"""Sizes and hashes of files, read in pieces, and of text."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest(path: Path) -> tuple[int, str]:
    """Return (bytes, sha256 in hexadecimal) of a file."""
    with path.open("rb") as stream:
        return path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()


def text_digest(text: str) -> str:
    """Return the sha256 of text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
