"""Sending what waits, so that nothing is lost and nothing comes twice where that can be known
(DESIGN §7.3).

    claim (committed) → transport: … write down the dot (committed), the dot, the reply → outcome
    (committed)

Mail, chats and webhooks take turns, each with its own transport: one that is down, or slow, does
not hold up the others.

A kill or a lost line before the dot means "not sent": tried again with growing pauses. After the
dot nobody knows: `in_doubt`, and the same bytes with the same Message-ID go out again after a
quarter of an hour (or wait for the operator). A service that can be asked is asked first
(`asking.py`). One delivery at a time; one that is refused does not hold up the others.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from syncer.delivery import asking
from syncer.delivery.asking import Returned
from syncer.delivery.channels import Ways, no_ways
from syncer.delivery.transports import Transport
from syncer.delivery.transports.base import Accepted, AskableService, Parcel, ParcelService
from syncer.delivery.transports.maildir import Maildir
from syncer.delivery.transports.smtp_replies import without_names
from syncer.errors import (
    AddressRefused,
    ChatUnavailable,
    ClaimLost,
    InDoubt,
    LimitReached,
    ServerRefused,
    TransportError,
    TransportUnavailable,
)
from syncer.model import Problem
from syncer.store import Store, erasure, people
from syncer.store import outbox as deliveries
from syncer.store.outbox import Claim, Delivery, State, Wait
from syncer.subscriptions.channels import BY_LABEL, EMAIL
from syncer.subscriptions.spelling import Spelling

Clock = Callable[[], dt.datetime]
Checkpoint = Callable[[str], None]

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
BACKOFF = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR)
"""How long to wait after the first, second … attempt that came to nothing; the last one for ever
after."""
REFUSED_BACKOFF = (HOUR, 4 * HOUR)
"""How long to wait after a reply that was meant for good: servers are at times wrong about that."""
REFUSALS = 3
"""After so many of those a delivery has failed."""
IN_DOUBT_BACKOFF = (15 * MINUTE, 15 * MINUTE, 15 * MINUTE, 4 * HOUR, 24 * HOUR)
"""How long to wait after a doubt; longer for a server that hangs up on every dot, so as not to
flood a reader who gets them all."""

IDLE_SECONDS = 5.0
"""How long a channel that had nothing is not looked at, while another still sends."""

SAME_WORDS = 3
"""So many other recipients refused in the same words, and nobody accepted: it is the server."""

CHECKPOINTS = (
    "claimed",
    "before the end of data",
    "end of data recorded",
    "handed over",
    "outcome recorded",
)


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery in one run: `said` is the server's reply, or the error.
    `server_fault`: it waits because the server takes no mail from us; `no_library`: because nothing
    can be written to any chat."""

    delivery: int
    recipient: str
    state: State
    said: str
    server_fault: bool = False
    no_library: bool = False
    channel: str = EMAIL


@dataclass(frozen=True)
class SendReport:
    """What one run did. `stopped` says why the mail that is due was not all tried; empty when it
    was; `returned` are those, sent before, of which it became known that they came back."""

    outcomes: tuple[Outcome, ...] = ()
    stopped: TransportUnavailable | None = None
    returned: tuple[Returned, ...] = ()

    def count(self, state: State) -> int:
        """Return how many deliveries ended the run in this state; `queued` are those that are tried
        again later."""
        ended = [outcome for outcome in self.outcomes if outcome.state is state]
        return len(ended)

    def problems(self) -> tuple[Problem, ...]:
        """Return what the operator should know: refused for good, in doubt, refused for a reason of
        the server's own, or nothing could be sent at all."""
        found = []
        for outcome in self.outcomes:
            if outcome.state in (State.FAILED, State.IN_DOUBT):
                found.append(_problem(outcome))

        blamed = [outcome for outcome in self.outcomes if outcome.server_fault]
        if blamed:
            found.append(_server_refuses(blamed))
        if any(outcome.no_library for outcome in self.outcomes):
            found.append(_no_library())
        if self.stopped and not _is_brief(self.stopped):
            found.append(_stopped(self.stopped))
        return tuple(found)

    @property
    def tried_mail(self) -> bool:
        """Whether the mail server answered for each message it was handed, and there was one."""
        return self.tried(EMAIL) and self.stopped is None

    def tried(self, channel: str) -> bool:
        """Return whether any message by this channel was tried."""
        return any(outcome.channel == channel for outcome in self.outcomes)


def _problem(outcome: Outcome) -> Problem:
    failed = outcome.state is State.FAILED
    return Problem(
        "DeliveryFailed" if failed else "InDoubt",
        f"{outcome.recipient}: {outcome.said}",
        hint=f"`syncer outbox show {outcome.delivery}` shows the message and what was answered.",
    )


def _no_library() -> Problem:
    error = ChatUnavailable("messages to chats wait: syncer[chat] is not installed")
    return Problem(error.name, str(error), hint=error.hint)


def _is_brief(error: TransportUnavailable) -> bool:
    """Return whether it is over before anybody could look at it: so many messages a minute."""
    return isinstance(error, LimitReached) and error.retry_after <= MINUTE


def _stopped(error: TransportUnavailable) -> Problem:
    return Problem(error.name, str(error), hint=error.hint)


def _server_refuses(blamed: Sequence[Outcome]) -> Problem:
    """Return the one problem of all messages that wait because the server takes no mail from us."""
    waiting = "message waits" if len(blamed) == 1 else "messages wait"
    return Problem(
        ServerRefused.__name__,
        f"{len(blamed)} {waiting}; the first: {blamed[0].said}",
        hint=ServerRefused.hint,
    )


def new_owner() -> str:
    """Return a name for one run of sending, as it stands in its claims."""
    host = socket.gethostname()
    process = os.getpid()
    run = uuid.uuid4().hex[:8]
    return f"{host}:{process}:{run}"


def send_due(
    store: Store,
    transport: Transport,
    clock: Clock,
    owner: str = "",
    in_doubt: str = "resend",
    refusals: int = REFUSALS,
    checkpoint: Checkpoint = lambda name: None,
    ways: Ways = no_ways,
) -> SendReport:
    """Try every delivery that is due, each once.

    `transport` is that of mail, `ways` gives those of chats and webhooks. `clock` gives aware
    moments. `in_doubt` is `[mail] in_doubt`: "resend" or "hold"; after
    `refusals` replies that were meant for good a delivery has failed. `checkpoint` is called at
    each of `CHECKPOINTS`. Raises nothing for a delivery that cannot be made: that is in the report.
    """
    askable = _askable(transport)
    recover(store, clock(), in_doubt, can_be_asked=askable is not None)
    deliveries.end_impossible_waits(store, clock())

    run = _Run(
        store,
        transport,
        ways,
        clock,
        owner or new_owner(),
        refusals,
        checkpoint,
        started=clock(),
    )
    returned: tuple[Returned, ...] = ()
    with transport, deliveries.hasty(store):
        sent_before = asking.to_follow(store, clock()) if askable else []
        if askable:
            run.settle(askable)

        while run.take_turns():
            pass
        if askable and run.stopped is None:
            run.settle(askable)
            returned = tuple(asking.follow(store, askable, sent_before, clock, BACKOFF))
    return SendReport(tuple(run.outcomes), run.stopped, returned)


def _askable(transport: Transport) -> AskableService | None:
    """Return the transport as a service that can be asked; None where it is none."""
    if not transport.capabilities.can_be_asked:
        return None
    return cast(AskableService, transport)


@dataclass
class _Run:
    """One run of sending. `stopped` is why mail is not tried any more; `later` are the subscribers
    whose chat or webhook failed in this run: what else there is for them waits for the next.
    `idle_until` is when a channel is looked at again that had nothing, by the monotonic clock."""

    store: Store
    mail: Transport
    ways: Ways
    clock: Clock
    owner: str
    refusals: int
    checkpoint: Checkpoint
    started: dt.datetime
    outcomes: list[Outcome] = field(default_factory=list)
    stopped: TransportUnavailable | None = None
    later: set[int] = field(default_factory=set)
    idle_until: dict[str, float] = field(default_factory=dict)

    def take_turns(self) -> bool:
        """Try one message by each channel; return whether there was any."""
        tried = [self._try_next(channel) for channel in (EMAIL, *BY_LABEL)]
        return any(tried)

    def _try_next(self, channel: str) -> bool:
        """Try the next message by a channel; return whether there was one."""
        if time.monotonic() < self.idle_until.get(channel, 0.0):
            return False
        claim = self._claim(channel)
        if claim is None:
            self.idle_until[channel] = time.monotonic() + IDLE_SECONDS
            return False

        self.checkpoint("claimed")
        try:
            outcome = self._send(claim)
        except ClaimLost:
            return True
        except TransportUnavailable as error:
            _not_tried(self.store, claim, error, self.clock())
            self.stopped = error
            return False

        self.outcomes.append(outcome)
        self.checkpoint("outcome recorded")
        return True

    def settle(self, service: AskableService) -> None:
        """Ask the service about the mail that is in doubt, and note what it has."""
        for delivery, found in asking.settle(self.store, service, self.clock):
            before = [each for each in self.outcomes if each.delivery != delivery.id]
            self.outcomes = [*before, _outcome(delivery, State.SENT, found.said)]

    def _claim(self, channel: str) -> Claim | None:
        """Take what is next by a channel. Mail that is written meanwhile waits for the next run; a
        chat need not wait for a mail server that takes its time."""
        now = self.clock()
        if channel != EMAIL:
            return deliveries.claim(
                self.store,
                self.owner,
                now,
                channel=channel,
                later=self.later,
            )
        if self.stopped is not None:
            return None
        return deliveries.claim(self.store, self.owner, now, due_by=self.started)

    def _send(self, claim: Claim) -> Outcome:
        """Hand over one message and write down what became of it."""
        outcome = _send(
            self.store,
            self._transport_of,
            claim,
            self.clock,
            self.refusals,
            self.checkpoint,
        )
        if claim.delivery.channel != EMAIL and outcome.state is not State.SENT:
            self.later.add(claim.delivery.subscriber)
        return outcome

    def _transport_of(self, delivery: Delivery) -> Transport:
        if delivery.channel == EMAIL:
            return self.mail
        return self.ways(delivery)


def _not_tried(store: Store, claim: Claim, error: TransportUnavailable, now: dt.datetime) -> None:
    """Let a message wait that did not come to an attempt; and with it everything else, where the
    service has said for how long it takes no more."""
    said = str(error)
    if not isinstance(error, LimitReached):
        deliveries.record_not_tried(store, claim, said, Wait(now, MINUTE))
        return

    wait = Wait(now, error.retry_after)
    deliveries.record_not_tried(store, claim, said, wait)
    deliveries.let_wait(store, claim.delivery.channel, said, wait)


@dataclass(frozen=True)
class Erasure:
    """How many lines of the store and how many files named an address; what could not be done; and
    the day from which no backup names it either."""

    lines: int
    files: int
    left: tuple[str, ...]
    backups_until: dt.date


def erase(
    store: Store,
    maildir: Maildir,
    address: str,
    now: dt.datetime,
    backups_days: int,
    inbox: Path | None = None,
) -> Erasure:
    """Forget an address: at once in the store, the outbox, the Maildir and that of the inbox, where
    there is one; in the backups as they age out (`[keep] backups_days`); a chat or webhook by its
    label. Raises StoreError, and nothing is half done in the store; NoSuchSubscriber for a label
    that none has."""
    files, unread = 0, list[Path]()
    if _is_of_mail(address):
        erased = erasure.erase(store, address, now)
        for each in (maildir, Maildir(inbox)) if inbox else (maildir,):
            gone, unreadable = each.erase(Spelling(address))
            files += gone
            unread += unreadable
    else:
        known = people.find(store, address)
        erased = erasure.erase_channel(store, known.id, now)
    left = [f"{path} cannot be read or removed" for path in unread]

    until = now.date() + dt.timedelta(days=backups_days + 1)
    return Erasure(
        erased.lines,
        files,
        (*erased.left, *left),
        until,
    )


def _is_of_mail(address: str) -> bool:
    before_any_scheme, _, _ = address.partition("://")
    return "@" in before_any_scheme


def recover(
    store: Store, now: dt.datetime, in_doubt: str = "resend", *, can_be_asked: bool = False
) -> None:
    """Take back what a process that has ended left claimed, and with "resend" queue what has been
    in doubt for long enough. `can_be_asked`: mail goes by a service that is asked first whether it
    has it."""
    with store.writing():
        for delivery in deliveries.ended_claims(store, now):
            wait = _wait_after_end(delivery, now, can_be_asked)
            deliveries.end_claim(store, delivery, wait)
        if in_doubt == "resend":
            deliveries.queue_in_doubt(store, now, asking.TIMES if can_be_asked else 0)


def _wait_after_end(delivery: Delivery, now: dt.datetime, can_be_asked: bool) -> Wait:
    """Return how long a delivery waits whose owner has not come back: not at all before the end of
    data."""
    if delivery.state is not State.END_OF_DATA:
        return Wait(now)
    return _wait_in_doubt(delivery, now, can_be_asked)


def _wait_in_doubt(delivery: Delivery, now: dt.datetime, can_be_asked: bool) -> Wait:
    """Return how long to wait after a doubt: longer each time, or not at all where a service can be
    asked about it."""
    if can_be_asked and delivery.channel == EMAIL:
        return Wait(now)
    return Wait(now, pause(IN_DOUBT_BACKOFF, delivery.doubts))


def pause(pauses: Sequence[dt.timedelta], before: int) -> dt.timedelta:
    """Return how long to wait this time, after that many times before."""
    last = len(pauses) - 1
    return pauses[min(before, last)]


def _send(
    store: Store,
    way: Ways,
    claim: Claim,
    clock: Clock,
    refusals: int,
    checkpoint: Checkpoint,
) -> Outcome:
    """Hand over one message and write down what became of it."""
    delivery = claim.delivery
    try:
        transport = way(delivery)
        taken = _known_there(transport, delivery)
        taken = taken or _hand_over(store, transport, claim, clock, checkpoint)
        checkpoint("handed over")
    except TransportUnavailable:
        raise
    except InDoubt as error:
        can_be_asked = transport.capabilities.can_be_asked
        wait = _wait_in_doubt(delivery, clock(), can_be_asked)
        deliveries.record_in_doubt(store, claim, str(error), wait)
        return _outcome(delivery, State.IN_DOUBT, str(error))
    except TransportError as error:
        return _refused(store, claim, error, clock(), refusals)

    deliveries.record_sent(store, claim, clock(), taken.said, taken.remote_id)
    return _outcome(delivery, State.SENT, taken.said)


def _known_there(transport: Transport, delivery: Delivery) -> Accepted | None:
    """Ask, before a message that was in doubt is sent again, whether the service has it after
    all."""
    service = _askable(transport)
    if service is None or not delivery.doubts:
        return None
    return service.find(delivery.id, delivery.recipient)


def _outcome(delivery: Delivery, state: State, said: str) -> Outcome:
    return Outcome(
        delivery=delivery.id,
        recipient=delivery.recipient,
        state=state,
        said=said,
        channel=delivery.channel,
    )


def _hand_over(
    store: Store, transport: Transport, claim: Claim, clock: Clock, checkpoint: Checkpoint
) -> Accepted:
    delivery = claim.delivery
    can = transport.capabilities

    def before_end_of_data() -> None:
        checkpoint("before the end of data")
        if can.repeatable:
            deliveries.check_claim(store, claim)
        else:
            deliveries.record_end_of_data(store, claim, clock())
        checkpoint("end of data recorded")

    last_word = before_end_of_data
    if not can.reports_end_of_data:
        before_end_of_data()
        last_word = _nothing_more

    if can.takes_parcels:
        service = cast(ParcelService, transport)
        parcel = Parcel(delivery.id, delivery.recipient, claim.body, claim.other)
        return service.hand_over(parcel, last_word)

    said = transport.deliver(
        claim.body,
        delivery.sender,
        delivery.recipient,
        last_word,
    )
    return Accepted("", said)


def _nothing_more() -> None:
    """Do nothing, for a transport that does not say when the end of data comes: it was noted
    before."""


def _refused(
    store: Store, claim: Claim, error: TransportError, now: dt.datetime, refusals: int
) -> Outcome:
    """Try a message again later that was not accepted; but one that was refused for good too often
    has failed, and its reader gets no more mail if it was the address that was refused."""
    delivery = claim.delivery
    blames_server = isinstance(error, ServerRefused)
    often_enough = delivery.refusals + 1 >= refusals
    if error.permanent and (often_enough or _is_gone(delivery, error)):
        if _is_believed(store, delivery, error):
            return _given_up(store, claim, error, now)
        blames_server = True

    wait = Wait(now, _pause_after(delivery, error))
    deliveries.record_not_sent(store, claim, str(error), wait, refused=error.permanent)
    waits = _outcome(delivery, State.QUEUED, str(error))
    return replace(
        waits,
        server_fault=blames_server,
        no_library=isinstance(error, ChatUnavailable),
    )


def _is_gone(delivery: Delivery, error: TransportError) -> bool:
    """Return whether a chat or webhook says of itself that it is there no more: it is asked by
    nobody else, and is not asked again."""
    if delivery.channel == EMAIL:
        return False
    return isinstance(error, AddressRefused) and error.certain


def _pause_after(delivery: Delivery, error: TransportError) -> dt.timedelta:
    """Return how long a message waits that was refused: as long as was asked for, at least."""
    if error.permanent:
        return pause(REFUSED_BACKOFF, delivery.refusals)
    usual = pause(BACKOFF, delivery.attempts - 1)
    return max(usual, error.retry_after)


def _is_believed(store: Store, delivery: Delivery, error: TransportError) -> bool:
    """Return whether a refusal is about this recipient or message, and not about everybody: the
    server has accepted a message to somebody else since, or few others were refused in the same
    words. A chat or webhook speaks for itself alone."""
    if delivery.channel != EMAIL:
        return True
    if deliveries.accepted_since_last_try(store, delivery):
        return True
    if isinstance(error, ServerRefused):
        return False

    only_by_words = isinstance(error, AddressRefused) and not error.certain
    too_many = 1 if only_by_words else SAME_WORDS
    return len(_refused_alike(store, delivery, error)) < too_many


def _refused_alike(store: Store, delivery: Delivery, error: TransportError) -> set[str]:
    """Return the other recipients that were refused in the same words."""
    words = without_names(str(error))
    alike = set()
    for recipient, said in deliveries.refused_others(store, delivery):
        if without_names(said) == words:
            alike.add(recipient)
    return alike


def _given_up(store: Store, claim: Claim, error: TransportError, now: dt.datetime) -> Outcome:
    """Note that a message has failed; who cannot be reached is written to no more."""
    reader = claim.delivery.subscriber
    with store.writing():
        deliveries.record_failed(store, claim, str(error))
        address_is_wrong = isinstance(error, AddressRefused)
        if address_is_wrong and reader:
            people.stop(store, reader, "bounced", now)
    return _outcome(claim.delivery, State.FAILED, str(error))
