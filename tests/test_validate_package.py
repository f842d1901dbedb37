"""``publisher validate`` on anybody's data package: faults are named, what is not read is said, nothing is followed."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from click.testing import CliRunner
from helpers import sampled

from publisher.checks.package_tables import Table, UnreadTableError, faults
from publisher.checks.run import Verdict
from publisher.cli import cli
from publisher.errors import Finding
from publisher.observations import connect
from publisher.validate import looking, package
from publisher.validate.kind import Validation

pytestmark = pytest.mark.slow

V2 = "https://datapackage.org/profiles/2.0/datapackage.json"
SECRET = "topsecret"
FRUIT = "id,kind,amount,day\n1,apple,1.5,2024-01-31\n2,pear,2,2024-02-29\n"
KINDS = "kind,label\napple,Apple\npear,Pear\n"
SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "id", "type": "integer", "constraints": {"minimum": 1}},
        {"name": "kind", "type": "string", "constraints": {"required": True}},
        {"name": "amount", "type": "number"},
        {"name": "day", "type": "date"},
    ],
    "primaryKey": ["id"],
    "foreignKeys": [{"fields": ["kind"], "reference": {"resource": "kinds", "fields": ["kind"]}}],
}


def fruit(**more: Any) -> dict[str, Any]:
    """Return the descriptor of a sound package; ``more`` goes to its first resource."""
    kinds = {
        "fields": [{"name": "kind", "type": "string"}, {"name": "label", "type": "string"}],
        "primaryKey": ["kind"],
    }
    return {
        "$schema": V2,
        "name": "fruit",
        "version": "1.0.0",
        "resources": [
            {"name": "fruit", "path": "fruit.csv", "type": "table", "schema": SCHEMA, **more},
            {"name": "kinds", "path": "kinds.csv", "type": "table", "schema": kinds},
        ],
    }


def one(**resource: Any) -> dict[str, Any]:
    return {"$schema": V2, "name": "one", "resources": [{"name": "one", "path": "one.csv", **resource}]}


def written(folder: Path, descriptor: Any, files: Mapping[str, str | bytes] | None = None) -> Path:
    """Write a package; without files those of the fruit."""
    folder.mkdir(parents=True, exist_ok=True)
    text = descriptor if isinstance(descriptor, str) else json.dumps(descriptor)
    (folder / "datapackage.json").write_text(text, encoding="utf-8")
    for name, content in ({"fruit.csv": FRUIT, "kinds.csv": KINDS} if files is None else files).items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def proved(path: Path, full: bool = False) -> Validation:
    (validation,) = package.validate([path], full, lambda _: None)
    return validation


def errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def verdict(validation: Validation, name: str, by: str) -> Verdict:
    (found,) = [each for each in validation.verdicts if (each.name, each.by) == (name, by)]
    return found


def test_a_sound_package_passes_every_program(tmp_path: Path) -> None:
    validation = proved(written(tmp_path, fruit()), full=True)
    assert validation.findings == ()
    assert [(each.name, each.by) for each in validation.verdicts if not each.skipped] == [
        ("descriptor", "publisher"),
        ("profile 2.0", "jsonschema"),
        ("descriptor", "frictionless"),
        ("tables", "frictionless"),
        ("tables, older reader", "datapackage"),
    ]
    assert validation.about == "data package fruit 1.0.0: 2 resources, 2 of them read as tables"
    assert validation.files == ("datapackage.json", "fruit.csv", "kinds.csv")


def test_a_package_of_version_1_is_checked_by_its_own_rules(tmp_path: Path) -> None:
    descriptor = {**fruit(profile="tabular-data-resource", mediatype="text/csv"), "profile": "data-package"}
    del descriptor["$schema"], descriptor["resources"][0]["type"]
    validation = proved(written(tmp_path / "sound", descriptor), full=True)
    assert validation.findings == ()
    assert "version 1" in verdict(validation, "profile", "jsonschema").skipped
    descriptor["name"] = "Not a name of version 1"
    names = proved(written(tmp_path / "named", descriptor), full=True)
    assert [each.file for each in errors(verdict(names, "descriptor", "frictionless").findings)] == ["datapackage.json"]
    assert errors(verdict(names, "tables, older reader", "datapackage").findings)
    assert proved(written(tmp_path / "later", {**descriptor, "$schema": V2})).findings == ()


def test_what_is_a_package_is_seen_by_its_content(tmp_path: Path) -> None:
    folder = written(tmp_path / "a", fruit())
    (tmp_path / "fruit.datapackage.json").write_text('{"resources": []}')
    (tmp_path / "any.json").write_text('{"name": "x", "resources": []}')
    (tmp_path / "other.json").write_text('{"resources": []}')
    (tmp_path / "list.json").write_text('["resources", "name"]')
    (tmp_path / "b").mkdir()
    named = [folder, tmp_path / "fruit.datapackage.json", tmp_path / "any.json"]
    assert [package.fits(path) for path in named] == [True] * 3
    others = [tmp_path / "other.json", tmp_path / "list.json", tmp_path / "b", tmp_path / "none.json"]
    assert [package.fits(path) for path in others] == [False] * 4
    (tmp_path / "b/datapackage.json").symlink_to(folder / "datapackage.json")
    assert not package.fits(tmp_path / "b")


# A table, what is wrong with it, the line, and the field that is named.
TABLES: dict[str, tuple[str, int | None, str]] = {
    "a value of another type": (FRUIT.replace("1.5", "much"), 2, "amount"),
    "a whole number that is none": (FRUIT.replace("\n2,", "\n2.5,"), 3, "id"),
    "a day that is none": (FRUIT.replace("2024-02-29", "2023-02-29"), 3, "day"),
    "an empty cell that is required": (FRUIT.replace("pear", ""), 3, "kind"),
    "a value below the least": (FRUIT.replace("\n2,", "\n0,"), 3, "id"),
    "a key twice": (FRUIT.replace("\n2,", "\n1,"), 3, ""),
    "an empty key": (FRUIT.replace("\n2,", "\n,"), 3, ""),
    "a value that the other table does not have": (FRUIT.replace("pear", "plum"), 3, "kind"),
    "a column of another name": (FRUIT.replace("amount", "weight"), None, "weight"),
    "a column too many": (
        FRUIT.replace("day\n", "day,more\n").replace("31\n", "31,x\n").replace("29\n", "29,y\n"),
        None,
        "",
    ),
    "a cell too many": (FRUIT.replace("31\n", "31,x\n"), 2, ""),
    "a cell too few": (FRUIT.replace("2,2024-02-29", "2"), 3, ""),
    "an empty file": ("", None, ""),
}


@pytest.mark.parametrize("fault", sampled(6, TABLES))
def test_a_fault_in_a_table_is_found_with_its_line_and_field(fault: str, tmp_path: Path) -> None:
    text, line, word = TABLES[fault]
    folder = written(tmp_path, fruit(), {"fruit.csv": text, "kinds.csv": KINDS})
    found = errors(verdict(proved(folder), "tables", "frictionless").findings)
    assert {finding.file for finding in found} == {"fruit.csv"}
    assert any(word in finding.message and finding.line == line for finding in found)


@pytest.mark.parametrize("fault", sampled(3, TABLES))
def test_columns_find_what_frictionless_finds(fault: str, tmp_path: Path) -> None:
    text, line, word = TABLES[fault]
    folder = written(tmp_path, fruit(), {"fruit.csv": text, "kinds.csv": KINDS})
    found = on_columns(folder)
    assert errors(found)
    assert any(word in finding.message for finding in found)
    if line is not None and "cell too" not in fault:
        assert line in {finding.line for finding in found}


def on_columns(folder: Path) -> list[Finding]:
    resources = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    tables = {
        each["name"]: Table(each["name"], each["path"], folder / each["path"], each["schema"], each.get("dialect", {}))
        for each in resources
    }
    scratch = folder / "scratch"
    scratch.mkdir()
    with connect(scratch) as database:
        try:
            return list(faults(database, tables[resources[0]["name"]], tables, scratch, "columns"))
        except UnreadTableError as error:
            return [Finding("columns", str(error))]


# A field, cells that fit it and one that does not; both programs say so.
FIELDS: dict[str, tuple[dict[str, Any], tuple[str, ...], str]] = {
    "integer": ({"type": "integer"}, ("1", "-2", "+3", ""), "1.0"),
    "integer with groups": ({"type": "integer", "groupChar": " "}, ("1 000",), "1x000"),
    "number": ({"type": "number"}, ("1", "-2.5", "1e3", "NaN", "INF", "-INF", ".5"), "1,5"),
    "number with comma": ({"type": "number", "decimalChar": ",", "groupChar": "."}, ("1.000,5",), "x"),
    "number among others": ({"type": "number", "bareNumber": False}, ("EUR -95", "95%"), "none"),
    "boolean": ({"type": "boolean"}, ("true", "FALSE", "1"), "yes"),
    "boolean of its own": ({"type": "boolean", "trueValues": ["ja"], "falseValues": ["nei"]}, ("ja", "nei"), "true"),
    "date": ({"type": "date"}, ("2024-02-29",), "2023-02-29"),
    "date in its own form": ({"type": "date", "format": "%d.%m.%Y"}, ("29.02.2024",), "2024-02-29"),
    "time": ({"type": "time"}, ("23:59:59",), "24:00"),
    "datetime": ({"type": "datetime"}, ("2024-01-31T10:00:00Z", "2024-01-31T10:00:00"), "2024-01-31"),
    "year": ({"type": "year"}, ("2024",), "24"),
    "yearmonth": ({"type": "yearmonth"}, ("2024-12",), "2024-13"),
    "any": ({"type": "any"}, ("x",), ""),
    "no type": ({}, ("x",), ""),
    "minimum": ({"type": "number", "constraints": {"minimum": 2}}, ("2",), "1.9"),
    "maximum as text": ({"type": "integer", "constraints": {"maximum": "2"}}, ("2",), "3"),
    "a bound that is left out": ({"type": "integer", "constraints": {"exclusiveMinimum": 2}}, ("3",), "2"),
    "a least day": ({"type": "date", "constraints": {"minimum": "2024-01-01"}}, ("2024-01-01",), "2023-12-31"),
    "a least length": ({"type": "string", "constraints": {"minLength": 2}}, ("ab",), "a"),
    "a greatest length": ({"type": "string", "constraints": {"maxLength": 2}}, ("æø",), "æøå"),
    "pattern": ({"type": "string", "constraints": {"pattern": "[A-Z]{2}"}}, ("AB", ""), "ABC"),
    "pattern that might never end": ({"type": "string", "constraints": {"pattern": "(a+)+b"}}, ("aab",), "a" * 40),
    "enum": ({"type": "string", "constraints": {"enum": ["a", "b"]}}, ("a", ""), "c"),
    "enum of numbers": ({"type": "integer", "constraints": {"enum": [1, 2]}}, ("1", "02"), "3"),
    "unique": ({"type": "string", "constraints": {"unique": True}}, ("a", "b"), "a"),
    "missing values": ({"type": "integer", "missingValues": ["-", "NA"]}, ("1", "-", "NA"), "x"),
}


@pytest.mark.parametrize("kind", sampled(9, FIELDS))
def test_each_type_and_constraint_is_checked_alike_by_both(kind: str, tmp_path: Path) -> None:
    field, right, wrong = FIELDS[kind]
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in right]
    descriptor = one(type="table", schema={"fields": [{"name": "n", "type": "string"}, {"name": "x", **field}]})
    sound = "n,x\n" + "".join(f"r,{cell}\n" for cell in quoted)
    folder = written(tmp_path / "right", descriptor, {"one.csv": sound})
    assert errors(proved(folder).findings) == []
    assert errors(on_columns(folder)) == []
    if wrong:
        folder = written(tmp_path / "wrong", descriptor, {"one.csv": f'{sound}r,"{wrong}"\n'})
        line = len(right) + 2 if kind != "unique" else None
        for found in (errors(proved(folder).findings), errors(on_columns(folder))):
            assert {finding.file for finding in found} == {"one.csv"}
            assert line is None or {finding.line for finding in found} == {line}


def test_what_columns_cannot_ask_is_said_to_be_unchecked(tmp_path: Path) -> None:
    fields = [{"name": "a", "type": "geopoint"}, {"name": "b", "type": "string", "format": "email"},
              {"name": "c", "type": "string", "constraints": {"pattern": r"(?=x)\1"}}]  # fmt: skip
    folder = written(tmp_path, one(type="table", schema={"fields": fields}), {"one.csv": 'a,b,c\n"1,2",x@y.no,z\n'})
    found = on_columns(folder)
    assert {finding.severity for finding in found} == {"warning"}
    assert [finding.message.partition(":")[0].split()[0] for finding in found] == ["a", "b", "c"]


@pytest.mark.slow
def test_a_large_table_is_read_as_columns_and_said_so(tmp_path: Path) -> None:
    rows = "".join(f"{number},apple,1,2024-01-31\n" for number in range(60_000))
    text = f"id,kind,amount,day\n{rows}x,plum,1,2024-01-31\n5,apple,1,2024-01-31\n"
    validation = proved(written(tmp_path, fruit(), {"fruit.csv": text, "kinds.csv": KINDS}))
    found = verdict(validation, "large tables", "DuckDB")
    assert found.files == ("fruit.csv",)
    assert sorted((finding.line or 0) for finding in errors(found.findings)) == [2, 60_002, 60_002, 60_003]
    assert dict(verdict(validation, "tables", "frictionless").outcome.left_out).keys() == {"fruit.csv"}


def test_keys_of_version_2_and_odd_patterns_are_checked_beside_frictionless(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}], "uniqueKeys": [["a", "b"]]}
    folder = written(tmp_path, one(type="table", schema=schema), {"one.csv": "a,b\nx,y\nx,z\nx,y\n"})
    (found,) = proved(folder).findings
    assert "values that must be unique stand twice (a, b)" in found.message
    assert found.line == 4


def test_what_stands_where_nobody_looks_is_said(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "x", "type": "string", "pattern": "[0-9]"}]}
    descriptor = one(type="table", schema=schema, primaryKey=["x"])
    found = proved(written(tmp_path, descriptor, {"one.csv": "x\na\n"})).findings
    assert [(finding.severity, "belongs into" in finding.message) for finding in found] == [("warning", True)] * 2


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "SHA512", "sha-256"])
def test_bytes_and_hash_are_compared_by_any_algorithm(algorithm: str, tmp_path: Path) -> None:
    name = algorithm.lower().replace("-", "")
    right = hashlib.new(name, FRUIT.encode()).hexdigest()
    told = right if algorithm == "md5" else f"{algorithm}:{right}"
    assert errors(proved(written(tmp_path / "a", fruit(bytes=len(FRUIT), hash=told))).findings) == []
    other = told[:-4] + "0000"
    found = errors(proved(written(tmp_path / "b", fruit(bytes=1, hash=other))).findings)
    assert [(finding.file, finding.rule) for finding in found] == [("fruit.csv", "data-package")] * 2
    assert "bytes" in found[0].message
    assert name in found[1].message


def test_a_hash_of_an_unknown_algorithm_is_not_passed(tmp_path: Path) -> None:
    (found,) = verdict(proved(written(tmp_path, fruit(hash="crc32:00"))), "bytes and hashes", "publisher").findings
    assert (found.severity, found.file) == ("warning", "fruit.csv")


# What a resource says, and how the descriptor is refused.
PATHS: dict[str, tuple[dict[str, Any], str]] = {
    "upwards": ({"path": "../secret.csv"}, "leads out of the package"),
    "upwards later": ({"path": "a/../../secret.csv"}, "leads out of the package"),
    "absolute": ({"path": "/etc/passwd"}, "leads out of the package"),
    "a drive": ({"path": "C:\\secret.csv"}, "leads out of the package"),
    "a home": ({"path": "~/secret.csv"}, "leads out of the package"),
    "a file: address": ({"path": "file:///etc/passwd"}, "leads out of the package"),
    "a database": ({"path": "sqlite:///secret.db"}, "leads out of the package"),
    "a NUL": ({"path": "one\0.csv"}, "leads out of the package"),
    "a long name": ({"path": "x" * 5000}, "no path of a file"),
    "a variable": ({"path": "$HOME/secret.csv"}, "is missing"),
    "a glob": ({"path": "*.csv"}, "is missing"),
    "missing": ({"path": "two.csv"}, "is missing"),
    "one of two": ({"path": ["one.csv", "/etc/passwd"]}, "leads out of the package"),
    "a folder": ({"path": "folder"}, "no regular file"),
    "a link": ({"path": "link.csv"}, "symbolic link"),
    "behind a link": ({"path": "linked/secret.csv"}, "symbolic link"),
    "a pipe": ({"path": "pipe.csv"}, "no regular file"),
    "no path": ({"path": None}, "neither a path nor data"),
    "a number": ({"path": 5}, "neither a path nor data"),
    "its schema upwards": ({"schema": "../secret.csv"}, "leads out of the package"),
    "its dialect behind a link": ({"dialect": "linked/secret.csv"}, "symbolic link"),
}


@pytest.mark.parametrize("path", sampled(4, PATHS))
def test_no_path_leads_out_of_the_package(path: str, tmp_path: Path) -> None:
    resource, words = PATHS[path]
    (tmp_path / "secret.csv").write_text(f"a\n{SECRET}\n")
    folder = written(tmp_path / "package", one(**resource), {"one.csv": "a\n1\n"})
    (folder / "folder").mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "linked").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.csv")
    validation = proved(folder, full=True)
    found = errors(verdict(validation, "descriptor", "publisher").findings)
    assert any(words in finding.message for finding in found)
    assert SECRET not in repr(validation)
    assert all(each.skipped or each.outcome.left_out for each in validation.verdicts if each.name.startswith("tables"))


# What a resource says, and why it is not read.
UNREAD: dict[str, tuple[dict[str, Any], str]] = {
    "an address": ({"path": "https://example.org/one.csv"}, "is at an address"),
    "an address by ftp": ({"path": "ftp://example.org/one.csv"}, "is at an address"),
    "a schema at an address": ({"schema": "https://example.org/schema.json"}, "has its schema at an address"),
    "a compressed file": ({"path": "one.csv.gz"}, "is compressed"),
    "said to be compressed": ({"compression": "zip"}, "is compressed"),
    "a file in an archive": ({"innerpath": "x.csv"}, "is compressed"),
    "a workbook": ({"format": "xlsx"}, "is a workbook"),
    "a database": ({"format": "sqlite"}, "is a database"),
    "another scheme": ({"scheme": "s3"}, "scheme 's3'"),
    "an encoding that is not read": ({"encoding": "kz1048"}, "which is not read"),
    "another format": ({"path": "one.xml"}, "is xml"),
    "a JSON file": ({"path": "one.json"}, "does not call a table"),
}


@pytest.mark.parametrize("what", sampled(4, UNREAD))
def test_what_is_not_read_is_said_and_never_passed(what: str, tmp_path: Path) -> None:
    resource, words = UNREAD[what]
    contents = {"one.csv": "a\n1\n", "one.csv.gz": gzip.compress(b"a\n" * 1_000), "one.xml": "<a/>", "one.json": "{}"}
    validation = proved(written(tmp_path, one(**resource), contents), full=True)
    assert errors(validation.findings) == []
    tables = [each for each in validation.verdicts if each.name.startswith("tables")]
    assert len(tables) == 2
    assert all(each.skipped for each in tables)
    said = [finding.message for finding in validation.findings] + [
        why for each in tables for _, why in each.outcome.left_out
    ]
    assert any(words in sentence or "nothing is fetched" in sentence for sentence in said)


# What a resource says that nobody can read a table by: what is said of the package, and why the table is skipped.
MALFORMED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a number for a schema": ({"schema": 5}, "its schema is 5: make it", "a schema that is no object"),
    "no schema": ({"schema": None}, "its schema is null: make it", "a schema that is no object"),
    "a list for a schema": ({"schema": [SECRET]}, "its schema is a list: make it", "a schema that is no object"),
    "null for fields": ({"schema": {"fields": None}}, "fields of its schema are null: make", "fields are no list"),
    "an object for fields": ({"schema": {"fields": {}}}, "its schema are an object: make", "fields are no list"),
    "true for a dialect": ({"dialect": True}, "its dialect is true: make it", "a dialect that is no object"),
    "an unknown encoding": ({"encoding": "klingon"}, 'its encoding is "klingon", which', 'the encoding "klingon"'),
    "one that looks known": ({"encoding": "utf-99"}, 'its encoding is "utf-99", which', 'the encoding "utf-99"'),
    "a codec that unpacks": ({"encoding": "zip"}, 'its encoding is "zip", which', "which is none of text"),
    "a codec of a language": ({"encoding": "idna"}, 'its encoding is "idna", which', "which is none of text"),
    "a number for an encoding": ({"encoding": 8}, "its encoding is 8, which", "which is none of text"),
}


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("what", MALFORMED)
def test_a_resource_that_nobody_can_read_by_is_an_error_and_its_table_says_why(
    what: str, version: int, tmp_path: Path
) -> None:
    resource, message, why = MALFORMED[what]
    descriptor = one(**resource)
    if version == 1:
        del descriptor["$schema"]
    validation = proved(written(tmp_path, descriptor, {"one.csv": "a\n1\n"}), full=True)
    (found,) = errors(verdict(validation, "descriptor", "publisher").findings)
    assert found.file == "datapackage.json"
    assert found.message.startswith("the resource 'one': ")
    assert message in found.message
    for each in (each for each in validation.verdicts if each.name.startswith("tables")):
        assert re.search(f"a table: one[.]csv has .*{re.escape(why)}", each.skipped)
    assert SECRET not in found.message


def test_fields_of_no_list_in_the_file_of_a_schema_are_an_error_of_that_file(tmp_path: Path) -> None:
    contents = {"one.csv": "a\n1\n", "schema.json": '{"fields": 5}'}
    validation = proved(written(tmp_path, one(schema="schema.json"), contents))
    (found,) = errors(verdict(validation, "descriptor", "publisher").findings)
    assert (found.file, "the fields of its schema are 5: make them a list" in found.message) == ("schema.json", True)
    assert "whose fields are no list" in verdict(validation, "tables", "frictionless").skipped


def test_encodings_that_are_read_are_no_error(tmp_path: Path) -> None:
    for number, encoding in enumerate(("utf-8", "UTF-8-SIG", "us-ascii", "ISO-8859-15", "windows-1252", "cp850")):
        validation = proved(written(tmp_path / str(number), one(encoding=encoding), {"one.csv": "a\n1\n"}))
        assert (errors(validation.findings), validation.values["tables"]) == ([], 1)


def test_a_package_of_which_no_table_is_read_gives_the_reason_of_each_resource(tmp_path: Path) -> None:
    resources = [
        {"name": "book", "path": "one.xlsx"},
        {"name": "far", "path": "https://example.org/one.csv"},
        *({"name": f"r{number}", "path": f"{number}.sql"} for number in range(4)),
    ]
    files: dict[str, str | bytes] = {"one.xlsx": "x", **{f"{number}.sql": "x" for number in range(4)}}
    descriptor = {"$schema": V2, "name": "none", "resources": resources}
    skipped = verdict(proved(written(tmp_path, descriptor, files)), "tables", "frictionless").skipped
    assert "one.xlsx is a workbook" in skipped
    assert "0.sql is a database" in skipped
    assert skipped.endswith("; and 3 more")


def test_profiles_at_an_address_are_not_fetched(tmp_path: Path) -> None:
    for number, said in enumerate(
        ("https://example.org/mine.json", "https://datapackage.org/profiles/2.1/datapackage.json")
    ):
        validation = proved(written(tmp_path / str(number), {**fruit(), "$schema": said}))
        assert "nothing is fetched" in verdict(validation, "profile", "jsonschema").skipped
        assert errors(validation.findings) == []
    old = {**fruit(profile="https://example.org/r.json"), "profile": "https://example.org/p.json"}
    del old["$schema"]
    assert "is not fetched" in verdict(proved(written(tmp_path / "old", old)), "profile", "jsonschema").skipped


def test_a_foreign_key_to_what_is_not_there_is_an_error_and_to_another_package_a_warning(tmp_path: Path) -> None:
    keys = [
        {"fields": ["kind"], "reference": {"resource": "nobody", "fields": ["kind"]}},
        {
            "fields": ["kind"],
            "reference": {"package": "https://example.org/datapackage.json", "resource": "x", "fields": ["y"]},
        },
    ]
    validation = proved(written(tmp_path, fruit(schema={**SCHEMA, "foreignKeys": keys})))
    found = verdict(validation, "descriptor", "publisher").findings
    assert [(finding.severity, finding.file) for finding in found] == [("error", "fruit.csv"), ("warning", "fruit.csv")]


def test_a_schema_in_a_file_of_its_own_is_read_and_its_faults_are_named_there(tmp_path: Path) -> None:
    folder = written(tmp_path, fruit(schema="schema.json"))
    (folder / "schema.json").write_text(json.dumps(SCHEMA))
    assert proved(folder).findings == ()
    (folder / "schema.json").write_text(json.dumps({"fields": [{"name": "id", "type": "whole"}]}))
    assert "schema.json" in {finding.file for finding in errors(proved(folder).findings)}
    (folder / "schema.json").write_text("[" * 100_000)
    assert {finding.file for finding in errors(proved(folder).findings)} == {"schema.json"}


def test_dialects_encodings_and_other_tables_are_read(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "integer"}]}
    resources = [
        {"name": "semicolons", "path": "s.csv", "dialect": {"delimiter": ";", "quoteChar": "'"}},
        {"name": "latin", "path": "l.csv", "encoding": "iso-8859-1"},
        {"name": "tabs", "path": "t.tsv"},
        {"name": "bare", "path": "n.csv", "dialect": {"header": False}},
        {"name": "rows", "path": "r.json"},
        {"name": "inline", "data": [{"a": "x", "b": 1}, {"a": "y", "b": "z"}]},
        {"name": "parts", "path": ["p1.csv", "p2.csv"]},
    ]
    contents = {
        "s.csv": "a;b\n'x;y';1\n", "l.csv": "a,b\ncafé,1\n".encode("latin-1"),
        "t.tsv": "a\tb\nx\t1\n", "n.csv": "x,1\n",
        "r.json": '[{"a": "x", "b": 1}, {"a": "y", "b": "q"}]', "p1.csv": "a,b\nx,1\n", "p2.csv": "a,b\ny,2\n",
    }  # fmt: skip
    described = [{**each, "type": "table", "schema": schema} for each in resources]
    validation = proved(written(tmp_path, {"$schema": V2, "resources": described}, contents))
    assert [finding.file for finding in errors(validation.findings)] == ["r.json", "datapackage.json"]
    assert validation.values["tables"] == 7


TEXTS = {
    "no JSON": "{,}", "a list": "[]", "no resources": "{}", "no objects": '{"resources": [1]}', "deep": "[" * 200_000,
    "deep in a resource": '{"resources": [' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "]}",
    "NaN": '{"resources": [], "x": NaN}', "a mark": '\ufeff{"resources": []}', "empty": "",
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_descriptor_that_is_none_is_a_finding(text: str, tmp_path: Path) -> None:
    validation = proved(written(tmp_path, TEXTS[text]), full=True)
    (found,) = validation.findings
    assert (found.severity, found.file) == ("error", "datapackage.json")
    assert found.message.startswith("cannot be read: ")


@pytest.mark.slow
def test_nonsense_in_every_place_is_a_finding_and_no_traceback(tmp_path: Path) -> None:
    for number, nonsense in enumerate((5, "x", [], {}, None, [1], {"a": {}}, True, "x" * 100_000)):
        odd = dict.fromkeys(("type", "format", "constraints", "missingValues"), nonsense)
        keys = dict.fromkeys(("primaryKey", "foreignKeys", "missingValues", "uniqueKeys"), nonsense)
        schema = {"fields": [{"name": "x", **odd}, nonsense], **keys}
        limits = dict.fromkeys(("pattern", "enum", "minimum", "maxLength", "required", "unique"), nonsense)
        reference = {"resource": nonsense, "fields": nonsense}
        foreign = [nonsense, {"fields": nonsense, "reference": nonsense}, {"fields": ["x"], "reference": reference}]
        of_field = {"fields": [{"name": nonsense, "constraints": limits}], "foreignKeys": foreign}
        resources = [
            {"name": nonsense, "path": "one.csv", "schema": nonsense, "dialect": nonsense, "encoding": nonsense},
            {"name": "b", "path": "one.csv", "schema": schema, "dialect": {"delimiter": nonsense, "header": nonsense}},
            {
                "name": "c",
                "path": "one.csv",
                "schema": of_field,
                "format": nonsense,
                "bytes": nonsense,
                "hash": nonsense,
            },
            {"name": "d", "data": nonsense, "type": nonsense, "profile": nonsense, "mediatype": nonsense},
        ]
        rest = dict.fromkeys(("name", "title", "licenses", "sources", "contributors", "keywords", "created"), nonsense)
        for version in ({"$schema": V2}, {}, {"$schema": nonsense}):
            folder = tmp_path / f"{number}-{len(str(version))}-{len(version)}"
            folder = written(folder, {**version, **rest, "resources": resources}, {"one.csv": "x\n1\n"})
            validation = proved(folder, full=True)
            assert errors(validation.findings), nonsense
            assert all(isinstance(each, Finding) and len(str(each)) < 2_000 for each in validation.findings)


HOSTILE: dict[str, tuple[Any, dict[str, str | bytes]]] = {
    "a pattern without an end": (
        one(schema={"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "(a|aa)+b"}}]}),
        {"one.csv": "a\n" + "a" * 200 + "\n"},
    ),
    "a number in a long cell": (
        one(schema={"fields": [{"name": "a", "type": "number", "bareNumber": False}]}),
        {"one.csv": "a\n" + "x" * 60_000 + "1x\n"},
    ),
    "one giant cell": (one(), {"one.csv": 'a\n"' + "x" * 5_000_000 + '"\n'}),
    "very many columns": (one(), {"one.csv": ",".join(map(str, range(50_000))) + "\n"}),
    "JSON that nests": (
        one(path="one.json", type="table", schema={"fields": [{"name": "a"}]}), {"one.json": "[" * 200_000},
    ),
    "JSON like a descriptor": (
        one(path="one.json", type="table", schema={"fields": [{"name": "a"}]}),
        {"one.json": '{"path": "/etc/passwd", "data": [], "resources": []}'},
    ),
    "bytes that are no text": (one(), {"one.csv": bytes(range(256)) * 40}),
    "SQL in names": (
        one(schema={"fields": [{"name": "a'); DROP TABLE x; --", "missingValues": ["'); SELECT 1; --"],
                                "constraints": {"pattern": "('x+)+"}}], "uniqueKeys": [["a'); DROP TABLE x; --"]]}),
        {"one.csv": "a'); DROP TABLE x; --\n1\n1\n"},
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_package_is_looked_at_in_seconds(case: str, tmp_path: Path) -> None:
    descriptor, contents = HOSTILE[case]
    folder = written(tmp_path, descriptor, contents)
    started = monotonic()
    with looking([folder], full=True) as looked:
        (validation, *_) = looked.validations(confine=True)
    assert monotonic() - started < 60
    assert validation.kind == "package"
    assert not any("bound-time" in finding.rule for finding in validation.findings)
    assert "publisher-" not in " ".join(finding.message for finding in validation.findings)
    assert "root:" not in repr(validation)


def test_json_that_nests_too_deeply_is_seen_before_a_program_reads_it(tmp_path: Path) -> None:
    descriptor = one(path="one.json", type="table", schema={"fields": [{"name": "a"}]})
    folder = written(tmp_path, descriptor, {"one.json": "[" * 200_000})
    (found,) = verdict(proved(folder), "tables", "frictionless").findings
    assert (found.rule, found.file) == ("bound-depth", "one.json")


@pytest.mark.slow
def test_the_table_of_a_report_says_which_files_no_program_read(tmp_path: Path) -> None:
    descriptor = fruit()
    descriptor["resources"] += [
        {"name": "zipped", "path": "more.csv.gz"},
        {"name": "far", "path": "https://example.org/x.csv"},
    ]
    folder = written(tmp_path / "p", descriptor)
    (folder / "more.csv.gz").write_bytes(gzip.compress(b"a\n1\n"))
    result = CliRunner().invoke(cli, ["validate", str(folder), "--format", "json"])
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    rows = {
        (Path(row["file"]).name, row["check"]): (row["verdict"], row.get("why", ""))
        for row in report["table"]
        if (row["by"] or "").startswith("frictionless")
    }
    assert rows["fruit.csv", "tables"][0] == "passed"
    assert rows["more.csv.gz", "tables"] == ("skipped", "is compressed, and nothing is unpacked")
    assert any("nothing is fetched" in finding["message"] for finding in report["findings"])


@pytest.mark.parametrize("full", [False, True], ids=["fast", "full"])
def test_a_table_without_its_header_shows_no_number_of_its_first_row(tmp_path: Path, full: bool) -> None:
    """The first row is taken for the header: its numbers may be counts that somebody keeps hidden."""
    headless = {"fruit.csv": "4711,apple,47.11,2024-01-31\n2,pear,2,2024-02-29\n", "kinds.csv": KINDS}
    found = errors(proved(written(tmp_path, fruit(), headless), full).findings)
    assert {finding.file for finding in found} == {"fruit.csv"}
    assert any("apple" in finding.message for finding in found)
    assert not [finding.message for finding in found if "47" in finding.message]
