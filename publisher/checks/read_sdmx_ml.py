"""The SDMX-ML data of a release read back: by sdmx1 with its structures, and by plain parsers.

sdmx1 takes seconds where the plain parser takes milliseconds; so in every build it reads one file of
each cube, and the others in ``validate --full``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.reader import Reader, UnreadableError
from publisher.checks.sdmx1_common import by_sdmx1, find, observation_texts, read_structure, text_batches
from publisher.checks.sdmx_layouts import FLAT, GENERIC, IN_SERIES, Layout
from publisher.checks.sdmx_lines import read_lines
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

# What sdmx1 reads in about three seconds.
_MOST_ROWS = 30_000


def ml_by_sdmx1(path: str, folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Read a data message with sdmx1 and the cube's DSD of 2.1, which says the same as that of 3.0."""
    dsd = find(read_structure(folder).structure, dataset.names.dsd(cube.id))
    message = by_sdmx1(folder / path.format(cube=cube.id), structure=dsd)
    flow = dataset.names.dataflow(cube.id)
    if message.dataflow.id != flow or len(message.data) != 1:
        raise UnreadableError(
            f"{len(message.data)} data sets of dataflow {message.dataflow.id}: one of {flow} expected"
        )
    return text_batches((observation_texts(cube, observation) for observation in message.data[0].obs), cube)


def ml_by_lines(
    path: str, version: str, layout: Layout, folder: Path, cube: Cube, dataset: Dataset
) -> Iterator[pa.RecordBatch]:
    """Read a data message line by line."""
    return read_lines(folder / path.format(cube=cube.id), cube, dataset, version, layout)


def _readers() -> Iterator[Reader]:
    """Yield a reader for each file: 2.1 by sdmx1 in every build, the others by the plain parser."""
    for version in ("2.1", "3.0", "3.1"):
        path, flat = f"sdmx/{{cube}}/data-{version}.xml", f"sdmx/{{cube}}/data-{version}-flat.xml"
        lines = partial(ml_by_lines, path, version, IN_SERIES)
        if version == "2.1":
            by = partial(ml_by_sdmx1, path)
            yield Reader("sdmx-ml", path, "sdmx1", by, _MOST_ROWS, lines, needs=("sdmx-structure",))
        else:
            yield Reader("sdmx-ml", path, "publisher", lines)
        yield Reader("sdmx-ml", flat, "publisher", partial(ml_by_lines, flat, version, FLAT), optional=True)
    generic, newer = "sdmx/{cube}/data-2.1-generic.xml", "sdmx/{cube}/data-3.0.xml"
    yield Reader("sdmx-generic", generic, "publisher", partial(ml_by_lines, generic, "2.1", GENERIC))
    for format, path in (("sdmx-generic", generic), ("sdmx-ml", newer)):
        by = partial(ml_by_sdmx1, path)
        yield Reader(format, path, "sdmx1", by, _MOST_ROWS, kind="full", needs=("sdmx-structure",))


READERS: tuple[Reader, ...] = tuple(_readers())
