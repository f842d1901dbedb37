"""VoID: which RDF a release holds, in which files, and how many triples it is.

Source: Describing Linked Datasets with the VoID Vocabulary (W3C 2011), sections 2 to 4. Files that
differ only in syntax or compression are one set of triples with several dumps. The triples of
observations are counted from the rows; the number for all is that of different triples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher.formats import rdf_codelists_graph, rdf_common, rdf_structure_graph
from publisher.formats.catalog_coverage import Coverage
from publisher.formats.catalog_graph import PREFIXES, CatalogGraph
from publisher.formats.catalog_listed import Listed
from publisher.formats.draft import Draft, Publication
from publisher.model import Cube, Dataset
from publisher.naming import segment

if TYPE_CHECKING:
    from rdflib import Graph

_SYNTAXES = ("RDF_TURTLE", "RDF_N_TRIPLES", "JSON_LD")
# What is counted by reading it, because its triples are not known from the rows: some two seconds of pyoxigraph.
_MOST_BYTES = 32 << 20
_VOCABULARIES = ("dct", "qb", "skos", "time", "xkos")
_GRAPHS: Mapping[str, Callable[[Publication], Graph]] = {
    "rdf/codelists": rdf_codelists_graph.graph_of,
    "rdf/structure": lambda publication: rdf_structure_graph.graph_of(publication.dataset),
}


def describe(
    publication: Publication,
    draft: Draft,
    files: Iterable[Listed],
    covered: Mapping[str, Coverage],
    graph: CatalogGraph,
) -> None:
    """Add the RDF of a release to its catalogue: nothing where it has none."""
    dataset = publication.dataset
    rdf = sorted((item for item in files if item.kind.file_type in _SYNTAXES), key=lambda item: stem(item.path))
    sets = {name: list(dumps) for name, dumps in groupby(rdf, key=lambda item: stem(item.path))}
    if not sets:
        return
    graphs = {name: make(publication) for name, make in _GRAPHS.items() if name in sets}
    counts = _counts(publication, draft, sets, covered, graphs)
    whole = dataset.names.iri("catalog", "rdf")
    graph.types(whole, "void:Dataset")
    graph.text(whole, "dct:title", dataset.title)
    graph.link(whole, "dct:source", dataset.names.root)
    graph.literal(whole, "void:uriSpace", f"{dataset.names.root}/")
    graph.link(whole, "void:vocabulary", *(PREFIXES[prefix] for prefix in _VOCABULARIES))
    for name, dumps in sets.items():
        part = dataset.names.iri("catalog", "rdf", *name.split("/"))
        graph.types(part, "void:Dataset")
        graph.link(whole, "void:subset", part)
        graph.literal(part, "dct:title", name)
        for item in dumps:
            graph.link(part, "void:dataDump", dataset.names.download(item.path, dataset.catalogue.download_url))
        if name in counts:
            graph.literal(part, "void:triples", str(counts[name]), "xsd:integer")
        cube = dumps[0].file.cube
        if cube is not None and name == f"rdf/{cube}" and covered[cube].rows:
            graph.literal(part, "void:entities", str(covered[cube].rows), "xsd:integer")
            graph.link(part, "void:exampleResource", _example(publication, cube))
    total = _total(counts, sets, graphs)
    if total is not None:
        graph.literal(whole, "void:triples", str(total), "xsd:integer")


def stem(path: str) -> str:
    """Return a path without what says its syntax and compression: ``rdf/sex`` of ``rdf/sex.ttl.gz``."""
    name = PurePosixPath(path)
    return name.with_name(name.name.partition(".")[0]).as_posix()


def _counts(
    publication: Publication,
    draft: Draft,
    sets: Mapping[str, list[Listed]],
    covered: Mapping[str, Coverage],
    graphs: Mapping[str, Graph],
) -> dict[str, int]:
    """Return how many triples each set has, by its name; none where nobody can say it in time."""
    counts: dict[str, int] = {}
    for name, dumps in sets.items():
        cube = dumps[0].file.cube
        if name in graphs:
            counts[name] = len(graphs[name])
        elif cube is not None and name == f"rdf/{cube}":
            counts[name] = observation_triples(publication.dataset, publication.dataset.cube(cube), covered[cube])
        elif turtle := next((item for item in dumps if item.path.endswith(".ttl") and item.bytes <= _MOST_BYTES), None):
            counts[name] = _read(draft, turtle)
    return counts


def observation_triples(dataset: Dataset, cube: Cube, covered: Coverage) -> int:
    """Return how many triples the observations of a cube are.

    Each has a type, a data set, its dimensions, the unit and the attributes that are there; one with a
    value has the measure, a suppressed one the bounds of the rule.
    """
    bounds = len(rdf_common.bounds(dataset, cube.measure.decimals))
    always = 3 + len(cube.dimensions)
    return covered.rows * always + covered.values + (covered.rows - covered.suppressed) + covered.suppressed * bounds


def _total(counts: Mapping[str, int], sets: Mapping[str, list[Listed]], graphs: Mapping[str, Graph]) -> int | None:
    """Return how many different triples there are in all sets, or None where that is not known.

    Codelists and structure both say of a codelist what it is; observations have nothing in common with
    either, nor with those of other cubes. What sets of other formats repeat is not known.
    """
    known = {*graphs, *(f"rdf/{dumps[0].file.cube}" for dumps in sets.values() if dumps[0].file.cube is not None)}
    if not known.issuperset(sets):
        return None
    both = 0
    if len(graphs) == len(_GRAPHS):
        codelists, structure = (graphs[name] for name in _GRAPHS)
        both = sum(triple in codelists for triple in structure)
    return sum(counts.values()) - both


def _read(draft: Draft, item: Listed) -> int:
    import pyoxigraph

    path = str(draft.folder / item.path)
    return sum(1 for _ in pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.TURTLE))


def _example(publication: Publication, cube: str) -> str:
    """Return the IRI of the first observation of a cube that has rows."""
    observations = next(item for item in publication.observations if item.cube.id == cube)
    first = next(observations.batches(1))
    key = (segment(first[component][0].as_py()) for component in observations.cube.key_ids)
    return publication.dataset.names.observations(cube) + ".".join(key)
