"""The word to systemd (sd_notify(3)): one datagram to the socket that it names. Without one,
nothing."""

from __future__ import annotations

import os
import socket
from contextlib import suppress

MICROSECONDS = 1_000_000


def notify(state: str) -> None:
    """Tell systemd one state, such as READY=1. Nobody listening is no error."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place:
        return

    address = f"\0{place[1:]}" if place.startswith("@") else place
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect(address)
        line.sendall(state.encode())


def watchdog_seconds() -> float | None:
    """Return how often systemd wants to hear of us (WatchdogSec); None where it does not."""
    asked = os.environ.get("WATCHDOG_USEC", "")
    process = os.environ.get("WATCHDOG_PID", str(os.getpid()))
    if not asked.isdigit() or process != str(os.getpid()):
        return None
    return int(asked) / MICROSECONDS
