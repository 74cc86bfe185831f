"""What is kept back until somebody has looked, and what is only a busy day (DESIGN §6.6)."""

from __future__ import annotations

import datetime as dt

import pytest
from records import NOW

from syncer.model import Event, EventKind, RecordKind
from syncer.records.hold import hold_reasons

YESTERDAY = NOW - dt.timedelta(days=1)
TABLE = "https://example.org/table"


def added(number: int, *, record: RecordKind = RecordKind.INSPECTION) -> Event:
    return event(number, record, EventKind.ADDED, "leadership")


def event(number: int, record: RecordKind, kind: EventKind, area: str, url: str = TABLE) -> Event:
    return Event(
        record,
        kind,
        (f"council-{number}",),
        area,
        "good",
        "inadequate",
        NOW.date(),
        NOW.date(),
        NOW,
        "a_source",
        url,
        record_id=number,
        id=number,
    )


def regraded(number: int, kind: EventKind = EventKind.CHANGED) -> Event:
    return event(number, RecordKind.INSPECTION, kind, "leadership")


@pytest.mark.parametrize("reports", [1, 10, 15])
def test_so_many_reports_in_a_day_are_only_a_busy_day(reports: int) -> None:
    assert hold_reasons([added(n) for n in range(reports)], YESTERDAY, NOW, {}) == {}


def test_16_reports_since_yesterday_are_held_every_one() -> None:
    reasons = hold_reasons([added(n) for n in range(16)], YESTERDAY, NOW, {})
    assert set(reasons) == set(range(16))
    assert reasons[0] == "16 new inspections in one run; no more than 15 were to be expected"


def test_31_reports_after_six_months_are_not_held_and_31_after_a_week_are() -> None:
    reports = [added(n) for n in range(31)]
    assert hold_reasons(reports, NOW - dt.timedelta(days=182), NOW, {}) == {}
    assert len(hold_reasons(reports, NOW - dt.timedelta(days=7), NOW, {})) == 31


def test_five_judgements_of_one_inspection_are_one_inspection() -> None:
    lines = [event(n // 5, RecordKind.INSPECTION, EventKind.ADDED, str(n)) for n in range(15 * 5)]
    assert hold_reasons(lines, YESTERDAY, NOW, {}) == {}


def test_visits_and_awards_are_no_inspections() -> None:
    assert (
        hold_reasons([added(n, record=RecordKind.VISIT) for n in range(40)], YESTERDAY, NOW, {})
        == {}
    )


def test_what_stands_on_a_page_read_for_the_first_time_is_never_a_burst() -> None:
    assert (
        hold_reasons([added(n) for n in range(40)], YESTERDAY, NOW, {}, frozenset(range(40))) == {}
    )


def test_without_a_good_read_before_a_burst_is_still_a_burst() -> None:
    assert len(hold_reasons([added(n) for n in range(16)], None, NOW, {})) == 16


@pytest.mark.parametrize("kind", [EventKind.CHANGED, EventKind.CORRECTED])
def test_grades_of_three_councils_that_change_without_a_report_are_held_and_of_two_are_not(
    kind: EventKind,
) -> None:
    assert hold_reasons([regraded(1, kind), regraded(2, kind)], YESTERDAY, NOW, {}) == {}
    assert set(hold_reasons([regraded(n, kind) for n in range(3)], YESTERDAY, NOW, {})) == {0, 1, 2}


def test_only_the_suspect_events_are_held() -> None:
    award = event(10, RecordKind.AWARD, EventKind.ADDED, "amount")
    reasons = hold_reasons([*(regraded(n) for n in range(3)), added(9), award], YESTERDAY, NOW, {})
    assert set(reasons) == {0, 1, 2}


@pytest.mark.parametrize(("moved", "held"), [(2, 0), (3, 3)])
def test_a_known_table_of_ten_in_which_more_than_a_fifth_of_the_amounts_moved_is_held(
    moved: int, held: int
) -> None:
    events = [event(n, RecordKind.AWARD, EventKind.CHANGED, "amount") for n in range(moved)]
    assert len(hold_reasons(events, YESTERDAY, NOW, {TABLE: 10})) == held


def test_a_new_table_and_a_table_of_few_rows_are_never_held() -> None:
    new = [event(n, RecordKind.AWARD, EventKind.ADDED, "amount") for n in range(20)]
    few = [event(n, RecordKind.AWARD, EventKind.CHANGED, "amount") for n in range(4)]
    assert (
        hold_reasons(new, YESTERDAY, NOW, {TABLE: 20})
        == hold_reasons(few, YESTERDAY, NOW, {TABLE: 4})
        == {}
    )
