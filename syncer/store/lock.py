"""Who has the store open: every command and job together, or `restore` alone.

An advisory lock (flock) on a file beside the store; it ends with the process that holds it, however
that ends. A database file must not be exchanged while a process has it open: that process would
write its journal beside the wrong file (https://sqlite.org/howtocorrupt.html, section 2.3).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syncer.errors import AlreadyRunning
from syncer.files import PRIVATE_FILE, PRIVATE_FOLDER, give_to_owner_of_folder
from syncer.store.failure import explained

SUFFIX = ".in-use"
RESTORE_SECONDS = 30.0
"""How long a command waits for a restore to end."""
PAUSE_SECONDS = 0.1


@contextmanager
def shared(store: Path, patience: float = RESTORE_SECONDS) -> Iterator[None]:
    """Have the store open together with others. Raises AlreadyRunning while it is being restored,
    and has been for `patience` seconds, StoreError where the lock cannot be made."""
    with _open(store) as handle:
        until = time.monotonic() + patience
        while not _taken(handle, fcntl.LOCK_SH):
            if time.monotonic() > until:
                raise AlreadyRunning(f"{store} is being restored", "Wait for that to end.")
            time.sleep(PAUSE_SECONDS)
        yield


@contextmanager
def exclusive(store: Path) -> Iterator[None]:
    """Have the store to oneself. Raises AlreadyRunning at once while any other command has it open,
    StoreError where the lock cannot be made."""
    with _open(store) as handle:
        if not _taken(handle, fcntl.LOCK_EX):
            raise AlreadyRunning(
                f"another syncer command has {store} open",
                "Wait for it to end, or stop it; then try again.",
            )
        yield


@contextmanager
def _open(store: Path) -> Iterator[int]:
    """Open the file of the lock while it lasts. Raises StoreError where it cannot be made."""
    try:
        handle = _opened(store.with_name(store.name + SUFFIX))
    except OSError as error:
        raise explained(store, error, "lock") from error
    try:
        yield handle
    finally:
        os.close(handle)


def _opened(place: Path) -> int:
    place.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    is_new = not place.exists()
    handle = os.open(place, os.O_RDONLY | os.O_CREAT, PRIVATE_FILE)
    if is_new:
        give_to_owner_of_folder(place)
    return handle


def _taken(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
