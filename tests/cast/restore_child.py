"""The process that is killed while it restores.

python tests/cast/restore_child.py COPY STORE LINE      kills itself at the LINEth line of syncer that it runs in the restore
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from syncer.operations.restoring import restore

OURS = ("/syncer/operations/restoring.py", "/syncer/store/")


class Killer:
    """A trace function: counts the lines of ours, and kills at one of them."""

    def __init__(self, line: int) -> None:
        self.left = line

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Killer | None:
        if not any(part in frame.f_code.co_filename for part in OURS):
            return None
        self.left -= event == "line"
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return self


def main(copy: str, store: str, line: str) -> None:
    sys.settrace(Killer(int(line)))
    restore(Path(copy), Path(store), dt.datetime.now(dt.UTC))
    sys.settrace(None)


if __name__ == "__main__":
    main(*sys.argv[1:])
