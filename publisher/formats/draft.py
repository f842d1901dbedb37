"""What formats are given and where they write: the publication, and a draft folder that lists its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from publisher.definition import Fits, Given
from publisher.digests import digest
from publisher.errors import Finding
from publisher.model import Dataset, Edition, Suppression
from publisher.observations import Observations


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read: its name (no folder), size in bytes and sha256 in hexadecimal."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Before:
    """The release before: its version, and its observations by the cubes that changes are written for.

    None stands for a cube that is new. A cube that is left out has another structure now: nothing
    that is loaded after its old data makes the new of them. ``suppression`` is what a hidden cell was in it.
    """

    version: str
    observations: Mapping[str, Observations | None]
    suppression: Suppression | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be published: a dataset, one of its editions, the observations of each cube, in order.

    ``definition`` is the folder that the dataset was read from, ``sources`` the files its observations
    were read from, and ``notices`` what the reader said of them. ``previous`` is the release that
    changes are written against, or None.
    """

    dataset: Dataset
    definition: Path
    edition: Edition
    observations: tuple[Observations, ...]
    sources: tuple[SourceFile, ...]
    notices: tuple[Finding, ...] = ()
    previous: Before | None = None


@dataclass(frozen=True, slots=True)
class File:
    """One file of a release: its path in it (POSIX), what it is, and which cube it is of, if one.

    ``columns`` is the header of a CSV file that is described as a table of plain text.
    """

    path: str
    media_type: str
    title: str
    format: str
    cube: str | None = None
    columns: tuple[str, ...] = ()


@dataclass
class Draft:
    """A folder that formats fill: those that were asked to so far, and the files they announced with ``add``."""

    folder: Path
    files: list[File] = field(default_factory=list)
    formats: list[Format] = field(default_factory=list)
    _digests: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(
        self,
        path: str,
        media_type: str,
        title: str,
        format: str,
        cube: str | None = None,
        columns: tuple[str, ...] = (),
    ) -> Path:
        """Announce a file, with the fields of ``File``, and return where to write it; its folder is there."""
        parts = PurePosixPath(path).parts
        if ".." in parts or PurePosixPath(path).is_absolute() or any(file.path == path for file in self.files):
            raise ValueError(f"{path} is outside the draft or announced twice")
        self.files.append(File(path, media_type, title, format, cube, columns))
        place = self.folder.joinpath(*parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def digest(self, path: str) -> tuple[int, str]:
        """Return (bytes, sha256 in hexadecimal) of a file that is written and will not change."""
        if path not in self._digests:
            self._digests[path] = digest(self.folder / path)
        return self._digests[path]


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a format under ``[formats.NAME]``: its values and what it does, default first.

    With ``fits`` it is a list of strings: ``values`` then holds its default alone, and ``fits`` says
    of a list what is wrong with it.
    """

    name: str
    values: tuple[str | bool | tuple[str, ...], ...]
    meaning: str
    fits: Fits | None = None

    @property
    def default(self) -> str | bool | tuple[str, ...]:
        """What holds where the definition says nothing."""
        return self.values[0]

    @property
    def shown(self) -> tuple[str, ...]:
        """Its values as the definition spells them, the default first."""
        if self.fits is not None:
            return ("none", "a list of strings")
        return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in self.values)

    def faults(self, value: object, given: Given) -> Iterable[str]:
        """Yield what is wrong with a value of the definition, as the rest of a sentence about the option."""
        if self.fits is None:
            if not any(type(value) is type(known) and value == known for known in self.values):
                yield f"is {value!r}, not one of: {', '.join(self.shown)}"
        elif not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            yield f"is {value!r}, not a list of strings"
        else:
            yield from self.fits(value, given)


Part = Literal["languages", "hierarchy", "status", "notes", "attributes"]
"""What a release says beside keys and values: its texts in every language, the parents of codes, the
status of each observation, the descriptions and notes of the definition, and further attributes."""


NO_OBSERVATIONS: Mapping[Part, str] = {"status": "no observations in it", "attributes": "no observations in it"}
CODES_ONLY: Mapping[Part, str] = {
    "languages": "codes only: labels are in the codelists",
    "hierarchy": "codes only: parents are in the codelists",
}
IN_STRUCTURES: Mapping[Part, str] = {
    "languages": "codes only: names are in the structures",
    "hierarchy": "in the structures",
    "notes": "in the structures",
}


@dataclass(frozen=True, slots=True)
class About:
    """What people are told of a format before they choose it.

    ``media_types`` are of its files; ``specification`` is (name, address); ``readers`` are programs
    that read it; ``example`` is one of its files in the release of this repository, or None where the
    definition does not ask for it; ``cannot_carry`` says of each part that is lost what becomes of it.
    """

    media_types: tuple[str, ...]
    specification: tuple[str, str]
    readers: tuple[str, ...]
    example: str | None
    cannot_carry: Mapping[Part, str]


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to which size a format makes sense: observations of one cube, and cells of its full table.

    A full table has a cell for every combination of the codes and periods that are used. None is
    no limit; ``why`` says where a limit comes from.
    """

    observations: int | None = None
    cells: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name (``--only NAME``), what it is, its files, its function and its options.

    ``paths`` are the files in a release, with ``<dataset>``, ``<cube>``, ``<ID>`` (of a codelist) and ``<FREQ>``.
    ``write`` fills the draft from the publication, with every option set; it changes neither. A
    release beyond the ``limit`` is published without the format.
    """

    name: str
    title: str
    paths: tuple[str, ...]
    write: Callable[[Publication, Draft, Mapping[str, Any]], None]
    about: About
    options: tuple[Option, ...] = ()
    limit: Limit = Limit()
