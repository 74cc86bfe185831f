"""Several connections to the mail server at once: a real server on loopback, a real store. What was
true of one connection is true of four."""

from __future__ import annotations

import datetime as dt
import itertools
import signal
import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest
from people import message
from smtp_server import Drop, Fault, RecordingServer, Reply

from syncer.app import App
from syncer.config import load_config
from syncer.delivery import outbox
from syncer.delivery.transports.smtp import Pace, Security, Server, Smtp
from syncer.errors import StoreError
from syncer.pipeline.send import send
from syncer.store import Store
from syncer.store import outbox as deliveries
from syncer.store.outbox import State

NOON = dt.datetime(2026, 5, 12, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SLOW = 0.005
READERS = tuple(f"reader{number}@example.org" for number in range(12))


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    with RecordingServer() as running:
        running.slow = SLOW
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "syncer.sqlite", patience=0.05) as opened:
        yield opened


def queue(store: Store, *recipients: str) -> None:
    with store.writing():
        for number, recipient in enumerate(recipients):
            deliveries.queue(store, message(recipient, number), NOON)


class Post:
    """A run of sending over four connections; `stop` asks it to stop."""

    def __init__(self, store: Store, server: RecordingServer) -> None:
        self.store, self.server = store, server
        self.stop = threading.Event()

    def send(self, at: dt.datetime = NOON, pace: Pace | None = None) -> outbox.SendReport:
        where = Server("127.0.0.1", self.server.port, Security.NONE)
        first = Smtp(where, pace, step_seconds=1)
        return outbox.send_due(
            self.store,
            first,
            lambda: at,
            more=[first.another() for _ in range(3)],
            stopping=self.stop.is_set,
        )

    def states(self) -> Counter[State]:
        return Counter(deliveries.counts(self.store))

    def check_all_arrive(self) -> None:
        """The server behaves, time passes, and everybody has the message: twice only where that was
        a doubt."""
        self.server.judge = lambda moment, recipient: None
        self.stop.clear()
        for hours in (1, 2, 7):
            self.send(NOON + hours * HOUR)
        copies = Counter(self.server.recipients())
        for line in deliveries.listing(self.store):
            assert line.state is State.SENT and 1 <= copies[line.recipient] <= 1 + line.doubts
        assert set(copies) == set(READERS)


@pytest.fixture
def post(store: Store, server: RecordingServer) -> Post:
    queue(store, *READERS)
    return Post(store, server)


def when(number: int, wanted: str, action: Callable[[], object]) -> Callable[[str, str], None]:
    """What does something when that many messages have come to this moment at the server."""
    left = itertools.count(1)

    def judge(moment: str, recipient: str) -> None:
        if moment == wanted and next(left) == number:
            action()

    return judge


def test_all_connections_are_used_at_once_and_everybody_has_one_message(post: Post) -> None:
    report = post.send()
    assert (post.server.connections, post.server.at_once) == (4, 4)
    assert sorted(post.server.recipients()) == sorted(READERS)
    assert report.count(State.SENT) == len(READERS) and post.states() == {State.SENT: len(READERS)}


def test_the_configuration_says_how_many(tmp_path: Path, server: RecordingServer) -> None:
    config = tmp_path / "config.toml"
    mail = f'[mail]\ntransport = "smtp"\nsmtp_port = {server.port}\nper_minute = 600\n'
    config.write_text(f"{mail}connections = 3\n")
    with App(load_config(config), NOON) as app:
        queue(app.store, *READERS)
        send(app)
    assert (server.connections, server.at_once) == (3, 3)
    assert sorted(server.recipients()) == sorted(READERS)


def test_one_message_opens_one_connection(store: Store, server: RecordingServer) -> None:
    queue(store, READERS[0])
    Post(store, server).send()
    assert server.connections == 1


def test_what_is_for_one_recipient_keeps_its_order_and_is_never_on_two_connections(
    store: Store, server: RecordingServer
) -> None:
    queue(store, *READERS[:3] * 4)
    Post(store, server).send()
    arrived = defaultdict(list)
    for each in server.received:
        arrived[each.recipient].append(BytesHeaderParser().parsebytes(each.message)["Message-ID"])
    written = list(reversed(deliveries.listing(store)))
    for recipient in READERS[:3]:
        assert arrived[recipient] == [
            line.message_id for line in written if line.recipient == recipient
        ]
    assert server.at_once == 3


def test_all_connections_share_one_pace(post: Post) -> None:
    begun: list[float] = []
    post.server.judge = lambda moment, recipient: (
        begun.append(time.monotonic()) if moment == "MAIL" else None
    )
    post.send(pace=Pace(4, minute=0.2))
    waited = [later - earlier for earlier, later in zip(begun, begun[4:], strict=False)]
    assert len(begun) == len(READERS) and min(waited) > 0.15 and begun[3] - begun[0] < 0.15


def test_a_server_that_takes_two_connections_is_sent_everything_over_those(post: Post) -> None:
    post.server.judge = lambda moment, recipient: (
        Reply("421 4.7.0 too many connections")
        if moment == "CONNECT" and post.server.connections > 2
        else None
    )
    report = post.send()
    assert report.stopped is None and post.server.connections == 4 and post.server.at_once == 2
    assert {line.attempts for line in deliveries.listing(post.store)} == {1}
    assert sorted(post.server.recipients()) == sorted(READERS)


def test_a_server_that_is_down_is_asked_once_and_costs_nobody_an_attempt(post: Post) -> None:
    post.server.judge = lambda moment, recipient: (
        Reply("554 5.3.2 no service") if moment == "CONNECT" else None
    )
    report = post.send()
    assert report.stopped and report.outcomes == () and post.server.connections == 1
    assert {line.attempts for line in deliveries.listing(post.store)} == {0}
    post.check_all_arrive()


@pytest.mark.parametrize("moment", ["DATA", "DOT", "TAKEN"])
def test_a_server_that_dies_with_four_on_the_line_leaves_nothing_unknown(
    post: Post, moment: str
) -> None:
    dead = threading.Event()
    die = when(5, moment, dead.set)

    def judge(now: str, recipient: str) -> Fault | None:
        die(now, recipient)
        return Drop() if dead.is_set() else None

    post.server.judge = judge
    report = post.send()
    assert report.stopped and set(post.states()) <= {State.SENT, State.QUEUED, State.IN_DOUBT}
    assert len(report.outcomes) < len(READERS)
    post.check_all_arrive()


def test_asked_to_stop_it_ends_what_is_on_the_line_and_begins_no_more(post: Post) -> None:
    post.server.judge = when(5, "TAKEN", post.stop.set)
    report = post.send()
    sent = report.count(State.SENT)
    assert 5 <= sent <= 8 and post.states() == {State.SENT: sent, State.QUEUED: 12 - sent}
    post.check_all_arrive()


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """A process that a shell starts in the background is given Ctrl-C ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_ends_what_is_on_the_line_and_begins_no_more(post: Post) -> None:
    caller = threading.get_ident()
    post.server.judge = when(5, "TAKEN", lambda: signal.pthread_kill(caller, signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        post.send()
    lines = [thread for thread in threading.enumerate() if thread.name.startswith("mail-")]
    for line in lines:
        line.join(5)
    assert not any(line.is_alive() for line in lines)
    assert set(post.states()) == {State.SENT, State.QUEUED}
    post.check_all_arrive()


def test_a_store_that_refuses_in_the_middle_ends_the_run_and_loses_nothing(post: Post) -> None:
    other = sqlite3.connect(post.store.path, isolation_level=None, check_same_thread=False)
    post.server.judge = when(5, "TAKEN", lambda: other.execute("BEGIN IMMEDIATE"))
    with pytest.raises(StoreError, match="locked"):
        post.send()
    other.rollback()
    other.close()
    post.check_all_arrive()


def test_the_end_of_data_of_several_messages_shares_a_commit(post: Post) -> None:
    commits: list[str] = []
    post.server.slow = 0.02
    post.store._conn.set_trace_callback(
        lambda statement: commits.append(statement) if "synchronous = FULL" in statement else None
    )
    post.send()
    assert 3 <= len(commits) - 1 < len(READERS)
