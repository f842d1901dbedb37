"""What tests of JSON-stat share: publications written as such files, and damage done to one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from sdmx_fixture import draft, hostile_dataset

from publisher.columns import input_schema
from publisher.formats import json_stat
from publisher.formats.draft import Publication, SourceFile
from publisher.model import Cube, Dataset, Edition, Measure, SeriesAttribute
from publisher.observations import store

Document = dict[str, Any]


def write(publication: Publication, folder: Path) -> Path:
    """Write every cube of a publication into a folder."""
    json_stat.write(publication, draft(folder), {})
    return folder


def document(folder: Path, cube: str) -> Document:
    found: Document = json.loads((folder / f"json-stat/{cube}.json").read_text(encoding="utf-8"))
    return found


def change(folder: Path, cube: str, changed: Callable[[Document], object]) -> None:
    """Change a file as the object that it holds; the digits of all other numbers stay."""
    path = folder / f"json-stat/{cube}.json"
    # A text that no file has stands for a number with decimals, which Python would write in its own way.
    found = json.loads(path.read_text(encoding="utf-8"), parse_float=lambda digits: f"number {digits}")
    changed(found)
    text = re.sub('"number ([^"]*)"', r"\1", json.dumps(found, ensure_ascii=False))
    path.write_text(text, encoding="utf-8", newline="\n")


def set_at(found: Document, place: tuple[str | int, ...], value: object) -> None:
    """Put a value at a place of a document, or take away what is there where the value is ``...``."""
    *inside, last = place
    part: Any = found
    for name in inside:
        part = part[name]
    if value is ...:
        del part[last]
    else:
        part[last] = value


def small_dataset(**changes: Any) -> tuple[Dataset, Cube]:
    """Return the made-up dataset with changes to its one cube."""
    dataset = hostile_dataset()
    cube = replace(dataset.cubes[0], **changes)
    return replace(dataset, cubes=(cube,)), cube


def with_decimals(cube: Cube, decimals: int) -> dict[str, Any]:
    """Return the changes that give a cube so many decimals."""
    unit, multiplier, places = cube.series_attributes
    stated = SeriesAttribute(replace(places.concept, codelist=None, data_type="integer"), str(decimals))
    return {"measure": Measure(cube.measure.concept, decimals), "series_attributes": (unit, multiplier, stated)}


def publication(dataset: Dataset, folder: Path, rows: list[dict[str, object]]) -> Publication:
    """Return observations of the first cube: what a row does not say is of the first code, of 2023 and free."""
    cube = dataset.cubes[0]
    usual: dict[str, object] = {"OBS_STATUS": "A", "CONF_STATUS": "F", "MONTHS": None, "REMARK": None}
    for dimension in cube.dimensions:
        usual[dimension.id] = "2023" if dimension.codelist is None else dimension.codelist.ids[0]
    full = [{**usual, "SOURCE_LINE": number, **row} for number, row in enumerate(rows, 1)]
    folder.mkdir(parents=True, exist_ok=True)
    batch = pa.RecordBatch.from_pylist(full, input_schema(cube))
    stored = store(dataset, cube, [batch], folder, "made-up.csv")
    return Publication(dataset, folder, Edition("2024-11"), (stored,), (SourceFile("made-up.csv", 1, "0" * 64),))


def yearly(values: list[str | None], decimals: int) -> list[dict[str, object]]:
    """Return a row for each value, in years from 2000 on; None is suppressed."""
    return [
        {
            "TIME_PERIOD": str(2000 + number),
            "OBS_VALUE": None if text is None else Decimal(text) if decimals else int(text),
            "OBS_STATUS": "Q" if text is None else "A",
            "CONF_STATUS": "A" if text is None else "F",
        }
        for number, text in enumerate(values)
    ]
