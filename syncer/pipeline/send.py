"""send(): outbox → claim → transport → outcome."""

from __future__ import annotations

from syncer.app import App
from syncer.delivery import outbox
from syncer.delivery.channels import ways
from syncer.delivery.report import SendReport
from syncer.delivery.transports import further_lines, open_transport


def send(app: App) -> SendReport:
    """Hand over what waits; mail by as many connections as `[mail] connections` says."""
    transport = open_transport(app.config.mail, app.config.govuk_notify, app.clock)
    return outbox.send_due(
        app.store,
        transport,
        app.clock,
        in_doubt=app.config.mail.in_doubt,
        refusals=app.config.mail.attempts,
        more=further_lines(transport, app.config.mail.connections),
        ways=ways(app.store, app.clock, app.config.webhooks.allow_hosts),
    )
