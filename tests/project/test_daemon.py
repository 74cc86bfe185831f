"""`syncer run`: a real process, its jobs by the timetable, its end, and that there is only one."""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from syncer.config import load_config
from syncer.daemon import Daemon, alone, job_names, next_runs, run_job
from syncer.errors import AlreadyRunning
from syncer.monitoring import heartbeat
from syncer.monitoring.metrics import Metrics
from syncer.store import Store, jobs, people

PROJECT = Path(__file__).parents[2]
LONDON = ZoneInfo("Europe/London")
QUIET = "".join(
    f"[jobs.{name}]\nenabled = {'true' if name in ('digests', 'send', 'backup') else 'false'}\n"
    for name in job_names()
)
Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the daemon with every job but those that read the sites; ends it at last."""
    (tmp_path / "config.toml").write_text(
        f'[store]\npath = "s.db"\n[monitor]\nlisten = ""\n{QUIET}'
    )
    started: list[subprocess.Popen[str]] = []

    def run() -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "syncer", "--config", str(tmp_path / "config.toml"), "run"]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        started.append(
            subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
            )
        )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def wait_until(true: Callable[[], object], seconds: float = 40) -> None:
    for _ in range(int(seconds * 20)):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def runs(folder: Path) -> dict[str, dict[str, Any]]:
    """The last run of each job that has come to its end."""
    if not (folder / "s.db").exists():
        return {}
    with Store(folder / "s.db") as store:
        return {name: row for name, row in jobs.last_runs(store).items() if row["finished"]}


def subscribe(folder: Path) -> None:
    with Store(folder / "s.db") as store:
        person = people.add(store, "ada@example.org", dt.datetime.now(dt.UTC))
        people.confirm(store, person.id, dt.datetime.now(dt.UTC))


# -- The process -----------------------------------------------------------------------------------


def test_at_start_every_job_is_done_once_for_what_was_missed_and_sigterm_ends_it_cleanly(
    start: Start, tmp_path: Path
) -> None:
    subscribe(tmp_path)
    process = start()
    wait_until(lambda: runs(tmp_path).keys() >= {"digests", "send", "backup"})
    process.send_signal(signal.SIGTERM)
    out, log = process.communicate(timeout=40)
    assert (process.returncode, out) == (0, "")
    assert "sync" not in runs(tmp_path) and list(tmp_path.glob("backups/*.db"))
    assert log.strip().endswith("stopped") and "Traceback" not in log
    assert "backup: 1 backup" in log and not (tmp_path / "s.db.running").exists()


def test_a_second_instance_is_refused_and_the_first_goes_on(start: Start, tmp_path: Path) -> None:
    first = start()
    wait_until(lambda: list(tmp_path.glob("backups/*.db")))
    second = start()
    _, said = second.communicate(timeout=40)
    assert (second.returncode, "AlreadyRunning" in said, "Stop the other process" in said) == (
        1,
        True,
        True,
    )
    assert first.poll() is None


def test_after_a_kill_the_next_instance_starts(start: Start, tmp_path: Path) -> None:
    first = start()
    wait_until(lambda: list(tmp_path.glob("backups/*.db")))
    first.kill()
    first.wait(10)
    second = start()
    wait_until(
        lambda: (
            second.poll() is not None
            or "running" in str(second.stderr and second.stderr.readline())
        )
    )
    assert second.poll() is None


def test_a_job_that_crashes_does_not_stop_the_others(start: Start, tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store, store.writing():
        store.run("DROP TABLE delivery_events")
        store.run("DROP TABLE deliveries")  # `send` and `digests` run into this, as into a bug
    process = start()
    wait_until(lambda: list(tmp_path.glob("backups/*.db")))
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=40)
    assert (process.returncode, "no such table: deliveries" in log, "backup: 1 backup" in log) == (
        0,
        True,
        True,
    )


def test_sigterm_ends_it_within_five_seconds_though_a_site_never_answers(
    start: Start, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        site = f"http://127.0.0.1:{silent.getsockname()[1]}"
        (tmp_path / "config.toml").write_text(
            f'[store]\npath = "s.db"\n[sites]\nofsted_reports = "{site}"\n[fetch]\ndelay_seconds = 1\n'
            + QUIET.replace("[jobs.sync]\nenabled = false", "[jobs.sync]\nenabled = true")
        )
        process = start()
        with silent.accept()[0]:
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=40)
    assert time.monotonic() - began < 5
    assert (process.returncode, "Traceback" in log) == (0, False)


def test_a_closed_terminal_does_not_end_it_and_an_odd_time_zone_is_no_trouble(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Mars/Olympus_Mons")
    process = start()
    wait_until(lambda: list(tmp_path.glob("backups/*.db")))
    process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=40)
    assert (process.returncode, "SIGHUP" in log, "Traceback" in log) == (0, True, False)


def test_systemd_is_told_that_it_is_ready_alive_and_stopping(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(40)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "1000000")
        process = start()
        heard = [systemd.recv(100) for _ in range(4)]
        assert heartbeat.look(tmp_path / "s.db").runs
        process.send_signal(signal.SIGTERM)
        while heard[-1] != b"STOPPING=1":
            heard.append(systemd.recv(100))
    assert (heard.count(b"READY=1"), heard[1:4].count(b"WATCHDOG=1") >= 2) == (1, True)
    process.communicate(timeout=40)
    assert not heartbeat.look(tmp_path / "s.db").runs


def test_a_daemon_that_was_killed_does_not_run(start: Start, tmp_path: Path) -> None:
    process = start()
    wait_until(lambda: heartbeat.look(tmp_path / "s.db").runs)
    process.kill()
    process.wait(10)
    found = heartbeat.look(tmp_path / "s.db")
    assert not found.runs and found.since and found.seen and found.seen >= found.since


# -- Its parts -------------------------------------------------------------------------------------


def test_a_named_error_of_a_job_is_logged_once_with_what_to_do_and_once_when_it_is_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "config.toml").write_text('[store]\npath = "s.db"\n')
    (tmp_path / "backups").write_text("a file in the place of a folder")
    with caplog.at_level(logging.INFO):
        config = load_config(tmp_path / "config.toml")
        daemon = Daemon(config, Metrics(config))
        run_job("backup", daemon)
        run_job("backup", daemon)
    failed = [each for each in caplog.messages if each.startswith("backup: StoreError")]
    assert len(failed) == 1 and "Check the folder" in failed[0]
    (tmp_path / "backups").unlink()
    with caplog.at_level(logging.INFO):
        run_job("backup", daemon)
    assert caplog.messages[-1] == "backup: done again"


def test_only_one_may_work_and_the_place_is_free_again_afterwards(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[store]\npath = "new/s.db"\n')
    config = load_config(tmp_path / "config.toml")
    with alone(config), pytest.raises(AlreadyRunning), alone(config):
        pass
    with alone(config):
        pass


def test_the_default_timetable_is_in_london_time_in_summer_and_winter(tmp_path: Path) -> None:
    config = load_config(None)
    for day in (
        dt.datetime(2026, 7, 6, 0, 30, tzinfo=LONDON),
        dt.datetime(2026, 12, 7, 0, 30, tzinfo=LONDON),
    ):
        due = {name: at and at.astimezone(LONDON) for name, at in next_runs(config, day).items()}
        assert [(due[name].hour, due[name].minute) for name in ("sync", "prune", "backup")] == [
            (7, 10),
            (2, 30),
            (3, 0),
        ]  # type: ignore[union-attr]


def test_a_job_that_is_switched_off_is_never_due(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[jobs.sync]\nenabled = false\n")
    assert next_runs(load_config(tmp_path / "config.toml"), dt.datetime.now(dt.UTC))["sync"] is None


def test_at_start_nothing_is_written_before_the_first_sync_has_ended(
    start: Start, tmp_path: Path
) -> None:
    sync = '[sites]\nofsted_reports = "http://127.0.0.1:9/reports"\n'
    jobs_on = QUIET.replace("[jobs.sync]\nenabled = false", "[jobs.sync]\nenabled = true")
    only = "".join(
        f"[sources.{name}]\nenabled = false\n"
        for name in ("govuk_awards", "govuk_interventions", "dfe_spend", "ofsted_statistics")
    )
    fetch = "[fetch]\ntries = 1\nconnect_timeout = 1\n"
    (tmp_path / "config.toml").write_text(f'[store]\npath = "s.db"\n{sync}{jobs_on}{only}{fetch}')
    process = start()
    wait_until(lambda: "digests" in runs(tmp_path))
    done = runs(tmp_path)
    assert process.poll() is None
    assert done["sync"]["finished"] <= done["digests"]["started"]
