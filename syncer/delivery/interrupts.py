"""Ctrl-C that comes when it can be heard: not between a server's reply and its place in the
store."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def held_back(first: Callable[[], None]) -> Iterator[None]:
    """Hold Ctrl-C back while it lasts: at the first, `first` is called, and it is raised at the
    end; a second one is raised at once. Python gives signals to the main thread only: in any other
    nothing is done."""
    before = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not callable(before):
        yield
        return

    pressed = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        if pressed.is_set():
            before(number, frame)
        pressed.set()
        first()

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if pressed.is_set():
            before(signal.SIGINT, None)
