"""Amounts as people print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.model import Money, Qualifier
from syncer.quantities.money import (
    agree,
    format_pounds,
    read_amount_cell,
    read_money,
    same_figure,
    sharper,
)


def only(text: str) -> Money:
    (mention,) = read_money(text)
    return mention.money


@pytest.mark.parametrize(
    ("text", "pounds", "low", "high"),
    [
        ("awarded £9.6m to", 9_600_000, 9_550_000, 9_650_000),
        ("£9.6 M over", 9_600_000, 9_550_000, 9_650_000),
        ("£9.59m.", 9_590_000, 9_585_000, 9_595_000),
        ("£9.6\u00a0million", 9_600_000, 9_550_000, 9_650_000),
        ("£500k", 500_000, 499_500, 500_500),
        ("£1,487,000", 1_487_000, 1_487_000, 1_487_000),
        ("£411,675.50,", 411_676, 411_676, 411_676),
        ("GBP 4.6 million", 4_600_000, 4_550_000, 4_650_000),
        ("calderdale-awarded-ps875767-to", 875_767, 875_767, 875_767),
        ("£1.39bn", 1_390_000_000, 1_385_000_000, 1_395_000_000),
        ("half a million pounds", 500_000, 450_000, 550_000),
        ("two million pounds", 2_000_000, 1_500_000, 2_500_000),
        ("£3.5million", 3_500_000, 3_450_000, 3_550_000),
    ],
)
def test_a_figure_is_read_as_the_range_it_was_rounded_from(
    text: str, pounds: int, low: int, high: int
) -> None:
    money = only(text)
    assert (money.pounds, money.low, money.high, money.qualifier) == (
        pounds,
        low,
        high,
        Qualifier.EXACT,
    )


@pytest.mark.parametrize(
    ("text", "qualifier", "printed", "low", "high"),
    [
        (
            "up to a maximum of £505,200 in",
            Qualifier.UP_TO,
            "up to a maximum of £505,200",
            0,
            505_200,
        ),
        ("a maximum of £2m", Qualifier.UP_TO, "a maximum of £2m", 0, 2_500_000),
        ("not exceeding £750,000", Qualifier.UP_TO, "not exceeding £750,000", 0, 750_000),
        ("up to the value of £6.49m", Qualifier.UP_TO, "up to the value of £6.49m", 0, 6_495_000),
        ("winning over £4.5 M for", Qualifier.OVER, "over £4.5 M", 4_500_000, None),
        ("in excess of £3 million", Qualifier.OVER, "in excess of £3 million", 3_000_000, None),
        ("£4.5m+ for", Qualifier.OVER, "£4.5m+", 4_500_000, None),
        ("just over £2.1m", Qualifier.OVER, "just over £2.1m", 2_100_000, 2_310_000),
        ("nearly £4m", Qualifier.ABOUT, "nearly £4m", 3_500_000, 4_000_000),
        ("almost £900,000", Qualifier.ABOUT, "almost £900,000", 810_000, 900_000),
        ("around £4.6m", Qualifier.ABOUT, "around £4.6m", 4_140_000, 5_060_000),
        ("c. £2.0m", Qualifier.ABOUT, "c. £2.0m", 1_800_000, 2_200_000),
        ("£3.0m or so", Qualifier.ABOUT, "£3.0m or so", 2_700_000, 3_300_000),
    ],
)
def test_the_words_around_a_figure_qualify_it(
    text: str, qualifier: Qualifier, printed: str, low: int, high: int | None
) -> None:
    money = only(text)
    assert (money.qualifier, money.text, money.low, money.high) == (qualifier, printed, low, high)


@pytest.mark.parametrize(
    "text",
    [
        "no money here",
        "in 2017-18",
        "0113 3783585",
        "31/7833",
        "www.example.org/ps12",
        "14 March",
        "PS 875767",
    ],
)
def test_other_numbers_are_not_money(text: str) -> None:
    assert read_money(text) == []


def test_a_qualifier_belongs_to_one_figure() -> None:
    first, second = read_money("over £2m and £3m respectively")
    assert (first.money.qualifier, second.money.qualifier) == (Qualifier.OVER, Qualifier.EXACT)


@given(st.integers(1, 10**10))
def test_pounds_written_for_a_reader_are_read_back(pounds: int) -> None:
    money = only(f"the council was given {format_pounds(pounds)} in May")
    assert (money.pounds, money.low, money.high) == (pounds, pounds, pounds)


@given(st.integers(50_000, 10**9), st.sampled_from([10**3, 10**6]))
def test_a_rounded_figure_agrees_with_the_sum_it_was_made_from(pounds: int, scale: int) -> None:
    printed = f"£{pounds / scale:.1f}{'m' if scale == 10**6 else 'k'}"
    exact, rounded = only(format_pounds(pounds)), only(printed)
    assert agree(exact, rounded) and agree(rounded, exact)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_exact_sums_agree_only_when_equal(one: int, other: int) -> None:
    assert agree(only(format_pounds(one)), only(format_pounds(other))) == (one == other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("£500k", "up to a maximum of £505,200", True),
        ("£1.14 million", "£1.147 million", True),
        ("£9.6m", "£9.6 million", True),
        ("£9.6m", "£9.59m", True),
        ("£2.4 million", "£2 million", False),
        ("£1m", "£1.4m", False),
        ("up to £1m", "£250,000", False),
        ("over £4.5m", "£9.6m", False),
    ],
)
def test_one_figure_printed_twice_is_told_from_two_figures(
    one: str, other: str, same: bool
) -> None:
    assert same_figure(only(one), only(other)) is same
    assert same_figure(only(other), only(one)) is same


def test_the_sharper_figure_is_the_one_with_more_digits() -> None:
    assert sharper(only("£500k"), only("up to £505,200")).pounds == 505_200
    assert sharper(only("£9.59m"), only("£9.6m")).pounds == 9_590_000
    assert sharper(only("about £9.6m"), only("£9.6m")).qualifier is Qualifier.EXACT


@pytest.mark.parametrize(
    ("cell", "pounds"),
    [
        ("£1,487,000", 1_487_000),
        ("853265", 853_265),
        ("836633.00", 836_633),
        ("38683.39", 38_683),
        ("(1,200)", -1_200),
        ("-1,200", -1_200),
        ("£2,609,600*", 2_609_600),
        (" £ 169,333 ", 169_333),
        ("£1.2m", 1_200_000),
        ("0", 0),
        ("nil", 0),
    ],
)
def test_a_cell_is_read_as_an_amount(cell: str, pounds: int) -> None:
    money = read_amount_cell(cell)
    assert money is not None and money.pounds == pounds


@pytest.mark.parametrize(
    "cell", ["", "-", "n/a", "Derby", "22/04/2015", "2023-24", "CSDSD61", "about £2m for a hub"]
)
def test_a_cell_that_is_no_amount_is_none(cell: str) -> None:
    assert read_amount_cell(cell) is None


@pytest.mark.parametrize("digits", [16, 27, 28, 29, 60, 5000])
def test_a_number_of_many_digits_is_no_money(digits: int) -> None:
    number = "9" * digits
    assert read_money(f"The Department has awarded Leeds £{number} for 2024.") == []
    assert read_money(f"£1.{number} million") == [] or digits < 27
    assert read_amount_cell(number) is None
    assert read_amount_cell(f"£{number}.50") is None


def test_the_largest_real_sums_are_money() -> None:
    assert only("£999.9 billion").pounds == 999_900_000_000


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        ("A sum of eighty-six thousand pounds had come in", 86_000),
        ("a quarter of a million here, said the leader", 250_000),
        ("It got one million, in 2016, out of the fund", 1_000_000),
        ("one and a half million pounds", 1_500_000),
        ("one point nine million pounds", 1_900_000),
        ("four point two five million pounds", 4_250_000),
        ("two million, four hundred thousand pounds", 2_400_000),
        ("a hundred and twenty thousand pounds", 120_000),
        ("three-quarters of a million pounds", 750_000),
        ("twenty-one million from the ministry", 21_000_000),
    ],
)
def test_a_sum_written_out_in_words_is_read(text: str, pounds: int) -> None:
    assert [one.money.pounds for one in read_money(text)] == [pounds]


@pytest.mark.parametrize(
    "text",
    [
        "one million children",
        "a quarter of a million people",
        "ten million of them",
        "half a million children",
        "thanks a million",
        "two thousand families",
        "three hundred and forty thousand homes",
    ],
)
def test_what_is_counted_and_is_no_money_is_no_sum(text: str) -> None:
    assert not read_money(text)
