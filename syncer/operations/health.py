"""Whether syncer itself is well: what the operator should look at, as problems that begin and end (DESIGN §6.8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from syncer.app import Desk
from syncer.delivery.outbox import SendReport
from syncer.model import Problem
from syncer.pipeline.notify.situation import freshness
from syncer.store import events, outbox, overview, problems

NAME, OUTBOX = "health", "outbox"
ABOUT_ONE = ("DeliveryFailed", "InDoubt")
QUIET_AFTER = dt.timedelta(hours=26)
"""Longer than the longest gap of the default timetable: Sunday 10:00 to Monday 07:10, or a day."""
OVERDUE_AFTER = dt.timedelta(hours=1)
BACKUP_AFTER = dt.timedelta(days=2)


def check(desk: Desk) -> list[Problem]:
    """Look at everything that can go wrong unseen, note what began and what ended; gives the problems that are new."""
    found = [*_quiet(desk), *_outbox(desk), *_held(desk), *_backups(desk)]
    with desk.store.writing():
        gone = {p["url"] for p in problems.still_open(desk.store, NAME)} - {p.url for p in found}
        problems.end(desk.store, NAME, gone, desk.now)
        return problems.note(desk.store, NAME, found, desk.now)


def _quiet(desk: Desk) -> Iterator[Problem]:
    runs = overview.last_runs(desk.store)
    for name, row in zip((n for n in desk.config.enabled_sources() if n in runs), freshness(desk), strict=True):
        if desk.now - (row.last_good or dt.datetime.fromisoformat(runs[name]["failing_since"])) >= QUIET_AFTER:
            since = f"since {row.last_good:%d %B %Y %H:%M} UTC" if row.last_good else "so far"
            message = f"{row.source} could not be read completely {since}; {row.trouble or 'nobody tried'}"
            hint = "`syncer status` shows its open problems; `syncer doctor` reads one page of each kind."
            yield Problem("SourceQuiet", message, f"quiet:{row.source}", hint)


def _outbox(desk: Desk) -> Iterator[Problem]:
    waiting = outbox.overdue(desk.store, desk.now - OVERDUE_AFTER)
    if waiting:
        first = waiting[0]
        said = f"the first, {first.id}, says: {first.error or 'nothing yet'}"
        yield Problem("OutboxStuck", f"{len(waiting)} messages have waited for more than an hour; {said}", "outbox",
                      "`syncer outbox` lists them; is `syncer run` (or `syncer send`) running?")  # fmt: skip


def _held(desk: Desk) -> Iterator[Problem]:
    held = events.listing(desk.store, held=True)
    if held:
        yield Problem("EventsHeld", f"{len(held)} events are held: {held[0].hold_reason}", "held",
                      "`syncer held` lists them; release or discard each once you have looked at the page.")  # fmt: skip


def _backups(desk: Desk) -> Iterator[Problem]:
    newest = max((f.stat().st_mtime for f in backups_folder(desk).glob("*.db")), default=None)
    if newest is not None and desk.clock() - dt.datetime.fromtimestamp(newest, dt.UTC) >= BACKUP_AFTER:
        yield Problem("BackupOld", f"the newest backup in {backups_folder(desk)} is older than two days", "backup", "Run `syncer backup`.")


def backups_folder(desk: Desk) -> Path:
    """Where copies of the store lie: beside it."""
    return desk.config.store.path.parent / "backups"


def note_sending(desk: Desk, report: SendReport) -> list[Problem]:
    """Keep what a run of sending could not do; that nothing could be sent at all ends with the next message that leaves. What befell one
    message ends then too, but its end is not news: the message did not arrive."""
    found = [replace(p, url=p.hint) for p in report.problems()]
    with desk.store.writing():
        if report.outcomes and not report.stopped:
            over = problems.still_open(desk.store, OUTBOX)
            problems.end(desk.store, OUTBOX, [p["url"] for p in over], desk.now)
            problems.mark_told(desk.store, [p["id"] for p in over if p["name"] in ABOUT_ONE and p["told_at"]], desk.now, ended=True)
        return problems.note(desk.store, OUTBOX, found, desk.now)
