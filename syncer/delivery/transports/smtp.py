"""Handing messages to a mail server (RFC 5321), step by step: `smtplib.SMTP.sendmail` raises the
same error whether the line was lost before the final dot (nothing was sent) or after it (nobody
knows).

    connect → EHLO → STARTTLS → EHLO → login          once; a failure here stops the whole run
    MAIL → RCPT → DATA → body                         a failure here: certainly not sent
    before_end_of_data()                              the outbox writes down that the dot comes next
    "." → reply                                       no reply: InDoubt
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum
from functools import partial
from types import TracebackType
from typing import NoReturn, Self

from syncer.delivery.transports.base import Capabilities
from syncer.delivery.transports.smtp_replies import (
    message_refused,
    recipient_refused,
    sender_refused,
)
from syncer.errors import InDoubt, TransportError, TransportUnavailable

STEP_SECONDS = 45.0
"""How long one answer may take."""
SESSION_SECONDS = 400.0
"""How long one connection may last, whatever the server does: less than a claim does. A message is
begun in its first half only."""
CLOSING = 421
"""The reply with which a server announces, at any step, that it hangs up (RFC 5321, 3.8)."""

LINE_END = re.compile(rb"\r\n|\r|\n")
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


Refusal = Callable[[int, str], TransportError]
"""What makes an error of the code and the words of a reply."""


class Security(StrEnum):
    """How the line is protected. STARTTLS and TLS both require it: a server that does not offer it
    gets nothing."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True)
class Server:
    """Where to connect, and as whom (no login without a user)."""

    host: str
    port: int
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = ""


class Pace:
    """No minute sees more than `limit` messages (0: no limit), whichever threads send them."""

    def __init__(self, limit: int, minute: float = 60.0) -> None:
        self._last: deque[float] = deque(maxlen=limit)
        self._minute = minute
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Wait until the next message may go."""
        free_at = self._take()
        pause = free_at - time.monotonic()
        time.sleep(max(0.0, pause))

    def _take(self) -> float:
        """Return when the next message may go; the one after it goes later."""
        with self._lock:
            now = time.monotonic()
            last = self._last
            is_full = last.maxlen and len(last) == last.maxlen
            free_at = max(now, last[0] + self._minute) if is_full else now
            last.append(free_at)
            return free_at


class Smtp:
    """One connection, made with the first message, kept for the next ones, made anew when the
    server has dropped it.

    The pace is kept for as long as the object lives: it may be entered again and again.
    `step_seconds` and `session_seconds` bound one answer and one connection.
    """

    name = "smtp"
    capabilities = Capabilities(reports_end_of_data=True, repeatable=False)

    def __init__(
        self,
        server: Server,
        pace: Pace | None = None,
        tls: ssl.SSLContext | None = None,
        step_seconds: float = STEP_SECONDS,
        session_seconds: float = SESSION_SECONDS,
    ) -> None:
        self.server = server
        if tls is None and server.security is not Security.NONE:
            tls = ssl.create_default_context()  # it takes 0.1 s to make
        self._tls = tls
        self._pace = pace or Pace(0)
        self._step_seconds = step_seconds
        self._session_seconds = session_seconds

        self._smtp: smtplib.SMTP | None = None
        self._deadline: threading.Timer | None = None
        self._begin_until = 0.0
        self._settled = False

    def another(self) -> Smtp:
        """Return a further connection to the same server, which keeps to the same pace."""
        return Smtp(
            self.server,
            self._pace,
            self._tls,
            self._step_seconds,
            self._session_seconds,
        )

    def deliver(
        self, message: bytes, sender: str, recipient: str, before_end_of_data: Callable[[], None]
    ) -> str:
        """Hand over one message; return the server's reply. See `Transport.deliver` for what it
        raises."""
        envelope = _Envelope.of(sender, recipient)
        body = as_body(message)
        self._pace.wait()
        with self._lost_means_not_sent():
            smtp = self._begun(envelope, body)
            self._open_envelope(smtp, envelope)
            smtp.send(body)

        try:
            before_end_of_data()
        except BaseException:
            self._drop()  # in the middle of DATA there is no other way to say "never mind"
            raise
        with self._lost_means_not_sent():
            self._check_still_there(smtp)
        return self._dot(smtp, recipient)

    def check(self) -> str:
        """Return that the server answers, and takes the login. Raises TransportUnavailable."""
        if self._kept() is None:
            self._ready()
        host, port = self.server.host, self.server.port
        return f"{host}:{port} answers ({self.server.security})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._say_goodbye()

    # -- the steps ---------------------------------------------------------------------------------

    def _begun(self, envelope: _Envelope, body: bytes) -> smtplib.SMTP:
        """Return a connection that has accepted MAIL for this message. One that the server has
        dropped in the meantime shows here, where trying again cannot send anything twice. Raises
        TransportError; a refused sender is our own fault, not the recipient's: it is tried again
        for ever."""
        kept = self._kept()
        if kept is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                code, text = self._mail(kept, envelope, body)
                if code != CLOSING:
                    self._expect((250,), (code, text), partial(sender_refused, envelope.sender))
                    return kept
            self._drop()

        smtp = self._ready()
        reply = self._mail(smtp, envelope, body)
        self._expect((250,), reply, partial(sender_refused, envelope.sender))
        return smtp

    def _mail(self, smtp: smtplib.SMTP, envelope: _Envelope, body: bytes) -> tuple[int, bytes]:
        """Return the reply to MAIL."""
        self._settled = False
        smtp.command_encoding = "ascii"
        return smtp.mail(envelope.sender, envelope.options(smtp, body))

    def _ready(self) -> smtplib.SMTP:
        """Return a new connection on which nothing has been said yet about a message. Raises
        TransportUnavailable."""
        try:
            return self._connect()
        except smtplib.SMTPAuthenticationError as error:
            said = _text(error.smtp_code, error.smtp_error)
            self._unavailable(
                f"refused the login of {self.server.user}: {said}",
                "Check [mail] smtp_user and the password.",
                error,
            )
        except ssl.SSLError as error:
            self._unavailable(
                f"could not be trusted: {error}",
                "Check [mail] smtp_host and smtp_security, and the server's certificate.",
                error,
            )
        except (
            smtplib.SMTPException,
            OSError,
            UnicodeError,
        ) as error:  # UnicodeError: a host name that cannot be one
            self._unavailable(
                f"could not be used: {error}",
                "Check [mail] smtp_host, smtp_port and smtp_security, and the network.",
                error,
            )

    def _kept(self) -> smtplib.SMTP | None:
        """Return the connection of the message before, where the server still keeps it. Where that
        one ended with its dot, or there was none, nothing is left that RSET would have to clear."""
        if time.monotonic() > self._begin_until:
            self._say_goodbye()
        if self._smtp is None or self._settled:
            return self._smtp

        with contextlib.suppress(smtplib.SMTPException, OSError):
            code, _ = self._smtp.rset()
            if code == 250:
                return self._smtp

        self._drop()
        return None

    def _connect(self) -> smtplib.SMTP:
        smtp = self._unconnected()
        self._begin(smtp)
        reply = smtp.connect(self.server.host, self.server.port)
        if reply[0] != 220:
            raise smtplib.SMTPConnectError(*reply)

        _send_without_delay(smtp)
        self._introduce(smtp)
        self._settled = True
        return smtp

    def _unconnected(self) -> smtplib.SMTP:
        smtp: smtplib.SMTP
        if self.server.security is Security.TLS:
            smtp = smtplib.SMTP_SSL(timeout=self._step_seconds, context=self._tls)
        else:
            smtp = smtplib.SMTP(timeout=self._step_seconds)

        # smtplib knows whose certificate to expect only when its constructor connects; ours must be
        # known before, to `_cut`.
        smtp._host = self.server.host  # type: ignore[attr-defined]
        return smtp

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        """Say EHLO, and what has to come before mail: an encrypted line, and a login."""
        server = self.server
        smtp.ehlo_or_helo_if_needed()

        if server.security is Security.STARTTLS:
            smtp.starttls(context=self._tls)
            smtp.ehlo()

        if server.user:
            smtp.login(server.user, server.password)

    def _open_envelope(self, smtp: smtplib.SMTP, envelope: _Envelope) -> None:
        """Say RCPT and DATA. Raises TransportError."""
        recipient = envelope.recipient
        reply = smtp.rcpt(recipient)
        self._expect((250, 251), reply, partial(recipient_refused, recipient))

        reply = smtp.docmd("DATA")
        self._expect((354,), reply, partial(message_refused, recipient))

    def _expect(self, wanted: tuple[int, ...], reply: tuple[int, bytes], refusal: Refusal) -> None:
        """Raise the error that `refusal` makes of a reply with another code than those wanted."""
        code, text = reply
        if code not in wanted:
            self._refused(refusal(code, _words(text)), code)

    def _check_still_there(self, smtp: smtplib.SMTP) -> None:
        """Raise SMTPServerDisconnected where the server has hung up, or speaks in the middle of
        DATA: it has not taken the message, and that is better noticed before the dot."""
        sock = smtp.sock
        if sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        sock.settimeout(0)
        try:
            sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            sock.settimeout(self._step_seconds)
            return
        raise smtplib.SMTPServerDisconnected("the server did not wait for the end of the message")

    def _dot(self, smtp: smtplib.SMTP, recipient: str) -> str:
        """Send the final dot, and return what the server says to it. Raises TransportError where it
        refuses, InDoubt where nobody knows."""
        code, text = self._reply_to_dot(smtp)
        said = _text(code, text)
        if 200 <= code < 300:
            self._settled = True
            return said
        if 400 <= code < 600:
            refused = message_refused(recipient, code, _words(text))
            self._refused(refused, code)

        self._drop()
        raise InDoubt(f"{self.server.host} answered the final dot with {said!r}")

    def _reply_to_dot(self, smtp: smtplib.SMTP) -> tuple[int, bytes]:
        try:
            smtp.send(b".\r\n")
            return smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            host = self.server.host
            raise InDoubt(
                f"the connection to {host} was lost between the final dot and its reply: {error}"
            ) from error

    # -- the line ----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _lost_means_not_sent(self) -> Iterator[None]:
        try:
            yield
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise TransportError(
                f"the connection to {self.server.host} was lost before the message was complete: "
                f"{error}"
            ) from error

    def _refused(self, error: TransportError, code: int) -> NoReturn:
        if code == CLOSING:
            self._drop()
        raise error

    def _unavailable(self, what: str, hint: str, error: Exception) -> NoReturn:
        self._drop()
        raise TransportUnavailable(
            f"mail server {self.server.host}:{self.server.port} {what}", hint=hint
        ) from error

    def _begin(self, smtp: smtplib.SMTP) -> None:
        """Begin a session that ends in time. Timeouts of single reads cannot bound a server that
        sends a byte now and then; and the claim must outlast the session. So a timer cuts the
        line."""
        begun = time.monotonic()
        self._smtp = smtp
        self._settled = False
        self._begin_until = begun + self._session_seconds / 2

        timer = threading.Timer(self._session_seconds, _cut, [smtp])
        timer.daemon = True
        self._deadline = timer
        timer.start()

    def _say_goodbye(self) -> None:
        if self._smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self._drop()

    def _drop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = self._deadline = None


def _send_without_delay(smtp: smtplib.SMTP) -> None:
    """Let each segment go at once: the dot follows the body in one of its own, which otherwise
    waits 40 ms for the body to be acknowledged."""
    if smtp.sock is not None:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _cut(smtp: smtplib.SMTP) -> None:
    """Cut the line under whoever waits for it."""
    if smtp.sock is not None:
        with contextlib.suppress(OSError):
            # not SSLSocket's own, which would unwrap it under the reader
            socket.socket.shutdown(smtp.sock, socket.SHUT_RDWR)


@dataclass(frozen=True)
class _Envelope:
    """Who sends to whom, as the protocol spells them: no display name, domains in ASCII. Without a
    sender no machine answers (RFC 3834 §3.3)."""

    sender: str
    recipient: str

    @classmethod
    def of(cls, sender: str, recipient: str) -> _Envelope:
        """Return the envelope for these two, the sender with or without a display name; where there
        is none, with none."""
        plain = parseaddr(sender)[1] or sender
        return cls(
            _ascii_domain(plain) if plain else "",
            _ascii_domain(recipient),
        )

    def options(self, smtp: smtplib.SMTP, body: bytes) -> list[str]:
        """Return what MAIL must announce (RFC 1870, RFC 6152, RFC 6531). Raise TransportError where
        the server cannot take such an address, or so long a message."""
        options = []
        if not body.isascii() and smtp.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        if smtp.has_extn("size"):
            _check_size(smtp, body)
            options.append(f"SIZE={len(body)}")
        if not self._is_plain():
            self._check_takes_letters(smtp)
            options.append("SMTPUTF8")
        return options

    def _is_plain(self) -> bool:
        return self.sender.isascii() and self.recipient.isascii()

    def _check_takes_letters(self, smtp: smtplib.SMTP) -> None:
        """Raise TransportError unless the server takes addresses in other than plain letters."""
        if not smtp.has_extn("smtputf8"):
            raise TransportError(
                f"the mail server cannot send to {self.recipient}: it does not offer SMTPUTF8",
                True,
                "Ask for an address in plain letters.",
            )


def _check_size(smtp: smtplib.SMTP, body: bytes) -> None:
    """Raise TransportError for a message longer than the server announces that it takes."""
    announced = smtp.esmtp_features.get("size", "").strip()
    most = int(announced) if announced.isdecimal() else 0
    if 0 < most < len(body):
        raise TransportError(
            f"the message has {len(body):,} bytes, and the mail server takes {most:,}",
            True,
            "Ask whoever runs the mail server for a higher limit.",
        )


def as_body(message: bytes) -> bytes:
    """Return the message as DATA wants it (RFC 5321, 4.5.2): every line ends in CRLF, a dot that
    begins a line is doubled."""
    lines = LINE_END.sub(b"\r\n", message)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return LEADING_DOT.sub(b"..", lines)


def _ascii_domain(address: str) -> str:
    """Return an address with its domain in ASCII. Raises TransportError for what is none."""
    local, at, domain = address.rpartition("@")
    has_line_end = "\r" in address or "\n" in address
    try:
        if not at or has_line_end:
            raise UnicodeError("it is not an address")
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        message = f"{address!r} cannot be mailed: {error}"
        raise TransportError(message, True) from error
    return f"{local}@{ascii_domain}"


def _text(code: int, text: bytes | str) -> str:
    return f"{code} {_words(text)}"


def _words(text: bytes | str) -> str:
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")

    words = " ".join(text.split())
    return words[:500]
