"""Tell of councils that have ended, let their followers follow the successors; end what was
followed until it ended; and write the register's names down for the public views."""

from __future__ import annotations

from syncer.app import App
from syncer.operations.following import end_followed
from syncer.operations.reorganisation import follow_successors
from syncer.store import public


def run(app: App) -> dict[str, int]:
    public.save_councils(app.store, app.register)
    ended = follow_successors(app)
    return {"councils ended": len(ended), "followed to their end": end_followed(app)}
