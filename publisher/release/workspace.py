"""The draft beside the output, and the swap that puts it in place.

A run works in one hidden folder beside the output. When everything in it has passed, the folder
``draft`` in it is renamed to ``ready``: from that moment on the new releases are what is published,
and whatever ends the run, the next command finishes the swap. Before that moment the output is as
it was. A lock keeps two runs from one output apart.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from filelock import FileLock, Timeout

from publisher.errors import OutputError
from publisher.release.manifest import is_ours

_DRAFT, _READY, _OLD, _SCRATCH, _LOCK = "draft", "ready", "old", "scratch", "lock"


def _root(output: Path) -> Path:
    """Return the hidden folder of an output: beside it, or in it where beside is another disk or closed."""
    parent = output.parent
    if output.is_dir() and not (os.access(parent, os.W_OK) and output.stat().st_dev == parent.stat().st_dev):
        return output / ".publisher-draft"
    return parent / f".publisher-draft-{output.name}"


def recover(output: Path) -> None:
    """Finish the swap of an interrupted run and remove what it left; nothing where a run is going on."""
    root = _root(output.resolve())
    if not root.is_dir():
        return
    lock = FileLock(root / _LOCK)
    try:
        lock.acquire(blocking=False)
    except (Timeout, OSError):
        return
    try:
        _finish(root, output.resolve())
    finally:
        lock.release()
        shutil.rmtree(root, ignore_errors=True)


class Workspace:
    """The hidden folder of one run; as a context manager it is made, and nothing of it remains."""

    def __init__(self, output: Path, datasets: tuple[str, ...]) -> None:
        """Name the output folder and the datasets whose releases will be replaced in it."""
        self.output = output.resolve()
        self.datasets = datasets
        self.root = _root(self.output)
        self._lock = FileLock(self.root / _LOCK)
        self._made: list[Path] = []

    def __enter__(self) -> Workspace:
        """Take the lock and an empty draft.

        Raises OutputError where the output is blocked, holds something else than releases of ours
        at the datasets' places, or another run is writing to it.
        """
        self._refuse_blocked()
        try:
            self._made = [folder for folder in self.output.parents if not folder.exists()]
            self.root.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
        except Timeout:
            raise OutputError(f"{self.output}: another run of publisher is writing here: wait for it to end") from None
        except OSError as error:
            raise OutputError(f"{self.root}: {error.strerror}: choose another --output") from error
        _finish(self.root, self.output)
        for name in (_DRAFT, _SCRATCH):
            (self.root / name).mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the hidden folder and free the lock."""
        with undisturbed():
            for name in (_DRAFT, _SCRATCH):
                shutil.rmtree(self.root / name, ignore_errors=True)
            self._lock.release()
            shutil.rmtree(self.root, ignore_errors=True)
            for folder in self._made:
                with suppress(OSError):
                    folder.rmdir()

    def _refuse_blocked(self) -> None:
        for place in (self.output, *self.output.parents):
            if place.is_dir():
                break
            if place.exists() or place.is_symlink():
                raise OutputError(f"{place} is no folder: remove it or choose another --output")
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

    def scratch(self, dataset: str) -> Path:
        """Return a folder for what is needed on the way and never published."""
        folder = self.root / _SCRATCH / dataset
        folder.mkdir(exist_ok=True)
        return folder

    def beside(self, name: str) -> Path:
        """Return where to write a file that will be put beside the output, together with the releases."""
        return self.root / _DRAFT / name

    def commit(self) -> None:
        """Put every draft in the place of what was before it; an interrupt waits until it is done.

        Where a rename fails everything is put back, and OutputError says what failed.
        """
        names = frozenset(item.name for item in (self.root / _DRAFT).iterdir())
        with undisturbed():
            try:
                self.output.mkdir(parents=True, exist_ok=True)
                os.rename(self.root / _DRAFT, self.root / _READY)
                _finish(self.root, self.output)
            except OSError as error:
                _undo(self.root, self.output, names)
                raise OutputError(f"{error.filename}: {error.strerror}: nothing was replaced") from error


def _place(item: Path, output: Path) -> Path:
    """Return where a draft goes: a folder is a release in the output, a file stands beside the output."""
    return output / item.name if item.is_dir() else output.parent / item.name


def _finish(root: Path, output: Path) -> None:
    """Bring an output and its hidden folder to rest: finish a swap that was begun, remove the rest.

    Each draft is in one of three states: still in ``ready`` with the old one in place, in ``ready``
    with the old one moved to ``old``, or done. Every step is one rename.
    """
    ready, old = root / _READY, root / _OLD
    if ready.is_dir():
        old.mkdir(exist_ok=True)
        for item in sorted(ready.iterdir()):
            place = _place(item, output)
            if place.exists():
                os.rename(place, old / item.name)
            os.rename(item, place)
        ready.rmdir()
    for name in (_OLD, _DRAFT, _SCRATCH):
        shutil.rmtree(root / name, ignore_errors=True)


def _undo(root: Path, output: Path, names: frozenset[str]) -> None:
    """Take back a swap that failed: what was put in place leaves it, what was moved away returns.

    ``names`` are those of the drafts; one that is no longer in ``ready`` was put in its place.
    """
    ready, old, draft = root / _READY, root / _OLD, root / _DRAFT
    if not ready.is_dir():
        return
    draft.mkdir(exist_ok=True)
    for name in sorted(names):
        place = output / name if (output / name).is_dir() else output.parent / name
        if not (ready / name).exists():
            os.rename(place, draft / name)
        if (old / name).exists():
            os.rename(old / name, _place(old / name, output))
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
