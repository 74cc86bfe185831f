"""Whether syncer itself is well: what the operator should look at, as problems that begin and end
(DESIGN §6.8)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from syncer.app import App
from syncer.delivery.report import SendReport
from syncer.digest.message_model import Freshness
from syncer.digest.wording import counted
from syncer.errors import ChatUnavailable
from syncer.model import Problem
from syncer.operations import stopped_readers
from syncer.operations.backups import backups_folder
from syncer.pipeline.notify.context import freshness
from syncer.store import events, outbox, overview, problems
from syncer.subscriptions.channels import BY_LABEL, CHAT

NAME, OUTBOX = "health", "outbox"
ABOUT_ONE = ("DeliveryFailed", "InDoubt")
OF_MAIL = ("TransportUnavailable", "LimitReached", "ServerRefused")
"""What stands in the way of all mail."""
QUIET_AFTER = dt.timedelta(hours=26)
"""Longer than the longest gap of the default timetable: Sunday 10:00 to Monday 07:10, or a day."""
OVERDUE_AFTER = dt.timedelta(hours=1)
BACKUP_AFTER = dt.timedelta(days=2)
CLOCKS_DIFFER = dt.timedelta(hours=1)
"""A moment further ahead than this was written under a wrong clock."""


def check(app: App) -> list[Problem]:
    """Look at everything that can go wrong unseen, and note what began and what ended; return the
    problems that are new."""
    found = list(_found(app))
    with app.store.writing():
        _end(app, NAME, _over(app, NAME, found))
        return problems.note(app.store, NAME, found, app.now)


def _found(app: App) -> Iterator[Problem]:
    yield from quiet_sources(app)
    waiting = waiting_too_long(app)
    if waiting is not None:
        yield waiting
    yield from _channels_stuck(app)
    yield from _held(app)
    yield from _backups(app)


def _end(app: App, source: str, over: Iterable[dict[str, Any]]) -> None:
    urls = [problem["url"] for problem in over]
    problems.end(app.store, source, urls, app.now)


def _over(app: App, source: str, found: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return the open problems of a source that were not found again."""
    goes_on = {problem.url for problem in found}
    open_before = problems.still_open(app.store, source)
    return [problem for problem in open_before if problem["url"] not in goes_on]


def quiet_sources(app: App) -> Iterator[Problem]:
    """Yield a problem for each source that was not read well for too long."""
    runs = overview.last_runs(app.store, app.now)
    tried = [name for name in app.config.enabled_sources() if name in runs]
    for name, row in zip(tried, freshness(app), strict=True):
        if app.now - _not_good_since(row, runs[name]) >= QUIET_AFTER:
            yield _source_quiet(row)


def _not_good_since(row: Freshness, run: dict[str, Any]) -> dt.datetime:
    """Return when a source was last read well or, where it never was, when it began to fail."""
    if row.last_good:
        return row.last_good
    return dt.datetime.fromisoformat(run["failing_since"])


def _source_quiet(row: Freshness) -> Problem:
    when = "so far"
    if row.last_good:
        when = f"since {row.last_good:%d %B %Y %H:%M} UTC"

    trouble = row.trouble or "nobody tried"
    return Problem(
        "SourceQuiet",
        f"{row.source} could not be read completely {when}; {trouble}",
        f"quiet:{row.source}",
        "`syncer status` shows its open problems; `syncer doctor` reads one page of each kind.",
    )


def waiting_too_long(app: App) -> Problem | None:
    """Return the problem that messages wait for too long; None where none does."""
    waiting = outbox.overdue(app.store, app.now, OVERDUE_AFTER)
    if not waiting:
        return None

    first = waiting[0]
    said = f"the first, {first.id}, says: {first.error or 'nothing yet'}"
    return Problem(
        "OutboxStuck",
        f"{len(waiting)} messages have waited for more than an hour; {said}",
        "outbox",
        "`syncer outbox` lists them; is `syncer run` (or `syncer send`) running?",
    )


def _channels_stuck(app: App) -> Iterator[Problem]:
    """Yield a problem for each chat and webhook whose messages wait for too long."""
    waiting = defaultdict(list)
    for delivery in outbox.overdue(app.store, app.now, OVERDUE_AFTER, BY_LABEL):
        waiting[delivery.recipient].append(delivery)

    for label, own in waiting.items():
        said = own[0].error or "nothing yet"
        yield Problem(
            "ChannelStuck",
            f"{counted(len(own), 'message')} to {label} waited for more than an hour: {said}",
            f"channel:{label}",
            f"They are tried again by themselves; `syncer pause {label}` stops that.",
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
    """Yield a problem where the newest copy, or the store without one, is too old."""
    newest = _newest_backup(app)
    since = newest or _begun(app)
    if app.clock() - since < BACKUP_AFTER:
        return

    folder = backups_folder(app)
    what = f"there is no backup in {folder}"
    if newest is not None:
        what = f"the newest backup in {folder} is older than two days"
    yield Problem(
        "BackupOld",
        what,
        "backup",
        "Run `syncer backup`; it says what is in the way.",
    )


def _newest_backup(app: App) -> dt.datetime | None:
    """Return when the newest copy was made. One dated in the future was made under a wrong clock,
    and says nothing of its age."""
    until = app.clock() + CLOCKS_DIFFER
    made = [_made(path) for path in backups_folder(app).glob("*.db")]
    believed = [moment for moment in made if moment <= until]
    return max(believed, default=None)


def _made(path: Path) -> dt.datetime:
    changed = path.stat().st_mtime
    return dt.datetime.fromtimestamp(changed, dt.UTC)


def _begun(app: App) -> dt.datetime:
    """Return when this store was begun; now where it does not say."""
    since = app.store.meta("since")
    if not since:
        return app.clock()
    return dt.datetime.fromisoformat(since)


def note_sending(app: App, report: SendReport) -> list[Problem]:
    """Keep what a run of sending could not do. That nothing could be sent at all ends with the next
    message that leaves; what happened to one message ends then too, but its end is not news: the
    message did not arrive."""
    found = [replace(problem, url=problem.hint) for problem in report.problems()]
    with app.store.writing():
        if report.outcomes:
            _end_sending(app, found, report)
        new = problems.note(app.store, OUTBOX, found, app.now)

    if app.config.mail.transport == "govuk_notify":
        new += stopped_readers.note_bounced(app)
    return new


def _end_sending(app: App, found: Sequence[Problem], report: SendReport) -> None:
    """End what was not found again; what was found again goes on, and is not told again. That mail
    cannot be sent is not over because something else could be."""
    over = _over(app, OUTBOX, found)
    if not report.tried_mail:
        over = [problem for problem in over if problem["name"] not in OF_MAIL]
    if not report.tried(CHAT):
        over = [problem for problem in over if problem["name"] != ChatUnavailable.__name__]
    _end(app, OUTBOX, over)

    about_one = [problem["id"] for problem in over if _is_told_of_one(problem)]
    problems.mark_told(app.store, about_one, app.now, ended=True)


def _is_told_of_one(problem: dict[str, Any]) -> bool:
    """Return whether a problem is about one message and was told: its end is not news."""
    return problem["name"] in ABOUT_ONE and bool(problem["told_at"])
