"""Whether an XML file declares a document type: no SDMX message does, and no reader here is to meet one."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.parsers import expat

from publisher.checks.reader import UnreadableError

_BLOCK = 1 << 16


class _EnoughError(Exception):
    """The root element has begun: nothing can be declared any more."""


class _DeclaredError(Exception):
    """A document type is declared."""


def declares_doctype(path: Path | zipfile.Path) -> bool:
    """Say whether a file, or a part of a zip, declares a document type before its root; False where it is no XML.

    No entity of it is ever resolved. Raises OSError where the file cannot be read.
    """
    parser = expat.ParserCreate()

    def begun(*_: object) -> None:
        raise _EnoughError

    def declared(*_: object) -> None:
        raise _DeclaredError

    parser.StartElementHandler = begun
    parser.StartDoctypeDeclHandler = declared
    with path.open("rb") as stream:
        try:
            while block := stream.read(_BLOCK):
                parser.Parse(block)
        except _DeclaredError:
            return True
        except (_EnoughError, expat.ExpatError):
            return False
    return False


def refuse_doctype(path: Path) -> None:
    """Raise UnreadableError where a file declares a document type."""
    if declares_doctype(path):
        raise UnreadableError("it declares a document type, which no SDMX message does")
