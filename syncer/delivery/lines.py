"""Several connections to one mail server at the same time.

Each line has a thread of its own, which only talks to the server. The store stays with the thread
that opened it: that one hands out what is due, writes down that ends of data come next (those that
wait at the same moment in one commit), and what became of each message. What is promised of one
connection holds for each of them: no dot before its record is on the disk.

    this thread                         a line
    claim ──────────────────────────▸   … DATA, body
    record, one commit for all ◂────    asks before the dot
    ──────────────────────────────▸     dot, reply
    outcome ◂───────────────────────    says what the server said

Two messages to one recipient are never on two lines at once: they arrive in their order.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from syncer.delivery.attempt import Desk
from syncer.delivery.report import Outcome
from syncer.delivery.transports import Transport
from syncer.delivery.transports.base import Accepted
from syncer.errors import ClaimLost, StoreError, TransportError, TransportUnavailable
from syncer.store.outbox import Claim

ClaimNext = Callable[[set[str]], Claim | None]
"""Takes the next message that is due, but none for these recipients."""

LISTEN_SECONDS = 0.2
"""How long a turn waits for a line to report: chats and webhooks take their turns meanwhile."""
IDLE_SECONDS = 5.0
"""How long nothing is looked for that was not there, unless a line becomes free."""
GRACE_SECONDS = 5.0
"""How long lines that are past their dot may take to say what became of it, when sending is broken
off."""
AT_ONCE = dt.timedelta(0)


class BrokenOff(Exception):
    """Sending was stopped before this message's end of data."""


@dataclass(frozen=True)
class _Dot:
    """A line asks whether it may say the end of the data."""

    claim: Claim
    answer: Future[None]


@dataclass(frozen=True)
class _Ended:
    """A line has ended an attempt: what the server said, or why it came to nothing."""

    line: _Line
    claim: Claim
    said: str = ""
    error: BaseException | None = None


class _Line(threading.Thread):
    """One connection, and the thread that talks on it."""

    def __init__(
        self,
        transport: Transport,
        reports: SimpleQueue[_Dot | _Ended],
        broken_off: threading.Event,
    ) -> None:
        super().__init__(name=f"mail-{transport.name}", daemon=True)
        self._transport = transport
        self._reports = reports
        self._broken_off = broken_off
        self._work: SimpleQueue[Claim | None] = SimpleQueue()

    def give(self, claim: Claim) -> None:
        """Let it hand over a message."""
        self._work.put(claim)

    def end(self) -> None:
        """Let it close its connection when it has nothing left to do."""
        self._work.put(None)

    def run(self) -> None:
        """Hand over what is given, one message after the other."""
        with self._transport:
            while (claim := self._work.get()) is not None:
                self._reports.put(self._tried(claim))

    def _tried(self, claim: Claim) -> _Ended:
        try:
            said = self._transport.deliver(
                claim.body,
                claim.delivery.sender,
                claim.delivery.recipient,
                lambda: self._may_end_data(claim),
            )
        except BaseException as error:  # whatever it is, it is for the thread that waits for it
            return _Ended(self, claim, error=error)
        return _Ended(self, claim, said)

    def _may_end_data(self, claim: Claim) -> None:
        """Wait until it is on the disk that the end of data comes next. Raises what the other
        thread says against it, BrokenOff where nobody answers any more."""
        dot = _Dot(claim, Future())
        self._reports.put(dot)
        while True:
            with suppress(TimeoutError):
                return dot.answer.result(timeout=1.0)
            if self._broken_off.is_set() and not dot.answer.done():
                raise BrokenOff("sending was stopped")


@dataclass
class Lines:
    """The lines of one run of sending. `stopped` is why none of them is left."""

    desk: Desk
    claim: ClaimNext
    outcomes: list[Outcome]
    stopped: TransportUnavailable | None = None
    _idle: list[_Line] = field(default_factory=list)
    _busy: dict[_Line, Claim] = field(default_factory=dict)
    _reports: SimpleQueue[_Dot | _Ended] = field(default_factory=SimpleQueue)
    _broken_off: threading.Event = field(default_factory=threading.Event)
    _dry_until: float = 0.0

    def open(self, transports: Sequence[Transport]) -> None:
        """Begin with a line for each of these; they connect with their first message."""
        for transport in transports:
            line = _Line(transport, self._reports, self._broken_off)
            line.start()
            self._idle.append(line)

    def turn(self) -> bool:
        """Give the free lines what is due and write down what the others report; return whether
        anything is under way."""
        self._hand_out()
        if not self._busy:
            return False

        reports = self._listen()
        for report in reports:
            if isinstance(report, _Ended):
                self._end(report)

        self._hand_out()
        self._permit([report for report in reports if isinstance(report, _Dot)])
        return True

    def close(self, *, broken_off: bool) -> None:
        """End the lines. `broken_off`: some are still busy; none of them says a dot from here on,
        and what those say that have said it is written down where it can be."""
        lines = [*self._idle, *self._busy]
        if broken_off:
            self._broken_off.set()
            self._last_words()

        for line in lines:
            line.end()
        if not broken_off:
            for line in lines:
                line.join()

    # -- out ---------------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        """Give each free line the next message that is due."""
        while self._idle and not self.stopped and time.monotonic() >= self._dry_until:
            under_way = {claim.delivery.recipient for claim in self._busy.values()}
            claim = self.claim(under_way)
            if claim is None:
                self._dry_until = time.monotonic() + IDLE_SECONDS
                return

            self.desk.checkpoint("claimed")
            line = self._idle.pop()
            self._busy[line] = claim
            line.give(claim)

    def _permit(self, dots: Sequence[_Dot]) -> None:
        """Write down that these ends of data come next, and let them come."""
        if not dots:
            return
        try:
            lost = self.desk.ends_of_data([dot.claim for dot in dots])
        except BaseException as error:
            for dot in dots:
                dot.answer.set_exception(error)
            raise

        for dot in dots:
            why_not = lost.get(dot.claim.delivery.id)
            if why_not is None:
                dot.answer.set_result(None)
            else:
                dot.answer.set_exception(why_not)

    # -- in ----------------------------------------------------------------------------------------

    def _listen(self) -> list[_Dot | _Ended]:
        """Return what lines have reported, after a short wait for the first of them."""
        reports: list[_Dot | _Ended] = []
        with suppress(Empty):
            reports.append(self._reports.get(timeout=LISTEN_SECONDS))
            while True:
                reports.append(self._reports.get_nowait())

        return reports

    def _end(self, report: _Ended) -> None:
        """Write down what became of a message; its line is free for the next."""
        del self._busy[report.line]
        self._dry_until = 0.0
        if isinstance(report.error, TransportUnavailable):
            self._lose(report, report.error)
            return

        self._idle.append(report.line)
        with suppress(ClaimLost):
            outcome = self._outcome(report)
            self.outcomes.append(outcome)
            self.desk.checkpoint("outcome recorded")

    def _outcome(self, report: _Ended) -> Outcome:
        """Write down what the server said. Raises ClaimLost, and what is no matter of mail."""
        if isinstance(report.error, TransportError):
            return self.desk.not_taken(report.claim, report.error)
        if report.error is not None:
            raise report.error

        self.desk.checkpoint("handed over")
        return self.desk.taken(report.claim, Accepted("", report.said))

    def _lose(self, report: _Ended, error: TransportUnavailable) -> None:
        """Go on without a line that does not come to be: a server may take fewer than it is
        offered. Its message goes with the next run."""
        report.line.end()
        with suppress(ClaimLost):
            if self._idle or self._busy:
                self.desk.not_tried(report.claim, error, AT_ONCE)
                return
            self.stopped = error
            self.desk.not_tried(report.claim, error)

    def _last_words(self) -> None:
        """Write down, for a little while, what busy lines still say; a dot that is asked for now is
        not said."""
        until = time.monotonic() + GRACE_SECONDS
        while self._busy and time.monotonic() < until:
            for report in self._listen():
                if isinstance(report, _Dot):
                    report.answer.set_exception(BrokenOff("sending was stopped"))
                else:
                    self._record_last(report)

    def _record_last(self, report: _Ended) -> None:
        del self._busy[report.line]
        with suppress(ClaimLost, StoreError):
            if isinstance(report.error, BrokenOff | TransportUnavailable):
                stopped = TransportUnavailable("sending was stopped before the end of data")
                self.desk.not_tried(report.claim, stopped, AT_ONCE)
            elif report.error is None or isinstance(report.error, TransportError):
                self._outcome(report)
