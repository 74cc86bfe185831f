"""Copies of the store: made while others work, checked before they count, and kept for as long as
`[keep] backups_days` says; the newest good one for ever."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from contextlib import suppress
from pathlib import Path

from syncer.app import App
from syncer.errors import StoreError
from syncer.files import PRIVATE_FOLDER, force_to_disk
from syncer.model import Problem
from syncer.operations.restoring import ASIDE
from syncer.store import copies, problems
from syncer.store.failure import how_to_restore

NAME = "backup"
"""Under which a copy that could not be made stands among the problems."""

SUFFIX = ".db"
DAILY = f"syncer-*{SUFFIX}"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def backups_folder(app: App) -> Path:
    """Return where copies of the store lie: beside it."""
    store = app.config.store.path
    return store.parent / "backups"


def back_up(app: App, target: Path | None = None) -> Path:
    """Copy the store into a file of its own (default: one a day, beside the store) and check the
    copy. That it failed is a problem until one succeeds. Raises StoreError."""
    place = target or _place_of_day(app)
    try:
        _copy(app, place)
    except StoreError as error:
        _note_failed(app, error)
        raise

    with app.store.writing():
        problems.end(app.store, NAME, [NAME], app.now)
    return place


def _place_of_day(app: App) -> Path:
    name = f"syncer-{app.now:%Y-%m-%d}{SUFFIX}"
    return backups_folder(app) / name


def _note_failed(app: App, error: StoreError) -> None:
    failed = Problem(
        "BackupFailed",
        str(error),
        NAME,
        error.hint,
    )
    with suppress(StoreError), app.store.writing():  # a store that is broken may refuse
        problems.note(app.store, NAME, [failed], app.now)


def _copy(app: App, place: Path) -> None:
    """Write a checked copy to its place. Raises StoreError."""
    try:
        _write_checked(app, place)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"cannot write the backup {place}: {error}",
            "Check the folder and the space left on the disk.",
        ) from error


def _write_checked(app: App, place: Path) -> None:
    part = _empty_part(place)
    app.store.backup(part)
    copies.fold(part)
    _check(app, part)

    part.replace(place)
    force_to_disk(place.parent)


def _empty_part(place: Path) -> Path:
    """Return where a copy is written before it is checked; what a killed backup left there is
    removed."""
    part = place.with_name(place.name + ".part")
    part.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    return part


def _check(app: App, part: Path) -> None:
    """Raise StoreError, and leave no copy, where the copy is not sound: then the store is not."""
    try:
        copies.verify(part)
    except StoreError as error:
        part.unlink(missing_ok=True)
        store = app.config.store.path
        raise StoreError(
            f"no backup was made, because the store {store} is damaged: {error}",
            f"Stop syncer. {how_to_restore(store)}",
        ) from error


def prune(app: App) -> list[Path]:
    """Remove the copies that are older than they are kept, those put aside by a restore or an
    upgrade included; return them. The newest good copy stays whatever its age, and where no copy is
    good, all do."""
    kept_for = dt.timedelta(days=app.config.keep.backups_days)
    oldest = (app.now - kept_for).date()

    gone = _daily_to_remove(app, oldest)
    gone += [path for path in _put_aside(app) if _day(path) < oldest]
    for path in gone:
        path.unlink(missing_ok=True)

    return gone


def _daily_to_remove(app: App, oldest: dt.date) -> list[Path]:
    """Return the daily copies of before that day, without the newest good one; none where no copy
    is good."""
    old = [path for path in _daily(app) if _day(path) < oldest]
    if not old:
        return []

    newest = _newest_good(app)
    if newest is None:
        return []
    return [path for path in old if path != newest]


def naming_people(app: App) -> list[Path]:
    """Return every copy of the store beside it: each names who was there when it was made."""
    return [*_daily(app), *_put_aside(app)]


def _daily(app: App) -> list[Path]:
    """Return the daily copies, oldest first."""
    copies_of_days = backups_folder(app).glob(DAILY)
    return sorted(copies_of_days)


def _put_aside(app: App) -> list[Path]:
    """Return what a restore or an upgrade put aside, with the journals of a broken store."""
    store = app.config.store.path
    by_restore = store.parent.glob(f"{store.name}{ASIDE}*")
    by_upgrade = backups_folder(app).glob(f"before-upgrade-*{SUFFIX}")
    return sorted(by_restore) + sorted(by_upgrade)


def _newest_good(app: App) -> Path | None:
    for path in reversed(_daily(app)):
        with suppress(StoreError):
            copies.verify(path)
            return path
    return None


def _day(path: Path) -> dt.date:
    """Return the day in a copy's name; where there is none, that of its last change."""
    found = DAY.search(path.name)
    with suppress(ValueError):
        if found:
            return dt.date.fromisoformat(found[0])

    changed = path.stat().st_mtime
    return dt.datetime.fromtimestamp(changed, dt.UTC).date()
