"""How the child of reader.py begins: as a copy of this process where that is safe, else as a fresh
Python.

A copy has imported all that we have; a fresh one takes longer for that than for the pages of an
ordinary day. But what another thread holds at that moment (a lock, half of a list) stays so in a
copy for ever: the daemon's children are fresh ones. Not `multiprocessing`: that copies whatever
threads there are, flushes our output, or imports the caller's main module again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from syncer.documents import child
from syncer.documents.pipe import Pipe

THREADS = Path("/proc/self/task")


class Child(Protocol):
    """A child that was started; as subprocess.Popen has it."""

    pid: int

    def poll(self) -> int | None:
        """Return the exit status (a signal's number is below 0), or None while it lives."""

    def wait(self) -> int:
        """Wait for its end, and return the exit status."""

    def kill(self) -> None:
        """End it at once; nothing happens when it has ended."""


def start(pipe: Pipe) -> Child:
    """Start a child that answers at this end of a pipe. Raises OSError where this machine has no
    room for one."""
    if _has_one_thread():
        return _copy(pipe)
    return _fresh(pipe)


def _has_one_thread() -> bool:
    """Return whether this process has no second thread, in any language; False where the system
    does not say."""
    try:
        threads = list(THREADS.iterdir())
    except OSError:
        return False
    return len(threads) == 1


def _fresh(pipe: Pipe) -> subprocess.Popen[bytes]:
    handle = pipe.fileno()
    return subprocess.Popen(
        [sys.executable, "-m", child.__name__, str(handle)],
        pass_fds=[handle],
        env={**os.environ, "PYTHONPATH": _python_path()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _python_path() -> str:
    """Return where a child finds this package, and what ours was told to search."""
    package = Path(__file__).resolve().parents[2]
    searched = os.environ.get("PYTHONPATH")
    if not searched:
        return str(package)
    return os.pathsep.join([str(package), searched])


def _copy(pipe: Pipe) -> _Copy:
    number = os.fork()
    if number:
        return _Copy(number)

    try:
        child.live_as_copy(pipe)
        os._exit(0)
    finally:
        os._exit(1)


class _Copy:
    """A copy of this process, by its process id."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._status: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, or None while it lives."""
        return self._waited(os.WNOHANG)

    def wait(self) -> int:
        """Wait for its end, and return the exit status."""
        status = self._waited(0)
        assert status is not None
        return status

    def kill(self) -> None:
        """End it at once; nothing happens when it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _waited(self, how: int) -> int | None:
        """Return the exit status if it is known by now. Where children's ends are not kept for us
        (SIGCHLD ignored by whoever started this process), it counts as 0."""
        if self._status is not None:
            return self._status

        ended, status = self.pid, 0
        with suppress(ChildProcessError):
            ended, status = os.waitpid(self.pid, how)
        if ended:
            self._status = os.waitstatus_to_exitcode(status)
        return self._status
