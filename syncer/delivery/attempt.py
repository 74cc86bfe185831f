"""One attempt at one delivery, and what is written down of it: what comes next for a message that
was not accepted, is in doubt, or was refused for good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from syncer.delivery.channels import Ways
from syncer.delivery.report import Outcome
from syncer.delivery.transports import Transport
from syncer.delivery.transports.base import Accepted, AskableService, Parcel, ParcelService
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
from syncer.store import Store, people
from syncer.store import outbox as deliveries
from syncer.store.outbox import Claim, Delivery, State, Wait
from syncer.subscriptions.channels import EMAIL

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
class Desk:
    """Where attempts are written down. After `refusals` replies that were meant for good a delivery
    has failed; `checkpoint` is called at each of `CHECKPOINTS`. Only the thread that opened the
    store may use it."""

    store: Store
    clock: Clock
    refusals: int
    checkpoint: Checkpoint

    def attempt(self, way: Ways, claim: Claim) -> Outcome:
        """Hand over one message and write down what became of it. Raises TransportUnavailable where
        it did not come to an attempt, ClaimLost where it is no longer ours."""
        delivery = claim.delivery
        can_be_asked = False
        try:
            transport = way(delivery)
            can_be_asked = transport.capabilities.can_be_asked
            taken = _known_there(transport, delivery) or self._hand_over(transport, claim)
            self.checkpoint("handed over")
        except TransportUnavailable:
            raise
        except TransportError as error:
            return self.not_taken(claim, error, can_be_asked=can_be_asked)
        return self.taken(claim, taken)

    def taken(self, claim: Claim, accepted: Accepted) -> Outcome:
        """Note that a message was accepted. Raises ClaimLost."""
        deliveries.record_sent(self.store, claim, self.clock(), accepted.said, accepted.remote_id)
        return outcome_of(claim.delivery, State.SENT, accepted.said)

    def not_taken(
        self, claim: Claim, error: TransportError, *, can_be_asked: bool = False
    ) -> Outcome:
        """Note that a message was refused, or is in doubt. Raises ClaimLost."""
        if isinstance(error, InDoubt):
            wait = wait_in_doubt(claim.delivery, self.clock(), can_be_asked)
            deliveries.record_in_doubt(self.store, claim, str(error), wait)
            return outcome_of(claim.delivery, State.IN_DOUBT, str(error))
        return _refused(self.store, claim, error, self.clock(), self.refusals)

    def give_back(self, claim: Claim) -> None:
        """Note that a message is as if it had not been claimed. Raises ClaimLost."""
        deliveries.give_back(self.store, claim)

    def not_tried(self, claim: Claim, error: TransportUnavailable) -> None:
        """Let a message wait that did not come to an attempt; and with it everything else, where
        the service has said for how long it takes no more. Raises ClaimLost."""
        said, now = str(error), self.clock()
        if not isinstance(error, LimitReached):
            deliveries.record_not_tried(self.store, claim, said, Wait(now, MINUTE))
            return

        wait = Wait(now, error.retry_after)
        deliveries.record_not_tried(self.store, claim, said, wait)
        deliveries.let_wait(self.store, claim.delivery.channel, said, wait)

    def ends_of_data(self, claims: Sequence[Claim]) -> dict[int, ClaimLost]:
        """Note for all of these messages, in one commit that is on the disk, that the end of their
        data comes next; return by number of delivery those that are no longer ours."""
        self._all(claims, "before the end of data")
        lost = deliveries.record_ends_of_data(self.store, claims, self.clock())
        self._all(claims, "end of data recorded")
        return lost

    def _all(self, claims: Sequence[Claim], name: str) -> None:
        for _ in claims:
            self.checkpoint(name)

    def _hand_over(self, transport: Transport, claim: Claim) -> Accepted:
        delivery = claim.delivery
        can = transport.capabilities

        def before_end_of_data() -> None:
            if not can.repeatable:
                _raise_first(self.ends_of_data((claim,)))
                return
            self.checkpoint("before the end of data")
            deliveries.check_claim(self.store, claim)
            self.checkpoint("end of data recorded")

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


def _raise_first(lost: dict[int, ClaimLost]) -> None:
    for error in lost.values():
        raise error


def _nothing_more() -> None:
    """Do nothing, for a transport that does not say when the end of data comes: it was noted
    before."""


def askable(transport: Transport) -> AskableService | None:
    """Return the transport as a service that can be asked; None where it is none."""
    if not transport.capabilities.can_be_asked:
        return None
    return cast(AskableService, transport)


def _known_there(transport: Transport, delivery: Delivery) -> Accepted | None:
    """Ask, before a message that was in doubt is sent again, whether the service has it after
    all."""
    service = askable(transport)
    if service is None:
        return None
    if not delivery.doubts:
        return None
    return service.find(delivery.id, delivery.recipient)


def outcome_of(delivery: Delivery, state: State, said: str) -> Outcome:
    """Return that a delivery ended an attempt in this state, with these words."""
    return Outcome(
        delivery=delivery.id,
        recipient=delivery.recipient,
        state=state,
        said=said,
        channel=delivery.channel,
    )


# -- How long it waits -----------------------------------------------------------------------------


def pause(pauses: Sequence[dt.timedelta], before: int) -> dt.timedelta:
    """Return how long to wait this time, after that many times before."""
    last = len(pauses) - 1
    return pauses[min(before, last)]


def wait_in_doubt(delivery: Delivery, now: dt.datetime, can_be_asked: bool) -> Wait:
    """Return how long to wait after a doubt: longer each time, or not at all where a service can be
    asked about it."""
    if can_be_asked and delivery.channel == EMAIL:
        return Wait(now)
    return Wait(now, pause(IN_DOUBT_BACKOFF, delivery.doubts))


def _pause_after(delivery: Delivery, error: TransportError) -> dt.timedelta:
    """Return how long a message waits that was refused: as long as was asked for, at least."""
    if error.permanent:
        return pause(REFUSED_BACKOFF, delivery.refusals)
    usual = pause(BACKOFF, delivery.attempts - 1)
    return max(usual, error.retry_after)


# -- What was refused ------------------------------------------------------------------------------


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
    waits = outcome_of(delivery, State.QUEUED, str(error))
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
    return outcome_of(claim.delivery, State.FAILED, str(error))
