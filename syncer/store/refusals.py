"""Who said no: kept as a keyed hash of the address, so that nobody who has the hash alone can guess
the address, and nothing else is left of who was erased.

It stays whatever happens to the rest: the operator and a file cannot lift it, only the person's own
confirmation can.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syncer.errors import BadAddress
from syncer.store import Store, as_json, as_text
from syncer.store.addresses import key_of, normalised

KEY = "refusal_key"
OTHER_KEYS = "refusal_keys_taken_in"
"""Of the stores whose refusals were taken in with a file, as a JSON list."""


@dataclass(frozen=True)
class Refusal:
    """When an address said no (ISO 8601, UTC), and how: unsubscribed, erased or complaint."""

    since: str
    how: str


def of(store: Store, address: str) -> Refusal | None:
    """Return when and how this address said no; None where it did not, or has agreed since."""
    sql = "SELECT since, how FROM refusals WHERE address_hmac = ?"
    for address_hmac in _hashed_by_every_key(store, address):
        row = store.one(sql, (address_hmac,))
        if row is not None:
            return Refusal(row["since"], row["how"])
    return None


def is_refused(store: Store, address: str) -> bool:
    """Return whether this address said no and has not agreed since."""
    return of(store, address) is not None


def refuse(store: Store, address: str, how: str, now: dt.datetime) -> None:
    """Note that this address said no: `unsubscribed`, `erased` or `complaint`."""
    with store.writing():
        _put(store, address, how, as_text(now))


def _put(store: Store, address: str, how: str, since: str) -> None:
    row = {
        "address_hmac": hashed(store, address),
        "since": since,
        "how": how,
    }
    store.upsert("refusals", row, ["address_hmac"])


def lift(store: Store, address: str) -> None:
    """Note that the person has agreed by themselves, after having said no."""
    sql = "DELETE FROM refusals WHERE address_hmac = ?"
    with store.writing():
        for address_hmac in _hashed_by_every_key(store, address):
            store.run(sql, (address_hmac,))


@dataclass(frozen=True)
class Everyone:
    """Who said no, as one store knows it: the keys of the hashes, its own first, and by hash when
    and how."""

    keys: tuple[str, ...]
    said_no: Mapping[str, Refusal]


def everyone(store: Store) -> Everyone:
    """Return who said no, with the keys."""
    rows = store.rows("SELECT address_hmac, since, how FROM refusals ORDER BY address_hmac")
    found = {row["address_hmac"]: Refusal(row["since"], row["how"]) for row in rows}
    return Everyone(tuple(_keys(store)), found)


def take_in(store: Store, theirs: Everyone) -> int:
    """Add who said no to another store; return how many are new here. Their keys are kept, so that
    the hashes are found. Who is written to here has agreed here."""
    added = 0
    with store.writing():
        agreed = _hashes_of_active(store, theirs.keys)
        own = _keys(store)
        more = [key for key in theirs.keys if key not in own]
        store.set_meta(OTHER_KEYS, as_json([*own[1:], *more]))

        sql = """INSERT INTO refusals (address_hmac, since, how) VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING"""
        for address_hmac, refusal in theirs.said_no.items():
            if address_hmac not in agreed:
                added += store.run(sql, (address_hmac, refusal.since, refusal.how))
    return added


def _hashes_of_active(store: Store, keys: Iterable[str]) -> set[str]:
    """Return the hashes, by each of these keys, of everybody who is written to."""
    sql = "SELECT address FROM subscribers WHERE state = 'active' AND channel = 'email'"
    addresses = [row["address"] for row in store.rows(sql)]
    return {_hashed_by(key, address) for key in keys for address in addresses}


def hashed(store: Store, address: str) -> str:
    """Return the hash by which an address is known, in whatever letter case it is written:
    HMAC-SHA256, in hexadecimal digits."""
    return _hashed_by(_key(store), address)


def _hashed_by_every_key(store: Store, address: str) -> list[str]:
    """Return the hashes by which this store, or one whose refusals were taken in, knows an
    address."""
    return [_hashed_by(key, address) for key in _keys(store)]


def _hashed_by(key: str, address: str) -> str:
    text = key_of(_as_written_to(address))
    found = hmac.new(key.encode(), text.encode(), hashlib.sha256)
    return found.hexdigest()


def _keys(store: Store) -> list[str]:
    """Return the keys of all hashes that this store has, its own first."""
    taken_in = json.loads(store.meta(OTHER_KEYS) or "[]")
    return [_key(store), *taken_in]


def _as_written_to(address: str) -> str:
    """Return the address as it is written to; what is none, as it stands."""
    try:
        return normalised(address)
    except BadAddress:
        return address.strip()


def begin(store: Store) -> None:
    """Make the key of this store's hashes, where it has none."""
    _key(store)


def _key(store: Store) -> str:
    """Return the key of this store's hashes; made at first use."""
    return store.meta(KEY) or _made_once(store)


def _made_once(store: Store) -> str:
    """Return the key, made now where there is none. Who left before there was one said no too."""
    left = """SELECT address, coalesce(state_since, confirmed_at, created_at) AS since
        FROM subscribers WHERE state = 'unsubscribed' AND channel = 'email'"""
    with store.writing():
        if not store.meta(KEY):
            store.set_meta(KEY, secrets.token_hex(32))
            for row in store.rows(left):
                _put(store, row["address"], "unsubscribed", row["since"])
    return store.meta(KEY)
