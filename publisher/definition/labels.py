"""What a label, a title or any other words for people may hold."""

from __future__ import annotations

import unicodedata

FORMULA_STARTS = "=+-@"


def fault(words: str) -> str | None:
    """Return what is wrong with some words as the end of a sentence, or None.

    Control characters break formats, and words that begin with ``=``, ``+``, ``-`` or ``@`` become
    formulas in a spreadsheet. The line feed is the one control character that every format carries.
    """
    if not words.strip():
        return "is empty"
    if words != words.strip():
        return "begins or ends with a blank"
    if words[0] in FORMULA_STARTS:
        return f"begins with '{words[0]}', which a spreadsheet takes for a formula: begin with a letter"
    for character in words:
        if character != "\n" and (unicodedata.category(character) in ("Cc", "Cs") or character in "\ufffe\uffff"):
            return f"holds the control character U+{ord(character):04X}: remove it"
    return None
