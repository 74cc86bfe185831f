"""Whether syncer itself is well: what the operator should look at, as problems that begin and end
(DESIGN §6.8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from syncer.app import App
from syncer.delivery.outbox import SendReport
from syncer.model import Problem
from syncer.pipeline.notify.context import freshness
from syncer.store import events, outbox, overview, problems

NAME, OUTBOX = "health", "outbox"
ABOUT_ONE = ("DeliveryFailed", "InDoubt")
QUIET_AFTER = dt.timedelta(hours=26)
"""Longer than the longest gap of the default timetable: Sunday 10:00 to Monday 07:10, or a day."""
OVERDUE_AFTER = dt.timedelta(hours=1)
BACKUP_AFTER = dt.timedelta(days=2)


def check(app: App) -> list[Problem]:
    """Look at everything that can go wrong unseen, note what began and what ended; gives the
    problems that are new."""
    found = [*_quiet(app), *_outbox(app), *_held(app), *_backups(app)]
    with app.store.writing():
        gone = {p["url"] for p in problems.still_open(app.store, NAME)} - {p.url for p in found}
        problems.end(app.store, NAME, gone, app.now)
        return problems.note(app.store, NAME, found, app.now)


def _quiet(app: App) -> Iterator[Problem]:
    runs = overview.last_runs(app.store)
    for name, row in zip(
        (n for n in app.config.enabled_sources() if n in runs), freshness(app), strict=True
    ):
        if (
            app.now - (row.last_good or dt.datetime.fromisoformat(runs[name]["failing_since"]))
            >= QUIET_AFTER
        ):
            since = f"since {row.last_good:%d %B %Y %H:%M} UTC" if row.last_good else "so far"
            message = f"{row.source} could not be read completely {since}; {row.trouble or 'nobody tried'}"
            hint = "`syncer status` shows its open problems; `syncer doctor` reads one page of each kind."
            yield Problem("SourceQuiet", message, f"quiet:{row.source}", hint)


def _outbox(app: App) -> Iterator[Problem]:
    waiting = outbox.overdue(app.store, app.now - OVERDUE_AFTER)
    if waiting:
        first = waiting[0]
        said = f"the first, {first.id}, says: {first.error or 'nothing yet'}"
        yield Problem(
            "OutboxStuck",
            f"{len(waiting)} messages have waited for more than an hour; {said}",
            "outbox",
            "`syncer outbox` lists them; is `syncer run` (or `syncer send`) running?",
        )


def _held(app: App) -> Iterator[Problem]:
    held = events.listing(app.store, held=True)
    if held:
        yield Problem(
            "EventsHeld",
            f"{len(held)} events are held: {held[0].hold_reason}",
            "held",
            "`syncer held` lists them; release or discard each once you have looked at the page.",
        )


def _backups(app: App) -> Iterator[Problem]:
    newest = max((f.stat().st_mtime for f in backups_folder(app).glob("*.db")), default=None)
    if (
        newest is not None
        and app.clock() - dt.datetime.fromtimestamp(newest, dt.UTC) >= BACKUP_AFTER
    ):
        yield Problem(
            "BackupOld",
            f"the newest backup in {backups_folder(app)} is older than two days",
            "backup",
            "Run `syncer backup`.",
        )


def backups_folder(app: App) -> Path:
    """Where copies of the store lie: beside it."""
    return app.config.store.path.parent / "backups"


def note_sending(app: App, report: SendReport) -> list[Problem]:
    """Keep what a run of sending could not do; that nothing could be sent at all ends with the next
    message that leaves. What befell one message ends then too, but its end is not news: the message
    did not arrive."""
    found = [replace(p, url=p.hint) for p in report.problems()]
    with app.store.writing():
        if report.outcomes and not report.stopped:
            over = problems.still_open(app.store, OUTBOX)
            problems.end(app.store, OUTBOX, [p["url"] for p in over], app.now)
            problems.mark_told(
                app.store,
                [p["id"] for p in over if p["name"] in ABOUT_ONE and p["told_at"]],
                app.now,
                ended=True,
            )
        return problems.note(app.store, OUTBOX, found, app.now)
