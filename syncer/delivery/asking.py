"""Asking the service that sends for us: whether it has what is in doubt, and what became of what it
took.

    in doubt → asked at once, and again 1, 5 and 15 minutes after that → sent, or not known there
    sent     → asked until it has arrived or come back, for four days
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from syncer.delivery.transports.base import Accepted, AskableService, Fate
from syncer.errors import TransportError
from syncer.store import Store, bounces, remote
from syncer.store.deliveries import Delivery, Wait

MINUTE = dt.timedelta(minutes=1)
PAUSES = (MINUTE, 4 * MINUTE, 10 * MINUTE)
"""How long to wait after the first, second and third time that the service was asked about a
doubt: it is asked again after 1, 5 and 15 minutes."""
TIMES = len(PAUSES) + 1
MOST = 100
"""So many doubts, and so many fates, are asked about in one run."""

FOLLOWED = remote.Following(
    last=tuple(fate for fate in Fate if fate is not Fate.UNDER_WAY),
    for_days=4,
    pause=15 * MINUTE,
    most=MOST,
)
"""A provider tries for three days before it gives up."""
CAME_BACK = {Fate.NO_SUCH_ADDRESS, Fate.COULD_NOT_ARRIVE, Fate.NEVER_LEFT}


@dataclass(frozen=True)
class Returned:
    """A delivery that came back: its reader's state after it (empty: it has no reader)."""

    delivery: int
    recipient: str
    said: str
    reader: str


def settle(
    store: Store, service: AskableService, clock: Callable[[], dt.datetime]
) -> Iterator[tuple[Delivery, Accepted]]:
    """Ask about each doubt that it is time for, and yield those that the service has. Ends where
    the service does not answer: it is asked at the next run."""
    for delivery in remote.to_ask_about(store, clock(), TIMES, MOST):
        try:
            found = service.find(delivery.id, delivery.recipient)
        except TransportError:
            return

        if found is None:
            remote.record_not_found(store, delivery, _wait(delivery, clock()))
        elif remote.record_found(store, delivery, clock(), found.said, found.remote_id):
            yield delivery, found


def _wait(delivery: Delivery, now: dt.datetime) -> Wait:
    """Return how long to wait after the service did not know a delivery; after the last time not at
    all."""
    if delivery.asked >= len(PAUSES):
        return Wait(now)
    return Wait(now, PAUSES[delivery.asked])


def to_follow(store: Store, now: dt.datetime) -> list[Delivery]:
    """Return the deliveries of which it is time to ask what became of them."""
    return remote.to_follow(store, now, FOLLOWED)


def follow(
    store: Store,
    service: AskableService,
    sent: Iterable[Delivery],
    clock: Callable[[], dt.datetime],
    pauses: Sequence[dt.timedelta],
) -> Iterator[Returned]:
    """Ask what became of what the service took, and yield what came back. What it could not send
    through a fault of its own is sent again, after a longer pause each time. Ends where the service
    does not answer."""
    for delivery in sent:
        try:
            fate, said = service.fate(delivery.remote_id)
        except TransportError:
            return

        returned = _note(store, delivery, fate, said, clock(), pauses)
        if returned is not None:
            yield returned


def _note(
    store: Store,
    delivery: Delivery,
    fate: Fate,
    said: str,
    now: dt.datetime,
    pauses: Sequence[dt.timedelta],
) -> Returned | None:
    """Note what became of a delivery: one that came back is counted as any bounce is. Return that;
    None where it did not."""
    with store.writing():
        remote.record_status(store, delivery, fate, now)
        if fate not in CAME_BACK:
            return None

        hard = fate is Fate.NO_SUCH_ADDRESS
        reader = bounces.record_bounce(store, delivery.id, hard, fate, said, now)
        if fate is Fate.NEVER_LEFT:
            times = min(delivery.attempts, len(pauses))
            remote.send_again(store, delivery, said, Wait(now, pauses[times - 1]))

    return Returned(delivery.id, delivery.recipient, said, reader or "")
