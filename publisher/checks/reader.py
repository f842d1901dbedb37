"""How a file of a release is read back: one row per observation, every column as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

Read = Callable[[Path, Cube, Dataset], Iterator["pa.RecordBatch"]]


class UnreadableError(Exception):
    """A program cannot read a file; the message is its own, in one line."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One program that reads one format's file of a cube.

    ``path`` is the file in a release, with ``{cube}``. ``read`` takes the release's folder and
    yields record batches, in the order of the file, whose columns are ``cube.columns``, all plain
    strings: codes and periods as they are, the value's exact digits (null where suppressed),
    attributes (null where absent). What is absent in a broken file is null. It raises
    UnreadableError. Above ``most_rows`` observations ``twin`` reads in its place: a plain parser of
    what this project writes, which raises UnreadableError at anything else. An ``optional`` file is
    there only where the definition asks for it, and then for every cube. ``requires`` is a module
    without which the program cannot run.
    """

    format: str
    path: str
    by: str
    read: Read
    most_rows: int | None = None
    twin: Read | None = None
    kind: Literal["fast", "full"] = "fast"
    needs: tuple[str, ...] = ()
    optional: bool = False
    requires: str = ""
