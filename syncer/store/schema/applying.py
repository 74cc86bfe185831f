"""Bringing a store up to date: the migrations that it lacks, by sqlite_utils, which notes each. To
be imported only where there is one (`schema.pending`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from syncer.store.schema import SET, STEPS


def apply(connection: sqlite3.Connection) -> None:
    """Apply what is pending, inside the transaction that is open."""
    migrations = Migrations(SET)
    for name, sql in STEPS.items():
        migrations(name=name)(_step(sql))

    migrations.apply(Database(connection))


def _step(sql: str) -> Callable[[Database], None]:
    def migrate(db: Database) -> None:
        _execute_all(db, sql)

    return migrate


def _execute_all(db: Database, sql: str) -> None:
    """Run several statements inside the transaction that is open (`executescript` would commit
    it)."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.conn.execute(statement)
            statement = ""
