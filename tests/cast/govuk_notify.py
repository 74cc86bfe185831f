"""A stand-in for GOV.UK Notify on loopback, after its API documentation
(https://docs.notifications.service.gov.uk/rest-api.html): the token is checked, what is asked for is
validated, every documented error can be had, and it misbehaves at chosen moments.

with NotifyServer() as notify:
    notify.fail(Status(429, "RateLimitError", "Exceeded rate limit …"))      # once; times=3 for three in a row
    notify.judge = lambda email: Taken() if … else None
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"a_test_key-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
REPLY_TO = "8e222534-7f05-4972-86e3-17c5d9f894e2"
LONGEST = 2_000_000
TOKEN_SECONDS = 30
STATUSES = (
    "created",
    "sending",
    "delivered",
    "permanent-failure",
    "temporary-failure",
    "technical-failure",
)


@dataclass(frozen=True)
class Status:
    """Answer with this error, and take nothing."""

    code: int
    error: str = "Exception"
    message: str = "Internal server error"


@dataclass(frozen=True)
class Drop:
    """Hang up without a word, and take nothing."""


@dataclass(frozen=True)
class Taken:
    """Take the message, then hang up (`code` 0) or answer with an error; show it to nobody for so
    many seconds of the server's clock. `then` is done before that (kill the client, say)."""

    code: int = 0
    hidden_for: float = 0.0
    then: Callable[[], object] = field(default=lambda: None)


@dataclass(frozen=True)
class Stall:
    """Take the message, and say nothing for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Drip:
    """Take the message, and answer with a byte now and then for so many seconds."""

    seconds: float


Fault = Status | Drop | Taken | Stall | Drip


@dataclass
class Notification:
    """A message that was taken."""

    id: str
    reference: str | None
    email_address: str
    subject: str
    body: str
    one_click: str | None
    reply_to: str | None
    taken_at: float
    status: str = "sending"
    hidden_for: float = 0.0

    def as_json(self) -> dict[str, Any]:
        created = dt.datetime.fromtimestamp(self.taken_at, dt.UTC).isoformat()
        return {
            "id": self.id,
            "reference": self.reference,
            "email_address": self.email_address,
            "type": "email",
            "status": self.status,
            "template": {"id": TEMPLATE, "version": 1, "uri": f"/v2/template/{TEMPLATE}"},
            "subject": self.subject,
            "body": self.body,
            "created_at": created,
            "sent_at": created,
            "completed_at": None,
            "one_click_unsubscribe_url": self.one_click,
        }


class Refused(Exception):
    """An answer with an error."""

    def __init__(self, code: int, error: str, message: str) -> None:
        self.code, self.error, self.message = code, error, message


class NotifyServer:
    """`taken` is what will be mailed, in order. `clock` is what hides and limits go by, in seconds;
    `team` are the only addresses that a team-only key may send to (None: a live key)."""

    def __init__(self) -> None:
        self.taken: list[Notification] = []
        self.asked: list[str] = []
        self.judge: Callable[[str], Fault | None] = lambda email: None
        self.clock: Callable[[], float] = time.time
        self.team: set[str] | None = None
        self.per_minute, self.per_day = 3000, 250_000
        self.template = {"subject": "((subject))", "body": "((body))", "type": "email"}
        self._will: deque[Fault] = deque()
        self._lock = threading.Lock()

    def fail(self, fault: Fault, times: int = 1) -> None:
        self._will.extend([fault] * times)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        handler = type("Handler", (Handler,), {"notify": self})
        self._http = _Quiet(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()
        return self

    def __exit__(self, *ignored: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    # -- what it does ------------------------------------------------------------------------------

    def fault(self, email: str) -> Fault | None:
        with self._lock:
            return self._will.popleft() if self._will else self.judge(email)

    def take(self, asked: dict[str, Any], hidden_for: float = 0.0) -> Notification:
        self._check_arguments(asked)
        values = asked["personalisation"]
        made = Notification(
            id=str(uuid.uuid4()),
            reference=asked.get("reference"),
            email_address=asked["email_address"],
            subject=self._filled(self.template["subject"], values),
            body=self._filled(self.template["body"], values),
            one_click=asked.get("one_click_unsubscribe_url"),
            reply_to=asked.get("email_reply_to_id"),
            taken_at=self.clock(),
            hidden_for=hidden_for,
        )
        size = len(made.body.encode())
        if size > LONGEST:
            raise Refused(
                400,
                "BadRequestError",
                f"Emails cannot be longer than {LONGEST} bytes. Your message is {size} bytes.",
            )
        with self._lock:
            self._check_limits()
            self.taken.append(made)
        return made

    def _filled(self, text: str, values: dict[str, str]) -> str:
        for name, value in values.items():
            text = text.replace(f"(({name}))", value)
        return text

    def _check_arguments(self, asked: dict[str, Any]) -> None:
        for name in ("email_address", "template_id"):
            if not asked.get(name):
                raise Refused(400, "ValidationError", f"{name} is a required property")
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", asked["email_address"]):
            raise Refused(400, "ValidationError", "email_address is not a valid email address")
        if asked["template_id"] != TEMPLATE:
            raise Refused(400, "BadRequestError", "Template not found")
        one_click = asked.get("one_click_unsubscribe_url")
        if one_click and not one_click.startswith("https://"):
            raise Refused(
                400, "ValidationError", "one_click_unsubscribe_url is not a valid https url"
            )
        reply_to = asked.get("email_reply_to_id", REPLY_TO)
        if reply_to != REPLY_TO:
            raise Refused(
                400,
                "BadRequestError",
                f"email_reply_to_id {reply_to} does not exist in database for service id {SERVICE}",
            )
        missing = {"subject", "body"} - set(asked.get("personalisation", {}))
        if missing:
            raise Refused(
                400, "BadRequestError", f"Missing personalisation: {', '.join(sorted(missing))}"
            )
        if self.team is not None and asked["email_address"] not in self.team:
            raise Refused(
                400, "BadRequestError", "Can’t send to this recipient using a team-only API key"
            )

    def _check_limits(self) -> None:
        now = self.clock()
        if sum(each.taken_at > now - 60 for each in self.taken) >= self.per_minute:
            raise Refused(
                429,
                "RateLimitError",
                f"Exceeded rate limit for key type LIVE of {self.per_minute} requests per 60 seconds",
            )
        if sum(each.taken_at // 86400 == now // 86400 for each in self.taken) >= self.per_day:
            raise Refused(
                429, "TooManyRequestsError", f"Exceeded send limits ({self.per_day}) for today"
            )

    def shown(self) -> Iterator[Notification]:
        """What it admits to having, the newest first."""
        with self._lock:
            known = list(reversed(self.taken))
        for each in known:
            if self.clock() >= each.taken_at + each.hidden_for:
                yield each

    def check_token(self, header: str) -> None:
        """A JSON Web Token (RFC 7519) of this service, signed with its secret, of now."""
        try:
            scheme, token = header.split(" ")
            head, claims, signature = token.split(".")
            signed = hmac.new(SECRET.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
            right = scheme == "Bearer" and hmac.compare_digest(signed, _decoded(signature))
            said, kind = json.loads(_decoded(claims)), json.loads(_decoded(head))
        except ValueError:
            raise Refused(
                401, "AuthError", "Unauthorized: authentication token must be provided"
            ) from None
        if not right or kind != {"typ": "JWT", "alg": "HS256"} or said.get("iss") != SERVICE:
            raise Refused(403, "AuthError", "Invalid token: API key not found")
        if abs(time.time() - said["iat"]) > TOKEN_SECONDS:
            raise Refused(
                403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds"
            )


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class _Quiet(ThreadingHTTPServer):
    """Says nothing of clients that are gone before they are answered."""

    def handle_error(self, request: object, client_address: object) -> None:
        return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    notify: NotifyServer

    def do_GET(self) -> None:  # noqa: N802
        with self._answered():
            parts = urlsplit(self.path)
            self.notify.asked.append(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self._reply(200, self._found(parts.path, asked))

    def _found(self, path: str, asked: dict[str, str]) -> dict[str, Any]:
        if path == "/v2/notifications":
            if asked.get("status", "sending") not in STATUSES:
                raise Refused(
                    400,
                    "ValidationError",
                    f"status {asked['status']} is not one of [{', '.join(STATUSES)}]",
                )
            chosen = [
                each.as_json()
                for each in self.notify.shown()
                if asked.get("reference", each.reference) == each.reference
                and asked.get("status", each.status) == each.status
            ]
            return {"notifications": chosen[:250], "links": {"current": self.path}}
        if path == f"/v2/template/{TEMPLATE}":
            return {"id": TEMPLATE, "name": "syncer", "version": 1, **self.notify.template}
        for each in self.notify.shown():
            if path == f"/v2/notifications/{each.id}":
                return each.as_json()
        raise Refused(404, "NoResultFound", "No result found")

    def do_POST(self) -> None:  # noqa: N802
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self._answered():
            if self.path != "/v2/notifications/email":
                raise Refused(404, "NoResultFound", "No result found")
            self._send(json.loads(body))

    def _send(self, asked: dict[str, Any]) -> None:
        fault = self.notify.fault(asked.get("email_address", ""))
        match fault:
            case Status():
                raise Refused(fault.code, fault.error, fault.message)
            case Drop():
                self._hang_up()
            case Stall():
                self.notify.take(asked)
                time.sleep(fault.seconds)
                self._hang_up()
            case Drip():
                self.notify.take(asked)
                self._drip(fault.seconds)
            case Taken():
                self.notify.take(asked, fault.hidden_for)
                fault.then()
                if fault.code:
                    raise Refused(fault.code, "Exception", "Internal server error")
                self._hang_up()
            case None:
                made = self.notify.take(asked)
                content = {
                    "subject": made.subject,
                    "body": made.body,
                    "from_email": "syncer@notifications.service.gov.uk",
                }
                self._reply(
                    201,
                    {
                        "id": made.id,
                        "reference": made.reference,
                        "content": content,
                        "uri": f"/v2/notifications/{made.id}",
                    },
                )

    @contextmanager
    def _answered(self) -> Iterator[None]:
        try:
            self.notify.check_token(self.headers.get("Authorization", ""))
            yield
        except Refused as error:
            self._reply(
                error.code,
                {
                    "status_code": error.code,
                    "errors": [{"error": error.error, "message": error.message}],
                },
            )

    def _reply(self, code: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, seconds: float) -> None:
        self.close_connection = True
        for _ in range(int(seconds / 0.1)):
            self.wfile.write(b"H")
            time.sleep(0.1)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *ignored: object) -> None:
        return None
