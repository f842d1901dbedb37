"""Time periods of SDMX: which text belongs to which frequency, and the days it covers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.periods import FREQUENCIES, belongs, bounds


@pytest.mark.parametrize(
    ("frequency", "period", "first", "last"),
    [
        ("A", "2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("S", "2024-S2", date(2024, 7, 1), date(2024, 12, 31)),
        ("T", "2024-T2", date(2024, 5, 1), date(2024, 8, 31)),
        ("Q", "2024-Q3", date(2024, 7, 1), date(2024, 9, 30)),
        ("M", "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("M", "2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("W", "2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("W", "2024-W01", date(2024, 1, 1), date(2024, 1, 7)),
        ("D", "2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(frequency: str, period: str, first: date, last: date) -> None:
    assert bounds(frequency, period) == (first, last)
    assert belongs(frequency, period)


@pytest.mark.parametrize(
    ("frequency", "period"),
    [
        ("M", "2024-13"),
        ("M", "2024-00"),
        ("M", "2024-1"),
        ("M", "2024-M01"),
        ("M", "2024"),
        ("A", "2024-01"),
        ("A", "24"),
        ("A", "0000"),
        ("A", "٢٠٢٤"),
        ("Q", "2024-Q0"),
        ("Q", "2024-Q5"),
        ("S", "2024-S3"),
        ("T", "2024-T4"),
        ("W", "2023-W53"),
        ("W", "2023-W00"),
        ("D", "2023-02-29"),
        ("D", "2024-02-29 "),
        ("X", "2024"),
        ("", ""),
        ("M", "2024-01\n"),
    ],
)
def test_what_is_no_period_of_a_frequency_is_refused(frequency: str, period: str) -> None:
    assert not belongs(frequency, period)
    with pytest.raises(ValueError, match=r"frequency|period|week|day|range|year"):
        bounds(frequency, period)


@pytest.mark.parametrize(("frequency", "count"), [("A", 1), ("S", 2), ("T", 3), ("Q", 4), ("M", 12)])
def test_the_periods_of_a_year_follow_each_other_without_a_gap(frequency: str, count: int) -> None:
    words = {"A": ["2024"], "M": [f"2024-{month:02d}" for month in range(1, 13)]}
    covered = [bounds(frequency, p) for p in words.get(frequency, [f"2024-{frequency}{n + 1}" for n in range(count)])]
    assert covered[0][0] == date(2024, 1, 1)
    assert covered[-1][1] == date(2024, 12, 31)
    for (_, last), (first, _) in zip(covered, covered[1:], strict=False):
        assert first - last == timedelta(days=1)


@given(st.sampled_from(FREQUENCIES), st.text(alphabet="0123456789-QWTSM \n٣", max_size=11))
def test_any_text_is_a_period_or_is_refused(frequency: str, text: str) -> None:
    if belongs(frequency, text):
        first, last = bounds(frequency, text)
        assert first <= last
        assert text.startswith(f"{first.year:04d}") or frequency == "W"


def test_the_finest_frequency_comes_first() -> None:
    assert "".join(FREQUENCIES) == "DWMQTSA"
