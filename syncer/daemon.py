"""`syncer run`: the jobs by timetable, in one process, one instance a store, until SIGTERM or
Ctrl-C.

The timetable is configuration; what is due is decided from the data, so that a missed run is made
up for by the next one. At start every job is run once for what was missed meanwhile, the digests
after the sync: nothing is said of the sites before somebody has looked. Each run opens
its own app: its own clock, its own connection.
"""

from __future__ import annotations

import datetime as dt
import importlib
import logging
import os
import pkgutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import filelock
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

import jobs
from syncer.app import App
from syncer.config import Config
from syncer.errors import AlreadyRunning, SyncerError
from syncer.files import PRIVATE_FOLDER, give_to_owner_of_folder
from syncer.monitoring import heartbeat, systemd, watched
from syncer.monitoring.metrics import Metrics
from syncer.monitoring.server import serving
from syncer.store.failure import explained
from syncer.timetable import LONDON

log = logging.getLogger(__name__)

AT_ONCE = 3
"""Jobs that may run at one time: while a long sync reads, messages still go out."""

BEAT = "heartbeat"
"""The job, and the one thread, that says that the daemon lives."""

GRACE_SECONDS = 4.0
"""How long what is under way may take to come to its own end. After that the process ends without
it: every job may be killed at any line, and goes on at its next run."""


def job_names() -> tuple[str, ...]:
    """Return the jobs there are: the modules of the package `jobs`."""
    modules = pkgutil.iter_modules(jobs.__path__)
    return tuple(sorted(module.name for module in modules))


@dataclass(frozen=True)
class Daemon:
    """What the runs of one daemon's jobs have in common. `failing` names for each job whose last
    run ended in an error the kind of that error."""

    config: Config
    metrics: Metrics
    stop: threading.Event = field(default_factory=threading.Event)
    since: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    failing: dict[str, str] = field(default_factory=dict)


def run_job(name: str, daemon: Daemon) -> None:
    """Run one job once, with an app of its own. An error that ends it is logged when it begins, and
    not again while it goes on; a named one is in the store already where it belongs there."""
    job = importlib.import_module(f"jobs.{name}")
    try:
        with App(daemon.config, stopping=daemon.stop.is_set) as app:
            app.timed = daemon.metrics.timed
            watched.run(app, name, job)
    except Exception as error:
        _note_failed(name, error, daemon.failing)
    else:
        if daemon.failing.pop(name, ""):
            log.info("%s: done again", name)


def _note_failed(name: str, error: Exception, failing: dict[str, str]) -> None:
    kind = type(error).__name__
    if failing.get(name) == kind:
        return

    failing[name] = kind
    if isinstance(error, SyncerError):
        log.error("%s: %s: %s %s", name, error.name, error, error.hint)
    else:
        log.error("%s: an error of our own, %s: %s", name, kind, error, exc_info=error)


@contextmanager
def alone(config: Config) -> Iterator[None]:
    """Keep every daemon, or a second one, off this store while it lasts. Raises AlreadyRunning,
    and StoreError where the lock cannot be made."""
    store = config.store.path
    place = store.with_name(store.name + ".lock")
    lock = filelock.FileLock(place)
    try:
        _acquire(lock, place)
    except filelock.Timeout as error:
        raise AlreadyRunning(f"another syncer works on {store}") from error
    except OSError as error:
        raise explained(store, error, "lock") from error

    try:
        yield
    finally:
        lock.release()


def _acquire(lock: filelock.BaseFileLock, place: Path) -> None:
    """Take the lock, whose file lies at `place`. Raises filelock.Timeout where it is taken, and
    OSError."""
    place.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    is_new = not place.exists()
    lock.acquire(timeout=0)
    if is_new:
        give_to_owner_of_folder(place)


def run(config: Config) -> None:
    """Run until told to stop; then let what is under way come to a clean end, for GRACE_SECONDS at
    most. Raises AlreadyRunning, and ConfigError where the site cannot be shown."""
    daemon = Daemon(config, Metrics(config))
    with alone(config), _site(config):
        _on_signals(daemon.stop)
        scheduler = _scheduler(daemon)
        scheduler.start()
        with serving(config, daemon.metrics):
            systemd.notify("READY=1")
            log.info("running; stop with SIGTERM or Ctrl-C")
            daemon.stop.wait()

        systemd.notify("STOPPING=1")
        log.info("stopping: what is under way is finished first")
        _shut_down(scheduler, config)
    log.info("stopped")


@contextmanager
def _site(config: Config) -> Iterator[None]:
    """Show the site over HTTP while it lasts, where `[web] enabled` says so. Raises ConfigError."""
    if not config.web.enabled:
        yield
        return

    from syncer.web.server import WebServer

    server = WebServer(config, _real_clock)
    log.info("listening on %s", server.url)
    try:
        yield
    finally:
        server.stop()


def _real_clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _shut_down(scheduler: BackgroundScheduler, config: Config) -> None:
    """Wait for the running jobs; end the process where one of them takes too long, as when a site
    or a mail server keeps it waiting."""
    ending = threading.Thread(target=scheduler.shutdown, daemon=True)
    ending.start()
    ending.join(GRACE_SECONDS)
    heartbeat.stop(config.store.path)
    if ending.is_alive():
        log.warning("a job is still under way: stopped without it; it goes on at its next run")
        logging.shutdown()
        os._exit(0)  # an ordinary exit would wait for the job's thread


def _beat(daemon: Daemon) -> None:
    """Say that the timetable is being kept: to whoever asks for the status, and to systemd."""
    heartbeat.beat(daemon.config.store.path, daemon.since)
    systemd.notify("WATCHDOG=1")


def _beat_seconds() -> float:
    """Return how often that is said: twice in the time that systemd gives, where it does."""
    asked = systemd.watchdog_seconds()
    if asked is None:
        return heartbeat.EVERY_SECONDS
    return min(asked / 2, heartbeat.EVERY_SECONDS)


def next_runs(config: Config, now: dt.datetime) -> dict[str, dt.datetime | None]:
    """Return when each job is due next by the timetable; None for one that is switched off, or
    never due."""
    due: dict[str, dt.datetime | None] = {}
    for name in job_names():
        due[name] = None
        if config.jobs[name].enabled:
            trigger = _trigger(config, name)
            due[name] = trigger.get_next_fire_time(None, now)

    return due


def _trigger(config: Config, name: str) -> OrTrigger:
    triggers = []
    for line in config.jobs[name].cron:
        trigger = CronTrigger.from_crontab(line, timezone=LONDON)
        triggers.append(trigger)
    return OrTrigger(triggers)


def _scheduler(daemon: Daemon) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(
        timezone=LONDON,
        executors={"default": ThreadPoolExecutor(AT_ONCE), BEAT: ThreadPoolExecutor(1)},
    )
    for name in job_names():
        if daemon.config.jobs[name].enabled:
            scheduler.add_job(
                run_job,
                _trigger(daemon.config, name),
                (name, daemon),
                id=name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
                **_at_start(daemon.config, name),
            )
    _add_beat(scheduler, daemon)
    _digests_after_sync(scheduler)
    return scheduler


def _add_beat(scheduler: BackgroundScheduler, daemon: Daemon) -> None:
    """Let the heart beat by the timetable's own clockwork, and wait for no job: where it stands
    still, so does the timetable."""
    scheduler.add_job(
        _beat,
        IntervalTrigger(seconds=_beat_seconds(), timezone=LONDON),
        (daemon,),
        id=BEAT,
        executor=BEAT,
        coalesce=True,
        misfire_grace_time=None,
        next_run_time=dt.datetime.now(LONDON),
    )


def _at_start(config: Config, name: str) -> dict[str, dt.datetime]:
    """Return when a job runs first: at once, but for the digests where a sync comes before them."""
    waits_for_sync = name == "digests" and config.jobs["sync"].enabled
    if waits_for_sync:
        return {}
    return {"next_run_time": dt.datetime.now(LONDON)}


def _digests_after_sync(scheduler: BackgroundScheduler) -> None:
    """Run the digests as soon as the first sync has ended, however it did."""

    def after(event: JobExecutionEvent) -> None:
        if event.job_id != "sync":
            return
        scheduler.remove_listener(after)
        if scheduler.get_job("digests") is not None:
            scheduler.modify_job("digests", next_run_time=dt.datetime.now(LONDON))

    scheduler.add_listener(after, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)


def _on_signals(stop: threading.Event) -> None:
    """Stop at SIGTERM and Ctrl-C; stay at SIGHUP, which comes when the terminal is closed."""

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    def stay(number: int, frame: FrameType | None) -> None:
        log.info("SIGHUP: running on; for a changed config.toml start it again")

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    signal.signal(signal.SIGHUP, stay)
