"""Releases with a catalogue, made once: the made-up dataset in few formats, read as a graph and as a subject."""

from __future__ import annotations

from pathlib import Path

from made_up import DATASET, write_project
from rdflib import Graph, Namespace

from publisher.build import Options, build
from publisher.checks.check import Subject
from publisher.observations import Observations
from publisher.release import open_release

FEW = (
    "codelists",
    "csv",
    "parquet",
    "rdf-codelists",
    "rdf-structure",
    "turtle",
    "catalog",
    "schema-org",
    "datapackage",
)
BASE = "https://statistics.example.org/open/made-up"
PREFIXES = """
PREFIX : <https://statistics.example.org/open/made-up/>
PREFIX catalog: <https://statistics.example.org/open/made-up/catalog/>
PREFIX adms: <http://www.w3.org/ns/adms#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcatap: <http://data.europa.eu/r5r/>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX dqv: <http://www.w3.org/ns/dqv#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX spdx: <http://spdx.org/rdf/terms#>
PREFIX vcard: <http://www.w3.org/2006/vcard/ns#>
PREFIX void: <http://rdfs.org/ns/void#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
ADMS = Namespace("http://www.w3.org/ns/adms#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
DQV = Namespace("http://www.w3.org/ns/dqv#")
EU = Namespace("http://publications.europa.eu/resource/authority/")
IANA = Namespace("https://www.iana.org/assignments/media-types/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
VOID = Namespace("http://rdfs.org/ns/void#")


def made_up_release(
    folder: Path, *changes: tuple[str, str], only: tuple[str, ...] = FEW, edition: str | None = None
) -> Path:
    """Build the made-up dataset, its dataset.toml changed; return the folder of the release."""
    write_project(folder)
    definition = folder / "schemas" / DATASET / "dataset.toml"
    text = definition.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    definition.write_text(text, encoding="utf-8")
    build(folder, [DATASET], Options(only=only, edition=edition))
    return folder / "output" / DATASET


def graph_of(release: Path) -> Graph:
    return Graph().parse(release / "catalog.ttl")


def subject_of(release: Path, scratch: Path) -> Subject:
    """Return what checks are given of a release that has Parquet tables."""
    opened = open_release(release)
    observations = {}
    for cube in opened.dataset.cubes:
        path = release / "data" / f"{cube.id}.parquet"
        table = opened.cube(cube.id).to_arrow()
        hidden = table[cube.measure.id].null_count
        observations[cube.id] = Observations(cube, path, table.num_rows, hidden)
    files = frozenset(path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file())
    edition = opened.dataset.edition(opened.manifest.edition)
    return Subject(release, opened.dataset, edition, observations, files, scratch)
