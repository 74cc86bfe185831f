"""Bounds a whole HTTP answer: status line, headers, every `100 Continue`, chunk extensions, body.

The time limit of `requests` and urllib3 is one between two bytes: a server that sends a byte now
and then holds a reader for ever. Here connecting and every read from the socket look at the clock
of the exchange, at what has come so far, and at whether we were told to stop.
"""

from __future__ import annotations

import functools
import http.client
import io
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, PoolManager

from syncer.errors import Stopped, TooLarge

LOOK_EVERY_SECONDS = 0.5
ROOM_FOR_HEADERS = 1024 * 1024
"""Bytes that an answer may take beside its body."""


class Watch:
    """The bounds of one exchange after the other; `begin` starts the next.

    `total_seconds` bounds a whole answer, `silent_seconds` the time without a byte, `max_bytes` its
    body; `stopping` says whether to give up at once.
    """

    def __init__(
        self,
        total_seconds: float,
        silent_seconds: float,
        max_bytes: int,
        stopping: Callable[[], bool],
    ) -> None:
        self.silent_seconds = silent_seconds
        self._total_seconds = total_seconds
        self._max_bytes = max_bytes + ROOM_FOR_HEADERS
        self._stopping = stopping
        self.begin("")

    def begin(self, url: str) -> None:
        """Start the clock for an answer."""
        self._url = url
        self._bytes = 0
        self._deadline = time.monotonic() + self._total_seconds

    @property
    def is_over(self) -> bool:
        """Whether the time of the whole answer is up."""
        return time.monotonic() > self._deadline

    def look(self) -> None:
        """Raise Stopped when told to stop, TimeoutError when the answer's time is up."""
        if self._stopping():
            raise Stopped
        if self.is_over:
            raise TimeoutError("the whole answer took too long")

    def count(self, arrived: int) -> None:
        """Count what has come. Raises TooLarge."""
        self._bytes += arrived
        if self._bytes > self._max_bytes:
            raise TooLarge(f"{self._url}: more than {self._max_bytes:,} bytes on the line")

    def sleep(self, seconds: float) -> None:
        """Sleep in short steps. Raises Stopped."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._stopping():
                raise Stopped
            time.sleep(min(left, LOOK_EVERY_SECONDS))


class WatchedAdapter(HTTPAdapter):
    """Sends requests whose answers are read under a watch."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        super().__init__()

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **options: Any
    ) -> None:
        """Make the pools of connections, as `requests` asks an adapter to."""
        self.poolmanager = _Pools(
            self._watch, num_pools=connections, maxsize=maxsize, block=block, **options
        )


class _Pools(PoolManager):
    def __init__(self, watch: Watch, **options: Any) -> None:
        self._watch = watch
        super().__init__(**options)

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, host, port, request_context)
        connection = functools.partial(_connection, pool.ConnectionCls, self._watch)
        pool.ConnectionCls = connection  # type: ignore[assignment]
        return pool


def _connection(kind: Callable[..., Any], watch: Watch, **options: Any) -> Any:
    """Make a connection that is made, and whose answers are read, under the watch."""
    connection = kind(**options)
    connection.connect = functools.partial(_connect, connection.connect, watch)
    connection.response_class = functools.partial(_Response, watch)
    return connection


def _connect(connect: Callable[[], None], watch: Watch) -> None:
    """Connect in a thread of its own, as neither the look-up of a name nor a handshake can be
    broken off. One that is given up ends by its own time limit, and is closed by its collection.

    Raises what connecting raises, and TimeoutError, Stopped.
    """
    failures: list[BaseException] = []

    def attempt() -> None:
        try:
            connect()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=attempt, name="connect", daemon=True)
    thread.start()
    thread.join(LOOK_EVERY_SECONDS)
    while thread.is_alive():
        watch.look()
        thread.join(LOOK_EVERY_SECONDS)
    if failures:
        raise failures[0]


class _Response(http.client.HTTPResponse):
    def __init__(self, watch: Watch, sock: socket.socket, *more: Any, **options: Any) -> None:
        super().__init__(sock, *more, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_WatchedSocket(sock, watch))


class _WatchedSocket(io.RawIOBase):
    """Reads from a socket. `socket.SocketIO` cannot go on after a time-out, as this does."""

    def __init__(self, sock: socket.socket, watch: Watch) -> None:
        self._sock, self._watch = sock, watch
        # The socket stays open as long as this file of it is.
        self._hold = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        """Return True: it is read from."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what has come; 0 at the end. Raises TimeoutError, TooLarge,
        Stopped."""
        usual = self._sock.gettimeout()
        silent_since = time.monotonic()
        self._sock.settimeout(min(LOOK_EVERY_SECONDS, self._watch.silent_seconds))
        try:
            while True:
                self._watch.look()
                try:
                    arrived = self._sock.recv_into(buffer)
                except TimeoutError:
                    if time.monotonic() - silent_since >= self._watch.silent_seconds:
                        raise
                    continue
                self._watch.count(arrived)
                return arrived
        finally:
            self._sock.settimeout(usual)

    def close(self) -> None:
        """Let go of the socket."""
        self._hold.close()
        super().close()
