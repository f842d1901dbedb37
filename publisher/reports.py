"""Findings as a person, a program or a CI service reads them: text, JSON, SARIF, JUnit, GitHub annotations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from publisher import __version__, markdown
from publisher.errors import Finding, PublisherError, Severity
from publisher.remedies import remedies, remedy
from publisher.visible import visible

if TYPE_CHECKING:
    from lxml.etree import _Element

ReportFormat = Literal["text", "json", "sarif", "junit", "github", "markdown", "html"]
REPORT_FORMATS: tuple[ReportFormat, ...] = ("text", "json", "sarif", "junit", "github", "markdown")
PAGE: ReportFormat = "html"
"""The format of commands whose report is a page too."""

# An integrity constraint of the RDF Data Cube vocabulary.
_NUMBERED = re.compile("IC-[0-9]+")
_SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_SARIF_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "information": "note"}
_GITHUB_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "information": "notice"}


def as_values(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values, without what it does not say."""
    values = {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "file": finding.file,
        "line": finding.line,
        "cube": finding.cube,
        "key": finding.key,
        "fingerprint": finding.fingerprint,
    }
    return {**{name: value for name, value in values.items() if value is not None}, **finding.properties}


@dataclass(frozen=True, slots=True)
class Report:
    """What a command has to say.

    ``summary`` is for programs and ``text`` the same for a person, ``details`` more of it for
    ``--verbose``. ``failed`` marks the report of an error that ended the command. ``page`` makes it a page,
    for commands that have one.
    """

    summary: Mapping[str, Any]
    findings: Sequence[Finding] = ()
    text: str = ""
    details: str = ""
    exit_code: int = 0
    failed: bool = field(default=False)
    page: Callable[[], str] | None = None


def of_error(command: str, error: PublisherError) -> Report:
    """Return the report of an error that ended a command."""
    summary = {"command": command, "exit_code": error.exit_code}
    return Report(summary, error.findings, exit_code=error.exit_code, failed=True)


def render(format: ReportFormat, report: Report, quiet: bool = False, verbose: bool = False) -> str:
    """Return a report as text, or in one of the formats of programs.

    SARIF, JUnit and GitHub annotations hold the findings, and checks that were skipped.
    """
    values = [as_values(finding) for finding in report.findings]
    renderers: dict[ReportFormat, Callable[[], str]] = {
        "text": lambda: _text(report, quiet, verbose),
        "json": lambda: _json({**report.summary, "findings": values, "remedies": remedies(report.findings)}),
        "sarif": lambda: _json(_sarif(report)),
        "junit": lambda: _junit(report.summary, report.findings),
        "github": lambda: "".join(f"{line}\n" for line in _annotations(report)),
        "markdown": lambda: markdown.page(report.summary, report.findings),
        "html": lambda: report.page() if report.page else _plain_page(_text(report, quiet, verbose)),
    }
    return renderers[format]().encode("utf-8", "replace").decode()  # a name may hold what is no character


def _text(report: Report, quiet: bool, verbose: bool) -> str:
    """Return the summary, then the findings that ask for something to be done, errors last, then what to do."""
    lines = [] if quiet or not report.text else [report.text]
    if verbose and report.details and not quiet:
        lines.append(report.details)
    for severity in ("warning", "error"):
        label = "publisher: " if report.failed else ""
        named = (finding for finding in report.findings if finding.severity == severity)
        lines += [f"{label}{severity}: {' '.join(str(finding).splitlines())}{_numbered(finding)}" for finding in named]
    advised: dict[str, list[str]] = {}
    for rule, advice in remedies(report.findings).items():
        advised.setdefault(advice, []).append(rule)
    lines += [f"what to do about {', '.join(rules)}: {advice}" for advice, rules in advised.items()]
    return "".join(visible(f"{line}\n", kept="\n") for line in lines)


def _plain_page(text: str) -> str:
    return f'<!doctype html>\n<html lang="en"><title>publisher</title><pre>{escape(text)}</pre></html>\n'


def _numbered(finding: Finding) -> str:
    """Return the rule where it is one that a standard numbers, and readers look up by its number."""
    return f" ({finding.rule})" if _NUMBERED.fullmatch(finding.rule) else ""


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _skipped(report: Report) -> Iterator[tuple[str, str]]:
    """Yield (check and program, reason) of checks that did not run, and of files that a check left out."""
    for check in report.summary.get("checks", ()):
        if check.get("skipped"):
            yield f"{check['name']} ({check['by']})", check["skipped"]
        for file, reason in check.get("left_out", {}).items():
            yield f"{check['name']} ({check['by']}) on {file}", reason


def _sarif(report: Report) -> dict[str, Any]:
    """Return a SARIF 2.1.0 log (OASIS, errata 01): skipped checks are notifications of the tool's run."""
    named = sorted({finding.rule for finding in report.findings})
    driver = {"name": "publisher", "version": __version__, "rules": [_sarif_rule(rule) for rule in named]}
    notes = [
        {"level": "note", "descriptor": {"id": "skipped"}, "message": {"text": f"skipped {check}: {reason}"}}
        for check, reason in _skipped(report)
    ]
    run = {
        "tool": {"driver": {**driver, "notifications": [{"id": "skipped"}]}},
        "invocations": [
            {
                "executionSuccessful": not report.failed,
                "exitCode": report.exit_code,
                "toolExecutionNotifications": notes,
            }
        ],
        "results": [_sarif_result(finding) for finding in report.findings],
    }
    return {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_rule(rule: str) -> dict[str, Any]:
    advice = remedy(rule)
    return {"id": rule, "help": {"text": advice}} if advice else {"id": rule}


def _sarif_result(finding: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": _subject(finding)},
    }
    if finding.file is not None:
        location: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.file, errors="replace")}}
        if finding.line is not None:
            location["region"] = {"startLine": finding.line}
        result["locations"] = [{"physicalLocation": location}]
    if finding.fingerprint is not None:
        result["partialFingerprints"] = {"publisher/v1": finding.fingerprint}
    if finding.properties:
        result["properties"] = dict(finding.properties)
    return result


def _junit(summary: Mapping[str, Any], findings: Sequence[Finding]) -> str:
    """Return JUnit XML: one case for each check that ran or was skipped, one for each other finding."""
    from lxml import etree

    suite = etree.Element("testsuite", name="publisher")
    checks = summary.get("checks", [])
    counted = failures = skipped = 0
    of_checks: set[int] = set()
    for check in checks:
        counted += 1
        case = etree.SubElement(suite, "testcase", classname="check", name=f"{check['name']} ({check['by']})")
        if check.get("skipped"):
            skipped += 1
            etree.SubElement(case, "skipped", message=_printable(check["skipped"]))
        if left_out := check.get("left_out"):
            words = "; ".join(f"{file} {reason}" for file, reason in left_out.items())
            etree.SubElement(case, "system-out").text = _printable(f"skipped: {words}")
        errors = [findings[index] for index in check["findings"] if findings[index].severity == "error"]
        of_checks.update(check["findings"])
        failures += bool(errors)
        for finding in errors:
            _fail(case, finding)
    for index, finding in enumerate(findings):
        if index not in of_checks:
            counted += 1
            case = etree.SubElement(suite, "testcase", classname=finding.rule, name=_printable(str(finding)))
            if finding.severity == "error":
                failures += 1
                _fail(case, finding)
    suite.attrib.update({"tests": str(counted), "failures": str(failures), "skipped": str(skipped), "errors": "0"})
    return str(etree.tostring(suite, encoding="unicode", pretty_print=True))


def _fail(case: _Element, finding: Finding) -> None:
    """Add a failure to a case: what was found, and as its text what to do about findings of the rule."""
    from lxml import etree

    failure = etree.SubElement(case, "failure", type=finding.rule, message=_printable(str(finding)))
    failure.text = remedy(finding.rule) or None


def _printable(words: str) -> str:
    """Return words without the characters that XML cannot hold."""
    kept = words.encode("utf-8", "replace").decode()
    return "".join(character if character >= " " and character not in "\ufffe\uffff" else " " for character in kept)


def _annotations(report: Report) -> Iterator[str]:
    """Yield workflow commands of GitHub Actions: one for each finding, and one for each check that was skipped."""
    yield from map(_annotation, report.findings)
    for check, reason in _skipped(report):
        yield f"::notice title=skipped::{_data(f'skipped {check}: {reason}')}"


def _annotation(finding: Finding) -> str:
    """Return a workflow command of GitHub Actions."""
    properties = {"file": finding.file, "line": finding.line, "title": finding.rule}
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    return f"::{_GITHUB_LEVELS[finding.severity]} {given}::{_data(_advised(finding))}"


def _advised(finding: Finding) -> str:
    """Return what was found, and what to do about it where the rule says so."""
    advice = "" if finding.severity == "information" else remedy(finding.rule)
    return f"{_subject(finding)}\n{advice}" if advice else _subject(finding)


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


def _subject(finding: Finding) -> str:
    """Return the message of a finding with the observation it speaks of, without the place."""
    named = " ".join(part for part in (finding.cube, finding.key) if part)
    return f"{named}: {finding.message}" if named else finding.message
