"""What a data package says, under the official profile of Data Package 2.0 and as readers take it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from made_up import DATASET, write_project

from publisher.build import Options, build
from publisher.checks import package_datapackage
from publisher.checks.package_profile import profile_faults
from publisher.checks.patterns import is_harmless
from publisher.formats import datapackage
from publisher.formats.draft import File

pytestmark = pytest.mark.slow

ONLY = ("definition", "codelists", "csv", "parquet", "sdmx-json", "sdmx-csv", "json-stat", "readme", "datapackage")
PROFILES = files("publisher.checks") / "profiles" / "2.0"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose dataset has nothing in common with the real one, built."""
    folder = tmp_path_factory.mktemp("packages")
    write_project(folder)
    build(folder, [], Options(only=ONLY))
    return folder


@pytest.fixture(scope="module")
def package(project: Path) -> dict[str, Any]:
    """The descriptor of its release, not to be changed."""
    return read(project / "output" / DATASET / "datapackage.json")


def read(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


def resource(package: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in package["resources"] if item["name"] == name)


def test_the_profiles_are_whole_and_the_same_in_each_other() -> None:
    profiles = {
        name: read(Path(str(PROFILES / f"{name}.json"))) for name in ("datapackage", "dataresource", "tableschema")
    }
    assert all('"$ref"' not in json.dumps(profile) for profile in profiles.values())
    inner = bare(profiles["datapackage"]["properties"]["resources"]["items"])
    assert inner == bare(profiles["dataresource"])
    assert inner["properties"]["schema"]["properties"] == {
        name: value for name, value in bare(profiles["tableschema"])["properties"].items()
    }


def bare(value: Any) -> Any:
    """Return a profile without what only people read."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    if not isinstance(value, dict):
        return value
    words = ("title", "description", "examples", "context", "propertyOrder")
    return {
        key: bare(item)
        for key, item in value.items()
        if not (key in words and isinstance(item, str | list | int))
        and not (key == "$schema" and isinstance(item, str))
    }


def test_the_package_of_any_dataset_holds_under_the_profile(package: dict[str, Any]) -> None:
    assert list(profile_faults(package)) == []


def test_the_root_package_holds_under_the_profile_and_says_whose_terms_hold(
    project: Path, package: dict[str, Any]
) -> None:
    root = read(project / "datapackage.json")
    assert list(profile_faults(root)) == []
    assert {item["name"] for item in root["resources"]} >= {f"{DATASET}.jobs", f"{DATASET}.cl_region"}
    for item in root["resources"]:
        assert item["licenses"] == package["licenses"]
        assert item["sources"] == package["sources"]
    parent = resource(root, f"{DATASET}.cl_region")["schema"]["foreignKeys"][0]
    assert parent["reference"] == {"resource": "", "fields": ["code"]}


def test_the_root_package_is_read_by_frictionless_and_by_the_older_reader(project: Path) -> None:
    from frictionless import Package

    root = read(project / "datapackage.json")
    shown = {item["name"]: item["path"] for item in root["resources"]}
    assert list(package_datapackage.found(root, str(project), shown)) == []
    report = Package.from_descriptor(root, basepath=str(project)).validate()
    assert report.valid, report.flatten(["message"])
    assert report.stats["tasks"] == len(root["resources"])


FAULTS: dict[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "no resources": (lambda values: values.pop("resources"), "$", "'resources' is a required property"),
    "an empty list of resources": (lambda values: values.update(resources=[]), "$.resources", "is empty"),
    "a resource without data": (lambda values: values["resources"][0].pop("path"), "$.resources[0]", "path"),
    "path and data": (lambda values: values["resources"][0].update(data=[]), "$.resources[0]", "not both"),
    "a path upwards": (
        lambda values: values["resources"][0].update(path="../x.csv"), "$.resources[0].path", "nor an address",
    ),
    "a hash that is none": (lambda values: values["resources"][0].update(hash="x"), "$.resources[0].hash", "no hash"),
    "bytes in words": (lambda values: values["resources"][0].update(bytes="5"), "$.resources[0].bytes", "integer"),
    "another type of resource": (
        lambda values: values["resources"][0].update(type="file"), "$.resources[0].type", "table",
    ),
    "a media type that is none": (
        lambda values: values["resources"][0].update(mediatype="csv"), "$.resources[0].mediatype", "no media type",
    ),
    "a licence of nothing": (lambda values: values.update(licenses=[{}]), "$.licenses[0]", "must have name or path"),
    "a licence with blanks": (
        lambda values: values.update(licenses=[{"name": "CC BY"}]), "$.licenses[0].name", "other characters",
    ),
    "no contributors": (lambda values: values.update(contributors=[]), "$.contributors", "is empty"),
    "a moment that is none": (lambda values: values.update(created="yesterday"), "$.created", "no date-time"),
    "a homepage that is none": (lambda values: values.update(homepage="no address"), "$.homepage", "no uri"),
    "a keyword that is none": (lambda values: values.update(keywords=[1]), "$.keywords[0]", "string"),
    "a field without name": (
        lambda values: field(values).pop("name"), "$.resources[1].schema.fields[0]", "'name' is a required",
    ),
    "an unknown type": (lambda values: field(values).update(type="code"), "$.resources[1].schema.fields[0]", '"code"'),
    "a format of another type": (
        lambda values: field(values).update(type="integer", format="email"),
        "$.resources[1].schema.fields[0].format",
        "not one of: default",
    ),
    "a pattern that is no text": (
        lambda values: field(values).update(constraints={"pattern": 5}),
        "$.resources[1].schema.fields[0].constraints.pattern",
        "string",
    ),
    "a delimiter that is no text": (
        lambda values: values["resources"][1].update(dialect={"delimiter": 1}),
        "$.resources[1].dialect.delimiter",
        "string",
    ),
    "another fieldsMatch": (
        lambda values: values["resources"][1]["schema"].update(fieldsMatch="some"),
        "$.resources[1].schema.fieldsMatch",
        "some",
    ),
}  # fmt: skip


def field(values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = values["resources"][1]["schema"]["fields"][0]
    return found


def small() -> dict[str, Any]:
    table = {"name": "b", "path": "b.csv", "schema": {"fields": [{"name": "x", "type": "string"}]}}
    return {"$schema": datapackage.PROFILE, "name": "a", "resources": [{"name": "a", "path": "a.csv"}, table]}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_with_its_place_and_what_would_be_right(fault: str) -> None:
    change, place, words = FAULTS[fault]
    values = small()
    change(values)
    (message,) = profile_faults(values)
    assert message.startswith(f"{place}: ")
    assert words in message


def test_equal_faults_are_all_found_also_after_what_was_right() -> None:
    values = small()
    wrong = {"name": "y", "type": "none"}
    values["resources"][1]["schema"]["fields"] += [wrong, {"name": "x", "type": "string"}, dict(wrong)]
    assert [message.partition(":")[0] for message in profile_faults(values)] == [
        "$.resources[1].schema.fields[1]",
        "$.resources[1].schema.fields[3]",
    ]


def test_where_profile_and_standard_contradict_each_other_the_standard_holds() -> None:
    values = small()
    values["resources"][1]["schema"]["fieldsMatch"] = "subset"
    values["resources"][1]["schema"]["fields"].append({"name": "y", "type": "list"})
    assert list(profile_faults(values)) == []


def test_a_package_says_what_its_readers_ask_for(package: dict[str, Any]) -> None:
    assert package["$schema"] == datapackage.PROFILE
    assert package["version"] == "2024.9.1"
    assert package["created"] == "2024-11-06T00:00:00Z"
    assert package["languages"] == ["en", "fr"]
    assert package["titles"]["fr"] == "Établissements"
    assert {source["version"] for source in package["sources"]} == {"2024-09"}
    assert [person["roles"] for person in package["contributors"]] == [["publisher"], ["contact"]]
    table = resource(package, "turnover")
    assert table["dialect"]["lineTerminator"] == "\n"
    assert (table["type"], table["encoding"]) == ("table", "utf-8")
    assert table["urn"] == "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=EXAMPLE:DF_MADEUP_TURNOVER(2.1)"
    assert all("$schema" not in item for item in package["resources"])
    assert "$schema" not in table["schema"]


def test_a_field_says_its_class_its_property_and_its_unit(package: dict[str, Any]) -> None:
    fields = {item["name"]: item for item in resource(package, "turnover")["schema"]["fields"]}
    root = "https://statistics.example.org/open/made-up"
    assert fields["SECTOR"]["rdfType"] == "http://www.w3.org/2004/02/skos/core#Concept"
    assert fields["SECTOR"]["propertyUrl"] == f"{root}/dimension/SECTOR"
    assert fields["TIME_PERIOD"]["rdfType"] == "http://www.w3.org/2006/time#Interval"
    assert fields["OBS_VALUE"]["rdfType"] == "http://www.w3.org/2001/XMLSchema#decimal"
    assert fields["OBS_VALUE"]["type"] == "number"
    assert fields["OBS_VALUE"]["unit"] == "Euro"
    assert fields["OBS_VALUE"]["seriesAttributes"] == {"UNIT_MEASURE": "EUR", "UNIT_MULT": "6", "DECIMALS": "2"}
    urn = "urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=EXAMPLE:CS_MADEUP(2.1).SECTOR"
    assert fields["SECTOR"]["urn"] == urn


@pytest.mark.parametrize(
    ("period", "fits"),
    [
            ("2024", True), ("2024-12", True), ("2024-Q4", True), ("2024-T3", True), ("2024-S2", True),
            ("2024-W53", True), ("2024-02-29", True), ("2024-13", False), ("2024-00", False), ("2024-Q5", False),
            ("2024-W54", False), ("24", False), ("2024-1", False), ("٢٠٢٤", False), ("2024-12\n", False),
    ],
)  # fmt: skip
def test_the_pattern_of_a_period_takes_periods_alone(package: dict[str, Any], period: str, fits: bool) -> None:
    import re

    (field,) = [item for item in resource(package, "jobs")["schema"]["fields"] if item["name"] == "TIME_PERIOD"]
    pattern = field["constraints"]["pattern"]
    assert is_harmless(pattern)
    assert bool(re.fullmatch(pattern, period)) == fits


def test_frictionless_takes_no_other_file_for_a_table_or_a_descriptor(project: Path, package: dict[str, Any]) -> None:
    from frictionless import Package

    read = Package.from_descriptor(package, basepath=str(project / "output" / DATASET))
    kinds = {item["path"]: (item.get("type"), item["format"]) for item in package["resources"]}
    for item in read.resources:
        kind, format = kinds[item.path]
        assert item.tabular == (kind == "table" or format == "csv"), item.path
        assert item.datatype in ("table", "file", "text", "article", "document"), item.path


@pytest.mark.parametrize(
    ("path", "media_type", "format", "expected"),
    [
        ("data/a.csv", "text/csv", "csv", "csv"),
        ("data/a.parquet", "application/vnd.apache.parquet", "parquet", "bin"),
        ("sdmx/a/data-2.0.json", "application/vnd.sdmx.data+json;version=2.0.0", "sdmx-json", "sdmx-json"),
        ("sdmx/structure-2.0.json", "application/vnd.sdmx.structure+json", "sdmx-structure", "sdmx-json"),
        ("json-stat/a.json", "application/json", "json-stat", "json-stat"),
        ("data/csv-metadata.json", "application/csvm+json", "csvw", "csvw"),
        ("xlsx/a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "bin"),
        ("px/a-M.px", "text/plain", "px", "px"),
        ("rdf/a.ttl", "text/turtle", "turtle", "ttl"),
        ("rdf/a.nt.gz", "application/gzip", "ntriples", "ntriples"),
        ("explorer.html", "text/html", "page", "page"),
    ],
)
def test_the_format_of_a_file_is_none_that_frictionless_opens(
    path: str, media_type: str, format: str, expected: str
) -> None:
    assert datapackage._format(File(path, media_type, "", format)) == expected


def test_each_resource_has_a_name_of_its_own() -> None:
    files = [
        File("data/a.csv", "text/csv", "", "csv", "a"),
        File("codelists/CL_A.csv", "text/csv", "", "codelists"),
        File("codelists/CL_a.csv", "text/csv", "", "codelists"),
        File("definition/CL_A.csv", "text/csv", "", "definition"),
        File("definition/cl_a.csv", "text/csv", "", "definition"),
    ]
    assert list(datapackage._names(files).values()) == [
        "a",
        "cl_a",
        "cl_a-2",
        "definition-cl_a.csv",
        "definition-cl_a.csv-2",
    ]


def test_a_licence_without_a_short_name_is_said_by_its_address(tmp_path: Path) -> None:
    write_project(tmp_path)
    definition = tmp_path / "schemas" / DATASET / "dataset.toml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace('name = "CC0-1.0"', 'name = "CC0 1.0"'), encoding="utf-8")
    build(tmp_path, [], Options(only=("csv", "datapackage")))
    licence = read(tmp_path / "output" / DATASET / "datapackage.json")["licenses"]
    assert licence == [{"path": "https://creativecommons.org/publicdomain/zero/1.0/", "title": "CC0 1.0 Universal"}]


def test_a_release_that_was_moved_is_still_read(project: Path, tmp_path: Path) -> None:
    from frictionless import Package

    folder = Path(shutil.copytree(project / "output" / DATASET, tmp_path / "elsewhere"))
    report = Package.from_descriptor(read(folder / "datapackage.json"), basepath=str(folder)).validate()
    assert report.valid, report.flatten(["message"])


@pytest.mark.parametrize(
    ("pattern", "harmless"),
    [
        ("[A-Z]{2}", True), (r"^\d{4}-\d{3}[\dX]$", True), ("a+b*", True), ("(a|b)?c", True),
        ("(a+)+", False), ("(a|aa)*", False), ("(a){1,50}", False), ("a*a*a*b", False), ("a?" * 30, False),
        (r"(a)\1", False), ("(?=a)", False), ("a" * 2_000, False),
    ],
)  # fmt: skip
def test_a_pattern_that_might_never_end_is_known(pattern: str, harmless: bool) -> None:
    assert is_harmless(pattern) == harmless
