"""Whatever a check finds, a person is told what to do: by the finding itself, or by its rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from publisher.errors import Finding
from publisher.quality.leaks import KINDS
from publisher.remedies import REMEDIES, remedies, remedy

PACKAGE = Path(__file__).parents[1] / "publisher"
# Each finding of these says its remedy itself.
SAY_IT = {"archive", "bound-size", "not-looked-at", "previous", "stale", "usage"}

# The same of a definition: what to write depends on the cell.
SAID_AT_THE_PLACE = {"cells", "empty", "label", "not-utf-8", "unreadable"}


def rules_of(path: Path) -> Iterator[str]:
    """Yield the rules that a module names, as a word in a finding or as its constant."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding" and node.args:
            value = node.args[0]
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").strip("_") == "RULE":
            value = node.value
        else:
            continue
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def test_every_rule_of_a_check_has_a_remedy() -> None:
    folders = ("checks", "engines", "release", "validate")
    named = {rule for folder in folders for path in (PACKAGE / folder).rglob("*.py") for rule in rules_of(path)}
    assert len(named) > 20
    assert named - SAY_IT - {rule for rule in named if remedy(rule)} == set()


def faults_of(path: Path) -> Iterator[str]:
    """Yield the rules of the faults that a module of the definition notes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "fault" and node.args:
            value = node.args[0]
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def test_every_rule_of_a_definition_has_a_remedy() -> None:
    named = {rule for path in (PACKAGE / "definition").rglob("*.py") for rule in faults_of(path)}
    assert len(named) > 20
    assert {rule for rule in named if not remedy(rule)} == SAID_AT_THE_PLACE


def test_every_kind_of_finding_of_the_audit_that_asks_for_something_has_a_remedy() -> None:
    asking = [kind.name for kind in KINDS if kind.severity != "information"]
    assert len(asking) > 4
    assert all(remedy(kind) for kind in (*asking, "contradiction"))


def test_what_cannot_be_read_to_build_from_is_no_fault_of_a_release() -> None:
    assert remedy("unreadable") == ""
    assert "build the release again" in remedy("unreadable-file")


def test_a_remedy_is_said_once_by_rule_and_for_what_asks_for_it() -> None:
    findings = [Finding("IC-12", "twice"), Finding("IC-12", "again"), Finding("px", "so", "information")]
    assert remedies(findings) == {"IC-12": REMEDIES["IC"]}
