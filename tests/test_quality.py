"""Rules asked of figures: what holds, what does not, and how that is told."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil, floor
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from helpers import PROJECT, tree
from hypothesis import given
from hypothesis import strategies as st
from quality_fixture import Made, facts, mutation_table, mutations, report

from publisher.cli import cli
from publisher.quality.cells import Cells
from publisher.quality.check import check_cells
from publisher.quality.relations import Relations, least_sum, most_sum, rounded
from publisher.rules import ROUNDINGS, Rounding, Rule

REPORT = "raw/nav-tilt140/2024-11.txt"
ESTABLISHMENTS = "FREQ,REGION,SECTOR,TIME_PERIOD,OBS_VALUE"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def told(made: Made, cube: str = "establishments") -> list[str]:
    return [str(finding) for finding in made.checked().findings if finding.cube == cube]


# The real report


def test_the_relations_of_the_report_are_counted_and_hold() -> None:
    _, cells = report()
    counts: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    for item in facts():
        assert not item.violated(cells).any()
        counts[item.rule.id] += len(item)
        hidden[item.rule.id] += int(item.with_hidden(cells).sum())
    assert counts == {"sums-of-parts": 506, "participant-groups": 88, "repeated-totals": 504, "means": 339}
    assert (hidden["sums-of-parts"], hidden["means"]) == (132, 43)
    (means,) = ([item for item in facts() if item.rule.kind == "mean"],)
    assert sum(int(cells.hidden[item.totals].sum()) for item in means) == 27


def test_the_share_of_changed_numbers_that_is_detected_is_that_of_the_documentation() -> None:
    shares = {name: 100 * detected / tried for name, (detected, tried) in mutations().items()}
    assert shares["+1"] >= 75
    assert shares["-1"] >= 69
    assert shares["+10"] == shares["last digit lost"] == 100
    assert shares["two digits swapped"] > 99.7
    assert shares["value to `*`"] >= 98
    assert "\n".join(mutation_table()) in (PROJECT / "docs" / "quality.md").read_text(encoding="utf-8")


def cell_of(cells: Cells, cube: str, key: str) -> int:
    (found,) = (item for item in cells.cubes if item.cube.id == cube)
    return next(cell for cell in range(found.first, found.first + found.count) if found.key(cell) == key)


def test_what_a_hidden_culprit_would_have_to_be_is_not_told() -> None:
    dataset, cells = report()
    cell = cell_of(cells, "participant-group", "M.INDOPPFAG._T.2024-01")
    before = cells.low[cell], cells.high[cell]
    cells.low[cell], cells.high[cell], cells.hidden[cell] = 0, 3, True
    try:
        findings = check_cells(dataset, cells, {}).findings
    finally:
        (cells.low[cell], cells.high[cell]), cells.hidden[cell] = before, False
    told = [finding.message for finding in findings if "likeliest culprit" in finding.message]
    assert len(told) == 4
    assert not any(" violations, with " in message for message in told)


def test_a_mean_that_says_another_number_of_parts_than_there_are_is_found() -> None:
    dataset, cells = report()
    counts = cells.integers["sex", "MONTHS_COVERED"]
    row = int(np.nonzero(counts == 11)[0][0])
    assert check_cells(dataset, cells, {}).findings
    changed = np.where(np.arange(len(counts)) == row, 10, counts)
    other = replace(cells, integers={**cells.integers, ("sex", "MONTHS_COVERED"): changed})
    (error,) = (item for item in check_cells(dataset, other, {}).findings if item.severity == "error")
    assert (error.rule, error.cube) == ("means", "sex")
    assert "says 10 in MONTHS_COVERED, but 11 parts of it are there" in error.message


# Kinds of rule


def test_parts_add_up_along_a_hierarchy_and_a_level_that_is_left_out_is_passed_over(made: Made) -> None:
    made.rules('[rules.regions]\nkind = "sum"\nover = ["REGION"]\ncubes = ["establishments"]\n')
    rows = ["Q,_T,_T,2024-Q1,60", "Q,N1,_T,2024-Q1,20", "Q,N2,_T,2024-Q1,30", "Q,0301,_T,2024-Q1,10"]
    made.cube("establishments", ESTABLISHMENTS, *rows)
    assert told(made) == []
    made.cube("establishments", ESTABLISHMENTS, *rows, "Q,N,_T,2024-Q1,51")
    messages = told(made)
    assert len(messages) == 2
    assert "establishments.csv:2: establishments Q._T._T.2024-Q1: is 60, but its 2 parts on lines 5 to 6" in messages[1]
    assert (
        "establishments.csv:6: establishments Q.N._T.2024-Q1: is 51, but its 2 parts on lines 3 to 4 add up to 50"
        in (messages[0])
    )
    assert all("the likeliest culprit is establishments Q.N._T.2024-Q1 (line 6)" in message for message in messages)
    assert all("explains 2 violations, with 50" in message for message in messages)


@pytest.mark.parametrize("secondary", ["none", "present"])
def test_a_hidden_part_is_an_interval_and_one_of_any_size_has_no_upper_end(made: Made, secondary: str) -> None:
    made.rules(
        '[rules.sectors]\nkind = "sum"\nover = ["SECTOR"]\ncubes = ["establishments"]\nfilter = {FREQ = ["Q"]}\n'
    )
    made.threshold(f'threshold = 3\nsecondary = "{secondary}"')
    said = {}
    for total in (19, 20, 22, 23):
        rows = (f"Q,N,_T,2024-Q1,{total}", "Q,N,A-B,2024-Q1,20", "Q,N,C$1,2024-Q1,")
        made.cube("establishments", ESTABLISHMENTS, *rows)
        said[total] = told(made)
    assert {total for total, messages in said.items() if messages} == ({19, 23} if secondary == "none" else {19})
    added = "20 to 22" if secondary == "none" else "20 or more"
    assert f"its 2 parts on lines 3 to 4 add up to {added} (1 of them hidden): a gap of 1" in said[19][0]


def test_the_parts_of_a_violated_sum_are_named_for_programs_with_key_and_line(made: Made) -> None:
    made.rules('[rules.sectors]\nkind = "sum"\nover = ["SECTOR"]\ncubes = ["establishments"]\n')
    made.cube("establishments", ESTABLISHMENTS, "Q,N,_T,2024-Q1,30", "Q,N,A-B,2024-Q1,20", "Q,N,C$1,2024-Q1,9")
    (found,) = [finding for finding in made.checked().findings if finding.cube == "establishments"]
    assert found.properties["parts"] == [
        {"cube": "establishments", "key": "Q.N.A-B.2024-Q1", "line": 3},
        {"cube": "establishments", "key": "Q.N.C$1.2024-Q1", "line": 4},
    ]


def test_a_hidden_total_of_printed_parts_must_fit_the_published_rule(made: Made) -> None:
    made.rules(
        '[rules.sectors]\nkind = "sum"\nover = ["SECTOR"]\ncubes = ["establishments"]\nfilter = {FREQ = ["Q"]}\n'
    )
    made.threshold('threshold = 3\nsecondary = "none"')
    made.cube("establishments", ESTABLISHMENTS, "Q,N,_T,2024-Q1,", "Q,N,A-B,2024-Q1,20")
    assert "is hidden, and so 0 to 2, but its 1 part on line 3 adds up to 20: a gap of 18" in told(made)[0]


def test_the_same_figure_in_two_cubes_must_be_the_same(made: Made) -> None:
    made.rules('[rules.same]\nkind = "identical"\ncubes = ["establishments", "jobs"]\n')
    made.cube("establishments", ESTABLISHMENTS, "Q,N,_T,2024-Q1,20", "Q,N,A-B,2024-Q1,5")
    made.cube("jobs", "FREQ,REGION,TIME_PERIOD,OBS_VALUE", "Q,N,2024-Q1,21", "Q,N1,2024-Q1,4")
    assert made.checked().relations == {"same": (1, 0)}
    (message,) = told(made)
    assert message.startswith(
        "establishments.csv:2: establishments Q.N._T.2024-Q1: is 20, but 21 in jobs N.Q.2024-Q1 (jobs.csv line 2)"
    )


def test_a_hidden_figure_does_not_stand_between_two_printed_ones_that_differ(made: Made) -> None:
    made.rules('[rules.same]\nkind = "identical"\ncubes = ["establishments", "jobs"]\n')
    made.cube("establishments", ESTABLISHMENTS, "Q,N,_T,2024-Q1,", "Q,N1,_T,2024-Q1,")
    made.cube("jobs", "FREQ,REGION,TIME_PERIOD,OBS_VALUE", "Q,N,2024-Q1,1", "Q,N1,2024-Q1,21")
    made.threshold('threshold = 3\nsecondary = "none"')
    (message,) = told(made, "jobs")
    assert "jobs N1.Q.2024-Q1: is 21, but 0 to 2 in establishments Q.N1._T.2024-Q1" in message


def test_what_stands_above_the_code_that_a_rule_calls_the_total_is_no_part_of_it(made: Made) -> None:
    made.rules('[rules.north]\nkind = "sum"\nover = ["REGION"]\ntotals = {REGION = "N"}\ncubes = ["jobs"]\n')
    rows = ["Q,_T,2024-Q1,99", "Q,N,2024-Q1,9", "Q,N1,2024-Q1,4", "Q,N2,2024-Q1,5"]
    made.cube("jobs", "FREQ,REGION,TIME_PERIOD,OBS_VALUE", *rows)
    assert made.checked().findings == ()
    assert made.checked().relations == {"north": (1, 0)}


def test_a_rule_that_finds_nothing_to_compare_says_so(made: Made) -> None:
    made.rules('[rules.north]\nkind = "sum"\nover = ["REGION"]\nfilter = {REGION = ["N1"]}\ncubes = ["jobs"]\n')
    (finding,) = made.checked().findings
    assert (finding.rule, finding.severity) == ("north", "warning")
    assert "finds nothing to compare" in finding.message


def test_figures_with_fifteen_decimals_are_compared_exactly(made: Made) -> None:
    path = made.schemas / "dataset.toml"
    text = path.read_text(encoding="utf-8").replace("decimals = 2", "decimals = 15")
    path.write_text(text.replace('threshold = 3\nsecondary = "present"', 'threshold = 10000\nsecondary = "none"'))
    made.rules('[rules.sectors]\nkind = "sum"\nover = ["SECTOR"]\ncubes = ["turnover"]\n')
    (made.raw / "turnover.parquet").unlink()
    great = "12345678901234567.000000000000001"
    rows = [f"Q,_T,2024-Q1,{great}", f"Q,A-B,2024-Q1,{great}", "Q,_T,2024-Q2,", "Q,A-B,2024-Q2,", "Q,C$1,2024-Q2,"]
    made.cube("turnover", "FREQ,SECTOR,TIME_PERIOD,OBS_VALUE", *rows)
    assert told(made, "turnover") == []
    made.cube("turnover", "FREQ,SECTOR,TIME_PERIOD,OBS_VALUE", *rows[1:], f"Q,_T,2024-Q1,{great[:-1]}2")
    assert "a gap of 0.000000000000001" in told(made, "turnover")[0]


def test_a_negative_number_can_be_the_culprit(made: Made) -> None:
    made.rules(
        '[rules.sectors]\nkind = "sum"\nover = ["SECTOR"]\ncubes = ["turnover"]\n'
        '[rules.years]\nkind = "sum"\nof = "Q"\nto = "A"\ncubes = ["turnover"]\n'
    )
    (made.raw / "turnover.parquet").unlink()
    rows = [
        f"{frequency},{sector},{period},{value}"
        for frequency, period in (("A", "2024"), ("Q", "2024-Q1"))
        for sector, value in (("_T", 10), ("A-B", 20), ("C$1", 99 if frequency == "Q" else -10))
    ]
    made.cube("turnover", "FREQ,SECTOR,TIME_PERIOD,OBS_VALUE", *rows)
    messages = told(made, "turnover")
    assert len(messages) == 2
    assert all("Q.C$1.2024-Q1 (line 7): another number there explains 2 violations, with -10.00" in m for m in messages)


def test_of_many_violations_the_first_hundred_are_told_and_the_others_counted(made: Made) -> None:
    made.rules('[rules.least]\nkind = "sum"\nover = ["SECTOR"]\ncubes = ["establishments"]\n')
    rows = [f"A,N,{sector},{year},{3 + (sector == '_T')}" for year in range(1800, 1950) for sector in ("_T", "A-B")]
    made.cube("establishments", ESTABLISHMENTS, *rows)
    findings = made.checked().findings
    assert len(findings) == 101
    assert findings[-1].message == "and 50 more violations of rule 'least'"


def test_a_mean_says_of_how_many_parts_it_is_and_how_it_is_rounded(made: Made) -> None:
    made.rules('[rules.years]\nkind = "mean"\nof = "Q"\nto = "A"\ncubes = ["jobs"]\n')
    quarters = [f"Q,N,2024-Q{quarter},{value}" for quarter, value in ((1, 10), (2, 11), (3, 10), (4, 11))]
    for value, holds in ((10, False), (11, True), (12, False)):
        made.cube("jobs", "FREQ,REGION,TIME_PERIOD,OBS_VALUE", *quarters, f"A,N,2024,{value}")
        assert (told(made, "jobs") == []) is holds
    assert (
        "its 4 parts on lines 2 to 5 add up to 42, and for that mean, rounded half up, they must to 46 to 49"
        in (told(made, "jobs")[0])
    )


def test_values_below_a_minimum_and_outside_a_range_are_told(made: Made) -> None:
    made.rules(
        '[rules.least]\nkind = "minimum"\nlow = 3\ncubes = ["establishments"]\n'
        '[rules.share]\nkind = "range"\nlow = 1\nhigh = 20.5\ncubes = ["establishments"]\n'
    )
    made.cube("establishments", ESTABLISHMENTS, "Q,N,_T,2024-Q1,2", "Q,N,A-B,2024-Q1,", "Q,N,C$1,2024-Q1,21")
    assert [message.split(" (rule")[0] for message in told(made)] == [
        "establishments.csv:2: establishments Q.N._T.2024-Q1: is 2, but the rule says 3 or more",
        "establishments.csv:4: establishments Q.N.C$1.2024-Q1: is 21, but the rule says 1 to 20.5",
    ]


def test_a_combination_that_is_not_there_is_told(made: Made) -> None:
    made.rules('[rules.all]\nkind = "complete"\ncubes = ["jobs"]\nseverity = "warning"\nexclude = {REGION = ["N2"]}\n')
    rows = ["Q,N,2024-Q1,4", "Q,N1,2024-Q1,4", "Q,N,2024-Q2,4", "Q,N2,2024-Q1,4"]
    made.cube("jobs", "FREQ,REGION,TIME_PERIOD,OBS_VALUE", *rows)
    (finding,) = made.checked().findings
    assert (finding.rule, finding.severity, finding.cube, finding.key) == ("all", "warning", "jobs", "N1.Q.2024-Q2")
    assert "is not there, although each of its codes is" in finding.message


# Rounding and intervals, by brute force


def by_definition(total: int, size: int, rounding: Rounding) -> int:
    mean = Fraction(total, size)
    half = Fraction(1, 2)
    return {
        "half up": floor(mean + half),
        "half even": round(mean),
        "down": floor(mean),
        "up": ceil(mean),
    }[rounding]


@given(st.integers(-200, 200), st.integers(1, 13), st.sampled_from(ROUNDINGS))
def test_the_sums_of_a_rounded_mean_are_those_that_round_to_it(total: int, size: int, rounding: Rounding) -> None:
    mean = by_definition(total, size, rounding)
    assert rounded(total, size, rounding) == mean
    assert least_sum(mean, size, rounding) <= total <= most_sum(mean, size, rounding)
    assert by_definition(least_sum(mean, size, rounding) - 1, size, rounding) < mean
    assert by_definition(most_sum(mean, size, rounding) + 1, size, rounding) > mean


FIGURE = st.one_of(st.none(), st.integers(0, 5))


@given(st.lists(FIGURE, min_size=1, max_size=4), FIGURE, st.sampled_from((None, *ROUNDINGS)))
def test_a_relation_is_violated_where_no_completion_of_its_hidden_cells_fits(
    parts: list[int | None], total: int | None, rounding: Rounding | None
) -> None:
    figures = [*parts, total]
    low = np.array([0 if figure is None else figure for figure in figures])
    high = np.array([3 if figure is None else figure for figure in figures])
    hidden = np.array([figure is None for figure in figures])
    cells = Cells((), low, high, hidden, False, np.zeros(len(figures), dtype=np.int64), {})
    size = len(parts)
    relation = Relations(Rule("r", "sum", ()), np.arange(size), np.array([0, size]), np.array([size]), rounding)
    completions = product(*(range(4) if figure is None else (figure,) for figure in figures))
    fits = any(
        (sum(values[:-1]) if rounding is None else by_definition(sum(values[:-1]), size, rounding)) == values[-1]
        for values in completions
    )
    assert bool(relation.violated(cells)[0]) is not fits


# Builds


def changed_report(project: Path, line: int, before: str, after: str) -> None:
    path = project / REPORT
    lines = path.read_text(encoding="utf-8").split("\n")
    assert before in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(before, after, 1)
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")


@pytest.mark.slow
def test_a_build_whose_figures_do_not_agree_writes_nothing_and_names_the_culprit(project: Path) -> None:
    shutil.copytree(PROJECT / "output" / "nav-tilt140", project / "output" / "nav-tilt140")
    before = tree(project / "output")
    changed_report(project, 19, "8 407", "8 417")
    answer = CliRunner().invoke(cli, ["build", "--project", str(project), "--format", "json"])
    assert answer.exit_code == 1
    said = json.loads(answer.stdout)
    found = [finding for finding in said["findings"] if finding["severity"] == "error"]
    assert Counter(finding["rule"] for finding in found) == {
        "sums-of-parts": 1,
        "participant-groups": 1,
        "repeated-totals": 6,
    }
    culprit = (
        "the likeliest culprit is participant-group M.INDOPPFAG._T.2024-01 (line 19): another number there explains"
    )
    assert all(culprit in finding["message"] and finding["line"] for finding in found)
    assert said["datasets"][0]["files"] == 0
    assert tree(project / "output") == before


@pytest.mark.slow
def test_a_number_that_is_hidden_by_mistake_is_found_and_not_told(project: Path) -> None:
    changed_report(project, 19, "8 407", "*")
    answer = CliRunner().invoke(cli, ["build", "--project", str(project), "--only", "csv"])
    assert answer.exit_code == 1
    assert "is hidden, and so 0 to 3, but" in answer.stdout
    assert "wrote    nothing: what rules or audit refuse is not published" in answer.stdout
    assert not (project / "output").exists()
