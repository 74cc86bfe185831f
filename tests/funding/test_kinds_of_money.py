"""Kinds of texts that were once misread, each with what it says: sums that stand to each other, a
council's own table of grants, tables beside others' money, and what is refused, wrong or not the
author's."""

from __future__ import annotations

import pytest

from syncer.funding.figures import BEFORE, PART, POT
from syncer.funding.prose import SHARED_WITH_OTHERS
from syncer.funding.reading import FundingReading, read_funding
from syncer.model import Statement
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

REGISTER, PROGRAMMES = load_register(), load_programmes()


def read(text: str) -> FundingReading:
    return read_funding(text, REGISTER, PROGRAMMES)


def sums(statements: tuple[Statement, ...]) -> list[tuple[str, int]]:
    return sorted(("+".join(one.councils), one.money.pounds) for one in statements if one.money)


@pytest.mark.parametrize(
    ("text", "told", "pounds", "why"),
    [
        (
            "The DfE has awarded Norfolk £5.2m over three years, £1.7m of which arrives in April.",
            5_200_000,
            1_700_000,
            PART,
        ),
        (
            "The DfE has awarded Dudley a grant of £4.4m, including £1.9m this year.",
            4_400_000,
            1_900_000,
            PART,
        ),
        (
            "Dudley's grant from the Department for Education rose from £1.1m to £1.3m.",
            1_300_000,
            1_100_000,
            BEFORE,
        ),
        (
            "The DfE has handed out £4.2m, of which £1.35m went to Derby.",
            1_350_000,
            4_200_000,
            POT,
        ),
    ],
)
def test_of_two_sums_that_belong_together_one_is_told(
    text: str, told: int, pounds: int, why: str
) -> None:
    found = read(text)
    assert [one for _, one in sums(found.told)] == [told]
    said = {one.money.pounds: one.why[0] for one in found.nothing if one.money}
    assert said.get(pounds, why) == why


def test_a_sum_that_others_add_up_to_is_no_total_where_it_stands_beside_its_council() -> None:
    found = read("The DfE gave £2m to Bolton, £3m to Salford and £1m to Bury.")
    assert sums(found.told) == [("bolton", 2_000_000), ("bury", 1_000_000), ("salford", 3_000_000)]


def test_a_pot_for_more_than_are_named_is_said_to_be_shared_and_not_dropped() -> None:
    found = read("Nine councils, including Devon and Torbay, are to share £18m from the DfE.")
    assert not sums(found.told)
    assert SHARED_WITH_OTHERS in {one.why[0] for one in found.nothing}


def test_a_council_s_own_table_of_grants_is_read_row_by_row_by_who_gives() -> None:
    found = read(
        "Grant income schedule (extract), Hertfordshire, £000, Department for Education grants\n\n"
        "                                  24/25     25/26\n"
        "Staying Put                         412       431\n"
        "Extended rights travel            1,266     1,305\n"
    )
    assert sums(found.told + found.possible) == [
        ("hertfordshire", pounds) for pounds in (412_000, 431_000, 1_266_000, 1_305_000)
    ]


def test_a_column_beside_the_ministry_s_is_another_s() -> None:
    found = read(
        "Early intervention: what each pilot area has been given, 2018-19\n\n"
        "| Area | DfE grant to the council | Council's own | Health |\n"
        "|---|---|---|---|\n"
        "| Hartlepool | £265,500 | £10,000 | £60,000 |\n"
        "| Luton | £402,000 | £200,000 | £30,000 |\n"
    )
    assert sums(found.told) == [("hartlepool", 265_500), ("luton", 402_000)]


def test_a_programme_s_column_counts_in_a_table_of_the_whole_settlement() -> None:
    found = read(
        "Local government finance settlement 2025-26\n"
        "Ministry of Housing, Communities and Local Government\n\n"
        "LA name     Core spending power (£m)   Children's Social Care Prevention Grant (£m)\n"
        "Calderdale  233.4                       1.02\n"
        "Harrow      265.0                       0.93\n"
    )
    assert sums(found.told) == [("calderdale", 1_020_000), ("harrow", 930_000)]


def test_the_adopter_of_a_model_is_paid_and_not_who_made_it() -> None:
    found = read(
        "Strengthening Families programme: adopters. Department for Education, June 2023\n\n"
        "Adopter;Model;Practice lead;Grant £m\n"
        "Darlington;Leeds Relational Practice;Leeds;2.45\n"
        "Walsall;Family Safeguarding;Hertfordshire;3.65\n"
    )
    assert sums(found.told) == [("darlington", 2_450_000), ("walsall", 3_650_000)]


@pytest.mark.parametrize(
    "text",
    [
        "Salford had been unsuccessful in its £2.2m bid to the DfE's Staying Close fund.",
        "Barnet Council is sending £340,000 back to the Department for Education.",
        "The DfE offered Sandwell £1.5m but the council turned it down.",
    ],
)
def test_what_is_refused_or_sent_back_is_not_told(text: str) -> None:
    assert not sums(read(text).told)


def test_a_line_with_a_date_at_its_end_is_no_reader_s_name() -> None:
    found = read(
        "The Department for Education's regional office has agreed the support below with councils"
        " in the north.\n"
        "Support agreed in the quarter to 30 June 2024\n\n"
        "The Department for Education has awarded Kirklees £318,000 for its work with two others.\n"
    )
    assert sums(found.told) == [("kirklees", 318_000)]


def test_figures_without_a_sign_are_sums_where_councils_are_listed_with_them() -> None:
    found = read("Supported internships grant (DfE). Ealing 62,000; Hillingdon 58,500.")
    assert sums(found.told + found.possible) == [("ealing", 62_000), ("hillingdon", 58_500)]
