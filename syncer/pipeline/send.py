"""send(): outbox → claim → transport → outcome, one message at a time."""

from __future__ import annotations

from syncer.app import Desk
from syncer.delivery import outbox
from syncer.delivery.transports import open_transport


def send(desk: Desk) -> outbox.SendReport:
    """Hand over what waits, one message at a time."""
    return outbox.send_due(desk.store, open_transport(desk.config.mail), desk.clock, in_doubt=desk.config.mail.in_doubt,
                           refusals=desk.config.mail.attempts)  # fmt: skip
