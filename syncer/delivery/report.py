"""What a run of sending did, and what of it the operator should know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from syncer.delivery.asking import Returned
from syncer.errors import ChatUnavailable, LimitReached, ServerRefused, TransportUnavailable
from syncer.model import Problem
from syncer.store.outbox import State
from syncer.subscriptions.channels import EMAIL

_MINUTE = dt.timedelta(minutes=1)


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
    return isinstance(error, LimitReached) and error.retry_after <= _MINUTE


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
