"""`syncer run`: a real process, its jobs by the timetable, its end, and that there is only one."""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from syncer.config import load_config
from syncer.daemon import alone, job_names, next_runs, run_job
from syncer.errors import AlreadyRunning
from syncer.store import Store, people

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
    (tmp_path / "config.toml").write_text(f'[store]\npath = "s.db"\n{QUIET}')
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


def read_until_done(process: subprocess.Popen[str], names: set[str], seconds: float = 40) -> str:
    """Read the log until each of these jobs is done; a daemon that takes too long is killed."""
    assert process.stderr is not None
    overdue = threading.Timer(seconds, process.kill)
    overdue.start()
    log = ""
    while not all(f"{name}: done" in log for name in names):
        line = process.stderr.readline()
        assert line, log
        log += line
    overdue.cancel()
    return log


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
    log = read_until_done(process, {"digests", "send", "backup"})
    process.send_signal(signal.SIGTERM)
    out, rest = process.communicate(timeout=40)
    log += rest
    assert (process.returncode, out) == (0, "")
    assert "sync: begins" not in log and list(tmp_path.glob("backups/*.db"))
    assert log.strip().endswith("stopped") and "Traceback" not in log


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
    assert (process.returncode, "no such table: deliveries" in log, "backup: done" in log) == (
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


# -- Its parts -------------------------------------------------------------------------------------


def test_a_named_error_of_a_job_is_logged_with_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "config.toml").write_text('[store]\npath = "s.db"\n')
    (tmp_path / "backups").write_text("a file in the place of a folder")
    with caplog.at_level(logging.INFO):
        run_job("backup", load_config(tmp_path / "config.toml"))
    assert "StoreError" in caplog.text and "Check the folder" in caplog.text


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
    time.sleep(0.1)
    seen: list[str] = []
    assert process.stderr is not None
    while not any("digests: done" in line for line in seen[-1:]) and len(seen) < 60:
        seen.append(process.stderr.readline())
    ended = next(n for n, line in enumerate(seen) if "sync: done" in line)
    assert ended < next(n for n, line in enumerate(seen) if "digests: begins" in line)
