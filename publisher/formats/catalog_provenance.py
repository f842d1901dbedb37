"""PROV: which files a release was made from, by which program. No clock: not when.

Source: PROV-O (W3C 2013), sections 3.1 and 3.2.
"""

from __future__ import annotations

from publisher import __version__
from publisher.formats.catalog_graph import CatalogGraph
from publisher.formats.draft import Publication

_TOOL = "publisher"


def activity(publication: Publication) -> str:
    """Return the IRI of the run that made the release."""
    return publication.dataset.names.iri("activity", "build")


def describe(publication: Publication, graph: CatalogGraph) -> None:
    """Add the run, the program with its version, and the source files with their sha256."""
    names = publication.dataset.names
    run, tool = activity(publication), names.iri("activity", "tool")
    graph.types(run, "prov:Activity")
    graph.literal(run, "rdfs:label", f"{_TOOL} build, {publication.edition.version}")
    graph.link(run, "prov:wasAssociatedWith", tool)
    graph.types(tool, "prov:SoftwareAgent")
    graph.literal(tool, "rdfs:label", f"{_TOOL} {__version__}")
    graph.literal(tool, "foaf:name", _TOOL)
    graph.literal(tool, "owl:versionInfo", __version__)
    for file in publication.sources:
        source = names.iri("source", file.name)
        graph.link(run, "prov:used", source)
        graph.types(source, "prov:Entity")
        graph.literal(source, "rdfs:label", file.name)
        graph.checksum(source, file.sha256)
        for cube in publication.dataset.cubes:
            graph.link(names.cube(cube.id), "prov:wasDerivedFrom", source)
