"""What files are read, packed or not, and what is said of those that are not what their name says."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyoxigraph
import pytest
from rdflib import Graph

from publisher.checks.integrity import graph
from publisher.checks.integrity.files import check_files
from publisher.checks.integrity.observed import value_of
from publisher.checks.integrity.structure import structure_violations
from publisher.checks.integrity.terms import Terms
from publisher.engines import bounds
from publisher.errors import Finding, InputError

CUBES = Path(__file__).parent / "qb"
QB = "http://purl.org/linked-data/cube#"
XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">{}</rdf:RDF>'
DEEP = 30_000


def turtle() -> str:
    return (CUBES / "slices.ttl").read_text(encoding="utf-8")


def in_format(name: str) -> bytes:
    return Graph().parse(data=turtle(), format="turtle").serialize(format=name, encoding="utf-8")


def refused(path: Path, content: str | bytes) -> Finding:
    """Return the only finding for a file that cannot be read."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    outcome = check_files([path], path.parent)
    (finding,) = outcome.findings
    turtle = path.name.removesuffix(".gz").removesuffix(".zst").endswith((".ttl", ".nt"))
    rule = "turtle-syntax" if turtle else "rdf-syntax"
    assert (finding.rule, finding.severity, finding.file) == (rule, "error", str(path))
    assert "observation" not in outcome.looked_at, "nothing of a file that is half read passes for checked"
    return finding


@pytest.mark.slow
@pytest.mark.parametrize(
    ("suffix", "name"),
    [
        (".nt", "nt"), (".nq", ""), (".trig", ""), (".rdf", "pretty-xml"), (".owl", "xml"),
        (".jsonld", "json-ld"), (".TTL", "turtle"),
    ],
)  # fmt: skip
def test_every_serialisation_is_the_same_graph(suffix: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / f"cube{suffix}"
    if suffix in (".nq", ".trig"):
        triples = pyoxigraph.parse(turtle(), format=pyoxigraph.RdfFormat.TURTLE)
        graphs = [pyoxigraph.NamedNode(f"http://example.org/graph/{number}") for number in range(3)]
        quads = [pyoxigraph.Quad(*item.triple, graphs[number % 3]) for number, item in enumerate(triples)]
        pyoxigraph.serialize(quads, output=str(path), format=pyoxigraph.RdfFormat.from_extension(suffix[1:]))
    else:
        path.write_bytes(in_format(name))
    outcome = check_files([path], tmp_path)
    assert (outcome.findings, outcome.looked_at) == ((), "4 observations in 1 data set, all 21 constraints hold")


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [(".gz", gzip.compress), (".zst", lambda data: pa.Codec("zstd").compress(data).to_pybytes())],
)
def test_a_packed_file_is_read(suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / f"cube.ttl{suffix}"
    path.write_bytes(pack(turtle().encode()))
    assert check_files([path], tmp_path).looked_at.startswith("4 observations")
    path.write_bytes(pack(turtle().encode() * 20)[:-30])
    assert "unpacked" in refused(path, path.read_bytes()).message
    assert "unpacked" in refused(path, turtle()).message


def test_a_packed_file_that_is_damaged_in_its_middle_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(turtle().encode())
    finding = refused(tmp_path / "cube.ttl.gz", packed[:200] + b"\xff" * 100 + packed[300:])
    assert finding.message.startswith("cannot be unpacked: ")


def test_a_packed_file_out_of_all_proportion_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "STREAM", replace(bounds.STREAM, bytes=10_000))
    packed = gzip.compress(b"# a comment\n" * 100_000)
    assert "300 times its size" in refused(tmp_path / "bomb.ttl.gz", packed).message


def test_a_fault_of_syntax_is_told_with_its_line_and_without_numbers(tmp_path: Path) -> None:
    finding = refused(tmp_path / "cube.ttl", turtle() + "\n<http://e/o> <http://e/value> 73519 73520 .\n")
    assert finding.line == turtle().count("\n") + 2
    assert "73520" not in finding.message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ttl", "<http://e/a> <http://e/b> zqsecret ."),
        ("a.ttl", "<http://e/a> <http://e/b> zqsecret:x ."),
        ("a.ttl", "<http://e/a> <http://e/b zqsecret> 1 ."),
        ("a.ttl", "<http://e/a> <http://e/b> 'it's zqsecret' ."),
        ("a.nt", "<http://e/a> <http://e/b> zqsecret ."),
        ("a.rdf", XML.format('<e:a rdf:ID="1 zqsecret"/>')),
        ("a.rdf", '<!DOCTYPE a [<!ENTITY zqsecret SYSTEM "x">]>' + XML.format("")),
        ("a.rdf", XML.format("<e:a>&zqsecret;</e:a>")),
        ("a.jsonld", '{"@id": "http://e/a", "http://e/b": zqsecret}'),
        ("a.jsonld", '{"@id": "http://e/a", "http://e/b": {"@type": "zqsecret x", "@value": 1, "@zqsecret": 2}}'),
    ],
)
def test_no_text_of_a_file_is_in_what_is_said_of_its_syntax(name: str, content: str, tmp_path: Path) -> None:
    assert "zqsecret" not in refused(tmp_path / name, content).message


def test_xml_that_is_no_rdf_is_called_by_what_it_is(tmp_path: Path) -> None:
    schemas = "http://www.sdmx.org/resources/sdmxml/schemas"
    for version in ("v2_1", "v3_0"):
        for root in ("Structure", "StructureSpecificData"):
            content = f'<?xml version="1.0"?>\n<m:{root} xmlns:m="{schemas}/{version}/message"><m:Header/></m:{root}>'
            finding = refused(tmp_path / "data.xml", content)
            assert finding.message.startswith(f"is SDMX-ML ({root}), not RDF/XML")
            assert finding.line == 2
    assert "no namespace" in refused(tmp_path / "page.xml", "<html/>").message


@pytest.mark.parametrize("suffix", [".ttl", ".nt", ".ttl.gz"])
def test_a_byte_order_mark_is_skipped(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"cube{suffix}"
    content = b"\xef\xbb\xbf" + (in_format("nt") if suffix == ".nt" else turtle().encode())
    path.write_bytes(gzip.compress(content) if suffix.endswith(".gz") else content)
    assert check_files([path], tmp_path).looked_at == "4 observations in 1 data set, all 21 constraints hold"
    refused(path, gzip.compress(content[:3] + content) if suffix.endswith(".gz") else content[:3] + content)


@pytest.mark.parametrize("at", [0.2, 0.5, 0.9])
def test_a_file_that_was_cut_off_is_never_taken_for_a_whole_one(at: float, tmp_path: Path) -> None:
    text = turtle()
    refused(tmp_path / "cube.ttl", text[: int(len(text) * at)].rstrip(" .\n") + " ;")


def test_every_file_that_is_wrong_is_named(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.ttl", "b.ttl", "c.nt")]
    for file, text in zip(files, ("@prefix", turtle(), "<a> <b> <c> ."), strict=True):
        file.write_text(text, encoding="utf-8")
    assert [finding.file for finding in check_files(files, tmp_path).findings] == [str(files[0]), str(files[2])]


def test_nothing_is_fetched_for_a_json_ld_context(tmp_path: Path) -> None:
    content = '{"@context": "https://example.org/context.jsonld", "@id": "http://e/a", "name": "x"}'
    assert "nothing is fetched" in refused(tmp_path / "cube.jsonld", content).message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.rdf", XML.format("<e:a><e:p>" * DEEP + "</e:p></e:a>" * DEEP)),
        ("deep.jsonld", '{"http://b":' * 100_000 + "1" + "}" * 100_000),
        ("bomb.rdf", '<!DOCTYPE a [<!ENTITY a "xx"><!ENTITY b "&a;&a;">]>' + XML.format("<e:a><e:p>&b;</e:p></e:a>")),
        ("file.rdf", '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + XML.format("")),
        ("wide.rdf", f'<!DOCTYPE a [<!ENTITY a "{"x" * 5_000}">]>' + XML.format("")),
        ("cut.rdf", XML.format("<e:a>")),
        ("long.ttl", '<http://a> <http://b> "' + "x" * 20_000_000 + '" .'),
        ("bytes.ttl", b'<http://a> <http://b> "\xff" .'),
    ],
)
def test_hostile_files_are_refused(name: str, content: str | bytes, tmp_path: Path) -> None:
    refused(tmp_path / name, content)


def json_ld(depth: int) -> str:
    return '{"http://e/p":' * depth + "{}" + "}" * depth


def with_entities(times: int) -> str:
    declared = f'<!DOCTYPE rdf:RDF [<!ENTITY e "{"x" * 199}">]>'
    return declared + XML.format(f"<rdf:Description><e:p>{'&e;' * times}</e:p></rdf:Description>")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("deep.jsonld", json_ld(4_000), "nested more than 200 levels"),
        ("open.jsonld", '["' + '\\"' * 300_000, ""),
        ("deep.ttl", "<http://e/a> <http://e/b> " + "<<( <http://e/a> <http://e/b> " * 20_000, "triples in triples"),
        ("many.rdf", with_entities(500_000), "grows out of all proportion"),
    ],
    ids=["JSON-LD", "a string without an end", "triples in triples", "entities"],
)
def test_what_would_take_the_parser_down_is_refused(name: str, content: str, said: str, tmp_path: Path) -> None:
    assert said in refused(tmp_path / name, content).message


def test_a_triple_as_a_term_is_no_data_set_and_no_observation(tmp_path: Path) -> None:
    path = tmp_path / "terms.ttl"
    term = "<<( <http://e/a> <http://e/b> <http://e/c> )>>"
    added = f"<http://e/x> <{QB}dataSet> {term} . <http://e/y> <{QB}observation> {term} ; <{QB}structure> {term} ."
    path.write_text(turtle() + added, encoding="utf-8")
    outcome = check_files([path], tmp_path)
    assert outcome.looked_at.startswith("5 observations")
    assert "IC-1" not in {finding.rule for finding in outcome.findings}


@pytest.mark.slow
def test_what_only_looks_deep_is_read(tmp_path: Path) -> None:
    for name, content in (
        ("brackets.jsonld", '{"http://e/p": "' + "[{" * 5_000 + '", "http://e/q": "\\"[[" }'),
        ("words.ttl", '<http://e/a> <http://e/b> "x <<( y" , "<http://e/c> <http://e/d> <<( z" .'),
        ("few.rdf", with_entities(5)),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
        (finding,) = check_files([tmp_path / name], tmp_path).findings
        assert finding.rule == "no-data-cube", finding


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ('"sNaN"^^<{}decimal>', '"sNaN"^^<{}integer>', False),
        ('"1_0"^^<{}integer>', '"10"^^<{}integer>', False),
        ('"1_0"^^<{}double>', '"10"^^<{}double>', False),
        ('"2024-01-01T00:00:00.0"^^<{}dateTime>', '"2024-01-01T00:00:00"^^<{}dateTime>', True),
        ('"2024-01-01T00:00:00Z"^^<{}dateTime>', '"2024-01-01T00:00:00"^^<{}dateTime>', False),
        ('"2024-01-01T01:00:00+01:00"^^<{}dateTime>', '"2024-01-01T00:00:00Z"^^<{}dateTime>', True),
    ],
)
def test_a_literal_that_is_ill_formed_is_a_term_and_a_moment_is_a_moment(left: str, right: str, equal: bool) -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert (value_of(left.format(xsd)) == value_of(right.format(xsd))) is equal


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        "<http://a> <http://b> " + "[<http://b> " * DEEP + "1" + "]" * DEEP + " .",
        "<http://a> <http://b> " + "(" * DEEP + ")" * DEEP + " .",
        "".join(f"@prefix p{number}: <http://x/{number}> .\n" for number in range(DEEP)),
        '<http://a> <http://b> "'
        + "x" * 5_000_000
        + '" , "a .\\n b . c"@en-GB , <<( <http://a> <http://b> "a b" )>> .',
    ],
    ids=["nested", "lists", "prefixes", "long and odd terms"],
)
def test_odd_files_are_read(content: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.ttl"
    path.write_text(content + turtle(), encoding="utf-8")
    assert check_files([path], tmp_path).looked_at.startswith("4 observations")


def test_names_of_namespaces_as_entities_are_read(tmp_path: Path) -> None:
    path = tmp_path / "cube.rdf"
    declared = f'<!DOCTYPE rdf:RDF [<!ENTITY qb "{QB}">]>'
    path.write_text(declared + XML.format('<e:o><dataSet xmlns="&qb;">x</dataSet></e:o>'), encoding="utf-8")
    assert check_files([path], tmp_path).looked_at.startswith("1 observation")


def test_relative_names_are_relative_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cube.ttl"
    path.write_text(f"<o> <{QB}dataSet> <d> .", encoding="utf-8")
    assert [finding.cube for finding in check_files([path], tmp_path).findings] == [(tmp_path / "d").as_uri()]


def test_what_cannot_be_read_is_an_error_of_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        check_files([tmp_path / "none.ttl"], tmp_path)
    (tmp_path / "cube.csv").write_text("a,b")
    with pytest.raises(InputError, match="does not say which RDF it is"):
        check_files([tmp_path / "cube.csv"], tmp_path)


def test_literals_are_equal_as_sparql_compares_them() -> None:
    """The answers are those of pyoxigraph."""
    xsd = "http://www.w3.org/2001/XMLSchema#"
    literals = [
        f'"{text}"^^<{xsd}{name}>'
        for text, name in (
            ("1", "integer"), ("01", "integer"), ("+1", "int"), ("1.0", "decimal"), ("1e0", "double"), ("1", "float"),
            ("0.1", "decimal"), ("0.10", "decimal"), ("0.1", "double"), ("true", "boolean"), ("1", "boolean"),
            ("2001-01-01T00:00:00Z", "dateTime"), ("2001-01-01T01:00:00+01:00", "dateTime"),
            ("2001-01-01T00:00:00", "dateTime"), ("2001", "gYear"), ("2001", "integer"), ("2001-01", "gYearMonth"),
        )
    ]  # fmt: skip
    literals += ['"1"', '"a"', '"a"@en', '"a"@nb', '"true"']
    store = pyoxigraph.Store()
    for one in literals:
        for other in literals:
            answer = bool(store.query(f"ASK {{ FILTER({one} = {other}) }}"))
            assert (value_of(one) == value_of(other)) == answer, (one, other)


def test_terms_are_shown_as_keys_and_names() -> None:
    terms = Terms()
    shown = {
        text: terms.local(terms.number(text))
        for text in (
            "<http://e/a#b>",
            "<http://e/a%20b>",
            "<http://e/>",
            '"a\\nb \\u00e9"',
            '"1"^^<http://e/t>',
            '"x"@en',
        )
    }
    assert list(shown.values()) == ["b", "a b", "http://e/", "a\nb é", "1", "x"]
    assert terms.shown(terms.number("_:abc")) == "_:abc"
    assert terms.shown(terms.number(f"_:{'a1' * 16}")) == "a blank node"
    assert terms.number("_:abc", 1) != terms.number("_:abc", 0)


@pytest.mark.slow
def test_a_file_that_is_not_read_to_its_end_leaves_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The garbage collector must not be who ends it: where it runs, waiting for a thread may never end."""
    path = tmp_path / "large.nt"
    path.write_text("".join(f"<urn:s{row}> <urn:p> <urn:o> .\n" for row in range(400_000)), encoding="utf-8")
    monkeypatch.setattr(graph.Graph, "_numbers", lambda *_: 1 / 0)
    before = set(threading.enumerate())
    opened = graph.Graph(tmp_path)
    with pytest.raises(ZeroDivisionError) as kept:
        opened.add(path, 0)
    assert set(threading.enumerate()) <= before, kept
    opened.close()


def test_the_questions_on_structure_take_any_store() -> None:
    store = pyoxigraph.Store()
    store.load(f"<http://e/d> a <{QB}DataSet> , <{QB}DimensionProperty> .".encode(), format=pyoxigraph.RdfFormat.TURTLE)
    found = [(item.rule, item.data_set, item.subject) for item in structure_violations(store)]
    assert found == [("IC-2", "http://e/d", "http://e/d"), ("IC-4", None, "http://e/d")]
