"""Who is told what now, and how is it written down? notify(now): events → match → digest → render →
outbox.

    plan         who is owed which lines, a welcome, or word of silence: pure
    readings     how each source was read, and what may be said on the strength of it: pure
    context      what a message shows besides its events, looked up
    write        one subscriber's plan, written in one transaction
    corrections  what proved wrong is put right
    operator     what the operator is told
    addressing   a message as it leaves
    leaving      how its reader stops it
    personal     what somebody has sent to themselves: confirm, manage, an answer
"""

from __future__ import annotations

from contextlib import suppress

from syncer import digest as digests
from syncer.app import App
from syncer.pipeline.notify import corrections, operator
from syncer.pipeline.notify.addressing import addressed
from syncer.pipeline.notify.write import (
    begin,
    groups,
    notify_subscriber,
    step,
)
from syncer.store import outbox
from syncer.store.outbox import Message


def notify(app: App, only: int | None = None) -> list[int]:
    """Write what everybody (or `only` one subscriber) is to be told now into the outbox. Return the
    numbers of the deliveries. Corrections come first: nothing known to be wrong leaves."""
    run = begin(app)
    with step(run):
        corrections.correct_all(run)

    may_go_on = not run.problems
    for group in groups(run, only) if may_go_on else ():
        with step(run):
            for number in group:
                notify_subscriber(run, number)

    with step(run):
        operator.note_problems(run)
    with step(run):
        operator.tell_operator(run)
    return run.wrote


class _Undo(Exception):  # noqa: N818 (never seen by anybody)
    """Ends a transaction of which nothing is to remain."""


def preview(app: App, number: int) -> list[bytes]:
    """Return the messages that would be written for this subscriber, were everything due now. The
    store stays as it is."""
    run = begin(app)
    bodies: list[bytes] = []

    with suppress(_Undo), app.store.writing():
        corrections.correct_all(run)
        notify_subscriber(run, number, everything=True)

        for delivery in run.wrote:
            if outbox.show(app.store, delivery).subscriber == number:
                bodies.append(outbox.body(app.store, delivery))
        raise _Undo

    return bodies


def test_message(app: App, to: str) -> Message:
    """Return a message that proves that mail to this address arrives; it is not kept."""
    context = begin(app).contexts.common()
    return addressed(app, digests.test_mail(context), to)
