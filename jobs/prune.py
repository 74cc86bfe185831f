"""Forget what has been kept long enough: the text of sent messages, addresses that never agreed,
old backups, unfinished files."""

from __future__ import annotations

import datetime as dt

from syncer.app import App
from syncer.operations import backups
from syncer.store import asked, erasure, outbox

UNCONFIRMED = dt.timedelta(days=8)
"""A day longer than a confirmation link is good."""


def run(app: App) -> dict[str, int]:
    sent_before = app.now - dt.timedelta(days=app.config.keep.bodies_days)
    texts = outbox.drop_bodies(app.store, sent_before)
    asked_before = app.now - UNCONFIRMED
    unconfirmed = erasure.forget_unconfirmed(app.store, asked_before, app.now)
    asked.forget(app.store, asked_before)
    old = backups.prune(app)
    unfinished = app.snapshots.sweep()
    return {
        "texts forgotten": texts,
        "addresses that never agreed": unconfirmed,
        "old backups removed": len(old),
        "unfinished files removed": unfinished,
    }
