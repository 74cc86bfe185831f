"""Sending what waits, so that nothing is lost and nothing comes twice where that can be known
(DESIGN §7.3).

    claim (committed) → transport: … write down the dot (committed), the dot, the reply → outcome
    (committed)

Mail, chats and webhooks take turns, each with its own transport: one that is down, or slow, does
not hold up the others. Mail may go by several connections at once (`lines.py`).

A kill or a lost line before the dot means "not sent": tried again with growing pauses. After the
dot nobody knows: `in_doubt`, and the same bytes with the same Message-ID go out again after a
quarter of an hour (or wait for the operator). A service that can be asked is asked first
(`asking.py`). One that is refused does not hold up the others.

    attempt.py   one attempt at one delivery, and what is written down of it
    lines.py     several connections to one mail server
    report.py    what a run did
"""

from __future__ import annotations

import datetime as dt
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from syncer.delivery import asking
from syncer.delivery.asking import Returned
from syncer.delivery.attempt import (
    BACKOFF,
    REFUSALS,
    Checkpoint,
    Clock,
    Desk,
    askable,
    outcome_of,
    wait_in_doubt,
)
from syncer.delivery.channels import Ways, no_ways
from syncer.delivery.interrupts import held_back
from syncer.delivery.lines import IDLE_SECONDS, Lines
from syncer.delivery.report import Outcome, SendReport
from syncer.delivery.transports import Transport
from syncer.delivery.transports.base import AskableService
from syncer.errors import ClaimLost, TransportUnavailable
from syncer.store import Store
from syncer.store import outbox as deliveries
from syncer.store.outbox import Claim, Delivery, State, Wait
from syncer.subscriptions.channels import BY_LABEL, EMAIL


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
    more: Sequence[Transport] = (),
    stopping: Callable[[], bool] = lambda: False,
) -> SendReport:
    """Try every delivery that is due, each once.

    `transport` is that of mail, `ways` gives those of chats and webhooks; `more` are further
    connections to the same mail server, which are used at the same time. `clock` gives aware
    moments. `in_doubt` is `[mail] in_doubt`: "resend" or "hold"; after
    `refusals` replies that were meant for good a delivery has failed. `checkpoint` is called at
    each of `CHECKPOINTS`. `stopping` says whether to begin no more, and to write down what has been
    begun. Raises nothing for a delivery that cannot be made: that is in the report.
    """
    service = askable(transport)
    recover(store, clock(), in_doubt, can_be_asked=service is not None)
    deliveries.end_impossible_waits(store, clock())

    desk = Desk(store, clock, refusals, checkpoint)
    run = _Run(desk, transport, ways, owner or new_owner(), stopping, started=clock())
    returned: tuple[Returned, ...] = ()
    with deliveries.hasty(store), run.opened(more):
        sent_before = asking.to_follow(store, clock()) if service else []
        if service:
            run.settle(service)

        while not run.is_to_end() and run.take_turns():
            pass
        if service and run.stopped is None and not run.is_to_end():
            run.settle(service)
            returned = tuple(asking.follow(store, service, sent_before, clock, BACKOFF))
    return SendReport(tuple(run.outcomes), run.stopped, returned)


@dataclass
class _Run:
    """One run of sending. `stopped` is why mail is not tried any more; `later` are the subscribers
    whose chat or webhook failed in this run: what else there is for them waits for the next.
    `idle_until` is when a channel is looked at again that had nothing, by the monotonic clock."""

    desk: Desk
    mail: Transport
    ways: Ways
    owner: str
    stopping: Callable[[], bool]
    started: dt.datetime
    lines: Lines | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    stopped: TransportUnavailable | None = None
    later: set[int] = field(default_factory=set)
    idle_until: dict[str, float] = field(default_factory=dict)
    interrupted: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def opened(self, more: Sequence[Transport]) -> Iterator[None]:
        """Use the connection for mail while it lasts, from here; with more of them, each from a
        thread of its own. Ctrl-C is then raised when what is on the lines has been written down."""
        if not more:
            with self.mail:
                yield
            return

        with held_back(self.interrupted.set), self._several_lines(more):
            yield

    def is_to_end(self) -> bool:
        """Return whether to begin no more."""
        return self.interrupted.is_set() or self.stopping()

    @contextmanager
    def _several_lines(self, more: Sequence[Transport]) -> Iterator[None]:
        lines = Lines(self.desk, self._claim_mail, self.outcomes)
        lines.open([self.mail, *more])
        self.lines = lines
        broken_off = True
        try:
            yield
            broken_off = self.is_to_end()
        finally:
            lines.close(broken_off=broken_off)

    def take_turns(self) -> bool:
        """Try one message by each channel, or what the lines take; return whether there was any."""
        tried = [self._take_turn(channel) for channel in (EMAIL, *BY_LABEL)]
        return any(tried)

    def _take_turn(self, channel: str) -> bool:
        if channel != EMAIL or self.lines is None:
            return self._try_next(channel)

        under_way = self.lines.turn()
        self.stopped = self.lines.stopped
        return under_way

    def _try_next(self, channel: str) -> bool:
        """Try the next message by a channel; return whether there was one."""
        if time.monotonic() < self.idle_until.get(channel, 0.0):
            return False
        claim = self._claim(channel)
        if claim is None:
            self.idle_until[channel] = time.monotonic() + IDLE_SECONDS
            return False

        self.desk.checkpoint("claimed")
        try:
            outcome = self._send(claim)
        except ClaimLost:
            return True
        except TransportUnavailable as error:
            self.desk.not_tried(claim, error)
            self.stopped = error
            return False

        self.outcomes.append(outcome)
        self.desk.checkpoint("outcome recorded")
        return True

    def settle(self, service: AskableService) -> None:
        """Ask the service about the mail that is in doubt, and note what it has."""
        for delivery, found in asking.settle(self.desk.store, service, self.desk.clock):
            before = [each for each in self.outcomes if each.delivery != delivery.id]
            self.outcomes = [*before, outcome_of(delivery, State.SENT, found.said)]

    def _claim(self, channel: str) -> Claim | None:
        """Take what is next by a channel. A chat need not wait for a mail server that takes its
        time."""
        if channel == EMAIL:
            return self._claim_mail(())
        return deliveries.claim(
            self.desk.store,
            self.owner,
            self.desk.clock(),
            channel=channel,
            later=self.later,
        )

    def _claim_mail(self, under_way: Iterable[str]) -> Claim | None:
        """Take the next mail that is for none of these recipients. What is written meanwhile waits
        for the next run."""
        if self.stopped is not None:
            return None
        return deliveries.claim(
            self.desk.store,
            self.owner,
            self.desk.clock(),
            due_by=self.started,
            under_way=under_way,
        )

    def _send(self, claim: Claim) -> Outcome:
        """Hand over one message and write down what became of it."""
        outcome = self.desk.attempt(self._transport_of, claim)
        if claim.delivery.channel != EMAIL and outcome.state is not State.SENT:
            self.later.add(claim.delivery.subscriber)
        return outcome

    def _transport_of(self, delivery: Delivery) -> Transport:
        if delivery.channel == EMAIL:
            return self.mail
        return self.ways(delivery)


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
    return wait_in_doubt(delivery, now, can_be_asked)
