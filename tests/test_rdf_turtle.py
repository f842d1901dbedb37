"""Observations in Turtle: one subject a line, both data sets in one file, and each reader sees the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdf_fixture import hostile_dataset, nav_dataset, release, without_cubes
from rdflib import Graph

from publisher.checks import rdf_rows, turtle_lines
from publisher.checks.check import Subject
from publisher.checks.read_turtle import READERS
from publisher.checks.reader import UnreadableError
from publisher.checks.turtle_parse import CHECKS
from publisher.columns import SOURCE_LINE, input_schema, text_schema
from publisher.engines.embedded import write_rows
from publisher.formats import turtle, turtle_terms
from publisher.model import Cube, Measure
from publisher.observations import store

MADE_UP = "https://data.example.org/made-up"
READS = {reader.by: reader.read for reader in READERS} | {
    "columns": next(reader.twin for reader in READERS if reader.twin is not None)
}
SUM = """PREFIX qb: <http://purl.org/linked-data/cube#>
SELECT (SUM(?value) AS ?sum) (COUNT(*) AS ?count) WHERE {{ ?obs qb:dataSet <{data_set}> ; <{measure}> ?value }}"""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return release(hostile_dataset(), tmp_path_factory.mktemp("made-up"))


@pytest.fixture
def subject(original: Subject) -> Iterator[Subject]:
    """Yield a release whose file of observations is put back afterwards."""
    path = file_of(original)
    before = path.read_bytes()
    yield original
    path.write_bytes(before)


def file_of(subject: Subject) -> Path:
    return subject.folder / "rdf" / f"{cube_of(subject).id}.ttl"


def cube_of(subject: Subject) -> Cube:
    return subject.dataset.cubes[0]


def expected(subject: Subject) -> list[dict[str, str | None]]:
    table = subject.observations[cube_of(subject).id].table().to_pylist()
    return [{name: None if value is None else str(value) for name, value in row.items()} for row in table]


def read(subject: Subject, by: str) -> list[dict[str, str | None]]:
    """Return the rows a reader sees, in key order."""
    cube = cube_of(subject)
    rows: list[dict[str, str | None]] = []
    for batch in READS[by](subject.folder, cube, subject.dataset):
        assert batch.schema == text_schema(cube)
        rows.extend(batch.to_pylist())
    if by == "rdflib":
        rows.sort(key=lambda row: tuple(row[component] or "" for component in cube.key_ids))
    return rows


def change(subject: Subject, old: str, new: str) -> None:
    path = file_of(subject)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def observation_lines(subject: Subject) -> list[str]:
    return [line for line in file_of(subject).read_text(encoding="utf-8").split("\n") if line.startswith("obs:")]


@pytest.mark.parametrize("by", READS)
def test_every_reader_gives_back_what_was_published(subject: Subject, by: str) -> None:
    assert read(subject, by) == expected(subject)


@pytest.mark.slow
@pytest.mark.parametrize("by", READS)
def test_every_reader_gives_back_the_cubes_of_nav(tmp_path: Path, by: str) -> None:
    subject = release(without_cubes(nav_dataset(), "county"), tmp_path)
    assert read(subject, by) == expected(subject)


@pytest.mark.slow
@pytest.mark.parametrize("by", READS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mea:OBS_VALUE 5.42", "mea:OBS_VALUE 5.43"),
        ("mea:OBS_VALUE 5.42", "mea:OBS_VALUE 5.420"),
        ("CL_OBS_STATUS:A ", "CL_OBS_STATUS:P "),
        ("dim:KIND CL_KIND:%40", "dim:KIND CL_KIND:x"),
        ("dim:KIND CL_KIND:%40", "dim:KIND CL_KIND:none"),
        ("dim:KIND CL_KIND:%40", "dim:KIND CL_REGION:%40"),
        ("dim:FREQ CL_FREQ:A ;", ""),
        (" ; att:OBS_STATUS CL_OBS_STATUS:A", ""),
        ("att:MONTHS 11", "att:MONTHS 12"),
        (" ; att:MONTHS 11", ""),
        ('att:NOTE "plain"', 'att:NOTE "x"'),
        ("obs:A%40B.", "obs:A%40C."),
        ("mea:LOWER_BOUND 0.00", "mea:LOWER_BOUND 0.01"),
        ("mea:UPPER_BOUND 3.99", "mea:UPPER_BOUND 3.98"),
        (" ; mea:UPPER_BOUND 3.99", ""),
        ("mea:OBS_VALUE 5.42", "mea:UPPER_BOUND 5.00"),
        ("mea:OBS_VALUE 5.42", "mea:OBS_VALUE 5"),
        ("mea:OBS_VALUE 5.42", "mea:OBS_VALUE 5.42e0"),
        ("mea:OBS_VALUE 5.42", 'mea:OBS_VALUE "5.42"'),
        ("mea:OBS_VALUE 5.42", "mea:OBS_VALUE 5.42 , 5.43"),
        ("mea:OBS_VALUE 5.42", "mea:OBS_VALUE 5.42 ; mea:OBS_VALUE 5.43"),
        ("mea:OBS_VALUE 5.42 ; ", ""),
        ("qb:dataSet set:price-index", "qb:dataSet cube:suppressed"),
        ("qb:dataSet set:price-index", "qb:dataSet set:price-index , cube:suppressed"),
        ("qb:dataSet cube:suppressed", "qb:dataSet set:price-index"),
        ("qb:dataSet set:price-index ; ", ""),
        ("qb:dataSet set:price-index", "qb:dataSet set:other"),
        ("att:UNIT_MEASURE CL_UNIT_MEASURE:KR", "att:UNIT_MEASURE CL_UNIT_MEASURE:EUR"),
        (" ; att:UNIT_MEASURE CL_UNIT_MEASURE:KR", ""),
        ("a qb:Observation", "a qb:Slice"),
        (" ; att:MONTHS 11", " ; att:MONTHS 11 ; att:OTHER 1"),
        (" ; att:MONTHS 11", ' ; att:MONTHS "11"@en'),
        ('att:NOTE "plain"', 'att:NOTE "plain"@en'),
        ("dim:KIND CL_KIND:%40", f'dim:KIND "{MADE_UP}/code/CL_KIND/%40"'),
    ],
)
def test_every_reader_notices_a_change(subject: Subject, by: str, old: str, new: str) -> None:
    change(subject, old, new)
    try:
        seen = read(subject, by)
    except UnreadableError:
        return
    assert seen != expected(subject)


@pytest.mark.parametrize("by", READS)
def test_every_reader_notices_a_missing_and_a_further_row(subject: Subject, by: str) -> None:
    line = observation_lines(subject)[4]
    change(subject, line + "\n", "")
    assert len(read(subject, by)) == len(expected(subject)) - 1
    change(subject, observation_lines(subject)[0], line + "\n" + observation_lines(subject)[0])
    change(subject, line, line.replace("obs:", "obs:X."))
    with pytest.raises(UnreadableError, match="not named by its key"):
        read(subject, by)


def test_a_value_in_both_data_sets_is_refused_wherever_it_stands(subject: Subject) -> None:
    first = next(line for line in observation_lines(subject) if "cube:suppressed" in line)
    path = file_of(subject)
    disclosed = re.sub(r" ; mea:LOWER_BOUND 0.00 ; mea:UPPER_BOUND 3.99", " ; mea:OBS_VALUE 1.00", first)
    path.write_text(path.read_text() + disclosed.replace("cube:suppressed", "set:price-index") + "\n")
    assert len(read(subject, "pyoxigraph")) == len(expected(subject)) + 1
    assert len(read(subject, "columns")) == len(expected(subject)) + 1
    with pytest.raises(UnreadableError, match="twice"):
        read(subject, "rdflib")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (" .\n", ".\n", 1),
        ("obs:A%40B.A.%24", "<x>", None),
        (" ; dim:FREQ", "  ; dim:FREQ", 16),
        ("dim:FREQ CL_FREQ:A", "dim:FREQ CL_FREQ:A # a comment", 16),
        ("dim:FREQ CL_FREQ:A", "dim:FREQ <https://data.example.org/made-up/code/CL_FREQ/A>", 16),
        ("dim:REGION CL_REGION:\\-1 ; dim:FREQ CL_FREQ:A", "dim:FREQ CL_FREQ:A ; dim:REGION CL_REGION:\\-1", 16),
        ("obs:\\-1.A.%24.2024 ", "obs:\\-1.A.%24.2024. ", 16),
        ('att:NOTE "plain"', 'att:NOTE "\\u0041"', None),
        ("\n\n", "\n", None),
        ("@prefix", "@base", 1),
        ("@prefix set:", "@prefix qb:", 2),
        ("mea:OBS_VALUE 5.42", "mea:OBS_VALUE 5.42e0", 17),
    ],
)
def test_the_plain_parser_knows_one_layout_and_names_the_line(
    subject: Subject, old: str, new: str, line: int | None
) -> None:
    change(subject, old, new)
    with pytest.raises(UnreadableError, match=rf"price-index\.ttl:{line or ''}") as error:
        read(subject, "columns")
    assert re.match(r"price-index\.ttl:\d+: ", str(error.value))


def test_only_the_iri_that_naming_makes_is_a_code() -> None:
    kind = hostile_dataset().concept("KIND")
    iris = [f"{MADE_UP}/code/CL_KIND/{word}" for word in ("%40", "@", "%4", "")] + [f"{MADE_UP}/code/CL_FREQ/%40"]
    seen = rdf_rows.codes(pa.array(iris).dictionary_encode(), kind, hostile_dataset())
    assert seen.to_pylist() == ["@", None, None, "", None]


def test_the_plain_parser_refuses_a_file_that_is_cut(subject: Subject) -> None:
    path = file_of(subject)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UnreadableError, match="no end"):
        read(subject, "columns")


@pytest.mark.parametrize("by", READS)
def test_bytes_that_are_no_text_are_refused(subject: Subject, by: str) -> None:
    path = file_of(subject)
    path.write_bytes(path.read_bytes().replace(b'NOTE "plain"', b'NOTE "\xff"'))
    with pytest.raises(UnreadableError):
        read(subject, by)


@pytest.mark.parametrize("by", READS)
def test_a_missing_file_is_refused(subject: Subject, by: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        list(READS[by](tmp_path, cube_of(subject), subject.dataset))


def test_small_blocks_give_the_same_rows(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (7, 100, 1_000, 4_099):
        monkeypatch.setattr(turtle_lines, "_BLOCK_BYTES", size)
        assert read(subject, "columns") == expected(subject)


def test_the_bytes_do_not_depend_on_the_batches(original: Subject, tmp_path: Path) -> None:
    cube, dataset = cube_of(original), original.dataset
    stored = original.observations[cube.id]
    head = file_of(original).read_text(encoding="utf-8").split("\n\n")[0] + "\n\n"
    for size in (1, 3, 17, 10_000):
        rows = turtle.row_function(dataset, cube)
        write_rows(tmp_path / "again.ttl", stored.batches(size), cube.key_ids, rows, head)
        assert (tmp_path / "again.ttl").read_bytes() == file_of(original).read_bytes()


def test_each_subject_is_one_line_that_ends_with_a_blank_and_a_full_stop(original: Subject) -> None:
    head, _, body = file_of(original).read_text(encoding="utf-8").partition("\n\n")
    lines = body.removesuffix("\n").split("\n")
    assert len(lines) == original.rows
    assert all(re.match(r"obs:\S+ a qb:Observation ; ", line) and line.endswith(" .") for line in lines)
    assert all(line.startswith("@prefix ") for line in head.split("\n"))


@pytest.mark.parametrize("hidden", [True, False])
def test_sums_leave_suppressed_cells_out_in_both_engines(tmp_path: Path, hidden: bool) -> None:
    subject = release(hostile_dataset(), tmp_path, hidden)
    observations = subject.observations["price-index"]
    assert (observations.suppressed > 0) == hidden
    values = [value for value in observations.table()["OBS_VALUE"].to_pylist() if value is not None]
    query = SUM.format(data_set=f"{MADE_UP}/price-index", measure=f"{MADE_UP}/measure/OBS_VALUE")
    oxigraph = pyoxigraph.Store()
    oxigraph.load(path=str(file_of(subject)), format=pyoxigraph.RdfFormat.TURTLE)
    (found,) = oxigraph.query(query)
    assert (Decimal(found["sum"].value), int(found["count"].value)) == (sum(values), len(values))
    (row,) = Graph().parse(file_of(subject)).query(query)
    assert (row[0].toPython(), row[1].toPython()) == (sum(values), len(values))  # type: ignore[index, union-attr]
    companion = (
        f"SELECT ?obs WHERE {{ ?obs <http://purl.org/linked-data/cube#dataSet> <{MADE_UP}/price-index/suppressed> }}"
    )
    assert len(list(oxigraph.query(companion))) == observations.suppressed


def test_many_decimals_keep_their_digits(tmp_path: Path) -> None:
    dataset = hostile_dataset()
    cube = replace(dataset.cubes[0], measure=Measure(dataset.concept("OBS_VALUE"), 9))
    values = [Decimal("0E-9"), Decimal("-0.000000001"), Decimal("12345678901234567890.123456789")]
    rows = [
        {"REGION": "_T", "FREQ": "A", "KIND": "x", "TIME_PERIOD": str(2020 + index), "OBS_VALUE": value}
        | {"OBS_STATUS": "A", "CONF_STATUS": "F", "MONTHS": None, "NOTE": None, SOURCE_LINE: index}
        for index, value in enumerate(values)
    ]
    stored = store(dataset, cube, [pa.RecordBatch.from_pylist(rows, input_schema(cube))], tmp_path, "x")
    (batch,) = stored.batches()
    lines = turtle.row_function(dataset, cube)(batch, None).to_pylist()
    assert [re.search(r"OBS_VALUE (\S+)", line)[1] for line in lines] == [  # type: ignore[index]
        "0.000000000",
        "-0.000000001",
        "12345678901234567890.123456789",
    ]


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=5))
def test_any_text_comes_back_from_its_literal(texts: list[str]) -> None:
    try:
        column = pa.array(texts, pa.string())
    except UnicodeEncodeError:
        return
    literals = turtle_terms.literal(column).to_pylist()
    for text, literal in zip(texts, literals, strict=True):
        assert " ; " not in literal
        assert turtle_lines._string(literal) == text
        (triple,) = pyoxigraph.parse(f"<x:s> <x:p> {literal} .", format=pyoxigraph.RdfFormat.TURTLE)
        assert triple.object.value == text


def run_checks(subject: Subject) -> list[tuple[str, str | None, int | None]]:
    functions: list[Callable[[Subject], object]] = []
    for check in CHECKS:
        functions += [check.run] if check.twin is None else [check.run, check.twin]
    findings = [finding for function in functions for finding in function(subject).findings]  # type: ignore[attr-defined]
    return [(finding.rule, finding.file, finding.line) for finding in findings]


def test_every_file_is_parsed_and_the_triples_agree(original: Subject) -> None:
    assert run_checks(original) == []
    counted = [check.run(original).looked_at for check in CHECKS]
    assert counted[0] == counted[1]
    assert counted[0].endswith("triples in 3 files")


def test_a_file_that_is_no_turtle_is_named_with_its_line(subject: Subject) -> None:
    change(subject, "dim:FREQ CL_FREQ:A", "dim:FREQ unknown:A")
    assert ("turtle-syntax", "rdf/price-index.ttl", 16) in run_checks(subject)
    assert len(run_checks(subject)) == 3


def test_a_structure_that_is_no_turtle_is_found_whatever_the_size(original: Subject) -> None:
    path = original.folder / "rdf/structure.ttl"
    before = path.read_bytes()
    path.write_bytes(before[:-3])
    try:
        assert [found[:2] for found in run_checks(original)] == [("turtle-syntax", "rdf/structure.ttl")] * 4
    finally:
        path.write_bytes(before)


def test_a_triple_that_stands_twice_is_noticed(subject: Subject) -> None:
    line = observation_lines(subject)[0]
    change(subject, line, f"{line}\n{line}")
    assert run_checks(subject) == [("turtle-triples", "rdf/price-index.ttl", None)]


def test_the_row_function_does_not_change_what_it_reads(original: Subject) -> None:
    cube = cube_of(original)
    batch = next(original.observations[cube.id].batches(5))
    before = batch.to_pylist()
    turtle.row_function(original.dataset, cube)(batch, None)
    assert batch.to_pylist() == before
