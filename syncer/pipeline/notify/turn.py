"""What one subscriber is told now: events → match → digest → render → outbox, in one transaction
(DESIGN §6.2, §6.8, §7)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from email.utils import parseaddr

from syncer import digest as digests
from syncer.app import App
from syncer.digest.letter import CorrectedMessage, Digest, MailKind
from syncer.digest.render import Envelope, as_bytes, message
from syncer.errors import BadAddress, TemplateBroken
from syncer.links import Action, sign
from syncer.model import Event, EventKind, Frequency, Problem, Subscriber, Subscription
from syncer.pipeline.notify.situation import (
    DigestContexts,
    StaleSource,
    depends_on,
    stale_sources,
    unsubscribe_links,
)
from syncer.records.diff import CONFIRMED
from syncer.store import deliveries, events, outbox, people, problems, telling
from syncer.store.outbox import Delivery, Message, State
from syncer.subscriptions.match import by_missing_overall, wants
from syncer.subscriptions.schedule import LONDON, due

NO_OVERALL = "no overall judgement"
IDLE_AT_ONCE = 100
QUIET_AFTER = {"monthly": dt.timedelta(days=30), "weekly": dt.timedelta(days=7)}
QUIET_HOURS = range(7, 20)
NEVER_LEFT = (State.FAILED, State.CANCELLED)
NAME = "digests"
"""Under which the messages that could not be written stand among the problems."""


@dataclass
class Turn:
    """What the turns of one run have in common: the desk, the situation, the events since the
    lowest mark, which of them is corrected by which, and the sources that cannot be read."""

    app: App
    contexts: DigestContexts
    waiting: Sequence[Event]
    last: int
    corrected: Mapping[int, Event]
    dark: Sequence[StaleSource]
    wrote: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@contextmanager
def step(turn: Turn) -> Iterator[None]:
    """One transaction of a run. A message that cannot be made undoes it and is a problem; nothing
    is lost, the next run tries again."""
    wrote = len(turn.wrote)
    try:
        with turn.app.store.writing():
            yield
    except (TemplateBroken, BadAddress) as error:
        del turn.wrote[wrote:]
        turn.problems.append(
            Problem(
                error.name,
                str(error),
                f"{NAME}:{error}",
                error.hint or "`syncer doctor` tries every template.",
            )
        )


def begin(app: App) -> Turn:
    """Look up, once, what every turn needs."""
    marks = [
        s.mark
        for subscriber in people.listing(app.store, ["active"])
        for s in subscriber.subscriptions
    ]
    waiting = events.after(app.store, min(marks, default=events.last_seq(app.store)))
    corrected = {e.corrects: e for e in waiting if e.kind is EventKind.CORRECTED}
    last = waiting[-1].seq or 0 if waiting else events.last_seq(app.store)
    return Turn(app, DigestContexts(app), waiting, last, corrected, stale_sources(app))


def turns(turn: Turn, only: int = 0) -> Iterator[list[int]]:
    """Whose turns are taken in one transaction: one by one those who may be told of a change, the
    others by the hundred, since a commit is what costs. `only`: this subscriber alone."""
    idle: list[int] = []
    for subscriber in people.listing(turn.app.store, ["active"]):
        if only not in (0, subscriber.id):
            continue
        if subscriber.welcomed is None or _may_be_told(turn, subscriber):
            yield [subscriber.id]
        else:
            idle.append(subscriber.id)
    yield from (idle[n : n + IDLE_AT_ONCE] for n in range(0, len(idle), IDLE_AT_ONCE))


def _may_be_told(turn: Turn, subscriber: Subscriber) -> bool:
    register = turn.app.register
    return any(
        (e.seq or 0) > s.mark and wants(s, e, register)
        for s in subscriber.subscriptions
        for e in turn.waiting
    )


def take_turn(turn: Turn, number: int, *, everything: bool = False) -> None:
    """Write what this subscriber is to be told now (`everything`: also what is not due yet). Call
    inside `writing()`: message, lines and marks are one."""
    subscriber = people.get(turn.app.store, number)
    if subscriber.state != "active" or not subscriber.subscriptions:
        return
    if subscriber.welcomed is None:
        _welcome(turn, subscriber)
        return
    ready = subscriber.subscriptions if everything else _ready(turn, subscriber)
    told = _tellable(turn, subscriber, ready)
    if told:
        _digest(turn, subscriber, told)
    moved = [s.id for s in ready if s.mark < turn.last or s.frequency is not Frequency.IMMEDIATELY]
    people.move_marks(turn.app.store, moved, turn.last, turn.app.now)
    _tell_stale(turn, subscriber)
    if not told:
        _tell_quiet(turn, subscriber)


def _ready(turn: Turn, subscriber: Subscriber) -> list[Subscription]:
    """The subscriptions that are due. One that was added to those a person has begins with its
    first slot after that, not at once."""
    now = turn.app.now
    added = [
        s
        for s in subscriber.subscriptions
        if s.considered is None and s.frequency is not Frequency.IMMEDIATELY
    ]
    people.move_marks(turn.app.store, [s.id for s in added], 0, now)
    return [s for s in subscriber.subscriptions if s not in added and due(s, now, s.considered)]


def _tellable(turn: Turn, subscriber: Subscriber, ready: Sequence[Subscription]) -> list[Event]:
    """The events above the marks of the subscriptions that match and were not told. Nothing known
    to be wrong is among them, unless what is right is there too: then the two fold to one line."""
    register, store = turn.app.register, turn.app.store
    lowest = min((s.mark for s in ready), default=turn.last)
    wanted = [
        e
        for e in turn.waiting
        if (e.seq or 0) > lowest
        and any(s.mark < (e.seq or 0) and wants(s, e, register) for s in ready)
    ]
    if not wanted:
        return []
    waiting = {e.id for e in wanted} - telling.handled(store, subscriber.id, lowest)
    wrong = {
        n: by.id
        for n, by in turn.corrected.items()
        if n in waiting and not _folds(by, wanted, waiting, n)
    }
    telling.note_replaced(store, subscriber.id, wrong, turn.app.now)
    return [
        e
        for e in wanted
        if e.id in waiting.difference(wrong)
        and (e.area != CONFIRMED or _has(turn.app, e, subscriber.id, waiting))
    ]


def _folds(right: Event, wanted: Sequence[Event], waiting: set[int], wrong: int) -> bool:
    """Whether what is right is told at the same time, and about the same councils."""
    return right.id in waiting and any(
        e.id == wrong and e.councils == right.councils for e in wanted
    )


def _has(app: App, confirmation: Event, subscriber: int, waiting: set[int]) -> bool:
    """Whether this subscriber has, or is about to have, the line that is confirmed."""
    account = telling.account(app.store, confirmation.corrects, subscriber)
    written = (
        account.how in ("told", "folded") and account.delivery and account.state not in NEVER_LEFT
    )
    return confirmation.corrects in waiting or bool(written)


def _digest(turn: Turn, subscriber: Subscriber, told: Sequence[Event]) -> None:
    why = any(by_missing_overall(s, e) for s in subscriber.subscriptions for e in told)
    explain = why and people.first_time(turn.app.store, subscriber.id, NO_OVERALL)
    made = digests.compose(
        subscriber, told, turn.contexts.of(subscriber, explain_no_overall=explain)
    )
    if made.empty:
        telling.note_folded(
            turn.app.store, subscriber.id, 0, dict.fromkeys((e.id for e in told), 0), turn.app.now
        )
        return
    _queue(turn, subscriber, made)


def _welcome(turn: Turn, subscriber: Subscriber) -> None:
    situation = turn.contexts.of(subscriber)
    _queue(turn, subscriber, digests.welcome(subscriber, situation))
    people.note_welcomed(
        turn.app.store, subscriber.id, events.last_seq(turn.app.store), turn.app.now
    )


def _tell_stale(turn: Turn, subscriber: Subscriber) -> None:
    for dark in turn.dark:
        if depends_on(subscriber, dark) and people.first_time(
            turn.app.store, subscriber.id, dark.mark
        ):
            _queue(
                turn,
                subscriber,
                digests.source_dark(subscriber, dark.row, turn.contexts.of(subscriber)),
            )


def _tell_quiet(turn: Turn, subscriber: Subscriber) -> None:
    """By day, when nothing at all was written to this person for a month (or a week, as they wish),
    and nothing waits for its day."""
    pause, now = QUIET_AFTER.get(subscriber.all_quiet), turn.app.now
    if pause is None or now.astimezone(LONDON).hour not in QUIET_HOURS:
        return
    last = outbox.last_written(turn.app.store, subscriber.id)
    if (
        last is not None
        and now - last >= pause
        and not _tellable(turn, subscriber, subscriber.subscriptions)
    ):
        _queue(turn, subscriber, digests.all_quiet(subscriber, turn.contexts.of(subscriber), last))
        people.note_quiet(turn.app.store, subscriber.id, now)


class _Undo(Exception):  # noqa: N818 (never seen by anybody)
    """Ends a transaction of which nothing is to remain."""


def preview(app: App, number: int) -> list[bytes]:
    """The messages that would be written for this subscriber, were everything due now. The store
    stays as it is."""
    turn, bodies = begin(app), list[bytes]()
    with suppress(_Undo), app.store.writing():
        correct_all(turn)
        take_turn(turn, number, everything=True)
        bodies = [
            outbox.body(app.store, n)
            for n in turn.wrote
            if outbox.show(app.store, n).subscriber == number
        ]
        raise _Undo
    return bodies


def test_message(app: App, to: str) -> Message:
    """A message that proves that mail to this address arrives; it is not kept."""
    turn = begin(app)
    return _addressed(turn, digests.test_mail(turn.contexts.common()), to, 0, (), "")


def ask_to_confirm(app: App, subscriber: Subscriber) -> int:
    """Queue the message that asks whether the address is its owner's wish; its number. Call inside
    `writing()`."""
    turn, mail = begin(app), app.config.mail
    to = mail.reply_to or parseaddr(mail.sender)[1]
    token = sign(people.secret(app.store), Action.CONFIRM, subscriber.id)
    asked = digests.confirm(subscriber, turn.contexts.of(subscriber))
    _queue(
        turn,
        subscriber,
        replace(
            asked,
            notes=(*asked.notes, f"Or write to {to} with this subject: {Action.CONFIRM} {token}"),
        ),
    )
    return turn.wrote[-1]


# -- Corrections -----------------------------------------------------------------------------------


def correct_all(turn: Turn) -> None:
    """Follow up every event that corrects another and has not been followed up yet. Call inside
    `writing()`."""
    store = turn.app.store
    mark = int(store.meta("corrected_up_to") or 0)
    found = [
        e
        for e in events.after(store, mark)
        if e.kind is EventKind.CORRECTED and e.corrects and (e.seq or 0) <= turn.last
    ]
    for event in found:
        correct(turn, event)
    if found:
        _rewrite_welcomes(turn)
    if turn.last > mark:
        store.set_meta("corrected_up_to", str(turn.last))


def correct(turn: Turn, event: Event) -> None:
    """One event that corrects another: where the wrong line still waits it is replaced, whoever had
    it is told in the same thread. Who had nothing is told by their turn, if it matches. Call inside
    `writing()`."""
    store = turn.app.store
    for waiting in outbox.waiting_for(store, event.corrects):
        if waiting.subscriber:
            _replace(turn, people.get(store, waiting.subscriber), waiting, event)
    for had in telling.told_of(store, event.corrects):
        subscriber = people.get(store, had.subscriber)
        if (
            subscriber.state == "active"
            and telling.account(store, event.id, subscriber.id).how == "not yet"
        ):
            _queue(
                turn,
                subscriber,
                _correction(turn, subscriber, event, had.delivery),
                thread=had.message_id,
            )
            telling.note_corrected(store, subscriber.id, {event.corrects: event.id}, turn.app.now)


def _correction(turn: Turn, subscriber: Subscriber, event: Event, wrong: int) -> Digest:
    was = outbox.show(turn.app.store, wrong)
    about = CorrectedMessage(was.message_id, was.subject, was.sent_at or was.created_at)
    return digests.correction(subscriber, [event], turn.contexts.of(subscriber), about)


def _replace(turn: Turn, subscriber: Subscriber, waiting: Delivery, event: Event) -> None:
    """Write a message that waits anew, with what is right in place of what is wrong; take it back
    if nothing is left to say."""
    store = turn.app.store
    if waiting.thread and (first := deliveries.named(store, waiting.thread)):
        _correct_anew(turn, subscriber, waiting, event, first)
        return
    lines = events.of_delivery(store, waiting.id)
    right = (
        [event] if any(wants(s, event, turn.app.register) for s in subscriber.subscriptions) else []
    )
    kept = [e for e in lines if e.id != event.corrects or (right and e.councils == event.councils)]
    made = digests.compose(subscriber, [*kept, *right], turn.contexts.of(subscriber))
    if made.empty:
        outbox.cancel_waiting(store, waiting.id)
        telling.note_folded(store, subscriber.id, 0, {e.id: 0 for e in right}, turn.app.now)
    else:
        outbox.replace_waiting(store, waiting.id, _message(turn, subscriber, made), turn.app.now)


def _correct_anew(
    turn: Turn, subscriber: Subscriber, waiting: Delivery, event: Event, first: int
) -> None:
    """A correction proved wrong before it left: it says what is right now, or nothing if that is
    what was said at first."""
    store = turn.app.store
    between = events.get(store, event.corrects)
    said = events.get(store, between.corrects) if between else None
    if said and (said.new, said.councils) == (event.new, event.councils):
        outbox.cancel_waiting(store, waiting.id)
        telling.note_folded(store, subscriber.id, 0, {event.id: 0}, turn.app.now)
    else:
        made = _message(
            turn, subscriber, _correction(turn, subscriber, event, first), waiting.thread
        )
        outbox.replace_waiting(store, waiting.id, made, turn.app.now)


def _rewrite_welcomes(turn: Turn) -> None:
    """A welcome that waits must not show what is now known to be wrong: it is written anew, and
    includes what is known now."""
    store = turn.app.store
    for waiting in outbox.listing(store, [State.QUEUED]):
        if waiting.kind == MailKind.WELCOME and waiting.subscriber and not waiting.doubts:
            subscriber = people.get(store, waiting.subscriber)
            made = digests.welcome(subscriber, turn.contexts.of(subscriber))
            outbox.replace_waiting(
                store, waiting.id, _message(turn, subscriber, made), turn.app.now
            )
            people.note_welcomed(store, subscriber.id, events.last_seq(store), turn.app.now)


# -- The operator ----------------------------------------------------------------------------------


def note_problems(turn: Turn) -> list[Problem]:
    """Keep which messages could not be made, and end what was wrong before and is not now; gives
    those that are new. Call inside `writing()`."""
    store, now = turn.app.store, turn.app.now
    gone = {p["url"] for p in problems.still_open(store, NAME)} - {p.url for p in turn.problems}
    problems.end(store, NAME, gone, now)
    return problems.note(store, NAME, turn.problems, now)


def tell_operator(turn: Turn) -> None:
    """New problems, and the end of those told before, to the configured address. Call inside
    `writing()`."""
    app, to = turn.app, turn.app.config.operator.mail
    begun, ended = problems.untold(app.store)
    if not to or not (begun or ended):
        return
    new, over = (
        [Problem(p["name"], p["message"], p["url"], p["hint"], p["council"]) for p in rows]
        for rows in (begun, ended)
    )
    made = digests.operator(new, over, turn.contexts.common())
    _enqueue(turn, made, to, 0)
    problems.mark_told(app.store, [p["id"] for p in begun], app.now)
    problems.mark_told(app.store, [p["id"] for p in ended], app.now, ended=True)


# -- Into the outbox -------------------------------------------------------------------------------


def _queue(turn: Turn, subscriber: Subscriber, made: Digest, thread: str = "") -> None:
    turn.wrote.append(
        outbox.queue(turn.app.store, _message(turn, subscriber, made, thread), turn.app.now)
    )


def _message(turn: Turn, subscriber: Subscriber, made: Digest, thread: str = "") -> Message:
    mail = turn.app.config.mail
    links = unsubscribe_links(
        turn.app.store,
        mail.reply_to or parseaddr(mail.sender)[1],
        mail.unsubscribe_url,
        subscriber,
    )
    return _addressed(turn, made, subscriber.address, subscriber.id, links, thread)


def _enqueue(turn: Turn, made: Digest, to: str, subscriber: int) -> None:
    turn.wrote.append(
        outbox.queue(turn.app.store, _addressed(turn, made, to, subscriber, (), ""), turn.app.now)
    )


def _addressed(
    turn: Turn, made: Digest, to: str, subscriber: int, links: tuple[str, ...], thread: str
) -> Message:
    """The whole message, with the Message-ID that it keeps for ever."""
    app, mail = turn.app, turn.app.config.mail
    identifier = f"<{uuid.uuid4().hex}@{mail.list_id}>"
    rendered = message(made, app.config.digest.templates)
    envelope = Envelope(
        mail.sender, to, identifier, app.now, mail.list_id if links else "", mail.reply_to, links
    )
    lines = made.folding.lines
    return Message(
        kind=made.kind,
        message_id=identifier,
        sender=parseaddr(mail.sender)[1],
        recipient=to,
        subject=rendered.subject,
        body=as_bytes(rendered, envelope),
        subscriber=subscriber,
        thread=thread,
        told=tuple(line.event.id for line in lines),
        folded=_folded(made, lines),
    )


def _folded(made: Digest, lines: Iterable[digests.Line]) -> Mapping[int, int]:
    return {**dict(made.folding.into), **dict.fromkeys(made.folding.cancelled, 0)}
