"""The SDMX structures read back without a library: each message says all of the definition, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.held import held
from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_content_json import read_json
from publisher.checks.sdmx_content_model import DIALECTS, expected
from publisher.checks.sdmx_content_xml import read_xml
from publisher.errors import Finding

RULE = "sdmx-content"

_MOST_MESSAGES = 20
# What stands in an order that counts; languages do not, nor do artefacts.
_ORDERED = ("items", "components", "region")
# Levels of a tree that are not named in messages.
_UNNAMED = (*_ORDERED, "codes")


def check_content(subject: Subject) -> Outcome:
    """Compare what each structure message says with the definition and the observations.

    Of a release of structures alone it is not known what they cover: there it is left to sdmx1.
    """
    if not subject.observations:
        return Outcome(nothing=True)
    covered = {name: held(item) for name, item in subject.observations.items() if item.rows}
    findings: list[Finding] = []
    artefacts = 0
    for dialect in DIALECTS:
        if dialect.file not in subject.files:
            findings.append(Finding(RULE, "is missing", file=dialect.file))
            continue
        try:
            found, faults = (read_xml if dialect.is_xml else read_json)(subject.folder / dialect.file)
        except UnreadableError as error:
            findings.append(Finding(RULE, f"cannot be read: {error}", file=dialect.file))
            continue
        wanted = expected(subject.dataset, subject.edition, covered, dialect)
        messages = (*faults, *differences(found, wanted, ""))
        findings += (Finding(RULE, message, file=dialect.file) for message in islice(messages, _MOST_MESSAGES))
        artefacts += len(found) - 1
    return Outcome(tuple(findings), f"{artefacts:,} artefacts in {len(DIALECTS)} files")


def differences(found: Any, wanted: Any, place: str) -> Iterator[str]:
    """Yield what is missing, not expected, in another order or not the same in a tree."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in dict.fromkeys((*wanted, *found)):
            below = place if key in _UNNAMED else f"{place} / {key}" if place else str(key)
            yield from differences(found.get(key), wanted.get(key), below)
            if key in _ORDERED and key in found and key in wanted:
                yield from _order(list(found[key]), list(wanted[key]), place)
    elif isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        for number, (one, other) in enumerate(zip(found, wanted, strict=True), 1):
            yield from differences(one, other, f"{place} {number}")
    elif found != wanted:
        if isinstance(wanted, dict) and found is None:
            yield f"{place} is missing"
        elif isinstance(found, dict) and wanted is None:
            yield f"{place} is not expected"
        else:
            yield f"{place} is {found!r:.200}, {wanted!r:.200} expected"


def _order(found: list[str], wanted: list[str], place: str) -> Iterator[str]:
    if found != wanted and sorted(found) == sorted(wanted):
        first = next(index for index, (one, other) in enumerate(zip(found, wanted, strict=True)) if one != other)
        yield f"{place} / {found[first]} stands where {wanted[first]} is expected"


CHECKS = (
    Check(
        "SDMX structure content",
        "publisher",
        "fast",
        check_content,
        needs=("sdmx-structure",),
        files=tuple(dialect.file for dialect in DIALECTS),
    ),
)  # fmt: skip
