"""Links of codes to other systems: which there are, of which kind, and what a definition cannot say."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import made_up
import pyoxigraph
import pytest
from helpers import PROJECT
from rdf_fixture import hostile_dataset, nav_dataset, release, without_cubes
from rdflib import DCTERMS, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef

from publisher.definition import patterns, read_definition
from publisher.errors import DefinitionError
from publisher.formats import codelists as tables

ADMS = Namespace("http://www.w3.org/ns/adms#")
NAV = "https://data.example.org/nav-tilt140"
REGION = "schemas/made-up/codelists/CL_REGION.csv"
TARGETS = {
    "geonorge": "https://data.geonorge.no/administrativeEnheter/fylke/id/",
    "NUTS": "http://data.europa.eu/nuts/code/",
    "EU country": "http://publications.europa.eu/resource/authority/country/",
    "SDMX URN": "urn:sdmx:org.sdmx.infomodel.codelist.Code=SDMX:",
    "SDMX 2009": "http://purl.org/linked-data/sdmx/2009/code#",
    "M49": "http://lexvo.org/id/un_m49/",
}


@pytest.fixture(scope="module")
def codelists(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    subject = release(without_cubes(nav_dataset(), "sex"), tmp_path_factory.mktemp("nav"))
    return Graph().parse(subject.folder / "rdf" / "codelists.ttl")


def test_every_link_is_of_its_kind() -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for codelist in nav_dataset().codelists:
        for code in codelist.codes:
            for match in code.matches:
                (target,) = (name for name, start in TARGETS.items() if match.iri.startswith(start))
                counts[target, match.kind] += 1
    assert counts == {
        ("geonorge", "exact"): 15,
        ("NUTS", "exact"): 15,
        ("EU country", "exact"): 1,
        ("SDMX URN", "exact"): 12,
        ("SDMX 2009", "exact"): 10,
        ("SDMX 2009", "close"): 1,
        ("SDMX 2009", "broad"): 2,
        ("M49", "close"): 5,
    }


def test_a_concept_has_one_notation_and_its_codes_elsewhere_beside_it(codelists: Graph) -> None:
    oslo = URIRef(f"{NAV}/code/CL_COUNTY/03")
    assert list(codelists.objects(oslo, SKOS.notation)) == [Literal("03")]
    iso, klass = URIRef("urn:iso:std:iso:3166:-2"), URIRef("urn:ssb:classification:klass:104")
    elsewhere = {codelists.value(item, SKOS.notation) for item in codelists.objects(oslo, ADMS.identifier)}
    assert elsewhere == {Literal("NO-03", datatype=iso), Literal("03", datatype=klass)}
    assert (iso, RDF.type, RDFS.Datatype) in codelists
    assert Literal("ISO 3166-2", lang="en") in set(codelists.objects(iso, RDFS.label))
    counted = Counter(
        str(notation.datatype)
        for item in codelists.subjects(RDF.type, ADMS.Identifier)
        for notation in codelists.objects(item, SKOS.notation)
        if isinstance(notation, Literal)
    )
    assert counted == {
        "http://publications.europa.eu/ontology/euvoc#ISO_3166_1_ALPHA_2": 1,
        "urn:iso:std:iso:3166:-2": 15,
        "urn:ssb:classification:klass:104": 15,
        "urn:ssb:classification:klass:2": 2,
    }
    assert {str(item).rpartition("/")[2] for item in codelists.objects(None, ADMS.identifier)} == {
        "iso_3166_1", "iso_3166_2", "klass_104", "klass_2"
    }  # fmt: skip


def test_sex_has_the_codes_of_klass_where_they_differ() -> None:
    sex = nav_dataset().codelist("CL_SEX")
    assert {code.id: dict(code.notations) for code in sex.codes if code.notations} == {
        "F": {"klass_2": "2"},
        "M": {"klass_2": "1"},
    }


def test_our_own_code_99_is_that_of_nobody(codelists: Graph) -> None:
    own = URIRef(f"{NAV}/code/CL_COUNTY/99")
    properties = {str(item).rpartition("#")[2] for item in codelists.predicates(own)}
    assert not {item for item in properties if item.endswith("Match")}
    assert (own, ADMS.identifier, None) not in codelists
    assert nav_dataset().codelist("CL_COUNTY")["99"].matches == ()


def test_no_match_is_of_two_kinds_and_no_exact_match_is_shared(codelists: Graph) -> None:
    kinds = [SKOS[f"{kind}Match"] for kind in ("exact", "close", "broad", "narrow", "related")]
    pairs = Counter((concept, match) for kind in kinds for concept, match in codelists.subject_objects(kind))
    assert set(pairs.values()) == {1}
    for scheme in codelists.subjects(RDF.type, SKOS.ConceptScheme):
        exact = Counter(
            match
            for concept in codelists.subjects(SKOS.inScheme, scheme)
            for match in codelists.objects(concept, kinds[0])
        )
        assert all(count == 1 for count in exact.values())


def test_every_link_is_in_the_page_of_codelists() -> None:
    page = (PROJECT / "docs" / "codelists.md").read_text(encoding="utf-8")
    for start in TARGETS.values():
        assert start in page
    for codelist in nav_dataset().codelists:
        for system in codelist.notations:
            assert f"`{system.id}`" in page
            assert system.iri in page


def test_the_tables_of_codelists_have_the_notations(real_release: Path) -> None:
    with (real_release / "codelists/CL_COUNTY.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["code"]: row for row in csv.DictReader(stream)}
    assert (rows["03"]["notation_iso_3166_2"], rows["03"]["notation_klass_104"]) == ("NO-03", "03")
    assert (rows["_T"]["notation_iso_3166_1"], rows["99"]["notation_klass_104"]) == ("NO", "")
    assert "valid_through" not in rows["03"]


def test_a_label_is_of_one_kind(tmp_path: Path) -> None:
    dataset = hostile_dataset()
    region = dataset.codelist("CL_REGION")
    name = str(region["_T"].name)
    total = replace(region["_T"], aliases=(name, "Whole"), misspellings=(name, "Whole", "Whoel"))
    lists = (replace(region, codes=(total, *region.codes[1:])), *(x for x in dataset.codelists if x.id != "CL_REGION"))
    subject = release(replace(dataset, codelists=lists), tmp_path)
    graph = Graph().parse(subject.folder / "rdf" / "codelists.ttl")
    code = URIRef("https://data.example.org/made-up/code/CL_REGION/_T")
    assert list(graph.objects(code, SKOS.altLabel)) == [Literal("Whole", lang="nb")]
    assert list(graph.objects(code, SKOS.hiddenLabel)) == [Literal("Whoel", lang="nb")]


# What a definition says


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made_up.write_project(tmp_path)
    toml = tmp_path / "schemas/made-up/dataset.toml"
    text = toml.read_text(encoding="utf-8")
    table = '[notations.iso]\ndatatype = "urn:example:iso"\nname = { en = "ISO", fr = "ISO" }\n\n[codelists]\n'
    toml.write_text(text.replace("[codelists]\n", table), encoding="utf-8")
    return tmp_path


def write(folder: Path, *lines: str) -> None:
    (folder / REGION).write_text("\n".join(lines) + "\n", encoding="utf-8")


HEADER = "code,parent,label_en,label_fr,exact_match,close_match,notation_iso,valid_through"
TOTAL = "_T,,x,x,,,,"


def test_notations_and_last_days_are_read_and_published(folder: Path, tmp_path: Path) -> None:
    write(folder, HEADER, TOTAL, "N,_T,x,x,urn:a:b,,X-1,2023-12-31", "N1,N,x,x,,,,", "N2,N,x,x,,,,", "0301,_T,x,x,,,,")
    dataset = read_definition(folder, "made-up")
    region = dataset.codelist("CL_REGION")
    assert region["N"].notations == (("iso", "X-1"),)
    assert region["N"].valid_through == date(2023, 12, 31)
    assert [system.iri for system in region.notations] == ["urn:example:iso"]
    assert dataset.codelist("CL_SECTOR").notations == (), "a list has the systems it has a column for"


def test_a_code_that_has_ended_says_so_in_rdf_and_in_its_table(tmp_path: Path) -> None:
    dataset = hostile_dataset()
    region = dataset.codelist("CL_REGION")
    ended = replace(region, codes=(*region.codes[:-1], replace(region.codes[-1], valid_through=date(2023, 12, 31))))
    lists = tuple(ended if item.id == "CL_REGION" else item for item in dataset.codelists)
    subject = release(replace(dataset, codelists=lists), tmp_path)
    graph = Graph().parse(subject.folder / "rdf" / "codelists.ttl")
    (found,) = graph.triples((None, URIRef("http://schema.org/validThrough"), None))
    assert str(found[0]).endswith("/CL_REGION/under_score-")
    assert found[2] == Literal("2023-12-31", datatype=URIRef("http://www.w3.org/2001/XMLSchema#date"))
    assert (found[0], DCTERMS.identifier, None) in graph, "it stays what it was"
    assert tables.columns(ended)[-1] == "valid_through"
    assert "valid_through" not in tables.columns(region)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("N,_T,x,x,urn:a:b,urn:a:b,,", "close_match 'urn:a:b' stands in exact_match already: keep one"),
        ("N,_T,x,x,urn:a:b urn:a:b,,,", "exact_match 'urn:a:b' stands in exact_match already: keep one"),
        ("N,_T,x,x,urn:a:t,,,", "exact_match 'urn:a:t' of 'N' is that of '_T' already: keep one"),
        ("N,_T,x,x,,,T,", "notation_iso 'T' of 'N' is that of '_T' already: keep one"),
        ("N,_T,x,x,,,=1,", "notation_iso of code 'N' begins with '='"),
        ("N,_T,x,x,,,,2023", "valid_through '2023' is no day, as in 2023-12-31"),
        ("N,_T,x,x,,,,2023-02-30", "valid_through '2023-02-30' is no day"),
        *(
            (
                f"N,_T,x,x,{exact},{close},,",
                f"{kind}_match '{exact or close}' is a code of this codelist: a match is with",
            )
            for own in (
                "https://statistics.example.org/open/made-up/code/CL_REGION/_T",
                "https://statistics.example.org/open/made-up/code/CL_REGION/%5F%54",
                "urn:sdmx:org.sdmx.infomodel.codelist.Code=EXAMPLE:CL_REGION(2.1)._T",
            )
            for kind, exact, close in (("exact", own, ""), ("close", "", own))
        ),
        ("N,_T,x,x,https://x.example/a%zz,,,", "exact_match 'https://x.example/a%zz' is no absolute IRI"),
        ("N,_T,x,x,,, X,", "'notation_iso' begins or ends with a blank"),
    ],
)
def test_a_bad_link_is_said_with_its_line(folder: Path, line: str, message: str) -> None:
    write(folder, HEADER, "_T,,x,x,urn:a:t,,T,", "N1,_T,x,x,,,,", line, "N2,_T,x,x,,,,", "0301,_T,x,x,,,,")
    with pytest.raises(DefinitionError) as caught:
        read_definition(folder, "made-up")
    assert f"{REGION}:4: {message}" in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("[notations.iso]", "[notations.iso2]", f"{REGION}:1: column 'notation_iso' needs a table [notations.iso] in"),
        ("[notations.iso]", '[notations."ISO 2"]', "'notations.ISO 2': a name has lower-case letters, digits and `_`"),
        ('datatype = "urn:example:iso"\n', "", "'notations.iso.datatype' is missing"),
        *(
            ("urn:example:iso", general, f"'notations.iso.datatype' is {general}: a system of codes")
            for general in (
                "http://www.w3.org/2001/XMLSchema#string",
                "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
                "http://www.w3.org/2000/01/rdf-schema#Literal",
            )
        ),
        (
            "[notations.iso]",
            '[notations.also]\ndatatype = "urn:example:iso"\nname = { en = "A", fr = "A" }\n[notations.iso]',
            "'notations.iso.datatype' is that of 'notations.also' already: keep one",
        ),
        ("urn:example:iso", "iso", "'notations.iso.datatype' must be an absolute IRI"),
        ('name = { en = "ISO", fr = "ISO" }\n\n[co', 'name = { en = "ISO" }\n\n[co', "has no words in 'fr'"),
    ],
)
def test_a_system_of_notations_is_described(folder: Path, before: str, after: str, message: str) -> None:
    write(folder, HEADER, TOTAL, "N,_T,x,x,,,X,", "N1,N,x,x,,,,", "N2,N,x,x,,,,", "0301,_T,x,x,,,,")
    toml = folder / "schemas/made-up/dataset.toml"
    text = toml.read_text(encoding="utf-8")
    assert before in text
    toml.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        read_definition(folder, "made-up")
    assert message in str(caught.value)


def test_a_code_of_another_list_of_the_dataset_may_be_a_counterpart(folder: Path) -> None:
    sector = "https://statistics.example.org/open/made-up/code/CL_REGION_2/N"
    write(folder, HEADER, TOTAL, f"N,_T,x,x,,{sector},,", "N1,N,x,x,,,,", "N2,N,x,x,,,,", "0301,_T,x,x,,,,")
    assert read_definition(folder, "made-up").codelist("CL_REGION")["N"].matches[0].iri == sector


def test_a_code_of_the_list_is_known_at_another_base_too(folder: Path) -> None:
    own = "https://other.example/made-up/code/CL_REGION/_T"
    write(folder, HEADER, TOTAL, f"N,_T,x,x,,{own},,", "N1,N,x,x,,,,", "N2,N,x,x,,,,", "0301,_T,x,x,,,,")
    assert read_definition(folder, "made-up").codelist("CL_REGION")["N"].matches
    with pytest.raises(DefinitionError, match="is a code of this codelist"):
        read_definition(folder, "made-up", "https://other.example")


def test_a_wrong_address_is_found_in_the_definition(folder: Path) -> None:
    write(folder, HEADER, TOTAL, "N,_T,x,x,,,,", "N1,N,x,x,,,,", "N2,N,x,x,,,,", "0301,_T,x,x,,,,")
    toml = folder / "schemas/made-up/dataset.toml"
    text = toml.read_text(encoding="utf-8")
    line = text.count("\n") + 2
    toml.write_text(text + '[catalogue]\ndownload_url = "https://x.example/a%zz"\n', encoding="utf-8")
    with pytest.raises(DefinitionError, match=f"dataset.toml:{line}: 'catalogue.download_url' must be an absolute"):
        read_definition(folder, "made-up")


@pytest.mark.parametrize(
    ("iri", "is_one"),
    [
        ("https://x.example/a%41?b=c#d", True),
        ("https://user@x.example:80/æ/:@", True),
        ("http://[::1]:80/a", True),
        ("urn:iso:std:iso:3166:-2", True),
        ("mailto:a@b.example", True),
        ("file:///a", True),
        ("https://x.example/a%zz", False),
        ("https://x.example/a%4", False),
        ("https://x%zz.example/", False),
        ("https://x.example:abc/", False),
        ("https://x.example/[a]", False),
        ("https://[a/", False),
        ("https://x.example/a#b#c", False),
        ("https://x.example/\ue000", False),
        ("urn:", False),
    ],
)
def test_an_iri_is_what_rdf_says_it_is(iri: str, is_one: bool) -> None:
    assert bool(patterns.IRI.fullmatch(iri)) is is_one
    assert not (patterns.BASE_IRI.fullmatch(iri) and not is_one)
    try:
        pyoxigraph.NamedNode(iri)
    except ValueError:
        assert not is_one
