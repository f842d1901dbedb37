"""``data/<cube>.csv``: the observations as a plain table, an empty value where suppressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from publisher.columns import number_texts
from publisher.engines.embedded import Key, RowFunction, write_rows
from publisher.formats.draft import CODES_ONLY, About, Draft, Format, Publication
from publisher.formats.rows import attribute_cell, join
from publisher.model import Cube

if TYPE_CHECKING:
    import pyarrow as pa


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one CSV file for each cube: UTF-8, comma, line feed, component ids as header, in key order."""
    for observations in publication.observations:
        cube = observations.cube
        path = draft.add(f"data/{cube.id}.csv", "text/csv", str(cube.title), "csv", cube.id)
        head = ",".join(cube.columns) + "\n"
        write_rows(path, observations.batches(), cube.key_ids, rows(cube), head)


def rows(cube: Cube) -> RowFunction:
    """Return the row function of a cube: a batch to one line of CSV per observation."""

    def lines(batch: pa.RecordBatch, _before: Key | None) -> pa.StringArray:
        import pyarrow as pa

        parts: list[pa.StringArray | str] = []
        for component in cube.key_ids:
            parts += [batch[component].cast(pa.string()), ","]
        parts.append(number_texts(batch[cube.measure.id]))
        for attribute in cube.attributes:
            parts += [",", attribute_cell(attribute, batch[attribute.id])]
        return join(*parts, "\n")

    return lines


FORMAT = Format(
    "csv",
    "CSV tables of the observations",
    ("data/<cube>.csv",),
    write,
    About(
        ("text/csv",),
        ("RFC 4180", "https://www.rfc-editor.org/rfc/rfc4180"),
        ("pandas", "DuckDB", "frictionless", "R", "spreadsheets"),
        "data/county.csv",
        {
            **CODES_ONLY,
            "notes": "in the data package and the CSVW description",
        },
    ),
)
