"""Mails that anybody can have sent to an address: how many in a time is limited. Of the address
only its keyed hash is kept."""

from __future__ import annotations

import datetime as dt

from syncer.store import Store, as_text
from syncer.store.refusals import hashed

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
AT_MOST_ONE_IN = {"confirm": HOUR, "manage": HOUR, "reply": DAY}
"""Of each kind of mail."""


def may_ask(store: Store, address: str, kind: str, now: dt.datetime) -> bool:
    """Return whether the address may be sent a mail of this kind (confirm, manage, reply), and note
    that it is. Call inside `writing()`, together with the mail.

    What a clock that was ahead has noted does not count."""
    since = now - AT_MOST_ONE_IN[kind]
    who = hashed(store, address)
    sql = """SELECT 1 FROM asked_mails
        WHERE address_hmac = ? AND kind = ? AND at > ? AND at <= ?"""
    if store.value(sql, (who, kind, as_text(since), as_text(now))):
        return False

    note(store, address, kind, now)
    return True


def note(store: Store, address: str, kind: str, now: dt.datetime) -> None:
    """Note that the address is sent a mail of this kind."""
    row = {
        "address_hmac": hashed(store, address),
        "at": as_text(now),
        "kind": kind,
    }
    store.upsert("asked_mails", row, list(row))


def forget(store: Store, before: dt.datetime) -> int:
    """Forget what was sent before that time; return how many lines."""
    with store.writing():
        return store.run("DELETE FROM asked_mails WHERE at < ?", (as_text(before),))
