"""How things stand altogether: the last run of each source, what is held, what waits to be sent."""

from __future__ import annotations

from typing import Any

from syncer.store import Store


def last_runs(store: Store) -> dict[str, dict[str, Any]]:
    """For each source that was ever run: its last run that has ended, or its only one (`started`,
    `finished`, `status`, counts); `last_good`, when its last complete run began; and
    `failing_since`, when the first after that began (of those before the last)."""
    rows = store.rows(
        """SELECT r.*, l.last_good,
               (SELECT min(started) FROM runs f WHERE f.source = r.source AND f.started > coalesce(l.last_good, '')) AS failing_since
           FROM runs r JOIN (SELECT source, max(started) FILTER (WHERE complete = 1) AS last_good FROM runs GROUP BY source) l
               ON l.source = r.source
           WHERE r.id IN (SELECT coalesce(max(id) FILTER (WHERE finished IS NOT NULL), max(id)) FROM runs GROUP BY source)
           ORDER BY r.source"""
    )
    return {row["source"]: row for row in rows}


def kinds_of_source(store: Store, source: str) -> frozenset[str]:
    """The kinds of record that a source has ever given."""
    return frozenset(
        row["record"]
        for row in store.rows(
            "SELECT DISTINCT record FROM observations WHERE source = ?", (source,)
        )
    )


def held_by_source(store: Store) -> dict[str, int]:
    """How many events of each source are held."""
    rows = store.rows(
        "SELECT source, count(*) AS n FROM events WHERE state = 'held' GROUP BY source"
    )
    return {row["source"]: row["n"] for row in rows}


def outbox_by_state(store: Store) -> dict[str, int]:
    """How many messages are in each state."""
    return {
        row["state"]: row["n"]
        for row in store.rows(
            "SELECT state, count(*) AS n FROM deliveries GROUP BY state ORDER BY state"
        )
    }


def bytes_of_record(store: Store, record: int) -> str:
    """The SHA-256 of the bytes a record was read from, by its own source where that archived some;
    empty where none were."""
    sql = """SELECT o.sha256 FROM observations o JOIN records r ON r.id = o.record_id WHERE r.id = ? AND o.sha256 <> ''
             ORDER BY o.source = r.source DESC, o.id DESC"""
    return str(store.value(sql, (record,)) or "")
