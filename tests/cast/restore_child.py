"""The process that is killed while it restores.

python tests/cast/restore_child.py COPY STORE LINE [FILES]

It kills itself at the LINEth line that it runs of the files of syncer whose path has FILES in it
(left out: all that a restore runs through).
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


class Killer:
    """A trace function: counts the lines of some files, and kills at one of them."""

    def __init__(self, line: int, files: str) -> None:
        self.left, self.files = line, files

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Killer | None:
        if self.files not in frame.f_code.co_filename:
            return None
        self.left -= event == "line"
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return self


def main(copy: str, store: str, line: str, files: str = "/syncer/") -> None:
    killer = Killer(int(line), files)
    sys.settrace(killer)
    restore(Path(copy), Path(store), dt.datetime.now(dt.UTC))
    sys.settrace(None)
    print(f"{int(line) - killer.left} lines")


if __name__ == "__main__":
    main(*sys.argv[1:])
