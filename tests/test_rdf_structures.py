"""Codelists and structure in RDF: what SKOS, XKOS, OWL-Time and the Data Cube vocabulary ask of them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from helpers import PROJECT
from rdf_fixture import HOSTILE, hostile_dataset, nav_dataset, release, without_cubes
from rdflib import DCTERMS, FOAF, QB, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection

from publisher.checks.check import Subject
from publisher.formats import rdf_common
from publisher.model import Suppression

XKOS = Namespace("http://rdf-vocabulary.ddialliance.org/xkos#")
TIME = Namespace("http://www.w3.org/2006/time#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
NAV = "https://data.example.org/nav-tilt140"
MADE_UP = "https://data.example.org/made-up"


def graph(subject: Subject, name: str) -> Graph:
    return Graph().parse(subject.folder / "rdf" / f"{name}.ttl")


@pytest.fixture(scope="module")
def nav(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return release(without_cubes(nav_dataset(), "county", "sex"), tmp_path_factory.mktemp("nav"))


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return release(hostile_dataset(), tmp_path_factory.mktemp("made-up"))


def test_no_node_is_blank(nav: Subject, made_up: Subject) -> None:
    for subject in (nav, made_up):
        for file in sorted(subject.files):
            for triple in Graph().parse(subject.folder / file):
                assert not any(isinstance(term, BNode) for term in triple)


def test_a_blank_node_would_be_refused() -> None:
    broken = Graph()
    broken.add((BNode(), RDF.type, SKOS.Concept))
    with pytest.raises(ValueError, match="blank node"):
        "".join(rdf_common.turtle(broken, {}))


def test_place_names_stand_in_the_languages_they_are_of(nav: Subject) -> None:
    codelists = graph(nav, "codelists")
    troms = URIRef(f"{NAV}/code/CL_COUNTY/55")
    assert set(codelists.objects(troms, SKOS.prefLabel)) == {
        *(Literal("Troms - Romsa - Tromssa", lang=language) for language in ("nb", "nn", "en")),
        Literal("Romsa", lang="sme"),
        Literal("Tromssa", lang="fkv"),
    }
    assert URIRef("https://data.geonorge.no/administrativeEnheter/fylke/id/55") in set(
        codelists.objects(troms, SKOS.exactMatch)
    )


def test_the_total_is_the_top_concept_and_the_others_are_narrower(nav: Subject) -> None:
    codelists = graph(nav, "codelists")
    scheme, total = URIRef(f"{NAV}/code/CL_COUNTY"), URIRef(f"{NAV}/code/CL_COUNTY/_T")
    assert list(codelists.objects(scheme, SKOS.hasTopConcept)) == [total]
    assert list(codelists.subjects(SKOS.topConceptOf, scheme)) == [total]
    narrower = set(codelists.objects(total, SKOS.narrower))
    assert narrower == set(codelists.subjects(SKOS.broader, total))
    assert narrower | {total} == set(codelists.subjects(SKOS.inScheme, scheme))


def test_levels_are_a_list_of_cells_with_iris(made_up: Subject) -> None:
    codelists = graph(made_up, "codelists")
    scheme = URIRef(f"{MADE_UP}/code/CL_REGION")
    assert codelists.value(scheme, XKOS.numberOfLevels) == Literal("3", datatype=XSD.positiveInteger)
    levels = list(Collection(codelists, codelists.value(scheme, XKOS.levels)))
    assert levels == [URIRef(f"{MADE_UP}/code/CL_REGION/level/{depth}") for depth in (1, 2, 3)]
    for depth, level in enumerate(levels, 1):
        assert (level, RDF.type, XKOS.ClassificationLevel) in codelists
        assert codelists.value(level, XKOS.depth) == Literal(str(depth), datatype=XSD.positiveInteger)
    assert list(codelists.objects(levels[2], SKOS.member)) == [URIRef(f"{MADE_UP}/code/CL_REGION/C%24D")]
    for cell, rest in codelists.subject_objects(RDF.rest):
        assert (cell, RDF.type, RDF.List) in codelists
        assert (rest, RDF.type, RDF.List) in codelists


def test_every_scheme_has_one_identifier_a_title_and_a_publisher(nav: Subject, made_up: Subject) -> None:
    for subject in (nav, made_up):
        codelists = graph(subject, "codelists")
        for scheme in set(codelists.subjects(RDF.type, SKOS.ConceptScheme)):
            assert len(list(codelists.objects(scheme, DCTERMS.identifier))) == 1
            assert len(list(codelists.objects(scheme, XKOS.numberOfLevels))) == 1
            assert len(list(codelists.objects(scheme, DCTERMS.title))) == len(subject.dataset.languages)
            assert (codelists.value(scheme, DCTERMS.publisher), RDF.type, FOAF.Agent) in codelists
    urn = "urn:sdmx:org.sdmx.infomodel.codelist.Code=NAV:CL_COUNTY(1.0).03"
    assert (URIRef(f"{NAV}/code/CL_COUNTY/03"), DCTERMS.identifier, Literal(urn)) in graph(nav, "codelists")


def test_hostile_labels_aliases_and_misspellings_come_back_as_they_were(made_up: Subject) -> None:
    codelists = graph(made_up, "codelists")
    code = URIRef(f"{MADE_UP}/code/CL_REGION/-1")
    assert codelists.value(code, SKOS.notation) == Literal("-1")
    assert Literal(HOSTILE, lang="nb") in set(codelists.objects(code, SKOS.prefLabel))
    assert Literal(HOSTILE, lang="nb") in set(codelists.objects(code, SKOS.definition))
    assert list(codelists.objects(code, SKOS.hiddenLabel)) == [Literal("Rgion", lang="nb")]
    # An alias that is the label already is none: SKOS keeps the kinds of label apart.
    assert list(codelists.objects(code, SKOS.altLabel)) == []


def test_matches_are_of_their_kind(made_up: Subject) -> None:
    codelists = graph(made_up, "codelists")
    assert codelists.value(URIRef(f"{MADE_UP}/code/CL_REGION/A%40B"), SKOS.exactMatch) == URIRef(
        "https://example.org/at"
    )
    assert codelists.value(URIRef(f"{MADE_UP}/code/CL_REGION/C%24D"), SKOS.closeMatch) == URIRef(
        "https://example.org/dollar"
    )


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [("2024", "2024-01-01", "2024-12-31"), ("2023-Q4", "2023-10-01", "2023-12-31")],
)
def test_a_period_is_an_interval_from_its_first_to_its_last_day(
    made_up: Subject, period: str, first: str, last: str
) -> None:
    codelists = graph(made_up, "codelists")
    interval = URIRef(f"{MADE_UP}/period/{period}")
    assert {TIME.ProperInterval, SKOS.Concept} <= set(codelists.objects(interval, RDF.type))
    assert codelists.value(interval, SKOS.inScheme) == URIRef(f"{MADE_UP}/period")
    for relation, word, day in ((TIME.hasBeginning, "begin", first), (TIME.hasEnd, "end", last)):
        instant = URIRef(f"{MADE_UP}/period/{period}/{word}")
        assert codelists.value(interval, relation) == instant
        assert codelists.value(instant, TIME.inXSDDate) == Literal(day, datatype=XSD.date)


def test_only_used_periods_are_in_the_scheme(made_up: Subject) -> None:
    codelists = graph(made_up, "codelists")
    scheme = URIRef(f"{MADE_UP}/period")
    notations = {str(codelists.value(item, SKOS.notation)) for item in codelists.subjects(SKOS.inScheme, scheme)}
    assert notations == {"2024", "2023-Q4", "2024-Q1"}


def measures(structure: Graph, dsd: str) -> set[str]:
    found = structure.query(f"SELECT ?m WHERE {{ <{dsd}> qb:component/qb:measure ?m }}", initNs={"qb": QB})
    return {str(row[0]).rpartition("/")[2] for row in found}  # type: ignore[index]


def test_a_cube_is_two_linked_data_sets(nav: Subject) -> None:
    structure = graph(nav, "structure")
    disclosed, hidden = URIRef(f"{NAV}/county"), URIRef(f"{NAV}/county/suppressed")
    assert structure.value(disclosed, QB.structure) == URIRef(f"{NAV}/county/structure")
    assert structure.value(hidden, QB.structure) == URIRef(f"{NAV}/county/suppressed/structure")
    assert (disclosed, RDFS.seeAlso, hidden) in structure
    assert (hidden, DCTERMS.isPartOf, disclosed) in structure
    assert (disclosed, DCTERMS.hasPart, hidden) not in structure
    assert measures(structure, f"{NAV}/county/structure") == {"OBS_VALUE"}
    assert measures(structure, f"{NAV}/county/suppressed/structure") == {"LOWER_BOUND", "UPPER_BOUND"}
    title = nav.dataset.cube("county").title
    assert set(structure.objects(disclosed, DCTERMS.title)) == {Literal(text, lang=lang) for lang, text in title}
    assert {item.language for item in structure.objects(hidden, DCTERMS.title)} == {"nb", "nn", "en"}  # type: ignore[attr-defined]


def test_without_an_upper_bound_there_is_no_such_measure(tmp_path: Path) -> None:
    dataset = replace(hostile_dataset(), suppression=Suppression(4, "present"))
    subject = release(dataset, tmp_path)
    structure = graph(subject, "structure")
    assert measures(structure, f"{MADE_UP}/price-index/suppressed/structure") == {"LOWER_BOUND"}
    assert "UPPER_BOUND" not in (subject.folder / "rdf/price-index.ttl").read_text(encoding="utf-8")
    assert "UPPER_BOUND" not in (subject.folder / "rdf/structure.ttl").read_text(encoding="utf-8")


def test_components_are_ordered_and_only_attributes_say_whether_they_are_required(nav: Subject) -> None:
    structure = graph(nav, "structure")
    for dsd in (f"{NAV}/county/structure", f"{NAV}/county/suppressed/structure"):
        components = set(structure.objects(URIRef(dsd), QB.component))
        orders = sorted(structure.value(item, QB.order).toPython() for item in components)  # type: ignore[union-attr]
        assert orders == list(range(1, len(components) + 1))
        for item in components:
            assert str(item).startswith(f"{dsd}/")
            (role,) = (role for role in (QB.dimension, QB.measure, QB.attribute) if structure.value(item, role))
            assert structure.value(item, role) == structure.value(item, QB.componentProperty)
            assert (structure.value(item, QB.componentRequired) is not None) == (role == QB.attribute)
            assert (structure.value(item, QB.componentAttachment) == QB.Observation) == (role == QB.attribute)
        required = {str(item).rpartition("/")[2] for item in structure.subjects(QB.componentRequired, Literal(True))}
        assert required == {"OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE"}


def test_properties_are_the_datasets_own_and_have_a_range_a_list_and_a_concept(nav: Subject) -> None:
    structure = graph(nav, "structure")
    area = URIRef(f"{NAV}/dimension/REF_AREA")
    assert structure.value(area, RDFS.subPropertyOf) == URIRef(
        "http://purl.org/linked-data/sdmx/2009/dimension#refArea"
    )
    assert structure.value(area, QB.codeList) == URIRef(f"{NAV}/code/CL_COUNTY")
    time = URIRef(f"{NAV}/dimension/TIME_PERIOD")
    assert structure.value(time, QB.codeList) == URIRef(f"{NAV}/period")
    for role in ("Dimension", "Measure", "Attribute"):
        for item in structure.subjects(RDF.type, QB[f"{role}Property"]):
            assert structure.value(item, RDFS.range) is not None
            assert len(list(structure.objects(item, RDFS.label))) == 3
            if "_BOUND" not in str(item):
                assert (structure.value(item, QB.concept), RDF.type, SKOS.Concept) in structure


def test_a_measure_with_decimals_is_a_decimal(nav: Subject, made_up: Subject) -> None:
    assert graph(nav, "structure").value(URIRef(f"{NAV}/measure/OBS_VALUE"), RDFS.range) == XSD.integer
    assert graph(made_up, "structure").value(URIRef(f"{MADE_UP}/measure/OBS_VALUE"), RDFS.range) == XSD.decimal


BUILD = """
import sys, hashlib, pathlib
from rdf_fixture import hostile_dataset, release
folder = pathlib.Path(sys.argv[1])
subject = release(hostile_dataset(), folder)
print([hashlib.sha256((subject.folder / file).read_bytes()).hexdigest() for file in sorted(subject.files)])
"""


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    seen = set()
    for seed in ("0", "1", "4711"):
        (tmp_path / seed).mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(PROJECT / "tests")}
        arguments = [sys.executable, "-c", BUILD, str(tmp_path / seed)]
        done = subprocess.run(arguments, capture_output=True, text=True, env=environment, check=True, cwd=PROJECT)
        seen.add(done.stdout)
    assert len(seen) == 1
