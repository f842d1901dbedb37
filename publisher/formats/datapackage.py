"""``datapackage.json``: every file of the release as a resource, tables with schema and keys (Data Package 2.0).

Written from plain dictionaries: the frictionless library adds keys of its own, and only validates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from publisher import periods
from publisher.formats import codelists
from publisher.formats.draft import NO_OBSERVATIONS, About, Draft, File, Format, Publication
from publisher.formats.rdf_common import SKOS, VOCABULARIES, XSD
from publisher.model import Attribute, Codelist, Concept, Cube, Dataset

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
NAME = "datapackage.json"
# Table Dialect 2.0: what a file has that leaves out the line terminator is CRLF.
DIALECT: Mapping[str, Any] = {
    "header": True,
    "delimiter": ",",
    "lineTerminator": "\n",
    "quoteChar": '"',
    "doubleQuote": True,
}
# What frictionless opens by its format: as a table, as an archive, or as the descriptor of something.
_OPENED = frozenset(
    (
        "csv", "tsv", "json", "jsonl", "ndjson", "geojson", "topojson", "yaml", "yml", "html", "htm",
        "xls", "xlsx", "ods", "parq", "parquet", "sav", "zip", "gz", "bz2", "xz", "sql", "db", "sqlite",
    )
)  # fmt: skip
_TEXTUAL = re.compile("text/.*|application/(.*[+])?(json|xml|toml|n-triples|n-quads|schema[+]json)")
_LICENCE_NAME = re.compile("[-a-zA-Z0-9._]+")


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Describe every file that is in the draft already; written after all other formats."""
    package = describe(publication, draft)
    path = draft.add(NAME, "application/json", f"Data package {publication.dataset.title}", "datapackage")
    path.write_text(as_json(package), encoding="utf-8", newline="\n")


def as_json(value: object) -> str:
    """Return JSON as it is written everywhere in a release: two blanks, UTF-8, a final line feed."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def describe(publication: Publication, draft: Draft) -> dict[str, Any]:
    """Return the package descriptor of a draft.

    ``$schema`` stands at the top alone, as Data Package 2.0 has it: what is below is of the same standard.
    """
    dataset, edition = publication.dataset, publication.edition
    keywords = [str(keyword) for keyword in dataset.keywords]
    package = {
        "$schema": PROFILE,
        "name": dataset.id,
        "id": dataset.names.root,
        "title": str(dataset.title),
        "titles": dict(dataset.title),
        "description": str(dataset.description),
        "descriptions": dict(dataset.description),
        "languages": list(dataset.languages),
        "version": edition.version,
        "created": edition.timestamp,
        "keywords": keywords or None,
        "licenses": [_licence(dataset)],
        "sources": [
            _without_none({"title": source.name, "path": dataset.landing_page, "version": edition.id})
            for source in publication.sources
        ],
        "contributors": _contributors(dataset),
        "homepage": dataset.landing_page,
        "resources": _Resources(publication, draft, _names(draft.files)).all(),
    }
    return _without_none(package)


def _licence(dataset: Dataset) -> dict[str, Any]:
    """Return the licence; its name only where the profile takes it for one."""
    licence = dataset.licence
    name = licence.name if _LICENCE_NAME.fullmatch(licence.name) else None
    return _without_none({"name": name, "path": licence.url, "title": licence.title})


def _contributors(dataset: Dataset) -> list[dict[str, Any]]:
    publisher, contact = dataset.publisher, dataset.contact
    return [
        _without_none({"title": str(publisher.name), "path": publisher.homepage, "roles": ["publisher"]}),
        _without_none(
            {"title": str(contact.name), "path": contact.homepage, "email": contact.email, "roles": ["contact"]}
        ),
    ]


def _names(files: Iterable[File]) -> dict[str, str]:
    """Return the name of each file's resource by its path, every name once.

    It is the cube's id for its table, the id of a codelist for its own, and the path of any other file.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for file in files:
        name = wanted = _name(file)
        number = 1
        while name in taken:
            number += 1
            name = f"{wanted}-{number}"
        taken.add(name)
        names[file.path] = name
    return names


def _name(file: File) -> str:
    if file.format == "csv" and file.cube is not None:
        return file.cube
    if file.format == "codelists":
        return PurePosixPath(file.path).stem.lower()
    return file.path.lower().replace("/", "-")


@dataclass(frozen=True, slots=True)
class _Resources:
    """The resources of a package: its files with what they hold, and the name of each by its path."""

    publication: Publication
    draft: Draft
    names: Mapping[str, str]

    @property
    def dataset(self) -> Dataset:
        return self.publication.dataset

    def all(self) -> list[dict[str, Any]]:
        """Return them in the order of writing."""
        return [self._resource(file) for file in self.draft.files]

    def _resource(self, file: File) -> dict[str, Any]:
        size, sha256 = self.draft.digest(file.path)
        common = {
            "name": self.names[file.path],
            "path": file.path,
            "title": file.title,
            "format": _format(file),
            "mediatype": file.media_type,
            "encoding": "utf-8" if _TEXTUAL.fullmatch(file.media_type.partition(";")[0]) else None,
            "bytes": size,
            "hash": f"sha256:{sha256}",
        }
        described = self._table(file)
        table = {} if described is None else {"type": "table", "dialect": dict(DIALECT), **described}
        return _without_none({**common, **table})

    def _table(self, file: File) -> dict[str, Any] | None:
        """Return what is known of a table beside its file, None where a file is none."""
        names = self.dataset.names
        if file.format == "csv" and file.cube is not None:
            cube = self.dataset.cube(file.cube)
            known = {
                "titles": dict(cube.title),
                "description": str(cube.description) if cube.description else None,
                "urn": names.urn("datastructure.Dataflow", names.dataflow(cube.id)),
            }
            return {**known, "schema": self._cube_schema(cube)}
        if file.format == "codelists":
            codelist = self.dataset.codelist(PurePosixPath(file.path).stem)
            known = {
                "titles": dict(codelist.name),
                "description": str(codelist.description) if codelist.description else None,
                "urn": names.urn("codelist.Codelist", codelist.id),
            }
            return {**known, "schema": _codelist_schema(codelist)}
        if file.columns:
            return {"schema": {"fields": [{"name": column, "type": "string"} for column in file.columns]}}
        return None

    def _cube_schema(self, cube: Cube) -> dict[str, Any]:
        """Return the schema of a cube's table: a hidden cell is an empty value, and codes are those of their list."""
        fields = [self._key_field(dimension.concept) for dimension in cube.dimensions]
        fields.append(self._value_field(cube))
        fields += [self._attribute_field(attribute) for attribute in cube.attributes]
        concepts = [*(item.concept for item in cube.dimensions), *(item.concept for item in cube.attributes)]
        foreign = [
            {"fields": [concept.id], "reference": {"resource": self.names[path], "fields": ["code"]}}
            for concept in concepts
            if concept.codelist is not None and (path := f"codelists/{concept.codelist.id}.csv") in self.names
        ]
        schema = {"fields": fields, "missingValues": [""], "primaryKey": list(cube.key_ids)}
        return _without_none({**schema, "foreignKeys": foreign or None})

    def _field(self, concept: Concept, role: str, kind: str, constraints: dict[str, Any]) -> dict[str, Any]:
        """Return a field; ``rdfType`` is the class of its values, ``propertyUrl`` the component's property."""
        names = self.dataset.names
        return _without_none(
            {
                "name": concept.id,
                "type": kind,
                "title": str(concept.name),
                "titles": dict(concept.name),
                "description": str(concept.description) if concept.description else None,
                "rdfType": _class_of(concept, kind),
                "propertyUrl": names.component(role, concept.id),
                "urn": names.urn("conceptscheme.Concept", names.concept_scheme, concept.id),
                "constraints": constraints or None,
            }
        )

    def _key_field(self, concept: Concept) -> dict[str, Any]:
        constraints: dict[str, Any] = {"required": True}
        if concept.codelist is None:
            constraints["pattern"] = periods.PATTERN
        return self._field(concept, "dimension", "string", constraints)

    def _value_field(self, cube: Cube) -> dict[str, Any]:
        """Return the field of the measure, with its unit in words, if coded, and what is said of every series alike."""
        kind = "integer" if cube.measure.decimals == 0 else "number"
        field = self._field(cube.measure.concept, "measure", kind, {})
        constant = {attribute.id: attribute.value for attribute in cube.series_attributes}
        unit = cube.unit.value_name
        return _without_none({**field, "unit": None if unit is None else str(unit), "seriesAttributes": constant})

    def _attribute_field(self, attribute: Attribute) -> dict[str, Any]:
        kind = "integer" if attribute.concept.data_type == "integer" else "string"
        constraints = {"required": True} if attribute.required else {}
        return self._field(attribute.concept, "attribute", kind, constraints)


def _format(file: File) -> str:
    """Return the suffix of a file, unless frictionless would open by it what is no table, or no descriptor.

    Then it is the name of the format, or "bin" where that would be opened too.
    """
    suffix = PurePosixPath(file.path).suffix.removeprefix(".").lower()
    if suffix not in _OPENED or suffix == "csv":
        return suffix
    if suffix == "json" and "vnd.sdmx" in file.media_type:
        return "sdmx-json"
    return "bin" if file.format in _OPENED else file.format


def _class_of(concept: Concept, kind: str) -> str:
    if concept.codelist is not None:
        return f"{SKOS}Concept"
    if concept.data_type == "period":
        return f"{VOCABULARIES['time']}Interval"
    return f"{XSD}{'decimal' if kind == 'number' else kind}"


def _codelist_schema(codelist: Codelist) -> dict[str, Any]:
    """Return the schema of a codelist's table; a parent is a code of the same table.

    That is the resource "": readers of version 1 ask for it, and those of version 2 must take it.
    """
    fields = [
        {"name": column, "type": "string", **({"constraints": {"required": True}} if column == "code" else {})}
        for column in codelists.columns(codelist)
    ]
    foreign = [{"fields": ["parent"], "reference": {"resource": "", "fields": ["code"]}}]
    return {"fields": fields, "missingValues": [""], "primaryKey": ["code"], "foreignKeys": foreign}


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
