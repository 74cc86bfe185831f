"""How things stand altogether: the last run of each source, what is held, what waits to be sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from syncer.store import Store, as_text
from syncer.store.sources import sources_in

SYNC_LASTS = dt.timedelta(hours=6)
"""No run takes longer: one that began before and has not ended was killed."""


LAST_RUNS = f"""{sources_in("runs")}, each AS (
    SELECT s.source, (
        SELECT max(started) FROM runs INDEXED BY runs_complete
        WHERE source = s.source AND complete = 1 AND started <= :until
    ) AS last_good, coalesce((
        SELECT r.id FROM runs r INDEXED BY runs_in_order
        WHERE r.source = s.source AND r.started <= :until AND (
            r.finished IS NOT NULL OR r.started < :long_ago OR EXISTS (
              SELECT 1 FROM runs n INDEXED BY runs_in_order
              WHERE n.source = s.source AND n.id > r.id AND n.started <= :until))
        ORDER BY r.id DESC LIMIT 1
    ), (
        SELECT r.id FROM runs r INDEXED BY runs_in_order
        WHERE r.source = s.source AND r.started <= :until ORDER BY r.id DESC LIMIT 1
    )) AS last FROM sources s)
SELECT r.*, each.last_good, (
    SELECT min(started) FROM runs f INDEXED BY runs_by_source
    WHERE f.source = r.source AND f.started > coalesce(each.last_good, '')
      AND f.started <= :until
) AS failing_since FROM each JOIN runs r ON r.id = each.last ORDER BY r.source"""

DAYS_READ = """SELECT count(DISTINCT substr(started, 1, 10)) FROM runs
    WHERE started >= ? AND started < ?"""

UNDER_WAY = """SELECT 1 FROM runs INDEXED BY runs_by_day
    WHERE finished IS NULL AND started BETWEEN ? AND ? LIMIT 1"""


def last_runs(store: Store, now: dt.datetime | None = None) -> dict[str, dict[str, Any]]:
    """Return for each source that was ever run its last run that is over, or its only one
    (`started`, `finished`, `status`, counts); `last_good`, when its last complete run began; and
    `failing_since`, when the first after that began (of those before the last).

    A run that was killed is over, and was not good. Given `now`, runs later than that are left out:
    they are of a time at which the clock was wrong."""
    asked = {
        "until": as_text(now) if now else "9999",
        "long_ago": as_text(now - SYNC_LASTS) if now else "",
    }
    rows = store.rows(LAST_RUNS, asked)
    return {row["source"]: row for row in rows}


def days_read(store: Store, first: dt.date, last: dt.date) -> int:
    """Return on how many days, from the first to the last, a source was read or tried."""
    after = last + dt.timedelta(days=1)
    days = (first.isoformat(), after.isoformat())
    return int(store.value(DAYS_READ, days))


def under_way(store: Store, since: dt.datetime, now: dt.datetime) -> bool:
    """Return whether a run that began between these moments has not ended yet."""
    moments = (as_text(since), as_text(now))
    return store.value(UNDER_WAY, moments) is not None


def held_by_source(store: Store) -> dict[str, int]:
    """Return how many events of each source are held."""
    rows = store.rows(
        "SELECT source, count(*) AS n FROM events WHERE state = 'held' GROUP BY source"
    )
    return {row["source"]: row["n"] for row in rows}


def outbox_by_state(store: Store) -> dict[str, int]:
    """Return how many deliveries are in each state that any is in, in alphabetical order."""
    sql = """SELECT state, count(*) AS n FROM deliveries
        GROUP BY state ORDER BY state"""

    counted = {}
    for row in store.rows(sql):
        counted[row["state"]] = row["n"]
    return counted


def bytes_of_record(store: Store, record: int) -> str:
    """Return the SHA-256 of the bytes a record was read from, by its own source where that archived
    some; empty where none were."""
    sql = """SELECT o.sha256 FROM observations o JOIN records r ON r.id = o.record_id
        WHERE r.id = ? AND o.sha256 <> ''
        ORDER BY o.source = r.source DESC, o.id DESC"""
    sha256 = store.value(sql, (record,))
    return str(sha256 or "")


def last_change(store: Store) -> tuple[object, ...]:
    """Return what is another whenever anything that is shown to readers may have changed: a run
    has ended, an event was opened, held, released or discarded, a problem began or ended."""
    row = store.one(
        """SELECT
          (SELECT count(finished) FROM runs) AS runs,
          (SELECT max(finished) FROM runs) AS finished,
          (SELECT max(seq) FROM events) AS told,
          (SELECT count(*) FROM events WHERE state = 'held') AS held,
          (SELECT count(*) FROM events WHERE state = 'open') AS open,
          (SELECT count(*) FROM problems) AS problems,
          (SELECT count(ended_at) FROM problems) AS ended"""
    )
    return tuple(row.values()) if row else ()
