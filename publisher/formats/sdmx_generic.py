"""``sdmx/<cube>/data-2.1-generic.xml``: SDMX-ML 2.1 generic data, the same elements for every structure.

Source: SDMX 2.1 section 3A, part IV (generic data) and its schema SDMXDataGenericBase: in a data set
``structureRef`` and ``action`` are in no namespace, and the header names no namespace of the data's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.engines.embedded import write_rows
from publisher.formats.draft import IN_STRUCTURES, About, Draft, Format, Publication
from publisher.formats.sdmx_common import contents
from publisher.formats.sdmx_message import END_OF_DATA_SET, VERSIONS, data_set, head
from publisher.formats.sdmx_rows import GENERIC, series_rows

_VERSION = VERSIONS["2.1-generic"]


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one generic message for each cube, in key order."""
    for observations in publication.observations:
        cube = observations.cube
        path = draft.add(
            f"sdmx/{cube.id}/data-{_VERSION.name}.xml", _VERSION.media_type, str(cube.title), "sdmx-generic", cube.id
        )
        before = head(_VERSION, publication, cube, contents(observations))
        before += data_set(_VERSION, publication.dataset.names, cube)
        after = (GENERIC.close if observations.rows else "") + END_OF_DATA_SET + _VERSION.tail
        write_rows(path, observations.batches(), cube.key_ids, series_rows(cube, GENERIC), before, after)


FORMAT = Format(
    "sdmx-generic",
    "SDMX-ML 2.1 generic data",
    ("sdmx/<cube>/data-2.1-generic.xml",),
    write,
    About(
        ("application/vnd.sdmx.genericdata+xml",),
        ("SDMX-ML 2.1", "https://github.com/sdmx-twg/sdmx-ml-v2_1"),
        ("sdmx1", "pysdmx", "rsdmx", ".Stat Suite"),
        "sdmx/county/data-2.1-generic.xml",
        {
            **IN_STRUCTURES,
        },
    ),
)
