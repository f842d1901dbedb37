"""A stranger's zips, folders and files: whatever they hold is named in a finding, and reaches nothing else."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import stat
import sys
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from helpers import repaired, sampled
from made_up import write_project

from publisher.build import Options, build
from publisher.cli import cli
from publisher.engines import bounds, folders
from publisher.engines.folders import contents, inside
from publisher.errors import InputError
from publisher.reports import REPORT_FORMATS
from publisher.validate import validate, validate_all
from publisher.validate.archives import unpack
from publisher.validate.look import json_members, xml_root

pytestmark = pytest.mark.slow

FORMATS = ("csv", "parquet", "rdf-codelists", "rdf-structure", "turtle", "datapackage")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("hostile")
    write_project(project)
    build(project, [], Options(only=FORMATS))
    return project / "output/made-up"


@pytest.fixture
def release(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "release"))


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["validate", *map(str, words)])


def zipped(path: Path, entries: Iterable[tuple[str | zipfile.ZipInfo, bytes | str]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def of_folder(folder: Path, top: str = "") -> list[tuple[str, bytes]]:
    return [
        (f"{top}{path.relative_to(folder).as_posix()}", path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def special(name: str, kind: int, content: str = "") -> tuple[zipfile.ZipInfo, str]:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (kind | 0o777) << 16
    return entry, content


# What a zip is.


@pytest.mark.slow
@pytest.mark.parametrize("top", ["", "made-up/"])
def test_a_zip_of_a_release_is_the_release_and_its_places_are_in_the_zip(
    release: Path, tmp_path: Path, top: str
) -> None:
    entries = of_folder(release, top)
    assert validate(zipped(tmp_path / "good.zip", entries)).findings == ()
    damaged = [
        (name, content.replace(b"2023", b"2024", 1) if name.endswith(".csv") else content) for name, content in entries
    ]
    path = zipped(tmp_path / "bad.zip", [*damaged, ("__MACOSX/._x.ttl", b"junk")])
    result = run("--format", "json", path)
    assert result.exit_code == 1
    assert "publisher-" not in result.stdout.replace("no release of publisher", "")
    found = {finding["file"] for finding in json.loads(result.stdout)["findings"]}
    assert f"{path.as_posix()}/{top}data/turnover.csv" in found
    assert all(file.startswith(path.as_posix()) for file in found)


BAD_NAMES = (
    "../x.ttl", "/etc/x.ttl", "C:/x.ttl", "a\\..\\x.ttl", "a/../../x.ttl", "a//x.ttl", "a/./x.ttl", "CON.ttl", "a/nul",
    "Com1.txt", "x.ttl.", "x ", "x" * 300, "/".join("a" * 40), "new\nline.ttl", "a/b:stream",
)  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_hard_name_in_a_zip_is_named_and_nothing_is_unpacked(tmp_path: Path, name: str) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (finding, *more) = unpack(zipped(tmp_path / "a.zip", [("good.ttl", ""), (name, "")]), target)
    assert not more
    assert finding.rule == "archive"
    assert finding.file == name[:255]
    assert list(target.iterdir()) == []


def test_a_second_name_that_leads_out_of_a_zip_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From Python 3.12 on the extra field 0x7075 says what an entry is written as; here it is as if it did."""
    path = zipped(tmp_path / "a.zip", [("safe.ttl", "")])
    listed = zipfile.ZipFile.infolist

    def renamed(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        (entry,) = listed(archive)
        entry.filename = "../escaped.ttl"
        return [entry]

    monkeypatch.setattr(zipfile.ZipFile, "infolist", renamed)
    (tmp_path / "target").mkdir()
    (finding,) = unpack(path, tmp_path / "target")
    assert finding.message.startswith("has a name that leads out of the zip")
    assert not (tmp_path / "escaped.ttl").exists()


def test_a_name_with_a_nul_is_seen_though_programs_cut_it_there(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("a_b.ttl", "")])
    path.write_bytes(path.read_bytes().replace(b"a_b.ttl", b"a\0b.ttl"))
    assert [finding.file for finding in unpack(path, tmp_path)] == ["a\0b.ttl"]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("a.ttl", "A.ttl"), "same name on some systems"),
        (("e\u0301.ttl", "\u00e9.ttl"), "same name on some systems"),
        (("a", "a/b.ttl"), "which is a file"),
    ],
)
def test_names_that_one_folder_cannot_hold_everywhere_are_refused(
    tmp_path: Path, names: tuple[str, ...], words: str
) -> None:
    (finding,) = unpack(zipped(tmp_path / "a.zip", [(name, "") for name in names]), tmp_path)
    assert words in finding.message
    assert finding.file == names[1]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_entries_that_stand_twice_or_are_links_pipes_or_encrypted_are_refused(tmp_path: Path) -> None:
    entries = [
        ("twice", "1"),
        ("twice", "2"),
        special("link", stat.S_IFLNK, "/etc/passwd"),
        special("pipe", stat.S_IFIFO),
    ]
    found = unpack(zipped(tmp_path / "a.zip", entries), tmp_path)
    assert {(finding.file, finding.message.split(":")[0]) for finding in found} == {
        ("twice", "stands there twice"),
        ("link", "is a link, which may lead anywhere"),
        ("pipe", "is a pipe or a device"),
    }
    path = zipped(tmp_path / "b.zip", [("secret", "x")])
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.rfind(b"PK\1\2") + 8] |= 1
    path.write_bytes(bytes(content))
    assert [finding.message for finding in unpack(path, tmp_path)] == ["is encrypted: make the zip without it"]


def test_a_zip_that_grows_out_of_proportion_or_has_too_many_entries_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "ZIP", replace(bounds.ZIP, bytes=1 << 20))
    bomb = zipped(tmp_path / "a.zip", [("a.ttl", bytes(4 << 20))])
    assert [finding.rule for finding in unpack(bomb, tmp_path / "x")] == ["bound-size"]
    content = bomb.read_bytes()
    bomb.write_bytes(
        content.replace((4 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    )  # it lies of its size
    assert len(unpack(bomb, tmp_path / "x")) == 1
    assert sum(path.stat().st_size for path in (tmp_path / "x").rglob("*") if path.is_file()) <= 2 << 20
    monkeypatch.setattr(bounds, "ZIP", replace(bounds.ZIP, parts=3))
    many = zipped(tmp_path / "b.zip", [(f"{number}.ttl", "") for number in range(4)])
    assert ["more than 3" in finding.message for finding in unpack(many, tmp_path)] == [True]


def test_a_damaged_zip_is_a_finding_that_names_the_entry(tmp_path: Path) -> None:
    content = zipped(tmp_path / "a.zip", [("a.ttl", os.urandom(5000)), ("b.ttl", os.urandom(5000))]).read_bytes()
    cases = {content[:3000]: None, content[:100] + b"\xff" * 50 + content[150:]: "a.ttl", b"PK\3\4": None}
    for number, (damaged, file) in enumerate(cases.items()):
        (tmp_path / "c.zip").write_bytes(damaged)
        (finding,) = unpack(tmp_path / "c.zip", tmp_path / str(number))
        assert "damaged" in finding.message
        assert finding.file == file
    assert [finding.message for finding in unpack(zipped(tmp_path / "d.zip", []), tmp_path)] == [
        "is empty: there is nothing to check"
    ]


@pytest.mark.parametrize("format", sampled(3, REPORT_FORMATS))
def test_a_zip_that_is_not_unpacked_is_no_pass_in_any_report(tmp_path: Path, format: str) -> None:
    path = zipped(tmp_path / "evil.zip", [("../x.ttl", ""), ("new\nline\x1b[31m", "")])
    result = run("--format", format, path)
    assert result.exit_code == 1
    assert "evil.zip/../x.ttl" in result.stdout
    assert "\x1b" not in result.stdout


def test_a_zip_in_a_zip_is_not_opened_and_what_holds_nothing_to_check_is_an_error(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", [("a.ttl", "")]).read_bytes()
    outer = zipped(tmp_path / "outer.zip", [("inner.zip", inner), ("notes.txt", "x")])
    with pytest.raises(InputError, match=r"outer\.zip holds no release of publisher.*\.ttl"):
        validate(outer)
    with pytest.raises(InputError, match=r"outer\.zip holds.*: 'inner\.zip' in it is a zip, and was not opened: take"):
        validate(outer)
    deeper = zipped(tmp_path / "deeper.zip", [("a/inner.zip", inner)])
    result = run(deeper)
    assert (result.exit_code, "'a/inner.zip' in it is a zip, and was not opened" in result.stderr) == (2, True)
    with pytest.raises(InputError) as told:
        validate(zipped(tmp_path / "text.zip", [("notes.txt", "x")]))
    assert "not opened" not in str(told.value)
    both = zipped(tmp_path / "both.zip", [("inner.zip", inner), ("a.ttl", "")])
    validations = validate_all([both])
    assert [item.kind for item in validations] == ["graph", "folder"]
    assert validations[1].files == ("inner.zip",)


def test_a_value_of_sdmx_json_that_is_no_number_is_named_by_the_codes_of_its_observation(tmp_path: Path) -> None:
    write_project(tmp_path)
    build(tmp_path, [], Options(only=("sdmx-json",)))
    path = tmp_path / "output/made-up/sdmx/turnover/data-1.0.json"
    text = path.read_text(encoding="utf-8")
    start = text.index('"0:1":{') + len('"0:1":{"attributes":[0,0,0],"observations":{\n"0":[')
    path.write_text(f'{text[:start]}"many"{text[text.index(",", start) :]}', encoding="utf-8")
    found = [finding.message for finding in validate(tmp_path / "output/made-up").findings]
    (named,) = [message for message in found if "neither a number" in message]
    assert 'the observation A.A-B.2023: OBS_VALUE is neither a number nor "NaN"' in named


# What a folder is.


def test_a_folder_is_walked_without_following_or_opening_anything(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/file").write_text("x")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    (tmp_path / "a/out").symlink_to("/etc/passwd")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    found = contents(tmp_path)
    assert found.files == ("a/b/file",)
    assert found.folders == ("a", "a/b")
    assert set(found.others) - {"pipe"} == {"a/loop", "a/out"}


def test_a_folder_that_is_too_large_or_too_deep_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / "deep"
    deep.joinpath(*"a" * 40).mkdir(parents=True)
    with pytest.raises(InputError, match="more than 32 deep"):
        contents(deep)
    monkeypatch.setattr(folders, "MOST_FILES", 2)
    for name in "abc":
        (tmp_path / name).write_text("")
    with pytest.raises(InputError, match="more than 2 files"):
        contents(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="names there are text")
def test_a_name_that_is_no_text_is_said_and_no_report_falls_over_it(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.ttl")).write_text("")
    for format in REPORT_FORMATS:
        result = run("--format", format, tmp_path)
        assert result.exit_code == 0, result.output
    assert any("no UTF-8" in finding.message for item in validate_all([tmp_path]) for finding in item.findings)


@pytest.mark.parametrize(
    "name", ["../x", "/x", "a/../../x", "C:/x", "a\\x", "", ".", "link", "folder/link/x", "\0", "n" * 300]
)
def test_a_path_that_leads_elsewhere_names_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "x").write_text("")
    folder = tmp_path / "in"
    (folder / "folder").mkdir(parents=True)
    (folder / "link").symlink_to(tmp_path / "x")
    (folder / "folder/link").symlink_to(tmp_path)
    (folder / "folder/own").write_text("")
    assert inside(folder, name) is None
    assert inside(folder, "folder/own") == folder / "folder/own"


@pytest.mark.slow
def test_a_folder_of_a_stranger_is_all_that_its_files_are_and_the_rest_is_said(original: Path, tmp_path: Path) -> None:
    folder = tmp_path / "stranger"
    (folder / "rdf/deep").mkdir(parents=True)
    for name, place in (("structure", "rdf/deep"), ("codelists", "rdf"), ("turnover", "rdf")):
        shutil.copy(original / f"rdf/{name}.ttl", folder / place)
    (folder / "notes.txt").write_text("x")
    (folder / ".hidden").mkdir()
    (folder / ".hidden/broken.ttl").write_text("this is no turtle")
    (folder / "out.ttl").symlink_to("/etc/passwd")
    graph, rest = validate_all([folder])
    assert (graph.kind, len(graph.files), graph.findings) == ("graph", 3, ())
    assert rest.files == (".hidden/broken.ttl", "notes.txt")
    assert [(finding.file, finding.severity) for finding in rest.findings] == [("out.ttl", "warning")]
    assert run(folder).exit_code == 0


@pytest.mark.slow
def test_a_folder_of_releases_is_each_of_them_and_a_release_is_nothing_else(original: Path, tmp_path: Path) -> None:
    for name in ("one", "two/deeper"):
        shutil.copytree(original, tmp_path / "all" / name)
    found = validate_all([tmp_path / "all"])
    assert [item.kind for item in found] == ["release", "release"]
    assert {item.place for item in found} == {f"{tmp_path.as_posix()}/all/{name}" for name in ("one", "two/deeper")}


# What a file is.


XML = {
    '<a xmlns="urn:x"/>': "{urn:x}a",
    '<?xml version="1.0"?><!-- c --><p:a xmlns:p="urn:x">': "{urn:x}a",
    "<a>": "a",
    '<!DOCTYPE r [<!ENTITY x "urn:x#">]><a xmlns="&x;">': "{urn:x#}a",
    '<!DOCTYPE r SYSTEM "file:///etc/passwd"><a/>': "a",
    '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a x="&b;"/>': None,
    '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://localhost/x">%p;]><a/>': None,
    "": None,
    "{}": None,
    "\0\0": None,
    "<" * 100_000: None,
    "<!--" + "x" * 1_000_000 + "--><a/>": None,
}


@pytest.mark.parametrize("text", XML, ids=range(len(XML)))
def test_the_root_element_is_seen_in_the_beginning_and_nothing_is_expanded(tmp_path: Path, text: str) -> None:
    (tmp_path / "x").write_text(text)
    assert xml_root(tmp_path / "x") == XML[text]


JSON = {
    '{"a": 1, "b": {"c": [1, {"d": "e"}]}, "f\\u00e5": null}': {"a", "b", "få"},
    '\ufeff {"a,b": ",", "c": "}\\""}': {"a,b", "c"},
    '{"a": [1, 2': {"a"},
    '{"a": "' + '\\"' * 100_000: {"a"},
    '{"a":' * 100_000: {"a"},
    "[" * 100_000: set(),
    '[{"a": 1}]': set(),
    '"a"': set(),
    "": set(),
    "<a/>": set(),
    '{"\\ud8": 1, "b": 1}': {"b"},
}


@pytest.mark.parametrize("text", JSON, ids=range(len(JSON)))
def test_the_members_of_an_object_are_seen_however_deep_or_broken_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / "x").write_text(text, encoding="utf-8")
    assert json_members(tmp_path / "x") == JSON[text]


def test_an_object_with_a_name_twice_among_very_many_is_said_at_once(tmp_path: Path) -> None:
    members = ",".join(f'"a{number}":0' for number in (*range(100_000), 99_999))
    (tmp_path / "message.json").write_text(f'{{"meta":{{{members}}},"data":{{}}}}', encoding="utf-8")
    with pytest.raises(InputError):
        validate_all([tmp_path / "message.json"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs on this system")
def test_a_pipe_is_not_looked_into(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert xml_root(tmp_path / "pipe") is None
    assert json_members(tmp_path / "pipe") == frozenset()


def test_json_and_xml_are_linked_data_by_their_content_and_not_by_their_name(tmp_path: Path) -> None:
    (tmp_path / "linked.json").write_text('{"@id": "urn:a", "urn:b": "c"}')
    assert validate(tmp_path / "linked.json").kind == "graph"
    (tmp_path / "other.json").write_text('{"a": 1}')
    (tmp_path / "other.xml").write_text("<a/>")
    for name in ("other.json", "other.xml"):
        with pytest.raises(InputError, match="is no file of a kind that can be checked"):
            validate(tmp_path / name)


# What a release is that somebody tampered with.


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["data/turnover.csv", "manifest.json", "definition/dataset.toml", "definition", "more"]
)
def test_a_link_anywhere_in_a_release_ends_it_before_anything_is_opened(
    release: Path, tmp_path: Path, name: str
) -> None:
    place = release / name
    if place.is_dir():
        shutil.move(place, tmp_path / "moved")
    elif place.exists():
        place.rename(tmp_path / "moved")
    place.symlink_to(tmp_path / "moved" if (tmp_path / "moved").exists() else "/dev/zero")
    found = validate(release).findings
    assert name in {finding.file for finding in found}
    assert all(finding.rule == "manifest" for finding in found)


@pytest.mark.slow
def test_a_release_without_its_manifest_is_a_damaged_release_and_no_data_package(release: Path) -> None:
    (release / "manifest.json").unlink()
    found = validate_all([release])
    assert [item.kind for item in found] == ["release"]
    assert [finding.file for finding in found[0].findings] == ["manifest.json"]


@pytest.mark.slow
def test_a_table_and_a_workbook_that_claim_too_much_are_not_opened(release: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = release / "data/turnover.parquet"
    pq.write_table(pa.table({"a": pa.nulls(40_000_000)}), path, row_group_size=40_000_000)
    with zipfile.ZipFile(release / "made-up.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(300 << 20))
    repaired(release, "data/turnover.parquet")
    found = [finding for finding in validate(release).findings if finding.rule == "bound-size"]
    assert {finding.file for finding in found} == {"data/turnover.parquet", "made-up.xlsx"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("rdf/turnover.ttl", b"<urn:a> <urn:b> " + b"<< " * 200_000),
        ("rdf/structure.ttl", b"<urn:a> <urn:b> " + b"[ <urn:b> " * 200_000),
        ("rdf/codelists.ttl", b"<urn:a> <urn:b> " + b"( " * 200_000),
        ("datapackage.json", b'{"resources": ' + b"[" * 200_000),
        ("data/turnover.parquet", b"PAR1" + bytes(2000) + b"\xff\xff\xff\x7fPAR1"),
        ("definition/dataset.toml", b"a = " + b"[" * 200_000),
        ("data/turnover.csv", b'{"a":' * 100_000),
    ],
)
def test_what_would_end_a_program_is_a_finding_of_the_command(release: Path, file: str, content: bytes) -> None:
    (release / file).write_bytes(content)
    repaired(release, file)
    result = run("--format", "json", release)
    assert result.exit_code == 1, result.output
    values = json.loads(result.stdout)
    assert any(file in f"{finding.get('file')} {finding['message']}" for finding in values["findings"])


@pytest.mark.slow
def test_a_packed_file_of_linked_data_that_grows_without_end_is_a_finding(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb") as packed:
        for _ in range(400):
            packed.write(b"<urn:a> <urn:b> <urn:c> .\n" * 40_000)
    (tmp_path / "bomb.nt.gz").write_bytes(stream.getvalue())
    (finding,) = validate(tmp_path / "bomb.nt.gz").findings
    assert "unpacks to more than" in finding.message


@pytest.mark.slow
def test_a_check_that_falls_over_is_a_finding_and_the_other_checks_run(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from publisher.validate import release as of_release

    def fall(*_: object) -> None:
        raise KeyError("4711")

    everyone = of_release.run
    fallen: Callable[..., object] = lambda check, subject: (  # noqa: E731
        fall() if check.name == "Turtle syntax" else everyone(check, subject)
    )
    monkeypatch.setattr(of_release, "run", fallen)
    found = validate(release)
    (finding,) = found.findings
    assert finding.rule == "stopped"
    assert "the check 'Turtle syntax' by pyoxigraph fell over what it read (KeyError" in finding.message
    assert "4711" not in finding.message
    assert len(found.verdicts) > 5
