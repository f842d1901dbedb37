"""What may stand in a PC-Axis file, and what becomes of the words that may not.

PX file format, AXIS-VERSION 2013 (Statistics Sweden, 2013-02-27): a text has no double quote and no
line break, a name of a value or a variable at most 256 characters, a line 256. Readers split a file at
the first ``DATA=`` and find a value by its name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote, unquote

LONGEST = 256
"""Characters of a line, and of a name of a value or a variable."""

ABSENT = "."
"""How an attribute that says nothing stands in ATTRIBUTES."""

_BLANKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_DATA = re.compile(r"(DATA)=", re.IGNORECASE)
# What an attribute's value cannot hold as it is: quotes, controls, blanks that readers strip or fold, a false DATA=.
_UNWRITABLE = re.compile(r'[%"\x00-\x1f\x7f-\x9f\u2028\u2029]|^ | \Z|(?<= ) |(?<=DATA)=', re.IGNORECASE)
# Frequency -> its time scale (TIMEVAL) and the letter that names of its periods have; the 2013 format has no others.
_SCALES = {"A": "A1", "S": "H1", "Q": "Q1", "M": "M1", "W": "W1"}
_LETTERS = {"S": "H", "Q": "Q", "M": "M", "W": "W", "T": "T"}


def plain(words: str, longest: int = 0) -> str:
    """Return words as a text of the format: ``'`` for a double quote, one blank for a line break.

    ``DATA=`` becomes ``DATA =``. Where there is a ``longest``, a text with more characters is cut and
    ends with ``…``.
    """
    text = _DATA.sub(r"\1 =", _BLANKS.sub(" ", words.replace('"', "'")).strip())
    return text if not longest or len(text) <= longest else text[: longest - 1].rstrip() + "…"


def name(words: str) -> str:
    """Return words as the name of a variable, which stands in the keys of keywords: without square brackets."""
    text = plain(words).replace("[", "(").replace("]", ")")
    return re.sub(r" +\)", ")", re.sub(r"\( +", "(", text))


def apart(labels: Sequence[str], codes: Sequence[str]) -> tuple[str, ...]:
    """Return the names of values or variables, no two of them equal: where labels are, the code is added.

    An empty label is its code, and one with more than 256 characters is cut.
    """
    cut = [plain(label, LONGEST) or code for label, code in zip(labels, codes, strict=True)]
    coded = [
        f"{plain(label, LONGEST - len(code) - 3)} ({code})".lstrip() for label, code in zip(labels, codes, strict=True)
    ]
    times = Counter(cut)
    names = [both if times[label] > 1 else label for label, both in zip(cut, coded, strict=True)]
    return tuple(names if len(set(names)) == len(names) else coded)


def encoded(value: str | None) -> str:
    """Return an attribute's value so that it can be read back: what a text cannot hold is percent-encoded."""
    if value is None:
        return ABSENT
    if value == ABSENT:
        return "%2E"
    return _UNWRITABLE.sub(lambda found: quote(found[0], safe=""), value)


def decoded(text: str) -> str | None:
    """Return the value that ``encoded`` made a text of."""
    return None if text == ABSENT else unquote(text)


def scale(frequency: str) -> str | None:
    """Return the time scale of a frequency, or None where the format has none: for days and terms."""
    return _SCALES.get(frequency)


def point(period: str) -> str:
    """Return a period as TIMEVAL has it, digits only: ``202401``, ``20241`` for a quarter."""
    return re.sub(r"[^0-9]", "", period)


def shown(frequency: str, period: str) -> str:
    """Return a period as it is named for people: ``2024M01``, ``2024Q1``, ``2024H1``; years and days as they are."""
    letter = _LETTERS.get(frequency)
    return period if letter is None else period[:4] + letter + re.sub(r"[^0-9]", "", period[4:])
