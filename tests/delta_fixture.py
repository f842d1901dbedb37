"""Two editions of a small made-up cube, written with their deltas, and loaded into simulated stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
from delta_store import Cells, Order, Store, of_csv, of_xml
from helpers import PROJECT
from sdmx_fixture import draft, hostile_dataset

from publisher.checks.check import Subject
from publisher.columns import input_schema
from publisher.formats import sdmx_csv, sdmx_delta, sdmx_xsd
from publisher.formats.draft import Before, Publication, SourceFile
from publisher.model import Dataset, Edition
from publisher.observations import Observations, store

FILES = ("delta-2.0.csv", "delta-3.0.xml")
KEYS = [
    (freq, area, time) for area, (freq, time) in product(("_T", "a1", "a2", "a3"), (("Q", "2023-Q1"), ("A", "2023")))
]
READ = {"delta-2.0.csv": of_csv, "delta-3.0.xml": of_xml}

# A cell of a made-up edition: value (None is suppressed), status of a value, months, remark.
Cell = tuple[Decimal | None, str, int | None, str | None]
Made = Mapping[tuple[str, str, str], Cell]


def small() -> Dataset:
    """Return a dataset of one small cube with two attributes that an observation may lack."""
    dataset = hostile_dataset()
    (cube,) = dataset.cubes
    kept = tuple(dimension for dimension in cube.dimensions if dimension.id in ("FREQ", "REF_AREA", "TIME_PERIOD"))
    return replace(dataset, cubes=(replace(cube, dimensions=kept),))


def changed(dataset: Dataset, **parts: Any) -> Dataset:
    """Return the dataset with parts of its cube replaced."""
    return replace(dataset, cubes=(replace(dataset.cubes[0], **parts),))


def stored(dataset: Dataset, made: Made, folder: Path) -> Observations:
    """Keep the observations of an edition."""
    (cube,) = dataset.cubes
    folder.mkdir()
    rows = [
        {
            "FREQ": key[0],
            "REF_AREA": key[1],
            "TIME_PERIOD": key[2],
            "OBS_VALUE": value,
            "OBS_STATUS": "Q" if value is None else status,
            "CONF_STATUS": "A" if value is None else "F",
            "MONTHS": months,
            "REMARK": remark,
            "SOURCE_LINE": 1,
        }
        for key, (value, status, months, remark) in made.items()
    ]
    schema = input_schema(cube)
    batch = pa.RecordBatch.from_pylist([{name: row[name] for name in schema.names} for row in rows], schema)
    return store(dataset, cube, [batch], folder, "made-up.csv")


def written(
    folder: Path, before: Made | None, now: Made, was: Dataset | None = None, dataset: Dataset | None = None
) -> tuple[Path, Subject]:
    """Write full data, schemas and deltas of an edition with one before it; return folder and what checks get."""
    dataset = dataset or small()
    folder.mkdir(exist_ok=True)
    old = None if before is None else stored(was or dataset, before, folder / "before")
    new = stored(dataset, now, folder / "now")
    edition, sources = Edition("2024-11"), (SourceFile("made-up.csv", 1, "0" * 64),)
    previous = Before("2024.10.0", {"by-area": old})
    publication = Publication(dataset, PROJECT, edition, (new,), sources, (), previous)
    files = draft(folder / "release")
    csv_options = {option.name: option.default for option in sdmx_csv.FORMAT.options}
    sdmx_csv.write(publication, files, csv_options)
    sdmx_xsd.write(publication, files, {})
    sdmx_delta.write(publication, files, {})
    (folder / "scratch").mkdir()
    names = frozenset(file.path for file in files.files)
    subject = Subject(
        files.folder, dataset, edition, {"by-area": new}, names, folder / "scratch", previous.observations
    )
    return files.folder / "sdmx/by-area", subject


def full(made: Made, dataset: Dataset | None = None) -> list[Order]:
    """Return the orders of a whole release of the small cube, made here and not by a format."""
    orders = []
    for key, (value, status, months, remark) in made.items():
        said = {
            "OBS_VALUE": "NaN" if value is None else f"{value:.2f}",
            "OBS_STATUS": "Q" if value is None else status,
            "CONF_STATUS": "A" if value is None else "F",
            **{attribute.id: attribute.value for attribute in (dataset or small()).cubes[0].series_attributes},
        }
        said |= {"MONTHS": str(months)} if months is not None else {}
        said |= {"REMARK": remark} if remark is not None else {}
        orders.append(Order("R", dict(zip(("FREQ", "REF_AREA", "TIME_PERIOD"), key, strict=True)), said))
    return orders


def loaded(merges: bool, *messages: list[Order]) -> Cells:
    held = Store(("FREQ", "REF_AREA", "TIME_PERIOD"), merges)
    for orders in messages:
        held.apply(orders)
    return held.cells


def deltas(folder: Path) -> dict[str, list[Order]]:
    return {name: read(folder / name, ("FREQ", "REF_AREA", "TIME_PERIOD")) for name, read in READ.items()}


V = Decimal("12.00")
BEFORE: Made = {
    KEYS[0]: (V, "A", None, "old, remark"),
    KEYS[1]: (V, "A", 3, None),
    KEYS[2]: (V, "P", None, None),
    KEYS[3]: (None, "Q", 6, None),
    KEYS[4]: (V, "A", None, None),
    KEYS[6]: (V, "A", 7, "the same"),
}
NOW: Made = {
    KEYS[0]: (V, "A", None, None),  # lost its remark
    KEYS[1]: (None, "Q", 3, None),  # newly suppressed
    KEYS[2]: (V, "A", None, None),  # another status
    KEYS[3]: (Decimal("5.50"), "A", 9, "new"),  # disclosed
    KEYS[5]: (V, "A", 1, None),  # new; KEYS[4] is gone
    KEYS[6]: (V, "A", 7, "the same"),
}
