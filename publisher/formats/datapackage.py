"""``datapackage.json``: every file of the release as a resource, tables with schema and keys (Data Package 2.0).

Written from plain dictionaries: the frictionless library adds keys of its own, and only validates.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from publisher.formats import codelists
from publisher.formats.draft import NO_OBSERVATIONS, About, Draft, File, Format, Publication
from publisher.model import Attribute, Codelist, Concept, Cube, Dataset, Text

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
NAME = "datapackage.json"
_PERIOD_PATTERN = r"\d{4}(-\d{2}(-\d{2})?|-[QTS]\d|-W\d{2})?"


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Describe every file that is in the draft already; written after all other formats."""
    package = describe(publication, draft)
    path = draft.add(NAME, "application/json", f"Data package {publication.dataset.title}", "datapackage")
    path.write_text(as_json(package), encoding="utf-8", newline="\n")


def as_json(value: object) -> str:
    """Return JSON as it is written everywhere in a release: two blanks, UTF-8, a final line feed."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def describe(publication: Publication, draft: Draft) -> dict[str, Any]:
    """Return the package descriptor of a draft."""
    dataset, edition = publication.dataset, publication.edition
    described: dict[str, Any] = {
        "$schema": PROFILE,
        "name": dataset.id,
        "id": dataset.names.root,
        "title": str(dataset.title),
        "titles": _by_language(dataset.title),
        "description": str(dataset.description),
        "version": edition.version,
        "created": edition.timestamp,
        "keywords": [str(keyword) for keyword in dataset.keywords],
        "licenses": [
            {"name": dataset.licence.name, "path": dataset.licence.url, "title": dataset.licence.title},
        ],
        "sources": [
            _without_none({"title": source.name, "path": dataset.landing_page}) for source in publication.sources
        ],
        "contributors": _contributors(dataset),
    }
    if dataset.landing_page:
        described["homepage"] = dataset.landing_page
    if not described["keywords"]:
        del described["keywords"]
    described["resources"] = [_resource(publication, draft, file) for file in draft.files]
    return described


def _contributors(dataset: Dataset) -> list[dict[str, Any]]:
    publisher, contact = dataset.publisher, dataset.contact
    return [
        _without_none({"title": str(publisher.name), "path": publisher.homepage, "roles": ["publisher"]}),
        _without_none(
            {"title": str(contact.name), "path": contact.homepage, "email": contact.email, "roles": ["contact"]}
        ),
    ]


def _resource(publication: Publication, draft: Draft, file: File) -> dict[str, Any]:
    size, sha256 = draft.digest(file.path)
    common: dict[str, Any] = {
        "name": resource_name(file),
        "path": file.path,
        "title": file.title,
        "format": _format(file),
        "mediatype": file.media_type,
        "bytes": size,
        "hash": f"sha256:{sha256}",
    }
    present = {other.path for other in draft.files}
    if file.format == "csv" and file.cube is not None:
        schema = _cube_schema(publication.dataset, publication.dataset.cube(file.cube), present)
    elif file.format == "codelists":
        schema = _codelist_schema(publication.dataset.codelist(PurePosixPath(file.path).stem))
    elif file.columns:
        schema = {"fields": [{"name": column, "type": "string"} for column in file.columns]}
    else:
        return common
    return {**common, "type": "table", "encoding": "utf-8", "schema": schema}


def _format(file: File) -> str:
    """Return the suffix of a file, unless frictionless takes it for what the file is not.

    Parquet would be read as a table whose nulls are errors, and JSON with ``data`` at its top, as
    SDMX-JSON has, for the descriptor of a resource.
    """
    suffix = PurePosixPath(file.path).suffix.removeprefix(".")
    if suffix == "parquet":
        return "bin"
    return "sdmx-json" if "vnd.sdmx" in file.media_type and suffix == "json" else suffix


def resource_name(file: File) -> str:
    """Return the name of a file's resource: the cube's id for its table, the id of a codelist, else its path."""
    if file.format == "csv" and file.cube is not None:
        return file.cube
    if file.format == "codelists":
        return codelist_resource(PurePosixPath(file.path).stem)
    return file.path.lower().replace("/", "-")


def codelist_resource(codelist: str) -> str:
    """Return the name of a codelist's resource."""
    return codelist.lower()


def _cube_schema(dataset: Dataset, cube: Cube, present: set[str]) -> dict[str, Any]:
    fields = [_key_field(dataset, dimension.concept) for dimension in cube.dimensions]
    fields.append(_value_field(dataset, cube))
    fields += [_attribute_field(dataset, attribute) for attribute in cube.attributes]
    concepts = [*(item.concept for item in cube.dimensions), *(item.concept for item in cube.attributes)]
    foreign = [
        {"fields": [concept.id], "reference": {"resource": codelist_resource(codelist.id), "fields": ["code"]}}
        for concept in concepts
        if (codelist := concept.codelist) is not None and f"codelists/{codelist.id}.csv" in present
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""], "primaryKey": list(cube.key_ids)}
    return {**schema, "foreignKeys": foreign} if foreign else schema


def _field(dataset: Dataset, concept: Concept, role: str, kind: str, constraints: dict[str, Any]) -> dict[str, Any]:
    description = str(concept.description) if concept.description else None
    field = {
        "name": concept.id,
        "type": kind,
        "title": str(concept.name),
        "titles": _by_language(concept.name),
        "description": description,
        "rdfType": dataset.names.component(role, concept.id),
        "constraints": constraints or None,
    }
    return _without_none(field)


def _key_field(dataset: Dataset, concept: Concept) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True}
    if concept.codelist is None:
        constraints["pattern"] = _PERIOD_PATTERN
    return _field(dataset, concept, "dimension", "string", constraints)


def _value_field(dataset: Dataset, cube: Cube) -> dict[str, Any]:
    kind = "integer" if cube.measure.decimals == 0 else "number"
    field = _field(dataset, cube.measure.concept, "measure", kind, {})
    constant = {attribute.id: attribute.value for attribute in cube.series_attributes}
    return {**field, "seriesAttributes": constant}


def _attribute_field(dataset: Dataset, attribute: Attribute) -> dict[str, Any]:
    kind = "integer" if attribute.concept.data_type == "integer" else "string"
    constraints = {"required": True} if attribute.required else {}
    return _field(dataset, attribute.concept, "attribute", kind, constraints)


def _codelist_schema(codelist: Codelist) -> dict[str, Any]:
    fields: list[dict[str, Any]] = [
        {"name": column, "type": "string", **({"constraints": {"required": True}} if column == "code" else {})}
        for column in codelists.columns(codelist)
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""], "primaryKey": ["code"]}
    schema["foreignKeys"] = [{"fields": ["parent"], "reference": {"resource": "", "fields": ["code"]}}]
    return schema


def _by_language(text: Text) -> dict[str, str]:
    return dict(text)


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


FORMAT = Format(
    "datapackage",
    "Frictionless data package of every file",
    (NAME,),
    write,
    About(
        ("application/json",),
        ("Data Package 2.0", "https://datapackage.org/standard/data-package/"),
        ("frictionless", "datapackage", "CKAN"),
        "datapackage.json",
        {
            **NO_OBSERVATIONS,
            "hierarchy": "in the codelists, as a key of each to itself",
        },
    ),
)
