"""What cannot be true about a report's dates is a named problem, never a reason for silence
(DESIGN §6.12), over HTTP against a small world."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from records import grades
from small_world import SmallWorld

FEW = ("bolton", "leeds")
JUDGED = grades("inadequate", leavers="good")
ADDED = 5
"""How many lines a new inspection gives: one for each judgement."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    """Two councils, each inspected in 2021, read on 1 March 2024."""
    with SmallWorld(tmp_path, *FEW) as found:
        found.first_read()
        found.at("2024-07-10")
        yield found


@pytest.mark.parametrize("mistyped", ["2023-07-10", "2024-05-01", "2025-07-10", "2042-07-10"])
def test_a_report_whose_date_is_mistyped_on_the_page_is_told_by_its_own_days(
    world: SmallWorld, mistyped: str
) -> None:
    shown = world.report("leeds", "2024-05-13", JUDGED, published=mistyped)
    report = world.sync()
    assert [(p.name, p.url[-6:], p.council) for p in report.new_problems] == [
        ("DatesDisagree", "#dates", "leeds")
    ]
    assert ("leeds", "leadership", "good", "inadequate") in world.told()
    assert {e.published for e in world.events()} == {dt.date(2024, 7, 10)}
    world.at("2024-07-11")
    assert (world.sync(full=True).new_problems, len(world.told())) == ([], ADDED)
    shown.published = dt.date(2024, 7, 10)
    world.at("2024-07-12")
    assert (world.sync(full=True).events, world.open_problems()) == (0, [])


def test_the_digest_of_a_mistyped_report_tells_it_once(world: SmallWorld) -> None:
    world.cli("subscribe", "ada@example.org", "--council", "leeds")
    world.cli("confirm", "ada@example.org")
    world.cli("digest")
    world.report("leeds", "2024-05-13", JUDGED, published="2023-07-10")
    world.sync()
    world.cli("digest")
    subjects = [
        line for line in world.cli("outbox", "--json").stdout.splitlines() if "Leeds" in line
    ]
    assert any("good → inadequate" in line for line in subjects)


def test_at_the_first_read_a_mistyped_report_is_dated_by_its_last_day(tmp_path: Path) -> None:
    with SmallWorld(tmp_path, *FEW) as world:
        world.report("leeds", "2023-05-08", JUDGED, published="2021-06-20")
        report = world.sync()
        assert ([p.name for p in report.problems], world.told()) == (["DatesDisagree"], [])
        with world.store() as store:
            assert store.value("SELECT published FROM records") == "2023-05-12"


def test_a_document_of_days_to_come_is_not_read_and_what_was_known_stands(
    world: SmallWorld,
) -> None:
    shown = world.report("leeds", "2024-09-02", JUDGED, published="2024-07-10")
    report = world.sync()
    assert [(p.name, p.council) for p in report.new_problems] == [("ImpossibleDate", "leeds")]
    assert (world.told(), report.new_problems[0].url[-8:]) == ([], shown.file_id)
    with world.store() as store:
        unread = "SELECT published FROM records WHERE unread AND councils = '[\"leeds\"]'"
        assert store.value(unread) == "2024-07-10"


def test_a_document_of_years_before_it_appeared_is_not_read_and_not_passed_over(
    world: SmallWorld,
) -> None:
    shown = world.report("leeds", "2019-05-13", grades("good"), published="2024-07-10")
    assert ([p.name for p in world.sync().problems], world.told()) == (["ImpossibleDate"], [])
    shown.data = world.report("leeds", "2024-05-13", JUDGED).data
    del world.providers["leeds"].entries[0]
    world.at("2024-07-12")
    assert (world.sync().events, world.open_problems()) == (ADDED, [])
    assert {e.late for e in world.events()} == {True}


def test_a_known_report_replaced_by_one_of_impossible_days_keeps_its_judgements(
    world: SmallWorld,
) -> None:
    shown = world.providers["leeds"].entries[0]
    shown.data = world.report("leeds", "2024-09-02", JUDGED).data
    del world.providers["leeds"].entries[0]
    assert ([p.name for p in world.sync(full=True).problems], world.told()) == (
        ["ImpossibleDate"],
        [],
    )
    with world.store() as store:
        assert store.value("SELECT count(*) FROM records WHERE unread") == 0


def test_an_old_report_put_up_again_with_its_old_date_is_old_news_and_no_problem(
    world: SmallWorld,
) -> None:
    world.report("leeds", "2018-05-14", grades("good"))
    assert (world.sync().problems, world.told()) == ([], [])


def test_two_reports_may_come_out_in_either_order(world: SmallWorld) -> None:
    world.report("leeds", "2024-05-13", JUDGED, published="2024-07-10")
    world.sync()
    world.report("leeds", "2024-01-15", grades("good", leavers="good"), published="2024-07-12")
    world.at("2024-07-12")
    assert (world.sync().problems, len(world.told())) == ([], 2 * ADDED)


def test_a_clock_a_year_behind_for_one_run_costs_no_news(world: SmallWorld) -> None:
    world.report("leeds", "2024-05-13", JUDGED, published="2024-07-10")
    world.at("2023-07-10")
    assert ({p.name for p in world.sync().problems}, world.told()) == ({"ImpossibleDate"}, [])
    world.at("2024-07-10", hour=11)
    assert (world.sync().events, world.open_problems()) == (ADDED, [])
