"""The process that is killed: writes to every reader about every event, then sends what is due, as
the daemon's jobs do.

python tests/cast/kill_child.py STORE PORT NOW CONNECTIONS [CHECKPOINT NUMBER]      kills itself when it comes to that checkpoint for the NUMBERth time
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import threading
import time
from pathlib import Path

from people import message

from syncer.delivery import outbox
from syncer.delivery.transports.smtp import Security, Server, Smtp
from syncer.store import Store, events, people, receipts
from syncer.store import outbox as deliveries


def main(
    path: str, port: str, now: str, connections: str, point: str = "", number: str = "0"
) -> None:
    started, begun = dt.datetime.fromisoformat(now), time.monotonic()
    killer = Killer(point, int(number))
    print("ready", flush=True)
    with Store(Path(path)) as store:
        tell(store, started, killer)
        server = Smtp(Server("127.0.0.1", int(port), Security.NONE), step_seconds=0.5)
        outbox.send_due(
            store,
            server,
            lambda: started + dt.timedelta(seconds=time.monotonic() - begun),
            checkpoint=killer,
            more=[server.another() for _ in range(int(connections) - 1)],
        )


def tell(store: Store, now: dt.datetime, killer: Killer) -> None:
    """What notify() does: message, lines and marks in one transaction per reader."""
    for reader in people.listing(store, ["active"]):
        with store.writing():
            (subscription,) = people.get(store, reader.id).subscriptions
            above = [event.id for event in events.after(store, subscription.mark)]
            known = receipts.handled(store, reader.id, above)
            new = tuple(number for number in above if number not in known)
            if new:
                note = message(reader.address, new[-1], subscriber=reader.id, told=new)
                deliveries.queue(store, note, now)
                killer("queued")
                people.move_marks(store, [subscription.id], events.last_seq(store), now)


class Killer:
    def __init__(self, point: str, number: int) -> None:
        self.point, self.left = point, number
        self._counting = threading.Lock()

    def __call__(self, name: str) -> None:
        with self._counting:
            self.left -= name == self.point
            if name == self.point and self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
