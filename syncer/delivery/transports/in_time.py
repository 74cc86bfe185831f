"""A call that ends in time, whatever the other side does: the timeouts of a library are between two
bytes, and a server that sends one now and then would hold it for ever."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_time(call: Callable[[], T], seconds: float) -> T:
    """Return what the call returns, or raise what it raises. Raises TimeoutError when it takes
    longer; it then goes on in a thread of its own that nobody waits for."""
    done: queue.Queue[T] = queue.Queue(1)
    failed: queue.Queue[Exception] = queue.Queue(1)
    over = threading.Event()

    def work() -> None:
        try:
            done.put(call())
        except Exception as error:
            failed.put(error)
        finally:
            over.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    if not over.wait(seconds):
        raise TimeoutError(f"no whole answer within {seconds:g} seconds")
    if not failed.empty():
        raise failed.get()
    return done.get()
