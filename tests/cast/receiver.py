"""A web server on loopback that takes what is posted, as a webhook's receiver or a chat service, and
misbehaves when it is told to.

    with Receiver() as receiver:
        receiver.answer(503, Retry_After="120")     # once; then 200 again
        receiver.judge = lambda posted: Drop() if … else None
"""

from __future__ import annotations

import json
import ssl
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Posted:
    """One request as it came in; `headers` by their names in small letters."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Drop:
    """Hang up without an answer: taken, and nobody knows."""


@dataclass(frozen=True)
class Call:
    """Do something (kill the client, say), then hang up."""

    action: Callable[[], object]


@dataclass(frozen=True)
class Stall:
    """Answer only after so many seconds."""

    seconds: float


Fault = Answer | Drop | Call | Stall


class Receiver:
    """`posted` is everything that came in whole; `taken` what was answered with 2xx, or not at
    all."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.posted: list[Posted] = []
        self.taken: list[Posted] = []
        self.judge: Callable[[Posted], Fault | None] = lambda posted: None
        self._faults: deque[Fault] = deque()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])

    def answer(self, status: int, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._faults.append(Answer(status, named))

    def fail(self, fault: Fault) -> None:
        self._faults.append(fault)

    def fault(self, posted: Posted) -> Fault | None:
        return self._faults.popleft() if self._faults else self.judge(posted)

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up is what is tested."""


def _handler(owner: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 (http.server's name)
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            posted = Posted(self.path, headers, self.rfile.read(length))
            owner.posted.append(posted)
            fault = owner.fault(posted)
            if isinstance(fault, Answer):
                self._say(fault.status, fault.headers)
                if fault.status // 100 == 2:
                    owner.taken.append(posted)
                return

            owner.taken.append(posted)
            match fault:
                case Stall(seconds):
                    time.sleep(seconds)
                case Call(action):
                    action()
            if fault is None or isinstance(fault, Stall):
                self._say(200, {})
            else:
                self.close_connection = True

        def _say(self, status: int, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
