"""The register: names, codes, days, and councils named in prose."""

from __future__ import annotations

import csv
import datetime as dt
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.errors import AmbiguousCouncil, ConfigError, CouncilError, NotACouncil, UnknownCouncil
from syncer.register.councils import REGIONS, Register, load_register

REGISTER = load_register()
DAY = dt.date(2026, 11, 21)
AMBIGUOUS = {
    "kingston",
    "northamptonshire",
}  # the lists of names give one council; several go by them


def slugs(text: str, on: dt.date | None = None) -> list[str]:
    return ["|".join(mention.slugs) for mention in REGISTER.mentions(text, on)]


def variants(shared: Path) -> list[dict[str, str]]:
    with (shared / "councils" / "council_name_variants.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def day_of(row: dict[str, str]) -> dt.date | None:
    return dt.date(2015, 4, 1) if "2010-17" in row["note"] else None


# -- Who exists, when ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "count"),
    [
        ("2009-03-31", 150),
        ("2009-04-01", 152),
        ("2019-03-31", 152),
        ("2019-04-01", 151),
        ("2020-04-01", 151),
        ("2021-04-01", 152),
        ("2023-03-31", 152),
        ("2023-04-01", 153),
        ("2026-11-21", 153),
        ("2027-03-31", 153),
        ("2027-04-01", 154),
    ],
)
def test_the_number_of_open_councils_follows_the_reorganisations(day: str, count: int) -> None:
    assert len(REGISTER.open_on(dt.date.fromisoformat(day))) == count


def test_the_open_councils_are_those_of_the_official_list_by_name(shared: Path) -> None:
    with (shared / "councils" / "la_identity_153.csv").open(encoding="utf-8") as file:
        official = {REGISTER.find(row["name_official"]).slug for row in csv.DictReader(file)}
    assert official == {council.slug for council in REGISTER.open_on(DAY)}


def test_surrey_gives_way_to_its_two_successors_on_their_day() -> None:
    before, after = (
        set(REGISTER.open_on(day)) for day in (dt.date(2027, 3, 31), dt.date(2027, 4, 1))
    )
    assert [council.slug for council in before - after] == ["surrey"]
    assert {council.slug for council in after - before} == {"east-surrey", "west-surrey"}


def test_successors_open_when_their_predecessor_closes_and_each_names_the_other() -> None:
    for council in REGISTER:
        for slug in council.successors:
            heir = REGISTER.by_slug(slug)
            assert heir.opened == council.closed
            assert council.slug in heir.predecessors
        for slug in council.predecessors:
            assert council.slug in REGISTER.by_slug(slug).successors


def test_every_open_council_has_its_codes_its_region_and_ten_open_neighbours() -> None:
    for council in REGISTER.open_on(DAY):
        assert re.fullmatch(r"E0[689]0000\d\d|E100000\d\d", council.gss) and re.fullmatch(
            r"\d{3}", council.dfe_code
        )
        assert council.provider_ids[-1] == council.dfe_code and council.region in REGIONS
        assert (
            len(
                {near for near in REGISTER.neighbours(council.slug) if near.open_on(DAY)}
                - {council}
            )
            == 10
        )


def test_each_open_council_is_in_one_region() -> None:
    assert sum(len(REGISTER.region(region, DAY)) for region in REGIONS) == 153
    assert len(REGISTER.region("LONDON", DAY)) == 33 and REGISTER.region(
        "yorkshire"
    ) == REGISTER.region("Yorkshire & the Humber")
    with pytest.raises(ConfigError, match="North"):
        REGISTER.region("North")


def test_every_provider_id_current_or_former_finds_its_council(shared: Path) -> None:
    with (shared / "replay" / "world" / "councils.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            council = REGISTER.by_provider_id(row["provider_id"])
            assert council == REGISTER.find(row["title"]) == REGISTER.by_gss(row["gss"])
            assert not row["legacy_id"] or REGISTER.by_provider_id(row["legacy_id"]) == council
            assert council.provider_ids[0] == row["provider_id"] and council.gss == row["gss"]


def test_an_old_gss_code_finds_the_council_under_its_new_one() -> None:
    assert (
        REGISTER.by_gss("E08000016").gss == "E08000038"
        and REGISTER.by_gss("e08000019").gss == "E08000039"
    )
    with pytest.raises(UnknownCouncil):
        REGISTER.by_gss("383")


# -- What a name means -----------------------------------------------------------------------------


def test_every_known_variant_leads_to_its_council(shared: Path) -> None:
    for row in variants(shared):
        if (
            re.match(r"\?|NOT|GROUP|.*\|", row["official_name"])
            or row["variant"].casefold() in AMBIGUOUS
        ):
            continue
        assert REGISTER.match_cell(row["variant"], day_of(row)).council == REGISTER.find(
            row["official_name"]
        ), row


def test_every_decoy_is_refused(shared: Path) -> None:
    for row in variants(shared):
        if row["official_name"].startswith(("NOT", "GROUP")):
            with pytest.raises((NotACouncil, UnknownCouncil)):
                REGISTER.find(row["variant"])


def test_a_name_of_several_councils_is_never_one_of_them(shared: Path) -> None:
    for row in variants(shared):
        if row["official_name"] == "?" or "|" in row["official_name"]:
            with pytest.raises((AmbiguousCouncil, NotACouncil)):
                REGISTER.find(row["variant"])


@pytest.mark.parametrize(
    ("name", "day", "meant"),
    [
        ("Kingston", None, {"kingston-upon-thames", "kingston-upon-hull"}),
        (
            "Northamptonshire",
            None,
            {"northamptonshire", "north-northamptonshire", "west-northamptonshire"},
        ),
        ("Northamptonshire", "2024-01-01", {"north-northamptonshire", "west-northamptonshire"}),
        ("Surrey", "2027-04-01", {"east-surrey", "west-surrey"}),
        ("Cumbria", "2024-01-01", {"cumberland", "westmorland-and-furness"}),
        ("Leicester County Council", None, {"leicester", "leicestershire"}),
        ("LCC", None, None),
        ("Cornwall and Isles of Scilly", None, {"cornwall", "isles-of-scilly"}),
    ],
)
def test_an_ambiguous_name_says_who_may_be_meant(
    name: str, day: str | None, meant: set[str] | None
) -> None:
    with pytest.raises(AmbiguousCouncil) as refusal:
        REGISTER.find(name, dt.date.fromisoformat(day) if day else None)
    assert meant is None or set(refusal.value.slugs) == meant
    assert all(slug in refusal.value.hint for slug in refusal.value.slugs)


@pytest.mark.parametrize(
    ("name", "day", "slug"),
    [
        ("Northamptonshire", "2015-01-01", "northamptonshire"),
        ("Northamptonshire County Council", "2024-01-01", "northamptonshire"),
        ("Dorset", "2018-01-01", "dorset-county"),
        ("Dorset", None, "dorset"),
        ("Surrey", None, "surrey"),
        ("Surrey", "2027-03-31", "surrey"),
        ("Poole", None, "poole"),
        ("Poole", "2020-01-01", "bournemouth-christchurch-and-poole"),
        ("Kingston Council", None, "kingston-upon-thames"),
        ("L.B. of Ealing", None, "ealing"),
        ("City of London", None, "city-of-london"),
        ("E08000035", None, "leeds"),
        ("383", None, "leeds"),
        ("80481", None, "leeds"),
        ("stoke-on-trent", None, "stoke-on-trent"),
        ("BIRMINGHAM CHILDREN'S TRUST CIC", None, "birmingham"),
        ("LONDON BOROUGH OF RICHMOND UPON THAM", None, "richmond-upon-thames"),
        ("BOURNEMOUTH CHRISTCHURCH AND POOLE C", None, "bournemouth-christchurch-and-poole"),
    ],
)
def test_a_name_leads_to_the_council_meant_on_that_day(
    name: str, day: str | None, slug: str
) -> None:
    assert REGISTER.find(name, dt.date.fromisoformat(day) if day else None).slug == slug


@pytest.mark.parametrize(
    "name",
    [
        "Leeds City College",
        "Leeds City Academy",
        "Bradford City FC",
        "Cambridge City Council",
        "Oxford City Council",
        "Kent Police",
        "Leeds Teaching Hospitals NHS Trust",
        "University of Leeds",
        "South East",
        "Newcastle-under-Lyme Borough Council",
        "Surrey Heath Borough Council",
    ],
)
def test_another_body_is_not_a_council(name: str) -> None:
    with pytest.raises(NotACouncil):
        REGISTER.find(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Council",
        "Atlantis",
        "Kent & Medway Training",
        "The",
        "E99999999",
        "999",
        "London Borough of",
    ],
)
def test_a_name_nobody_has_is_unknown(name: str) -> None:
    with pytest.raises(UnknownCouncil):
        REGISTER.find(name)


def test_a_misspelling_is_not_guessed_but_suggested() -> None:
    with pytest.raises(UnknownCouncil) as refusal:
        REGISTER.find("Hertforshire")
    assert refusal.value.hint == "Did you mean Herefordshire or Hertfordshire?"


NAMES = sorted(
    {name for council in REGISTER for name in (council.name, council.official_name)}
    - {"Kingston", "Northamptonshire"}
)


@given(
    name=st.sampled_from(NAMES),
    space=st.text(" \t\u00a0-_–", min_size=1, max_size=3),
    sign=st.sampled_from(["&", "and"]),
    case=st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    around=st.sampled_from(["", " ", ".", "'", "\n"]),
)
def test_case_white_space_and_punctuation_do_not_change_who_is_meant(
    name: str, space: str, sign: str, case: Callable[[str], str], around: str
) -> None:
    written = re.sub(r"[ -]", lambda _: space, re.sub(r"\band\b|&", sign, name.replace(",", "")))
    assert REGISTER.find(around + case(written) + around) == REGISTER.find(name)


@given(st.text())
def test_find_answers_or_refuses_whatever_it_is_asked(name: str) -> None:
    try:
        assert REGISTER.find(name) in list(REGISTER)
    except CouncilError:
        assert len(REGISTER.mentions(name)) >= 0


def test_only_names_known_to_be_ambiguous_are_shared_by_open_councils() -> None:
    holders: dict[str, set[str]] = {}
    for council in REGISTER.open_on(DAY):
        for name in (council.name, council.official_name, *council.aliases):
            holders.setdefault(name.casefold(), set()).add(council.slug)
    shared_names = {name for name, owners in holders.items() if len(owners) > 1}
    assert shared_names == {
        "kingston",
        "northamptonshire",
        "northants",
        "northamptonshire children's trust",
        "achieving for children",
        "afc",
        "lcc",
        "lbh",
    }


# -- Cells -----------------------------------------------------------------------------------------


def test_a_cell_that_says_for_whom_keeps_the_lead_and_the_others_apart() -> None:
    cell = REGISTER.match_cell(
        "North Northamptonshire (Delivering for North Northamptonshire and West Northamptonshire)"
    )
    assert cell.council.slug == "north-northamptonshire"
    assert [council.slug for council in cell.delivering_for] == [
        "north-northamptonshire",
        "west-northamptonshire",
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "Leeds",
        "Leeds [2]",
        "Leeds [note 1]",
        "Leeds (Note 2)",
        "Leeds [footnote 3]",
        "Leeds [notes 1 and 2]",
        "Leeds [note 1] [note 2]",
        "Leeds (1, 2)",
        "Leeds (see note a)",
        "Leeds**",
        "Leeds*",
        "LEEDS CITY COUNCIL (1)",
        " Leeds† ",
        "Local Authority for Leeds",
    ],
)
def test_a_footnote_mark_does_not_hide_the_council(cell: str) -> None:
    found = REGISTER.match_cell(cell)
    assert found.council.slug == "leeds" and found.delivering_for == ()


# -- Prose -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DfE has awarded Leeds city council £9.6m to help Stoke.", ["leeds", "stoke-on-trent"]),
        ("the Leeds-Wakefield teaching partnership", ["leeds", "wakefield"]),
        ("North Tyneside and South Tyneside in partnership", ["north-tyneside", "south-tyneside"]),
        ("Kingston and Richmond will share it.", ["kingston-upon-thames", "richmond-upon-thames"]),
        ("Kingston upon Hull, City of", ["kingston-upon-hull"]),
        (
            "Stoke–on–Trent, St. Helens and TELFORD & WREKIN",
            ["stoke-on-trent", "st-helens", "telford-and-wrekin"],
        ),
        (
            "Liverpool, Leicester; Leeds City Council (LCC) and later LCC",
            ["liverpool", "leicester", "leeds", "leeds", "leeds"],
        ),
        ("Slough Children’s Services Trust will get £1.4m", ["slough"]),
        (
            "Achieving for Children has the money",
            ["kingston-upon-thames|richmond-upon-thames|windsor-and-maidenhead"],
        ),
        ("Nottingham City and Nottinghamshire County", ["nottingham", "nottinghamshire"]),
        ("Reading has received £2m; Bury and Oldham none.", ["reading", "bury", "oldham"]),
        ("Hackney, Westminster and Camden", ["hackney", "westminster", "camden"]),
        ("Reading\t£200,000\nKent\t£1", ["reading", "kent"]),
    ],
)
def test_councils_named_in_prose_are_found(text: str, expected: list[str]) -> None:
    assert slugs(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Leeds Beckett University and Durham University",
        "Leeds United beat Hull City and Derby County.",
        "Lancashire Teaching Hospitals NHS",
        "Norfolk and Suffolk NHS Foundation Trust",
        "Kent and Medway NHS",
        "Leicester Square and Richmond Park",
        "the tri-borough",
        "Reading is a joy. Bury the hatchet. Stoke the fire.",
        "Westminster has cut the budget, say MPs in Westminster.",
        "Mark Bolton, Sir John Kent, Cllr Barnet and Dame Anne Bradford",
        "Director Xanthe Barnet, chief executive, agreed.",
        "Cambridge City Council, South Norfolk Council and Lancaster",
        "Bury St Edmunds, Sutton Coldfield, Newcastle-under-Lyme",
        "HMP Leeds",
        "Manchester City Region",
        "the MP for Leeds East",
        "City of Bristol College",
        "reading the kent report",
        "https://www.Leeds.gov.uk/x",
        "London Borough of Hackney Simon Marks Jewish Primary School",
        "West Kent and Greater Manchester",
        "New York",
        "The Kent Messenger",
        "Store Street, Manchester M1 2WD",
        "Buckinghamshire, Oxfordshire and Berkshire West Integrated Care Board",
    ],
)
def test_other_bodies_places_people_and_verbs_are_not_councils(text: str) -> None:
    assert slugs(text) == []


def test_an_ambiguous_name_in_prose_is_said_to_be_ambiguous_until_the_document_explains_it() -> (
    None
):
    assert REGISTER.mentions("Kingston is helped.")[0].ambiguous
    assert (
        slugs("Kingston is helped, says Kingston upon Hull City Council.")[0]
        == "kingston-upon-hull"
    )
    assert not REGISTER.mentions("Northamptonshire got £1m.", dt.date(2019, 1, 1))[0].ambiguous


def test_a_mention_gives_its_own_place_with_the_words_of_its_type() -> None:
    text = "Money for the Royal Borough of Kensington & Chelsea, and for Bristol City Council."
    assert [text[m.start : m.end] for m in REGISTER.mentions(text)] == [
        "Royal Borough of Kensington & Chelsea",
        "Bristol City Council",
    ]


def test_a_megabyte_of_prose_is_read_in_well_under_a_second_of_processor_time() -> None:
    filler = (
        "The programme helps children and their families to get the right support at the earliest possible time. "
        * 4
    )
    text = (
        "In March the Department awarded Leeds City Council and Stoke £3m; Steve Walker said so. "
        + filler
    ) * 2000
    started = time.process_time()
    assert len(text) > 1_000_000 and len(REGISTER.mentions(text)) == 2 * 2000
    assert time.process_time() - started < 1.5


# -- A register file of one's own ------------------------------------------------------------------


def own(tmp_path: Path, text: str) -> Register:
    path = tmp_path / "more.csv"
    path.write_text(text, encoding="utf-8")
    return load_register(path)


def test_an_own_file_adds_councils_and_overrides_single_cells(tmp_path: Path) -> None:
    register = own(
        tmp_path,
        "slug,name,official_name,region,type,opened,closed,predecessors,successors\n"
        "norfolk,,,,,,2028-04-01,,norwich\n"
        "norwich,Greater Norwich,Greater Norwich Council,East of England,unitary authority,2028-04-01,,norfolk,\n",
    )
    assert (
        register.find("Norfolk CC").closed == dt.date(2028, 4, 1)
        and register.find("Norfolk").gss == "E10000020"
    )
    assert (
        register.find("Norfolk", dt.date(2028, 4, 1)).slug == "norwich"
        and len(register) == len(REGISTER) + 1
    )


def test_every_fault_of_an_own_file_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refusal:
        own(
            tmp_path,
            "slug,name,gss,closed,successors,colour\nleeds,Leeds,E08000038,soon,atlantis,blue\nnew,New,,,,\nnew,,,,,\n",
        )
    for fault in (
        "colour",
        "line 2 leeds: closed 'soon'",
        "no council 'atlantis'",
        "E08000038",
        "line 3 new: no region",
        "line 4",
    ):
        assert fault in str(refusal.value)


def test_a_missing_own_file_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_register(tmp_path / "none.csv")
