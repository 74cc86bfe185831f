"""What can go wrong unseen is found, told once, and ends (DESIGN §6.8)."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from damage import spoil
from office import Office

from syncer.errors import StoreError
from syncer.operations import backups, health
from syncer.store import events, people, problems


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as office:
        yield office


def backed_up(office: Office, *, days_ago: float = 0) -> Path:
    """A copy made so many days ago, by the clock of the office."""
    copy = backups.back_up(office.app)
    made = (office.now - dt.timedelta(days=days_ago)).timestamp()
    os.utime(copy, (made, made))
    return copy


def names(office: Office) -> list[str]:
    return [problem.name for problem in health.check(office.app)]


def test_all_is_well_in_a_store_that_was_just_begun(office: Office) -> None:
    office.runs("running")
    assert names(office) == []


def test_a_source_that_goes_quiet_alerts_once_and_once_when_it_recovers(office: Office) -> None:
    office.runs("ok")
    found = []
    for _ in range(30):
        office.later(hours=1)
        office.runs("failed")
        found += names(office)
    assert found == ["SourceQuiet"]
    office.notify()
    office.runs("ok")
    assert names(office) == [] and problems.still_open(office.store) == []
    office.notify()
    told = [d.subject for d in office.deliveries("operator@example.org")]
    assert (
        len(told) == 2
        and "SourceQuiet" in told[0]
        and told[1] == "syncer: one problem ended: SourceQuiet"
    )


def test_a_source_that_never_could_be_read_alerts_a_day_after_the_first_try(office: Office) -> None:
    office.runs("failed")
    assert names(office) == []
    office.later(hours=27)
    office.runs("failed")
    assert names(office) == ["SourceQuiet"]


def test_the_weekend_of_the_default_timetable_is_not_quiet(office: Office) -> None:
    office.now = dt.datetime(2026, 9, 6, 9, 0, tzinfo=dt.UTC)
    office.runs("ok")
    office.now = dt.datetime(2026, 9, 7, 6, 5, tzinfo=dt.UTC)
    backed_up(office)
    assert names(office) == []


def test_messages_that_do_not_leave_and_events_that_are_held_are_reported(office: Office) -> None:
    office.follows("ada@example.org", welcomed=False)
    office.notify()
    event = events.get(office.store, office.happens(tellable=False))
    assert event
    events.hold_event(office.store, event, "too many")
    office.later(hours=2)
    assert names(office) == ["OutboxStuck", "EventsHeld"] and names(office) == []


def test_an_old_backup_is_reported_and_a_new_one_ends_it(office: Office) -> None:
    backed_up(office, days_ago=3)
    assert names(office) == ["BackupOld"]
    backed_up(office)
    assert names(office) == [] and problems.still_open(office.store) == []


def test_that_no_backup_is_left_is_a_problem_that_does_not_end(office: Office) -> None:
    copy = backed_up(office, days_ago=3)
    assert names(office) == ["BackupOld"]
    copy.unlink()
    office.later(days=20)
    office.runs("ok")
    assert names(office) == []
    (problem,) = problems.still_open(office.store)
    assert problem["name"] == "BackupOld" and "there is no backup" in problem["message"]


def test_a_backup_dated_in_the_future_is_not_a_new_one(office: Office) -> None:
    backed_up(office, days_ago=-365)
    office.later(days=3)
    office.runs("ok")
    assert names(office) == ["BackupOld"]


def test_a_source_read_under_a_clock_that_was_a_year_ahead_is_quiet_by_the_right_one(
    office: Office,
) -> None:
    office.runs("ok")
    office.later(days=365)
    office.runs("ok")
    office.later(days=-365, hours=27)
    assert names(office) == ["SourceQuiet"]


def test_a_store_that_is_damaged_makes_no_backup_and_says_so_until_it_is_restored(
    tmp_path: Path,
) -> None:
    with Office(tmp_path) as office:
        for number in range(200):
            people.add(office.store, f"reader{number}@example.org", office.now)
        good = backups.back_up(office.app)
    spoil(tmp_path / "s.db", "subscribers")
    with Office(tmp_path) as office:
        with pytest.raises(StoreError, match="is damaged") as refused:
            backups.back_up(office.app)
        assert f"syncer restore {good}" in refused.value.hint
        (problem,) = problems.still_open(office.store)
        assert (problem["name"], good.exists()) == ("BackupFailed", True)
        office.later(days=100)
        assert (backups.prune(office.app), good.exists()) == ([], True)
