"""A small web server on loopback, for tests of anything that fetches.

    with Web() as web:
        web.page("/a", b"<p>Hello", headers={"Content-Type": "text/html"})
        web.script("/b", Answer(status=503), Answer(b"now it is well"))     # in turn; the last one stays
        client.get(web.url("/a"));  client.get(web.url("/a", host="localhost"))
        assert [seen.path for seen in web.seen] == ["/robots.txt", "/a", …]

An unknown path answers 404 (so does /robots.txt until a page is made of it: everything is allowed).
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Answer:
    """What the server does once: `fault` is one of down (closes unanswered), silent (answers after
    `seconds`), truncate (half of the body under its full length), cut_chunks (chunks without the
    last), drip (a byte every `seconds`)."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    seconds: float = 0


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    at: float


class Web:
    """The server; `seen` are the requests so far."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._answers: dict[str, list[Answer]] = {}
        self._stopping = threading.Event()
        web = self

        class Handler(_Handler):
            site = web

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "", host: str = "127.0.0.1") -> str:
        """The address of a path; `localhost` is the same server under another host's name."""
        return f"http://{host}:{self.port}{path}"

    def page(self, path: str, body: bytes = b"", **answer: Any) -> None:
        """From now on the path answers so; further words are those of Answer."""
        self.script(path, Answer(body, **answer))

    def script(self, path: str, *answers: Answer) -> None:
        """The path answers so, one after the other; the last answer stays."""
        self._answers[path] = list(answers)

    def asked(self, path: str) -> list[Seen]:
        """The requests for one path."""
        return [seen for seen in self.seen if seen.path == path]

    def next_answer(self, path: str) -> Answer:
        answers = self._answers.get(path, [Answer(b"not here", 404)])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def pause(self, seconds: float) -> bool:
        """Waits; True when the server is being stopped."""
        return self._stopping.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of many a test; anything else is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    site: Web

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Tests print nothing."""

    def do_GET(self) -> None:  # noqa: N802 (the base class's name)
        self.site.seen.append(Seen(self.path, dict(self.headers.items()), time.monotonic()))
        answer = self.site.next_answer(self.path)
        if answer.fault == "down" or (answer.fault == "silent" and self.site.pause(answer.seconds)):
            self.close_connection = True
            return
        with contextlib.suppress(ConnectionError):
            self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        etag = answer.headers.get("ETag")
        if etag and self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.fault == "cut_chunks":
            self.send_header("Transfer-Encoding", "chunked")
        elif "Content-Length" not in answer.headers:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self._send_body(answer)

    def _send_body(self, answer: Answer) -> None:
        if answer.fault == "truncate":
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.close_connection = True
        elif answer.fault == "cut_chunks":
            self.wfile.write(b"%x\r\n%s\r\n" % (len(answer.body), answer.body))
            self.close_connection = True
        elif answer.fault == "drip":
            for byte in answer.body:
                self.wfile.write(bytes([byte]))
                if self.site.pause(answer.seconds):
                    return
        else:
            self.wfile.write(answer.body)
