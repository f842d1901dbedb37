"""What tests share: the project's real dataset, and its observations read once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from publisher.digests import digest
from publisher.release import MANIFEST

PROJECT = Path(__file__).parents[1]
REPORT = PROJECT / "raw" / "nav-tilt140" / "2024-11.txt"


def tree(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder, and what is in each."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def repaired(release: Path, *files: str) -> None:
    """Write into the manifest what files are now, so that nothing is found by their hashes."""
    path = release / MANIFEST
    values = json.loads(path.read_text(encoding="utf-8"))
    for entry in values["files"]:
        if entry["path"] in files:
            entry["bytes"], entry["sha256"] = digest(release / entry["path"])
    path.write_text(json.dumps(values), encoding="utf-8")


def slow_where(is_slow: Callable[[Any], bool], values: Iterable[Any]) -> list[Any]:
    """Return the parameters of a test, those that `make check` leaves out marked as slow."""
    return [_slow(value) if is_slow(value) else value for value in values]


def sampled(every: int, values: Iterable[Any]) -> list[Any]:
    """Return the parameters of a table: the first and every so manyth after it are fast, the others slow."""
    return [_slow(value) if number % every else value for number, value in enumerate(values)]


def _slow(value: Any) -> Any:
    if isinstance(value, type(pytest.param())):
        return pytest.param(*value.values, marks=(*value.marks, pytest.mark.slow), id=value.id)
    return pytest.param(value, marks=pytest.mark.slow)
