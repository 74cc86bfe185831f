"""The process that is killed while it upgrades a store, to a schema with one more migration than
there is.

python tests/cast/upgrade_child.py STORE STATEMENT      kills itself before that statement (0: does not)
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from syncer.store import Store
from syncer.store.schema import STEPS

THIRD = """
CREATE TABLE third_a (a TEXT);
CREATE TABLE third_b (a TEXT);
CREATE TABLE third_c (a TEXT);
"""


STEPS["third"] = THIRD


class Dying(sqlite3.Connection):
    """A connection that counts its statements, and kills the process at one of them."""

    left = 0

    def execute(self, *args: Any) -> sqlite3.Cursor:
        Dying.left -= 1
        if Dying.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(*args)


def main(path: str, statement: str) -> None:
    Dying.left = int(statement)
    connect = sqlite3.connect

    def dying(*args: Any, **more: Any) -> sqlite3.Connection:
        return connect(*args, **more, factory=Dying)

    sqlite3.connect = dying
    Store(Path(path)).close()


if __name__ == "__main__":
    main(*sys.argv[1:])
