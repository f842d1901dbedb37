"""What a reader finds in one kind of file of a release, beside what the file says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from .expectations import READERS, Refusal, faults_of, refusals_of
from .facts import Facts, Release, true_data, true_structures


def is_structure(file: str) -> bool:
    """Say whether a kind of file holds structures, of which a release has one for all cubes."""
    return file.startswith("structure-")


def cubes_of(release: Release, file: str) -> tuple[str | None, ...]:
    """Return the ids of the cubes that a kind of file is there for; None stands for all of them."""
    return (None,) if is_structure(file) else tuple(cube.id for cube in release.dataset.cubes)


def path_of(file: str, cube: str | None) -> str:
    """Return where a file stands in a release."""
    return f"sdmx/{file}" if cube is None else f"sdmx/{cube}/{file}"


@lru_cache(maxsize=512)
def said(release: Release, file: str, cube: str | None) -> Facts:
    """Return what a file says."""
    if cube is None:
        return true_structures(release, file)
    return true_data(release, release.dataset.cube(cube), file)


@lru_cache(maxsize=512)
def found(release: Release, reader: str, file: str, cube: str | None) -> Facts:
    """Return what a reader finds in a file; it raises what the reader raises."""
    program, path = READERS[reader], path_of(file, cube)
    if cube is None:
        return program.read_structures(release, path)
    facts = program.read_data(release, path, release.dataset.cube(cube))
    if "action" not in said(release, file, cube)["structure"]:
        facts["structure"].pop("action")  # SDMX-CSV 1.0 has no word for it: what a reader says is its own
    return facts


def refusal(release: Release, reader: str, file: str, cube: str | None) -> Refusal | None:
    """Return why a reader cannot read a file, or None where it can."""
    reference = "" if cube is None else release.flow_reference(release.dataset.cube(cube))
    return next((item for item in refusals_of(reader, file) if item.within in reference), None)


@lru_cache(maxsize=512)
def expected(release: Release, reader: str, file: str, cube: str | None) -> Facts:
    """Return what a reader with its known faults finds in a file."""
    facts = said(release, file, cube)
    for fault in faults_of(reader, file):
        facts = fault.becomes(facts)
    return facts


def differences(
    release: Release, reader: str, file: str, topic: str, cubes: Iterable[str | None] = ()
) -> Iterator[str]:
    """Yield where a reader finds something else than it is known to find, in words; the first of each cube."""
    for cube in cubes or cubes_of(release, file):
        if refusal(release, reader, file, cube):
            continue
        wanted = expected(release, reader, file, cube)[topic]
        seen = found(release, reader, file, cube).get(topic, {})
        for place in dict.fromkeys((*wanted, *seen)):
            if wanted.get(place) != seen.get(place):
                yield f"{path_of(file, cube)}, {place}: {seen.get(place)!r}, {wanted.get(place)!r} expected"
                break
