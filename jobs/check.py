"""Look at whatever can go wrong unseen."""

from __future__ import annotations

from syncer.app import App
from syncer.operations.health import check


def run(app: App) -> dict[str, int]:
    return {"problems begun": len(check(app))}
