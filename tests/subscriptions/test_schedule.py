"""When a subscription is due: once a local day or week, whatever the clocks do."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.model import Frequency, Subscription
from syncer.subscriptions.schedule import WEEKDAYS, due, last_slot
from syncer.timetable import LONDON

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
HOURS = [START + dt.timedelta(hours=n) for n in range(24 * 365)]


def daily(hour: int) -> Subscription:
    return Subscription(1, 1, frequency=Frequency.DAILY, hour=hour)


def weekly(weekday: str, hour: int) -> Subscription:
    return Subscription(1, 1, frequency=Frequency.WEEKLY, weekday=weekday, hour=hour)


def runs(subscription: Subscription, moments: list[dt.datetime]) -> list[dt.datetime]:
    """When a digest is made, if somebody looks at each of these moments."""
    last, made = moments[0], []
    for now in moments:
        if due(subscription, now, last):
            made.append(now)
            last = now
    return made


@pytest.mark.parametrize("hour", range(24))
def test_daily_is_once_each_local_day_through_both_clock_changes(hour: int) -> None:
    days = Counter(now.astimezone(LONDON).date() for now in runs(daily(hour), HOURS[24:]))
    assert set(days.values()) == {1}
    assert len(days) >= 363


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(WEEKDAYS), st.integers(0, 23))
def test_weekly_is_once_each_local_week_at_its_day_and_hour(weekday: str, hour: int) -> None:
    made = [now.astimezone(LONDON) for now in runs(weekly(weekday, hour), HOURS[24 * 8 :])]
    assert {WEEKDAYS[now.weekday()] for now in made} == {weekday}
    assert all(
        now.hour == hour or (now.hour, hour) == (2, 1) for now in made
    )  # 01:00 does not exist on the last Sunday of March
    assert {(b.date() - a.date()).days for a, b in zip(made, made[1:], strict=False)} == {7}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 23), st.integers(0, 8000), st.integers(1, 24 * 21))
def test_after_an_outage_there_is_one_digest_and_then_the_usual_hour(
    hour: int, off_at: int, off_for: int
) -> None:
    moments = HOURS[24 : 24 + off_at] + HOURS[24 + off_at + off_for :][: 24 * 3]
    days = Counter(now.astimezone(LONDON).date() for now in runs(daily(hour), moments))
    assert max(days.values(), default=0) <= 2  # the catch-up, and the day's own
    if off_for >= 24 and off_at:
        assert due(daily(hour), moments[off_at], moments[off_at - 1])


def test_a_week_with_the_machine_off_is_caught_up_once() -> None:
    monday, later = (
        dt.datetime(2026, 6, 1, 6, 0, tzinfo=dt.UTC),
        dt.datetime(2026, 6, 17, 12, 0, tzinfo=dt.UTC),
    )
    assert due(weekly("monday", 7), monday, monday - dt.timedelta(days=1))
    assert due(weekly("monday", 7), later, monday)
    assert not due(weekly("monday", 7), later + dt.timedelta(minutes=15), later)


def test_immediately_is_always_and_never_considered_is_now() -> None:
    assert due(Subscription(1, 1), START, START)
    assert due(weekly("friday", 23), START, None)


@given(
    st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 1, 1)),
    st.sampled_from(WEEKDAYS),
    st.integers(0, 23),
)
def test_the_last_slot_is_never_in_the_future_nor_more_than_a_week_past(
    moment: dt.datetime, weekday: str, hour: int
) -> None:
    now = moment.replace(tzinfo=dt.UTC)
    assert (
        dt.timedelta(0)
        <= now - last_slot(weekly(weekday, hour), now)
        <= dt.timedelta(days=7, hours=1)
    )


def test_seven_in_the_morning_is_seven_in_london_summer_and_winter() -> None:
    assert last_slot(daily(7), dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)).hour == 6
    assert last_slot(daily(7), dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)).hour == 7
