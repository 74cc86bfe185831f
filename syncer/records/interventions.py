"""Is an intervention in force, and since when does it stand as it does? Pure."""

from __future__ import annotations

import datetime as dt

from syncer.model import InterventionFields, Record

ENDED = frozenset({"lifted", "ended", "closed", "withdrawn", "revoked"})
"""The states in which an intervention is over."""

REPLACED = "replaced"
"""The state of one in whose place there is another, which is in force."""


def in_force(record: Record, day: dt.date | None = None) -> bool:
    """Return whether an intervention is in force; on a day, where one is given, on which it may not
    have ended yet."""
    if record.withdrawn:
        return False

    said = record.intervention
    if said.state not in ENDED and said.state != REPLACED:
        return True
    return day is not None and said.lifted is not None and day < said.lifted


def since(record: Record) -> dt.date | None:
    """Return the day on which an intervention came to its state; that of its publication where
    nobody says."""
    said = record.intervention
    return _day_of_state(said) or said.issued or record.published


def _day_of_state(said: InterventionFields) -> dt.date | None:
    if said.state in ENDED:
        return said.lifted
    if said.state == "revised":
        return said.revised
    return said.issued
