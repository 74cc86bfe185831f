"""One page costs one page: whatever is raised while it is read, the run goes on (DESIGN §6.11)."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from records import grades
from small_world import SmallWorld

from syncer.app import App
from syncer.model import InspectionFields, Observation
from syncer.pipeline.sync import SyncReport, sync
from syncer.reading import Page, Reading
from syncer.sources import ofsted_reports
from syncer.store import overview, pages

FEW = ("bexley", "bolton", "leeds")
BETTER = grades("outstanding", leavers="good")
ADDED = 5


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    with SmallWorld(tmp_path, *FEW) as found:
        found.first_read()
        for council in FEW:
            found.report(council, "2024-01-22", BETTER)
        found.at("2024-03-05")
        yield found


def odd_source(**parts: Callable[..., Any]) -> Any:
    """The source of reports, with a bug."""
    module = ofsted_reports
    usual = {"fetch": module.fetch, "parse": module.parse}
    return SimpleNamespace(NAME=module.NAME, TITLE="", PARSER=1, **(usual | parts))


def stumbles_at(council: str, error: Exception) -> Callable[..., Reading]:
    def parse(page: Page, context: Any) -> Reading:
        if page.council == council:
            raise error
        return ofsted_reports.parse(page, context)

    return parse


def says_the_impossible(page: Page, context: Any) -> Reading:
    """A reading whose second observation cannot be stored."""
    reading = ofsted_reports.parse(page, context)
    if page.council != "bolton":
        return reading
    odd: Any = Observation(
        "ofsted_reports",
        page.key,
        "odd",
        None,
        ("bolton",),
        InspectionFields(),
        None,
        "",  # type: ignore[arg-type]
    )
    return Reading(reading.entries, (*reading.observations, odd))


def read(world: SmallWorld, source: Any) -> SyncReport:
    world.publish()
    with App(world.config, world.now) as app:
        return sync(app, source)


@pytest.mark.parametrize(
    "error", [KeyError("links"), RecursionError("too deep"), ValueError("\x01f-8")]
)
def test_a_page_at_which_the_reader_stumbles_is_a_named_problem_and_the_others_are_told(
    world: SmallWorld, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        report = read(world, odd_source(parse=stumbles_at("bolton", error)))
    (problem,) = report.new_problems
    assert (report.status, report.events) == ("incomplete", 2 * ADDED)
    assert (problem.name, problem.council) == (type(error).__name__, "bolton")
    assert problem.url.startswith(world.web.url("/reports/provider/"))
    trace = problem.message.partition("trace ")[2].rstrip(")")
    assert trace and trace in caplog.text and "Traceback" in caplog.text


def test_a_page_that_failed_is_read_again_and_what_it_says_is_then_told(world: SmallWorld) -> None:
    read(world, odd_source(parse=stumbles_at("bolton", KeyError("links"))))
    assert world.open_problems() == ["KeyError"]
    world.at("2024-03-06")
    assert (world.sync().events, world.open_problems()) == (ADDED, [])


def test_nothing_stays_of_a_page_that_could_not_be_recorded_and_the_others_do(
    world: SmallWorld,
) -> None:
    report = read(world, odd_source(parse=says_the_impossible))
    assert ([p.council for p in report.problems], report.events) == (["bolton"], 2 * ADDED)
    with world.store() as store:
        sql = "SELECT count(*) FROM observations WHERE page LIKE '%bolton%'"
        assert store.value(sql) == 1, "only what was read of it before"


def test_a_source_that_stumbles_as_a_whole_has_failed_and_says_so_in_three_days(
    world: SmallWorld,
) -> None:
    def fetch(context: Any) -> Iterator[Page]:
        yield next(iter(ofsted_reports.fetch(context)))
        raise TypeError("'NoneType' object is not subscriptable")

    report = read(world, odd_source(fetch=fetch))
    (problem,) = report.new_problems
    assert (report.status, report.events, problem.name, problem.url) == (
        "failed",
        ADDED,
        "TypeError",
        "",
    )
    with world.store() as store:
        run = overview.last_runs(store, world.now)["ofsted_reports"]
    assert (run["complete"], run["failing_since"][:10]) == (0, "2024-03-05")


def test_a_run_that_was_killed_is_no_good_run_once_another_has_begun_or_time_has_passed(
    world: SmallWorld,
) -> None:
    with world.store() as store:
        pages.start_run(store, "ofsted_reports", world.now)
        later = world.now + overview.SYNC_LASTS + dt.timedelta(minutes=1)
        runs = [overview.last_runs(store, now)["ofsted_reports"] for now in (world.now, later)]
        pages.start_run(store, "ofsted_reports", world.now)
        runs.append(overview.last_runs(store, world.now)["ofsted_reports"])
    assert [run["complete"] for run in runs] == [1, 0, 0]
    assert runs[-1]["failing_since"][:10] == "2024-03-05"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_who_stops_the_program_stops_it(world: SmallWorld, stop: type[BaseException]) -> None:
    def parse(page: Page, context: Any) -> Reading:
        raise stop

    with pytest.raises(stop):
        read(world, odd_source(parse=parse))
