"""Whole messages between two processes, over a pair of sockets. Each is received into memory taken
once for all of it: `multiprocessing` takes as much again for every part that arrives, which costs
more for a report of some hundred kilobytes than all that is done to hand it over."""

from __future__ import annotations

import select
import socket
import struct
from collections import deque
from contextlib import suppress
from typing import Self

LENGTH = struct.Struct("!Q")
LARGE_BYTES = 64 * 1024
ROOM_BYTES = 1024 * 1024
"""How much may wait at the other end for its turn, where the system allows as much."""


class Pipe:
    """One end; close it, or use it in a `with`."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._unsent: deque[memoryview] = deque()

    @classmethod
    def of(cls, handle: int) -> Self:
        """Return the end that a process was given as a file handle."""
        end = socket.socket(fileno=handle)
        return cls(end)

    def fileno(self) -> int:
        """Return the file handle of this end."""
        return self._end.fileno()

    def send(self, *messages: bytes, wait: bool = True) -> None:
        """Send messages. Small ones go together: the other process wakes up for each part. A large
        one goes as it is, not copied beside them. Without `wait`, what there is no room for goes
        while `has_message` waits. Raises ConnectionError where nobody is at the other end."""
        waiting = b""
        for message in messages:
            waiting += LENGTH.pack(len(message))
            if len(message) < LARGE_BYTES:
                waiting += message
                continue

            self._unsent += (memoryview(waiting), memoryview(message))
            waiting = b""
        self._unsent.append(memoryview(waiting))
        self._push(0 if wait else socket.MSG_DONTWAIT)

    def _push(self, how: int) -> None:
        """Send what is still to be sent, or as much of it as there is room for."""
        with suppress(BlockingIOError):
            while self._unsent:
                sent = self._end.send(self._unsent[0], how)
                rest = self._unsent.popleft()[sent:]
                if rest:
                    self._unsent.appendleft(rest)

    def receive(self) -> bytes:
        """Wait for a message and return it. Raises EOFError or ConnectionError where nobody is at
        the other end any more."""
        length = self._received(LENGTH.size)
        (size,) = LENGTH.unpack(length)

        return self._received(size)

    def _received(self, size: int) -> bytes:
        """Return so many bytes; all come at once, unless a signal comes between."""
        data = b""
        while len(data) < size:
            arrived = self._end.recv(size - len(data), socket.MSG_WAITALL)
            if not arrived:
                raise EOFError
            data = data + arrived if data else arrived
        return data

    def has_message(self, seconds: float) -> bool:
        """Return whether a message, or the other end's close, arrives within so many seconds. What
        is still to be sent goes meanwhile, as there is room for it: then it is False sooner. Raises
        nothing where nobody is at the other end: there may be messages yet."""
        waiting = select.poll()
        waiting.register(self, select.POLLIN | (select.POLLOUT if self._unsent else 0))
        milliseconds = seconds * 1000
        found = waiting.poll(milliseconds)
        if found == [(self.fileno(), select.POLLOUT)]:
            with suppress(ConnectionError):
                self._push(socket.MSG_DONTWAIT)
            return False
        return bool(found)

    def close(self) -> None:
        """Give this end back."""
        self._end.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def pair() -> tuple[Pipe, Pipe]:
    """Return two ends that lead to each other."""
    one, other = socket.socketpair()
    for end in (one, other):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM_BYTES)
    ours = Pipe(one)
    theirs = Pipe(other)
    return ours, theirs
