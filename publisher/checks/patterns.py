"""Regular expressions of somebody else's: whether Python matches them in bounded time."""

from __future__ import annotations

import re

# What makes a pattern take time without bounds: a group that repeats, a look around, a group that comes again, and
# many parts that may be long or short, there or not, this or that.
_REPEATED = re.compile(r"\)[*+{]|\(\?[=!<P(]|\\[1-9]")
_VARYING = ((re.compile(r"[*+]|\{[0-9]*,[0-9]*\}"), 2), (re.compile(r"(?<!\()\?"), 8), (re.compile(r"\|"), 12))
_LONGEST_PATTERN = 1_000


def is_harmless(pattern: object) -> bool:
    """Say whether Python matches a pattern in bounded time, whatever the text: most patterns are so."""
    return (
        isinstance(pattern, str)
        and len(pattern) <= _LONGEST_PATTERN
        and not _REPEATED.search(pattern)
        and all(len(part.findall(pattern)) <= most for part, most in _VARYING)
    )
