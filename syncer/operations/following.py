"""One notice or award, followed until it ends: a subscription to it ends once its end was told."""

from __future__ import annotations

from syncer.app import App
from syncer.model import RecordKind, Subscription
from syncer.records.interventions import in_force
from syncer.store import events, people, records


def end_followed(app: App) -> int:
    """End the subscriptions of which every notice and award has ended, and whose reader has been
    told so. Return how many. Who has no other subscription gets no more messages."""
    ended = 0
    with app.store.writing():
        for subscription in people.following_records(app.store):
            if _is_over(app, subscription):
                people.end(app.store, subscription.subscriber, app.now, subscription.id)
                ended += 1
    return ended


def _is_over(app: App, subscription: Subscription) -> bool:
    numbers = [followed.record for followed in subscription.records]
    if not all(_has_ended(app, number) for number in numbers):
        return False
    return events.last_seq_of(app.store, numbers) <= subscription.mark


def _has_ended(app: App, number: int) -> bool:
    """Return whether a notice is not in force any more, or a record was taken back. Money has no
    end of its own; nor has what is not shown for now, as where it is held."""
    record = records.shown(app.store, number)
    if record is None:
        return False
    if record.withdrawn:
        return True
    return record.record is RecordKind.INTERVENTION and not in_force(record)
