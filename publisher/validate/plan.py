"""What the things are that a user names, by their content: the kinds of each folder, zip and file."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from publisher.engines import confined
from publisher.engines.folders import Contents, contents
from publisher.errors import Finding, InputError, PublisherError
from publisher.validate.archives import is_zip
from publisher.validate.kind import Kind

# What nobody publishes: files of tools and systems.
_ASIDE = ("__MACOSX",)
# A zip has so long, and so much memory, to be unpacked.
_UNPACKING = confined.Bounds(seconds=600, memory=2 << 30, file=16 << 30)


@dataclass(slots=True)
class Group:
    """What was named together and is looked at together: a folder, a zip, or single files.

    ``things`` are its kinds and the paths of each. ``shown`` is how a report calls the group, where it
    is one folder; ``unpacked`` is where a zip was unpacked, which no report tells. ``faults`` say why
    there is nothing to look at, and ``contents`` is what the folder of a stranger holds.
    """

    shown: str = ""
    things: list[tuple[Kind, list[Path]]] = field(default_factory=list)
    folder: Path | None = None
    unpacked: Path | None = None
    contents: Contents | None = None
    faults: tuple[Finding, ...] = ()

    def add(self, kind: Kind, path: Path) -> None:
        """Add a path of a kind."""
        for known, paths in self.things:
            if known is kind:
                paths.append(path)
                return
        self.things.append((kind, [path]))


@contextmanager
def planned(paths: Iterable[Path], kinds: Sequence[Kind]) -> Iterator[tuple[Group, ...]]:
    """Give what there is to look at among the things that are named; zips are unpacked while the block lasts.

    Raises InputError, with what is taken, where one of them is nothing that can be checked.
    """
    files = Group()
    groups = [files]
    faults: list[Finding] = []
    with ExitStack() as unpacked:
        for path in dict.fromkeys(paths):
            try:
                if is_folder(path):
                    groups.append(_of_folder(path, path.as_posix(), kinds))
                elif fitting := _fitting(path, kinds):
                    for kind in fitting:
                        files.add(kind, path)
                elif is_zip(path):
                    groups.append(_of_zip(path, kinds, unpacked))
                else:
                    raise InputError(f"{path} is no file of a kind that can be checked: {_taken(kinds)}")
            except PublisherError as error:
                faults += error.findings
        if faults:
            raise InputError(*faults)
        order = {kind.name: number for number, kind in enumerate(kinds)}
        for group in groups:
            group.things.sort(key=lambda thing: order[thing[0].name])
        yield tuple(group for group in groups if group.things or group.faults or group.contents)


def _taken(kinds: Sequence[Kind]) -> str:
    return f"name {'; '.join(kind.title for kind in kinds)}; or a zip of them"


def is_folder(path: Path) -> bool:
    """Say whether a path is a folder or a file. Raises InputError, with what to do, where it is neither."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            with path.open("rb"):
                pass
    except (OSError, ValueError) as error:
        why = "" if isinstance(error, FileNotFoundError) else f" ({getattr(error, 'strerror', None) or error})"
        message = f"{path} is no folder and no file that can be read{why}: name what is there, such as"
        raise InputError(f"{message} the folder of a release with its manifest.json, or a .ttl file") from error
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise InputError(f"{path} is a pipe or a device, which are not read: write it to a file, and name that")
    return stat.S_ISDIR(mode)


def _fitting(path: Path, kinds: Sequence[Kind]) -> list[Kind]:
    """Return the kinds that a path is of; a kind that takes the rest only where there is no other."""
    found = [kind for kind in kinds if not kind.rest and kind.fits(path)]
    return found or [kind for kind in kinds if kind.rest and kind.fits(path)]


def _of_folder(folder: Path, shown: str, kinds: Sequence[Kind]) -> Group:
    """Return what a folder is: a release of ours and nothing else, or all that its folders and files are."""
    group = Group(shown, folder=folder)
    if alone := _alone(folder, kinds):
        group.add(alone, folder)
        return group
    held = contents(folder)
    releases: list[str] = []
    for inner in filter(_is_published, held.folders):
        if not _lies_in(inner, releases) and (alone := _alone(folder / inner, kinds)):
            group.add(alone, folder / inner)
            releases.append(inner)
    apart = Contents(
        tuple(file for file in held.files if not _lies_in(file, releases)),
        tuple(inner for inner in held.folders if not _lies_in(inner, releases)),
        {name: what for name, what in held.others.items() if not _lies_in(name, releases)},
    )
    _add_others(group, folder, apart, [kind for kind in kinds if not kind.alone])
    if not group.things:
        inner = next((name for name in filter(_is_published, held.files) if is_zip(folder / name)), "")
        unopened = f"'{inner}' in it is a zip, and was not opened: take it out and name it; or " if inner else ""
        message = f"{shown} holds no release of publisher and nothing else that can be checked"
        raise InputError(f"{message}: {unopened}{_taken(kinds)}")
    group.contents = apart
    return group


def _add_others(group: Group, folder: Path, held: Contents, kinds: Sequence[Kind]) -> None:
    """Add what the folders and files of a stranger are; what lies in a folder of a kind is no file of that kind."""
    claimed: dict[str, list[str]] = {kind.name: [] for kind in kinds}
    for inner in ("", *filter(_is_published, held.folders)):
        for kind in _fitting(folder / inner, kinds):
            if not (kind.deep and _lies_in(inner, claimed[kind.name])):
                group.add(kind, folder / inner)
                claimed[kind.name].append(inner)
    for file in filter(_is_published, held.files):
        for kind in _fitting(folder / file, kinds):
            if not _lies_in(file, claimed[kind.name]):
                group.add(kind, folder / file)


def _alone(folder: Path, kinds: Sequence[Kind]) -> Kind | None:
    return next((kind for kind in kinds if kind.alone and kind.fits(folder)), None)


def _is_published(path: str) -> bool:
    """Say whether a path of a folder is none of the hidden files and folders that tools leave there."""
    return not any(part.startswith(".") or part in _ASIDE for part in PurePosixPath(path).parts)


def _lies_in(path: str, folders: Iterable[str]) -> bool:
    return any(folder in ("", path) or path.startswith(f"{folder}/") for folder in folders)


def _of_zip(path: Path, kinds: Sequence[Kind], unpacked: ExitStack) -> Group:
    """Return what a zip holds, unpacked to a folder that is removed afterwards; faults where that is not safe."""
    folder = Path(unpacked.enter_context(tempfile.TemporaryDirectory(prefix="publisher-zip-")))
    group = Group(path.as_posix(), unpacked=folder)
    try:
        reach = (path.parent, folder)
        faults = confined.call("publisher.validate.archives:unpack", path, folder, bounds=_UNPACKING, folder=reach)
    except confined.ConfinedError as error:
        faults = (error.finding("unpacking it"),)
    if faults:
        group.faults = faults
        return group
    try:
        found = _of_folder(folder, path.as_posix(), kinds)
    except InputError as error:
        raise InputError(*(str(finding).replace(str(folder), path.as_posix()) for finding in error.findings)) from None
    found.unpacked = folder
    return found
