"""Periods as people print them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.quantities.periods import find_periods, overlap


@pytest.mark.parametrize(
    ("text", "printed", "first", "last"),
    [
        ("in 2017-18 and", "2017-18", "2017-04-01", "2018-03-31"),
        ("for 2024–25", "2024–25", "2024-04-01", "2025-03-31"),
        ("the financial year 20/21.", "the financial year 20/21", "2020-04-01", "2021-03-31"),
        ("financial year 2025 to 2026", "financial year 2025 to 2026", "2025-04-01", "2026-03-31"),
        ("from 2023-24 to 2031-32", "2023-24 to 2031-32", "2023-04-01", "2032-03-31"),
        (
            "2024 to 2025 and 2025 to 2026",
            "2024 to 2025 and 2025 to 2026",
            "2024-04-01",
            "2026-03-31",
        ),
        ("2026-2027 to 2028-2029", "2026-2027 to 2028-2029", "2026-04-01", "2029-03-31"),
        (
            "(April 2021 - September 2023)",
            "April 2021 - September 2023",
            "2021-04-01",
            "2023-09-30",
        ),
        (
            "between October 2014 and March 2016",
            "between October 2014 and March 2016",
            "2014-10-01",
            "2016-03-31",
        ),
        (
            "five instalments across 2015",
            "five instalments across 2015",
            "2015-01-01",
            "2015-12-31",
        ),
    ],
)
def test_a_period_with_days_is_read(text: str, printed: str, first: str, last: str) -> None:
    (period,) = find_periods(text)
    assert (period.text, str(period.first), str(period.last)) == (printed, first, last)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("£9.6 M over the next three years in", "over the next three years"),
        ("a three year investment of", "a three year"),
        ("in the forthcoming year", "in the forthcoming year"),
        ("each funded for two years", "for two years"),
        ("extended to nine years", "nine years"),
        ("£1m each year", "each year"),
        ("£7.5 million per year", "per year"),
        ("over a 2.5-year period", "over a 2.5-year period"),
        ("until July 2022", "until July 2022"),
        ("by 2020", "by 2020"),
        ("in instalments to 2031-32", "instalments to 2031-32"),
        ("until the end of 2025-26", "until the end of 2025-26"),
        ("spread over 18 months", "over 18 months"),
        ("next year", "next year"),
    ],
)
def test_a_period_without_both_ends_is_read_as_printed(text: str, printed: str) -> None:
    assert [period.text for period in find_periods(text)] == [printed]


@pytest.mark.parametrize(
    "text",
    [
        "28/6/21",
        "12/07/2023",
        "2017-04-01",
        "31/7833",
        "16 year olds",
        "three years ago",
        "2017",
        "Wave 20/20",
    ],
)
def test_dates_and_ages_are_not_periods(text: str) -> None:
    assert find_periods(text) == []


def test_several_years_side_by_side_are_each_read() -> None:
    assert [period.text for period in find_periods("£2m in 2025/26, £2m 2026/27, £2m 2027/28")] == [
        "2025/26",
        "2026/27",
        "2027/28",
    ]


@given(
    st.integers(2010, 2040),
    st.sampled_from(
        ["{0}-{1:02}", "{0}/{1:02}", "{0} to {2}", "{0}–{2}", "financial year {0}-{1:02}"]
    ),
)
def test_every_form_of_a_financial_year_has_the_same_days(year: int, form: str) -> None:
    (period,) = find_periods("funding for " + form.format(year, (year + 1) % 100, year + 1) + ".")
    assert (period.first, period.last) == (dt.date(year, 4, 1), dt.date(year + 1, 3, 31))


def test_periods_exclude_each_other_only_when_both_say_so() -> None:
    first, second, vague = find_periods("2017-18, then 2019-20, then over three years")
    assert not overlap(first, second) and overlap(first, vague) and overlap(second, second)
