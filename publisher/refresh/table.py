"""A CSV file that is changed cell by cell: whatever is not changed keeps its bytes."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher.errors import OutputError

_CELL = re.compile(r'"(?:[^"]|"")*"|[^,\r\n]*')
_END = re.compile(r"\r\n|\n|\r|\Z")
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$')


class Table:
    """The records of a CSV text with a header, each cell as it is spelled; empty lines are kept and not counted."""

    def __init__(self, text: str) -> None:
        """Split a text that a CSV reader has read without a complaint."""
        self._bom = "\ufeff" if text.startswith("\ufeff") else ""
        # Cells as spelled, and what ends the line.
        self._lines = _lines(text.removeprefix("\ufeff"))
        self._records = [line for line in self._lines if line[0] != [""]]
        self._header = [_decoded(cell) for cell in self._records[0][0]]
        self._newline = self._records[0][1] or "\n"

    @property
    def text(self) -> str:
        """The text as it stands now."""
        return self._bom + "".join(",".join(cells) + end for cells, end in self._lines)

    def set(self, record: int, column: str, words: str) -> None:
        """Give a cell other words; records count from 0 after the header. A column that is not there is added."""
        if column not in self._header:
            self._header.append(column)
            for number, (cells, _) in enumerate(self._records):
                cells.append(_encoded(column) if number == 0 else "")
        self._records[record + 1][0][self._header.index(column)] = _encoded(words)

    def insert(self, new: Mapping[int, Sequence[Mapping[str, str]]]) -> None:
        """Add records, by column, each before the record of that number; the number after the last is the end."""
        if not any(new.values()):
            return
        last, end = self._lines[-1]
        self._lines[-1] = (last, end or self._newline)
        lines: list[tuple[list[str], str]] = []
        record = -1
        for line in self._lines:
            if line[0] != [""]:
                lines += self._made(new.get(record, ())) if record >= 0 else []
                record += 1
            lines.append(line)
        lines += self._made(new.get(record, ()))
        self._lines = [*lines[:-1], (lines[-1][0], end)]
        self._records = [line for line in self._lines if line[0] != [""]]

    def _made(self, new: Sequence[Mapping[str, str]]) -> list[tuple[list[str], str]]:
        return [([_encoded(words.get(column, "")) for column in self._header], self._newline) for words in new]


def _lines(text: str) -> list[tuple[list[str], str]]:
    lines: list[tuple[list[str], str]] = []
    cells: list[str] = []
    place = 0
    while place < len(text) or cells:
        cell = _CELL.match(text, place)
        assert cell is not None, "the pattern matches the empty text"
        place = cell.end()
        cells.append(cell[0])
        if end := _END.match(text, place):
            lines.append((cells, end[0]))
            cells, place = [], end.end()
        else:
            # What follows a closing quote belongs to the cell; a CSV reader would have refused it.
            place += 1
    return lines


def _decoded(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


def _encoded(words: str) -> str:
    return '"' + words.replace('"', '""') + '"' if _QUOTED.search(words) else words


def replace_file(path: Path, text: str) -> None:
    """Put another text in the place of a file, whole or not at all. Raises OutputError."""
    place = path.resolve()
    try:
        number, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".tmp", dir=place.parent)
        try:
            with os.fdopen(number, "wb") as stream:
                stream.write(text.encode())
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(name, place.stat().st_mode & 0o7777)
            os.replace(name, place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
