"""A real process that tells by mail, in chats and to webhooks at once is killed at random moments
and at every fault point, while all three misbehave. Nothing is lost; a webhook is asked again with
the same key, a chat only where its reply was lost, and each is counted."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from itertools import cycle
from pathlib import Path

import pytest
from office import CONFIG, Office
from receiver import Answer, Call, Drop, Posted, Receiver, Stall
from smtp_server import Drop as MailDrop
from smtp_server import Fault as MailFault
from smtp_server import RecordingServer, Reply

from syncer.delivery import attempt
from syncer.model import Subscription
from syncer.register.councils import load_register
from syncer.store import Store, channels, people
from syncer.store import outbox as deliveries
from syncer.store.outbox import Delivery, State
from syncer.subscriptions.channels import read

PROJECT = Path(__file__).resolve().parents[2]
READERS = ("ada@example.org", "bob@example.org")
HOOKS, ROOMS = ("hook one", "hook two"), ("room one", "room two")
EVERYTHING = Subscription(0, 0)
FAULTS = (Answer(500, {}), Answer(429, {"Retry-After": "60"}), Answer(403, {}), Drop(), Stall(0.3))
MAIL_FAULTS: tuple[MailFault, ...] = (
    MailDrop(),
    Reply("421 closing"),
    Reply("452 4.3.1 disk full"),
)
COUNCILS = [council.slug for council in load_register(None) if council.closed is None]


class Scene:
    """An office with two subscribers by each channel, their servers, and a process that tells and
    sends until it is killed."""

    def __init__(
        self, folder: Path, mail: RecordingServer, web: Receiver, connections: int
    ) -> None:
        self.mail, self.web, self.folder = mail, web, folder
        smtp = f'[mail]\ntransport = "smtp"\nsmtp_host = "127.0.0.1"\nsmtp_port = {mail.port}\n'
        smtp += f"connections = {connections}\n"
        allowed = '[webhooks]\nallow_hosts = ["127.0.0.1"]\n'
        self.office = Office(folder, CONFIG.replace("[mail]\n", smtp) + allowed)
        self.slugs = cycle(COUNCILS)
        self.events: list[int] = []
        for address in READERS:
            self.office.follows(address, EVERYTHING, welcomed=False)
        for label in HOOKS:
            self._add(f"http://127.0.0.1:{web.port}/{label.replace(' ', '-')}", label)
        for label in ROOMS:
            self._add(f"mmost://127.0.0.1:{web.port}/{label.replace(' ', '-')}-token", label)
        self.office.notify()
        self.office.send()

    def _add(self, address: str, label: str) -> None:
        added = channels.add(self.office.store, read(address), label, self.office.now)
        people.subscribe(self.office.store, added.subscriber.id, EVERYTHING, 0)

    def something_happens(self) -> None:
        self.events.append(self.office.happens(council=next(self.slugs)))

    def start(self, *kill_at: str) -> subprocess.Popen[str]:
        """Launch the process, and wait until it has begun to work."""
        command = [
            sys.executable,
            str(PROJECT / "tests/cast/kill_channels_child.py"),
            str(self.folder / "config.toml"),
            self.office.now.isoformat(),
            *kill_at,
        ]
        child = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        assert child.stdout and child.stdout.readline() == "ready\n"
        return child

    def finish(self, child: subprocess.Popen[str]) -> int:
        with child:
            return child.wait(60)

    def calm_down(self) -> None:
        """Everybody behaves, and time passes until nothing waits."""
        self.mail.judge = lambda moment, recipient: None
        self.web.judge = lambda posted: None
        for _ in range(50):
            self.office.later(hours=5)
            self.office.notify()
            self.office.send()
            if set(deliveries.counts(self.office.store)) <= {State.SENT, State.FAILED}:
                return
        pytest.fail("something waits for ever")

    # -- what arrived ------------------------------------------------------------------------------

    def check(self) -> int:
        """Nothing lost, nothing twice but where that is counted; how many came twice in a chat."""
        assert all(
            line.refusals >= attempt.REFUSALS for line in self.lines() if line.state is State.FAILED
        )
        self.check_mail()
        for label in HOOKS:
            self.check_hook(label)
        return sum(self.check_room(label) for label in ROOMS)

    def lines(self, label: str = "") -> list[Delivery]:
        return [
            line
            for line in deliveries.listing(self.office.store)
            if label in ("", line.recipient) and line.state is not State.CANCELLED
        ]

    def check_mail(self) -> None:
        arrived = Counter(
            (each.recipient, BytesHeaderParser().parsebytes(each.message)["Message-ID"])
            for each in self.mail.received
        )
        for line in self.lines():
            if line.channel == "email" and line.recipient in READERS:
                assert 1 <= arrived[line.recipient, line.message_id] <= 1 + line.doubts

    def check_hook(self, label: str) -> None:
        """Each event came, and what came more than once had the same key and the same bytes."""
        taken = self.taken(label)
        by_key: dict[str, set[bytes]] = {}
        for posted in taken:
            by_key.setdefault(posted.headers["idempotency-key"], set()).add(posted.body)
        assert all(len(bodies) == 1 for bodies in by_key.values())

        attempts = {str(line.id): line.attempts for line in self.lines(label)}
        copies = Counter(posted.headers["idempotency-key"] for posted in taken)
        assert all(copies[key] <= attempts[key] for key in copies)

        once_each = {posted.headers["idempotency-key"]: posted for posted in taken}
        told = [change["id"] for each in once_each.values() for change in each.json["changes"]]
        failed = sum(line.state is State.FAILED for line in self.lines(label))
        assert len(told) == len(set(told))
        assert set(told) == set(self.events) or failed

    def check_room(self, label: str) -> int:
        """Each text came, and more than once only where nobody knew; how many did."""
        arrived = Counter(posted.json["text"] for posted in self.taken(label))
        twice = 0
        for line in self.lines(label):
            copies = arrived[deliveries.body(self.office.store, line.id).decode()]
            assert copies <= 1 + line.doubts
            assert copies or line.state is State.FAILED
            twice += copies > 1
        return twice

    def taken(self, label: str) -> list[Posted]:
        place = label.replace(" ", "-")
        return [posted for posted in self.web.taken if place in posted.path]


@pytest.fixture
def connections() -> int:
    return 1


@pytest.fixture
def scene(tmp_path: Path, connections: int) -> Iterator[Scene]:
    with RecordingServer() as mail, Receiver() as web:
        scene = Scene(tmp_path, mail, web, connections)
        with scene.office:
            yield scene


TELLING = ("claimed", "handed over")
"""The points whose loss differs most; the others are tried in the torture."""


@pytest.mark.parametrize(
    "point",
    [
        point if point in TELLING else pytest.param(point, marks=pytest.mark.torture)
        for point in attempt.CHECKPOINTS
    ],
)
def test_nothing_is_lost_by_any_channel_when_the_process_dies_at_this_point(
    scene: Scene, point: str
) -> None:
    scene.something_happens()
    assert scene.finish(scene.start(point, "3")) == -signal.SIGKILL
    scene.something_happens()
    scene.calm_down()
    # the third is a webhook: it is asked again, with the same key
    assert scene.check() == 0


@pytest.mark.parametrize(("place", "twice"), [("hook-one", 0), ("room-one", 1)])
def test_nothing_is_lost_when_the_process_dies_while_a_server_has_it(
    scene: Scene, place: str, twice: int
) -> None:
    kill = Call(lambda: os.kill(child.pid, signal.SIGKILL))
    scene.web.judge = lambda posted: kill if place in posted.path else None
    scene.something_happens()
    child = scene.start()
    assert scene.finish(child) == -signal.SIGKILL
    scene.calm_down()
    assert scene.check() == twice
    with Store(scene.folder / "s.db") as store:
        assert sum(line.doubts for line in deliveries.listing(store)) == twice


def honest(moment: str) -> tuple[MailFault, ...]:
    """What may go wrong then: a server that has taken a message does not say that it has not."""
    return MAIL_FAULTS if moment != "TAKEN" else (MailDrop(),)


def killed_at_random(scene: Scene, seed: int, runs: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    scene.web.judge = lambda posted: chance.choice(FAULTS) if chance.random() < 0.15 else None
    scene.mail.judge = lambda moment, recipient: (
        chance.choice(honest(moment)) if chance.random() < 0.06 else None
    )
    for _ in range(runs):
        scene.something_happens()
        child = scene.start()
        time.sleep(chance.uniform(0.0, 2.0))
        child.kill()
        scene.finish(child)
        scene.office.now += dt.timedelta(minutes=chance.choice([1, 1, 5, 12, 30]))
    scene.calm_down()
    print(f"{scene.check()} came twice in a chat of {len(scene.web.taken)}, after {runs} kills")


@pytest.mark.torture
@pytest.mark.parametrize("part", range(8))
@pytest.mark.parametrize("connections", [1, 4])
def test_nothing_is_lost_by_three_channels_in_a_hundred_and_sixty_kills(
    scene: Scene, part: int
) -> None:
    killed_at_random(scene, random.randrange(10**6), 20)
