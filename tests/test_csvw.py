"""The description of the tables in CSVW: what it says, and that its triples are those of the Turtle."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from csvw_fixture import changed, converted, description, release, table, turtle_triples
from hypothesis import given, settings
from hypothesis import strategies as st
from rdf_fixture import hostile_dataset, nav_dataset, text, without_cubes

from publisher.checks import csvw_triples, one_truth, read_csvw
from publisher.checks.check import Subject
from publisher.checks.csvw_terms import UnknownError, expanded
from publisher.formats.csvw import FORMAT, PATH
from publisher.formats.csvw_tables import is_registered
from publisher.formats.draft import Draft, Publication
from publisher.model import Attribute, Codelist, Cube, Dataset, Dimension, SeriesAttribute, Text
from publisher.naming import CODE_PATTERN, segment

pytestmark = pytest.mark.slow

CUBE = "price-index"
OBSERVATION = f"https://data.example.org/made-up/{CUBE}/obs/"


@pytest.fixture
def hostile(tmp_path: Path) -> Subject:
    """A made-up release that a test may damage: every character a code can have, decimals, texts with line breaks."""
    return release(hostile_dataset(), tmp_path)


def messages(subject: Subject) -> list[str]:
    return [str(finding) for finding in csvw_triples.run(subject).findings]


def only_cube(dataset: Dataset, change: Callable[[Cube], Cube]) -> Dataset:
    (cube,) = dataset.cubes
    return replace(dataset, cubes=(change(cube),))


# What it says


def test_every_table_is_described_with_its_header_its_keys_and_its_languages(hostile: Subject) -> None:
    described = description(hostile.folder)
    assert described["@context"] == ["http://www.w3.org/ns/csvw", {"@language": "nb"}]
    files = {path.relative_to(hostile.folder).as_posix() for path in hostile.folder.rglob("*.csv")}
    assert {f"data/{one['url']}".replace("data/../", "") for one in described["tables"]} == files
    schema = table(described, f"{CUBE}.csv")["tableSchema"]
    assert schema["primaryKey"] == ["REGION", "FREQ", "KIND", "TIME_PERIOD"]
    region = schema["columns"][0]
    assert region == {
        "name": "REGION",
        "titles": {"und": "REGION", "nb": "REGION", "en": "REGION (en)"},
        "propertyUrl": "https://data.example.org/made-up/dimension/REGION",
        "valueUrl": "https://data.example.org/made-up/code/CL_REGION/{REGION}",
        "datatype": "string",
        "required": True,
    }
    assert {
        "columnReference": ["REGION"],
        "reference": {"resource": "../codelists/CL_REGION.csv", "columnReference": ["code"]},
    } in schema["foreignKeys"]
    assert [column["datatype"] for column in schema["columns"] if column["name"] == "OBS_VALUE"] == ["decimal"]
    constant = [column for column in schema["columns"] if column["name"] == "DECIMALS"]
    assert [(column["default"], column["suppressOutput"], column["virtual"]) for column in constant] == [
        ("2", True, True)
    ]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")
def test_what_is_said_of_all_tables_the_catalogue_says_too(real_release: Path) -> None:
    described = description(real_release)
    context = {"dc": "http://purl.org/dc/terms/", "xsd": "http://www.w3.org/2001/XMLSchema#"}
    said = {key: value for key, value in described.items() if key.startswith("dc:") or key == "@id"}
    from rdflib import Graph, URIRef

    graph = Graph().parse(data={"@context": context, **said}, format="json-ld")
    catalogue = Graph().parse(real_release / "catalog.ttl")
    assert len(graph) == 10
    # Of the licence the catalogue tells for each file.
    licence = URIRef("http://purl.org/dc/terms/license")
    assert [predicate for subject, predicate, value in graph if (subject, predicate, value) not in catalogue] == [
        licence
    ]
    assert {*graph.objects(predicate=licence)} <= {*catalogue.objects(predicate=licence)}


def test_nothing_is_written_where_no_table_is(tmp_path: Path) -> None:
    dataset = hostile_dataset()
    draft = Draft(tmp_path)
    source = Publication(dataset, tmp_path, dataset.edition("2024-11"), (), ())
    FORMAT.write(source, draft, {})
    assert draft.files == []


def test_a_language_without_a_registered_tag_gives_no_titles_and_no_triples(tmp_path: Path) -> None:
    assert not is_registered("sme")
    assert is_registered("smj")
    names = Text((("nb", "Romsa"), ("sme", "Romsa"), ("smj", "Romsa")))

    def named(codelist: Codelist) -> Codelist:
        return replace(codelist, codes=tuple(replace(code, name=names) for code in codelist.codes))

    dataset = hostile_dataset()
    dataset = replace(dataset, codelists=tuple(map(named, dataset.codelists)), title=names)
    subject = release(dataset, tmp_path)
    described = description(subject.folder)
    columns = {column["name"]: column for column in described["tables"][0]["tableSchema"]["columns"]}
    assert columns["label_sme"]["suppressOutput"] is True
    assert columns["label_smj"]["lang"] == "smj"
    assert [title["@language"] for title in described["dc:title"]] == ["nb", "smj"]
    assert messages(subject) == []


# Its triples


@pytest.mark.slow
def test_a_converter_of_others_gives_all_of_the_turtle_but_data_sets_and_bounds(
    real_release: Path, tmp_path: Path
) -> None:
    theirs, ours = converted(real_release, tmp_path), turtle_triples(real_release)
    assert theirs - ours == set()
    beyond = Counter(predicate for subject, predicate, _ in ours - theirs if "/obs/" in subject)
    measure = "<https://data.example.org/nav-tilt140/measure/{}>".format
    assert beyond == {
        "<http://purl.org/linked-data/cube#dataSet>": 4068,
        measure("LOWER_BOUND"): 377,
        measure("UPPER_BOUND"): 377,
    }


@pytest.mark.slow
def test_a_converter_of_others_agrees_on_codes_and_texts_of_any_kind(hostile: Subject, tmp_path: Path) -> None:
    theirs, ours = converted(hostile.folder, tmp_path), turtle_triples(hostile.folder)
    assert theirs - ours == set()
    beyond = {predicate.rpartition("/")[2] for subject, predicate, _ in ours - theirs if OBSERVATION in subject}
    assert beyond == {"cube#dataSet>", "LOWER_BOUND>", "UPPER_BOUND>"}


def in_column(name: str, key: str, value: Any) -> Callable[[Any], None]:
    def change(described: Any) -> None:
        columns = table(described, f"{CUBE}.csv")["tableSchema"]["columns"]
        next(column for column in columns if column["name"] == name)[key] = value

    return change


def in_schema(url: str, key: str, value: Any) -> Callable[[Any], None]:
    return lambda described: table(described, url)["tableSchema"].update({key: value})


def without_column(name: str) -> Callable[[Any], None]:
    def change(described: Any) -> None:
        schema = table(described, f"{CUBE}.csv")["tableSchema"]
        schema["columns"] = [column for column in schema["columns"] if column["name"] != name]

    return change


def in_label(key: str, value: Any) -> Callable[[Any], None]:
    def change(described: Any) -> None:
        columns = table(described, "../codelists/CL_REGION.csv")["tableSchema"]["columns"]
        next(column for column in columns if column["name"] == "label_nb")[key] = value

    return change


# what is changed in the description -> a part of what is found
PLANTED: dict[str, tuple[Callable[[Any], None], str]] = {
    "another property": (
        in_column("KIND", "propertyUrl", "https://data.example.org/made-up/dimension/X"),
        "dimension/KIND",
    ),
    "another subject": (in_schema(f"{CUBE}.csv", "aboutUrl", OBSERVATION + "{REGION}"), "another subject"),
    "another codelist": (
        in_column("KIND", "valueUrl", "https://data.example.org/made-up/code/CL_REGION/{KIND}"),
        "KIND: another object in row 1 and 44 more",
    ),
    "another datatype": (in_column("OBS_VALUE", "datatype", "integer"), "gives integer by"),
    "a template that is not as simple": (
        in_column("KIND", "valueUrl", "https://x/{+KIND}"),
        "more than names of columns",
    ),
    "a template with a column that is not there": (
        in_column("KIND", "valueUrl", "https://x/{KINDS}"),
        "names a column",
    ),
    "no unit": (without_column("UNIT_MEASURE"), "gives nothing by"),
    "another type": (
        in_column("rdf_type", "valueUrl", "http://purl.org/linked-data/cube#Slice"),
        "type: another object in row 1",
    ),
    "a list": (in_column("NOTE", "separator", " "), "with a separator"),
    "a column of its own subject": (in_column("NOTE", "aboutUrl", "https://x/{NOTE}"), "a column says aboutUrl"),
    "no triples": (lambda described: described["tables"][-1].update(suppressOutput=True), "does not give triples"),
    "another column name": (in_column("KIND", "titles", {"und": "SORT"}), "not those that are described"),
    "no table of a codelist": (lambda described: described["tables"].pop(0), "is not described"),
    "a table that is not there": (
        lambda described: described["tables"].append({**described["tables"][0], "url": "x.csv"}),
        "no table of the release",
    ),
    "another language": (in_label("lang", "en"), "prefLabel> what rdf/codelists.ttl does not"),
    "another property of a label": (in_label("propertyUrl", "http://x/y"), "by <http://x/y>"),
    "another subject of codes": (in_schema("../codelists/CL_KIND.csv", "aboutUrl", "https://x/{code}"), "<https://x/"),
    "no columns": (in_schema(f"{CUBE}.csv", "columns", 7), "described otherwise than here"),
    "no tables": (lambda described: described.pop("tables"), "cannot be read"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_of_the_description_is_found(hostile: Subject, name: str) -> None:
    change, part = PLANTED[name]
    assert messages(hostile) == []
    changed(hostile.folder, change)
    found = messages(hostile)
    assert any(part in message for message in found), found
    described = re.compile(f"{re.escape(PATH)}|(data|codelists)/[^/]+.csv")
    assert all(described.fullmatch(finding.file or "") for finding in csvw_triples.run(hostile).findings)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (f"data/{CUBE}.csv", "5.42", "5.43"),
        (f"rdf/{CUBE}.ttl", "5.42", "5.43"),
        (f"rdf/{CUBE}.ttl", " ; att:MONTHS 11 ; att:NOTE", " ; att:NOTE"),
        ("codelists/CL_REGION.csv", "A@B,_T", "A@B,C$D"),
    ],
)
def test_a_changed_value_is_found_and_not_told(hostile: Subject, file: str, old: str, new: str) -> None:
    path = hostile.folder / file
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8", newline="")
    found = messages(hostile)
    assert len(found) == 1
    assert new not in found[0]


def test_a_row_too_many_is_found(hostile: Subject) -> None:
    with (hostile.folder / f"data/{CUBE}.csv").open("a", encoding="utf-8") as stream:
        stream.write("x,A,x,2025,1.00,A,F,,\n")
    assert any("do not have as many rows" in message for message in messages(hostile))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["another property", "another subject", "another codelist", "another type"])
def test_a_converter_of_others_finds_it_too(hostile: Subject, tmp_path: Path, name: str) -> None:
    changed(hostile.folder, PLANTED[name][0])
    assert converted(hostile.folder, tmp_path) - turtle_triples(hostile.folder) != set()


def test_ids_with_hyphens_and_a_unit_in_words_give_the_same_triples(tmp_path: Path) -> None:
    def with_hyphens(cube: Cube) -> Cube:
        dimensions = list(cube.dimensions)
        dimensions[2] = Dimension(replace(dimensions[2].concept, id="KIND-OF"))
        attributes = (*cube.attributes[:-1], Attribute(replace(cube.attributes[-1].concept, id="NOTE-1")))
        unit = cube.series_attributes[0].concept
        words = SeriesAttribute(replace(unit, codelist=None, data_type="string"), 'kroner, "2015"')
        return replace(
            cube,
            dimensions=tuple(dimensions),
            attributes=attributes,
            series_attributes=(words, *cube.series_attributes[1:]),
        )

    subject = release(only_cube(hostile_dataset(), with_hyphens), tmp_path)
    schema = table(description(subject.folder), f"{CUBE}.csv")["tableSchema"]
    assert schema["aboutUrl"].endswith("{REGION}.{FREQ}.{KIND%2DOF}.{TIME_PERIOD}")
    assert messages(subject) == []
    assert csvw_triples.validate(subject).findings == ()
    assert one_truth.check_of(read_csvw.READERS[0]).run(subject).findings == ()


def test_a_base_that_templates_would_encode_gives_no_triples_and_is_not_wrong(tmp_path: Path) -> None:
    dataset = hostile_dataset()
    dataset = replace(dataset, names=replace(dataset.names, base_iri="https://dåta.example.org"))
    subject = release(dataset, tmp_path)
    assert {one.get("suppressOutput") for one in description(subject.folder)["tables"]} == {True}
    assert messages(subject) == []
    changed(subject.folder, lambda described: described["tables"][0].pop("suppressOutput"))
    assert any("gives triples" in message for message in messages(subject))


@pytest.mark.slow
def test_cubes_without_hidden_cells_and_of_whole_numbers_agree(tmp_path: Path) -> None:
    dataset = without_cubes(nav_dataset(), "sex", "county")
    subject = release(dataset, tmp_path, hidden=False)
    outcome = csvw_triples.run(subject)
    assert outcome.findings == ()
    assert csvw_triples.validate(subject).findings == ()


# Templates


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=5), st.text(max_size=3))
def test_templates_are_expanded_as_a_library_of_others_does(words: list[str], other: str) -> None:
    from uritemplate import URITemplate

    template = "https://example.org/%20{A}.{B_1}-{A}"
    rows = {"A": pa.array(words, pa.string()), "B_1": pa.array([other] * len(words), pa.string())}
    found = expanded(template, rows, len(words)).to_pylist()
    assert found == [URITemplate(template).expand(A=word, B_1=other) for word in words]


@settings(max_examples=40, deadline=None)
@given(st.from_regex(CODE_PATTERN, fullmatch=True))
def test_a_code_becomes_the_words_that_naming_makes_of_it(code: str) -> None:
    assert expanded("{code}", {"code": pa.array([code])}, 1).to_pylist() == [segment(code)]


@pytest.mark.parametrize("template", ["{+a}", "{a,b}", "{a", "a}", "{}", "{a*}"])
def test_what_templates_here_never_have_is_refused(template: str) -> None:
    with pytest.raises(UnknownError):
        expanded(template, {"a": pa.array(["x"])}, 1)


# Read through it


@pytest.mark.slow
def test_every_observation_is_read_through_the_description(hostile: Subject) -> None:
    check = one_truth.check_of(read_csvw.READERS[0])
    assert check.run(hostile).findings == ()
    changed(hostile.folder, in_column("NOTE", "null", ["plain"]))
    assert "NOTE is empty, 'plain' expected" in {finding.message for finding in check.run(hostile).findings}
    changed(hostile.folder, in_column("NOTE", "datatype", {"base": "string", "format": "(a+)+b"}))
    (finding,) = check.run(hostile).findings
    assert "csvw cannot read it: the format of NOTE could take time without bounds" in finding.message
    changed(hostile.folder, in_schema(f"{CUBE}.csv", "columns", [{"name": "x"}]))
    (finding,) = check.run(hostile).findings
    assert "csvw cannot read it" in finding.message


def test_a_table_that_is_not_as_described_is_found_by_csvw(hostile: Subject) -> None:
    assert csvw_triples.validate(hostile).findings == ()
    path = hostile.folder / f"data/{CUBE}.csv"
    lines = path.read_text(encoding="utf-8").replace(",2024,5.42,", ",2024,five,", 1).replace("-1,A,x", "ZZ,A,x", 1)
    path.write_text(lines, encoding="utf-8", newline="")
    found = [(finding.line, finding.message) for finding in csvw_triples.validate(hostile).findings]
    assert found == [
        (3, "column 5 (OBS_VALUE) is none of its datatype: decimal"),
        (4, "REGION refers to no row of ../codelists/CL_REGION.csv"),
    ]


def test_titles_are_said_in_every_language_of_the_names(tmp_path: Path) -> None:
    def named(cube: Cube) -> Cube:
        first, *others = cube.dimensions
        concept = replace(first.concept, name=Text((("ar", "منطقة"), ("zh-Hant", "地區"))), description=text("Where"))
        return replace(cube, dimensions=(Dimension(concept), *others))

    subject = release(only_cube(hostile_dataset(), named), tmp_path)
    region = table(description(subject.folder), f"{CUBE}.csv")["tableSchema"]["columns"][0]
    assert region["titles"] == {"und": "REGION", "ar": "منطقة", "zh-Hant": "地區"}
    assert region["dc:description"][0] == {"@value": "Where", "@language": "nb"}
    assert messages(subject) == []
