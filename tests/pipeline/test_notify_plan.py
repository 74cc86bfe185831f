"""Who is owed what, from plain facts: no store, no clock, no file (DESIGN §6.2, §6.8, §6.10,
§7)."""

from __future__ import annotations

import ast
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from syncer.digest.message_model import Freshness
from syncer.model import (
    Area,
    Change,
    Event,
    EventDetail,
    EventKind,
    Frequency,
    RecordKind,
    Subscriber,
    Subscription,
)
from syncer.pipeline.notify import plan as planning
from syncer.pipeline.notify.plan import History, News, plan
from syncer.pipeline.notify.readings import SourceReading
from syncer.register.councils import load_register

NOW = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
LEEDS = Subscription(7, 1, councils=("leeds",), considered=NOW - DAY)
ADA = Subscriber(1, "ada@example.org", "email", "active", welcomed=NOW, subscriptions=(LEEDS,))
NEW = replace(ADA, welcomed=None)
RATINGS = frozenset({RecordKind.INSPECTION, RecordKind.VISIT})
MONEY = frozenset({RecordKind.AWARD})


def event(seq: int, new: str = "inadequate", **more: object) -> Event:
    """A fall of Leeds, with this number."""
    made = Event(
        RecordKind.INSPECTION,
        EventKind.ADDED,
        ("leeds",),
        Area.LEADERSHIP,
        "good",
        new,
        None,
        None,
        NOW,
        "ofsted_reports",
        "",
        record_id=1,
        change=Change.DECLINED,
        id=seq,
        seq=seq,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def reading(
    name: str = "ofsted_reports",
    gives: frozenset[RecordKind] = RATINGS,
    *,
    good: float | None = 0,
    tried: float | None = 0,
    failing: float | None = None,
) -> SourceReading:
    """A source, its moments as days before now; None: never."""
    moments = [NOW - n * DAY if n is not None else None for n in (good, tried, failing)]
    return SourceReading(name, Freshness(name, moments[0]), gives, moments[1], moments[2])


def news(*events: Event, readings: tuple[SourceReading, ...] = (reading(),)) -> News:
    last = max((e.seq or 0 for e in events), default=0)
    return News(NOW, load_register(), events, last, readings)


# -- Lines and marks -------------------------------------------------------------------------------


def test_what_matches_and_was_not_handled_is_told_and_the_mark_moves() -> None:
    told = plan(
        news(event(1), event(2, councils=("york",)), event(3)), ADA, History(frozenset({3}))
    )
    assert [e.id for e in told.lines] == [1] and told.considered == (7,)


def test_what_waits_for_its_day_is_not_told_before_it_unless_everything_is_asked_for() -> None:
    weekly = replace(LEEDS, frequency=Frequency.WEEKLY, weekday="monday", hour=7)
    reader = replace(ADA, subscriptions=(replace(weekly, considered=NOW - DAY),))
    assert plan(news(event(1)), reader, History()).lines == ()
    assert len(plan(news(event(1)), reader, History(), everything=True).lines) == 1


def test_an_added_weekly_subscription_begins_with_its_first_slot() -> None:
    weekly = replace(LEEDS, frequency=Frequency.WEEKLY, considered=None)
    decided = plan(news(event(1)), replace(ADA, subscriptions=(weekly,)), History())
    assert (decided.begun, decided.considered, decided.lines) == ((7,), (), ())


def test_nothing_known_to_be_wrong_is_told_unless_what_is_right_folds_with_it() -> None:
    right = event(2, "outstanding", kind=EventKind.CORRECTED, corrects=1)
    both = plan(news(event(1), right), ADA, History())
    assert ([e.id for e in both.lines], both.replaced) == ([1, 2], {})
    elsewhere = replace(right, councils=("york",))
    assert plan(news(event(1), elsewhere), ADA, History()).replaced == {1: 2}


def test_a_confirmation_is_told_only_to_one_who_has_the_first_line() -> None:
    confirmed = event(2, area="confirmed", record=RecordKind.AWARD, change=None, corrects=1)
    assert plan(news(confirmed), ADA, History()).lines == ()
    assert plan(news(confirmed), ADA, History(has=frozenset({1}))).lines == (confirmed,)


def test_a_missing_overall_judgement_is_explained_once() -> None:
    overall = replace(ADA, subscriptions=(replace(LEEDS, areas=("overall_effectiveness",)),))
    line = event(1, detail=EventDetail(overall_judged=False))
    explained = History(explained=frozenset({planning.NO_OVERALL}))
    assert plan(news(line), overall, History()).explain_no_overall
    again = plan(news(line), overall, explained)
    assert (len(again.lines), again.explain_no_overall) == (1, False)


@pytest.mark.parametrize("state", ["pending", "paused", "bounced", "unsubscribed"])
def test_nobody_is_written_to_who_has_not_agreed_or_has_left(state: str) -> None:
    assert plan(news(event(1)), replace(ADA, state=state), History()) == planning.Plan()


# -- Welcome: only what was read -------------------------------------------------------------------


NEVER_READ = reading(good=None, tried=None)
FAILING = reading(good=None, tried=0, failing=1)
GIVEN_UP = reading(good=None, tried=0, failing=3)
OTHER_NEVER_TRIED = reading("govuk_awards", MONEY, good=None, tried=None)
OTHER_FAILING = reading("govuk_awards", MONEY, good=None, tried=0, failing=1)


@pytest.mark.parametrize(
    ("readings", "welcome"),
    [
        ((reading(),), True),
        ((NEVER_READ,), False),
        ((FAILING,), False),
        ((GIVEN_UP,), True),
        ((reading(), OTHER_NEVER_TRIED), True),
        ((reading(), OTHER_FAILING), False),
        ((NEVER_READ, reading("govuk_awards", MONEY)), False),
        ((OTHER_NEVER_TRIED, NEVER_READ), False),
    ],
)
def test_a_welcome_waits_for_the_first_good_read_of_what_its_reader_depends_on(
    readings: tuple[SourceReading, ...], welcome: bool
) -> None:
    decided = plan(news(readings=readings), NEW, History())
    assert decided.welcome is welcome and bool(decided.awaits) is not welcome


def test_while_the_first_sync_goes_on_a_welcome_waits_for_the_sources_still_to_come() -> None:
    facts = news(readings=(reading(), OTHER_NEVER_TRIED))
    assert not plan(replace(facts, sync_under_way=True), NEW, History()).welcome


def test_who_wants_ratings_only_does_not_wait_for_money() -> None:
    ratings = replace(NEW, subscriptions=(replace(LEEDS, kinds=("rating",)),))
    assert plan(news(readings=(reading(), OTHER_FAILING)), ratings, History()).welcome


# -- Silence: only where somebody looked -----------------------------------------------------------


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        ((reading(),), True),
        ((reading(good=1),), True),
        ((reading(good=2, tried=2),), False),
        ((reading(good=2, tried=0, failing=1),), True),
        ((reading(good=9, tried=5, failing=8),), False),
        ((reading(), reading("govuk_awards", MONEY, good=2, tried=2)), False),
        ((NEVER_READ,), False),
        ((), False),
    ],
)
def test_silence_is_spoken_of_only_where_somebody_looked(
    readings: tuple[SourceReading, ...], said: bool
) -> None:
    last = NOW - 31 * DAY
    decided = plan(news(readings=readings), ADA, History(last_written=last))
    assert decided.quiet_since == (last if said else None)


def test_silence_is_not_spoken_of_while_a_line_waits() -> None:
    weekly = replace(LEEDS, frequency=Frequency.WEEKLY, weekday="monday")
    reader = replace(ADA, subscriptions=(weekly,))
    assert plan(news(event(1)), reader, History(last_written=NOW - 31 * DAY)).quiet_since is None


def test_a_source_that_fails_for_three_days_is_told_once_to_those_who_depend_on_it() -> None:
    stale = reading(good=4, failing=3)
    assert plan(news(readings=(stale,)), ADA, History()).stale == (stale,)
    known = History(explained=frozenset({stale.stale_mark}))
    assert plan(news(readings=(stale,)), ADA, known).stale == ()
    money = replace(ADA, subscriptions=(replace(LEEDS, kinds=("money",)),))
    assert plan(news(readings=(stale,)), money, History()).stale == ()


def test_a_council_s_page_that_fails_for_three_days_is_told_once_to_its_followers() -> None:
    page = replace(reading(good=4, failing=3), council="leeds")
    facts = replace(news(), failing_pages=(page, replace(page, council="york")))
    assert plan(facts, ADA, History()).stale == (page,)
    known = History(explained=frozenset({page.stale_mark}))
    assert plan(facts, ADA, known).stale == ()
    early = replace(news(), failing_pages=(replace(page, failing_since=NOW - DAY),))
    assert plan(early, ADA, History()).stale == ()


def test_the_end_of_an_outage_is_told_once_and_only_to_those_who_were_told_of_it() -> None:
    stale, back = reading(good=4, failing=3), reading(good=0)
    told = History(explained=frozenset({stale.stale_mark}))
    assert plan(news(readings=(stale,)), ADA, told).over == ()
    (outage,) = plan(news(readings=(back,)), ADA, told).over
    assert outage.freshness.source == back.freshness.source
    assert plan(news(readings=(back,)), ADA, History()).over == ()
    known = History(explained=frozenset({stale.stale_mark, outage.back_mark}))
    assert plan(news(readings=(back,)), ADA, known).over == ()


def test_an_outage_told_before_its_end_was_ever_told_is_not_told_again() -> None:
    stale = reading(good=4, failing=3)
    told = History(explained=frozenset({stale.former_mark}))
    assert plan(news(readings=(stale,)), ADA, told).stale == ()
    assert plan(news(readings=(reading(good=0),)), ADA, told).over == ()


def test_the_end_of_an_outage_of_one_council_s_page_names_the_council() -> None:
    page = replace(reading(good=4, failing=3), council="leeds")
    told = History(explained=frozenset({page.stale_mark}))
    facts = news(readings=(reading(good=0),))
    (outage,) = plan(facts, ADA, told).over
    assert outage.freshness.source.endswith(": the page of Leeds")
    assert plan(replace(facts, failing_pages=(page,)), ADA, told).over == ()


# -- Purity ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plan", "readings"])
def test_the_plan_knows_neither_the_store_nor_the_app(name: str) -> None:
    path = Path(planning.__file__).with_name(f"{name}.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {module for module in known if module and module.startswith("syncer.store")}
    assert "syncer.app" not in known
