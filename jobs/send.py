"""Hand over what waits in the outbox."""

from __future__ import annotations

from syncer.app import App
from syncer.operations.health import note_sending
from syncer.pipeline.send import send
from syncer.store.outbox import State


def run(app: App) -> dict[str, int]:
    report = send(app)
    note_sending(app, report)
    return {
        "messages sent": report.count(State.SENT),
        "failed": report.count(State.FAILED),
        "in doubt": report.count(State.IN_DOUBT),
        "to be tried again": report.count(State.QUEUED),
        "came back": len(report.returned),
    }
