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
    return app.config.store.path.parent / "backups"


def back_up(app: App, target: Path | None = None) -> Path:
    """Copy the store into a file of its own (default: one a day, beside the store) and check the
    copy. That it failed is a problem until one succeeds. Raises StoreError."""
    place = target or backups_folder(app) / f"syncer-{app.now:%Y-%m-%d}{SUFFIX}"
    try:
        _copy(app, place)
    except StoreError as error:
        with suppress(StoreError), app.store.writing():  # a store that is broken may refuse
            failed = Problem("BackupFailed", str(error), NAME, error.hint)
            problems.note(app.store, NAME, [failed], app.now)
        raise
    with app.store.writing():
        problems.end(app.store, NAME, [NAME], app.now)
    return place


def _copy(app: App, place: Path) -> None:
    part = place.with_name(place.name + ".part")
    try:
        part.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        app.store.backup(part)
        copies.fold(part)
        _check(app, part)
        part.replace(place)
        force_to_disk(place.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"cannot write the backup {place}: {error}",
            "Check the folder and the space left on the disk.",
        ) from error


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
    oldest = (app.now - dt.timedelta(days=app.config.keep.backups_days)).date()
    old = [path for path in _daily(app) if _day(path) < oldest]
    newest = _newest_good(app) if old else None
    gone = [path for path in old if newest is not None and path != newest]
    gone += [path for path in _put_aside(app) if _day(path) < oldest]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def naming_people(app: App) -> list[Path]:
    """Return every copy of the store beside it: each names who was there when it was made."""
    return [*_daily(app), *_put_aside(app)]


def _daily(app: App) -> list[Path]:
    """Return the daily copies, oldest first."""
    return sorted(backups_folder(app).glob(DAILY))


def _put_aside(app: App) -> list[Path]:
    """Return what a restore or an upgrade put aside, with the journals of a broken store."""
    store = app.config.store.path
    upgrades = backups_folder(app).glob(f"before-upgrade-*{SUFFIX}")
    return [*sorted(store.parent.glob(f"{store.name}{ASIDE}*")), *sorted(upgrades)]


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
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).date()
