"""The parts of row functions: codes spelled once per batch, texts joined element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from publisher.model import Attribute

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


def attribute_cell(attribute: Attribute, column: pa.Array) -> pa.StringArray:
    """Return an attribute's values as cells of a CSV file: free text quoted where it must be (RFC 4180)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = column.cast(pa.string())
    if attribute.concept.data_type != "string":
        return text
    quoted = join('"', pc.replace_substring(text, '"', '""'), '"')
    return pc.if_else(pc.match_substring_regex(text, '[",\\r\\n]'), quoted, text)
