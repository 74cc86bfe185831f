"""How much it costs never to lose a message: the outbox over SMTP, beside a bare smtplib loop that
sends the same bytes to the same server in the same run.

Both take turns, so that a busy machine slows both; the ratio is the median of the rounds. The
outbox commits three times per message (claim, dot, outcome), each of them synced to the disk: on a
disk that is slow to sync, that is most of the difference.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import smtplib
import socketserver
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.queues import Queue
from pathlib import Path

from syncer.delivery import outbox
from syncer.delivery.transports.smtp import Security, Server, Smtp
from syncer.store import Store
from syncer.store import outbox as deliveries
from syncer.store.outbox import Message, State

MESSAGES, ROUNDS, KILOBYTES = 200, 5, 20
SENDER, NOW = "syncer@example.org", dt.datetime(2026, 5, 12, 7, 0, tzinfo=dt.UTC)


class Sink(socketserver.StreamRequestHandler):
    """A mail server that says yes to everything and keeps nothing."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline().upper():
            if line.startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
            self.wfile.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 ok\r\n")


def serve(ports: Queue[int]) -> None:
    """The sink, in a process of its own: sharing an interpreter would slow down who talks to it."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink) as server:
        ports.put(server.server_address[1])
        server.serve_forever()


@contextmanager
def sink() -> Iterator[int]:
    """The port of a running sink."""
    ports: Queue[int] = multiprocessing.Queue()
    process = multiprocessing.Process(target=serve, args=(ports,), daemon=True)
    process.start()
    try:
        yield ports.get(timeout=30)
    finally:
        process.terminate()
        process.join()


def messages() -> list[Message]:
    """Digests of the usual size, each with its own recipient and Message-ID."""
    text = b"Leeds: leadership requires improvement to be good, good as before\r\n" * (
        KILOBYTES * 1024 // 67
    )
    heads = (
        (
            f"From: {SENDER}\r\nTo: reader{n}@example.org\r\n"
            f"Message-ID: <{n}@syncer.example>\r\n\r\n"
        ).encode()
        for n in range(MESSAGES)
    )
    return [
        Message(
            "digest",
            f"<{n}@syncer.example>",
            SENDER,
            f"reader{n}@example.org",
            "Leeds",
            head + text,
        )
        for n, head in enumerate(heads)
    ]


def bare(port: int, all_of_them: list[Message]) -> float:
    """Messages a second of a loop that would not know what was lost."""
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as line:
        for message in all_of_them:
            line.sendmail(message.sender, [message.recipient], message.body)
    return len(all_of_them) / (time.perf_counter() - started)


def ours(port: int, all_of_them: list[Message]) -> float:
    """Messages a second of the outbox, from the store to the recorded outcome."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "syncer.sqlite") as store:
        with store.writing():
            for message in all_of_them:
                deliveries.queue(store, message, NOW)
        started = time.perf_counter()
        report = outbox.send_due(store, Smtp(Server("127.0.0.1", port, Security.NONE)), lambda: NOW)
        taken = time.perf_counter() - started
    if report.count(State.SENT) != len(all_of_them):
        sys.exit(f"only {report.count(State.SENT)} of {len(all_of_them)} were sent")
    return len(all_of_them) / taken


def main() -> None:
    batch = messages()
    with sink() as port:
        rounds = [(ours(port, batch), bare(port, batch)) for _ in range(ROUNDS)]
    outbox_rate, bare_rate = (statistics.median(rates) for rates in zip(*rounds, strict=True))
    ratio = statistics.median(ours_rate / bare_rate for ours_rate, bare_rate in rounds)
    print(
        f"delivery: {outbox_rate:.0f} messages/s through the outbox, {bare_rate:.0f}/s bare "
        f"smtplib, ratio {ratio:.2f} ({MESSAGES} messages of {KILOBYTES} kB, {ROUNDS} rounds)"
    )


if __name__ == "__main__":
    main()
