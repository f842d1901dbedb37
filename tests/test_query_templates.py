"""Every template answers what the CSV tables say, in two engines, for the real release and a made-up one."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyoxigraph
import pytest
import rdf_fixture
from made_up import DATASET, write_project
from query_expected import EXPECTED, Asked, Row
from query_fixture import MADE_UP, REAL, Engines, comparable
from rdflib import Graph

from publisher.build import Options, build
from publisher.query.facts import Facts
from publisher.query.rdf import load
from publisher.query.settings import DEFAULTS
from publisher.query.templates import NAMES, find_template, parse, read_templates

pytestmark = pytest.mark.slow

FORMATS = ("definition", "codelists", "csv", "rdf-codelists", "rdf-structure", "turtle")


@pytest.fixture(scope="session")
def real(real_release: Path) -> Engines:
    return Engines(real_release)


@pytest.fixture(scope="session")
def made_up_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("made-up")
    write_project(project)
    build(project, [], Options(output=project / "output", only=FORMATS))
    return project / "output" / DATASET


@pytest.fixture(scope="session")
def made_up(made_up_release: Path) -> Engines:
    return Engines(made_up_release)


def questions(asked: Mapping[str, object]) -> list[object]:
    return [
        pytest.param(name, given, id=" ".join((name, *(f"{key}={value}" for key, value in given.items()))))
        for name, several in asked.items()
        for given in several  # type: ignore[attr-defined]
    ]


def ordered(rows: list[Row], template: str, asked: Asked) -> bool:
    """Whether rows stand in the order of their codes, or of time, which leaves no two of them equal."""
    shown = len([name for name in asked.others() if name not in asked.codes])
    columns: Mapping[str, Sequence[int]] = {
        "periods": (0, 2),
        "labels": range(0, 2 * shown, 2),
        "latest": range(1, 1 + shown),
        "without-totals": range(shown),
        "series": (1,),
        "averages": range(1, 1 + shown),
        "suppressed": range(shown),
    }
    keys = [[row[column] for column in columns.get(template, (0,))] for row in rows]
    return all(one < other for one, other in itertools.pairwise(keys))


@pytest.mark.parametrize(("template", "given"), questions(REAL))
def test_pyoxigraph_answers_as_the_tables_of_the_real_release_do(
    real: Engines, template: str, given: dict[str, str]
) -> None:
    rows = real.by_pyoxigraph(real.query(template, given))
    assert comparable(rows) == comparable(EXPECTED[template](real.tables, given))
    assert ordered(rows, template, Asked(real.tables, given))


@pytest.mark.parametrize(("template", "given"), questions(REAL))
def test_rdflib_answers_as_the_tables_of_the_real_release_do(
    real: Engines, template: str, given: dict[str, str]
) -> None:
    rows = real.by_rdflib(real.query(template, given))
    assert comparable(rows) == comparable(EXPECTED[template](real.tables, given))
    assert ordered(rows, template, Asked(real.tables, given))


@pytest.mark.parametrize(("template", "given"), questions(MADE_UP))
def test_pyoxigraph_answers_as_the_tables_of_a_made_up_release_do(
    made_up: Engines, template: str, given: dict[str, str]
) -> None:
    rows = made_up.by_pyoxigraph(made_up.query(template, given))
    assert comparable(rows) == comparable(EXPECTED[template](made_up.tables, given))
    assert ordered(rows, template, Asked(made_up.tables, given))


@pytest.mark.parametrize(("template", "given"), questions(MADE_UP))
def test_rdflib_answers_as_the_tables_of_a_made_up_release_do(
    made_up: Engines, template: str, given: dict[str, str]
) -> None:
    rows = made_up.by_rdflib(made_up.query(template, given))
    assert comparable(rows) == comparable(EXPECTED[template](made_up.tables, given))
    assert ordered(rows, template, Asked(made_up.tables, given))


@pytest.mark.parametrize("template", NAMES)
def test_two_rows_that_have_changed_places_are_out_of_order(real: Engines, template: str) -> None:
    given = {} if template in ("cubes", "codes") else {"cube": "county"}
    asked, rows = Asked(real.tables, given), real.by_pyoxigraph(real.query(template, given))
    assert ordered(rows, template, asked)
    assert not ordered([*rows[:-2], rows[-1], rows[-2]], template, asked)


def test_every_template_is_asked_and_answered_with_rows(real: Engines, made_up: Engines) -> None:
    assert list(REAL) == list(MADE_UP) == list(EXPECTED) == list(NAMES)
    for engines, asked in ((real, REAL), (made_up, MADE_UP)):
        for name, several in asked.items():
            assert any(engines.by_pyoxigraph(engines.query(name, given)) for given in several), name


def test_every_parameter_says_how_it_is_chosen_in_words_the_program_knows() -> None:
    for template in read_templates():
        for parameter in template.parameters:
            assert parameter.default in DEFAULTS[parameter.name], template.name
    assert {parameter.name for template in read_templates() for parameter in template.parameters} == set(DEFAULTS)


def test_a_head_with_an_unknown_line_or_without_a_purpose_is_no_template() -> None:
    with pytest.raises(ValueError, match="no line of a head"):
        parse("x", "# title: X\n# purpos: Y\n\nASK {}\n")
    with pytest.raises(ValueError, match="a title and a purpose"):
        parse("x", "# title: X\n\nASK {}\n")


def test_known_answers_of_the_report_stand_in_the_answers(real: Engines) -> None:
    given = {"cube": "county", "dimension": "REF_AREA", "PROGRAMME": "MENTOR"}
    rows = {row[0]: row for row in real.by_pyoxigraph(real.query("interval", given))}
    assert rows["18"][2:] == (17, 17, 0)
    hidden = real.by_pyoxigraph(real.query("cubes", {}))
    assert sum(row[3] for row in hidden) == 377
    assert sum(row[2] + row[3] for row in hidden) == 4068


def test_intervals_of_counts_are_whole_numbers_and_hold_the_published_total(real: Engines) -> None:
    given = {"cube": "county", "dimension": "PROGRAMME"}
    totals = {row[0]: row[2] for row in real.by_pyoxigraph(real.query("known-sum", {**given, "REF_AREA": "_T"}))}
    for code, _, least, most, hidden in real.by_pyoxigraph(real.query("interval", given)):
        assert least == int(least)
        assert most - least == 3 * hidden
        assert least <= totals[code] <= most


def test_no_template_mixes_frequencies(real: Engines) -> None:
    for template in read_templates():
        if template.parameter("frequency"):
            text = real.query(template.name, {"cube": "county"})
            sets = text.count("qb:dataSet")
            assert text.count("dim:FREQ CL_FREQ:") == sets, template.name


def test_a_query_filled_in_for_hostile_codes_reads_them_as_they_are(made_up: Engines) -> None:
    (row,) = made_up.by_rdflib(made_up.query("series", {"SECTOR": "C$1", "REGION": "0301"}))[:1]
    assert row[0] == "2023-Q1"
    text = made_up.query("known-sum", {"dimension": "SECTOR", "REGION": "N2"})
    assert "CL_REGION:N2" in text
    assert "\\" not in text


@pytest.mark.parametrize("attribute", ["value", "TIME-PERIOD"])
def test_a_component_has_no_variable_of_the_templates(tmp_path: Path, attribute: str) -> None:
    raw = write_project(tmp_path)
    for path in (tmp_path / "schemas" / DATASET / "dataset.toml", raw / "jobs.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("COMMENT", attribute), encoding="utf-8")
    build(tmp_path, [], Options(output=tmp_path / "output", only=FORMATS))
    engines = Engines(tmp_path / "output" / DATASET)
    for template in NAMES:
        given = {"cube": "jobs"} if find_template(template).parameter("cube") else {}
        rows = engines.by_pyoxigraph(engines.query(template, given))
        assert comparable(rows) == comparable(EXPECTED[template](engines.tables, given)), template


WRONG = {
    "another value": ("data", " ; mea:OBS_VALUE 17 ; att:OBS_STATUS", " ; mea:OBS_VALUE 18 ; att:OBS_STATUS"),
    "a hidden cell as 0": ("data", "mea:LOWER_BOUND 0 ; mea:UPPER_BOUND 3", "mea:OBS_VALUE 0"),
    "a hidden cell among the published": ("data", "qb:dataSet cube:suppressed", "qb:dataSet set:county"),
    "another bound": ("data", "mea:UPPER_BOUND 3", "mea:UPPER_BOUND 2"),
    "another month": ("data", "dim:TIME_PERIOD period:2024-11", "dim:TIME_PERIOD period:2024-10"),
    "months as averages": ("data", "dim:FREQ CL_FREQ:M", "dim:FREQ CL_FREQ:A"),
    "another reason": ("data", "att:CONF_STATUS CL_CONF_STATUS:A", "att:CONF_STATUS CL_CONF_STATUS:F"),
    "a total that is a part": (
        "codelists",
        "CL_COUNTY:_T a skos:Concept",
        "CL_COUNTY:_T skos:broader CL_COUNTY:03 ; a skos:Concept",
    ),
    "another label": ("codelists", '"Oslo"@nb', '"Uslo"@nb'),
    "another day": ("codelists", '"2024-11-01"^^xsd:date', '"2024-11-02"^^xsd:date'),
    "a data set apart": ("structure", "dct:isPartOf", "dct:relation"),
    "another order": ("structure", 'qb:order "1"', 'qb:order "11"'),
}
SEEN_BY = {
    "another value": "labels latest without-totals table known-sum interval share",
    "a hidden cell as 0": "labels latest interval share table",
    "a hidden cell among the published": "cubes suppressed",
    "another bound": "interval share suppressed latest",
    "another month": "periods known-sum interval change",
    "months as averages": "periods known-sum",
    "another reason": "suppressed",
    "a total that is a part": "codes without-totals",
    "another label": "codes labels table known-sum interval share change",
    "another day": "series periods",
    "a data set apart": "cubes",
    "another order": "components",
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_fault_planted_in_the_turtle_changes_the_answers(release: Path, fault: str) -> None:
    file, old, new = WRONG[fault]
    path = release / "rdf" / f"{file.replace('data', 'county')}.ttl"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    broken = Engines(release)
    for template in SEEN_BY[fault].split():
        told = {"cube": "county", "PROGRAMME": "MENTOR"} if template in LISTS else {"cube": "county"}
        given = {"codelist": "CL_COUNTY"} if template == "codes" else {} if template == "cubes" else told
        if template in ("table", "known-sum", "interval", "share", "change"):
            given = {**given, "dimension": "REF_AREA"}
        rows = broken.by_pyoxigraph(broken.query(template, given))
        assert comparable(rows) != comparable(EXPECTED[template](broken.tables, given)), template


LISTS = ("labels", "latest", "suppressed")


def test_a_store_on_disk_answers_as_one_in_memory_does(real: Engines, tmp_path: Path) -> None:
    store = load(real.folder, tmp_path, 0)
    assert (tmp_path / "store").is_dir()
    assert len(store) == len(real.store)
    text = real.query("share", {"cube": "county"})
    assert [*map(str, store.query(text))] == [*map(str, real.store.query(text))]  # type: ignore[arg-type]


def test_codes_of_every_character_are_asked_for_in_both_engines(tmp_path: Path) -> None:
    subject = rdf_fixture.release(rdf_fixture.hostile_dataset(), tmp_path)
    store, graph = pyoxigraph.Store(), Graph()
    for path in (subject.folder / "rdf").glob("*.ttl"):
        store.bulk_load(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
        graph.parse(path)
    facts = Facts(subject.dataset, store)
    engines = Engines.of(facts, graph)
    for region in ("-1", "A@B", "C$D", "under_score-"):
        for kind in ("@", "$", "x"):
            given = {"REGION": region, "KIND": kind, "frequency": "A"}
            text = engines.query("series", given)
            rows = engines.by_pyoxigraph(text)
            assert comparable(rows) == comparable(engines.by_rdflib(text))
            (row,) = (r for r in rdf_fixture.rows(subject.dataset.cubes[0]) if said(r, region, kind))
            assert [answer[2] for answer in rows] == [row["OBS_VALUE"]]
    for template in NAMES:
        text = engines.query(template, {})
        assert comparable(engines.by_pyoxigraph(text)) == comparable(engines.by_rdflib(text)), template
    sums = {row[0]: row[2] for row in engines.by_pyoxigraph(engines.query("known-sum", {"dimension": "KIND"}))}
    lowest = ("-1", "C$D", "under_score-")  # A@B is what C$D is a part of
    cells = [row for row in rdf_fixture.rows(subject.dataset.cubes[0]) if row["TIME_PERIOD"] == "2024-Q1"]
    for kind, known in sums.items():
        values = [row["OBS_VALUE"] for row in cells if row["KIND"] == kind and row["REGION"] in lowest]
        assert known == sum(value for value in values if value is not None)


def said(row: Mapping[str, object], region: str, kind: str) -> bool:
    return (row["REGION"], row["KIND"], row["TIME_PERIOD"]) == (region, kind, "2024")


def test_a_change_is_not_worked_out_from_sums_of_different_cells(release: Path) -> None:
    for path, words in (
        (release / "rdf/county.ttl", "obs:M.MENTOR.03.2024-01 "),
        (release / "data/county.csv", "M,MENTOR,03,2024-01,"),
    ):
        lines = path.read_text(encoding="utf-8").split("\n")
        kept = [line for line in lines if not line.startswith(words)]
        assert len(kept) == len(lines) - 1
        path.write_text("\n".join(kept), encoding="utf-8")
    less = Engines(release)
    given = {"cube": "county", "dimension": "REF_AREA"}
    rows = less.by_pyoxigraph(less.query("change", given))
    assert comparable(rows) == comparable(EXPECTED["change"](less.tables, given))
    assert "03" not in {row[0] for row in rows}
