"""What the readers of data messages hand to the checks, one piece after the other: data sets, series, observations.

A reader is a function that takes a message and a ``Sink``; memory does not grow with the observations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from publisher.checks.sdmx_message_model import Ref

FLAT = "AllDimensions"
TIME = "TIME_PERIOD"
MEASURE = "OBS_VALUE"
# Actions whose data sets need not hold everything of an observation that they name.
INCOMPLETE = frozenset(("Delete", "Append", "Merge"))


@dataclass(frozen=True, slots=True)
class Use:
    """Which structure a data set is of: what the header or the row names, and how observations are arranged.

    ``at_observation`` is the dimension of the observations, ``AllDimensions`` where they are not in
    series. ``is_whole`` says that the data set is to hold everything of an observation that it names: not
    one that deletes, or appends to what others have. ``has_partial_keys`` says that it deletes whatever
    fits the dimensions that it names, and may leave others out.
    """

    ref: Ref | None
    at_observation: str
    is_whole: bool = True
    has_partial_keys: bool = False


class Sink(Protocol):
    """What takes the pieces of a data message. ``said`` are values by component, of key and attributes alike."""

    def begin(self, line: int | None, use: Use, number: int = 0) -> None:
        """Take the beginning of a data set, or of another part of the one that has its ``number``."""

    def fault(self, rule: str, message: str, line: int | None = None, key: str | None = None) -> None:
        """Take what a reader finds wrong."""

    def attributes(self, line: int | None, said: Mapping[str, str]) -> None:
        """Take what is said of a data set, a group or a part of the key."""

    def series(self, line: int | None, said: Mapping[str, str], key: tuple[str, ...] = ()) -> None:
        """Take the beginning of a series, of which what follows is; ``key`` are the ids of its key, if known."""

    def observation(self, line: int | None, said: Mapping[str, str], key: tuple[str, ...] = ()) -> None:
        """Take an observation; ``key`` are the ids of its whole key, if the message says."""
