"""A mail server on loopback that records what it takes, and misbehaves at chosen moments.

with RecordingServer() as server:
    server.fail("RCPT", Reply("550 5.1.1 nobody here"))      # once; times=3 for three in a row
    server.judge = lambda moment, recipient: Drop() if … else None
"""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

MOMENTS = ("CONNECT", "MAIL", "RCPT", "DATA", "BODY", "DOT", "TAKEN")
"""BODY: while the body comes in, before the dot. DOT: after the dot, not taken. TAKEN: after the
dot, taken, before the reply."""


@dataclass(frozen=True)
class Reply:
    """Answer with this line instead."""

    line: str


@dataclass(frozen=True)
class Drop:
    """Hang up without a word."""


@dataclass(frozen=True)
class Stall:
    """Say nothing for so many seconds, then hang up."""

    seconds: float


@dataclass(frozen=True)
class Call:
    """Do something (kill the client, say), then hang up."""

    action: Callable[[], object]


Fault = Reply | Drop | Stall | Call


@dataclass(frozen=True)
class Received:
    sender: str
    recipient: str
    message: bytes


class RecordingServer:
    """`received` is every message taken, in order; `connections`, `resets` (RSET) and
    `logins` count. `slow` is how
    many seconds each command waits for its answer; `at_once` how many messages were between MAIL
    and the reply to the dot at one time, at most."""

    def __init__(
        self, tls: ssl.SSLContext | None = None, implicit_tls: bool = False, **options: Any
    ) -> None:
        self.received: list[Received] = []
        self.connections = self.resets = 0
        self.slow = 0.0
        self.at_once = 0
        self.under_way: set[Session] = set()
        self.open: list[asyncio.Transport] = []
        self.logins: list[LoginPassword] = []
        self.judge: Callable[[str, str], Fault | None] = lambda moment, recipient: None
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._controller = _Controller(self, tls, implicit_tls, options)

    def fail(self, moment: str, fault: Fault, times: int = 1) -> None:
        assert moment in MOMENTS
        self._faults[moment].extend([fault] * times)

    def fault(self, moment: str, recipient: str = "") -> Fault | None:
        waiting = self._faults[moment]
        return waiting.popleft() if waiting else self.judge(moment, recipient)

    @property
    def port(self) -> int:
        return self._controller.server.sockets[0].getsockname()[1]  # type: ignore[union-attr,no-any-return]

    def recipients(self) -> list[str]:
        return [message.recipient for message in self.received]

    def __enter__(self) -> Self:
        self._controller.start()
        self.connections = 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._controller.loop).result(5)
        self._controller.stop()

    async def _hang_up(self) -> None:
        for connection in self.open:
            connection.abort()
        await asyncio.sleep(0.01)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        await asyncio.sleep(self.slow)
        self.under_way.discard(session)
        if fault := self.fault("DOT", envelope.rcpt_tos[0]):
            return await _commit(server, fault)
        for recipient in envelope.rcpt_tos:
            self.received.append(
                Received(envelope.mail_from or "", recipient, envelope.original_content or b"")
            )
        fault = self.fault("TAKEN", envelope.rcpt_tos[0])
        return await _commit(server, fault) if fault else "250 2.0.0 taken"

    def authenticate(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        mechanism: str,
        data: LoginPassword,
    ) -> AuthResult:
        self.logins.append(data)
        return AuthResult(success=data.password == b"right", handled=False)


class _Controller(Controller):
    def __init__(
        self,
        owner: RecordingServer,
        tls: ssl.SSLContext | None,
        implicit: bool,
        options: dict[str, Any],
    ) -> None:
        self._owner = owner
        inside = {"tls_context": tls} if tls and not implicit else {}
        options = {"authenticator": owner.authenticate, **inside, **options}
        super().__init__(
            owner, hostname="127.0.0.1", port=0, ssl_context=tls if implicit else None, **options
        )

    def factory(self) -> SMTP:
        return _Faulty(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        """aiosmtpd connects once to see whether the server is up: to the port it was asked for,
        which is 0 here."""
        self.port = self._owner.port
        super()._trigger_server()


class _Faulty(SMTP):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.open.append(transport)
        super().connection_made(transport)

    async def _handle_client(self) -> None:
        owner: RecordingServer = self.event_handler
        owner.connections += 1
        if fault := owner.fault("CONNECT"):
            line = await _commit(self, fault)
            await self.push(line or "421 bye")
            self.transport.close()
            return
        await super()._handle_client()

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if not await self._misbehaved("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RSET(self, arg: str | None) -> None:  # noqa: N802
        self.event_handler.resets += 1
        await super().smtp_RSET(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if not await self._misbehaved("RCPT", (arg or "").removeprefix("TO:<").split(">")[0]):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        recipient = self.envelope.rcpt_tos[0] if self.envelope.rcpt_tos else ""
        if await self._misbehaved("DATA", recipient):
            return
        if fault := self.event_handler.fault("BODY", recipient):
            await self.push("354 go on")
            await self._reader.readline()
            await _commit(self, fault)
            self.transport.close()
            return
        await super().smtp_DATA(arg)

    async def _misbehaved(self, moment: str, recipient: str = "") -> bool:
        owner: RecordingServer = self.event_handler
        owner.under_way.add(self.session)
        owner.at_once = max(owner.at_once, len(owner.under_way))
        await asyncio.sleep(owner.slow)
        fault = self.event_handler.fault(moment, recipient)
        if fault:
            await self.push(await _commit(self, fault))
        return fault is not None


async def _commit(server: SMTP, fault: Fault) -> str:
    """Do what the fault says; the line to answer with, where the connection still stands."""
    match fault:
        case Reply(line):
            return line
        case Stall(seconds):
            await asyncio.sleep(seconds)
        case Call(action):
            action()
    server.transport.abort()
    return "421 nobody hears this"
