"""Who was notified of what: for each subscriber and event at most one line, whatever happens
(PRIMARY KEY of `delivery_events`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from syncer.store import Store, as_json, as_moment, as_text

SENTENCES = {
    "queued": "waits in delivery {delivery}",
    "claimed": "is being sent in delivery {delivery}",
    "dot": "is being sent in delivery {delivery}",
    "sent": "was told in delivery {delivery}, sent {at}",
    "failed": "is in delivery {delivery}, which was refused: {error}",
    "in_doubt": (
        "is in delivery {delivery}, and the connection was lost before the server said whether "
        "it took it: {error}"
    ),
    "cancelled": "was in delivery {delivery}, which was taken back before it was sent",
}


NOT_YET = "not yet"
"""There is nothing noted of an event: it does not match, is before the subscription's mark, or is
still to be considered."""


@dataclass(frozen=True)
class Account:
    """What became of one event for one subscriber. `how` is told, folded, replaced, corrected, or
    NOT_YET. `state` is the delivery's."""

    event: int
    subscriber: int
    how: str
    delivery: int = 0
    state: str = ""
    into_event: int = 0
    at: dt.datetime | None = None
    sentence: str = "has not been handled"


@dataclass(frozen=True)
class Receipt:
    """One subscriber who has, or will have, a line about an event, and the message it stands in."""

    subscriber: int
    delivery: int
    state: str
    message_id: str


def record_notified(
    store: Store, subscriber: int, delivery: int, events: Iterable[int], now: dt.datetime
) -> None:
    """Note that these events are told by this delivery. Raises sqlite3.IntegrityError for one that
    was handled before."""
    for event in events:
        _record(store, subscriber, event, "told", now, delivery=delivery)


def record_folded(
    store: Store,
    subscriber: int,
    delivery: int | None,
    folded: Mapping[int, int],
    now: dt.datetime,
) -> None:
    """Note that these events are said by others (0: they cancel out, nothing is said), in this
    delivery or, with None, in no message at all."""
    for event, into in folded.items():
        _record(
            store,
            subscriber,
            event,
            "folded",
            now,
            delivery=delivery,
            into=into,
        )


def record_replaced(
    store: Store, subscriber: int, events: Mapping[int, int], now: dt.datetime
) -> None:
    """Note that these events proved wrong before any message was written, and which event is right
    instead."""
    for event, by in events.items():
        _record(store, subscriber, event, "replaced", now, into=by)


def record_corrected(
    store: Store, subscriber: int, events: Mapping[int, int], now: dt.datetime
) -> None:
    """Note that these events, told earlier, were wrong, and which event corrects each."""
    sql = """UPDATE delivery_events SET how = 'corrected', into_event = ?, at = ?
        WHERE subscriber = ? AND event = ?"""
    at = as_text(now)
    for event, by in events.items():
        store.run(sql, (by, at, subscriber, event))


def _record(
    store: Store,
    subscriber: int,
    event: int,
    how: str,
    now: dt.datetime,
    *,
    delivery: int | None = None,
    into: int = 0,
) -> None:
    row = {
        "subscriber": subscriber,
        "event": event,
        "delivery": delivery,
        "how": how,
        "into_event": into or None,
        "at": as_text(now),
    }
    store.insert("delivery_events", row)


def forget(store: Store, delivery: int, told_again: list[int]) -> None:
    """Clear the place for the lines that a delivery is about to tell again; its other lines are
    noted as replaced."""
    store.run(
        "UPDATE delivery_events SET how = 'replaced', into_event = NULL WHERE delivery = ?",
        (delivery,),
    )
    marks = ", ".join("?" * len(told_again))
    cleared = f"DELETE FROM delivery_events WHERE delivery = ? AND event IN ({marks})"
    store.run(cleared, (delivery, *told_again))


HANDLED = """SELECT event FROM delivery_events
    WHERE subscriber = ? AND event IN (SELECT value FROM json_each(?))"""


def handled(store: Store, subscriber: int, events: Iterable[int]) -> set[int]:
    """Return those of these events that this subscriber needs no line about any more."""
    asked = as_json(list(events))
    rows = store.rows(HANDLED, (subscriber, asked))
    return {row["event"] for row in rows}


def last_welcome(store: Store, subscriber: int) -> int:
    """Return the number of the last welcome written to this subscriber; 0 where there is none."""
    sql = "SELECT max(id) FROM deliveries WHERE subscriber = ? AND kind = 'welcome'"
    number = store.value(sql, (subscriber,))
    return int(number or 0)


def receipts_of(store: Store, event: int) -> list[Receipt]:
    """Return everyone who has, or will have, a line about this event: told, or in doubt, or
    waiting."""
    sql = """SELECT e.subscriber, d.id AS delivery, d.state, d.message_id
        FROM delivery_events e JOIN deliveries d ON d.id = e.delivery
        WHERE e.event = ? AND e.how = 'told' AND d.state NOT IN ('failed', 'cancelled')
        ORDER BY e.subscriber"""
    return [Receipt(**row) for row in store.rows(sql, (event,))]


ACCOUNT = """SELECT e.how, coalesce(e.delivery, 0) AS delivery,
        coalesce(e.into_event, 0) AS into_event, d.state, d.error, coalesce(d.sent_at, e.at) AS at
    FROM delivery_events e LEFT JOIN deliveries d ON d.id = e.delivery
    WHERE e.event = ? AND e.subscriber = ?"""


def account(store: Store, event: int, subscriber: int) -> Account:
    """Return what became of this event for this subscriber, also as the end of a sentence ("Leeds …
    was told in delivery 7")."""
    row = store.one(ACCOUNT, (event, subscriber))
    if row is None:
        return Account(event, subscriber, NOT_YET)
    return Account(
        event,
        subscriber,
        row["how"],
        row["delivery"],
        row["state"] or "",
        row["into_event"],
        as_moment(row["at"]),
        _sentence(row),
    )


def _sentence(row: Mapping[str, Any]) -> str:
    """Return what became of an event, from its stored row."""
    state = row["state"]
    into = row["into_event"]
    sentence = "needed no message"
    if state:
        sentence = SENTENCES[state].format_map(row)

    match row["how"]:
        case "folded":
            return _folded(into, sentence, with_message=bool(state))
        case "replaced":
            return _replaced(row["delivery"], into)
        case "corrected":
            return f"{sentence}, and corrected by event {into}"
    return sentence


def _folded(into: int, sentence: str, *, with_message: bool) -> str:
    where = "folded away: it cancelled out with others"
    if into:
        where = f"folded into event {into}"
    if with_message:
        sentence = f"that {sentence}"
    return f"was {where}, and {sentence}"


def _replaced(delivery: int, right: int) -> str:
    where = by = ""
    if delivery:
        where = f" while it waited in delivery {delivery}"
    if right:
        by = f"; event {right} says what is right"
    return f"proved wrong{where}, and was not told{by}"
