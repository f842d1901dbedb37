"""``rdf/codelists.ttl``: codelists and time periods, the triples of ``rdf_codelists_graph`` as Turtle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.formats import rdf_common
from publisher.formats.draft import NO_OBSERVATIONS, About, Draft, Format, Publication
from publisher.formats.rdf_codelists_graph import ADMS, graph_of


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write the codelists and periods of a publication."""
    dataset = publication.dataset
    path = draft.add("rdf/codelists.ttl", "text/turtle", "Codelists and time periods (SKOS, XKOS)", "rdf-codelists")
    prefixes = {"adms": ADMS, "period": dataset.names.iri("period") + "/"} | {
        rdf_common.codelist_prefix(codelist.id): dataset.names.codelist(codelist.id) + "/"
        for codelist in dataset.codelists
    }
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(rdf_common.turtle(graph_of(publication), prefixes))


FORMAT = Format(
    "rdf-codelists",
    "RDF codelists and time periods",
    ("rdf/codelists.ttl",),
    write,
    About(
        ("text/turtle",),
        ("SKOS", "https://www.w3.org/TR/skos-reference/"),
        ("Oxigraph", "rdflib", "Jena", "Virtuoso"),
        "rdf/codelists.ttl",
        NO_OBSERVATIONS,
    ),
)
