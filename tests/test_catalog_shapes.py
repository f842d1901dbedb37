"""The catalogue under official shapes and our own: what each profile says, and that every fault is found."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyshacl
import pytest
from catalog_fixture import BASE, PREFIXES, graph_of, made_up_release, subject_of
from helpers import PROJECT
from rdflib import RDF, SKOS, Graph, Namespace, URIRef

from publisher.checks import shapes

pytestmark = pytest.mark.slow

SH = Namespace("http://www.w3.org/ns/shacl#")
THEMED = ("[suppression]", '[catalogue]\nthemes = ["ECON"]\n\n[suppression]')
OFFICIAL = PROJECT.parent / "shared" / "shapes"
OWN = shapes.FOLDER / "catalog.ttl"

Results = Counter[tuple[str, str]]


def results(data: Graph, *files: Path) -> Results:
    """Return how many results there are by severity and property."""
    rules = Graph()
    for file in files:
        rules.parse(file)
    _, report, _ = pyshacl.validate(data, shacl_graph=rules, inference="none")
    assert isinstance(report, Graph)
    found: Results = Counter()
    for result in report.objects(None, SH.result):
        severity, path = (report.value(result, name) for name in (SH.resultSeverity, SH.resultPath))
        word = str(path).rpartition("#")[2].rpartition("/")[2] if isinstance(path, URIRef) else ""
        found[str(severity).removeprefix(str(SH)), word] += 1
    return found


def official(name: str) -> Path:
    path = OFFICIAL / name
    if not path.is_file():
        pytest.skip(f"the official shapes are not at hand: {path} is missing")
    return path


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_up_release(tmp_path_factory.mktemp("made-up"), THEMED)


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of a definition that says as little as it may: one page to ask at, an unlisted licence, no theme."""
    return made_up_release(
        tmp_path_factory.mktemp("poor"),
        ('email = "desk@example.org"', 'homepage = "https://example.org/desk"'),
        ('"CC0-1.0"', '"LicenseRef-Own"'),
        ('keywords = [{ en = "establishments", fr = "établissements" }]\n', ""),
        ('landing_page = "https://statistics.example.org/made-up"\n', ""),
        ('identifier = "123 456"\nhomepage = "https://statistics.example.org"\n', ""),
        ('issued = 2024-11-05T09:30:00+01:00\nmodified = 2024-11-06\n', ""),
    )  # fmt: skip


RELEASES = ("made_up", *(pytest.param(name) for name in ("real_release", "poor")))


def whole(release: Path) -> Graph:
    """Return the catalogue with the codelists and structures it stands beside, as one graph."""
    graph = graph_of(release)
    for name in ("codelists", "structure"):
        graph.parse(release / "rdf" / f"{name}.ttl")
    return graph


# Official shapes


@pytest.mark.parametrize("release", RELEASES)
def test_dcat_ap_3_has_no_complaint(release: str, request: pytest.FixtureRequest) -> None:
    files = official("dcat-ap-3.0.1.ttl"), official("dcat-ap-3.0.1-range.ttl")
    folder = request.getfixturevalue(release)
    assert results(graph_of(folder), *files) == Counter()
    assert results(whole(folder), *files) == Counter()


@pytest.mark.parametrize("release", RELEASES)
def test_dcat_ap_no_2_has_the_three_complaints_that_contradict_dcat_ap_3(
    release: str, request: pytest.FixtureRequest
) -> None:
    shape = official("dcat-ap-no-2.00.ttl")
    for graph in (graph_of(request.getfixturevalue(release)), whole(request.getfixturevalue(release))):
        found = results(graph, shape)
        distributions = len(set(graph.subjects(RDF.type, URIRef("http://www.w3.org/ns/dcat#Distribution"))))
        assert found.pop(("Violation", "byteSize")) == found.pop(("Violation", "status")) == distributions
        # One checksum for each distribution and for each source.
        assert found.pop(("Violation", "algorithm")) > distributions
        # It would have EuroVoc for a taxonomy of themes, where DCAT-AP wants the EU data themes.
        assert found.pop(("Warning", "themeTaxonomy")) == 1
        if release == "poor":
            assert found.pop(("Violation", "license")) == distributions
            # The series, three cubes and what is common to them: one is demanded, and one of the data themes.
            assert found.pop(("Violation", "theme")) == found.pop(("Warning", "theme")) == 5
        assert found == Counter()


# Our own shapes


def test_every_file_of_shapes_is_run() -> None:
    assert sorted(item.file for item in shapes.SHAPES) == sorted(path.name for path in shapes.FOLDER.glob("*.ttl"))


def test_the_shapes_are_shapes() -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=Graph().parse(OWN), meta_shacl=True)
    assert conforms, text


def test_every_shape_of_the_catalogue_says_what_is_wrong_in_its_own_words() -> None:
    rules = Graph().parse(OWN)
    for shape in set(rules.subjects(SH.path)):
        assert len(list(rules.objects(shape, SH.message))) == 1, rules.value(shape, SH.path)


def test_real_releases_keep_what_is_promised_and_recommended(real_release: Path) -> None:
    assert results(graph_of(real_release), OWN) == Counter()


def test_a_definition_that_says_less_is_told_what_is_recommended(made_up: Path, poor: Path) -> None:
    # The catalogue, the series, three cubes and what is common to them have no place.
    assert results(graph_of(made_up), OWN) == {("Info", "spatial"): 6, ("Info", "type"): 1}
    found = results(graph_of(poor), OWN)
    licensed = found.pop(("Warning", "license"))
    assert licensed == 1 + len(
        list(graph_of(poor).subjects(RDF.type, URIRef("http://www.w3.org/ns/dcat#Distribution")))
    )
    assert found.pop(("Warning", "theme")) == 5
    recommended = {("Info", "spatial"): 6, ("Info", "type"): 1, ("Info", "identifier"): 1, ("Info", "keyword"): 5}
    assert found == recommended


def test_the_check_runs_every_file_of_shapes_and_finds_no_error(made_up: Path, tmp_path: Path) -> None:
    outcome = shapes.run(subject_of(made_up, tmp_path))
    assert {finding.severity for finding in outcome.findings} == {"information"}
    assert outcome.looked_at.endswith("triples: catalog.ttl, rdf/codelists.ttl, rdf/structure.ttl")
    assert str(outcome.findings[0]).startswith(
        "catalog.ttl: <https://statistics.example.org/open/made-up>, spatial: has"
    )


def test_a_release_without_rdf_has_nothing_to_check(made_up: Path, tmp_path: Path) -> None:
    assert shapes.run(replace(subject_of(made_up, tmp_path), files=frozenset())).nothing


def test_what_is_no_turtle_is_named(made_up: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(made_up, tmp_path / "release"))
    (copy / "catalog.ttl").write_text("this is none", encoding="utf-8")
    assert [
        finding.file for finding in shapes.run(subject_of(copy, tmp_path)).findings if finding.severity == "error"
    ] == ["catalog.ttl"]


def test_files_that_are_too_large_are_said_to_be_left_out(
    made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "SHAPES", (replace(shapes.SHAPES[0], most_bytes=10),))
    outcome = shapes.run(subject_of(made_up, tmp_path))
    assert (outcome.findings, outcome.looked_at) == ((), "0 triples: catalog.ttl left out above 10 bytes")


def test_shapes_of_cubes_are_run_on_each_and_show_no_value(
    made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "cube.ttl"
    own.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix qb: <http://purl.org/linked-data/cube#> .\n"
        "<urn:x> a sh:NodeShape ; sh:targetClass qb:Observation ; sh:property [ sh:nodeKind sh:BlankNode ;"
        " sh:path <https://statistics.example.org/open/made-up/measure/OBS_VALUE> ; sh:message 'is none' ] .\n"
    )
    monkeypatch.setattr(shapes, "SHAPES", (shapes.Shapes(str(own), ("rdf/{cube}.ttl", "rdf/structure.ttl")),))
    findings = shapes.run(subject_of(made_up, tmp_path)).findings
    assert {finding.file for finding in findings} == {
        f"rdf/{cube}.ttl" for cube in ("establishments", "jobs", "turnover")
    }
    assert {finding.message.rpartition(":")[2] for finding in findings if "more nodes" not in finding.message} == {
        " is none"
    }


def _less(verb: str, kind: str) -> str:
    """Return the update that takes a property from every member of a class."""
    return f"DELETE {{ ?s {verb} ?o }} WHERE {{ ?s a {kind} ; {verb} ?o }}"


def _no_code(verb: str) -> str:
    """Return the update by which what a property names is no code any more."""
    return f"DELETE {{ ?o a skos:Concept }} WHERE {{ ?s {verb} ?o }}"


# Planted faults: what is taken away, or put in its place, and the property that the shapes name.

FAULTS: dict[str, tuple[str, str]] = {
    "a catalogue without a title": ("DELETE WHERE { :catalog dct:title ?o }", "title"),
    "a title without a language": ('INSERT DATA { :catalog dct:title "x" }', "title"),
    "a title twice in a language": ('INSERT DATA { :jobs dct:title "x"@en }', "title"),
    "a catalogue without a publisher": ("DELETE WHERE { :catalog dct:publisher ?o }", "publisher"),
    "a publisher that is no agent": ("DELETE WHERE { catalog:publisher a foaf:Agent }", "publisher"),
    "a catalogue without a contact": ("DELETE WHERE { :catalog dcat:contactPoint ?o }", "contactPoint"),
    "a catalogue without a licence": ("DELETE WHERE { :catalog dct:license ?o }", "license"),
    "a catalogue without themes": ("DELETE WHERE { :catalog dcat:themeTaxonomy ?o }", "themeTaxonomy"),
    "a catalogue without an identifier": ("DELETE WHERE { :catalog dct:identifier ?o }", "identifier"),
    "a catalogue of nothing": ("DELETE WHERE { :catalog dcat:dataset ?o }", "dataset"),
    "a catalogue without records": ("DELETE WHERE { :catalog dcat:record ?o }", "record"),
    "two homepages": ("INSERT DATA { :catalog foaf:homepage <https://example.org> }", "homepage"),
    "a record of nothing": ("DELETE WHERE { <{}/catalog/record/jobs> foaf:primaryTopic ?o }", "primaryTopic"),
    "a record without a date": ("DELETE WHERE { <{}/catalog/record/jobs> dct:modified ?o }", "modified"),
    "a dataset without a record": ("DELETE WHERE { ?s foaf:primaryTopic :jobs }", ""),
    "a dataset in no catalogue": ("DELETE WHERE { :catalog dcat:dataset :jobs }", ""),
    "a dataset without a description": ("DELETE WHERE { :jobs dct:description ?o }", "description"),
    "a theme of one's own": (
        "DELETE { ?s dcat:theme ?o } INSERT { ?s dcat:theme :t . :t a skos:Concept } WHERE { ?s dcat:theme ?o }",
        "theme",
    ),
    "a theme that the list has not": (
        "DELETE { ?s dcat:theme ?o } INSERT { ?s dcat:theme ?n . ?n a skos:Concept ; skos:inScheme ?l } WHERE {"
        " ?s dcat:theme ?o . ?o skos:inScheme ?l BIND (IRI(CONCAT(STR(?l), '/SOCIETY')) AS ?n) }",
        "theme",
    ),
    "access rights that DCAT-AP-NO lacks": (
        "DELETE { ?s dct:accessRights ?o } INSERT { ?s dct:accessRights ?n . ?n a dct:RightsStatement, skos:Concept }"
        " WHERE { ?s dct:accessRights ?o BIND (IRI(REPLACE(STR(?o), 'PUBLIC', 'CONFIDENTIAL')) AS ?n) }",
        "accessRights",
    ),
    "access rights that are no code": (_no_code("dct:accessRights"), "accessRights"),
    "a frequency that is no code": (_no_code("dct:accrualPeriodicity"), "accrualPeriodicity"),
    "a format that is no code": (_no_code("dct:format"), "format"),
    "a language that is no code": (_no_code("dct:language"), "language"),
    "a note on the version without a language": ("INSERT DATA { :jobs adms:versionNotes 'x' }", "versionNotes"),
    "a relation to words": ("INSERT DATA { :jobs dct:relation 'x' }", "relation"),
    "a dataset without access rights": ("DELETE WHERE { :jobs dct:accessRights ?o }", "accessRights"),
    "a dataset without a frequency": ("DELETE WHERE { :jobs dct:accrualPeriodicity ?o }", "accrualPeriodicity"),
    "a dataset without a version": ("DELETE WHERE { :jobs dcat:version ?o }", "version"),
    "a version that is none": ("INSERT DATA { :jobs dcat:version '1' }", "version"),
    "a keyword without a language": ("INSERT DATA { :jobs dcat:keyword 'x' }", "keyword"),
    "a date that is none": ("INSERT DATA { :jobs dct:issued 'yesterday' }", "issued"),
    "a language of one's own": ("INSERT DATA { :jobs dct:language :l . :l a dct:LinguisticSystem }", "language"),
    "a place that is none": ("INSERT DATA { :jobs dct:spatial :p }", "spatial"),
    "a series without a first": ("DELETE WHERE { ?s dcat:first ?o }", "first"),
    "a series without a last": ("DELETE WHERE { ?s dcat:last ?o }", "last"),
    "a series that is no dataset": ("DELETE { ?s a dcat:Dataset } WHERE { ?s a dcat:DatasetSeries }", ""),
    "a series of nothing": ("DELETE WHERE { ?s dcat:inSeries ?o }", ""),
    "two datasets before one": ("INSERT DATA { :turnover dcat:prev :establishments }", "prev"),
    "no origin": ("DELETE WHERE { :jobs prov:wasGeneratedBy ?o }", "wasGeneratedBy"),
    "no source": ("DELETE WHERE { :jobs prov:wasDerivedFrom ?o }", "wasDerivedFrom"),
    "two times": ("INSERT DATA { :jobs dct:temporal catalog:temporal }", "temporal"),
    "a distribution of nobody": ("DELETE WHERE { :jobs dcat:distribution ?o }", ""),
    "a distribution without access": ("DELETE WHERE { ?s dcat:accessURL ?o }", "accessURL"),
    "a distribution without an address": ("DELETE WHERE { ?s dcat:downloadURL ?o }", "downloadURL"),
    "a distribution without a licence": (_less("dct:license", "dcat:Distribution"), "license"),
    "a distribution without a format": ("DELETE WHERE { ?s dct:format ?o }", "format"),
    "a distribution without a media type": ("DELETE WHERE { ?s dcat:mediaType ?o }", "mediaType"),
    "a media type elsewhere": (
        "INSERT { ?s dcat:mediaType :m . :m a dct:MediaType } WHERE { ?s dcat:mediaType ?o }",
        "mediaType",
    ),
    "an unknown compression": ("INSERT { ?s dcat:compressFormat :z } WHERE { ?s dcat:byteSize ?o }", "compressFormat"),
    "a distribution without a size": ("DELETE WHERE { ?s dcat:byteSize ?o }", "byteSize"),
    "a size that is no count": ("INSERT { ?s dcat:byteSize 1.5 } WHERE { ?s a dcat:Distribution }", "byteSize"),
    "a distribution without a checksum": (_less("spdx:checksum", "dcat:Distribution"), "checksum"),
    "a distribution without a status": ("DELETE WHERE { ?s adms:status ?o }", "status"),
    "a distribution without availability": ("DELETE WHERE { ?s dcatap:availability ?o }", "availability"),
    "another algorithm": (
        "DELETE { ?s spdx:algorithm ?o } INSERT { ?s spdx:algorithm spdx:checksumAlgorithm_sha1 }"
        " WHERE { ?s spdx:algorithm ?o }",
        "algorithm",
    ),
    "a short hash": (
        "DELETE { ?s spdx:checksumValue ?o } INSERT { ?s spdx:checksumValue 'abcd'^^xsd:hexBinary }"
        " WHERE { ?s spdx:checksumValue ?o }",
        "checksumValue",
    ),
    "a time without a begin": ("DELETE WHERE { ?s dcat:startDate ?o }", "startDate"),
    "a time that ends before it begins": (
        "DELETE { ?s dcat:endDate ?o } INSERT { ?s dcat:endDate '1900-01-01'^^xsd:date } WHERE { ?s dcat:endDate ?o }",
        "startDate",
    ),
    "an agent without a name": ("DELETE WHERE { catalog:publisher foaf:name ?o }", "name"),
    "a contact without a name": ("DELETE WHERE { ?s vcard:fn ?o }", "fn"),
    "a contact without an address": ("DELETE WHERE { ?s vcard:hasEmail ?o }", ""),
    "a contact of no kind": ("DELETE WHERE { ?s a vcard:Organization }", ""),
    "a code without a label": (_less("skos:prefLabel", "skos:Concept"), "prefLabel"),
    "a code of no list": ("DELETE WHERE { ?s skos:inScheme ?o }", "inScheme"),
    "a list without a title": (_less("dct:title", "skos:ConceptScheme"), "title"),
    "a run from nothing": ("DELETE WHERE { ?s prov:used ?o }", "used"),
    "a run by nobody": ("DELETE WHERE { ?s prov:wasAssociatedWith ?o }", "wasAssociatedWith"),
    "a tool without a version": ("DELETE WHERE { ?s owl:versionInfo ?o }", "versionInfo"),
    "a source without a hash": (_less("spdx:checksum", "prov:Entity"), "checksum"),
    "RDF in no file": ("DELETE WHERE { ?s void:dataDump ?o }", ""),
    "a count that is none": ("INSERT { ?s void:triples 'many' } WHERE { ?s a void:Dataset }", "triples"),
    "a share above one": (
        "DELETE { ?s dqv:value ?o } INSERT { ?s dqv:value 1.5 } WHERE { ?s dqv:value ?o }",
        "value",
    ),
    "a share that is none": ("INSERT { ?s dqv:value 'high' } WHERE { ?s a dqv:QualityMeasurement }", "value"),
    "a measurement of nothing": ("DELETE WHERE { ?s dqv:computedOn ?o }", "computedOn"),
    "a measurement without a metric": ("DELETE WHERE { ?s dqv:isMeasurementOf ?o }", "isMeasurementOf"),
    "a measurement nobody names": ("DELETE WHERE { ?s dqv:hasQualityMeasurement ?o }", ""),
    "a metric without a definition": ("DELETE WHERE { ?s skos:definition ?o }", "definition"),
    "a metric in no dimension": ("DELETE WHERE { ?s dqv:inDimension ?o }", "inDimension"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_by_our_own_shapes(fault: str, made_up: Path) -> None:
    update, path = FAULTS[fault]
    graph = graph_of(made_up)
    before = len(graph)
    graph.update(PREFIXES + update.replace("<{}", f"<{BASE}"))
    assert len(graph) != before or "INSERT" in update
    found = results(graph, OWN)
    assert found["Violation", path], found


LISTED = {
    "dcat:theme": ":jobs",
    "dct:accessRights": ":jobs",
    "dct:accrualPeriodicity": ":jobs",
    "dct:language": ":jobs",
    "dct:spatial": ":jobs",
    "dct:license": ":catalog",
    "dct:format": "?s",
    "adms:status": "?s",
    "dcatap:availability": "?s",
    "dct:type": "catalog:publisher",
}


def test_a_code_of_another_list_is_found_wherever_a_list_is_demanded(made_up: Path) -> None:
    graph = graph_of(made_up)
    graph.update(f"{PREFIXES} INSERT DATA {{ :jobs dct:spatial :place . catalog:publisher dct:type :kind }}")
    assert not any("of another list" in message for message in _messages(graph))
    for verb, subject in LISTED.items():
        graph.update(f"{PREFIXES} INSERT {{ ?o skos:inScheme :mine }} WHERE {{ {subject} {verb} ?o }}")
    found = {message.split(" of another list")[0].split()[-1] for message in _messages(graph) if "another" in message}
    assert found == set(LISTED)


def _messages(graph: Graph) -> list[str]:
    _, report, _ = pyshacl.validate(graph, shacl_graph=Graph().parse(OWN), inference="none")
    assert isinstance(report, Graph)
    return [str(message) for message in report.objects(None, SH.resultMessage)]


def test_a_place_that_is_named_is_a_code_and_another_is_told(tmp_path: Path) -> None:
    norway, oslo = "http://publications.europa.eu/resource/authority/country/NOR", "http://sws.geonames.org/3143244/"
    place = ("[suppression]", f'[catalogue]\nspatial = ["{norway}", "{oslo}"]\n\n[suppression]')
    release = made_up_release(tmp_path, place)
    graph = graph_of(release)
    assert (URIRef(norway), RDF.type, SKOS.Concept) in graph
    assert str(graph.value(URIRef(norway), SKOS.prefLabel)) == "Norway"
    assert (URIRef(oslo), RDF.type, SKOS.Concept) not in graph
    assert str(graph.value(URIRef(oslo), SKOS.inScheme)) == "http://sws.geonames.org"
    assert results(graph, OWN) == {("Info", "spatial"): 6, ("Info", "type"): 1, ("Warning", "theme"): 5}


def test_geonames_is_asked_for_as_its_list_spells_it(made_up: Path) -> None:
    graph = graph_of(made_up)
    graph.update(f"{PREFIXES} INSERT DATA {{ :jobs dct:spatial <https://sws.geonames.org/3143244/> }}")
    assert results(graph, OWN)["Warning", "spatial"] == 1
