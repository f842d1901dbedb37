"""What a file is, by its content: a bounded beginning of it is read, nothing is expanded, fetched or followed."""

from __future__ import annotations

import json
import re
import stat
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

# A root element stands within so many bytes, whatever comments and declarations come before it.
_XML_BYTES = 256 << 10
_PIECE = 4 << 10
_LONGEST_ENTITY = 200
# Members that begin later than this, or after so many parts, are not seen, and no more of them than this are kept.
_JSON_BYTES = 32 << 20
_MOST_MEMBERS = 1_000
_MOST_TOKENS = 500_000
_BLANK = b" \t\r\n"
_MARK = b"\xef\xbb\xbf"
# A string, also one that the end of what was read cuts off, or what structures JSON.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)


class _FoundError(Exception):
    """What was looked for has been seen, or cannot be any more; the rest of the file is not read."""


def beginning(path: Path, size: int) -> bytes:
    """Return the first bytes of a file; nothing of what is no regular file or cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return b""
        with path.open("rb") as stream:
            return stream.read(size)
    except (OSError, ValueError):
        return b""


def xml_root(path: Path) -> str | None:
    """Return the root element of an XML file as ``{namespace}name``, or None where there is none to be seen.

    No external subset or entity is read; entities that are more than short texts end the looking.
    """
    from xml.parsers import expat

    text = beginning(path, _XML_BYTES)
    if not text or b"<" not in text[: 1 << 12].replace(b"\0", b""):
        return None
    parser = expat.ParserCreate(namespace_separator=" ")
    root: list[str] = []

    def begin(name: str, _attributes: dict[str, str]) -> None:
        root.append(name)
        raise _FoundError

    def entity(_name: str, is_parameter: bool, value: str | None, *_: Any) -> None:
        if is_parameter or (value is not None and ("&" in value or len(value) > _LONGEST_ENTITY)):
            raise _FoundError

    parser.StartElementHandler, parser.EntityDeclHandler = begin, entity
    try:
        for start in range(0, len(text), _PIECE):
            parser.Parse(text[start : start + _PIECE], False)
    except (expat.ExpatError, _FoundError, ValueError, LookupError):
        pass
    if not root:
        return None
    namespace, _, name = root[0].rpartition(" ")
    return f"{{{namespace}}}{name}" if namespace else name


def json_members(path: Path) -> frozenset[str]:
    """Return the names of the members of the JSON object that a file is; none for anything else.

    A file that breaks off has those before its break. Nesting costs nothing: it is counted, not followed.
    """
    try:
        status = path.stat()
    except (OSError, ValueError):
        return frozenset()
    return _json_members(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _json_members(path: Path, _size: int, _modified: int) -> frozenset[str]:
    """Return what ``json_members`` does: each kind of thing asks it of the same file."""
    text = beginning(path, _JSON_BYTES).removeprefix(_MARK)
    if text.lstrip(_BLANK)[:1] != b"{":
        return frozenset()
    names: set[str] = set()
    depth, is_name = 0, False
    for token in islice(_TOKEN.finditer(text), _MOST_TOKENS):
        first = text[token.start()]
        if first in b"{[":
            depth += 1
            is_name = depth == 1
        elif first in b"}]":
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1:
            if first == ord(","):
                is_name = True
            elif is_name:
                is_name = False
                names.update(_unescaped(token[0]))
                if len(names) >= _MOST_MEMBERS:
                    break
    return frozenset(names)


def _unescaped(token: bytes) -> tuple[str, ...]:
    try:
        return (str(json.loads(token)),)
    except ValueError:
        return ()
