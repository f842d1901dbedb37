"""The parts of row functions: codes spelled once per batch, texts joined element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def spell(column: pa.DictionaryArray, text: Callable[[str], str]) -> pa.StringArray:
    """Return ``text(code)`` of each row, computed once for each code of the dictionary; null stays null."""
    import pyarrow as pa

    return pa.array([text(code) for code in column.dictionary.to_pylist()], pa.string()).take(column.indices)


def join(*parts: pa.StringArray | str) -> pa.StringArray:
    """Return the parts of each row joined; a plain string stands in every row, null counts as empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    separated = [pa.scalar(part) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*separated, "", null_handling="replace", null_replacement="")


def digits(column: pa.Array) -> pa.StringArray:
    """Return exact numbers as text, with as many decimals as their type has; null stays null."""
    import pyarrow as pa

    return column.cast(pa.string())


def csv_cell(column: pa.StringArray) -> pa.StringArray:
    """Return texts as cells of a CSV file: quoted where they hold a comma, a quote or a line break (RFC 4180)."""
    import pyarrow.compute as pc

    quoted = join('"', pc.replace_substring(column, '"', '""'), '"')
    return pc.if_else(pc.match_substring_regex(column, '[",\\r\\n]'), quoted, column)
