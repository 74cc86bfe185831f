"""A year of the real sites' history, week by week, with runs by a clock that is wrong: everything is
told as if it had been right all the time (DESIGN §6.12; `make torture`)."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections import Counter
from pathlib import Path

import pytest
from expected_lines import lines
from replay import Replay, as_line

from syncer.app import App
from syncer.model import Subscription
from syncer.pipeline.notify import notify
from syncer.pipeline.send import send
from syncer.store import outbox, people

BEGAN, WEEKS = dt.date(2023, 9, 4), 52
SEED = int(os.environ.get("SYNCER_WALK_SEED", "1970"))
CLOCKS = {
    "a year ahead": dt.timedelta(days=365),
    "an hour ahead": dt.timedelta(hours=1),
    "an hour back": dt.timedelta(hours=-1),
    "a day back": dt.timedelta(days=-1),
    "in 1970": None,
}
IN_1970 = dt.datetime(1970, 1, 1, 0, 5, tzinfo=dt.UTC)
RUNS = (("sync",), ("sync", "tell"), ("tell",))
ADA = "ada@example.org"
TOLD = "e.id IN (SELECT event FROM delivery_events WHERE delivery IS NOT NULL)"

pytestmark = pytest.mark.torture


class Walk:
    """The walk of one installation with one reader, who follows everything; `wrong` says how often
    the clock was wrong in which way."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.wrong: Counter[str] = Counter()

    def begin(self) -> None:
        self.run("sync")
        with App(self.replay.config, self.replay.now) as app:
            person = people.add(app.store, ADA, app.now)
            people.subscribe(app.store, person.id, Subscription(0, 0), 0)
            people.confirm(app.store, person.id, app.now)
        self.run("tell")

    def run(self, *what: str) -> None:
        """Sync, or write what there is to tell and send it, at the time it is by our clock."""
        if "sync" in what:
            self.replay.sync()
        if "tell" in what:
            with App(self.replay.config, self.replay.now) as app:
                notify(app)
                send(app)

    def run_wrong(self, dice: random.Random) -> None:
        """Run something by a clock that is wrong, and set it right again."""
        right, name = self.replay.now, dice.choice(list(CLOCKS))
        self.wrong[name] += 1
        by = CLOCKS[name]
        since_start = dt.timedelta(minutes=self.wrong[name])
        self.replay.now = IN_1970 + since_start if by is None else right + by
        self.run(*dice.choice(RUNS))
        self.replay.now = right


def test_a_year_with_a_clock_that_is_now_and_then_wrong_gives_the_same_lines_and_parks_nothing(
    shared: Path, tmp_path: Path
) -> None:
    dice, day = random.Random(SEED), BEGAN
    with Replay(shared, tmp_path / "walk") as replay:
        walk = Walk(replay)
        replay.day(day)
        walk.begin()
        for _ in range(WEEKS):
            day += dt.timedelta(weeks=1)
            replay.day(day)
            if dice.random() < 0.4:
                walk.run_wrong(dice)
            walk.run("sync", "tell")
        for hours in (11, 15):  # what was in doubt, or refused, has its turn
            replay.day(day, hour=hours)
            walk.run("tell")
        print(f"\n{walk.wrong.total()} runs by a wrong clock: {dict(walk.wrong)}")
        expected = Counter(lines(replay.shared, BEGAN, day))
        seen = Counter(as_line(event) for event in replay.events())
        told = Counter(as_line(event) for event in replay.events(TOLD))
        print(f"{expected.total()} lines expected, {seen.total()} seen, {told.total()} told")
        assert (seen - expected, expected - seen) == (Counter(), Counter())
        assert told == expected
        assert len(walk.wrong) == len(CLOCKS), "each kind of wrong clock was tried"
        with replay.store() as store:
            assert {each.state for each in outbox.listing(store)} == {outbox.State.SENT}
