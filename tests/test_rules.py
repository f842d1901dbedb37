"""``rules.toml``: read into rules, or refused with every fault, its line and what may stand there."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import made_up
import pytest
from helpers import PROJECT
from quality_fixture import Made

from publisher import periods
from publisher.definition import read_definition
from publisher.errors import DefinitionError

SUM = '[rules.regions]\nkind = "sum"\nover = ["REGION"]\n'


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def test_a_dataset_without_rules_has_none(made: Made) -> None:
    assert read_definition(made.folder, made_up.DATASET).rules == ()
    assert made.checked().findings == ()


def test_rules_are_read_in_their_order_with_exact_numbers(made: Made) -> None:
    made.rules(SUM + '[rules.shares]\nkind = "range"\nlow = 0.10\nhigh = 99.9\ncubes = ["turnover"]\n')
    first, second = read_definition(made.folder, made_up.DATASET).rules
    assert (first.id, first.kind, first.severity, first.over) == ("regions", "sum", "error", ("REGION",))
    assert first.cubes == ("establishments", "jobs")
    assert (second.low, second.high, second.cubes) == (Decimal("0.10"), Decimal("99.9"), ("turnover",))


def test_the_real_rules_are_part_of_the_definition_that_a_release_holds(real_release: Path) -> None:
    published = real_release / "definition" / "rules.toml"
    assert published.read_bytes() == (PROJECT / "schemas/nav-tilt140/rules.toml").read_bytes()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("rules = 3\n", 1, "'rules' must be a table"),
        ("[rules.a]\n", 1, "'rules.a.kind' is missing"),
        (
            '[rules.a]\nkind = "summ"\n',
            2,
            "not one of: sum, identical, mean, minimum, range, complete; did you mean 's",
        ),
        ('[rules.A_b]\nkind = "complete"\n', 1, "lower-case words and numbers"),
        (SUM + 'severity = "fatal"\n', 4, "not one of: error, warning, information"),
        (SUM + 'rounding = "down"\n', 4, "'rounding' is no setting of a rule of kind sum"),
        (SUM + 'overs = ["REGION"]\n', 4, "unknown key 'rules.regions.overs'; did you mean 'over'?"),
        (SUM + 'cubes = ["job"]\n', 4, "unknown cube 'job'; did you mean 'jobs'?"),
        (SUM + 'cubes = ["turnover"]\n', 3, "cube 'turnover' has none of the dimensions of 'over'"),
        (
            SUM + 'filter = { REGIO = ["N"] }\n',
            4,
            "'REGIO' is no dimension of the rule's cubes; did you mean 'REGION'?",
        ),
        (SUM + 'exclude = { REGION = ["N9"] }\n', 4, "'N9' is not in CL_REGION"),
        (SUM + 'totals = { REGION = "TOTAL" }\n', 4, "'TOTAL' is not in CL_REGION"),
        (SUM + 'totals = { SECTOR = "A-B" }\n', 4, "'totals' has 'SECTOR', along which the rule adds nothing up"),
        ('[rules.a]\nkind = "sum"\nover = ["REGIONS"]\n', 3, "which is no dimension; did you mean 'REGION'?"),
        ('[rules.a]\nkind = "sum"\nover = ["TIME_PERIOD"]\n', 3, "named by 'of' and 'to'"),
        ('[rules.a]\nkind = "sum"\n', 1, "either 'over', or 'of' and 'to'"),
        ('[rules.a]\nkind = "sum"\nof = "Q"\n', 1, "either 'over', or 'of' and 'to'"),
        ('[rules.a]\nkind = "sum"\nof = "A"\nto = "Q"\n', 4, "periods of frequency A do not make up those of Q"),
        ('[rules.a]\nkind = "sum"\nof = "X"\nto = "A"\n', 3, "not one of: D, W, M, Q, T, S, A"),
        ('[rules.a]\nkind = "sum"\nof = "M"\nto = "A"\n', 3, "'M' is not in CL_FREQ"),
        ('[rules.a]\nkind = "mean"\nof = "Q"\nto = "A"\ndecimals = 1\n', 5, "has 0 decimals, fewer than 'decimals'"),
        ('[rules.a]\nkind = "mean"\nof = "Q"\nto = "A"\ncovered = "MONTHS"\n', 5, "has no attribute 'MONTHS'"),
        ('[rules.a]\nkind = "identical"\n', 1, "differ in unit, multiplier or decimals"),
        ('[rules.a]\nkind = "identical"\ncubes = ["jobs"]\n', 1, "fewer than two cubes"),
        ('[rules.a]\nkind = "minimum"\n', 1, "'low' is missing"),
        ('[rules.a]\nkind = "range"\nlow = 2\nhigh = 1\n', 3, "'low' is greater than 'high'"),
        ('[rules.a]\nkind = "range"\nlow = nan\n', 3, "must be a number"),
        ('[rules.a]\nkind = "range"\nlow = 1.0000000000000001\n', 3, "more than 15 decimals"),
        ('[rules.a]\nkind = "range"\nlow = 1e999999\n', 3, "must be a number below 10^30"),
        ('[rules.a]\nkind = "range"\nlow = 1e99999999999999999999\n', 1, "has a number that is too long"),
        (f'[rules.a]\nkind = "range"\nlow = 0x{"f" * 5000}\n', 3, "found a number that is too long"),
        ('[rules.a]\nkind = "sum"\nover = []\n', 3, "'over' is empty"),
        ('[rules.a]\nkind = "sum\n', 2, "is no TOML"),
    ],
)
def test_a_fault_of_the_rules_is_told_with_its_line(made: Made, text: str, line: int, said: str) -> None:
    made.rules(text)
    with pytest.raises(DefinitionError) as caught:
        read_definition(made.folder, made_up.DATASET)
    told = [str(finding) for finding in caught.value.findings]
    assert any(words.startswith(f"schemas/made-up/rules.toml:{line}: ") and said in words for words in told), told


@pytest.mark.parametrize(
    ("frequency", "period", "to", "around"),
    [
        ("M", "2024-11", "A", "2024"),
        ("M", "2024-11", "Q", "2024-Q4"),
        ("M", "2024-09", "T", "2024-T3"),
        ("Q", "2024-Q2", "S", "2024-S1"),
        ("S", "2024-S2", "A", "2024"),
        ("D", "2024-12-30", "W", "2025-W01"),
        ("D", "2024-02-29", "M", "2024-02"),
    ],
)
def test_a_period_lies_in_one_of_a_coarser_frequency(frequency: str, period: str, to: str, around: str) -> None:
    assert periods.around(frequency, period, to) == around
    inner, outer = periods.bounds(frequency, period), periods.bounds(to, around)
    assert outer[0] <= inner[0] <= inner[1] <= outer[1]


def test_periods_that_overlap_do_not_nest() -> None:
    pairs = {(of, to) for of in periods.FREQUENCIES for to in periods.FREQUENCIES if periods.nests(of, to)}
    daily = {("D", to) for to in "WMQTSA"}
    assert pairs == daily | {(of, to) for of, to in ("MQ", "MT", "MS", "MA", "QS", "QA", "TA", "SA")}
    with pytest.raises(ValueError, match="do not make up"):
        periods.around("W", "2024-W01", "M")
