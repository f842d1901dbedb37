"""Which formats a release is too large for, and how that is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from publisher.errors import Finding
from publisher.formats.dense import axes, cells
from publisher.formats.draft import Format
from publisher.observations import Observations

RULE = "left-out"


def left_out(format: Format, observations: Iterable[Observations]) -> Finding | None:
    """Return why a format is left out: the first cube that is beyond its limit. None where none is."""
    beyond = (sentence for each in observations for sentence in _beyond(format, each))
    sentence = next(beyond, None)
    if sentence is None:
        return None
    return Finding(RULE, f"{format.name} is left out: {sentence} ({format.limit.why})", "information")


def _beyond(format: Format, observations: Observations) -> Iterator[str]:
    limit, cube = format.limit, observations.cube.id
    if limit.observations is not None and observations.rows > limit.observations:
        yield f"cube {cube} has {observations.rows:,} observations, {limit.observations:,} at most"
    elif limit.cells is not None and (count := cells(axes(observations))) > limit.cells:
        yield f"the full table of cube {cube} has {count:,} cells, {limit.cells:,} at most"
