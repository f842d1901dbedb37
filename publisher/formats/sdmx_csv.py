"""``sdmx/<cube>/data-2.0.csv``: SDMX-CSV 2.0, one observation a line, ids without names.

Source: SDMX-CSV 2.0 field guide (sdmx-twg/sdmx-csv): structure, its id and the action come first,
then dimensions, measure and attributes in the order of the DSD; attributes of series stand in every
row; fields are quoted as RFC 4180 says. A suppressed cell is ``NaN``, an absent attribute is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from publisher.columns import number_texts
from publisher.engines.embedded import Key, write_rows
from publisher.formats.draft import Draft, Format, Publication
from publisher.formats.rows import attribute_cell, join, spell
from publisher.formats.sdmx_common import flow_reference
from publisher.model import Cube
from publisher.naming import Names

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.engines.embedded import RowFunction

MEDIA_TYPE = "application/vnd.sdmx.data+csv;version=2.0.0"

# R: what is there is replaced.
_ACTION = "R"


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one CSV file for each cube, in key order."""
    names = publication.dataset.names
    for observations in publication.observations:
        cube = observations.cube
        header = columns(cube)
        path = draft.add(f"sdmx/{cube.id}/data-2.0.csv", MEDIA_TYPE, str(cube.title), "sdmx-csv", cube.id, header)
        write_rows(path, observations.batches(), cube.key_ids, rows(names, cube), ",".join(header) + "\n")


def columns(cube: Cube) -> tuple[str, ...]:
    """Return the header of a cube's file."""
    series = (attribute.id for attribute in cube.series_attributes)
    return ("STRUCTURE", "STRUCTURE_ID", "ACTION", *cube.columns, *series)


def rows(names: Names, cube: Cube) -> RowFunction:
    """Return the row function of a cube: a batch to one line of CSV per observation."""
    start = f"dataflow,{flow_reference(names, cube)},{_ACTION}"
    end = "".join(f",{attribute.value}" for attribute in cube.series_attributes) + "\n"

    def lines(batch: pa.RecordBatch, _before: Key | None) -> pa.StringArray:
        import pyarrow.compute as pc

        keys = (spell(batch[component], lambda code: f",{code}") for component in cube.key_ids)
        value = pc.fill_null(number_texts(batch[cube.measure.id]), "NaN")
        cells: list[pa.StringArray | str] = []
        for attribute in cube.attributes:
            cells += [",", attribute_cell(attribute, batch[attribute.id])]
        return join(start, *keys, ",", value, *cells, end)

    return lines


FORMAT = Format("sdmx-csv", "SDMX-CSV 2.0 data", ("sdmx/<cube>/data-2.0.csv",), write)
