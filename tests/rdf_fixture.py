"""Made-up datasets for the RDF tests: one with every hostile thing in it, and NAV's with invented numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from helpers import PROJECT

from publisher.checks.check import Subject
from publisher.columns import SOURCE_LINE, input_schema
from publisher.definition import read_definition
from publisher.formats import rdf_codelists, rdf_structure, turtle
from publisher.formats.draft import Draft, Publication, SourceFile
from publisher.model import (
    Agent,
    Attribute,
    Code,
    Codelist,
    Concept,
    Cube,
    Dataset,
    Dimension,
    Edition,
    Licence,
    Match,
    Measure,
    SeriesAttribute,
    Suppression,
    Text,
)
from publisher.naming import Names
from publisher.observations import Observations, store

HOSTILE = 'A "quoted" <tag> & back\\slash\nnew line\ttab \U0001f600 ; dot .'


def text(words: str) -> Text:
    return Text((("nb", words), ("en", f"{words} (en)")))


def codelist(name: str, *codes: str, parent: str | None = None) -> Codelist:
    listed = tuple(Code(code, text(f"{name} {code}"), parent=None if code == parent else parent) for code in codes)
    return Codelist(name, text(name), listed)


def hostile_dataset() -> Dataset:
    """Return a dataset with quarters, two decimals, hidden cells and every character a code can have."""
    region = Codelist(
        "CL_REGION",
        text(HOSTILE),
        (
            Code("_T", text("All")),
            Code("-1", text(HOSTILE), text(HOSTILE), parent="_T", aliases=(HOSTILE,), misspellings=("Rgion",)),
            Code("A@B", text("At"), parent="_T", matches=(Match("exact", "https://example.org/at"),)),
            Code("C$D", text("Dollar"), parent="A@B", matches=(Match("close", "https://example.org/dollar"),)),
            Code("under_score-", text("Under"), parent="_T"),
        ),
        description=text("Regions"),
        derived_from="urn:sdmx:org.sdmx.infomodel.codelist.Codelist=SDMX:CL_AREA(1.0)",
    )
    lists = {
        "FREQ": codelist("CL_FREQ", "Q", "A"),
        "REGION": region,
        "KIND": codelist("CL_KIND", "@", "$", "x"),
        "OBS_STATUS": codelist("CL_OBS_STATUS", "A", "P", "Q"),
        "CONF_STATUS": codelist("CL_CONF_STATUS", "F", "A"),
        "UNIT_MEASURE": codelist("CL_UNIT_MEASURE", "KR"),
    }
    concepts = {name: Concept(name, text(name), codelist=item, data_type="code") for name, item in lists.items()}
    for name, kind in (("TIME_PERIOD", "period"), ("OBS_VALUE", "number"), ("MONTHS", "integer"), ("NOTE", "string")):
        concepts[name] = Concept(name, text(name), data_type=kind)  # type: ignore[arg-type]
    for name in ("UNIT_MULT", "DECIMALS"):
        concepts[name] = Concept(name, text(name))
    series = (("UNIT_MEASURE", "KR"), ("UNIT_MULT", "0"), ("DECIMALS", "2"))
    required = (Attribute(concepts["OBS_STATUS"], True), Attribute(concepts["CONF_STATUS"], True))
    cube = Cube(
        "price-index",
        text("Prices " + HOSTILE),
        tuple(Dimension(concepts[name]) for name in ("REGION", "FREQ", "KIND", "TIME_PERIOD")),
        Measure(concepts["OBS_VALUE"], 2),
        (*required, Attribute(concepts["MONTHS"]), Attribute(concepts["NOTE"])),
        tuple(SeriesAttribute(concepts[name], value) for name, value in series),
    )
    agent = Agent(text("Office"), "123", "https://office.example.org")
    return Dataset(
        "made-up",
        Names("https://data.example.org", "made-up", "OFF", "MADEUP", "1.0"),
        text("Made up"),
        text("Made up for tests"),
        ("nb", "en"),
        agent,
        agent,
        Licence("CC-BY-4.0", "CC BY", "https://creativecommons.org/licenses/by/4.0/"),
        tuple(lists.values()),
        tuple(concepts.values()),
        (cube,),
        suppression=Suppression(4),
    )


def nav_dataset() -> Dataset:
    return read_definition(PROJECT, "nav-tilt140")


PERIODS: Mapping[str, tuple[str, ...]] = {
    "M": ("2024-01", "2024-02", "2024-03"),
    "Q": ("2023-Q4", "2024-Q1"),
    "A": ("2024",),
}


def rows(cube: Cube, hidden: bool = True) -> Iterator[dict[str, Any]]:
    """Yield one row for each key of a cube; about every seventh is suppressed."""
    codes = [PERIODS if item.codelist is None else item.codelist.ids for item in cube.dimensions]
    freq = cube.key_ids.index("FREQ")
    line = 0
    for key in itertools.product(*codes[:-1]):
        for period in PERIODS[key[freq]]:
            line += 1
            suppressed = hidden and line % 7 == 3
            number = Decimal(line * 37 - 50).scaleb(-cube.measure.decimals)
            row: dict[str, Any] = dict(zip(cube.key_ids, (*key, period), strict=True))
            row["OBS_VALUE"] = None if suppressed else number if cube.measure.decimals else int(number)
            row["OBS_STATUS"], row["CONF_STATUS"] = ("Q", "A") if suppressed else ("A", "F")
            row["MONTHS"] = row["MONTHS_COVERED"] = 11 if key[freq] == "A" else None
            row["NOTE"] = HOSTILE if line % 5 == 0 else "plain" if line % 5 == 1 else None
            row[SOURCE_LINE] = line
            yield row


def observations(dataset: Dataset, cube: Cube, folder: Path, hidden: bool = True) -> Observations:
    schema = input_schema(cube)
    batch = pa.RecordBatch.from_pylist(list(rows(cube, hidden)), schema)
    return store(dataset, cube, [batch], folder, "made-up.csv")


def publication(dataset: Dataset, folder: Path, hidden: bool = True) -> Publication:
    folder.mkdir(parents=True, exist_ok=True)
    stored = tuple(observations(dataset, cube, folder, hidden) for cube in dataset.cubes)
    source = SourceFile("made-up.csv", 0, "")
    return Publication(dataset, folder, Edition("2024-11"), stored, source)


def release(dataset: Dataset, folder: Path, hidden: bool = True) -> Subject:
    """Write the RDF files of a dataset and return what the checks are given."""
    published = publication(dataset, folder / "observations", hidden)
    draft = Draft(folder / "release")
    for module in (rdf_codelists, rdf_structure, turtle):
        module.FORMAT.write(published, draft, {})
    stored = {item.cube.id: item for item in published.observations}
    return Subject(
        draft.folder, dataset, published.edition, stored, frozenset(file.path for file in draft.files), folder
    )


def without_cubes(dataset: Dataset, *kept: str) -> Dataset:
    """Return the dataset with some of its cubes only."""
    return replace(dataset, cubes=tuple(cube for cube in dataset.cubes if cube.id in kept))
