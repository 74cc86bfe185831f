from __future__ import annotations

import datetime as dt
from itertools import count, permutations
from pathlib import Path

import pytest

from syncer.documents import sheets
from syncer.funding.payments import read_spend
from syncer.records.reversals import Movement, find_reversals
from syncer.register.councils import load_register

LEEDS = ("leeds",)


def movements(*rows: tuple[str, int, str]) -> list[Movement]:
    """Day, pounds and transaction number of each; they are numbered from 1."""
    numbers = count(1)
    return [
        Movement(next(numbers), LEEDS, "Families Group", dt.date.fromisoformat(day), pounds, own)
        for day, pounds, own in rows
    ]


def pairs(given: list[Movement]) -> set[tuple[int, int]]:
    return {(pair.payment, pair.taken_back_by) for pair in find_reversals(given)}


def test_a_negative_amount_reverses_the_payment_of_its_own_transaction_number() -> None:
    given = movements(
        ("2015-04-01", 100, "4001"), ("2015-04-08", 100, "4002"), ("2015-04-09", -100, "4001")
    )
    assert pairs(given) == {(1, 3)}


def test_payments_without_a_number_do_not_share_one() -> None:
    given = movements(("2015-04-01", 100, ""), ("2015-04-08", 100, ""), ("2015-04-09", -100, ""))
    assert pairs(given) == {(2, 3)}


def test_the_last_paid_by_then_is_taken_back_whatever_the_order_of_the_rows() -> None:
    given = movements(
        ("2015-04-08", 100, "4002"), ("2015-04-01", 100, "4001"), ("2015-04-09", -100, "4003")
    )
    assert [pairs(list(order)) for order in permutations(given)] == [{(1, 3)}] * 6


@pytest.mark.parametrize(("back", "found"), [("2016-04-01", {(1, 2)}), ("2016-04-02", set())])
def test_a_payment_of_more_than_a_year_ago_is_not_taken_back(
    back: str, found: set[tuple[int, int]]
) -> None:
    assert pairs(movements(("2015-04-01", 100, "4001"), (back, -100, "4002"))) == found


def test_where_nothing_was_paid_by_then_the_first_later_one_of_the_month_is_taken_back() -> None:
    given = movements(
        ("2015-04-09", -100, "4001"), ("2015-04-20", 100, "4002"), ("2015-04-30", 100, "4003")
    )
    assert pairs(given) == {(2, 1)}


def test_what_is_paid_in_the_next_month_was_not_taken_back_before() -> None:
    assert pairs(movements(("2015-04-30", -100, ""), ("2015-05-01", 100, ""))) == set()


def test_a_surer_rule_comes_first_for_all_of_them() -> None:
    given = movements(
        ("2015-04-01", 100, "4001"), ("2015-04-08", -100, "4002"), ("2015-04-09", -100, "4001")
    )
    assert pairs(given) == {(1, 3)}


@pytest.mark.parametrize(
    "other",
    [
        {"councils": ("kent",)},
        {"programme": "Safeguarding Group"},
        {"pounds": 99},
    ],
    ids=["council", "programme", "sum"],
)
def test_a_payment_that_differs_is_not_taken_back_even_under_the_same_number(
    other: dict[str, object],
) -> None:
    paid, back = movements(("2015-04-01", 100, "4001"), ("2015-04-01", -100, "4001"))
    assert pairs([Movement(**{**vars(paid), **other}), back]) == set()


def test_in_the_real_files_what_was_paid_in_an_earlier_month_stays_taken_back(shared: Path) -> None:
    taken_back = {}
    for file in sorted((shared / "replay/world/govuk/assets").glob("*.csv")):
        if "spend" in file.name.lower():
            (sheet,) = sheets.rows(file.read_bytes(), file.name)
            payments = read_spend(sheet.rows, load_register(), sheet.numbers).payments
            negative = sum(payment.pounds < 0 for payment in payments)
            if negative:
                taken_back[file.name] = negative
    assert taken_back == {
        "DfE_spend_01apr_2011.csv": 7,
        "DfE_spend_02may_2011.csv": 1,
        "DfE_spend_03jun_2011.csv": 1,
        "DfE_spend_12mar_2012.csv": 5,
    }
