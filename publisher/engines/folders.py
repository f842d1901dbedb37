"""What a folder holds, with bounds: no link is followed, and nothing is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from publisher.errors import InputError

MOST_FILES = 100_000
DEEPEST = 32
_LINK = "a symbolic link"


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a folder and what else is in it, by path as ``data/x.csv``, in order.

    ``others`` has what each of the others is: ``a symbolic link``, ``a pipe`` and so on.
    """

    files: tuple[str, ...]
    folders: tuple[str, ...]
    others: Mapping[str, str]


def contents(folder: Path) -> Contents:
    """Return what a folder holds. Raises InputError where that is more, or deeper, than any release is."""
    files: list[str] = []
    folders: list[str] = []
    others: dict[str, str] = {}
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(folder / inside) as entries:
                found = sorted((entry.name, _kind(entry)) for entry in entries)
        except OSError as error:
            others[inside or "."] = f"a folder that cannot be read ({error.strerror})"
            continue
        for name, kind in found:
            path = f"{inside}/{name}" if inside else name
            if kind == "a folder":
                folders.append(path)
                waiting.append(path)
            elif kind == "a file":
                files.append(path)
            else:
                others[path] = kind
        if len(files) + len(folders) + len(others) > MOST_FILES:
            raise InputError(f"{folder} holds more than {MOST_FILES:,} files and folders: name a part of it")
        if inside.count("/") >= DEEPEST:
            raise InputError(f"{folder} has folders in folders more than {DEEPEST} deep: name a part of it")
    return Contents(tuple(sorted(files)), tuple(sorted(folders)), dict(sorted(others.items())))


def _kind(entry: os.DirEntry[str]) -> str:
    """Return what an entry of a folder is, itself and not what it leads to."""
    try:
        entry.name.encode()
        mode = entry.stat(follow_symlinks=False).st_mode
    except UnicodeEncodeError:
        return "a name that is no UTF-8"
    except OSError as error:
        return f"nothing that can be read ({error.strerror})"
    if entry.is_symlink():
        return _LINK
    if stat.S_ISDIR(mode):
        return "a folder"
    if not stat.S_ISREG(mode):
        return "a pipe" if stat.S_ISFIFO(mode) else "a device or a socket"
    return "a file" if os.access(entry.path, os.R_OK) else "a file that may not be read"


def inside(folder: Path, name: str) -> Path | None:
    """Return the regular file of a folder that a stranger's relative path names, None for any other.

    The path leads neither upwards nor elsewhere, and no link is on its way.
    """
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or "\\" in name or "\0" in name or ":" in parts[0] or ".." in parts:
        return None
    place = folder
    try:
        for part in parts:
            place = place / part
            if place.is_symlink():
                return None
        return place if stat.S_ISREG(place.lstat().st_mode) else None
    except (OSError, ValueError):
        return None
