"""What came into the inbox, and what was made of each message: written down once, in the
transaction that did it. Of what was understood no sender is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from syncer.store import Store, as_moment, as_text
from syncer.subscriptions.spelling import Spelling

COMPLAINT = "a complaint: paused"
"""Why, of a message that has paused its reader."""


class Outcome(StrEnum):
    """What was made of a message."""

    DONE = "done"
    ASKED = "asked"
    IGNORED = "ignored"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True)
class Kept:
    """A message that was not understood, and that the operator has not settled."""

    id: int
    read_at: dt.datetime
    file: str
    sender: str
    why: str
    subscriber: int | None


@dataclass(frozen=True)
class StoppedReader:
    """A reader who is written to no more: because mail came back, or because they complained.
    `words` is what was last said of a message that came back."""

    subscriber: int
    address: str
    complained: bool
    words: str


def is_known(store: Store, file: str, digest: str) -> bool:
    """Return whether this message was dealt with: the same name, and the same bytes."""
    sql = "SELECT 1 FROM inbox_messages WHERE file = ? AND digest = ?"
    return store.value(sql, (file, digest)) is not None


def record(
    store: Store,
    file: str,
    digest: str,
    outcome: Outcome,
    why: str,
    *,
    sender: str,
    subscriber: int | None,
    now: dt.datetime,
) -> None:
    """Note what was made of a message, in the transaction that is open."""
    is_kept = outcome is Outcome.NOT_UNDERSTOOD
    row = {
        "read_at": as_text(now),
        "file": file,
        "digest": digest,
        "sender": sender if is_kept else "",
        "outcome": outcome,
        "why": why,
        "subscriber": subscriber,
    }
    store.insert("inbox_messages", row)


def kept(store: Store) -> list[Kept]:
    """Return what was not understood and is not settled, the oldest first."""
    rows = store.rows(
        """SELECT id, read_at, file, sender, why, subscriber FROM inbox_messages
           WHERE outcome = 'not_understood' AND settled_at IS NULL ORDER BY id"""
    )
    return [_kept(row) for row in rows]


def settle(store: Store, numbers: Iterable[int], now: dt.datetime) -> int:
    """Note that the operator has seen to these; return how many waited for that."""
    sql = """UPDATE inbox_messages SET settled_at = ?, sender = ''
        WHERE id = ? AND outcome = 'not_understood' AND settled_at IS NULL"""
    settled = 0
    with store.writing():
        for number in numbers:
            settled += store.run(sql, (as_text(now), number))
    return settled


def kept_by_day(store: Store) -> dict[str, int]:
    """Return how many messages of each day (UTC, ISO) were not understood and are not settled."""
    rows = store.rows(
        """SELECT substr(read_at, 1, 10) AS day, count(*) AS messages FROM inbox_messages
           WHERE outcome = 'not_understood' AND settled_at IS NULL GROUP BY day ORDER BY day"""
    )
    return {row["day"]: row["messages"] for row in rows}


def forget(store: Store, spelling: Spelling) -> int:
    """Remove an address from what is kept, in the transaction that is open; return how many lines
    named it."""
    lines = 0
    for row in store.rows("SELECT id, file, sender, why FROM inbox_messages"):
        number = row.pop("id")
        if any(map(spelling.is_in, row.values())):
            clean = {name: spelling.erased_from(text) for name, text in row.items()}
            store.update("inbox_messages", number, clean)
            lines += 1
    return lines


def _kept(row: Mapping[str, Any]) -> Kept:
    read_at = as_moment(row["read_at"])
    assert read_at is not None  # the column has no empty ones
    return Kept(
        row["id"],
        read_at,
        row["file"],
        row["sender"],
        row["why"],
        row["subscriber"],
    )


def stopped_readers(store: Store) -> list[StoppedReader]:
    """Return whom bounces or complaints have stopped, and who are stopped still."""
    bounced = """SELECT s.id, s.address, 0 AS complained,
            (SELECT trim(b.status || ' ' || b.words) FROM bounces b
             WHERE b.subscriber = s.id AND b.hard = 1 ORDER BY b.at DESC, b.delivery DESC LIMIT 1)
            AS words
        FROM subscribers s WHERE s.state = 'bounced'
        AND EXISTS (SELECT 1 FROM bounces b WHERE b.subscriber = s.id AND b.hard = 1)"""
    complained = """SELECT DISTINCT s.id, s.address, 1 AS complained, '' AS words
        FROM subscribers s JOIN inbox_messages m ON m.subscriber = s.id
        WHERE s.state = 'paused' AND m.outcome = 'done' AND m.why = :complaint
        AND m.read_at >= coalesce(s.state_since, '')"""
    found = []
    sql = f"{bounced} UNION ALL {complained} ORDER BY 1"
    for row in store.rows(sql, {"complaint": COMPLAINT}):
        found.append(
            StoppedReader(row["id"], row["address"], bool(row["complained"]), row["words"] or "")
        )
    return found
