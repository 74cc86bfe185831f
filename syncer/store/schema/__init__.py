"""What the store holds, as numbered migrations: one file of readable SQL each.

Days are ISO text, moments ISO text in UTC to the second, lists and maps JSON. A released migration
is never edited in what it does: a change of schema is the next number, in a file of its own that is
named in `STEPS`.
"""

from __future__ import annotations

import sqlite3

from syncer.store.schema import (
    m0001_reading,
    m0002_people,
    m0003_possibles,
    m0004_waits,
    m0005_seen,
    m0006_views,
    m0007_operating,
    m0008_reach,
    m0009_long_history,
    m0010_settled,
    m0011_long_life,
)

SET = "syncer"
"""The set to which the migrations of this schema belong, as sqlite_utils notes them."""

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
    "long_history": m0009_long_history.SQL,
    "settled": m0010_settled.SQL,
    "long_life": m0011_long_life.SQL,
}
"""The name under which a store remembers a migration, and what it does; in order."""

APPLIED = "_sqlite_migrations"
"""The table in which sqlite_utils notes which migrations a store has."""


def pending(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the migrations that a store lacks. That is asked whenever it is opened,
    and sqlite_utils takes longer to import than most commands to run."""
    noted = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (APPLIED,)).fetchone()
    if noted is None:
        return list(STEPS)

    rows = connection.execute(f"SELECT name FROM {APPLIED} WHERE migration_set = ?", (SET,))
    applied = {name for (name,) in rows}
    return [name for name in STEPS if name not in applied]
