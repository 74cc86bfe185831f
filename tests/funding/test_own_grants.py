"""A council's own table of its grants names no council: its headings say what was given."""

from __future__ import annotations

import pytest

from syncer.funding.reading import read_funding
from syncer.model import FundingKind, Statement
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

REGISTER, PROGRAMMES = load_register(), load_programmes()
PAPER = (
    "{council}\nCabinet, 12 July 2023\n{title}\n\n{lead}\n\n{table}\n\nCabinet is asked to note."
)


def told(
    table: str,
    lead: str,
    council: str = "Medway Council",
    title: str = "Children's services finance",
) -> tuple[Statement, ...]:
    text = PAPER.format(council=council, title=title, lead=lead, table=table)
    return read_funding(text, REGISTER, PROGRAMMES).told


def sums(found: tuple[Statement, ...]) -> list[tuple[str, int]]:
    return sorted(("+".join(one.councils), one.money.pounds) for one in found if one.money)


def test_what_was_given_is_told_and_what_was_spent_of_it_is_not() -> None:
    table = (
        "Grant                 Notified (£)    Spent to June (£)    Forecast (£)\n"
        "Staying Put                214,905               61,118         221,000\n"
        "Staying Close              118,760               20,215         118,760\n"
        "Total                      333,665               81,333         339,760"
    )
    found = told(table, "Grants of the Department for Education to this council in 2023/24:")
    assert sums(found) == [("medway", 118_760), ("medway", 214_905)]
    assert {one.programme for one in found} == {"Staying Put", "Staying Close"}


def test_a_row_that_names_another_payer_is_not_told() -> None:
    table = (
        "Grant | From | £ | Service\n"
        "Holiday Activities and Food | DfE | 862,410 | Education\n"
        "Household Support Fund | DWP | 2,988,174 | Policy\n"
        "Turnaround | Ministry of Justice | 92,118 | Youth Justice\n"
        "Supporting Families | DLUHC | 947,300 | Early help"
    )
    found = told(table, "The following join the 2023/24 budget; each was notified in June.")
    assert sums(found) == [("medway", 862_410), ("medway", 947_300)]
    kinds = {one.programme: one.kind for one in found}
    assert kinds["Supporting Families"] is FundingKind.ALLOCATION


def test_only_the_column_of_the_ministrys_grant_is_told() -> None:
    table = (
        "Scheme               Total      DfE grant    Council borrowing\n"
        "Rainham, 3 beds      £1.10m     £0.55m       £0.55m\n"
        "Strood, solo home    £0.62m     £0.31m       £0.31m"
    )
    found = told(table, "Capital programme update: two children's homes")
    assert sums(found) == [("medway", 310_000), ("medway", 550_000)]


def test_each_year_is_a_statement_with_its_year() -> None:
    table = "Financial year      £\n2022-23             1,874,331\n2023-24             9,206,118"
    found = told(table, "Basic need allocations of the Department for Education to the Council:")
    assert sums(found) == [("medway", 1_874_331), ("medway", 9_206_118)]
    assert [one.period for one in found] == ["2022-23", "2023-24"]


@pytest.mark.parametrize(
    ("lead", "table"),
    [
        (
            "Family hubs: indicative budget for the grant from the Department for Education (£000)",
            "Strand                     2022/23   2023/24\n"
            "Parenting support              71       142\n"
            "Infant feeding                 66       124",
        ),
        (
            "Proposed use of the DfE's grant by district",
            "District      Children    Provider budget (£)\n"
            "Gillingham       4,960           592,000\n"
            "Rochester        3,870           461,000",
        ),
        (
            "DfE condition grants, as paid to schools",
            "School                      £\n"
            "Fairview Primary School     12,405\n"
            "Rainham High School         57,160",
        ),
        (
            "Revenue budget monitoring, month 5",
            "Service              Budget (£)    Outturn (£)\n"
            "Placements           9,640,000      9,212,000\n"
            "Psychology           1,873,000      1,790,000",
        ),
        (
            "Grants received in the year",
            "Grant | Payer | £\nYouth Justice | Youth Justice Board | 742,000\n"
            "Household Support | DWP | 1,204,000",
        ),
    ],
)
def test_what_a_grant_is_spent_on_where_and_by_whom_is_not_told(lead: str, table: str) -> None:
    assert not sums(told(table, lead))


def test_the_councils_own_money_in_the_same_table_is_not_told() -> None:
    table = (
        "Source                          2022/23 £000    2023/24 £000\n"
        "High needs capital (DfE grant)         4,218           4,655\n"
        "Council borrowing                      1,000           2,750\n"
        "Developer contributions                  312             640"
    )
    found = told(table, "Allocations of the Department for Education, with other resources")
    assert sums(found) == [("medway", 4_218_000), ("medway", 4_655_000)]


def test_the_line_that_points_to_a_table_says_what_it_holds() -> None:
    table = (
        "Grant                     £\nStaying Put           203,918\nWraparound care     1,311,700"
    )
    lead = (
        "(a) to accept the grants from the Department for Education listed below;\n"
        "(b) to approve the increases; and\n"
        "(c) to note that the net budget for the service is £58.9m."
    )
    assert sums(told(table, lead)) == [("medway", 203_918), ("medway", 1_311_700)]


def test_a_form_says_in_a_field_whose_decision_it_is() -> None:
    text = (
        "NOTICE OF A DECISION\n\nBody: North Yorkshire County Council\n"
        "What: to help Middlesbrough, Rochdale and Norfolk as a Partner in Practice.\n"
        "Money: in £, Department for Education grant to the County Council\n"
        "2019-20 | 1,420,000\n2020-21 | 1,655,000\n"
    )
    found = read_funding(text, REGISTER, PROGRAMMES).told
    assert sums(found) == [("north-yorkshire", 1_420_000), ("north-yorkshire", 1_655_000)]


@pytest.mark.parametrize(
    ("lead", "table", "expected"),
    [
        pytest.param(
            "Subject: school condition and basic need",
            "Announced by DfE       2020/21      2021/22\nBasic need           1,486,012    2,209,771\n"
            "School condition     1,611,350    1,540,906\n\n(in £) Academies are not included.",
            [1_486_012, 1_540_906, 1_611_350, 2_209_771],
            id="the heading of the names says who gives, the note in what unit",
        ),
        pytest.param(
            "New grants since month 9 (£m)",
            "- Wellbeing for Education Return, DfE: +0.21\n- Winter Grant Scheme, DWP: +4.62\n"
            "- Home to school transport, DfE: +0.83",
            [210_000, 830_000],
            id="each row names its payer, and a plus is no word",
        ),
        pytest.param(
            "Finance report to the Board, month 9",
            "Contract sum from the Council        £62.4m\nDfE transition grant, year 1         £1.2m\n"
            "Forecast expenditure                 £68.9m",
            [1_200_000],
            id="the number of a year is no figure",
        ),
        pytest.param(
            "The agreement is with the Department for Education.",
            "Cumulative deficit: £38.1m\nIn-year deficit 2021/22: £7.5m\nBlock transfer: £1.3m",
            [],
            id="a deficit is nothing given, whoever is named above it",
        ),
        pytest.param(
            "The following Department for Education grants are accepted:",
            "• Staff for Staying Put – £402,318\n• Virtual School Head – £187,140",
            [187_140, 402_318],
            id="a virtual school is the council's",
        ),
        pytest.param(
            "Grants 2023/24, all paid by the DfE, in £000s",
            "Ref    Name                            Budget    Revised notification\n"
            "G07    Staying Put                         98       104\n"
            "G08    Leaving care allowance uplift       41        45\n"
            "G11    Dedicated Schools Grant        291,420   293,002",
            [45_000, 104_000],
            id="the whole grant for schools is no award",
        ),
        pytest.param(
            "The allocation from the DfE is £1,378,455. Officers propose the following split:",
            "Start-up payments        £620,000\nPrivate providers        £410,000\n"
            "Staffing                 £348,455",
            [1_378_455],
            id="how a grant will be split is no second grant",
        ),
        pytest.param(
            "Costs of setting up the trust, £000",
            "                           2017/18     2018/19\n"
            "Council contribution         1,450       2,210\n"
            "DfE grant                    1,600       2,385",
            [1_600_000, 2_385_000],
            id="a row that says it is the ministry's grant is one, whatever the table is of",
        ),
    ],
)
def test_a_councils_rows_say_what_they_are(lead: str, table: str, expected: list[int]) -> None:
    assert [pounds for _, pounds in sums(told(table, lead))] == expected


def test_a_committees_name_may_stand_before_its_council() -> None:
    found = told(
        "Staying Close         £118,760\nStaying Put           £214,905",
        "Grants of the Department for Education to this council, unlike those to Doncaster:",
        council="Audit Committee, Sandwell Council: grants",
    )
    assert sums(found) == [("sandwell", 118_760), ("sandwell", 214_905)]
