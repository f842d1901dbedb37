"""Reports in every format: the same findings, and nothing that their readers stumble over."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from publisher.errors import Finding, InputError
from publisher.reports import REPORT_FORMATS, Report, ReportFormat, of_error, render

FINDINGS = (
    Finding("unknown-code", "code 'x' is <not> in \"CL_A\" & 50% of\nit", "error", "raw/a b.csv", 7, "one", "M.X"),
    Finding("note", "a note", severity="information", file="raw/a b.csv", line=1),
    Finding("usage", "name a dataset"),
)
REPORT = Report(
    {
        "command": "build",
        "exit_code": 1,
        "checks": [
            {"name": "first", "by": "pandas", "findings": [0], "skipped": ""},
            {"name": "second", "by": "rdflib", "findings": [], "skipped": "left out above 10 observations"},
        ],
    },
    FINDINGS,
    "summary",
    "details",
    1,
)


def test_text_has_the_summary_and_what_asks_for_something_to_be_done() -> None:
    text = render("text", REPORT)
    assert text.startswith("summary\n")
    assert "error: raw/a b.csv:7: one M.X: code 'x'" in text
    assert "a note" not in text
    assert "details" not in text
    assert "details" in render("text", REPORT, verbose=True)
    assert render("text", REPORT, quiet=True).startswith("error: raw/a b.csv:7")


def test_json_holds_the_summary_and_every_finding() -> None:
    values = json.loads(render("json", REPORT))
    assert values["exit_code"] == 1
    assert [finding["rule"] for finding in values["findings"]] == ["unknown-code", "note", "usage"]
    assert values["findings"][0]["line"] == 7
    assert "file" not in values["findings"][2]


def test_sarif_has_a_result_for_every_finding_with_its_place() -> None:
    log = json.loads(render("sarif", REPORT))
    results = log["runs"][0]["results"]
    assert log["version"] == "2.1.0"
    assert [result["level"] for result in results] == ["error", "note", "error"]
    place = results[0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "raw/a%20b.csv"}, "region": {"startLine": 7}}
    rules = {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in results} == rules


def test_junit_counts_failures_and_skipped_checks() -> None:
    suite = etree.fromstring(render("junit", REPORT).encode())
    assert suite.tag == "testsuite"
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "2", "1")
    assert len(suite.findall("testcase")) == 4
    assert suite.find("testcase/skipped").get("message") == "left out above 10 observations"
    assert "code 'x' is <not>" in suite.find("testcase/failure").get("message")


def test_github_annotations_stand_on_one_line_each_and_are_escaped() -> None:
    lines = render("github", REPORT).splitlines()
    assert lines[0] == (
        "::error file=raw/a b.csv,line=7,title=unknown-code::one M.X: code 'x' is <not> in \"CL_A\" & 50%25 of%0Ait"
        "%0Acorrect the code, or add it to its codelist under schemas/"
    )
    assert lines[1].startswith("::notice ")
    assert lines[2] == "::error title=usage::name a dataset"


@pytest.mark.parametrize("format", REPORT_FORMATS)
def test_an_error_that_ends_a_command_is_a_report_in_every_format(format: ReportFormat) -> None:
    report = of_error("build", InputError(Finding("cells", "has 12 cells", file="a.txt", line=3)))
    assert report.exit_code == 2
    assert "has 12 cells" in render(format, report)


def test_what_was_skipped_is_said_in_every_format_and_is_no_finding() -> None:
    left_out = {"name": "third", "by": "pyshacl", "findings": [], "skipped": "", "left_out": {"a.ttl": "is too large"}}
    report = Report({**REPORT.summary, "checks": [*REPORT.summary["checks"], left_out]}, FINDINGS, "text", "", 1)
    run = json.loads(render("sarif", report))["runs"][0]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    assert invocation["exitCode"] == 1
    told = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert told == [
        "skipped second (rdflib): left out above 10 observations",
        "skipped third (pyshacl) on a.ttl: is too large",
    ]
    known = {item["id"] for item in run["tool"]["driver"]["notifications"]}
    assert {note["descriptor"]["id"] for note in invocation["toolExecutionNotifications"]} == known
    notices = render("github", report).splitlines()[len(FINDINGS) :]
    assert notices == [f"::notice title=skipped::{words}" for words in told]
    suite = etree.fromstring(render("junit", report).encode())
    assert suite.get("skipped") == "1"
    assert "a.ttl is too large" in suite.findtext("testcase/system-out")
    assert [check.get("left_out") for check in json.loads(render("json", report))["checks"]][-1] == left_out["left_out"]


def test_a_name_that_is_no_text_breaks_no_report() -> None:
    found = Finding("label", "a\udcffb", file="c\udcff.ttl")
    for format in REPORT_FORMATS:
        assert render(format, Report({"command": "validate"}, (found,))).encode()


def test_text_spells_out_what_a_terminal_would_obey_or_hide() -> None:
    found = Finding("label", "row '\x1b]0;title\x07\x1b[31m' and 'a\u202eb\u200b'", file="a.txt", line=1)
    text = render("text", Report({}, (found,)))
    assert text == "error: a.txt:1: row '\\u001b]0;title\\u0007\\u001b[31m' and 'a\\u202eb\\u200b'\n"
