"""SDMX-JSON data under the official JSON schemas of 1.0 and 2.0.0, with nothing tolerated.

jsonschema looks at some ten thousand observations a second. Above a limit it is given each message with
its first series only: the other series are of the same few lines, and the reader that compares the
observations refuses any line that is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.json_schemas import compiled
from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_json_lines import with_first_series
from publisher.definition import patterns
from publisher.errors import Finding

if TYPE_CHECKING:
    from jsonschema import ValidationError

RULE = "sdmx-json-schema"

# What takes jsonschema about a second.
_MOST_ROWS = 15_000
_MOST_FINDINGS = 20
_DATA_SETS = "$.data.dataSets"
_FOLDERS = {"1.0": "sdmx10", "2.0": "sdmx20"}
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}([.]\d+)?(Z|[+-]\d{2}:\d{2})")


def run(subject: Subject) -> Outcome:
    """Hold every message against the schema of its version."""
    return _validate(subject, _whole, "files")


def run_on_openings(subject: Subject) -> Outcome:
    """Hold every message, with no series but its first, against the schema of its version."""
    return _validate(subject, with_first_series, "files, of each the first series")


def _validate(subject: Subject, text_of: Callable[[Path], str], what: str) -> Outcome:
    findings: list[Finding] = []
    files = 0
    for cube in subject.observations:
        for number in _FOLDERS:
            path = f"sdmx/{cube}/data-{number}.json"
            if path not in subject.files:
                findings.append(Finding(RULE, "is missing", file=path, cube=cube))
                continue
            files += 1
            faults = _faults(number, subject.folder / path, text_of)
            findings += (Finding(RULE, message, file=path, cube=cube) for message in islice(faults, _MOST_FINDINGS))
    return Outcome(tuple(findings), f"{files} {what}")


def _faults(number: str, path: Path, text_of: Callable[[Path], str]) -> Iterator[str]:
    """Yield each fault of a message, with its place."""
    try:
        message = json.loads(text_of(path))
    except (UnreadableError, OSError, ValueError, RecursionError) as error:
        yield f"cannot be read: {error}"
        return
    for fault in _validator(number).iter_errors(message):
        yield f"{fault.json_path}: {_said(fault)}"


def _said(fault: ValidationError) -> str:
    """Return what is wrong; of what stands in a data set nothing, for it may be a hidden value."""
    path = fault.json_path
    if path.startswith(_DATA_SETS) or _DATA_SETS.startswith(path):
        return f"breaks '{fault.validator}' of the schema, {json.dumps(fault.validator_value):.200}"
    return " ".join(fault.message.split())[:300]


def _whole(path: Path) -> str:
    return path.read_bytes().decode()


@lru_cache
def _validator(number: str) -> Any:
    """Return the validator of a version; the formats that the schema names hold."""
    from jsonschema import FormatChecker

    formats = FormatChecker(())
    formats.checks("date-time")(lambda value: not isinstance(value, str) or _MOMENT.fullmatch(value) is not None)
    formats.checks("uri")(lambda value: not isinstance(value, str) or patterns.IRI.fullmatch(value) is not None)
    return compiled(f"{_FOLDERS[number]}/sdmx-json-data-schema.json", formats)


CHECKS = (
    Check(
        "SDMX-JSON schemas",
        "jsonschema",
        "fast",
        run,
        most_rows=_MOST_ROWS,
        twin=run_on_openings,
        twin_by="jsonschema",
        needs=("sdmx-json",),
        files=tuple(f"sdmx/<cube>/data-{number}.json" for number in _FOLDERS),
    ),
)
