"""A copy put in the place of the store (`syncer restore`).

Everything is made ready beside the store, and one rename puts it there: killed at any line, what
lies in the place of the store is the old one or the new one. Nobody else may have the store open
meanwhile.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from syncer.errors import AlreadyRunning, StoreError
from syncer.files import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    force_to_disk,
    give_to_owner_of_folder,
)
from syncer.store import Store, copies, lock
from syncer.store.carrying import Carried, carry_over, reserve
from syncer.store.failure import explained

PART = ".restoring"
ASIDE = ".before-restore-"


@dataclass(frozen=True)
class Restored:
    """What a restore did: where the store that was there lies now (None: there was none), what was
    carried over from it (None: nothing could be), and why not."""

    aside: Path | None
    carried: Carried | None
    trouble: str = ""


def restore(copy: Path, store: Path, now: dt.datetime) -> Restored:
    """Put a copy in the place of the store; the store that was there is kept beside it.

    Raises StoreError when the copy is not a sound store or the disk refuses, AlreadyRunning while
    another process has the store open; then everything is as it was.
    """
    with ExitStack() as stack:
        stack.enter_context(lock.exclusive(store))
        try:
            return _restored(copy, store, now)
        except OSError as error:
            raise explained(store, error, "replace") from error


def _restored(copy: Path, store: Path, now: dt.datetime) -> Restored:
    """Restore a store that nobody else has open."""
    part = _made_ready(copy, store)
    carried, trouble = _carried(part, store)
    copies.fold(part)
    _checked(part, copy)

    aside = _put_aside(store, now)
    _replace(part, store)
    return Restored(aside, carried, trouble)


def _made_ready(copy: Path, store: Path) -> Path:
    """Copy the copy beside the store, and check it there: it may lie where nobody can write."""
    part = _empty_part(store)
    shutil.copyfile(copy, part)
    for journal in copies.journals(copy):
        shutil.copyfile(journal, _renamed(journal, copy, part))

    _checked(part, copy)
    Store(part, keep_copy=False).close()  # brings its schema up to date
    return part


def _empty_part(store: Path) -> Path:
    """Make the private file that a copy is made ready in, without what an earlier restore left."""
    part = store.with_name(store.name + PART)
    for leftover in (part, *copies.journals(part)):
        leftover.unlink(missing_ok=True)

    store.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE)
    os.close(descriptor)
    give_to_owner_of_folder(part)
    return part


def _renamed(journal: Path, store: Path, other: Path) -> Path:
    """Return the place of a store's journal beside another store."""
    name = journal.name.replace(store.name, other.name, 1)
    return other.with_name(name)


def _checked(part: Path, copy: Path) -> None:
    try:
        copies.verify(part)
    except StoreError as error:
        part.unlink(missing_ok=True)
        raise StoreError(
            f"{copy} is not a sound copy of a store: {error}", "Try an older one."
        ) from error


def _carried(part: Path, store: Path) -> tuple[Carried | None, str]:
    """Bring into the new store what the old one knows; or say why that cannot be."""
    with Store(part, keep_copy=False) as new:
        try:
            if store.exists():
                copies.fold(store)
                return carry_over(new, store), ""
            trouble = ""
        except AlreadyRunning:
            raise
        except StoreError as error:
            trouble = str(error)
        with new.writing():
            reserve(new)
        return None, trouble


def _put_aside(store: Path, now: dt.datetime) -> Path | None:
    """Give the old store a second name; the first one is taken from it by the rename that follows.
    A journal that could not be folded into it goes along, also where the store itself is gone: it
    would be taken for the new one's."""
    aside = store.with_name(f"{store.name}{ASIDE}{now:%Y-%m-%d-%H%M%S}")
    was_there = store.exists()
    if was_there:
        _drop_second_names(store)
        _second_name(store, aside)

    for journal in copies.journals(store):
        journal.replace(_renamed(journal, store, aside))
    return aside if was_there else None


def _drop_second_names(store: Path) -> None:
    """Remove the second names that restores gave the store which were killed before their
    rename."""
    for other in store.parent.glob(f"{store.name}{ASIDE}*"):
        if other.samefile(store):
            other.unlink()


def _second_name(store: Path, aside: Path) -> None:
    try:
        os.link(store, aside)
    except OSError:  # a file system without hard links
        shutil.copyfile(store, aside)
        aside.chmod(PRIVATE_FILE)
        force_to_disk(aside)


def _replace(part: Path, store: Path) -> None:
    force_to_disk(part)
    part.replace(store)
    force_to_disk(store.parent)
