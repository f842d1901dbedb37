"""The kinds of value a key of ``dataset.toml`` may have: how each is said, and how it is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from publisher.definition import patterns
from publisher.naming import NCNAME_PATTERN, SLUG_PATTERN

KindName = Literal[
    "string",
    "text",
    "texts",
    "strings",
    "iris",
    "languages",
    "slug",
    "id",
    "iri",
    "base",
    "email",
    "version",
    "integer",
    "count",
    "positive",
    "decimals",
    "datetime",
    "boolean",
    "lists",
    "number",
    "words",
    "any",
]

# Years that every calendar, time zone and format here can hold.
_YEARS = range(1900, 9999)
_MOST_DECIMALS = 15
_MOST_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: ``said`` ends the sentence "must be …", ``holds`` tells a value of the kind."""

    said: str
    holds: Callable[[Any], bool]


def _string(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _like(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _whole(least: int | None = None, most: int | None = None) -> Callable[[Any], bool]:
    """Return the test of a whole number within bounds; true and false are none."""
    return lambda value: (
        isinstance(value, int)
        and not isinstance(value, bool)
        and (least is None or value >= least)
        and (most is None or value <= most)
    )


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(map(_string, value)) and len(set(value)) == len(value)


def _iris(value: Any) -> bool:
    return _strings(value) and all(map(_like(patterns.IRI), value))


def _languages(value: Any) -> bool:
    return _strings(value) and bool(value) and all(map(_like(patterns.LANGUAGE), value))


def _lists(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_strings, value.values()))


def _number(value: Any) -> bool:
    """Tell an exact number: a whole one, or one with digits after the point; neither inf nor nan nor beyond 10^30."""
    if isinstance(value, Decimal):
        return value.is_finite() and abs(value.adjusted()) <= _MOST_DIGITS
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**_MOST_DIGITS


def _words(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_string, value.values()))


def _text(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(isinstance(words, str) for words in value.values())
        and all(map(_like(patterns.LANGUAGE), value))
    )


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _moment(value: Any) -> bool:
    """Tell a date, or a date and time that says its offset: a time without one is another elsewhere."""
    return (
        isinstance(value, date)
        and value.year in _YEARS
        and not (isinstance(value, datetime) and value.utcoffset() is None)
    )


KINDS: dict[KindName, Kind] = {
    "string": Kind("a string", _string),
    "text": Kind("a table of words by language (BCP 47), with every language of `dataset.languages`", _text),
    "texts": Kind("a list of tables of words by language (BCP 47)", _texts),
    "strings": Kind("a list of strings, each once", _strings),
    "iris": Kind("a list of absolute IRIs, each once", _iris),
    "languages": Kind("a list of one or more languages (BCP 47, as in `nb` or `en-GB`), each once", _languages),
    "slug": Kind("lower-case words and numbers joined with `-`", _like(SLUG_PATTERN)),
    "id": Kind("an SDMX id: a letter, then letters, digits, `_`, `-`", _like(NCNAME_PATTERN)),
    "iri": Kind("an absolute IRI", _like(patterns.IRI)),
    "base": Kind("an absolute http or https IRI without a final `/`, query or fragment", _like(patterns.BASE_IRI)),
    "email": Kind("an email address", _like(patterns.EMAIL)),
    "version": Kind("a version of two numbers, as in `1.0`", _like(patterns.VERSION)),
    "integer": Kind("a whole number", _whole()),
    "count": Kind("a whole number, 0 or more", _whole(0)),
    "positive": Kind("a whole number from 1 to 1,000,000", _whole(1, 1_000_000)),
    "decimals": Kind(f"a whole number from 0 to {_MOST_DECIMALS}", _whole(0, _MOST_DECIMALS)),
    "datetime": Kind("a date, or a date and time with its offset", _moment),
    "boolean": Kind("true or false", lambda value: isinstance(value, bool)),
    "lists": Kind("a table of lists of strings, each string once", _lists),
    "number": Kind(f"a number below 10^{_MOST_DIGITS}", _number),
    "words": Kind("a table of strings", _words),
    "any": Kind("as the format says", lambda value: True),
}
