"""What a mail server says of itself is no fault of a recipient (DESIGN §7.12): a real server on
loopback, a real store, and a clock that is moved by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from people import active, message
from smtp_server import RecordingServer, Reply

from syncer.delivery import outbox
from syncer.delivery.report import SendReport
from syncer.delivery.transports.smtp import Security, Server, Smtp
from syncer.delivery.transports.smtp_replies import message_refused, recipient_refused
from syncer.errors import AddressRefused, ServerRefused, TransportError
from syncer.store import Store, people
from syncer.store import outbox as deliveries
from syncer.store.outbox import State

NOON = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
READERS = tuple(f"reader{n}@example.org" for n in range(4))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.db") as store:
        yield store


def queue(store: Store, *addresses: str, at: dt.datetime = NOON) -> None:
    for number, address in enumerate(addresses, 1):
        reader = active(store, address)
        with store.writing():
            note = message(address, number + at.hour, subscriber=reader.id)
            deliveries.queue(store, note, at)


def send(
    store: Store, server: RecordingServer, at: dt.datetime, connections: int = 1
) -> SendReport:
    smtp = Smtp(Server("127.0.0.1", server.port, Security.NONE), step_seconds=5)
    more = [smtp.another() for _ in range(connections - 1)]
    return outbox.send_due(store, smtp, lambda: at, more=more)


def states(store: Store) -> set[str]:
    return {reader.state for reader in people.listing(store)}


# -- One reply -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "error", "permanent"),
    [
        ("550 5.1.1 User unknown", AddressRefused, True),
        ("553 5.1.3 Bad address syntax", AddressRefused, True),
        ("550 5.2.1 Mailbox disabled", AddressRefused, True),
        ("550 No such user here", AddressRefused, True),
        ("550 Requested action not taken: mailbox unavailable", AddressRefused, True),
        ("550 Unrouteable address", AddressRefused, True),
        ("550 relay not permitted", ServerRefused, True),
        ("550 relaying denied: unknown host", ServerRefused, True),
        ("554 5.7.1 Relay access denied", ServerRefused, True),
        ("530 5.7.0 Authentication required", ServerRefused, True),
        ("550 5.1.8 Sender address rejected: Domain not found", ServerRefused, True),
        ("554 5.3.0 Other mail system problem", ServerRefused, True),
        ("550 5.4.4 Unable to route: DNS", ServerRefused, True),
        ("554 Your address is listed by a blacklist", ServerRefused, True),
        ("550 no", ServerRefused, True),
        ("552 5.2.2 Mailbox full", TransportError, False),
        ("552 Requested mail action aborted", TransportError, False),
        ("550 mailbox is full", TransportError, False),
        ("452 4.2.2 Over quota", TransportError, False),
        ("450 4.7.1 Greylisted", TransportError, False),
        ("552 5.3.4 Message too big", TransportError, True),
    ],
)
def test_a_refusal_is_the_address_s_the_message_s_or_the_server_s(
    reply: str, error: type[TransportError], permanent: bool
) -> None:
    code, text = reply.split(" ", 1)
    found = recipient_refused("ada@example.org", int(code), text)
    assert (type(found), found.permanent) == (error, permanent)


def test_a_full_mailbox_is_temporary_also_after_the_message() -> None:
    assert not message_refused("ada@example.org", 552, "5.2.2 mailbox full").permanent
    assert message_refused("ada@example.org", 554, "5.7.0 looks like spam").permanent


# -- Everybody -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "connections"),
    [
        ("550 relay not permitted", 1),
        ("550 No such user here", 1),
        ("550 5.1.1 User unknown", 1),
        ("550 5.1.1 User unknown", 4),
    ],
)
def test_a_server_that_refuses_everybody_costs_no_reader_and_no_message(
    store: Store, line: str, connections: int
) -> None:
    queue(store, *READERS)
    with RecordingServer() as server:
        server.judge = lambda moment, to: Reply(line) if moment == "RCPT" else None
        for hours in range(0, 48, 4):
            report = send(store, server, NOON + hours * HOUR, connections)
        assert states(store) == {"active"} and "ServerRefused" in {
            problem.name for problem in report.problems()
        }
        server.judge = lambda moment, to: None
        send(store, server, NOON + 60 * HOUR)
        assert sorted(server.recipients()) == sorted(READERS)


def test_one_dead_address_among_others_is_given_up_and_only_its_reader_is_stopped(
    store: Store,
) -> None:
    queue(store, *READERS)
    with RecordingServer() as server:
        server.judge = lambda moment, to: (
            Reply("550 No such user here") if (moment, to) == ("RCPT", READERS[0]) else None
        )
        for hours in (0, 2, 8):
            send(store, server, NOON + hours * HOUR)
    found = {reader.address: reader.state for reader in people.listing(store)}
    assert found == dict.fromkeys(READERS, "active") | {READERS[0]: "bounced"}


def test_one_whom_the_server_s_policy_refuses_is_given_up_and_stays_a_reader(store: Store) -> None:
    queue(store, *READERS[:1])
    with RecordingServer() as server:
        server.judge = lambda moment, to: (
            Reply("550 5.7.1 policy") if (moment, to) == ("RCPT", READERS[0]) else None
        )
        for hours in (0, 2, 8):
            queue(store, f"other{hours}@example.org", at=NOON + hours * HOUR)
            send(store, server, NOON + hours * HOUR)
    assert deliveries.show(store, 1).state is State.FAILED and states(store) == {"active"}


def test_a_full_mailbox_never_stops_its_reader(store: Store) -> None:
    queue(store, *READERS[:1])
    with RecordingServer() as server:
        server.fail("RCPT", Reply("552 5.2.2 Mailbox full"), times=30)
        for hours in range(0, 200, 5):
            send(store, server, NOON + hours * HOUR)
        assert states(store) == {"active"} and server.recipients() == [READERS[0]]


def test_a_message_longer_than_the_server_takes_is_not_sent(store: Store) -> None:
    queue(store, *READERS[:1])
    with RecordingServer(data_size_limit=100) as server:
        (outcome,) = send(store, server, NOON).outcomes
    assert outcome.said.endswith("bytes, and the mail server takes 100") and not server.received
