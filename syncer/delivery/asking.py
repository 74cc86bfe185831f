"""Asking the service that sends for us: whether it has what is in doubt, and what became of what it
took.

    in doubt → asked at once, and again 1, 5 and 15 minutes after that → sent, or not known there
    sent     → asked until it has arrived or come back, for four days
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
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
MOST = 200
"""So many doubts, and so many fates, are asked about in one run."""

FOLLOWED = remote.Following(
    last=tuple(fate for fate in Fate if fate is not Fate.UNDER_WAY),
    for_days=4,
    pause=15 * MINUTE,
    most=MOST,
)
"""A provider tries for three days before it gives up."""
SOFT = {Fate.COULD_NOT_ARRIVE, Fate.NEVER_LEFT}


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


def follow(
    store: Store, service: AskableService, clock: Callable[[], dt.datetime], pause: dt.timedelta
) -> Iterator[Returned]:
    """Ask what became of what the service took, and yield what came back. What it could not send
    through a fault of its own is sent again after the pause. Ends where it does not answer."""
    for delivery in remote.to_follow(store, clock(), FOLLOWED):
        try:
            fate, said = service.fate(delivery.remote_id)
        except TransportError:
            return

        with store.writing():
            remote.record_status(store, delivery, fate, clock())
            if fate is Fate.NO_SUCH_ADDRESS or fate in SOFT:
                yield _returned(store, delivery, fate, said, clock())
            if fate is Fate.NEVER_LEFT:
                remote.send_again(store, delivery, said, Wait(clock(), pause))


def _returned(
    store: Store, delivery: Delivery, fate: Fate, said: str, now: dt.datetime
) -> Returned:
    """Count a delivery that came back, as any bounce is counted."""
    hard = fate is Fate.NO_SUCH_ADDRESS
    reader = bounces.record_bounce(store, delivery.id, hard, fate, said, now)
    return Returned(delivery.id, delivery.recipient, said, reader or "")
