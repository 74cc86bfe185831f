"""Three years of the real sites' history, day by day: what a daemon would have lived through (`make
torture`)."""

from __future__ import annotations

import datetime as dt
import os
import random
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from expected_lines import Line, lines, walking_days
from replay import Replay, as_line

BEGAN, ENDED = dt.date(2023, 9, 1), dt.date(2026, 8, 22)
OFF = dt.date(2024, 6, 24), dt.date(2024, 8, 5)
"""Six weeks switched off, over the busiest day."""
SEED = int(os.environ.get("SYNCER_WALK_SEED", "20240712"))
FAULTS: tuple[dict[str, object], ...] = (
    {"kind": "down"},
    {"kind": "status", "code": 403},
    {"kind": "status", "code": 404},
    {"kind": "status", "code": 503},
    {"kind": "slow", "seconds": 0.2, "times": 5},
    {"kind": "truncate"},
    {"kind": "empty"},
    {"kind": "redesign"},
    {"kind": "challenge"},
    {"kind": "garble"},
    {"kind": "first-page-only"},
)
PLACES = (
    "",
    "^/reports/",
    "^/reports/search",
    "start=100",
    "^/reports/provider/",
    "^/files/",
    "[02468]$",
)
DAYS_TO_MEND = 40
DEAD = ("50004190", "50004185")

pytestmark = pytest.mark.torture


def spoils(fault: dict[str, object], path: str) -> bool:
    """Whether a fault can be seen in the answer for this path, by what serve.py says of each
    kind."""
    kind, site = fault["kind"], path.split("/")[1]
    if kind == "slow" or not re.search(str(fault["match"]), path):
        return False
    if kind == "status":
        return site != "robots.txt" or fault["code"] == 503
    if kind in ("empty", "first-page-only"):
        return "/search" in path
    if kind == "redesign":
        return site == "reports"
    if kind in ("garble", "truncate"):
        return site in ("reports", "files") and not path.endswith(DEAD)
    return True


def summary(
    walk: str, told: Iterable[Line], expected: Iterable[Line], held: int
) -> tuple[int, int, int]:
    """How many lines were false, missed and held; printed with `pytest -s`."""
    seen, wanted = Counter(told), Counter(expected)
    false, missed = seen - wanted, wanted - seen
    print(
        f"\n{walk}: {wanted.total()} expected, {seen.total()} seen, {false.total()} false, {missed.total()} missed, {held} held"
    )
    for line in [*false.elements(), *missed.elements()]:
        print("  ", "false " if line in false else "missed", *line)
    return false.total(), missed.total(), held


@pytest.fixture
def replay(shared: Path, tmp_path: Path) -> Iterable[Replay]:
    with Replay(shared, tmp_path / "walk") as replay:
        yield replay


def test_three_years_give_every_line_once_on_its_day(replay: Replay) -> None:
    reports = replay.walk([BEGAN, *walking_days(replay.shared, BEGAN, ENDED)])
    told = replay.events()
    expected = lines(replay.shared, BEGAN, ENDED)
    assert summary("clean", map(as_line, told), expected, sum(r.held for r in reports)) == (0, 0, 0)
    assert [as_line(e) for e in told if e.noticed_at.date() != e.published or e.late] == []
    gone = Counter(e.councils for e in told if e.change == "no_longer_judged")
    assert gone and max(gone.values()) == 1


def test_three_years_with_six_weeks_switched_off_give_the_same_lines(replay: Replay) -> None:
    days = [day for day in walking_days(replay.shared, BEGAN, ENDED) if not OFF[0] <= day <= OFF[1]]
    reports = replay.walk([BEGAN, *days])
    told = replay.events()
    assert summary(
        "six weeks off",
        map(as_line, told),
        lines(replay.shared, BEGAN, ENDED),
        sum(r.held for r in reports),
    ) == (0, 0, 0)
    assert {
        OFF[0] <= (e.published or BEGAN) <= OFF[1]
        for e in told
        if e.noticed_at.date() != e.published
    } == {True}


def test_three_years_with_faults_give_the_same_lines_and_every_bad_day_is_noted(
    replay: Replay,
) -> None:
    dice = random.Random(SEED)
    replay.walk([BEGAN])
    held, bad = 0, list[dt.date]()
    for day in walking_days(replay.shared, BEGAN, ENDED):
        if dice.random() < 0.4:
            fault = {**dice.choice(FAULTS), "match": dice.choice(PLACES)}
            replay.day(day)
            replay.requests()
            replay.fault(**fault)  # type: ignore[arg-type]
            held += replay.sync().held
            replay.fault(None)
            bad += [day] if any(spoils(fault, path) for path in replay.requests()) else []
        else:
            held += sum(report.held for report in replay.walk([day]))
    held += sum(
        r.held for r in replay.walk(ENDED + dt.timedelta(days=n) for n in range(1, DAYS_TO_MEND))
    )
    until = ENDED + dt.timedelta(days=DAYS_TO_MEND)
    assert summary(
        "with faults", map(as_line, replay.events()), lines(replay.shared, BEGAN, until), held
    ) == (0, 0, 0)
    noted = [
        (row["first_at"][:10], row["last_at"][:10])
        for row in replay.problems()
        if not row["url"].endswith(DEAD)
    ]
    print(f"  {len(bad)} bad days, {len(noted)} problems noted")
    assert [
        day for day in bad if not any(first <= day.isoformat() <= last for first, last in noted)
    ] == []
    assert replay.open_problems() == ["ReportNotFound", "ReportNotFound"]
