"""The data package says of every file what it is, of every table what the definition says: a falsehood is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import PROJECT

from publisher.build import Options, build
from publisher.checks import Subject, package_content
from publisher.definition import read_definition
from publisher.formats import FORMATS
from publisher.validate import validate

DATASET = read_definition(PROJECT, "nav-tilt140")


def checked(release: Path, package: Any, tmp_path: Path) -> list[str]:
    """Return what is found of a descriptor, in a folder that has the files and nothing in them."""
    files = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()}
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


def resource_of(package: Any, path: str) -> Any:
    (resource,) = (item for item in package["resources"] if item["path"] == path)
    return resource


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


BOOK, PX, CSV_2 = "xlsx/nav-tilt140.xlsx", "px/sex-A.px", "sdmx/sex/data-2.0.csv"
# what is planted -> file, change, what is found
OF_FILES: dict[str, tuple[str, Callable[[Any], object], str]] = {
    "encoding of a table": (SEX, lambda r: r.update(encoding="latin-1"), "its encoding is not utf-8"),
    "encoding of codes": (CODES, lambda r: r.update(encoding="latin-1"), "its encoding is not utf-8"),
    "encoding of RDF": ("rdf/sex.ttl", lambda r: r.update(encoding="latin-1"), "its encoding is not utf-8"),
    "no encoding": (PX, lambda r: r.pop("encoding"), "its encoding is not utf-8"),
    "encoding of a workbook": (BOOK, lambda r: r.update(encoding="utf-8"), "it has 'encoding', where none is due"),
    "format": (SEX, lambda r: r.update(format="tsv"), "its format is not csv"),
    "no media type": (
        BOOK,
        lambda r: r.pop("mediatype"),
        "its mediatype is not application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "media type of another version": (
        "sdmx/sex/data-3.0.xml",
        lambda r: r.update(mediatype="application/vnd.sdmx.data+xml;version=3.1.0"),
        "its mediatype is not application/vnd.sdmx.data+xml;version=3.0.0",
    ),
    "no type": (SEX, lambda r: r.pop("type"), "its type is not table"),
    "no type of SDMX-CSV": (CSV_2, lambda r: r.pop("type"), "its type is not table"),
    "a type of what is no table": (PX, lambda r: r.update(type="table"), "it has 'type', where none is due"),
    "title of a table": (SEX, lambda r: r.update(title="Other"), f"its title is not '{DATASET.cube('sex').title}'"),
    "title of codes": (CODES, lambda r: r.update(title="Other"), "its title is not 'Kjønn'"),
    "titles of codes": (CODES, lambda r: r["titles"].update(en="Gender"), "its titles is not {'nb': 'Kjønn'"),
    "title of PC-Axis": (PX, lambda r: r.update(title=str(DATASET.cube("sex").title)), "its title is not"),
    "title of structures": ("sdmx/structure-3.1.xml", lambda r: r.update(title="Other"), "its title is not"),
    "no dialect": (CSV_2, lambda r: r.pop("dialect"), "its dialect is not"),
}


@pytest.mark.parametrize("fault", OF_FILES)
def test_what_a_file_is_not_is_found_with_its_path(real_release: Path, tmp_path: Path, fault: str) -> None:
    package = json.loads((real_release / "datapackage.json").read_text(encoding="utf-8"))
    path, change, message = OF_FILES[fault]
    change(resource_of(package, path))
    (found,) = checked(real_release, package, tmp_path)
    assert found.startswith(f"{path}: {message}")


@pytest.mark.parametrize("path", [PX, BOOK, "README.md", "definition/dataset.toml"])
def test_a_file_that_is_not_listed_is_found(real_release: Path, tmp_path: Path, path: str) -> None:
    package = json.loads((real_release / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"].remove(resource_of(package, path))
    assert checked(real_release, package, tmp_path) == [f"{path}: it is not listed"]


def test_a_file_is_listed_once_and_the_manifest_never(real_release: Path, tmp_path: Path) -> None:
    package = json.loads((real_release / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"].append({**resource_of(package, PX), "name": "again"})
    package["resources"].append({"name": "manifest", "path": "manifest.json"})
    assert checked(real_release, package, tmp_path) == [
        "manifest.json: it is listed, which no package does",
        f"{PX}: it is listed 2 times",
    ]


def test_every_file_of_every_format_is_known_to_the_check() -> None:
    filled = {"<cube>": "sex", "<dataset>": "nav-tilt140", "<ID>": "CL_SEX", "<FREQ>": "A", "<variant>": "1.0-both-nb"}
    paths = {path: path for format in FORMATS for path in format.paths if format.name != "datapackage"}
    for word, value in {**filled, "<file>": "x"}.items():
        paths = {path: shown.replace(word, value) for path, shown in paths.items()}
    assert [path for path, shown in paths.items() if not package_content.due(shown, DATASET)] == []
    assert [path for path, shown in paths.items() if package_content.title(shown, DATASET) is None] == []


@pytest.mark.slow
@pytest.mark.parametrize("only", [("px", "datapackage"), ("sdmx-csv", "ntriples", "turtle", "readme", "datapackage")])
def test_a_release_of_some_formats_lists_what_it_has(tmp_path: Path, only: tuple[str, ...]) -> None:
    (report,) = build(PROJECT, ["nav-tilt140"], Options(output=tmp_path / "output", only=only))
    assert "data package content" in [verdict.name for verdict in report.verdicts]
    assert validate(tmp_path / "output" / "nav-tilt140").findings == ()
