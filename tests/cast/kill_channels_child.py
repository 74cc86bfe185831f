"""The process that is killed while it tells by mail, in chats and to webhooks: writes what is due,
then sends it, as the daemon's jobs do.

python tests/cast/kill_channels_child.py CONFIG NOW [CHECKPOINT NUMBER]     kills itself when it comes to that checkpoint for the NUMBERth time
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from kill_child import Killer

from syncer.app import App
from syncer.config import load_config
from syncer.delivery import outbox
from syncer.delivery.channels import ways
from syncer.delivery.transports.smtp import Security, Server, Smtp
from syncer.pipeline.notify import notify


def main(path: str, now: str, point: str = "", number: str = "0") -> None:
    config = load_config(Path(path))
    killer = Killer(point, int(number))
    with App(config, dt.datetime.fromisoformat(now)) as app:
        print("ready", flush=True)
        notify(app)
        server = Server(config.mail.smtp_host, config.mail.smtp_port, Security.NONE)
        smtp = Smtp(server, step_seconds=0.5)
        outbox.send_due(
            app.store,
            smtp,
            app.clock,
            checkpoint=killer,
            ways=ways(app.store, app.clock, config.webhooks.allow_hosts),
            more=[smtp.another() for _ in range(config.mail.connections - 1)],
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
