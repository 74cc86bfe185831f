"""Who was told what: for each subscriber and event at most one line, whatever happens (PRIMARY KEY
of `delivery_events`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syncer.store import Store, as_moment, as_text

SENTENCES = {
    "queued": "waits in delivery {delivery}",
    "claimed": "is being sent in delivery {delivery}",
    "dot": "is being sent in delivery {delivery}",
    "sent": "was told in delivery {delivery}, sent {at}",
    "failed": "is in delivery {delivery}, which was refused: {error}",
    "in_doubt": "is in delivery {delivery}, and the line was lost before the server said whether it took it: {error}",
    "cancelled": "was in delivery {delivery}, which was taken back before it was sent",
}


@dataclass(frozen=True)
class Account:
    """What became of one event for one subscriber. `how` is told, folded, replaced, corrected, or
    "not yet" when there is no line about it (it does not match, is before the subscription's mark,
    or is still to be considered). `state` is the delivery's."""

    event: int
    subscriber: int
    how: str
    delivery: int = 0
    state: str = ""
    into_event: int = 0
    at: dt.datetime | None = None
    sentence: str = "has not been dealt with"


@dataclass(frozen=True)
class Telling:
    """One subscriber who has, or will have, a line about an event, and the message it stands in."""

    subscriber: int
    delivery: int
    state: str
    message_id: str


def record_notified(
    store: Store, subscriber: int, delivery: int, events: Iterable[int], now: dt.datetime
) -> None:
    """These events are told by this delivery. Raises sqlite3.IntegrityError for one that was dealt
    with before."""
    for event in events:
        _note(store, subscriber, event, delivery, "told", 0, now)


def note_folded(
    store: Store, subscriber: int, delivery: int, folded: Mapping[int, int], now: dt.datetime
) -> None:
    """These events are dealt with inside others (0: they cancel out, nothing is said). `delivery`
    0: in no message at all."""
    for event, into in folded.items():
        _note(store, subscriber, event, delivery, "folded", into, now)


def note_replaced(
    store: Store, subscriber: int, events: Mapping[int, int], now: dt.datetime
) -> None:
    """These events proved wrong before any message was written: the event that is right instead."""
    for event, by in events.items():
        _note(store, subscriber, event, 0, "replaced", by, now)


def note_corrected(
    store: Store, subscriber: int, events: Mapping[int, int], now: dt.datetime
) -> None:
    """These events, told earlier, were wrong: the event that corrects each of them."""
    for event, by in events.items():
        sql = "UPDATE delivery_events SET how = 'corrected', into_event = ?, at = ? WHERE subscriber = ? AND event = ?"
        store.run(sql, (by, as_text(now), subscriber, event))


def _note(
    store: Store, subscriber: int, event: int, delivery: int, how: str, into: int, now: dt.datetime
) -> None:
    row = {"subscriber": subscriber, "event": event, "how": how, "at": as_text(now)}
    store.insert(
        "delivery_events", row | {"delivery": delivery or None, "into_event": into or None}
    )


def forget(store: Store, delivery: int, told_anew: list[int]) -> None:
    """Clear the place for the lines that a delivery is about to tell anew; its other lines are
    noted as replaced."""
    store.run(
        "UPDATE delivery_events SET how = 'replaced', into_event = NULL WHERE delivery = ?",
        (delivery,),
    )
    marks = ", ".join("?" * len(told_anew))
    store.run(
        f"DELETE FROM delivery_events WHERE delivery = ? AND event IN ({marks})",
        (delivery, *told_anew),
    )


def handled(store: Store, subscriber: int, after: int) -> set[int]:
    """Numbers of the events with a sequence number above `after` that this subscriber needs no line
    about any more."""
    sql = "SELECT event FROM delivery_events JOIN events ON events.id = event WHERE subscriber = ? AND events.seq > ?"
    return {row["event"] for row in store.rows(sql, (subscriber, after))}


def last_welcome(store: Store, subscriber: int) -> int:
    """The number of the last welcome written to this subscriber; 0 where there is none."""
    return int(
        store.value(
            "SELECT max(id) FROM deliveries WHERE subscriber = ? AND kind = 'welcome'",
            (subscriber,),
        )
        or 0
    )


def told_of(store: Store, event: int) -> list[Telling]:
    """Everyone who has, or will have, a line about this event: told, or in doubt, or waiting."""
    sql = """SELECT e.subscriber, d.id AS delivery, d.state, d.message_id FROM delivery_events e JOIN deliveries d ON d.id = e.delivery
        WHERE e.event = ? AND e.how = 'told' AND d.state NOT IN ('failed', 'cancelled') ORDER BY e.subscriber"""
    return [Telling(**row) for row in store.rows(sql, (event,))]


def account(store: Store, event: int, subscriber: int) -> Account:
    """What became of this event for this subscriber, also as the end of a sentence ("Leeds … was
    told in delivery 7")."""
    sql = """SELECT e.how, coalesce(e.delivery, 0) AS delivery, coalesce(e.into_event, 0) AS into_event, d.state, d.error,
            coalesce(d.sent_at, e.at) AS at
        FROM delivery_events e LEFT JOIN deliveries d ON d.id = e.delivery WHERE e.event = ? AND e.subscriber = ?"""
    row = store.one(sql, (event, subscriber))
    if row is None:
        return Account(event, subscriber, "not yet")
    sentence = SENTENCES[row["state"]].format_map(row) if row["state"] else "needed no message"
    if row["how"] == "folded":
        into = (
            f"folded into event {row['into_event']}"
            if row["into_event"]
            else "folded away: it cancelled out with others"
        )
        sentence = f"was {into}, and {'that ' if row['state'] else ''}{sentence}"
    elif row["how"] == "replaced":
        where = f" while it waited in delivery {row['delivery']}" if row["delivery"] else ""
        by = f"; event {row['into_event']} says what is right" if row["into_event"] else ""
        sentence = f"proved wrong{where}, and was not told{by}"
    elif row["how"] == "corrected":
        sentence += f", and corrected by event {row['into_event']}"
    return Account(
        event,
        subscriber,
        row["how"],
        row["delivery"],
        row["state"] or "",
        row["into_event"],
        as_moment(row["at"]),
        sentence,
    )
