"""Tables in the lines of a page, in shapes that were once misread, each with what a reader sees."""

from __future__ import annotations

import pytest

from syncer.funding.prose import FOR_NOBODY
from syncer.funding.reading import read_funding
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

REGISTER, PROGRAMMES = load_register(), load_programmes()
GIVER = "Department for Education: {} to these authorities, 2024 to 2025"


def sums(text: str) -> list[tuple[str, int]]:
    found = read_funding(text, REGISTER, PROGRAMMES).told
    return sorted(("+".join(one.councils), one.money.pounds) for one in found if one.money)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        pytest.param(
            "Council | £000s | of which wraparound\nBarnsley | 541 | 108\nRutland | 68 | 14",
            [("barnsley", 541_000), ("rutland", 68_000)],
            id="one part of a grant beside it is no second grant",
        ),
        pytest.param(
            "Authority – what will be built – DfE grant – authority's own capital\n"
            "Leicester – home for two children – £870,450 – £1,015,000\n"
            "Kent – short breaks in Ashford – £2,225,000 – £2,480,000",
            [("kent", 2_225_000), ("leicester", 870_450)],
            id="columns parted by dashes have headings",
        ),
        pytest.param(
            "822,Bedford,742000\n821,Luton,1094000\n883,Thurrock,803000",
            [("bedford", 742_000), ("luton", 1_094_000), ("thurrock", 803_000)],
            id="the ministry's codes of the rows' councils are no sums",
        ),
        pytest.param(
            "Brent                  £ 1,012,377\nHaringey               £   744,089",
            [("brent", 1_012_377), ("haringey", 744_089)],
            id="the sign of pounds may stand apart",
        ),
        pytest.param(
            "Grant (£m)    No. of plans, January 2023    Deficit, March 2023\n"
            "Bristol       11.3    3,905    39.6\nDorset        6.45    3,300    28.4",
            [("bristol", 11_300_000), ("dorset", 6_450_000)],
            id="a year that ends a heading is no figure",
        ),
        pytest.param(
            "Project; Authority; DfE money; Council's own; Start\n"
            "Right Side; Enfield; £1.15m; £300k; March 2017\n"
            "Pause; West Sussex; £402k; nil; May 2017",
            [("enfield", 1_150_000), ("west-sussex", 402_000)],
            id="semicolons with spaces part cells, too",
        ),
        pytest.param(
            "North London (Islington, for 4 boroughs and 2 universities): £1,118,000\n"
            "South East Midlands, with Central Bedfordshire in the lead: £2,050,000\n"
            "Greater Manchester, Trafford leading: £3,400,000\n"
            "South Yorkshire (Sheffield City Council leads): £1.31m\n"
            "Aspire (led by Bournemouth, Christchurch and Poole, until 2026): £96,000",
            [
                ("bournemouth-christchurch-and-poole", 96_000),
                ("central-bedfordshire", 2_050_000),
                ("islington", 1_118_000),
                ("sheffield", 1_310_000),
                ("trafford", 3_400_000),
            ],
            id="who leads is said in many ways",
        ),
        pytest.param(
            "East Midlands (lead: Derby) ....... £1,287,000\n"
            "Kent, Medway and Bexley (lead: Medway) ....... £877,000",
            [("derby", 1_287_000), ("medway", 877_000)],
            id="the lead in brackets has the sum",
        ),
        pytest.param(
            "£000                 2023-24   2024-25   Care leavers 18–21\n"
            "Darlington               191       204                   88\n"
            "Gateshead                233       241                  131",
            [
                ("darlington", 191_000),
                ("darlington", 204_000),
                ("gateshead", 233_000),
                ("gateshead", 241_000),
            ],
            id="young people are no money, and their ages no figures",
        ),
        pytest.param(
            "Code Authority Grant\nE3520 Suffolk 2,961,004\nE2001 Rutland 61,377",
            [("rutland", 61_377), ("suffolk", 2_961_004)],
            id="the communities ministry's codes are codes, too",
        ),
        pytest.param(
            "Applicant\tSought\tDfE grant agreed\tOwn match\n"
            "Coventry City Council\t£1.9m\t£1.24m\t£300k\nWokingham\t£640k\trejected\t£50k\n"
            "Somerset County Council\t£3.1m\t£2,615k\t£410k",
            [("coventry", 1_240_000), ("somerset", 2_615_000)],
            id="beside what was sought stands what was agreed",
        ),
        pytest.param(
            "Liverpool: 1,105 families, £884,000\nKnowsley: 640 families, £512,000",
            [("knowsley", 512_000), ("liverpool", 884_000)],
            id="what is counted stands between name and sum",
        ),
        pytest.param(
            "- Adopt Thames Valley (Oxfordshire) 412,000\n- Adoption Counts (Stockport) 388,600\n"
            "- Ambitious for Adoption (Buckinghamshire) nil this year\n\nAll sums are in pounds.",
            [("oxfordshire", 412_000), ("stockport", 388_600)],
            id="one that has nothing this year is a row, too",
        ),
        pytest.param(
            "Payer: Department for Education | Payee type: LA | Threshold £25,000\n"
            "Date | Payee | Purpose | £\n"
            "02/04/2020 | HERTFORDSHIRE CC | Family Safeguarding | 1,318,000.00\n"
            "07/05/2020 | WANDSWORTH LBC | Sector-led improvement, returned | -96,250.00",
            [("hertfordshire", 1_318_000)],
            id="fields above the header head no column, and what went back is not given",
        ),
        pytest.param(
            "Authority, Project, Grant (£)\nDevon, Peer mentors, 64000\n"
            "Adoption UK (charity), Helpline, 120000\nKirklees, Sibling assessments, 58800",
            [("devon", 64_000), ("kirklees", 58_800)],
            id="the commas of a file may be followed by spaces",
        ),
        pytest.param(
            "Bradford (3 homes) – £2,150,000\nHull – unsuccessful\nRotherham (2 homes) – £990,000",
            [("bradford", 2_150_000), ("rotherham", 990_000)],
            id="what a council is given it for stands in brackets",
        ),
        pytest.param(
            "Trafford: attachment fees £488,000\nSt Helens: attachment fees £512,400",
            [("st-helens", 512_400), ("trafford", 488_000)],
            id="or after a colon",
        ),
        pytest.param(
            "Ref\tPaid to\tAmount\nSF/1\tKingston upon Thames RBC\t£71,250.00\n"
            "SF/2\tMerton LBC\t£98,800.00",
            [("kingston-upon-thames", 71_250), ("merton", 98_800)],
            id="a royal borough is one in short, too",
        ),
    ],
)
def test_a_table_is_read_as_it_is_printed(table: str, told: list[tuple[str, int]]) -> None:
    assert sums(f"{GIVER.format('grant paid')}\n\n{table}\n") == told


def test_money_that_is_to_be_spent_on_others_is_given_all_the_same() -> None:
    text = (
        "The DfE has released the grants council by council.\n"
        "Each is for 2019-20 and is to be spent on helping other authorities, not at home.\n\n"
        "• Camden – £615,000\n• Essex – £1.3m\n• Leeds – £1.4m\n"
    )
    assert sums(text) == [("camden", 615_000), ("essex", 1_300_000), ("leeds", 1_400_000)]


def test_a_ministry_that_gives_nothing_in_a_sentence_does_not_make_the_table_its_own() -> None:
    text = (
        "Teaching partnerships, phase 2\nPublished by the Department for Education\n\n"
        "We and the Department of Health expect better prepared students.\n\n"
        "What has been paid to lead employers:\n\nWest Sussex: £695,500\nHalton: £1,240,000\n"
    )
    assert sums(text) == [("halton", 1_240_000), ("west-sussex", 695_500)]


def test_what_a_table_counts_and_where_its_figures_are_from_gives_nothing() -> None:
    counted = (
        "Number of children with plans who receive short breaks\nDepartment for Education\n\n"
        "Islington | 1,988 | 410\nCamden | 1,605 | 377\n\n"
        "Short breaks fund (grant to each authority, in £)\n\n"
        "Islington | 388,120\nBarnet | 275,000\n"
    )
    assert sums(counted) == [("barnet", 275_000), ("islington", 388_120)]

    spent = (
        "Social workers from agencies\nData for 2023. Source: DfE workforce census\n\n"
        "Authority         Workers    Cost to the authority\n"
        "Cumberland             61                    £5.4m\n"
        "Northumberland         29                    £2.1m\n"
    )
    assert sums(spent) == []


def test_a_row_whose_council_is_not_known_is_not_dropped_unseen() -> None:
    text = (
        f"{GIVER.format('grant paid')}\n\n"
        "Kent: £410,000\nHub of the far north, run from Blyth: £300,000\nSurrey: £250,000\n"
    )
    read = read_funding(text, REGISTER, PROGRAMMES)
    assert sums(text) == [("kent", 410_000), ("surrey", 250_000)]
    [unread] = [one for one in read.nothing if one.money]
    assert (unread.councils, unread.money.pounds, unread.why) == ((), 300_000, (FOR_NOBODY,))


def test_a_saint_in_a_name_ends_no_sentence_and_no_table() -> None:
    text = (
        "Looked-after children and what they cost, 2022\n\n"
        "Authority,Children,Total spend (£),Spend per child (£)\nWakefield,651,44211000,67912\n"
        "St. Helens,502,37054000,73813\nDudley,610,40113000,65759\nTameside,648,46850000,72299\n\n"
        "Department for Education. Includes spending from grants.\n"
    )
    assert sums(text) == []


def test_those_who_pay_a_charity_are_not_given_its_income() -> None:
    text = (
        "Trustees' report. Brightwater works across Cornwall and Devon.\n"
        "The largest sources of income were:\n"
        "  Cornwall Council, parenting contract     £611,000\n"
        "  Devon County Council, contact centre     £248,500\n"
        "  Department for Education, grant          £310,000\n"
    )
    assert sums(text) == []


def test_the_regions_above_the_items_of_a_list_are_no_part_of_their_names() -> None:
    text = (
        "The Department for Education will fund these authorities, each with £200,000:\n\n"
        "North West\n- Blackpool\n- Knowsley\n\nSouth West\n- Plymouth\n- Wiltshire\n"
    )
    read = read_funding(text, REGISTER, PROGRAMMES)
    named = {slug for one in (*read.told, *read.possible) for slug in one.councils}
    assert named == {"blackpool", "knowsley", "plymouth", "wiltshire"}


def test_a_sum_in_a_note_does_not_make_money_of_numbers() -> None:
    text = (
        "Supporting Families: progress of each authority\n\n"
        "Authority\t2021/22\t2022/23\nBolton\t1,012\t1,540\nStockport\t1,688\t2,402\n\n"
        "An outcome is worth £800 to the authority.\n"
    )
    assert sums(text) == []
