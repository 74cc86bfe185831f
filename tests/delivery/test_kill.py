"""A real process is killed at random moments and at every fault point, while the mail server
misbehaves. Nothing is lost; what comes twice is the same bytes, and only where the line or the
process was lost between the dot and the recorded outcome."""

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
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest
from people import active, tellable_event
from smtp_server import Call, Drop, Fault, RecordingServer, Reply, Stall

from syncer.delivery import attempt, outbox
from syncer.delivery.transports.smtp import Security, Server, Smtp
from syncer.store import Store, people, receipts
from syncer.store import outbox as deliveries
from syncer.store.outbox import State

PROJECT = Path(__file__).resolve().parents[2]
READERS = tuple(f"reader{number}@example.org" for number in range(4))
MORNING = dt.datetime(2026, 5, 12, 7, 0, tzinfo=dt.UTC)
FAULTS: tuple[tuple[str, Fault], ...] = (
    ("CONNECT", Drop()),
    ("CONNECT", Reply("554 no service")),
    ("MAIL", Drop()),
    ("RCPT", Reply("450 4.2.0 greylisted")),
    ("RCPT", Reply("550 5.7.1 not today")),
    ("RCPT", Stall(1)),
    ("DATA", Reply("421 closing")),
    ("BODY", Drop()),
    ("DOT", Drop()),
    ("DOT", Reply("452 4.3.1 disk full")),
    ("DOT", Reply("554 5.7.0 spam")),
    ("TAKEN", Drop()),
    ("TAKEN", Stall(1)),
)


class Scene:
    """A store with a few readers, a mail server, a clock, and a process that tells and sends until
    it is killed."""

    def __init__(self, folder: Path, server: RecordingServer) -> None:
        self.connections = 1
        self.path, self.server, self.now = folder / "syncer.sqlite", server, MORNING
        with Store(self.path) as store:
            self.readers = [active(store, address).id for address in READERS]
        self.events: list[int] = []

    def something_happens(self) -> None:
        with Store(self.path) as store:
            self.events.append(tellable_event(store))

    def launch(self, *kill_at: str) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            str(PROJECT / "tests/cast/kill_child.py"),
            str(self.path),
            str(self.server.port),
            self.now.isoformat(),
            str(self.connections),
            *kill_at,
        ]
        return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)

    def start(self, *kill_at: str) -> subprocess.Popen[str]:
        """Launch, and wait until it has begun to work."""
        child = self.launch(*kill_at)
        assert child.stdout
        if child.stdout.readline() != "ready\n":
            pytest.fail(f"the process ended before it began, with {self.finish(child)}")
        return child

    def finish(self, child: subprocess.Popen[str]) -> int:
        with child:
            return child.wait(60)

    def calm_down(self) -> None:
        """The server behaves, one process runs to its end, and time passes until nothing waits."""
        self.server.judge = lambda moment, recipient: None
        self.now += dt.timedelta(hours=1)
        assert self.finish(self.start()) == 0
        with Store(self.path) as store:
            for _ in range(50):
                if set(deliveries.counts(store)) <= {State.SENT, State.FAILED}:
                    return
                self.now += dt.timedelta(hours=5)
                outbox.send_due(
                    store,
                    Smtp(Server("127.0.0.1", self.server.port, Security.NONE)),
                    lambda: self.now,
                )
        pytest.fail("something waits for ever")

    def check(self) -> int:
        """Nothing lost, nothing twice but where that could not be known, everything accounted for;
        how many came twice."""
        arrived = defaultdict(list)
        for received in self.server.received:
            identity = BytesHeaderParser().parsebytes(received.message)["Message-ID"]
            arrived[received.recipient, identity].append(received.message)
        with Store(self.path) as store:
            sent = {(line.recipient, line.message_id): line for line in deliveries.listing(store)}
            assert (
                {key for key, line in sent.items() if line.state is State.SENT}
                <= set(arrived)
                <= set(sent)
            )
            for key, copies in arrived.items():
                assert set(copies) == {deliveries.body(store, sent[key].id)}
                assert len(copies) <= 1 + sent[key].doubts
            assert all(
                line.refusals >= attempt.REFUSALS
                for line in sent.values()
                if line.state is State.FAILED
            )
            accounts = [
                receipts.account(store, event, reader)
                for event in self.events
                for reader in self.readers
            ]
            assert {account.how for account in accounts} == {"told"} and all(
                account.delivery for account in accounts
            )
            assert {people.get(store, reader).subscriptions[0].mark for reader in self.readers} == {
                len(self.events)
            }
        return sum(len(copies) > 1 for copies in arrived.values())


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with RecordingServer() as server:
        yield Scene(tmp_path, server)


@pytest.mark.parametrize("point", ["queued", *attempt.CHECKPOINTS])
def test_nothing_is_lost_when_the_process_dies_at_this_point(scene: Scene, point: str) -> None:
    scene.something_happens()
    assert scene.finish(scene.start(point, "2")) == -signal.SIGKILL
    scene.calm_down()
    assert scene.check() == (point in {"handed over"})


@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA", "BODY", "DOT", "TAKEN"])
def test_nothing_is_lost_when_the_process_dies_while_the_server_has_this(
    scene: Scene, moment: str
) -> None:
    scene.something_happens()
    scene.server.fail(moment, Call(lambda: os.kill(child.pid, signal.SIGKILL)))
    child = scene.start()
    assert scene.finish(child) == -signal.SIGKILL
    scene.calm_down()
    assert scene.check() == (moment == "TAKEN")


@pytest.mark.parametrize("point", ["end of data recorded", "handed over"])
def test_nothing_is_lost_when_the_process_dies_with_four_connections(
    scene: Scene, point: str
) -> None:
    scene.connections = 4
    scene.something_happens()
    assert scene.finish(scene.start(point, "3")) == -signal.SIGKILL
    scene.calm_down()
    assert (point == "handed over") <= scene.check() <= 4


def test_two_processes_at_once_send_each_message_once(scene: Scene) -> None:
    scene.something_happens()
    with Store(scene.path) as store:
        scene.readers += [active(store, f"another{number}@example.org").id for number in range(40)]
    # a server that takes its time: the first is not done before the second has begun
    scene.server.judge = lambda moment, recipient: (
        time.sleep(0.03) if moment in ("DATA", "TAKEN") else None
    )
    children = [scene.launch(), scene.launch()]
    assert [scene.finish(child) for child in children] == [0, 0]
    assert scene.server.connections >= 2
    scene.calm_down()
    assert scene.check() == 0


def killed_at_random(scene: Scene, seed: int, runs: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(runs):
        scene.something_happens()
        scene.server.judge = lambda moment, recipient: (
            chance.choice([f for m, f in FAULTS if m == moment]) if chance.random() < 0.06 else None
        )
        child = scene.start()
        time.sleep(chance.uniform(0.0, 0.2))
        child.kill()
        scene.finish(child)
        scene.now += dt.timedelta(minutes=chance.choice([1, 1, 5, 12, 30]))
    scene.calm_down()
    print(f"{scene.check()} came twice of {len(scene.server.received)}, after {runs} kills")


def test_nothing_is_lost_in_twenty_kills_at_random_moments(scene: Scene) -> None:
    killed_at_random(scene, random.randrange(10**6), 20)


@pytest.mark.torture
@pytest.mark.parametrize("part", range(20))
@pytest.mark.parametrize("connections", [1, 4])
def test_nothing_is_lost_in_five_hundred_kills_at_random_moments(
    scene: Scene, connections: int, part: int
) -> None:
    scene.connections = connections
    killed_at_random(scene, random.randrange(10**6), 25)
