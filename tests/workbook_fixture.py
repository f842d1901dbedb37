"""Small made-up datasets for the tests of the workbook: any codes and labels, any observations, one cube."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from publisher.checks import one_truth, read_workbook, workbook_form
from publisher.checks.check import Subject
from publisher.columns import SOURCE_LINE, input_schema
from publisher.errors import Finding
from publisher.formats import workbook
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
    Measure,
    SeriesAttribute,
    Suppression,
    Text,
)
from publisher.naming import Names
from publisher.observations import Observations, store

FREQUENCIES = {"A": "Årlig", "Q": "Kvartalsvis", "M": "Månedlig", "W": "Ukentlig", "D": "Daglig"}
STATUSES = {"A": "Normal", "P": "Foreløpig", "E": "Anslag", "Q": "Skjermet"}
PATH = "xlsx/small.xlsx"


def words(text: str, language: str = "nb") -> Text:
    return Text(((language, text),))


def codelist(name: str, labels: Mapping[str, str], parents: Mapping[str, str] | None = None) -> Codelist:
    codes = tuple(Code(code, words(label), parent=(parents or {}).get(code)) for code, label in labels.items())
    return Codelist(name, words(name), codes)


def small(
    dimensions: Mapping[str, Codelist], decimals: int = 0, language: str = "nb", title: str = "Små tall"
) -> Dataset:
    """Return a dataset of one cube with these dimensions, and the attributes MONTHS (integer) and NOTE (text)."""
    lists = {
        "FREQ": codelist("CL_FREQ", FREQUENCIES),
        **dimensions,
        "OBS_STATUS": codelist("CL_OBS_STATUS", STATUSES),
        "CONF_STATUS": codelist("CL_CONF_STATUS", {"F": "Fri", "A": "Skjermet", "N": "Intern"}),
        "UNIT_MEASURE": codelist("CL_UNIT", {"PER": "Personer"}),
    }
    concepts = {
        name: Concept(name, words(f"{name}-navn"), codelist=item, data_type="code") for name, item in lists.items()
    }
    for name, kind in (("TIME_PERIOD", "period"), ("OBS_VALUE", "number"), ("MONTHS", "integer"), ("NOTE", "string")):
        concepts[name] = Concept(name, words(f"{name}-navn"), data_type=kind)  # type: ignore[arg-type]
    concepts |= {name: Concept(name, words(name)) for name in ("UNIT_MULT", "DECIMALS")}
    cube = Cube(
        "small",
        words(title),
        tuple(Dimension(concepts[name]) for name in ("FREQ", *dimensions, "TIME_PERIOD")),
        Measure(concepts["OBS_VALUE"], decimals),
        (
            Attribute(concepts["OBS_STATUS"], True),
            Attribute(concepts["CONF_STATUS"], True),
            Attribute(concepts["MONTHS"]),
            Attribute(concepts["NOTE"]),
        ),
        tuple(
            SeriesAttribute(concepts[name], value)
            for name, value in (("UNIT_MEASURE", "PER"), ("UNIT_MULT", "3"), ("DECIMALS", str(decimals)))
        ),
    )
    agent = Agent(words("Kontoret"))
    dataset = Dataset(
        "small",
        Names("https://x.example", "small", "X", "SMALL", "1.0"),
        words("Lite datasett"),
        words("Laget for tester."),
        ("nb",),
        agent,
        agent,
        Licence("CC0-1.0", "CC0", "https://x.example/cc0"),
        tuple(lists.values()),
        tuple(concepts.values()),
        (cube,),
        suppression=Suppression(4),
    )
    return dataset if language == "nb" else replace(dataset, languages=(language,))


def publication(dataset: Dataset, rows: Iterable[Mapping[str, Any]], folder: Path) -> Publication:
    """Return observations to publish; a row without a value is suppressed, otherwise normal where it says nothing."""
    (cube,) = dataset.cubes
    full: list[dict[str, Any]] = []
    for line, row in enumerate(rows, 1):
        hidden = row.get("OBS_VALUE") is None
        usual = {"OBS_VALUE": None, "OBS_STATUS": "Q" if hidden else "A", "CONF_STATUS": "A" if hidden else "F"}
        full.append({**usual, "MONTHS": None, "NOTE": None, **row, SOURCE_LINE: line})
    folder.mkdir(parents=True, exist_ok=True)
    batch = pa.RecordBatch.from_pylist(full, input_schema(cube))
    stored = store(dataset, cube, [batch], folder, "small.csv")
    return Publication(dataset, folder, Edition("2024-11"), (stored,), (SourceFile("small.csv", 1, ""),))


def written(given: Publication, folder: Path) -> Path:
    """Write the workbook of a publication and return its file."""
    workbook.FORMAT.write(given, Draft(folder), {})
    return folder / f"xlsx/{given.dataset.id}.xlsx"


def differences(given: Publication, folder: Path) -> list[Finding]:
    """Return what openpyxl reads otherwise than it was published."""
    found: list[Finding] = []
    for item in given.observations:
        read = read_workbook.read(folder, item.cube, given.dataset)
        found += one_truth.differences(item, read, f"xlsx/{given.dataset.id}.xlsx")
    return found


def subject(given: Publication, folder: Path) -> Subject:
    observations: dict[str, Observations] = {item.cube.id: item for item in given.observations}
    path = f"xlsx/{given.dataset.id}.xlsx"
    return Subject(folder, given.dataset, given.edition, observations, frozenset([path]), folder)


def form(given: Publication, folder: Path) -> list[str]:
    """Return what the check of the form says of a workbook."""
    return [finding.message for finding in workbook_form.run(subject(given, folder)).findings]
