"""What the service that sends for us says of a delivery: whether it has one that is in doubt, and
what became of one that it took."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from syncer.store import Store, as_json, as_text
from syncer.store.deliveries import COLUMNS, Delivery, Wait, delivery_of

TO_ASK_ABOUT = f"""SELECT {COLUMNS} FROM deliveries
    WHERE state = 'in_doubt' AND channel = 'email' AND asked < :times AND next_try_at <= :now
    ORDER BY next_try_at, id LIMIT :most"""


def to_ask_about(store: Store, now: dt.datetime, times: int, most: int) -> list[Delivery]:
    """Return the mail in doubt about which the service is to be asked now: that was asked about
    fewer than so many times, at most so many deliveries."""
    asked = {"now": as_text(now), "times": times, "most": most}
    return [delivery_of(row) for row in store.rows(TO_ASK_ABOUT, asked)]


def record_found(
    store: Store, delivery: Delivery, now: dt.datetime, said: str, remote_id: str
) -> bool:
    """Note that the service has what was in doubt. Return False where it was settled meanwhile."""
    sql = """UPDATE deliveries SET state = 'sent', error = '', reply = :said,
            remote_id = :remote, sent_at = coalesce(dot_at, :now)
        WHERE id = :id AND state = 'in_doubt' AND attempts = :attempts"""
    found = {
        "said": said,
        "remote": remote_id,
        "now": as_text(now),
        "id": delivery.id,
        "attempts": delivery.attempts,
    }
    with store.writing():
        return bool(store.run(sql, found))


def record_not_found(store: Store, delivery: Delivery, wait: Wait) -> None:
    """Note that the service was asked and does not have what is in doubt; it is asked again, or the
    doubt is decided, when the wait is over."""
    sql = """UPDATE deliveries SET asked = asked + 1, waits_since = :waits_since,
            next_try_at = :next_try_at
        WHERE id = :id AND state = 'in_doubt' AND attempts = :attempts AND asked = :asked"""
    which = {"id": delivery.id, "attempts": delivery.attempts, "asked": delivery.asked}
    with store.writing():
        store.run(sql, wait.columns() | which)


# -- what became of it -----------------------------------------------------------------------------

TO_FOLLOW = f"""SELECT {COLUMNS} FROM deliveries
    WHERE state = 'sent' AND remote_id <> '' AND sent_at > :since
    AND remote_status NOT IN (SELECT value FROM json_each(:last))
    AND (remote_checked_at IS NULL OR remote_checked_at <= :before OR remote_checked_at > :now)
    ORDER BY coalesce(remote_checked_at, ''), id LIMIT :most"""


@dataclass(frozen=True)
class Following:
    """How what was sent is followed: until it has one of the `last` states or was sent too long
    ago, each delivery again after a pause, at most so many at a time."""

    last: tuple[str, ...]
    for_days: int
    pause: dt.timedelta
    most: int


def to_follow(store: Store, now: dt.datetime, how: Following) -> list[Delivery]:
    """Return the deliveries whose fate the service is to be asked now."""
    asked = {
        "since": as_text(now - dt.timedelta(days=how.for_days)),
        "last": as_json(how.last),
        "before": as_text(now - how.pause),
        "now": as_text(now),
        "most": how.most,
    }
    return [delivery_of(row) for row in store.rows(TO_FOLLOW, asked)]


def record_status(store: Store, delivery: Delivery, status: str, now: dt.datetime) -> None:
    """Note what the service said of a delivery that it took."""
    sql = """UPDATE deliveries SET remote_status = ?, remote_checked_at = ?
        WHERE id = ? AND remote_id = ?"""
    with store.writing():
        store.run(sql, (status, as_text(now), delivery.id, delivery.remote_id))


def send_again(store: Store, delivery: Delivery, error: str, wait: Wait) -> None:
    """Queue what the service took and could not send, through no fault of its reader: but for who
    has left since, and what has proved wrong since."""
    sql = """UPDATE deliveries SET state = 'queued', error = :error, sent_at = NULL, remote_id = '',
            remote_status = '', waits_since = :waits_since, next_try_at = :next_try_at
        WHERE id = :id AND state = 'sent' AND remote_id = :remote AND body IS NOT NULL
        AND (subscriber IS NULL OR subscriber IN
            (SELECT id FROM subscribers WHERE state IN ('pending', 'active')))
        AND NOT EXISTS (SELECT 1 FROM events wrong JOIN delivery_events told
            ON told.event = wrong.corrects AND told.how IN ('told', 'replaced')
            WHERE wrong.state = 'open' AND told.delivery = :id)"""
    which = {"id": delivery.id, "remote": delivery.remote_id, "error": error}
    with store.writing():
        store.run(sql, wait.columns() | which)
