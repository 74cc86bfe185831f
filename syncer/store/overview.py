"""How things stand altogether: the last run of each source, what is held, what waits to be sent."""

from __future__ import annotations

from typing import Any

from syncer.store import Store


def last_runs(store: Store) -> dict[str, dict[str, Any]]:
    """For each source that was ever run: its last run (`started`, `finished`, `status`, counts), and `last_good`, when its last
    complete run began."""
    rows = store.rows(
        """SELECT r.*, (SELECT max(started) FROM runs g WHERE g.source = r.source AND g.complete = 1) AS last_good
           FROM runs r WHERE id IN (SELECT max(id) FROM runs GROUP BY source) ORDER BY source"""
    )
    return {row["source"]: row for row in rows}


def held_by_source(store: Store) -> dict[str, int]:
    """How many events of each source are held."""
    rows = store.rows("SELECT source, count(*) AS n FROM events WHERE state = 'held' GROUP BY source")
    return {row["source"]: row["n"] for row in rows}


def outbox_by_state(store: Store) -> dict[str, int]:
    """How many messages are in each state."""
    return {row["state"]: row["n"] for row in store.rows("SELECT state, count(*) AS n FROM deliveries GROUP BY state ORDER BY state")}
