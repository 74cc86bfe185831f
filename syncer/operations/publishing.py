"""Gather what the site shows, and write the site into a folder for any static host."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from syncer.app import App
from syncer.digest.message_model import RunBy
from syncer.errors import ConfigError
from syncer.model import Event, Record, RecordKind
from syncer.pipeline.notify.context import freshness_in_short
from syncer.site.facts import Facts
from syncer.store import events, pages, records
from syncer.timetable import LONDON
from syncer.views import lists

KINDS = (
    RecordKind.INSPECTION,
    RecordKind.VISIT,
    RecordKind.AWARD,
    RecordKind.PAYMENT,
    RecordKind.INTERVENTION,
)
MANIFEST = ".syncer-site"
"""Names every file that was written, one a line: what the next site has no more is removed, and
nothing else in the folder is."""

PUBLIC_FILE, PUBLIC_FOLDER = 0o644, 0o755
"""A site is for everybody to read, whatever the umask of the account that runs syncer."""


def gather(app: App, as_of: dt.date | None = None) -> Facts:
    """Return what the site shows today, or showed by what was published until a day."""
    day = as_of or app.now.astimezone(LONDON).date()
    window = lists.Window(as_of=day)
    who = app.config.operator
    read = pages.read_for_inspections(app.store, app.now)
    return Facts(
        register=app.register,
        day=day,
        made=app.now,
        records={kind: _standing(app, kind, window) for kind in KINDS},
        events=_events(app, day),
        unread=lists.not_read(app.register, read, day),
        freshness=freshness_in_short(app),
        conflicts=records.conflicts(app.store),
        printed_totals=pages.printed_totals(app.store),
        run_by=RunBy(who.name, who.contact, who.privacy),
        begun=dt.datetime.fromisoformat(app.store.meta("since")),
        identity=uuid.UUID(app.store.meta("identity")),
    )


def _standing(app: App, kind: RecordKind, window: lists.Window) -> list[Record]:
    """Return the records of a kind that were published by then and not withdrawn."""
    found = records.records(app.store, kinds=[kind])
    return [record for record in found if window.lets_in(record) and not record.withdrawn]


def _events(app: App, day: dt.date) -> list[Event]:
    """Return the changes that were noticed by the end of a day."""
    until = lists.end_of(day)
    return [event for event in events.listing(app.store) if event.noticed_at <= until]


@dataclass(frozen=True)
class Written:
    """What a site came to: its pages and files, those that were new or other than before, those
    removed, and all bytes together."""

    files: int
    changed: int
    removed: int
    bytes: int


def write(contents: Mapping[str, Callable[[], bytes]], folder: Path) -> Written:
    """Write every page and file into a folder. A file that is as it was is left alone, and one of
    an earlier site that this one has no more is removed. Raises ConfigError where the folder holds
    something that is no site of ours, or cannot be written."""
    try:
        return _write(contents, folder)
    except OSError as error:
        raise ConfigError(
            f"{error.filename or folder} cannot be written: {error.strerror}",
            "Name a folder that this account may write into.",
        ) from error


def _write(contents: Mapping[str, Callable[[], bytes]], folder: Path) -> Written:
    before = _earlier(folder)
    changed = size = 0
    names = []
    for address, make in contents.items():
        name = file_at(address)
        made = make()
        changed += _put(folder / name, made)
        size += len(made)
        names.append(name)

    gone = before - set(names)
    _remove(folder, gone)
    listed = "".join(f"{name}\n" for name in sorted(names))
    _put(folder / MANIFEST, listed.encode())
    return Written(len(names), changed, len(gone), size)


def file_at(address: str) -> str:
    """Return the name of the file that holds what lies at an address."""
    return f"{address}index.html" if not address or address.endswith("/") else address


def _earlier(folder: Path) -> set[str]:
    """Return the files of the site that was written here before. Raises ConfigError where the
    folder is neither empty nor a site."""
    manifest = folder / MANIFEST
    if manifest.exists():
        return set(manifest.read_text(encoding="utf-8").splitlines())
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(
            f"{folder} is not empty, and no site was published there",
            "Name a new folder: what lies there is not overwritten.",
        )
    return set()


def _put(file: Path, content: bytes) -> bool:
    """Write a file whole or not at all; return whether it is other than before."""
    if file.exists() and file.read_bytes() == content:
        return False

    _make_folder(file.parent)
    beside = file.with_name(f".{file.name}.new")
    beside.write_bytes(content)
    beside.chmod(PUBLIC_FILE)
    beside.replace(file)
    return True


def _make_folder(folder: Path) -> None:
    """Make a folder, and those above it, that everybody may read."""
    if folder.exists():
        return
    _make_folder(folder.parent)
    folder.mkdir()
    folder.chmod(PUBLIC_FOLDER)


def _remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files of an earlier site, and folders that are empty then."""
    for name in names:
        file = folder / name
        file.unlink(missing_ok=True)
        parent = file.parent
        while parent != folder and parent.exists() and not any(parent.iterdir()):
            parent.rmdir()
            parent = parent.parent
