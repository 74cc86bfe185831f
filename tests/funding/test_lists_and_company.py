"""Councils that share a sum though they stand apart from it: in a list before or after it, as
companions of another, as parts of a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncer.funding.candidates import candidates_for
from syncer.funding.context import Page, Part
from syncer.funding.reading import open_page, read_funding
from syncer.funding.signals.page import neighbours
from syncer.model import Statement
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

REGISTER, PROGRAMMES = load_register(), load_programmes()


def candidates(text: str) -> set[frozenset[str]]:
    """Whom the text's first sum may be for."""
    page, _ = open_page(text, REGISTER, PROGRAMMES)
    part = next(part for part in page.parts if part.marked.money)
    [place, *_] = [place for place, _ in part.places("M")]
    return {frozenset(one.councils) for one in candidates_for(page, part, place)}


def read(text: str) -> tuple[Statement, ...]:
    return read_funding(text, REGISTER, PROGRAMMES).told


def sums(found: tuple[Statement, ...]) -> list[tuple[str, int]]:
    return sorted(("+".join(one.councils), one.money.pounds) for one in found if one.money)


NAMES = "* Redbridge\n* Plymouth\n* Wirral\n* Gateshead\n"
FOUR = frozenset(("redbridge", "plymouth", "wirral", "gateshead"))


@pytest.mark.parametrize(
    "text",
    [
        f"The DfE will pay these areas £228,000 each:\n\n{NAMES}",
        f"Each area is to have £228,000 from the DfE. They are:\n\n{NAMES}",
        f"Early help to be tested\n\n{NAMES}\nThe above have each been promised £228,000 by the DfE.",
    ],
)
def test_a_list_before_or_after_a_sum_may_be_whom_it_is_for(text: str) -> None:
    assert FOUR in candidates(text)


def test_one_item_of_a_list_is_not_the_next_sentence() -> None:
    text = f"The DfE will pay these areas £228,000 each:\n\n{NAMES}"
    assert frozenset(("redbridge",)) not in candidates(text)


@pytest.mark.parametrize(
    "text",
    [
        "Norfolk, along with Suffolk, has £1.62m from the DfE for a fostering hub.",
        "Together with our neighbours in Suffolk, Norfolk has £1.62m from the DfE.",
        "Norfolk has joined forces. Along with Suffolk it has £1.62m from the DfE.",
    ],
)
def test_companions_may_share_the_sum(text: str) -> None:
    assert frozenset(("norfolk", "suffolk")) in candidates(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "The Department for Education has awarded Rochdale a grant of £1m"
            " (£833,000 revenue, £167,000 capital).",
            [("rochdale", 1_000_000)],
        ),
        (
            "The Department for Education has given Walsall £3.9m in all:"
            " £1.7m in 2022, £1.2m in 2023 and £1m last year.",
            [("walsall", 3_900_000)],
        ),
    ],
)
def test_sums_that_add_up_to_the_one_before_them_are_its_parts(
    text: str, told: list[tuple[str, int]]
) -> None:
    assert sums(read(text)) == told


def test_payments_suspended_or_help_for_a_council_are_no_place_in_a_programme() -> None:
    suspended = "Safety Valve payments to Norfolk and Dorset have been suspended by the DfE."
    assert {one.kind.value for one in read(suspended)} == {"intervention"}

    helped = (
        "Leeds City Council\nExecutive Board\n\nThe Department for Education has chosen Leeds as a"
        " Partner in Practice. Leeds will help Stoke-on-Trent to improve its children's services."
        " The DfE will pay Leeds £505,200 for it."
    )
    places = [one.councils for one in read(helped) if not one.money and not one.helped]
    assert ("stoke-on-trent",) not in places


def test_a_second_list_has_an_introduction_of_its_own() -> None:
    text = (
        "Delivering Better Value in SEND\n\nThe Department for Education gives each of these local"
        " authorities a grant of £1 million:\n\n* East Sussex\n* Leicester\n* Oldham\n\n"
        "Not in this tranche, and free to apply next year:\n\n* Solihull\n* Hartlepool\n"
    )
    assert sums(read(text)) == [
        ("east-sussex", 1_000_000),
        ("leicester", 1_000_000),
        ("oldham", 1_000_000),
    ]


def test_who_gets_nothing_in_a_place_is_not_the_council() -> None:
    text = "Until now, 40 per cent of special guardians in Medway got nothing from the DfE."
    assert not read(text)


def listed() -> tuple[Page, list[Part]]:
    """A page with a list by region, and the parts that are its items."""
    text = (
        "The Department for Education confirmed that the first of them include:\n\n"
        "North: Halton, St Helens, Redcar and Cleveland, South Tyneside, Darlington\n"
        "Midlands: Nottinghamshire, Sandwell, Walsall\nSouth: Torbay, Isle of Wight, Thurrock\n\n"
        "The full list is to follow once all delivery plans are signed off.\n"
    )
    page, _ = open_page(text, REGISTER, PROGRAMMES)
    return page, [page.parts[number] for number in page.lists[0]]


def test_a_line_that_begins_with_a_label_is_an_item_of_its_own() -> None:
    _, items = listed()
    assert [item.marked.text for item in items] == ["North: ‹G0›", "Midlands: ‹G0›", "South: ‹G0›"]


def test_the_items_of_a_list_are_judged_by_what_stands_around_the_list() -> None:
    page, items = listed()
    around = [set(neighbours(page, item, of_list=True)) for item in items]
    assert around[0] == around[1] == around[2]
    assert around[0] != set(neighbours(page, items[0]))


def test_a_council_that_is_helped_is_not_even_a_possible_place(shared: Path) -> None:
    text = (shared / "awards" / "03.txt").read_text(encoding="utf-8")
    found = read_funding(text, REGISTER, PROGRAMMES)
    assert ("stoke-on-trent",) in {one.helped for one in found.told}
    assert not [one for one in found.possible if "stoke-on-trent" in one.councils]


def test_titles_of_attachments_say_nothing() -> None:
    text = (
        "Safety valve agreements with the Department for Education\n\n"
        "Attachments: Barnsley, Bexley, Bolton: dedicated schools grant agreements 2022-2023.\n"
    )
    assert not read(text)
