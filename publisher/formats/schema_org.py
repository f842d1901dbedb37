"""``catalog.jsonld``: the dataset for search engines, as ``Dataset`` of schema.org.

Source: schema.org, Dataset, DataDownload and DataCatalog; Google Search Central, "Dataset structured
data" (required: name, description; recommended: the others here). Each cube is a part of the dataset
with its own downloads; files of all cubes are downloads of the dataset itself. The context stands in
the file, so that nothing is fetched to read it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from publisher.formats import catalog_listed, rdf_common
from publisher.formats.catalog_coverage import coverage, span
from publisher.formats.catalog_listed import Listed
from publisher.formats.draft import NO_OBSERVATIONS, About, Draft, Format, Publication
from publisher.model import Agent, Cube, Text

CONTEXT = {"@vocab": "https://schema.org/"}


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write the description of what is in the draft."""
    files = catalog_listed.listed(draft)
    described = {"@context": CONTEXT, **_dataset(publication, files)}
    path = draft.add("catalog.jsonld", "application/ld+json", "Catalogue entry (schema.org)", "schema-org")
    text = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _dataset(publication: Publication, files: tuple[Listed, ...]) -> dict[str, Any]:
    """Return the description of the dataset, its cubes inside."""
    dataset = publication.dataset
    names = dataset.names
    covered = {item.cube.id: coverage(item) for item in publication.observations}
    common = _common(publication)
    catalog = {"@id": names.iri("catalog"), "@type": "DataCatalog", "name": _text(dataset.title)}
    parts = [
        {
            "@id": names.cube(cube.id),
            "@type": "Dataset",
            "name": _text(cube.title),
            "description": _text(cube.description or dataset.description),
            "identifier": names.urn("datastructure.Dataflow", names.dataflow(cube.id)),
            "isPartOf": {"@id": names.root},
            **common,
            "temporalCoverage": _interval(span([covered[cube.id]])),
            "variableMeasured": _measured(publication, cube),
            "distribution": _downloads(publication, files, cube.id),
        }
        for cube in dataset.cubes
    ]
    return _without_empty(
        {
            "@id": names.root,
            "@type": "Dataset",
            "name": _text(dataset.title),
            "description": _text(dataset.description),
            "identifier": names.root,
            "sameAs": dataset.landing_page,
            **common,
            "includedInDataCatalog": catalog,
            "temporalCoverage": _interval(span(covered.values())),
            "distribution": _downloads(publication, files, None),
            "hasPart": [_without_empty(part) for part in parts],
        }
    )


def _common(publication: Publication) -> dict[str, Any]:
    """Return what holds for the dataset and for each cube alike."""
    dataset, edition = publication.dataset, publication.edition
    issued = catalog_listed.first_issued(dataset, edition)
    publisher = _organization(dataset.publisher, rdf_common.publisher_iri(dataset))
    contact = {
        "@id": dataset.names.iri("catalog", "contact"),
        "@type": "ContactPoint",
        "name": _text(dataset.contact.name),
        "email": dataset.contact.email,
        "url": dataset.contact.homepage,
    }
    return {
        "url": catalog_listed.page(dataset),
        "keywords": [value for keyword in dataset.keywords for value in _text(keyword)],
        "version": edition.version,
        "datePublished": issued and issued.date().isoformat(),
        "dateModified": edition.prepared.date().isoformat(),
        "inLanguage": list(dataset.languages),
        "license": dataset.licence.url,
        "isAccessibleForFree": dataset.catalogue.access_rights == "PUBLIC",
        "creator": {**publisher, "contactPoint": _without_empty(contact)},
        "publisher": {"@id": publisher["@id"]},
        "spatialCoverage": [{"@id": place, "@type": "Place"} for place in dataset.catalogue.spatial],
    }


def _organization(agent: Agent, iri: str) -> dict[str, Any]:
    described = {
        "@id": iri,
        "@type": "Organization",
        "name": _text(agent.name),
        "identifier": agent.identifier,
        "url": agent.homepage,
    }
    return _without_empty(described)


def _measured(publication: Publication, cube: Cube) -> dict[str, Any]:
    """Return what a cube measures, and in which unit."""
    concept, unit = cube.measure.concept, cube.series_attributes[0]
    codelist = unit.concept.codelist
    return _without_empty(
        {
            "@type": "PropertyValue",
            "propertyID": publication.dataset.names.component("measure", concept.id),
            "name": _text(concept.name),
            "description": _text(concept.description),
            "unitText": unit.value if codelist is None else _text(codelist[unit.value].name),
        }
    )


def _downloads(publication: Publication, files: Iterable[Listed], cube: str | None) -> list[dict[str, Any]]:
    """Return the files of a cube, or those of all cubes, in the order they were written."""
    dataset = publication.dataset
    return [
        {
            "@id": dataset.names.distribution(item.path),
            "@type": "DataDownload",
            "name": _text(catalog_listed.file_title(item, dataset)),
            "contentUrl": dataset.names.download(item.path, dataset.catalogue.download_url),
            "encodingFormat": item.file.media_type,
            "contentSize": f"{item.bytes} B",
            "sha256": item.sha256,
        }
        for item in files
        if item.file.cube == cube
    ]


def _interval(days: tuple[date, date] | None) -> str | None:
    """Return an interval of ISO 8601."""
    return days and f"{days[0].isoformat()}/{days[1].isoformat()}"


def _text(text: Text | None) -> list[dict[str, str]]:
    """Return words as values with their language."""
    return [{"@language": language, "@value": words} for language, words in text or ()]


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, [], {})}


FORMAT = Format(
    "schema-org",
    "Catalogue entry: schema.org Dataset",
    ("catalog.jsonld",),
    write,
    About(
        ("application/ld+json",),
        ("schema.org Dataset", "https://schema.org/Dataset"),
        ("search engines",),
        "catalog.jsonld",
        {**NO_OBSERVATIONS, "hierarchy": "in rdf/codelists.ttl"},
    ),
)
