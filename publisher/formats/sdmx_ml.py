"""``sdmx/<cube>/data-2.1.xml``, ``-3.0`` and ``-3.1``: SDMX-ML structure-specific data, in series over time.

Where the definition asks for it (``flat``), also ``data-2.1-flat.xml`` and so on, in which every
observation stands alone. Source: SDMX 2.1 section 3A, part IV, and the schemas of 3.0 and 3.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from publisher.engines.embedded import write_rows
from publisher.formats.draft import IN_STRUCTURES, About, Draft, Format, Option, Publication
from publisher.formats.sdmx_common import Contents, contents
from publisher.formats.sdmx_message import END_OF_DATA_SET, FLAT, SERIES, VERSIONS, Version, data_set, head
from publisher.formats.sdmx_rows import SPECIFIC, flat_rows, series_rows
from publisher.observations import Observations

# The layouts by what they add to a file's name.
_LAYOUTS = {"": SERIES, "-flat": FLAT}


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write data messages for each cube, in key order."""
    suffixes = tuple(_LAYOUTS) if options["flat"] else ("",)
    versions = [version for version in VERSIONS.values() if not version.is_generic]
    for observations in publication.observations:
        covered = contents(observations)
        for version, suffix in product(versions, suffixes):
            _write(publication, draft, observations, covered, version, suffix)


def _write(
    publication: Publication,
    draft: Draft,
    observations: Observations,
    covered: Contents,
    version: Version,
    suffix: str,
) -> None:
    cube = observations.cube
    path = draft.add(
        f"sdmx/{cube.id}/data-{version.name}{suffix}.xml", version.media_type, str(cube.title), "sdmx-ml", cube.id
    )
    layout = _LAYOUTS[suffix]
    before = head(version, publication, cube, covered, layout) + data_set(version, publication.dataset.names, cube)
    after = END_OF_DATA_SET + version.tail
    rows = flat_rows(cube) if layout == FLAT else series_rows(cube)
    if layout == SERIES and observations.rows:
        after = SPECIFIC.close + after
    write_rows(path, observations.batches(), cube.key_ids, rows, before, after)


FORMAT = Format(
    "sdmx-ml",
    "SDMX-ML 2.1, 3.0 and 3.1 structure-specific data",
    tuple(
        f"sdmx/<cube>/data-{version.name}{suffix}.xml"
        for suffix in _LAYOUTS
        for version in VERSIONS.values()
        if not version.is_generic
    ),
    write,
    About(
        ("application/vnd.sdmx.structurespecificdata+xml", "application/vnd.sdmx.data+xml"),
        ("SDMX-ML 2.1, 3.0 and 3.1", "https://github.com/sdmx-twg/sdmx-ml"),
        (".Stat Suite", "Fusion Metadata Registry", "sdmx1", "pysdmx", "rsdmx"),
        "sdmx/county/data-2.1.xml",
        {
            **IN_STRUCTURES,
        },
    ),
    (
        Option(
            "flat",
            (False, True),
            "Also `data-2.1-flat.xml`, `data-3.0-flat.xml` and `data-3.1-flat.xml`, in which every observation stands"
            " alone, and their schemas.",
        ),
    ),
)
