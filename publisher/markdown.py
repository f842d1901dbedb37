"""A report as a page for people, in GitHub's Markdown: what was done, what was found by rule, and by which checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from publisher.errors import Finding, Severity
from publisher.remedies import remedy
from publisher.visible import visible

# GitHub takes 1 MiB of summary from one step, and shows none of it beyond; a step may run several commands.
MOST_BYTES = 300_000

_MOST_FINDINGS = 20
_MOST_ROWS = 200
_LONGEST = 400
_REST = "\n… the rest is left out: the report in another format has all of it.\n"
_NAMES: Mapping[Severity, str] = {"error": "error", "warning": "warning", "information": "notice"}
_VERDICTS: Mapping[int, str] = {0: "passed", 1: "refused", 2: "usage, definition or input is wrong"}
# What a thing that was built or looked at is called, by the first of these that it has.
_PLACES = ("dataset", "folder", "place", "path", "file")


def page(summary: Mapping[str, Any], findings: Sequence[Finding]) -> str:
    """Return the page of a command's report, at most ``MOST_BYTES`` long.

    What comes from outside stands in code spans: nothing in it becomes a link, a picture or a heading.
    """
    parts = (
        (_headline(summary, findings), ""),
        _observations(summary),
        _found(findings),
        _checks(summary.get("checks", ()), findings),
        _files(summary.get("table", ())),
    )
    return _cut(line for part in parts for line in part)


def code(words: str) -> str:
    """Return words as they are, in a code span that ends where they end."""
    whole = " ".join(words.split())
    plain = visible(whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…")
    fence = "`" * (1 + max(map(len, re.findall("`+", plain)), default=0))
    room = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{room}{plain}{room}{fence}" if plain else ""


def _headline(summary: Mapping[str, Any], findings: Sequence[Finding]) -> str:
    exit_code = summary.get("exit_code", 0)
    counts = {severity: sum(finding.severity == severity for finding in findings) for severity in _NAMES}
    said = [_number(counts[severity], _NAMES[severity]) for severity in ("error", "warning") if counts[severity]]
    verdict = _VERDICTS.get(exit_code, f"exit code {exit_code}")
    return f"## publisher {summary.get('command', '')}: {', '.join((verdict, *said))}"


def _observations(summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table of what was built or looked at, cube by cube."""
    rows = [
        row
        for kind, listed in summary.items()
        if isinstance(listed, list | tuple)
        for thing in listed
        if isinstance(thing, Mapping) and isinstance(thing.get("observations"), Mapping)
        for row in _cubes(kind, thing)
    ]
    yield from _table(("", "version", "cube", "observations", "suppressed"), rows, numbers=2)


def _cubes(kind: str, thing: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    named = code(next((str(thing[name]) for name in _PLACES if thing.get(name)), kind))
    version = code(str(thing.get("version", "")))
    counted = {cube: (counts["observations"], counts["suppressed"]) for cube, counts in thing["observations"].items()}
    for cube, (rows, hidden) in counted.items():
        yield named, version, code(cube), f"{rows:,}", f"{hidden:,}"
    if len(counted) != 1:
        rows, hidden = (sum(pair[side] for pair in counted.values()) for side in (0, 1))
        yield named, version, "all", f"{rows:,}", f"{hidden:,}"


def _found(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the findings by rule, errors first; of each rule what to do, and at most so many."""
    for severity in _NAMES:
        rules: dict[str, list[Finding]] = {}
        for finding in findings:
            if finding.severity == severity:
                rules.setdefault(finding.rule, []).append(finding)
        for rule, found in rules.items():
            yield from (f"### {_number(len(found), _NAMES[severity])}: {code(rule)}", "")
            if advice := remedy(rule):
                yield from (f"What to do: {code(advice)}", "")
            yield from (f"- {_words(finding)}" for finding in found[:_MOST_FINDINGS])
            if (more := len(found) - _MOST_FINDINGS) > 0:
                yield f"- and {more:,} more"
            yield ""


def _words(finding: Finding) -> str:
    subject = " ".join(part for part in (finding.cube, finding.key) if part)
    return ": ".join(code(part) for part in (finding.place, subject, finding.message) if part)


def _checks(checks: Iterable[Mapping[str, Any]], findings: Sequence[Finding]) -> Iterator[str]:
    """Yield a table of the checks with their verdicts."""
    rows: list[tuple[str, ...]] = []
    for check in checks:
        errors = sum(findings[index].severity == "error" for index in check["findings"])
        verdict = "failed" if errors else "skipped" if check.get("skipped") else "passed"
        about = [_number(errors, "error")] if errors else [code(check.get("skipped") or check.get("looked_at") or "")]
        if left_out := check.get("left_out"):
            about.append(f"skipped {_number(len(left_out), 'file')}")
        by = f"{check['by']} {check.get('version', '')}"
        rows.append((verdict, code(check["name"]), code(by), ", ".join(filter(None, about))))
    yield from _judged("Checks", ("verdict", "check", "by", "about"), rows)


def _files(table: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a table of each file, who looked at it and what came of it."""
    rows = [
        (
            row["verdict"],
            code(row["file"]),
            code(row.get("check") or ""),
            code(row.get("by") or ""),
            code(row.get("why") or "") or (_number(row["errors"], "error") if row.get("errors") else ""),
        )
        for row in table
    ]
    yield from _judged("Files", ("verdict", "file", "check", "by", "about"), rows)


def _judged(title: str, header: Sequence[str], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a folded table of rows that begin with a verdict, those that passed last; nothing without rows."""
    by_verdict: dict[str, list[tuple[str, ...]]] = {"failed": [], "skipped": [], "not looked at": [], "passed": []}
    for row in rows:
        by_verdict.setdefault(row[0], []).append(row)
    if every := [row for alike in by_verdict.values() for row in alike]:
        counted = ", ".join(f"{len(alike):,} {verdict}" for verdict, alike in by_verdict.items() if alike)
        yield from (f"<details><summary>{title}: {counted}</summary>", "")
        yield from _table(header, every)
        yield from ("</details>", "")


def _table(header: Sequence[str], rows: Sequence[tuple[str, ...]], numbers: int = 0) -> Iterator[str]:
    """Yield a table whose last columns are numbers; nothing where there are no rows.

    A bar would end its cell, whatever stands before it: it becomes a broken one.
    """
    if not rows:
        return
    words = len(header) - numbers
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * words}{'---:|' * numbers}"
    yield from (f"| {' | '.join(cell.replace('|', '¦') for cell in row)} |" for row in rows[:_MOST_ROWS])
    yield ""
    if (more := len(rows) - _MOST_ROWS) > 0:
        yield from (f"and {more:,} more", "")


def _number(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def _cut(lines: Iterable[str]) -> str:
    """Return as many whole lines as a page may hold, and say where some are left out."""
    left = MOST_BYTES - len(_REST.encode())
    kept: list[str] = []
    for line in lines:
        left -= len(line.encode()) + 1
        if left < 0:
            return "\n".join((*kept, _REST))
        kept.append(line)
    return "\n".join(kept) + "\n"
