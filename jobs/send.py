"""Hand over what waits in the outbox."""

from __future__ import annotations

from syncer.app import App
from syncer.operations.health import note_sending
from syncer.pipeline.send import send


def run(app: App) -> None:
    note_sending(app, send(app))
