"""Our own SHACL shapes of codelists and structures: what is published keeps them, and each finds its fault."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from helpers import PROJECT
from rdf_fixture import hostile_dataset, nav_dataset, release, text, without_cubes
from rdflib import Graph

from publisher.checks import shapes as runner
from publisher.model import Dataset, NotationSystem

pyshacl = pytest.importorskip("pyshacl", reason="pyshacl is not installed")

SHAPES = PROJECT / "publisher" / "checks" / "shapes"
OFFICIAL = PROJECT.parent / "shared" / "shapes" / "xkos-ap-no-1.ttl"
PREFIXES = """
PREFIX adms: <http://www.w3.org/ns/adms#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <http://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX time: <http://www.w3.org/2006/time#>
PREFIX xkos: <http://rdf-vocabulary.ddialliance.org/xkos#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX region: <https://data.example.org/made-up/code/CL_REGION/>
PREFIX list: <https://data.example.org/made-up/code/>
PREFIX period: <https://data.example.org/made-up/period/>
PREFIX made: <https://data.example.org/made-up/>
PREFIX cube: <https://data.example.org/made-up/price-index/>
PREFIX part: <https://data.example.org/made-up/price-index/structure/>
PREFIX dimension: <https://data.example.org/made-up/dimension/>
"""


def with_notations(dataset: Dataset) -> Dataset:
    """Return the made-up dataset with a list of three levels whose codes have notations and a last day."""
    system = NotationSystem("there", "urn:example:there", text("There"))
    lists = tuple(
        replace(
            item,
            codes=tuple(replace(code, notations=(("there", f"X {code.id}"),)) for code in item.codes),
            notations=(system,),
        )
        if item.id == "CL_REGION"
        else item
        for item in dataset.codelists
    )
    return replace(dataset, codelists=lists)


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graph]:
    subject = release(with_notations(hostile_dataset()), tmp_path_factory.mktemp("made-up"))
    found = {name: Graph().parse(subject.folder / "rdf" / f"{name}.ttl") for name in ("codelists", "structure")}
    for other in ("KIND", "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE"):  # two lists show as much, in less time
        found["codelists"].update(
            f"DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o FILTER CONTAINS ( STR ( ?s ), '/CL_{other}' ) }}"
        )
    return found


@cache
def shapes(name: str) -> Graph:
    return Graph().parse(SHAPES / f"{name}.ttl")


def messages(data: Graph, rules: Graph) -> set[str]:
    """Return what pyshacl finds, a message each; warnings and notices too."""
    _, report, _ = pyshacl.validate(data, shacl_graph=rules, allow_infos=False, allow_warnings=False)
    found = report.query("SELECT ?m WHERE { ?r <http://www.w3.org/ns/shacl#resultMessage> ?m }")
    return {str(row[0]) for row in found}


def changed(data: Graph, update: str) -> Graph:
    copy = Graph()
    copy += data
    for prefix, iri in re.findall("PREFIX ([a-z]+): <(.*)>", PREFIXES):  # for what follows the first `;` of an update
        copy.bind(prefix, iri, override=True)
    copy.update(PREFIXES + update.replace("region:-1", "<https://data.example.org/made-up/code/CL_REGION/-1>"))
    assert set(copy) != set(data), "the fault is not planted"
    return copy


@pytest.mark.slow
@pytest.mark.parametrize("name", ["codelists", "structure"])
def test_what_is_written_keeps_what_is_promised(graphs: dict[str, Graph], name: str) -> None:
    assert messages(graphs[name], shapes(name)) == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["codelists", "structure"])
def test_the_real_release_keeps_what_is_promised(real_release: Path, name: str) -> None:
    data = Graph().parse(real_release / "rdf" / f"{name}.ttl")
    assert messages(data, shapes(name)) == set()
    if name == "codelists" and OFFICIAL.exists():
        assert messages(data, Graph().parse(OFFICIAL)) == set()


@pytest.mark.slow
def test_codelists_pass_the_official_shapes(graphs: dict[str, Graph], tmp_path: Path) -> None:
    if not OFFICIAL.exists():
        pytest.skip(f"{OFFICIAL.name} is not there")
    official = Graph().parse(OFFICIAL)
    real = release(without_cubes(nav_dataset(), "sex"), tmp_path)
    for data in (graphs["codelists"], Graph().parse(real.folder / "rdf" / "codelists.ttl")):
        assert messages(data, official) == set()
        broken = changed(data, "DELETE { ?s xkos:numberOfLevels ?n } WHERE { ?s xkos:numberOfLevels ?n }")
        assert any("Number of levels" in message for message in messages(broken, official))


CODELIST_FAULTS = [
    ("INSERT DATA { region:_T skos:note [ rdf:value 1 ] }", "no node is blank"),
    ("DELETE WHERE { list:CL_REGION dct:identifier ?x }", "a scheme has one identifier"),
    ("INSERT DATA { list:CL_REGION dct:identifier 'other' }", "a scheme has one identifier"),
    ("DELETE WHERE { list:CL_REGION dct:title ?x }", "a scheme has a title"),
    ("INSERT DATA { list:CL_REGION dct:title 'x'@nb ; skos:prefLabel 'x'@nb }", "a scheme has a title"),
    ("DELETE WHERE { list:CL_REGION skos:prefLabel ?x }", "a scheme is labelled with its title"),
    ("DELETE WHERE { list:CL_REGION dct:publisher ?x }", "a scheme has one publisher"),
    ("DELETE WHERE { ?x a foaf:Agent }", "a scheme has one publisher"),
    ("DELETE WHERE { ?x foaf:name ?name }", "the publisher of a scheme has a name"),
    ("DELETE WHERE { list:CL_REGION xkos:numberOfLevels ?x }", "a scheme has one number of levels"),
    ("DELETE WHERE { list:CL_REGION xkos:levels ?x }", "a scheme has one list of levels"),
    (
        "DELETE { region:_T skos:prefLabel ?x } WHERE { region:_T skos:prefLabel ?x FILTER ( lang(?x) = 'en' ) }",
        "a concept has a label in every language of the titles: https://data.example.org/made-up/code/CL_REGION/_T",
    ),
    (
        "DELETE WHERE { region:_T skos:notation ?x } ; INSERT DATA { region:_T skos:notation '-1' }",
        "no two concepts of a scheme have the same notation",
    ),
    ("INSERT DATA { region:_T skos:exactMatch <https://example.org/at> }", "have the same exact match"),
    (
        "DELETE WHERE { region:-1 skos:broader ?x } ; DELETE WHERE { ?x skos:narrower region:-1 } ; "
        "INSERT DATA { region:-1 skos:broader <https://data.example.org/made-up/code/CL_FREQ/Q> . "
        "<https://data.example.org/made-up/code/CL_FREQ/Q> skos:narrower region:-1 }",
        "a concept and its broader one are in the same scheme",
    ),
    (
        "DELETE WHERE { region:_T skos:topConceptOf ?x } ; DELETE WHERE { ?x skos:hasTopConcept region:_T } ; "
        "INSERT DATA { region:_T skos:broader region:-1 . region:-1 skos:narrower region:_T }",
        "no concept is broader than itself",
    ),
    (
        "DELETE WHERE { list:CL_REGION xkos:numberOfLevels ?x } ; "
        "INSERT DATA { list:CL_REGION xkos:numberOfLevels '2'^^xsd:positiveInteger }",
        "the list of levels is as long as the number of levels says",
    ),
    (
        "DELETE { ?l xkos:depth ?d } INSERT { ?l xkos:depth ?e } WHERE { ?l xkos:depth ?d "
        "FILTER ( ?l IN ( <https://data.example.org/made-up/code/CL_REGION/level/1>, "
        "<https://data.example.org/made-up/code/CL_REGION/level/2> ) ) "
        "BIND ( STRDT ( STR ( 3 - ?d ), xsd:positiveInteger ) AS ?e ) }",
        "the levels of a list are in order from 1",
    ),
    ("DELETE WHERE { ?l skos:member region:-1 }", "a concept is a member of one level of its scheme"),
    (
        "INSERT { ?l skos:member region:-1 } WHERE { ?l skos:member region:_T }",
        "a concept is a member of one level of its scheme",
    ),
    (
        "DELETE { ?l skos:member region:-1 } INSERT { ?m skos:member region:-1 } "
        "WHERE { ?l skos:member region:-1 . ?m skos:member region:_T }",
        "a concept is one level below its broader one",
    ),
    (
        "INSERT { ?l skos:member <https://data.example.org/made-up/code/CL_FREQ/Q> } "
        "WHERE { ?l skos:member region:_T }",
        "a member of a level is a concept of the scheme",
    ),
    ("DELETE { ?l xkos:depth ?x } WHERE { ?l xkos:depth ?x }", "a level has one depth"),
    ("DELETE { ?l skos:member ?x } WHERE { ?l skos:member ?x }", "a level has members"),
    ("DELETE { ?l skos:prefLabel ?x } WHERE { ?l a xkos:ClassificationLevel ; skos:prefLabel ?x }", "has a label"),
    ("DELETE { ?l rdf:first ?x } WHERE { ?l rdf:first ?x }", "a cell of a list of levels has one level"),
    ("DELETE { rdf:nil a rdf:List } WHERE {}", "a list goes on with a list"),
    ("DELETE WHERE { ?x foaf:name ?name }", "an agent has a name"),
    ("INSERT DATA { region:-1 skos:topConceptOf list:CL_REGION }", "a top concept or has a broader one, and not both"),
    ("DELETE WHERE { region:-1 skos:broader ?x }", "a top concept or has a broader one, and not both"),
    ("DELETE WHERE { region:-1 skos:notation ?x }", "a concept has one notation"),
    ("INSERT DATA { region:-1 skos:notation 'x'^^<urn:example:there> }", "a concept has one notation"),
    ("DELETE WHERE { region:-1 dct:identifier ?x }", "a concept has one identifier"),
    (
        "DELETE WHERE { region:-1 dct:identifier ?x } ; INSERT DATA { region:-1 dct:identifier '-1' }",
        "a concept has one identifier",
    ),
    ("INSERT DATA { region:-1 skos:prefLabel 'twice'@nb }", "a concept has labels, one in each language"),
    ("INSERT DATA { region:-1 skos:inScheme list:CL_FREQ }", "a concept is in one scheme"),
    ("INSERT DATA { region:-1 skos:broader region:A%40B }", "at most one broader one"),
    ("DELETE WHERE { ?x skos:narrower region:-1 }", "broader and narrower say the same"),
    ("DELETE WHERE { ?x skos:hasTopConcept region:_T }", "a top concept of a scheme is one that the scheme has"),
    (
        "INSERT { region:-1 skos:altLabel ?x } WHERE { region:-1 skos:prefLabel ?x }",
        "no label is of two kinds",
    ),
    (
        "INSERT { region:-1 skos:altLabel ?x } WHERE { region:-1 skos:hiddenLabel ?x }",
        "no label is of two kinds",
    ),
    ("INSERT DATA { region:-1 skos:closeMatch 'NO-03' }", "a match is an IRI"),
    *(
        (f"INSERT {{ ?c skos:{kind}Match ?x }} WHERE {{ ?c skos:exactMatch ?x }}", "no match is of two kinds")
        for kind in ("close", "broad", "narrow", "related")
    ),
    *(
        (
            f"INSERT DATA {{ region:-1 skos:{one}Match <urn:x:y> ; skos:{other}Match <urn:x:y> }}",
            "no match is of two kinds",
        )
        for one, other in (("related", "broad"), ("related", "narrow"), ("broad", "narrow"))
    ),
    ("INSERT DATA { region:-1 adms:identifier 'NO-03' }", "another identifier is described"),
    ("INSERT DATA { region:-1 schema:validThrough '2024' }", "a last day is one day"),
    (
        "DELETE { ?i skos:notation ?n } INSERT { ?i skos:notation ?s } "
        "WHERE { ?i a adms:Identifier ; skos:notation ?n BIND ( STR ( ?n ) AS ?s ) }",
        "an identifier has one notation, typed with its system",
    ),
    ("DELETE WHERE { ?x adms:identifier ?i }", "an identifier is that of one concept"),
    ("DELETE WHERE { ?x a rdfs:Datatype }", "the system of a notation is a datatype with a label"),
    ("DELETE WHERE { period:2024 time:hasBeginning ?x }", "a period has one beginning"),
    ("DELETE WHERE { period:2024 time:hasEnd ?x }", "a period has one end"),
    (
        "DELETE { ?p time:hasBeginning ?b ; time:hasEnd ?e } INSERT { ?p time:hasBeginning ?e ; time:hasEnd ?b } "
        "WHERE { ?p time:hasBeginning ?b ; time:hasEnd ?e }",
        "a period ends no earlier than it begins",
    ),
    ("DELETE { ?i time:inXSDDate ?x } WHERE { ?i time:inXSDDate ?x }", "an instant is one day"),
]

STRUCTURE_FAULTS = [
    ("INSERT DATA { dimension:REGION rdfs:comment [ rdf:value 1 ] }", "no node is blank"),
    ("DELETE { ?d a qb:DataSet } WHERE { ?d a qb:DataSet }", "there is a data set"),
    ("DELETE WHERE { ?x dct:isPartOf ?y }", "a cube is two data sets"),
    ("INSERT DATA { made:other a qb:DataSet ; dct:isPartOf made:price-index }", "a cube is two data sets"),
    ("DELETE WHERE { made:price-index qb:structure ?x }", "a data set has one structure"),
    ("DELETE WHERE { made:price-index dct:title ?x }", "a data set has a title"),
    ("DELETE WHERE { made:price-index rdfs:label ?x }", "a data set is labelled with its title"),
    ("DELETE WHERE { cube:suppressed rdfs:seeAlso ?x }", "the two data sets of a cube name each other"),
    ("DELETE WHERE { ?a rdfs:seeAlso ?x }", "a data set names its companion"),
    ("DELETE WHERE { cube:structure qb:component part:KIND }", "have the same dimensions and attributes"),
    ("DELETE WHERE { made:price-index dct:identifier ?x }", "a cube has one identifier"),
    ("DELETE WHERE { cube:structure dct:identifier ?x }", "a structure has one identifier"),
    ("DELETE WHERE { cube:structure rdfs:label ?x }", "a structure has a label"),
    ("INSERT DATA { cube:suppressed qb:structure cube:structure }", "a structure is that of one data set"),
    ("DELETE WHERE { cube:structure qb:component ?x }", "a structure has components"),
    ("DELETE { ?c qb:dimension ?x } WHERE { ?c qb:dimension ?x }", "a structure has a frequency and a time"),
    ("DELETE { ?c qb:measure ?x } WHERE { ?c qb:measure ?x }", "a structure has a measure"),
    (
        "DELETE WHERE { part:KIND qb:order ?x } ; INSERT DATA { part:KIND qb:order 1 }",
        "no two components of a structure have the same place",
    ),
    (
        "DELETE WHERE { part:KIND qb:order ?x } ; INSERT DATA { part:KIND qb:order 99 }",
        "the components of a structure are counted from 1",
    ),
    (
        "DELETE { part:KIND qb:order ?k . part:OBS_VALUE qb:order ?v } "
        "INSERT { part:KIND qb:order ?v . part:OBS_VALUE qb:order ?k } "
        "WHERE { part:KIND qb:order ?k . part:OBS_VALUE qb:order ?v }",
        "dimensions stand before measures, and measures before attributes",
    ),
    ("DELETE WHERE { part:KIND qb:componentProperty ?x }", "a component is one dimension, measure or attribute"),
    ("DELETE WHERE { part:OBS_STATUS qb:componentRequired ?x }", "a component is one dimension, measure or attribute"),
    (
        "DELETE WHERE { part:OBS_STATUS qb:componentAttachment ?x }",
        "a component is one dimension, measure or attribute",
    ),
    ("INSERT DATA { part:KIND qb:componentRequired true }", "a component is one dimension, measure or attribute"),
    ("DELETE WHERE { part:KIND qb:order ?x }", "a component has one place"),
    ("DELETE WHERE { part:KIND qb:order ?x } ; INSERT DATA { part:KIND qb:order '3' }", "a component has one place"),
    ("INSERT DATA { made:other qb:component part:KIND }", "a component is that of one structure"),
    ("DELETE WHERE { dimension:KIND rdfs:label ?x }", "a property has a label"),
    ("DELETE WHERE { dimension:KIND rdfs:range ?x }", "a property has one range"),
    ("DELETE { ?x a skos:Concept } WHERE { ?x a skos:Concept }", "the concept of a property is described"),
    ("DELETE WHERE { dimension:KIND qb:concept ?x }", "a dimension has a concept"),
    ("DELETE WHERE { dimension:KIND qb:codeList ?x }", "a coded property has one code list"),
    ("DELETE { ?x a qb:CodedProperty } WHERE { ?x a qb:CodedProperty }", "CodedProperty"),
    ("DELETE { ?c skos:notation ?x } WHERE { ?c skos:notation ?x }", "a concept has one notation"),
    ("DELETE { ?c dct:identifier ?x } WHERE { ?c a skos:Concept ; dct:identifier ?x }", "a concept has one identifier"),
    ("DELETE { ?c skos:prefLabel ?x } WHERE { ?c skos:prefLabel ?x }", "a concept has labels"),
    ("DELETE { ?c skos:inScheme ?x } WHERE { ?c skos:inScheme ?x }", "a concept is in one scheme"),
    (
        "DELETE { dimension:KIND rdfs:label ?x } WHERE { dimension:KIND rdfs:label ?x FILTER ( lang(?x) = 'en' ) }",
        "every property and concept has a label in each language of the titles",
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(("update", "message"), CODELIST_FAULTS)
def test_a_fault_in_the_codelists_is_found(graphs: dict[str, Graph], update: str, message: str) -> None:
    found = messages(changed(graphs["codelists"], update), shapes("codelists"))
    assert any(message in item for item in found), found


@pytest.mark.slow
@pytest.mark.parametrize(("update", "message"), STRUCTURE_FAULTS)
def test_a_fault_in_the_structure_is_found(graphs: dict[str, Graph], update: str, message: str) -> None:
    found = messages(changed(graphs["structure"], update), shapes("structure"))
    assert any(message in item for item in found), found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["codelists", "structure"])
def test_the_check_of_a_release_runs_these_shapes(graphs: dict[str, Graph], tmp_path: Path, name: str) -> None:
    (tmp_path / "rdf").mkdir()
    file = f"rdf/{name}.ttl"
    graphs[name].serialize(tmp_path / file, format="turtle")
    (row,) = (row for row in runner.SHAPES if row.file == f"{name}.ttl")
    assert row.of == (file,)
    assert runner.results(runner.FOLDER / row.file, tmp_path, row.of)[0] == []
    fault = "DELETE { ?s skos:notation ?x } WHERE { ?s a skos:Concept ; skos:notation ?x }"
    changed(graphs[name], fault).serialize(tmp_path / file, format="turtle")
    findings, _ = runner.results(runner.FOLDER / row.file, tmp_path, row.of)
    assert any("a concept has one notation" in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("name", "faults"),
    [("codelists", CODELIST_FAULTS), ("structure", STRUCTURE_FAULTS)],
    ids=["codelists", "structure"],
)
def test_every_promise_has_a_planted_fault(name: str, faults: list[tuple[str, str]]) -> None:
    promised = re.findall(r'sh:message "([^"{]*)', (SHAPES / f"{name}.ttl").read_text(encoding="utf-8"))
    planted = [message.split(":")[0] for _, message in faults]
    assert [words for words in promised if not any(part in words for part in planted)] == []
