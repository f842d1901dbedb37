"""The SDMX-CSV files that a definition asks for beside the contract's: the same observations, the right names."""

from __future__ import annotations

import re

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.one_truth import differences
from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_csv_columns import read_csv
from publisher.errors import Finding
from publisher.formats.sdmx_csv_message import PARAMETERS, Variant, variant_of
from publisher.observations import Observations

RULE = "sdmx-csv"

_FILE = re.compile(r"sdmx/[^/]+/(?P<file>data-[^/]+[.]csv)")


def run(subject: Subject) -> Outcome:
    """Read every variant of every cube; without its names it must hold the observations there are."""
    variants = [variant_of(text) for text in subject.dataset.formats.get("sdmx-csv", {}).get("variants", ())]
    findings = []
    rows = 0
    for observations in subject.observations.values():
        for variant in variants:
            findings += _compare(subject, observations, variant)
            rows += observations.rows
    expected = {variant.file for variant in (*variants, *map(Variant, PARAMETERS["version"]))}
    for path in sorted(subject.files):
        if (match := _FILE.fullmatch(path)) and match["file"] not in expected:
            findings.append(Finding(RULE, "is no variant that the definition asks for", file=path))
    looked_at = f"{len(variants)} variants, {rows:,} observations"
    return Outcome(tuple(findings), looked_at, nothing=not variants and not findings)


def _compare(subject: Subject, observations: Observations, variant: Variant) -> list[Finding]:
    """Return what is wrong with one variant of one cube."""
    cube = observations.cube
    path = f"sdmx/{cube.id}/{variant.file}"
    if path not in subject.files:
        return [Finding(RULE, "is missing", file=path, cube=cube.id)]
    try:
        return differences(observations, read_csv(subject.folder / path, cube, subject.dataset, variant), path)
    except UnreadableError as error:
        return [Finding(RULE, str(error), file=path, cube=cube.id)]


_FILES = ("sdmx/<cube>/data-<variant>.csv",)
CHECKS = (Check("SDMX-CSV variants", "publisher", "fast", run, needs=("sdmx-csv",), files=_FILES),)
