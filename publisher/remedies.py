"""What to do about a finding, by its rule, where the finding itself says only what is wrong.

What a reader of a source finds mostly says its remedy itself: that depends on the cell. What is wrong with a
definition, and what a check finds in a file, has the same remedy whatever it is: this table has it, and
reports show it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from publisher.errors import Finding

_AGAIN = "build the release again, or take the file from where it was published"
_OURS = "if the release was just built and not touched, that is a fault of publisher: please report it"
_GENERATED = f"{_AGAIN}; {_OURS}"
_MESSAGE = f"correct the message at the place; in a release of publisher, {_AGAIN}"
_DEFINED = "correct the definition at the place; docs/definition.md says of every key and column what may stand there"
# What is wrong with dataset.toml, a codelist or the spellings.
_OF_DEFINITION = (
    "blank", "choice", "csv", "cycle", "id", "iri", "kind", "match", "missing-key", "missing-label", "repeated-code",
    "repeated-spelling", "shape", "toml", "unknown-codelist", "unknown-component", "unknown-cube", "unknown-key",
    "unknown-parent",
)  # fmt: skip

# What a reader can compute of suppressed cells.
_SUPPRESS = (
    "suppress also what the finding names (`publisher audit --suggest` lists it for all), with suppression.secondary "
    'being "present" in dataset.toml; or accept it with --baseline: docs/disclosure.md'
)
_OF_AUDIT = ("exact", "exact average", "group", "width 1")

REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "manifest": f"the folder is not what was published: {_AGAIN}",
        "unreadable-file": _GENERATED,
        "one-truth": _GENERATED,
        "frictionless": f"correct the file or what the descriptor says of it; in a release, {_AGAIN}",
        "data-package": f"correct the file or what datapackage.json says of it; in a release, {_AGAIN}",
        "package-profile": f"correct datapackage.json at the place; in a release, {_AGAIN}",
        "datapackage": f"correct the file or what the descriptor says of it; in a release, {_AGAIN}",
        "csvw": f"correct the file, or what its description says of it; in a release, {_AGAIN}",
        "csvw-triples": _GENERATED,
        "turtle-syntax": f"correct the file at the place; in a release, {_AGAIN}",
        "px": _GENERATED,
        "json-stat": _GENERATED,
        "workbook": _GENERATED,
        "parquet": _GENERATED,
        "rdf-same": _GENERATED,
        "cube-link": _GENERATED,
        "shapes": "see the shape's message and docs/catalog.md; what is missing belongs in dataset.toml",
        "catalogue": _GENERATED,
        "reports": _GENERATED,
        "sdmx-constraint": _MESSAGE,
        "sdmx-content": _MESSAGE,
        "sdmx-csv": _MESSAGE,
        "sdmx-header": _MESSAGE,
        "sdmx-json": _MESSAGE,
        "sdmx-json-schema": _MESSAGE,
        "sdmx-message": _MESSAGE,
        "sdmx-schema": _MESSAGE,
        "sdmx-structure": _MESSAGE,
        "sdmx-twice": _MESSAGE,
        "sdmx-xsd": _MESSAGE,
        "sdmx-reader": "see the program's own words; if other programs read the message, the fault is its",
        "sdmx-delta": "give the release before as it was published (--previous DIR), or build without it",
        "no-data-cube": "name the file that holds the qb:DataSet and qb:DataStructureDefinition too",
        **dict.fromkeys(_OF_DEFINITION, _DEFINED),
        **dict.fromkeys(_OF_AUDIT, _SUPPRESS),
        "below threshold": "suppress the cell, and whatever it can then be computed from: docs/disclosure.md",
        "contradiction": "correct the source, or the rule in rules.toml where it is no rule of the source",
        "unknown-code": "correct the code, or add it to its codelist under schemas/",
        "columns": "name the columns after the components of the cube: docs/sources.md has an example",
        "IC": "see docs/constraints.md for what the constraint asks and how to meet it",
    }
)


def remedy(rule: str) -> str:
    """Return what to do about findings of a rule, empty where each of them says so itself."""
    return REMEDIES.get("IC" if rule.startswith("IC-") else rule, "")


def remedies(findings: Iterable[Finding]) -> dict[str, str]:
    """Return what to do by rule, for the findings that ask for something to be done, in their order."""
    rules = dict.fromkeys(finding.rule for finding in findings if finding.severity != "information")
    return {rule: text for rule in rules if (text := remedy(rule))}
