"""The unit of a cube's values and what they are to be multiplied by, in the words that a format has for a code."""

from __future__ import annotations

from collections.abc import Callable

from publisher.model import Cube, SeriesAttribute


def in_words(cube: Cube, named: Callable[[SeriesAttribute], str | None]) -> tuple[str | None, str | None]:
    """Return the unit, None where it has no words, and the multiplier, None where values stand for themselves.

    ``named`` is what a format calls the value of an attribute, None where it has no words for it. A
    multiplier without words is a power of ten, ``10^6``.
    """
    unit, multiplier, _ = cube.series_attributes
    factor = None if multiplier.value == "0" else named(multiplier) or f"10^{multiplier.value}"
    return named(unit), factor
