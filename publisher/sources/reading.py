"""What a source answers with, and how one is described."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import Finding
from publisher.model import Dataset

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Reading:
    """A source read: record batches by cube (``observations.input_schema``), and what it has to say.

    ``notices`` are of severity information: a repaired label (rule ``repaired-label``), a line of
    prose (``note``), a table that stands twice (``repeated-table``). ``tables`` counts what was read.
    ``files`` is how findings call the file of a cube, where it is not the one that was handed in.
    """

    batches: Mapping[str, Iterable[pa.RecordBatch]]
    tables: int
    notices: tuple[Finding, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of input: its name in ``source.reader``, the files it takes, and its function.

    ``read`` takes the path, the dataset and how findings call the file; it raises InputError.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    read: Callable[[Path, Dataset, str], Reading]
