"""What frictionless is given to check of a data package, and what it finds in the words of a finding.

Source: the error types of frictionless 5 (``frictionless.errors``).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from publisher.errors import Finding

RULE = "frictionless"

_NUMERIC = re.compile("[-+.]?[0-9]")

_REMEDIES = {
    "type-error": "correct the cell, or the type of the field",
    "constraint-error": "correct the cell, or the constraint of the field",
    "unique-error": "make it so, or leave out unique",
    "primary-key": "leave one row for each key, and no part of it empty",
    "foreign-key": "add the value to the other table, or correct it",
    "extra-label": "describe the column in the schema, or take it away",
    "missing-label": "add the column, or take the field out of the schema",
    "incorrect-label": "name column and field alike, in the same order",
    "duplicate-label": "name each column once",
    "blank-label": "name the column",
    "blank-header": "give the table a header, or say header: false in its dialect",
    "unmatched-header": "name columns and fields alike",
    "extra-cell": "give the row as many cells as the header has",
    "missing-cell": "give the row as many cells as the header has",
    "blank-row": "take the row away",
    "hash-count": "the file was changed after the package was made: make it again",
    "byte-count": "the file was changed after the package was made: make it again",
    "encoding-error": "name the encoding of the file in the package, or save it as UTF-8",
    "source-error": "see that it is a table, as the package says",
}


@contextmanager
def unguessed() -> Iterator[None]:
    """Let CSV be read as its dialect says, or as the standard has it where there is none.

    frictionless and tabulator guess otherwise, with ``csv.Sniffer``: that takes hours where a file is odd.
    """

    def refuse(*_: object) -> NoReturn:
        raise csv.Error("the dialect is not guessed")

    guess = csv.Sniffer.sniff
    csv.Sniffer.sniff = refuse  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        csv.Sniffer.sniff = guess  # type: ignore[method-assign]


def finding(error: Any, file: str) -> Finding:
    """Return what frictionless found, with its line and what to do about it."""
    message = " ".join(unnamed(error).split())
    remedy = _REMEDIES.get(getattr(error, "type", ""))
    line = getattr(error, "row_number", None)
    return Finding(RULE, f"{message}: {remedy}" if remedy else message, file=file, line=line)


def unnamed(error: Any) -> str:
    """Return frictionless' message without a cell that begins like a number: it may be a hidden value."""
    message = str(error.message)
    cells = [error.cell] if hasattr(error, "cell") else getattr(error, "cells", None) or []
    values = getattr(error, "field_values", None) or []
    labels = [error.label] if hasattr(error, "label") else getattr(error, "labels", None) or []
    for cell in filter(_NUMERIC.match, map(str, (*cells, *values, *labels))):
        for quoted in (f'"{cell}"', f" {cell},", f" {cell} ", f'"{cell},', f' {cell}"'):
            message = message.replace(quoted, quoted.replace(cell, "..."))
    return message
