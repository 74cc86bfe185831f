"""Deliveries as they are read: the nouns of the outbox, and what is asked about them. What happens
to them is in `outbox.py`."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from syncer.errors import NoSuchDelivery
from syncer.store import Store, as_json, as_moment, as_text, overview
from syncer.subscriptions.channels import EMAIL


class State(StrEnum):
    """Where a delivery is on its way; END_OF_DATA is stored as "dot", and listed as that."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    END_OF_DATA = "dot"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Message:
    """What is to be delivered: `body` is the whole RFC 5322 message with this Message-ID; for
    a chat its text, for a webhook the list of changes as JSON.
    `subscriber` 0: the operator. `told` are the events it tells; `folded` are others, with the
    event whose line says it for them (0: they cancel out). `other` is what it says in the form of
    the service that takes it, to be kept as JSON; empty where it takes the body."""

    kind: str
    message_id: str
    sender: str
    recipient: str
    subject: str
    body: bytes
    subscriber: int = 0
    thread: str = ""
    told: tuple[int, ...] = ()
    folded: Mapping[int, int] = field(default_factory=dict)
    channel: str = EMAIL
    other: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """One line of the outbox, without the message itself (see `body`)."""

    id: int
    subscriber: int
    kind: str
    state: State
    message_id: str
    thread: str
    sender: str
    recipient: str
    subject: str
    attempts: int
    refusals: int
    doubts: int
    created_at: dt.datetime
    next_try_at: dt.datetime
    dot_at: dt.datetime | None
    sent_at: dt.datetime | None
    reply: str
    error: str
    channel: str = EMAIL
    asked: int = 0
    remote_id: str = ""
    remote_status: str = ""


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours alone until `until`, and the message to hand over; `other` is what it
    says in another form, where it was written in one."""

    delivery: Delivery
    owner: str
    body: bytes
    until: dt.datetime
    other: Mapping[str, Any] = field(default_factory=dict)


COLUMNS = """id, coalesce(subscriber, 0) AS subscriber, kind, state, message_id, thread, sender,
    recipient, subject, attempts, refusals, doubts, created_at, next_try_at, dot_at, sent_at, reply,
    error, channel, asked, remote_id, remote_status"""
MOMENTS = ("created_at", "next_try_at", "dot_at", "sent_at")
CLOCK_SLACK = dt.timedelta(minutes=1)
"""By so much two clocks may differ before a moment counts as being in the future."""


@dataclass(frozen=True)
class Wait:
    """From when until when a delivery is not tried. The beginning is kept, so that a wait set by a
    clock that was ahead is recognised."""

    since: dt.datetime
    length: dt.timedelta = dt.timedelta()

    def columns(self) -> dict[str, str]:
        """Return the wait as it is stored."""
        until = self.since + self.length
        return {
            "waits_since": as_text(self.since),
            "next_try_at": as_text(until),
        }


def waiting_for(store: Store, event: int) -> list[Delivery]:
    """Return the deliveries that have a line about this event and of which nothing can have arrived
    yet: they can still be made right."""
    sql = f"""SELECT {COLUMNS} FROM deliveries WHERE state = 'queued' AND doubts = 0
        AND id IN (SELECT delivery FROM delivery_events WHERE event = ?) ORDER BY id"""
    rows = store.rows(sql, (event,))
    return [delivery_of(row) for row in rows]


def listing(
    store: Store, states: Iterable[State] = tuple(State), limit: int = -1
) -> list[Delivery]:
    """Return the deliveries in these states, newest first; with a limit, that many."""
    chosen = tuple(states)
    marks = ", ".join("?" * len(chosen))
    rows = store.rows(
        f"SELECT {COLUMNS} FROM deliveries WHERE state IN ({marks}) ORDER BY id DESC LIMIT ?",
        (*chosen, limit),
    )
    return [delivery_of(row) for row in rows]


def last_written(store: Store, subscriber: int, now: dt.datetime) -> dt.datetime | None:
    """Return when anything was last written, or sent, to this subscriber. Moments later than `now`
    are of a time at which the clock was wrong, and are not believed."""
    sql = """SELECT max(moment) FROM (
            SELECT max(created_at) AS moment FROM deliveries
              WHERE subscriber = :who AND created_at <= :now
            UNION ALL SELECT max(sent_at) FROM deliveries
              WHERE subscriber = :who AND sent_at <= :now
            UNION ALL SELECT confirmed_at FROM subscribers
              WHERE id = :who AND confirmed_at <= :now)"""
    return as_moment(store.value(sql, {"who": subscriber, "now": as_text(now)}))


def named(store: Store, message_id: str) -> int:
    """Return the number of the delivery with this Message-ID; 0 where there is none."""
    sql = "SELECT id FROM deliveries WHERE message_id = ?"
    number = store.value(sql, (message_id,))
    return int(number or 0)


def counts(store: Store) -> dict[State, int]:
    """Return how many deliveries are in each state that any is in, in alphabetical order."""
    counted = {}
    for name, count in overview.outbox_by_state(store).items():
        counted[State(name)] = count
    return counted


def overdue(
    store: Store, now: dt.datetime, waited: dt.timedelta, channels: Iterable[str] = (EMAIL,)
) -> list[Delivery]:
    """Return the deliveries by these channels that were made so long ago, or by a clock that was
    ahead, and have not left: for the operator to look at."""
    chosen = tuple(channels)
    marks = ", ".join("?" * len(chosen))
    sql = f"""SELECT {COLUMNS} FROM deliveries WHERE state NOT IN ('sent', 'failed', 'cancelled')
        AND (created_at < ? OR created_at > ?) AND channel IN ({marks}) ORDER BY id"""
    long_ago = as_text(now - waited)
    ahead = as_text(now + CLOCK_SLACK)
    rows = store.rows(sql, (long_ago, ahead, *chosen))
    return [delivery_of(row) for row in rows]


def accepted_since_last_try(store: Store, delivery: Delivery) -> bool:
    """Return whether a message to somebody else was accepted after this one was last refused: then
    the server takes mail from us."""
    sql = """SELECT 1 FROM deliveries other JOIN deliveries mine ON mine.id = ?
        WHERE other.state = 'sent' AND other.recipient <> mine.recipient
        AND other.channel = mine.channel
        AND other.sent_at >= coalesce(mine.waits_since, mine.created_at) LIMIT 1"""
    return store.value(sql, (delivery.id,)) is not None


def refused_others(store: Store, delivery: Delivery) -> list[tuple[str, str]]:
    """Return the recipient and the last error of every other message that was refused for good, and
    is still tried, be it just now: to other recipients than this one's."""
    sql = """SELECT DISTINCT recipient, error FROM deliveries
        WHERE state IN ('queued', 'claimed', 'dot') AND refusals > 0
        AND recipient <> ? AND channel = ?"""
    found = []
    for row in store.rows(sql, (delivery.recipient, delivery.channel)):
        found.append((row["recipient"], row["error"]))
    return found


def show(store: Store, number: int) -> Delivery:
    """Return one delivery. Raises NoSuchDelivery."""
    sql = f"SELECT {COLUMNS} FROM deliveries WHERE id = ?"
    row = store.one(sql, (number,))
    if row is None:
        raise NoSuchDelivery(f"there is no delivery {number}")
    return delivery_of(row)


def body(store: Store, number: int) -> bytes:
    """Return the message itself. Raises NoSuchDelivery, also when it is not kept any more."""
    known = show(store, number)
    kept = store.value("SELECT body FROM deliveries WHERE id = ?", (known.id,))
    if kept is None:
        raise NoSuchDelivery(
            f"the message of delivery {number} is not kept any more",
            "Its lines are: `syncer explain`.",
        )
    return zlib.decompress(kept)


def other_as_stored(other: Mapping[str, Any]) -> bytes | None:
    """Return what a message says in another form, as it is stored."""
    if not other:
        return None
    text = as_json(other)
    return zlib.compress(text.encode())


def other_of(stored: bytes | None) -> dict[str, Any]:
    """Return what is stored as another form of a message; empty where there is none."""
    if stored is None:
        return {}
    found: dict[str, Any] = json.loads(zlib.decompress(stored))
    return found


def other(store: Store, number: int) -> dict[str, Any]:
    """Return what a delivery says in another form; empty where it has none, or none is kept."""
    sql = "SELECT other_body FROM deliveries WHERE id = ?"
    return other_of(store.value(sql, (number,)))


def delivery_of(row: Mapping[str, Any]) -> Delivery:
    """Return a delivery from its stored row."""
    values = {column.name: row[column.name] for column in fields(Delivery)}
    for name in MOMENTS:
        values[name] = as_moment(row[name])

    values["state"] = State(row["state"])
    return Delivery(**values)
