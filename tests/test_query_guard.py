"""A query asks the release alone: what is refused, however it is spelled, and what stops it otherwise."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pyoxigraph
import pytest
from rdflib import Literal, URIRef, Variable
from rdflib.plugins.sparql.results.csvresults import CSVResultParser

from publisher.engines import process
from publisher.errors import InputError
from publisher.query import Question, ask, rdf, run, worker
from publisher.query.answers import table, write_answer
from publisher.query.guard import checked, explained
from publisher.release.manifest import TOOL
from publisher.visible import visible

ENDPOINT = "http://127.0.0.1:9/sparql"
SERVICE = f"SERVICE <{ENDPOINT}> {{ ?s ?p ?o }}"

ELSEWHERE = [
    f"SELECT * {{ {SERVICE} }}",
    f"SELECT * {{ SERVICE SILENT <{ENDPOINT}> {{ ?s ?p ?o }} }}",
    f"ASK {{ service<{ENDPOINT}>{{ ?s ?p ?o }} }}",
    f"SELECT * {{ \\u0053ERVICE <{ENDPOINT}> {{ ?s ?p ?o }} }}",
    f"SELECT * {{ SERV\\U00000049CE <{ENDPOINT}> {{ ?s ?p ?o }} }}",
    f"SELECT * {{ # a comment ends here:\r{SERVICE} }}",
    f"SELECT * {{ # a comment ends here:\\u000A{SERVICE} }}",
    f"SELECT * {{ # a comment ends here:\\u000D{SERVICE} }}",
    f"SELECT * {{ SERVICE # SILENT\n<{ENDPOINT}> {{ ?s ?p ?o }} }}",
    f"SELECT * {{ {{ SELECT * {{ ?a ?b ?c FILTER EXISTS {{ {SERVICE} }} }} LIMIT 1 }} }}",
    f"SELECT * {{ ?a ?b ?c FILTER NOT EXISTS {{ {{ SELECT ?s {{ {SERVICE} }} }} }} }}",
    f"SELECT * {{ ?a ?b ?c MINUS {{ {SERVICE} }} }}",
    f"SELECT * {{ ?a ?b ?c OPTIONAL {{ GRAPH ?g {{ {SERVICE} }} }} }}",
    f"SELECT * {{ {{ ?a ?b ?c }} UNION {{ {SERVICE} }} }}",
    f"SELECT * {{ VALUES ?u {{ <{ENDPOINT}> }} SERVICE ?u {{ ?s ?p ?o }} }}",
    f"SELECT (EXISTS {{ {SERVICE} }} AS ?found) {{}}",
    f"SELECT * {{ BIND (EXISTS {{ {SERVICE} }} AS ?found) }}",
    f"SELECT ?a {{ ?a ?b ?c }} GROUP BY ?a HAVING (EXISTS {{ {SERVICE} }})",
    f"SELECT ?a {{ ?a ?b ?c }} ORDER BY (EXISTS {{ {SERVICE} }})",
    f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {SERVICE} }}",
    f"DESCRIBE ?s WHERE {{ {SERVICE} }}",
]
OTHER_GRAPHS = [
    f"SELECT * FROM <{ENDPOINT}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
    f"SELECT * \\u0046ROM <{ENDPOINT}> {{ ?s ?p ?o }}",
    f"ASK FROM <{ENDPOINT}> {{ ?s ?p ?o }}",
    f"CONSTRUCT FROM <{ENDPOINT}> WHERE {{ ?s ?p ?o }}",
    f"DESCRIBE <urn:x> FROM <{ENDPOINT}>",
]
UPDATES = [
    f"LOAD <{ENDPOINT}>",
    "load silent <file:///etc/passwd> into graph <urn:g>",
    "INSERT DATA { <urn:a> <urn:b> 1 }",
    "DELETE WHERE { ?s ?p ?o }",
    "DELETE { ?s ?p ?o } INSERT { ?s ?p 0 } WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "DROP DEFAULT",
    "\\u0043LEAR ALL",
]
ALLOWED = [
    "SELECT ('SERVICE <http://x> { }' AS ?words) {}",
    "SELECT ('''\nFROM <http://x> LOAD <http://y>''' AS ?words) {} # SERVICE <http://x> {}",
    "PREFIX service: <urn:x:> SELECT (service:SERVICE AS ?SERVICE) ?from {}",
    "SELECT * { ?LOAD <urn:SERVICE> ?from }",
    "SELECT ('C:\\\\users \\u00E5' AS ?words) {}",
    "\ufeffASK {}",
]


@pytest.mark.parametrize("query", ELSEWHERE)
def test_another_endpoint_is_asked_in_no_spelling(query: str) -> None:
    with pytest.raises(InputError, match="SERVICE asks another endpoint"):
        checked(query)


def test_an_endpoint_that_the_parser_does_not_take_is_refused_too() -> None:
    with pytest.raises(InputError, match="unexpected"):
        checked(f"PREFIX e: <{ENDPOINT}#> SELECT * {{ SERVICE e:x {{ ?s ?p ?o }} }}")


@pytest.mark.parametrize("query", OTHER_GRAPHS)
def test_no_other_graph_is_named(query: str) -> None:
    with pytest.raises(InputError, match="FROM names other graphs"):
        checked(query)


@pytest.mark.parametrize("query", UPDATES)
def test_an_update_is_refused_as_what_it_is(query: str) -> None:
    with pytest.raises(InputError, match="this is an update, and a release is read only"):
        checked(query)


@pytest.mark.parametrize("query", ALLOWED)
def test_the_same_words_in_texts_names_and_comments_are_allowed(query: str) -> None:
    pyoxigraph.Store().query(checked(query))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "it is empty"),
        ("# SELECT\r\n \n\t#" + " #" * 1000, "it is empty"),
        ("PREFIX a: <urn:a>", "line 1, column 18: unexpected end"),
        ("SELECT * {\n  ?s foo:p ?x }", "line 2, column 6: the prefix 'foo:' is not declared"),
        ("SELECT * {\n  ?s :p ?x }", "line 2, column 6: the prefix ':' is not declared"),
        ("SELECT * {\n  ?s ?p }", "line 2, column 3: unexpected '?s ?p }'"),
        ("SELECT * {\n  ?s ?p ?o . ", "line 2, column 14: unexpected end"),
        ("SELECT * {\n  ?s ?p ", "line 2, column 9: unexpected end"),
        ("SELEC * {}", "line 1, column 1: unexpected 'SELEC * {}'"),
        ("ASK { ?s ?p ", "line 1, column 7: unexpected '?s ?p'"),
        ("SELECT ?x (COUNT(?y) AS ?n) { ?x ?p ?y }", "The SELECT contains a variable that is unbound"),
        (f"SELECT * {{}} ; LOAD <{ENDPOINT}>", "line 1, column 13: unexpected '; LOAD"),
        (f"SELECT * {{ SER#\nVICE <{ENDPOINT}> {{}} }}", "line 1, column 12: unexpected 'SER# VICE"),
        ("SELECT * " + "{" * 3000 + "}" * 3000, "nested too deeply"),
        ("SELECT ('\\\\u0041' AS ?x) {}", "engines read it differently"),
        ("SELECT ('\\uD800' AS ?x) {}", "what is no character"),
        ("SELECT ('\\U00110000' AS ?x) {}", "what is no character"),
        ("SELECT ('\\U0041' AS ?x) {}", "cut off"),
        ("SELECT ('\\u005Cu0041' AS ?x) {}", "makes another"),
        ("ASK {} #" + "x" * 1_000_000, "at most 1,000,000"),
    ],
)
def test_what_is_no_query_is_said_with_its_place(query: str, said: str) -> None:
    def asked() -> None:
        try:
            pyoxigraph.Store().query(checked(query))
        except SyntaxError as error:
            raise explained(query, error) from None

    with pytest.raises(InputError) as caught:
        asked()
    assert said in str(caught.value)


class _Counting(BaseHTTPRequestHandler):
    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        self.send_error(500)

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    """The address of an endpoint here, which counts how often it is asked."""
    server = HTTPServer(("127.0.0.1", 0), _Counting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Counting.asked = 0
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


ASKS = """
import contextlib, sys
import pyoxigraph
from publisher.engines import process

store = pyoxigraph.Store()
with process.bounded_files(1 << 20) if sys.argv[2] == "confined" else contextlib.nullcontext():
    with contextlib.suppress(OSError):
        list(store.query(sys.argv[1]))
    try:
        open(sys.executable).close()
    except OSError as error:
        print(error.strerror)
"""


@pytest.mark.slow
@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_the_engine_would_ask_an_endpoint_and_cannot_once_it_is_confined(endpoint: str, silent: str) -> None:
    """In a process of its own: a thread that waits for connections ends where no file may be open."""
    pytest.importorskip("resource")
    query = f"SELECT * {{ SERVICE {silent}<{endpoint}> {{ ?s ?p ?o }} }}"

    def asked(how: str) -> tuple[str, int]:
        command = [sys.executable, "-c", ASKS, query, how]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout, _Counting.asked

    assert asked("confined") == ("Too many open files\n", 0)
    assert asked("free") == ("", 1)


def answer(folder: Path, query: str, seconds: float = 60, **options: object) -> str:
    with ask(folder, Question(text=query, **options), seconds) as given:  # type: ignore[arg-type]
        return given.path.read_bytes().decode()


@pytest.fixture(scope="session")
def small(real_release: Path) -> Path:
    """The release, of which a process loads what it needs in a moment."""
    return real_release


@pytest.mark.slow
def test_a_query_without_end_is_stopped_and_its_process_is_gone(small: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    before = psutil.Process().children(recursive=True)  # a build in several processes leaves Python's tracker of them
    with pytest.raises(InputError, match="not answered within 1 seconds and was stopped.*--timeout"):
        answer(small, endless, 1)
    assert set(psutil.Process().children(recursive=True)) <= set(before)


@pytest.mark.slow
def test_a_template_that_makes_no_query_is_a_fault_of_ours(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = "worker.fill = lambda *_: 'SELECT ?x'"
    code = f"import sys; sys.path[:] = {{path!r}}; from publisher.query import worker; {broken}; worker.main()"
    monkeypatch.setattr(process, "_CODE", code)
    with pytest.raises(RuntimeError, match=r"(?s)Traceback.*the query made of the template cubes is none:\nSELECT \?x"):
        ask(small, Question(template="cubes")).__enter__()


@pytest.mark.slow
def test_a_query_that_needs_much_memory_is_stopped(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resource")
    monkeypatch.setattr(worker, "MOST_MEMORY", 600 << 20)
    with pytest.raises(InputError, match=r"needs more than .* GiB of memory"):
        answer(small, "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f")


@pytest.mark.slow
@pytest.mark.parametrize("output_format", ["csv", "json"])
def test_an_answer_without_end_is_stopped(small: Path, monkeypatch: pytest.MonkeyPatch, output_format: str) -> None:
    pytest.importorskip("resource")
    monkeypatch.setattr(worker, "MOST_BYTES", 1 << 20)
    with pytest.raises(InputError, match=r"the answer is larger than"):
        answer(small, "SELECT * { ?a ?b ?c . ?d ?e ?f }", format=output_format)


@pytest.mark.slow
def test_a_large_release_is_asked_on_disk_and_nothing_is_left_there(
    small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(rdf, "MOST_IN_MEMORY", 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    text = answer(
        small, "SELECT (COUNT(*) AS ?n) { ?s a <http://purl.org/linked-data/cube#Observation> }", format="csv"
    )
    assert text == "n\r\n4068\r\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_store_of_many_files_is_asked_on_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A store opens 16 files of each index at once, and the others when a query needs them."""
    names = [f"rdf/{number:02}.ttl" for number in range(60)]
    (tmp_path / "rdf").mkdir()
    for number, name in enumerate(names):  # one index has its triples in the order of the numbers
        lines = [f"<urn:s{number}-{row}> <urn:p> {number * 10 + row} .\n" for row in range(10)]
        (tmp_path / name).write_text("".join(lines), encoding="utf-8")
    monkeypatch.setattr(rdf, "MOST_IN_MEMORY", 0)
    entries = [{"path": name, "format": "turtle", "bytes": 1, "sha256": "0" * 64} for name in names]
    told = {"dataset": "many", "edition": "2024-01", "version": "1.0.0", "base_iri": "urn:"}
    manifest = {"tool": {"name": TOOL, "version": "1.0.0"}, "files": entries} | told
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    many = answer(tmp_path, "SELECT (SUM(?o) AS ?n) { ?s <urn:p> ?o }", format="csv")
    assert many == "n\r\n179700\r\n"


@pytest.mark.slow
def test_the_network_is_left_where_the_system_has_such_a_place(endpoint: str) -> None:
    def asked(before: str) -> tuple[int, str]:
        code = f"import ctypes, sys, urllib.request; from publisher.engines import process; {before}"
        words = [sys.executable, "-c", f"{code}; urllib.request.urlopen(sys.argv[1])", endpoint]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    if sys.platform != "linux" or asked("ctypes.CDLL(None).unshare(0x50000000) and sys.exit(77)")[0] == 77:
        pytest.skip("this system makes no namespaces")
    assert "Error 500" in asked("pass")[1]
    assert "Network is unreachable" in asked("process.leave_network()")[1]
    assert _Counting.asked == 1


@pytest.mark.parametrize(
    ("code", "errors", "said"),
    [
        (-6, "memory allocation of 64 bytes failed", "GiB of memory"),
        (-6, "terminate called: what(): std::bad_alloc", "GiB of memory"),
        (-9, "", "GiB of memory"),
        (-6, "IO error: Too many\nopen files", r"the engine gave up \(signal 6\): IO error: Too many open files"),
        (-11, "", r"ended the engine \(signal 11\)"),
    ],
)
def test_what_ended_the_engine_is_said(code: int, errors: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        raise run._ended(code, errors, worker.ANSWERING)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), 0, -1])
def test_a_time_that_is_none_is_refused(tmp_path: Path, seconds: float) -> None:
    with pytest.raises(InputError, match=r"--timeout .*: give a number of seconds"):
        answer(tmp_path, "ASK {}", seconds)


@pytest.mark.parametrize(
    ("term", "written", "read"),
    [
        ("<http://x/a,b>", '"http://x/a,b"', URIRef("http://x/a,b")),
        ("<http://x/a'b>", "http://x/a'b", URIRef("http://x/a'b")),
        ('"a,b"', '"a,b"', Literal("a,b")),
        ("'say \"no\"'@en", '"say ""no"""', Literal('say "no"')),
        ('"two\\r\\nlines"', '"two\r\nlines"', Literal("two\r\nlines")),
        ("'å'", "å", Literal("å")),
        ("5", "5", Literal("5")),
        ("UNDEF", "", None),
    ],
)
def test_csv_has_quotes_wherever_a_term_needs_them(term: str, written: str, read: object) -> None:
    stream = io.BytesIO()
    rows = pyoxigraph.Store().query(f"SELECT ?x ?n {{ VALUES (?x ?n) {{ ({term} 1) }} }}")
    write_answer(rows, "csv", None, {}, stream)
    text = stream.getvalue().decode()
    assert text == f"x,n\r\n{written},1\r\n"
    bindings = CSVResultParser().parse(io.StringIO(text, newline="")).bindings  # type: ignore[no-untyped-call]
    assert bindings[0].get(Variable("x")) == read


def test_a_blank_node_in_csv_is_one() -> None:
    stream = io.BytesIO()
    write_answer(pyoxigraph.Store().query("SELECT (BNODE() AS ?x) {}"), "csv", None, {}, stream)
    assert re.fullmatch(r"x\r\n_:\w+\r\n", stream.getvalue().decode())


def test_a_cell_of_a_table_is_one_line_that_no_terminal_obeys() -> None:
    words = pyoxigraph.Literal("\x1b[31mred\x9b\u202e\n\U000e0041 å")
    text = table(["x", "n"], [[words, pyoxigraph.Literal(5)], [pyoxigraph.NamedNode("urn:x:y"), None]], {})
    assert text.split("\n")[2:4] == ["\\u001b[31mred\\u009b\\u202e\\u000a\\U000e0041 å  5", "<urn:x:y>"]
    assert visible("a\x00b\n", kept="\n") == "a\\u0000b\n"


def test_a_table_is_aligned_by_what_letters_take() -> None:
    rows = [
        [pyoxigraph.Literal("日本"), pyoxigraph.Literal(5)],
        [pyoxigraph.Literal("e\u0301a"), pyoxigraph.Literal(12)],
    ]
    assert table(["word", "n"], rows, {}) == "word   n\n----  --\n日本   5\ne\u0301a    12\n"
