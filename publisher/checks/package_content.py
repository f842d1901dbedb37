"""The data package says of every table what the definition says: columns, keys, names, unit. No schema can see that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from publisher.checks import package_descriptor
from publisher.checks.check import Check, Outcome, Subject
from publisher.errors import Finding
from publisher.model import UNIT_MEASURE, Concept, Cube

RULE = "data-package"
_PACKAGE = "datapackage.json"
_MOST_FINDINGS = 20


def run(subject: Subject) -> Outcome:
    """Compare the schema of every table of observations and of codes with the definition."""
    package, faults = package_descriptor.read_release(subject.folder, subject.files)
    if faults:
        return Outcome(nothing=True)  # another check says so
    tables = {resource["path"]: resource for resource in package["resources"]}
    paths = {resource["name"]: resource["path"] for resource in package["resources"]}
    messages: list[str] = []
    count = 0
    for cube in subject.dataset.cubes:
        if (path := f"data/{cube.id}.csv") in subject.files:
            count += 1
            messages += (f"{path}: {message}" for message in _cube(tables.get(path, {}), cube, subject, paths))
    for codelist in subject.dataset.codelists:
        if (path := f"codelists/{codelist.id}.csv") in subject.files:
            count += 1
            messages += (f"{path}: {message}" for message in _codelist(tables.get(path, {}), paths))
    shown = messages[:_MOST_FINDINGS]
    if more := len(messages) - len(shown):
        shown.append(f"and {more:,} more")
    findings = (Finding(RULE, f"{message}, as the definition has it", file=_PACKAGE) for message in shown)
    return Outcome(tuple(findings), f"{count} tables")


def _cube(resource: dict[str, Any], cube: Cube, subject: Subject, paths: Mapping[str, str]) -> Iterator[str]:
    schema = _schema(resource)
    fields = {field.get("name"): field for field in schema.get("fields", ()) if isinstance(field, dict)}
    if tuple(fields) != cube.columns:
        yield f"its fields are not {', '.join(cube.columns)}"
        return
    if schema.get("primaryKey") != list(cube.key_ids):
        yield f"its primaryKey is not {', '.join(cube.key_ids)}"
    concepts: dict[str, Concept] = {item.id: item.concept for item in cube.dimensions}
    concepts |= {item.id: item.concept for item in cube.attributes}
    lists = {component: f"codelists/{item.codelist.id}.csv" for component, item in concepts.items() if item.codelist}
    wanted = {(component, path) for component, path in lists.items() if path in subject.files}
    found = set(_keys(schema, paths))
    for component, codelist in sorted(wanted ^ found):
        yield f"its foreignKeys {'lack' if (component, codelist) in wanted else 'have'} {component} to {codelist}"
    for component, concept in {**concepts, cube.measure.id: cube.measure.concept}.items():
        if fields[component].get("titles") != dict(concept.name):
            yield f"the titles of {component} are not those of its concept"
    yield from _value(fields[cube.measure.id], cube)


def _value(field: dict[str, Any], cube: Cube) -> Iterator[str]:
    """Yield what is wrong with the column of values: its type, unit and what else is said of all of them."""
    kind = "integer" if cube.measure.decimals == 0 else "number"
    constant = {attribute.id: attribute.value for attribute in cube.series_attributes}
    units = {attribute.id: _name(attribute.concept, attribute.value) for attribute in cube.series_attributes}
    for name, value in (("type", kind), ("seriesAttributes", constant), ("unit", units[UNIT_MEASURE])):
        if field.get(name) != value:
            yield f"the {name} of {cube.measure.id} is not {value}"


def _name(concept: Concept, code: str) -> str | None:
    return None if concept.codelist is None else str(concept.codelist[code].name)


def _codelist(resource: dict[str, Any], paths: Mapping[str, str]) -> Iterator[str]:
    schema = _schema(resource)
    if schema.get("primaryKey") != ["code"]:
        yield "its primaryKey is not code"
    if set(_keys(schema, paths)) != {("parent", "")}:
        yield "its foreignKeys are not parent to the table itself"


def _keys(schema: dict[str, Any], paths: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (column, file) of every foreign key of one column to the codes of a table; of itself the file is empty."""
    for key in schema.get("foreignKeys", ()):
        reference = key.get("reference", {})
        columns, name = key.get("fields"), str(reference.get("resource"))
        to_codes = reference.get("fields") == ["code"]
        yield (",".join(columns), paths.get(name, name)) if to_codes else (str(columns), "no codes")


def _schema(resource: dict[str, Any]) -> dict[str, Any]:
    schema = resource.get("schema")
    return schema if isinstance(schema, dict) else {}


CHECKS = (
    Check(
        "data package content",
        "publisher",
        "fast",
        run,
        needs=("datapackage", "csv"),
        files=(_PACKAGE,),
    ),
)
