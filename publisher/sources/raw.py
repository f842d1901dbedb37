"""Which files under ``raw/<dataset>/`` are the sources of which editions."""

from __future__ import annotations

import re
from pathlib import Path

from publisher.errors import InputError
from publisher.sources.reading import Source

_EDITION = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def raw_files(folder: Path, source: Source) -> dict[str, Path]:
    """Return the source of each edition: a file, or a folder, that is named after it.

    Anything else in the folder is left alone. Raises InputError where an edition has two sources.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*")):
        edition, suffix = (path.name, "") if path.is_dir() else (path.stem, path.suffix)
        if _EDITION.fullmatch(edition) is None or suffix not in source.suffixes:
            continue
        if edition in found:
            raise InputError(f"{folder} has both {found[edition].name} and {path.name} for {edition}: keep one")
        found[edition] = path
    return found
