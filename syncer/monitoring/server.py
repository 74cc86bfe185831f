"""The listener for monitors: /healthz and /metrics, apart from whatever readers see."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from syncer.app import App
from syncer.config import Config
from syncer.errors import StoreError
from syncer.monitoring import heartbeat, state
from syncer.monitoring.log import without_addresses
from syncer.monitoring.metrics import Metrics

log = logging.getLogger(__name__)

SECONDS = 10.0
"""How long one who asks may keep a connection waiting."""


def health(config: Config) -> list[str]:
    """Return why syncer does not do its work, in words; nothing where it does."""
    found = []
    if not heartbeat.look(config.store.path).runs:
        found.append("daemon: the timetable stands still")
    try:
        with App(config, may_begin=False) as app:
            found += [f"{reason.kind}: {reason.text}" for reason in state.reasons(app)]
    except StoreError as error:
        found.append(f"store: {error.name}: {error}")
    return [without_addresses(line) for line in found]


@contextmanager
def serving(config: Config, metrics: Metrics) -> Iterator[None]:
    """Answer monitors while it lasts, where [monitor] listen names a place. One that is taken is an
    error in the log: what readers are told does not depend on it."""
    try:
        server = _listen(config, metrics)
    except OSError as error:
        log.error("[monitor] listen = %r: %s", config.monitor.listen, error.strerror or error)
        server = None
    if server is None:
        yield
        return

    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _listen(config: Config, metrics: Metrics) -> ThreadingHTTPServer | None:
    """Return a server on the place of [monitor] listen; None where that names none. Raises
    OSError."""
    host, _, port = config.monitor.listen.rpartition(":")
    if not host:
        return None

    class Asked(_Handler):
        pass

    Asked.config, Asked.metrics = config, metrics
    name = host.strip("[]")
    kind = _Server6 if ":" in name else _Server
    return kind((name, int(port)), Asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    """Answers one question. What goes wrong in it is a 500 and a line of the log."""

    config: Config
    metrics: Metrics
    timeout = SECONDS

    def do_GET(self) -> None:  # noqa: N802 (http.server's own name)
        """Answer /healthz and /metrics; there is nothing else."""
        try:
            self._answer()
        except OSError:
            return  # who asked has gone
        except Exception:
            log.exception("%s could not be answered", self.path)
            self._say(HTTPStatus.INTERNAL_SERVER_ERROR, b"an error of syncer's own: see its log\n")

    def _answer(self) -> None:
        path, _, _ = self.path.partition("?")
        if path == "/healthz":
            found = health(self.config)
            status = HTTPStatus.SERVICE_UNAVAILABLE if found else HTTPStatus.OK
            self._say(status, "\n".join([*found, "" if found else "ok\n"]).encode())
        elif path == "/metrics":
            self._say(HTTPStatus.OK, self.metrics.text(), "text/plain; version=0.0.4")
        else:
            self._say(HTTPStatus.NOT_FOUND, b"/healthz and /metrics are here\n")

    def _say(self, status: HTTPStatus, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a monitor asks every few seconds."""
