"""Councils end and begin on their day: one event to those who follow the old one, who then follow
its successors (DESIGN §5.10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from office import Office

from syncer.model import Subscription
from syncer.operations.reorganisation import follow_successors
from syncer.store import events, people

ADA, BOB = "ada@example.org", "bob@example.org"
BEFORE = dt.datetime(2023, 3, 1, 9, 0, tzinfo=dt.UTC)
THE_DAY = dt.datetime(2023, 3, 31, 23, 10, tzinfo=dt.UTC)
"""1 April 2023, 00:10 in London: Cumbria has ended, Cumberland and Westmorland and Furness have
begun."""
CUMBRIA = Subscription(0, 0, councils=("cumbria",))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as office:
        office.now = BEFORE
        office.store.set_meta("since", BEFORE.isoformat())
        for office.now in (BEFORE, THE_DAY - dt.timedelta(hours=14)):
            office.runs("ok")
        office.now = BEFORE
        yield office


def follows(office: Office, address: str) -> tuple[str, ...]:
    return people.find(office.store, address).subscriptions[0].councils


def test_on_the_night_before_nothing_happens(office: Office) -> None:
    office.now = THE_DAY - dt.timedelta(hours=1)
    assert follow_successors(office.app) == []


def test_on_its_day_followers_are_told_once_and_follow_the_successors_too(office: Office) -> None:
    office.follows(ADA, CUMBRIA)
    office.follows(BOB, Subscription(0, 0, councils=("leeds",)))
    office.now = THE_DAY
    assert (follow_successors(office.app), follow_successors(office.app)) == (["cumbria"], [])
    assert set(follows(office, ADA)) == {"cumbria", "cumberland", "westmorland-and-furness"}
    (told,) = office.notify()
    assert told.recipient == ADA and "Cumbria" in told.subject
    assert "You now follow the new councils too" in office.text(told)


def test_what_happens_in_a_successor_is_told_to_who_followed_the_old_council(
    office: Office,
) -> None:
    ada = office.follows(ADA, CUMBRIA)
    office.now = THE_DAY
    follow_successors(office.app)
    office.notify()
    event = office.happens(council="cumberland")
    assert [d.recipient for d in office.notify()] == [ADA] and "delivery" in office.why(event, ada)


def test_the_old_council_is_kept_for_twelve_months(office: Office) -> None:
    office.follows(ADA, CUMBRIA)
    office.now = THE_DAY
    follow_successors(office.app)
    for days, kept in ((364, True), (366, True), (367, True), (368, False)):
        office.now = THE_DAY + dt.timedelta(days=days)
        office.runs("ok")
        follow_successors(office.app)
        assert ("cumbria" in follows(office, ADA)) is kept


def test_a_job_that_runs_late_tells_late_and_a_store_begun_afterwards_tells_nothing(
    office: Office,
) -> None:
    office.now = THE_DAY + dt.timedelta(days=8)
    office.runs("ok")
    office.now += dt.timedelta(days=1)
    assert follow_successors(office.app) == ["cumbria"]
    (event,) = events.after(office.store, 0)
    assert (event.late, event.published) == (True, dt.date(2023, 4, 1))
    office.store.set_meta("since", office.now.isoformat())
    office.store.run("DELETE FROM meta WHERE key LIKE 'ended %'")
    assert follow_successors(office.app) == []


def test_a_clock_that_is_months_ahead_for_one_run_ends_no_council(office: Office) -> None:
    office.follows(ADA, CUMBRIA)
    office.now = BEFORE - dt.timedelta(days=60)
    office.runs("ok")
    office.now = THE_DAY + dt.timedelta(days=300)
    office.runs("ok")
    assert follow_successors(office.app) == [] and follows(office, ADA) == ("cumbria",)
    office.now = THE_DAY
    assert follow_successors(office.app) == ["cumbria"]
    (told,) = office.notify()
    assert told.recipient == ADA


def test_a_clock_that_was_a_year_ahead_for_one_night_takes_no_council_from_anybody(
    office: Office,
) -> None:
    ada = office.follows(ADA, CUMBRIA)
    office.now = THE_DAY
    follow_successors(office.app)
    office.notify()
    for days in (366, 1):
        office.now = THE_DAY + dt.timedelta(days=days)
        office.runs("ok")
        follow_successors(office.app)
    event = office.happens(council="cumbria")
    assert [d.recipient for d in office.notify()] == [ADA] and "delivery" in office.why(event, ada)
