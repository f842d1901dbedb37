"""What a label, a title or any other words for people may hold, and in which order languages stand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from publisher.model import Text

FORMULA_STARTS = "=+-@"
# Controls, halves of characters, and the two separators that some formats take for an end of line.
_REFUSED = ("Cc", "Cs", "Zl", "Zp")
# What XML does not have, and what makes a text look like another one by turning its direction.
_REFUSED_CHARACTERS = "\ufeff\ufffe\uffff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def fault(words: str) -> str | None:
    """Return what is wrong with some words as the end of a sentence, or None.

    Control characters break formats, and words that begin with ``=``, ``+``, ``-`` or ``@`` become
    formulas in a spreadsheet. The line feed is the one control character that every format carries.
    """
    if not words.strip():
        return "is empty: write it"
    if words != words.strip():
        return "begins or ends with a blank: remove it"
    if words[0] in FORMULA_STARTS:
        return f"begins with '{words[0]}', which a spreadsheet takes for a formula: begin with a letter"
    for character in words:
        if character != "\n" and (unicodedata.category(character) in _REFUSED or character in _REFUSED_CHARACTERS):
            return f"holds the control character U+{ord(character):04X}: remove it"
    return None


def text(words: Mapping[str, str], languages: Iterable[str]) -> Text | None:
    """Return words by language as a text, ``languages`` first and in their order; None for no words."""
    ordered = dict.fromkeys(language for language in (*languages, *words) if language in words)
    return Text(tuple((language, words[language]) for language in ordered)) if ordered else None
