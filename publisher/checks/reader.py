"""How a file of a release is read back: one row per observation, every column as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

from publisher.model import Cube

if TYPE_CHECKING:
    import pyarrow as pa

# (folder, cube, dataset), and the frequency where a cube has a file for each.
Read = Callable[..., Iterator["pa.RecordBatch"]]


# A number in another program's words, and the word before it where it is a place or a count and no value.
_NUMBER = re.compile(
    r"(?i)(\b(?:errno|lines?|columns?|rows?|position|expected|saw|got)[ :#]+(?=[0-9]+\b))?(?<!\w)[-+.]?[0-9][\w.]*"
)
# What Arrow says of a row with a cell too many or too few, before it shows the row.
_COUNTED = re.compile(r"(Expected [0-9]+ columns, got [0-9]+):.*")


# What the parsers of rdflib raise for text that is damaged: more than they mean to.
RDFLIB_FAILURES = (
    SyntaxError, ValueError, OSError, LookupError, TypeError, AttributeError, AssertionError, RecursionError,
)  # fmt: skip


class UnreadableError(Exception):
    """A program cannot read a file; the message is its own, in one line."""


def words_of(error: Exception) -> str:
    """Return what another program says of a file, in one line, with no number but places: it may be a hidden value."""
    text = _COUNTED.sub(r"\1", " ".join(str(error).split()))
    return _NUMBER.sub(lambda found: found[0] if found[1] else "...", text)


@dataclass(frozen=True, slots=True)
class Reader:
    """One program that reads one format's file of a cube.

    ``path`` is the file in a release, with ``{cube}``, or with ``{dataset}`` alone where all cubes are
    in it. ``read`` takes the release's folder and yields record batches, in the order of the file,
    whose columns are ``cube.columns``, all plain strings: codes and periods as they are, the value's
    exact digits (null where suppressed), attributes (null where absent). What is absent in a broken
    file is null. It raises UnreadableError. Above ``most_rows`` observations ``twin`` reads in its
    place: a plain parser of what this project writes, which raises UnreadableError at anything else.
    An ``optional`` file is there only where the definition asks for it, and then for every cube.
    ``requires`` is a module without which the program cannot run.

    With ``{frequency}`` in ``path`` a cube has a file for each of its frequencies: ``read`` is then
    given the frequency too, and yields the observations of that one file. ``compared`` are the columns
    that the format carries, the key and the value always among them; the others are null.
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
    compared: Callable[[Cube], tuple[str, ...]] = attrgetter("columns")

    @property
    def by_frequency(self) -> bool:
        """Whether a cube has a file for each of its frequencies."""
        return "{frequency}" in self.path

    def is_whole(self, cube: Cube) -> bool:
        """Say whether one file of the format holds all that is known of the observations of a cube."""
        return not self.by_frequency and set(self.compared(cube)) == set(cube.columns)
