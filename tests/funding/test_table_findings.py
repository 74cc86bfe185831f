"""Tables and lists of payments that were once read wrongly (`syncer extract FILE`, or a page of
GOV.UK): the smallest inputs, written out here."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from syncer.errors import UnreadableTable
from syncer.funding.tables import Surroundings, read_table
from syncer.operations.extract import FundingReader
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

READER = FundingReader()
LEDGER = "Department,Entity,Date,Expense Type,Expense Area,Supplier,Transaction Number,Amount\n"
DFE = "Department for Education,DEPARTMENT FOR EDUCATION"


def extracted(name: str, text: str) -> list[str]:
    """Return what `syncer extract` tells of a file."""
    return [
        f"{one.kind} {one.councils[0]} {one.money.pounds} {one.announced or ''}".strip()
        for one in READER.read(name, text.encode())
        if one.money
    ]


def test_a_sheet_in_thousands_is_in_thousands_in_every_row() -> None:
    text = (
        "Grant allocations 2031-32,\nAll figures in £ thousands,\nLocal authority,Allocation\n"
        "Leeds,1250\nBradford,980\nYork,410\n"
    )
    assert extracted("thousand.csv", text) == [
        "allocation leeds 1250000",
        "allocation bradford 980000",
        "allocation york 410000",
    ]


def test_a_page_whose_caption_says_thousands_is_in_thousands() -> None:
    rows = "".join(
        f"<tr><td>{name}</td><td>{cell}</td></tr>"
        for name, cell in [("Leeds", "1,250"), ("York", "410")]
    )
    page = (
        "<!DOCTYPE html><html><head><title>Allocations</title></head><body><main>"
        "<h1>Allocations</h1><table><caption>Family Hubs grant allocations 2031 to 2032 (£000)"
        "</caption><thead><tr><th>Local authority</th><th>Allocation</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></main></body></html>"
    )
    assert extracted("page.html", page) == ["allocation leeds 1250000", "allocation york 410000"]


def test_spending_power_and_council_tax_are_given_by_nobody() -> None:
    text = (
        "Local authority,Settlement funding assessment (£m),Council tax requirement (£m),"
        "Core spending power 2031-32 (£m)\nLeeds,220.1,410.2,690.4\nYork,30.1,110.2,150.4\n"
    )
    rows = [line.split(",") for line in text.splitlines()]
    title = "Core spending power: final local government finance settlement"
    around = Surroundings((), (title,), "MHCLG")
    assert read_table(rows, around, load_register(), load_programmes()).statements == ()


def test_what_councils_earn_and_spend_is_no_allocation() -> None:
    text = (
        "Local authority,Gross income 2031-32,Employees 2031-32,Running expenses 2031-32\n"
        'Leeds,"4,250,000.00","30,250,000.00","12,000,000.00"\n'
        'York,"900,000.00","8,000,000.00","2,100,000.00"\n'
    )
    with pytest.raises(UnreadableTable):
        extracted("outturn.csv", text)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Grants,Families Group", ["payment leeds 812345 2031-06-04"]),
        ("Business rates,Finance Group", []),
        ("Rent,Property Group", []),
    ],
)
def test_a_company_in_the_first_row_is_no_header(kind: str, expected: list[str]) -> None:
    text = (
        f"{LEDGER}{DFE},03/06/2031,Grants,Families Group,EXAMPLE TRAINING LTD,4001,30000\n"
        f"{DFE},04/06/2031,{kind},LEEDS CITY COUNCIL,4002,812345\n"
    )
    assert extracted("spend.csv", text) == expected


def test_a_councils_own_payments_are_nobodys_grants() -> None:
    text = (
        "Body Name,Service Area,Expenses Type,Invoice Payment Date,Transaction Number,Amount,"
        "Supplier Name\n"
        "Manchester City Council,Children,Placements,2031-12-02,77,5160.00,LEEDS CITY COUNCIL\n"
        "Manchester City Council,Chief Executives,Grants,2031-12-03,78,1300.00,LEEDS CITY COUNCIL\n"
    )
    assert extracted("own.csv", text) == []


def test_another_departments_grants_are_not_ours() -> None:
    text = (
        f"{LEDGER}Cabinet Office,CABINET OFFICE,03/06/2031,Grants,Youth,LEEDS CITY COUNCIL,1,30000\n"
        f"{DFE},04/06/2031,Current Grants,Families Group,KENT COUNTY COUNCIL,2,25000\n"
    )
    assert extracted("spend.csv", text) == ["payment kent 25000 2031-06-04"]


def test_formula_grants_and_school_money_are_no_payments_of_ours() -> None:
    within = "Grants to local authorities within aggregate external funding"
    agency = "Department for Education,EDUCATION FUNDING AGENCY"
    text = (
        f"{LEDGER}{DFE},03/06/2031,Grants,{within},LEEDS CITY COUNCIL,1,30000\n"
        f"{agency},03/06/2031,Grants,Schools Group,YORK CITY COUNCIL,2,90000\n"
        f"{DFE},04/06/2031,Grants,Families Group,KENT COUNTY COUNCIL,3,25000\n"
    )
    assert extracted("spend.csv", text) == ["payment kent 25000 2031-06-04"]


def test_the_divisions_of_the_ministry_say_whose_payments_they_are() -> None:
    text = (
        "Date,Expense area,Supplier,Amount\n"
        "01/07/2016,Adoption and Children in Care Division,WIGAN MBC,50000.00\n"
        "05/07/2016,Adoption and Children in Care Division,GRANDPARENTS PLUS,73869.76\n"
        "06/07/2016,Street lighting,LEEDS CITY COUNCIL,31000.00\n"
    )
    assert extracted("july.csv", text) == ["payment wigan 50000 2016-07-01"]


def test_what_institutions_are_allocated_is_no_councils() -> None:
    text = (
        "UKPRN,Institution name,Local authority,Total Students,Total funding (£)\n"
        "10000001,Leeds College,Leeds,110,402000\n10000002,York College,York,90,302000\n"
    )
    with pytest.raises(UnreadableTable):
        extracted("allocations.csv", text)


def test_a_table_as_wide_as_the_largest_real_one_is_read_in_seconds() -> None:
    names = [one.name for one in load_register() if one.closed is None][:150]
    titles = ",".join(f"Service {place} grant 2031-32 (£)" for place in range(480))
    rows = "\n".join(
        f'"{name}",' + ",".join(str(10_000 + row * 7 + place) for place in range(480))
        for row, name in enumerate(names)
    )
    started = time.process_time()
    told = READER.read("wide.csv", f"Local authority,{titles}\n{rows}\n".encode())
    assert len(told) == 150 * 480
    assert time.process_time() - started < 10


def test_a_real_list_of_payments_is_told_without_its_school_money(shared: Path) -> None:
    file = shared / "replay/world/govuk/assets/DfE_Spend_April_2015.csv"
    told = READER.read(file.name, file.read_bytes())
    leeds = [one for one in told if one.councils == ("leeds",) and one.money]
    assert 836_633 in [one.money.pounds for one in leeds if one.money]
    assert not [one.quote for one in told if "FUNDING AGENCY" in one.quote]
