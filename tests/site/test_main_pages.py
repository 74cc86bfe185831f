"""Home, council, change and about: what they say, and that they say no more than was read."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from office import Office
from records import award, grades, inspection, saying

from syncer.digest.message_model import RunBy
from syncer.model import (
    Area,
    Event,
    EventDetail,
    EventKind,
    InspectionFields,
    Record,
    RecordKind,
)
from syncer.operations.publishing import gather
from syncer.quantities.money import format_pounds
from syncer.register.councils import load_register
from syncer.register.tiles import tiles
from syncer.site import council_money, home
from syncer.site.addresses import Places
from syncer.site.change_list import rows_of
from syncer.site.contents import Contents
from syncer.site.facts import Facts
from syncer.site.standings import counts
from syncer.site.timeline import timeline
from syncer.views.lists import LATEST_UNREAD

DAY = dt.date(2026, 8, 22)
REGISTER = load_register()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as made:
        yield made


def known(*records: Record, unread: frozenset[str] = frozenset(), day: dt.date = DAY) -> Facts:
    """What is known where these are all the records."""
    by_kind: dict[RecordKind, list[Record]] = defaultdict(list)
    for record in records:
        by_kind[record.record].append(record)
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    return Facts(REGISTER, day, noon, by_kind, unread=unread)


def page(facts: Facts, address: str, places: Places = Places()) -> BeautifulSoup:  # noqa: B008
    return BeautifulSoup(Contents(facts, places)[address](), "html.parser")


def text(node: BeautifulSoup | Tag) -> str:
    return " ".join(node.get_text(" ").split())


# -- Changes ---------------------------------------------------------------------------------------


def test_the_page_of_a_corrected_change_says_so_and_leads_to_what_is_right(office: Office) -> None:
    record = office.record()
    wrong = office.happens(new="inadequate", record=record)
    office.later(days=2)
    detail = {"was": "inadequate"}
    right = office.happens(
        new="outstanding", record=record, kind=EventKind.CORRECTED, detail=detail
    )
    facts = gather(office.app)
    notice = page(facts, f"changes/{wrong}/").select_one(".notice")
    assert notice is not None and "Corrected on 7 January 2026" in text(notice)
    assert notice.select_one(f'a[href="../{right}/"]') is not None
    corrected = page(facts, f"changes/{right}/")
    assert corrected.select_one(".notice") is None
    assert "not inadequate, as we told you" in text(corrected)


def test_the_page_of_a_withdrawn_change_says_so(office: Office) -> None:
    record = office.record()
    told = office.happens(record=record)
    office.later(days=1)
    office.happens(new="good", old="inadequate", record=record, kind=EventKind.WITHDRAWN)
    notice = page(gather(office.app), f"changes/{told}/").select_one(".notice")
    assert notice is not None and "Withdrawn on 6 January 2026" in text(notice)


def test_a_change_that_is_held_has_no_page_and_stands_on_none(office: Office) -> None:
    held = office.happens(new="inadequate", tellable=False)
    contents = Contents(gather(office.app), Places())
    assert f"changes/{held}/" not in contents
    council = BeautifulSoup(contents["councils/leeds/"](), "html.parser")
    assert "No change was noticed since we began to read." in text(council)


def test_a_hostile_title_is_shown_as_it_stands_and_does_nothing(office: Office) -> None:
    hostile = '<script>alert("1")</script>'
    detail = {"fields": {"what": hostile, "state": hostile, "quote": hostile}}
    number = office.happens(
        new=hostile, old="", area="state", of=RecordKind.INTERVENTION, detail=detail
    )
    document = page(gather(office.app), f"changes/{number}/")
    scripts = [script.get("src") for script in document.find_all("script")]
    assert scripts == ["../../tables.js"]
    assert "<script>alert(" in text(document)


def test_what_a_source_says_is_shown_as_text_on_a_council_s_page_and_its_link_only_if_it_is_one() -> (
    None
):
    hostile = '"><img src=x onerror=alert(1)>'
    given = replace(award(1, 5, programme=hostile, quote=hostile), url="javascript:alert(1)")
    document = page(known(given), "councils/leeds/")
    assert document.find("img") is None and hostile in document.get_text()
    links = [str(node["href"]) for node in document.select("a[href]")]
    assert not [link for link in links if link.startswith("javascript")]


def test_a_joint_award_names_all_its_councils_once(office: Office) -> None:
    detail = {"fields": {"programme": "Safety Valve", "amount": 900000}, "joint": True}
    number = office.happens(new="900000", old="", area="amount", of=RecordKind.AWARD, detail=detail)
    facts = gather(office.app)
    (event,) = facts.events
    joint = replace(facts, events=(replace(event, councils=("leeds", "york")),))
    document = page(joint, f"changes/{number}/")
    named = [text(link) for link in document.select('main a[href^="../../councils/"]')]
    assert named == ["Leeds", "York"]
    assert "One sum for Leeds and York together; how it is shared is not stated." in text(document)


# -- What is known, and what is not ----------------------------------------------------------------


def test_a_council_that_was_not_read_is_never_called_never_judged() -> None:
    unread = frozenset(council.slug for council in REGISTER)
    document = page(known(unread=unread), "councils/leeds/")
    assert "never judged" not in text(document)
    assert text(document).count("not known") >= len(Area)


def test_what_was_judged_before_the_first_report_that_is_known_is_not_called_never_judged() -> None:
    facts = known(inspection(1, "2018-11-19"), inspection(2, "2018-11-19", council="dorset"))
    areas = page(facts, "councils/leeds/").select("h2 + .scroll tbody tr")
    assert "Adoption not known earlier reports are not listed" in text(areas[-1])


def test_a_report_that_could_not_be_read_is_not_yet_read_and_hides_what_was_before() -> None:
    facts = known(inspection(1, "2022-01-10"), inspection(2, "2024-01-08", unread=True))
    assert facts.reasons["leeds"] == LATEST_UNREAD
    standing = page(facts, "councils/leeds/").select("h2 + .scroll tbody tr")
    assert {text(row.select_one(".chip")) for row in standing} == {"not yet read"}  # type: ignore[arg-type]


def test_the_numbers_of_each_area_count_every_council_once() -> None:
    facts = known(
        inspection(1, "2022-01-10"),
        inspection(2, "2023-05-08", grades("inadequate", "good"), council="york"),
        inspection(3, "2026-05-11", grades(None, "good"), council="brent"),
        unread=frozenset({"kent"}),
    )
    slugs = [council.slug for council in facts.councils]
    found = counts(facts, slugs)
    assert {counted.all for counted in found} == {len(slugs)} == {153}
    overall = {count.words: count.number for count in found[0].grades + found[0].absences}
    assert overall["good"] == overall["inadequate"] == 1
    assert (overall["not known"], overall["never judged"]) == (2, 149)  # Kent; Brent before 2026


# -- The map ---------------------------------------------------------------------------------------


def test_each_council_that_is_open_has_a_tile_and_none_has_two() -> None:
    open_now = {council.slug for council in REGISTER.open_on(DAY)}
    assert set(tiles()) == open_now and len(open_now) == 153
    assert len(set(tiles().values())) == len(open_now)
    print(f"{len(open_now)} tiles")


def test_the_tiles_of_a_region_lie_together() -> None:
    for region in {council.region for council in REGISTER.open_on(DAY)}:
        left = {tiles()[council.slug] for council in REGISTER.region(region, DAY)}
        edge = [left.pop()]
        while edge:
            column, row = edge.pop()
            sides = [(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)]
            beside = [tile for tile in left if tuple(tile) in sides]
            left.difference_update(beside)
            edge += beside
        assert left == set(), region


def test_a_council_without_a_tile_is_named_below_the_map() -> None:
    facts = known(day=dt.date(2027, 5, 1))
    off = {line.council.slug for line in home.tile_map(facts).lines if line.off}
    assert off == {"east-surrey", "west-surrey"}
    assert "Not on the map: East Surrey , West Surrey" in text(page(facts, ""))


# -- Money -----------------------------------------------------------------------------------------


def test_the_totals_of_a_council_are_those_of_its_years_its_programmes_and_its_lines() -> None:
    joint = replace(award(4, 900_000), councils=("leeds", "york"))
    facts = known(
        award(1, 505_200),
        award(2, 1_000, period="2022-23", programme="Supporting Families"),
        saying(award(3, 7), amount=None, amount_text=None, low=None, high=None, qualifier=None),
        joint,
    )
    money = council_money.of(facts.history(REGISTER.by_slug("leeds")))
    alone = [line.pounds or 0 for line in money.awards if not line.shared_with]
    assert money.awarded == sum(alone) == 506_200
    assert money.awarded == sum(row["awarded"] for row in money.years) + money.undated
    assert money.awarded == sum(each.pounds for each in money.programmes)
    assert (money.shared, money.without_figure) == (900_000, 1)
    shown = text(page(facts, "councils/leeds/"))
    assert f"All years {format_pounds(506_200)} {format_pounds(900_000)}" in shown
    print(f"awarded {money.awarded}, shared {money.shared}")


# -- A council's time ------------------------------------------------------------------------------


def test_the_picture_of_a_council_has_its_judgements_in_order_and_nothing_outside_its_frame() -> (
    None
):
    reports = [
        inspection(1, "2016-02-01", grades("inadequate"), framework="sif"),
        inspection(2, "2021-02-01", grades("good")),
        inspection(3, "2026-05-11", grades(None, "good")),
    ]
    drawn = timeline(REGISTER.by_slug("leeds"), reports, [], [], DAY)
    assert drawn is not None and drawn.lanes[0].name == "Overall"
    assert [span.key for span in drawn.lanes[0].spans] == ["inadequate", "good", "none"]
    assert "no longer judged from 11 May 2026" in drawn.lanes[0].spans[-1].says
    for lane in drawn.lanes:
        for span in lane.spans:
            assert drawn.left <= span.x <= span.x + span.width <= drawn.right + 0.1
        assert 0 < lane.y < drawn.height


def test_who_runs_the_site_may_be_written_to_by_whoever_wants_to_follow_a_council() -> None:
    run_by = RunBy("Example Association", "hello@example.org")
    reached = page(replace(known(), run_by=run_by), "councils/leeds/")
    link = reached.select_one("a[href^=mailto]")
    assert link is not None
    assert link["href"] == "mailto:hello@example.org?subject=Follow%20Leeds"
    assert page(known(), "councils/leeds/").select_one("a[href^=mailto]") is None


def test_two_inspections_noticed_together_are_two_lines_though_without_records() -> None:
    """As after a restore, until they are read again."""
    events = []
    for file, day in (("1", dt.date(2024, 7, 20)), ("2", dt.date(2024, 7, 27))):
        for area in (Area.LEADERSHIP, Area.CARE_LEAVERS):
            event = Event(
                RecordKind.INSPECTION,
                EventKind.ADDED,
                ("leeds",),
                area,
                "good",
                "inadequate",
                day + dt.timedelta(days=2),
                day,
                dt.datetime(2024, 8, 1, tzinfo=dt.UTC),
                "ofsted_reports",
                "https://reports.example.org/leeds",
                detail=EventDetail(InspectionFields(file_id=file)),
            )
            events.append(event)
    assert [len(row.told) for row in rows_of(events)] == [2, 2]
