"""What can go wrong unseen is found, told once, and ends (DESIGN §6.8)."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from office import Office

from syncer.operations import backups, health
from syncer.store import events, problems


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as office:
        yield office


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
        and told[1] == "syncer: one ended problem: SourceQuiet"
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
    old = backups.back_up(office.app)
    long_ago = (office.now - dt.timedelta(days=3)).timestamp()
    os.utime(old, (long_ago, long_ago))
    assert names(office) == ["BackupOld"]
    os.utime(old, (office.now.timestamp(),) * 2)
    assert names(office) == [] and problems.still_open(office.store) == []
