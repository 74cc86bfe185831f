"""send(): outbox → claim → transport → outcome, one message at a time."""

from __future__ import annotations

from syncer.app import App
from syncer.delivery import outbox
from syncer.delivery.channels import ways
from syncer.delivery.transports import open_transport


def send(app: App) -> outbox.SendReport:
    """Hand over what waits, one message at a time."""
    return outbox.send_due(
        app.store,
        open_transport(app.config.mail, app.config.govuk_notify, app.clock),
        app.clock,
        in_doubt=app.config.mail.in_doubt,
        refusals=app.config.mail.attempts,
        ways=ways(app.store, app.clock, app.config.webhooks.allow_hosts),
    )
