"""The pages with lists: councils, changes, interventions, money, regions, what must improve."""

from __future__ import annotations

from dataclasses import replace

from records import award, day, grades, inspection
from site_facts import REGISTER, TODAY, change, facts, rows, shown, texts

from syncer.model import Area, Change, EventKind, InterventionFields, Record, RecordKind
from syncer.site import change_list

LEEDS = inspection(1, "2024-07-08", grades("good", leavers="outstanding"))
ENDED = inspection(2, "2026-04-27", grades(None, leavers="good"), council="york")
CAPTION = "How each council stands"


def notice(number: int, council: str, state: str, on: str) -> Record:
    """A notice to a council that came to its state on a day."""
    said = InterventionFields(
        what="improvement_notice",
        state=state,
        issued=day(on),
        lifted=day(on),
        title=f"To {council}",
    )
    return replace(
        award(number, 1), record=RecordKind.INTERVENTION, councils=(council,), fields=said
    )


# -- Councils --------------------------------------------------------------------------------------


def test_every_open_council_has_a_line_that_leads_to_its_page() -> None:
    page = shown(facts(LEEDS), "councils/")
    links = {str(link["href"]) for link in page.select(".standings tbody th a")}
    assert links == {f"{council.slug}/" for council in REGISTER.open_on(TODAY)}
    line = next(row for row in rows(page, CAPTION) if row[0] == "Leeds")
    assert line[-4:] == [
        "8 July 2024",
        "Yorkshire and the Humber",
        "metropolitan district",
        "ILACS from January 2023",
    ]


def test_an_end_of_a_judgement_no_judgement_yet_and_not_known_are_three_things() -> None:
    known = facts(LEEDS, ENDED, inspection(3, "2022-01-10", council="york"), unread={"kent"})
    lines = {row[0]: row for row in rows(shown(known, "councils/"), CAPTION)}
    assert [lines[name][1].split()[0] for name in ("Leeds", "York", "Kent", "Barnet")] == [
        "G",
        "ended",
        "?",
        "never",
    ]


def test_without_the_script_every_line_is_there_and_no_field_is() -> None:
    page = shown(facts(LEEDS), "councils/")
    assert not page.select("[hidden], input, select, button")
    assert len(page.select(".standings tbody tr")) == len(REGISTER.open_on(TODAY))


# -- Changes ---------------------------------------------------------------------------------------


def test_the_judgements_of_one_inspection_are_one_line_and_each_leads_to_its_page() -> None:
    overall = change(2, "good", "inadequate", area=Area.OVERALL)
    page = shown(facts(LEEDS, events=[change(1, "good", "inadequate"), overall]), "changes/")
    (line,) = page.select(".changes tbody tr")
    assert [str(link["href"]) for link in line.select("td a")] == ["1/", "2/"]
    assert "Leadership : good → inadequate declined" in texts([line])[0]


def test_changes_stand_with_the_newest_first_and_a_correction_says_so() -> None:
    later = change(1, "good", "inadequate").noticed_at.replace(year=2025)
    wrong = change(7, "inadequate", "good", kind=EventKind.CORRECTED, noticed_at=later)
    page = shown(facts(LEEDS, events=[change(1, "good", "inadequate"), wrong]), "changes/")
    lines = texts(page.select(".changes tbody tr"))
    assert "Correction" in lines[0] and "Correction" not in lines[1]


def test_many_changes_have_a_page_a_year_and_each_is_on_exactly_one() -> None:
    many = change_list.FEW + 1
    first = change(1, "good", "inadequate")
    events = [
        replace(first, id=n, record_id=n, noticed_at=first.noticed_at.replace(year=2024 + n % 3))
        for n in range(1, many + 1)
    ]
    known = facts(events=events)
    found = []
    for year in (2024, 2025, 2026):
        page = shown(known, f"changes/year-{year}/")
        found += [str(link["href"]) for link in page.select(".changes td a")]
    assert sorted(found) == sorted(f"../{event.id}/" for event in events)
    assert len(shown(known, "changes/").select(".changes tbody tr")) == change_list.FEW


# -- Interventions, regions, what must improve -----------------------------------------------------


def test_interventions_in_force_stand_before_those_that_have_ended() -> None:
    known = facts(
        notice(1, "leeds", "issued", "2024-01-10"), notice(2, "york", "lifted", "2025-02-03")
    )
    page = shown(known, "interventions/")
    assert [row[0] for row in rows(page, "Interventions in force")] == ["Leeds"]
    (ended,) = rows(page, "Interventions that have ended")
    assert ended[:4] == ["York", "Improvement notice", "lifted", "3 February 2025"]


def test_a_region_has_its_councils_alone_their_changes_and_their_interventions() -> None:
    known = facts(LEEDS, notice(1, "york", "issued", "2024-01-10"), events=[change(1, "good", "")])
    page = shown(known, "regions/yorkshire-and-the-humber/")
    councils = REGISTER.region("Yorkshire and the Humber", TODAY)
    assert [row[0] for row in rows(page, CAPTION)] == sorted(each.name for each in councils)
    assert [row[0] for row in rows(page, "Interventions in force")] == ["York"]
    assert [row[0] for row in rows(page, "Latest changes")] == ["Leeds"]
    elsewhere = shown(known, "regions/london/")
    assert not elsewhere.select(".changes") and "None is known" in elsewhere.get_text()


def test_the_counts_of_the_regions_add_up_to_those_of_england() -> None:
    page = shown(facts(LEEDS, ENDED, unread={"kent"}), "regions/")
    lines = rows(page, "Councils by their grade in leadership")
    (england,) = rows(page, "Councils by their grade in leadership", "tfoot")
    for column in range(1, len(england) - 1):
        assert sum(int(line[column]) for line in lines) == int(england[column])
    assert sum(map(int, england[2:-1])) == int(england[1]) == len(REGISTER.open_on(TODAY))


def test_only_the_latest_inspection_says_what_must_improve() -> None:
    before = inspection(1, "2021-05-10", grades() | {"improve": ["Old words."]})
    latest = inspection(2, "2024-07-08", grades() | {"improve": ["Support for care leavers."]})
    page = shown(facts(before, latest), "improve/")
    (line,) = rows(page, "What needs to improve")
    assert line[:4] == ["Leeds", "Support for care leavers.", "good", "8 July 2024"]
    assert page.select("table td a[href='https://example.org/leeds']")
    assert "Old words" not in page.get_text()


def test_what_a_page_says_is_text_and_never_markup() -> None:
    item = "<script>alert(1)</script> & more"
    known = facts(
        inspection(1, "2024-07-08", grades() | {"improve": [item]}),
        award(3, 5, programme="<b>Bold</b>", quote="<img src=x>"),
    )
    for address in ("improve/", "programmes/", "programmes/b-bold-b/", "funding/"):
        page = shown(known, address)
        assert not page.select("main script, main b, main img")
    assert item in shown(known, "improve/").get_text()


def test_a_change_that_ends_a_judgement_is_no_decline() -> None:
    ended = change(1, "good", "", area=Area.OVERALL, change=Change.NO_LONGER_JUDGED)
    (line,) = shown(facts(events=[ended]), "changes/").select(".changes tbody tr")
    assert "no longer judged" in line.get_text() and "declined" not in line.get_text()
