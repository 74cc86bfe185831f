"""What may be of one thing is found by its marks: none that matches is passed over."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from records import award, inspection, saying, seen

from syncer.model import Observation
from syncer.records.grouping import group
from syncer.records.identity import same
from syncer.records.likeness import likeness

REPORT, AWARD = seen(inspection(1, "2024-03-04")), seen(award(2, 500_000))
FIRST_DAYS = st.sampled_from([None, "2024-03-04", "2024-03-11"])
PUBLISHED = st.sampled_from([None, *(dt.date(2024, 4, day) for day in (1, 8, 11, 12, 22))])
ANNOUNCED = st.sampled_from([None, "2022-12-31", "2024-01-01", "2024-04-30", "2026-01-01"])
PAGES = st.sampled_from(["a", "b"])
COUNCILS = st.sampled_from([("leeds",), ("leeds",), ("leeds", "york"), ("york", "leeds")])
INNOVATION = "Children's Social Care Innovation Programme"
PROGRAMMES = [None, "Partners in Practice", INNOVATION, f"{INNOVATION} round 2"]
PROGRAMMES += [f"{INNOVATION} wave 3", "Family Hubs", "Family Hubs Round 1", "Partners round 1"]


@st.composite
def reports(draw: st.DrawFn) -> Observation:
    fields: dict[str, Any] = {
        "file_id": draw(st.sampled_from([None, "1", "2"])),
        "first_day": draw(FIRST_DAYS),
        "kind": draw(st.sampled_from(["inspection", "focused_visit"])),
    }
    return _standing(draw, saying(REPORT, **fields))


@st.composite
def awards(draw: st.DrawFn) -> Observation:
    fields: dict[str, Any] = {
        "kind": draw(st.sampled_from(["award", "allocation"])),
        "determination": draw(st.sampled_from([None, None, "31/7833", "31/7834"])),
        "programme": draw(st.sampled_from(PROGRAMMES)),
        "period": draw(st.sampled_from(["2024 to 2025", "2025 to 2026"])),
        "announced": draw(ANNOUNCED),
        "background": draw(st.sampled_from([None, None, True])),
    }
    return _standing(draw, saying(AWARD, **fields))


def _standing(draw: st.DrawFn, said: Observation) -> Observation:
    key = str(draw(st.uuids(version=4)))
    councils, published = draw(COUNCILS), draw(PUBLISHED)
    return replace(said, page=draw(PAGES), key=key, councils=councils, published=published)


@settings(max_examples=300)
@given(st.lists(reports(), max_size=12) | st.lists(awards(), max_size=12))
def test_of_two_that_are_one_thing_each_has_what_the_other_asks_for(
    found: list[Observation],
) -> None:
    for a, b in combinations(found, 2):
        if set(a.councils) & set(b.councils) and same(a, b):
            assert likeness(a).asks & likeness(b).has
            assert likeness(b).asks & likeness(a).has


@given(st.lists(awards(), max_size=10))
def test_things_are_the_same_as_if_each_were_compared_with_every_other(
    found: list[Observation],
) -> None:
    numbered = [replace(said, id=number) for number, said in enumerate(found, 1)]
    thing_of = {said.id: {said.id} for said in numbered}
    for a, b in combinations(numbered, 2):
        if set(a.councils) & set(b.councils) and same(a, b):
            both = thing_of[a.id] | thing_of[b.id]
            thing_of |= dict.fromkeys(both, both)

    things = {frozenset(said.id for said in thing.observations) for thing in group(numbered, {})}
    assert things == {frozenset(thing) for thing in thing_of.values()}


def test_of_a_hundred_years_of_awards_few_are_compared_with_another() -> None:
    years = [
        saying(AWARD, programme="Family Hubs", announced=f"{year}-04-01")
        for year in range(1930, 2030)
    ]
    asked = likeness(years[50]).asks
    assert len([said for said in years if likeness(said).has & asked]) == 3


def test_the_row_of_a_table_is_found_years_later_under_another_address() -> None:
    row = saying(AWARD, kind="allocation", period="2024 to 2025", announced="2022-12-31")
    later = replace(saying(row, announced="2026-01-01"), page="another", key="another")
    assert same(row, later)
    assert likeness(later).asks & likeness(row).has
