"""``publisher codelist refresh``: what an owner's list says against ours, and the file that follows it."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import klass_answers
import pytest
from klass_answers import COUNTIES_2020, COUNTIES_2024, item

from publisher.definition import read_definition
from publisher.errors import DefinitionError, InputError, OutputError, PublisherError
from publisher.refresh import Refreshed, Request, refresh, source
from publisher.refresh.klass import Item, Owned, read_owned
from publisher.refresh.source import Answer
from publisher.refresh.table import Table
from publisher.summaries import of_refresh

COUNTY = "schemas/nav-tilt140/codelists/CL_COUNTY.csv"
LISTED_2024 = ["31", "32", "33", "39", "40", "55", "56"]


@pytest.fixture
def answer(tmp_path: Path) -> Path:
    """What codesAt?date=2024-11-30 answers."""
    return klass_answers.codes_at(tmp_path / "104.json", COUNTIES_2024)


def codes(refreshed: Refreshed, kind: str) -> list[str]:
    return [difference.code for difference in refreshed.comparison.differences if difference.kind == kind]


def run(project: Path, path: Path, codelist: str = "CL_COUNTY", **more: Any) -> Refreshed:
    return refresh(project, Request(codelist, str(path), **more))


def publisher(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "publisher", "codelist", "refresh", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


# The real list


def test_the_counties_are_those_of_the_owner(project: Path, answer: Path) -> None:
    found = run(project, answer)
    assert (found.language, found.day, found.comparison.compared) == ("nb", date(2024, 11, 30), 15)
    assert found.comparison.left_alone == ("_T", "99", "_U")
    assert [difference.kind for difference in found.comparison.differences] == ["other"]
    (notice,) = found.followed.findings
    assert notice.severity == "information"
    assert "the owner's '99' (Uoppgitt) is not here: '99' (Øvrige områder) is another code" in notice.message
    report = of_refresh(found)
    assert report.exit_code == 0
    assert "no difference" in report.text


def test_codes_that_differ_are_compared_through_the_notation(project: Path, tmp_path: Path) -> None:
    path = klass_answers.codes_at(tmp_path / "2.json", {"1": "Menn", "2": "Kvinner", "3": "Ukjent"})
    found = run(project, path, "CL_SEX")
    assert found.comparison.compared == 2
    assert codes(found, "added") == ["3"]
    assert codes(found, "renamed") == []
    renamed = run(project, klass_answers.codes_at(tmp_path / "2.json", klass_answers.SEX), "CL_SEX")
    assert codes(renamed, "renamed") == ["F", "M"]
    spellings = project / "schemas/nav-tilt140/spellings.csv"
    spellings.write_text(spellings.read_text(encoding="utf-8") + "CL_SEX,F,Kvinne,alias\n", encoding="utf-8")
    assert codes(run(project, tmp_path / "2.json", "CL_SEX"), "renamed") == ["M"], "an alias is a name too"


# An older list


@pytest.mark.parametrize("form", ["codesAt", "codes", "codes;", "utf-8", "version", "changes"])
def test_codes_are_added_ended_and_renamed(project: Path, tmp_path: Path, form: str) -> None:
    klass_answers.counties_of_2020(project)
    path = {
        "codesAt": lambda place: klass_answers.codes_at(place, COUNTIES_2024),
        "codes": klass_answers.codes_from_2020,
        "codes;": lambda place: klass_answers.codes_from_2020(place, ";"),
        "utf-8": lambda place: klass_answers.codes_from_2020(place, charset="utf-8"),
        "version": klass_answers.version,
        "changes": klass_answers.changes,
    }[form](tmp_path / "answer")
    found = run(project, path)
    assert sorted(codes(found, "added")) == LISTED_2024
    assert codes(found, "ended") == ["30", "38", "54"]
    assert codes(found, "renamed") == ["18", "50"]
    assert codes(found, "moved") == []
    known = {item.there for item in found.comparison.differences if item.kind == "ended"}
    assert known == ({""} if form in ("codesAt", "version") else {"2023-12-31"})
    assert all(finding.severity == "error" for finding in found.followed.findings if "99" not in finding.message)
    assert of_refresh(found).exit_code == 1


def test_the_day_decides_what_holds(project: Path, tmp_path: Path) -> None:
    klass_answers.counties_of_2020(project)
    path = klass_answers.codes_from_2020(tmp_path / "answer")
    assert codes(run(project, path, day=date(2023, 12, 31)), "ended") == []
    assert codes(run(project, path, day=date(2024, 1, 1)), "ended") == ["30", "38", "54"]
    with pytest.raises(InputError, match="no code that is valid on 2019-12-31: give another day with --date"):
        run(project, path, day=date(2019, 12, 31))


def test_without_write_nothing_changes(project: Path, answer: Path) -> None:
    path = klass_answers.counties_of_2020(project)
    before = path.read_bytes()
    assert not run(project, answer).written
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("newline", "bom", "end"), [("\n", "", "\n"), ("\r\n", "\ufeff", "\r\n"), ("\n", "", ""), ("\n", "", "\n\n")]
)
def test_the_file_follows_and_keeps_every_other_byte(
    project: Path, tmp_path: Path, newline: str, bom: str, end: str
) -> None:
    path = klass_answers.counties_of_2020(project, newline, bom, end)
    before = path.read_bytes().decode().split(newline)
    found = run(project, klass_answers.codes_from_2020(tmp_path / "answer", charset="utf-8"), write=True)
    assert found.written
    after = path.read_bytes().decode().split(newline)
    assert after[0] == before[0] + ",valid_through"
    listed = [line.partition(",")[0].strip('"') for line in after[1:] if line]
    assert listed == [
        "_T", "03", "11", "15", "18", "30", "31", "32", "33", "34", "38", "39", "40",
        "42", "46", "50", "54", "55", "56", "99", "_U",
    ]  # fmt: skip
    changed = {"18", "50", "30", "38", "54"}
    for line in before[1:]:
        code = line.partition(",")[0].strip('"')
        if code not in changed:
            assert line + "," * bool(line) in after
    assert "50,_T,Trøndelag - Trööndelage,Trøndelag,Trøndelag,https://example.org/50,50," in after
    assert "30,_T,Viken,Viken,Viken,https://example.org/30,30,2023-12-31" in after
    assert "31,_T,Østfold,,,,31," in after
    assert path.read_bytes().decode().endswith(end)
    assert not [item.name for item in path.parent.iterdir() if item.name.startswith(".")]


def test_the_same_again_finds_nothing_and_changes_nothing(project: Path, tmp_path: Path) -> None:
    path = klass_answers.counties_of_2020(project)
    answered = klass_answers.codes_from_2020(tmp_path / "answer")
    run(project, answered, write=True)
    once = path.read_bytes()
    again = run(project, answered, write=True)
    assert [difference.kind for difference in again.comparison.differences] == ["other"]
    assert (again.written, path.read_bytes()) == (False, once)


def test_a_new_code_must_be_named_in_every_language_before_it_is_used(project: Path, answer: Path) -> None:
    klass_answers.counties_of_2020(project)
    found = run(project, answer, write=True, day=date(2024, 11, 30))
    assert of_refresh(found).exit_code == 1
    message = "'31' has no label_nn, label_en yet: run again with each --language, or write them"
    assert message in [finding.message for finding in found.followed.findings]
    with pytest.raises(DefinitionError, match="code '31' has no label in 'nn'"):
        read_definition(project, "nav-tilt140")
    for language in ("nn", "en"):
        named = run(project, answer, write=True, language=language)
        assert set(codes(named, "renamed")) == {*LISTED_2024, "18", "50"}
        assert of_refresh(named).exit_code == 0
    codelist = read_definition(project, "nav-tilt140").codelist("CL_COUNTY")
    assert dict(codelist["31"].name) == dict.fromkeys(("nb", "nn", "en"), "Østfold")
    assert codelist["31"].parent == "_T"
    assert codelist["31"].notations == (("klass_104", "31"),)
    assert codelist["30"].valid_through == date(2024, 11, 29), "the last day it may have held: it is absent on --date"


def test_a_code_that_is_absent_is_ended_only_on_a_day_that_is_said(project: Path, answer: Path) -> None:
    path = klass_answers.counties_of_2020(project)
    found = run(project, answer, write=True)
    said = {finding.message for finding in found.followed.findings if finding.rule == "code-ended"}
    assert "'30' (Viken) is not at the owner's; not written: say with --date on which day it no longer held" in said
    assert "valid_through" not in path.read_text(encoding="utf-8")


def test_a_code_that_holds_again_loses_its_last_day(project: Path, tmp_path: Path, answer: Path) -> None:
    klass_answers.counties_of_2020(project)
    run(project, klass_answers.codes_from_2020(tmp_path / "2020"), write=True)
    old = klass_answers.codes_at(tmp_path / "old.json", COUNTIES_2020)
    found = run(project, old, write=True)
    assert codes(found, "resumed") == ["30", "38", "54"]
    assert "2023-12-31" not in (project / COUNTY).read_text(encoding="utf-8")


def test_parents_are_compared(project: Path, tmp_path: Path) -> None:
    path = project / "schemas/nav-tilt140/codelists/CL_COUNTY.csv"
    path.write_text(
        "code,parent,label_nb,label_nn,label_en,notation_klass_104\n_T,,Norge,Noreg,Norway,\nS,_T,Sør,Sør,South,S\n"
        "N,_T,Nord,Nord,North,N\n03,N,Oslo,Oslo,Oslo,03\n11,S,Rogaland,Rogaland,Rogaland,11\n15,S,Møre,Møre,Møre,15\n",
        encoding="utf-8",
    )
    items = [item("S", "Sør"), item("N", "Nord"), item("03", "Oslo", parentCode="S", level="2")]
    items += [item("11", "Rogaland", parentCode="S", level="2"), item("15", "Møre"), item("16", "X", parentCode="N")]
    answered = tmp_path / "answer"
    answered.write_text(json.dumps({"codes": items}), encoding="utf-8")
    found = run(project, answered, write=True)
    assert codes(found, "moved") == ["03", "15"]
    messages = [finding.message for finding in found.followed.findings]
    assert "'03' (Oslo) is below 'S' at the owner's, and below 'N' here" in messages
    lines = path.read_text(encoding="utf-8").splitlines()
    assert "03,S,Oslo,Oslo,Oslo,03" in lines
    assert "15,_T,Møre,Møre,Møre,15" in lines
    assert "16,N,X,,,16" in lines
    assert codes(run(project, answered, level="1"), "ended") == ["03", "11"], "of one level only"


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([item("1.2", "Dotted")], "it is no SDMX id"),
        ([item("57", "=SUM(A1)")], "the name begins with '='"),
        ([item("57", "a\u202eb")], "the name holds the control character U+202E"),
    ],
)
def test_what_a_definition_cannot_hold_is_not_written(
    project: Path, tmp_path: Path, items: list[dict[str, object]], reason: str
) -> None:
    before = (project / COUNTY).read_bytes()
    known = [item(code, name) for code, name in COUNTIES_2024.items()]
    (tmp_path / "answer").write_text(json.dumps({"codes": [*known, *items]}), encoding="utf-8")
    found = run(project, tmp_path / "answer", write=True)
    (finding,) = [finding for finding in found.followed.findings if finding.severity == "error"]
    assert f"not written: {reason}" in finding.message
    assert (project / COUNTY).read_bytes() == before


def test_ids_of_our_own_are_not_guessed(project: Path, tmp_path: Path) -> None:
    path = klass_answers.codes_at(tmp_path / "2.json", {"1": "Menn", "2": "Kvinner", "3": "Ukjent"})
    found = run(project, path, "CL_SEX", write=True)
    assert "codes have ids of their own here" in found.followed.findings[0].message
    assert not found.written


@pytest.mark.parametrize("write", [False, True])
def test_a_list_that_is_nobodys_is_not_compared(project: Path, answer: Path, write: bool) -> None:
    path = project / "schemas/nav-tilt140/codelists/CL_AGE.csv"
    before = path.read_bytes()
    message = "CL_AGE.csv: nothing of this codelist is the owner's: give a notation column or derived_from"
    with pytest.raises(DefinitionError, match=message):
        run(project, answer, "CL_AGE", write=write)
    assert path.read_bytes() == before


def test_the_answer_of_another_list_is_not_followed(project: Path, answer: Path) -> None:
    path = project / "schemas/nav-tilt140/codelists/CL_SEX.csv"
    before = path.read_bytes()
    with pytest.raises(InputError, match="none of the codes of this codelist: it is another list's"):
        run(project, answer, "CL_SEX", write=True)
    assert path.read_bytes() == before


def test_a_derived_list_without_notations_is_compared_by_its_codes(project: Path, tmp_path: Path) -> None:
    path = klass_answers.codes_at(tmp_path / "freq.json", {"A": "Årlig", "Q": "Kvartalsvis"})
    found = run(project, path, "CL_FREQ")
    assert (codes(found, "ended"), codes(found, "added")) == (["M"], ["Q"])


def test_totals_and_the_unknown_are_nobodys(project: Path, tmp_path: Path) -> None:
    path = project / "schemas/nav-tilt140/codelists/CL_SEX.csv"
    path.write_text("code,label_nb\n_T,I alt\nF,Kvinner\nM,Menn\n_U,Ukjent\n", encoding="utf-8")
    found = run(project, klass_answers.codes_at(tmp_path / "sex.json", {"F": "Kvinner", "M": "Menn"}), "CL_SEX")
    assert (found.comparison.compared, found.comparison.left_alone) == (2, ("_T", "_U"))
    assert found.comparison.differences == ()


# What is asked for, and cannot be had


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"codelist": "CL_COUNTRY"}, "unknown codelist 'CL_COUNTRY'; did you mean 'CL_COUNTY'"),
        ({"codelist": "../CL_COUNTY"}, "unknown codelist"),
        ({"dataset": "nav"}, "unknown dataset 'nav'"),
        ({"language": "se"}, "has no column 'label_se'"),
        ({"notation": "klass"}, "has no column 'notation_klass'; did you mean 'klass_104'"),
        ({"source": "nothing.json"}, "nothing.json: cannot be read: No such file"),
        ({"source": "file:///etc/hostname"}, "only http and https addresses are read, not file"),
        ({"source": "ftp://localhost/x"}, "only http and https addresses are read, not ftp"),
        ({"source": "http://[bad/"}, "cannot be read"),
        ({"source": "http://127.0.0.1:1/"}, "cannot be read: .*refused"),
        ({"source": "."}, "cannot be read: Is a directory"),
        ({"source": "\0"}, "cannot be read"),
    ],
)
def test_what_cannot_be_compared_is_said(project: Path, answer: Path, wanted: dict[str, Any], message: str) -> None:
    request = {"codelist": "CL_COUNTY", "source": str(answer), **wanted}
    with pytest.raises(PublisherError, match=message) as caught:
        refresh(project, Request(**request))
    assert caught.value.exit_code == 2


def test_a_list_of_two_datasets_is_chosen(project: Path, answer: Path) -> None:
    schemas = project / "schemas"
    (schemas / "other/codelists").mkdir(parents=True)
    for path in ("dataset.toml", "codelists/CL_COUNTY.csv"):
        (schemas / "other" / path).write_bytes((schemas / "nav-tilt140" / path).read_bytes())
    with pytest.raises(InputError, match="nav-tilt140, other have a codelist 'CL_COUNTY': choose one with --dataset"):
        run(project, answer)
    assert run(project, answer, dataset="other").file == "schemas/other/codelists/CL_COUNTY.csv"


def test_a_definition_with_faults_is_not_changed(project: Path, answer: Path) -> None:
    (project / COUNTY).write_text('code,label_nb\n03,"Oslo', encoding="utf-8")
    with pytest.raises(DefinitionError, match="is no CSV"):
        run(project, answer, write=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_file_that_cannot_be_written_stays(project: Path, answer: Path) -> None:
    path = klass_answers.counties_of_2020(project)
    before = path.read_bytes()
    path.parent.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            run(project, answer, write=True)
    finally:
        path.parent.chmod(0o700)
    assert path.read_bytes() == before


# Hostile answers


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "has neither the columns"),
        (b'{"codes":[{"code":"03","name":"Oslo"', "is no JSON"),
        (b'{"codes":[]}', "holds no code"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"codes":' + b"[" * 100_000, "nested too deeply"),
        (b'{"codes":{"03":"Oslo"}}', "has no list 'codes'"),
        (b"[1, 2]", "has no list 'codes'"),
        (b'{"status":404,"message":"Classification not found with id = 1"}', "it says 'Classification not found"),
        (b'{"codes":[1]}', r"codes\[0\] is no object"),
        (b'{"codes":[{"code":3,"name":"Oslo"}]}', r"codes\[0\]: 'code' must be text, found 3"),
        (b'{"codes":[{"code":"03"}]}', r"codes\[0\]: 'name' is missing"),
        (b'{"codes":[{"code":"03","name":null}]}', "'name' is missing"),
        (b'{"codes":[{"code":"03","name":"a","validTo":"2024-13-01"}]}', "'validTo' must be a day"),
        (b'{"codes":[{"code":"03","name":"a","validTo":{"x":1}}]}', "'validTo' must be a day"),
        (b'{"codes":[{"code":"03","name":"a"},{"code":"03","name":"b"}]}', "has '03' twice: 'a' and 'b'"),
        (b'{"codes":[{"code":"a","name":"a","parentCode":"b"},{"code":"b","name":"b","parentCode":"a"}]}', "cycle"),
        (b'{"codes":[{"code":"03","name":"\xd8"}]}', "byte 31 is not UTF-8"),
        (b'{"codeChanges":[{"newCode":"03","newName":"a"}]}', "'changeOccurred' is missing"),
        (b'{"codes":[{"code":"03","name":' + b"9" * 5000 + b"}]}", "a number of 5,000 digits: no answer of KLASS"),
        (b'{"codes":[{"code":"  ","name":"Oslo"}]}', r"codes\[0\]: 'code' is missing"),
        (b'"code","name"\n"  ","Oslo"\n', ":2: 'code' is missing"),
        (gzip.compress(b'{"codes":[]}', mtime=0), r"is compressed \(gzip\): unpack it first"),
        (b"<!DOCTYPE html><html></html>", "is HTML or XML: ask for JSON or CSV"),
        (b"\xef\xbb\xbf\n <?xml version='1.0'?><codeList/>", "is HTML or XML"),
        (b'"code","name"\n"03","Oslo","x"\n', ":2: 3 cells where the header has 2"),
        (b'"code","name"\n"03","Oslo\n', "is no CSV"),
        (b'"code","name"\n"03",\n', ":2: 'name' is missing"),
        (b'"code","name"\n', "holds no code"),
        (b"a" * 200_000, "has neither the columns"),
        ("\ufeffcode,name\n03,Oslo".encode("utf-16"), "neither UTF-8 nor ISO 8859-1|has neither the columns"),
        (b"code,name\n03,\x81\x8d\n", "neither UTF-8 nor ISO 8859-1"),
        (b"name,level\nOslo,1\n", "has neither the columns 'code' and 'name'"),
    ],
)
def test_a_hostile_answer_is_refused_with_its_place(project: Path, tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "answer"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message) as caught:
        run(project, path, write=True)
    assert str(path) in str(caught.value)


def test_fields_that_are_unknown_or_in_another_order_change_nothing() -> None:
    data = b'"level";"name";"color";"code"\n"1";"Oslo";"red";"03"\n'
    expected = Owned((Item("03", "Oslo", None, "1", None, None),), complete=True)
    assert read_owned(Answer("x", data)) == expected
    data = b'{"x":[[]],"codes":[{"code":"03","name":"Oslo","level":"1","color":{}}]}'
    assert read_owned(Answer("x", data)) == expected


@pytest.mark.parametrize("broken", ["Møre og\nRomsdal", "Møre og \r\n Romsdal", "\nMøre og\u2028Romsdal "])
def test_a_name_over_two_lines_is_one_line(broken: str) -> None:
    csv, listed = f'code,name\n15,"{broken}"\n', json.dumps({"codes": [{"code": "15", "name": broken}]})
    for data in (csv, listed):
        assert read_owned(Answer("x", data.encode())).items[0].name == "Møre og Romsdal"


@pytest.mark.parametrize("charset", ["undefined", "a\0b", "base64", "utf-7", "idna", "utf-16", "nonsense"])
def test_a_character_set_that_is_not_read_is_named(charset: str) -> None:
    with pytest.raises(InputError, match="not one of: utf-8, iso-8859-1, windows-1252, us-ascii") as caught:
        read_owned(Answer("x", b"code,name\n03,Oslo\n", charset))
    assert f"its character set is {charset!r}" in str(caught.value)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
def test_the_character_sets_of_a_table_are_read(charset: str) -> None:
    assert read_owned(Answer("x", "code,name\n15,Møre\n".encode(charset), charset)).items[0].name == "Møre"


@pytest.mark.parametrize("charset", [None, "utf-8"])
def test_a_byte_order_mark_is_no_part_of_the_first_column(charset: str | None) -> None:
    data = "\ufeffcode,name\n03,Østfold\n".encode()
    assert read_owned(Answer("x", data, charset)).items[0].name == "Østfold"


def test_the_same_code_twice_with_the_same_words_is_one(project: Path, tmp_path: Path) -> None:
    items = [item(code, name) for code, name in COUNTIES_2024.items()] * 2
    (tmp_path / "answer").write_text(json.dumps({"codes": items}), encoding="utf-8")
    assert codes(run(project, tmp_path / "answer"), "added") == []


def test_an_end_that_never_comes_is_none() -> None:
    data = b'{"codes":[{"code":"03","name":"Oslo","validTo":"+999999999-12-31"}]}'
    assert read_owned(Answer("x", data)).items[0].end is None


def test_changes_are_taken_in_the_order_of_their_days() -> None:
    data = json.dumps(
        {
            "codeChanges": [
                {"oldCode": "30", "oldName": "b", "newCode": "31", "newName": "c", "changeOccurred": "2024-01-01"},
                {"oldCode": "01", "oldName": "a", "newCode": "30", "newName": "b", "changeOccurred": "2020-01-01"},
            ]
        }
    )
    held = {item.code: (item.first, item.end) for item in read_owned(Answer("x", data.encode())).items}
    assert held["30"] == (date(2020, 1, 1), date(2024, 1, 1))
    assert held["01"] == (None, date(2020, 1, 1))
    assert held["31"] == (date(2024, 1, 1), None)


@pytest.mark.slow
def test_a_million_lines_are_read_and_followed(project: Path, tmp_path: Path) -> None:
    klass_answers.counties_of_2020(project)
    path = tmp_path / "answer"
    path.write_text("code,name\n03,Oslo\n" + "".join(f"{n:06},{n:x}\n" for n in range(1_000_000)), encoding="utf-8")
    found = run(project, path, write=True)
    assert len(codes(found, "added")) == 1_000_000
    report = of_refresh(found)
    assert len(report.findings) == 1_001
    assert (project / COUNTY).read_text(encoding="utf-8").count("\n") > 1_000_000


def test_what_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "answer"
    path.write_bytes(b"x" * 11)
    assert source.read(str(path), most_bytes=11).data == b"x" * 11
    with pytest.raises(InputError, match="is larger than 10 bytes"):
        source.read(str(path), most_bytes=10)


# Over the network, on this machine


_DRIPS = {"/headers": b"HTTP/1.0 200 OK\r\nX: ", "/body": b"HTTP/1.0 200 OK\r\n\r\n", "/redirections": b""}


class _Server(BaseHTTPRequestHandler):
    answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.headers["Accept"])
        if self.path.partition("?")[0] in _DRIPS:
            self.drip(*self.path.partition("?")[::2])
            return
        status, headers, body = self.answers[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self, path: str, step: str) -> None:
        """Answer a byte at a time, or with one redirection after the other."""
        with contextlib.suppress(OSError):
            if path == "/redirections":
                time.sleep(0.1)
                self.send_response(302)
                self.send_header("Location", f"{path}?{int(step or 0) + 1}")
                self.end_headers()
                return
            self.wfile.write(_DRIPS[path])
            for _ in range(40):
                self.wfile.write(b"a")
                self.wfile.flush()
                time.sleep(0.1)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    csv = klass_answers.codes_from_2020(tmp_path / "x", charset="iso-8859-1").read_bytes()
    body = klass_answers.codes_at(tmp_path / "y", COUNTIES_2024).read_bytes()
    _Server.answers = {
        "/codesAt?date=2024-11-30": (200, {"Content-Type": "application/json;charset=UTF-8"}, body),
        "/codes": (200, {"Content-Type": "text/csv;charset=ISO-8859-1"}, csv),
        "/liar": (200, {"Content-Type": "text/csv;charset=UTF-8"}, csv),
        "/odd": (200, {"Content-Type": "text/csv;charset=nonsense"}, csv),
        "/html": (200, {"Content-Type": "text/html"}, b"<html></html>"),
        "/404": (404, {"Content-Type": "application/json"}, b'{"status":404}'),
        "/moved": (302, {"Location": "/codesAt?date=2024-11-30"}, b""),
        "/file": (302, {"Location": "file:///etc/hostname"}, b""),
        "/ftp": (302, {"Location": "ftp://127.0.0.1:1/x"}, b""),
        "/loop": (302, {"Location": "/loop"}, b""),
        "/none": (204, {}, b""),
        "/part": (206, {}, b'{"codes":[]}'),
        "/later": (202, {}, b'{"codes":[]}'),
        "/gzip": (200, {"Content-Encoding": "gzip"}, gzip.compress(body)),
        "/brotli": (200, {"Content-Encoding": "br"}, b"\x0b"),
        "/undefined": (200, {"Content-Type": "text/csv; charset=undefined"}, csv),
        "/zero": (200, {"Content-Type": 'text/csv; charset="a\0b"'}, csv),
        "/short": (200, {"Content-Length": "5000"}, b'{"codes":[]}'),
        "/large": (200, {}, b"x" * 1_000_000),
    }
    _Server.asked = []
    running = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize("path", ["/codesAt?date=2024-11-30", "/moved"])
def test_an_address_is_read_as_a_file_is(project: Path, server: str, path: str) -> None:
    found = refresh(project, Request("CL_COUNTY", server + path))
    assert [difference.kind for difference in found.comparison.differences] == ["other"]
    assert all("application/json" in accept for accept in _Server.asked)


def test_the_character_set_is_the_one_the_server_says(server: str) -> None:
    names = {item.name for item in read_owned(source.read(server + "/codes")).items}
    assert {"Østfold", "Møre og Romsdal"} <= names
    with pytest.raises(InputError, match="neither UTF-8 nor ISO 8859-1 text, or not in the set it says"):
        read_owned(source.read(server + "/liar"))
    with pytest.raises(InputError, match="its character set is 'nonsense'"):
        read_owned(source.read(server + "/odd"))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/404", "the server answers 404 Not Found"),
        ("/html", "is HTML or XML"),
        ("/none", "the server answers 204 No Content: it has nothing"),
        ("/part", "the server answers 206 Partial Content: that is a part only"),
        ("/later", "the server answers 202 Accepted: that is no answer"),
        ("/gzip", "the server answers in the coding 'gzip', which it was not asked for"),
        ("/brotli", "the server answers in the coding 'br'"),
        ("/undefined", "its character set is 'undefined', not one of"),
        ("/zero", "its character set is 'a.+b', not one of|cannot be read"),
        ("/file", "answers 302"),
        ("/ftp", "unknown url type: ftp"),
        ("/loop", "infinite loop|answers 302"),
        ("/short", "ends after 12 of 5000 bytes|cannot be read"),
    ],
)
def test_an_address_without_an_answer_is_said(project: Path, server: str, path: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        refresh(project, Request("CL_COUNTY", server + path))


def test_an_address_is_read_no_further_than_the_bound(server: str) -> None:
    with pytest.raises(InputError, match="is larger than 1,000 bytes"):
        source.read(server + "/large", most_bytes=1_000)
    with pytest.raises(InputError, match="takes longer than 0 seconds"):
        source.read(server + "/large", total_seconds=0)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/headers", "/body", "/redirections"])
def test_the_total_time_is_that_of_the_whole_exchange(server: str, path: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputError, match=r"takes longer than 0\.3 seconds"):
        source.read(server + path, total_seconds=0.3)
    assert time.monotonic() - began < 2


# The command


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
def test_every_format_of_report_has_the_differences(project: Path, answer: Path, form: str) -> None:
    klass_answers.counties_of_2020(project)
    done = publisher("CL_COUNTY", "--from", str(answer), "--format", form, cwd=project)
    assert done.returncode == 1, done.stderr
    assert "'30' (Viken) is not at the owner" in done.stdout.replace("&#39;", "'").replace("&apos;", "'")
    if form == "json":
        values = json.loads(done.stdout)
        assert values["added"] == LISTED_2024
        assert (values["written"], values["date"], values["ended"]) == (False, "2024-11-30", ["30", "38", "54"])


@pytest.mark.slow
def test_the_command_ends_with_0_where_nothing_differs_and_2_where_it_cannot_look(project: Path, answer: Path) -> None:
    assert publisher("CL_COUNTY", "--from", str(answer), cwd=project).returncode == 0
    missing = publisher("CL_COUNTY", "--from", "nothing.json", cwd=project)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "Traceback" not in missing.stderr
    assert publisher("CL_COUNTY", "--from", str(answer), "--date", "2024-02-30", cwd=project).returncode == 2
    early = publisher("CL_COUNTY", "--from", str(answer), "--date", "0001-01-01", cwd=project)
    assert early.returncode == 0, early.stderr


# The table


def test_a_table_keeps_what_it_is_not_asked_to_change() -> None:
    text = '\ufeffcode,"label"\r\n"03",Oslo\r\n\r\n11,"Ro""ga\r\nland"\r\n'
    table = Table(text)
    assert table.text == text
    table.set(0, "label", 'Os,"lo"')
    assert table.text == text.replace("Oslo", '"Os,""lo"""')
    table.insert({0: [{"code": "01"}], 2: [{"code": "12", "label": "Å"}]})
    assert table.text == ('\ufeffcode,"label"\r\n01,\r\n"03","Os,""lo"""\r\n\r\n11,"Ro""ga\r\nland"\r\n12,Å\r\n')


def test_a_last_line_without_an_end_stays_the_one_without() -> None:
    table = Table("code,label\n03,Oslo")
    table.insert({1: [{"code": "11"}, {"code": "12"}]})
    assert table.text == "code,label\n03,Oslo\n11,\n12,"
    table.insert({})
    assert table.text == "code,label\n03,Oslo\n11,\n12,"
