"""Where each key of a TOML text stands. ``tomllib`` reads TOML but does not say on which line."""

from __future__ import annotations

import re
from collections import Counter

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=")

Path = tuple[str, ...]


class TomlLines:
    """Lines of tables and keys of one text, by path from the top; a table of an array has its index in the path."""

    def __init__(self, text: str) -> None:
        """Note the line of each table header and each assignment."""
        self._lines: dict[Path, int] = {}
        counts: Counter[Path] = Counter()
        table: Path = ()
        quotes = ""
        for number, line in enumerate(text.split("\n"), start=1):
            if quotes:
                quotes = "" if quotes in line else quotes
                continue
            if header := _HEADER.match(line):
                table = _parts(header[2])
                self._lines.setdefault(table, number)
                if header[1] == "[[":
                    counts[table] += 1
                    table = (*table, str(counts[table] - 1))
                    self._lines.setdefault(table, number)
            elif assignment := _ASSIGNMENT.match(line):
                self._lines.setdefault((*table, *_parts(assignment[1])), number)
            quotes = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), "")

    def of(self, path: Path) -> int:
        """Return the line of a path, or of the nearest table or key around it; 1 where none is."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 1


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))
