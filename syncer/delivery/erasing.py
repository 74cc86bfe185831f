"""Forgetting an address wherever a message names it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from syncer.delivery.transports.maildir import Maildir
from syncer.store import Store, erasure, people
from syncer.subscriptions.spelling import Spelling


@dataclass(frozen=True)
class Erasure:
    """How many lines of the store and how many files named an address; what could not be done; and
    the day from which no backup names it either."""

    lines: int
    files: int
    left: tuple[str, ...]
    backups_until: dt.date


def erase(
    store: Store,
    maildir: Maildir,
    address: str,
    now: dt.datetime,
    backups_days: int,
    inbox: Path | None = None,
) -> Erasure:
    """Forget an address: at once in the store, the outbox, the Maildir and that of the inbox, where
    there is one; in the backups as they age out (`[keep] backups_days`); a chat or webhook by its
    label. Raises StoreError, and nothing is half done in the store; NoSuchSubscriber for a label
    that none has."""
    files, unread = 0, list[Path]()
    if _is_of_mail(address):
        erased = erasure.erase(store, address, now)
        for each in (maildir, Maildir(inbox)) if inbox else (maildir,):
            gone, unreadable = each.erase(Spelling(address))
            files += gone
            unread += unreadable
    else:
        known = people.find(store, address)
        erased = erasure.erase_channel(store, known.id, now)
    left = [f"{path} cannot be read or removed" for path in unread]

    until = now.date() + dt.timedelta(days=backups_days + 1)
    return Erasure(
        erased.lines,
        files,
        (*erased.left, *left),
        until,
    )


def _is_of_mail(address: str) -> bool:
    before_any_scheme, _, _ = address.partition("://")
    return "@" in before_any_scheme
