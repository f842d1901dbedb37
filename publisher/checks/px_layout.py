"""How the keywords of a PC-Axis file stand: known ones, once, translations behind their default, lines that end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from publisher.checks.px_grammar import Entry, Px

LONGEST = 256
Fault = tuple[Entry | None, str]

_ONCE = (
    "CHARSET", "AXIS-VERSION", "CODEPAGE", "LANGUAGE", "LANGUAGES", "CREATION-DATE", "TABLEID", "DECIMALS",
    "SHOWDECIMALS", "MATRIX", "AGGREGALLOWED", "SUBJECT-CODE", "COPYRIGHT", "LAST-UPDATED", "ATTRIBUTE-ID",
    "ATTRIBUTES",
)  # fmt: skip
_TRANSLATED = (
    "SUBJECT-AREA", "DESCRIPTION", "TITLE", "CONTENTS", "UNITS", "STUB", "HEADING", "VARIABLECODE", "VALUES",
    "TIMEVAL", "CODES", "DOMAIN", "HIERARCHIES", "HIERARCHYLEVELS", "ELIMINATION", "CONTACT", "SOURCE", "NOTEX",
    "NOTE", "DATASYMBOL1", "DATASYMBOL2", "ATTRIBUTE-TEXT",
)  # fmt: skip
# Keyword -> whether it stands in every language.
_KNOWN = dict.fromkeys(_ONCE, False) | dict.fromkeys(_TRANSLATED, True)
_TEXTS = ("SUBJECT-AREA", "DESCRIPTION", "TITLE", "CONTENTS", "UNITS", "CONTACT", "SOURCE", "NOTEX", "NOTE")
_BARE = ("DECIMALS", "SHOWDECIMALS", "AGGREGALLOWED", "COPYRIGHT", "HIERARCHYLEVELS")
# What a reader must have read before another keyword makes sense to it.
_BEFORE = (
    ("STUB", "VALUES"),
    ("HEADING", "VALUES"),
    ("VALUES", "TIMEVAL"),
    ("VALUES", "CODES"),
    ("CODES", "HIERARCHIES"),
    ("CODES", "ATTRIBUTES"),
    ("ATTRIBUTE-ID", "ATTRIBUTES"),
)
_FIRST = ("CHARSET", "AXIS-VERSION", "CODEPAGE", "LANGUAGE")


def faults(found: Px, text: str, languages: Sequence[str]) -> Iterator[Fault]:
    """Yield (keyword, what is wrong with where and how it stands) of a file in these languages."""
    if tuple(item.keyword for item in found.entries[: len(_FIRST)]) != _FIRST:
        yield None, f"does not begin with {', '.join(_FIRST)}"
    for (keyword, language, key), times in Counter(
        (item.keyword, item.language, item.key) for item in found.entries
    ).items():
        if times > 1:
            yield Entry(keyword, language, key, (), 0), "stands twice"
    for item in found.entries:
        if item.keyword not in _KNOWN:
            yield item, "is no keyword that is written"
        elif item.language and not (_KNOWN[item.keyword] and item.language in languages[1:]):
            yield item, f"is in '{item.language}'"
        if any(value.startswith('"') == (item.keyword in _BARE) for value in _plain_values(item)):
            yield item, "is quoted where it should not be, or not where it should"
    yield from _order(found)
    yield from _translations(found, languages)
    yield from _lines(found, text)


def _order(found: Px) -> Iterator[Fault]:
    """Yield keywords that stand before one that readers must have read."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for number, item in enumerate(found.entries):
        first.setdefault(item.keyword, number)
        last[item.keyword] = number
    for before, after in _BEFORE:
        if before in last and after in first and first[after] < last[before]:
            yield found.entries[first[after]], f"stands before {before}"


def _plain_values(item: Entry) -> Sequence[str]:
    return item.values[1:] if item.keyword == "TIMEVAL" else item.values


def _translations(found: Px, languages: Sequence[str]) -> Iterator[Fault]:
    """Yield keywords that the other languages do not directly follow, in the order of LANGUAGES."""
    entries = found.entries
    for number, item in enumerate(entries):
        if not item.language and _KNOWN.get(item.keyword, False):
            after = [other for other in entries[number + 1 : number + len(languages)] if other.keyword == item.keyword]
            if [other.language for other in after] != list(languages[1:]):
                yield item, f"is not followed by its translations into {', '.join(languages[1:])}"


def _lines(found: Px, text: str) -> Iterator[Fault]:
    """Yield keywords with a line that does not end with CR LF, or is longer than it must be."""
    lines = text.split("\n")
    starts = [*(item.line for item in found.entries), len(lines)]
    for item, (first, following) in zip(found.entries, pairwise(starts), strict=True):
        own = lines[first - 1 : following - 1]
        if not all(line.find("\r") == len(line) - 1 for line in own):
            yield item, "has a line that does not end with CR LF"
        if any(len(line) - 1 > LONGEST and _is_divisible(line, item) for line in own):
            yield item, f"has a line with more than {LONGEST} characters"


def _is_divisible(line: str, item: Entry) -> bool:
    """Say whether a line has a text in it, or several values of a list: what its key alone fills is not divided."""
    values = line.removeprefix(f"{item}=").strip()
    return bool(values) if item.keyword in _TEXTS else '","' in values
