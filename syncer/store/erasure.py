"""A person forgotten: the address in every spelling, wherever the store has it, the file included.

What was counted stays, without a name; and a keyed hash of the address, by which it is known that
the person said no (`refusals`).
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncer.errors import StoreError
from syncer.store import Store, as_text, confirmations, inbox, people, refusals
from syncer.subscriptions.spelling import Spelling

WITH_THEM = (
    "DELETE FROM confirmations WHERE subscriber = ?",
    "DELETE FROM consents WHERE subscriber = ?",
    "UPDATE bounces SET words = '' WHERE subscriber = ?",
    "UPDATE inbox_messages SET why = '', sender = '', subscriber = NULL WHERE subscriber = ?",
)
"""What goes with a person who is erased."""
NOT_SENT = "state NOT IN ('sent', 'failed', 'cancelled')"


@dataclass(frozen=True)
class Erased:
    """How many lines named the address, and what could not be done."""

    lines: int
    left: tuple[str, ...] = ()


def erase(store: Store, address: str, now: dt.datetime) -> Erased:
    """Remove an address, and all that was written to it or names it, from the store. Call it
    outside a transaction. Raises StoreError."""
    spelling = Spelling(address)
    store.run("PRAGMA secure_delete = ON")
    with store.writing():
        lines = _erase_people(store, spelling, now)
        refusals.refuse(store, address, "erased", now)
        lines += _erase_messages(store, spelling, now)
        lines += _erase_from_problems(store, spelling)
        lines += inbox.forget(store, spelling)

    left = _clean_file(store)
    return Erased(lines, left)


def forget_unconfirmed(store: Store, before: dt.datetime, now: dt.datetime) -> int:
    """Remove the addresses that were last asked to confirm before that time, and never did; return
    how many. That is no refusal: they may be asked again. Call it outside a transaction."""
    store.run("PRAGMA secure_delete = ON")
    with store.writing():
        found = confirmations.never_answered(store, before)
        for number in found:
            people.end(store, number, now)
            _erase_person(store, number, now)
        confirmations.forget(store, before)
    return len(found)


def erase_channel(store: Store, subscriber: int, now: dt.datetime) -> Erased:
    """Remove a chat or webhook, its address, its key and what was written to it. Its label is
    nobody's name, and is not looked for elsewhere. Call it outside a transaction. Raises
    StoreError."""
    store.run("PRAGMA secure_delete = ON")
    with store.writing():
        lines = _erase_person(store, subscriber, now)

    left = _clean_file(store)
    return Erased(lines, left)


def _erase_people(store: Store, spelling: Spelling, now: dt.datetime) -> int:
    lines = 0
    for row in store.rows("SELECT id, address, address_key FROM subscribers"):
        if row["address_key"] in spelling.keys or spelling.is_in(row["address"]):
            lines += _erase_person(store, row["id"], now)

    return lines


def _erase_person(store: Store, subscriber: int, now: dt.datetime) -> int:
    """Leave an empty line in the place of a subscriber, and of what was written to them; return how
    many lines there are."""
    people.unsubscribe(store, subscriber, now)
    store.run(
        """UPDATE subscribers SET state = 'erased', address = '', address_key = NULL,
               told = '[]', link_key = '', secret_address = '', signing_key = '',
               kind = '', host = '',
               erased_at = :now, state_since = :now WHERE id = :id""",
        {"now": as_text(now), "id": subscriber},
    )
    for sql in WITH_THEM:
        store.run(sql, (subscriber,))
    return 1 + _blank_messages(store, subscriber, now)


def _blank_messages(store: Store, subscriber: int, now: dt.datetime) -> int:
    sql = "SELECT id FROM deliveries WHERE subscriber = ? AND recipient <> ''"
    found = store.rows(sql, (subscriber,))
    for row in found:
        _blank(store, row["id"], now)
    return len(found)


def _erase_messages(store: Store, spelling: Spelling, now: dt.datetime) -> int:
    """Blank what was written to the address under no number, and what was written of it to the
    operator; of that, what had not left is written again without the name."""
    lines = 0
    for row in store.rows(
        """SELECT id, subscriber, created_at, recipient, subject, reply, error, body, state
           FROM deliveries WHERE recipient <> ''"""
    ):
        if not _is_named(spelling, row):
            continue

        if row["subscriber"] is None and row["state"] == "queued":
            again = "UPDATE problems SET told_at = NULL WHERE told_at = ?"
            store.run(again, (row["created_at"],))
        _blank(store, row["id"], now)
        lines += 1
    return lines


def _is_named(spelling: Spelling, row: Mapping[str, Any]) -> bool:
    """Return whether a message is to the address, or names it. Only the operator is written to of
    others."""
    for name in ("recipient", "subject", "reply", "error"):
        if spelling.is_in(row[name]):
            return True

    is_to_operator = row["subscriber"] is None
    if not is_to_operator or row["body"] is None:
        return False
    message = zlib.decompress(row["body"])
    return spelling.is_in_message(message)


def _blank(store: Store, delivery: int, now: dt.datetime) -> None:
    store.run(f"UPDATE deliveries SET state = 'cancelled' WHERE id = ? AND {NOT_SENT}", (delivery,))
    store.run(
        """UPDATE deliveries SET recipient = '', claimed_by = '', subject = '', reply = '',
               error = '', body = NULL, other_body = NULL, remote_status = '',
               body_dropped_at = coalesce(body_dropped_at, ?)
           WHERE id = ?""",
        (as_text(now), delivery),
    )


def _erase_from_problems(store: Store, spelling: Spelling) -> int:
    lines = 0
    sql = "SELECT id, url, message, hint, acked_by, ack_reason FROM problems"
    for row in store.rows(sql):
        number = row.pop("id")
        if any(map(spelling.is_in, row.values())):
            clean = {name: spelling.erased_from(text) for name, text in row.items()}
            store.update("problems", number, clean)
            lines += 1

    return lines


def _clean_file(store: Store) -> tuple[str, ...]:
    """Write the file again without the pages that were freed, and empty the journal; return what
    could not be done."""
    try:
        store.run("VACUUM")
        busy = store.value("PRAGMA wal_checkpoint(TRUNCATE)")
    except StoreError as error:
        return (f"freed pages of {store.path} may still have it: {error}. Run it again.",)
    if busy:
        return (f"{store.path}-wal may still have it: the store is being read. Run it again.",)
    return ()
