"""What one subscriber is owed now, written down: message, lines and marks in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import parseaddr

from syncer import digest as digests
from syncer.app import App
from syncer.digest.message_model import Digest
from syncer.digest.mentions import mentioned
from syncer.digest.render import Envelope, as_bytes, message
from syncer.errors import BadAddress, TemplateBroken
from syncer.model import Event, Problem, Subscriber
from syncer.pipeline.notify import plan as planning
from syncer.pipeline.notify.context import DigestContexts, news_for, unsubscribe_links
from syncer.pipeline.notify.plan import History, News, Plan
from syncer.records.diff import CONFIRMED
from syncer.store import events, outbox, people, possibles, receipts
from syncer.store.outbox import Message, State
from syncer.store.possibles import Kept

IDLE_AT_ONCE = 100
NEVER_LEFT = (State.FAILED, State.CANCELLED)
NAME = "digests"
"""Under which the messages that could not be written stand among the problems."""


@dataclass
class NotifyRun:
    """What all steps of one run share, the deliveries it wrote, and what it could not write."""

    app: App
    contexts: DigestContexts
    news: News
    wrote: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def begin(app: App) -> NotifyRun:
    """Look up, once, what every subscriber's turn needs."""
    return NotifyRun(app, DigestContexts(app), news_for(app))


@contextmanager
def step(run: NotifyRun) -> Iterator[None]:
    """Open one transaction of a run. A message that cannot be made undoes it and is a problem;
    nothing is lost, the next run tries again."""
    wrote = len(run.wrote)
    try:
        with run.app.store.writing():
            yield
    except (TemplateBroken, BadAddress) as error:
        del run.wrote[wrote:]
        hint = error.hint or "`syncer doctor` tries every template."
        run.problems.append(Problem(error.name, str(error), f"{NAME}:{error}", hint))


def groups(run: NotifyRun, only: int | None = None) -> Iterator[list[int]]:
    """Give the subscribers (or `only` this one) who are written to in one transaction: one by one
    those who may be told of a change, the others by the hundred, since a commit is what costs."""
    idle: list[int] = []
    for subscriber in people.listing(run.app.store, ["active"]):
        if only not in (None, subscriber.id):
            continue
        if subscriber.welcomed is None or _may_be_told(run.news, subscriber):
            yield [subscriber.id]
        else:
            idle.append(subscriber.id)
    for start in range(0, len(idle), IDLE_AT_ONCE):
        yield idle[start : start + IDLE_AT_ONCE]


def _may_be_told(news: News, subscriber: Subscriber) -> bool:
    return bool(planning.candidates(news, subscriber.subscriptions))


def notify_subscriber(run: NotifyRun, number: int, *, everything: bool = False) -> None:
    """Write what this subscriber is owed now (`everything`: also what is not due yet). Call inside
    `writing()`: message, lines and marks are one."""
    subscriber = people.get(run.app.store, number)
    history = _history(run, subscriber)
    decided = planning.plan(run.news, subscriber, history, everything=everything)
    if decided.welcome:
        _write_welcome(run, subscriber)
        return
    _write_digest(run, subscriber, decided)
    _move_marks(run, decided)
    _write_stale(run, subscriber, decided)
    _write_quiet(run, subscriber, decided)


def _history(run: NotifyRun, subscriber: Subscriber) -> History:
    """What the plan has to know of this subscriber; what was told is looked up only where something
    matches."""
    store = run.app.store
    explained = people.explained(store, subscriber.id)
    last = outbox.last_written(store, subscriber.id, run.news.now)
    wanted = planning.candidates(run.news, subscriber.subscriptions)
    if not wanted:
        return History(explained=explained, last_written=last)
    lowest = min(subscription.mark for subscription in subscriber.subscriptions)
    handled = receipts.handled(store, subscriber.id, lowest)
    has = _confirmed_lines(run, subscriber, wanted)
    return History(frozenset(handled), has, explained, last)


def _confirmed_lines(
    run: NotifyRun, subscriber: Subscriber, wanted: Sequence[Event]
) -> frozenset[int]:
    """Of the events that are confirmed now: those of which this subscriber has, or will have, a
    line."""
    found = set()
    for event in wanted:
        if event.area != CONFIRMED:
            continue
        receipt = receipts.account(run.app.store, event.corrects, subscriber.id)
        written = receipt.how in ("told", "folded") and receipt.delivery
        if written and receipt.state not in NEVER_LEFT:
            found.add(event.corrects)
    return frozenset(found)


def _write_welcome(run: NotifyRun, subscriber: Subscriber) -> None:
    store, now = run.app.store, run.app.now
    queue(run, subscriber, digests.welcome(subscriber, run.contexts.of(subscriber)))
    people.note_welcomed(store, subscriber.id, events.last_seq(store), now)


def _write_digest(run: NotifyRun, subscriber: Subscriber, decided: Plan) -> None:
    store, now = run.app.store, run.app.now
    receipts.record_replaced(store, subscriber.id, decided.replaced, now)
    if not decided.lines:
        return
    made = _composed(run, subscriber, decided)
    if made.empty:
        cancelled = {event.id: 0 for event in decided.lines}
        receipts.record_folded(store, subscriber.id, None, cancelled, now)
    else:
        _queue_with_mentions(run, subscriber, made)


def _composed(run: NotifyRun, subscriber: Subscriber, decided: Plan) -> Digest:
    """The digest of the planned lines; what it explains is noted as explained."""
    explains = decided.explain_no_overall
    if explains:
        people.note_explained(run.app.store, subscriber.id, planning.NO_OVERALL)
    context = run.contexts.of(subscriber, explain_no_overall=explains)
    return digests.compose(subscriber, decided.lines, context)


def _queue_with_mentions(run: NotifyRun, subscriber: Subscriber, made: Digest) -> None:
    """Queue a digest, at its end what pages seem to say of money."""
    mentions = _mentions(run, subscriber)
    lines = mentioned([kept.possible for kept in mentions], run.app.register)
    queue(run, subscriber, replace(made, mentioned=lines))
    numbers, delivery = [kept.id for kept in mentions], run.wrote[-1]
    possibles.record_shown(run.app.store, subscriber.id, delivery, numbers, run.app.now)


def _mentions(run: NotifyRun, subscriber: Subscriber) -> list[Kept]:
    """What pages seem to say of money that this subscriber follows and has not been shown."""
    unshown = possibles.unshown(run.app.store, subscriber.id)
    said = [kept.possible.observation for kept in unshown]
    wanted = {id(each) for each in planning.also_mentioned(run.news, subscriber, said)}
    return [kept for kept in unshown if id(kept.possible.observation) in wanted]


def _move_marks(run: NotifyRun, decided: Plan) -> None:
    store, now = run.app.store, run.app.now
    people.move_marks(store, decided.begun, 0, now)
    people.move_marks(store, decided.considered, run.news.last, now)


def _write_stale(run: NotifyRun, subscriber: Subscriber, decided: Plan) -> None:
    for reading in decided.stale:
        people.note_explained(run.app.store, subscriber.id, reading.stale_mark)
        context = run.contexts.of(subscriber)
        queue(run, subscriber, digests.source_dark(subscriber, reading.freshness, context))


def _write_quiet(run: NotifyRun, subscriber: Subscriber, decided: Plan) -> None:
    if decided.quiet_since is None:
        return
    context = run.contexts.of(subscriber)
    queue(run, subscriber, digests.all_quiet(subscriber, context, decided.quiet_since))
    people.note_quiet(run.app.store, subscriber.id, run.app.now)


def awaited_sources(app: App, subscriber: Subscriber) -> tuple[str, ...]:
    """Return the titles of the sources whose first good read this subscriber's welcome waits
    for."""
    decided = planning.plan(news_for(app), subscriber, History())
    return tuple(reading.freshness.source for reading in decided.awaits)


# -- Into the outbox -------------------------------------------------------------------------------


def queue(run: NotifyRun, subscriber: Subscriber, made: Digest, thread: str = "") -> None:
    """Put a message to a subscriber into the outbox. Call inside `writing()`."""
    waiting = message_for(run, subscriber, made, thread)
    run.wrote.append(outbox.queue(run.app.store, waiting, run.app.now))


def message_for(run: NotifyRun, subscriber: Subscriber, made: Digest, thread: str = "") -> Message:
    """Return the whole message to a subscriber, with the links that stop it. `thread` is the
    Message-ID that it answers."""
    mail = run.app.config.mail
    reply_to = mail.reply_to or parseaddr(mail.sender)[1]
    links = unsubscribe_links(run.app.store, reply_to, mail.unsubscribe_url, subscriber)
    return addressed(run.app, made, subscriber.address, subscriber.id, links, thread)


def addressed(
    app: App,
    made: Digest,
    to: str,
    subscriber: int = 0,
    links: tuple[str, ...] = (),
    thread: str = "",
) -> Message:
    """Return the whole message to any address, with the Message-ID that it keeps for ever. Without
    links it is no message about a subscription, and belongs to no list."""
    mail = app.config.mail
    identifier = f"<{uuid.uuid4().hex}@{mail.list_id}>"
    rendered = message(made, app.config.digest.templates)
    list_id = mail.list_id if links else ""
    envelope = Envelope(mail.sender, to, identifier, app.now, list_id, mail.reply_to, links)
    folding = made.folding
    return Message(
        kind=made.kind,
        message_id=identifier,
        sender=parseaddr(mail.sender)[1],
        recipient=to,
        subject=rendered.subject,
        body=as_bytes(rendered, envelope),
        subscriber=subscriber,
        thread=thread,
        told=tuple(line.event.id for line in folding.lines),
        folded={**folding.into, **dict.fromkeys(folding.cancelled, 0)},
    )
