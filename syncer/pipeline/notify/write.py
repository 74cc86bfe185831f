"""What one subscriber is owed now, written down: message, lines and marks in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from syncer import digest as digests
from syncer.app import App
from syncer.digest.mentions import mentioned
from syncer.digest.message_model import Digest
from syncer.errors import BadAddress, TemplateBroken
from syncer.model import Event, Problem, Subscriber
from syncer.pipeline.notify import other_channels
from syncer.pipeline.notify import plan as planning
from syncer.pipeline.notify.addressing import addressed
from syncer.pipeline.notify.context import DigestContexts, news_for
from syncer.pipeline.notify.leaving import ways as ways_to_leave
from syncer.pipeline.notify.plan import History, News, Plan
from syncer.pipeline.notify.renderings import Renderings
from syncer.records.diff import CONFIRMED
from syncer.store import events, outbox, people, possibles, receipts
from syncer.store.outbox import Message, State
from syncer.store.possibles import Kept
from syncer.subscriptions.channels import BY_LABEL

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
    renderings: Renderings
    wrote: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def begin(app: App) -> NotifyRun:
    """Look up, once, what every subscriber's turn needs."""
    contexts = DigestContexts(app)
    news = news_for(app)
    renderings = Renderings(app.config.digest.templates)
    return NotifyRun(app, contexts, news, renderings)


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
        failed = Problem(
            error.name,
            str(error),
            f"{NAME}:{error}",
            error.hint or "`syncer doctor` tries every template.",
        )
        run.problems.append(failed)


def groups(run: NotifyRun, only: int | None = None) -> Iterator[list[int]]:
    """Give the subscribers (or `only` this one) who are written to in one transaction: one by one
    those who may be told of a change, the others by the hundred, since a commit is what costs."""
    idle: list[int] = []
    for subscriber in people.listing(run.app.store, ["active"]):
        if only is not None and subscriber.id != only:
            continue

        is_new = subscriber.welcomed is None
        if is_new or _may_be_told(run.news, subscriber):
            yield [subscriber.id]
        else:
            idle.append(subscriber.id)

    for start in range(0, len(idle), IDLE_AT_ONCE):
        yield idle[start : start + IDLE_AT_ONCE]


def _may_be_told(news: News, subscriber: Subscriber) -> bool:
    wanted = planning.candidates(news, subscriber.subscriptions)
    return bool(wanted)


def notify_subscriber(run: NotifyRun, number: int, *, everything: bool = False) -> None:
    """Write what this subscriber is owed now (`everything`: also what is not due yet). Call inside
    `writing()`: message, lines and marks are one."""
    subscriber = people.get(run.app.store, number)
    history = _history(run, subscriber)
    decided = planning.plan(
        run.news,
        subscriber,
        history,
        everything=everything,
    )

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

    handled = receipts.handled(store, subscriber.id, [event.id for event in wanted])
    return History(
        frozenset(handled),
        _confirmed_lines(run, subscriber, wanted),
        explained,
        last,
    )


def _confirmed_lines(
    run: NotifyRun, subscriber: Subscriber, wanted: Sequence[Event]
) -> frozenset[int]:
    """Of the events that are confirmed now: those of which this subscriber has, or will have, a
    line."""
    store = run.app.store
    found = set()
    for event in wanted:
        if event.area != CONFIRMED:
            continue

        receipt = receipts.account(store, event.corrects, subscriber.id)
        if receipt.how not in ("told", "folded"):
            continue
        if receipt.delivery and receipt.state not in NEVER_LEFT:
            found.add(event.corrects)
    return frozenset(found)


def _write_welcome(run: NotifyRun, subscriber: Subscriber) -> None:
    store = run.app.store
    context = run.contexts.of(subscriber)
    queue(run, subscriber, digests.welcome(subscriber, context))

    last_seq = events.last_seq(store)
    people.note_welcomed(store, subscriber.id, last_seq, run.app.now)


def _write_digest(run: NotifyRun, subscriber: Subscriber, decided: Plan) -> None:
    store, now = run.app.store, run.app.now
    receipts.record_replaced(store, subscriber.id, decided.replaced, now)
    if not decided.lines:
        return

    made = _composed(run, subscriber, decided)
    if not made.empty:
        if subscriber.channel in BY_LABEL:  # there is no room for what only may be
            queue(run, subscriber, made)
        else:
            _queue_with_mentions(run, subscriber, made)
        return

    cancelled = {event.id: 0 for event in decided.lines}
    receipts.record_folded(store, subscriber.id, None, cancelled, now)


def _composed(run: NotifyRun, subscriber: Subscriber, decided: Plan) -> Digest:
    """The digest of the planned lines; what it explains is noted as explained."""
    explains = decided.explain_no_overall
    if explains:
        store = run.app.store
        people.note_explained(store, subscriber.id, planning.NO_OVERALL)

    def compose() -> Digest:
        context = run.contexts.of(subscriber, explain_no_overall=explains)
        return digests.compose(subscriber, decided.lines, context)

    asked = [planning.asked_for(each) for each in subscriber.subscriptions]
    told = [event.id for event in decided.lines]
    return run.renderings.composed((tuple(asked), tuple(told), explains), compose)


def _queue_with_mentions(run: NotifyRun, subscriber: Subscriber, made: Digest) -> None:
    """Queue a digest, at its end what pages seem to say of money."""
    app = run.app
    mentions = _mentions(run, subscriber)
    found = [kept.possible for kept in mentions]
    whole = made
    if found:
        whole = replace(made, mentioned=mentioned(found, app.register))
    queue(run, subscriber, whole)

    possibles.record_shown(
        app.store,
        subscriber.id,
        run.wrote[-1],
        [kept.id for kept in mentions],
        app.now,
    )


def _mentions(run: NotifyRun, subscriber: Subscriber) -> list[Kept]:
    """What pages seem to say of money that this subscriber follows and has not been shown."""
    unshown = possibles.unshown(run.app.store, subscriber.id)
    said = [kept.possible.observation for kept in unshown]
    wanted = planning.also_mentioned(run.news, subscriber, said)

    # by identity: an observation holds a mapping, and so has no hash
    chosen = {id(each) for each in wanted}
    return [kept for kept in unshown if id(kept.possible.observation) in chosen]


def _move_marks(run: NotifyRun, decided: Plan) -> None:
    store, now = run.app.store, run.app.now
    last = run.news.last

    people.move_marks(store, decided.begun, 0, now)
    people.move_marks(store, decided.considered, last, now)


def _write_stale(run: NotifyRun, subscriber: Subscriber, decided: Plan) -> None:
    """One message about all sources that went quiet, and one about all that are back."""
    if not decided.stale and not decided.over:
        return

    store = run.app.store
    for reading in decided.stale:
        people.note_explained(store, subscriber.id, reading.stale_mark)
    for outage in decided.over:
        people.note_explained(store, subscriber.id, outage.back_mark)

    context = run.contexts.of(subscriber)
    if decided.stale:
        dark = [reading.freshness for reading in decided.stale]
        queue(run, subscriber, digests.source_dark(subscriber, dark, context))
    if decided.over:
        back = [outage.freshness for outage in decided.over]
        queue(run, subscriber, digests.source_back(subscriber, back, context))


def _write_quiet(run: NotifyRun, subscriber: Subscriber, decided: Plan) -> None:
    since = decided.quiet_since
    if since is None:
        return

    context = run.contexts.of(subscriber, quiet_since=since)
    made = digests.all_quiet(subscriber, context, since)
    queue(run, subscriber, made)
    people.note_quiet(run.app.store, subscriber.id, run.app.now)


def awaited_sources(app: App, subscriber: Subscriber) -> tuple[str, ...]:
    """Return the titles of the sources whose first good read this subscriber's welcome waits
    for."""
    news = news_for(app)
    decided = planning.plan(news, subscriber, History())
    return tuple(reading.freshness.source for reading in decided.awaits)


# -- Into the outbox -------------------------------------------------------------------------------


def queue(run: NotifyRun, subscriber: Subscriber, made: Digest, thread: str = "") -> None:
    """Put a message to a subscriber into the outbox, if they are sent messages of its kind. Call
    inside `writing()`."""
    if not other_channels.is_for(subscriber, made):
        return
    waiting = message_for(run, subscriber, made, thread)
    number = outbox.queue(run.app.store, waiting, run.app.now)
    run.wrote.append(number)


def message_for(run: NotifyRun, subscriber: Subscriber, made: Digest, thread: str = "") -> Message:
    """Return the whole message to a subscriber, with the links that stop it. `thread` is the
    Message-ID that it answers."""
    if subscriber.channel in BY_LABEL:
        followed = run.contexts.followed(subscriber)
        return other_channels.message(run.app, subscriber, made, followed, thread)

    ways = ways_to_leave(run.app, subscriber)
    whole = replace(made, leave=ways.page, manage=ways.manage)
    return addressed(
        run.app,
        whole,
        subscriber.address,
        subscriber.id,
        ways.headers,
        thread,
        run.renderings.message(made, ways.page, ways.manage),
    )
