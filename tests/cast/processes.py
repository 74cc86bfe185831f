"""`syncer` as a process of its own, which a test may talk to and end.

with process(folder, "serve") as started:
    url = address_of(started)
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def process(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "syncer", "--config", str(folder / "config.toml"), *words]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    yield started
    started.kill()
    started.communicate()


def address_of(started: subprocess.Popen[str]) -> str:
    assert started.stderr is not None
    for line in started.stderr:
        if found := re.search(r"listening on (http://\S+)", line):
            return found[1]
    raise AssertionError("it did not listen")
