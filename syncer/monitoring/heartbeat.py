"""Whether the daemon runs, and since when: a small file beside the store that it writes anew every
few seconds, by the machine's own clock."""

from __future__ import annotations

import datetime as dt
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from syncer.files import give_to_owner_of_folder

EVERY_SECONDS = 15.0
LOST_AFTER = dt.timedelta(seconds=90)
"""A daemon that has not written its heartbeat for so long has ended, or hangs."""


@dataclass(frozen=True)
class Daemon:
    """What is known of the daemon of a store. `since` and `seen` are None where none ever ran, or
    the last one came to a clean end."""

    runs: bool
    since: dt.datetime | None = None
    seen: dt.datetime | None = None


def place_of(store: Path) -> Path:
    """Return where the heartbeat of a store's daemon lies."""
    return store.with_name(store.name + ".running")


def beat(store: Path, since: dt.datetime) -> None:
    """Write that the daemon, which began at `since`, runs. Where the disk refuses, nothing is
    written: that is found by others."""
    place = place_of(store)
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    now = dt.datetime.now(dt.UTC)
    said = {"pid": os.getpid(), "since": since.isoformat(), "seen": now.isoformat()}
    with suppress(OSError):
        part.write_text(json.dumps(said), encoding="utf-8")
        give_to_owner_of_folder(part)
        part.replace(place)


def stop(store: Path) -> None:
    """Write that the daemon came to its end."""
    with suppress(OSError):
        place_of(store).unlink(missing_ok=True)


def look(store: Path) -> Daemon:
    """Return whether the daemon of a store runs."""
    try:
        said = json.loads(place_of(store).read_text(encoding="utf-8"))
        since = dt.datetime.fromisoformat(said["since"])
        seen = dt.datetime.fromisoformat(said["seen"])
        number = int(said["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return Daemon(runs=False)

    is_fresh = dt.datetime.now(dt.UTC) - seen < LOST_AFTER
    return Daemon(is_fresh and _is_there(number), since, seen)


def _is_there(process: int) -> bool:
    """Return whether a process of that number runs on this machine, whoever's it is."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
