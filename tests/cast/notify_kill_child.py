"""The process that is killed while GOV.UK Notify sends: writes to every reader about every event,
then hands over what is due.

python tests/cast/notify_kill_child.py STORE URL NOW [CHECKPOINT NUMBER]      kills itself when it comes to that checkpoint for the NUMBERth time
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

from govuk_notify import KEY, TEMPLATE
from kill_child import Killer, tell
from notifications_python_client.notifications import NotificationsAPIClient

from syncer.delivery import outbox
from syncer.delivery.transports.govuk_notify import GovukNotify, Service
from syncer.store import Store


def main(path: str, url: str, now: str, point: str = "", number: str = "0") -> None:
    started, begun = dt.datetime.fromisoformat(now), time.monotonic()
    killer = Killer(point, int(number))
    assert NotificationsAPIClient  # imported by now: it takes longer than all that follows
    print("ready", flush=True)
    with Store(Path(path)) as store:
        tell(store, started, killer)
        notify = GovukNotify(Service(url, KEY, TEMPLATE), seconds=0.5)
        outbox.send_due(
            store,
            notify,
            lambda: started + dt.timedelta(seconds=time.monotonic() - begun),
            checkpoint=killer,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
