"""Files that are copies of a store: whether one is sound, and making one file of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from syncer.errors import AlreadyRunning, StoreError
from syncer.store.failure import explained, how_to_restore, is_busy

JOURNALS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database file while it is in use."""

PATIENCE_SECONDS = 2.0


def journals(path: Path) -> list[Path]:
    """Return the journal files that lie beside a database file."""
    found = []
    for ending in JOURNALS:
        beside = path.with_name(path.name + ending)
        if beside.exists():
            found.append(beside)
    return found


def verify(path: Path) -> None:
    """Check that a file is a sound store: each page, each reference, and that it is ours. Raises
    StoreError."""
    with _raw(path, "read") as connection:
        verdict = _first(connection, "PRAGMA integrity_check")
        if verdict != "ok":
            raise StoreError(f"{path} is damaged: {verdict}", how_to_restore(path))
        if _first(connection, "PRAGMA foreign_key_check") is not None:
            said = "a line refers to one that is not there"
            raise StoreError(f"{path} is damaged: {said}", how_to_restore(path))

        # a file that is empty, or another program's, is sound too
        tables = "SELECT count(*) FROM sqlite_master WHERE name IN ('meta', 'subscribers')"
        if _first(connection, tables) != 2:
            raise StoreError(f"{path} is not a store of syncer")


def _first(connection: sqlite3.Connection, sql: str) -> Any:
    """Return the first column of the first row; None where there is none."""
    row = connection.execute(sql).fetchone()
    return row[0] if row else None


def fold(path: Path) -> None:
    """Fold the journal into the file, so that the file alone is the store. SQLite does this only
    for who is alone with it. Raises AlreadyRunning where another process has it open, StoreError
    where it is damaged."""
    with _raw(path, "fold the journal of") as connection:
        try:
            mode = _first(connection, "PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            mode = "locked"
    if mode != "delete":
        raise AlreadyRunning(
            f"another process has {path} open", "Stop it first: `fuser` shows which it is."
        )


@contextmanager
def _raw(path: Path, doing: str) -> Iterator[sqlite3.Connection]:
    """Open a database file as it is, without a migration. Raises StoreError."""
    try:
        if not path.exists():
            raise FileNotFoundError(2, "no such file")
        connection = sqlite3.connect(path, PATIENCE_SECONDS, isolation_level=None)
        with closing(connection):
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise explained(path, error, doing) from error
