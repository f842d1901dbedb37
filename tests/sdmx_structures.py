"""What tests of the SDMX structures share: the files of a publication, written and checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sdmx_fixture import draft

from publisher.checks import sdmx_readback, sdmx_structure_content, sdmx_structure_schema
from publisher.checks.check import Subject
from publisher.errors import Finding
from publisher.formats import sdmx_structure
from publisher.formats.draft import Publication

ML_2_1, ML_3_0, ML_3_1 = (f"sdmx/structure-{number}.xml" for number in ("2.1", "3.0", "3.1"))
JSON = "sdmx/structure-2.0.json"
FILES = (ML_2_1, ML_3_0, ML_3_1, JSON)
CHECKS = (*sdmx_structure_schema.CHECKS, *sdmx_structure_content.CHECKS, *sdmx_readback.CHECKS)
NAMESPACES = {
    number: {
        prefix: f"http://www.sdmx.org/resources/sdmxml/schemas/v{number.replace('.', '_')}/{word}"
        for prefix, word in (("m", "message"), ("s", "structure"), ("c", "common"))
    }
    for number in ("2.1", "3.0", "3.1")
}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def written(publication: Publication, folder: Path) -> Path:
    """Write the structures and return the release's folder."""
    release = draft(folder)
    sdmx_structure.write(publication, release, {})
    assert tuple(file.path for file in release.files) == FILES == sdmx_structure.FORMAT.paths
    return folder


def subject(publication: Publication, folder: Path, files: tuple[str, ...] = FILES) -> Subject:
    """Return a release of structures with the definition that lists its edition."""
    dataset = replace(publication.dataset, editions=(publication.edition,))
    observations = {item.cube.id: item for item in publication.observations}
    return Subject(folder, dataset, publication.edition, observations, frozenset(files), folder)


def findings(publication: Publication, folder: Path, *by: str) -> list[Finding]:
    """Return what the checks of the structures find, or those of some programs."""
    checked = subject(publication, folder)
    return [finding for check in CHECKS if not by or check.by in by for finding in check.run(checked).findings]
