"""Proving what is there already, from its own files: one module per kind of thing, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from publisher.engines import confined
from publisher.validate import csvw, graph, package, release, sdmx
from publisher.validate.kind import Begin, Kind, Validation
from publisher.validate.looked import Looked
from publisher.validate.plan import planned

# In this order they are looked at.
KINDS: tuple[Kind, ...] = (graph.KIND, release.KIND, package.KIND, csvw.KIND, sdmx.KIND)

# What else a validation may be of: a zip that cannot be unpacked, and what is left of a stranger's folder.
OTHER_KINDS = ("archive", "folder")

__all__ = ["KINDS", "OTHER_KINDS", "Begin", "Kind", "Validation", "looking", "of_kind", "validate", "validate_all"]


@contextmanager
def looking(paths: Iterable[Path], full: bool = False) -> Iterator[Looked]:
    """Give what there is to look at among things that are named; zips are unpacked while the block lasts.

    Raises InputError, with what is taken, where one of them is nothing that can be checked; nothing is, then.
    """
    with planned(paths, KINDS) as groups:
        yield Looked(groups, full)


def validate(path: Path, full: bool = False, begin: Begin = lambda _: None) -> Validation:
    """Check one thing, and return what the first of its kinds found: most things are of one.

    Raises InputError where there is nothing that can be checked.
    """
    return validate_all((path,), full, begin)[0]


def validate_all(paths: Iterable[Path], full: bool = False, begin: Begin = lambda _: None) -> tuple[Validation, ...]:
    """Check everything that is named, each kind after the other; full checks too where asked.

    Raises InputError where a path is nothing that can be checked, and then nothing is.
    """
    with looking(paths, full) as looked:
        return looked.validations(begin)


def of_kind(name: str, paths: Sequence[Path], full: bool) -> tuple[Validation, ...]:
    """Check things of one kind in the process that this is, which was made for it."""
    kind = next(kind for kind in KINDS if kind.name == name)
    return tuple(kind.validate(paths, full, confined.say))
