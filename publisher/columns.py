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
