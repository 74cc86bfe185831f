"""What SQLite and the operating system refuse, as a StoreError that says what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from syncer.errors import StoreError
from syncer.files import described, owner_of

BUSY = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL))
DAMAGED = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
FULL = frozenset((sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR))
REFUSED = frozenset(
    (
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_AUTH,
    )
)
OTHER = frozenset((sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_NOLFS))
ENVIRONMENT = BUSY | DAMAGED | FULL | REFUSED | OTHER
PRIMARY = 0xFF
"""The part of an SQLite error code that names its kind; the rest says where it arose."""


def is_environment(error: sqlite3.Error) -> bool:
    """Return whether the disk, the rights or another process is at fault; a faulty statement of
    ours is not."""
    return _kind(error) in ENVIRONMENT


def is_busy(error: sqlite3.Error) -> bool:
    """Return whether another process is in the way."""
    return _kind(error) in BUSY


def explained(path: Path, error: sqlite3.Error | OSError, doing: str = "use") -> StoreError:
    """Return the error to raise: the store, what was refused, owner, mode and space left, and what
    to do about it."""
    kind = None
    said = str(error)
    if isinstance(error, sqlite3.Error):
        kind = _kind(error)
    elif error.strerror:
        said = error.strerror

    message = f"cannot {doing} the store {path}: {said} ({described(path)})"
    return StoreError(message, _hint(path, kind))


def how_to_restore(path: Path) -> str:
    """Return the command that puts the newest copy in the place of a store."""
    backups = path.parent / "backups"
    copies = sorted(backups.glob("syncer-*.db"))
    newest = copies[-1] if copies else "FILE"
    return f"`syncer restore {newest}` puts a copy in its place."


def _kind(error: sqlite3.Error) -> int:
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & PRIMARY


def _hint(path: Path, kind: int | None) -> str:
    """Return what to do about what was refused."""
    if kind in BUSY:
        return "Another process is writing; try again."
    if kind in DAMAGED:
        return f"The file is damaged, or no store. {how_to_restore(path)}"
    if kind in FULL:
        return "Free some space on that disk and run it again; what was written before is safe."
    if path.exists():
        return f"Run syncer as {owner_of(path)}, or check [store] path and who may write there."
    return "Check [store] path and who may write there."
