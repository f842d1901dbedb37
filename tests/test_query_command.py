"""`publisher query` as a user meets it: results on standard output, errors on standard error, exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import PROJECT
from rdflib import Graph
from sparql_page import sparql_page

from publisher.query.templates import NAMES

COMMAND = [sys.executable, "-m", "publisher", "query"]
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a <http://purl.org/linked-data/cube#Observation> }"


def query(*words: str, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *words], cwd=cwd, input=stdin, capture_output=True, check=False)


@pytest.fixture(scope="session")
def project_folder(real_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the real release in its output."""
    folder = tmp_path_factory.mktemp("asked")
    shutil.copytree(real_release, folder / "output" / "nav-tilt140")
    return folder


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


@pytest.mark.slow
def test_the_one_release_is_asked_and_not_touched(project_folder: Path) -> None:
    before = tree(project_folder)
    done = query(COUNT, cwd=project_folder)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"   n\n----\n4068\n"
    assert tree(project_folder) == before


@pytest.mark.slow
def test_a_query_needs_nothing_of_export_and_validate(project_folder: Path) -> None:
    code = (
        "import sys; from publisher.cli import cli\n"
        f"try: cli.main(['query', {COUNT!r}], prog_name='publisher', standalone_mode=False)\n"
        "finally: print([name for name in sys.modules if name.startswith('publisher.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project_folder, capture_output=True, text=True, check=True)
    assert "'publisher.query.run'" in done.stdout
    assert "'publisher.export" not in done.stdout
    assert "'publisher.validate" not in done.stdout


@pytest.mark.slow
def test_a_release_is_a_folder_or_a_dataset_and_a_query_a_word_a_file_or_what_is_piped(
    project_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "count.rq"
    file.write_text(COUNT, encoding="utf-8")
    release = str(project_folder / "output/nav-tilt140")
    for done in (
        query(release, COUNT, "--format", "csv", cwd=tmp_path),
        query("nav-tilt140", COUNT, "--format", "csv", cwd=project_folder),
        query("-", "--format", "csv", "--project", str(project_folder), cwd=tmp_path, stdin=COUNT.encode()),
        query(release, "--file", str(file), "--format", "csv", cwd=tmp_path),
    ):
        assert (done.returncode, done.stdout) == (0, b"n\r\n4068\r\n")


@pytest.mark.slow
def test_results_are_those_of_w3c(project_folder: Path) -> None:
    words = ("--template", "interval", "--set", "cube=county", "--set", "dimension=REF_AREA", "--set", "language=en")
    as_csv = query(*words, "--format", "csv", cwd=project_folder).stdout.decode()
    rows = list(csv.DictReader(io.StringIO(as_csv, newline="")))
    as_json = json.loads(query(*words, "--format", "json", cwd=project_folder).stdout)
    assert as_json["head"]["vars"] == list(rows[0])
    assert [{k: v["value"] for k, v in row.items()} for row in as_json["results"]["bindings"]] == rows
    finnmark = next(row for row in as_json["results"]["bindings"] if row["REF_AREA"]["value"].endswith("/56"))
    assert finnmark["at_most"] == {
        "type": "literal", "datatype": "http://www.w3.org/2001/XMLSchema#integer", "value": "152",
    }  # fmt: skip
    assert finnmark["REF_AREA_label"]["xml:lang"] == "en"
    table = query(*words, cwd=project_folder).stdout.decode().splitlines()
    assert table[0].split() == list(rows[0])
    assert any(line.startswith("CL_COUNTY:56  Finnmark") and line.endswith("140      152       4") for line in table)


@pytest.mark.slow
def test_yes_no_and_triples_have_forms_of_their_own(project_folder: Path) -> None:
    assert query("ASK {}", cwd=project_folder).stdout == b"true\n"
    assert query("ASK { <urn:a> ?p ?o }", cwd=project_folder).stdout == b"false\n"
    assert json.loads(query("ASK {}", "--format", "json", cwd=project_folder).stdout)["boolean"] is True
    construct = "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o . ?s qb:order ?n }".replace(
        "qb:order", "<http://purl.org/linked-data/cube#order>"
    )
    turtle = query(construct, cwd=project_folder).stdout
    described = query("DESCRIBE ?s { ?s <http://purl.org/linked-data/cube#order> 1 }", cwd=project_folder).stdout
    assert b" ;\n\t" in described
    assert len(Graph().parse(data=described, format="turtle")) > 1
    assert turtle == query(construct, cwd=project_folder).stdout
    expanded = query(construct, "--format", "json", cwd=project_folder).stdout
    triples = set(Graph().parse(data=turtle, format="turtle"))
    assert triples
    assert set(Graph().parse(data=expanded, format="json-ld")) == triples
    refused = query(construct, "--format", "csv", cwd=project_folder)
    assert (refused.returncode, refused.stdout) == (2, b"")


@pytest.mark.slow
def test_a_table_has_as_many_rows_as_it_may_and_says_that_there_are_more(project_folder: Path) -> None:
    some = query("SELECT ?s { ?s ?p ?o }", "--limit", "3", cwd=project_folder)
    assert some.stdout.count(b"\n") == 5
    assert b"3 rows shown, there are more" in some.stderr
    whole = query("--template", "cubes", "--limit", "0", cwd=project_folder)
    assert (whole.stdout.count(b"\n"), whole.stderr) == (9, b"")
    none = query("SELECT ?s { ?s ?s ?s }", cwd=project_folder)
    assert none.stdout == b"s\n-\n(no rows)\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing is asked"),
        (("output/nav-tilt140",), "nothing is asked"),
        (("nav-tilt14", COUNT), "did you mean 'nav-tilt140'?"),
        (("a", "b", "c"), "put SPARQL in quotes"),
        (("--template", "known-summ"), "did you mean 'known-sum'?"),
        (("--template", "cubes", "--file", "x.rq"), "not both"),
        (("--template", "cubes", "--set", "language"), "write NAME=VALUE"),
        ((COUNT, "--set", "language=en"), "--set is for a template"),
        (("--file", "missing.rq"), "missing.rq: No such file"),
        (("SELECT * {\n ?s ?p }",), "line 2, column 2: unexpected '?s ?p }'"),
        (("SELECT * { SERVICE <http://127.0.0.1:9> { ?s ?p ?o } }",), "SERVICE asks another endpoint"),
        (("SELECT * { ?s foo:bar ?o }",), "line 1, column 15: the prefix 'foo:' is not declared"),
        (("SELECT ?x (COUNT(?y) AS ?n) { ?x ?p ?y }",), "contains a variable that is unbound"),
        (("SELECT * { FILTER (<urn:f>(1)) }",), "<urn:f> is not supported"),
        (("--template", "cubes", "--set", 'language=en" ) } DROP ALL #'), "no language of the release"),
        (("--template", "interval", "--set", "cube=county", "--set", "REF_AREA=3"), "did you mean '39'?"),
        (("--template", "interval", "--set", "cube=county", "--set", "PROGRAMME=_T"), "no observation of county"),
        (("--template", "interval", "--set", "cube=sex", "--set", "AGE=_T"), "no parameter of the template"),
        (("--template", "series", "--set", "period=2024"), "no parameter of the template series"),
        (("--template", "table", "--set", "PROGRAMME=MENTOR", "--set", "dimension=PROGRAMME"), "every code of it"),
        (("--template", "labels", "--set", "TIME_PERIOD=2024-12"), "did you mean '2024-11'?"),
        (("--template", "labels", "--set", "period=2024-01", "--set", "TIME_PERIOD=2024-02"), "given twice"),
        (("--list", "--format", "csv"), "ask for table or json"),
        ((COUNT, "--timeout", "0"), "--timeout"),
        ((COUNT, "--timeout", "nan"), "--timeout nan: give a number of seconds"),
        (("", COUNT), "an empty word names no release"),
        (("# nothing",), "it is empty"),
    ],
)
def test_what_is_wrong_with_a_question_is_exit_code_2_and_nothing_is_printed(
    project_folder: Path, words: tuple[str, ...], said: str
) -> None:
    done = query(*words, cwd=project_folder)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.slow
def test_what_is_wrong_with_a_release_is_said_with_file_and_line(release: Path, tmp_path: Path) -> None:
    path = release / "rdf/county.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("mea:OBS_VALUE 17 ;", "mea:OBS_VALUE 17 17 17 ;", 1), encoding="utf-8")
    broken = query(str(release), COUNT, cwd=tmp_path)
    line = text[: text.index("mea:OBS_VALUE 17 ;")].count("\n") + 1
    assert broken.returncode == 2
    assert f"rdf/county.ttl:{line}: is no Turtle" in broken.stderr.decode()
    path.unlink()
    missing = query(str(release), COUNT, cwd=tmp_path)
    assert missing.returncode == 2
    assert "rdf/county.ttl: is missing" in missing.stderr.decode()
    assert b"has no manifest.json" in query(str(tmp_path), COUNT, cwd=tmp_path).stderr


@pytest.mark.slow
def test_of_several_releases_one_is_to_be_named(project_folder: Path, tmp_path: Path) -> None:
    for name in ("nav-tilt140", "other"):
        shutil.copytree(project_folder / "output/nav-tilt140", tmp_path / "output" / name)
    done = query(COUNT, cwd=tmp_path)
    assert done.returncode == 2
    assert b"there are 2 releases: name one of nav-tilt140, other" in done.stderr


@pytest.mark.slow
def test_templates_are_listed_with_their_parameters(tmp_path: Path) -> None:
    text = query("--list", cwd=tmp_path).stdout.decode()
    listed = json.loads(query("--list", "--format", "json", cwd=tmp_path).stdout)["templates"]
    assert [template["name"] for template in listed] == list(NAMES)
    for template in listed:
        assert f"{template['name']}: {template['title']}\n" in text
        assert all(item["meaning"] in text and item["default"] in text for item in template["parameters"])


@pytest.mark.slow
def test_a_query_shown_is_the_query_asked(project_folder: Path, tmp_path: Path) -> None:
    words = ("--template", "share", "--set", "cube=age", "--set", "dimension=AGE")
    (tmp_path / "share.rq").write_bytes(query(*words, "--show", cwd=project_folder).stdout)
    asked = query("--file", str(tmp_path / "share.rq"), "--project", str(project_folder), cwd=tmp_path)
    assert asked.returncode == 0
    assert asked.stdout == query(*words, cwd=project_folder).stdout


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are of POSIX")
@pytest.mark.parametrize("output_format", ["table", "csv", "json"])
def test_no_control_character_reaches_a_terminal(project_folder: Path, output_format: str) -> None:
    import pty

    primary, secondary = pty.openpty()
    words = ["SELECT ('\x1b[31mred\x9b\u202e' AS ?x) {}", "--format", output_format]
    done = subprocess.run([*COMMAND, *words], cwd=project_folder, stdout=secondary, stderr=subprocess.PIPE, check=False)
    os.close(secondary)
    shown = os.read(primary, 10_000).decode()
    os.close(primary)
    assert done.returncode == 0
    assert "red" in shown
    assert not set(shown) & set("\x1b\x9b\u202e")


def test_the_page_of_sparql_is_made_from_the_templates_and_the_release(real_release: Path) -> None:
    assert (PROJECT / "docs/sparql.md").read_text(encoding="utf-8") == sparql_page(real_release)
