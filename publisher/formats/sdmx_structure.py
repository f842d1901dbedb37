"""``sdmx/structure-*``: every structure of a dataset in one message, in each version of SDMX.

The structures are made once, as artefacts; a serialiser for SDMX-ML and one for SDMX-JSON write them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.formats import sdmx_structure_json, sdmx_structure_xml
from publisher.formats.draft import NO_OBSERVATIONS, About, Draft, Format, Publication
from publisher.formats.sdmx_artefacts import artefacts
from publisher.formats.sdmx_structure_versions import VERSIONS

_XML = "sdmx/structure-{number}.xml"
_JSON = "sdmx/structure-2.0.json"
_NAME = "sdmx-structure"


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write the structures of the dataset; the actual constraints say what the observations cover."""
    made = artefacts(publication)
    for version in VERSIONS.values():
        title = f"{publication.dataset.title} (SDMX-ML {version.number})"
        path = draft.add(_XML.format(number=version.number), version.media_type, title, _NAME)
        path.write_bytes(sdmx_structure_xml.write(version, publication, made))
    title = f"{publication.dataset.title} (SDMX-JSON 2.0)"
    path = draft.add(_JSON, sdmx_structure_json.MEDIA_TYPE, title, _NAME)
    path.write_bytes(sdmx_structure_json.write(publication, made))


FORMAT = Format(
    _NAME,
    "SDMX structures",
    (*(_XML.format(number=number) for number in VERSIONS), _JSON),
    write,
    About(
        ("application/vnd.sdmx.structure+xml", "application/vnd.sdmx.structure+json"),
        ("SDMX 2.1, 3.0 and 3.1", "https://sdmx.org/standards-2/"),
        (".Stat Suite", "Fusion Metadata Registry", "sdmx1", "pysdmx", "rsdmx"),
        "sdmx/structure-2.1.xml",
        NO_OBSERVATIONS,
    ),
)
