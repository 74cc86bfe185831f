"""Forget what has been kept long enough: the text of sent messages, old backups, unfinished files."""

from __future__ import annotations

import datetime as dt

from syncer.app import Desk
from syncer.operations import backups
from syncer.store import outbox


def run(desk: Desk) -> None:
    outbox.drop_bodies(desk.store, desk.now - dt.timedelta(days=desk.config.keep.bodies_days))
    backups.prune(desk)
    desk.snapshots.sweep()
