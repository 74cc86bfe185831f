"""A first day without noise: what a page's first read finds wrong, and was old then, is recorded and
is no alarm; what leaves a standing unknown is (DESIGN §10)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from office import Office
from records import grades
from replay import Replay
from small_world import Shown, SmallWorld

from syncer.model import Problem
from syncer.store import deliveries, outbox, problems

NOT_FOUND = b"""<html><head><title>Report not found - Find an Inspection Report - Ofsted</title></head>
<body><main><h1>Report not found</h1></main></body></html>"""


def dead(published: str) -> Shown:
    return Shown("50000001", dt.date.fromisoformat(published), NOT_FOUND)


def test_a_report_s_link_that_was_dead_when_first_seen_is_old_and_no_alarm(tmp_path: Path) -> None:
    with SmallWorld(tmp_path, "leeds", "york") as world:
        world.providers["leeds"].entries.append(dead("2013-05-01"))
        world.report("leeds", "2021-05-10", grades("good"))
        world.report("york", "2021-05-10", grades("good"))
        first = world.sync()
        world.at("2024-03-02")
        again = world.sync(full=True)
    assert [(p.name, p.is_old) for p in first.problems] == [("ReportNotFound", True)]
    assert (first.status, first.new_problems) == ("ok", [])
    assert (again.status, again.new_problems) == ("ok", [])


def test_a_dead_link_that_leaves_a_standing_unknown_is_told(tmp_path: Path) -> None:
    with SmallWorld(tmp_path, "leeds", "york") as world:
        world.report("leeds", "2012-05-10", grades("good"))
        world.providers["leeds"].entries.insert(0, dead("2013-05-01"))
        report = world.sync()
    assert [(p.name, p.is_old) for p in report.new_problems] == [("ReportNotFound", False)]
    assert report.status == "incomplete"


def test_a_link_that_dies_later_and_a_new_one_that_is_dead_are_told(tmp_path: Path) -> None:
    with SmallWorld(tmp_path, "leeds", "york") as world:
        world.first_read()
        world.at("2024-04-16")
        world.providers["leeds"].entries.insert(0, dead("2024-04-15"))
        report = world.sync()
    assert [(p.name, p.is_old) for p in report.new_problems] == [("ReportNotFound", False)]


def test_the_operator_is_not_mailed_about_what_is_old(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        found = [Problem("ReportNotFound", "dead", "https://a", is_old=True)]
        with office.store.writing():
            problems.note(office.store, "ofsted_reports", found, office.now)
        office.notify()
        assert deliveries.counts(office.store) == {}
        assert len(problems.still_open(office.store)) == 1
        office.later(hours=27)
        found = [Problem("SourceQuiet", "quiet", "https://b")]
        with office.store.writing():
            problems.note(office.store, "health", found, office.now)
        (mail,) = office.notify()
        assert "told of before" not in outbox.body(office.store, mail.id).decode()


def test_the_ratings_are_read_first(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        assert office.app.config.reading_order()[0] == "ofsted_reports"


def test_a_correct_first_read_of_every_source_ends_with_exit_code_0_and_mails_nobody(
    shared: Path, tmp_path: Path
) -> None:
    with Replay(shared, tmp_path) as replay:
        replay.day("2024-03-01")
        read = replay.cli("sync", "dfe_spend", "govuk_awards", "govuk_interventions")
        told = replay.cli("jobs", "digests")
        with replay.store() as store:
            assert problems.untold(store) == ([], []) and deliveries.counts(store) == {}
    assert (read.returncode, told.returncode) == (0, 0), read.stderr
    assert "problem:" not in read.stderr and "see `syncer problems --old`" in read.stderr
