"""Servers that never come to an end: an answer is bounded whole, headers and chunks included."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from syncer.errors import Stopped, TooLarge, Unreachable
from syncer.fetching.client import Client, Limits
from syncer.fetching.snapshots import Snapshots

NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"


class Dripping:
    """A server that answers /robots.txt, then sends `first` and the `again` for ever, one each
    `pause` seconds."""

    def __init__(self, first: bytes, again: bytes, pause: float) -> None:
        self.first, self.again, self.pause = first, again, pause
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.done = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def _serve(self) -> None:
        while not self.done.is_set():
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                if b"robots.txt" in connection.recv(65536):
                    connection.sendall(NO_ROBOTS)
                else:
                    self._drip(connection)

    def _drip(self, connection: socket.socket) -> None:
        try:
            connection.sendall(self.first)
            while not self.done.wait(self.pause):
                connection.sendall(self.again)
        except OSError:
            return


ENDLESS = {
    "a header line": (OK + b"X-Slow: ", b"a", 0.1),
    "one header after the other": (OK, b"X-A: b\r\n", 0.1),
    "the status line": (b"HTTP/1.1 200 ", b"O", 0.1),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05),
    "a chunk extension": (OK + b"Transfer-Encoding: chunked\r\n\r\n5;", b"x", 0.1),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", 0.1),
    "a body": (OK + b"Content-Length: 100000\r\n\r\n", b"a", 0.1),
    "nothing": (b"", b"", 0.5),
}


@pytest.fixture(params=ENDLESS.values(), ids=ENDLESS.keys())
def server(request: pytest.FixtureRequest) -> Iterator[Dripping]:
    found: Sequence[object] = request.param
    dripping = Dripping(*found)  # type: ignore[arg-type]
    yield dripping
    dripping.done.set()
    dripping.socket.close()


def client(url: str, folder: Path, **more: object) -> Client:
    limits = Limits(read_timeout=5, total_seconds=1.5, tries=1, max_bytes=1_000_000)
    return Client(
        [url],
        delay_seconds=0,
        contact="mailto:x@example.org",
        snapshots=Snapshots(folder),
        limits=limits,
        **more,  # type: ignore[arg-type]
    )


def test_an_answer_without_end_is_given_up_in_time(server: Dripping, tmp_path: Path) -> None:
    begun = time.monotonic()
    with client(server.url, tmp_path) as asking, pytest.raises(Unreachable, match=r"1\.5 seconds"):
        asking.get(server.url + "/page")
    assert time.monotonic() - begun < 6


def test_told_to_stop_an_answer_is_not_waited_for(server: Dripping, tmp_path: Path) -> None:
    stop = threading.Event()
    threading.Timer(0.6, stop.set).start()
    begun = time.monotonic()
    with client(server.url, tmp_path, stopping=stop.is_set) as asking, pytest.raises(Stopped):
        asking.get(server.url + "/page")
    assert time.monotonic() - begun < 5


def test_told_to_stop_a_turn_is_not_waited_for(tmp_path: Path) -> None:
    with client("http://127.0.0.1:9", tmp_path, stopping=lambda: True) as asking:
        asking._turns.postpone("127.0.0.1", 50)
        with pytest.raises(Stopped):
            asking.get("http://127.0.0.1:9/page")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_told_to_stop_a_connection_to_a_silent_host_is_not_waited_for(
    scheme: str, tmp_path: Path
) -> None:
    stop = threading.Event()
    threading.Timer(0.6, stop.set).start()
    with socket.create_server(("127.0.0.1", 0), backlog=0) as silent, socket.socket() as first:
        place = silent.getsockname()
        if scheme == "http":
            first.connect(place)  # the queue is full: the next one is never answered
        url = f"{scheme}://127.0.0.1:{place[1]}"
        begun = time.monotonic()
        with client(url, tmp_path, stopping=stop.is_set) as asking, pytest.raises(Stopped):
            asking.get(url + "/page")
    assert 0.5 < time.monotonic() - begun < 3


def test_headers_of_many_megabytes_are_left(tmp_path: Path) -> None:
    server = Dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000, 0)
    with client(server.url, tmp_path) as asking, pytest.raises((TooLarge, Unreachable)):
        asking.get(server.url + "/page")
    server.done.set()
    server.socket.close()
