"""JSON of somebody else's, read so that it says one thing to everybody and ends no program."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import Any

from publisher.engines.bounds import Document

# A string, also one that the end of the text cuts off: any other pattern takes time by the square of the size.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_STEPS = {**dict.fromkeys(b"[{", 1), **dict.fromkeys(b"]}", -1), ord("\n"): 0}
_OTHERS = bytes(set(range(256)) - set(_STEPS))


class UnfitError(ValueError):
    """A file is no JSON that is read: the message goes on where the file's name ends, ``line`` says where."""

    def __init__(self, message: str, line: int | None = None) -> None:
        """Keep the line beside the message."""
        super().__init__(message)
        self.line = line


def read_object(path: Path, limit: Document, *, marked: bool = False, once: bool = False) -> dict[str, Any]:
    """Return the object that a file of JSON is, its numbers as Python has them. Raises UnfitError.

    A byte-order mark, which JSON must not have and some programs write, is taken where it may be ``marked``.
    With ``once`` no object has a name twice: the standard leaves open which of the two readers take.
    """
    try:
        if (size := path.stat().st_size) > limit.bytes:
            raise UnfitError(f"has {size:,} bytes, and {limit.bytes:,} at most are read")
        data = path.read_bytes()
    except OSError as error:
        raise UnfitError(f"cannot be opened: {error.strerror}") from error
    if data.startswith(codecs.BOM_UTF8) and not marked:
        raise UnfitError("begins with a byte order mark, which JSON must not have: save it without")
    data = data.removeprefix(codecs.BOM_UTF8)
    refuse_deep(data, limit.levels)
    try:
        values = json.loads(data.decode(), object_pairs_hook=_once if once else None, parse_constant=_no_number)
    except UnfitError:
        raise
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnfitError("is no text in UTF-8: write it in UTF-8", line) from error
    except json.JSONDecodeError as error:
        is_cut = error.msg.startswith("Unterminated") or not error.doc[error.pos :].strip()
        cut = "; the file may be cut short" if is_cut else ""
        raise UnfitError(f"is no JSON: {error.msg}, column {error.colno}{cut}", error.lineno) from error
    except ValueError as error:
        raise UnfitError("has a number with more digits than are read") from error
    if not isinstance(values, dict):
        raise UnfitError("is no JSON object")
    return values


def refuse_deep(text: bytes, levels: int) -> None:
    """Raise UnfitError where values stand in values deeper than so many levels, before a parser meets them."""
    marks = _STRING.sub(b"", text).translate(None, _OTHERS)
    depths = accumulate(map(_STEPS.__getitem__, marks))
    place = next((place for place, depth in enumerate(depths) if depth > levels), None)
    if place is not None:
        message = f"is nested more than {levels} levels deep, which is not read"
        raise UnfitError(message, marks.count(b"\n", 0, place) + 1)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise UnfitError(f"has '{twice[:60]}' twice in one object, of which readers take one or the other")
    return found


def _no_number(word: str) -> Any:
    raise UnfitError(f"has {word}, which is no number of JSON")
