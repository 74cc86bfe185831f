"""Look at whatever can go wrong unseen."""

from __future__ import annotations

from syncer.app import Desk
from syncer.operations.health import check


def run(desk: Desk) -> None:
    check(desk)
