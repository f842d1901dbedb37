"""``catalog.ttl``: the catalogue entry, as portals harvest it: DCAT-AP 3.0.1 and DCAT-AP-NO 3.

The dataset is a series, each cube a dataset of it, and what belongs to all cubes the dataset
``common``. Every file that is written before the catalogue is a distribution of one of them, deltas
aside. VoID, PROV and DQV stand beside. No node is blank. Datasets are typed ``dcat:Resource`` too, which
the shapes of DCAT-AP 3.0.1 want of what a record is of.

Sources: DCAT 3 (W3C 2024), sections 6 and 11; DCAT-AP 3.0.1; DCAT-AP-NO 3 (Digdir), classes Katalog,
Katalogpost, Datasett, Datasettserie, Distribusjon, Aktør, Kontaktopplysning, Sjekksum and Tidsrom.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from publisher.definition import authorities
from publisher.formats import catalog_listed, catalog_provenance, catalog_quality, catalog_rdf, rdf_common
from publisher.formats.catalog_coverage import Coverage, coverage, frequency, span
from publisher.formats.catalog_graph import PREFIXES, CatalogGraph
from publisher.formats.catalog_listed import Listed
from publisher.formats.draft import NO_OBSERVATIONS, About, Draft, Format, Publication
from publisher.model import Text
from publisher.naming import mailto


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write the catalogue entry of what is in the draft."""
    files = catalog_listed.listed(draft)
    covered = {item.cube.id: coverage(item) for item in publication.observations}
    writer = _Writer(publication, files, covered)
    writer.catalogue()
    writer.series()
    writer.cubes()
    writer.common()
    writer.publisher()
    writer.contact()
    for item in files:
        writer.distribution(item)
    catalog_rdf.describe(publication, draft, files, covered, writer.graph)
    catalog_provenance.describe(publication, writer.graph)
    catalog_quality.describe(publication.dataset.names, publication.dataset.languages, covered, writer.graph)
    path = draft.add("catalog.ttl", "text/turtle", "Catalogue entry (DCAT-AP)", "catalog")
    names = publication.dataset.names
    prefixes = {
        **PREFIXES,
        "": f"{names.root}/",
        "catalog": f"{names.iri('catalog')}/",
        "file-type": authorities.FILE_TYPES.start,
    }
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(rdf_common.turtle(writer.graph.graph, prefixes))


class _Writer:
    """Adds to one graph, resource by resource."""

    def __init__(self, publication: Publication, files: tuple[Listed, ...], covered: Mapping[str, Coverage]) -> None:
        self.graph = CatalogGraph()
        self._publication, self._files, self._covered = publication, files, covered
        self._dataset, self._edition = publication.dataset, publication.edition
        self._names = self._dataset.names
        self._contact = self._names.iri("catalog", "contact")
        self._publisher = rdf_common.publisher_iri(self._dataset)
        self._common = self._names.iri("common")

    def catalogue(self) -> None:
        """Add the catalogue: one entry for the series, each cube and what is common, with a record of each."""
        catalog, graph = self._names.iri("catalog"), self.graph
        graph.types(catalog, "dcat:Catalog")
        self._described(catalog, self._dataset.title, self._dataset.description, catalog)
        self._licence(catalog)
        graph.document(catalog, "foaf:homepage", catalog_listed.page(self._dataset))
        graph.link(catalog, "dcat:themeTaxonomy", authorities.THEMES.scheme)
        graph.scheme(authorities.THEMES.scheme, authorities.THEMES.title)
        cubes = [((cube.id,), self._names.cube(cube.id), cube.title) for cube in self._dataset.cubes]
        series = ((), self._names.root, self._dataset.title)
        for words, topic, title in (series, *cubes, (("common",), self._common, self._common_title())):
            record = self._names.iri("catalog", "record", *words)
            graph.link(catalog, "dcat:dataset", topic)
            graph.link(catalog, "dcat:record", record)
            graph.types(record, "dcat:CatalogRecord")
            graph.link(record, "foaf:primaryTopic", topic)
            graph.literal(record, "dct:identifier", record)
            graph.text(record, "dct:title", title)
            self._dates(record)

    def series(self) -> None:
        """Add the series: the cubes in their order, and what holds for all of them."""
        root, graph = self._names.root, self.graph
        graph.types(root, "dcat:DatasetSeries", "dcat:Dataset", "dcat:Resource")
        self._described(root, self._dataset.title, self._dataset.description, root)
        self._catalogued(root, span(self._covered.values()), self._names.iri("catalog", "temporal"))
        cubes = [self._names.cube(cube.id) for cube in self._dataset.cubes]
        graph.link(root, "dcat:first", cubes[0])
        graph.link(root, "dcat:last", cubes[-1])
        for before, cube in pairwise(cubes):
            graph.link(cube, "dcat:prev", before)
        graph.link(root, "dct:relation", self._common)

    def cubes(self) -> None:
        """Add each cube, a dataset of the series."""
        for cube in self._dataset.cubes:
            iri = self._names.cube(cube.id)
            self.graph.types(iri, "dcat:Dataset", "dcat:Resource")
            identifier = self._names.urn("datastructure.Dataflow", self._names.dataflow(cube.id))
            self._described(iri, cube.title, cube.description or self._dataset.description, identifier)
            covered = span([self._covered[cube.id]])
            self._catalogued(iri, covered, self._names.iri("catalog", "temporal", cube.id))
            self.graph.link(iri, "dcat:inSeries", self._names.root)
            self.graph.link(iri, "prov:wasGeneratedBy", catalog_provenance.activity(self._publication))
            self._distributed(iri, cube.id)

    def common(self) -> None:
        """Add the dataset of the files that belong to all cubes."""
        self.graph.types(self._common, "dcat:Dataset", "dcat:Resource")
        languages = self._dataset.languages
        description = catalog_listed.words("common description", self._dataset.title, languages)
        self._described(self._common, self._common_title(), description, self._common)
        self._catalogued(self._common)
        self.graph.link(self._common, "dct:relation", self._names.root)
        self.graph.link(self._common, "prov:wasGeneratedBy", catalog_provenance.activity(self._publication))
        self._distributed(self._common, None)

    def _common_title(self) -> Text:
        return catalog_listed.words("common", self._dataset.title, self._dataset.languages)

    def _described(self, iri: str, title: Text, description: Text, identifier: str) -> None:
        """Add what the catalogue and its datasets have alike."""
        graph = self.graph
        graph.text(iri, "dct:title", title)
        graph.text(iri, "dct:description", description)
        graph.literal(iri, "dct:identifier", identifier)
        graph.link(iri, "dct:publisher", self._publisher)
        graph.link(iri, "dcat:contactPoint", self._contact)
        for language in self._dataset.languages:
            code = authorities.language_code(language)
            if code is not None:
                graph.code(iri, "dct:language", authorities.LANGUAGES, code, "dct:LinguisticSystem")
        graph.places(iri, self._dataset.catalogue.spatial)
        self._dates(iri)

    def _dates(self, iri: str) -> None:
        self.graph.moment(iri, "dct:issued", catalog_listed.first_issued(self._dataset, self._edition))
        self.graph.moment(iri, "dct:modified", self._edition.prepared)

    def _catalogued(self, iri: str, covered: tuple[date, date] | None = None, temporal: str = "") -> None:
        """Add what datasets have alike: theme, keywords, frequency, access, version and the time they cover."""
        told, graph = self._dataset.catalogue, self.graph
        for theme in told.themes:
            graph.code(iri, "dcat:theme", authorities.THEMES, theme)
        for keyword in self._dataset.keywords:
            graph.text(iri, "dcat:keyword", keyword)
        often = told.frequency or frequency(self._covered.values())
        graph.code(iri, "dct:accrualPeriodicity", authorities.FREQUENCIES, often, "dct:Frequency")
        rights = authorities.ACCESS_RIGHTS
        graph.code(iri, "dct:accessRights", rights, told.access_rights, "dct:RightsStatement")
        graph.document(iri, "dcat:landingPage", self._dataset.landing_page)
        graph.literal(iri, "dcat:version", self._edition.version)
        graph.text(iri, "adms:versionNotes", self._edition.note)
        if covered is not None:
            graph.link(iri, "dct:temporal", temporal)
            graph.types(temporal, "dct:PeriodOfTime")
            graph.moment(temporal, "dcat:startDate", covered[0])
            graph.moment(temporal, "dcat:endDate", covered[1])

    def _distributed(self, iri: str, cube: str | None) -> None:
        paths = (item.path for item in self._files if item.file.cube == cube)
        self.graph.link(iri, "dcat:distribution", *map(self._names.distribution, paths))

    def distribution(self, item: Listed) -> None:
        """Add a file: what it is called, where it is, what it is, how big it is and how to know it."""
        iri, graph, told = self._names.distribution(item.path), self.graph, self._dataset.catalogue
        graph.types(iri, "dcat:Distribution")
        graph.text(iri, "dct:title", catalog_listed.file_title(item, self._dataset))
        graph.text(iri, "dct:description", catalog_listed.file_description(item, self._dataset))
        owner = self._names.root if item.file.cube is None else self._names.cube(item.file.cube)
        graph.link(iri, "dcat:accessURL", self._dataset.landing_page or owner)
        graph.link(iri, "dcat:downloadURL", self._names.download(item.path, told.download_url))
        self._licence(iri)
        graph.code(iri, "dct:format", authorities.FILE_TYPES, item.kind.file_type, "dct:MediaTypeOrExtent")
        graph.media_type(iri, "dcat:mediaType", item.kind.media_type)
        graph.media_type(iri, "dcat:compressFormat", item.kind.compression)
        graph.literal(iri, "dcat:byteSize", str(item.bytes), "xsd:nonNegativeInteger")
        graph.checksum(iri, item.sha256)
        graph.code(iri, "adms:status", authorities.STATUSES, told.status)
        graph.code(iri, "dcatap:availability", authorities.AVAILABILITIES, told.availability)
        self._dates(iri)

    def _licence(self, iri: str) -> None:
        """Add the licence; one that is not in the list of licences has its title and the page of its terms."""
        given, licence = self._dataset.licence, catalog_listed.licence(self._dataset)
        self.graph.link(iri, "dct:license", licence)
        self.graph.types(licence, "dct:LicenseDocument")
        if licence.startswith(authorities.LICENCES.start):
            authority = authorities.LICENCES
            self.graph.concept(licence, given.title, authority.scheme, authority.title, language=None)
            self.graph.link(licence, "rdfs:seeAlso", given.url)
        else:
            self.graph.literal(licence, "dct:title", given.title)

    def publisher(self) -> None:
        """Add the organisation that publishes."""
        agent, graph = self._dataset.publisher, self.graph
        graph.types(self._publisher, "foaf:Agent")
        graph.text(self._publisher, "foaf:name", agent.name)
        graph.literal(self._publisher, "dct:identifier", agent.identifier)
        graph.document(self._publisher, "foaf:homepage", agent.homepage)
        kind = self._dataset.catalogue.publisher_type
        if kind is not None:
            graph.code(self._publisher, "dct:type", authorities.PUBLISHER_TYPES, kind)

    def contact(self) -> None:
        """Add whom to ask."""
        agent, graph = self._dataset.contact, self.graph
        graph.types(self._contact, "vcard:Kind", "vcard:Organization")
        graph.text(self._contact, "vcard:fn", agent.name)
        graph.link(self._contact, "vcard:hasEmail", None if agent.email is None else mailto(agent.email))
        graph.link(self._contact, "vcard:hasURL", agent.homepage)


FORMAT = Format(
    "catalog",
    "Catalogue entry: DCAT-AP, with VoID, PROV and DQV",
    ("catalog.ttl",),
    write,
    About(
        ("text/turtle",),
        ("DCAT-AP 3.0.1", "https://semiceu.github.io/DCAT-AP/releases/3.0.1/"),
        ("data.norge.no", "CKAN", "data.europa.eu"),
        "catalog.ttl",
        {**NO_OBSERVATIONS, "hierarchy": "in rdf/codelists.ttl"},
    ),
)
