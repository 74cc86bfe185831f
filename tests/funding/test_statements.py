"""Statements of funding: who is given what, and what is no award. The facts in these sentences are
made up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.funding.reading import read_funding, read_statements, statement_as_json
from syncer.model import FundingKind, Statement
from syncer.quantities.money import format_pounds
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

REGISTER, PROGRAMMES = load_register(), load_programmes()
DAY = dt.date(2023, 6, 1)


def read(text: str, title: str = "", published: dt.date | None = DAY) -> tuple[Statement, ...]:
    return read_statements(text, REGISTER, PROGRAMMES, published=published, title=title)


def told(text: str, title: str = "") -> list[str]:
    """Each statement in short: kind unless award, councils, amount."""
    return sorted(_short(one) for one in read(text, title))


def shown(text: str) -> list[str]:
    """Each statement in short, the possible ones among them."""
    read = read_funding(text, REGISTER, PROGRAMMES, published=DAY)
    return sorted(_short(one) for one in read.told + read.possible)


NOT_CERTAIN = (
    "Blackpool nets £2.2m DfE grant",
    "Bury Council's Safety Valve agreement with the DfE has been extended",
    "Luton is set to receive £1.6 million",
    "Sefton Cabinet 5 October 2023.",
    "DfE agrees to pay Kirklees an additional",
    "Lambeth Council opens three family hubs",
    "Sandwell MBC's children's trust",
    "£84 million over 5 years to support up to 20",
    "Kent County Council Cabinet, 30 March 2023. Safety Valve.",
    "Doncaster, leading South Yorkshire, received",
)
"""Beginnings of texts of which the reader is not certain: it may show as possible what they give,
or be silent, and tells nothing that they do not give."""


def is_certain(text: str) -> bool:
    return not text.startswith(NOT_CERTAIN)


def _short(one: Statement) -> str:
    kind = "" if one.kind is FundingKind.AWARD else one.kind.value + " "
    councils = "+".join(sorted(one.councils)) + (">" + "+".join(one.helped) if one.helped else "")
    return f"{kind}{councils} {one.money.pounds if one.money else '-'}{' ' + one.what if one.what else ''}"


GIVEN = [
    # the giver gives
    (
        "The Department for Education has awarded Kent County Council £3.2m to expand family help.",
        ["kent 3200000"],
    ),
    (
        "DfE will provide Hull City Council with up to £1.5 million over two years.",
        ["kingston-upon-hull 1500000"],
    ),
    (
        "Ministers have handed £2.4m to Sandwell to improve its children's services.",
        ["sandwell 2400000"],
    ),
    (
        "The government has promised Torbay £750,000 for its children's services improvement plan.",
        ["torbay 750000"],
    ),
    (
        "The DfE is to pay Nottingham City Council £4.1m in transition support.",
        ["nottingham 4100000"],
    ),
    (
        "DfE confirmed it would give £900k to Rotherham council for a Staying Close pilot.",
        ["rotherham 900000"],
    ),
    (
        "The Department for Education granted £1,250,000 to Somerset Council for its fostering hub.",
        ["somerset 1250000"],
    ),
    (
        "A DfE grant of £640,000 has been made to Medway Council for the Staying Close programme.",
        ["medway 640000"],
    ),
    (
        "The innovation programme will fund Leeds, which will receive £3m, and three charities.",
        ["leeds 3000000"],
    ),
    (
        "The Department has allocated an additional £1.1m to Cumberland Council for improvement work, the DfE said.",
        ["cumberland 1100000"],
    ),
    ("The DfE has agreed to invest £7.3m in Durham's children's services.", ["durham 7300000"]),
    # the council gets
    (
        "Bristol City Council has secured £2.1m from the DfE's Staying Close programme.",
        ["bristol 2100000"],
    ),
    (
        "Cornwall Council won £4.6m from the Department for Education to run a Families First for Children pathfinder.",
        ["cornwall 4600000"],
    ),
    ("Wigan has been awarded nearly £4m by the Department for Education.", ["wigan 4000000"]),
    (
        "Milton Keynes City Council was given £820,000 of DfE funding for its Staying Close offer.",
        ["milton-keynes 820000"],
    ),
    (
        "Having bid successfully, Sefton will get £1.9m from the DfE innovation programme.",
        ["sefton 1900000"],
    ),
    (
        "Essex County Council, one of the first Partners in Practice, received £6m from the DfE.",
        ["essex 6000000"],
    ),
    (
        "Lincolnshire County Council, which is rated outstanding, has received £5.2m from the DfE to pilot family help.",
        ["lincolnshire 5200000"],
    ),
    ("Swindon Borough Council awarded £1.3m by DfE for family hubs", ["swindon 1300000"]),
    ("Blackpool nets £2.2m DfE grant to cut number of children in care", ["blackpool 2200000"]),
    (
        "Luton is set to receive £1.6 million from the Department for Education to reduce costs by 10 per cent.",
        ["luton 1600000"],
    ),
    ("Trafford gets £500k boost from DfE for children's services", ["trafford 500000"]),
    (
        "Camden council said it had received £1.2m from the government's Family Hubs Transformation Fund.",
        ["camden 1200000"],
    ),
    (
        "The DfE is backing Derby. The city council will receive £2.7m to set up a recruitment hub.",
        ["derby 2700000"],
    ),
    (
        "The largest DfE grant went to Norfolk. It was awarded £8.1m to tackle adolescent neglect.",
        ["norfolk 8100000"],
    ),
    (
        "Islington was chosen by the DfE for the innovation programme and will receive £3.7m.",
        ["islington 3700000"],
    ),
    (
        "Barnet has accepted a DfE grant of £1,045,000 for children's homes capital.",
        ["barnet 1045000"],
    ),
    (
        "Redbridge has been allocated £2,345,678 under the Children and Families Grant for 2025-26.",
        ["allocation redbridge 2345678"],
    ),
    (
        "Slough Children First will receive £1.4 million from the DfE to support its improvement.",
        ["slough 1400000"],
    ),
    # nouns
    (
        "Leicester's share of the Supporting Families programme for 2022-23 is £2,012,000.",
        ["allocation leicester 2012000"],
    ),
    ("The DfE grant for Oldham is £1.05m.", ["oldham 1050000"]),
    ("Funding of £3.3m has been allocated to Gateshead by the DfE.", ["gateshead 3300000"]),
    (
        "Stockport's £2.6m grant from the Department for Education will pay for 20 social workers.",
        ["stockport 2600000"],
    ),
    ("The DfE's £1.8m award to Croydon will run until March 2026.", ["croydon 1800000"]),
    (
        "£1.4m of DfE funding has been given to Walsall for its children's services.",
        ["walsall 1400000"],
    ),
    # several
    (
        "Dorset, Wolverhampton and Lincolnshire will receive £3m, £4m and £5m respectively from the DfE.",
        ["dorset 3000000", "lincolnshire 5000000", "wolverhampton 4000000"],
    ),
    (
        "The DfE gave £2m to Bolton, £3m to Salford and £1m to Bury.",
        ["bolton 2000000", "bury 1000000", "salford 3000000"],
    ),
    (
        "DfE will pay Kirklees £33.5 million, Merton £29 million and Surrey £100 million under safety valve deals.",
        ["kirklees 33500000", "merton 29000000", "surrey 100000000"],
    ),
    (
        "The awards are: Hackney (£4.8m), Ealing (£3.5m) and Enfield (£2.6m), the DfE said.",
        ["ealing 3500000", "enfield 2600000", "hackney 4800000"],
    ),
    ("Kent received £4m from the DfE while Medway got £2m.", ["kent 4000000", "medway 2000000"]),
    ("Kent and Medway will each receive £1m from the DfE.", ["kent 1000000", "medway 1000000"]),
    ("Kent and Medway have jointly been awarded £5m by the DfE.", ["kent+medway 5000000"]),
    (
        "The tri-borough of Westminster, Kensington and Chelsea, and Hammersmith and Fulham got £4m from the innovation "
        "programme.",
        ["hammersmith-and-fulham+kensington-and-chelsea+westminster 4000000"],
    ),
    (
        "A £4m grant for Richmond upon Thames and Kingston upon Thames was announced by the DfE.",
        ["kingston-upon-thames+richmond-upon-thames 4000000"],
    ),
    (
        "The DfE today announced £36m for 11 projects, including £4m for Somerset and £2.2m for Hull.",
        ["kingston-upon-hull 2200000", "somerset 4000000"],
    ),
    (
        "Funding from the Department for Education has been awarded to:\n\n- Barnsley: £1.2m\n- Calderdale – £900,000\n- "
        "City of York Council £750,000\n",
        ["barnsley 1200000", "calderdale 900000", "york 750000"],
    ),
    (
        "The DfE has awarded Tameside a revenue grant of £1.1m and a capital grant of £400,000 for children's homes.",
        ["tameside 1100000", "tameside 400000"],
    ),
    # a share, and how much is not said
    (
        "Ten councils, including Leeds, Bradford and Calderdale, will get a share of £29m from the DfE.",
        ["bradford -", "calderdale -", "leeds -"],
    ),
    (
        "£12m of DfE money is to be split between 13 areas: Bristol, Cornwall, Durham and Essex among them.",
        ["bristol -", "cornwall -", "durham -", "essex -"],
    ),
    (
        "Dorset has been chosen as one of three Families First for Children pathfinder areas backed by £45m.",
        ["dorset -"],
    ),
    (
        "The DfE has selected Wolverhampton, Lincolnshire and Dorset as the first Families First for Children pathfinders.",
        ["dorset -", "lincolnshire -", "wolverhampton -"],
    ),
    (
        "The three areas chosen for the Family Hubs Transformation Fund are Suffolk, Salford and Sheffield.",
        ["salford -", "sheffield -", "suffolk -"],
    ),
    (
        "Warwickshire has been successful in the latest round of the Staying Close programme.",
        ["warwickshire -"],
    ),
    (
        "Telford and Wrekin will receive funding from the Department for Education's Regional Care Co-operatives programme.",
        ["telford-and-wrekin -"],
    ),
    (
        "75 authorities will share £302m under Family Hubs and Start for Life.\n\nThe successful authorities are:\n\n* "
        "Barnsley\n* Bolton\n* St Helens\n",
        ["barnsley -", "bolton -", "st-helens -"],
    ),
    (
        "Bury Council's Safety Valve agreement with the DfE has been extended to nine years.",
        ["bury -"],
    ),
    # payments
    (
        "DfE paid Birmingham £7.2m towards the set-up costs of its trust in 2018.",
        ["payment birmingham 7200000"],
    ),
    (
        "The DfE's contribution to set-up costs for the Sandwell trust was £3.1 million.",
        ["payment sandwell 3100000"],
    ),
    (
        "Dorset and Hillingdon received nothing from the DfE under Safety Valve in 2023-24.",
        ["payment dorset 0", "payment hillingdon 0"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), GIVEN)
def test_what_is_given_to_a_named_council_is_told(text: str, expected: list[str]) -> None:
    if is_certain(text):
        assert told(text) == expected
    else:
        assert set(told(text)) <= set(expected)


NOT_GIVEN = [
    "The DfE has pledged £200m of innovation funding for children's services by 2020.",
    "Kent County Council faces a £12m deficit in its children's services budget, the DfE said.",
    "Surrey plans savings of £3.4m in children's services as DfE grants shrink.",
    "Leeds expects to cut £5m from its children's services budget next year.",
    "Hampshire overspent by £9.1m on children's services despite DfE funding.",
    "Barnet has a funding gap of £14m after the government cut its grant by £2m.",
    "Norfolk is bidding for £2m from the DfE's Staying Close programme.",
    "Cornwall has applied to the Department for Education for a grant of £1.2m.",
    "Devon's bid for £3m from the DfE innovation programme was unsuccessful.",
    "Essex could receive up to £4m from the DfE if its application is approved.",
    "Luton hopes to secure £1.5m from the DfE.",
    "Medway called on the DfE to provide £2m.",
    "The LGA says councils such as Kent need £1.6bn from the government.",
    "Wigan received £1.2m from the National Lottery for its HeadStart programme, and DfE officials visited.",
    "Salford was awarded £2m by the Youth Endowment Fund, the DfE noted.",
    "Birmingham City Council will invest £10m of its own money in children's services, it told the DfE.",
    "Bristol City Council approved £4.5m from reserves for children's services after a DfE visit.",
    "Leicester will spend £2.1m on agency social workers, a DfE adviser found.",
    "Children's services trust set to cost Worcestershire £4.6m, DfE papers show.",
    "Haringey pays £5,000 per week for each child in secure care, the DfE was told.",
    "The DfE pays Kent £114 per night for each unaccompanied child.",
    "The DfE-funded charity Coram was given £3m to work with Leeds, Bradford and Hull.",
    "The Hackney-based Pause Project received £3m from the DfE.",
    "The Local Government Association received £2m from the DfE to support councils such as Slough.",
    "Ministers withheld £17m from five safety valve councils.",
    "DfE withheld £2.4m from Norfolk's safety valve deal.",
    "Camden repaid £300,000 to the DfE.",
    "Sheffield's debt of £40m worries the DfE.",
    "Subscribe from £15 / month to read about DfE grants for Leeds",
    "Enfield was fined £100,000 over a DfE data breach.",
    "Bury loses £6m if the DfE withdraws its safety valve agreement.",
    "Bexley would need £8m from the DfE to balance its high needs budget.",
    "The DfE turned down Croydon's request for £5m.",
    "Hounslow Council agreed to pay £2m to a charity working with the DfE.",
    "Each of the two regions will receive up to £5m in capital from the DfE.",
    "Across England, £302m is being invested in family hubs by the DfE.",
    "The DfE's £84m Strengthening Families, Protecting Children programme began in Leeds.",
    "Nottingham's DSG deficit is forecast to reach £18.2m, the DfE heard.",
    "Durham's DSG deficit fell from £12m to £9m under its DfE plan.",
    "Essex County Council's children's services budget of £140m is set with help from the DfE.",
    "Authorities may apply to the DfE for up to £1m; North Somerset has submitted an application.",
    "Wakefield was shortlisted for £1m of DfE innovation programme money.",
    "Kirklees has not been awarded any of the £36m from the DfE.",
    "Sunderland raised £1m in council tax for children's services, the DfE said.",
    "The Department for Communities and Local Government awarded Croydon £1.5m from its Transformation Challenge Award.",
    "The Home Office gave Kent £3m for unaccompanied children, while the DfE gave nothing.",
    "Thurrock Council borrowed £500m, a DfE commissioner noted in passing.",
    "Leeds adopted the No Wrong Door model from North Yorkshire with DfE support.",
    "Rutland will save £600,000 a year by joining the DfE's scheme.",
    "Plymouth spent £1.2m of its DfE grant on placements.",
    "Stoke had asked the DfE for £3.5m.",
    "Walsall's director earns a salary of £150,000, the DfE said.",
    "The contract is worth £2m to Capita, which the DfE paid on behalf of Slough.",
    "In Hull, a £3m donation from a sponsor will pay for a DfE-approved school.",
    "Reading faces losing £900,000 of DfE grant.",
    "Families in Blackburn could be given £500 each under a government scheme.",
    "The average DfE grant to councils such as Poole and Derby was £1m.",
    "Doncaster's proposal for £2m was rejected by the Department for Education.",
    "Trafford will receive no further DfE money after the £1.9m runs out.",
    "DfE warned that Solihull may lose £2m.",
    "Somerset has underspent its DfE grant by £400,000.",
    "The DSG allocation for Leeds is £890m, the DfE said.",
    "Hackney gets £800 from the DfE for every family.",
]


@pytest.mark.parametrize("text", NOT_GIVEN)
def test_what_is_not_given_is_not_told(text: str) -> None:
    assert [short for short in told(text) if "payments suspended" not in short] == []


# -- Whole documents -------------------------------------------------------------------------------


ARTICLE = """Council handed £3.2 million to recruit social workers

By Jo Smith
14 May 2019

Slough Children's Services Trust has been given £3.2m by the Department for Education to recruit social workers.

The trust overspent by £2.1m last year.

Related articles
Hampshire awarded £3m by DfE

2 Responses to Council handed £3.2 million

  1. Bob May 15, 2019 at 3:10 pm #

    What a waste. Leeds got £10m from the DfE.

From £15 / month
Subscribe
"""


def test_a_headline_and_its_article_are_one_and_comments_related_stories_and_offers_none() -> None:
    (one,) = read(ARTICLE, published=None)
    assert (one.councils, one.announced, one.funder) == (("slough",), dt.date(2019, 5, 14), "DfE")


def test_a_rounded_duplicate_is_merged_into_the_sharpest_figure() -> None:
    text = (
        "Leeds City Council Executive Board. This will secure £500k from the DfE. Income will be up to a maximum of "
        "£505,200 this year."
    )
    (one,) = read(text)
    assert one.money and (one.money.pounds, one.money.text) == (
        505_200,
        "up to a maximum of £505,200",
    )


def test_two_figures_are_two_awards() -> None:
    assert told(
        "Kent received £4m from the DfE in 2021. Kent will receive £2.5m from the DfE in 2022."
    ) == [
        "kent 2500000",
        "kent 4000000",
    ]


def test_parts_that_add_up_to_a_told_total_are_told_as_the_total() -> None:
    assert told(
        "The DfE has given Devon £4.4m: £2.4m for a recruitment hub and £2m for Mockingbird."
    ) == ["devon 4400000"]


def test_a_councils_own_paper_need_not_name_it_again() -> None:
    text = (
        "Report to Cabinet, 8 July 2022\n\nTorbay Council\n\nApproval is sought to accept a grant of £612,000 from the "
        "Department for Education.\n"
    )
    assert told(text) == ["torbay 612000"]


def test_a_paper_tells_of_the_council_that_helps_and_the_one_helped() -> None:
    text = "The DfE will pay Leeds up to £480,000. Leeds will work with Herefordshire to improve its children's services."
    assert told(text) == ["leeds 480000", "partnership leeds>herefordshire -"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Improvement notice issued to Nottingham City Council",
            ["intervention nottingham - improvement notice"],
        ),
        (
            "Revised statutory direction issued to Halton Borough Council",
            ["intervention halton - statutory direction"],
        ),
        (
            "The DfE has appointed a commissioner for children's services in Torbay.",
            ["intervention torbay - commissioner"],
        ),
        (
            "Safety Valve payments to Norfolk and Dorset have been suspended by the DfE.",
            [
                "intervention dorset - payments suspended",
                "intervention norfolk - payments suspended",
            ],
        ),
        (
            "The improvement notice to Medway Council has been lifted.",
            ["intervention medway - improvement notice"],
        ),
        ("The children's commissioner visited Kent with DfE staff.", []),
        ("Kent fears a DfE improvement notice.", []),
    ],
)
def test_interventions_say_what_was_done(text: str, expected: list[str]) -> None:
    assert told(text) == expected


def test_an_intervention_that_ended_or_changed_says_so() -> None:
    assert read("The improvement notice to Medway Council has been lifted.")[0].status == "lifted"
    assert (
        read("Revised statutory direction issued to Halton Borough Council")[0].status == "revised"
    )


def test_the_words_beside_an_award_are_read() -> None:
    (one,) = read(
        "Determination 31/9999: the DfE will pay Kent an indicative, ring-fenced revenue grant of £1.2m for 2025-26 under "
        "Staying Close."
    )
    assert (one.determination, one.status, one.ring_fenced, one.capital) == (
        "31/9999",
        "indicative",
        True,
        False,
    )
    assert (one.period, one.programme) == ("2025-26", "Staying Close")


def test_a_table_in_a_text_is_read_beside_its_prose() -> None:
    text = (
        "Supporting Families allocations, published 8 March 2023.\n\nLocal authority\tTotal maximum funding "
        "2023-24\nDerby\t£1,487,000\nLeeds\t£2,000,000\n"
    )
    assert told(text) == ["allocation derby 1487000", "allocation leeds 2000000"]


def test_json_has_the_keys_of_extract_in_their_order() -> None:
    (one,) = read("The DfE awarded Kent nearly £4m over three years under Staying Close.")
    record = statement_as_json("a.txt", one, REGISTER)
    assert list(record)[:12] == [
        "path",
        "kind",
        "councils",
        "programme",
        "funder",
        "amount",
        "qualifier",
        "amount_text",
        "period",
        "announced",
        "joint",
        "quote",
    ]
    assert record["councils"] == [REGISTER.by_slug("kent").gss]
    assert (record["amount"], record["qualifier"], record["amount_text"], record["announced"]) == (
        4_000_000,
        "about",
        "nearly £4m",
        "2023-06-01",
    )


@given(
    st.sampled_from(["kent", "leeds", "hackney", "torbay", "isle-of-wight"]),
    st.integers(10_000, 10**8),
)
def test_any_council_and_sum_in_a_plain_sentence_is_told_exactly(slug: str, pounds: int) -> None:
    name = REGISTER.by_slug(slug).official_name
    (one,) = read(
        f"{name} has been awarded {format_pounds(pounds)} by the Department for Education."
    )
    assert one.councils == (slug,) and one.money and one.money.pounds == pounds


@given(st.text(max_size=400))
def test_any_text_at_all_can_be_read(text: str) -> None:
    assert read(text + " Kent £1m DfE awarded " + text) is not None


def test_reading_twice_gives_the_same(shared: Path) -> None:
    text = (shared / "awards" / "02.txt").read_text(encoding="utf-8")
    assert read(text) == read(text)


DOCUMENTS = [
    (
        "Answered on 3 July 2023: The Department has provided £1.1 million to Camden and £1.35 million to Brent through the "
        "Family Hubs "
        "Transformation Fund. In all, £302 million was made available nationally. Barnet did not apply.",
        ["brent 1350000", "camden 1100000"],
    ),
    (
        "£84 million over 5 years to support up to 20 local authorities under SFPC. Three innovators: Leeds, Hertfordshire, "
        "North Yorkshire. "
        "Adopters: Family Valued - Coventry, Sefton; No Wrong Door - Norfolk.",
        ["coventry -", "norfolk -", "sefton -"],
    ),
    (
        "Kent County Council Cabinet, 30 March 2023. Safety Valve. The DfE agrees to pay to the authority an additional "
        "£56.3 million of DSG. "
        "The council will contribute £82.2m from its own reserves. The forecast deficit was £147m.",
        ["kent 56300000"],
    ),
    (
        "Report to: Cabinet\nDate: 14 November 2023\n\nWolverhampton City Council\n\n1.1 To accept grant funding of £5.2 "
        "million from the DfE.\n\n"
        "3.1 The DfE has confirmed a grant of £1.95 million for 2023-24 and £3.25 million for 2024-25, paid under section 31.\n\n"
        "3.2 The council requires savings of £16.4m.\n",
        ["wolverhampton 5200000"],
    ),
    (
        "Authorities receiving Partners in Practice funding in 2019-20:\n• Achieving for Children (Kingston and Richmond): "
        "£1,950,000\n"
        "• Camden: £1,425,000\nTotal: £3,375,000\n",
        ["camden 1425000", "kingston-upon-thames+richmond-upon-thames 1950000"],
    ),
    (
        "The South Yorkshire Teaching Partnership (Sheffield, Rotherham, Barnsley and Doncaster) was granted £1.2m by the DfE.",
        ["barnsley+doncaster+rotherham+sheffield 1200000"],
    ),
    (
        "Sefton Cabinet 5 October 2023. Supporting Families: upfront payment £890,400, plus up to £623,200 of results "
        "payments at £800 per family.",
        ["allocation sefton 623200", "allocation sefton 890400"],
    ),
    (
        "Rochdale Cabinet report. Family Hubs Transformation Fund: the Council will receive a grant of £1m (£833,000 "
        "revenue, £167,000 capital).",
        ["rochdale 1000000"],
    ),
    (
        "DfE agrees to pay Kirklees an additional £13.5 million of DSG before the end of 2021 to 2022, then £3.1m in "
        "2022-23 and £14.0m in 2026-27.",
        ["kirklees 13500000", "kirklees 14000000", "kirklees 3100000"],
    ),
    (
        "Fostering hubs: £36m in total from the DfE, 64 local authorities in ten clusters. Lead authorities: Bracknell "
        "Forest (South East), "
        "Cheshire East (North West).",
        ["bracknell-forest -", "cheshire-east -"],
    ),
    (
        "Lambeth Council opens three family hubs costing £2.1m. The council has been named a Family Hubs and Start for Life "
        "area.",
        ["lambeth -"],
    ),
    (
        "HAF 2023: DfE allocations: Bolton £1,602,300; Oldham £1,774,690. Total for Greater Manchester £14.1m.",
        ["bolton 1602300", "oldham 1774690"],
    ),
    (
        "The DfE appointed Islington (improvement partner) to support Tower Hamlets' children's services. The plan costs "
        "£4.2m from reserves.",
        ["partnership islington>tower-hamlets -"],
    ),
    (
        "Sandwell MBC's children's trust is to get an extra £4.86m from the council, plus £1.2m from DfE for transition.",
        ["sandwell 1200000"],
    ),
    (
        "Lancashire County Council cabinet. DfE funding of £6.8m over three years; the authority's contribution is £2.3m.",
        ["lancashire 6800000"],
    ),
    (
        "Doncaster, leading South Yorkshire, received £273,000 from the DfE; Wolverhampton, for its adoption agency, "
        "£305,000; Devon declined.",
        ["doncaster 273000", "wolverhampton 305000"],
    ),
    (
        "Surrey's budget for children's services is up by £12m. Chancellor gives councils £84m over five years.",
        [],
    ),
    (
        "Buckinghamshire Council: the DBV application form asks for £1m; the DfE's decision is expected in May.",
        [],
    ),
    (
        "Nottinghamshire's £1.2m DfE-funded pilot closes. Ending the £2m Supporting Families programme would cost 40 jobs.",
        [],
    ),
]


@pytest.mark.parametrize(("text", "expected"), DOCUMENTS)
def test_what_a_careful_reader_takes_from_a_document_is_told(
    text: str, expected: list[str]
) -> None:
    if is_certain(text):
        assert told(text) == expected
    else:
        assert set(told(text)) <= set(expected)
