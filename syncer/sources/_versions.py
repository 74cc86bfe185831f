"""Which version of itself does a page show now?

A page is one version as long as it says the same: pages are republished, and news sites change
their frame, without an edit. What appears on a page that was read before is dated by the edit that
brought it, not by the day on which the page was first published: the agreements of 2026 stand on a
page of 2021.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncer.reading import KnownPage


@dataclass(frozen=True)
class Version:
    """What a page says now. `sha256` are the bytes that first said it, `edited` is the day on which
    a page that was read before came to say it (None: it says what it said, or is new), `notes` are
    what the next read has to know."""

    sha256: str
    edited: dt.date | None
    notes: Mapping[str, Any]


def version(known: KnownPage | None, said: str | bytes, sha256: str, on: dt.date) -> Version:
    """Return the version of a page that now says `said` in the bytes `sha256`; `on` is the day of
    the edit, if it was edited."""
    before = _last_good_notes(known)
    digest = _digest(said)
    edited = None

    if before.get("digest") == digest:
        sha256 = before["sha256"]
        edited = _day(before.get("edited"))
    elif before.get("digest"):
        edited = on

    notes = {"digest": digest, "sha256": sha256, "edited": edited}
    return Version(sha256, edited, notes)


def _last_good_notes(known: KnownPage | None) -> Mapping[str, Any]:
    """Return what was noted when the page was last read well; nothing where it never was."""
    if known is None or known.last_good is None:
        return {}
    return known.notes


def _digest(said: str | bytes) -> str:
    data = said if isinstance(said, bytes) else said.encode()
    return hashlib.sha256(data).hexdigest()


def _day(noted: str | None) -> dt.date | None:
    return dt.date.fromisoformat(noted) if noted else None
