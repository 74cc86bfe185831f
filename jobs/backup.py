"""Copy the store, once a day."""

from __future__ import annotations

from syncer.app import Desk
from syncer.operations.backups import back_up


def run(desk: Desk) -> None:
    back_up(desk)
