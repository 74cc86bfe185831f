"""The whole flow over HTTP against the replay: two months day by day, and the three syncs that a first hour with syncer consists of."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from expected_lines import lines, walking_days
from replay import Replay, as_line

BEGAN, ENDED = dt.date(2024, 5, 20), dt.date(2024, 7, 19)
"""With the busiest day of three years in it, 12 July 2024."""
DEAD_LINKS = ["ReportNotFound", "ReportNotFound"]


@pytest.fixture(scope="module")
def began(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """A store that was begun on 20 May 2024."""
    with Replay(shared, tmp_path_factory.mktemp("flow") / "began") as replay:
        replay.day(BEGAN)
        replay.sync()
        yield replay


@pytest.fixture
def replay(began: Replay, tmp_path: Path) -> Replay:
    began.day(BEGAN)
    began.requests()
    return began.fork(tmp_path / "copy")


def test_the_first_sync_stores_everything_and_announces_nothing(replay: Replay) -> None:
    with replay.store() as store:
        assert store.value("SELECT count(*) FROM pages WHERE first_good IS NOT NULL") == 153
        assert store.value("SELECT count(*) FROM records WHERE record = 'inspection' AND NOT unread") > 250
    assert replay.events("e.state != ''") == []
    assert replay.open_problems() == DEAD_LINKS


def test_the_second_sync_reports_exactly_the_councils_whose_judgements_changed_and_the_third_is_cheap(replay: Replay) -> None:
    replay.day(ENDED)
    report = replay.sync()
    replay.requests()
    expected = lines(replay.shared, BEGAN, ENDED)
    assert Counter(map(as_line, replay.events())) == Counter(expected)
    assert (report.events, report.held) == (len(expected), 0)
    replay.day(ENDED, hour=10)
    again = replay.sync()
    asked = [path for path in replay.requests() if path != "/robots.txt"]
    assert (again.events, again.status) == (0, "ok")
    assert sum("/search" in path for path in asked) == 2
    assert not [path for path in asked if "/files/" in path]
    assert len(asked) <= 2 + 3, "no page is due twice on one day"


def test_two_months_day_by_day_give_every_line_once_on_its_day(replay: Replay) -> None:
    reports = replay.walk(walking_days(replay.shared, BEGAN, ENDED))
    told = replay.events()
    assert Counter(map(as_line, told)) == Counter(lines(replay.shared, BEGAN, ENDED))
    assert [e for e in told if e.noticed_at.date() != e.published or e.late] == []
    assert sum(report.held for report in reports) == 0
    assert replay.open_problems() == DEAD_LINKS


def test_every_line_rests_on_archived_bytes_and_says_where_it_stands(replay: Replay) -> None:
    replay.day("2024-07-12")
    replay.sync()
    judged = [e for e in replay.events() if e.area]
    assert judged
    assert all(e.evidence and len(e.evidence.sha256) == 64 and e.evidence.page and e.evidence.quote for e in judged)


def test_a_sync_that_is_run_again_at_once_finds_nothing(replay: Replay) -> None:
    assert (replay.sync().events, [path for path in replay.requests() if "/search" not in path]) == (0, ["/robots.txt"])
