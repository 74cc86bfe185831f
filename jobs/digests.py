"""Write what everybody is to be told now into the outbox; who is due is decided from the data."""

from __future__ import annotations

from syncer.app import Desk
from syncer.pipeline.notify import notify


def run(desk: Desk) -> None:
    notify(desk)
