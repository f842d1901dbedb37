"""``definition/``: the definition that the release was made by, so that the release explains itself."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from publisher.definition import definition_files
from publisher.formats.draft import NO_OBSERVATIONS, About, Draft, Format, Publication

_MEDIA_TYPES = {".toml": "application/toml", ".csv": "text/csv"}


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Copy the definition, byte for byte."""
    for source in definition_files(publication.definition):
        path = source.relative_to(publication.definition).as_posix()
        place = draft.add(f"definition/{path}", _MEDIA_TYPES[source.suffix], f"Definition: {path}", "definition")
        shutil.copyfile(source, place)


FORMAT = Format(
    "definition",
    "The definition the release was made by",
    ("definition/dataset.toml", "definition/codelists/<ID>.csv", "definition/<file>.csv", "definition/<file>.toml"),
    write,
    About(
        ("application/toml", "text/csv"),
        ("TOML 1.0", "https://toml.io/en/v1.0.0"),
        ("this tool",),
        "definition/dataset.toml",
        NO_OBSERVATIONS,
    ),
)
