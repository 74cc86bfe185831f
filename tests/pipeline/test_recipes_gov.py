"""What GOV.UK may do to a page in the course of its life, and what should come of it: an
intervention that ends on another page or in the page's own words, titles in whatever order of
words, tables taken back and put up again, attachments exchanged (DESIGN §5.7, §6.3, §6.6)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gov_world import GovWorld, allocations, sheet

from syncer.pipeline.sync import SyncReport
from syncer.store import events

INTERVENTIONS = "govuk_interventions"
BASE = "/government/publications/"
COUNCILS = {
    "swindon": "Swindon Borough Council",
    "torbay": "Torbay Council",
    "derby": "Derby City Council",
    "luton": "Luton Borough Council",
    "leeds": "Leeds City Council",
    "devon": "Devon County Council",
    "kent": "Kent County Council",
    "bury": "Bury Council",
    "thurrock": "Thurrock Council",
    "slough": "Slough Borough Council",
}
SERVICES = "<p>This is about the council's children's services.</p>"
LETTER = "<p>See the attached letter.</p>"


@pytest.fixture
def gov(tmp_path: Path) -> Iterator[GovWorld]:
    """A site of which one direction was read before; the clock stands at 5 March 2024."""
    with GovWorld(tmp_path) as found:
        issue(found, "halton", "Direction issued to Halton Borough Council", "2024-03-01")
        found.at("2024-03-05")
        yield found


@pytest.fixture
def noticed(gov: GovWorld) -> GovWorld:
    """Every council got a notice on 5 March 2024; the clock stands at 10 June 2024."""
    for slug, name in COUNCILS.items():
        title = f"Improvement notice issued to {name}: March 2024"
        gov.publish(BASE + slug, title, SERVICES, kind="decision")
    gov.sync(INTERVENTIONS)
    gov.at("2024-06-10")
    return gov


def issue(gov: GovWorld, path: str, title: str, day: str, text: str = SERVICES) -> None:
    gov.at(day)
    gov.publish(BASE + path, title, text, kind="decision")
    gov.sync(INTERVENTIONS)


def states(gov: GovWorld, council: str = "swindon") -> list[tuple[str, str | None]]:
    found = gov.records("intervention", council)
    return sorted((r["state"], r.get("issued")) for r in found)


def news(gov: GovWorld) -> dict[str, tuple[str, str, str]]:
    """What was told after the notices themselves: the kind of news, and the state before and
    after, by council."""
    told = [event for event in gov.told() if event[1:] != ("added", "state", "", "issued")]
    return {council: (kind, old, new) for council, kind, _, old, new in told}


LIFTED = ("changed", "issued", "lifted")


# -- An end that another page tells ----------------------------------------------------------------

ENDS = {
    "swindon": "Improvement notice lifted: Swindon Borough Council, June 2024",
    "torbay": "Improvement notice to Torbay Council revoked",
    "derby": "Derby City Council removed from intervention",
    "luton": "Luton Borough Council: improvement notice closed",
    "leeds": "Letter confirming the lifting of the improvement notice: Leeds City Council",
    "devon": "Letter to Devon County Council confirming its improvement notice has been lifted",
    "kent": "Removal of improvement notice: Kent",
    "bury": "End of intervention in children's services: Bury Council",
}


def test_a_notice_that_another_page_says_is_lifted_is_no_longer_in_force(
    noticed: GovWorld,
) -> None:
    for slug, title in ENDS.items():
        kind = "correspondence" if "Letter" in title else "decision"
        noticed.publish(f"{BASE}{slug}-end", title, LETTER, kind=kind)
    noticed.sync(INTERVENTIONS)
    assert news(noticed) == dict.fromkeys(ENDS, LIFTED)
    for slug, title in ENDS.items():
        assert states(noticed, slug) == [("lifted", "2024-03-05")]
        (event,) = [e for e in noticed.events() if e.councils == (slug,) and e.new == "lifted"]
        assert event.evidence is not None
        assert (str(event.effective), event.evidence.quote) == ("2024-06-10", title)
    noticed.at("2024-06-20")
    assert noticed.sync(INTERVENTIONS, full=True).events == 0


def test_the_end_of_another_instrument_service_or_year_leaves_the_notice_in_force(
    noticed: GovWorld,
) -> None:
    titles = {
        "swindon": "Direction revoked: Swindon Borough Council, June 2024",
        "torbay": "SEND improvement notice lifted: Torbay Council",
        "derby": "Improvement notice of May 2021 lifted: Derby City Council",
    }
    for slug, title in titles.items():
        noticed.publish(f"{BASE}{slug}-end", title, LETTER, kind="decision")
    letter = "Letter to Kent County Council about its improvement notice"
    noticed.publish(BASE + "letter", letter, SERVICES, kind="correspondence")
    noticed.sync(INTERVENTIONS)
    for slug in titles:
        assert [state for state, _ in states(noticed, slug)] == ["issued", "lifted"]
    assert states(noticed, "kent") == [("issued", "2024-03-05")]


def test_a_page_of_an_end_that_moves_and_a_notice_taken_down_and_put_up_again(
    noticed: GovWorld,
) -> None:
    noticed.publish(BASE + "old", ENDS["swindon"], LETTER, kind="decision")
    noticed.sync(INTERVENTIONS)
    for path in ("old", "derby"):
        item = noticed.web.items.pop(BASE + path)
        noticed.web.items[BASE + path + "-new"] = item | {"base_path": BASE + path + "-new"}
    noticed.web.page(f"/gov/api/content{BASE}old", b"", status=410)
    gone = noticed.web.items.pop(BASE + "kent")
    noticed.web.page(f"/gov/api/content{BASE}kent", b"", status=410)
    noticed.at("2024-06-12")
    noticed.sync(INTERVENTIONS, full=True)
    assert news(noticed) == {"swindon": LIFTED, "kent": ("withdrawn", "issued", "")}
    noticed.web.items[BASE + "kent"] = gone
    noticed.at("2024-06-14")
    noticed.sync(INTERVENTIONS, full=True)
    assert noticed.told()[-1] == ("kent", "withdrawn", "state", "issued", "")
    assert states(noticed) == [("lifted", "2024-03-05")]
    assert states(noticed, "derby") == states(noticed, "kent") == [("issued", "2024-03-05")]


@pytest.fixture
def two(noticed: GovWorld) -> GovWorld:
    """Swindon has a second notice of the same kind, of 24 April 2024; the clock stands at 10
    June."""
    again = "Improvement notice issued to Swindon Borough Council: April 2024"
    issue(noticed, "swindon-2", again, "2024-04-24")
    noticed.at("2024-06-10")
    return noticed


def test_an_end_that_may_be_of_two_notices_is_a_named_problem_and_nothing_is_guessed(
    two: GovWorld,
) -> None:
    title = "Improvement notice lifted: Swindon Borough Council"
    two.publish(BASE + "end", title, SERVICES, kind="decision")
    revised = "Revised improvement notice issued to Swindon Borough Council"
    two.publish(BASE + "revised", revised, SERVICES, kind="decision")
    report = two.sync(INTERVENTIONS)
    unclear = ("UnclearIntervention", "swindon")
    assert [(p.name, p.council) for p in report.problems] == [unclear, unclear]
    assert "2024-03-05 or 2024-04-24" in report.problems[0].message
    assert (states(two), news(two)) == ([("issued", "2024-03-05"), ("issued", "2024-04-24")], {})

    for page, said in (("end", "has been lifted"), ("revised", "is replaced by this one")):
        text = f"<p>The improvement notice of April 2024 {said}.</p>"
        two.edit(BASE + page, body=text)
    two.web.items[BASE + "revised"]["title"] = "An announcement"
    two.at("2024-06-18")
    two.sync(INTERVENTIONS, full=True)
    assert states(two) == [("issued", "2024-03-05"), ("lifted", "2024-04-24")]
    assert (news(two), two.open_problems()) == ({"swindon": LIFTED}, [])


@pytest.mark.parametrize("of", ["of March 2024", "of 7 March 2024", "issued in March 2024"])
def test_an_end_that_says_when_the_notice_was_issued_ends_that_one(two: GovWorld, of: str) -> None:
    text = f"<p>The improvement notice {of} was lifted on 7 June 2024.</p>"
    title = "Improvement notice lifted: Swindon Borough Council"
    two.publish(BASE + "end", title, text, kind="decision")
    two.sync(INTERVENTIONS)
    assert [state for state, _ in states(two)] == ["issued", "lifted"]
    (lifted,) = [r for r in two.records("intervention", "swindon") if r["state"] == "lifted"]
    assert lifted["lifted"] == "2024-06-07" and lifted["issued"] < "2024-04"


def test_the_first_read_knows_what_has_ended_and_an_end_of_what_nobody_knows_is_news(
    gov: GovWorld,
) -> None:
    pages = {
        "2023-03-05": "Improvement notice issued to Swindon Borough Council",
        "2023-06-05": "Revised improvement notice issued to Swindon Borough Council",
        "2023-11-05": "Improvement notice lifted: Swindon Borough Council",
        "2024-03-05": "Improvement notice lifted: Torbay Council",
    }
    for day, title in reversed(pages.items()):
        gov.publish(BASE + day, title, LETTER, kind="decision", on=day)
    gov.sync(INTERVENTIONS)
    (found,) = gov.records("intervention", "swindon")
    assert (found["state"], found["issued"]) == ("lifted", "2023-03-05")
    assert (found["revised"], found["lifted"]) == ("2023-06-05", "2023-11-05")
    assert news(gov)["torbay"] == ("added", "", "lifted")
    issue(gov, "torbay", "Improvement notice issued to Torbay Council", "2024-03-25")
    assert [state for state, _ in states(gov, "torbay")] == ["issued", "lifted"]


TOLD = {
    "swindon": "The DfE has lifted the improvement notice issued to Swindon Borough Council.",
    "torbay": "The improvement notice issued to Torbay Council in March 2024 was revoked today.",
}
TOLD_IN_PASSING = {
    "derby": "The improvement notice to Derby City Council was lifted in 2021, the DfE said.",
    "luton": "The improvement notice to Luton Borough Council can be lifted by the end of May.",
    "leeds": "An improvement notice was issued to Leeds City Council after a home was closed.",
}


def test_an_end_that_the_ministry_tells_in_prose_ends_the_notice_and_other_words_do_not(
    noticed: GovWorld,
) -> None:
    for slug, said in (TOLD | TOLD_IN_PASSING).items():
        noticed.publish(f"{BASE}{slug}-news", "Children's services", f"<p>{said}</p>")
    noticed.sync("govuk_awards")
    noticed.at("2024-06-11")
    for slug in TOLD:
        assert states(noticed, slug) == [("lifted", "2024-03-05")]
    for slug in TOLD_IN_PASSING:
        assert ("issued", "2024-03-05") in states(noticed, slug)


RETOLD = {
    "swindon": "Swindon Borough Council, issued with an improvement notice in March 2024, improves.",
    "torbay": "An improvement notice has been issued to Torbay Council.",
}


def test_prose_that_only_retells_a_notice_is_no_news_and_its_end_stays_clear(
    noticed: GovWorld,
) -> None:
    noticed.publish("/government/news/x", "Bins", "<p>Nothing of money.</p>", on="2024-03-01")
    noticed.sync("govuk_awards")
    noticed.at("2024-06-11")
    for slug, said in RETOLD.items():
        noticed.publish(f"/government/news/{slug}", "Children's services", f"<p>{said}</p>")
    noticed.sync("govuk_awards")
    assert states(noticed, "swindon") == states(noticed, "torbay") == [("issued", "2024-03-05")]
    noticed.publish(BASE + "end", ENDS["swindon"], LETTER, kind="decision")
    assert noticed.sync(INTERVENTIONS).problems == []
    assert news(noticed) == {"swindon": LIFTED}
    assert len(noticed.told()) == len(COUNCILS) + 1


# -- An end in the page's own words ----------------------------------------------------------------

OWN_WORDS = {
    "swindon": "This improvement notice was lifted on 7 June 2024.",
    "torbay": "On 7 June 2024 the Secretary of State revoked this notice.",
    "derby": "The improvement notice issued in March 2024 was lifted on 7 June 2024.",
    "luton": "This notice is no longer in force from 7 June 2024.",
    "leeds": "The council was released from this improvement notice on 7 June 2024.",
    "devon": "Following an inspection, this intervention has now ended.",
}
NO_END = {
    "swindon": "This notice will be lifted when the Secretary of State is satisfied.",
    "torbay": "This notice remains in force until it is lifted.",
    "derby": "Once this notice is lifted, the council reports to nobody.",
    "luton": "The Secretary of State may revoke this notice; it can be lifted at any time.",
    "leeds": "This notice has not been lifted.",
    "devon": "The previous improvement notice was lifted on 7 June 2021.",
    "kent": "The improvement notice issued in May 2021 was lifted in June 2022.",
    "bury": "The improvement notice to Torbay Council was lifted.",
    "thurrock": "The direction was revoked on 7 June 2024.",
    "slough": "This notice sets targets for the home, which has closed.",
}


def test_a_notice_whose_page_says_in_its_text_that_it_was_lifted_is_lifted(
    noticed: GovWorld,
) -> None:
    for slug, said in OWN_WORDS.items():
        noticed.edit(BASE + slug, body=f"<p>{said}</p>{SERVICES}")
    noticed.sync(INTERVENTIONS, full=True)
    assert news(noticed) == dict.fromkeys(OWN_WORDS, LIFTED)
    for event in noticed.events():
        if event.new == "lifted":
            assert event.evidence is not None
            assert event.evidence.quote == OWN_WORDS[event.councils[0]]
    days = [r["lifted"] for r in noticed.records("intervention") if r["state"] == "lifted"]
    assert sorted(days) == [*["2024-06-07"] * 4, *["2024-06-10"] * 2]


def test_an_earlier_notice_a_condition_and_the_future_end_nothing(noticed: GovWorld) -> None:
    for slug, said in NO_END.items():
        noticed.edit(BASE + slug, body=f"<p>{said}</p>{SERVICES}", major=True, note=said)
    noticed.sync(INTERVENTIONS, full=True)
    assert news(noticed) == {}
    assert {r["state"] for r in noticed.records("intervention")} == {"issued"}


def test_a_page_that_gets_a_new_title_is_the_same_notice_with_its_days(noticed: GovWorld) -> None:
    titles = {
        "swindon": "Improvement notice lifted: Swindon Borough Council, June 2024",
        "derby": "Derby City Council removed from intervention",
        "kent": "Revised improvement notice issued to Kent County Council: June 2024",
    }
    for slug, title in titles.items():
        noticed.web.items[BASE + slug]["title"] = title
        noticed.edit(BASE + slug, major=True, note="Updated.")
    noticed.sync(INTERVENTIONS)
    revised = ("changed", "issued", "revised")
    assert news(noticed) == {"swindon": LIFTED, "derby": LIFTED, "kent": revised}
    noticed.at("2024-07-20")
    noticed.edit(BASE + "swindon", major=True, note="Fixed a typing error.")
    noticed.sync(INTERVENTIONS)
    (found,) = noticed.records("intervention", "swindon")
    assert (found["issued"], found["lifted"]) == ("2024-03-05", "2024-06-10")


# -- Titles ----------------------------------------------------------------------------------------

TITLES = {
    "swindon": "Swindon Borough Council: improvement notice, March 2024",
    "torbay": "Improvement notice for Torbay Council",
    "derby": "Derby City Council – direction under section 497A of the Education Act 1996",
    "luton": "Luton Borough Council improvement notice",
    "leeds": "Leeds: improvement notice",
    "devon": "Improvement notice: Devon",
    "kent": "IMPROVEMENT NOTICE ISSUED TO KENT COUNTY COUNCIL: MARCH 2024",
    "bury": "Statutory direction: children's services in Bury",
    "thurrock": "Appointment of a commissioner for children's services: Thurrock",
}
UNKNOWN = (
    "Ambridge Borough Council: improvement notice, March 2024",
    "Improvement notice for Ambridge Borough Council",
    "Ambridge Borough Council – direction under section 497A",
    "Improvement notice lifted: Ambridge Borough Council",
)


def test_a_notice_is_told_whatever_the_order_of_words_in_its_title(gov: GovWorld) -> None:
    for slug, title in TITLES.items():
        gov.publish(BASE + slug, title, SERVICES, kind="decision")
    for number, title in enumerate(UNKNOWN):
        gov.publish(f"{BASE}unknown-{number}", title, SERVICES, kind="decision")
    report = gov.sync(INTERVENTIONS)
    assert sorted(council for council, *_ in gov.told()) == sorted(TITLES)
    assert len(report.problems) == len(UNKNOWN)
    for problem in report.problems:
        assert problem.name in ("UnknownCouncil", "NotACouncil")
        assert "Ambridge" in problem.message


# -- Money: taken back and put up again, and files exchanged ---------------------------------------

AWARDS = "govuk_awards"
TABLE = BASE + "supporting-families-funding"
AMOUNTS = {"Leeds": 500_100, "York": 500_200, "Derby": 500_300, "Luton": 500_400, "Bury": 500_500}
GONE = {"explanation": "<p>Out of date.</p>", "withdrawn_at": "2024-03-10T09:00:00+00:00"}


@pytest.fixture
def table(tmp_path: Path) -> Iterator[GovWorld]:
    """A page with a table of five councils, read on 1 March 2024."""
    with GovWorld(tmp_path) as found:
        title = "Supporting Families allocations"
        body = allocations("2023-24", **AMOUNTS).decode()
        found.publish(TABLE, title, body, kind="guidance", on="2024-02-10")
        found.sync(AWARDS)
        yield found


def on(gov: GovWorld, day: str) -> SyncReport:
    gov.at(day)
    return gov.sync(AWARDS, full=True)


def shown(gov: GovWorld) -> int:
    """How many awards the list shows."""
    listed = gov.cli("awards", "--format", "jsonl").stdout
    return len(listed.splitlines())


def held(gov: GovWorld) -> list[int]:
    with gov.store() as store:
        return [event.id for event in events.listing(store, held=True)]


def test_what_a_held_withdrawal_takes_back_is_shown_until_it_comes_back(table: GovWorld) -> None:
    table.web.items[TABLE]["withdrawn_notice"] = GONE
    assert on(table, "2024-03-10").held == len(AMOUNTS)
    assert on(table, "2024-03-11").held == 0
    assert (shown(table), len(held(table))) == (len(AMOUNTS), len(AMOUNTS))
    del table.web.items[TABLE]["withdrawn_notice"]
    assert on(table, "2024-03-20").events == 0
    assert (shown(table), held(table), table.told()) == (len(AMOUNTS), [], [])


def test_a_held_withdrawal_that_is_released_is_told_and_one_that_is_discarded_is_not_made_again(
    table: GovWorld,
) -> None:
    table.web.items[TABLE]["withdrawn_notice"] = GONE
    on(table, "2024-03-10")
    first, *others = map(str, held(table))
    assert table.cli("held", "release", first).returncode == 0
    assert table.cli("held", "discard", *others).returncode == 0
    assert on(table, "2024-03-11").held == 0
    assert [event[1] for event in table.told()] == ["withdrawn"]
    assert (shown(table), held(table)) == (len(others), [])
    del table.web.items[TABLE]["withdrawn_notice"]
    on(table, "2024-03-20")
    assert (shown(table), len(table.told())) == (len(AMOUNTS), 1)


def test_held_amounts_that_are_as_before_again_need_no_decision(table: GovWorld) -> None:
    body = table.web.items[TABLE]["details"]["body"]
    table.edit(TABLE, body=body.replace("£500", "£700"))
    assert on(table, "2024-03-10").held == len(AMOUNTS)
    table.edit(TABLE, body=body)
    assert on(table, "2024-03-11").held == 0
    assert (held(table), table.told(), shown(table)) == ([], [], len(AMOUNTS))


@pytest.mark.parametrize("what", ["bytes", "addresses"])
def test_attachments_that_are_exchanged_are_told_to_nobody(gov: GovWorld, what: str) -> None:
    files = {}
    for name, year, factor in (("a", "2022-23", 1), ("b", "2023-24", 3)):
        rows = [(council, factor * amount) for council, amount in AMOUNTS.items()]
        files[name] = sheet([["Local authority", f"Allocation {year} (£)"], *rows])

    def attachments(of_a: str, of_b: str, tag: str) -> list[dict[str, str]]:
        return [
            gov.file("a.csv", files[of_a], "Allocations: the first table", tag),
            gov.file("b.csv", files[of_b], "Allocations: the second table", tag),
        ]

    before = attachments("a", "b", "1")
    title = "Supporting Families allocations"
    gov.publish(TABLE, title, "<p>Allocations</p>", kind="guidance", attachments=before)
    gov.sync(AWARDS, full=True)
    after = attachments("b", "a", "1" if what == "bytes" else "2")
    gov.edit(TABLE, attachments=after)
    for day in ("2024-03-10", "2024-04-10", "2024-05-12", "2024-05-13"):
        assert on(gov, day).problems == []
    assert (gov.told(), held(gov), shown(gov)) == ([], [], 2 * len(AMOUNTS))
