"""Reads the inbox and is killed at its n-th step outside the store: `inbox_child.py CONFIG NOW N`.
A step is a file that is opened or renamed in the inbox. Without the N-th step it ends by itself."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from pathlib import Path
from typing import Any

from syncer.app import App
from syncer.config import load_config
from syncer.operations.inbox import read_inbox

STEPS = ("open", "os.rename")


def main(config: str, now: str, last: int) -> None:
    loaded = load_config(Path(config))
    inbox = str(loaded.inbox.maildir)
    steps = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        if event in STEPS and str(arguments[0]).startswith(inbox):
            steps += 1
            if steps == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    with App(loaded, dt.datetime.fromisoformat(now)) as app:
        read_inbox(app)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
