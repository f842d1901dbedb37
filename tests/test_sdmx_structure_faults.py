"""Faults planted in the SDMX structures: each is found in every version, and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sdmx_fixture import hostile_publication
from sdmx_structures import CHECKS, FILES, JSON, ML_2_1, ML_3_0, ML_3_1, NAMESPACES, findings, subject, written

from publisher.errors import Finding
from publisher.formats.draft import Publication

pytestmark = pytest.mark.slow

FILE_OF = {"2.1": ML_2_1, "3.0": ML_3_0, "3.1": ML_3_1}
XSI = "http://www.w3.org/2001/XMLSchema-instance"


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return hostile_publication(tmp_path_factory.mktemp("observations"))


@pytest.fixture
def release(publication: Publication, tmp_path: Path) -> Path:
    return written(publication, tmp_path / "r")


def messages(publication: Publication, folder: Path, file: str, *by: str) -> list[str]:
    """Return what is said of a file, by all but sdmx1 or by some; nothing is said of the others."""
    found: list[Finding] = findings(publication, folder, *(by or ("libxml2", "jsonschema", "publisher")))
    assert {finding.file for finding in found} <= {file}
    return [finding.message for finding in found]


def damage(release: Path, number: str, change: Callable[[Any, Callable[[str], Any]], object]) -> str:
    """Change the file of a version; ``change`` is given the root and a function that finds an element."""
    file = release / FILE_OF[number]
    tree = etree.parse(file)
    change(tree.getroot(), lambda path: tree.xpath(path, namespaces=NAMESPACES[number])[0])
    tree.write(file, encoding="UTF-8", xml_declaration=True)
    return FILE_OF[number]


def drop(path: str) -> Callable[[Any, Callable[[str], Any]], object]:
    def change(_: Any, find: Callable[[str], Any]) -> None:
        element = find(path)
        element.getparent().remove(element)

    return change


def say(path: str, text: str) -> Callable[[Any, Callable[[str], Any]], object]:
    return lambda _, find: setattr(find(path), "text", text)


def mark(path: str, name: str, value: str) -> Callable[[Any, Callable[[str], Any]], object]:
    return lambda _, find: find(path).set(name, value)


def swap(path: str) -> Callable[[Any, Callable[[str], Any]], object]:
    """Let an element and the one after it change places."""

    def change(_: Any, find: Callable[[str], Any]) -> None:
        element = find(path)
        element.getnext().addnext(element)

    return change


def rename(path: str, namespace: str) -> Callable[[Any, Callable[[str], Any]], object]:
    def change(_: Any, find: Callable[[str], Any]) -> None:
        element = find(path)
        element.tag = f"{{{namespace}}}{etree.QName(element).localname}"

    return change


LANG = "{http://www.w3.org/XML/1998/namespace}lang"
AREA = "//s:Codelist[@id='CL_AREA']"
FLOW = "//s:Dataflow[@id]"
# What is changed, and what some check says of it.
IN_EVERY_ML = {
    "an element out of order": (swap(f"{AREA}/s:Code[@id='_T']/c:Annotations"), "Annotations"),
    "another order of dimensions": (swap("//s:Dimension[@id='SEX']"), "AGE stands where SEX is expected"),
    "another order of codes": (swap("//s:Code[@id='F']"), "M stands where F is expected"),
    "a wrong namespace": (rename(f"{AREA}/s:Code[@id='a3']/c:Name", "urn:x"), "{urn:x}Name"),
    "an unknown attribute": (mark(f"{AREA}/s:Code[@id='a3']", "colour", "red"), "colour"),
    "an unknown element": (rename("//s:Codelist[@id='CL_SEX']/c:Description", "urn:x"), "{urn:x}Description"),
    "a label under another language": (
        mark(f"{AREA}/s:Code[@id='a1']/c:Name[@xml:lang='sme']", LANG, "nn"),
        "Codelist CL_AREA / a1 / name / sme is None, 'Romsa' expected",
    ),
    "a label that is said to be English": (
        mark(f"{AREA}/s:Code[@id='a1']/c:Name[@xml:lang='sme']", LANG, "en"),
        "Codelist CL_AREA / a1 / name / sme is None, 'Romsa' expected",
    ),
    "another label": (
        say(f"{AREA}/s:Code[@id='a3']/c:Name[@xml:lang='nb']", "other"),
        "Codelist CL_AREA / a3 / name / nb is 'other', 'a3 på bokmål' expected",
    ),
    "no description": (drop(f"{AREA}/c:Description"), "Codelist CL_AREA / description is missing"),
    "a code missing": (drop("//s:Codelist[@id='CL_SEX']/s:Code[@id='F']"), "Codelist CL_SEX / F is missing"),
    "a codelist missing": (drop("//s:Codelist[@id='CL_KIND']"), "Codelist CL_KIND is missing"),
    "a match missing": (
        drop(f"{AREA}/s:Code[@id='_T']//c:Annotation[2]"),
        "Codelist CL_AREA / _T / annotations is [{'type': 'SKOS_EXACT_MATCH'",
    ),
    "another match": (
        say(f"{AREA}/s:Code[@id='_T']//c:Annotation[2]/c:AnnotationURL", "urn:x:z"),
        "Codelist CL_AREA / _T / annotations 2 / url is 'urn:x:z', 'urn:x:y' expected",
    ),
    "no origin": (drop(f"{AREA}/c:Annotations"), "Codelist CL_AREA / annotations is None"),
    "another row of the first table": (
        say(f"{FLOW}//c:AnnotationTitle[text()='KIND']", "SEX"),
        "Dataflow DF_MU_BY_AREA / annotations 2 / title is 'SEX', 'KIND' expected",
    ),
    "no note of the edition": (drop(f"{FLOW}//c:Annotation[last()]"), "Dataflow DF_MU_BY_AREA / annotations is ["),
    "another note of the edition": (
        say(f"{FLOW}//c:AnnotationText[@xml:lang='en']", "other"),
        "Dataflow DF_MU_BY_AREA / annotations 5 / text / en is 'other'",
    ),
    "a dimension missing": (drop("//s:DimensionList/s:Dimension[@id='AGE']"), "DSD_MU_BY_AREA / AGE is missing"),
    "an attribute missing": (drop("//s:Attribute[@id='UNIT_MULT']"), "DSD_MU_BY_AREA / UNIT_MULT is missing"),
    "another type of values": (
        mark("//s:Concept[@id='OBS_VALUE']//s:TextFormat", "textType", "Integer"),
        "ConceptScheme CS_MU / OBS_VALUE / representation is 'Integer', 'Double' expected",
    ),
    "a facet nobody asked for": (
        mark("//s:Concept[@id='OBS_VALUE']//s:TextFormat", "maxLength", "9"),
        "TextFormat holds maxLength, which is not looked for",
    ),
    "a dataflow missing": (drop(FLOW), "Dataflow DF_MU_BY_AREA is missing"),
    "a series attribute of fewer dimensions": (
        drop("//s:Attribute[@id='DECIMALS']/s:AttributeRelationship/s:Dimension[last()]"),
        "DataStructure DSD_MU_BY_AREA / DECIMALS / relates to is ['FREQ', 'REF_AREA', 'SEX', 'AGE']",
    ),
    "a categorisation missing": (drop("//s:Categorisation"), "Categorisation CAT_MU_BY_AREA is missing"),
    "a provision agreement missing": (drop("//s:ProvisionAgreement"), "ProvisionAgreement PA_MU_BY_AREA is missing"),
    "another address": (say("//s:Contact/s:Email", "b@x.example"), "contact / email is 'b@x.example', 'a@x.example'"),
    "the agency's name": (drop("//s:Agency/c:Name[@xml:lang='nb']"), "AgencyScheme AGENCIES / MADE_UP / name / nb is"),
    "another moment": (say("//m:Prepared", "2026-11-23T00:00:00Z"), "header / prepared is '2026-11-23T00:00:00Z'"),
    "another edition": (say("//m:Header/m:ID", "MU_2024-10"), "header / id is 'MU_2024-10', 'MU_2024-11' expected"),
    "a test message": (say("//m:Test", "true"), "header / test is 'true', 'false' expected"),
    "a schema of its own": (
        lambda root, _: root.set(f"{{{XSI}}}schemaLocation", "urn:x https://x.example/y.xsd"),
        "names a schema of its own",
    ),
}


@pytest.mark.parametrize("number", FILE_OF)
@pytest.mark.parametrize("fault", IN_EVERY_ML)
def test_a_fault_in_any_version_of_sdmx_ml_is_found_and_named(
    fault: str, number: str, publication: Publication, release: Path
) -> None:
    change, message = IN_EVERY_ML[fault]
    file = damage(release, number, change)
    found = messages(publication, release, file)
    assert any(message in said for said in found), found


IN_ONE = {
    "2.1: another parent": ("2.1", mark(f"{AREA}//s:Parent/Ref", "id", "a3"), "CL_AREA / a1 / parent is 'a3'"),
    "3.1: another parent": ("3.1", say(f"{AREA}//s:Parent", "a3"), "CL_AREA / a1 / parent is 'a3', '_T' expected"),
    "2.1: no parent": ("2.1", drop(f"{AREA}//s:Parent"), "CL_AREA / a1 / parent is None, '_T' expected"),
    "3.1: no parent": ("3.1", drop(f"{AREA}//s:Parent"), "CL_AREA / a1 / parent is None, '_T' expected"),
    "3.0: no hierarchy": ("3.0", drop("//s:Hierarchies"), "Hierarchy H_CL_AREA is missing"),
    "3.0: a code dropped from its hierarchy": (
        "3.0",
        drop("//s:HierarchicalCode[@id='a2']"),
        "Hierarchy H_CL_AREA / a2 is missing",
    ),
    "3.0: a code under another one": (
        "3.0",
        lambda _, find: find("//s:HierarchicalCode[@id='a3']").append(find("//s:HierarchicalCode[@id='a2']")),
        "Hierarchy H_CL_AREA / a2 / parent is 'a3', 'a1' expected",
    ),
    "3.0: a hierarchy of other codes": (
        "3.0",
        say("//s:HierarchicalCode[@id='a2']/s:Code", "urn:sdmx:org.sdmx.infomodel.codelist.Code=MADE_UP:CL_SEX(1.0).F"),
        "Hierarchy H_CL_AREA / a2 / code is",
    ),
    "2.1: another range of time": ("2.1", say("//c:EndPeriod", "2024-12-31"), "CR_MU_BY_AREA / TIME_PERIOD 1 is"),
    "3.0: another period": ("3.0", say("//s:Value[text()='2023-Q2']", "2024-Q2"), "TIME_PERIOD 4 is '2024-Q2'"),
    "3.1: another period": ("3.1", say("//s:Value[text()='2023-Q2']", "2024-Q2"), "TIME_PERIOD 4 is '2024-Q2'"),
    "2.1: a code more in the constraint": ("2.1", say("//c:Value[text()='Y_LT20']", "Y_GE20"), "AGE 2 is 'Y_GE20'"),
    "3.0: a code more in the constraint": ("3.0", say("//s:Value[text()='Y_LT20']", "Y_GE20"), "AGE 2 is 'Y_GE20'"),
    "3.1: a code more in the constraint": ("3.1", say("//s:Value[text()='Y_LT20']", "Y_GE20"), "AGE 2 is 'Y_GE20'"),
    "3.0: what is allowed, not what is there": (
        "3.0",
        mark("//s:DataConstraint", "role", "Allowed"),
        "DataConstraint CR_MU_BY_AREA / role is 'Allowed', 'Actual' expected",
    ),
    "3.1: fewer observations": (
        "3.1",
        mark("//s:AvailabilityConstraint", "obsCount", "1"),
        "obsCount is '1'",
    ),
    "3.1: a version where there is none": (
        "3.1",
        mark("//s:Categorisation", "version", "1.0"),
        "Categorisation CAT_MU_BY_AREA / version is '1.0', None expected",
    ),
    "3.0: an attribute that may be absent": (
        "3.0",
        mark("//s:Attribute[@id='OBS_STATUS']", "usage", "optional"),
        "DataStructure DSD_MU_BY_AREA / OBS_STATUS / usage is 'optional', 'mandatory' expected",
    ),
    "2.1: dimensions in another order than their positions say": (
        "2.1",
        mark("//s:Dimension[@id='SEX']", "position", "4"),
        "DataStructure DSD_MU_BY_AREA / SEX / position is",
    ),
}


@pytest.mark.parametrize("fault", IN_ONE)
def test_a_fault_in_what_a_version_says_in_its_own_way_is_found_and_named(
    fault: str, publication: Publication, release: Path
) -> None:
    number, change, message = IN_ONE[fault]
    file = damage(release, number, change)
    found = messages(publication, release, file)
    assert any(message in said for said in found), found


def _codes(data: Any, codelist: str) -> Any:
    return next(found for found in data["codelists"] if found["id"] == codelist)["codes"]


def _attributes(data: Any) -> Any:
    return data["dataStructures"][0]["dataStructureComponents"]["attributeList"]["attributes"]


def _values(data: Any, component: str) -> Any:
    keys = data["dataConstraints"][0]["cubeRegions"][0]["keyValues"]
    return next(key for key in keys if key["id"] == component)["values"]


IN_JSON: dict[str, tuple[Callable[[Any], object], str]] = {
    "an unknown property": (lambda data: data["codelists"][1].update(colour="red"), "holds colour, which is not"),
    "a property that breaks the schema": (lambda data: data["codelists"][1].update(id=["x"]), "$.data.codelists[1]"),
    "a label under another language": (
        lambda data: _codes(data, "CL_AREA")[0]["names"].update(nn=_codes(data, "CL_AREA")[0]["names"].pop("sme")),
        "Codelist CL_AREA / a1 / name / sme is None, 'Romsa' expected",
    ),
    "a best match that is another text": (
        lambda data: _codes(data, "CL_AREA")[0].update(name="Romsa"),
        "CL_AREA / codes a1 / name is 'Romsa', not the first of names",
    ),
    "a code missing": (lambda data: _codes(data, "CL_SEX").pop(1), "Codelist CL_SEX / F is missing"),
    "a code twice": (lambda data: _codes(data, "CL_SEX").append(_codes(data, "CL_SEX")[1]), "F (again) is not expec"),
    "another order of codes": (lambda data: _codes(data, "CL_SEX").reverse(), "M stands where _T is expected"),
    "a parent missing": (lambda data: _codes(data, "CL_AREA")[0].pop("parent"), "CL_AREA / a1 / parent is None"),
    "an annotation missing": (
        lambda data: data["dataflows"][0]["annotations"].pop(),
        "Dataflow DF_MU_BY_AREA / annotations is [",
    ),
    "another order of dimensions": (
        lambda data: data["dataStructures"][0]["dataStructureComponents"]["dimensionList"]["dimensions"].reverse(),
        "KIND stands where FREQ is expected",
    ),
    "another use of an attribute": (
        lambda data: _attributes(data)[0].update(usage="optional"),
        "OBS_STATUS / usage is 'optional', 'mandatory' expected",
    ),
    "another relation of an attribute": (
        lambda data: _attributes(data)[0].update(attributeRelationship={"dimensions": ["FREQ"]}),
        "OBS_STATUS / relates to 1 is 'FREQ', 'the observation' expected",
    ),
    "another type of values": (
        lambda data: _attributes(data)[2]["localRepresentation"]["format"].update(dataType="String"),
        "MONTHS / representation is 'String', 'Integer' expected",
    ),
    "a code more in the constraint": (
        lambda data: _values(data, "AGE").append({"value": "Y_GE20"}),
        "CR_MU_BY_AREA / AGE is ['_T', 'Y_LT20', 'Y_GE20']",
    ),
    "another period": (lambda data: _values(data, "TIME_PERIOD").pop(), "CR_MU_BY_AREA / TIME_PERIOD is ["),
    "a provision agreement missing": (
        lambda data: data.pop("provisionAgreements"),
        "ProvisionAgreement PA_MU_BY_AREA is missing",
    ),
    "another target": (
        lambda data: data["categorisations"][0].update(target=data["categorisations"][0]["target"] + "X"),
        "Categorisation CAT_MU_BY_AREA / target is",
    ),
    "a list that is none": (lambda data: data.update(codelists={"a": 1}), "data / codelists is no list"),
    "names that are none": (lambda data: data["dataflows"][0].update(names="x"), "/ name is"),
    "an object that is none": (lambda data: data["codelists"].append("x"), "Codelist is no object"),
}


@pytest.mark.parametrize("fault", IN_JSON)
def test_a_fault_in_sdmx_json_is_found_and_named(fault: str, publication: Publication, release: Path) -> None:
    change, message = IN_JSON[fault]
    document = json.loads((release / JSON).read_bytes())
    change(document["data"])
    (release / JSON).write_text(json.dumps(document), encoding="utf-8")
    found = messages(publication, release, JSON)
    assert any(message in said for said in found), found


def test_a_language_that_json_does_not_list_is_found(publication: Publication, release: Path) -> None:
    document = json.loads((release / JSON).read_bytes())
    document["meta"]["contentLanguages"].remove("sme")
    (release / JSON).write_text(json.dumps(document), encoding="utf-8")
    (message,) = messages(publication, release, JSON)
    assert message == "meta / contentLanguages is ['nb', 'en'], not the languages that are there"


def test_a_property_that_stands_twice_is_found(publication: Publication, release: Path) -> None:
    text = (release / JSON).read_text(encoding="utf-8")
    (release / JSON).write_text(text.replace('"test": false', '"test": true,\n"test": false'), encoding="utf-8")
    assert "cannot be read: a property stands twice" in messages(publication, release, JSON)[0]


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_not_there_is_a_finding(file: str, publication: Publication, release: Path) -> None:
    checked = subject(publication, release, tuple(other for other in FILES if other != file))
    found = [finding for check in CHECKS for finding in check.run(checked).findings]
    assert {(finding.file, finding.message) for finding in found} == {(file, "is missing")}
    assert len(found) == (3 if file in (ML_2_1, ML_3_0) else 2)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("text", ["<not-sdmx/>", "", "[1]", "\x00"])
def test_a_file_that_is_something_else_is_a_finding(
    text: str, file: str, publication: Publication, release: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (release / file).write_text(text, encoding="utf-8")
    found = messages(publication, release, file, *(check.by for check in CHECKS))
    assert len(found) >= 2
    assert capfd.readouterr().out == ""


def test_a_document_type_is_refused_and_its_entities_are_not_read(publication: Publication, release: Path) -> None:
    secret = release / "secret"
    secret.write_text("the secret", encoding="utf-8")
    text = (release / ML_3_1).read_text(encoding="utf-8")
    head, rest = text.split("?>", 1)
    hostile = f'{head}?><!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>{rest}'
    hostile = hostile.replace(">Romsa<", ">&e;<")
    (release / ML_3_1).write_text(hostile, encoding="utf-8")
    found = messages(publication, release, ML_3_1)
    assert any("document type declaration" in message for message in found)
    assert not any("the secret" in message for message in found)


def test_what_sdmx1_finds_in_2_1_and_3_0_is_named_too(publication: Publication, release: Path) -> None:
    for number in ("2.1", "3.0"):
        damage(release, number, drop("//s:Codelist[@id='CL_SEX']/s:Code[@id='F']"))
    found = findings(publication, release, "sdmx1")
    assert {finding.file for finding in found} == {ML_2_1, ML_3_0}
    assert [finding.message for finding in found if "CL_SEX.F is missing" in finding.message] != []


SDMX1 = {
    "a name in another language": (
        mark(f"{AREA}/s:Code[@id='a1']/c:Name[@xml:lang='sme']", LANG, "nn"),
        [
            "name of CL_AREA.a1 in 'sme' is None, 'Romsa' expected",
            "name of CL_AREA.a1 in 'nn' is 'Romsa', None expected",
        ],
    ),
    "a match": (
        say(f"{AREA}/s:Code[@id='_T']//c:Annotation[2]/c:AnnotationURL", "urn:x:z"),
        ["matches of CL_AREA._T is "],
    ),
    "a dimension": (drop("//s:DimensionList/s:Dimension[@id='AGE']"), ["dimensions of DSD_MU_BY_AREA", "KeyError"]),
    "a categorisation": (drop("//s:Categorisation"), ["CAT_MU_BY_AREA is missing"]),
    "a constraint": (drop("//s:CubeRegion/*[@id='AGE']/*[1]"), ["AGE '_T' in CR_MU_BY_AREA is 'not there'"]),
}


@pytest.mark.parametrize("number", ["2.1", "3.0"])
@pytest.mark.parametrize("fault", SDMX1)
def test_sdmx1_finds_what_is_missing_or_not_the_same(
    fault: str, number: str, publication: Publication, release: Path
) -> None:
    change, expected = SDMX1[fault]
    file = damage(release, number, change)
    found = messages(publication, release, file, "sdmx1")
    assert any(message in said for said in found for message in expected), found


def test_sdmx1_finds_a_parent_that_is_gone(publication: Publication, release: Path) -> None:
    damage(release, "2.1", drop(f"{AREA}//s:Parent"))
    damage(release, "3.0", drop("//s:HierarchicalCode[@id='a2']"))
    found = findings(publication, release, "sdmx1")
    assert [(finding.file, finding.message) for finding in found] == [
        (ML_2_1, "parent of CL_AREA.a1 is None, '_T' expected"),
        (ML_3_0, "parent of CL_AREA.a2 is None, 'a1' expected"),
    ]


def test_a_file_that_sdmx1_cannot_read_is_a_finding(publication: Publication, release: Path) -> None:
    (release / ML_3_0).write_text("<not-sdmx/>")
    found = findings(publication, release, "sdmx1")
    assert "sdmx1 cannot read it" in found[0].message


def test_json_that_is_too_deep_is_a_fault_and_no_failure(publication: Publication, release: Path) -> None:
    (release / JSON).write_text("[" * 200_000, encoding="utf-8")
    assert messages(publication, release, JSON, "jsonschema")
    assert messages(publication, release, JSON, "publisher")
