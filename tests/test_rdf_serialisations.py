"""N-Triples, JSON-LD and compressed Turtle hold exactly the triples of the Turtle files, and faults are found."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyoxigraph
import pytest
import rdf_fixture
from helpers import sampled
from rdf_written import check, copied, damaged, found_by, pack, readers_of, unpacked, written
from rdflib import Graph

from publisher.build import Options, build
from publisher.checks import rdf_plain, rdf_streams
from publisher.checks.check import Subject
from publisher.checks.rdf_rows import rows_of
from publisher.checks.reader import UnreadableError
from publisher.checks.turtle_rows import rows_of_triples
from publisher.engines import bounds
from publisher.errors import DefinitionError
from publisher.formats import jsonld, ntriples

SUFFIXES = {"plain": "", "gzip": ".gz", "zstd": ".zst"}
CUBE = "price-index"
PROGRAMS = ("pyoxigraph", "plain", "rdflib")


@pytest.fixture(scope="module", params=SUFFIXES)
def made_up(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Subject, str]:
    folder = tmp_path_factory.mktemp("made-up")
    return written(rdf_fixture.hostile_dataset(), folder, request.param), SUFFIXES[request.param]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return written(rdf_fixture.hostile_dataset(), tmp_path_factory.mktemp("plain"))


def triples(path: Path) -> set[rdf_streams.Triple]:
    found = list(rdf_streams.triples_by_pyoxigraph(path))
    assert len(set(found)) == len(found)
    return set(found)


# What is written


@pytest.mark.parametrize("name", ["codelists", "structure", CUBE])
@pytest.mark.parametrize("syntax", [".nt", ".jsonld"])
def test_every_syntax_has_exactly_the_triples_of_turtle(made_up: tuple[Subject, str], name: str, syntax: str) -> None:
    subject, packed = made_up
    turtle = triples(subject.folder / f"rdf/{name}.ttl")
    assert triples(subject.folder / f"rdf/{name}{syntax}{packed}") == turtle


@pytest.mark.slow
@pytest.mark.parametrize("name", ["codelists", "structure", CUBE])
@pytest.mark.parametrize(("syntax", "plugin"), [(".nt", "nt"), (".jsonld", "json-ld")])
def test_rdflib_sees_the_same_triples(plain: Subject, name: str, syntax: str, plugin: str) -> None:
    turtle = set(Graph().parse(plain.folder / f"rdf/{name}.ttl"))
    assert set(Graph().parse(plain.folder / f"rdf/{name}{syntax}", format=plugin)) == turtle


def test_n_triples_are_in_canonical_form(plain: Subject) -> None:
    """RDF 1.1 N-Triples, section 4, as a regular expression, and as pyoxigraph writes it."""
    term = r'(?:<[^<>" ]+>|"(?:[^"\\\n\r]|\\["\\nr])*"(?:@[a-zA-Z-]+|\^\^<[^<>" ]+>)?)'
    for name in ("codelists", "structure", CUBE):
        lines = (plain.folder / f"rdf/{name}.nt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
        assert name == CUBE or lines == sorted(lines)
        for line in lines:
            assert re.fullmatch(rf"<[^<>\" ]+> <[^<>\" ]+> {term} \.", line), line
            assert "^^<http://www.w3.org/2001/XMLSchema#string>" not in line
            (triple,) = pyoxigraph.parse(input=line, format=pyoxigraph.RdfFormat.N_TRIPLES)
            assert line.replace("\t", "\\t") in (f"{triple} .", f"{triple} .".replace("\t", "\\t"))


def test_json_ld_needs_no_network_and_is_written_for_streams(plain: Subject) -> None:
    for name in ("codelists", "structure", CUBE):
        text = (plain.folder / f"rdf/{name}.jsonld").read_text(encoding="utf-8")
        document = json.loads(text)
        assert list(document) == ["@context", "@graph"]
        assert not rdf_streams._fetches(document)
        assert len(text.split("\n")) == len(document["@graph"]) + 3
        assert all(list(item)[:2] == ["@type", "@id"] or list(item)[0] == "@id" for item in document["@graph"])
        assert "_:" not in text


def test_a_whole_number_is_a_number_in_json_and_a_string_where_programs_would_round_it() -> None:
    numbers = [0, -1, 2**53 - 1, 1 - 2**53, 2**53, -(2**53), 2**63 - 1, None]
    assert jsonld._numbers(pa.array(numbers, pa.int64())).to_pylist() == [
        "0", "-1", "9007199254740991", "-9007199254740991",
        '"9007199254740992"', '"-9007199254740992"', '"9223372036854775807"', None,
    ]  # fmt: skip


def test_a_decimal_keeps_its_digits_in_json_ld(plain: Subject) -> None:
    graph = json.loads((plain.folder / f"rdf/{CUBE}.jsonld").read_text(encoding="utf-8"))["@graph"]
    values = [item[name] for item in graph for name in ("OBS_VALUE", "LOWER_BOUND", "UPPER_BOUND") if name in item]
    assert all(re.fullmatch(r"-?[0-9]+\.[0-9]{2}", value) for value in values)
    assert len(values) > len(graph)


def test_a_component_in_lower_case_is_no_term_of_the_context() -> None:
    dataset = rdf_fixture.hostile_dataset()
    cube = dataset.cubes[0]
    said = replace(cube.attributes[2].concept, id="obs")
    cube = replace(cube, attributes=(*cube.attributes[:2], replace(cube.attributes[2], concept=said)))
    context = jsonld.context(dataset, cube)
    assert context["obs"] == dataset.names.observations(cube.id)
    assert context["component.obs"]["@id"] == dataset.names.component("attribute", "obs")


@pytest.mark.slow
@pytest.mark.parametrize("compression", SUFFIXES)
def test_the_same_observations_give_the_same_bytes(tmp_path: Path, compression: str) -> None:
    dataset = rdf_fixture.hostile_dataset()
    first, second = (written(dataset, tmp_path / name, compression) for name in ("one", "two"))
    assert first.files == second.files
    for file in first.files:
        assert (first.folder / file).read_bytes() == (second.folder / file).read_bytes(), file


@pytest.mark.parametrize("module", [ntriples, jsonld])
def test_batches_of_any_size_give_the_same_text(tmp_path: Path, module: object) -> None:
    dataset = rdf_fixture.hostile_dataset()
    observations = rdf_fixture.observations(dataset, dataset.cubes[0], tmp_path)
    rows = module.row_function(dataset, dataset.cubes[0])  # type: ignore[attr-defined]

    def text(size: int) -> str:
        before, parts = None, []
        for batch in observations.batches(size):
            parts += rows(batch, before).to_pylist()
            before = tuple(batch[item][-1].as_py() for item in dataset.cubes[0].key_ids)
        return "".join(parts)

    assert text(1) == text(7) == text(10_000)


def test_compressed_turtle_is_the_turtle(made_up: tuple[Subject, str]) -> None:
    subject, packed = made_up
    if packed:
        plain = (subject.folder / f"rdf/{CUBE}.ttl").read_bytes()
        assert unpacked(subject.folder / f"rdf/{CUBE}.ttl{packed}") == plain
    assert check("compressed Turtle", "publisher").run(subject).findings == ()


def test_gzip_bears_no_name_and_no_time(tmp_path: Path) -> None:
    path = tmp_path / "name.gz"
    pack(path, b"text")
    assert path.read_bytes()[3:8] == bytes(5)


def test_nothing_is_written_where_nothing_is_asked(plain: Subject, tmp_path: Path, project: Path) -> None:
    (report,) = build(project, ["nav-tilt140"], Options(output=tmp_path, only=("ntriples", "jsonld", "cube-link")))
    assert not report.stopped
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".nt", ".jsonld", ".ttl")]


def test_an_option_that_is_none_is_an_error_with_its_line(project: Path) -> None:
    toml = project / "schemas/nav-tilt140/dataset.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + '\n[formats.ntriples]\nwrite = "bzip2"\n', encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"dataset.toml:\d+: .*'bzip2', not one of: none, plain, gzip, zstd"):
        build(project, ["nav-tilt140"], Options(output=project / "output"))


@pytest.mark.slow
def test_a_real_release_with_every_syntax_compressed_passes(project: Path, tmp_path: Path) -> None:
    toml = project / "schemas/nav-tilt140/dataset.toml"
    asked = '\n[formats]\nntriples.write = "gzip"\njsonld.write = "zstd"\nturtle.compressed = "gzip"\n'
    toml.write_text(toml.read_text(encoding="utf-8") + asked, encoding="utf-8")
    (report,) = build(project, ["nav-tilt140"], Options(output=tmp_path))
    assert [finding for finding in report.findings if finding.severity == "error"] == []
    names = {verdict.name for verdict in report.verdicts}
    assert {"one truth: rdf/<cube>.nt.gz", "one truth: rdf/<cube>.jsonld.zst", "compressed Turtle"} <= names
    shutil.rmtree(tmp_path)


# What is read back


@pytest.mark.parametrize("syntax", [".nt", ".jsonld"])
@pytest.mark.parametrize("by", PROGRAMS)
def test_every_program_reads_the_observations(made_up: tuple[Subject, str], syntax: str, by: str) -> None:
    subject, packed = made_up
    assert found_by(subject, f"rdf/{{cube}}{syntax}{packed}", by) == ()


@pytest.mark.parametrize(("syntax", "parser"), [(".nt", rdf_plain.by_ntriples), (".jsonld", rdf_plain.by_jsonld)])
def test_the_plain_parsers_see_what_pyoxigraph_sees(
    plain: Subject, syntax: str, parser: Callable[..., Iterator[pa.RecordBatch]]
) -> None:
    cube, dataset = plain.dataset.cubes[0], plain.dataset
    path = plain.folder / f"rdf/{cube.id}{syntax}"
    foreign = pa.Table.from_batches(rows_of_triples(rdf_streams.triples_by_pyoxigraph(path), cube, dataset))
    assert pa.Table.from_batches(parser(path, cube, dataset)).to_pylist() == foreign.to_pylist()


def test_readers_are_there_for_each_way_of_writing() -> None:
    for syntax in (".nt", ".jsonld"):
        for packed in SUFFIXES.values():
            assert {reader.by for reader in readers_of(f"rdf/{{cube}}{syntax}{packed}")} == {"pyoxigraph", "rdflib"}


# Planted faults


def nt_line(key: str, word: str) -> re.Pattern[str]:
    """Return the pattern of the line that says something of an observation."""
    return re.compile(rf"(?m)^<[^ ]*/obs/{re.escape(key)}> <[^ ]*[/#]{word}> (.*) \.\n")


def substituted(pattern: re.Pattern[str], to: str | Callable[[re.Match[str]], str]) -> Callable[[str], str]:
    return lambda text: pattern.sub(to, text, count=1)


def keys(subject: Subject) -> tuple[str, str]:
    """Return the key, as it stands in IRIs, of an observation with a value and of a suppressed one."""
    text = (subject.folder / f"rdf/{CUBE}.nt").read_text(encoding="utf-8")
    shown = re.search(r"/obs/([^>]*)> <[^>]*OBS_VALUE>", text)
    hidden = re.search(r"/obs/([^>]*)> <[^>]*LOWER_BOUND>", text)
    assert shown
    assert hidden
    return shown[1], hidden[1]


def nt_faults(shown: str, hidden: str) -> dict[str, tuple[Callable[[str], str], str]]:
    """Return, by name, a damage to N-Triples and what must be said of it."""
    every = re.compile(rf"(?m)(^<[^ ]*/obs/{re.escape(shown)}> .*\n)+")
    number = '"876543.25"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    foreign = "<https://example.org/x> <https://example.org/p> <https://example.org/o> .\n"

    def line(key: str, word: str, term: str) -> Callable[[str], str]:
        return substituted(nt_line(key, word), lambda found: found[0].replace(found[1], term))

    def disclosed(found: re.Match[str]) -> str:
        return found[0].replace("LOWER_BOUND", "OBS_VALUE").replace(found[1], number)

    period = "<https://data.example.org/made-up/period/2031>"
    status = "<https://data.example.org/made-up/code/CL_OBS_STATUS/P>"
    return {
        "value": (line(shown, "OBS_VALUE", number), "OBS_VALUE is"),
        "status": (line(shown, "OBS_STATUS", status), "OBS_STATUS is 'P'"),
        "key": (line(shown, "TIME_PERIOD", period), "is not named by its key"),
        "missing": (substituted(every, ""), "is missing"),
        "no value": (substituted(nt_line(shown, "OBS_VALUE"), ""), "has a value and is suppressed, or neither"),
        "foreign": (lambda text: text + foreign, "example.org"),
        "hidden": (substituted(nt_line(hidden, "LOWER_BOUND"), disclosed), ""),
        "bound": (line(hidden, "UPPER_BOUND", number), "has another UPPER_BOUND"),
        "text": (line(shown, "OBS_VALUE", '"many"'), "OBS_VALUE is no decimal"),
        "datatype": (line(shown, "OBS_VALUE", number.replace("decimal", "double")), "OBS_VALUE is no decimal"),
        "cut": (lambda text: text[:-40], ""),
    }


NT_FAULTS = tuple(nt_faults("x", "y"))


@pytest.mark.parametrize("by", PROGRAMS)
@pytest.mark.parametrize("fault", sampled(4, NT_FAULTS))
def test_a_fault_in_n_triples_is_found(plain: Subject, tmp_path: Path, fault: str, by: str) -> None:
    subject = copied(plain, tmp_path / "copy")
    change, said = nt_faults(*keys(subject))[fault]
    damaged(subject, f"rdf/{CUBE}.nt", change)
    findings = found_by(subject, "rdf/{cube}.nt", by)
    assert findings
    assert {(finding.file, finding.cube) for finding in findings} == {(f"rdf/{CUBE}.nt", CUBE)}
    assert said in " ".join(map(str, findings)) or (by == "plain" and fault in ("foreign", "text"))
    assert fault not in ("hidden", "bound") or "876543" not in " ".join(map(str, findings))
    assert findings[0].key or findings[0].message.count("/obs/") or fault in ("foreign", "cut") or by == "plain"


@pytest.mark.parametrize("by", ["pyoxigraph", "plain"])
def test_a_triple_twice_in_n_triples_is_found(plain: Subject, tmp_path: Path, by: str) -> None:
    """rdflib cannot see it: it holds sets of triples."""
    subject = copied(plain, tmp_path / "copy")
    shown, _ = keys(subject)
    damaged(subject, f"rdf/{CUBE}.nt", substituted(nt_line(shown, "OBS_STATUS"), lambda found: found[0] * 2))
    (finding,) = found_by(subject, "rdf/{cube}.nt", by)
    assert "twice" in finding.message


def json_faults(shown: str, hidden: str) -> dict[str, tuple[Callable[[str], str], str]]:
    """Return, by name, a damage to JSON-LD and what must be said of it."""

    def line(key: str, old: str, new: str) -> Callable[[str], str]:
        start = re.compile(rf'(?m)^.*"obs:{re.escape(key)}".*$')
        return lambda text: start.sub(lambda found: re.sub(old, new, found[0], count=1), text, count=1)

    return {
        "value": (line(shown, r'"OBS_VALUE":"[^"]*"', '"OBS_VALUE":"876543.25"'), "OBS_VALUE is"),
        "double": (line(shown, r'"OBS_VALUE":"[^"]*"', '"OBS_VALUE":1.5e0'), ""),
        "status": (line(shown, "CL_OBS_STATUS:A", "CL_OBS_STATUS:P"), "OBS_STATUS is 'P'"),
        "key": (line(shown, "period:[^\"]*", "period:2031"), "is not named by its key"),
        "missing": (lambda text: re.sub(rf'(?m)^.*"obs:{re.escape(shown)}".*\n', "", text), "is missing"),
        "foreign": (line(shown, "}(,?)$", r',"https://example.org/p":"x"}\1'), "example.org"),
        "data set": (line(shown, '"data-set":"[^"]*"', '"data-set":"set:other"'), "is in neither data set"),
        "hidden": (line(hidden, '"LOWER_BOUND":"[^"]*"', '"OBS_VALUE":"876543.25"'), ""),
        "context": (lambda text: text.replace('"@graph"', '"https://example.org/graph"'), ""),
        "named graph": (lambda text: text.replace('"@graph"', '"@id":"https://example.org/g","@graph"'), ""),
        "fetched": (lambda text: text.replace("{", '{"@context":"https://example.org/c","x":{', 1) + "}", ""),
        "cut": (lambda text: text[:-3], ""),
        "more": (lambda text: text + "{}\n", ""),
    }  # fmt: skip


JSON_FAULTS = tuple(json_faults("x", "y"))


@pytest.mark.parametrize("by", PROGRAMS)
@pytest.mark.parametrize("fault", sampled(4, JSON_FAULTS))
def test_a_fault_in_json_ld_is_found(plain: Subject, tmp_path: Path, fault: str, by: str) -> None:
    subject = copied(plain, tmp_path / "copy")
    change, said = json_faults(*keys(subject))[fault]
    damaged(subject, f"rdf/{CUBE}.jsonld", change)
    findings = found_by(subject, "rdf/{cube}.jsonld", by)
    assert findings
    assert {(finding.file, finding.cube) for finding in findings} == {(f"rdf/{CUBE}.jsonld", CUBE)}
    assert said in " ".join(map(str, findings))
    assert fault != "hidden" or "876543" not in " ".join(map(str, findings))


@pytest.mark.parametrize("by", ["pyoxigraph", "plain"])
def test_a_member_twice_in_json_ld_is_found(plain: Subject, tmp_path: Path, by: str) -> None:
    subject = copied(plain, tmp_path / "copy")
    damaged(subject, f"rdf/{CUBE}.jsonld", lambda text: re.sub(r'("OBS_VALUE":"[^"]*")', r"\1,\1", text, count=1))
    (finding,) = found_by(subject, "rdf/{cube}.jsonld", by)
    assert "twice" in finding.message


@pytest.mark.parametrize("by", ["pyoxigraph", "rdflib"])
@pytest.mark.parametrize(
    "file", ["rdf/codelists.nt", "rdf/structure.nt", "rdf/codelists.jsonld", "rdf/structure.jsonld"]
)
def test_a_fault_in_structures_is_found(plain: Subject, tmp_path: Path, file: str, by: str) -> None:
    subject = copied(plain, tmp_path / "copy")
    damaged(subject, file, lambda text: text.replace("REGION", "RIGION", 1))
    findings = check("RDF structures in every syntax", by).run(subject).findings
    assert {finding.file for finding in findings} == {file}
    assert any("is missing" in finding.message for finding in findings)
    assert any("not in Turtle" in finding.message for finding in findings)


def test_a_triple_twice_in_structures_is_found(plain: Subject, tmp_path: Path) -> None:
    subject = copied(plain, tmp_path / "copy")
    damaged(subject, "rdf/structure.nt", lambda text: text + text.split("\n")[0] + "\n")
    (finding,) = check("RDF structures in every syntax", "pyoxigraph").run(subject).findings
    assert finding.message == "1 triples stand more than once"


def test_structures_without_turtle_to_compare_with_are_found(plain: Subject, tmp_path: Path) -> None:
    subject = copied(plain, tmp_path / "copy")
    subject = replace(subject, files=subject.files - {"rdf/codelists.ttl"})
    findings = check("RDF structures in every syntax", "pyoxigraph").run(subject).findings
    assert [finding.file for finding in findings] == ["rdf/codelists.ttl"]


@pytest.mark.parametrize("made_up", ["gzip", "zstd"], indirect=True)
def test_a_fault_in_compressed_turtle_is_found(made_up: tuple[Subject, str], tmp_path: Path) -> None:
    original, packed = made_up
    subject = copied(original, tmp_path / "copy")
    file = f"rdf/{CUBE}.ttl{packed}"
    damaged(subject, file, lambda text: re.sub(r"mea:OBS_VALUE [0-9.]+", "mea:OBS_VALUE 876543.25", text, count=1))
    (finding,) = check("compressed Turtle", "publisher").run(subject).findings
    assert (finding.file, finding.cube) == (file, CUBE)
    assert finding.line
    assert finding.key
    assert "876543" not in str(finding)


@pytest.mark.parametrize("made_up", ["gzip", "zstd"], indirect=True)
@pytest.mark.parametrize("damage", ["cut", "other", "missing", "more"])
def test_a_compressed_file_that_is_damaged_is_found(made_up: tuple[Subject, str], tmp_path: Path, damage: str) -> None:
    original, packed = made_up
    subject = copied(original, tmp_path / "copy")
    for syntax in (".ttl", ".nt", ".jsonld"):
        path = subject.folder / f"rdf/{CUBE}{syntax}{packed}"
        content = path.read_bytes()
        if damage == "more":
            pack(path, unpacked(path) + b"more")
        else:
            path.write_bytes({"cut": content[:-9], "other": b"no archive", "missing": b""}[damage])
    found = [*check("compressed Turtle", "publisher").run(subject).findings]
    for syntax in (".nt", ".jsonld"):
        for by in PROGRAMS:
            found += found_by(subject, f"rdf/{{cube}}{syntax}{packed}", by)[:1]
    assert len(found) == 7


# Hostile files


@pytest.mark.parametrize("suffix", [".nt.gz", ".nt.zst", ".jsonld.zst"])
def test_a_file_that_unpacks_to_very_much_is_not_read_on(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "STREAM", replace(bounds.STREAM, bytes=1 << 20))
    path = tmp_path / f"bomb{suffix}"
    pack(path, b" \n" * (1 << 24))
    assert path.stat().st_size < 1 << 16
    with pytest.raises(UnreadableError, match="unpacks to more than"):
        list(rdf_streams.triples_by_pyoxigraph(path))


@pytest.mark.parametrize("suffix", [".nt", ".jsonld"])
def test_a_line_without_an_end_is_refused_by_the_plain_parsers(tmp_path: Path, suffix: str, plain: Subject) -> None:
    path = tmp_path / f"endless{suffix}"
    path.write_bytes(b"<" + b"x" * (rdf_streams.LONGEST_LINE + 1))
    parser = rdf_plain.by_ntriples if suffix == ".nt" else rdf_plain.by_jsonld
    with pytest.raises(UnreadableError, match="longer than"):
        list(parser(path, plain.dataset.cubes[0], plain.dataset))


@pytest.mark.parametrize(
    "line",
    [
        "", "{", "[]", "1", "null", '{"@type":"qb:Observation"}', '{"@id":"obs:x","@type":"qb:Observation"}',
        '{"@type":"qb:Observation","@id":5}', '{"@type":"qb:Observation","@id":"no:x"}',
        '{"@type":"qb:Observation","@id":"obs:x","OBS_VALUE":[1]}', '{"@type":"qb:Observation","@id":"obs:x","NOTE":7}',
        '{"@type":"qb:Observation","@id":"obs:x","KIND":{"@id":"obs:x"}}', "[" * 100_000,
    ],
)  # fmt: skip
def test_json_of_another_layout_is_refused_and_never_a_traceback(plain: Subject, tmp_path: Path, line: str) -> None:
    head = (plain.folder / f"rdf/{CUBE}.jsonld").read_text(encoding="utf-8").partition("\n")[0]
    path = tmp_path / "x.jsonld"
    path.write_text(f"{head}\n{line}\n]}}\n", encoding="utf-8")
    cube, dataset = plain.dataset.cubes[0], plain.dataset
    if line:
        with pytest.raises(UnreadableError):
            list(rdf_plain.by_jsonld(path, cube, dataset))
    for triples in (rdf_streams.triples_by_pyoxigraph, rdf_streams.triples_by_rdflib):
        try:
            for batch in rows_of_triples(triples(path), cube, dataset):
                rows_of(batch, cube, dataset)
        except UnreadableError:
            continue


@pytest.mark.parametrize(
    "line",
    [
        "x",
        "<a> <b>",
        "_:b <https://example.org/p> <https://example.org/o> .",
        '<https://example.org/s> <https://example.org/p> "\\u0041" .',
        "<<( <a:b> <a:b> <a:b> )>> <a:b> <a:b> .",
        "<a:b> <a:b> <<( <a:b> <a:b> <a:b> )>> .",
    ],
)
@pytest.mark.parametrize("by", PROGRAMS)
def test_n_triples_of_another_kind_are_refused_and_never_a_traceback(
    plain: Subject, tmp_path: Path, line: str, by: str
) -> None:
    subject = copied(plain, tmp_path / "copy")
    damaged(subject, f"rdf/{CUBE}.nt", lambda text: f"{line}\n{text}")
    assert found_by(subject, "rdf/{cube}.nt", by)
