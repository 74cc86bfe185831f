"""What is told and what is not: DESIGN §2 (change event), §5 and §6.1–6.4, rule by rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from records import NOW, award, by_id, day, grades, inspection, lines, moment, saying

from syncer.model import Area, EventKind, FileKind, Record, RecordKind, VisitFields
from syncer.records.diff import diff

OLD = inspection(1, "2021-05-10", grades("requires_improvement"))
NEW = inspection(2, "2024-07-08", grades("good", leavers="outstanding", leadership="inadequate"))

BEFORE_ALL = dt.datetime(2017, 1, 1, tzinfo=dt.UTC)


def test_a_new_inspection_gives_one_event_per_area_against_the_standing_before() -> None:
    events = diff(by_id(OLD), by_id(OLD, NEW), moment(2))
    assert lines(events) == [
        ("overall_effectiveness", "requires_improvement", "good", "improved"),
        ("leadership", "requires_improvement", "inadequate", "declined"),
        ("help_and_protection", "requires_improvement", "good", "improved"),
        ("children_in_care", "requires_improvement", "good", "improved"),
        ("care_leavers", "", "outstanding", "judged_apart"),
    ]
    assert events[4].detail.note == "until now judged with children in care: requires improvement"


def test_the_first_inspection_of_a_council_has_no_old() -> None:
    assert {(e.old, str(e.change)) for e in diff({}, by_id(NEW), moment(2))} == {
        ("", "first_judged")
    }


def test_no_overall_from_april_2026_is_told_once_as_no_longer_judged() -> None:
    first = inspection(3, "2026-05-11", grades(None, leavers="good"))
    second = inspection(4, "2026-08-10", grades(None, leavers="good"))
    told = [
        e
        for e in diff(by_id(OLD), by_id(OLD, first, second), moment(3, 4))
        if e.area == Area.OVERALL
    ]
    assert lines(told) == [
        ("overall_effectiveness", "requires_improvement", "", "no_longer_judged")
    ]


def test_an_unread_predecessor_makes_old_unknown_never_the_one_before_that() -> None:
    unread = inspection(5, "2023-01-09", published="2023-03-01", unread=True)
    events = diff(by_id(OLD, unread), by_id(OLD, unread, NEW), moment(2))
    assert {e.old for e in events} == {"unknown"}


def test_an_unreadable_report_mended_four_months_later_is_told_late_with_its_own_old() -> None:
    was = inspection(2, "2024-07-08", published="2024-04-20", unread=True)
    mended = replace(
        inspection(2, "2024-03-04", grades("good")),
        first_seen=NOW - dt.timedelta(days=130),
        published=day("2024-04-20"),
    )
    events = diff(
        by_id(OLD, was), by_id(OLD, mended), moment(2, before=NOW - dt.timedelta(days=131))
    )
    assert {(e.old, e.new, e.late) for e in events} == {("requires_improvement", "good", True)}


def test_two_reports_put_up_on_one_day_are_told_in_the_order_of_their_inspections() -> None:
    middle = inspection(6, "2023-02-06", grades("inadequate"), published="2024-08-30")
    events = [
        e for e in diff(by_id(OLD), by_id(OLD, NEW, middle), moment(2, 6)) if e.area == Area.OVERALL
    ]
    assert lines(events) == [
        ("overall_effectiveness", "requires_improvement", "inadequate", "declined"),
        ("overall_effectiveness", "inadequate", "good", "improved"),
    ]


def test_the_baseline_is_silent_except_for_what_was_published_since_the_source_began() -> None:
    assert diff({}, by_id(OLD, NEW), moment(1, 2, since=NOW, before=None)) == []
    began = dt.datetime(2024, 8, 1, tzinfo=dt.UTC)
    assert {
        e.record_id for e in diff({}, by_id(OLD, NEW), moment(1, 2, since=began, before=None))
    } == {2}


def test_what_was_published_more_than_90_days_before_its_page_was_last_read_is_old_news() -> None:
    assert diff(by_id(NEW), by_id(NEW, OLD), moment(1)) == []


def test_a_grade_that_moves_with_new_bytes_is_changed_and_without_is_corrected() -> None:
    moved = inspection(
        2, "2024-07-08", grades("outstanding", leavers="outstanding", leadership="inadequate")
    )
    changed = diff(by_id(OLD, NEW), by_id(OLD, moved), moment(fresh=(2,)))
    corrected = diff(by_id(OLD, NEW), by_id(OLD, moved), moment())
    assert {(e.kind, e.old, e.new) for e in changed} == {(EventKind.CHANGED, "good", "outstanding")}
    assert {(e.kind, e.old, e.new, e.detail.was) for e in corrected} == {
        (EventKind.CORRECTED, "requires_improvement", "outstanding", "good")
    }


def test_a_field_that_is_read_for_the_first_time_is_not_news() -> None:
    before = saying(NEW, care_leavers=None)
    assert diff(by_id(OLD, before), by_id(OLD, NEW), moment()) == []


def test_a_withdrawn_report_says_what_stood_before_it_and_is_no_decline() -> None:
    events = diff(by_id(OLD, NEW), by_id(OLD, replace(NEW, withdrawn=True)), moment())
    assert {(e.kind, str(e.change or "")) for e in events} == {(EventKind.WITHDRAWN, "")}
    assert next((e.old, e.new) for e in events if e.area == Area.OVERALL) == (
        "good",
        "requires_improvement",
    )


def test_a_sharper_figure_is_no_event_and_another_figure_is_one() -> None:
    rounded, sharp, other = (
        award(7, 9_600_000, low=9_550_000, high=9_650_000),
        award(7, 9_590_000),
        award(7, 8_000_000),
    )
    assert diff(by_id(rounded), by_id(sharp), moment(fresh=(7,))) == []
    events = diff(by_id(rounded), by_id(other), moment(fresh=(7,)))
    assert [(e.kind, e.area, e.old, e.new) for e in events] == [
        (EventKind.CHANGED, "amount", "9600000", "8000000")
    ]


def test_a_visit_is_told_once_with_its_theme() -> None:
    visit = Record(
        8,
        RecordKind.VISIT,
        ("leeds",),
        VisitFields(kind=FileKind.FOCUSED_VISIT, theme="front door", first_day=day("2024-08-01")),
        day("2024-08-30"),
        "https://example.org",
        "ofsted_reports",
        NOW,
    )
    assert [(e.record, e.new) for e in diff({}, by_id(visit), moment(8))] == [
        (RecordKind.VISIT, "front door")
    ]
    assert diff(by_id(visit), by_id(visit), moment()) == []


def test_a_visit_that_turns_out_to_be_an_inspection_is_told_as_a_new_one() -> None:
    after = inspection(8, "2024-06-03", grades(overall="good"))
    visit = replace(after, record=RecordKind.VISIT, fields=VisitFields(kind=FileKind.FOCUSED_VISIT))
    events = diff(by_id(visit), by_id(after), moment(8))
    assert len(events) == 4
    assert {(e.record, e.kind, e.new) for e in events} == {
        (RecordKind.INSPECTION, EventKind.ADDED, "good")
    }
    back = diff(by_id(after), by_id(visit), moment(8))
    assert {(e.record, e.kind) for e in back} <= {(RecordKind.VISIT, EventKind.ADDED)}


def test_a_review_of_the_safeguarding_board_is_recorded_and_not_told() -> None:
    review = Record(
        9,
        RecordKind.VISIT,
        ("surrey",),
        VisitFields(kind=FileKind.LSCB_REVIEW),
        day("2024-08-30"),
        "https://example.org",
        "ofsted_reports",
        NOW,
    )
    assert diff({}, by_id(review), moment(9)) == []


some_grades = st.sampled_from(["outstanding", "good", "requires_improvement", "inadequate"])
some_days = st.dates(day("2018-01-01"), day("2026-12-01"))


@st.composite
def inspections(draw: st.DrawFn) -> list[Record]:
    drawn = draw(st.lists(st.tuples(some_days, some_grades, some_grades), max_size=6))
    judged = [
        grades(None if first >= day("2026-04-01") else overall, leadership=grade)
        for first, overall, grade in drawn
    ]
    return [
        inspection(n + 1, first.isoformat(), judged[n]) for n, (first, _, _) in enumerate(drawn)
    ]


some_inspections = inspections()


@given(some_inspections)
def test_equal_states_differ_in_nothing(records: list[Record]) -> None:
    assert diff(by_id(*records), by_id(*records), moment()) == []


@given(some_inspections, some_grades)
def test_every_difference_is_in_exactly_one_event(records: list[Record], grade: str) -> None:
    after = [saying(r, help_and_protection=grade) for r in records]
    wanted = [
        (r.id, str(r.inspection.help_and_protection), grade)
        for r in records
        if r.inspection.help_and_protection != grade
    ]
    events = diff(by_id(*records), by_id(*after), moment(fresh=tuple(r.id for r in records)))
    assert sorted((e.record_id, e.old, e.new) for e in events) == sorted(wanted)


@given(some_inspections)
def test_every_judged_area_of_a_new_inspection_is_in_exactly_one_event(
    records: list[Record],
) -> None:
    events = diff(
        {}, by_id(*records), moment(*(r.id for r in records), before=BEFORE_ALL, since=BEFORE_ALL)
    )
    judged = [(r.id, str(a)) for r in records for a in r.inspection.grades()]
    assert sorted((e.record_id, e.area) for e in events if e.new) == sorted(judged)
