"""What it costs never to lose a message: the outbox over SMTP, beside as many bare smtplib loops
that send the same bytes to the same server in the same run, with 1, 4 and 8 connections.

The server answers each command after 20 ms, as one across a network does. Both take turns, so that
a busy machine slows both; the ratio is the median of the rounds. The last line is JSON with the
ratios by number of connections.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import multiprocessing
import smtplib
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.queues import Queue
from pathlib import Path

from syncer.delivery import outbox
from syncer.delivery.transports import further_lines
from syncer.delivery.transports.smtp import Security, Server, Smtp
from syncer.store import Store
from syncer.store import outbox as deliveries
from syncer.store.outbox import Message, State

EACH, ROUNDS, KILOBYTES = 40, 3, 20
"""Messages for each connection, rounds, and the size of a message."""
CONNECTIONS = (1, 4, 8)
ANSWERS_AFTER = 0.02
SENDER, NOW = "syncer@example.org", dt.datetime(2026, 5, 12, 7, 0, tzinfo=dt.UTC)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say yes to everything, after a while, and keep nothing."""
    writer.write(b"220 sink\r\n")
    while line := (await reader.readline()).upper():
        await asyncio.sleep(ANSWERS_AFTER)
        if line.startswith(b"DATA"):
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            await asyncio.sleep(ANSWERS_AFTER)
        if line.startswith(b"QUIT"):
            break
        writer.write(b"250 ok\r\n")
    writer.close()


def serve(ports: Queue[int]) -> None:
    """The sink, in a process of its own: sharing an interpreter would slow down who talks to it."""

    async def forever() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=2**20)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


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


def messages(count: int) -> list[Message]:
    """Digests of the usual size, each with its own recipient and Message-ID."""
    text = b"Leeds: leadership requires improvement to be good, good as before\r\n" * (
        KILOBYTES * 1024 // 67
    )
    return [_message(number, text) for number in range(count)]


def _message(number: int, text: bytes) -> Message:
    identity = f"<{number}@syncer.example>"
    recipient = f"reader{number}@example.org"
    head = f"From: {SENDER}\r\nTo: {recipient}\r\nMessage-ID: {identity}\r\n\r\n".encode()
    return Message("digest", identity, SENDER, recipient, "Leeds", head + text)


def bare(port: int, connections: int, all_of_them: Sequence[Message]) -> float:
    """Messages a second of loops that would not know what was lost."""

    def loop(share: Sequence[Message]) -> None:
        with smtplib.SMTP("127.0.0.1", port) as line:
            for message in share:
                line.sendmail(message.sender, [message.recipient], message.body)

    shares = [all_of_them[first::connections] for first in range(connections)]
    threads = [threading.Thread(target=loop, args=(share,)) for share in shares]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(all_of_them) / (time.perf_counter() - started)


def ours(port: int, connections: int, all_of_them: Sequence[Message]) -> float:
    """Messages a second of the outbox, from the store to the recorded outcome."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "syncer.sqlite") as store:
        _queue(store, all_of_them)
        transport = Smtp(Server("127.0.0.1", port, Security.NONE))
        started = time.perf_counter()
        report = outbox.send_due(
            store, transport, lambda: NOW, more=further_lines(transport, connections)
        )
        taken = time.perf_counter() - started
    if report.count(State.SENT) != len(all_of_them):
        sys.exit(f"only {report.count(State.SENT)} of {len(all_of_them)} were sent")
    return len(all_of_them) / taken


def _queue(store: Store, all_of_them: Sequence[Message]) -> None:
    with store.writing():
        for message in all_of_them:
            deliveries.queue(store, message, NOW)


def main() -> None:
    """Print a line for each number of connections, and the ratios."""
    ratios = {}
    with sink() as port:
        for connections in CONNECTIONS:
            batch = messages(EACH * connections)
            rounds = [
                (ours(port, connections, batch), bare(port, connections, batch))
                for _ in range(ROUNDS)
            ]
            rate, bare_rate = (statistics.median(rates) for rates in zip(*rounds, strict=True))
            ratio = statistics.median(one / other for one, other in rounds)
            ratios[connections] = round(ratio, 2)
            print(
                f"{connections} connections: {rate:.1f} messages/s through the outbox,"
                f" {bare_rate:.1f}/s bare smtplib, ratio {ratio:.2f}"
                f" ({len(batch)} messages of {KILOBYTES} kB, {ROUNDS} rounds)",
                flush=True,
            )
    print(json.dumps({"ratios": ratios}))


if __name__ == "__main__":
    main()
