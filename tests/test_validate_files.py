"""``publisher validate FILE…``: any linked data is one graph, and what breaks a constraint is named in every report."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from helpers import sampled
from made_up import write_project

from publisher.build import Options, build
from publisher.cli import cli
from publisher.errors import InputError
from publisher.reports import REPORT_FORMATS
from publisher.validate import KINDS, validate, validate_all

CONSTRAINT = re.compile(r"\bIC-[0-9]+\b")
KEY = "Q.A-B.2023-Q1"
OBSERVATION = f"https://statistics.example.org/open/made-up/turnover/obs/{KEY}"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("validated")
    write_project(project)
    build(project, [], Options(only=("rdf-codelists", "rdf-structure", "turtle")))
    return project / "output/made-up"


@pytest.fixture
def release(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "release"))


@pytest.fixture
def files(release: Path) -> list[Path]:
    return [release / "rdf" / f"{name}.ttl" for name in ("structure", "codelists", "turnover")]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["validate", *map(str, words)])


def without_value(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    changed = re.sub(rf"(?m)^(obs:{KEY} .*) ; mea:OBS_VALUE \S+", r"\1", text)
    assert changed != text
    file.write_text(changed, encoding="utf-8")


def test_files_that_break_nothing_are_one_graph(files: list[Path]) -> None:
    result = run("--format", "json", *files)
    assert result.exit_code == 0, result.output
    values = json.loads(result.stdout)
    assert values["graphs"] == [{"files": [file.as_posix() for file in files]}]
    assert values["releases"] == []
    assert [check["name"] for check in values["checks"]] == ["integrity constraints"]
    assert values["findings"] == []


@pytest.mark.slow
def test_a_file_alone_lacks_what_the_others_say(files: list[Path]) -> None:
    structure, codelists, turnover = files
    alone = {finding.rule for finding in validate(structure).findings}
    assert alone == set()
    assert {finding.rule for finding in validate_all([structure, turnover])[0].findings} == {"IC-19"}
    assert {finding.rule for finding in validate_all([turnover, codelists, structure])[0].findings} == set()


@pytest.mark.slow
@pytest.mark.parametrize("format", sampled(3, REPORT_FORMATS))
def test_only_the_constraint_that_is_broken_is_named_in_a_report(files: list[Path], format: str) -> None:
    assert not CONSTRAINT.findall(run("--format", format, *files).stdout)
    without_value(files[2])
    result = run("--format", format, *files)
    assert result.exit_code == 1
    assert set(CONSTRAINT.findall(result.stdout)) == {"IC-14"}
    assert OBSERVATION in result.stdout
    assert "turnover" in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("format", sampled(3, REPORT_FORMATS))
def test_a_report_on_a_release_names_the_constraint_the_key_and_the_line(release: Path, format: str) -> None:
    assert not CONSTRAINT.findall(run("--format", format, release).stdout)
    without_value(release / "rdf/turnover.ttl")
    result = run("--format", format, release)
    assert result.exit_code == 1
    assert set(CONSTRAINT.findall(result.stdout)) == {"IC-14"}
    assert KEY in result.stdout
    if format == "json":
        (found,) = [item for item in json.loads(result.stdout)["findings"] if item["rule"] == "IC-14"]
        lines = (release / "rdf/turnover.ttl").read_text(encoding="utf-8").splitlines()
        assert found["severity"] == "error"
        assert found["file"] == f"{release.as_posix()}/rdf/turnover.ttl"
        assert lines[found["line"] - 1].startswith(f"obs:{KEY} ")


@pytest.mark.slow
def test_folders_and_files_may_be_named_together(release: Path, files: list[Path]) -> None:
    shown = json.loads(run("--format", "json", files[0], release, files[1], files[2], files[1]).stdout)
    assert len(shown["releases"]) == 1
    assert [len(graph["files"]) for graph in shown["graphs"]] == [3]
    text = run(files[0], release, *files[1:]).stdout
    assert "linked data, 3 files that are one graph" in text
    assert f"{release.as_posix()}: made-up" in text


@pytest.mark.slow
def test_every_syntax_is_read_compressed_or_not(files: list[Path], tmp_path: Path) -> None:
    import pyoxigraph

    without_value(files[2])
    formats = pyoxigraph.RdfFormat
    syntaxes = {
        ".nt": formats.N_TRIPLES,
        ".nq": formats.N_QUADS,
        ".trig": formats.TRIG,
        ".rdf": formats.RDF_XML,
        ".xml": formats.RDF_XML,
        ".jsonld": formats.JSON_LD,
    }
    for suffix, syntax in syntaxes.items():
        path = tmp_path / f"cube{suffix}"
        triples = pyoxigraph.parse(path=str(files[2]), format=formats.TURTLE)
        path.write_bytes(pyoxigraph.serialize(triples, format=syntax))
        packed = tmp_path / f"packed{suffix}.GZ"
        packed.write_bytes(gzip.compress(path.read_bytes()))
        for each in (path, packed):
            (validation,) = validate_all([*files[:2], each])
            assert [finding.rule for finding in validation.findings] == ["IC-14"], each


def test_what_is_nothing_to_check_is_an_error_that_says_what_is_taken(tmp_path: Path, files: list[Path]) -> None:
    (tmp_path / "table.csv").write_text("a\n")
    (tmp_path / "words.gz").write_text("a\n")
    for name in ("table.csv", "words.gz", "nowhere.ttl", "n" * 300 + ".ttl", "files"):
        result = run("--format", "json", tmp_path / name, *files)
        assert result.exit_code == 2
        (finding,) = json.loads(result.stdout)["findings"]
        assert finding["rule"] == "usage"
        assert ".ttl" in finding["message"]
        assert "manifest.json" in finding["message"]
        assert name in finding["message"]


def test_every_wrong_name_is_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        validate_all([tmp_path / "one.ttl", tmp_path / "two.csv"])
    assert len(refused.value.findings) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs on this system")
def test_pipes_and_devices_are_refused_and_links_are_followed(tmp_path: Path, files: list[Path]) -> None:
    os.mkfifo(tmp_path / "pipe.ttl")
    for path in (tmp_path / "pipe.ttl", Path("/dev/null")):
        with pytest.raises(InputError, match="is a pipe or a device"):
            validate(path)
    (tmp_path / "link.ttl").symlink_to(files[0])
    assert validate(tmp_path / "link.ttl").findings == ()
    (tmp_path / "loop.ttl").symlink_to(tmp_path / "loop.ttl")
    with pytest.raises(InputError, match=re.escape("loop.ttl")):
        validate(tmp_path / "loop.ttl")


@pytest.mark.slow
@pytest.mark.parametrize("text", ["this is no turtle", "<a> <b> ", "@prefix : <", "\x00", "\ufeff\ufeff", "[" * 20_000])
def test_a_file_that_is_no_linked_data_is_a_finding_and_no_crash(tmp_path: Path, text: str) -> None:
    for suffix in (".ttl", ".nt", ".rdf", ".jsonld", ".ttl.gz", ".ttl.zst"):
        path = tmp_path / f"broken{suffix}"
        path.write_text(text, encoding="utf-8")
        (finding, *_) = validate(path).findings
        assert finding.severity == "error"
        assert not CONSTRAINT.match(finding.rule)
        assert finding.file is not None
        assert path.name in finding.file


@pytest.mark.slow
def test_what_is_written_in_a_value_s_place_is_in_no_report(files: list[Path]) -> None:
    """What a foreign cube has in a dimension is its key; in ours it may be a value that went astray."""
    text = files[2].read_text(encoding="utf-8")
    incomplete = re.sub(" ; dim:SECTOR CL_SECTOR:_T", "", text, count=1)
    release = [files[2].parents[1]]
    for change, places in (
        (text.replace("dim:SECTOR CL_SECTOR:A-B", 'dim:SECTOR "7654321"', 1), [release]),
        (incomplete.replace("dim:SECTOR CL_SECTOR:A-B", "dim:SECTOR 7654321", 1), [release]),
        (text.replace("mea:LOWER_BOUND 0.00", "mea:OBS_VALUE 7654321.25", 1), [release, files]),
        (text.replace("mea:LOWER_BOUND 0.00", "mea:LOWER_BOUND 7654321.25x", 1), [release, files]),
    ):
        assert change != text
        files[2].write_text(change, encoding="utf-8")
        for named in places:
            for format in REPORT_FORMATS:
                result = run("--format", format, *named)
                assert result.exit_code == 1
                assert "7654321" not in result.output


def test_each_kind_says_what_it_takes() -> None:
    assert [kind.name for kind in KINDS] == ["graph", "release", "package", "description", "message"]
    assert all(kind.title for kind in KINDS)
