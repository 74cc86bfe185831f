"""Tables as they are printed, and what a careful reader takes from them: each case is a table with
its surroundings, and the councils and pounds that are told."""

from __future__ import annotations

import datetime as dt

import pytest

from syncer.errors import UnclearGiver, UnreadableTable
from syncer.funding.tables import Surroundings, TableReading, read_table
from syncer.funding.tables.text import find_tables
from syncer.model import Statement
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

REGISTER, PROGRAMMES = load_register(), load_programmes()


def reading(rows: str, caption: str = "", publisher: str = "", title: str = "") -> TableReading:
    """Read rows written with bars between their cells."""
    cells = [[cell.strip() for cell in row.split("|")] for row in rows.strip().splitlines()]
    around = Surroundings((caption,), (title,), publisher, dt.date(2025, 5, 14))
    return read_table(cells, around, REGISTER, PROGRAMMES)


def short(statements: tuple[Statement, ...]) -> list[str]:
    """Return each statement as "leeds 1250000"."""
    return [f"{'+'.join(one.councils)} {one.money.pounds}" for one in statements if one.money]


def told_in_text(text: str) -> list[str]:
    """Return what the tables of a text tell."""
    lines = text.strip("\n").splitlines()
    told: list[str] = []
    for table in find_tables(lines):
        around = Surroundings(table.before[:1], (*table.before[1:], *table.after, *lines[:2]))
        told += short(read_table(table.rows, around, REGISTER, PROGRAMMES).statements)
    return told


# -- Units: for the whole table, or not at all -----------------------------------------------------

THREE = "Local authority | Allocation\nLeeds | 1,250\nBradford | 980\nYork | 410"
IN_POUNDS = ["leeds 1250000", "bradford 980000", "york 410000"]


@pytest.mark.parametrize(
    "unit",
    [
        "(£000)",
        "£000s",
        "£'000",
        "£k",
        "£ thousand",
        "All figures in £ thousands",
        "in thousands of pounds",
        "Data are reported in £ thousand.",
    ],
)
def test_thousands_are_said_in_many_ways_and_hold_for_every_row(unit: str) -> None:
    assert short(reading(THREE, f"DfE grant allocations 2031 to 2032 {unit}").statements) == (
        IN_POUNDS
    )


@pytest.mark.parametrize("unit", ["(£m)", "£ million", "£mn", "Figures are £ millions, rounded"])
def test_millions_are_said_in_many_ways(unit: str) -> None:
    rows = "Authority | 2025-26\nLeeds | 1.25\nYork | 14"
    assert short(reading(rows, f"DfE grants {unit}").statements) == [
        "leeds 1250000",
        "york 14000000",
    ]


def test_the_unit_of_a_heading_is_nearer_than_that_of_the_caption() -> None:
    rows = "Council | Revenue (£m) | Capital (£)\nKent | 1.2 | 45,000\nEssex | 0.9 | 50,000"
    told = short(reading(rows, "DfE grants, £000").statements)
    assert told == ["kent 1200000", "kent 45000", "essex 900000", "essex 50000"]


def test_a_unit_that_would_make_sums_nobody_is_given_holds_for_no_row() -> None:
    rows = "Council | Grant\nKent | 12,400,500\nEssex | 900"
    assert short(reading(rows, "DfE grant (£000)").statements) == ["kent 12400500", "essex 900"]


def test_a_sum_with_its_own_unit_keeps_it() -> None:
    rows = "Council | Grant\nKent | £1.2m\nEssex | 900"
    assert short(reading(rows, "DfE grant (£000)").statements) == ["kent 1200000", "essex 900000"]


def test_a_rounded_sum_keeps_its_range() -> None:
    money = reading("Council | Grant (£m)\nKent | 1.2\nEssex | 3.4", "DfE").statements[0].money
    assert money and (money.text, money.low, money.high) == ("1.2", 1_150_000, 1_250_000)


# -- Cells -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "pounds"),
    [
        ("£980,000 [note 2]", 980_000),
        ("980000[r]", 980_000),
        ("£980,000 (provisional)", 980_000),
        ("£1 110 000", 1_110_000),
        ("1\u202f110\u202f000", 1_110_000),
        ("£ -41,000", -41_000),
        ("(41,000)", -41_000),
        ("\u221241,000", -41_000),
        ("*980,000", 980_000),
        ("980,000¹", 980_000),
        ("410000.4", 410_000),
    ],
)
def test_a_sum_is_read_whatever_marks_it_has(cell: str, pounds: int) -> None:
    found = reading(f"Council | Grant (£)\nKent | 100,000\nLeeds | {cell}", "DfE")
    assert (short(found.statements)[1], found.unread) == (f"leeds {pounds}", ())


@pytest.mark.parametrize("cell", ["-", "–", "nil", "[x]", "[c]", "n/a", "..", "0", "tbc", "£0", ""])
def test_nothing_given_is_no_statement_and_no_fault(cell: str) -> None:
    found = reading(f"Council | Grant (£)\nKent | 100,000\nLeeds | {cell}\nYork | 5,000", "DfE")
    assert short(found.statements) == ["kent 100000", "york 5000"]
    assert (found.unread, found.unmatched) == ((), ())


def test_a_row_whose_sum_cannot_be_read_is_a_fault_with_its_number() -> None:
    rows = "Council | Grant (£)\nKent | 100,000\nLeeds | see annex\nYork | 5,000"
    (fault,) = reading(rows, "DfE").unread
    assert (fault.number, fault.row, "see annex" in fault.message) == (3, "Leeds | see annex", True)


# -- Columns and rows ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (  # a code between name and sum
            "Authority | Code | Amount £\nKent | 886 | 100,000\nLeeds | 383 | 90,000",
            ["kent 100000", "leeds 90000"],
        ),
        (  # the ministry's codes alone
            "LA code | Allocation\n886 | 100,000\n383 | 90,000",
            ["kent 100000", "leeds 90000"],
        ),
        (  # GSS codes alone
            "ONS code | Allocation\nE10000016 | 100,000\nE08000035 | 90,000",
            ["kent 100000", "leeds 90000"],
        ),
        (  # title, note and two rows of headings above
            "Annex A\nFigures are provisional\n | 2024-25 | | 2025-26 |\n"
            "LA | Revenue | Capital | Revenue | Capital\nKent | 9,000 | 8,000 | 7,000 | 6,000",
            ["kent 9000", "kent 8000", "kent 7000", "kent 6000"],
        ),
        (  # years without a word
            "LA | 2022 | 2023\nKent | 9,000 | 8,000\nLeeds | 7,000 | 6,000",
            ["kent 9000", "kent 8000", "leeds 7000", "leeds 6000"],
        ),
        (  # the total of the years
            "LA | 2022-23 | 2023-24 | Total\nKent | 9,000 | 8,000 | 17,000",
            ["kent 9000", "kent 8000"],
        ),
        (  # regions, the nation and totals between the rows
            "LA | Grant £\nNorth East | 9,000\nHartlepool | 9,000\nInner London | 5,000\n"
            "Camden | 5,000\nEngland | 14,000\nGrand total | 14,000",
            ["hartlepool 9000", "camden 5000"],
        ),
        (  # codes of regions
            "Code | Area | Grant £\nE12000003 | Yorkshire and The Humber | 9,000\n"
            "E08000035 | Leeds | 9,000\nE92000001 | England | 9,000",
            ["leeds 9000"],
        ),
        (  # the lead authority, not the region beside it
            "Region | Lead authority | Grant £\nLondon | Bexley | 9,000\nSouth West | Devon | 8,000",
            ["bexley 9000", "devon 8000"],
        ),
        (  # an agency with its lead in brackets, and one shared
            "Agency | Grant £\nAdopt East (Essex) | 9,000\nOne Adoption (led by Leeds) | 8,000\n"
            "Aspire (Dorset and Hampshire) | 7,000",
            ["essex 9000", "leeds 8000", "dorset+hampshire 7000"],
        ),
        (  # a list of projects, some led by councils
            "Project | Lead | Grant\nInside Out | St Christopher's | £1.17m\n"
            "Family Values | Leeds City Council | £4.85m\nPause | Pause (charity) | £3m",
            ["leeds 4850000"],
        ),
        (  # footnote marks on names
            "Council | Grant £\nKent* | 9,000\nLeeds [2] | 8,000\nYork† | 7,000",
            ["kent 9000", "leeds 8000", "york 7000"],
        ),
        (  # places beside the money
            "Authority | Beds | Grant\nKent | 6 | £1,200,000\nLeeds | 4 | £640,000",
            ["kent 1200000", "leeds 640000"],
        ),
        (  # what a scheme costs, what the council adds, what it is given
            "Applicant | Scheme cost £m | Council match £m | DfE contribution £m\n"
            "Kent | 1.90 | 0.95 | 0.95\nLeeds | 3.20 | 1.60 | 1.60",
            ["kent 950000", "leeds 1600000"],
        ),
        (  # a part of the sum before it
            "LA | 2025-26 allocation (£) | of which transformation (£)\nKent | 9,000 | 3,000",
            ["kent 9000"],
        ),
    ],
)
def test_columns_and_rows_are_what_is_in_them(rows: str, expected: list[str]) -> None:
    assert short(reading(rows, "Department for Education grant allocations").statements) == expected


def test_the_heading_over_several_columns_gives_each_its_year() -> None:
    rows = " | 2024-25 | | 2025-26 |\nLA | Revenue | Capital | Revenue | Capital\n"
    found = reading(rows + "Kent | 9,000 | 8,000 | 7,000 | 6,000", "DfE grants").statements
    assert [one.period for one in found] == ["2024-25", "2024-25", "2025-26", "2025-26"]
    assert [one.capital for one in found] == [False, True, False, True]


def test_a_total_that_its_rows_do_not_add_up_to_is_a_fault() -> None:
    rows = "Council | Grant £\nKent | 9,000\nLeeds | 8,000\nTotal | {}"
    assert reading(rows.format("17,000"), "DfE").misfits == ()
    (fault,) = reading(rows.format("26,000"), "DfE").misfits
    assert (fault.number, fault.message) == (4, "the rows add up to 17,000, not 26,000")


def test_what_a_table_prints_as_its_total_is_kept_for_each_column() -> None:
    rows = "Council | 2024-25 £ | 2025-26 £\nKent | 9,000 | 1,000\nLeeds | 8,000 | 2,000\n"
    found = reading(rows + "Total | 17,000 | 4,000", "DfE").totals
    assert [(total.period, total.pounds) for total in found] == [
        ("2024-25", 17_000),
        ("2025-26", 4_000),
    ]
    assert {total.quote for total in found} == {"Total | 17,000 | 4,000"}
    assert reading(rows, "DfE").totals == ()


def test_a_name_nobody_knows_is_a_fault_and_the_rest_is_read() -> None:
    found = reading("Council | Grant £\nKent | 9,000\nAmbridge | 8,000\nLeeds | 7,000", "DfE")
    assert short(found.statements) == ["kent 9000", "leeds 7000"]
    assert [(fault.number, fault.row) for fault in found.unmatched] == [(3, "Ambridge | 8,000")]


# -- Whose money -----------------------------------------------------------------------------------

ROWS = "Council | {}\nKent | 1,900,000\nLeeds | 2,800,000\nYork | 710,000"


@pytest.mark.parametrize(
    ("caption", "heading", "publisher"),
    [
        ("Core spending power 2031-32", "Core spending power 2031-32 (£)", "MHCLG"),
        ("Council tax requirement", "£", "MHCLG"),
        ("Local government finance settlement", "Settlement funding assessment (£)", "MHCLG"),
        ("Homelessness Prevention Grant: allocations", "Allocation (£)", "MHCLG"),
        ("Rough sleeping grant", "Allocation (£)", "MHCLG"),
        ("Household Support Fund, DWP", "Allocation (£)", ""),
        ("Youth justice core grant (Ministry of Justice)", "Grant (£)", ""),
        ("Market sustainability fund, DHSC", "Grant (£)", ""),
        ("National Lottery Community Fund awards", "Award (£)", ""),
        ("Reducing parental conflict grant, Department for Work and Pensions", "Grant (£)", ""),
        ("Revenue outturn 2022-23, children's social care", "Total expenditure (£)", "DfE"),
        ("Section 251 returns", "Gross spend (£)", "DfE"),
        ("Dedicated schools grant 2025-26", "Allocation (£)", "DfE"),
        ("DSG deficits at 31 March", "Deficit (£)", "DfE"),
        ("Cost of residential placements", "£", "DfE"),
        ("Children's services budgets 2026-27", "Net budget (£)", ""),
        ("Pupil premium: school-level allocations", "Allocation (£)", "DfE"),
        ("Bids received by the Department for Education", "Amount bid for (£)", "DfE"),
        ("Hourly rates paid to local authorities", "Rate (£)", "DfE"),
        ("New Homes Bonus", "Payment (£)", "MHCLG"),
    ],
)
def test_money_of_others_or_not_given_is_nothing(
    caption: str, heading: str, publisher: str
) -> None:
    assert reading(ROWS.format(heading), caption, publisher).statements == ()


@pytest.mark.parametrize(
    ("caption", "heading", "publisher", "funder", "programme"),
    [
        ("Basic need capital, Department for Education", "£", "", "DfE", ""),
        ("Grant allocations", "Allocation (£)", "DfE", "DfE", ""),
        (
            "Children and Families Grant 2026-27, MHCLG",
            "£",
            "",
            "MHCLG",
            "Children and Families Grant",
        ),
        ("Troubled Families payments, DCLG", "£", "", "DCLG", "Supporting Families"),
        ("Settlement 2026-27", "Children and Families Grant (£)", "MHCLG", "MHCLG", None),
        ("Holiday activities and food: what each council gets", "£", "", "DfE", None),
        ("Supporting Families, paid by the Department for Education", "£", "MHCLG", "DfE", None),
    ],
)
def test_the_nearest_words_say_whose_money_it_is(
    caption: str, heading: str, publisher: str, funder: str, programme: str | None
) -> None:
    told = reading(ROWS.format(heading), caption, publisher).statements
    assert [one.councils for one in told] == [("kent",), ("leeds",), ("york",)]
    assert {one.funder for one in told} == {funder}
    assert programme is None or {one.programme for one in told} == {programme}


@pytest.mark.parametrize("caption", ["Annex A: allocations by authority", "Table 4 (£)"])
def test_a_table_that_does_not_say_whose_money_it_is_is_unclear(caption: str) -> None:
    with pytest.raises(UnclearGiver):
        reading(ROWS.format("Allocation"), caption)


def test_a_cause_others_give_for_is_ours_where_the_ministry_is_named() -> None:
    caption = "Care leavers with rough sleeping risk: DfE payments by LA"
    assert len(reading(ROWS.format("2024-25"), caption).statements) == 3


def test_costs_are_given_where_no_column_beside_them_is() -> None:
    caption = "Regional recruitment hubs, Department for Education, £ thousands"
    running = "Hub lead | start-up | running cost 2024-25\nCoventry | 140 | 610"
    assert short(reading(running, caption).statements) == ["coventry 140000", "coventry 610000"]
    beside = "Applicant | Scheme cost | Contribution\nCoventry | 140 | 610"
    assert short(reading(beside, caption).statements) == ["coventry 610000"]


def test_a_name_means_the_council_of_the_tables_own_year() -> None:
    text = "Troubled Families, DCLG, 2014-15 payments\n\nAuthority  Payment £\nNorthamptonshire  329,600\nBedford  94,400"
    assert told_in_text(text) == ["northamptonshire 329600", "bedford 94400"]


def test_years_at_the_end_of_headings_are_no_figures() -> None:
    text = (
        "DfE grants beside Home Office receipts\n\n"
        "Authority    DfE grant 2023-24    Home Office receipts 2023-24\n"
        "Croydon      £131,500             £11.4m\nKent         £402,750             £38.0m"
    )
    assert told_in_text(text) == ["croydon 131500", "kent 402750"]


def test_a_remark_after_several_names_leaves_them_joint() -> None:
    rows = "Authority | £\nSurrey and West Sussex Councils (one sum for both) | 1,950,000"
    (one,) = reading(rows, "Partners in Practice grants").statements
    assert (one.councils, one.joint) == (("surrey", "west-sussex"), True)


def test_columns_of_one_table_may_be_of_different_givers() -> None:
    rows = (
        "LA | Children and Families Grant £ | Homelessness Prevention Grant £\nKent | 9,000 | 8,000"
    )
    assert short(reading(rows, "Grants of MHCLG", "MHCLG").statements) == ["kent 9000"]


@pytest.mark.parametrize(
    "rows",
    [
        "Institution | Local authority | Funding £\nDerby College | Derby | 402,000\nKent School | Kent | 90,000",
        "Organisation | Place | Grant £\nAdoption Matters | Chester | 310,000\nCoram | Camden | 1,250,000",
        "URN | LA | Allocation £\n118000 | Kent | 310,000\n118001 | Leeds | 320,000",
        "School | DfE number | Grant £\nKineton High | 4104 | 96,250\nAlcester Grammar | 5407 | 118,400",
    ],
)
def test_what_schools_colleges_and_charities_are_given_is_no_councils(rows: str) -> None:
    with pytest.raises(UnreadableTable):
        reading(rows, "Grants of the Department for Education")


@pytest.mark.parametrize(
    "rows",
    [
        "LA | 2022 | 2023\nKent | 1,412 | 1,398\nLeeds | 1,603 | 1,581",
        "LA name | Schools | Pupils | FSM %\nKent | 41 | 16,504 | 26.2\nLeeds | 38 | 15,120 | 36.9",
        "Local authority | Total number of families | Turned around\nKent | 2,560 | 1,634",
    ],
)
def test_heads_that_are_counted_are_no_money(rows: str) -> None:
    with pytest.raises(UnreadableTable):
        reading(rows, "Looked after children and families, Department for Education")


# -- Tables in the lines of a text -----------------------------------------------------------------

CUTS = {
    "tabs": "Leeds\t1,250,000\nKent\t980,000",
    "bars": "| Leeds | £1,250,000 |\n|---|---|\n| Kent | £980,000 |",
    "semicolons": "Leeds;1250000\nKent;980000",
    "commas": 'Leeds,"1,250,000"\nKent,"980,000"',
    "spaces": "Leeds        1,250,000\nKent           980,000",
    "dots": "Leeds ........ £1.25m\nKent ......... £980k",
    "one space": "Leeds 1,250,000\nKent 980,000",
    "codes": "E08000035 Leeds 1,250,000\nE10000016 Kent 980,000",
    "short codes": "383 Leeds 1,250,000\n886 Kent 980,000",
    "dashes": "Leeds – £1,250,000\nKent – £980,000",
    "colons": "Leeds: £1.25m\nKent: £980,000",
    "brackets": "* Leeds (£1.25m)\n* Kent (£0.98m)",
    "bullets": "- Leeds – £1.25 million\n- Kent – £980,000",
    "numbers": "1. Leeds £1,250,000\n2. Kent £980,000",
    "thin spaces": "Leeds   1 250 000\nKent   980 000",
}


@pytest.mark.parametrize("rows", CUTS.values(), ids=CUTS)
def test_rows_are_cut_by_marks_or_by_their_shape(rows: str) -> None:
    text = f"Grant allocations by the Department for Education\n\n{rows}\n"
    assert told_in_text(text) == ["leeds 1250000", "kent 980000"]


def test_seventy_plain_rows_of_code_name_and_amount_are_all_read() -> None:
    councils = [one for one in REGISTER if one.closed is None][:70]
    rows = "\n".join(f"{one.gss} {one.name} {100_000 + i:,}" for i, one in enumerate(councils))
    told = told_in_text(f"Department for Education: grant by council\n{rows}")
    assert told == [f"{one.slug} {100_000 + i}" for i, one in enumerate(councils)]


def test_the_giver_may_stand_in_the_note_below() -> None:
    text = "New burdens 2021-22\n\nKent 100,000\nMedway 90,000\nGrant paid by the DfE."
    assert told_in_text(text) == ["kent 100000", "medway 90000"]


def test_a_heading_without_the_corner_stands_over_its_figures() -> None:
    text = "DfE grants, £000\n\n          2021-22   2022-23\nCornwall    1,205     1,330\nKent          286       301"
    assert told_in_text(text) == [
        "cornwall 1205000",
        "cornwall 1330000",
        "kent 286000",
        "kent 301000",
    ]


def test_a_heading_that_begins_with_a_tab_stands_over_its_figures() -> None:
    rows = "\tPaid\tChildren on plans (no.)\nKent\t750\t412\nLeeds\t550\t289"
    text = f"Paid by the department (DfE) in year one, £ thousands\n\n{rows}"
    assert told_in_text(text) == ["kent 750000", "leeds 550000"]


def test_a_list_whose_items_say_more_is_no_table() -> None:
    text = "The DfE gives:\n- Leeds: £1m\n- Kent: £2m\n- York: £3m for a hub in the old town"
    assert find_tables(text.splitlines()) == []
