"""The draft beside the output, and the swap that puts it in place.

A run works in one hidden folder beside the output. When everything in it has passed, the folder
``draft`` in it is renamed to ``ready``: from that moment on the new releases are what is published,
and whatever ends the run, the next command finishes the swap. Before that moment the output is as
it was. A lock beside the folder keeps two runs from one output apart.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from filelock import FileLock, Timeout

from publisher.errors import OutputError
from publisher.release.manifest import is_ours

_DRAFT, _READY, _OLD, _SCRATCH = "draft", "ready", "old", "scratch"


def _root(output: Path) -> Path:
    """Return the hidden folder of an output: beside it, or in it where beside is another disk or closed."""
    parent = output.parent
    if output.is_dir() and not (os.access(parent, os.W_OK) and output.stat().st_dev == parent.stat().st_dev):
        return output / ".publisher-draft"
    return parent / f".publisher-draft-{output.name}"


def _lock_of(root: Path) -> FileLock:
    return FileLock(root.with_name(f"{root.name}.lock"))


def _refuse_closed(folder: Path) -> None:
    """Raise OutputError where a folder takes no file, so that a lock in it can be nobody's."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(
            f"{folder}: nothing can be written there ({error.strerror}): choose another --output"
        ) from error


def _unlock(lock: FileLock) -> None:
    """Remove the lock's file and free the lock; whoever waits for the removed file tries a new one."""
    with suppress(OSError):  # Windows keeps a file that is open
        Path(lock.lock_file).unlink()
    lock.release()
    with suppress(OSError):
        Path(lock.lock_file).unlink(missing_ok=True)


def recover(project: Path, output: Path) -> None:
    """Finish the swap of an interrupted run and remove what it left; nothing where a run is going on.

    ``project`` is the folder that files beside the releases belong in.
    """
    output = Path(os.path.realpath(output))
    root = _root(output)
    if root.is_symlink() or not root.is_dir():
        return
    lock = _lock_of(root)
    try:
        lock.acquire(blocking=False)
    except (Timeout, OSError):
        return
    try:
        _finish(root, output, project.resolve())
        shutil.rmtree(root, ignore_errors=True)
    finally:
        _unlock(lock)


class Workspace:
    """The hidden folder of one run; as a context manager it is made, and nothing of it remains."""

    def __init__(self, project: Path, output: Path, datasets: tuple[str, ...]) -> None:
        """Name the project, its output folder and the datasets whose releases will be replaced in it."""
        self.project = project.resolve()
        self.output = Path(os.path.realpath(output))
        self.datasets = datasets
        self.root = _root(self.output)
        self._lock = _lock_of(self.root)
        self._made: list[Path] = []

    def __enter__(self) -> Workspace:
        """Take the lock and an empty draft.

        Raises OutputError where the output is blocked, holds something else than releases of ours
        at the datasets' places, or another run is writing to it.
        """
        self._refuse_blocked()
        try:
            self._made = [folder for folder in self.output.parents if not folder.exists()]
            self.root.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
        except Timeout:
            _refuse_closed(self.root.parent)
            raise OutputError(f"{self.output}: another run of publisher is writing here: wait for it to end") from None
        except OSError as error:
            raise OutputError(f"{self.root}: {error.strerror}: choose another --output") from error
        try:
            self.root.mkdir(exist_ok=True)
            _finish(self.root, self.output, self.project)
            for name in (_DRAFT, _SCRATCH):
                (self.root / name).mkdir()
        except OSError as error:
            self._close()
            raise OutputError(f"{error.filename}: {error.strerror}: choose another --output") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the hidden folder and free the lock."""
        with undisturbed():
            self._close()

    def _close(self) -> None:
        if not (self.root / _READY).exists():
            shutil.rmtree(self.root, ignore_errors=True)
        _unlock(self._lock)
        for folder in self._made:
            with suppress(OSError):
                folder.rmdir()

    def _refuse_blocked(self) -> None:
        for place in (self.output, *self.output.parents):
            if place.is_dir():
                break
            if place.exists() or place.is_symlink():
                raise OutputError(f"{place} is no folder: remove it or choose another --output")
        if self.root.is_symlink() or (self.root.exists() and not self.root.is_dir()):
            raise OutputError(f"{self.root} is in the way of the draft: remove it or choose another --output")
        for dataset in self.datasets:
            place = self.output / dataset
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                raise OutputError(f"{place} is no folder: remove it or choose another --output")
            if place.is_dir() and any(place.iterdir()) and not is_ours(place, dataset):
                message = f"{place} is not empty and no release of {dataset} (it has no manifest of publisher)"
                raise OutputError(f"{message}: move it away or choose another --output")

    def draft(self, dataset: str) -> Path:
        """Return the folder in which the release of a dataset is made."""
        folder = self.root / _DRAFT / dataset
        folder.mkdir(exist_ok=True)
        return folder

    def beside(self, name: str) -> Path:
        """Return where to write a file that will be put in the project, together with the releases."""
        return self.root / _DRAFT / name

    def scratch(self, dataset: str) -> Path:
        """Return a folder for what is needed on the way and never published."""
        folder = self.root / _SCRATCH / dataset
        folder.mkdir(exist_ok=True)
        return folder

    def commit(self) -> None:
        """Put every draft in the place of what was before it; an interrupt waits until it is done.

        Where that fails everything is put back, and OutputError says what failed.
        """
        drafts = tuple(sorted((self.root / _DRAFT).iterdir()))
        places = {item.name: _place(item, self.output, self.project) for item in drafts}
        with undisturbed():
            try:
                self.output.mkdir(parents=True, exist_ok=True)
                os.rename(self.root / _DRAFT, self.root / _READY)
                _finish(self.root, self.output, self.project)
            except OSError as error:
                _undo(self.root, places)
                raise OutputError(f"{error.filename}: {error.strerror}: nothing was replaced") from error


def _place(item: Path, output: Path, project: Path) -> Path:
    """Return where a draft goes: a folder is a release in the output, a file belongs in the project."""
    return output / item.name if item.is_dir() else project / item.name


def _finish(root: Path, output: Path, project: Path) -> None:
    """Bring an output and its hidden folder to rest: finish a swap that was begun, remove the rest.

    Each draft is in one of three states: still in ``ready`` with the old one in place, in ``ready``
    with the old one moved to ``old``, or done. Every step is one rename.
    """
    ready, old = root / _READY, root / _OLD
    if ready.is_dir():
        old.mkdir(exist_ok=True)
        for item in sorted(ready.iterdir()):
            place = _place(item, output, project)
            if item.is_dir():
                if place.exists():
                    os.rename(place, old / item.name)
                os.rename(item, place)
            else:
                if place.exists() and not (old / item.name).exists():
                    shutil.copyfile(place, old / item.name)
                _replace(item, place)
                item.unlink()
        ready.rmdir()
    for name in (_OLD, _DRAFT, _SCRATCH):
        shutil.rmtree(root / name, ignore_errors=True)


def _replace(source: Path, place: Path) -> None:
    """Put a copy of a file in the place of another in one step, on whatever disk that is."""
    copy = place.with_name(f".{place.name}.new")
    shutil.copyfile(source, copy)
    os.replace(copy, place)


def _undo(root: Path, places: dict[str, Path]) -> None:
    """Take back a swap that failed: what was put in place leaves it, what was moved away returns."""
    ready, old, draft = root / _READY, root / _OLD, root / _DRAFT
    if not ready.is_dir():
        return
    draft.mkdir(exist_ok=True)
    for name, place in places.items():
        before = old / name
        if place.is_dir() and not (ready / name).exists():
            os.rename(place, draft / name)
        if before.is_dir():
            os.rename(before, place)
        elif before.exists():
            _replace(before, place)
        elif place.is_file() and not (ready / name).exists():
            place.unlink()
    shutil.rmtree(ready)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold SIGINT and SIGTERM back until the block has ended; the work is then done, and they lapse."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def note(_number: int, _frame: FrameType | None) -> None:
        return

    before: dict[int, Any] = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
