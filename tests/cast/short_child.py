"""The process that is short of something: a sync that may open only so many files more, or take
only so many megabytes of memory more, than Python and syncer have taken when it begins.

python tests/cast/short_child.py files|memory NUMBER CONFIG NOW
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
from pathlib import Path

from syncer import sources
from syncer.app import App
from syncer.config import load_config
from syncer.pipeline.sync import sync

MEGABYTE = 1024 * 1024


def main(what: str, number: str, config: str, now: str) -> None:
    with App(load_config(Path(config)), dt.datetime.fromisoformat(now)) as app:
        source = sources.load("ofsted_reports")
        assert app.store and app.history is not None  # what was opened is not what is lacking
        if what == "files":
            _limit(resource.RLIMIT_NOFILE, _files_open() + int(number))
        else:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
            used = pages * resource.getpagesize()
            _limit(resource.RLIMIT_AS, used + int(number) * MEGABYTE)
        print(sync(app, source).status)


def _files_open() -> int:
    """Count the files that are open, without the one that lists them."""
    return len(list(Path("/proc/self/fd").iterdir())) - 1


def _limit(of: int, most: int) -> None:
    resource.setrlimit(of, (most, most))


if __name__ == "__main__":
    main(*sys.argv[1:])
