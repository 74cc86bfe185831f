"""Tell of councils that have ended, and let their followers follow the successors."""

from __future__ import annotations

from syncer.app import App
from syncer.operations.reorganisation import follow_successors


def run(app: App) -> None:
    follow_successors(app)
