"""What the store holds, as numbered migrations: one file of readable SQL each.

Days are ISO text, moments ISO text in UTC to the second, lists and maps JSON. A released migration
is never edited in what it does: a change of schema is the next number, in a file of its own that is
named in `STEPS`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from syncer.store.schema import (
    m0001_reading,
    m0002_people,
    m0003_possibles,
    m0004_waits,
    m0005_seen,
    m0006_views,
    m0007_operating,
    m0008_reach,
)

VERSION = 1
"""The format. Raised with every migration that an older syncer could not work with."""

STEPS = {
    "first_schema": m0001_reading.SQL,
    "people_and_deliveries": m0002_people.SQL,
    "possibles": m0003_possibles.SQL,
    "waits": m0004_waits.SQL,
    "seen_at_failure": m0005_seen.SQL,
    "public_views": m0006_views.SQL,
    "operating": m0007_operating.SQL,
    "reach": m0008_reach.SQL,
}
"""The name under which a store remembers a migration, and what it does; in order."""

migrations = Migrations("syncer")


def execute_all(db: Database, sql: str) -> None:
    """Run several statements inside the transaction that is open (`executescript` would commit
    it)."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.conn.execute(statement)
            statement = ""


def _step(sql: str) -> Callable[[Database], None]:
    def migrate(db: Database) -> None:
        execute_all(db, sql)

    return migrate


for _name, _sql in STEPS.items():
    migrations(name=_name)(_step(_sql))
