"""Days in every form that reports and pages print them in."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.quantities.dates import DASHES, MONTHS, day_of, ranges_in

DAYS = st.dates(dt.date(2008, 1, 1), dt.date(2030, 12, 31))
SPANS = st.integers(0, 60).map(lambda days: dt.timedelta(days=days))
JOINTS = st.sampled_from([" to ", " and ", " until ", *(f" {dash} " for dash in DASHES), *DASHES])


def month(day: dt.date, form: int) -> str:
    name = MONTHS[day.month - 1].title()
    return (
        name,
        name[:3],
        name.upper(),
        f"{name[:3]}.",
        "Sept" if name == "September" else name[:4],
    )[form % 5]


def ordinal(day: int) -> str:
    ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


@given(DAYS, SPANS, JOINTS, st.integers(0, 4), st.integers(0, 2), st.booleans())
def test_a_range_is_read_as_it_was_meant(
    start: dt.date, span: dt.timedelta, joint: str, form: int, said: int, ordinals: bool
) -> None:
    end = start + span
    number = ordinal if ordinals else str
    first = number(start.day)
    if said > 0 or start.month != end.month or start.year != end.year:
        first += f" {month(start, form)}"
    if said > 1:
        first += f" {start.year}"
    printed = f"{first}{joint}{number(end.day)} {month(end, form)} {end.year}"
    assert [
        (found.start, found.end)
        for found in ranges_in(f"Inspection dates: {printed}\nLead inspector: A 1")
    ] == [(start, end)]


@given(DAYS, SPANS, JOINTS, st.sampled_from(["%d/%m/%Y", "%Y-%m-%d"]))
def test_days_in_figures_are_read_day_first(
    start: dt.date, span: dt.timedelta, joint: str, form: str
) -> None:
    end = start + span
    found = (
        ranges_in(f"{start.strftime(form)}{joint}{end.strftime(form)}")
        if joint.strip() == joint
        else ranges_in(f"{start.strftime(form)} {joint} {end.strftime(form)}")
    )
    assert [(one.start, one.end) for one in found] == [(start, end)]


@given(DAYS)
def test_one_day_comes_back_from_its_long_form(day: dt.date) -> None:
    printed = f"{day.day} {MONTHS[day.month - 1].title()} {day.year}"
    assert day_of(printed) == day_of(f"{day:%A} {printed}") == day_of(day.isoformat()) == day


@pytest.mark.parametrize(
    ("printed", "start", "end"),
    [
        ("19 November-11 December 2013 and 28 – 30 \nJanuary 2014", (2013, 11, 19), (2014, 1, 30)),
        (
            "8 July 2019 to 12 July 2019 and 7 August 2019 to\n8 August 2019",
            (2019, 7, 8),
            (2019, 8, 8),
        ),
        ("30 September to 11 October 2024 and 13 to 16 January 2025", (2024, 9, 30), (2025, 1, 16)),
        ("3 June 2019 to 1 9 June 201 9", (2019, 6, 3), (2019, 6, 19)),
        ("14 January 2015 ─ 4 February 2015", (2015, 1, 14), (2015, 2, 4)),
        ("12/09/2016 to 06/10/2016", (2016, 9, 12), (2016, 10, 6)),
        ("1/06/2015 – 25/06/2015", (2015, 6, 1), (2015, 6, 25)),
        ("17, 18 and 19 May 2018", (2018, 5, 17), (2018, 5, 19)),
        ("Monday 3 to Friday 7 June 2024", (2024, 6, 3), (2024, 6, 7)),
        ("28 November to 9 January 2023", (2022, 11, 28), (2023, 1, 9)),
        ("28 July 2016", (2016, 7, 28), (2016, 7, 28)),
    ],
)
def test_forms_of_real_reports(
    printed: str, start: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    (found,) = ranges_in(printed)
    assert (found.start, found.end) == (dt.date(*start), dt.date(*end))


@pytest.mark.parametrize(
    "text",
    [
        "31 June 2020",
        "under section 20 of the Children Act 2004",
        "Sept 2019",
        "£5 may be paid",
        "3 to 5 children",
        "",
    ],
)
def test_what_is_no_day_is_not_read(text: str) -> None:
    assert ranges_in(text) == ()


def test_days_without_a_year_are_the_last_such_days_before_the_given_one() -> None:
    assert ranges_in("16 May and 20 May") == ()
    (spring,) = ranges_in("16 May and 20 May", dt.date(2016, 7, 7))
    (winter,) = ranges_in("12 to 16 December", dt.date(2017, 1, 20))
    assert (spring.start, winter.end) == (dt.date(2016, 5, 16), dt.date(2016, 12, 16))


@pytest.mark.parametrize(
    "text",
    ["4 to 8 March 2024", "on 4 March 2024 they came", "4 March 2024 and 6 May 2024", "soon"],
)
def test_more_or_less_than_a_day_is_not_one_day(text: str) -> None:
    with pytest.raises(ValueError, match="not a single day"):
        day_of(text)
