"""Who said no: kept as a keyed hash of the address, so that nobody who has the hash alone can guess
the address, and nothing else is left of who was erased.

It stays whatever happens to the rest: the operator and a file cannot lift it, only the person's own
confirmation can.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from syncer.errors import BadAddress
from syncer.store import Store, as_text
from syncer.store.addresses import key_of, normalised

KEY = "refusal_key"


@dataclass(frozen=True)
class Refusal:
    """When an address said no (ISO 8601, UTC), and how: unsubscribed, erased or complaint."""

    since: str
    how: str


def of(store: Store, address: str) -> Refusal | None:
    """Return when and how this address said no; None where it did not, or has agreed since."""
    sql = "SELECT since, how FROM refusals WHERE address_hmac = ?"
    row = store.one(sql, (hashed(store, address),))
    return Refusal(row["since"], row["how"]) if row else None


def is_refused(store: Store, address: str) -> bool:
    """Return whether this address said no and has not agreed since."""
    return of(store, address) is not None


def refuse(store: Store, address: str, how: str, now: dt.datetime) -> None:
    """Note that this address said no: `unsubscribed`, `erased` or `complaint`."""
    row = {
        "address_hmac": hashed(store, address),
        "since": as_text(now),
        "how": how,
    }
    with store.writing():
        store.upsert("refusals", row, ["address_hmac"])


def lift(store: Store, address: str) -> None:
    """Note that the person has agreed by themselves, after having said no."""
    sql = "DELETE FROM refusals WHERE address_hmac = ?"
    with store.writing():
        store.run(sql, (hashed(store, address),))


def hashed(store: Store, address: str) -> str:
    """Return the hash by which an address is known, in whatever letter case it is written:
    HMAC-SHA256, in hexadecimal digits."""
    text = key_of(_as_written_to(address))
    found = hmac.new(_key(store), text.encode(), hashlib.sha256)
    return found.hexdigest()


def _as_written_to(address: str) -> str:
    """Return the address as it is written to; what is none, as it stands."""
    try:
        return normalised(address)
    except BadAddress:
        return address.strip()


def _key(store: Store) -> bytes:
    """Return the key of this store's hashes; made at first use."""
    kept = store.meta(KEY)
    if not kept:
        kept = _made_once(store)
    return kept.encode()


def _made_once(store: Store) -> str:
    """Return the key, made now where there is none. Who left before there was one said no too."""
    left = """SELECT address, coalesce(state_since, confirmed_at, created_at) AS since
        FROM subscribers WHERE state = 'unsubscribed' AND channel = 'email'"""
    with store.writing():
        if not store.meta(KEY):
            store.set_meta(KEY, secrets.token_hex(32))
            for row in store.rows(left):
                since = dt.datetime.fromisoformat(row["since"])
                refuse(store, row["address"], "unsubscribed", since)
    return store.meta(KEY)
