"""All that the store keeps about one person, and nothing of others: for whoever asks what that
is."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

from syncer.store import Store
from syncer.subscriptions.spelling import Spelling

PERSON = """SELECT address, channel, state, state_since, all_quiet, created_at, confirmed_at,
    welcomed_at, quiet_at, told FROM subscribers WHERE id = ?"""
TOLD = "SELECT event, delivery, how, at FROM delivery_events WHERE subscriber = ? ORDER BY event"
SHOWN = "SELECT possible, delivery FROM possible_showings WHERE subscriber = ? ORDER BY possible"
BOUNCES = "SELECT at, delivery, hard, status, words FROM bounces WHERE subscriber = ? ORDER BY at"
RECEIVED = """SELECT read_at, file, sender, outcome, why FROM inbox_messages WHERE subscriber = ?
    ORDER BY id"""
SENT = """SELECT id, kind, created_at, message_id, sender, recipient, subject, state, attempts,
    sent_at, reply, error, body FROM deliveries WHERE subscriber = ? ORDER BY id"""
ASKED = "SELECT at, kind FROM asked_mails WHERE address_hmac = ? ORDER BY at"

TO_OPERATOR = """SELECT created_at, kind, body FROM deliveries
    WHERE subscriber IS NULL AND body IS NOT NULL ORDER BY id"""
SHOWN_AS = {
    "subscriptions": "subscriptions",
    "consents": "consents",
    "confirmations": "asked_to_confirm",
    "deliveries": "messages",
    "delivery_events": "told",
    "possible_showings": "shown_possibles",
    "bounces": "bounces",
    "inbox_messages": "received",
}
"""The tables that name a subscriber by number, and under which key their rows are shown."""

Rows = list[dict[str, Any]]


def person(store: Store, subscriber: int) -> Mapping[str, Any]:
    """Return the line of a subscriber; empty where there is none."""
    return store.one(PERSON, (subscriber,)) or {}


def by_number(store: Store, subscriber: int) -> dict[str, Rows]:
    """Return what is kept under a subscriber's number."""
    found = {}
    for name, sql in (
        ("told", TOLD),
        ("shown_possibles", SHOWN),
        ("bounces", BOUNCES),
        ("received", RECEIVED),
    ):
        found[name] = store.rows(sql, (subscriber,))
    return found


def messages(store: Store, subscriber: int) -> Rows:
    """Return every message to a subscriber, with its whole text as long as that is kept."""
    rows = store.rows(SENT, (subscriber,))
    for row in rows:
        body = row.pop("body")
        row["message"] = _text(body) if body else None
    return rows


def _text(body: bytes) -> str:
    message = zlib.decompress(body)
    return message.decode("utf-8", "replace")


def asked_for(store: Store, address_hmac: str) -> Rows:
    """Return the mails that were asked for to an address, by its keyed hash."""
    return store.rows(ASKED, (address_hmac,))


def named_to_operator(store: Store, address: str) -> Rows:
    """Return when the operator was written to of an address; what else such a message says may be
    of others."""
    spelling = Spelling(address)
    found = []
    for row in store.rows(TO_OPERATOR):
        body = zlib.decompress(row.pop("body"))
        if spelling.is_in_message(body):
            found.append(row)
    return found


def problems(store: Store, address: str) -> Rows:
    """Return the problems that name an address."""
    spelling = Spelling(address)
    found = []
    sql = "SELECT name, url, message, first_at, last_at FROM problems ORDER BY id"
    for row in store.rows(sql):
        if spelling.is_in(row["message"]) or spelling.is_in(row["url"]):
            found.append(row)
    return found
