"""What proved wrong is put right (DESIGN §6.2): where it still waits it is replaced, and whoever
had it is told in the same thread."""

from __future__ import annotations

from collections.abc import Sequence

from syncer import digest as digests
from syncer.digest.message_model import CorrectedMessage, Digest, MailKind
from syncer.model import Event, EventKind, Subscriber
from syncer.pipeline.notify import plan as planning
from syncer.pipeline.notify.write import NotifyRun, message_for, queue
from syncer.store import deliveries, events, outbox, people, receipts
from syncer.store.outbox import Delivery, State
from syncer.store.receipts import Receipt

MARK = "corrected_up_to"
"""The number of the last event that was looked at for corrections, among the store's notes."""


def correct_all(run: NotifyRun) -> None:
    """Follow up every event that corrects another and has not been followed up yet. Call inside
    `writing()`."""
    store = run.app.store
    last = run.news.last
    mark = int(store.meta(MARK) or 0)

    found = [event for event in events.after(store, mark) if _corrects(event, last)]
    for event in found:
        _correct(run, event)

    if found:
        _rewrite_welcomes(run)
    if last > mark:
        store.set_meta(MARK, str(last))


def _corrects(event: Event, last: int) -> bool:
    if event.kind is not EventKind.CORRECTED or not event.corrects:
        return False
    return (event.seq or 0) <= last


def _correct(run: NotifyRun, event: Event) -> None:
    """Follow up one event. Whoever had nothing is told as of any news, if it matches."""
    store = run.app.store

    for waiting in outbox.waiting_for(store, event.corrects):
        if waiting.subscriber:
            subscriber = people.get(store, waiting.subscriber)
            _replace(run, subscriber, waiting, event)

    for receipt in receipts.receipts_of(store, event.corrects):
        _tell_who_had_it(run, receipt, event)


def _tell_who_had_it(run: NotifyRun, receipt: Receipt, event: Event) -> None:
    store = run.app.store
    subscriber = people.get(store, receipt.subscriber)
    if subscriber.state != "active":
        return

    known = receipts.account(store, event.id, subscriber.id)
    if known.how != receipts.NOT_YET:
        return

    made = _correction(run, subscriber, event, receipt.delivery)
    queue(run, subscriber, made, receipt.message_id)
    receipts.record_corrected(
        store,
        subscriber.id,
        {event.corrects: event.id},
        run.app.now,
    )


def _correction(run: NotifyRun, subscriber: Subscriber, event: Event, wrong: int) -> Digest:
    """The message that says what is right in place of what the delivery `wrong` said."""
    was = outbox.show(run.app.store, wrong)
    about = CorrectedMessage(
        was.message_id,
        was.subject,
        was.sent_at or was.created_at,
    )
    context = run.contexts.of(subscriber)
    return digests.correction(subscriber, [event], context, about)


# -- What still waits ------------------------------------------------------------------------------


def _replace(run: NotifyRun, subscriber: Subscriber, waiting: Delivery, event: Event) -> None:
    """Write a waiting message again, with what is right in place of what is wrong."""
    store = run.app.store
    answered = deliveries.named(store, waiting.thread) if waiting.thread else 0
    if answered:
        _replace_correction(run, subscriber, waiting, event, answered)
        return

    before = events.of_delivery(store, waiting.id)
    lines, added = planning.lines_after(run.news, subscriber, before, event)
    context = run.contexts.of(subscriber)
    made = digests.compose(subscriber, lines, context)

    if made.empty:
        _take_back(run, subscriber, waiting, added)
    else:
        _put_in_place(run, subscriber, waiting, made)


def _replace_correction(
    run: NotifyRun, subscriber: Subscriber, waiting: Delivery, event: Event, answered: int
) -> None:
    """A correction proved wrong before it left: it says what is right now, or nothing if that is
    what was told at first (in the delivery `answered`)."""
    store = run.app.store
    first = None
    between = events.get(store, event.corrects)
    if between:
        first = events.get(store, between.corrects)

    if planning.says_the_same(first, event):
        _take_back(run, subscriber, waiting, [event])
        return

    made = _correction(run, subscriber, event, answered)
    _put_in_place(run, subscriber, waiting, made, waiting.thread)


def _take_back(
    run: NotifyRun, subscriber: Subscriber, waiting: Delivery, cancelled: Sequence[Event]
) -> None:
    """Cancel a message that has nothing right left to say."""
    store = run.app.store
    outbox.cancel_waiting(store, waiting.id)

    receipts.record_folded(
        store,
        subscriber.id,
        None,
        {event.id: 0 for event in cancelled},
        run.app.now,
    )


def _put_in_place(
    run: NotifyRun, subscriber: Subscriber, waiting: Delivery, made: Digest, thread: str = ""
) -> None:
    new = message_for(run, subscriber, made, thread)
    outbox.replace_waiting(
        run.app.store,
        waiting.id,
        new,
        run.app.now,
    )


def _rewrite_welcomes(run: NotifyRun) -> None:
    """A welcome that waits must not show what is now known to be wrong: it is written again, and
    includes what is known now."""
    store = run.app.store
    for waiting in outbox.listing(store, [State.QUEUED]):
        if waiting.kind != MailKind.WELCOME:
            continue
        if waiting.doubts or not waiting.subscriber:
            continue

        subscriber = people.get(store, waiting.subscriber)
        context = run.contexts.of(subscriber)
        made = digests.welcome(subscriber, context)
        _put_in_place(run, subscriber, waiting, made)

        last_seq = events.last_seq(store)
        people.note_welcomed(store, subscriber.id, last_seq, run.app.now)
