"""Read what came back by mail: answers, bounces, complaints. Without `[inbox]` nothing is read."""

from __future__ import annotations

from syncer.app import App
from syncer.operations.inbox import read_inbox


def run(app: App) -> dict[str, int]:
    if not app.config.inbox.is_read:
        return {}
    return read_inbox(app).counts()
