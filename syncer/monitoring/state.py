"""Whether syncer does its work, from the store alone, so that it is right whichever process did
what: the reasons for which a monitor raises the alarm, and what is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from syncer.app import App
from syncer.monitoring import heartbeat
from syncer.operations import health
from syncer.store import jobs, overview, problems

MAIL_STUCK = frozenset(("TransportUnavailable", "ServerRefused", "OutboxStuck"))
"""Open problems that say that mail cannot be sent."""

LONGEST_JOB = dt.timedelta(hours=1)
"""No job but the sync takes longer; that one has `overview.SYNC_LASTS`."""


@dataclass(frozen=True)
class Reason:
    """One reason for which syncer does not do its work."""

    kind: str
    text: str


def reasons(app: App) -> list[Reason]:
    """Return why syncer does not do its work: mail cannot be sent, a source was not read well for
    26 hours, a job has been under way for too long. Nothing where it does."""
    return [*_mail(app), *_quiet(app), *_stuck(app)]


def _mail(app: App) -> Iterator[Reason]:
    waiting = health.waiting_too_long(app)
    if waiting is not None:
        yield Reason("mail", waiting.message)
        return

    for problem in problems.still_open(app.store, health.OUTBOX):
        if problem["name"] in MAIL_STUCK:
            yield Reason("mail", f"{problem['name']}: mail cannot be sent")


def _quiet(app: App) -> Iterator[Reason]:
    for problem in health.quiet_sources(app):
        yield Reason("source", problem.message)


def _stuck(app: App) -> Iterator[Reason]:
    for name, began in stuck_jobs(app):
        yield Reason("job", f"{name} has been under way since {began:%d %B %Y %H:%M} UTC")


def stuck_jobs(app: App) -> Iterator[tuple[str, dt.datetime]]:
    """Yield each job of the daemon that has been under way for too long, with when its run began.
    One that began before the daemon did was killed with the one before, and is not under way."""
    daemon = heartbeat.look(app.config.store.path)
    if daemon.since is None:
        return

    since = daemon.since.replace(microsecond=0)
    for name, row in jobs.last_runs(app.store).items():
        began = dt.datetime.fromisoformat(row["started"])
        longest = overview.SYNC_LASTS if name == "sync" else LONGEST_JOB
        if row["finished"] is None and began >= since and app.now - began > longest:
            yield name, began
