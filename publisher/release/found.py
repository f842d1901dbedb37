"""Where releases are: those of a project's output, by the names that a user gives them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from publisher.errors import InputError, nearest
from publisher.release.manifest import MANIFEST
from publisher.release.workspace import recover


def releases(names: Sequence[str], project: Path) -> tuple[Path, ...]:
    """Return the folders of releases by what a user calls them: a folder, or a dataset of the project's output.

    Without names these are all releases in the output. Raises InputError for a name that is neither.
    """
    folders: list[Path] = []
    for name in names:
        if not name:
            raise InputError("an empty word names no release: give its folder or its dataset, or leave it out")
        published = project / "output" / name
        if (Path(name) / MANIFEST).is_file() or (Path(name).is_dir() and not published.is_dir()):
            folders.append(Path(name))
        elif published.is_dir():
            folders.append(published)
        else:
            known = [path.parent.name for path in sorted((project / "output").glob(f"*/{MANIFEST}"))]
            there = f": there are {', '.join(known)}" if known else ""
            raise InputError(
                f"'{name}' is no folder and no release in {project / 'output'}{there}{nearest(name, known)}"
            )
    return tuple(folders) if names else releases_in(project)


def releases_in(project: Path) -> tuple[Path, ...]:
    """Return the folders of the releases in a project's output, brought to rest after an interrupted run.

    Raises InputError where there is none.
    """
    output = project / "output"
    recover(project, output)
    found = tuple(sorted(path.parent for path in output.glob(f"*/{MANIFEST}")))
    if not found:
        raise InputError(f"{output} holds no release: build one, or name the folder of a release")
    return found


def only(folders: Sequence[Path]) -> Path:
    """Return the one release there is; InputError where there are several."""
    if len(folders) > 1:
        there = ", ".join(folder.name for folder in folders)
        raise InputError(f"there are {len(folders)} releases: name one of {there}")
    return folders[0]
