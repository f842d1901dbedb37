"""Proving what is there already, from its own files: one module per kind of thing, and the table of them."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from publisher.errors import InputError
from publisher.validate import graph, release
from publisher.validate.kind import Begin, Kind, Validation

# A path is of the first kind that it fits.
KINDS: tuple[Kind, ...] = (graph.KIND, release.KIND)

__all__ = ["KINDS", "Kind", "Validation", "validate", "validate_all"]


def validate(path: Path, full: bool = False, begin: Begin = lambda _: None) -> Validation:
    """Check one thing by itself. Raises InputError where there is nothing that can be checked."""
    (validation,) = validate_all((path,), full, begin)
    return validation


def validate_all(paths: Iterable[Path], full: bool = False, begin: Begin = lambda _: None) -> tuple[Validation, ...]:
    """Check everything that is named, each kind after the other; full checks too where asked.

    Raises InputError where a path is nothing that can be checked, and then nothing is.
    """
    named: dict[str, list[Path]] = {kind.name: [] for kind in KINDS}
    faults: list[str] = []
    for path in dict.fromkeys(paths):
        try:
            named[_kind_of(path).name].append(path)
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise InputError(*faults)
    return tuple(_validated(named, full, begin))


def _validated(named: dict[str, list[Path]], full: bool, begin: Begin) -> Iterator[Validation]:
    for kind in KINDS:
        if paths := named[kind.name]:
            yield from kind.validate(paths, full, begin)


def _kind_of(path: Path) -> Kind:
    """Return what a path is. Raises ValueError, with what to do, where it is nothing that can be checked."""
    taken = "; ".join(kind.title for kind in KINDS)
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            with path.open("rb"):
                pass
    except OSError as error:
        why = "" if isinstance(error, FileNotFoundError) else f" ({error.strerror})"
        raise ValueError(f"{path} is no folder and no file that can be read{why}: name {taken}") from error
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise ValueError(f"{path} is a pipe or a device, which are not read: write it to a file, and name that")
    found = next((kind for kind in KINDS if kind.fits(path)), None)
    if found is None:
        raise ValueError(f"{path} is no file of a kind that can be checked, by its name: name {taken}")
    return found
