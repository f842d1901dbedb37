"""The shipped schemas say what the model says, and a schema that lets more or less pass is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sdmx_data import one, spoil, subject, with_flat, written
from sdmx_fixture import hostile_publication, nav_publication

from publisher.checks import sdmx_xsd_content as check
from publisher.formats import sdmx_xsd
from publisher.formats.draft import Publication

pytestmark = pytest.mark.slow

FILES = [f"sdmx/by-area/schema-{version}{suffix}.xsd" for version in ("2.1", "3.0", "3.1") for suffix in ("", "-flat")]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return with_flat(hostile_publication(tmp_path_factory.mktemp("observations")))


@pytest.fixture(scope="module")
def release(made_up: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(made_up, tmp_path_factory.mktemp("release"), sdmx_xsd.FORMAT)


def test_the_schemas_of_a_release_say_what_the_model_says(made_up: Publication, release: Path, tmp_path: Path) -> None:
    nav = with_flat(nav_publication(tmp_path))
    folder = written(nav, tmp_path / "nav", sdmx_xsd.FORMAT)
    for publication, place, files in ((made_up, release, 6), (nav, folder, 6 * len(nav.observations))):
        outcome = check.run(subject(place, publication, tmp_path))
        assert (outcome.findings, outcome.looked_at, outcome.nothing) == ((), f"{files} files", False)


def test_a_release_without_schemas_has_nothing_to_check(made_up: Publication, tmp_path: Path) -> None:
    assert check.run(subject(tmp_path, made_up, tmp_path)).nothing


KIND = '<xs:attribute name="KIND" type="MADE_UP.CL_KIND.1.0" use="{}"/>'
ATTRIBUTE = '<xs:attribute name="EXTRA" type="xs:string" use="optional"/>'
CODE = '<xs:enumeration value="_T"/>'
FAULTS: dict[str, tuple[Callable[[str], str], str]] = {
    "a dimension is optional": (
        one(KIND.format("required"), KIND.format("optional")), "use is optional, required expected",
    ),
    "a code more": (one(CODE, f'{CODE}<xs:enumeration value="zz"/>'), "holds 'zz', which is no code of CL_AREA"),
    "a code less": (one(CODE, ""), "does not hold '_T' of CL_AREA"),
    "a code twice": (one(CODE, CODE * 2), "once and in their order"),
    "codes in another order": (
        lambda text: text.replace('"F"', '"#"', 1).replace('"M"', '"F"', 1).replace('"#"', '"M"', 1),
        "does not hold the codes of CL_SEX once and in their order",
    ),
    "another facet": (one(CODE, f'{CODE}<xs:pattern value=".*"/>'), "which is no code of CL_AREA"),
    "codes of another type": (
        one('<xs:restriction base="xs:string"', '<xs:restriction base="xs:token"'), "something else than texts out of",
    ),
    "a value that is a text": (one('"xs:double"', '"xs:string"'), "OBS_VALUE of ObsType: type is string, double exp"),
    "months that are texts": (one('type="xs:int"', 'type="xs:string"'), "MONTHS of ObsType: type is string, int exp"),
    "codes of another list": (
        one('name="SEX" type="MADE_UP.CL_SEX', 'name="SEX" type="MADE_UP.CL_AGE'),
        "type is MADE_UP.CL_AGE.1.0, MADE_UP.CL_SEX.1.0 expected",
    ),
    "a dimension less": (one(KIND.format("required"), ""), "lacks KIND"),
    "a status less": (
        one('<xs:attribute name="OBS_STATUS" type="MADE_UP.CL_OBS_STATUS.1.0" use="optional"/>', ""),
        "ObsType lacks OBS_STATUS",
    ),
    "a component more": (one(KIND.format("required"), KIND.format("required") + ATTRIBUTE), "attribute EXTRA that is"),
    "a component twice": (one(KIND.format("required"), KIND.format("required") * 2), "attribute KIND that is not exp"),
    "any attribute": (
        one("</xs:restriction>\n    </xs:complexContent>", "<xs:anyAttribute/></xs:restriction></xs:complexContent>"),
        "has anyAttribute where nothing is expected",
    ),
    "a default": (one(' name="MONTHS"', ' default="1" name="MONTHS"'), "default is 1, nothing expected"),
    "nothing prohibited": (one('"prohibited"', '"optional"'), "use is optional, prohibited expected"),
    "another target": (
        one('targetNamespace="urn:', 'targetNamespace="urn:x:'), "the schema: targetNamespace is urn:x:sdmx",
    ),
    "another import": (one("SDMXCommon.xsd", "SDMXCommon2.xsd"), "imports something else"),
    "an import less": (lambda text: "".join(line for line in text.splitlines(True) if "Common.xsd" not in line
                                            or "import" not in line), "imports something else"),
    "an import more": (
        one("<xs:simpleType", '<xs:import namespace="urn:x" schemaLocation="x"/><xs:simpleType'), "imports something",
    ),
    "an include": (one("<xs:simpleType", '<xs:include schemaLocation="x"/><xs:simpleType'), "declares include"),
    "an element": (one("<xs:simpleType", '<xs:element name="X"/><xs:simpleType'), "declares element X"),
    "a type more": (one("<xs:simpleType", '<xs:complexType name="X"/><xs:simpleType'), "complexType X, which no comp"),
    "a type less": (one('complexType name="ObsType"', 'complexType name="Obs"'), "does not declare ObsType"),
    "a type twice": (one("<xs:complexType", '<xs:complexType name="ObsType"/><xs:complexType'), "a second time"),
    "a base that restricts nothing": (one('base="ss:ObsType"', 'base="ss:AttsType"'), "has restriction base="),
    "another number of parts": (one('maxOccurs="unbounded"', 'maxOccurs="2"'), "where"),
    "an element that is taken away": (one('<xs:element ref="common:Annotations" minOccurs="0"/>', ""), "DataSetType h"),
    "any namespace of elements": (one('elementFormDefault="qualified"', ""), "elementFormDefault is nothing, qualif"),
    "cut short": (lambda text: text[: len(text) // 2], "cannot be read"),
    "empty": (lambda text: "", "cannot be read"),
    "another document": (lambda text: "<x/>", "is no schema"),
    "a document type": (one("<xs:schema", "<!DOCTYPE x><xs:schema"), "has a document type"),
}  # fmt: skip


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named(file: str, fault: str, made_up: Publication, release: Path, tmp_path: Path) -> None:
    change, words = FAULTS[fault]
    findings = check.run(subject(spoil(release, tmp_path / "r", file, change), made_up, tmp_path)).findings
    assert {(item.rule, item.file, item.cube) for item in findings} == {("sdmx-xsd", file, "by-area")}
    assert any(words in item.message for item in findings), findings
    assert len(findings) <= 20


def test_prefixes_and_words_for_people_are_free(made_up: Publication, release: Path, tmp_path: Path) -> None:
    def renamed(text: str) -> str:
        text = text.replace("xmlns:common", "xmlns:c").replace('"common:', '"c:')
        return text.replace("<xs:documentation>", "<!-- no matter --><xs:documentation>Also. ")

    folder = spoil(release, tmp_path / "r", FILES[0], renamed)
    assert check.run(subject(folder, made_up, tmp_path)).findings == ()
    elsewhere = one('/common"', '/commons"')
    folder = spoil(release, tmp_path / "s", FILES[0], elsewhere)
    assert check.run(subject(folder, made_up, tmp_path)).findings
