"""``sdmx/<cube>/data-1.0.json`` and ``data-2.0.json``: SDMX-JSON data, in series over time.

Source: SDMX-JSON field guides to the data message 1.0 and 2.x (sdmx-twg/sdmx-json), ``series`` and
``observations``. A series, and then each observation, has a line of its own. The value comes first,
then the place of each attribute's value in its list, or null. A suppressed value is the text
``NaN``: null would be an absent one, which stays as it was wherever the message is merged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from publisher.columns import number_texts
from publisher.engines.embedded import Key, write_rows
from publisher.formats.draft import About, Draft, Format, Publication
from publisher.formats.rows import join, spell
from publisher.formats.sdmx_json_message import VERSIONS, Used, Version, message, used
from publisher.formats.series import starts
from publisher.model import TIME_PERIOD, Attribute, Cube

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.engines.embedded import RowFunction

_CLOSE = "\n}},\n"
_SERIES = '"series": {'


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one message of each version for each cube, in key order."""
    for observations in publication.observations:
        cube = observations.cube
        values = used(observations)
        for version in VERSIONS:
            path = f"sdmx/{cube.id}/data-{version.number}.json"
            place = draft.add(path, version.media_type, str(cube.title), "sdmx-json", cube.id)
            head, tail = around(publication, cube, values, version)
            write_rows(place, observations.batches(), cube.key_ids, rows(cube, values), head, tail)


def around(publication: Publication, cube: Cube, values: Used, version: Version) -> tuple[str, str]:
    """Return a message up to its first series, and from the end of its last one."""
    text = json.dumps(message(publication, cube, values, version), ensure_ascii=False, indent=1)
    before, _, after = text.rpartition(_SERIES)
    if not values.covered.periods:
        return f"{before}{_SERIES}", f"{after}\n"
    return f"{before}{_SERIES}\n", f"\n}}}}\n{after}\n"


def rows(cube: Cube, values: Used) -> RowFunction:
    """Return the row function of a cube: a batch to the lines of each observation.

    In front of the first observation of a series stand the end of the series before and the start
    of its own.
    """
    places = {
        component: {value: str(place) for place, value in enumerate(listed)}
        for component, listed in values.values.items()
    }
    constant = ",".join("0" for _ in cube.series_attributes)

    def series(batch: pa.RecordBatch) -> pa.StringArray:
        keys: list[pa.StringArray | str] = []
        for component in cube.key_ids:
            if component != TIME_PERIOD:
                keys += [":" if keys else '"', spell(batch[component], places[component].__getitem__)]
        return join(*keys, f'":{{"attributes":[{constant}],"observations":{{\n')

    def lines(batch: pa.RecordBatch, before: Key | None) -> pa.StringArray:
        import pyarrow.compute as pc

        start = pc.fill_null(starts(batch, cube, before, series, _CLOSE), ",\n")
        time = spell(batch[TIME_PERIOD], lambda period: f'"{places[TIME_PERIOD][period]}":[')
        value = pc.fill_null(number_texts(batch[cube.measure.id]), '"NaN"')
        said: list[pa.StringArray | str] = []
        for attribute in cube.attributes:
            if attribute.id in places:
                said += [",", _places(attribute, batch[attribute.id], places[attribute.id])]
        return join(start, time, value, *said, "]")

    return lines


def _places(attribute: Attribute, column: pa.Array, places: Mapping[str, str]) -> pa.StringArray:
    """Return the place of an attribute's value in its list in each row; ``null`` where it has none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if attribute.codelist is not None:
        found = spell(column, places.__getitem__)
    else:
        found = pc.index_in(column.cast(pa.string()), value_set=pa.array(list(places), pa.string())).cast(pa.string())
    return pc.fill_null(found, "null")


FORMAT = Format(
    "sdmx-json",
    "SDMX-JSON 1.0 and 2.0 data",
    tuple(f"sdmx/<cube>/data-{version.number}.json" for version in VERSIONS),
    write,
    About(
        ("application/vnd.sdmx.data+json",),
        ("SDMX-JSON", "https://github.com/sdmx-twg/sdmx-json"),
        ("sdmx-json-parser (2.0)", ".Stat Data Explorer"),
        "sdmx/county/data-2.0.json",
        {},
    ),
)
