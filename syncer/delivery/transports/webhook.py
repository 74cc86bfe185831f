"""Changes posted as JSON, signed as Standard Webhooks has it
(https://github.com/standard-webhooks/standard-webhooks).

    POST, webhook-id, webhook-timestamp, webhook-signature: v1,<base64 of HMAC-SHA256>
    {"delivery": 7, "changes": [{…}, …]}

A message that is repeated has the same id, which is its Idempotency-Key: so nothing is ever in
doubt. Nothing of an answer but its status is looked at, and no redirect is followed.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from syncer.delivery.transports import reachable
from syncer.delivery.transports.base import Capabilities, HoldsNothing
from syncer.errors import AddressRefused, TransportError
from syncer.subscriptions.channels import is_allowed

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 15.0
WHOLE_SECONDS = 30.0
"""How long one message may take altogether, whatever the other side does."""
MOST_OF_BODY = 4096
"""Bytes of an answer that are taken off the line, and dropped."""
LONGEST_RETRY_AFTER = dt.timedelta(days=1)

GONE = 410
NOT_NOW = frozenset((408, 425, 429))
"""4xx that say: later."""
DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Target:
    """Where the changes of one delivery go. `url` and `key` are secrets; without a key
    nothing is signed."""

    label: str
    number: int
    url: str = field(repr=False)
    key: str = field(default="", repr=False)


class Webhook(HoldsNothing):
    """Posts one delivery to the webhook it is for. `clock` gives the moment that is signed."""

    name = "webhook"
    capabilities = Capabilities(reports_end_of_data=True, repeatable=True)

    def __init__(
        self,
        target: Target,
        clock: Callable[[], dt.datetime],
        allow_hosts: Collection[str] = (),
        whole_seconds: float = WHOLE_SECONDS,
    ) -> None:
        self._target = target
        self._clock = clock
        self._allow_hosts = allow_hosts
        self._whole_seconds = whole_seconds
        self._parts = urlsplit(target.url)
        self._host = (self._parts.hostname or "").rstrip(".")

    def deliver(
        self, message: bytes, sender: str, recipient: str, before_end_of_data: Callable[[], None]
    ) -> str:
        """Post the changes, a list as JSON; return what was answered. Raises TransportError, with
        the time after which the other side wants to be asked again."""
        number = self._target.number
        body = with_number(number, message)
        before_end_of_data()
        return self.post(str(number), body)

    def post(self, identity: str, body: bytes) -> str:
        """Post a body under the identity by which it is known again; return what was answered.
        Raises TransportError."""
        answer = self._answer(identity, body)
        if answer.status // 100 == 2:
            return f"{self._host} answered {answer.status}"
        raise _refusal(self._host, answer, self._clock())

    def check(self) -> str:
        """Return that the host may be connected to, and can be. Raises TransportError."""
        try:
            with self._connected():
                return f"{self._host} can be connected to"
        except OSError as error:
            what = _in_words(error)
        raise TransportError(f"{self._host} cannot be connected to: {what}")

    def _answer(self, identity: str, body: bytes) -> Answer:
        """Return the status of what is answered. Raises TransportError where there is no answer;
        what was raised below it may name the address, and is left out."""
        headers = self._headers(identity, body)
        path = _path(self._parts)
        was_begun = False
        try:
            with self._connected() as connection:
                was_begun = True
                connection.request("POST", path, body, headers)
                response = connection.getresponse()
                answer = Answer(response.status, response.headers.get("Retry-After", ""))
                with contextlib.suppress(OSError, http.client.HTTPException):
                    response.read(MOST_OF_BODY)
                return answer
        except (OSError, http.client.HTTPException, ValueError) as error:
            what = _in_words(error)
        failed = TransportError(f"no answer from {self._host}: {what}")
        failed.may_have_arrived = was_begun
        raise failed

    def _headers(self, identity: str, body: bytes) -> dict[str, str]:
        seconds = str(int(self._clock().timestamp()))
        headers = {
            "Host": _named(self._parts),
            "Content-Type": "application/json",
            "User-Agent": "syncer",
            "Connection": "close",
            "Idempotency-Key": identity,
            "webhook-id": identity,
            "webhook-timestamp": seconds,
        }
        key = self._target.key
        if key:
            headers["webhook-signature"] = signature(key, identity, seconds, body)
        return headers

    @contextlib.contextmanager
    def _connected(self) -> Iterator[http.client.HTTPConnection]:
        """Connect to an address that was checked. A timer cuts the line: the timeouts of single
        reads cannot bound a server that sends a byte now and then."""
        host = self._host
        port = self._parts.port or DEFAULT_PORTS[self._parts.scheme]
        allowed = is_allowed(host, self._allow_hosts)
        numeric = reachable.addresses_of(host, port, is_allowed=allowed)

        line = self._encrypted(_first_that_answers(numeric, port))
        timer = threading.Timer(self._whole_seconds, _cut, [line])
        timer.daemon = True
        timer.start()
        try:
            if isinstance(line, ssl.SSLSocket):
                line.do_handshake()
            connection = http.client.HTTPConnection(host, port)
            connection.sock = line
            yield connection
        finally:
            timer.cancel()
            line.close()

    def _encrypted(self, line: socket.socket) -> socket.socket:
        """Return the line with TLS over it, for the host by its name, unless the address says
        http. The handshake is still to come."""
        line.settimeout(ANSWER_SECONDS)
        if self._parts.scheme == "http":
            return line
        context = ssl.create_default_context()
        return context.wrap_socket(
            line,
            server_hostname=self._host,
            do_handshake_on_connect=False,
        )


@dataclass(frozen=True)
class Answer:
    """The status of an answer, and its Retry-After."""

    status: int
    retry_after: str = ""


def with_number(number: int, changes: bytes) -> bytes:
    """Return the body that is posted: the same bytes for the same delivery."""
    return b'{"delivery": %d, "changes": %s}' % (number, changes)


def signature(key: str, number: str, seconds: str, body: bytes) -> str:
    """Return the value of the header `webhook-signature`."""
    secret = base64.b64decode(key.removeprefix("whsec_"))
    signed = f"{number}.{seconds}.".encode() + body
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _named(parts: SplitResult) -> str:
    """Return the host as a request names it: with its port where that is not the usual one."""
    host = (parts.hostname or "").rstrip(".")
    written = f"[{host}]" if ":" in host else host
    usual = DEFAULT_PORTS[parts.scheme]
    if parts.port in (None, usual):
        return written
    return f"{written}:{parts.port}"


def _path(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return (parts.path or "/") + query


def _first_that_answers(numeric: Collection[str], port: int) -> socket.socket:
    """Return a line to the first address that takes it. Raises OSError of the last."""
    failed: OSError = OSError("no address")
    for address in numeric:
        try:
            return socket.create_connection((address, port), CONNECT_SECONDS)
        except OSError as error:
            failed = error
    raise failed


def _cut(line: socket.socket) -> None:
    """Cut the line under whoever waits for it."""
    with contextlib.suppress(OSError):
        # not SSLSocket's own, which would unwrap it under the reader
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def _in_words(error: Exception) -> str:
    """Return what happened, without what the other side sent or where it was sent."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate cannot be trusted ({error.verify_message})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


def _refusal(host: str, answer: Answer, now: dt.datetime) -> TransportError:
    """Return the error of an answer other than 2xx."""
    status = answer.status
    said = f"{host} answered {status}"
    if status == GONE:
        return AddressRefused(f"{said}: gone", certain=True)
    if 300 <= status < 400:
        return TransportError(f"{said}: redirects are not followed", permanent=True)

    is_for_good = 400 <= status < 500 and status not in NOT_NOW
    error = TransportError(said, permanent=is_for_good)
    error.retry_after = _pause(answer.retry_after, now)
    return error


def _pause(retry_after: str, now: dt.datetime) -> dt.timedelta:
    """Return how long a Retry-After asks to wait (RFC 9110 §10.2.3), a day at most; nothing where
    it cannot be read."""
    asked = _asked(retry_after.strip(), now)
    return max(dt.timedelta(), min(asked, LONGEST_RETRY_AFTER))


def _asked(value: str, now: dt.datetime) -> dt.timedelta:
    if value.isascii() and value.isdigit():
        seconds = min(int(value[:9]), int(LONGEST_RETRY_AFTER.total_seconds()))
        return dt.timedelta(seconds=seconds)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return dt.timedelta()
    if until.tzinfo is None:
        return dt.timedelta()
    return until - now
