"""Forget what has been kept long enough: the text of sent messages, old backups, unfinished
files."""

from __future__ import annotations

import datetime as dt

from syncer.app import App
from syncer.operations import backups
from syncer.store import outbox


def run(app: App) -> None:
    outbox.drop_bodies(app.store, app.now - dt.timedelta(days=app.config.keep.bodies_days))
    backups.prune(app)
    app.snapshots.sweep()
