"""Files of linked data, ours or not: together one graph, whose data cubes must break no integrity constraint."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from publisher.checks.integrity.files import check_files
from publisher.checks.integrity.read import FORMATS, is_rdf
from publisher.checks.run import Verdict
from publisher.checks.unpacked import PACKED
from publisher.validate.kind import Begin, Kind, Validation
from publisher.validate.look import json_members, xml_root

# What a JSON file has that is linked data, though its name does not say so.
_LINKED = ("@context", "@graph", "@id")
_MOST_NAMED = 3


def fits(path: Path) -> bool:
    """Say whether a path is a file of linked data: by its name, and where many things have that name by its content."""
    if not path.is_file() or not is_rdf(path):
        return False
    if path.suffix.casefold() == ".json":
        return not json_members(path).isdisjoint(_LINKED)
    if path.suffix.casefold() == ".xml":
        root = xml_root(path)
        return root is None or root.startswith("{")
    return True


def validate(files: Sequence[Path], full: bool, begin: Begin) -> Iterator[Validation]:
    """Check files as one graph; there are no full checks of it."""
    names = tuple(file.as_posix() for file in files)
    begin("integrity constraints")
    started = perf_counter()
    with tempfile.TemporaryDirectory(prefix="publisher-") as scratch:
        outcome = check_files(files, Path(scratch))
    verdict = Verdict("integrity constraints", "pyoxigraph", outcome, perf_counter() - started, files=names)
    about = "linked data" if len(names) == 1 else f"linked data, {len(names):,} files that are one graph"
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    place = ", ".join(names[:_MOST_NAMED]) + more
    yield Validation("graph", place, {"files": list(names)}, about, [verdict], names)


def _steps(files: Sequence[Path], full: bool) -> int:
    return 1


KIND = Kind(
    "graph",
    f"files of linked data ({', '.join(FORMATS)}, as they are or with {' or '.join(PACKED)})",
    fits,
    validate,
    _steps,
    rest=True,
)
