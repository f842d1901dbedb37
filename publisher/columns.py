"""The columns of a cube's observations: their types, and the texts that several of them make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.model import FREQ, TIME_PERIOD, Cube

if TYPE_CHECKING:
    import pyarrow as pa

SOURCE_LINE = "SOURCE_LINE"
"""Where an observation stands in its source, counted from 1; never published."""


def encoded_columns(cube: Cube) -> tuple[str, ...]:
    """Return the columns whose values are few: dimensions and coded attributes."""
    return (*cube.key_ids, *(attribute.id for attribute in cube.attributes if attribute.codelist is not None))


def _value_type(cube: Cube) -> pa.DataType:
    import pyarrow as pa

    return pa.int64() if cube.measure.decimals == 0 else pa.decimal128(38, cube.measure.decimals)


def published_schema(cube: Cube) -> pa.Schema:
    """Return the Arrow schema of the published columns."""
    import pyarrow as pa

    code = pa.dictionary(pa.int32(), pa.string())
    fields = [pa.field(component, code, nullable=False) for component in cube.key_ids]
    fields.append(pa.field(cube.measure.id, _value_type(cube)))
    for attribute in cube.attributes:
        plain = pa.int64() if attribute.concept.data_type == "integer" else pa.string()
        kind = plain if attribute.codelist is None else code
        fields.append(pa.field(attribute.id, kind, nullable=not attribute.required))
    return pa.schema(fields)


def input_schema(cube: Cube) -> pa.Schema:
    """Return the Arrow schema that sources hand in: codes as plain text, and the line they come from."""
    import pyarrow as pa

    plain = [
        field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field
        for field in published_schema(cube)
    ]
    return pa.schema([*plain, pa.field(SOURCE_LINE, pa.int64(), nullable=False)])


def key_texts(batch: pa.RecordBatch | pa.Table, cube: Cube) -> pa.Array:
    """Return the key of each row: its codes in DSD order, joined with ``.``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [batch[component].cast(pa.string()) for component in cube.key_ids]
    return pc.binary_join_element_wise(*columns, ".")


def period_texts(batch: pa.RecordBatch) -> pa.Array:
    """Return frequency and period of each row, with a blank between them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(batch[FREQ].cast(pa.string()), batch[TIME_PERIOD].cast(pa.string()), " ")


def number_texts(column: pa.Array) -> pa.StringArray:
    """Return exact numbers as plain digits, with as many decimals as their type has; null stays null.

    Arrow's own text of a decimal turns to ``1E-7`` beyond six decimals, so the digits are taken from
    the whole number behind it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_decimal(column.type):
        return column.cast(pa.string())
    scale = column.type.scale
    digits = whole_numbers(column).cast(pa.string())
    if scale == 0:
        return digits
    unsigned = pc.utf8_lpad(pc.utf8_ltrim(digits, "-"), scale + 1, "0")
    sign = pc.if_else(pc.starts_with(digits, "-"), "-", "")
    pointed = pc.replace_substring_regex(unsigned, rf"^(\d+)(\d{{{scale}}})$", r"\1.\2")
    return pc.binary_join_element_wise(sign, pointed, "")


def whole_numbers(column: pa.Array) -> pa.Array:
    """Return exact decimals in units of their last decimal, as decimals without any; null stays null."""
    import pyarrow as pa

    return pa.Array.from_buffers(pa.decimal128(38, 0), len(column), column.buffers(), offset=column.offset)


def text_batch(batch: pa.RecordBatch, cube: Cube) -> pa.RecordBatch:
    """Return the published columns of a batch as plain texts, null where there is none."""
    import pyarrow as pa

    texts = [
        number_texts(batch[name]) if name == cube.measure.id else batch[name].cast(pa.string()) for name in cube.columns
    ]
    return pa.RecordBatch.from_arrays(texts, schema=text_schema(cube))


def text_schema(cube: Cube) -> pa.Schema:
    """Return the Arrow schema of the published columns as plain texts."""
    import pyarrow as pa

    return pa.schema([pa.field(column, pa.string()) for column in cube.columns])
