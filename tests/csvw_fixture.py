"""Releases with CSVW in them, and what programs of others make of their tables."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rdf_fixture import publication

from publisher.checks.check import Subject
from publisher.formats import codelists, csv, csvw, rdf_codelists, rdf_structure, turtle
from publisher.formats.draft import Draft
from publisher.model import Dataset

INTEROP = Path(__file__).parent / "interop"
CONVERTER = "rdf-parser-csvw"
Triples = frozenset[tuple[str, str, str]]


def release(dataset: Dataset, folder: Path, hidden: bool = True) -> Subject:
    """Write the tables of a made-up dataset, their description and the RDF."""
    published = publication(dataset, folder / "observations", hidden)
    draft = Draft(folder / "release")
    for module in (codelists, csv, csvw, rdf_codelists, rdf_structure, turtle):
        module.FORMAT.write(published, draft, {})
    stored = {item.cube.id: item for item in published.observations}
    files = frozenset(file.path for file in draft.files)
    return Subject(draft.folder, dataset, published.edition, stored, files, folder)


def description(folder: Path) -> Any:
    return json.loads((folder / csvw.PATH).read_text(encoding="utf-8"))


def table(described: Any, url: str) -> Any:
    return next(each for each in described["tables"] if each["url"] == url)


def changed(folder: Path, change: Callable[[Any], None]) -> None:
    """Change the description of a release."""
    described = description(folder)
    change(described)
    (folder / csvw.PATH).write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")


def turtle_triples(folder: Path) -> Triples:
    from pyoxigraph import RdfFormat, parse

    files = (folder / "rdf").glob("*.ttl")
    return frozenset(_texts(triple) for file in files for triple in parse(path=str(file), format=RdfFormat.TURTLE))


def converted(folder: Path, scratch: Path) -> Triples:
    """Return the triples of all tables as rdf-parser-csvw converts them; skips where it is not there."""
    from pyoxigraph import RdfFormat, parse

    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    package = INTEROP / "node_modules" / CONVERTER
    if not package.is_dir() or not (INTEROP / "node_modules" / "n3").is_dir():
        pytest.skip(f"{CONVERTER} and n3 are not installed: make readers")
    context = json.loads((package / "test/support/csvw.json").read_text(encoding="utf-8"))["@context"]
    described = description(folder)
    arguments: list[str] = []
    for number, one in enumerate(described["tables"]):
        # The converter takes one table at a time, as a graph in CSVW's own vocabulary.
        alone = {"@context": [context, *described["@context"][1:]], "dialect": described["dialect"], **one}
        file = scratch / f"{number}.json"
        file.write_text(json.dumps(_graph(alone)), encoding="utf-8")
        arguments += [str((folder / "data" / one["url"]).resolve()), str(file)]
    answer = subprocess.run([node, INTEROP / "csvw.mjs", *arguments], capture_output=True, check=True)
    return frozenset(_texts(triple) for triple in parse(answer.stdout, format=RdfFormat.N_TRIPLES))


def _graph(table: Any) -> list[list[list[str | None]]]:
    """Return a description as triples: JSON-LD as rdflib reads it, with templates where IRIs would be."""
    from rdflib import Graph

    logging.getLogger("rdflib.term").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own
        graph = Graph().parse(data=json.dumps(table), format="json-ld", base="http://example.org/")
    return [[_term(term) for term in triple] for triple in graph]


def _term(term: Any) -> list[str | None]:
    from rdflib import Literal, URIRef

    if isinstance(term, Literal):
        return ["text", str(term), term.language or (term.datatype and str(term.datatype))]
    return ["iri" if isinstance(term, URIRef) else "blank", str(term)]


def _texts(triple: Any) -> tuple[str, str, str]:
    return str(triple.subject), str(triple.predicate), str(triple.object)
