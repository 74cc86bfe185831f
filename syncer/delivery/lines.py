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

Two messages to one recipient are never on two lines at once: they arrive in their order. The first
line connects alone: a server that is down, or refuses the login, is asked once a run.
"""

from __future__ import annotations

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
GRACE_SECONDS = 3.0
"""How long lines that are past their dot may take to say what became of it, when sending is broken
off: less than the daemon takes to stop."""
GOODBYE_SECONDS = 0.5
"""How long the lines may take to close their connections then."""


class BrokenOff(Exception):
    """Sending was stopped before this message's end of data."""


@dataclass(frozen=True)
class _Dot:
    """A line asks whether it may say the end of the data."""

    claim: Claim
    answer: Future[None]


@dataclass(frozen=True)
class _Ready:
    """The first line has connected."""


@dataclass(frozen=True)
class _Ended:
    """A line has ended an attempt: what the server said, or why it came to nothing."""

    line: _Line
    claim: Claim
    said: str = ""
    error: BaseException | None = None


_Report = _Ready | _Dot | _Ended


class _Line(threading.Thread):
    """One connection, and the thread that talks on it. `is_first`: it says when it has
    connected."""

    def __init__(
        self,
        transport: Transport,
        reports: SimpleQueue[_Report],
        broken_off: threading.Event,
        *,
        is_first: bool,
    ) -> None:
        super().__init__(name=f"mail-{transport.name}", daemon=True)
        self._transport = transport
        self._reports = reports
        self._broken_off = broken_off
        self._is_first = is_first
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
            self._connect_first()
            said = self._transport.deliver(
                claim.body,
                claim.delivery.sender,
                claim.delivery.recipient,
                lambda: self._may_end_data(claim),
            )
        except BaseException as error:  # whatever it is, it is for the thread that waits for it
            return _Ended(self, claim, error=error)
        return _Ended(self, claim, said)

    def _connect_first(self) -> None:
        """Connect, where the other lines wait for that. Raises TransportUnavailable."""
        if self._is_first:
            self._transport.check()
            self._is_first = False
            self._reports.put(_Ready())

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
    """The lines of one run of sending. `stopped` is why none of them is left. `_spare` is what the
    first line's connection is waited for; `_heard` what was reported and is not dealt with yet."""

    desk: Desk
    claim: ClaimNext
    outcomes: list[Outcome]
    stopped: TransportUnavailable | None = None
    _spare: list[Transport] = field(default_factory=list)
    _all: list[_Line] = field(default_factory=list)
    _idle: list[_Line] = field(default_factory=list)
    _busy: dict[_Line, Claim] = field(default_factory=dict)
    _reports: SimpleQueue[_Report] = field(default_factory=SimpleQueue)
    _heard: list[_Report] = field(default_factory=list)
    _broken_off: threading.Event = field(default_factory=threading.Event)
    _dry_until: float = 0.0

    def open(self, transports: Sequence[Transport]) -> None:
        """Begin with a line for the first of these, and go on with the others once it stands. They
        connect with their first message."""
        first, *self._spare = transports
        self._open_line(first, is_first=True)

    def turn(self) -> bool:
        """Give the free lines what is due and write down what the others report; return whether
        anything is under way."""
        self._hand_out()
        if not self._busy:
            return False

        self._heard += self._listen()
        self._take_reports()
        self._hand_out()
        self._permit()
        return True

    def close(self, *, broken_off: bool) -> None:
        """End the lines. `broken_off`: some are still busy; none of them says a dot from here on,
        and what those say that have said it is written down where it can be."""
        if broken_off:
            self._broken_off.set()
            self._last_words()

        for line in self._all:
            line.end()
        until = time.monotonic() + GOODBYE_SECONDS
        for line in self._all:
            left = max(0.0, until - time.monotonic())
            line.join(left if broken_off else None)

    def _open_line(self, transport: Transport, *, is_first: bool) -> None:
        line = _Line(transport, self._reports, self._broken_off, is_first=is_first)
        line.start()
        self._all.append(line)
        self._idle.append(line)

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

    def _permit(self) -> None:
        """Write down that the ends of data come next that are waited for, and let them come."""
        dots = [report for report in self._heard if isinstance(report, _Dot)]
        self._heard = []
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

    def _listen(self) -> list[_Report]:
        """Return what lines have reported, after a short wait for the first of them."""
        reports: list[_Report] = []
        with suppress(Empty):
            reports.append(self._reports.get(timeout=LISTEN_SECONDS))
            while True:
                reports.append(self._reports.get_nowait())

        return reports

    def _take_reports(self) -> None:
        """Deal with what was reported, but for the ends of data. What an error leaves is still
        there for `close`."""
        for report in list(self._heard):
            if isinstance(report, _Ended):
                self._heard.remove(report)
                self._end(report)
            elif isinstance(report, _Ready):
                self._open_spare()

    def _open_spare(self) -> None:
        while self._spare:
            self._open_line(self._spare.pop(), is_first=False)

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
        offered. Its message goes over the others."""
        report.line.end()
        with suppress(ClaimLost):
            if self._idle or self._busy:
                self.desk.give_back(report.claim)
                return
            self.stopped = error
            self.desk.not_tried(report.claim, error)

    def _last_words(self) -> None:
        """Write down, for a little while, what busy lines still say; a dot that is asked for now is
        not said."""
        until = time.monotonic() + GRACE_SECONDS
        while self._busy and time.monotonic() < until:
            reports = self._heard or self._listen()
            self._heard = []
            for report in reports:
                if isinstance(report, _Dot):
                    report.answer.set_exception(BrokenOff("sending was stopped"))
                elif isinstance(report, _Ended):
                    self._record_last(report)

    def _record_last(self, report: _Ended) -> None:
        """Write down how an attempt ended that was broken off, where the store takes it."""
        del self._busy[report.line]
        with suppress(ClaimLost, StoreError):
            if isinstance(report.error, BrokenOff | TransportUnavailable):
                self.desk.give_back(report.claim)
            elif report.error is None or isinstance(report.error, TransportError):
                outcome = self._outcome(report)
                self.outcomes.append(outcome)
