"""Events to lines, lines to items by council, and the subject."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer import digest
from syncer.digest import compose, fold, samples, wording
from syncer.digest.attached import safe_cell
from syncer.digest.message_model import CorrectedMessage, Digest, EndedProblem, Freshness
from syncer.digest.render import message
from syncer.model import (
    Area,
    Change,
    Event,
    EventDetail,
    EventKind,
    Grade,
    InspectionFields,
    Problem,
    RecordKind,
)
from syncer.store.fields import detail_of

WHO, NOW = samples.subscriber(), samples.context()
GRADES = ("inadequate", "requires_improvement", "good", "outstanding")


def rating(
    seq: int,
    old: str,
    new: str,
    kind: EventKind = EventKind.ADDED,
    record_id: int = 1,
    area: str = "leadership",
    **more: Any,
) -> Event:
    step = GRADES.index(new) - GRADES.index(old) if old in GRADES and new in GRADES else 0
    change = more.pop(
        "change", Change.IMPROVED if step > 0 else Change.DECLINED if step else Change.UNCHANGED
    )
    return Event(
        RecordKind.INSPECTION,
        kind,
        ("trafford",),
        area,
        old,
        new,
        NOW.now.date(),
        None,
        NOW.now,
        "ofsted",
        "https://reports.ofsted.gov.uk/provider/44/80573",
        record_id,
        change,
        id=seq,
        seq=seq,
        **more,
    )


def award(
    seq: int,
    old: str,
    new: str,
    kind: EventKind = EventKind.CHANGED,
    area: str = "amount",
    **detail: Any,
) -> Event:
    return Event(
        RecordKind.AWARD,
        kind,
        ("leeds",),
        area,
        old,
        new,
        NOW.now.date(),
        None,
        NOW.now,
        "govuk",
        "https://www.gov.uk/x",
        5,
        id=seq,
        seq=seq,
        detail=detail_of(RecordKind.AWARD, {"programme": "Partners in Practice", **detail}),
    )


def subject(*events: Event) -> str:
    return compose(WHO, events, replace(NOW, followed=())).subject


# -- Folding ---------------------------------------------------------------------------------------


def test_two_lines_about_one_fact_become_first_old_to_last_new() -> None:
    folded = fold([award(1, "100", "200"), award(2, "200", "300")])
    (line,) = folded.lines
    assert (line.event.old, line.event.new, line.ids) == ("100", "300", (1, 2))
    assert folded.into == {1: 2} and folded.cancelled == ()


def test_equal_ends_fold_to_nothing_and_there_is_no_message() -> None:
    there_and_back = compose(WHO, [award(1, "100", "200"), award(2, "200", "100")], NOW)
    assert there_and_back.empty and there_and_back.folding.cancelled == (1, 2)


def test_two_inspections_never_fold_into_one() -> None:
    assert (
        len(
            fold(
                [rating(1, "good", "inadequate"), rating(2, "inadequate", "good", record_id=2)]
            ).lines
        )
        == 2
    )


def test_two_fields_of_a_known_record_do_not_fold_but_a_new_record_is_one_line() -> None:
    moves = [award(2, "100", "200"), award(3, "2026", "2027", area="period")]
    assert len(fold(moves).lines) == 2
    (line,) = fold([award(1, "", "100", EventKind.ADDED), *moves]).lines
    assert (line.event.kind, line.event.old, line.event.new) == (EventKind.ADDED, "", "200")


def test_a_wrong_line_that_still_waits_is_replaced_not_corrected() -> None:
    right = rating(
        2, "good", "outstanding", EventKind.CORRECTED, detail=EventDetail(was="inadequate")
    )
    (line,) = fold([rating(1, "good", "inadequate"), right]).lines
    assert (line.event.kind, line.event.new, line.event.change) == (
        EventKind.ADDED,
        "outstanding",
        Change.IMPROVED,
    )
    assert line.event.detail.was is None


def test_a_new_inspection_that_is_read_anew_and_changes_nothing_still_is_an_inspection() -> None:
    (line,) = fold(
        [rating(1, "good", "inadequate"), rating(2, "good", "good", EventKind.CORRECTED)]
    ).lines
    assert line.event.change is Change.UNCHANGED


def test_a_report_withdrawn_before_anyone_heard_of_it_comes_to_nothing() -> None:
    assert (
        fold(
            [rating(1, "good", "inadequate"), rating(2, "inadequate", "good", EventKind.WITHDRAWN)]
        ).lines
        == ()
    )


def test_a_correction_taken_back_comes_to_nothing() -> None:
    first = rating(
        1, "good", "outstanding", EventKind.CORRECTED, detail=EventDetail(was="inadequate")
    )
    assert (
        fold(
            [
                first,
                rating(
                    2,
                    "good",
                    "inadequate",
                    EventKind.CORRECTED,
                    detail=EventDetail(was="outstanding"),
                ),
            ]
        ).lines
        == ()
    )


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(GRADES), st.integers(1, 3), st.sampled_from(["leadership", "adoption"])
        ),
        max_size=12,
    )
)
def test_every_event_is_told_folded_or_cancelled_exactly_once(
    steps: list[tuple[str, int, str]],
) -> None:
    last: dict[tuple[int, str], str] = {}
    events = []
    for seq, (grade, record, area) in enumerate(steps, 1):
        old = last.get((record, area), "good")
        events.append(rating(seq, old, grade, EventKind.CHANGED, record, area))
        last[record, area] = grade
    folded = fold(events)
    told = [line.ids[-1] for line in folded.lines]
    assert sorted([*told, *folded.into, *folded.cancelled]) == [event.id for event in events]
    assert {
        (line.event.record_id, line.event.area): line.event.new for line in folded.lines
    }.items() <= last.items()


# -- Subjects --------------------------------------------------------------------------------------


def test_the_subject_names_the_judgement_that_moved_most_worst_first() -> None:
    assert (
        subject(*samples.trafford())
        == "Trafford: leadership requires improvement → inadequate, and 3 more"
    )


def test_an_inspection_that_changes_nothing_says_so() -> None:
    said = "Brent inspected again: all four judgements good as before; overall no longer judged"
    assert subject(*samples.brent()) == said


def test_the_overall_judgement_comes_first_where_there_is_one() -> None:
    fell = Change.DECLINED
    moves = {
        Area.OVERALL: ("good", "requires_improvement", fell),
        Area.LEADERSHIP: ("outstanding", "inadequate", fell),
    }
    said = InspectionFields(first_day=dt.date(2025, 6, 30), last_day=dt.date(2025, 7, 4))
    events = samples.ratings("leeds", 3, moves, "2025-08-12", said)
    assert subject(*events) == (
        "Leeds: overall good → requires improvement; leadership outstanding → inadequate"
    )
    same = [replace(events[0], old="good", new="good", change=Change.UNCHANGED), events[1]]
    assert subject(*same) == "Leeds: overall good as before; leadership outstanding → inadequate"


def test_a_larger_fall_comes_before_smaller_ones_and_a_fall_before_an_equal_rise() -> None:
    one_step, two_steps = (
        rating(1, "good", "requires_improvement"),
        rating(2, "outstanding", "requires_improvement", area="adoption"),
    )
    assert subject(one_step, two_steps).startswith(
        "Trafford: adoption outstanding → requires improvement"
    )
    rise = rating(3, "inadequate", "requires_improvement", area="children_in_care")
    assert subject(rise, one_step).startswith("Trafford: leadership good → requires improvement")


def test_several_councils_are_named_worst_first() -> None:
    assert subject(*samples.brent(), *samples.trafford()).endswith(
        "inadequate, and 3 more; also Brent"
    )


@pytest.mark.parametrize(
    ("events", "said"),
    [
        (samples.trafford()[:1], "Trafford: overall no longer judged"),
        (
            samples.trafford()[4:],
            "Trafford: care leavers requires improvement (judged apart for the first time)",
        ),
        (
            [award(1, "", "9600000", EventKind.ADDED, amount=9600000, amount_text="£9.6m")],
            "Leeds: Partners in Practice: £9.6m, awarded",
        ),
        (
            [award(1, "500000", "505200", amount=505200, qualifier="up_to")],
            "Leeds: Partners in Practice: £500,000 → up to £505,200",
        ),
        (
            [award(1, "5", "5", area="confirmed", amount=5, funder="DfE")],
            "Leeds: Partners in Practice: £5, confirmed by DfE",
        ),
    ],
)
def test_subjects_of_single_lines(events: list[Event], said: str) -> None:
    assert subject(*events) == said


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_a_subject_is_one_line_of_at_most_120_characters(programme: str, theme: str) -> None:
    visit = replace(
        samples.others()[2],
        detail=detail_of(
            RecordKind.VISIT,
            {"visit_kind": "focused_visit", "theme": theme, "priority_actions": ["a", "b"]},
        ),
    )
    for said in (
        subject(award(1, "", "5", EventKind.ADDED, programme=programme, amount=5)),
        subject(visit, *samples.table()),
    ):
        assert said == wording.one_line(said)
        assert 0 < len(said) <= 120


# -- Items -----------------------------------------------------------------------------------------


def only_item(made: Digest) -> Any:
    (group,) = made.groups
    (item,) = group.items
    return item


def test_all_lines_of_an_inspection_stand_in_one_block_with_context_and_evidence() -> None:
    item = only_item(compose(WHO, samples.trafford(), NOW))
    assert item.title == "Inspected 8–19 June 2026, published 3 August 2026"
    assert item.grades[0].says == "Leadership: requires improvement → inadequate, declined"
    assert item.grades[3].says.endswith(
        "judged apart for the first time (until now judged with children in care: requires improvement)"
    )
    assert (
        item.context[0]
        == "The last inspection before this one began three years and six months earlier, on "
        "21 November 2022."
    )
    assert "Leadership in the North West now: 1 good, 1 inadequate." in item.context
    report, listed = item.evidence
    assert (report.link_text, report.link) == (
        "Report, page 1",
        "https://files.ofsted.gov.uk/v1/file/50308602",
    )
    assert listed.link_text == "Trafford on Ofsted’s site"
    assert report.quote == listed.quote == "", "the grades say what the table's rows say"


def test_judgements_that_were_not_asked_for_are_shown_as_the_others() -> None:
    item = only_item(compose(WHO, samples.trafford()[1:2], NOW))
    said = [
        "Help and protection: inadequate",
        "Children in care: good",
        "Care leavers: requires improvement",
    ]
    assert [line.says for line in item.others] == said


def test_a_withdrawn_report_is_no_decline() -> None:
    gone = rating(1, "outstanding", "good", EventKind.WITHDRAWN, change=None)
    assert subject(gone) == "Trafford: report withdrawn; before it: leadership good"
    item = only_item(compose(WHO, [gone], NOW))
    assert item.tag == "Withdrawn" and "declined" not in item.summary and item.context == ()


def test_a_joint_award_stands_once_under_the_council_that_is_followed() -> None:
    joint = samples.others()[1]
    (group,) = compose(WHO, [joint], replace(NOW, followed=("wakefield",))).groups
    assert group.heading == "Wakefield"
    assert (
        group.items[0].notes[0]
        == "One sum for Leeds and Wakefield together; how it is shared is not stated."
    )


def test_twelve_lines_of_a_programme_are_listed_and_thirteen_are_one_line_with_a_table() -> None:
    assert compose(WHO, samples.table()[:12], NOW).attachments == ()
    made = compose(WHO, samples.table()[:13], NOW)
    item = only_item(made)
    assert item.title == "13 councils, £5,850,000 in total"
    assert [fact.label for fact in item.facts] == [
        "How many",
        "Total",
        "Largest rises",
        "Largest falls",
    ]
    rows = list(csv.DictReader(io.StringIO(made.attachments[0].content.decode("utf-8-sig"))))
    assert (
        len(rows) == 13
        and rows[0]["council"] == "Barking and Dagenham"
        and rows[0]["pounds"] == "300000"
    )


def test_ratings_are_never_folded_into_a_table() -> None:
    many = [rating(n, "good", "inadequate", record_id=n) for n in range(1, 30)]
    assert sum(len(group.items) for group in compose(WHO, many, NOW).groups) == 29


@pytest.mark.parametrize(
    "cell", ["=1+1", "+44 20", "-2+3", "@SUM(A1)", "\t=1+1", "\r\n=cmd|' /C calc'!A0", "＝1+1"]
)
def test_a_formula_in_a_cell_is_text(cell: str) -> None:
    assert safe_cell(cell).startswith("'")
    assert "\n" not in safe_cell(cell)


def test_a_negative_number_in_a_cell_stays_a_number() -> None:
    assert safe_cell("-26000") == "-26000"


def test_events_with_nothing_but_the_needed_fields_are_shown() -> None:
    for record in RecordKind:
        bare = Event(record, EventKind.ADDED, ("leeds",), "", "", "", None, None, NOW.now, "x", "")
        assert compose(WHO, [bare], NOW).subject


def test_an_address_that_is_not_of_the_web_is_no_link() -> None:
    bad = replace(award(1, "", "5", EventKind.ADDED), url="javascript:alert(1)")
    assert only_item(compose(WHO, [bad], NOW)).evidence[0].link == ""


# -- The other messages ----------------------------------------------------------------------------


def test_a_correction_answers_the_wrong_message_and_says_what_was_wrong() -> None:
    wrong = CorrectedMessage(
        "<1@example.org>",
        "Trafford: children in care requires improvement → inadequate",
        NOW.now - dt.timedelta(days=1),
    )
    made = digest.correction(WHO, samples.corrected()[:1], NOW, wrong)
    assert made.thread == ("<1@example.org>",)
    assert (
        made.subject
        == "Correction: Trafford: children in care requires improvement → good (not inadequate, as we told you)"
    )
    assert wrong.subject in made.intro[0]


def test_who_was_told_nothing_wrong_gets_the_change_itself_marked_late() -> None:
    item = only_item(compose(WHO, samples.corrected()[:1], NOW))
    assert item.tag == "Told late"
    assert item.grades[0].says == "Children in care: requires improvement → good, improved"


def test_who_was_told_of_the_wrong_council_learns_of_which_it_is() -> None:
    moved = rating(
        1, "good", "inadequate", EventKind.CORRECTED, detail=EventDetail(was_councils=("brent",))
    )
    made = digest.correction(
        WHO,
        [moved],
        NOW,
        CorrectedMessage("<1@example.org>", "Brent: leadership good → inadequate", NOW.now),
    )
    assert "We took this report for one about Brent; it is about Trafford." in only_item(made).notes


def test_a_welcome_says_how_things_stand_and_explains_its_words() -> None:
    made = digest.welcome(WHO, NOW)
    trafford = made.rows[0]
    assert (trafford.council, trafford.inspected) == ("Trafford", "Jun 2026")
    assert [chip.word for chip in trafford.chips] == [
        "no longer judged",
        "inadequate",
        "inadequate",
        "good",
        "requires improvement",
    ]
    assert "1 April 2026" in made.notes[0]


def test_every_digest_says_what_was_read_when_and_what_could_not_be() -> None:
    made = compose(WHO, samples.trafford(), NOW)
    assert [fact.value for fact in made.sources][
        2
    ] == "read 30 July 2026, 10:42; the file of June 2026 cannot be read"


def test_a_dark_source_says_since_when() -> None:
    made = digest.source_dark(
        WHO, [Freshness("Ofsted reports", NOW.now, "robots.txt says no")], NOW
    )
    assert made.subject == "Ofsted reports cannot be read since 3 August 2026, 10:42"
    assert made.intro[0].endswith("The reason: robots.txt says no.")


def test_sources_that_go_quiet_together_are_named_in_one_message() -> None:
    rows = [Freshness("Ofsted reports", NOW.now), Freshness("GOV.UK announcements", None)]
    made = digest.source_dark(WHO, rows, NOW)
    assert made.subject == "Ofsted reports and GOV.UK announcements cannot be read"
    assert made.heading == "Two sources cannot be read"
    assert made.intro[:2] == (
        "We have not been able to read Ofsted reports since 3 August 2026, 10:42.",
        "We have not been able to read GOV.UK announcements yet.",
    )
    assert made.intro[2].startswith("Until they can be read again, hearing nothing from us")
    back = digest.source_back(WHO, rows, NOW)
    assert back.subject == "Ofsted reports and GOV.UK announcements can be read again"


def test_the_operator_is_told_in_whole_sentences_what_is_new_ended_and_still_open() -> None:
    new = Problem("TransportError", "451 try later", hint="`syncer outbox show 6` shows it")
    ended = EndedProblem(replace(new, hint=""), NOW.now - dt.timedelta(days=2), NOW.now)
    made = digest.operator([new], [ended], NOW, still_open=18)
    assert made.subject == (
        "syncer: one new problem: TransportError; one problem ended: TransportError"
    )
    assert made.heading == "What is wrong"
    assert made.intro[2] == "18 problems that you were told of before are still open."
    first, second = made.bullets
    assert first.notes == ("451 try later.", "`syncer outbox show 6` shows it.")
    assert second.notes[1] == (
        "From 1 August 2026, 10:42 until 3 August 2026, 10:42. Nothing needs doing."
    )


def test_a_message_that_needs_no_footer_has_none() -> None:
    shown = message(digest.operator([Problem("Unreachable", "No answer.")], [], NOW))
    assert "-- \n" not in shown.text and 'class="foot"' not in shown.html
    assert 'class="foot"' in message(digest.test_mail(NOW)).html


def test_every_message_to_a_reader_says_what_they_follow_and_who_runs_the_service() -> None:
    for made in (
        compose(WHO, samples.trafford(), NOW),
        digest.all_quiet(WHO, NOW, NOW.now),
        digest.source_dark(WHO, NOW.freshness[:1], NOW),
    ):
        follows, run_by = made.about
        assert follows.startswith("You get this because of what you follow. Trafford, Brent, Leeds")
        assert run_by.startswith("This service is run by the Policy Unit of Example Council.")


def test_every_grade_and_area_has_its_word() -> None:
    assert all(wording.grade(grade) == wording.GRADE_WORDS[grade] for grade in Grade)
    assert (
        wording.grade("urgent_improvement") == "urgent improvement"
    )  # what a framework to come may say
    assert set(wording.AREA_WORDS) == set(Area) and set(wording.CHANGE_WORDS) == set(Change)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-06-08", "2026-06-19", "8–19 June 2026"),
        ("2026-04-27", "2026-05-01", "27 April–1 May 2026"),
        ("2024-12-30", "2025-01-10", "30 December 2024–10 January 2025"),
        ("2016-03-03", "2016-03-03", "3 March 2016"),
    ],
)
def test_a_span_of_days_says_nothing_twice(first: str, last: str, said: str) -> None:
    assert wording.span(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) == said
