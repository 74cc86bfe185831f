"""Inspections → how many councils stood at each grade, day by day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import day, grades, inspection

from syncer.model import Area, Record
from syncer.records.standing import when
from syncer.register.councils import load_register
from syncer.views import lists as views
from syncer.views.counts import Step, counts, last_days

REGISTER = load_register()
LEEDS, CUMBERLAND = REGISTER.by_slug("leeds"), REGISTER.by_slug("cumberland")
SIF = inspection(1, "2015-01-20", grades("requires_improvement"), framework="sif")
OLD = inspection(2, "2018-10-29", grades("good"))
NEW = inspection(3, "2024-07-08", grades("outstanding", leavers="good"))
LAST = inspection(4, "2026-04-27", grades(None, leavers="good"))
DAYS = ("2014-12-31", "2015-03-31", "2019-03-31", "2024-06-30", "2024-09-30", "2026-06-30")


def stood(*inspections: Record, area: Area = Area.OVERALL, days: tuple[str, ...] = DAYS) -> str:
    """What Leeds alone was counted as on each day."""
    rows = counts([LEEDS], inspections, ["leeds"], area, map(day, days)).rows
    found = []
    for row in rows:
        (value,) = [name for name, number in row.items() if number == 1]
        found.append(value)
    return " ".join(found)


def test_each_row_counts_the_inspections_begun_by_its_day() -> None:
    assert stood(NEW, LAST, SIF, OLD) == (
        "unknown requires_improvement good good outstanding no_longer_judged"
    )


def test_an_inspection_counts_from_its_first_day_whenever_its_report_came_out() -> None:
    assert NEW.published is not None and NEW.published > day("2024-07-08")
    assert stood(OLD, NEW, days=("2024-07-07", "2024-07-08")) == "good outstanding"


def test_before_the_years_that_the_pages_cover_no_council_is_counted_as_never_judged() -> None:
    """A council of 2013 whose first known inspection is of 2024 was inspected before."""
    assert stood(NEW) == "unknown unknown unknown unknown outstanding outstanding"
    assert stood(NEW, area=Area.ADOPTION, days=("2024-09-30",)) == "unknown"


def test_a_council_that_began_since_is_never_judged_until_its_first_inspection() -> None:
    first = inspection(5, "2024-10-07", grades("good"), council="cumberland")
    asked = map(day, ("2023-03-31", "2023-04-01", "2024-09-30", "2024-12-31"))
    rows = counts([CUMBERLAND], [first], ["cumberland"], Area.OVERALL, asked).rows
    assert [(row["never_judged"], row["good"], row["unknown"]) for row in rows] == [
        (0, 0, 0),
        (1, 0, 0),
        (1, 0, 0),
        (0, 1, 0),
    ]


def test_a_council_whose_page_was_never_read_is_counted_as_unknown() -> None:
    (row,) = counts([LEEDS], [], [], Area.OVERALL, [day("2024-03-31")]).rows
    assert (row["unknown"], row["never_judged"]) == (1, 0)


def test_a_grade_of_old_has_a_column_only_where_a_council_had_it() -> None:
    adequate = inspection(6, "2013-03-01", grades("adequate"), framework="pre_sif")
    (plain,) = counts([LEEDS], [SIF], ["leeds"], Area.OVERALL, [day("2015-03-31")]).rows
    (old,) = counts([LEEDS], [adequate], ["leeds"], Area.OVERALL, [day("2013-03-31")]).rows
    assert list(plain) == [
        "day",
        "outstanding",
        "good",
        "requires_improvement",
        "inadequate",
        "no_longer_judged",
        "never_judged",
        "unknown",
    ]
    assert list(old)[4:6] == ["inadequate", "adequate"] and old["adequate"] == 1


@pytest.mark.parametrize(
    ("step", "days"),
    [
        (Step.MONTH, ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31"]),
        (Step.QUARTER, ["2023-12-31", "2024-03-31"]),
        (Step.YEAR, ["2024-03-31"]),
    ],
)
def test_the_days_are_the_last_of_each_step_and_a_year_ends_with_march(
    step: Step, days: list[str]
) -> None:
    assert list(map(str, last_days(day("2023-12-31"), day("2024-04-29"), step))) == days
    assert last_days(day("2024-01-01"), day("2023-01-01"), step) == []


@given(st.dates(dt.date(2010, 1, 1), dt.date(2030, 1, 1)))
def test_every_council_that_is_open_on_a_day_is_counted_once(on: dt.date) -> None:
    (row,) = counts(REGISTER, [SIF, NEW], [""], Area.CARE, [on]).rows
    assert sum(n for name, n in row.items() if name != "day") == len(REGISTER.open_on(on))


@pytest.mark.parametrize("on", ["2015-03-31", "2019-03-31", "2026-06-30"])
def test_the_counts_of_a_day_are_those_below_the_ratings_of_that_day(on: str) -> None:
    begun = [each for each in (SIF, OLD, NEW, LAST) if when(each) <= day(on)]
    listing = views.ratings([LEEDS], begun, (), day(on))
    value = listing.rows[0]["overall_effectiveness"]
    assert stood(SIF, OLD, NEW, LAST, days=(on,)) == value
