"""How a file of a release is read back: one row per observation, every column as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

Read = Callable[[Path, Cube, Dataset], Iterator["pa.RecordBatch"]]


# A number in another program's words, and the word before it where it is a place or a count and no value.
_NUMBER = re.compile(
    r"(?i)(\b(?:errno|lines?|columns?|rows?|position|expected|saw|got)[ :#]+(?=[0-9]+\b))?(?<!\w)[-+.]?[0-9][\w.]*"
)
# What Arrow says of a row with a cell too many or too few, before it shows the row.
_COUNTED = re.compile(r"(Expected [0-9]+ columns, got [0-9]+):.*")


class UnreadableError(Exception):
    """A program cannot read a file; the message is its own, in one line."""


def words_of(error: Exception) -> str:
    """Return what another program says of a file, in one line, with no number but places: it may be a hidden value."""
    text = _COUNTED.sub(r"\1", " ".join(str(error).split()))
    return _NUMBER.sub(lambda found: found[0] if found[1] else "...", text)


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
