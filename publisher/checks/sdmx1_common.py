"""What sdmx1 is needed for by several checks: a release's structures, its observations as rows of text.

sdmx1 keeps values, periods and attributes as the text of the file, so nothing here turns a number
into text. An absent value is not a suppressed one (that is ``NaN``): it comes back as empty text.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import lru_cache
from io import BytesIO, StringIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.reader import UnreadableError, words_of
from publisher.columns import text_schema
from publisher.model import Cube

if TYPE_CHECKING:
    import pyarrow as pa

STRUCTURE = "sdmx/structure-2.1.xml"

ROWS = 8_192


def read_structure(folder: Path) -> Any:
    """Return sdmx1's message of a release's structures, read once; UnreadableError where it cannot."""
    path = folder / STRUCTURE
    try:
        status = path.stat()
    except OSError as error:
        raise UnreadableError(f"{STRUCTURE}: {error.strerror}") from error
    return _structure(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=2)
def _structure(path: Path, _changed: int, _size: int) -> Any:
    return by_sdmx1(path)


def by_sdmx1(data: Any, **options: Any) -> Any:
    """Let sdmx1 read a file or convert a table; UnreadableError with its own words where it cannot."""
    # Once it has read a 2.1 file, sdmx1 fails at every 3.0 file unless this was imported first.
    import sdmx.reader.xml.v30  # noqa: F401  # isort: skip
    import sdmx
    from lxml import etree
    from sdmx.exceptions import XMLParseError

    faults = (
        XMLParseError, etree.LxmlError, OSError, KeyError, ValueError, TypeError, AttributeError, AssertionError,
        IndexError, RuntimeError, NotImplementedError,
    )  # fmt: skip
    try:
        # Where it fails, sdmx1 prints what it was reading.
        with redirect_stdout(StringIO()):
            is_file = isinstance(data, Path | BytesIO)
            return sdmx.read_sdmx(data, **options) if is_file else sdmx.to_sdmx(data, **options)
    except faults as error:
        raise UnreadableError(f"{type(error).__name__}: {words_of(error)}") from error


def find(collection: Any, artefact: str) -> Any:
    """Return an artefact of the structures; UnreadableError where there is none of that id."""
    try:
        return collection[artefact]
    except KeyError as error:
        raise UnreadableError(f"{STRUCTURE} has no {artefact}") from error


def observation_texts(cube: Cube, observation: Any) -> list[str | None]:
    """Return an observation of sdmx1 as text, one item for each column."""
    key = {component: value.value for component, value in observation.dimension.values.items()}
    if observation.series_key is None:
        # From CSV, where an empty field says that there is none.
        said = {name: _text(value.value) or None for name, value in observation.attached_attribute.items()}
    else:
        key |= {component: value.value for component, value in observation.series_key.values.items()}
        said = {name: _text(value.value) for name, value in observation.attrib.items()}
    texts = [_text(key.get(component)) for component in cube.key_ids]
    for attribute in cube.series_attributes:
        if said.get(attribute.id) != attribute.value:
            name = ".".join(text or "" for text in texts)
            raise UnreadableError(f"{name}: {attribute.id} is {said.get(attribute.id)!r}, not {attribute.value!r}")
    value = "" if observation.value is None else str(observation.value)
    return [*texts, None if value == "NaN" else value, *(said.get(component) for component in cube.attribute_ids)]


def _text(value: Any) -> str | None:
    """Return a code or a text as sdmx1 holds it."""
    return None if value is None else str(getattr(value, "id", value))


def text_batches(rows: Iterator[list[str | None]], cube: Cube) -> Iterator[pa.RecordBatch]:
    """Yield rows of text in record batches."""
    import pyarrow as pa

    schema = text_schema(cube)
    while block := list(islice(rows, ROWS)):
        columns = [pa.array(column, pa.string()) for column in zip(*block, strict=True)]
        yield pa.record_batch(columns, schema=schema)
