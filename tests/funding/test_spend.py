from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.documents import sheets
from syncer.errors import UnreadableTable
from syncer.funding.payments import PaymentRow, Spend, read_spend
from syncer.register.councils import load_register

OUTSIDE = (
    "Grants to local authorities outside aggregate external funding or aggregate exchequer grant"
)
WITHIN = "Grants to local authorities / other establishments within aggregate external funding or aggregate exchequer grant"
USUAL = {
    "Departmental Family": "Department for Education",
    "Entity": "DEPARTMENT FOR EDUCATION",
    "Date": "22/04/2015",
    "Expense type": "Grants",
    "Expense area": "Families Group",
    "Description": OUTSIDE,
    "Supplier": "LEEDS CITY COUNCIL",
    "Transaction Number": "4000205852",
    "Amount": "836633.00",
}
HEADER = list(USUAL)


def row(supplier: str = "LEEDS CITY COUNCIL", amount: str = "836633.00", **other: str) -> list[str]:
    cells = (
        USUAL
        | {"Supplier": supplier, "Amount": amount}
        | {name.replace("_", " "): value for name, value in other.items()}
    )
    return [cells[name] for name in HEADER]


def read(*rows: list[str], header: list[str] = HEADER) -> Spend:
    return read_spend([header, *rows], load_register())


def test_a_one_off_grant_to_a_council_is_a_payment() -> None:
    (payment,) = read(row()).payments
    assert payment == PaymentRow(
        council="leeds",
        supplier="LEEDS CITY COUNCIL",
        paid=dt.date(2015, 4, 22),
        pounds=836633,
        area="Families Group",
        description=OUTSIDE,
        transaction="4000205852",
        row=2,
        quote=f"22/04/2015 | Families Group | {OUTSIDE} | LEEDS CITY COUNCIL | 836633.00",
    )


@pytest.mark.parametrize(
    "foreign",
    [
        row(Description=WITHIN),
        row(Expense_type="Capital Grants", Description="Capital grants paid to Local Authorities"),
        row(
            Description="Capital grants paid to local authorities and other educational establishments"
        ),
        row(Entity="EDUCATION FUNDING AGENCY"),
        row(Entity="Education and Skills Funding Agency"),
        row(
            Description="Current Grants payments to Local Authorities. Payments from the Standards Fund relating to Teachers"
        ),
        row(
            Description="Current grant paid to local authorities within the aggregate external funding total"
        ),
        row("LEEDS CITY COLLEGE", Description="Current grants to local authorities"),
        row(Expense_type="GRANT IN AID", Description="Grant in aid"),
        row(Expense_type="ICT", Description="ICT Services"),
    ],
)
def test_what_is_not_the_departments_own_grant_to_a_council_is_not_read(foreign: list[str]) -> None:
    assert read(foreign, row()) == Spend(read(row(), row()).payments[1:], ())


@pytest.mark.parametrize(
    "description",
    [
        "Current grant paid to local authorities",
        "Current grants to local authorities",
        "Current grant for Sure Start payments to local authorities",
    ],
)
def test_the_words_of_other_years_mean_the_same(description: str) -> None:
    assert len(read(row(Description=description, Expense_type="Current Grants")).payments) == 1


@settings(deadline=None)
@given(st.permutations(range(len(HEADER))))
def test_the_order_of_the_columns_does_not_matter(order: list[int]) -> None:
    shuffled = [row()[place] for place in order]
    assert (
        read(shuffled, header=[HEADER[place] for place in order]).payments == read(row()).payments
    )


@pytest.mark.parametrize(
    ("printed", "other"),
    [
        ("Departmental Family", "Department family"),
        ("Transaction Number", "Transaction No"),
        ("Expense type", "Expense Type "),
        ("Expense type", "Expense Type Lookup"),
        ("Expense area", "Expense Area Lookup"),
        ("Supplier", "Vendor Name"),
        ("Date", "Payment  Date"),
        ("Transaction Number", "Document No."),
        ("Description", "Expenditure Description"),
        ("Supplier", "Supplier Name"),
        ("Amount", "Amount £"),
    ],
)
def test_a_header_is_known_under_the_names_it_has_had(printed: str, other: str) -> None:
    assert (
        len(read(row(), header=[other if name == printed else name for name in HEADER]).payments)
        == 1
    )


@pytest.mark.parametrize(
    ("amount", "pounds"),
    [
        ("1,234.50", 1235),
        ("836633 ", 836633),
        ("£5,000", 5000),
        ("(2,000.00)", -2000),
        ("-26000", -26000),
    ],
)
def test_amounts_are_read_as_they_are_printed(amount: str, pounds: int) -> None:
    assert read(row(amount=amount)).payments[0].pounds == pounds


def test_a_payment_and_its_reversal_are_no_payment() -> None:
    wrong, back, right = (
        row(amount="100.00"),
        row(amount="-100.00", Date="23/04/2015"),
        row(amount="90.00", Date="24/04/2015"),
    )
    assert [payment.pounds for payment in read(wrong, back, right).payments] == [90]


def test_money_taken_back_for_an_earlier_month_stays_as_it_is() -> None:
    assert [
        payment.pounds for payment in read(row(), row("KENT COUNTY COUNCIL", "-100")).payments
    ] == [836633, -100]


SUMS = st.lists(
    st.tuples(st.sampled_from(["LEEDS CITY COUNCIL", "KENT COUNTY COUNCIL"]), st.integers(-3, 3)),
    min_size=1,
)


@given(SUMS)
def test_netting_never_changes_what_a_council_had_in_all(sums: list[tuple[str, int]]) -> None:
    wanted: Counter[str] = Counter()
    for supplier, pounds in sums:
        wanted[supplier] += pounds
    got: Counter[str] = Counter()
    for payment in read(*(row(supplier, str(pounds)) for supplier, pounds in sums)).payments:
        got[payment.supplier] += payment.pounds
    assert {name: total for name, total in wanted.items() if total} == {
        name: total for name, total in got.items() if total
    }


def test_a_supplier_nobody_knows_is_a_problem_and_the_rest_is_read() -> None:
    spend = read(row("SOUTH BOROUGH"), row())
    assert [problem.name for problem in spend.problems] == ["UnknownCouncil"]
    assert "row 2" in spend.problems[0].message
    assert len(spend.payments) == 1


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ([["a", "b"], ["1", "2"]], "names a supplier"),
        (
            [HEADER, row(amount="n/a"), row(amount="tbc")],
            "the column for amount holds something else: 0 of 2",
        ),
    ],
    ids=["no header", "no amounts"],
)
def test_a_table_that_cannot_be_trusted_is_refused(table: list[list[str]], fault: str) -> None:
    with pytest.raises(UnreadableTable, match=fault):
        read_spend(table, load_register())


# -- real files ------------------------------------------------------------------------------------


def spend_of(file: Path) -> Spend:
    (sheet,) = sheets.rows(file.read_bytes(), file.name)
    return read_spend(sheet.rows, load_register(), sheet.numbers)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("DfE_Spend_March_2015_with_EFA.csv", "25-03-2015"),
        ("DfE_Spend_April_2015.csv", "22-04-2015"),
        ("DfE_Spend_September_2015.csv", "23-09-2015"),
    ],
)
def test_the_instalments_of_2015_come_to_what_each_council_was_paid(
    shared: Path, name: str, day: str
) -> None:
    register, paid = load_register(), dt.datetime.strptime(day, "%d-%m-%Y").date()
    with (shared / "awards/innovation_instalments_2015.csv").open(
        newline="", encoding="utf-8"
    ) as file:
        printed = {
            row["supplier_as_printed"]: int(row[f"paid_{day}"]) for row in csv.DictReader(file)
        }
    expected = Counter(
        {
            register.match_cell(supplier, paid).council.slug: pounds
            for supplier, pounds in printed.items()
            if pounds
        }
    )
    got: Counter[str] = Counter()
    for payment in spend_of(shared / "replay/world/govuk/assets" / name).payments:
        if payment.paid == paid and (
            "Families Group" in payment.area or "Safeguarding" in payment.area
        ):
            got[payment.council] += payment.pounds
    assert got == expected


def test_every_real_file_is_read_with_hardly_a_row_left_over(shared: Path) -> None:
    left = {
        file.name: spend_of(file).problems
        for file in sorted((shared / "replay/world/govuk/assets").glob("*.csv"))
    }
    assert {name: len(problems) for name, problems in left.items() if len(problems) > 2} == {}


@pytest.mark.parametrize(
    ("area", "ours"),
    [("Children in Care Division", 1), ("School Resources Group", 0), ("Academies Group", 0)],
)
def test_where_descriptions_are_missing_the_expense_area_tells(area: str, ours: int) -> None:
    cells = row()
    place = HEADER.index("Expense area")
    table = [HEADER[:5] + HEADER[6:], [*cells[:place], area, *cells[place + 1 :]][:5] + cells[6:]]
    assert len(read_spend(table, load_register()).payments) == ours


# -- Files in a form of their own ------------------------------------------------------------------


def without(column: str, *rows: list[str]) -> Spend:
    place = HEADER.index(column)
    return read(
        *([*row[:place], *row[place + 1 :]] for row in rows),
        header=[name for name in HEADER if name != column],
    )


def test_without_a_column_of_types_a_grant_is_told_by_its_description() -> None:
    spend = without("Expense type", row(), row("KENT COUNTY COUNCIL", Description="Business rates"))
    assert [payment.council for payment in spend.payments] == ["leeds"]


@pytest.mark.parametrize("column", ["Date", "Expense type"])
def test_a_file_that_pays_no_council_has_no_grant_to_one_whatever_its_columns(column: str) -> None:
    assert without(column, row("ACME PRINTING LTD", Description="Printing")) == Spend((), ())


@pytest.mark.parametrize("payee", ["LEEDS CITY COUNCIL", "Ambridge Borough Council"])
def test_a_file_that_pays_councils_and_lacks_a_column_is_refused(payee: str) -> None:
    with pytest.raises(UnreadableTable):
        without("Date", row(payee))
