"""Hand over what waits in the outbox."""

from __future__ import annotations

from syncer.app import Desk
from syncer.operations.health import note_sending
from syncer.pipeline.send import send


def run(desk: Desk) -> None:
    note_sending(desk, send(desk))
