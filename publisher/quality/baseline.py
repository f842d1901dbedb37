"""Findings that are known and accepted, by fingerprints that carry no value."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from publisher.errors import InputError

_FINGERPRINT = re.compile("[0-9a-f]{16}")
_REMEDY = "give the JSON report of an audit (publisher audit --format json), or a list of its fingerprints"


def read_baseline(path: Path) -> frozenset[str]:
    """Return the fingerprints that a file lists: those of a JSON report's findings, or a list of them.

    Raises InputError for a file that is neither.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"--baseline {path}: {error.strerror}: {_REMEDY}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"--baseline {path} is no JSON ({error}): {_REMEDY}") from error
    listed = _listed(said)
    if listed is None:
        raise InputError(f"--baseline {path} has no list of findings: {_REMEDY}")
    for number, word in enumerate(listed, 1):
        if not isinstance(word, str) or not _FINGERPRINT.fullmatch(word):
            raise InputError(f"--baseline {path}: item {number} is no fingerprint, which has 16 digits: {_REMEDY}")
    return frozenset(listed)


def _listed(said: Any) -> list[Any] | None:
    """Return what stands where fingerprints do; findings without one, as those of rules, are not accepted."""
    if isinstance(said, list):
        return said
    findings = said.get("findings") if isinstance(said, dict) else None
    if not isinstance(findings, list) or not all(isinstance(finding, dict) for finding in findings):
        return None
    listed = [finding["fingerprint"] for finding in findings if "fingerprint" in finding]
    for finding in findings:  # of the findings that were only counted
        more = finding.get("fingerprints", [])
        listed += more if isinstance(more, list) else [more]
    return listed
