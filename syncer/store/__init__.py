"""The store: one SQLite file, and the only place where SQL is written (this package).

Opening, locking and migrating are here; what is asked of the store stands in one file per noun
beside this one. Facts relied on were measured: a deferred transaction that reads before it writes
loses updates, BEGIN IMMEDIATE does not; and two processes that migrate together fail unless the
migration itself runs inside BEGIN IMMEDIATE.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlite_utils import Database

from syncer.errors import StoreError
from syncer.store.schema import VERSION, migrations

Params = Sequence[Any] | Mapping[str, Any]
BUSY_SECONDS = 30.0


def as_text(moment: dt.datetime) -> str:
    """An aware moment as it is stored: ISO 8601 in UTC, to the second, so that text order is time
    order."""
    return moment.astimezone(dt.UTC).replace(microsecond=0).isoformat()


def as_moment(text: str | None) -> dt.datetime | None:
    """The reverse of `as_text`; None where nothing is stored."""
    return dt.datetime.fromisoformat(text) if text else None


def as_day(text: str | None) -> dt.date | None:
    """A stored ISO day; None where nothing is stored."""
    return dt.date.fromisoformat(text) if text else None


def as_json(value: Any) -> str:
    """Canonical JSON (sorted keys), so that equal values are equal texts."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


class Store:
    """One connection. Reads see what is committed; writes go through `writing()`.

    Raises StoreError when the file is not a database, is locked for longer than half a minute, or
    was written by a newer syncer.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._conn = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            self._conn.execute("PRAGMA foreign_keys=ON")
            self._conn.execute("PRAGMA journal_mode=WAL")
            self._conn.execute("PRAGMA synchronous=FULL")
            self.db = Database(self._conn)
            self._migrate()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"cannot open the store {path}: {error}",
                "Check [store] path and who may write there.",
            ) from error

    def _migrate(self) -> None:
        if (found := int(self._conn.execute("PRAGMA user_version").fetchone()[0])) > VERSION:
            raise StoreError(
                f"{self.path} was written by a newer syncer (format {found}, known here: {VERSION})",
                "Upgrade syncer.",
            )
        if found == VERSION and not migrations.pending(self.db):
            return  # a command that only reads must not wait for one that writes
        with self.writing():
            migrations.apply(self.db)
            self._conn.execute(f"PRAGMA user_version={VERSION}")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that holds the write lock from its first line. Inside another one it is
        part of that one."""
        if self._conn.in_transaction:
            yield
            return
        try:
            self._conn.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise StoreError(
                f"the store {self.path} is busy: {error}", "Another process is writing; try again."
            ) from error
        try:
            yield
        except BaseException:
            self._conn.rollback()
            raise
        self._conn.execute("COMMIT")

    def rows(self, sql: str, params: Params = ()) -> list[dict[str, Any]]:
        """All rows of a SELECT (or of a write with RETURNING) as dictionaries."""
        cursor = self._conn.execute(sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, sql: str, params: Params = ()) -> dict[str, Any] | None:
        """The first row, or None."""
        return next(iter(self.rows(sql, params)), None)

    def value(self, sql: str, params: Params = ()) -> Any:
        """The first column of the first row, or None."""
        row = self._conn.execute(sql, params).fetchone()
        return row[0] if row else None

    def run(self, sql: str, params: Params = ()) -> int:
        """Execute a write; how many rows it touched."""
        return self._conn.execute(sql, params).rowcount

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Insert one row; its rowid. Runs in the transaction that is open."""
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        cursor = self._conn.execute(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(row.values())
        )
        return int(cursor.lastrowid or 0)

    def upsert(self, table: str, row: Mapping[str, Any], key: Sequence[str]) -> None:
        """Insert one row, or update the one with the same key."""
        rest = [name for name in row if name not in key]
        names, marks = ", ".join(f'"{n}"' for n in row), ", ".join("?" * len(row))
        sets = ", ".join(f'"{n}"=excluded."{n}"' for n in rest)
        action = f"DO UPDATE SET {sets}" if rest else "DO NOTHING"
        self._conn.execute(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks}) ON CONFLICT ({", ".join(key)}) {action}',
            tuple(row.values()),
        )

    def meta(self, key: str) -> str:
        """A stored setting of the store itself; empty where never set."""
        return str(self.value("SELECT value FROM meta WHERE key = ?", (key,)) or "")

    def set_meta(self, key: str, value: str) -> None:
        """Keep a setting of the store itself."""
        self.upsert("meta", {"key": key, "value": value}, ["key"])

    def next_seq(self) -> int:
        """The next number of the one sequence by which events are told (DESIGN §7.1). Call inside
        `writing()`."""
        return int(self.value("UPDATE counters SET n = n + 1 WHERE name = 'event' RETURNING n"))

    def backup(self, target: Path) -> None:
        """A consistent copy of the whole store, made while others go on working."""
        copy = sqlite3.connect(target)
        with copy:
            self._conn.backup(copy)
        copy.close()

    def close(self) -> None:
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
