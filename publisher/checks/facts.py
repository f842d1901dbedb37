"""What a file says, taken apart into facts: a text at each place; and how those of two sides differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_MOST = 20

Place = tuple[str, ...]
# What stands at a place, as JSON spells it.
Facts = dict[Place, str]


def spelled(values: Mapping[Place, object]) -> Facts:
    """Return values as facts."""
    return {place: json.dumps(value, ensure_ascii=False) for place, value in values.items()}


def leaves(value: Any, beside: frozenset[Place] = frozenset()) -> Iterator[tuple[Place, Any]]:
    """Yield what stands at every place of a JSON value, however deep, but at and below the places ``beside``.

    An object or an array in which there is nothing is itself what stands at its place.
    """
    waiting: list[tuple[Place, Any]] = [((), value)]
    while waiting:
        place, inner = waiting.pop()
        if place in beside:
            continue
        if isinstance(inner, dict | list) and inner:
            members = inner.items() if isinstance(inner, dict) else enumerate(inner)
            waiting += [((*place, str(name)), member) for name, member in members]
        else:
            yield place, inner


def differences(expected: Facts, found: Facts) -> Iterator[str]:
    """Yield what is missing, other or too much; what was found only where it has no digit: it may be a hidden value."""
    for place, words in expected.items():
        if place not in found:
            yield f"{'.'.join(place)} is missing, {words} expected"
        elif found[place] != words:
            yield f"{'.'.join(place)} is {_shown(found[place])}, {words} expected"
    known = {place[:length] for place in expected for length in range(len(place))}
    for place in found:
        if place not in expected:
            inside = next(place[:length] for length in range(len(place), -1, -1) if place[:length] in known)
            yield f"{'.'.join(inside) or 'the file'} has a member that is not expected"


def first(messages: Iterable[str]) -> list[str]:
    """Return the first messages, and how many more there are."""
    everything = list(messages)
    more = len(everything) - _MOST
    return [*everything[:_MOST], *([f"and {more:,} more like these"] if more > 0 else [])]


def _shown(words: str) -> str:
    return "a text with digits" if any(character.isdigit() for character in words) else words
