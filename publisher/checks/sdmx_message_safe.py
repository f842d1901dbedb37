"""Whether an SDMX message can be read at all, and safely: whole, of plain text, not nested or grown out of proportion.

Everything after this may rely on it. XML is read by expat from the first byte to the last, and a document
type ends the reading before any entity exists; the other parsers then meet none.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

from publisher.checks.sdmx_message import Faults, Message
from publisher.engines.bounds import SDMX_JSON, SDMX_ML_LEVELS
from publisher.engines.plain_json import UnfitError, read_object

RULE = "sdmx-message"

# One tag with its attributes, or one text.
_LONGEST_TOKEN = 8 << 20
# Components of a DSD are some dozens.
_MOST_ATTRIBUTES = 2_000
_BLOCK = 1 << 18
_ENCODING = "is in an encoding that is not read: write it in UTF-8 or UTF-16"
# Structures are held in memory as a whole.
_MOST_STRUCTURE_BYTES = 256 << 20


def guard(message: Message) -> Faults:
    """Return what keeps a message from being read; nothing where all of it can be."""
    faults = Faults(message)
    try:
        {"SDMX-ML": _guard_xml, "SDMX-JSON": _guard_json, "SDMX-CSV": _guard_csv}[message.syntax](message.path, faults)
    except OSError as error:
        faults.add(RULE, f"cannot be read: {error.strerror}")
    return faults


def too_large(message: Message) -> str:
    """Return why a message is too large to be read, with what to do; nothing where it is not."""
    size = message.path.stat().st_size
    if message.syntax == "SDMX-JSON" and size > SDMX_JSON.bytes:
        return f"it is JSON of more than {SDMX_JSON.bytes >> 20} MB: give the same as SDMX-ML or SDMX-CSV"
    if message.syntax == "SDMX-ML" and message.holds != "data" and size > _MOST_STRUCTURE_BYTES:
        return f"it is of more than {_MOST_STRUCTURE_BYTES >> 20} MB: give its artefacts in several messages"
    return ""


class _StopError(ValueError):
    """What was read is refused; the words are those of the finding."""


def _guard_xml(path: Path, faults: Faults) -> None:
    from xml.parsers import expat

    parser = _watching_parser()
    size = 0
    with path.open("rb") as stream:
        try:
            while block := stream.read(_BLOCK):
                parser.Parse(block, False)
                size += len(block)
                if size - parser.CurrentByteIndex > _LONGEST_TOKEN:
                    raise _StopError("has a single tag of more than 8 MB, which is not read")
            parser.Parse(b"", True)
        except _StopError as stop:
            faults.add(RULE, str(stop), parser.CurrentLineNumber)
        except expat.ExpatError as error:
            faults.add(RULE, _said(error), error.lineno)
        except (LookupError, ValueError):  # an encoding that Python does not know, or of several bytes
            faults.add(RULE, _ENCODING, 1)


def _watching_parser() -> Any:
    """Return a parser that stops where an element or its depth is out of proportion, or a document type begins."""
    from xml.parsers import expat

    parser = expat.ParserCreate()
    depth = 0

    def begun(_name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if len(attributes) > _MOST_ATTRIBUTES:
            raise _StopError(f"has an element with more than {_MOST_ATTRIBUTES:,} attributes, which is not read")
        if depth > SDMX_ML_LEVELS:
            message = f"is nested more than {SDMX_ML_LEVELS} elements deep, which no SDMX message is: it is not read"
            raise _StopError(message)

    def ended(*_: Any) -> None:
        nonlocal depth
        depth -= 1

    def declared(*_: Any) -> None:
        raise _StopError("declares a document type, which no SDMX message does, and which is not read: remove it")

    parser.StartElementHandler, parser.EndElementHandler = begun, ended
    parser.StartDoctypeDeclHandler = declared
    return parser


def _said(error: Any) -> str:
    """Return what expat says of text that is no XML, with what to do."""
    from xml.parsers.expat import errors

    words = errors.messages.get(error.code, "not well-formed")
    if words == errors.XML_ERROR_UNKNOWN_ENCODING:
        return _ENCODING
    if words in (errors.XML_ERROR_NO_ELEMENTS, errors.XML_ERROR_UNCLOSED_TOKEN, errors.XML_ERROR_PARTIAL_CHAR):
        return f"is no whole XML ({words}): the file is cut short or damaged, fetch or write it again"
    return f"is no well-formed XML: {words}"


def _guard_json(path: Path, faults: Faults) -> None:
    try:
        read_json(path)
    except UnfitError as error:
        faults.add(RULE, str(error), error.line)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object that a message of SDMX-JSON is. Raises UnfitError, a ValueError, where it is none."""
    return read_object(path, SDMX_JSON, marked=True, once=True)


def _guard_csv(path: Path, faults: Faults) -> None:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line = longest = 1
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if b"\0" in block:
                line += block[: block.index(b"\0")].count(b"\n")
                faults.add(RULE, "has a NUL, and is no plain text: write it in UTF-8", line)
                return
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                faults.add(RULE, "is no text in UTF-8: write it in UTF-8", line)
                return
            found = block.count(b"\n")
            line += found
            longest = len(block) if found else longest + len(block)
            if longest > _LONGEST_TOKEN:
                faults.add(RULE, "has a line of more than 8 MB, which is not read", line)
                return
