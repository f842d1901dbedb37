"""The data package says of every table what the definition says, and a falsehood that every schema allows is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import PROJECT

from publisher.checks import Subject, package_content
from publisher.definition import read_definition

DATASET = read_definition(PROJECT, "nav-tilt140")


def checked(release: Path, package: Any, tmp_path: Path) -> list[str]:
    """Return what is found of a descriptor, in a folder that has the files and nothing in them."""
    files = {resource["path"] for resource in package["resources"]}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    subject = Subject(tmp_path, DATASET, DATASET.edition("2024-11"), {}, frozenset(files), tmp_path)
    outcome = package_content.run(subject)
    assert outcome.nothing or outcome.looked_at == "21 tables"
    return [finding.message for finding in outcome.findings]


def schema_of(package: Any, path: str) -> Any:
    (resource,) = (item for item in package["resources"] if item["path"] == path)
    return resource["schema"]


def of(schema: Any, name: str) -> Any:
    return next(item for item in schema["fields"] if item["name"] == name)


SEX, CODES = "data/sex.csv", "codelists/CL_SEX.csv"
# what is planted -> table, change, what is found
PLANTED: dict[str, tuple[str, Callable[[Any], object], str]] = {
    "another unit": (
        SEX,
        lambda s: of(s, "OBS_VALUE").update(unit="Kroner"),
        "the unit of OBS_VALUE is not Personer",
    ),
    "another type": (
        SEX,
        lambda s: of(s, "OBS_VALUE").update(type="number"),
        "the type of OBS_VALUE is not integer",
    ),
    "another multiplier": (
        SEX,
        lambda s: of(s, "OBS_VALUE")["seriesAttributes"].update(UNIT_MULT="3"),
        "the seriesAttributes of OBS_VALUE is not",
    ),
    "no primary key": (SEX, lambda s: s.pop("primaryKey"), "its primaryKey is not FREQ, PROGRAMME, SEX, TIME_PERIOD"),
    "no foreign keys": (SEX, lambda s: s.pop("foreignKeys"), "its foreignKeys lack CONF_STATUS to codelists/CL_CONF"),
    "a key to another list": (
        SEX,
        lambda s: s["foreignKeys"][2]["reference"].update(resource="cl_age"),
        "its foreignKeys have SEX to codelists/CL_AGE.csv",
    ),
    "another title": (
        SEX,
        lambda s: of(s, "SEX")["titles"].update(en="Gender"),
        "the titles of SEX are not those of its concept",
    ),
    "a field less": (SEX, lambda s: s["fields"].pop(), "its fields are not FREQ, PROGRAMME, SEX"),
    "no key of codes": (CODES, lambda s: s.pop("primaryKey"), "its primaryKey is not code"),
    "no key to parents": (CODES, lambda s: s.pop("foreignKeys"), "its foreignKeys are not parent to the table itself"),
}


def test_the_package_of_the_release_is_right(real_release: Path, tmp_path: Path) -> None:
    package = json.loads((real_release / "datapackage.json").read_text(encoding="utf-8"))
    assert checked(real_release, package, tmp_path) == []


@pytest.mark.parametrize("fault", PLANTED)
def test_a_falsehood_is_found_with_its_table(real_release: Path, tmp_path: Path, fault: str) -> None:
    package = json.loads((real_release / "datapackage.json").read_text(encoding="utf-8"))
    path, change, message = PLANTED[fault]
    change(schema_of(package, path))
    found = checked(real_release, package, tmp_path)
    assert found
    assert all(item.startswith(f"{path}: ") and item.endswith(", as the definition has it") for item in found)
    assert any(message in item for item in found)
