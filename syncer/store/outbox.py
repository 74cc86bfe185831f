"""Deliveries: one message to one address each, with its state, and which events it tells whom.

    queued → claimed → dot → sent            a claim is taken, the final dot written down, the reply received
             claimed → queued                lost or refused before the dot: tried again later
                       dot → queued          refused after the dot
                       dot → in_doubt        no reply: sent again later, or left to the operator
             claimed, dot → failed           refused for good
    queued, claimed → cancelled              replaced, or its reader has gone

Every step is a compare-and-set on state and claim; who finds the claim gone gets ClaimLost. What
follows from what is decided in `syncer.delivery.outbox`.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from syncer.errors import ClaimLost, NoSuchDelivery
from syncer.store import Store, as_text, receipts
from syncer.store.deliveries import (
    COLUMNS,
    Claim,
    Delivery,
    Message,
    State,
    body,
    counts,
    delivery_of,
    last_written,
    listing,
    overdue,
    show,
    waiting_for,
)

__all__ = [
    "Claim",
    "Delivery",
    "Message",
    "State",
    "body",
    "cancel_all",
    "cancel_waiting",
    "check_claim",
    "claim",
    "counts",
    "drop_bodies",
    "end_claim",
    "ended_claims",
    "hasty",
    "last_written",
    "listing",
    "overdue",
    "queue",
    "queue_in_doubt",
    "record_end_of_data",
    "record_in_doubt",
    "record_failed",
    "record_not_sent",
    "record_not_tried",
    "record_sent",
    "replace_waiting",
    "resend",
    "settle",
    "show",
    "waiting_for",
]

CLAIM_LASTS = dt.timedelta(minutes=10)


def queue(store: Store, message: Message, now: dt.datetime) -> int:
    """Put a message into the outbox, in the transaction that is open; its number. Raises
    sqlite3.IntegrityError when one of its events was already told to this subscriber: then the
    whole transaction must not be."""
    number = store.insert(
        "deliveries",
        {
            "subscriber": message.subscriber or None,
            "kind": message.kind,
            "created_at": as_text(now),
            "message_id": message.message_id,
            "thread": message.thread,
            "sender": message.sender,
            "recipient": message.recipient,
            "subject": message.subject,
            "body": zlib.compress(message.body),
            "state": State.QUEUED,
            "next_try_at": as_text(now),
        },
    )
    receipts.record_notified(store, message.subscriber, number, message.told, now)
    receipts.record_folded(store, message.subscriber, number, message.folded, now)
    return number


# -- the states ------------------------------------------------------------------------------------


@contextmanager
def hasty(store: Store) -> Iterator[None]:
    """Commit without waiting for the disk. A killed process loses nothing by it; a power cut may
    lose the claims and outcomes since the last recorded dot. A lost claim is none; a lost outcome
    is a doubt, as if the power had gone before the reply came."""
    store.run("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        store.run("PRAGMA synchronous = FULL")
        store.run("PRAGMA wal_checkpoint(PASSIVE)")


def claim(
    store: Store, owner: str, now: dt.datetime, due_by: dt.datetime | None = None
) -> Claim | None:
    """Take the delivery that has waited longest since `due_by` (default: now), for ten minutes;
    None when nothing is due."""
    until = now + CLAIM_LASTS
    with store.writing():
        row = store.one(
            f"""UPDATE deliveries SET state = 'claimed', attempts = attempts + 1, claimed_by = ?, claim_until = ?, dot_at = NULL
                WHERE state = 'queued' AND id = (SELECT id FROM deliveries WHERE state = 'queued' AND next_try_at <= ?
                    ORDER BY next_try_at, id LIMIT 1) RETURNING body, {COLUMNS}""",
            (owner, as_text(until), as_text(due_by or now)),
        )
    return Claim(delivery_of(row), owner, zlib.decompress(row.pop("body")), until) if row else None


def check_claim(store: Store, claim: Claim) -> None:
    """Raises ClaimLost unless the delivery is still ours (it may have been cancelled meanwhile)."""
    if store.value(f"SELECT 1 FROM deliveries WHERE {OURS}", _ours(claim, State.CLAIMED)) is None:
        raise _lost(claim)


def record_end_of_data(store: Store, claim: Claim, now: dt.datetime) -> None:
    """The final dot comes next: from here on the message may have been taken. The claim starts
    anew. Raises ClaimLost.

    This is on the disk before the dot is on the line, whatever `hasty` says."""
    level = store.value("PRAGMA synchronous")
    store.run("PRAGMA synchronous = FULL")
    try:
        _step(
            store,
            claim,
            (State.CLAIMED,),
            {
                "state": State.END_OF_DATA,
                "dot_at": as_text(now),
                "claim_until": as_text(now + CLAIM_LASTS),
            },
        )
    finally:
        store.run(f"PRAGMA synchronous = {level}")


def record_sent(store: Store, claim: Claim, now: dt.datetime, reply: str) -> None:
    """It was accepted: whatever was thought of it while we waited for the reply. Raises
    ClaimLost."""
    done = {"state": State.SENT, "sent_at": as_text(now), "reply": reply, "error": ""}
    _step(store, claim, (State.CLAIMED, State.END_OF_DATA, State.IN_DOUBT, State.CANCELLED), done)


def record_not_sent(
    store: Store, claim: Claim, error: str, next_try_at: dt.datetime, refused: bool = False
) -> None:
    """It was certainly not accepted; try again then. `refused`: with a reply that was meant for
    good. Raises ClaimLost."""
    again = {
        "state": State.QUEUED,
        "error": error,
        "next_try_at": as_text(next_try_at),
        "dot_at": None,
    }
    _step(
        store,
        claim,
        (State.CLAIMED, State.END_OF_DATA),
        again | {"refusals": claim.delivery.refusals + refused},
    )


def record_not_tried(store: Store, claim: Claim, error: str, next_try_at: dt.datetime) -> None:
    """It did not come to an attempt: nothing can be handed over now. Raises ClaimLost."""
    again = {
        "state": State.QUEUED,
        "error": error,
        "next_try_at": as_text(next_try_at),
        "attempts": claim.delivery.attempts - 1,
    }
    _step(store, claim, (State.CLAIMED,), again)


def record_failed(store: Store, claim: Claim, error: str) -> None:
    """It was refused for good, and is not tried again. Raises ClaimLost."""
    failed = {
        "state": State.FAILED,
        "error": error,
        "dot_at": None,
        "refusals": claim.delivery.refusals + 1,
    }
    _step(store, claim, (State.CLAIMED, State.END_OF_DATA), failed)


def record_in_doubt(store: Store, claim: Claim, error: str, next_try_at: dt.datetime) -> None:
    """Nobody knows whether it was accepted; if it is to be sent again, then not before that time.
    Raises ClaimLost."""
    doubt = {
        "state": State.IN_DOUBT,
        "error": error,
        "next_try_at": as_text(next_try_at),
        "doubts": claim.delivery.doubts + 1,
    }
    _step(store, claim, (State.CLAIMED, State.END_OF_DATA), doubt)


def ended_claims(store: Store, now: dt.datetime) -> list[Delivery]:
    """Deliveries whose owner has not come back in time."""
    sql = f"SELECT {COLUMNS} FROM deliveries WHERE state IN ('claimed', 'dot') AND claim_until < ? ORDER BY id"
    return [delivery_of(row) for row in store.rows(sql, (as_text(now),))]


def end_claim(store: Store, delivery: Delivery, next_try_at: dt.datetime) -> State:
    """Take a delivery from an owner who has not come back: before the dot it is queued again, past
    it it is in doubt."""
    doubtful = delivery.state is State.END_OF_DATA
    state = State.IN_DOUBT if doubtful else State.QUEUED
    store.run(
        "UPDATE deliveries SET state = ?, doubts = doubts + ?, next_try_at = ?, error = ? WHERE id = ? AND state = ? AND attempts = ?",
        (
            state,
            int(doubtful),
            as_text(next_try_at),
            "the process ended before the outcome was known",
            delivery.id,
            delivery.state,
            delivery.attempts,
        ),
    )
    return state


def queue_in_doubt(store: Store, now: dt.datetime) -> int:
    """Queue again what has been in doubt for long enough: the same bytes with the same Message-ID.
    How many."""
    with store.writing():
        return store.run(
            "UPDATE deliveries SET state = 'queued' WHERE state = 'in_doubt' AND next_try_at <= ?",
            (as_text(now),),
        )


OURS = "id = ? AND claimed_by = ? AND attempts = ? AND state = ?"


def _ours(claim: Claim, state: State) -> tuple[Any, ...]:
    return (claim.delivery.id, claim.owner, claim.delivery.attempts, state)


def _step(
    store: Store, claim: Claim, allowed: tuple[State, ...], values: Mapping[str, Any]
) -> None:
    sets = ", ".join(f"{name} = ?" for name in values)
    with store.writing():
        for state in allowed:
            if store.run(
                f"UPDATE deliveries SET {sets} WHERE {OURS}",
                (*values.values(), *_ours(claim, state)),
            ):
                return
    raise _lost(claim)


def _lost(claim: Claim) -> ClaimLost:
    return ClaimLost(
        f"delivery {claim.delivery.id} is no longer ours: its claim ended, or it was cancelled"
    )


# -- what has not left yet -------------------------------------------------------------------------


def replace_waiting(store: Store, number: int, message: Message, now: dt.datetime) -> bool:
    """Put another message in the place of one that waits, with what it tells; False when it is too
    late for that. The events which the new message leaves out stay noted as replaced. Runs in the
    transaction that is open, or its own."""
    with store.writing():
        row = {
            "message_id": message.message_id,
            "thread": message.thread,
            "subject": message.subject,
            "body": zlib.compress(message.body),
        }
        sets = ", ".join(f"{name} = ?" for name in row)
        if not store.run(
            f"UPDATE deliveries SET {sets} WHERE {REPLACEABLE}", (*row.values(), number)
        ):
            return False
        receipts.forget(store, number, [*message.told, *message.folded])
        receipts.record_notified(store, message.subscriber, number, message.told, now)
        receipts.record_folded(store, message.subscriber, number, message.folded, now)
    return True


def cancel_waiting(store: Store, number: int) -> bool:
    """Take a message back that has nothing right left to say; False when it is too late for
    that."""
    with store.writing():
        if not store.run(
            f"UPDATE deliveries SET state = 'cancelled' WHERE {REPLACEABLE}", (number,)
        ):
            return False
        receipts.forget(store, number, [])
    return True


def cancel_all(store: Store, subscriber: int) -> int:
    """Take back everything that is not known to have arrived, for someone who does not want mail or
    cannot get it; how many. What is on the line just now may still be accepted, and then is sent
    after all."""
    sql = "UPDATE deliveries SET state = 'cancelled' WHERE subscriber = ? AND state NOT IN ('sent', 'failed', 'cancelled')"
    return store.run(sql, (subscriber,))


REPLACEABLE = "id = ? AND state = 'queued' AND doubts = 0"


# -- what the operator does ------------------------------------------------------------------------


def resend(store: Store, number: int, now: dt.datetime) -> None:
    """Send the same message again: one that failed, is in doubt, was taken back, or waits for its
    next try. Raises NoSuchDelivery for one that is on its way, was sent, or is not kept any more,
    whose reader has left, or that has proved wrong since."""
    body(store, number)
    sql = """UPDATE deliveries SET state = 'queued', refusals = 0, next_try_at = ?
        WHERE id = ? AND state IN ('queued', 'failed', 'in_doubt', 'cancelled')"""
    with store.writing():
        if show(store, number).state in (State.FAILED, State.CANCELLED):
            _check_still_right(store, number)
        if not store.run(sql, (as_text(now), number)):
            state = show(store, number).state
            raise NoSuchDelivery(
                f"delivery {number} is {state}: it cannot be sent again",
                "One that was sent is with its reader.",
            )


def _check_still_right(store: Store, number: int) -> None:
    """A message that ended without arriving may be out of date: nothing known to be wrong leaves,
    and nobody is written to who left."""
    left = """SELECT state FROM subscribers WHERE state NOT IN ('pending', 'active')
        AND id = (SELECT subscriber FROM deliveries WHERE id = ?)"""
    if state := store.value(left, (number,)):
        raise NoSuchDelivery(
            f"the reader of delivery {number} is {state}", "Who comes back gets a new welcome."
        )
    wrong = """SELECT corrects FROM events WHERE state = 'open' AND corrects IN
        (SELECT event FROM delivery_events WHERE delivery = ? AND how IN ('told', 'replaced'))"""
    if event := store.value(wrong, (number,)):
        raise NoSuchDelivery(
            f"delivery {number} says what has proved wrong since: event {event}",
            "`syncer verify` shows it.",
        )


def settle(store: Store, number: int, now: dt.datetime) -> None:
    """The operator knows that a doubtful delivery has arrived. Raises NoSuchDelivery where there is
    no doubt."""
    sql = "UPDATE deliveries SET state = 'sent', sent_at = ?, reply = 'said by the operator' WHERE id = ? AND state = 'in_doubt'"
    with store.writing():
        if not store.run(sql, (as_text(now), number)):
            raise NoSuchDelivery(
                f"delivery {number} is not in doubt", "`syncer outbox` shows the states."
            )


def drop_bodies(store: Store, before: dt.datetime) -> int:
    """Forget the text of messages that ended before that time; their lines stay. How many."""
    sql = """UPDATE deliveries SET body = NULL, body_dropped_at = ? WHERE body IS NOT NULL
        AND state IN ('sent', 'failed', 'cancelled') AND coalesce(sent_at, next_try_at) < ?"""
    with store.writing():
        return store.run(sql, (as_text(before), as_text(before)))
