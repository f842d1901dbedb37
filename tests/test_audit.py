"""`publisher audit` on the real report: the figures, the findings, and what they ask to suppress."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from helpers import PROJECT
from quality_fixture import report

from publisher.cli import cli
from publisher.errors import Finding
from publisher.quality.audit import Asked, Audited, audit
from publisher.quality.cells import Cells
from publisher.quality.check import check_cells
from publisher.quality.disclosure import disclose
from publisher.quality.published import Published, published
from publisher.quality.relations import Relations


@cache
def real() -> Published:
    return facts_of(report()[1])


def facts_of(cells: Cells) -> Published:
    dataset = report()[0]
    return published(dataset, cells, check_cells(dataset, cells, {}))


@cache
def audited(suggest: bool = False) -> Audited:
    return audit(real(), {cube.id: "report.txt" for cube in report()[0].cubes}, Asked(suggest=suggest))


def run(*words: str) -> tuple[int, Any]:
    answer = CliRunner().invoke(cli, ["audit", "--project", str(PROJECT), "--format", "json", *words])
    return answer.exit_code, json.loads(answer.stdout)


def of_kind(kind: str) -> Sequence[Finding]:
    return [finding for finding in audited().findings if finding.rule == kind]


def cell_of(cube: str, key: str) -> int:
    cells = real().cells
    found = next(item for item in cells.cubes if item.cube.id == cube)
    return next(cell for cell in range(found.first, found.first + found.count) if found.key(cell) == key)


def test_the_figures_are_those_of_the_domain() -> None:
    code, said = run()
    assert code == 0
    assert (said["hidden"], said["width"]) == (350, {"0": 82, "1": 62, "2": 62, "3": 144})
    assert said["exact"] == {"zero": 49, "positive": 33}
    assert {cube: tuple(counts.values()) for cube, counts in said["by_cube"].items()} == {
        "participant-group": (2, 2),
        "county": (290, 32),
        "sex": (0, 0),
        "age": (17, 7),
        "immigration": (0, 0),
        "country-background": (34, 34),
        "education": (7, 7),
    }
    assert said["averages"] == {"hidden": 27, "exact": 6}
    assert said["groups_below_threshold"] == 54
    assert {rule: tuple(counts.values()) for rule, counts in said["relations"].items()} == {
        "sums-of-parts": (506, 132),
        "participant-groups": (88, 2),
        "repeated-totals": (504, 0),
        "means": (339, 43),
    }
    assert said["inexact"] == 0
    assert "cells" not in said
    kinds = Counter((finding["rule"], finding["severity"]) for finding in said["findings"])
    assert kinds == {
        ("exact", "warning"): 82,
        ("exact average", "warning"): 6,
        ("group", "warning"): 54,
        ("width 1", "warning"): 62,
        ("width 2", "information"): 62,
        ("absent row", "information"): 1,
    }


def test_57_cells_follow_from_one_subtraction_and_25_from_a_remainder_of_zero() -> None:
    single = zero = 0
    cells = real().cells
    for cell in np.nonzero(audited().found.exact & audited().own)[0].tolist():
        alone = nothing_left = False
        for item in real().relations:
            for index in item.containing(cell) if item.rounding is None else ():
                parts = item.parts_of(index)
                alone |= int(cells.hidden[parts].sum()) == 1
                nothing_left |= int(cells.low[item.totals[index]]) == int(cells.low[parts].sum())
        single += alone
        zero += not alone and nothing_left
    assert (single, zero) == (57, 25)


def test_before_a_release_what_can_be_computed_is_an_error() -> None:
    code, said = run("--profile", "pre-release")
    assert code == 1
    severities = {finding["rule"]: finding["severity"] for finding in said["findings"]}
    assert severities == {
        "exact": "error",
        "exact average": "error",
        "group": "error",
        "width 1": "warning",
        "width 2": "information",
        "absent row": "information",
    }


def test_no_value_and_no_zero_is_in_what_is_said_of_a_cell() -> None:
    # Two cells of which one is zero and the other is not are told of in the same words.
    found = audited().found
    by_value: dict[bool, set[str]] = {True: set(), False: set()}
    for finding in of_kind("exact"):
        value = int(found.low[cell_of(finding.cube or "", finding.key or "")])
        sentence = finding.message.split(":")[0]
        by_value[value == 0].add(sentence)
        assert "low" not in finding.properties
        assert "high" not in finding.properties
    assert by_value[True] == by_value[False]
    assert len(by_value[True]) == 1


def test_revealed_are_all_hidden_cells_with_bounds_that_hold_the_published_rule() -> None:
    _, said = run("--reveal")
    assert len(said["cells"]) == 377
    assert all(0 <= cell["low"] <= cell["high"] <= 3 for cell in said["cells"])
    monthly = [cell for cell in said["cells"] if cell["key"]["FREQ"] == "M"]
    assert Counter(str(cell["high"] - cell["low"]) for cell in monthly) == said["width"]


def test_a_finding_names_the_relations_that_prove_it_and_nothing_else_is_needed() -> None:
    cells = real().cells
    places = {_named(place, real().relations): place for place in _places(real().relations)}
    for finding in (*of_kind("exact"), *of_kind("exact average")):
        named = [
            (item["rule"], _text(item["total"]), *map(_text, item["parts"])) for item in finding.properties["relations"]
        ]
        proof = [places[name] for name in named]
        alone = [_only(real().relations[number], index) for number, index in proof]
        cell = cell_of(finding.cube or "", finding.key or "")
        again = disclose(cells, alone)
        assert again.exact[cell], finding
        assert again.low[cell] == audited().found.low[cell]


@pytest.mark.slow
def test_what_a_finding_asks_to_suppress_makes_it_go_away_and_each_cell_of_it_is_needed() -> None:
    kinds = {"exact": 0, "exact average": 0, "width 1": 1, "width 2": 2}
    sizes: Counter[int] = Counter()
    for kind, spread in kinds.items():
        findings = of_kind(kind)
        several = [finding for finding in findings if len(finding.properties["suppress"]) > 1]
        for finding in (*several, *findings[::4]):
            cell = cell_of(finding.cube or "", finding.key or "")
            more = [cell_of(item["cube"], item["key"]) for item in finding.properties["suppress"]]
            sizes[len(more)] += 1
            assert not _known(cell, spread, more), finding
            if len(more) > 1:
                assert all(_known(cell, spread, [other for other in more if other != one]) for one in more), finding
    assert sizes[0] == 0


def test_a_group_is_protected_by_a_cell_that_hides_its_sum() -> None:
    for finding in of_kind("group"):
        more = [cell_of(item["cube"], item["key"]) for item in finding.properties["suppress"]]
        suppressed = facts_of(_suppressed(more))
        again = audit(suppressed, {}, Asked())
        key = (finding.rule, finding.cube, finding.key)
        assert key not in {(other.rule, other.cube, other.key) for other in again.findings}
        if finding is of_kind("group")[4]:
            break


def test_the_list_for_all_findings_leaves_no_error() -> None:
    more = audited(suggest=True).suggested
    assert more
    again = audit(facts_of(_suppressed(more)), {}, Asked())
    assert [finding for finding in again.findings if finding.severity == "error"] == []


def test_a_baseline_accepts_findings_by_fingerprints(tmp_path: Any) -> None:
    _, said = run()
    (tmp_path / "known.json").write_text(json.dumps(said))
    code, again = run("--profile", "pre-release", "--baseline", str(tmp_path / "known.json"))
    assert code == 0
    assert (again["accepted"], again["gone"]) == (len(said["findings"]), 0)
    prints = [finding["fingerprint"] for finding in said["findings"]]
    assert len(set(prints)) == len(prints)
    (tmp_path / "some.json").write_text(json.dumps([*prints[1:], "0123456789abcdef"]))
    code, again = run("--profile", "pre-release", "--baseline", str(tmp_path / "some.json"))
    assert code == 1
    assert (again["accepted"], again["gone"]) == (len(prints) - 1, 1)
    assert [finding["fingerprint"] for finding in again["findings"] if finding["severity"] == "error"] == prints[:1]


@pytest.mark.parametrize("text", ["{", '{"a": 1}', '["zz"]', '{"findings": [1]}', "[1]", "7"])
def test_a_file_that_is_no_baseline_is_refused_with_what_to_do(tmp_path: Any, text: str) -> None:
    (tmp_path / "known.json").write_text(text)
    code, said = run("--baseline", str(tmp_path / "known.json"))
    assert code == 2
    assert "publisher audit --format json" in said["findings"][0]["message"]


def _known(cell: int, spread: int, more: Sequence[int]) -> bool:
    """Say whether a cell is still known as narrowly, with more cells suppressed and any of them of any size."""
    facts_again = facts_of(_suppressed(more))
    again = disclose(facts_again.cells, facts_again.relations)
    return not again.endless[cell] and bool(again.high[cell] - again.low[cell] <= spread)


def _suppressed(more: Sequence[int]) -> Cells:
    cells = report()[1]
    hidden = cells.hidden.copy()
    hidden[list(more)] = True
    return replace(cells, hidden=hidden, low=np.where(hidden, 0, cells.low), unbounded=True)


def _places(relations: Sequence[Relations]) -> list[tuple[int, int]]:
    return [place for number, item in enumerate(relations) for place in product([number], range(len(item)))]


def _named(place: tuple[int, int], relations: Sequence[Relations]) -> tuple[str, ...]:
    item, index = relations[place[0]], place[1]
    named = [item.rule.id]
    for cell in (int(item.totals[index]), *item.parts_of(index).tolist()):
        cube = real().cells.of(cell)
        named.append(f"{cube.cube.id} {cube.key(cell)}")
    return tuple(named)


def _text(cell: dict[str, str]) -> str:
    return f"{cell['cube']} {cell['key']}"


def _only(item: Relations, index: int) -> Relations:
    return item.chosen([index])
