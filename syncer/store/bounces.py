"""Messages of ours that came back, and when that ends writing to an address: one rule, whichever
way the bounce is learned (a mail in the inbox, or what GOV.UK Notify says of a message)."""

from __future__ import annotations

import datetime as dt

from syncer.store import Store, as_text, people

MESSAGES, DAYS = 3, 3
"""So many messages must have come back for good, on so many days (UTC's)."""
WITHIN = dt.timedelta(days=30)

RECORD = """INSERT INTO bounces (delivery, subscriber, at, hard, status, words)
    VALUES (:delivery, :subscriber, :at, :hard, :status, :words)
    ON CONFLICT (delivery) DO UPDATE
    SET at = excluded.at, hard = 1, status = excluded.status, words = excluded.words
    WHERE excluded.hard = 1 AND hard = 0"""
COUNT = """SELECT count(*) AS messages, count(DISTINCT substr(b.at, 1, 10)) AS days
    FROM bounces b JOIN subscribers s ON s.id = b.subscriber
    WHERE b.subscriber = :subscriber AND b.hard = 1
    AND b.at > :since AND b.at <= :now AND b.at >= coalesce(s.state_since, '')"""


def record_bounce(
    store: Store,
    delivery: int,
    hard: bool,
    status: str,
    words: str,
    now: dt.datetime,
    *,
    learned: dt.datetime | None = None,
) -> str | None:
    """Note that a delivery came back, and write no more to its reader once too many did.

    Each delivery counts once; a hard bounce outweighs a soft one of before. `hard`: it will never
    arrive. `status` is its code (RFC 3463, or Notify's word), `words` what was said, `now` when it
    came back, `learned` when that was learned, where it was later. Return the reader's state after
    it; None where the delivery has no reader (mail to the operator, or no such delivery).
    """
    with store.writing():
        reader = store.value("SELECT subscriber FROM deliveries WHERE id = ?", (delivery,))
        if reader is None:
            return None

        row = {
            "delivery": delivery,
            "subscriber": reader,
            "at": as_text(now),
            "hard": int(hard),
            "status": status,
            "words": words,
        }
        store.run(RECORD, row)
        if hard and _too_many(store, reader, learned or now):
            people.stop(store, reader, "bounced", learned or now)

        return people.get(store, reader).state


def _too_many(store: Store, subscriber: int, now: dt.datetime) -> bool:
    """Return whether enough came back to stop; what came back before the reader's state last
    changed was dealt with then."""
    asked = {
        "subscriber": subscriber,
        "since": as_text(now - WITHIN),
        "now": as_text(now),
    }
    counted = store.one(COUNT, asked) or {"messages": 0, "days": 0}
    return bool(counted["messages"] >= MESSAGES and counted["days"] >= DAYS)
