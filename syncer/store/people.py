"""Subscribers and their subscriptions.

pending → active                    confirmed, by the operator or by a signed link
active → paused, bounced → active   stopped, and back: what waited is taken back, and the next
                                    digest is a new welcome
… → unsubscribed → pending, active  wants nothing any more, and said no (`refusals`); may come back,
                                    under a new link key, so that links of before do nothing
… → erased                          nothing is left but an empty line
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from syncer.errors import NoSuchSubscriber
from syncer.model import Subscriber, Subscription
from syncer.store import (
    Store,
    as_json,
    as_moment,
    as_text,
    confirmations,
    events,
    outbox,
    overview,
    refusals,
)
from syncer.store.addresses import key_of, normalised
from syncer.store.wanted import columns, of_row
from syncer.subscriptions.channels import BY_LABEL, EMAIL, looks_like_one

CHANNEL = EMAIL
ENDED = ("unsubscribed", "erased")
BELIEVED_AFTER_DAYS = 3
"""On so many days anything must have been read since a council's time of grace was over. A clock
that was wrong for one run says nothing for good."""


# -- who is there ----------------------------------------------------------------------------------


def find(store: Store, address: str, channel: str = CHANNEL) -> Subscriber:
    """Return the subscriber with this address, in whatever letter case; a chat or webhook also by
    its label. Raises NoSuchSubscriber, BadAddress."""
    if channel == EMAIL and "@" not in address.partition("://")[0]:
        known = _with_label_or_secret(store, address)
        if known is not None:
            return known

    key = key_of(normalised(address))
    row = store.one(
        "SELECT * FROM subscribers WHERE channel = ? AND address_key = ?",
        (channel, key),
    )
    if row is None:
        raise NoSuchSubscriber(f"nobody is subscribed as {address}")
    return _subscriber(store, row)


def _with_label_or_secret(store: Store, typed: str) -> Subscriber | None:
    """Return the chat or webhook of this label or address. Raises NoSuchSubscriber, which does not
    name an address, where there is none."""
    marks = ", ".join("?" * len(BY_LABEL))
    sql = f"SELECT * FROM subscribers WHERE address_key = ? AND channel IN ({marks})"
    row = store.one(sql, (key_of(typed.strip()), *BY_LABEL))
    if row is not None:
        return _subscriber(store, row)
    if not looks_like_one(typed):
        return None

    row = store.one("SELECT * FROM subscribers WHERE secret_address = ?", (typed.strip(),))
    if row is None:
        raise NoSuchSubscriber("no chat or webhook with this address is subscribed")
    return _subscriber(store, row)


def get(store: Store, number: int) -> Subscriber:
    """Return the subscriber with this number. Raises NoSuchSubscriber."""
    row = store.one("SELECT * FROM subscribers WHERE id = ?", (number,))
    if row is None:
        raise NoSuchSubscriber(f"there is no subscriber {number}")
    return _subscriber(store, row)


def by_link(store: Store, key: str) -> Subscriber | None:
    """Return the subscriber whom signed links name by this key; None where there is none (any
    more)."""
    row = store.one("SELECT * FROM subscribers WHERE link_key = ? AND link_key <> ''", (key,))
    return _subscriber(store, row) if row else None


def listing(
    store: Store, states: Iterable[str] = ("pending", "active", "paused", "bounced", "unsubscribed")
) -> list[Subscriber]:
    """Return everyone in these states, by address."""
    chosen = tuple(states)
    marks = ", ".join("?" * len(chosen))
    rows = store.rows(
        f"SELECT * FROM subscribers WHERE state IN ({marks}) ORDER BY address_key, id",
        chosen,
    )
    return [_subscriber(store, row) for row in rows]


# -- coming ----------------------------------------------------------------------------------------


ADD = """INSERT INTO subscribers
    (channel, address, address_key, state, state_since, all_quiet, created_at, link_key)
    VALUES (:channel, :address, :address_key, 'pending', :now, :all_quiet, :now, :link_key)
    ON CONFLICT (channel, address_key)
    DO UPDATE SET state = 'pending', state_since = :now, confirmed_at = NULL, welcomed_at = NULL,
        link_key = :link_key
    WHERE state = 'unsubscribed'"""


def add(
    store: Store,
    address: str,
    now: dt.datetime,
    *,
    channel: str = CHANNEL,
    all_quiet: str = "monthly",
) -> Subscriber:
    """Add someone new, to be confirmed, or return the one who is there already. Raises
    BadAddress."""
    address = normalised(address)
    values = {
        "channel": channel,
        "address": address,
        "address_key": key_of(address),
        "all_quiet": all_quiet,
        "now": as_text(now),
        "link_key": confirmations.new_key(),
    }
    with store.writing():
        store.run(ADD, values)
        return find(store, address, channel)


def subscribe(store: Store, subscriber: int, wanted: Subscription, mark: int) -> Subscription:
    """Add a subscription, which starts at `mark` (the last event's number: there is no archive); or
    the same one that is there."""
    asked = columns(wanted)
    with store.writing():
        for known in get(store, subscriber).subscriptions:
            if columns(known) == asked:
                return known

        row = asked | {"subscriber": subscriber, "mark": mark}
        number = store.insert("subscriptions", row)

    return replace(
        wanted,
        id=number,
        subscriber=subscriber,
        mark=mark,
        considered=None,
    )


def confirm(store: Store, subscriber: int, now: dt.datetime) -> Subscriber:
    """Note that the address is its owner's. Without effect unless it is pending."""
    sql = """UPDATE subscribers SET state = 'active', state_since = :now, confirmed_at = :now
        WHERE id = :id AND state = 'pending'"""
    with store.writing():
        store.run(sql, {"now": as_text(now), "id": subscriber})
    return get(store, subscriber)


def resume(store: Store, subscriber: int, now: dt.datetime | None = None) -> Subscriber:
    """Write again to someone who was paused, or whose mail came back, beginning with a new
    welcome; in a chat or to a webhook, which have none, with what happens next."""
    sql = """UPDATE subscribers SET state = 'active', state_since = coalesce(?, state_since)
        WHERE id = ? AND state IN ('paused', 'bounced')"""
    with store.writing():
        changed = store.run(sql, (as_text(now) if now else None, subscriber))
        known = get(store, subscriber)
        since = now or known.created
        if changed and since and known.channel in BY_LABEL:
            note_welcomed(store, subscriber, events.last_seq(store), since)
    return get(store, subscriber)


def activate(store: Store, subscriber: int, now: dt.datetime) -> Subscriber:
    """Write to someone who has agreed by themselves, whatever was before: new, stopped or gone.
    Raises NoSuchSubscriber."""
    known = get(store, subscriber)
    with store.writing():
        if known.state == "unsubscribed":
            add(store, known.address, now, channel=known.channel)
        confirm(store, subscriber, now)
        return resume(store, subscriber, now)


# -- being told ------------------------------------------------------------------------------------


def move_marks(store: Store, subscriptions: Iterable[int], mark: int, now: dt.datetime) -> None:
    """Note that these subscriptions have considered every event up to `mark`. A mark never goes
    back."""
    for number in subscriptions:
        store.run(
            "UPDATE subscriptions SET mark = max(mark, ?), considered_at = ? WHERE id = ?",
            (mark, as_text(now), number),
        )


def note_welcomed(store: Store, subscriber: int, mark: int, now: dt.datetime) -> None:
    """Note that the welcome is in the outbox; it includes every event up to `mark`."""
    store.run("UPDATE subscribers SET welcomed_at = ? WHERE id = ?", (as_text(now), subscriber))

    welcomed = get(store, subscriber)
    numbers = [known.id for known in welcomed.subscriptions]
    move_marks(store, numbers, mark, now)


def note_quiet(store: Store, subscriber: int, now: dt.datetime) -> None:
    """Note that an "all quiet" is in the outbox."""
    sql = "UPDATE subscribers SET quiet_at = ? WHERE id = ?"
    store.run(sql, (as_text(now), subscriber))


def set_all_quiet(store: Store, subscriber: int, how_often: str) -> None:
    """Set how often to say that nothing has changed: off, monthly or weekly."""
    sql = "UPDATE subscribers SET all_quiet = ? WHERE id = ?"
    store.run(sql, (how_often, subscriber))


def explained(store: Store, subscriber: int) -> frozenset[str]:
    """Return the names of what was explained to this subscriber, and is explained once only."""
    told = store.value("SELECT told FROM subscribers WHERE id = ?", (subscriber,))
    names = json.loads(told or "[]")
    return frozenset(names)


def note_explained(store: Store, subscriber: int, what: str) -> None:
    """Note that `what` is explained to this subscriber by a message of this transaction."""
    known = explained(store, subscriber)
    if what in known:
        return

    told = as_json(sorted({*known, what}))
    sql = "UPDATE subscribers SET told = ? WHERE id = ?"
    store.run(sql, (told, subscriber))


def succeed(store: Store, council: str, successors: Iterable[str], until: dt.date) -> int:
    """Let those who follow a council that has ended follow its successors too, and the old one
    until that day. Return how many subscriptions changed."""
    heirs = tuple(successors)
    changed = 0
    with store.writing():
        for followed in _followed(store):
            if council not in followed.councils or council in followed.ending:
                continue
            followed.councils += [slug for slug in heirs if slug not in followed.councils]
            followed.ending[council] = until.isoformat()
            followed.save(store)
            changed += 1
    return changed


@dataclass
class _Followed:
    """The councils that one subscription names, and until when those that have ended stay in it."""

    subscription: int
    councils: list[str]
    ending: dict[str, str]

    def save(self, store: Store) -> None:
        """Write them into the subscription."""
        row = {"councils": as_json(self.councils), "ending": as_json(self.ending)}
        store.update("subscriptions", self.subscription, row)

    def leave_out(self, slugs: Collection[str]) -> None:
        """Follow these councils no longer."""
        self.councils = [slug for slug in self.councils if slug not in slugs]
        for slug in slugs:
            del self.ending[slug]


def _followed(store: Store) -> list[_Followed]:
    found = []
    for row in store.rows("SELECT id, councils, ending FROM subscriptions"):
        councils = json.loads(row["councils"])
        ending = json.loads(row["ending"])
        found.append(_Followed(row["id"], councils, ending))

    return found


def drop_ended(store: Store, today: dt.date) -> int:
    """Leave out the ended councils whose time of grace is over, for some days already. Return how
    many subscriptions changed."""
    changed = 0
    with store.writing():
        for followed in _followed(store):
            over = _over(store, followed.ending, today)
            is_all = over.issuperset(followed.councils)
            if over and not is_all:  # no council at all would mean every council
                followed.leave_out(over)
                followed.save(store)
                changed += 1
    return changed


def _over(store: Store, ending: Mapping[str, str], today: dt.date) -> set[str]:
    """Return the ended councils that are followed no longer."""
    over = set()
    for slug, until in ending.items():
        days = overview.days_read(store, dt.date.fromisoformat(until), today)
        if days >= BELIEVED_AFTER_DAYS:
            over.add(slug)

    return over


def following_records(store: Store) -> list[Subscription]:
    """Return the subscriptions of active subscribers that follow single notices or awards."""
    sql = """SELECT * FROM subscriptions WHERE records <> '[]' AND subscriber IN
        (SELECT id FROM subscribers WHERE state = 'active') ORDER BY id"""
    return [of_row(row) for row in store.rows(sql)]


# -- going -----------------------------------------------------------------------------------------


def stop(store: Store, subscriber: int, state: str, now: dt.datetime | None = None) -> Subscriber:
    """Write no more to someone (`paused`: asked for it; `bounced`: mail came back): what waits is
    taken back."""
    sql = """UPDATE subscribers
        SET state = ?, state_since = coalesce(?, state_since), welcomed_at = NULL
        WHERE id = ? AND state IN ('pending', 'active', 'paused')"""
    with store.writing():
        if store.run(sql, (state, as_text(now) if now else None, subscriber)):
            outbox.cancel_all(store, subscriber)
    return get(store, subscriber)


def unsubscribe(
    store: Store, subscriber: int, now: dt.datetime, subscription: int = 0
) -> Subscriber:
    """End one subscription, or all, as somebody wishes. With the last one the subscriber is
    unsubscribed, and it is known that they said no. Raises NoSuchSubscriber."""
    with store.writing():
        before = get(store, subscriber)
        if before.state in ENDED:
            return before

        after = end(store, subscriber, now, subscription)
        if after.state == "unsubscribed" and after.channel == CHANNEL:
            refusals.refuse(store, after.address, "unsubscribed", now)
    return after


def end(store: Store, subscriber: int, now: dt.datetime, subscription: int = 0) -> Subscriber:
    """End one subscription, or all, that is over by itself. Nobody has said no by that. Raises
    NoSuchSubscriber."""
    sql = "DELETE FROM subscriptions WHERE subscriber = ? AND ? IN (0, id)"
    with store.writing():
        store.run(sql, (subscriber, subscription))
        if not get(store, subscriber).subscriptions:
            _leave(store, subscriber, now)
    return get(store, subscriber)


def _leave(store: Store, subscriber: int, now: dt.datetime) -> None:
    sql = """UPDATE subscribers SET state = 'unsubscribed', state_since = ?, welcomed_at = NULL
        WHERE id = ? AND state <> 'erased'"""
    store.run(sql, (as_text(now), subscriber))
    confirmations.void(store, subscriber)
    outbox.cancel_all(store, subscriber)


# -- signed links ----------------------------------------------------------------------------------


def secret(store: Store) -> str:
    """Return what signs the links of this store; made at first use."""
    kept = store.meta("link_secret")
    if kept:
        return kept

    with store.writing():
        if not store.meta("link_secret"):
            store.set_meta("link_secret", secrets.token_urlsafe(32))
    return store.meta("link_secret")


# -- rows ------------------------------------------------------------------------------------------


def _subscriber(store: Store, row: Mapping[str, Any]) -> Subscriber:
    return Subscriber(
        row["id"],
        row["address"],
        row["channel"],
        row["state"],
        row["all_quiet"],
        as_moment(row["created_at"]),
        as_moment(row["welcomed_at"]),
        as_moment(row["quiet_at"]),
        _subscriptions_of(store, row["id"]),
        row["kind"],
        row["host"],
        row["link_key"],
    )


def _subscriptions_of(store: Store, subscriber: int) -> tuple[Subscription, ...]:
    sql = "SELECT * FROM subscriptions WHERE subscriber = ? ORDER BY id"
    rows = store.rows(sql, (subscriber,))
    return tuple(of_row(row) for row in rows)
