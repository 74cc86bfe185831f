"""From a page as fetched to what may be told: DESIGN §6, rule by rule, over HTTP against a small
world of our own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from records import grades
from small_world import SmallWorld

from syncer.app import App
from syncer.model import Area
from syncer.pipeline.sync import sync
from syncer.reading import Page
from syncer.sources import ofsted_reports
from syncer.store import events

FEW = ("bexley", "bolton", "leeds", "york")
GOOD, BETTER = grades("good", leavers="good"), grades("outstanding", leavers="outstanding")
ADDED = 5
"""How many lines a new inspection gives: one for each judgement."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    with SmallWorld(tmp_path, *FEW) as world:
        world.report("leeds", "2023-05-08", GOOD)
        yield world


@pytest.fixture
def forty(tmp_path: Path) -> Iterator[SmallWorld]:
    """Forty councils without reports, read once."""
    with SmallWorld(tmp_path) as everybody:
        names = list(everybody.providers)[:40]
    with SmallWorld(tmp_path, *names) as world:
        world.sync()
        yield world


# -- Baseline and old news -------------------------------------------------------------------------


def test_a_report_that_appears_in_the_very_moment_of_the_first_read_is_news(
    world: SmallWorld,
) -> None:
    world.sync()
    world.report("leeds", "2024-01-15", BETTER, published="2024-03-01")
    assert (world.sync().events, world.sync().events) == (ADDED, 0)


def test_a_page_s_first_good_read_is_silent_but_for_what_was_published_since_the_source_began(
    world: SmallWorld,
) -> None:
    world.report("york", "2023-05-08", GOOD)
    world.providers["york"].heading = "Somewhere Else"
    world.sync()
    world.report("york", "2024-01-29", BETTER, published="2024-03-11")
    world.providers["york"].heading = ""
    world.at("2024-03-12")
    world.sync()
    assert {(e.councils, e.old, e.new) for e in world.events() if e.area == Area.OVERALL} == {
        (("york",), "good", "outstanding")
    }


def test_what_is_put_up_more_than_90_days_after_its_date_is_old_news(world: SmallWorld) -> None:
    world.sync()
    world.report("leeds", "2023-10-02", BETTER, published="2023-12-01")
    world.report("york", "2023-10-02", BETTER, published="2023-12-04")
    world.at("2024-03-08")
    world.sync()
    assert {(c, old) for c, _, old, _ in world.told()} == {("york", "")}


def test_whatever_appeared_while_we_were_down_is_news(world: SmallWorld) -> None:
    world.sync()
    world.report("leeds", "2024-03-04", BETTER)
    world.at("2024-11-20")
    report = world.sync()
    assert (report.events, {e.late for e in world.events()}) == (ADDED, {False})


def test_an_incomplete_first_sync_begins_the_source_with_the_pages_that_were_read(
    world: SmallWorld,
) -> None:
    world.stated = 9
    assert (world.sync().status, world.events()) == ("incomplete", [])
    world.stated = None
    world.report("leeds", "2024-01-22", BETTER)
    world.at("2024-03-05")
    assert (world.sync().events, world.open_problems()) == (ADDED, [])


# -- Hold ------------------------------------------------------------------------------------------


def everybody_is_inspected(world: SmallWorld, how_many: int) -> None:
    for council in list(world.providers)[:how_many]:
        world.report(council, "2024-01-22", GOOD)


def test_15_new_reports_in_one_day_are_told_and_16_are_held_until_released(
    forty: SmallWorld,
) -> None:
    everybody_is_inspected(forty, 16)
    forty.at("2024-03-04")
    report = forty.sync()
    assert (report.events, report.held) == (0, 16 * ADDED)
    assert forty.sync().held == 0, "held once"
    with forty.store() as store, store.writing():
        assert store.value("SELECT count(*) FROM records WHERE held") == 16
        for event in events.listing(store, held=True):
            events.release(store, event)
    assert len(forty.events()) == 16 * ADDED
    forty.at("2024-03-05")
    assert forty.sync(full=True).events == 0


def test_15_new_reports_in_one_day_are_not_held(forty: SmallWorld) -> None:
    everybody_is_inspected(forty, 15)
    forty.at("2024-03-04")
    assert (forty.sync().held, len(forty.events())) == (0, 15 * ADDED)


def test_31_new_reports_after_six_months_are_not_held(forty: SmallWorld) -> None:
    everybody_is_inspected(forty, 31)
    forty.at("2024-09-01")
    assert (forty.sync().held, len(forty.events())) == (0, 31 * ADDED)


def test_what_came_while_the_list_was_read_and_its_pages_were_not_is_no_burst(
    forty: SmallWorld,
) -> None:
    everybody_is_inspected(forty, 31)
    for provider in forty.providers.values():
        provider.page = CHALLENGE
    for day in ("2024-05-01", "2024-07-01", "2024-08-31"):
        forty.at(day)
        assert {p.name for p in forty.sync().problems} == {"ChallengePage"}
    for provider in forty.providers.values():
        provider.page = b""
    forty.at("2024-09-01")
    assert (forty.sync().held, len(forty.events())) == (0, 31 * ADDED)


def test_what_was_discarded_is_not_made_again_from_the_same_bytes(forty: SmallWorld) -> None:
    everybody_is_inspected(forty, 16)
    forty.at("2024-03-04")
    forty.sync()
    with forty.store() as store, store.writing():
        for event in events.listing(store, held=True):
            events.discard(store, event)
    forty.at("2024-03-05")
    forty.sync(full=True)
    assert forty.events("e.state IN ('open', 'held', 'new')") == []


# -- What went wrong -------------------------------------------------------------------------------


CHALLENGE = b"<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>"


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (CHALLENGE, "ChallengePage"),
        (b"<html><body><p>nothing here</p></body></html>", "PageRedesigned"),
        (
            b"<html><body><h1>Service unavailable</h1><p>Try later.</p></body></html>",
            "WrongCouncil",
        ),
        (b"<html><body><h1>Leeds City Council</h1><p>URN: 80481</p></body></html>", "EmptyPage"),
    ],
)
def test_what_is_not_the_council_s_page_is_an_error_with_a_name_and_the_rest_goes_on(
    world: SmallWorld, page: bytes, name: str
) -> None:
    world.sync()
    world.report("leeds", "2024-01-22", BETTER)
    world.report("york", "2024-01-22", BETTER)
    world.providers["leeds"].page = page
    world.at("2024-03-05")
    report = world.sync()
    assert [(p.name, p.council) for p in report.new_problems] == [(name, "leeds")]
    assert {c for c, *_ in world.told()} == {"york"}
    world.providers["leeds"].page = b""
    world.at("2024-03-06")
    assert (world.sync().events, world.open_problems()) == (ADDED, [])


NOTHING = b"<html><body><main>No results found</main></body></html>"


@pytest.mark.parametrize(("page", "name"), [(CHALLENGE, "ChallengePage"), (NOTHING, "EmptyPage")])
def test_without_a_list_the_source_has_failed_and_nothing_is_concluded(
    world: SmallWorld, page: bytes, name: str
) -> None:
    world.sync()
    for path in [path for path in world.asked() if "/search" in path]:
        world.web.page(path, page, headers={"Content-Type": "text/html"})
    world.at("2024-03-05")
    report = super(SmallWorld, world).sync()
    assert (report.status, [p.name for p in report.problems], world.events()) == (
        "failed",
        [name],
        [],
    )
    assert (world.sync().status, world.open_problems()) == ("ok", [])


def test_a_problem_is_new_once_and_its_address_is_asked_again_after_1_2_4_and_8_days(
    world: SmallWorld,
) -> None:
    world.providers["leeds"].entries[0].data = b"not a PDF"
    asked, new = [], []
    for day in range(20):
        world.at(dt.date(2024, 3, 1) + dt.timedelta(days=day))
        new += [day] if world.sync().new_problems else []
        asked += [day] if any("/files/" in path for path in world.asked()) else []
    assert (new, asked) == ([0], [0, 1, 3, 7, 15])
    assert world.open_problems() == ["NotAPdf"], "however often its page was read well meanwhile"


def test_the_command_line_says_1_for_what_failed_anew_and_0_afterwards(world: SmallWorld) -> None:
    world.providers["leeds"].entries[0].data = b"not a PDF"
    world.publish()
    first = world.cli("sync", "ofsted_reports")
    assert (first.returncode, "NotAPdf" in first.stderr or "not a PDF" in first.stderr) == (1, True)
    assert world.cli("sync", "ofsted_reports").returncode == 0


# -- Killed ----------------------------------------------------------------------------------------


def dies_after(pages: int) -> Any:
    """The source of reports, in a process that dies after so many pages."""

    def fetch(context: Any) -> Iterator[Page]:
        for n, page in enumerate(ofsted_reports.fetch(context)):
            if n == pages:
                raise KeyboardInterrupt
            yield page

    return SimpleNamespace(
        NAME=ofsted_reports.NAME, TITLE="", PARSER=1, fetch=fetch, parse=ofsted_reports.parse
    )


@pytest.mark.parametrize("pages", range(len(FEW)))
def test_a_sync_that_is_killed_between_two_pages_is_finished_by_the_next(
    world: SmallWorld, pages: int
) -> None:
    world.sync()
    for council in FEW:
        world.report(council, "2024-01-22", BETTER)
    world.at("2024-03-05")
    world.publish()
    with pytest.raises(KeyboardInterrupt), App(world.config, world.now) as app:
        sync(app, dies_after(pages))
    assert world.events() == [], "nothing may be told before the run is judged as a whole"
    assert world.sync().events == len(FEW) * ADDED
    assert sorted({c for c, *_ in world.told()}) == list(FEW)
    assert [e.seq for e in world.events()] == list(range(1, len(FEW) * ADDED + 1))
