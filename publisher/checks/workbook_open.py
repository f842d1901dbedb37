"""A workbook as openpyxl reads it, from anybody: bounded, no document type, every text as it was written."""

from __future__ import annotations

import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from publisher.checks.doctype import declares_doctype
from publisher.checks.reader import UnreadableError, words_of
from publisher.engines import bounds

MOST_ROWS = 1_048_576
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# What zipfile, the two XML parsers and openpyxl raise at a file that is no workbook, or a broken one.
BROKEN = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
)


@contextmanager
def opened(path: Path, only: str | None = None) -> Iterator[Any]:
    """Open a workbook, row by row and with one sheet where ``only`` names it, otherwise all of it.

    Raises UnreadableError where openpyxl cannot, or where it would unpack to very much.
    """
    with _unreadable():
        _refuse_bomb(path)
        stream = path.open("rb")
    with stream:
        with _unreadable():
            book = _read(stream, only)
        yield book


def rows_of(sheet: Any, columns: int) -> Iterator[tuple[Any, ...]]:
    """Yield the cells of each row of a sheet, at most so many columns, whatever size the sheet says it has."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_col=columns)
    for _ in range(MOST_ROWS):
        with _unreadable():
            row = next(rows, None)
        if row is None:
            return
        yield row
    raise UnreadableError(f"sheet '{sheet.title}' has more than {MOST_ROWS:,} rows")


@contextmanager
def _unreadable() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except BROKEN as error:
        raise UnreadableError(words_of(error) or type(error).__name__) from error


def _refuse_bomb(path: Path) -> None:
    """Raise UnreadableError at a zip that unpacks to far more than its size, or a part with a document type."""
    with zipfile.ZipFile(path) as parts:
        infos = parts.infolist()
        plain = sum(info.file_size for info in infos)
        if len(infos) > bounds.WORKBOOK.parts or plain > bounds.WORKBOOK.allowed(path.stat().st_size):
            raise UnreadableError(f"it would unpack to {len(infos):,} parts and {plain:,} bytes: it is not unpacked")
        for info in infos:
            if info.filename.endswith((".xml", ".rels")) and declares_doctype(zipfile.Path(parts, info.filename)):
                raise UnreadableError(f"its part {info.filename} declares a document type, which no workbook does")


def _read(stream: Any, only: str | None) -> Any:
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.xml.constants import SHARED_STRINGS

    class Reader(ExcelReader):  # type: ignore[misc]
        """Texts as they were written, for openpyxl takes every ``x005F_`` out of them; and no sheet but one."""

        def read_strings(self) -> None:
            part = self.package.find(SHARED_STRINGS)
            if part is not None:
                with self.archive.open(part.PartName[1:]) as texts:
                    self.shared_strings = list(_texts(texts))

        def read_worksheets(self) -> None:
            if only is not None:
                self.valid_files = [link.target for sheet, link in self.parser.find_sheets() if sheet.name == only]
                self.parser.defined_names = type(self.parser.defined_names)()
            super().read_worksheets()

    reader = Reader(stream, read_only=only is not None)
    reader.read()
    return reader.wb


def _texts(stream: Any) -> Iterator[str]:
    from xml.etree.ElementTree import iterparse

    for _, node in iterparse(stream):
        if node.tag == f"{_MAIN}si":
            text = "".join(part.text or "" for part in node.iter(f"{_MAIN}t"))
            yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
            node.clear()
