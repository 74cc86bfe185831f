"""Who is told, and that `why` names the filter."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from syncer.model import Change, Event, EventKind, Frequency, RecordKind, Subscription
from syncer.register.councils import load_register
from syncer.store.fields import detail_of
from syncer.subscriptions.match import by_missing_overall, describe, why
from syncer.subscriptions.match import wants as matches

REGISTER = load_register()
NOW = dt.datetime(2026, 8, 3, 9, 0, tzinfo=dt.UTC)


def event(
    record: RecordKind = RecordKind.INSPECTION,
    councils: tuple[str, ...] = ("trafford",),
    area: str = "leadership",
    old: str = "requires_improvement",
    new: str = "inadequate",
    change: Change | None = Change.DECLINED,
    **more: Any,
) -> Event:
    detail = detail_of(record, more.pop("detail", {"overall_judged": False}))
    return Event(
        record,
        EventKind.ADDED,
        councils,
        area,
        old,
        new,
        NOW.date(),
        NOW.date(),
        NOW,
        "ofsted",
        "https://example.org/",
        change=change,
        detail=detail,
        **more,
    )


def money(pounds: int | None, record: RecordKind = RecordKind.AWARD, **more: Any) -> Event:
    detail = {} if pounds is None else {"amount": pounds}
    return event(
        record,
        area="amount",
        old="",
        new="" if pounds is None else str(pounds),
        change=None,
        detail=detail,
        **more,
    )


def wants(event: Event, **filters: Any) -> bool:
    return matches(Subscription(1, 1, **filters), event, REGISTER)


def test_without_filters_everything_is_wanted_except_payments() -> None:
    assert wants(event())
    assert wants(event(old="good", new="good", change=Change.UNCHANGED))  # inspected again is news
    assert wants(money(1))
    assert not wants(money(1, RecordKind.PAYMENT))
    assert wants(money(1, RecordKind.PAYMENT), payments=True)
    assert wants(money(1, RecordKind.PAYMENT), kinds=("payment",))


@pytest.mark.parametrize("flag", ["held", "silent"])
def test_what_is_held_or_silent_is_never_wanted(flag: str) -> None:
    assert not wants(event(**{flag: True}))


def test_a_council_a_region_and_the_neighbours_of_a_council_add_up() -> None:
    assert wants(event(), councils=("trafford",))
    assert not wants(event(), councils=("leeds",))
    assert wants(event(), regions=("north west",))
    assert wants(event(), councils=("leeds",), regions=("North West",))
    neighbour = REGISTER.neighbours("leeds")[0].slug
    assert wants(event(councils=(neighbour,)), neighbours_of=("leeds",))
    assert not wants(event(councils=("leeds",)), neighbours_of=("leeds",))


def test_a_joint_award_is_wanted_by_who_follows_any_of_its_councils() -> None:
    joint = money(1_500_000, councils=("leeds", "wakefield"))
    assert wants(joint, councils=("wakefield",))
    assert not wants(joint, councils=("trafford",))


def test_kinds_go_by_the_subscriber_s_words() -> None:
    assert wants(event(), kinds=("rating",))
    assert not wants(event(), kinds=("visit", "money"))
    assert wants(
        event(RecordKind.VISIT, area="", old="", new="Planning", change=None), kinds=("visit",)
    )
    assert wants(money(1), kinds=("money",)) and wants(money(1), kinds=("award",))


def test_any_council_that_becomes_or_stops_being_inadequate_is_one_line_to_set_up() -> None:
    line = {"grades": ("inadequate",)}
    assert wants(event(), **line)
    assert wants(event(old="inadequate", new="good", change=Change.IMPROVED), **line)
    assert not wants(event(old="inadequate", new="inadequate", change=Change.UNCHANGED), **line)
    assert not wants(event(old="good", new="requires_improvement"), **line)
    assert not wants(money(1), **line)


def test_a_filter_on_the_overall_judgement_matches_every_judgement_where_there_is_none() -> None:
    overall = Subscription(1, 1, areas=("overall_effectiveness",))
    assert matches(overall, event(), REGISTER) and by_missing_overall(overall, event())
    old_framework = event(detail={"overall_judged": True})
    assert not matches(overall, old_framework, REGISTER) and not by_missing_overall(
        overall, old_framework
    )
    assert "no overall judgement" in why(overall, event(), REGISTER)


def test_a_rating_filter_lets_other_kinds_through_only_where_they_are_asked_for_by_name() -> None:
    assert not wants(money(1), directions=("declined",))
    assert wants(money(1), directions=("declined",), kinds=("rating", "money"))
    assert not wants(
        event(change=Change.IMPROVED), directions=("declined",), kinds=("rating", "money")
    )


def test_the_minimum_counts_the_larger_figure_of_a_cut_and_never_ratings_or_unstated_sums() -> None:
    cut = event(
        RecordKind.AWARD, area="amount", old="2000000", new="0", change=None, detail={"amount": 0}
    )
    assert wants(cut, minimum_pounds=1_000_000)
    assert not wants(money(999_999), minimum_pounds=1_000_000)
    assert wants(money(-2_000_000, RecordKind.PAYMENT), minimum_pounds=1_000_000, payments=True)
    assert wants(money(None), minimum_pounds=1_000_000)
    assert wants(event(), minimum_pounds=1_000_000)


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"directions": ("improved",)}, "Not wanted: direction: only improved is wanted."),
        ({"kinds": ("visit",)}, "Not wanted: kind: only visit is wanted."),
        ({"councils": ("leeds",)}, "Not wanted: place: trafford is not followed."),
        ({"areas": ("adoption",)}, "Not wanted: area: only adoption is wanted."),
        ({}, "Wanted: rating of trafford passes every filter."),
    ],
)
def test_why_names_the_filter(filters: dict[str, Any], said: str) -> None:
    assert why(Subscription(1, 1, **filters), event(), REGISTER) == said


def test_a_withdrawal_passes_a_filter_on_direction() -> None:
    assert wants(event(change=None), directions=("declined",))


def test_a_subscription_is_described_in_words() -> None:
    asked = Subscription(
        1, 1, grades=("inadequate",), frequency=Frequency.WEEKLY, weekday="monday", hour=7
    )
    said = "All councils: every rating, only where it becomes or stops being inadequate; weekly, Monday at 07:00"
    assert describe(asked, REGISTER) == said
    near = Subscription(
        1,
        1,
        councils=("leeds",),
        neighbours_of=("trafford",),
        kinds=("money",),
        minimum_pounds=1000,
    )
    assert (
        describe(near, REGISTER)
        == "Leeds, the statistical neighbours of Trafford: money, from £1,000; as it happens"
    )
