"""The child process of reader.py: calls in, results or errors out, until the other end closes.

Run as `python -m syncer.documents.child PIPE`, or in a copy of the process that wants to read. A
document that takes more CPU time than its budget ends the process (SIGPROF), so that no code in any
language can hold it up.
"""

from __future__ import annotations

import gc
import io
import logging
import os
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from syncer.documents.pipe import Pipe
from syncer.errors import SyncerError
from syncer.garbage import collect_seldom

MEGABYTE = 1024 * 1024
STANDARD = (0, 1, 2)
"""The handles of stdin, stdout and stderr."""
HANDLES = Path("/proc/self/fd")
DEEP = 200_000
"""How many bytes of a call's traceback are passed on; a recursion's is long."""


def serve(pipe: Pipe) -> None:
    """Live the child's whole life: limits first, then one call after the other."""
    collect_seldom()
    megabytes, packed = pickle.loads(pipe.receive())
    import bs4  # noqa: F401, PLC0415 (its memory is ours, not that of the first document)

    is_short = _limit(megabytes)
    pipe.send(pickle.dumps(is_short))
    _answer_calls(pipe, Shared(packed))


def live_as_copy(pipe: Pipe) -> None:
    """Live the child's whole life in a copy of the process that reads, having let go of all that is
    the other's: its session, its files and locks, what it does at signals, its log."""
    gc.freeze()  # what is collected would close files by numbers that are others' by then
    os.setsid()
    _close_all_but(pipe)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    logging.disable()
    serve(pipe)


def _close_all_but(pipe: Pipe) -> None:
    """Close every file of this process but the pipe; stdin, stdout and stderr lead to nothing."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in STANDARD:
        os.dup2(nothing, standard)

    kept = {*STANDARD, pipe.fileno()}
    for place in list(HANDLES.iterdir()):
        handle = int(place.name)
        if handle not in kept:
            with suppress(OSError):  # that of the listing itself is among them
                os.close(handle)


class Shared:
    """The objects that calls name by number, each unpacked when the first call names it: most
    children read pages that need none."""

    def __init__(self, packed: Sequence[bytes]) -> None:
        self._packed = packed
        self._known: dict[int, object] = {}

    def __getitem__(self, number: int) -> object:
        """Return the object with this number."""
        if number not in self._known:
            self._known[number] = pickle.loads(self._packed[number])
        return self._known[number]


def _answer_calls(pipe: Pipe, shared: Shared) -> None:
    """Answer one call after the other, until the other end is closed."""
    while True:
        try:
            seconds, parts = pickle.loads(pipe.receive())
            request = [pipe.receive() for _ in range(parts)]
        except EOFError:
            return
        answer = _answer_within(seconds, request, shared)
        pipe.send(answer)


def _answer_within(seconds: float, request: list[bytes], shared: Shared) -> bytes:
    """Return the answer to one call; end the process when it takes more CPU time."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    answer = _answer(request, shared)
    signal.setitimer(signal.ITIMER_PROF, 0)
    return answer


def _limit(megabytes: int) -> bool:
    """Bound the memory to so much more than is in use now; return whether we were given less than
    that to begin with."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    in_use = _megabytes_in_use()
    wanted = (in_use + megabytes) * MEGABYTE

    _, allowed = resource.getrlimit(resource.RLIMIT_AS)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        return True

    resource.setrlimit(resource.RLIMIT_AS, (wanted, wanted))
    return False


def _megabytes_in_use() -> int:
    """Return the address space of this process; about what Python needs where the system does not
    say."""
    try:
        sizes = Path("/proc/self/statm").read_text(encoding="ascii")
    except OSError:
        return 256

    pages = int(sizes.split()[0])
    return pages * resource.getpagesize() // MEGABYTE


def _answer(request: list[bytes], shared: Shared) -> bytes:
    """Return (True, result) or (False, error) of one call, as bytes."""
    try:
        function, arguments, named = _unpacked(request, shared)
        result = function(*arguments, **named)
        return pickle.dumps((True, result), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return _failure(error)


def _unpacked(request: list[bytes], shared: Shared) -> Any:
    call, *bodies = request
    return _Unpacker(call, bodies, shared).load()


class _Unpacker(pickle.Unpickler):
    """Unpacks a call, putting each shared object and each large body in the place of its number."""

    def __init__(self, call: bytes, bodies: list[bytes], shared: Shared) -> None:
        super().__init__(io.BytesIO(call))
        self._bodies = bodies
        self._shared = shared

    def persistent_load(self, number: int) -> object:
        """Return the shared object with this number; a large body has one below 0."""
        if number < 0:
            return self._bodies[-number - 1]
        return self._shared[number]


def _failure(error: Exception) -> bytes:
    """Return the error as bytes; our own bug's with the child's traceback as a note, for whoever
    logs it."""
    if isinstance(error, SyncerError):
        return pickle.dumps((False, error))

    trace = _trace_of(error)
    try:
        return _with_trace(error, trace)
    except Exception:
        return pickle.dumps((False, RuntimeError(trace)))


def _trace_of(error: Exception) -> str:
    """Return the end of the error's traceback, as Python prints it."""
    printed = traceback.format_exception(error, limit=-20)
    return "".join(printed)[-DEEP:]


def _with_trace(error: Exception, trace: str) -> bytes:
    """Return the error and its trace as bytes that are known to be readable at the other end.
    Raises whatever it takes to find out that they are not."""
    if type(error) in (MemoryError, RecursionError):
        error = type(error)(*error.args)  # without the frames that it holds
    error.add_note(trace)
    return _sound(pickle.dumps((False, error)))


def _sound(answer: bytes) -> bytes:
    """Return the bytes, which can be unpacked again. Raises whatever it takes to find out that they
    cannot."""
    pickle.loads(answer)
    return answer


if __name__ == "__main__":
    serve(Pipe.of(int(sys.argv[1])))
