"""Rows of tables: columns found by what is in them."""

from __future__ import annotations

import datetime as dt

import pytest

from syncer.errors import UnreadableTable
from syncer.funding.tables import Surroundings, TableReading, read_table
from syncer.model import FundingKind, Qualifier
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

REGISTER, PROGRAMMES = load_register(), load_programmes()
DAY = dt.date(2025, 5, 14)


def read(*rows: tuple[str, ...], lead: str = "", determination: str = "") -> TableReading:
    """Read the rows as a table on a page of the education ministry."""
    around = Surroundings((lead,), ("Grant allocations",), "DfE", DAY)
    return read_table(rows, around, REGISTER, PROGRAMMES, determination=determination)


def short(reading: TableReading) -> list[tuple[str, int, str]]:
    return [
        (one.councils[0], one.money.pounds, one.period) for one in reading.statements if one.money
    ]


def test_an_annex_is_read_with_its_programme_and_number() -> None:
    reading = read(
        ("Authority", "Region", "Amount of grant (£)"),
        ("Barnet", "London", "1,234,567"),
        ("Kingston upon Hull, City of", "Yorkshire", "98,765"),
        ("Total", "", "1,333,332"),
        lead="Children and Families Grant determination 2025 to 2026: ringfenced revenue grant",
        determination="31/1234",
    )
    assert short(reading) == [
        ("barnet", 1_234_567, "2025 to 2026"),
        ("kingston-upon-hull", 98_765, "2025 to 2026"),
    ]
    one = reading.statements[0]
    assert (one.kind, one.programme, one.funder) == (
        FundingKind.ALLOCATION,
        "Children and Families Grant",
        "MHCLG",
    )
    assert (one.determination, one.ring_fenced, one.capital, one.announced) == (
        "31/1234",
        True,
        False,
        DAY,
    )


def test_years_side_by_side_are_an_allocation_each_and_their_total_none() -> None:
    reading = read(
        ("LA", "2026 to 2027", "2027 to 2028", "Total"),
        ("Kent", "£100", "£200", "£300"),
        ("Essex", "£10", "£20", "£30"),
    )
    assert short(reading) == [
        ("kent", 100, "2026 to 2027"),
        ("kent", 200, "2027 to 2028"),
        ("essex", 10, "2026 to 2027"),
        ("essex", 20, "2027 to 2028"),
    ]


def test_grants_side_by_side_have_each_its_programme() -> None:
    reading = read(
        ("Local authority", "Staying Put", "HAF total"),
        ("Barnet", "£101,000", "£1.2m"),
        ("Bexley", "£90,500", "-"),
        lead="DfE 2024-25",
    )
    assert [(one.councils[0], one.programme) for one in reading.statements] == [
        ("barnet", "Staying Put"),
        ("barnet", "Holiday activities and food"),
        ("bexley", "Staying Put"),
    ]


def test_the_order_of_the_columns_does_not_matter() -> None:
    rows = [
        ("E06000030", "Swindon", "12,345", "£500,000"),
        ("E06000022", "Bath & North East Somerset*", "23,456", "£600,000†"),
    ]
    header = ("ONS code", "Council", "Number of pupils", "Allocation")
    usual = read(header, *rows)
    turned = read(*[tuple(reversed(row)) for row in (header, *rows)])
    assert (
        short(usual)
        == short(turned)
        == [("swindon", 500_000, ""), ("bath-and-north-east-somerset", 600_000, "")]
    )


@pytest.mark.parametrize(
    ("header", "cell", "low", "high"),
    [
        ("Funding (£m)", "1.2", 1_150_000, 1_250_000),
        ("Allocation (£000s)", "1,234", 1_233_500, 1_234_500),
        ("Grant £", "1,234", 1_234, 1_234),
    ],
)
def test_a_header_says_what_one_unit_is(header: str, cell: str, low: int, high: int) -> None:
    money = read(("Council", header), ("Kent", cell), ("Essex", cell)).statements[0].money
    assert money and (money.low, money.high) == (low, high)


def test_a_maximum_is_a_ceiling() -> None:
    money = (
        read(
            ("Council", "Total maximum funding 2023-24"),
            ("Derby", "£1,487,000"),
            ("Leeds", "£2,000,000"),
        )
        .statements[0]
        .money
    )
    assert money and money.qualifier is Qualifier.UP_TO and money.low == 0


def test_a_lead_authority_is_the_payee_and_those_it_delivers_for_are_named() -> None:
    reading = read(
        ("Local authority", "Funding"),
        ("Leeds", "£5"),
        (
            "North Northamptonshire (Delivering for North Northamptonshire and West Northamptonshire)",
            "£9",
        ),
    )
    one = reading.statements[1]
    assert one.councils == ("north-northamptonshire",) and "West Northamptonshire" in one.what


def test_a_row_with_an_unknown_name_is_given_back() -> None:
    reading = read(
        ("Authority", "Grant"),
        ("Kent", "£1"),
        ("Atlantis", "£2"),
        ("Leeds", "£3"),
        ("England", "£6"),
    )
    assert [fault.row for fault in reading.unmatched] == ["Atlantis | £2"]
    assert len(reading.statements) == 2


def test_payments_are_grants_of_the_department_with_their_day_and_reversals() -> None:
    header = (
        "Department Family",
        "Entity",
        "Date",
        "Expense type",
        "Supplier",
        "Transaction Number",
        "Amount",
    )
    reading = read(
        header,
        (
            "DfE",
            "DEPARTMENT FOR EDUCATION",
            "22/12/2016",
            "Grants",
            "KENT COUNTY COUNCIL",
            "4001",
            "25000.00",
        ),
        (
            "DfE",
            "DEPARTMENT FOR EDUCATION",
            "23/12/2016",
            "Current Grants",
            "LONDON BOROUGH OF EALING",
            "4002",
            "-1,000.00",
        ),
        (
            "DfE",
            "EDUCATION FUNDING AGENCY",
            "22/12/2016",
            "Grants",
            "LEEDS CITY COUNCIL",
            "4003",
            "35000.00",
        ),
        (
            "DfE",
            "DEPARTMENT FOR EDUCATION",
            "22/12/2016",
            "Consultancy",
            "LEEDS CITY COUNCIL",
            "4004",
            "35000.00",
        ),
        (
            "DfE",
            "DEPARTMENT FOR EDUCATION",
            "22/12/2016",
            "Grants",
            "A CHARITY LTD",
            "4005",
            "35000.00",
        ),
    )
    assert [
        (one.kind.value, one.councils[0], one.money.pounds if one.money else 0, str(one.announced))
        for one in reading.statements
    ] == [("payment", "kent", 25_000, "2016-12-22"), ("payment", "ealing", -1_000, "2016-12-23")]
    assert reading.unmatched == ()


@pytest.mark.parametrize(
    "rows",
    [
        [("Year", "Payment"), ("2022-23", "£1m"), ("2023-24", "£2m")],
        [("Yes", "No"), ("x", "y")],
        [("Council", "Region"), ("Kent", "South East"), ("Leeds", "Yorkshire")],
        [
            ("Council", "ONS code", "Number of children"),
            ("Kent", "886", "1,200"),
            ("Leeds", "383", "1,300"),
        ],
    ],
)
def test_a_table_without_councils_or_money_says_so(rows: list[tuple[str, ...]]) -> None:
    with pytest.raises(UnreadableTable):
        read(*rows)
