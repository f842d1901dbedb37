"""The SDMX-CSV files of the contract read back: 2.0 by sdmx1, and each by a plain parser of its columns."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.reader import Reader, UnreadableError, words_of
from publisher.checks.sdmx1_common import ROWS, by_sdmx1, find, observation_texts, read_structure, text_batches
from publisher.checks.sdmx_csv_columns import read_csv
from publisher.formats.sdmx_csv_message import Variant
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

_PATH = "sdmx/{{cube}}/data-{}.csv"

# What sdmx1 reads in about three seconds.
_MOST_ROWS = 10_000


def by_columns(version: str, folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Read a file of the contract with Arrow's CSV reader, every cell as text."""
    variant = Variant(version)
    return read_csv(folder / "sdmx" / cube.id / variant.file, cube, dataset, variant)


def by_sdmx1_with_its_dataflow(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Read ``data-2.0.csv`` with sdmx1 and the cube's dataflow, a block of lines at a time.

    The lines are split here, because sdmx1 splits text at every line break, also within quotes.
    """
    import pandas as pd

    flow = find(read_structure(folder).dataflow, dataset.names.dataflow(cube.id))
    expected = f"{dataset.names.agency}:{flow.id}({dataset.names.version})"
    with _opened(folder / "sdmx" / cube.id / "data-2.0.csv") as stream:
        records = _records(stream)
        header = next(records, None)
        if header is None:
            raise UnreadableError("the file is empty")
        by_sdmx1(pd.DataFrame([], columns=header, dtype=object), structure=flow)
        while block := list(islice(records, ROWS)):
            for record in block:
                if len(record) != len(header) or record[1] != expected:
                    raise UnreadableError(f"not every line is one of {expected}, with {len(header)} cells")
                if record[2] != "R":
                    key = ".".join(record[3 : 3 + len(cube.key_ids)])
                    raise UnreadableError(f"{key}: ACTION is {record[2]!r:.20}, 'R' expected")
            message = by_sdmx1(pd.DataFrame(block, columns=header, dtype=object), structure=flow)
            yield from text_batches((observation_texts(cube, observation) for observation in message.data[0].obs), cube)


def _opened(path: Path) -> Any:
    try:
        return path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise UnreadableError(f"{path.name}: {error.strerror}") from error


def _records(stream: Iterable[str]) -> Iterator[list[str]]:
    """Yield the records of a CSV file."""
    try:
        yield from csv.reader(stream, strict=True)
    except (csv.Error, UnicodeDecodeError) as error:
        raise UnreadableError(words_of(error)) from error


READERS: tuple[Reader, ...] = (
    Reader(
        "sdmx-csv",
        _PATH.format("2.0"),
        "sdmx1",
        by_sdmx1_with_its_dataflow,
        _MOST_ROWS,
        partial(by_columns, "2.0"),
        needs=("sdmx-structure",),
    ),
    *(
        Reader("sdmx-csv", _PATH.format(version), "publisher", partial(by_columns, version))
        for version in ("1.0", "2.1")
    ),
)
