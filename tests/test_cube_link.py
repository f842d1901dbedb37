"""Cubes of cube.link: what is written, the rules of the standard, and that every planted fault is found.

The official shapes are those of https://github.com/zazuko/cube-link, folder ``validation``: no package
registry has them. They are read from the folder that CUBE_LINK_SHAPES names, or from
``../shared/shapes/cube-link``, and the tests with them are skipped where neither is there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyoxigraph
import pytest
import rdf_fixture
from helpers import PROJECT
from pyshacl import validate
from rdf_written import check, copied, damaged, found_by, readers_of, written
from rdflib import RDF, Graph, Namespace

from publisher.build import Options, build
from publisher.checks.check import Subject
from publisher.errors import Finding
from publisher.formats import cube_link
from publisher.formats.cube_link_terms import CUBE, QUDT, SCHEMA, SH, Half, halves
from publisher.model import Attribute, Catalogue

pytestmark = pytest.mark.slow

SHAPES = Path(os.environ.get("CUBE_LINK_SHAPES", PROJECT.parent / "shared" / "shapes" / "cube-link"))
PROFILES = {
    "basic": ("basic-cube-constraint",),
    "standalone": ("standalone-cube-constraint", "standalone-constraint-constraint"),
    "visualize": (
        "profile-visualize",
        "shared/data-kind",
        "standalone-cube-constraint",
        "standalone-constraint-constraint",
    ),
}
OFFICIAL = pytest.mark.skipif(
    not SHAPES.is_dir(), reason="no copy of the shapes of zazuko/cube-link: name one with CUBE_LINK_SHAPES"
)
FILE = "cube-link/price-index.ttl"
PATH = "cube-link/{cube}.ttl"
PYSHACL = "pyshacl"
RULES = "cube.link rules"
META = "https://cube.link/meta/"
TIME = "http://www.w3.org/2006/time#"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return written(rdf_fixture.hostile_dataset(), tmp_path_factory.mktemp("made-up"))


@pytest.fixture(scope="module")
def nav(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    dataset = rdf_fixture.without_cubes(rdf_fixture.nav_dataset(), "sex", "education")
    return written(dataset, tmp_path_factory.mktemp("nav"))


def graph(subject: Subject, file: str = FILE) -> Graph:
    return Graph().parse(subject.folder / file)


def store(subject: Subject, *files: str) -> pyoxigraph.Store:
    found = pyoxigraph.Store()
    for file in files:
        found.bulk_load(path=str(subject.folder / file), format=pyoxigraph.RdfFormat.TURTLE)
    return found


def both(subject: Subject) -> tuple[Half, Half]:
    return halves(subject.dataset, subject.dataset.cubes[0])


# What is written


def test_no_node_is_blank(made_up: Subject) -> None:
    assert "_:" not in {str(term)[:2] for triple in graph(made_up) for term in map(lambda item: item.n3(), triple)}


def test_disclosed_and_suppressed_observations_are_two_cubes(made_up: Subject) -> None:
    """The names of the observations are those of RDF Data Cube, and every one is in one set."""
    found = graph(made_up)
    link, qb = Namespace(CUBE), Namespace("http://purl.org/linked-data/cube#")
    rdf = graph(made_up, "rdf/price-index.ttl")
    names = made_up.dataset.names
    shown, hidden = both(made_up)
    pairs = ((shown, names.cube("price-index")), (hidden, names.suppressed("price-index")))
    for half, data_set in pairs:
        held = {
            str(item) for subject, item in found.subject_objects(link.observation) if str(subject) == half.observations
        }
        assert held == {str(subject) for subject, item in rdf.subject_objects(qb.dataSet) if str(item) == data_set}
        assert held
    assert len(set(found.subjects(RDF.type, link.Observation))) == len(set(rdf.subjects(RDF.type, qb.Observation)))


@pytest.mark.parametrize(
    ("status", "said"), [("COMPLETED", "Published"), ("DEVELOP", "Draft"), ("WITHDRAWN", "Published")]
)
def test_a_cube_under_development_is_a_draft(status: str, said: str, tmp_path: Path) -> None:
    dataset = replace(rdf_fixture.hostile_dataset(), catalogue=Catalogue(status=status))
    subject = written(dataset, tmp_path)
    values = set(graph(subject).objects(None, Namespace(SCHEMA).creativeWorkStatus))
    assert {str(value) for value in values} == {f"https://ld.admin.ch/vocabulary/CreativeWorkStatus/{said}"}
    assert check(RULES, "pyoxigraph").run(subject).findings == ()


def test_a_cube_without_suppressed_cells_is_one_cube(tmp_path: Path) -> None:
    """cube.link asks a set of observations for at least one."""
    subject = written(rdf_fixture.hostile_dataset(), tmp_path, hidden=False)
    assert {str(item) for item in graph(subject).subjects(RDF.type, Namespace(CUBE).Cube)} == {both(subject)[0].iri}
    assert check(RULES, "pyoxigraph").run(subject).findings == ()


def test_sums_and_means_over_a_cube_are_those_of_the_values_there_are(made_up: Subject) -> None:
    shown, _ = both(made_up)
    values = [
        value
        for batch in made_up.observations["price-index"].batches()
        for value in batch["OBS_VALUE"].to_pylist()
        if value is not None
    ]
    measure = made_up.dataset.names.component("measure", "OBS_VALUE")
    query = (
        "SELECT (SUM(?value) AS ?sum) (COUNT(?value) AS ?count) (AVG(?value) AS ?mean)"
        f" {{ <{shown.observations}> <{CUBE}observation>/<{measure}> ?value }}"
    )
    (row,) = store(made_up, FILE).query(query)
    assert (Decimal(row["sum"].value), int(row["count"].value)) == (sum(values), len(values))
    assert abs(Decimal(row["mean"].value) - sum(values) / len(values)) < Decimal("0.001")
    (other,) = Graph().parse(made_up.folder / FILE).query(query)
    assert (Decimal(str(other[0])), int(other[1])) == (sum(values), len(values))


def test_a_marker_instead_of_a_value_would_spoil_every_sum() -> None:
    """Why suppressed cells are a cube of their own, and not ``""^^cube:Undefined`` as values."""
    text = f'<a:1> <a:v> 5 . <a:2> <a:v> 7 . <a:3> <a:v> ""^^<{CUBE}Undefined> .'
    found = pyoxigraph.Store()
    found.load(input=text, format=pyoxigraph.RdfFormat.TURTLE)
    (row,) = found.query("SELECT (SUM(?v) AS ?sum) { ?s <a:v> ?v }")
    assert row["sum"] is None


def test_every_dimension_stands_once_and_what_is_absent_is_undefined(made_up: Subject) -> None:
    names = made_up.dataset.names
    query = f"SELECT (COUNT(*) AS ?count) {{ ?obs <{names.component('attribute', 'NOTE')}> ?note }}"
    (row,) = store(made_up, FILE).query(query)
    assert int(row["count"].value) == made_up.rows
    assert '""^^cube:Undefined' in (made_up.folder / FILE).read_text(encoding="utf-8")


def test_a_coded_attribute_that_may_be_absent_may_be_undefined(tmp_path: Path) -> None:
    dataset = rdf_fixture.hostile_dataset()
    flag = replace(dataset.concept("KIND"), id="FLAG")
    cube = replace(dataset.cubes[0], attributes=(*dataset.cubes[0].attributes, Attribute(flag)))
    subject = written(replace(dataset, cubes=(cube,), concepts=(*dataset.concepts, flag)), tmp_path)
    assert " ; att:FLAG cube:Undefined" in (subject.folder / FILE).read_text(encoding="utf-8")
    assert run(subject, "pyoxigraph") == run(subject, "plain") == ()
    assert found_by(subject, PATH, "pyoxigraph") == found_by(subject, PATH, "plain") == ()


def test_codes_have_names_positions_and_a_hierarchy_from_the_total_down(nav: Subject) -> None:
    query = f"""SELECT ?name ?below {{
        ?shape <{META}inHierarchy> ?hierarchy ; <{SH}path> <{nav.dataset.names.component("dimension", "SEX")}> .
        ?hierarchy <{META}hierarchyRoot> ?root ; <{META}nextInHierarchy>/<{SH}path> ?path .
        ?root <{SCHEMA}name> ?name ; ?path ?below . FILTER(lang(?name) = "en") }}"""
    rows = [
        (row["name"].value, row["below"].value.rsplit("/", 1)[1])
        for row in store(nav, "cube-link/sex.ttl").query(query)
    ]
    assert set(rows) == {("Total", code) for code in ("F", "M", "_U")}


@pytest.mark.parametrize(
    ("periods", "unit"),
    [
        (("2024-01", "2024-02"), "unitMonth"),
        (("2024",), "unitYear"),
        (("2024-Q1",), None),
        (("2024", "2024-01"), None),
    ],
)
def test_time_says_its_unit_where_all_periods_have_one(
    made_up: Subject, periods: tuple[str, ...], unit: str | None
) -> None:
    from publisher.formats.cube_link_graph import graph_of

    dataset = made_up.dataset
    used = {"TIME_PERIOD": frozenset(periods)}
    found = graph_of(dataset, made_up.edition, dataset.cubes[0], both(made_up)[:1], used)
    units = [str(item) for item in found.objects(None, Namespace(TIME).unitType)]
    assert units == ([] if unit is None else [TIME + unit])


def test_a_measure_says_its_unit_and_datatype(made_up: Subject) -> None:
    found = graph(made_up)
    link, shacl, qudt = Namespace(CUBE), Namespace(SH), Namespace(QUDT)
    measures = set(found.subjects(RDF.type, link.MeasureDimension))
    assert len(measures) == 3
    for measure in measures:
        assert [str(item) for item in found.objects(measure, qudt.hasUnit)] == [
            made_up.dataset.names.code("CL_UNIT_MEASURE", "KR")
        ]
        assert str(found.value(measure, shacl.datatype)).endswith("#decimal")


def test_batches_of_any_size_give_the_same_text(made_up: Subject) -> None:
    cube = made_up.dataset.cubes[0]
    rows = cube_link.row_function(made_up.dataset, cube)
    observations = made_up.observations[cube.id]

    def text(size: int) -> str:
        return "".join("".join(rows(batch, None).to_pylist()) for batch in observations.batches(size))

    assert text(1) == text(13) == text(10_000)


# The published rules


@OFFICIAL
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("cubes", ["made_up", "nav"])
def test_the_official_profiles_hold(profile: str, cubes: str, request: pytest.FixtureRequest) -> None:
    """But for one warning: a cube of suppressed cells is no example for visualize.admin.ch to show."""
    subject: Subject = request.getfixturevalue(cubes)
    shapes = Graph()
    for name in PROFILES[profile]:
        shapes.parse(SHAPES / f"{name}.ttl")
    shacl = Namespace(SH)
    for cube in subject.dataset.cubes:
        _, report, _ = validate(graph(subject, PATH.format(cube=cube.id)), shacl_graph=shapes, inference="none")
        found = {
            tuple(
                str(report.value(result, verb)) for verb in (shacl.resultSeverity, shacl.focusNode, shacl.resultPath)
            )
            for result in report.subjects(RDF.type, shacl.ValidationResult)
        }  # fmt: skip
        hidden = halves(subject.dataset, cube)[1].iri
        expected = {(f"{SH}Warning", hidden, f"{SCHEMA}workExample")} if profile == "visualize" else set()
        assert found <= expected


@OFFICIAL
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("schema:dateModified", "schema:dateChanged"),
        ("sh:minCount \"1\"", "sh:minCount \"0\""),
        ("sh:closed", "sh:open"),
        ("qudt:scaleType", "qudt:kind"),
        ("schema:creativeWorkStatus", "schema:status"),
        ("time:GeneralDateTimeDescription", "time:Description"),
    ],
)  # fmt: skip
def test_the_official_profiles_and_our_rules_find_the_same_planted_faults(
    nav: Subject, tmp_path: Path, old: str, new: str
) -> None:
    subject = copied(nav, tmp_path / "copy")
    damaged(subject, "cube-link/sex.ttl", lambda text: text.replace(old, new, 1))
    shapes = Graph()
    for name in PROFILES["visualize"]:
        shapes.parse(SHAPES / f"{name}.ttl")
    _, report, _ = validate(graph(subject, "cube-link/sex.ttl"), shacl_graph=shapes, inference="none")
    severe = [result for result in report.subjects(RDF.type, Namespace(SH).ValidationResult)]
    assert len(severe) > 1
    assert check(RULES, "pyoxigraph").run(subject).findings


@pytest.mark.parametrize("cubes", ["made_up", "nav"])
@pytest.mark.parametrize("by", ["pyoxigraph", "plain", PYSHACL])
def test_every_observation_keeps_the_constraint_of_its_cube(
    cubes: str, by: str, request: pytest.FixtureRequest
) -> None:
    subject: Subject = request.getfixturevalue(cubes)
    outcome = run(subject, by)
    assert outcome == ()


@pytest.mark.parametrize("cubes", ["made_up", "nav"])
@pytest.mark.parametrize("by", ["pyoxigraph", "plain"])
def test_the_observations_are_those_of_every_other_file(cubes: str, by: str, request: pytest.FixtureRequest) -> None:
    assert found_by(request.getfixturevalue(cubes), PATH, by) == ()
    assert {reader.by for reader in readers_of(PATH)} == {"pyoxigraph"}


def run(subject: Subject, by: str) -> tuple[Finding, ...]:
    if by == "pyshacl":
        return check("cube.link constraint", by).run(subject).findings
    found = check(RULES, "pyoxigraph")
    assert found.twin is not None
    return (found.twin if by == "plain" else found.run)(subject).findings


# Planted faults in observations


def edited(key: str, old: str, new: str) -> Callable[[str], str]:
    """Return the change of what a line says of an observation."""
    line = re.compile(rf"(?m)^obs:{re.escape(key)} a .*$")
    return lambda text: line.sub(lambda found: re.sub(old, new, found[0], count=1), text, count=1)


def observation_faults(shown: str, hidden: str) -> dict[str, tuple[Callable[[str], str], str]]:
    """Return, by name, a damage to one observation and its key as it stands in the file."""
    other = f"suppressed:observations cube:observation obs:{shown} .\n"
    member = rf"(?m)^disclosed:observations cube:observation obs:{re.escape(shown)} \.\n"
    return {
        "missing value": (edited(shown, r" ; mea:OBS_VALUE [^ ]+", ""), shown),
        "wrong code": (edited(shown, "CL_KIND:[^ ]+", "CL_KIND:unheard"), shown),
        "code of another list": (edited(shown, "CL_OBS_STATUS:[^ ]+", "CL_CONF_STATUS:A"), shown),
        "missing dimension": (edited(shown, " ; dim:TIME_PERIOD [^ ]+", ""), shown),
        "twice": (edited(shown, r"( ; att:OBS_STATUS) [^ ]+", r"\g<0>\1 CL_OBS_STATUS:Q"), shown),
        "unnamed property": (edited(shown, " ; att:CONF", " ; att:OTHER 1 ; att:CONF"), shown),
        "no number": (edited(shown, "mea:OBS_VALUE [^ ]+", 'mea:OBS_VALUE "7"'), shown),
        "whole number": (edited(shown, "mea:OBS_VALUE [^ ]+", "mea:OBS_VALUE 7"), shown),
        "marker": (edited(shown, "mea:OBS_VALUE [^ ]+", 'mea:OBS_VALUE ""^^cube:Undefined'), shown),
        "no observer": (edited(shown, " ; cube:observedBy [^ ]+", ""), shown),
        "disclosed": (edited(hidden, " ; mea:LOWER_BOUND", " ; mea:OBS_VALUE 876543.25 ; mea:LOWER_BOUND"), hidden),
        "in the other set": (lambda text: re.sub(member, lambda _: other, text), shown),
    }  # fmt: skip


OBSERVATION_FAULTS = tuple(observation_faults("x", "y"))


def keys(subject: Subject) -> tuple[str, str]:
    """Return the key, as it stands in the file, of an observation with a value and of a suppressed one."""
    text = (subject.folder / FILE).read_text(encoding="utf-8")
    found = [re.search(rf"(?m)^obs:([^ ]*T[^ ]*) a .*{measure}", text) for measure in ("OBS_VALUE", "LOWER_BOUND")]
    assert found[0]
    assert found[1]
    return found[0][1], found[1][1]


@pytest.mark.parametrize("by", ["pyoxigraph", "plain", PYSHACL])
@pytest.mark.parametrize("fault", OBSERVATION_FAULTS)
def test_a_fault_in_an_observation_is_found_by_its_cubes_constraint(
    made_up: Subject, tmp_path: Path, fault: str, by: str
) -> None:
    subject = copied(made_up, tmp_path / "copy")
    change, key = observation_faults(*keys(subject))[fault]
    damaged(subject, FILE, change)
    findings = run(subject, by)
    assert findings
    assert {(finding.file, finding.cube) for finding in findings} == {(FILE, "price-index")}
    plain = key.replace("\\", "").replace("%40", "@").replace("%24", "$")
    assert plain in {finding.key for finding in findings}
    assert "876543" not in " ".join(map(str, findings))


@pytest.mark.parametrize("by", ["pyoxigraph", "plain"])
@pytest.mark.parametrize(
    ("old", "new", "hidden", "said"),
    [
        (r"mea:OBS_VALUE [^ ]+", "mea:OBS_VALUE 876543.25", False, "OBS_VALUE is '876543.25'"),
        ("CL_OBS_STATUS:A", "CL_OBS_STATUS:P", False, "OBS_STATUS is 'P'"),
        ("period:[^ ]+", "period:2031", False, "is not named by its key"),
        ("mea:LOWER_BOUND 0.00", "mea:LOWER_BOUND 2.00", True, "has another LOWER_BOUND"),
        ("CL_CONF_STATUS:A", "CL_CONF_STATUS:F", True, "CONF_STATUS is 'F'"),
        ("observedBy agent:publisher", "observedBy agent:contact", False, "was not observed by the publisher"),
        (r"mea:OBS_VALUE ([^ ]+)", r'mea:OBS_VALUE "\1"', False, "OBS_VALUE is no decimal"),
    ],
)
def test_another_value_than_that_of_the_other_files_is_found(
    made_up: Subject, tmp_path: Path, old: str, new: str, hidden: bool, said: str, by: str
) -> None:
    subject = copied(made_up, tmp_path / "copy")
    damaged(subject, FILE, edited(keys(subject)[hidden], old, new))
    findings = found_by(subject, PATH, by)
    assert said in " ".join(map(str, findings))


@pytest.mark.parametrize("by", ["pyoxigraph", "plain"])
def test_an_observation_that_is_missing_is_found(made_up: Subject, tmp_path: Path, by: str) -> None:
    subject = copied(made_up, tmp_path / "copy")
    shown, _ = keys(subject)
    damaged(subject, FILE, lambda text: re.sub(rf"(?m)^(disclosed:\S+ \S+ )?obs:{re.escape(shown)} .*\n", "", text))
    (finding,) = found_by(subject, PATH, by)
    assert finding.message == "is missing"


def test_an_observation_that_no_set_holds_is_found(made_up: Subject, tmp_path: Path) -> None:
    subject = copied(made_up, tmp_path / "copy")
    shown, _ = keys(subject)
    damaged(subject, FILE, lambda text: re.sub(rf"(?m)^disclosed:\S+ \S+ obs:{re.escape(shown)} .*\n", "", text))
    (finding,) = run(subject, "pyoxigraph")
    assert "is in 0 sets" in finding.message
    assert found_by(subject, PATH, "pyoxigraph")


@pytest.mark.parametrize("by", ["pyoxigraph", "plain"])
def test_a_set_that_holds_another_observation_than_the_one_below_is_found(
    made_up: Subject, tmp_path: Path, by: str
) -> None:
    subject = copied(made_up, tmp_path / "copy")
    shown, hidden = keys(subject)
    held = "disclosed:observations cube:observation obs:"
    damaged(subject, FILE, put(f"{held}{shown} .", f"{held}{hidden} ."))
    assert run(subject, by)
    assert found_by(subject, PATH, by)


def test_an_observation_that_two_sets_hold_is_found(made_up: Subject, tmp_path: Path) -> None:
    subject = copied(made_up, tmp_path / "copy")
    shown, _ = keys(subject)
    damaged(subject, FILE, lambda text: f"{text}suppressed:observations cube:observation obs:{shown} .\n")
    (finding,) = run(subject, "pyoxigraph")
    assert "is in 2 sets" in finding.message
    assert run(subject, "plain")


def test_a_set_that_holds_what_is_not_there_is_found(made_up: Subject, tmp_path: Path) -> None:
    subject = copied(made_up, tmp_path / "copy")
    damaged(subject, FILE, lambda text: text + "disclosed:observations cube:observation obs:nothing .\n")
    assert {finding.key for finding in run(subject, "pyoxigraph")} == {"nothing"}
    assert run(subject, "plain")


# Planted faults beside the observations


def put(old: str, new: str) -> Callable[[str], str]:
    """Return the change of the first place of a text."""
    return lambda text: text.replace(old, new, 1)


def patterned(pattern: str, new: str, count: int = 1) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, new, text, count=count)


def without(word: str) -> tuple[Callable[[str], str], str]:
    """Return that a property of a cube, or of a shape, is another, and how that is said."""
    return put(f"{word} ", f"{word.partition(':')[0]}:other "), word.partition(":")[2]


MANDATORY = (
    *(
        f"schema:{word}"
        for word in (
            "contactPoint",
            "contributor",
            "creator",
            "publisher",
            "dateCreated",
            "datePublished",
            "dateModified",
            "creativeWorkStatus",
        )
    ),
    "cube:observationSet",
    "cube:observationConstraint",
    "sh:path",
    "sh:nodeKind",
    "sh:maxCount",
    "qudt:scaleType",
)
TIMED = "a time:GeneralDateTimeDescription"
HEAD_FAULTS: dict[str, tuple[Callable[[str], str], str]] = {
    **{word: without(word) for word in MANDATORY},
    "no name": (patterned(r'(?m)^    schema:name ("Prices (.|\n)*?) ;$', r"    schema:title \1 ;"), "name"),
    "a name in no language": (put('schema:name "Prices', 'schema:name "Prices" , "Prices'), "in languages and in none"),
    "status": (put("CreativeWorkStatus/Published", "CreativeWorkStatus/Secret"), "creativeWorkStatus"),
    "expired": (put("schema:version", 'schema:expires "2020-01-01"^^xsd:date ; schema:version'), "expires"),
    "date": (patterned(r'(schema:dateCreated "[^"]*")\^\^xsd:date', r"\1"), "dateCreated"),
    "open": (put('sh:closed "true"', 'sh:closed "false"'), "is not closed"),
    "optional": (put('sh:minCount "1"', 'sh:minCount "0"'), "minCount"),
    "many": (put('sh:maxCount "1"', 'sh:maxCount "2"'), "maxCount"),
    "kind": (put("sh:nodeKind sh:IRI", "sh:nodeKind sh:BlankNode"), "nodeKind"),
    "scale": (put("qudt:scaleType qudt:NominalScale", "qudt:scaleType qudt:AnyScale"), "scaleType"),
    "datatype": (put("sh:datatype xsd:decimal", "sh:datatype rdf:langString"), "datatype"),
    "list": (patterned(r"(?m)^    rdf:rest .*\n", "    rdf:first period:2024 .\n"), "is no list"),
    "circle": (
        patterned(r"(?m)^(<(\S+/in/)\d+> a rdf:List ;\n.*\n    rdf:rest) \S+ ", r"\1 <\g<2>1> ", 0),
        "is no list",
    ),
    "no key": (patterned("cube:KeyDimension", "cube:Dimension", 0), "KeyDimension"),
    "no measure": (patterned("cube:MeasureDimension", "cube:Dimension", 0), "MeasureDimension"),
    "time": (put(TIMED, "a time:Instant"), "GeneralDateTimeDescription"),
    "unit of time": (put(TIMED, f"{TIMED} ; time:unitType time:unitCentury"), "unit"),
    "no name of a code": (patterned(r'(?m)schema:name ("2024" )', r"schema:title \1"), "has no name"),
    "no cube": (patterned("a cube:Cube ", "a cube:Square ", 0), "has other cubes"),
    "no set type": (put("a cube:ObservationSet", "a cube:Set"), "ObservationSet"),
}


@pytest.mark.parametrize("fault", HEAD_FAULTS)
def test_a_fault_in_a_cube_or_its_constraint_is_found(made_up: Subject, tmp_path: Path, fault: str) -> None:
    subject = copied(made_up, tmp_path / "copy")
    change, said = HEAD_FAULTS[fault]
    damaged(subject, FILE, change)
    messages = {
        by: [item.message for item in run(subject, by) if item.rule == "cube-link"] for by in ("pyoxigraph", "plain")
    }
    assert said in " ".join(messages["pyoxigraph"])
    assert messages["plain"] == messages["pyoxigraph"]


def test_a_dimension_that_the_constraint_lacks_is_found(made_up: Subject, tmp_path: Path) -> None:
    subject = copied(made_up, tmp_path / "copy")
    shape = re.compile(r" , <[^ ]*/constraint/dimension/KIND>")
    damaged(subject, FILE, lambda text: shape.sub("", text, count=1))
    messages = [finding.message for finding in run(subject, "pyoxigraph")]
    assert any("lacks the dimension" in message for message in messages)
    assert any("sh:closed" in message for message in messages)


@pytest.mark.parametrize("text", ["", "x", "@prefix cube: <https://cube.link/> .\n", "<a:b> <a:b> [] .", "\xff"])
@pytest.mark.parametrize("by", ["pyoxigraph", "plain", "pyshacl"])
def test_a_file_of_another_kind_is_refused_and_never_a_traceback(
    made_up: Subject, tmp_path: Path, text: str, by: str
) -> None:
    subject = copied(made_up, tmp_path / "copy")
    (subject.folder / FILE).write_bytes(text.encode("latin-1"))
    if by != "pyshacl":
        assert run(subject, by)
        assert found_by(subject, PATH, by)
    else:
        run(subject, by)


def test_the_real_release_with_cubes_passes(project: Path, tmp_path: Path) -> None:
    toml = project / "schemas/nav-tilt140/dataset.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "\n[formats.cube-link]\nwrite = true\n", encoding="utf-8")
    (report,) = build(project, ["nav-tilt140"], Options(output=tmp_path))
    assert not report.stopped
    assert {RULES, "one truth: cube-link/<cube>.ttl"} <= {verdict.name for verdict in report.verdicts}
