"""The whole flow over HTTP against the replay: two months day by day, and the three syncs that a
first hour with syncer consists of."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from expected_lines import BEST_FIRST, lines, reports, walking_days
from replay import Replay, as_line

from syncer.store import records

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
        assert (
            store.value("SELECT count(*) FROM records WHERE record = 'inspection' AND NOT unread")
            > 250
        )
    assert replay.events("e.state != ''") == []
    assert replay.open_problems() == DEAD_LINKS


def test_the_second_sync_reports_exactly_the_councils_whose_judgements_changed_and_the_third_is_cheap(
    replay: Replay,
) -> None:
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
    walked = replay.walk(walking_days(replay.shared, BEGAN, ENDED))
    told = replay.events()
    assert Counter(map(as_line, told)) == Counter(lines(replay.shared, BEGAN, ENDED))
    assert [e for e in told if e.noticed_at.date() != e.published or e.late] == []
    assert sum(report.held for report in walked) == 0
    assert replay.open_problems() == DEAD_LINKS


def test_every_line_rests_on_archived_bytes_and_says_where_it_stands(replay: Replay) -> None:
    replay.day("2024-07-12")
    replay.sync()
    judged = [e for e in replay.events() if e.area]
    assert judged
    assert all(
        e.evidence and len(e.evidence.sha256) == 64 and e.evidence.page and e.evidence.quote
        for e in judged
    )


def test_a_sync_that_is_run_again_at_once_finds_nothing(replay: Replay) -> None:
    again = replay.sync()
    # A robots.txt that was read seconds after the run began is of the future to this one, or is
    # not: that depends on how fast the machine is.
    asked = [path for path in replay.requests() if path != "/robots.txt"]
    assert again.events == 0
    assert [path for path in asked if "/search" not in path] == []


def test_the_statistics_are_a_cross_check_and_never_news(replay: Replay) -> None:
    replay.day("2024-09-02")
    replay.sync()
    told = replay.events()
    report = replay.sync("ofsted_statistics")
    assert (report.status, report.events, report.held, replay.events()) == ("ok", 0, 0, told)
    with replay.store() as store:
        assert records.conflicts(store) == [], "the reports here and the table agree in every grade"
        inspected = [
            (r.councils, str(r.report.first_day))
            for r in records.records(store, kinds=["inspection"])
            if not r.unread
        ]
        both = store.value(
            "SELECT count(DISTINCT o.record_id) FROM observations o JOIN observations t USING (record_id) "
            "WHERE o.record = 'inspection' AND o.source = 'ofsted_reports' AND t.source = 'ofsted_statistics'"
        )
    assert [each for each, n in Counter(inspected).items() if n > 1] == []
    in_both = [
        r
        for r in reports(replay.shared)
        if r.framework.startswith("ilacs") and r.began <= dt.date(2024, 3, 31)
    ]
    assert both == len(in_both), "each inspection of the table is the one of the report"


def test_the_statistics_alone_give_the_official_counts(shared: Path, tmp_path: Path) -> None:
    with Replay(shared, tmp_path / "statistics") as replay:
        replay.day("2025-10-01")
        assert replay.sync("ofsted_statistics").status == "ok"
        assert overall(replay, "2024-08-31", "2024-03-31") == [30, 61, 43, 17]
        assert overall(replay, "2025-08-31", "2025-03-31") == [36, 67, 31, 19]


def overall(replay: Replay, as_of: str, inspected_by: str) -> list[int]:
    """How many councils stand at each grade of overall effectiveness, the best first."""
    printed = replay.cli(
        "ratings", "--as-of", as_of, "--inspected-by", inspected_by, "--json"
    ).stdout
    counts = Counter(row["overall_effectiveness"] for row in json.loads(printed))
    return [counts[grade] for grade in BEST_FIRST]
