"""Files of linked data, ours or not: together one graph, whose data cubes must break no integrity constraint."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from publisher.checks.integrity.files import check_files
from publisher.checks.integrity.read import FORMATS, PACKED, is_rdf
from publisher.checks.run import Verdict
from publisher.validate.kind import Begin, Kind, Validation


def validate(files: Sequence[Path], full: bool, begin: Begin) -> Iterator[Validation]:
    """Check files as one graph; there are no full checks of it."""
    names = [file.as_posix() for file in files]
    begin("integrity constraints")
    started = perf_counter()
    with tempfile.TemporaryDirectory(prefix="publisher-") as scratch:
        outcome = check_files(files, Path(scratch))
    verdict = Verdict("integrity constraints", "pyoxigraph", outcome, perf_counter() - started)
    about = "linked data" if len(names) == 1 else f"linked data, {len(names)} files that are one graph"
    yield Validation("graph", ", ".join(names), {"files": names}, about, [verdict])


KIND = Kind(
    "graph",
    f"files of linked data ({', '.join(FORMATS)}, as they are or with {' or '.join(PACKED)})",
    lambda path: path.is_file() and is_rdf(path),
    validate,
)
