"""A PC-Axis file as keywords and cells: a plain parser of its grammar, which knows nothing of a dataset.

PX file format, AXIS-VERSION 2013, "Getting started": ``KEYWORD[LANGUAGE]("KEY")="VALUE","VALUE";``, the
cells after ``DATA=``. Texts one after the other without a comma are one text. Every expression below is
linear in the length of what it reads. No message has a cell in it: it may be a hidden value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from publisher.checks.reader import UnreadableError

_MOST_BYTES = 256 * 2**20
_HEAD = re.compile(r'([A-Z][A-Z0-9-]{0,63})(?:\[([A-Za-z0-9-]{1,64})\])?(?:\(("[^"\r\n]*"(?:,"[^"\r\n]*")*)\))?=')
_TOKEN = re.compile(r'"[^"\r\n]*"|[,:;]|[^\s",:;]+|\s+')
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One keyword as it stands in a file: its values as they are written, quoted or not, and its first line."""

    keyword: str
    language: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    line: int

    @property
    def texts(self) -> tuple[str, ...]:
        """Its values without the quotes around them."""
        return tuple(value.strip('"') for value in self.values)

    def __str__(self) -> str:
        """Return it as a reader finds it: ``VALUES[nn]("Fylke")``."""
        key = ",".join(f'"{part}"' for part in self.key)
        return self.keyword + (f"[{self.language}]" if self.language else "") + (f"({key})" if key else "")


@dataclass(frozen=True, slots=True)
class Px:
    """A file: its keywords in order, and the text of its cells."""

    entries: tuple[Entry, ...]
    cells: str

    def of(self, keyword: str, *key: str) -> Entry | None:
        """Return a keyword of the default language, or None."""
        wanted = (keyword, "", key)
        return next((item for item in self.entries if (item.keyword, item.language, item.key) == wanted), None)


def read(path: Path) -> Px:
    """Read a file. Raises UnreadableError with the line where it is none."""
    return parse(text_of(path))


def text_of(path: Path) -> str:
    """Return the text of a file. Raises UnreadableError where it is not UTF-8, or larger than any that is written."""
    if path.stat().st_size > _MOST_BYTES:
        raise UnreadableError(f"it has more than {_MOST_BYTES:,} bytes")
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start + 1} is not UTF-8") from error


def parse(text: str) -> Px:
    """Return the keywords and the cells of a file."""
    entries: list[Entry] = []
    place, line = 0, 1
    while True:
        if (head := _HEAD.match(text, place)) is None:
            raise UnreadableError(f"line {line}: no keyword where one should begin")
        if head[1] == "DATA":
            return Px(tuple(entries), _cells(text[head.end() :]))
        values, end = _values(text, head.end(), line)
        key = tuple(head[3][1:-1].split('","')) if head[3] else ()
        entries.append(Entry(head[1], head[2] or "", key, values, line))
        after = _SPACE.match(text, end)
        following = after.end() if after is not None else end
        line += text.count("\n", place, following)
        place = following


def _values(text: str, start: int, line: int) -> tuple[tuple[str, ...], int]:
    """Return the values that begin somewhere, and where the keyword ends."""
    values: list[str] = []
    parts: list[str] = []
    end = start
    for token, end in _tokens(text, start):
        if token in (",", ";"):
            if not parts:
                raise UnreadableError(f"line {line}: a value is missing")
            values.append("".join(parts))
            parts = []
            if token == ";":
                return tuple(values), end
        elif token.startswith('"') and parts and parts[-1].startswith('"'):
            parts[-1] = parts[-1][:-1] + token[1:]
        elif not token.isspace():
            parts.append(token)
    raise UnreadableError(f"line {line}: the keyword does not end with a semicolon, or a text not on its line")


def _tokens(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield each token and where it ends, up to what is none: a quote that nothing closes on its line."""
    place = start
    while (found := _TOKEN.match(text, place)) is not None:
        place = found.end()
        yield found[0], place


def _cells(text: str) -> str:
    body, semicolon, rest = text.partition(";")
    if not semicolon or rest.strip():
        raise UnreadableError("the cells do not end with a semicolon, the last character of the file")
    return body
