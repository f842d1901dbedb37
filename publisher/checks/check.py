"""What a check is, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from publisher.errors import Finding
from publisher.model import Dataset, Edition
from publisher.observations import Observations


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: the folder of a release, its dataset and edition, and the observations it must hold.

    ``observations`` is by cube: what was read from the source, or for a release that is checked
    alone the table that the others are compared with. ``files`` are the paths in the folder, and
    ``scratch`` is a folder outside the release for what a check cannot keep in memory. ``previous``
    are the observations that deltas are against, None for a cube that is new: only while a release
    is built.
    """

    folder: Path
    dataset: Dataset
    edition: Edition
    observations: Mapping[str, Observations]
    files: frozenset[str]
    scratch: Path
    previous: Mapping[str, Observations | None] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def rows(self) -> int:
        """How many observations the release has."""
        return sum(observations.rows for observations in self.observations.values())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found, and what it looked at: ``looked_at`` is a few words such as ``4,068 observations``.

    ``nothing`` says that there was nothing to look at, for its files were not asked for. ``left_out``
    are files that were not looked at, each with the reason.
    """

    findings: tuple[Finding, ...] = ()
    looked_at: str = ""
    nothing: bool = False
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, the program that does it, when it runs, and its function.

    A check above ``most_rows`` observations of the release is left out, and ``twin``, which does
    the same on columns, runs in its place. ``needs`` are the formats without which there is
    nothing to check, ``requires`` a module without which the check is skipped. ``files`` are those
    that it looks at, of the ones that there are: ``<cube>`` stands for a cube, any other word for a name.
    """

    name: str
    by: str
    kind: Literal["fast", "full"]
    run: Callable[[Subject], Outcome]
    most_rows: int | None = None
    twin: Callable[[Subject], Outcome] | None = None
    twin_by: str = "publisher"
    needs: tuple[str, ...] = field(default=())
    requires: str = ""
    files: tuple[str, ...] = ()
