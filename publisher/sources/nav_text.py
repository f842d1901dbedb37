"""The text of a NAV report: a file as lines, the words and counts in them, and what is said of them."""

from __future__ import annotations

import codecs
import re
import stat
import unicodedata
from pathlib import Path

from publisher.errors import Finding, InputError

HIDDEN = "*"
_NEWLINE = re.compile("\r\n|\n|\r")
_BYTE_NEWLINE = re.compile(b"\r\n|\n|\r")
# Blanks that stand between thousands and around cells.
BLANKS = " \u00a0\u202f\u2009"
_COUNT = re.compile(rf"0|[1-9][0-9]*|[1-9][0-9]{{0,2}}([{BLANKS}][0-9]{{3}})+")
_MOST_DIGITS = 18
_MOST_BYTES = 10_000_000  # three hundred times the report of a whole year
_MOST_FINDINGS = 20
_WORDS_SHOWN = 60

# How files begin that are no text, and what to do with them.
_NO_TEXT = (
    (b"%PDF", "is a PDF: extract its text, with a tab between cells"),
    (b"PK\x03\x04", "is a workbook or another ZIP archive: save the sheet as text, with a tab between cells"),
    (b"PK\x05\x06", "is an empty ZIP archive: hand in the text of the report"),
    (b"\xd0\xcf\x11\xe0", "is a workbook of the old kind: save the sheet as text, with a tab between cells"),
    (codecs.BOM_UTF16_LE, "is UTF-16: save it as UTF-8"),
    (codecs.BOM_UTF16_BE, "is UTF-16: save it as UTF-8"),
)


class Remarks:
    """What a reader has to say of one file: errors and notices, gathered while it reads."""

    def __init__(self, file: str) -> None:
        """Begin with nothing to say; ``file`` is how findings call the file."""
        self._file = file
        self._faults: list[Finding] = []
        self._notices: list[Finding] = []

    def fault(self, rule: str, line: int | None, message: str) -> None:
        """Note an error on a line, or of the file as a whole."""
        self._faults.append(Finding(rule, message, file=self._file, line=line))

    def notice(self, rule: str, line: int, message: str) -> None:
        """Note what is read all the same, but not in silence."""
        self._notices.append(Finding(rule, message, "information", self._file, line))

    @property
    def notices(self) -> tuple[Finding, ...]:
        """The notices, by line."""
        return tuple(sorted(self._notices, key=_by_line))

    def raise_any(self) -> None:
        """Raise the errors noted so far, if any, by line, and no more of them than a person reads."""
        faults = sorted(self._faults, key=_by_line)
        shown = faults[:_MOST_FINDINGS]
        if more := len(faults) - len(shown):
            shown.append(Finding("more", f"and {more} more like these", file=self._file))
        if shown:
            raise InputError(*shown)


def _by_line(finding: Finding) -> int:
    return finding.line or 0


def read_lines(path: Path, file: str) -> list[str]:
    """Return the lines of a UTF-8 file, composed (NFC), without byte order mark and line ends.

    Raises InputError where there is no such file or it is not such a text; ``file`` is how findings
    call it.
    """
    remarks = Remarks(file)
    data = _read(path, remarks).removeprefix(codecs.BOM_UTF8)
    for beginning, message in _NO_TEXT:
        if data.lstrip().startswith(beginning):
            remarks.fault("not-text", 1, message)
            remarks.raise_any()
    if (index := data.find(b"\0")) >= 0:
        remarks.fault("not-text", _line_of(data, index), "holds NUL bytes: it is no text, or not one in UTF-8")
        remarks.raise_any()
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        byte = f"byte 0x{data[error.start]:02X}, byte {_column_of(data, error.start)} of the line, is not UTF-8"
        remarks.fault(
            "not-utf-8", _line_of(data, error.start), f"{byte}: save the file as UTF-8 (it may be Latin-1 now)"
        )
        remarks.raise_any()
    if not text.strip():
        remarks.fault("empty", 1, "is empty: hand in the text of the report")
        remarks.raise_any()
    return [unicodedata.normalize("NFC", line) for line in _NEWLINE.split(text)]


def _read(path: Path, remarks: Remarks) -> bytes:
    if path.is_dir():
        remarks.fault("unreadable", None, "is a folder: name the file of the report")
        remarks.raise_any()
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            remarks.fault("unreadable", None, "is no regular file: name the file of the report")
        elif (size := path.stat().st_size) > _MOST_BYTES:
            remarks.fault("too-large", None, f"has {size:,} bytes, a report at most {_MOST_BYTES:,}: check the path")
        remarks.raise_any()
        return path.read_bytes()
    except FileNotFoundError:
        remarks.fault("unreadable", None, "is not there: check the path")
    except OSError as error:
        remarks.fault("unreadable", None, f"cannot be read: {error.strerror}")
    remarks.raise_any()
    return b""


def _line_of(data: bytes, index: int) -> int:
    return len(_BYTE_NEWLINE.findall(data[:index])) + 1


def _column_of(data: bytes, index: int) -> int:
    return len(_BYTE_NEWLINE.split(data[:index])[-1]) + 1


def fold(words: str) -> str:
    """Return what labels are compared by: composed, without case and without any blank."""
    composed = unicodedata.normalize("NFC", "".join(words.split()))
    return unicodedata.normalize("NFC", composed.casefold())


def plain(words: str) -> str:
    """Return words with one plain blank for each run of blanks, and none around them."""
    return " ".join(words.split())


def shown(words: str) -> str:
    """Return words in quotes as a message has them, shortened where they are long."""
    words = plain(words)
    return f"'{words}'" if len(words) <= _WORDS_SHOWN else f"'{words[:_WORDS_SHOWN]}…'"


def read_count(cell: str) -> int | None:
    """Return the count a cell prints, or None where it is hidden (``*``).

    Raises ValueError, with the end of a sentence on the cell, where it prints neither.
    """
    if cell == HIDDEN:
        return None
    if not cell:
        raise ValueError("is empty: a count or `*` belongs there")
    if not _COUNT.fullmatch(cell):
        raise ValueError("is no count: write digits, a blank between thousands, or `*`")
    digits = "".join(cell.split())
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"is no count: it has more than {_MOST_DIGITS} digits")
    return int(digits)
