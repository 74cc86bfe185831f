"""Lines of money: from whom, for when, new or restated, and the year before where it is certain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from syncer.digest import compose, samples, sums
from syncer.digest.message_model import AllAwards, Digest, Item
from syncer.model import Event, FundingFields, Record

WHO, NOW = samples.subscriber(), samples.few("leeds", "brent", "trafford")
LEEDS = samples.grant(51, "leeds", 1_250_000)


def fact(item: Item, label: str) -> str:
    return next((fact.value for fact in item.facts if fact.label == label), "")


def items_of(made: Digest) -> list[Item]:
    return [item for group in made.groups for item in group.items]


def last_year(**changed: Any) -> Record:
    """What Leeds had for 2025 to 2026."""
    said = replace(LEEDS.detail.funding, period="2025 to 2026", amount=1_100_000)
    return samples.record_of(LEEDS, 71, replace(said, **changed))


def compared(*records: Record, event: Event = LEEDS) -> str:
    return sums.year_before(event, replace(NOW, awards=AllAwards(records)))


def test_a_line_says_from_whom_for_when_and_what_it_was_the_year_before() -> None:
    (item,) = items_of(compose(WHO, [LEEDS], NOW))
    assert item.title == "Family Hubs: £1,250,000, allocated"
    assert fact(item, "From") == "DfE"
    assert fact(item, "For") == "2026 to 2027"
    assert fact(item, "Announced") == "3 August 2026, new"
    assert fact(item, "The year before") == "£1,100,000 for 2025 to 2026; now £150,000 (14%) more"


def test_a_sum_that_moved_is_restated() -> None:
    moved = [event for event in samples.money_day() if event.old]
    (item,) = items_of(compose(WHO, moved, NOW))
    assert item.title == "Family Hubs: £790,000 → £812,500"
    assert fact(item, "Announced") == "3 August 2026, restated"


@pytest.mark.parametrize(
    "other",
    [
        {"programme": "Start for Life"},
        {"capital": True},
        {"kind": "award"},
        {"status": "provisional"},
        {"qualifier": "up_to"},
        {"low": 1_000_000, "high": 1_200_000},
        {"amount": None},
        {"period": "2024 to 2025"},
        {"period": "2025"},
        {"period": "academic year 2025 to 2026"},
    ],
)
def test_what_is_not_certainly_the_same_money_a_year_before_is_not_compared(
    other: dict[str, Any],
) -> None:
    assert compared(last_year()) != ""
    assert compared(last_year(**other)) == ""


def test_two_sums_of_the_year_before_or_of_this_year_are_not_compared() -> None:
    twice = replace(last_year(), id=72)
    assert compared(last_year(), twice) == ""
    beside = samples.record_of(LEEDS, 73, LEEDS.detail.funding)
    assert compared(last_year(), beside) == ""


def test_another_council_s_or_a_withdrawn_sum_is_not_compared() -> None:
    assert compared(replace(last_year(), councils=("brent",))) == ""
    assert compared(replace(last_year(), withdrawn=True)) == ""


def test_a_place_without_a_sum_is_told_once_for_all_its_councils_and_quoted_once() -> None:
    made = compose(WHO, samples.money_day(), NOW)
    unstated = [item for item in items_of(made) if "amount not stated" in item.title]
    assert [item.title for item in unstated] == ["Brent, Leeds and Trafford: amount not stated"]
    quotes = [shown.quote for item in items_of(made) for shown in item.evidence if shown.quote]
    assert quotes == ["Leeds, Trafford and Brent will each receive a transformation grant."]
    assert len(made.folding.lines) == 7, "every line is told"


def test_one_sentence_about_several_sums_is_quoted_once() -> None:
    said = replace(LEEDS.detail.funding, quote="Leeds gets £1m and Brent £2m.")
    one = replace(LEEDS, detail=replace(LEEDS.detail, fields=said))
    two = replace(one, councils=("brent",), id=999, record_id=99)
    made = compose(WHO, [one, two], NOW)
    quotes = [shown.quote for item in items_of(made) for shown in item.evidence if shown.quote]
    assert quotes == [said.quote]


def test_a_total_of_sums_that_nobody_stated_is_no_nought() -> None:
    made = compose(WHO, [samples.unstated(n, s) for n, s in enumerate(("leeds", "brent"))], NOW)
    lines = made.folding.lines
    assert sums.total(lines) == "no amount stated"


@pytest.mark.parametrize(
    ("period", "year"),
    [
        ("2026 to 2027", 2026),
        ("2025-26", 2025),
        ("financial year 2024/25", 2024),
        ("2025 to 2028", None),
        ("2025-26 to 2027-28", None),
        ("over the next three years", None),
        ("April 2025 to March 2026", 2025),
        (None, None),
    ],
)
def test_a_financial_year_is_one_only_where_it_is_said_whole(
    period: str | None, year: int | None
) -> None:
    assert sums.financial_year(FundingFields(period=period)) == year
