"""``rdf/structure.ttl``: data sets and structures, the triples of ``rdf_structure_graph`` as Turtle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.formats import rdf_common
from publisher.formats.draft import NO_OBSERVATIONS, About, Draft, Format, Publication
from publisher.formats.rdf_structure_graph import graph_of


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write the structures of a publication."""
    dataset = publication.dataset
    path = draft.add("rdf/structure.ttl", "text/turtle", "Structure of the data cubes (RDF Data Cube)", "rdf-structure")
    roles = {role: dataset.names.iri(role) + "/" for role in ("dimension", "measure", "attribute")}
    prefixes = {"": dataset.names.root + "/", "code": dataset.names.iri("code") + "/", **roles}
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(rdf_common.turtle(graph_of(dataset), prefixes))


FORMAT = Format(
    "rdf-structure",
    "RDF Data Cube structure",
    ("rdf/structure.ttl",),
    write,
    About(
        ("text/turtle",),
        ("RDF Data Cube", "https://www.w3.org/TR/vocab-data-cube/"),
        ("Oxigraph", "rdflib", "Jena", "Virtuoso"),
        "rdf/structure.ttl",
        {**NO_OBSERVATIONS, "hierarchy": "in rdf/codelists.ttl"},
    ),
)
