"""A real process is killed at random moments while GOV.UK Notify misbehaves: nothing is lost, and
nothing comes twice but where Notify hid a message that it had for more than a quarter of an hour."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from govuk_notify import (
    KEY,
    TEMPLATE,
    Drop,
    Fault,
    Notification,
    NotifyServer,
    Stall,
    Status,
    Taken,
)
from people import active, tellable_event

from syncer.delivery import outbox
from syncer.delivery.transports.govuk_notify import GovukNotify, Service
from syncer.store import Store, receipts
from syncer.store import outbox as deliveries
from syncer.store.outbox import State

PROJECT = Path(__file__).resolve().parents[2]
READERS = tuple(f"reader{number}@example.org" for number in range(4))
MORNING = dt.datetime(2026, 5, 12, 7, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
LONGEST_HIDDEN = 15 * 60
FAULTS: tuple[Fault, ...] = (
    Drop(),
    Status(500),
    Status(503),
    Status(429, "RateLimitError", "Exceeded rate limit"),
    Status(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds"),
    Stall(1),
    Taken(),
    Taken(500),
    Taken(hidden_for=4 * 60),
    Taken(502, hidden_for=14 * 60),
    Taken(hidden_for=40 * 60),
)


class Scene:
    """A store with a few readers, the stand-in with the same clock, and a process that tells and
    sends until it is killed."""

    def __init__(self, folder: Path, server: NotifyServer) -> None:
        self.path, self.server, self.now = folder / "syncer.sqlite", server, MORNING
        server.clock = lambda: self.now.timestamp()
        with Store(self.path) as store:
            self.readers = [active(store, address).id for address in READERS]
        self.events: list[int] = []

    def something_happens(self) -> None:
        with Store(self.path) as store:
            self.events.append(tellable_event(store))

    def start(self, *kill_at: str) -> subprocess.Popen[str]:
        """A process that has begun to work."""
        child = subprocess.Popen(
            [
                sys.executable,
                str(PROJECT / "tests/cast/notify_kill_child.py"),
                str(self.path),
                self.server.url,
                self.now.isoformat(),
                *kill_at,
            ],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout and child.stdout.readline() == "ready\n"
        return child

    def finish(self, child: subprocess.Popen[str]) -> int:
        with child:
            return child.wait(60)

    def calm_down(self) -> None:
        """Notify behaves, and a sender looks in each minute until nothing waits."""
        self.server.judge = lambda email: None
        assert self.finish(self.start()) == 0
        with Store(self.path) as store:
            for _ in range(90):
                self.now += MINUTE
                outbox.send_due(
                    store, GovukNotify(Service(self.server.url, KEY, TEMPLATE)), lambda: self.now
                )
                if set(deliveries.counts(store)) <= {State.SENT}:
                    return
        pytest.fail("something waits for ever")

    def check(self) -> tuple[int, int]:
        """How many came twice, and how many of those without an excuse. Nothing is lost, and every
        event is accounted for."""
        taken = defaultdict[str | None, list[Notification]](list)
        for each in self.server.taken:
            taken[each.reference].append(each)
        with Store(self.path) as store:
            sent = {str(line.id) for line in deliveries.listing(store)}
            accounts = {
                receipts.account(store, event, reader).how
                for event in self.events
                for reader in self.readers
            }
        assert set(taken) == sent and accounts == {"told"}
        twice = [copies for copies in taken.values() if len(copies) > 1]
        unexcused = [
            copies for copies in twice if all(each.hidden_for <= LONGEST_HIDDEN for each in copies)
        ]
        return len(twice), len(unexcused)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with NotifyServer() as server:
        yield Scene(tmp_path, server)


@pytest.mark.parametrize("point", ["end of data recorded", "handed over"])
def test_a_process_that_dies_around_the_request_loses_nothing_and_sends_nothing_twice(
    scene: Scene, point: str
) -> None:
    scene.something_happens()
    assert scene.finish(scene.start(point, "2")) == -signal.SIGKILL
    scene.calm_down()
    assert scene.check() == (0, 0)


def test_a_process_that_dies_while_notify_has_its_message_sends_it_once(scene: Scene) -> None:
    scene.something_happens()
    scene.server.fail(Taken(then=lambda: os.kill(child.pid, signal.SIGKILL)))
    child = scene.start()
    assert scene.finish(child) == -signal.SIGKILL
    scene.calm_down()
    assert scene.check() == (0, 0)


def killed_at_random(scene: Scene, seed: int, runs: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(runs):
        scene.something_happens()
        scene.server.judge = lambda email: chance.choice(FAULTS) if chance.random() < 0.25 else None
        child = scene.start()
        time.sleep(chance.uniform(0.0, 0.5))
        child.kill()
        scene.finish(child)
        scene.now += MINUTE * chance.choice([1, 1, 5, 12, 30])
    scene.calm_down()
    twice, unexcused = scene.check()
    hidden = sum(each.hidden_for > LONGEST_HIDDEN for each in scene.server.taken)
    print(
        f"{twice} came twice of {len(scene.server.taken)} ({hidden} hidden for too long), {unexcused} without an excuse, after {runs} kills"
    )
    assert unexcused == 0


def test_nothing_is_lost_or_comes_twice_in_a_few_kills_at_random_moments(scene: Scene) -> None:
    killed_at_random(scene, random.randrange(10**6), 5)


@pytest.mark.torture
@pytest.mark.parametrize("part", range(20))
def test_nothing_is_lost_or_comes_twice_in_five_hundred_kills_at_random_moments(
    scene: Scene, part: int
) -> None:
    killed_at_random(scene, random.randrange(10**6), 25)
