"""What one subscriber is told now: events → match → digest → render → outbox, in one transaction (DESIGN §6.2, §6.8, §7)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import parseaddr

from syncer import digest as digests
from syncer.app import Desk
from syncer.diff import CONFIRMED
from syncer.letter import Digest, MailKind, Wrong
from syncer.match import by_missing_overall, wants
from syncer.model import Event, EventKind, Problem, Subscriber, Subscription
from syncer.render import Envelope, as_bytes, message
from syncer.schedule import LONDON, due
from syncer.situation import Situations, dark_sources, unsubscribe_links
from syncer.store import events, outbox, people, problems, telling
from syncer.store.outbox import Message, State

NO_OVERALL = "no overall judgement"
QUIET_AFTER = {"monthly": dt.timedelta(days=30), "weekly": dt.timedelta(days=7)}
QUIET_HOURS = range(7, 20)
HAVE_IT = (State.CLAIMED, State.DOT, State.SENT, State.IN_DOUBT)


@dataclass
class Turn:
    """What the turns of one run have in common: the desk, the situation, and the events since the lowest mark."""

    desk: Desk
    situations: Situations
    waiting: Sequence[Event]
    last: int
    wrote: list[int] = field(default_factory=list)


def begin(desk: Desk) -> Turn:
    """Look up, once, what every turn needs."""
    marks = [s.mark for subscriber in people.listing(desk.store, ["active"]) for s in subscriber.subscriptions]
    waiting = events.after(desk.store, min(marks, default=events.last_seq(desk.store)))
    return Turn(desk, Situations(desk), waiting, waiting[-1].seq or 0 if waiting else events.last_seq(desk.store))


def take_turn(turn: Turn, number: int) -> None:
    """Write what this subscriber is to be told now. Call inside `writing()`: message, lines and marks are one."""
    subscriber = people.get(turn.desk.store, number)
    if subscriber.state != "active" or not subscriber.subscriptions:
        return
    if subscriber.welcomed is None:
        _welcome(turn, subscriber)
        return
    now = turn.desk.now
    ready = [s for s in subscriber.subscriptions if due(s, now, s.considered)]
    told = _tellable(turn, subscriber, ready)
    if told:
        _digest(turn, subscriber, told)
    people.move_marks(turn.desk.store, [s.id for s in ready if s.mark < turn.last or s.frequency != "immediately"], turn.last, now)
    _tell_dark(turn, subscriber)
    if not told:
        _tell_quiet(turn, subscriber)


def _tellable(turn: Turn, subscriber: Subscriber, ready: Sequence[Subscription]) -> list[Event]:
    """The events above the marks of the subscriptions due that match and were not told."""
    register = turn.desk.register
    lowest = min((s.mark for s in ready), default=turn.last)
    wanted = [e for e in turn.waiting if (e.seq or 0) > lowest and any(s.mark < (e.seq or 0) and wants(s, e, register) for s in ready)]
    if not wanted:
        return []
    dealt = telling.dealt_with(turn.desk.store, subscriber.id, lowest)
    waiting = {e.id for e in wanted} - dealt
    return [_as_news(e, waiting) for e in wanted if e.id in waiting and (e.area != CONFIRMED or _had(turn.desk, e.corrects, subscriber.id))]


def _as_news(event: Event, waiting: set[int]) -> Event:
    """A correction of what this subscriber never had, because the wrong reading did not concern them, is the change itself, told late."""
    if event.kind is EventKind.CORRECTED and event.corrects not in waiting:
        return replace(event, kind=EventKind.ADDED, late=True)
    return event


def _had(desk: Desk, event: int, subscriber: int) -> bool:
    account = telling.account(desk.store, event, subscriber)
    return account.how == "told" and account.state in HAVE_IT


def _digest(turn: Turn, subscriber: Subscriber, told: Sequence[Event]) -> None:
    why = any(by_missing_overall(s, e) for s in subscriber.subscriptions for e in told)
    explain = why and people.first_time(turn.desk.store, subscriber.id, NO_OVERALL)
    made = digests.compose(subscriber, told, turn.situations.of(subscriber, explain_no_overall=explain))
    if made.empty:
        telling.note_folded(turn.desk.store, subscriber.id, 0, dict.fromkeys((e.id for e in told), 0), turn.desk.now)
        return
    _queue(turn, subscriber, made)


def _welcome(turn: Turn, subscriber: Subscriber) -> None:
    situation = turn.situations.of(subscriber)
    _queue(turn, subscriber, digests.welcome(subscriber, situation))
    people.note_welcomed(turn.desk.store, subscriber.id, events.last_seq(turn.desk.store), turn.desk.now)


def _tell_dark(turn: Turn, subscriber: Subscriber) -> None:
    for mark, dark in dark_sources(turn.desk):
        if people.first_time(turn.desk.store, subscriber.id, mark):
            _queue(turn, subscriber, digests.source_dark(subscriber, dark, turn.situations.of(subscriber)))


def _tell_quiet(turn: Turn, subscriber: Subscriber) -> None:
    """By day, when nothing at all was written to this person for a month (or a week, as they wish)."""
    pause, now = QUIET_AFTER.get(subscriber.all_quiet), turn.desk.now
    if pause is None or now.astimezone(LONDON).hour not in QUIET_HOURS:
        return
    last = outbox.last_written(turn.desk.store, subscriber.id)
    if last is not None and now - last >= pause:
        _queue(turn, subscriber, digests.all_quiet(subscriber, turn.situations.of(subscriber), last))
        people.note_quiet(turn.desk.store, subscriber.id, now)


# -- Corrections ------------------------------------------------------------------------------------------------------------------


def correct(turn: Turn, event: Event) -> None:
    """One event that corrects another: whoever had the wrong line is told in the same thread, where it still waits it is replaced.
    Who had nothing is told by their turn, if it matches. Call inside `writing()`."""
    store = turn.desk.store
    for waiting in outbox.waiting_for(store, event.corrects):
        if waiting.subscriber:
            _replace(turn, people.get(store, waiting.subscriber), waiting.id, event)
    for had in telling.told_of(store, event.corrects):
        known = telling.account(store, event.id, had.subscriber).how != "not yet"
        if not known and had.state in HAVE_IT:
            wrong = outbox.show(store, had.delivery)
            subscriber = people.get(store, had.subscriber)
            about = Wrong(wrong.message_id, wrong.subject, wrong.sent_at or wrong.created_at)
            made = digests.correction(subscriber, [event], turn.situations.of(subscriber), about)
            _queue(turn, subscriber, made, thread=wrong.message_id)
            telling.note_corrected(store, subscriber.id, {event.corrects: event.id}, turn.desk.now)


def _replace(turn: Turn, subscriber: Subscriber, delivery: int, event: Event) -> None:
    """Write a message that waits anew, with what is right in place of what is wrong; take it back if nothing is left to say."""
    store = turn.desk.store
    kept = [e for e in events.of_delivery(store, delivery) if e.id != event.corrects]
    right = [event] if any(wants(s, event, turn.desk.register) for s in subscriber.subscriptions) else []
    made = digests.compose(subscriber, [*kept, *right], turn.situations.of(subscriber))
    if made.empty or not (kept or right):
        outbox.cancel_waiting(store, delivery)
    else:
        outbox.replace_waiting(store, delivery, _message(turn, subscriber, made), turn.desk.now)


def rewrite_welcomes(turn: Turn) -> None:
    """A welcome that waits must not show what is now known to be wrong: it is written anew. Call inside `writing()`."""
    for waiting in outbox.listing(turn.desk.store, [State.QUEUED]):
        if waiting.kind == MailKind.WELCOME and waiting.subscriber and not waiting.doubts:
            subscriber = people.get(turn.desk.store, waiting.subscriber)
            made = digests.welcome(subscriber, turn.situations.of(subscriber))
            outbox.replace_waiting(turn.desk.store, waiting.id, _message(turn, subscriber, made), turn.desk.now)


def corrections(turn: Turn) -> list[Event]:
    """The events that correct or take back others and have not been followed up yet."""
    mark = int(turn.desk.store.meta("corrected_up_to") or 0)
    found = events.after(turn.desk.store, mark)
    return [e for e in found if e.kind is EventKind.CORRECTED and e.corrects]


# -- The operator -------------------------------------------------------------------------------------------------------------------


def tell_operator(turn: Turn) -> None:
    """New problems, and the end of those told before, to the configured address. Call inside `writing()`."""
    desk, to = turn.desk, turn.desk.config.operator.mail
    begun, ended = problems.untold(desk.store)
    if not to or not (begun or ended):
        return
    found = [Problem(p["name"], p["message"], p["url"], p["hint"], p["council"]) for p in begun]
    made = digests.operator(found, [p["message"] for p in ended], turn.situations.common())
    _enqueue(turn, made, to, 0)
    problems.mark_told(desk.store, [p["id"] for p in begun], desk.now)
    problems.mark_told(desk.store, [p["id"] for p in ended], desk.now, ended=True)


# -- Into the outbox ------------------------------------------------------------------------------------------------------------------


def _queue(turn: Turn, subscriber: Subscriber, made: Digest, thread: str = "") -> None:
    turn.wrote.append(outbox.queue(turn.desk.store, _message(turn, subscriber, made, thread), turn.desk.now))


def _message(turn: Turn, subscriber: Subscriber, made: Digest, thread: str = "") -> Message:
    mail = turn.desk.config.mail
    links = unsubscribe_links(turn.desk.store, mail.reply_to or parseaddr(mail.sender)[1], mail.unsubscribe_url, subscriber)
    return _addressed(turn, made, subscriber.address, subscriber.id, links, thread)


def _enqueue(turn: Turn, made: Digest, to: str, subscriber: int) -> None:
    turn.wrote.append(outbox.queue(turn.desk.store, _addressed(turn, made, to, subscriber, (), ""), turn.desk.now))


def _addressed(turn: Turn, made: Digest, to: str, subscriber: int, links: tuple[str, ...], thread: str) -> Message:
    """The whole message, with the Message-ID that it keeps for ever."""
    desk, mail = turn.desk, turn.desk.config.mail
    identifier = f"<{uuid.uuid4().hex}@{mail.list_id}>"
    rendered = message(made, desk.config.digest.templates)
    envelope = Envelope(mail.sender, to, identifier, desk.now, mail.list_id if links else "", mail.reply_to, links)
    lines = made.folding.lines
    return Message(
        kind=made.kind, message_id=identifier, sender=parseaddr(mail.sender)[1], recipient=to, subject=rendered.subject,
        body=as_bytes(rendered, envelope), subscriber=subscriber, thread=thread, told=tuple(line.event.id for line in lines),
        folded=_folded(made, lines),
    )  # fmt: skip


def _folded(made: Digest, lines: Iterable[digests.Line]) -> Mapping[int, int]:
    return {**dict(made.folding.into), **dict.fromkeys(made.folding.cancelled, 0)}
