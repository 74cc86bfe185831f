"""Deliveries: one message to one address each, with its state, and which events it tells whom.

    queued → claimed → dot → sent            claim taken, end of data written down, reply received
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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from syncer.errors import ClaimLost, NoSuchDelivery
from syncer.store import Store, as_json, as_text, receipts
from syncer.store.deliveries import (
    CLOCK_SLACK,
    COLUMNS,
    Claim,
    Delivery,
    Message,
    State,
    Wait,
    accepted_since_last_try,
    body,
    counts,
    delivery_of,
    last_written,
    listing,
    other_as_stored,
    other_of,
    overdue,
    refused_others,
    show,
    waiting_for,
)
from syncer.subscriptions.channels import EMAIL

__all__ = [
    "Claim",
    "Delivery",
    "Message",
    "State",
    "Wait",
    "accepted_since_last_try",
    "body",
    "cancel_all",
    "cancel_waiting",
    "check_claim",
    "claim",
    "counts",
    "drop_bodies",
    "end_claim",
    "end_impossible_waits",
    "ended_claims",
    "give_back",
    "hasty",
    "last_written",
    "let_wait",
    "listing",
    "other_senders",
    "overdue",
    "queue",
    "queue_in_doubt",
    "record_ends_of_data",
    "record_in_doubt",
    "record_failed",
    "record_not_sent",
    "record_not_tried",
    "record_sent",
    "refused_others",
    "replace_waiting",
    "resend",
    "say_it_arrived",
    "show",
    "waiting_for",
]

CLAIM_LASTS = dt.timedelta(minutes=10)


def queue(store: Store, message: Message, now: dt.datetime) -> int:
    """Put a message into the outbox, in the transaction that is open; return its number. Raises
    sqlite3.IntegrityError when one of its events was already told to this subscriber: then the
    whole transaction must not be."""
    row = {
        "subscriber": message.subscriber or None,
        "kind": message.kind,
        "created_at": as_text(now),
        "sender": message.sender,
        "recipient": message.recipient,
        "state": State.QUEUED,
        "channel": message.channel,
        **_content(message),
        **Wait(now).columns(),
    }
    number = store.insert("deliveries", row)
    receipts.record_notified(store, message.subscriber, number, message.told, now)
    receipts.record_folded(store, message.subscriber, number, message.folded, now)
    return number


def _content(message: Message) -> dict[str, Any]:
    """Return what a message says, as it is stored."""
    return {
        "message_id": message.message_id,
        "thread": message.thread,
        "subject": message.subject,
        "body": zlib.compress(message.body),
        "other_body": other_as_stored(message.other),
    }


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


NEXT_DUE = """SELECT id FROM deliveries WHERE state = 'queued' AND next_try_at <= :due_by
    AND channel = :channel
    AND coalesce(subscriber, 0) NOT IN (SELECT value FROM json_each(:later))
    AND recipient NOT IN (SELECT value FROM json_each(:under_way))
    ORDER BY next_try_at, id LIMIT 1"""
CLAIM = f"""UPDATE deliveries
    SET state = 'claimed', attempts = attempts + 1, claimed_by = :owner, claim_until = :until,
        dot_at = NULL
    WHERE state = 'queued' AND id = ({NEXT_DUE}) RETURNING body, other_body, {COLUMNS}"""


def claim(
    store: Store,
    owner: str,
    now: dt.datetime,
    due_by: dt.datetime | None = None,
    channel: str = EMAIL,
    later: Iterable[int] = (),
    under_way: Iterable[str] = (),
) -> Claim | None:
    """Take the delivery by this channel that has waited longest since `due_by` (default: now), for
    ten minutes; None when nothing is due. What is for the subscribers of `later` is left for
    later, and what is for recipients to whom something is `under_way`."""
    until = now + CLAIM_LASTS
    asked = {
        "owner": owner,
        "until": as_text(until),
        "due_by": as_text(due_by or now),
        "channel": channel,
        "later": as_json(sorted(later)),
        "under_way": as_json(sorted(under_way)),
    }
    with store.writing():
        row = store.one(CLAIM, asked)
    if row is None:
        return None

    body = zlib.decompress(row.pop("body"))
    other = other_of(row.pop("other_body"))
    return Claim(delivery_of(row), owner, body, until, other)


def check_claim(store: Store, claim: Claim) -> None:
    """Raise ClaimLost unless the delivery is still ours (it may have been cancelled meanwhile)."""
    sql = f"SELECT 1 FROM deliveries WHERE {OURS}"
    still_ours = store.value(sql, _ours(claim, State.CLAIMED))
    if still_ours is None:
        raise _lost(claim)


def record_ends_of_data(
    store: Store, claims: Sequence[Claim], now: dt.datetime
) -> dict[int, ClaimLost]:
    """Note, in one commit, that the end of data of these messages comes next: from here on each may
    have been taken. Their claims start again. Return those that are no longer ours, by number.

    This is on the disk before any of the dots is on its line, whatever `hasty` says."""
    next_state = {
        "state": State.END_OF_DATA,
        "dot_at": as_text(now),
        "claim_until": as_text(now + CLAIM_LASTS),
    }
    lost: dict[int, ClaimLost] = {}
    with _on_the_disk(store), store.writing():
        for claim in claims:
            try:
                _step(store, claim, (State.CLAIMED,), next_state)
            except ClaimLost as error:
                lost[claim.delivery.id] = error

    return lost


@contextmanager
def _on_the_disk(store: Store) -> Iterator[None]:
    """Let the commits wait for the disk."""
    level = store.value("PRAGMA synchronous")
    store.run("PRAGMA synchronous = FULL")
    try:
        yield
    finally:
        store.run(f"PRAGMA synchronous = {level}")


def record_sent(
    store: Store, claim: Claim, now: dt.datetime, reply: str, remote_id: str = ""
) -> None:
    """Note that it was accepted: whatever was thought of it while we waited for the reply.
    `remote_id` is the number that the service gave it. Raises ClaimLost."""
    done = {
        "state": State.SENT,
        "sent_at": as_text(now),
        "reply": reply,
        "error": "",
        "remote_id": remote_id,
    }
    _step(store, claim, WHILE_UNDER_WAY, done)


def record_not_sent(
    store: Store, claim: Claim, error: str, wait: Wait, *, refused: bool = False
) -> None:
    """Note that it was certainly not accepted; it is tried again after the wait. `refused`: with a
    reply that was meant for good. Raises ClaimLost."""
    refusals = claim.delivery.refusals + refused
    again = {
        "state": State.QUEUED,
        "error": error,
        "dot_at": None,
        "refusals": refusals,
    }
    again |= wait.columns()
    _step(store, claim, WHILE_OURS, again)


def record_not_tried(store: Store, claim: Claim, error: str, wait: Wait) -> None:
    """Note that it did not come to an attempt: nothing can be handed over now. Raises ClaimLost."""
    again = {
        "state": State.QUEUED,
        "error": error,
        "dot_at": None,
        "attempts": claim.delivery.attempts - 1,
    }
    again |= wait.columns()
    _step(store, claim, WHILE_OURS, again)


def give_back(store: Store, claim: Claim) -> None:
    """Undo a claim, as if it had not been made. Raises ClaimLost."""
    unclaimed = {
        "state": State.QUEUED,
        "attempts": claim.delivery.attempts - 1,
        "dot_at": None,
    }
    _step(store, claim, WHILE_OURS, unclaimed)


def record_failed(store: Store, claim: Claim, error: str) -> None:
    """Note that it was refused for good, and is not tried again. Raises ClaimLost."""
    refusals = claim.delivery.refusals + 1
    failed = {
        "state": State.FAILED,
        "error": error,
        "dot_at": None,
        "refusals": refusals,
    }
    _step(store, claim, WHILE_OURS, failed)


def record_in_doubt(store: Store, claim: Claim, error: str, wait: Wait) -> None:
    """Note that nobody knows whether it was accepted; if it is to be sent again, then not before
    the wait is over. Raises ClaimLost."""
    doubtful = {
        "state": State.IN_DOUBT,
        "error": error,
        "doubts": claim.delivery.doubts + 1,
        "asked": 0,
    }
    doubtful |= wait.columns()
    _step(store, claim, WHILE_OURS, doubtful)


def ended_claims(store: Store, now: dt.datetime) -> list[Delivery]:
    """Return the deliveries whose owner has not come back in time, or claimed them by a clock that
    was ahead."""
    sql = f"""SELECT {COLUMNS} FROM deliveries WHERE state IN ('claimed', 'dot')
        AND (claim_until < ? OR claim_until > ?) ORDER BY id"""
    longest = now + CLAIM_LASTS + CLOCK_SLACK
    limits = (as_text(now), as_text(longest))
    return [delivery_of(row) for row in store.rows(sql, limits)]


def end_claim(store: Store, delivery: Delivery, wait: Wait) -> State:
    """Take a delivery from an owner who has not come back: before the end of data it is queued
    again, past it it is in doubt. Return which."""
    doubtful = delivery.state is State.END_OF_DATA
    state = State.IN_DOUBT if doubtful else State.QUEUED
    values = {
        "state": state,
        "doubts": delivery.doubts + doubtful,
        "asked": 0,
        "error": "the process ended before the outcome was known",
        **wait.columns(),
    }

    still_so = "id = ? AND state = ? AND attempts = ?"
    which = (delivery.id, delivery.state, delivery.attempts)
    sql = f"UPDATE deliveries SET {_sets(values)} WHERE {still_so}"
    store.run(sql, (*values.values(), *which))
    return state


def queue_in_doubt(store: Store, now: dt.datetime, asked: int = 0) -> int:
    """Queue again what has been in doubt for long enough: the same bytes with the same Message-ID;
    of mail, only that about which a service was asked so many times. Return how many."""
    sql = """UPDATE deliveries SET state = 'queued' WHERE state = 'in_doubt' AND next_try_at <= ?
        AND (asked >= ? OR channel <> 'email')"""
    with store.writing():
        return store.run(sql, (as_text(now), asked))


def let_wait(store: Store, channel: str, error: str, wait: Wait) -> int:
    """Let everything wait that is queued for a channel and due sooner. Return how many."""
    sql = """UPDATE deliveries SET error = :error, next_try_at = :next_try_at,
            waits_since = :waits_since
        WHERE state = 'queued' AND channel = :channel AND next_try_at < :next_try_at"""
    values = wait.columns() | {"error": error, "channel": channel}
    with store.writing():
        return store.run(sql, values)


def end_impossible_waits(store: Store, now: dt.datetime) -> int:
    """End the waits that began later than now: the clock was ahead when they were set, and how long
    they have lasted nobody knows. Return how many."""
    sql = """UPDATE deliveries SET next_try_at = :now, waits_since = :now
        WHERE state IN ('queued', 'in_doubt') AND next_try_at > :now
        AND coalesce(waits_since, created_at) > :soon"""
    moments = {"now": as_text(now), "soon": as_text(now + CLOCK_SLACK)}
    with store.writing():
        return store.run(sql, moments)


WHILE_OURS = (State.CLAIMED, State.END_OF_DATA)
WHILE_UNDER_WAY = (*WHILE_OURS, State.IN_DOUBT, State.CANCELLED)
"""Also in doubt, or cancelled, while the reply was waited for."""

OURS = "id = ? AND claimed_by = ? AND attempts = ? AND state = ?"


def _ours(claim: Claim, state: State) -> tuple[Any, ...]:
    return (
        claim.delivery.id,
        claim.owner,
        claim.delivery.attempts,
        state,
    )


def _step(
    store: Store, claim: Claim, allowed: tuple[State, ...], values: Mapping[str, Any]
) -> None:
    sql = f"UPDATE deliveries SET {_sets(values)} WHERE {OURS}"
    with store.writing():
        for state in allowed:
            ours = _ours(claim, state)
            changed = store.run(sql, (*values.values(), *ours))
            if changed:
                return
    raise _lost(claim)


def _sets(values: Iterable[str]) -> str:
    settings = [f"{name} = ?" for name in values]
    return ", ".join(settings)


def _lost(claim: Claim) -> ClaimLost:
    return ClaimLost(
        f"delivery {claim.delivery.id} is no longer ours: its claim ended, or it was cancelled"
    )


# -- what has not left yet -------------------------------------------------------------------------


def replace_waiting(store: Store, number: int, message: Message, now: dt.datetime) -> bool:
    """Put another message in the place of one that waits, with what it tells. Return False when it
    is too late for that. The events which the new message leaves out stay noted as replaced. Runs
    in the transaction that is open, or its own."""
    row = _content(message)
    sql = f"UPDATE deliveries SET {_sets(row)} WHERE {REPLACEABLE}"
    with store.writing():
        if not store.run(sql, (*row.values(), number)):
            return False

        receipts.forget(store, number, [*message.told, *message.folded])
        receipts.record_notified(store, message.subscriber, number, message.told, now)
        receipts.record_folded(store, message.subscriber, number, message.folded, now)

    return True


def cancel_waiting(store: Store, number: int) -> bool:
    """Take a message back that has nothing right left to say. Return False when it is too late for
    that."""
    sql = f"UPDATE deliveries SET state = 'cancelled' WHERE {REPLACEABLE}"
    with store.writing():
        if not store.run(sql, (number,)):
            return False
        receipts.forget(store, number, [])
    return True


def cancel_all(store: Store, subscriber: int) -> int:
    """Take back everything that is not known to have arrived, for someone who does not want mail or
    cannot get it. Return how many. What is on the line just now may still be accepted, and then is
    sent after all."""
    sql = """UPDATE deliveries SET state = 'cancelled'
        WHERE subscriber = ? AND state NOT IN ('sent', 'failed', 'cancelled')"""
    return store.run(sql, (subscriber,))


REPLACEABLE = "id = ? AND state = 'queued' AND doubts = 0"


# -- what the operator does ------------------------------------------------------------------------


def resend(store: Store, number: int, now: dt.datetime) -> None:
    """Send the same message again: one that failed, is in doubt, was taken back, or waits for its
    next try. Raises NoSuchDelivery for one that is on its way, was sent, or is not kept any more,
    whose reader has left, or that has proved wrong since."""
    body(store, number)
    sql = """UPDATE deliveries
        SET state = 'queued', refusals = 0, next_try_at = :now, waits_since = :now
        WHERE id = :number AND state IN ('queued', 'failed', 'in_doubt', 'cancelled')"""
    with store.writing():
        state = show(store, number).state
        if state in (State.FAILED, State.CANCELLED):
            _check_still_right(store, number)
        if not store.run(sql, {"now": as_text(now), "number": number}):
            raise NoSuchDelivery(
                f"delivery {number} is {state}: it cannot be sent again",
                "One that was sent is with its reader.",
            )


def _check_still_right(store: Store, number: int) -> None:
    """Raise NoSuchDelivery for a message that ended without arriving and is out of date: nothing
    known to be wrong leaves, and nobody is written to who left."""
    left = """SELECT state FROM subscribers WHERE state NOT IN ('pending', 'active')
        AND id = (SELECT subscriber FROM deliveries WHERE id = ?)"""
    state = store.value(left, (number,))
    if state:
        raise NoSuchDelivery(
            f"the reader of delivery {number} is {state}", "Who comes back gets a new welcome."
        )

    wrong = """SELECT corrects FROM events WHERE state = 'open' AND corrects IN
        (SELECT event FROM delivery_events WHERE delivery = ? AND how IN ('told', 'replaced'))"""
    event = store.value(wrong, (number,))
    if event:
        raise NoSuchDelivery(
            f"delivery {number} says what has proved wrong since: event {event}",
            "`syncer verify` shows it.",
        )


def say_it_arrived(store: Store, number: int, now: dt.datetime) -> None:
    """Note that, as the operator knows, a doubtful delivery has arrived. Raises NoSuchDelivery
    where there is no doubt."""
    sql = """UPDATE deliveries SET state = 'sent', sent_at = ?, reply = 'said by the operator'
        WHERE id = ? AND state = 'in_doubt'"""
    with store.writing():
        if not store.run(sql, (as_text(now), number)):
            raise NoSuchDelivery(
                f"delivery {number} is not in doubt", "`syncer outbox` shows the states."
            )


def other_senders(store: Store, sender: str) -> set[str]:
    """Return the addresses from which messages that wait were written, but for this one."""
    sql = """SELECT DISTINCT sender FROM deliveries
        WHERE channel = 'email' AND state = 'queued' AND sender NOT IN ('', ?)"""
    return {row["sender"] for row in store.rows(sql, (sender,))}


def drop_bodies(store: Store, before: dt.datetime) -> int:
    """Forget the text of messages that ended before that time; their lines stay. Return how
    many."""
    sql = """UPDATE deliveries SET body = NULL, other_body = NULL, body_dropped_at = ?
        WHERE body IS NOT NULL AND state IN ('sent', 'failed', 'cancelled')
        AND coalesce(sent_at, next_try_at) < ?"""
    moment = as_text(before)
    with store.writing():
        return store.run(sql, (moment, moment))
