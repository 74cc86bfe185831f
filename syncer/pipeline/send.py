"""send(): outbox → claim → transport → outcome."""

from __future__ import annotations

from syncer.app import App
from syncer.delivery import outbox
from syncer.delivery.channels import ways
from syncer.delivery.report import SendReport
from syncer.delivery.transports import further_lines, open_transport


def send(app: App) -> SendReport:
    """Hand over what waits; mail by as many connections as `[mail] connections` says, but no more
    than may send within a minute: what is claimed would wait too long for its turn. Begin no more
    once the app is to stop."""
    transport = open_transport(app.config.mail, app.config.govuk_notify, app.clock)
    mail = app.config.mail
    connections = min(mail.connections, mail.per_minute)
    return outbox.send_due(
        app.store,
        transport,
        app.clock,
        in_doubt=mail.in_doubt,
        refusals=mail.attempts,
        more=further_lines(transport, connections),
        ways=ways(app.store, app.clock, app.config.webhooks.allow_hosts),
        stopping=app.stopping,
    )
