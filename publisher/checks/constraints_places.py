"""Where in the Turtle files of a release something is described: the line that begins with its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

_PREFIX = re.compile(r"@prefix\s+([^\s:]*):\s*<([^>]*)>")
_NAME = re.compile(r"(?:<([^>]*)>|([^\s:<\"]*):(\S*))\s")


def places_of(folder: Path, files: Iterable[str], subjects: Iterable[str]) -> Mapping[str, tuple[str, int]]:
    """Return (file, line) of each subject, the first place where one stands; a file is read until all are found.

    In our layout a subject begins its line. What stands elsewhere, or nowhere, is not in the answer.
    """
    wanted = set(subjects)
    found: dict[str, tuple[str, int]] = {}
    for file in files:
        if wanted:
            _look_in(folder / file, file, wanted, found)
    return found


def _look_in(path: Path, file: str, wanted: set[str], found: dict[str, tuple[str, int]]) -> None:
    prefixes: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8", errors="replace", newline="\n") as stream:
            for number, line in enumerate(stream, 1):
                if line.startswith("@prefix") and (declared := _PREFIX.match(line)):
                    prefixes[declared[1]] = declared[2]
                elif name := _NAME.match(line):
                    iri = name[1] if name[1] is not None else prefixes.get(name[2], "") + name[3].replace("\\", "")
                    if iri in wanted:
                        wanted.discard(iri)
                        found[iri] = (file, number)
                        if not wanted:
                            return
    except OSError:
        return  # that it cannot be read, others say
