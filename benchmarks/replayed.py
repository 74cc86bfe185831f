"""The real sites of one day, served on loopback, as two benchmarks read them: syncer run against
them, and the floor that it is compared with, which asks for the same addresses and reads the same
bytes once with the same readers, and does nothing else."""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CONFIG = """
[store]
path = "syncer.db"
[sites]
ofsted_reports = "{site}/reports"
ofsted_files = "{other}/files"
govuk = "{site}/gov"
govuk_assets = "{other}/assets"
[fetch]
delay_seconds = 0
contact = "mailto:benchmarks@example.org"
"""
SYNC = """
import sys
from syncer.cli import main
try:
    main()
finally:
    with open(MODULES, "w") as file:
        print(*sorted(sys.modules), sep="\\n", file=file)
"""
FLOOR = "import sys; sys.path.insert(0, HERE); import floor; floor.main(MODULES, JOBS, ASK)"


@dataclass(frozen=True)
class Cost:
    """What a process and its children took: CPU time and time by the clock, in seconds."""

    cpu: float
    wall: float


class Replayed:
    """A store in `folder` that reads the sites served at `site`."""

    def __init__(self, folder: Path, site: str) -> None:
        self.folder, self.site = folder, site
        self.other = site.replace("127.0.0.1", "localhost")
        self.modules = folder / "modules.txt"
        folder.mkdir(parents=True, exist_ok=True)
        text = CONFIG.format(site=site, other=self.other)
        (folder / "config.toml").write_text(text, encoding="utf-8")

    def move_to(self, day: dt.date) -> None:
        """Show the sites as they were on that day."""
        wish = json.dumps({"as_of": day.isoformat()}).encode()
        with urllib.request.urlopen(f"{self.site}/_control", wish) as answer:
            answer.read()

    def sync(self, day: dt.date) -> Cost:
        """Run `syncer sync` at ten o'clock of that day, and note which modules it imported."""
        config = str(self.folder / "config.toml")
        code = SYNC.replace("MODULES", repr(str(self.modules)))
        words = ("--config", config, "--now", f"{day}T10:00", "sync")
        return _timed([sys.executable, "-c", code, *words], accepted=(0, 1))

    def floor(self, *, ask: bool) -> Cost:
        """Do the least that the last run of every source had to: import the same, get the same
        addresses (or, without `ask`, take their bytes from the archive), and read each once."""
        jobs = self.folder / "jobs.json"
        jobs.write_text(json.dumps(self.last_fetched()), encoding="utf-8")
        code = FLOOR
        for name, value in (("HERE", HERE), ("MODULES", self.modules), ("JOBS", jobs)):
            code = code.replace(name, repr(str(value)))
        return _timed([sys.executable, "-c", code.replace("ASK", str(ask))], accepted=(0,))

    def last_fetched(self) -> list[tuple[str, str]]:
        """Return address and SHA-256 of the body of everything that the last run of each source
        asked for."""
        return self._rows(
            """SELECT url, sha256 FROM fetches WHERE status = 200 AND run IN (
                 SELECT max(id) FROM runs GROUP BY source) ORDER BY rowid"""
        )

    def last_counts(self) -> tuple[int, int, int]:
        """Return how many requests, records and events the last run of each source had."""
        (found,) = self._rows(
            """SELECT sum(requests), sum(records), sum(events + held) FROM runs WHERE id IN (
                 SELECT max(id) FROM runs GROUP BY source)"""
        )
        requests, records, news = found
        return requests, records, news

    def _rows(self, sql: str) -> list[Any]:
        connection = sqlite3.connect(self.folder / "syncer.db")
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


@contextmanager
def compiled_modules() -> Iterator[None]:
    """Have every process find its modules compiled, as an installed syncer does, once each has been
    imported: what the environment says of compiling is put aside."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


@contextmanager
def sites(shared: Path, day: dt.date) -> Iterator[str]:
    """Serve the sites as they were on that day, and yield their address."""
    command = [sys.executable, str(shared / "replay" / "serve.py"), "--as-of", day.isoformat()]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.kill()
        server.wait()


def shared_folder() -> Path | None:
    """Return the folder with the replay (the first argument, else ../shared), or None, said on
    stdout, where it is not there."""
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared")
    if (shared / "replay" / "serve.py").exists():
        return shared
    print(f"skipped: {shared} has no replay of the public sites; nothing is measured")
    return None


def _timed(command: list[str], accepted: tuple[int, ...]) -> Cost:
    """Run a command, and return what it and its children took. Raises CalledProcessError for an
    exit code that is not one of those."""
    before, began = _cpu_of_children(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    took = time.perf_counter() - began
    if done.returncode not in accepted:
        print(done.stderr, file=sys.stderr)
        done.check_returncode()
    return Cost(_cpu_of_children() - before, took)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
