"""How the last run of each job went, whichever process did it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from syncer.store import Store, as_text


def began(store: Store, job: str, now: dt.datetime) -> None:
    """Note that a run of a job begins."""
    row = {"job": job, "started": as_text(now), "finished": None, "error": ""}
    with store.writing():
        store.upsert("job_runs", row, ["job"])


def ended(store: Store, job: str, now: dt.datetime, error: str = "") -> None:
    """Note that the run of a job has ended, and the name of the error that ended it, if one did."""
    row = {"finished": as_text(now), "error": error}
    if not error:
        row["succeeded"] = as_text(now)

    sets = ", ".join(f"{name} = ?" for name in row)
    with store.writing():
        store.run(f"UPDATE job_runs SET {sets} WHERE job = ?", (*row.values(), job))


def last_runs(store: Store) -> dict[str, dict[str, Any]]:
    """Return the last run of each job that ever ran, by its name: `started`, `finished` (None while
    it is under way), `succeeded`, `error`."""
    rows = store.rows("SELECT * FROM job_runs ORDER BY job")
    return {row["job"]: row for row in rows}
