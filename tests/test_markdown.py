"""The page for people: what it says, in which order, and that nothing in it is more than text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from markdown_it import MarkdownIt

from publisher.errors import Finding, InputError, Severity
from publisher.markdown import MOST_BYTES, code, page
from publisher.reports import Report, of_error, render

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "[a](https://example.org) ![b](c) https://example.org www.example.org @somebody #1",
    "`code` and ``more`` and ```fence",
    "`",
    "a | b \\| c \\\\| d",
    "line\n# heading\n\n- list\r\n> quote",
    "</details><script>alert(1)</script> &lt;b&gt; <!-- comment",
    "**bold** _it_ ~~no~~ $x$ {y} \\",
    "\x1b[31m \u202e \u0000 \u200b",
    "   blanks   ",
    "___",
)
CHECKS = [
    {"name": "first", "by": "pandas", "version": "3.1", "looked_at": "4 files", "skipped": "", "findings": [0, 1]},
    {"name": "second", "by": "rdflib", "looked_at": "", "skipped": "rdflib is not installed", "findings": []},
    {"name": "third", "by": "lxml", "looked_at": "7 files", "skipped": "", "findings": [], "left_out": {"a": "why"}},
]
SUMMARY: dict[str, Any] = {
    "command": "build",
    "exit_code": 1,
    "datasets": [
        {
            "dataset": "made-up",
            "version": "2024.9.1",
            "observations": {
                "jobs": {"observations": 1_040, "suppressed": 3},
                "turnover": {"observations": 32, "suppressed": 0},
            },
        }
    ],
    "checks": CHECKS,
}
FINDINGS = (
    Finding("unknown-code", "code 'x' is not in CL_A", "error", "raw/a b.csv", 7, "one", "M.X"),
    Finding("one-truth", "has 4, the column has 5", "error", "data/one.csv"),
    Finding("note", "a note", "information", "raw/a b.csv", 1),
    Finding("late", "comes late", "warning"),
)


def rendered(text: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(text))


def in_cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    return [[re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)] for row in rows]


def test_the_first_line_says_the_command_and_what_came_of_it() -> None:
    assert page(SUMMARY, FINDINGS).startswith("## publisher build: refused, 2 errors, 1 warning\n")
    assert page({"command": "list", "exit_code": 0}, ()).startswith("## publisher list: passed\n")


def test_observations_stand_by_cube_with_their_sum() -> None:
    cells = in_cells(rendered(page(SUMMARY, FINDINGS)))
    assert cells[:4] == [
        ["", "version", "cube", "observations", "suppressed"],
        ["made-up", "2024.9.1", "jobs", "1,040", "3"],
        ["made-up", "2024.9.1", "turnover", "32", "0"],
        ["made-up", "2024.9.1", "all", "1,072", "3"],
    ]


def test_checks_stand_with_their_verdicts_and_why_one_was_skipped() -> None:
    text = page(SUMMARY, FINDINGS)
    assert "Checks: 1 failed, 1 skipped, 1 passed" in text
    assert in_cells(rendered(text))[-3:] == [
        ["failed", "first", "pandas 3.1", "2 errors"],
        ["skipped", "second", "rdflib", "rdflib is not installed"],
        ["passed", "third", "lxml", "7 files, skipped 1 file"],
    ]


def test_findings_stand_by_rule_errors_first_each_with_its_place_and_what_to_do() -> None:
    text = page(SUMMARY, FINDINGS)
    headings = re.findall(r"^### (.*)$", text, re.MULTILINE)
    assert headings == ["1 error: `unknown-code`", "1 error: `one-truth`", "1 warning: `late`", "1 notice: `note`"]
    assert "- `raw/a b.csv:7`: `one M.X`: `code 'x' is not in CL_A`\n" in text
    assert text.index("What to do: `build the release again") > text.index("`one-truth`")
    assert "- `comes late`\n" in text


def test_files_stand_with_who_looked_at_them_and_those_that_passed_last() -> None:
    table = [
        {"file": "a.csv", "check": "read", "by": "pandas 3.1", "verdict": "passed"},
        {"file": "b.csv", "check": "read", "by": "pandas 3.1", "verdict": "failed", "errors": 2},
        {"file": "c.csv", "check": "read", "by": "pandas 3.1", "verdict": "skipped", "why": "too large"},
        {"file": "d.txt", "check": None, "by": None, "verdict": "not looked at"},
    ]
    text = page({"command": "validate", "exit_code": 1, "table": table}, ())
    assert "Files: 1 failed, 1 skipped, 1 not looked at, 1 passed" in text
    assert [row[:2] for row in in_cells(rendered(text))[1:]] == [
        ["failed", "b.csv"],
        ["skipped", "c.csv"],
        ["not looked at", "d.txt"],
        ["passed", "a.csv"],
    ]
    assert ["skipped", "c.csv", "read", "pandas 3.1", "too large"] in in_cells(rendered(text))


@pytest.mark.parametrize("words", HOSTILE)
def test_what_comes_from_outside_is_text_and_only_text(words: str) -> None:
    found = Finding(f"rule {words}", words, "error", words, 1, words, words)
    check = {"name": words, "by": words, "looked_at": words, "skipped": words, "findings": []}
    cube = {"dataset": words, "version": words, "observations": {words: {"observations": 1, "suppressed": 0}}}
    file = {"file": words, "check": words, "by": words, "verdict": "skipped", "why": words}
    summary = {"command": "build", "exit_code": 1, "datasets": [cube], "checks": [check], "table": [file]}
    html = rendered(page(summary, [found]))
    allowed = {"h2", "h3", "ul", "li", "code", "table", "thead", "tbody", "tr", "th", "td", "p", "details", "summary"}
    assert {tag.lower() for tag in re.findall(r"</?([A-Za-z!][\w-]*)", html)} <= allowed
    assert html.count("<details>") == html.count("</details>") == 2
    assert len(re.findall("<h[1-6]>", html)) == 2
    assert len(re.findall("<li>", html)) == 1
    assert [len(row) for row in in_cells(html)] == [5, 5, 4, 4, 5, 5]
    outside = re.sub("<code>.*?</code>", "", html, flags=re.DOTALL)
    for telling in ("example.org", "somebody", "alert", "comment", "quote", "bold"):
        assert telling not in outside


def test_a_bar_does_not_end_its_cell() -> None:
    check = {"name": "a|b", "by": "c\\|d", "skipped": "e \\\\| `f", "findings": []}
    text = page({"command": "validate", "exit_code": 0, "checks": [check]}, ())
    assert in_cells(rendered(text))[1] == ["skipped", "a¦b", "c\\¦d", "e \\\\¦ `f"]


@pytest.mark.parametrize("words", ["`", "``a`", " a ", "a``", "plain", "a|b"])
def test_a_code_span_holds_the_words_as_they_are(words: str) -> None:
    assert rendered(code(words)) == f"<p><code>{words.strip()}</code></p>\n"


def test_long_words_are_cut() -> None:
    assert len(code("x" * 10_000)) < 500
    assert code("x" * 10_000).endswith("…`")


@pytest.mark.parametrize("severity", ["error", "warning", "information"])
def test_of_many_findings_some_are_shown_and_the_others_counted(severity: Severity) -> None:
    found = [Finding("many", f"number {number}", severity) for number in range(1_234)]
    text = page({"command": "validate", "exit_code": 1}, found)
    assert text.count("- `number ") == 20
    assert "- and 1,214 more\n" in text


def test_a_page_is_never_longer_than_a_summary_may_be() -> None:
    found = [Finding(f"rule-{number}", "å" * 10_000, file="b" * 1_000) for number in range(5_000)]
    text = page({"command": "validate", "exit_code": 1}, found)
    assert len(text.encode()) <= MOST_BYTES
    assert text.rstrip().endswith("the report in another format has all of it.")
    cubes = {f"cube-{number}": {"observations": 1, "suppressed": 0} for number in range(50_000)}
    wide = {"command": "build", "exit_code": 0, "datasets": [{"dataset": "a", "observations": cubes}]}
    assert "and 49,801 more" in page(wide, ())


def test_an_error_that_ended_the_command_is_a_page_too() -> None:
    text = render("markdown", of_error("build", InputError(Finding("cells", "has 12 cells", file="a.txt", line=3))))
    assert text.startswith("## publisher build: usage, definition or input is wrong, 1 error\n")
    assert "- `a.txt:3`: `has 12 cells`\n" in text


def test_the_same_report_gives_the_same_page() -> None:
    assert page(SUMMARY, FINDINGS) == render("markdown", Report(SUMMARY, FINDINGS))
