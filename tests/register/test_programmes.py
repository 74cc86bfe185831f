"""Programmes as data."""

from __future__ import annotations

import datetime as dt

import pytest

from syncer.model import FundingKind
from syncer.register.programmes import load_programmes

PROGRAMMES = load_programmes()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "the department’s Children’s Social Care Innovation Programme",
            "Children's Social Care Innovation Programme",
        ),
        (
            "the first round of the Innovation Fund",
            "Children's Social Care Innovation Programme round 1",
        ),
        ("Wave 2 DfE Innovation funding", "Children's Social Care Innovation Programme round 2"),
        ("a Partner in Practice authority", "Partners in Practice"),
        (
            "Strengthening Families, Protecting Children",
            "Strengthening Families, Protecting Children",
        ),
        ("Project Safety Valve", "Safety Valve"),
        ("the Holiday Activity & Food Programme", "Holiday activities and food"),
        ("the Leeds-Wakefield Teaching Partnership", "Social work teaching partnerships"),
        ("Regional Care Co-operatives", "Regional Care Co-operatives"),
        (
            "Families First Partnership Programme Transformation (Revenue) Grant",
            "Families First Partnership Transformation Grant",
        ),
        ("SUPPORTING FAMILIES 2022-25", "Supporting Families"),
        ("the Families First for Children pathfinder", "Families First for Children pathfinder"),
    ],
)
def test_a_programme_is_known_by_every_name_it_is_printed_with(text: str, name: str) -> None:
    assert [mention.programme.name for mention in PROGRAMMES.mentions(text)] == [name]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (dt.date(2015, 3, 23), "Children's Social Care Innovation Programme round 1"),
        (dt.date(2017, 3, 20), "Children's Social Care Innovation Programme round 2"),
    ],
)
def test_the_round_is_the_one_that_ran_on_the_day(day: dt.date, name: str) -> None:
    assert PROGRAMMES.mentions("innovation programme money", day)[0].programme.name == name


@pytest.mark.parametrize(
    "text",
    [
        "Homelessness Prevention Grant: allocations 2025 to 2026",
        "the homelessness prevention grant",
        "Fire Innovation Fund",
        "Adult Obesity Prevention Grant",
        "the Leeds Innovation Programme",
    ],
)
def test_a_short_name_does_not_fit_another_programme(text: str) -> None:
    assert PROGRAMMES.mentions(text) == []


@pytest.mark.parametrize(
    "text", ["the Prevention Grant", "a prevention grant of £1m", "Social Care Prevention Grant"]
)
def test_a_short_name_alone_is_the_programme(text: str) -> None:
    (mention,) = PROGRAMMES.mentions(text)
    assert mention.programme.name == "Children's Social Care Prevention Grant"


def test_abbreviations_count_in_capitals_only() -> None:
    assert PROGRAMMES.mentions("a slip of the pen") == []


def test_every_row_is_whole() -> None:
    for programme in PROGRAMMES.all:
        assert programme.name and programme.funder and 2000 < programme.first_year < 2040
        assert programme.last_year is None or programme.last_year >= programme.first_year
    assert PROGRAMMES.named("Supporting Families").kind is FundingKind.ALLOCATION
    assert not PROGRAMMES.named("Transformation Challenge Award").in_scope


def test_no_name_leads_to_two_programmes() -> None:
    names = [
        alias.lower()
        for programme in PROGRAMMES.all
        for alias in {programme.name, *programme.aliases}
        if alias != programme.name
    ]
    assert len(names) == len(set(names))
