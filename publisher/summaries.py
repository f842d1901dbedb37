"""What commands did, in a few lines for a person and as plain values for a program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from publisher import audit_report, auditing
from publisher.build import Built
from publisher.checks.run import Verdict
from publisher.errors import Finding, Severity
from publisher.export import Exported
from publisher.refresh import DIFFERENCE_KINDS, Refreshed
from publisher.reports import Report
from publisher.validate import KINDS, OTHER_KINDS, Validation, table
from publisher.validate import text as texts

_MOST_FINDINGS = 1_000


def of_build(reports: Sequence[Built], output: Path, check: bool) -> Report:
    """Return the report of ``publisher build``."""
    findings = [finding for report in reports for finding in (*report.findings, *report.notices)]
    exit_code = _exit_code(findings)
    verdicts = [verdict for report in reports for verdict in report.verdicts]
    summary = {
        "command": "build",
        "exit_code": exit_code,
        "datasets": [_built(report) for report in reports],
        "checks": _checks(verdicts, findings),
    }
    done = "compared with" if check else "wrote"
    text = "\n".join(_build_text(report, output, done, exit_code) for report in reports)
    details = "\n".join(_build_details(report) for report in reports)
    return Report(summary, findings, text, details, exit_code)


def of_validation(validations: Sequence[Validation]) -> Report:
    """Return the report of ``publisher validate``."""
    there = [table.placed(validation) for validation in validations]
    findings = [finding for validation in there for finding in validation.findings]
    exit_code = _exit_code(findings)
    kinds = (*(kind.name for kind in KINDS), *OTHER_KINDS)
    summary = {
        "command": "validate",
        "exit_code": exit_code,
        **{f"{kind}s": [item.values for item in there if item.kind == kind] for kind in kinds},
        "checks": _checks([verdict for item in there for verdict in item.verdicts], findings),
        "table": [table.as_values(row, item.within) for item in validations for row in table.rows(item)],
    }
    text = "\n".join(map(texts.text, validations))
    details = "\n".join(map(texts.details, validations))
    return Report(summary, findings, text, details, exit_code)


def of_export(reports: Sequence[Exported]) -> Report:
    """Return the report of ``publisher export``."""
    findings = [finding for report in reports for finding in report.findings]
    exit_code = _exit_code(findings)
    positions = {id(finding): index for index, finding in enumerate(findings)}
    summary = {
        "command": "export",
        "exit_code": exit_code,
        "releases": [
            {
                "folder": report.folder.as_posix(),
                "dataset": report.dataset,
                "version": report.version,
                "profile": report.profile.name,
                "zip": None if exit_code else report.path.as_posix(),
                "bytes": report.bytes,
                "files": [{"name": name, "bytes": size} for name, size in report.files],
            }
            for report in reports
        ],
        "checks": [
            {
                "name": verdict.rule.name,
                "by": "publisher",
                "sentence": verdict.rule.sentence,
                "source": verdict.rule.source,
                "skipped": verdict.skipped,
                "findings": [positions[id(finding)] for finding in verdict.findings],
            }
            for report in reports
            for verdict in report.verdicts
        ],
    }
    text = "\n".join(_export_text(report, wrote=not exit_code) for report in reports)
    details = "\n".join(
        f"  {'skipped' if verdict.skipped else 'refused' if verdict.refused else 'passed':<8} {verdict.rule.name}"
        for report in reports
        for verdict in report.verdicts
    )
    return Report(summary, findings, text, details, exit_code)


def of_refresh(refreshed: Refreshed) -> Report:
    """Return the report of ``publisher codelist refresh``."""
    comparison, findings = refreshed.comparison, list(refreshed.followed.findings)
    exit_code = _exit_code(findings)
    found: dict[str, list[str]] = {
        kind: [item.code for item in comparison.differences if item.kind == kind] for kind in DIFFERENCE_KINDS
    }
    summary = {
        "command": "codelist refresh",
        "exit_code": exit_code,
        "dataset": refreshed.dataset,
        "codelist": refreshed.codelist,
        "file": refreshed.file,
        "source": refreshed.source,
        "language": refreshed.language,
        "date": None if refreshed.day is None else str(refreshed.day),
        "compared": comparison.compared,
        "left_alone": comparison.left_alone,
        **found,
        "written": refreshed.written,
    }
    counted = ", ".join(f"{len(codes):,} {kind}" for kind, codes in found.items() if codes and kind != "other")
    lines = [
        f"{refreshed.dataset} {refreshed.codelist} and {refreshed.source}",
        f"  compared {comparison.compared:,} codes in '{refreshed.language}' as of {refreshed.day or 'now'}",
        f"  left     {', '.join(comparison.left_alone) or 'none'}: no codes of the owner",
        f"  found    {counted or 'no difference'}",
        *([f"  wrote    {refreshed.file}: {refreshed.followed.followed:,} changes"] if refreshed.written else []),
    ]
    if (more := len(findings) - _MOST_FINDINGS) > 0:
        severity: Severity = "error" if exit_code else "information"
        findings[_MOST_FINDINGS:] = [Finding("codelist", f"and {more:,} more findings", severity, refreshed.file)]
    details = "\n".join(f"  {finding}" for finding in findings if finding.severity == "information")
    return Report(summary, findings, "\n".join(lines), details, exit_code)


def of_listing(values: dict[str, Any]) -> Report:
    """Return the report of ``publisher list``."""
    lines = []
    for dataset in values["datasets"]:
        lines.append(f"{dataset['dataset']}: {dataset['title']} (reader {dataset['reader']})")
        for edition in dataset["editions"]:
            source = edition["source"] or "no source in raw/"
            lines.append(f"  edition {edition['edition']}, version {edition['version']}: {source}")
        lines.append(f"  cubes: {', '.join(dataset['cubes'])}")
        lines.append(f"  release: {dataset['released'] or 'none yet'}")
    for title in ("formats", "readers"):
        lines.append(f"{title}:")
        lines += [f"  {item['name']:<16} {item['title']}" for item in values[title]]
    return Report({"command": "list", "exit_code": 0, **values}, text="\n".join(lines))


def _exit_code(findings: Iterable[Finding]) -> int:
    return 1 if any(finding.severity == "error" for finding in findings) else 0


def _counts(observations: dict[str, tuple[int, int]]) -> dict[str, dict[str, int]]:
    return {cube: {"observations": rows, "suppressed": hidden} for cube, (rows, hidden) in observations.items()}


def _checks(verdicts: Iterable[Verdict], findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return each check with the positions of its findings among all of them."""
    positions = {id(finding): index for index, finding in enumerate(findings)}
    return [
        {
            "name": verdict.name,
            "by": verdict.by,
            "version": table.version_of(verdict.by),
            "looked_at": verdict.outcome.looked_at,
            "seconds": round(verdict.seconds, 3),
            "skipped": verdict.skipped,
            **({"left_out": dict(verdict.outcome.left_out)} if verdict.outcome.left_out else {}),
            "findings": [positions[id(finding)] for finding in verdict.findings],
        }
        for verdict in verdicts
    ]


def _built(report: Built) -> dict[str, Any]:
    return {
        "dataset": report.dataset,
        "edition": report.edition,
        "version": report.version,
        "source": report.source,
        "tables": report.tables,
        "observations": _counts(report.observations),
        "relations": {
            rule: {"count": count, "with_hidden": hidden} for rule, (count, hidden) in report.ruled.relations.items()
        },
        "audit": auditing.counts(report.examined.audited) if report.examined and report.examined.audited else None,
        "files": report.files,
        "bytes": report.bytes,
        "seconds": {step: round(seconds, 3) for step, seconds in report.seconds.items()},
    }


def _build_text(report: Built, output: Path, done: str, exit_code: int) -> str:
    rows = sum(count for count, _ in report.observations.values())
    hidden = sum(count for _, count in report.observations.values())
    repairs = sum(notice.rule == "repaired-label" for notice in report.notices)
    lines = [
        f"{report.dataset} {report.version} (edition {report.edition})",
        f"  read     {report.source}: {report.tables} tables, {rows:,} observations, {hidden:,} suppressed"
        f" in {_seconds(report, 'read')}",
    ]
    width = max(len(cube) for cube in report.observations)
    lines += [
        f"             {cube:<{width}}  {count:>9,} observations  {gone:>7,} suppressed"
        for cube, (count, gone) in report.observations.items()
    ]
    lines += _notices(report.notices, repairs)
    lines += _ruled(report)
    if report.examined and report.examined.audited:
        lines.append(f"  audited  {audit_report.in_a_line(report.examined.audited)}")
    if report.stopped:
        return "\n".join((*lines, "  wrote    nothing: what rules or audit refuse is not published"))
    wrote = done if exit_code == 0 else "would have written"
    place = (output / report.dataset).as_posix()
    lines.append(f"  {wrote:<8} {place}: {report.files} files, {report.bytes:,} bytes in {_seconds(report, 'write')}")
    lines.append(f"  checked  {_checkers(report.verdicts)} in {_seconds(report, 'check')}")
    return "\n".join(lines)


def _notices(notices: Sequence[Finding], repairs: int) -> list[str]:
    """Return what the source said, the same message once with all its lines."""
    if not notices:
        return []
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for notice in notices:
        grouped[notice.rule, notice.message if notice.line else str(notice)].append(str(notice.line or ""))
    lines = [f"  repaired {repairs} labels"] if repairs else []
    for (rule, message), found in grouped.items():
        label = "" if rule == "repaired-label" else f"{rule}: "
        place = f"line {', '.join(found)}: " if found[0] else ""
        lines.append(f"             {place}{label}{message}")
    return lines


def _ruled(report: Built) -> list[str]:
    """Return how many relations the rules declare, and how many findings of each severity there are."""
    if not report.ruled.relations and not report.ruled.findings:
        return []
    count = sum(count for count, _ in report.ruled.relations.values())
    hidden = sum(hidden for _, hidden in report.ruled.relations.values())
    severities = [finding.severity for finding in report.ruled.findings]
    kinds: tuple[Severity, ...] = ("error", "warning", "information")
    found = ", ".join(f"{severities.count(kind):,} of severity {kind}" for kind in kinds if kind in severities)
    words = f"{count:,} relations, {hidden:,} with suppressed cells; findings: {found or 'none'}"
    return [f"  rules    {words} in {_seconds(report, 'rules')}"]


def _seconds(report: Built, step: str) -> str:
    return f"{sum(seconds for name, seconds in report.seconds.items() if name.split()[0] == step):.2f} s"


def _checkers(verdicts: Sequence[Verdict]) -> str:
    """Return how many checks passed and by whom, and which were skipped and why."""
    ran = [verdict for verdict in verdicts if not verdict.skipped]
    failed = [verdict for verdict in ran if any(finding.severity == "error" for finding in verdict.findings)]
    programs = ", ".join(dict.fromkeys(verdict.by for verdict in ran))
    text = f"{len(ran) - len(failed)} of {len(ran)} checks passed, by {programs}"
    skipped = (f"skipped {item.name} by {item.by}: {item.skipped}" for item in verdicts if item.skipped)
    return "; ".join((text, *skipped))


def _build_details(report: Built) -> str:
    lines = [f"  {seconds:7.2f} s  {step}" for step, seconds in report.seconds.items()]
    lines += [f"  {_verdict(verdict)}" for verdict in report.verdicts]
    return "\n".join(lines)


def _verdict(verdict: Verdict) -> str:
    errors = sum(finding.severity == "error" for finding in verdict.findings)
    answer = "skipped" if verdict.skipped else f"{errors} errors" if errors else "passed"
    about = verdict.skipped or verdict.outcome.looked_at
    return f"{answer:<9} {verdict.name} ({verdict.by}){f': {about}' if about else ''}"


def _export_text(report: Exported, wrote: bool) -> str:
    """Return what was exported and what to do with it, or the rules that refused it."""
    asked = [verdict for verdict in report.verdicts if not verdict.skipped]
    refused = [verdict for verdict in asked if verdict.refused]
    lines = [f"{report.dataset} {report.version} for {report.profile.title} ({report.folder.as_posix()})"]
    if not report.damage:
        lines.append(f"  checked  {len(asked) - len(refused)} of {len(asked)} rules passed")
    lines += [f"  refused  {verdict.rule.name}: {verdict.rule.sentence}" for verdict in refused]
    lines += [f"  skipped  {verdict.rule.name}: {verdict.skipped}" for verdict in report.verdicts if verdict.skipped]
    if report.damage:
        lines.append("  wrote    nothing: the release is damaged, and no rule was asked")
    elif not wrote:
        lines.append("  wrote    nothing" if refused else "  wrote    nothing: another release is refused")
    if not wrote:
        return "\n".join(lines)
    lines.append(f"  wrote    {report.path.as_posix()}: {len(report.files)} files, {report.bytes:,} bytes")
    width = max(len(name) for name, _ in report.files)
    lines += [f"             {name:<{width}}  {size:>11,} bytes" for name, size in report.files]
    lines += [f"  {'next' if number == 0 else '':<8} {step}" for number, step in enumerate(report.profile.steps)]
    return "\n".join(lines)
