"""Subscribers that are chats and webhooks. Their `address` is a label; the address itself and what
signs are read here alone, for whoever sends, and for an export that was asked for with secrets."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from syncer.errors import BadAddress, NoSuchSubscriber
from syncer.model import Subscriber
from syncer.store import Store, as_text, people
from syncer.subscriptions.channels import (
    BY_LABEL,
    WEBHOOK,
    ChannelAddress,
    checked_label,
)

KEY_BYTES = 32
LEAST_KEY_BYTES = 24
KEY_PREFIX = "whsec_"
"""As the specification of Standard Webhooks has it: base64 of the key follows."""


@dataclass(frozen=True)
class Secrets:
    """What may be shown nowhere: the address, and the key that signs (empty for a chat)."""

    address: str = field(repr=False)
    signing_key: str = field(repr=False)


@dataclass(frozen=True)
class Added:
    """A chat or webhook that is subscribed; with its key where that was made now."""

    subscriber: Subscriber
    new_key: str = field(default="", repr=False)


def new_key() -> str:
    """Return a key that signs what goes to one webhook."""
    made = secrets.token_bytes(KEY_BYTES)
    return KEY_PREFIX + base64.b64encode(made).decode()


def is_key(text: str) -> bool:
    """Return whether it is a key that can sign."""
    written = text.removeprefix(KEY_PREFIX)
    try:
        made = base64.b64decode(written, validate=True)
    except ValueError:
        return False
    return text.startswith(KEY_PREFIX) and len(made) >= LEAST_KEY_BYTES


def add(
    store: Store,
    address: ChannelAddress,
    label: str,
    now: dt.datetime,
    *,
    all_quiet: str = "off",
    signing_key: str = "",
) -> Added:
    """Add a chat or webhook, or return the one that has this address. The operator's word is
    enough: it is active at once. `signing_key` is one that it had elsewhere. Raises BadAddress."""
    with store.writing():
        known = with_address(store, address)
        if known is None:
            return _add_new(store, address, label, now, all_quiet, signing_key)
        if known.state == "unsubscribed":
            return _come_back(store, known, label, now)
        if label and checked_label(label) != known.address:
            raise BadAddress(f"this {address.kind} is subscribed already, as {known.address}")
    return Added(known)


def _add_new(
    store: Store,
    address: ChannelAddress,
    label: str,
    now: dt.datetime,
    all_quiet: str,
    signing_key: str,
) -> Added:
    name = _free_label(store, address, label)
    made = new_key() if address.channel == WEBHOOK and not signing_key else ""
    row = {
        "channel": address.channel,
        "address": name,
        "address_key": name.casefold(),
        "state": "active",
        "all_quiet": all_quiet,
        "created_at": as_text(now),
        "confirmed_at": as_text(now),
        "welcomed_at": as_text(now),  # there is no welcome: what happens from now on is told
        "state_since": as_text(now),
        "secret_address": address.secret,
        "signing_key": signing_key or made,
        "kind": address.kind,
        "host": address.host,
    }
    number = store.insert("subscribers", row)
    return Added(people.get(store, number), made)


def _free_label(store: Store, address: ChannelAddress, label: str) -> str:
    """Return the label that was asked for, or one made of kind and host. Raises BadAddress for one
    that another has."""
    if label:
        wanted = checked_label(label)
        if _with_label(store, wanted) is not None:
            raise BadAddress(f"another channel is called {wanted}", "Choose another --label.")
        return wanted

    plain = address.default_label()
    name, number = plain, 1
    while _with_label(store, name) is not None:
        number += 1
        name = f"{plain}-{number}"
    return name


def _come_back(store: Store, known: Subscriber, label: str, now: dt.datetime) -> Added:
    """Write again to one that had left, under another label where one is given; a webhook gets a
    new key. Raises BadAddress for a label that another has."""
    name = checked_label(label) if label else known.address
    holder = _with_label(store, name)
    if holder is not None and holder["id"] != known.id:
        raise BadAddress(f"another channel is called {name}", "Choose another --label.")

    made = new_key() if known.channel == WEBHOOK else ""
    row = {
        "state": "active",
        "address": name,
        "address_key": name.casefold(),
        "confirmed_at": as_text(now),
        "state_since": as_text(now),
        "welcomed_at": as_text(now),
        "signing_key": made,
    }
    store.update("subscribers", known.id, row)
    return Added(people.get(store, known.id), made)


def with_address(store: Store, address: ChannelAddress) -> Subscriber | None:
    """Return the subscriber that has this address."""
    sql = "SELECT id FROM subscribers WHERE secret_address = ?"
    number = store.value(sql, (address.secret,))
    return people.get(store, number) if number else None


def labelled(store: Store, label: str) -> Subscriber | None:
    """Return the chat or webhook of this label, in whatever letter case."""
    row = _with_label(store, label)
    return people.get(store, row["id"]) if row else None


def _with_label(store: Store, label: str) -> Mapping[str, Any] | None:
    marks = ", ".join("?" * len(BY_LABEL))
    sql = f"SELECT id FROM subscribers WHERE address_key = ? AND channel IN ({marks})"
    return store.one(sql, (label.strip().casefold(), *BY_LABEL))


def secrets_of(store: Store, subscriber: int) -> Secrets:
    """Return what is needed to write to a chat or webhook. Raises NoSuchSubscriber for one that was
    erased."""
    sql = "SELECT secret_address, signing_key FROM subscribers WHERE id = ?"
    row = store.one(sql, (subscriber,))
    if row is None or not row["secret_address"]:
        raise NoSuchSubscriber(f"subscriber {subscriber} has no address")
    return Secrets(row["secret_address"], row["signing_key"])
