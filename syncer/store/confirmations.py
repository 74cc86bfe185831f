"""What an address was asked to confirm. Each question has a key of its own, by which the signed
link in the mail names it; a key is good once."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syncer.model import Subscription
from syncer.store import Store, as_moment, as_text
from syncer.store.wanted import as_list, of_list

LASTS = dt.timedelta(days=7)
"""So long an address may answer."""


@dataclass(frozen=True)
class Confirmation:
    """One question: what would be added, who asked for it (form, operator, import or inbox), when,
    and when it was answered. `all_quiet` None: as it is. `delivery` 0: the mail is not known."""

    link_key: str
    subscriber: int
    wanted: tuple[Subscription, ...]
    all_quiet: str | None
    asked_at: dt.datetime
    asked_by: str
    delivery: int
    confirmed_at: dt.datetime | None

    def has_expired(self, now: dt.datetime) -> bool:
        """Return whether it was asked too long ago to be answered."""
        return now - self.asked_at > LASTS


def new_key() -> str:
    """Return a key that nobody can guess, and that was never given before."""
    return secrets.token_urlsafe(9)


def ask(
    store: Store,
    subscriber: int,
    wanted: Sequence[Subscription],
    asked_by: str,
    now: dt.datetime,
    all_quiet: str | None = None,
) -> Confirmation:
    """Note what an address is asked to confirm. Call inside `writing()`."""
    row = {
        "link_key": new_key(),
        "subscriber": subscriber,
        "wanted": as_list(wanted),
        "all_quiet": all_quiet,
        "asked_at": as_text(now),
        "asked_by": asked_by,
    }
    number = store.insert("confirmations", row)
    found = store.one("SELECT * FROM confirmations WHERE id = ?", (number,))
    assert found is not None  # was just written
    return _confirmation(found)


def note_delivery(store: Store, asked: Confirmation, delivery: int) -> None:
    """Note by which mail it is asked."""
    sql = "UPDATE confirmations SET delivery = ? WHERE link_key = ?"
    store.run(sql, (delivery, asked.link_key))


def find(store: Store, key: str) -> Confirmation | None:
    """Return the question with this key; None where there is none (any more)."""
    row = store.one("SELECT * FROM confirmations WHERE link_key = ?", (key,))
    return _confirmation(row) if row else None


def asked_in(store: Store, delivery: int) -> Confirmation | None:
    """Return what this mail asks; None where it asks nothing. Mails from before questions were kept
    are known by their reader."""
    sql = """SELECT * FROM confirmations WHERE delivery = ?
        OR (delivery IS NULL AND link_key =
            (SELECT 'n' || subscriber FROM deliveries WHERE id = ? AND kind = 'confirm'))"""
    row = store.one(sql, (delivery, delivery))
    return _confirmation(row) if row else None


def of_subscriber(store: Store, subscriber: int) -> list[Confirmation]:
    """Return everything that somebody was asked to confirm, in order."""
    sql = "SELECT * FROM confirmations WHERE subscriber = ? ORDER BY id"
    rows = store.rows(sql, (subscriber,))
    return [_confirmation(row) for row in rows]


def use(store: Store, asked: Confirmation, now: dt.datetime) -> bool:
    """Note that it was answered. Return False where it was before: then nothing follows."""
    sql = "UPDATE confirmations SET confirmed_at = ? WHERE link_key = ? AND confirmed_at IS NULL"
    return bool(store.run(sql, (as_text(now), asked.link_key)))


def void(store: Store, subscriber: int) -> None:
    """Forget what somebody was asked and has not answered: who leaves is not brought back by an
    older question."""
    sql = "DELETE FROM confirmations WHERE subscriber = ? AND confirmed_at IS NULL"
    store.run(sql, (subscriber,))


def forget(store: Store, before: dt.datetime) -> None:
    """Forget what was asked before that time, answered or not: nothing can follow from it any
    more."""
    store.run("DELETE FROM confirmations WHERE asked_at < ?", (as_text(before),))


def never_answered(store: Store, before: dt.datetime) -> list[int]:
    """Return the pending subscribers who were last asked before that time."""
    sql = """SELECT s.id FROM subscribers s
        LEFT JOIN confirmations c ON c.subscriber = s.id
        WHERE s.state = 'pending'
        GROUP BY s.id HAVING max(coalesce(c.asked_at, s.state_since, s.created_at)) < ?
        ORDER BY s.id"""
    rows = store.rows(sql, (as_text(before),))
    return [row["id"] for row in rows]


def _confirmation(row: Mapping[str, Any]) -> Confirmation:
    asked_at = as_moment(row["asked_at"])
    assert asked_at is not None  # a column that is never null
    return Confirmation(
        row["link_key"],
        row["subscriber"],
        of_list(row["wanted"]),
        row["all_quiet"],
        asked_at,
        row["asked_by"],
        row["delivery"] or 0,
        as_moment(row["confirmed_at"]),
    )
