"""Copies of the store: made while others work, checked before they count, kept for as long as
`[keep] backups_days` says."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from syncer.app import App
from syncer.errors import StoreError
from syncer.operations.health import backups_folder
from syncer.store import Store, outbox, people

SUFFIX = ".db"


def back_up(app: App, target: Path | None = None) -> Path:
    """Copy the store into a file of its own (default: one a day, beside the store) and check the
    copy. Raises StoreError."""
    target = target or backups_folder(app) / f"syncer-{app.now:%Y-%m-%d}{SUFFIX}"
    part = target.with_name(target.name + ".part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        app.store.backup(part)
        _check(part)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"cannot write the backup {target}: {error}",
            "Check the folder and the space left on the disk.",
        ) from error
    return target


def prune(app: App) -> list[Path]:
    """Remove the daily copies that are older than they are kept; gives them."""
    oldest = app.now - dt.timedelta(days=app.config.keep.backups_days)
    old = [
        f
        for f in sorted(backups_folder(app).glob(f"syncer-*{SUFFIX}"))
        if f.stem < f"syncer-{oldest:%Y-%m-%d}"
    ]
    for file in old:
        file.unlink()
    return old


def restore(copy: Path, store: Path) -> Path | None:
    """Put a copy in the place of the store; the store that was there is kept beside it (its new
    name is given). Raises StoreError when the copy is not a sound store. No other process may have
    the store open."""
    try:
        _check(copy)
        Store(copy).close()
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{copy} is not a sound copy of a store: {error}", "Try an older one."
        ) from error
    part, aside = store.with_name(store.name + ".part"), None
    store.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(copy, part)
    if store.exists():
        with suppress(StoreError):  # a broken store is a reason to restore
            Store(store).close()  # folds its journal into the file
        aside = store.with_name(f"{store.name}.before-restore-{os.getpid()}")
        store.replace(aside)
    for journal in (store.with_name(store.name + "-wal"), store.with_name(store.name + "-shm")):
        journal.unlink(missing_ok=True)
    part.replace(store)
    if aside:
        _carry_over(store, aside)
    return aside


def _carry_over(store: Path, aside: Path) -> None:
    """What the store that was put aside knows and must stay true: who was erased or has left, and
    which messages have been sent. A store too broken to say so says nothing."""
    try:
        later = Store(aside)
    except StoreError:
        return
    with later, Store(store) as restored:
        people.carry_over(restored, later, dt.datetime.now(dt.UTC))
        outbox.carry_over(restored, later)


def _check(copy: Path) -> None:
    if not copy.exists():
        raise FileNotFoundError(f"{copy} is not there")
    connection = sqlite3.connect(copy)
    try:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        connection.execute(
            "SELECT value FROM meta"
        )  # a file that is empty, or another program's, is sound too
    finally:
        connection.close()
    if verdict != "ok":
        raise sqlite3.DatabaseError(str(verdict))
