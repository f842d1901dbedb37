"""The RDF of a release as one graph in a store: in memory, or on disk where there is much of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.reader import words_of
from publisher.errors import Finding, InputError
from publisher.release import read_manifest

if TYPE_CHECKING:
    import pyoxigraph

_RDF = re.compile(r"rdf/[^/]+\.ttl|catalog\.ttl")
# Two million triples take about this many bytes of Turtle, and 0.7 GB of memory.
MOST_IN_MEMORY = 64 << 20
STORE = "store"


def rdf_files(folder: Path) -> tuple[str, ...]:
    """Return the Turtle files of a release, as its manifest lists them.

    Raises InputError where the folder is no release, has no RDF, or lacks a file of it.
    """
    listed = tuple(sorted(name for name in read_manifest(folder).files if _RDF.fullmatch(name)))
    if not listed:
        made_with = "build the release with the formats rdf-codelists, rdf-structure and turtle"
        raise InputError(f"{folder} has no RDF to ask: {made_with}")
    for name in listed:
        if not (folder / name).is_file():
            raise _fault(name, "is missing, though the manifest lists it: build the release again")
    return listed


def load(folder: Path, scratch: Path, most_in_memory: int) -> pyoxigraph.Store:
    """Return a store with every triple of a release in its default graph; the release is only read.

    With more than ``most_in_memory`` bytes of Turtle the store is made in ``scratch``, and then
    opened for reading. Raises InputError with file and line for a file that is no Turtle.
    """
    import pyoxigraph

    names = rdf_files(folder)
    if sum((folder / name).stat().st_size for name in names) <= most_in_memory:
        store = pyoxigraph.Store()
        _fill(store, folder, names)
        return store
    place = str(scratch / STORE)
    store = pyoxigraph.Store(place)
    _fill(store, folder, names)
    store.flush()
    del store
    return pyoxigraph.Store.read_only(place)


def _fill(store: pyoxigraph.Store, folder: Path, names: tuple[str, ...]) -> None:
    import pyoxigraph

    for name in names:
        try:
            store.bulk_load(path=str(folder / name), format=pyoxigraph.RdfFormat.TURTLE)
        except SyntaxError as error:
            raise _fault(name, f"is no Turtle: {words_of(error)}", error.lineno) from None
        except (OSError, ValueError) as error:
            raise _fault(name, f"cannot be read: {words_of(error)}") from None


def _fault(file: str, message: str, line: int | None = None) -> InputError:
    return InputError(Finding("query-release", message, file=file, line=line))
