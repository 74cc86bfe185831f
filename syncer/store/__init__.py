"""The store: one SQLite file, and the only place where SQL is written (this package).

Opening, locking and migrating are here; what is asked of the store stands in one file per noun
beside this one. Facts relied on were measured: a deferred transaction that reads before it writes
loses updates, BEGIN IMMEDIATE does not; and two processes that migrate together fail unless the
migration itself runs inside BEGIN IMMEDIATE.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from syncer.errors import StoreError
from syncer.files import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    force_to_disk,
    give_to_owner_of_folder,
)
from syncer.store.failure import explained, is_environment
from syncer.store.schema import VERSION, pending

Params = Sequence[Any] | Mapping[str, Any]
BUSY_SECONDS = 30.0
PAGES_IN_LOG = 4_000
"""After how many (of 4 KB) what was written goes from the log to the file: about what a busy day
writes, so that a page that is written again and again goes once."""
CANONICAL = json.JSONEncoder(
    sort_keys=True,
    ensure_ascii=False,
    separators=(",", ":"),
    default=str,
)
"""Made once: a first sync writes tens of thousands of texts."""
T = TypeVar("T")


@lru_cache(maxsize=64)
def as_text(moment: dt.datetime) -> str:
    """Return an aware moment as it is stored: ISO 8601 in UTC, to the second, so that text order is
    time order. A run asks for the same few again and again."""
    return moment.astimezone(dt.UTC).replace(microsecond=0).isoformat()


def day_as_text(day: dt.date | None) -> str | None:
    """Return a day as it is stored, the reverse of `as_day`; None where there is none."""
    return day.isoformat() if day else None


def as_moment(text: str | None) -> dt.datetime | None:
    """Return a stored moment, the reverse of `as_text`; None where nothing is stored."""
    return dt.datetime.fromisoformat(text) if text else None


def as_day(text: str | None) -> dt.date | None:
    """Return a stored ISO day; None where nothing is stored."""
    return dt.date.fromisoformat(text) if text else None


def as_json(value: Any) -> str:
    """Return canonical JSON (sorted keys), so that equal values are equal texts."""
    return CANONICAL.encode(value)


class Store:
    """One connection. Reads see what is committed; writes go through `writing()`.

    Whatever the disk, the rights or another process refuses is a StoreError, here and in every
    method: the file is not a database or is damaged, the disk is full, the store is locked for
    longer than half a minute, or was written by a newer syncer.
    """

    def __init__(
        self, path: Path, *, keep_copy: bool = True, patience: float = BUSY_SECONDS
    ) -> None:
        """Open the store, made where there is none, and bring it up to date. `keep_copy`: copy an
        older one into `backups/` before its format is changed. `patience`: seconds for which a
        write waits for others."""
        self.path = path
        try:
            _make_private(path)
            self._conn = _connected(path, patience)
            self._migrate(keep_copy)
        except (sqlite3.Error, OSError) as error:
            raise explained(path, error, "open") from error

    def _migrate(self, keep_copy: bool) -> None:
        """Bring an older store up to date. Raises StoreError for a newer one."""
        found = int(self._conn.execute("PRAGMA user_version").fetchone()[0])
        if found > VERSION:
            raise StoreError(
                f"{self.path} was written by a newer syncer"
                f" (format {found}, known here: {VERSION})",
                "Upgrade syncer, or restore a copy that was made before the upgrade.",
            )

        if found == VERSION and not pending(self._conn):
            return  # a command that only reads must not wait for one that writes

        from syncer.store.schema.applying import apply

        if found and keep_copy:
            self._copy_before_upgrade(found)
        with self.writing():
            apply(self._conn)
            self._conn.execute(f"PRAGMA user_version={VERSION}")

    def _copy_before_upgrade(self, found: int) -> None:
        """Keep the store as it was: an older syncer cannot open what comes next."""
        today = dt.datetime.now(dt.UTC)
        name = f"before-upgrade-{today:%Y-%m-%d}-format-{found}.db"
        target = self.path.parent / "backups" / name
        part = target.with_name(f"{name}.{os.getpid()}.part")

        target.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        self.backup(part)
        part.replace(target)
        force_to_disk(target.parent)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open a transaction that holds the write lock from its first line. Inside another one it
        is part of that one."""
        if self._conn.in_transaction:
            yield
            return

        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            # on a full disk SQLite has rolled back already, and says so
            with suppress(sqlite3.Error):
                self._conn.rollback()
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Open a transaction in which every read sees the store as it is at the first of them."""
        self.run("BEGIN")
        try:
            yield
        finally:
            with suppress(sqlite3.Error):
                self._conn.rollback()

    def rows(self, sql: str, params: Params = ()) -> list[dict[str, Any]]:
        """Return all rows of a SELECT (or of a write with RETURNING) as dictionaries."""
        return self._execute(sql, params, _as_dictionaries)

    def one(self, sql: str, params: Params = ()) -> dict[str, Any] | None:
        """Return the first row, or None."""
        found = self.rows(sql, params)
        return found[0] if found else None

    def value(self, sql: str, params: Params = ()) -> Any:
        """Return the first column of the first row, or None."""
        row = self._execute(sql, params, sqlite3.Cursor.fetchone)
        return row[0] if row else None

    def run(self, sql: str, params: Params = ()) -> int:
        """Execute a write; return how many rows it touched."""
        return int(self._execute(sql, params, attrgetter("rowcount")))

    def _execute(
        self,
        sql: str,
        params: Params,
        taken: Callable[[sqlite3.Cursor], T],
        *,
        many: bool = False,
    ) -> T:
        """Return what is taken of an execution: of one, or one for each of many `params`."""
        execute = self._conn.executemany if many else self._conn.execute
        try:
            return taken(execute(sql, params))
        except sqlite3.Error as error:
            if not is_environment(error):
                raise
            raise explained(self.path, error) from error

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Insert one row in the transaction that is open; return its rowid."""
        values = tuple(row.values())
        number = self._execute(_insertion(table, row), values, attrgetter("lastrowid"))
        return int(number or 0)

    def insert_all(self, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert the values of these columns for each row, in order, in the transaction that is
        open."""
        sql = _insertion(table, names)
        count = attrgetter("rowcount")

        self._execute(sql, rows, count, many=True)

    def update(self, table: str, number: int, row: Mapping[str, Any]) -> None:
        """Change the row with that id, in the transaction that is open."""
        sets = ", ".join(f'"{name}" = ?' for name in row)
        sql = f'UPDATE "{table}" SET {sets} WHERE id = ?'
        self.run(sql, (*row.values(), number))

    def upsert(self, table: str, row: Mapping[str, Any], key: Sequence[str]) -> None:
        """Insert one row, or update the one with the same key."""
        action = "DO NOTHING"
        changed = [f'"{name}"=excluded."{name}"' for name in row if name not in key]
        if changed:
            action = f"DO UPDATE SET {', '.join(changed)}"

        conflict = f"ON CONFLICT ({', '.join(key)}) {action}"
        self.run(f"{_insertion(table, row)} {conflict}", tuple(row.values()))

    def meta(self, key: str) -> str:
        """Return a stored setting of the store itself; empty where never set."""
        value = self.value("SELECT value FROM meta WHERE key = ?", (key,))
        return str(value or "")

    def set_meta(self, key: str, value: str) -> None:
        """Keep a setting of the store itself."""
        row = {"key": key, "value": value}
        self.upsert("meta", row, ["key"])

    def next_seq(self) -> int:
        """Return the next number of the one sequence by which events are told (DESIGN §7.1). Call
        inside `writing()`."""
        return int(self.value("UPDATE counters SET n = n + 1 WHERE name = 'event' RETURNING n"))

    def backup(self, target: Path) -> None:
        """Write a consistent copy of the whole store, made while others go on working. Raises
        sqlite3.Error and OSError of the target as they are."""
        _make_private(target)
        copy = sqlite3.connect(target)
        try:
            self._conn.backup(copy)
        finally:
            copy.close()
        force_to_disk(target)

    def close(self) -> None:
        """Give the store back."""
        self._conn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _connected(path: Path, patience: float) -> sqlite3.Connection:
    """Return a connection that waits for its turn, keeps references whole and loses nothing to a
    power cut."""
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA recursive_triggers=ON")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint={PAGES_IN_LOG}")
    return connection


def _insertion(table: str, names: Collection[str]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    return f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'


def _make_private(path: Path) -> None:
    """Make the file and its folder, where they are not there, for this account alone. SQLite gives
    its journal the same mode."""
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if not path.exists():
        handle = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        os.close(handle)
        give_to_owner_of_folder(path)


def _as_dictionaries(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    found = []
    for row in cursor.fetchall():
        by_name = zip(names, row, strict=True)
        found.append(dict(by_name))

    return found
