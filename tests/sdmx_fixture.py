"""Made-up observations and a made-up dataset whose words are as hostile as the definition lets them be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path

import pyarrow as pa
from helpers import PROJECT

from publisher.columns import input_schema
from publisher.definition import read_definition
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

HOSTILE = "\"Quotes\" 'n' <tags> & ]]> and\na new line, a comma, \U0001f3b2 and 漢字"
REMARKS = (None, HOSTILE, "plain", "tab\there", "&amp; once", "a\r\nb")


def _text(word: str, **others: str) -> Text:
    return Text((("nb", f"{word} på bokmål"), ("en", f"{word} in English"), *others.items()))


def _list(name: str, *codes: Code) -> Codelist:
    return Codelist(name, _text(name), codes, description=Text((("en", HOSTILE),)), derived_from="https://x.example/1")


def _codes(*ids: str) -> tuple[Code, ...]:
    return tuple(Code(code, _text(code)) for code in ids)


def hostile_dataset() -> Dataset:
    """Return a dataset of one cube: six dimensions, two decimals, quarters and years, text attributes."""
    area = _list(
        "CL_AREA",
        Code("a1", Text((("nb", HOSTILE), ("sme", "Romsa"), ("en", "A < B"))), parent="_T"),
        Code(
            "_T",
            Text((("nb", "I alt"), ("en", "Total"))),
            description=_text(HOSTILE),
            matches=(Match("exact", "https://x.example/a?b=1&c=2"), Match("close", "urn:x:y")),
        ),
        Code("a2", _text("a2"), parent="a1"),
        Code("a3", _text("a3"), parent="_T"),
    )
    lists = {
        "FREQ": _list("CL_FREQ", *_codes("A", "Q")),
        "REF_AREA": area,
        "SEX": _list("CL_SEX", *_codes("_T", "F", "M")),
        "AGE": _list("CL_AGE", *_codes("_T", "Y_LT20", "Y_GE20")),
        "KIND": _list("CL_KIND", *_codes("1", "02", "@x")),
        "OBS_STATUS": _list("CL_OBS_STATUS", *_codes("A", "P", "Q")),
        "CONF_STATUS": _list("CL_CONF_STATUS", *_codes("F", "A")),
        "UNIT_MEASURE": _list("CL_UNIT_MEASURE", *_codes("PER", "PT")),
        "UNIT_MULT": _list("CL_UNIT_MULT", *_codes("0", "3")),
        "DECIMALS": _list("CL_DECIMALS", *_codes("0", "2")),
    }
    concepts = {
        component: Concept(component, _text(component), codelist=codelist, data_type="code")
        for component, codelist in lists.items()
    }
    concepts["TIME_PERIOD"] = Concept("TIME_PERIOD", _text("Time"), data_type="period")
    concepts["OBS_VALUE"] = Concept("OBS_VALUE", _text("Value"), _text(HOSTILE), data_type="number")
    concepts["MONTHS"] = Concept("MONTHS", _text("Months"), data_type="integer")
    concepts["REMARK"] = Concept("REMARK", _text("Remark"), data_type="string")
    cube = Cube(
        "by-area",
        _text(HOSTILE),
        tuple(Dimension(concepts[name]) for name in ("FREQ", "REF_AREA", "SEX", "AGE", "KIND", "TIME_PERIOD")),
        Measure(concepts["OBS_VALUE"], 2),
        (
            Attribute(concepts["OBS_STATUS"], True),
            Attribute(concepts["CONF_STATUS"], True),
            Attribute(concepts["MONTHS"]),
            Attribute(concepts["REMARK"]),
        ),
        tuple(
            SeriesAttribute(concepts[name], value)
            for name, value in (("UNIT_MEASURE", "PER"), ("UNIT_MULT", "0"), ("DECIMALS", "2"))
        ),
        description=_text(HOSTILE),
    )
    agent = Agent(_text("An & Agency"), "1", "https://x.example/?a=1&b=2", "a@x.example")
    return Dataset(
        "made-up",
        Names("https://x.example", "made-up", "MADE_UP", "MU", "1.0"),
        _text("Made <up>"),
        _text(HOSTILE),
        ("nb", "en"),
        agent,
        agent,
        Licence("CC0-1.0", "CC0", "https://x.example/cc0"),
        tuple(lists.values()),
        tuple(concepts.values()),
        (cube,),
        suppression=Suppression(4),
    )


def hostile_rows(cube: Cube) -> Iterator[dict[str, object]]:
    """Yield the observations of the made-up cube, in no particular order; AGE Y_GE20 is never there."""
    areas, sexes, kinds = ("a3", "_T", "a1", "a2"), ("M", "_T", "F"), ("@x", "1", "02")
    times = [*(("Q", f"2023-Q{quarter}") for quarter in (3, 1, 4, 2)), ("A", "2023"), ("A", "2022")]
    for number, (area, sex, age, kind, (freq, time)) in enumerate(
        product(areas, sexes, ("_T", "Y_LT20"), kinds, times)
    ):
        if number % 11 == 5:
            continue
        hidden = number % 7 == 3
        yield {
            "FREQ": freq,
            "REF_AREA": area,
            "SEX": sex,
            "AGE": age,
            "KIND": kind,
            "TIME_PERIOD": time,
            "OBS_VALUE": None if hidden else Decimal(number * 50 - 4000).scaleb(-2),
            "OBS_STATUS": "Q" if hidden else "PA"[number % 2],
            "CONF_STATUS": "A" if hidden else "F",
            "MONTHS": number % 13 if freq == "A" else None,
            "REMARK": REMARKS[number % len(REMARKS)],
            "SOURCE_LINE": number + 1,
        }


def hostile_publication(folder: Path, edition: Edition | None = None) -> Publication:
    """Return the made-up dataset with its observations, kept in a folder."""
    dataset = hostile_dataset()
    cube = dataset.cubes[0]
    batch = pa.RecordBatch.from_pylist(list(hostile_rows(cube)), input_schema(cube))
    return _publication(dataset, (store(dataset, cube, [batch], folder, "made-up.csv"),), edition)


def nav_publication(folder: Path) -> Publication:
    """Return the project's own dataset with made-up observations for every cube."""
    dataset = read_definition(PROJECT, "nav-tilt140")
    return _publication(dataset, tuple(_nav_observations(dataset, cube, folder) for cube in dataset.cubes), None)


def _nav_observations(dataset: Dataset, cube: Cube, folder: Path) -> Observations:
    coded = [dimension for dimension in cube.dimensions if dimension.codelist is not None and dimension.id != "FREQ"]
    rows = []
    for codes in product(*(dimension.codelist.ids for dimension in coded if dimension.codelist)):
        for freq, time in (("M", "2024-10"), ("M", "2024-11"), ("A", "2024")):
            hidden = len(rows) % 9 == 4
            row: dict[str, object] = {dimension.id: code for dimension, code in zip(coded, codes, strict=True)}
            row |= {
                "FREQ": freq,
                "TIME_PERIOD": time,
                "OBS_VALUE": None if hidden else len(rows),
                "OBS_STATUS": "Q" if hidden else "A",
                "CONF_STATUS": "A" if hidden else "F",
                "MONTHS_COVERED": 11 if freq == "A" else None,
                "SOURCE_LINE": len(rows) + 1,
            }
            rows.append(row)
    return store(dataset, cube, [pa.RecordBatch.from_pylist(rows, input_schema(cube))], folder, "made-up.csv")


def _publication(dataset: Dataset, observations: tuple[Observations, ...], edition: Edition | None) -> Publication:
    edition = edition or Edition("2024-11", modified=datetime(2026, 11, 22, tzinfo=UTC), note=_text(HOSTILE))
    return Publication(dataset, PROJECT, edition, observations, (SourceFile("made-up.csv", 1, "0" * 64),))


def draft(folder: Path) -> Draft:
    """Return an empty draft in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return Draft(folder)
