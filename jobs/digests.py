"""Write what everybody is to be told now into the outbox; who is due is decided from the data."""

from __future__ import annotations

from syncer.app import App
from syncer.pipeline.notify import notify


def run(app: App) -> dict[str, int]:
    return {"messages written": len(notify(app))}
