"""Forget what has been kept long enough: the text of sent messages, old backups, unfinished
files."""

from __future__ import annotations

import datetime as dt

from syncer.app import App
from syncer.operations import backups
from syncer.store import outbox


def run(app: App) -> dict[str, int]:
    sent_before = app.now - dt.timedelta(days=app.config.keep.bodies_days)
    texts = outbox.drop_bodies(app.store, sent_before)
    old = backups.prune(app)
    unfinished = app.snapshots.sweep()
    return {
        "texts forgotten": texts,
        "old backups removed": len(old),
        "unfinished files removed": unfinished,
    }
