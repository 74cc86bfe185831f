"""What the daemon costs at rest, and whether it grows: 1,000 cycles of the jobs that run every few
minutes, in one process, on a store with 200 subscribers and nothing to tell.

Prints memory, open files and CPU time after 100 cycles and after all of them. The last line is a
JSON object: `ratio` is the memory of the process to that of one that has only imported the same,
and `growth` the memory at the end to that after 100 cycles.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from syncer.app import App
from syncer.config import Config, load_config
from syncer.daemon import Daemon, run_job
from syncer.model import Subscription
from syncer.monitoring.metrics import Metrics
from syncer.store import people

CYCLES, FIRST, SUBSCRIBERS = 1_000, 100, 200
JOBS = ("digests", "send", "check")
BARE = """
import contextlib, importlib, json, sys
for name in json.load(sys.stdin):
    with contextlib.suppress(Exception):
        importlib.import_module(name)
print(open("/proc/self/statm").read())
"""
TARGET = 1.3


def memory_of_imports() -> float:
    """Megabytes of a process that has imported what this one has, lazily or not, and done
    nothing."""
    names = sorted(name for name in sys.modules if not name.startswith("__"))
    done = subprocess.run(
        [sys.executable, "-c", BARE], input=json.dumps(names), capture_output=True, text=True
    )
    done.check_returncode()
    return _megabytes(done.stdout)


def memory() -> float:
    """Megabytes of this process."""
    gc.collect()
    return _megabytes(Path("/proc/self/statm").read_text(encoding="ascii"))


def _megabytes(statm: str) -> float:
    return int(statm.split()[1]) * 4096 / 1e6


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def fill(config: Config) -> None:
    """Subscribers who have had their welcome."""
    now = dt.datetime.now(dt.UTC)
    with App(config, now) as app, app.store.writing():
        for number in range(SUBSCRIBERS):
            person = people.add(app.store, f"person{number}@example.org", now)
            people.subscribe(app.store, person.id, Subscription(0, 0, councils=("leeds",)), 0)
            people.confirm(app.store, person.id, now)
            people.note_welcomed(app.store, person.id, 0, now)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text('[store]\npath = "syncer.db"\n', encoding="utf-8")
        config = load_config(path)
        fill(config)
        daemon = Daemon(config, Metrics(config))
        began, seen = time.process_time(), {}
        for cycle in range(1, CYCLES + 1):
            for job in JOBS:
                run_job(job, daemon)
            if cycle in (FIRST, CYCLES):
                seen[cycle] = (memory(), open_files())
        took = time.process_time() - began

    bare = memory_of_imports()
    for cycle, (megabytes, files) in seen.items():
        print(f"after {cycle:,} cycles: {megabytes:.0f} MB, {files} open files")
    (early, files_early), (late, files_late) = seen[FIRST], seen[CYCLES]
    print(
        f"{1000 * took / CYCLES:.0f} ms of CPU time a cycle; {late / bare:.2f} times the memory of "
        f"the imports ({bare:.0f} MB); at most {TARGET} is asked for"
    )
    assert files_late == files_early, "files stay open"
    print(json.dumps({"ratio": round(late / bare, 2), "growth": round(late / early, 3)}))


if __name__ == "__main__":
    main()
