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
from pathlib import Path
from types import FrameType

import filelock
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

import jobs
from syncer.app import App
from syncer.config import Config
from syncer.errors import AlreadyRunning, SyncerError
from syncer.files import PRIVATE_FOLDER, give_to_owner_of_folder
from syncer.store.failure import explained
from syncer.subscriptions.schedule import LONDON

log = logging.getLogger(__name__)

AT_ONCE = 3
"""Jobs that may run at one time: while a long sync reads, messages still go out."""

GRACE_SECONDS = 4.0
"""How long what is under way may take to come to its own end. After that the process ends without
it: every job may be killed at any line, and goes on at its next run."""


def job_names() -> tuple[str, ...]:
    """Return the jobs there are: the modules of the package `jobs`."""
    modules = pkgutil.iter_modules(jobs.__path__)
    return tuple(sorted(module.name for module in modules))


def run_job(name: str, config: Config, stop: threading.Event | None = None) -> None:
    """Run one job once, with an app of its own. A named error is logged; it is in the store already
    where it belongs there."""
    log.info("%s: begins", name)
    job = importlib.import_module(f"jobs.{name}")
    stopping = stop.is_set if stop else None
    try:
        with App(config, stopping=stopping) as app:
            job.run(app)
    except SyncerError as error:
        log.error("%s: %s: %s %s", name, error.name, error, error.hint)
    else:
        log.info("%s: done", name)


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
    stop = threading.Event()
    with alone(config), _site(config):
        _on_signals(stop)
        scheduler = _scheduler(config, stop)
        scheduler.start()
        log.info("running; stop with SIGTERM or Ctrl-C")
        stop.wait()
        log.info("stopping: what is under way is finished first")
        _shut_down(scheduler)
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


def _shut_down(scheduler: BackgroundScheduler) -> None:
    """Wait for the running jobs; end the process where one of them takes too long, as when a site
    or a mail server keeps it waiting."""
    ending = threading.Thread(target=scheduler.shutdown, daemon=True)
    ending.start()
    ending.join(GRACE_SECONDS)
    if ending.is_alive():
        log.warning("a job is still under way: stopped without it; it goes on at its next run")
        logging.shutdown()
        os._exit(0)  # an ordinary exit would wait for the job's thread


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


def _scheduler(config: Config, stop: threading.Event) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(
        timezone=LONDON, executors={"default": ThreadPoolExecutor(AT_ONCE)}
    )
    for name in job_names():
        if config.jobs[name].enabled:
            scheduler.add_job(
                run_job,
                _trigger(config, name),
                (name, config, stop),
                id=name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
                **_at_start(config, name),
            )
    _digests_after_sync(scheduler)
    return scheduler


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
        log.info("the terminal was closed (SIGHUP); running on")

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    signal.signal(signal.SIGHUP, stay)
