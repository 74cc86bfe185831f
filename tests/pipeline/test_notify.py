"""Who is written what, and when: welcomes, marks, corrections, slots over a year, silence, and what
goes wrong (DESIGN §6.2, §6.8, §7)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from office import CONFIG, Office

from syncer.model import Area, Change, EventKind, Frequency, Problem, RecordKind, Subscription
from syncer.operations import health
from syncer.sources import load
from syncer.store import events, outbox, people, problems
from syncer.store.outbox import State
from syncer.timetable import LONDON

ADA, BOB = "ada@example.org", "bob@example.org"
LEEDS, YORK = Subscription(0, 0, councils=("leeds",)), Subscription(0, 0, councils=("york",))
WEEKLY = Subscription(
    0, 0, councils=("leeds",), frequency=Frequency.WEEKLY, weekday="monday", hour=7
)
DAILY = Subscription(0, 0, councils=("leeds",), frequency=Frequency.DAILY, hour=7)
HOURS = (0, 1, 2, 6, 7, 8, 12)
"""Of the year: where the clocks change, around the slots, and one in which nothing is due."""
EVENTFUL = (2, 5, 6)
"""Wednesdays, Saturdays and Sundays; the clocks change on a Sunday."""
DECLINES = Subscription(0, 0, councils=("leeds",), directions=("declined",))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as office:
        yield office


def corrected(
    office: Office,
    record: int,
    new: str,
    *,
    old: str = "good",
    council: str = "leeds",
    was: str = "inadequate",
    change: Change = Change.UNCHANGED,
    area: str = Area.LEADERSHIP,
) -> int:
    """We read the record wrongly, and say what is right."""
    return office.happens(
        new,
        old,
        council=council,
        area=area,
        record=record,
        kind=EventKind.CORRECTED,
        change=change,
        detail={"was": was},
    )


# -- Welcome and marks -----------------------------------------------------------------------------


def test_a_new_subscriber_gets_one_welcome_and_nothing_that_happened_before(office: Office) -> None:
    before = office.happens()
    ada = office.follows(ADA)
    office.notify()
    assert [d.kind for d in office.deliveries(ADA)] == ["welcome"]
    assert office.why(before, ada).startswith("Known before the welcome of Monday 05 January 2026")


def test_an_event_is_told_once_however_often_notify_runs(office: Office) -> None:
    ada = office.follows(ADA)
    event = office.happens()
    for _ in range(3):
        office.notify()
        office.send()
    (told,) = office.deliveries(ADA, "digest")
    assert "leadership" in told.subject and office.why(event, ada).startswith(
        f"Was told in delivery {told.id}, sent 2026-01-05"
    )


def test_two_subscriptions_that_overlap_give_one_line(office: Office) -> None:
    office.follows(ADA, LEEDS, WEEKLY)
    office.happens()
    office.notify()
    office.later(days=8)
    office.notify()
    assert len(office.deliveries(ADA, "digest")) == 1


def test_a_subscription_that_is_added_has_no_archive_and_begins_with_its_own_day(
    office: Office,
) -> None:
    ada = office.follows(ADA, LEEDS)
    office.later(minutes=1)
    before = office.happens(council="york")
    office.notify()
    more = Subscription(0, 0, councils=("york",), frequency=Frequency.WEEKLY)
    people.subscribe(office.store, ada.id, more, events.last_seq(office.store))
    after = office.happens(council="york")
    assert office.notify() == [], "its day has not come"
    assert "due on Monday 12 January 2026 at 07:00" in office.why(after, ada)
    office.later(days=7)
    (told,) = office.notify()
    assert (
        f"delivery {told.id}" in office.why(after, ada),
        "Known before subscription 2 began" in office.why(before, ada),
    ) == (True, True)


def test_who_was_paused_gets_a_welcome_and_not_the_backlog(office: Office) -> None:
    ada = office.follows(ADA)
    office.happens()
    office.notify()
    people.stop(office.store, ada.id, "paused")
    missed = office.happens(new="requires_improvement")
    assert (office.notify(), office.why(missed, ada)[:20]) == ([], "Not told: mail to th")
    people.resume(office.store, ada.id)
    assert [d.kind for d in office.notify()] == ["welcome"]
    assert office.why(missed, ada).startswith("Known before the welcome")


def test_what_is_held_is_told_when_it_is_released(office: Office) -> None:
    ada = office.follows(ADA)
    event = office.happens(tellable=False)
    stored = events.get(office.store, event)
    assert stored
    events.hold_event(office.store, stored, "31 new inspections in one run")
    office.happens(area=Area.HELP)
    office.notify()
    assert office.why(event, ada).startswith("Held: 31 new inspections in one run.")
    events.release(office.store, stored)
    (told,) = office.notify()
    assert office.why(event, ada) == f"Waits in delivery {told.id}."


def test_every_pair_of_event_and_person_has_exactly_one_sentence(office: Office) -> None:
    ada, bob = office.follows(ADA), office.follows(BOB, YORK, DECLINES)
    wanted, not_wanted = (
        office.happens(),
        office.happens(change=Change.IMPROVED, old="inadequate", new="good"),
    )
    silent, discarded = office.happens(tellable=False), office.happens(tellable=False)
    events.silence(office.store, silent)
    stored = events.get(office.store, discarded)
    assert stored
    events.discard(office.store, stored)
    assert office.why(wanted, ada) == "Will be told at the next digest, which is due now."
    assert office.why(not_wanted, bob) == (
        "Not wanted: by subscription 2: place: leeds is not followed; "
        "by subscription 3: direction: only declined is wanted."
    )
    assert office.why(silent, ada).startswith("Silent:") and office.why(discarded, ada).startswith(
        "Discarded:"
    )


# -- The five cases of a correction (DESIGN §6.2) --------------------------------------------------


def test_who_had_the_wrong_line_is_told_in_the_same_thread(office: Office) -> None:
    ada, record = office.follows(ADA), office.record()
    wrong = office.happens(record=record)
    (first,) = office.notify()
    office.send()
    right = corrected(office, record, "good")
    (second,) = office.notify()
    assert (second.kind, second.thread, office.mail(second)["In-Reply-To"]) == (
        "correction",
        first.message_id,
        first.message_id,
    )
    assert second.subject.startswith(
        "Correction: "
    ) and "That was wrong, and we are sorry" in office.text(second)
    assert f"corrected by event {right}" in office.why(wrong, ada) and office.notify() == []


def test_a_wrong_line_that_still_waits_is_replaced_and_no_correction_is_sent(
    office: Office,
) -> None:
    ada, record = office.follows(ADA), office.record()
    wrong, other = office.happens(record=record), office.happens(area=Area.HELP)
    office.notify()
    right = corrected(office, record, "outstanding", change=Change.IMPROVED)
    assert office.notify() == []
    (waiting,) = office.deliveries(ADA, "digest")
    text = office.text(waiting)
    assert (
        "outstanding" in text
        and "leadership, good → inadequate" not in text
        and "orrection" not in text
        and "late" not in text
    )
    assert office.why(wrong, ada).startswith(f"Was folded into event {right}")
    assert office.why(other, ada) == office.why(right, ada) == f"Waits in delivery {waiting.id}."


def test_a_wrong_line_that_waits_is_taken_back_where_the_right_one_is_not_wanted(
    office: Office,
) -> None:
    ada, record = office.follows(ADA, DECLINES), office.record()
    wrong = office.happens(record=record)
    office.notify()
    right = corrected(office, record, "outstanding", change=Change.IMPROVED)
    office.notify()
    assert office.deliveries(ADA, "digest") == []
    assert office.why(wrong, ada).startswith("Proved wrong") and office.why(right, ada).startswith(
        "Not wanted: direction"
    )


def test_a_line_that_proves_wrong_before_its_weekly_digest_is_never_written(office: Office) -> None:
    weekly = Subscription(
        0, 0, councils=("leeds",), directions=("declined",), frequency=Frequency.WEEKLY
    )
    ada, record = office.follows(ADA, weekly), office.record()
    wrong = office.happens(record=record)
    corrected(office, record, "outstanding", change=Change.IMPROVED)
    assert office.why(wrong, ada).startswith("Proved wrong before it was told")
    office.later(days=7)
    assert office.notify() == []
    assert office.why(wrong, ada).startswith("Proved wrong, and was not told; event")


def test_both_in_one_weekly_digest_are_one_line_that_is_right(office: Office) -> None:
    office.follows(ADA, WEEKLY)
    record = office.record()
    office.happens(record=record)
    corrected(office, record, "outstanding", change=Change.IMPROVED)
    office.later(days=7)
    (told,) = office.notify()
    assert (told.kind, "outstanding" in told.subject, "inadequate" in office.text(told)) == (
        "digest",
        True,
        False,
    )


def test_who_had_nothing_because_the_wrong_reading_looked_like_no_change_is_told_the_change_late(
    office: Office,
) -> None:
    office.follows(ADA, DECLINES)
    record = office.record()
    office.happens("good", record=record, change=Change.UNCHANGED)
    assert office.notify() == []
    corrected(office, record, "inadequate", was="good", change=Change.DECLINED)
    (told,) = office.notify()
    assert (told.kind, "Told late" in office.text(told), "orrection" in told.subject) == (
        "digest",
        True,
        False,
    )


def test_a_report_of_the_wrong_council_is_corrected_to_those_told_and_news_to_followers_of_the_right_one(
    office: Office,
) -> None:
    office.follows(ADA, LEEDS)
    office.follows(BOB, YORK)
    record = office.record()
    office.happens(record=record)
    office.notify()
    office.send()
    office.happens(
        record=record, council="york", kind=EventKind.CORRECTED, detail={"was_councils": ["leeds"]}
    )
    office.notify()
    assert [d.kind for d in office.deliveries(ADA)] == ["welcome", "digest", "correction"]
    assert [d.kind for d in office.deliveries(BOB)] == ["welcome", "digest"]


def test_the_wrong_council_s_follower_whose_digest_is_not_due_yet_never_hears_of_it(
    office: Office,
) -> None:
    both = Subscription(0, 0, councils=("leeds", "york"), frequency=Frequency.WEEKLY)
    office.follows(ADA, WEEKLY)
    office.follows(BOB, both)
    record = office.record()
    office.happens(record=record)
    office.happens(
        record=record, council="york", kind=EventKind.CORRECTED, detail={"was_councils": ["leeds"]}
    )
    office.later(days=7)
    (told,) = office.notify()
    assert (told.recipient, "Leeds" in told.subject, "York" in told.subject) == (BOB, False, True)


def test_a_correction_reaches_who_may_have_had_the_wrong_line_and_nobody_who_has_left(
    office: Office,
) -> None:
    office.follows(ADA)
    bob, record = office.follows(BOB), office.record()
    office.happens(record=record)
    office.notify()
    office.store.run(
        "UPDATE deliveries SET state = 'queued', doubts = 1 WHERE kind = 'digest' AND recipient = ?",
        (ADA,),
    )
    office.store.run(
        "UPDATE deliveries SET state = 'sent' WHERE kind = 'digest' AND recipient = ?", (BOB,)
    )
    people.unsubscribe(office.store, bob.id, office.now)
    corrected(office, record, "good")
    assert [(d.recipient, d.kind) for d in office.notify()] == [(ADA, "correction")]


def test_a_correction_that_proves_wrong_before_it_leaves_is_written_anew_in_its_thread(
    office: Office,
) -> None:
    office.follows(ADA)
    record = office.record()
    office.happens(record=record)
    (first,) = office.notify()
    office.send()
    corrected(office, record, "good")
    office.notify()
    corrected(office, record, "requires_improvement", was="good", change=Change.DECLINED)
    assert office.notify() == []
    (correction,) = office.deliveries(ADA, "correction")
    assert (correction.thread, "requires improvement" in correction.subject) == (
        first.message_id,
        True,
    )


def test_a_correction_is_taken_back_when_the_first_line_was_right_after_all(office: Office) -> None:
    office.follows(ADA)
    record = office.record()
    office.happens(record=record)
    office.notify()
    office.send()
    corrected(office, record, "good")
    office.notify()
    corrected(office, record, "inadequate", was="good", change=Change.DECLINED)
    office.notify()
    assert [d.kind for d in office.deliveries(ADA)] == ["welcome", "digest"]


def test_a_welcome_that_waits_is_written_anew_after_a_correction_and_includes_it(
    office: Office,
) -> None:
    record = office.record()
    office.happens(record=record)
    ada = office.follows(ADA, WEEKLY, welcomed=False)
    (welcome,) = office.notify()
    right = corrected(office, record, "good")
    office.later(hours=1)
    office.notify()
    (anew,) = office.deliveries(ADA)
    assert (anew.id, anew.message_id != welcome.message_id) == (welcome.id, True)
    office.later(days=7)
    assert office.notify() == [] and office.why(right, ada).startswith("Known before the welcome")


# -- Confirmed by the funder -----------------------------------------------------------------------


def award(office: Office) -> int:
    return office.happens(
        "500000",
        "",
        area="amount",
        of=RecordKind.AWARD,
        record=office.record(RecordKind.AWARD),
        detail={"programme": "Safety valve", "amount": 500000},
    )


def confirmation(office: Office, event: int) -> int:
    first = events.get(office.store, event)
    assert first
    return office.happens(
        "500000",
        "500000",
        area="confirmed",
        of=RecordKind.AWARD,
        record=first.record_id,
        kind=EventKind.CHANGED,
        detail={"programme": "Safety valve", "amount": 500000, "funder": "DfE"},
    )


def test_confirmed_by_the_dfe_is_told_only_to_those_who_had_the_first(office: Office) -> None:
    office.follows(ADA)
    first = award(office)
    office.notify()
    bob = office.follows(BOB)
    office.later(minutes=1)
    told = confirmation(office, first)
    assert [(d.recipient, d.kind) for d in office.notify()] == [(ADA, "digest")]
    assert office.why(told, bob).startswith(
        "Not wanted: it confirms a line that this address was not told"
    )


def test_a_first_line_that_waits_for_its_day_is_told_together_with_its_confirmation(
    office: Office,
) -> None:
    office.follows(ADA, WEEKLY)
    confirmation(office, award(office))
    office.later(days=7)
    (told,) = office.notify()
    assert office.text(told).count("£500,000") >= 1 and len(office.deliveries(ADA, "digest")) == 1


# -- A year, hour by hour --------------------------------------------------------------------------


def test_a_year_gives_each_digest_once_at_its_local_hour_through_clock_changes_and_a_week_switched_off(
    office: Office,
) -> None:
    office.follows("daily@example.org", DAILY)
    office.follows("weekly@example.org", WEEKLY)
    ended, off = (
        dt.datetime(2026, 12, 31, tzinfo=dt.UTC),
        (dt.date(2026, 6, 8), dt.date(2026, 6, 14)),
    )
    written: dict[str, list[dt.datetime]] = {"daily@example.org": [], "weekly@example.org": []}
    while office.now < ended:
        local = office.now.astimezone(LONDON)
        if local.hour == 12 and local.weekday() in EVENTFUL:
            office.happens("", "", area="", of=RecordKind.VISIT)
        if local.hour in HOURS and not off[0] <= local.date() <= off[1]:
            for delivery in office.notify():
                written[delivery.recipient].append(local)
        office.later(hours=1)
    daily, weekly = ([(m.date(), m.hour) for m in written[a]] for a in written)
    days = [
        day
        for n in range(359)
        if not off[0] <= (day := dt.date(2026, 1, 6) + dt.timedelta(days=n)) <= off[1]
    ]
    after = off[1] + dt.timedelta(days=1)
    assert daily == [
        (day, 7 if day != after else 0) for day in days if (day.weekday() - 1) % 7 in EVENTFUL
    ]
    assert weekly == [(day, 7 if day != after else 0) for day in days if day.weekday() == 0]


def test_all_quiet_comes_once_a_month_by_day_and_is_switched_off_at_wish(office: Office) -> None:
    office.follows(ADA)
    bob = office.follows(BOB)
    people.set_all_quiet(office.store, bob.id, "off")
    for hour in range(24 * 100):
        office.later(hours=1)
        if hour % 24 == 0:
            office.runs("ok")
        if office.now.hour in HOURS:
            office.notify()
    quiet = office.deliveries(ADA, "all_quiet")
    assert [(d.created_at.date() - dt.date(2026, 1, 5)).days for d in quiet] == [30, 60, 90]
    assert office.deliveries(BOB, "all_quiet") == []


def test_all_is_not_called_quiet_while_a_source_cannot_be_read(office: Office) -> None:
    office.follows(ADA)
    office.runs("ok")
    office.later(days=31)
    office.runs("failed")
    problems.note(
        office.store, "ofsted_reports", [Problem("Unreachable", "no connection")], office.now
    )
    (quiet,) = (d for d in office.notify() if d.recipient == ADA)
    assert (
        quiet.subject
        == "Nothing new since 5 January 2026, but Ofsted inspection reports cannot be read now"
    )
    assert "nothing you follow has changed in what could be read" in office.text(quiet)


def test_all_quiet_is_not_said_while_a_line_waits_for_its_day(office: Office) -> None:
    office.follows(ADA, WEEKLY)
    office.later(days=29)
    office.notify()
    office.happens()
    office.later(days=2)
    office.runs("ok")
    assert office.notify() == []


# -- What cannot be read, and the operator ---------------------------------------------------------


def test_a_source_that_is_dark_for_three_days_is_told_once(office: Office) -> None:
    office.follows(ADA)
    office.runs("ok")
    wrote = []
    for _ in range(24 * 6):
        office.later(hours=1)
        office.runs("failed")
        wrote += [(d.kind, d.recipient) for d in office.notify()]
    assert wrote == [("source_dark", ADA)]
    (dark,) = office.deliveries(ADA, "source_dark")
    assert (dark.created_at - dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)) == dt.timedelta(days=3)


def test_sources_that_are_dark_at_once_are_one_mail_and_so_is_their_return(tmp_path: Path) -> None:
    office = Office(tmp_path, CONFIG.replace("enabled = false", "enabled = true"))
    office.follows(ADA)
    sources = ("ofsted_reports", "govuk_awards", "govuk_interventions")
    for status in ("ok", *["failed"] * 5, "ok", "ok"):
        office.later(days=1)
        for source in sources:
            office.runs(status, source=source)
        office.notify()
    dark, back = office.deliveries(ADA, "source_dark")
    assert dark.subject == "Three sources cannot be read"
    assert back.subject == "Three sources can be read again"
    for mail in (dark, back):
        assert all(load(source).TITLE in office.text(mail) for source in sources)
    assert "Until they can be read again, hearing nothing from us" in office.text(dark)


def test_days_on_which_nobody_tried_do_not_make_a_source_dark(office: Office) -> None:
    office.follows(ADA)
    office.runs("ok")
    office.later(days=10)
    office.runs("failed")
    assert office.notify() == []


def test_a_source_of_another_kind_is_nothing_to_who_follows_ratings_only(office: Office) -> None:
    office.follows(ADA, Subscription(0, 0, kinds=("money",)))
    office.follows(BOB, Subscription(0, 0, grades=("inadequate",)))
    office.runs("ok")
    office.store.insert(
        "observations",
        {
            "source": "ofsted_reports",
            "page": "leeds",
            "key": "1",
            "record": "inspection",
            "councils": "[]",
            "fields": "{}",
            "evidence": "{}",
            "url": "",
            "sha256": "",
            "parser": 1,
            "first_seen": "",
            "last_seen": "",
            "unread": 0,
        },
    )
    for _ in range(4):
        office.later(days=1)
        office.runs("failed")
    assert [d.recipient for d in office.notify()] == [BOB]


def test_the_operator_is_told_once_of_a_problem_and_once_of_its_end(office: Office) -> None:
    problem = Problem(
        "PageRedesigned", "No entry has a date.", "https://example.org/page", "Look at the page."
    )
    for _ in range(3):
        problems.note(office.store, "ofsted_reports", [problem], office.now)
        office.notify()
        office.later(days=1)
    problems.end(office.store, "ofsted_reports", [problem.url], office.now)
    office.notify()
    office.notify()
    told = office.deliveries("operator@example.org")
    assert [d.subject for d in told] == [
        "syncer: one new problem: PageRedesigned",
        "syncer: one problem ended: PageRedesigned",
    ]
    assert "Ended: PageRedesigned" in office.text(
        told[1]
    ) and "Look at the page." not in office.text(told[1])
    assert "Look at the page." in office.text(told[0])


def test_without_an_operator_s_address_nothing_is_lost_until_there_is_one(tmp_path: Path) -> None:
    with Office(tmp_path, CONFIG.replace("operator@example.org", "")) as office:
        problems.note(
            office.store, "ofsted_reports", [Problem("Unreachable", "No answer.")], office.now
        )
        assert office.notify() == [] and len(problems.untold(office.store)[0]) == 1


# -- When something breaks -------------------------------------------------------------------------


def test_a_broken_template_is_a_problem_and_no_digest_is_lost_by_it(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    broken = tmp_path / "templates" / "digest.txt.j2"
    with Office(tmp_path, CONFIG + '[digest]\ntemplates = "templates"\n') as office:
        ada = office.follows(ADA)
        event = office.happens()
        broken.write_text("{{ d.nothing_of_the_kind }}")
        assert [d.recipient for d in office.notify()] == ["operator@example.org"]
        assert [p["name"] for p in problems.still_open(office.store)] == ["TemplateBroken"]
        assert office.why(event, ada) == "Will be told at the next digest, which is due now."
        broken.unlink()
        assert [d.recipient for d in office.notify()] == [ADA, "operator@example.org"]


def test_a_broken_template_of_one_message_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "welcome.txt.j2").write_text("{% if %}")
    with Office(tmp_path, CONFIG + '[digest]\ntemplates = "templates"\n') as office:
        office.follows(ADA)
        bob = office.follows(BOB)
        people.note_welcomed(office.store, bob.id, 0, office.now)
        office.happens()
        assert [d.recipient for d in office.notify()] == [BOB]
        assert Counter(p["name"] for p in problems.still_open(office.store)) == {
            "TemplateBroken": 1
        }


def test_what_could_not_be_sent_is_a_problem_that_ends_with_the_next_message_that_leaves(
    office: Office,
) -> None:
    office.follows(ADA)
    office.happens()
    office.notify()
    (office.folder / "maildir").rename(office.folder / "away")
    (office.folder / "maildir").write_text("a file, where a folder should be")
    from syncer.pipeline.send import send

    assert [p.name for p in health.note_sending(office.app, send(office.app))] == [
        "TransportUnavailable"
    ]
    (office.folder / "maildir").unlink()
    office.later(minutes=5)
    assert health.note_sending(office.app, send(office.app)) == []
    assert (problems.still_open(office.store), outbox.counts(office.store)) == ([], {State.SENT: 2})
