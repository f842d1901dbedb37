"""Which file was looked at by which program, and what came of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from typing import Any

from publisher.checks.run import Verdict
from publisher.errors import Finding
from publisher.validate.kind import EVERY_FILE, Validation

PASSED, FAILED, SKIPPED, NOT_LOOKED_AT = "passed", "failed", "skipped", "not looked at"
# The files of variants are those whose names are more than a version; any other word stands for any name.
_WORDS = {"variant": r"(?![0-9.]+csv)[^/]+", "frequency": "[A-Z0-9]+"}


@dataclass(frozen=True, slots=True)
class Row:
    """One file and one check: what came of it, how many errors were found, and why where it was skipped.

    ``pattern`` is what the check calls files like this one. ``general`` are errors that the check found
    of no file in particular: they may be of any of its files, so none of these passed.
    """

    file: str
    check: str
    by: str
    verdict: str
    errors: int = 0
    why: str = ""
    pattern: str = ""
    general: int = 0


def rows(validation: Validation) -> Iterator[Row]:
    """Yield a row for each file that a check looked at, then those of files that no check looked at.

    That the manifest knows a file is no check of what stands in it.
    """
    seen: set[str] = set()
    for verdict in validation.verdicts:
        for row in _of_verdict(verdict, validation):
            if row.pattern != EVERY_FILE:
                seen.add(row.file)
            yield row
    for file in validation.files:
        if file not in seen:
            yield Row(file, "", "", NOT_LOOKED_AT, pattern=file)


def as_values(row: Row, within: str) -> dict[str, Any]:
    """Return a row as plain values, without what it does not say."""
    values: dict[str, Any] = {
        "file": place_of(row.file, within),
        "check": row.check or None,
        "by": named(row.by) or None,
        "verdict": row.verdict,
    }
    if row.verdict == FAILED:
        values["errors"] = row.errors + row.general
    if row.why:
        values["why"] = row.why
    return values


def placed(validation: Validation) -> Validation:
    """Return what is said of a thing with every file as a user finds it, from where the command ran."""
    if not validation.within:
        return validation
    verdicts = [
        replace(
            verdict,
            outcome=replace(
                verdict.outcome, findings=tuple(_placed(finding, validation.within) for finding in verdict.findings)
            ),
        )
        for verdict in validation.verdicts
    ]
    return replace(validation, verdicts=verdicts)


def place_of(file: str, within: str) -> str:
    """Return where a file is, from where the command ran."""
    return f"{within}/{file}" if within not in ("", ".") else file


@cache
def version_of(program: str) -> str:
    """Return the version of a program, empty where it is not known or is that of this tool itself."""
    if program == "libxml2":
        from lxml import etree

        return ".".join(map(str, etree.LIBXML_VERSION))
    try:
        return "" if program == "publisher" else metadata.version(program)
    except (metadata.PackageNotFoundError, ValueError):
        return ""


def named(program: str) -> str:
    """Return a program with its version where that is known."""
    return " ".join(filter(None, (program, version_of(program))))


def _placed(finding: Finding, within: str) -> Finding:
    return finding if finding.file is None else replace(finding, file=place_of(finding.file, within))


def _of_verdict(verdict: Verdict, validation: Validation) -> Iterator[Row]:
    """Yield the rows of one check: of the files that it is for, and of those that it found something in."""
    errors = Counter(finding.file for finding in verdict.findings if finding.severity == "error")
    left_out: dict[str, str] = dict(verdict.outcome.left_out)
    matched: set[str] = set()
    for pattern in verdict.files:
        for file in _matching(pattern, validation.files, validation.cubes):
            if file not in matched:
                matched.add(file)
                yield _row(verdict, file, pattern, errors, verdict.skipped or left_out.get(file, ""))
    for named_ in errors:
        if named_ is not None and named_ not in matched:
            yield _row(verdict, named_, named_, errors, "")


def _row(verdict: Verdict, file: str, pattern: str, errors: Counter[str | None], skipped: str) -> Row:
    answer = SKIPPED if skipped else FAILED if errors[file] or errors[None] else PASSED
    return Row(file, verdict.name, verdict.by, answer, errors[file], skipped, pattern, errors[None])


def _matching(pattern: str, files: Sequence[str], cubes: Sequence[str]) -> Iterator[str]:
    expression = _expression(pattern, tuple(cubes))
    return (file for file in files if file == pattern or expression.fullmatch(file))


@cache
def _expression(pattern: str, cubes: tuple[str, ...]) -> re.Pattern[str]:
    """Return what the names of files have to match that a check calls so."""
    if pattern == EVERY_FILE:
        return re.compile(".*", re.DOTALL)
    words = {"cube": "|".join(map(re.escape, cubes)) or "(?!)", **_WORDS}
    parts = re.split("<([^>/]*)>", pattern)
    return re.compile(
        "".join(
            f"(?:{words.get(part, '[^/]+')})" if number % 2 else re.escape(part) for number, part in enumerate(parts)
        )
    )
