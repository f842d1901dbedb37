"""Text as a terminal may be given it: what it obeys, or does not show, spelled out."""

from __future__ import annotations

from unicodedata import category

# Controls, formats (bidirectional ones among them), surrogates, and separators of lines and paragraphs.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def visible(text: str, kept: str = "") -> str:
    """Return a text with the characters that a terminal obeys, or does not show, spelled out, but for those kept."""
    return "".join(
        character if character in kept or category(character) not in _UNSEEN else _spelled(ord(character))
        for character in text
    )


def _spelled(point: int) -> str:
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
