"""Tell of councils that have ended, and let their followers follow the successors."""

from __future__ import annotations

from syncer.app import Desk
from syncer.operations.reorganisation import follow_successors


def run(desk: Desk) -> None:
    follow_successors(desk)
