"""``publisher validate`` on anybody's descriptions in CSVW: what is valid, warned of, wrong, left out.

The cases are after those of W3C's test suite (w3c/csvw, tests/manifest-validation), by their numbers.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from helpers import sampled

from publisher.checks.csvw_tables import verdicts
from publisher.errors import InputError
from publisher.validate import csvw as kind
from publisher.validate import validate_all

CONTEXT = "http://www.w3.org/ns/csvw"
VALID, WARNED, WRONG = "valid", "warned", "wrong"


def written(folder: Path, metadata: Any, files: dict[str, Any]) -> Path:
    """Write a description and the files beside it; return its path."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8", newline="")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "csv-metadata.json"
    text = metadata if isinstance(metadata, str) else json.dumps({"@context": CONTEXT, **metadata})
    path.write_text(text, encoding="utf-8")
    return path


def found(path: Path) -> list[tuple[str, str]]:
    """Return severity and words of every finding, what was left out too."""
    said = list(verdicts(path.parent, path.name))
    findings = [(finding.severity, str(finding)) for verdict in said for finding in verdict.findings]
    return findings + [("skipped", verdict.skipped) for verdict in said if verdict.skipped]


def judged(path: Path) -> str:
    severities = {severity for severity, _ in found(path)}
    assert "skipped" not in severities
    return WRONG if "error" in severities else WARNED if severities else VALID


@dataclass(frozen=True)
class Case:
    """A case after one of W3C's, by its number there: a description, its files, and the verdict that is due."""

    number: int
    about: str
    due: str
    metadata: Any
    files: dict[str, Any]


def one(columns: list[Any], rows: str, **more: Any) -> tuple[Any, dict[str, Any]]:
    """Return the description of one table, and the table; what is not of the schema is said of the table."""
    schema = {key: more.pop(key) for key in ("primaryKey", "foreignKeys", "rowTitles", "aboutUrl") if key in more}
    return {"url": "t.csv", "tableSchema": {"columns": columns, **schema}, **more}, {"t.csv": rows}


def cell(datatype: Any, value: str, **more: Any) -> tuple[Any, dict[str, Any]]:
    quoted = '"' + value.replace('"', '""') + '"'
    return one([{"name": "a", "titles": "a", "datatype": datatype, **more}], f"a\n{quoted}\n")


A, B = {"name": "a", "titles": "a"}, {"name": "b", "titles": "b"}
ROWS = "a,b\n1,x\n2,y\n"
AB = {"columns": [A, B]}
SEMICOLON = {"d.json": {"delimiter": ";"}}


def referring(mine: str, theirs: str, columns: Any = "a", others: Any = "a", target: str = "u.csv") -> Any:
    key = {"columnReference": columns, "reference": {"resource": target, "columnReference": others}}
    tables = [
        {"url": "t.csv", "tableSchema": {"columns": [A, B], "foreignKeys": [key]}},
        {"url": "u.csv", "tableSchema": {"columns": [A, B]}},
    ]
    return {"tables": tables}, {"t.csv": mine, "u.csv": theirs}


def to_itself(column: str, **more: Any) -> Any:
    key = {"columnReference": "a", "reference": {"resource": "t.csv", "columnReference": column}, **more}
    return one([A, B], "a,b\n1,2\n2,1\n", foreignKeys=[key])


def apart(said: Any, rows: str, files: Any) -> Any:
    return {"url": "t.csv", "tableSchema": AB, **said}, {"t.csv": rows, **files}


def local(context: Any, file: str) -> Any:
    return {"@context": [CONTEXT, context], "url": "t.csv", "tableSchema": AB}, {file: ROWS}


def titled(title: Any) -> Any:
    return one([A, B], ROWS, **{"dc:title": title})


def number(**format_: Any) -> Any:
    return {"base": "decimal", "format": format_}


XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


def dialect(**values: Any) -> tuple[Any, dict[str, Any]]:
    return one([A, B], ROWS, dialect=values)


CASES = [
    # description
    Case(26, "a table with its description", VALID, *one([A, B], ROWS)),
    Case(30, "a group of tables", VALID, {"tables": [{"url": "t.csv", "tableSchema": AB}]}, {"t.csv": ROWS}),
    Case(34, "a schema in a file of its own", VALID, *apart({"tableSchema": "s.json"}, ROWS, {"s.json": AB})),
    Case(38, "properties that columns inherit", WRONG, *one([A, B], "a,b\n1,\n", required=True)),
    Case(40, "null that is no text", WARNED, *one([{**A, "null": 1}, B], ROWS)),
    Case(41, "a language that is none", WARNED, *one([{**A, "lang": "1"}, B], ROWS)),
    Case(42, "a direction of text that is none", WARNED, *one([{**A, "textDirection": "foo"}, B], ROWS)),
    Case(43, "a separator that is no text", WARNED, *one([{**A, "separator": False}, B], ROWS)),
    Case(44, "an order that is no truth value", WARNED, *one([{**A, "ordered": "x"}, B], ROWS)),
    Case(45, "a default that is no text", WARNED, *one([{**A, "default": 1}, B], ROWS)),
    Case(47, "a template that is no text", WARNED, *one([A, B], ROWS, aboutUrl=1)),
    Case(73, "a language of the context that is none", WARNED, *local({"@language": "1"}, "t.csv")),
    Case(74, "a group of no tables", WRONG, {"tables": []}, {}),
    Case(75, "a direction of a table that is none", WARNED, *one([A, B], ROWS, tableDirection="x")),
    Case(77, "an @id that is a blank node", WRONG, *one([A, B], ROWS, **{"@id": "_:x"})),
    Case(84, "another @type", WRONG, *one([A, B], ROWS, **{"@type": "Tabel"})),
    Case(90, "a table without url", WRONG, {"tables": [{"tableSchema": {"columns": [A, B]}}]}, {"t.csv": ROWS}),
    Case(92, "no JSON", WRONG, '{"@context": "http://www.w3.org/ns/csvw",\n "url": "t.csv",}', {"t.csv": ROWS}),
    Case(93, "a property that there is not", WARNED, *one([A, B], ROWS, foo="bar")),
    Case(98, "tables that are no list", WRONG, {"tables": 1}, {}),
    Case(103, "a url that is no text", WRONG, {"url": 1}, {}),
    Case(104, "a foreign key to a column that there is not", WRONG, *referring(ROWS, ROWS, others="c")),
    Case(105, "a primary key of a column that there is not", WRONG, *one([A, B], ROWS, primaryKey="c")),
    Case(106, "a dialect that is none", WARNED, *one([A, B], ROWS, dialect=1)),
    Case(109, "titles in a language that is none", WRONG, *one([{"name": "c", "titles": {"1": "a"}}, B], ROWS)),
    Case(110, "titles that are no text", WRONG, *one([{"name": "c", "titles": {"en": 1}}, B], ROWS)),
    Case(113, "suppressOutput that is no truth value", WARNED, *one([{**A, "suppressOutput": "x"}, B], ROWS)),
    Case(128, "a name twice", WRONG, *one([A, {**B, "name": "a"}], ROWS)),
    Case(131, "a name that begins with _", WARNED, *one([{**A, "name": "_a"}, B], ROWS)),
    Case(133, "a virtual column before one of the file", WRONG, *one([{"name": "v", "virtual": True}, A, B], ROWS)),
    Case(134, "a context in a common property", WRONG, *titled({"@context": "x"})),
    Case(135, "a list in a common property", WRONG, *titled({"@list": []})),
    Case(142, "a value with language and type", WRONG, *titled({"@value": "x", "@language": "en", "@type": "x"})),
    Case(144, "a language without a value", WRONG, *titled({"@language": "en"})),
    Case(150, "a datatype that there is not", WARNED, *cell("foo", "x")),
    Case(244, "a datatype called as a built-in one", WRONG, *cell({"@id": XSD_STRING, "base": "string"}, "x")),
    Case(271, "a foreign key with a property that there is not", WRONG, *to_itself("a", **{"dc:x": 1})),
    Case(274, "a context with more than base and language", WRONG, *local({"x": "y"}, "t.csv")),
    Case(273, "tables beside another base", VALID, *local({"@base": "d/"}, "d/t.csv")),
    # dialect
    Case(20, "blanks before cells are trimmed", VALID, *one([A, B], "a, b\n1, x\n", dialect={"trim": "start"})),
    Case(23, "no header", VALID, *one([A, B], "1,x\n", dialect={"header": False})),
    Case(50, "another delimiter", VALID, *one([A, B], "a\tb\n1\tx\n", dialect={"delimiter": "\t"})),
    Case(51, "comments", VALID, *one([A, B], "#no,table,here\na,b\n1,x\n", dialect={"commentPrefix": "#"})),
    Case(54, "columns that are skipped", VALID, *one([B], ROWS, dialect={"skipColumns": 1})),
    Case(55, "blank rows that are skipped", VALID, *one([A, B], "a,b\n\n1,x\n", dialect={"skipBlankRows": True})),
    Case(57, "a dialect in a file of its own", VALID, *apart({"dialect": "d.json"}, "a;b\n1;x\n", SEMICOLON)),
    Case(59, "a comment prefix that is no text", WARNED, *dialect(commentPrefix=1)),
    Case(60, "a delimiter that is no text", WARNED, *dialect(delimiter=1)),
    Case(62, "an encoding that there is not", WARNED, *dialect(encoding="foo")),
    Case(71, "rows to skip that are no number", WARNED, *dialect(skipRows="foo")),
    # header and cells
    Case(91, "rows of different lengths", WRONG, *one([A, B], "a,b\n1\n")),
    Case(124, "another header", WRONG, *one([{"titles": "c"}, B], ROWS)),
    Case(127, "headers in another order", WRONG, *one([B, A], ROWS)),
    Case(147, "a header in another case", WRONG, *one([{"titles": "A"}, B], ROWS)),
    Case(148, "a header in another language", WRONG, *one([{"titles": {"de": "a"}, "lang": "en"}, B], ROWS)),
    Case(149, "a header in a language less specific", VALID, *one([{"titles": {"en-US": "a"}, "lang": "en"}, B], ROWS)),
    Case(278, "more columns than are described", WRONG, *one([A], ROWS)),
    Case(125, "an empty cell that is required", WRONG, *one([{**A, "required": True}, B], "a,b\n,x\n")),
    Case(126, "a null that is required", WRONG, *one([{**A, "required": True, "null": "1"}, B], ROWS)),
    Case(152, "a text that fits its format", VALID, *cell({"base": "string", "format": "[0-9]{3}"}, "123")),
    Case(154, "a text that does not fit its format", WRONG, *cell({"base": "string", "format": "[0-9]{3}"}, "1234")),
    Case(153, "a format that is no pattern", WARNED, *cell({"base": "string", "format": "[0-9"}, "x")),
    Case(158, "a number with a group character", VALID, *cell(number(groupChar=".", decimalChar=","), "1.234,5")),
    Case(162, "two group characters", WRONG, *cell(number(groupChar=","), "1,,234")),
    Case(163, "an integer with decimals", WRONG, *cell("integer", "1.5")),
    Case(164, "a decimal with an exponent", WRONG, *cell("decimal", "1e5")),
    Case(165, "a decimal that is no number", WRONG, *cell("decimal", "NaN")),
    Case(172, "a byte that is too large", WRONG, *cell("byte", "200")),
    Case(176, "a positive integer that is 0", WRONG, *cell("positiveInteger", "0")),
    Case(183, "a truth value in its format", VALID, *cell({"base": "boolean", "format": "Y|N"}, "Y")),
    Case(185, "a truth value in another format", WRONG, *cell({"base": "boolean", "format": "Y|N"}, "true")),
    Case(188, "a date in its format", VALID, *cell({"base": "date", "format": "d.M.yyyy"}, "22.3.2015")),
    Case(192, "a date in another format", WRONG, *cell({"base": "date", "format": "d.M.yyyy"}, "2015-03-22")),
    Case(191, "a format that is none of dates", WARNED, *cell({"base": "date", "format": "foo"}, "2015-03-22")),
    Case(193, "a duration", VALID, *cell("duration", "P3Y6M4DT12H30M5S")),
    Case(279, "no duration", WRONG, *cell("duration", "foo")),
    Case(196, "a text of another length", WRONG, *cell({"base": "string", "length": 3}, "ab")),
    Case(199, "a length below the least one", WRONG, *cell({"base": "string", "length": 3, "minLength": 4}, "abc")),
    Case(201, "a length of dates", WRONG, *cell({"base": "date", "length": 4}, "2015-03-22")),
    Case(203, "a number below the least one", WRONG, *cell({"base": "float", "minimum": "10"}, "9")),
    Case(211, "a date after the last one", WRONG, *cell({"base": "date", "maximum": "2015-12-31"}, "2016-01-01")),
    Case(216, "two least numbers", WRONG, *cell({"base": "float", "minInclusive": "1", "minExclusive": "1"}, "2")),
    Case(222, "a least text", WRONG, *cell({"base": "string", "minimum": "10"}, "x")),
    Case(228, "a list whose items fit", VALID, *cell({"base": "string", "length": 3}, "abc def", separator=" ")),
    Case(230, "a list with an item too short", WRONG, *cell({"minLength": 3}, "abc de", separator=" ")),
    Case(286, "a number that does not fit its pattern", WRONG, *cell({"base": "decimal", "format": "##0"}, "1,234")),
    Case(287, "decimals that a pattern does not have", WRONG, *cell({"base": "decimal", "format": "##0"}, "123.4")),
    Case(288, "too few digits for a pattern", WRONG, *cell({"base": "decimal", "format": "#,#00"}, "1")),
    # keys
    Case(231, "a primary key", VALID, *one([A, B], ROWS, primaryKey="a")),
    Case(232, "a primary key twice", WRONG, *one([A, B], "a,b\n1,x\n1,y\n", primaryKey="a")),
    Case(233, "a primary key of two columns", VALID, *one([A, B], "a,b\n1,x\n1,y\n", primaryKey=["a", "b"])),
    Case(234, "a primary key of two columns twice", WRONG, *one([A, B], "a,b\n1,x\n1,x\n", primaryKey=["a", "b"])),
    Case(250, "a foreign key", VALID, *referring(ROWS, ROWS)),
    Case(253, "a foreign key to a table that there is not", WRONG, *referring(ROWS, ROWS, target="v.csv")),
    Case(254, "a foreign key to its own table", VALID, *to_itself("b")),
    Case(256, "a foreign key of two columns", VALID, *referring(ROWS, ROWS, ["a", "b"], ["a", "b"])),
    Case(257, "a foreign key to no row", WRONG, *referring("a,b\n3,x\n", ROWS)),
    Case(258, "a foreign key to two rows", WRONG, *referring("a,b\n1,x\n", "a,b\n1,x\n1,y\n")),
]  # fmt: skip


@pytest.mark.parametrize("case", sampled(8, CASES), ids=lambda case: f"{case.number} {case.about}")
def test_cases_after_those_of_w3c_are_judged_as_there(case: Case, tmp_path: Path) -> None:
    path = written(tmp_path, case.metadata, case.files)
    assert judged(path) == case.due, found(path)


def test_the_cases_have_all_three_verdicts_and_no_number_twice() -> None:
    assert {case.due for case in CASES} == {VALID, WARNED, WRONG}
    assert len({case.number for case in CASES}) == len(CASES)


# What a stranger may do


def test_findings_have_line_and_column_and_never_a_value(tmp_path: Path) -> None:
    columns = [{"name": "id", "titles": "id", "datatype": "integer"}, {"name": "note", "titles": "note"}]
    metadata, files = one(columns, 'id,note\n1,"two\nlines"\n987654x,y\n1,z\n', primaryKey="id")
    assert [words for _, words in found(written(tmp_path, metadata, files))] == [
        "t.csv:4: column 1 (id) is none of its datatype: integer",
        "t.csv:5: has the primary key of line 2 again: id",
    ]


def test_a_syntax_error_of_the_description_has_its_line_and_column(tmp_path: Path) -> None:
    path = written(tmp_path, '{\n "@context": "http://www.w3.org/ns/csvw",\n "url": x\n}', {})
    assert found(path) == [("error", "csv-metadata.json:3: is no JSON: Expecting value, column 9")]


def test_a_table_without_a_header_tells_no_value_of_its_first_row(tmp_path: Path) -> None:
    (_, words), *_ = found(written(tmp_path, *one([A, B], "4711,x\n")))
    assert words == "t.csv:1: column 1 is headed by no word, which is no title of a"


def test_many_faults_are_counted_and_the_first_of_them_told(tmp_path: Path) -> None:
    said = found(written(tmp_path, *one([{**A, "datatype": "integer"}], "a\n" + "x\n" * 1000)))
    assert len(said) == 21
    assert said[-1][1] == "t.csv: and 980 more like these"


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("http://127.0.0.1:9/t.csv", "nothing is fetched"),
        ("//127.0.0.1/t.csv", "nothing is fetched"),
        ("file:///etc/passwd", "nothing is fetched"),
        ("http://[", "nothing is fetched"),
        ("/etc/passwd", "outside the folder"),
        ("../../etc/passwd", "outside the folder"),
        ("d/../../secret.csv", "outside the folder"),
        ("%2e%2e/secret.csv", "outside the folder"),
        ("..\\secret.csv", "outside the folder"),
    ],
)
def test_a_table_that_is_elsewhere_is_left_out_and_said_so(tmp_path: Path, url: str, part: str) -> None:
    (tmp_path / "secret.csv").write_text("a\nsecret\n")
    path = written(tmp_path / "named", {"tables": [{"url": url, "tableSchema": {"columns": [A]}}]}, {})
    ((severity, words),) = found(path)
    assert severity == "skipped"
    assert part in words


@pytest.mark.parametrize("key", ["tableSchema", "dialect"])
@pytest.mark.parametrize("reference", ["http://127.0.0.1:9/x.json", "../x.json"])
def test_a_schema_or_dialect_that_is_elsewhere_leaves_its_table_out(tmp_path: Path, key: str, reference: str) -> None:
    (tmp_path / "x.json").write_text("{}")
    tables = [{"url": "t.csv", key: reference}, {"url": "t.csv"}]
    path = written(tmp_path / "named", {"tables": tables}, {"t.csv": ROWS})
    ((severity, words),) = found(path)
    assert severity == "skipped"
    assert words.startswith("t.csv: its ")


def test_a_base_on_the_network_leaves_every_table_out(tmp_path: Path) -> None:
    context = [CONTEXT, {"@base": "http://127.0.0.1:9/data/"}]
    path = written(tmp_path, {"@context": context, "tables": [{"url": "t.csv"}, {"url": "u.csv"}]}, {"t.csv": ROWS})
    ((severity, words),) = found(path)
    assert severity == "skipped"
    assert words.startswith("t.csv and 1 more: it is elsewhere")


def test_a_key_to_a_table_that_is_left_out_is_not_passed(tmp_path: Path) -> None:
    metadata, files = referring(ROWS, ROWS, target="http://127.0.0.1:9/u.csv")
    metadata["tables"][1]["url"] = "http://127.0.0.1:9/u.csv"
    del files["u.csv"]
    said = found(written(tmp_path, metadata, files))
    assert [severity for severity, _ in said] == ["skipped", "skipped"]
    assert "foreign key (a) of t.csv: what is referred to is not looked at" in said[1][1]


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(ROWS)
    path = written(tmp_path / "named", *one([A, B], ROWS))
    (tmp_path / "named" / "t.csv").unlink()
    os.symlink(tmp_path / "secret.csv", tmp_path / "named" / "t.csv")
    ((severity, words),) = found(path)
    assert severity == "error"
    assert "is no file of the folder" in words


def test_a_schema_of_a_group_is_that_of_its_tables(tmp_path: Path) -> None:
    schema = {"columns": [{**A, "datatype": "integer"}, {**B, "datatype": "integer"}]}
    path = written(tmp_path, {"tableSchema": schema, "tables": [{"url": "t.csv"}]}, {"t.csv": "a,b\n1,x\n"})
    assert found(path) == [("error", "t.csv:2: column 2 (b) is none of its datatype: integer")]


@pytest.mark.parametrize("context", [None, "http://example.org/csvw", ["http://schema.org/", {}], {}, []])
def test_another_context_is_not_fetched_but_refused(tmp_path: Path, context: Any) -> None:
    ((severity, words),) = found(written(tmp_path, {"@context": context, "url": "t.csv"}, {"t.csv": ROWS}))
    assert severity == "error"
    assert "its @context is not http://www.w3.org/ns/csvw" in words


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"@context": "http://www.w3.org/ns/csvw", "url": ' + "[" * 90 + "]" * 90 + "}",
        '{"@context": "http://www.w3.org/ns/csvw", "url": 1' + "0" * 5000 + "}",
        "[]",
        '{"@context": "http://example.org/context", "url": "t.csv"}',
        '{"@context": "http://www.w3.org/ns/csvw"}',
        '{"@context": "http://www.w3.org/ns/csvw", "tables": [1, null, "x"]}',
        '{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": {"columns": [1, null]}}',
        '{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "_fname": "/etc/passwd", "at_props": {}}',
        '{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": {"foreignKeys": [{"reference": 1}]}}',
        '{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": {"primaryKey": [{}]}}',
        '{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": "t.csv"}',
    ],
    ids=range(12),
)
def test_a_damaged_description_is_a_finding(tmp_path: Path, text: str) -> None:
    said = found(written(tmp_path, text, {"t.csv": ROWS}))
    assert {severity for severity, _ in said} & {"error", "warning"}


@pytest.mark.parametrize("content", [b"a,b\n\xff\xfe,x\n", b'a,b\n1,"x\n', b"", b"a\0,b\n"])
def test_a_damaged_table_is_a_finding(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, *one([A, B], ""))
    (tmp_path / "t.csv").write_bytes(content)
    assert judged(path) == WRONG


@pytest.mark.parametrize(
    "datatype",
    [
        {"base": "string", "format": "(a+)+b"},
        {"base": "duration", "format": "(P|P)*T"},
        {"base": "json", "format": '{"pattern": "(a+\\u0029+b"}'},
        {"format": "(?=a)" * 3},
    ],
)
@pytest.mark.parametrize("inherited", [False, True], ids=["of the column", "of the table"])
def test_a_format_that_could_take_for_ever_is_not_matched_and_that_is_said(
    tmp_path: Path, datatype: Any, inherited: bool
) -> None:
    metadata, files = cell(datatype, "a" * 40)
    if inherited:
        metadata["datatype"] = metadata["tableSchema"]["columns"][0].pop("datatype")
    named = "t.csv" if inherited else "a"
    said = [words for severity, words in found(written(tmp_path, metadata, files)) if severity == "skipped"]
    assert said == [f"{named}: the format could take time without bounds: write it simpler, or leave it out"]


@pytest.mark.parametrize("format", ["[a-z]{3}", "a+b*", "(a|b)c"])
def test_a_format_that_is_simple_is_matched(tmp_path: Path, format: str) -> None:
    assert judged(written(tmp_path, *cell({"base": "string", "format": format}, "123"))) == WRONG


# What is taken


@pytest.mark.parametrize(
    ("name", "text", "due"),
    [
        ("csv-metadata.json", '{"@context": "http://www.w3.org/ns/csvw", "tables": []}', True),
        ("t.csv-metadata.json", '{"@context": ["http://www.w3.org/ns/csvw", {}], "url": "t.csv"}', True),
        ("tables.json", '{"@context": "http:\\/\\/www.w3.org\\/ns\\/csvw", "url": "t.csv"}', True),
        ("csv-metadata.json", '{"@context": "http://www.w3.org/ns/csvw", "tables": [', True),
        ("package.json", '{"name": "x", "url": "http://www.w3.org/ns/csvw"}', False),
        ("context.json", '{"@context": "http://schema.org/", "url": "x"}', False),
        ("csv-metadata.json", "no JSON", False),
    ],
)
def test_a_description_is_known_by_its_content(tmp_path: Path, name: str, text: str, due: bool) -> None:
    (tmp_path / name).write_text(text)
    assert kind.fits(tmp_path / name) is due


def test_a_folder_is_looked_at_once_and_as_a_whole(tmp_path: Path) -> None:
    metadata, files = referring("a,b\n3,x\n", ROWS, target="../lists/u.csv")
    metadata["tables"][1]["url"] = "../lists/u.csv"
    written(tmp_path / "data", metadata, {"t.csv": files["t.csv"], "../lists/u.csv": files["u.csv"]})
    validations = [each for each in validate_all([tmp_path]) if each.kind == "description"]
    assert [each.about for each in validations] == ["2 described tables"]
    (finding,) = validations[0].findings
    assert (finding.file, finding.line) == ("data/t.csv", 2)
    assert validations[0].within == tmp_path.as_posix()


def test_what_a_release_of_ours_in_a_folder_holds_is_left_to_its_own_checks(tmp_path: Path) -> None:
    written(tmp_path / "ours" / "data", *one([A, B], ROWS))
    assert kind.fits(tmp_path)
    (tmp_path / "ours" / "definition").mkdir()
    (tmp_path / "ours" / "definition" / "dataset.toml").touch()
    assert not kind.fits(tmp_path)


def test_our_own_description_is_valid_in_its_folder(real_release: Path, tmp_path: Path) -> None:
    import shutil

    for folder in ("data", "codelists"):
        shutil.copytree(real_release / folder, tmp_path / folder)
    said = list(verdicts(tmp_path, "data/csv-metadata.json"))
    assert [str(finding) for verdict in said for finding in verdict.findings] == []
    assert not any(verdict.skipped for verdict in said)
    assert len(said) == 22


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"a": 1}')
    with pytest.raises(InputError):
        validate_all([tmp_path / "x.json"])
