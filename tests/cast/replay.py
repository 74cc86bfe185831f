"""The replay of the public sites (../shared/replay/serve.py) as a test drives it, and syncer run
against it.

with Replay(shared, folder) as replay:
    replay.day("2024-03-01");  replay.sync();  replay.fault("down", match="^/files/");  replay.sync(hour=10)
    replay.requests()          # the paths asked for since the last look
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from expected_lines import Line

from syncer import sources
from syncer.app import App
from syncer.config import Config, load_config
from syncer.model import Event, RecordKind
from syncer.pipeline.sync import SyncReport, sync
from syncer.register.councils import load_register
from syncer.store import Store, events

SOURCE = "ofsted_reports"


def config_text(
    reports: str, files: str, *, govuk: str = "", assets: str = "", more: str = ""
) -> str:
    """A config.toml for sites on loopback: no pauses, one try, and a store beside the file."""
    return f"""
[store]
path = "store/syncer.db"
[sites]
ofsted_reports = "{reports}"
ofsted_files = "{files}"
govuk = "{govuk or reports}"
govuk_assets = "{assets or files}"
[fetch]
delay_seconds = 0
tries = 1
read_timeout = 5.0
contact = "mailto:tests@example.org"
{more}"""


class Bench:
    """A store of one test, and the clock by which it is synced."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, dt.datetime(2024, 3, 1, 9, 40, tzinfo=dt.UTC)

    @property
    def config_path(self) -> Path:
        return self.folder / "config.toml"

    @property
    def config(self) -> Config:
        return load_config(self.config_path)

    def configure(self, text: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config_path.write_text(text, encoding="utf-8")

    def at(self, day: str | dt.date, hour: int = 9) -> dt.datetime:
        """Move our clock to twenty to ten, or another hour, of that day."""
        self.now = dt.datetime.combine(dt.date.fromisoformat(str(day)), dt.time(hour, 40), dt.UTC)
        return self.now

    def sync(self, source: str = SOURCE, *, full: bool = False) -> SyncReport:
        """One run of one source, at the time it is by our clock."""
        with App(self.config, self.now) as app:
            return sync(app, sources.load(source), full=full)

    def cli(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The command line, as another process."""
        command = [
            sys.executable,
            "-m",
            "syncer",
            "--config",
            str(self.config_path),
            "--now",
            self.now.isoformat(),
            *words,
        ]
        return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)

    def store(self) -> Store:
        return Store(self.config.store.path)

    def events(self, where: str = "e.state = 'open'") -> list[Event]:
        """What may be told, in order."""
        with self.store() as store:
            return events.select(store, f"{where} ORDER BY e.id")

    def problems(self) -> list[dict[str, Any]]:
        """Every problem ever noted, in order."""
        with self.store() as store:
            return store.rows("SELECT * FROM problems ORDER BY id")

    def open_problems(self) -> list[str]:
        """The names of the problems that have not ended."""
        return [row["name"] for row in self.problems() if row["ended_at"] is None]


class Replay(Bench):
    """The replay's process, its control call and its log, and a store that reads from it."""

    def __init__(self, shared: Path, folder: Path) -> None:
        super().__init__(folder)
        self.shared = shared
        self.port = 0

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        port_file = self.folder / "port"
        command = [
            sys.executable,
            str(self.shared / "replay" / "serve.py"),
            "--port",
            "0",
            "--port-file",
            str(port_file),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _ in range(1000):
            if port_file.exists() and (text := port_file.read_text().strip()):
                self.port = int(text)
                break
            time.sleep(0.01)
        assert self.port, "the replay did not start"
        at, other = f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}"
        self.configure(
            config_text(
                f"{at}/reports", f"{other}/files", govuk=f"{at}/gov", assets=f"{other}/assets"
            )
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(10)

    def fork(self, folder: Path) -> Replay:
        """The same sites with a copy of the store as it is now."""
        other = Replay(self.shared, folder)
        other.port, other.now = self.port, self.now
        shutil.copytree(self.folder, folder)
        return other

    def walk(self, days: Iterable[dt.date]) -> list[SyncReport]:
        """A sync on each of these days."""
        found = []
        for day in days:
            self.day(day)
            found.append(self.sync())
        return found

    def day(self, day: str | dt.date, hour: int = 9) -> None:
        """Move the sites, and our clock, to that day."""
        self._post("/_control", {"as_of": str(day)})
        self.at(day, hour)

    def fault(self, kind: str | None, **more: Any) -> None:
        """Switch a fault on (`match`, `times`, `code`, `seconds`); None: all is well again."""
        self._post("/_control", {"fault": {"kind": kind, **more} if kind else None})

    def requests(self) -> list[str]:
        """The paths asked for since this was last called."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_log") as answer:
            log = json.load(answer)
        self._post("/_log", {})
        return [entry["path"] for entry in log]

    def _post(self, path: str, body: Mapping[str, Any]) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(), method="POST"
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200


def as_line(event: Event) -> Line:
    """An event as the list of expected lines has it."""
    assert event.published is not None
    council = load_register(None).by_slug(event.councils[0]).gss
    if event.record is RecordKind.VISIT:
        return Line(event.published, council, str(event.detail.report.kind), "", "", "")
    return Line(
        event.published, council, event.area, event.old, event.new, str(event.change or event.kind)
    )
