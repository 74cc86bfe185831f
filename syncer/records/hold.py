"""What should not happen, and is therefore kept back until somebody has looked (DESIGN §6.6). Pure.

The limits are measured: in three years of the real site no published report changed its grades, and
the busiest day had 10 new reports (12 July 2024).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from syncer.model import Event, EventKind, RecordKind

MOST_COUNCILS_REGRADED = 2
MOST_NEW_INSPECTIONS = 15
MOST_NEW_A_DAY = 3
MOST_OF_A_TABLE = 0.2
LEAST_ROWS = 5
"""Of a smaller table a fifth is one row."""
A_THOUSANDFOLD = 500
"""A lost unit multiplies by a thousand; the figure may have moved a little besides."""


def hold_reasons(
    events: Sequence[Event],
    last_good: dt.datetime | None,
    now: dt.datetime,
    tables: Mapping[str, int],
    new_pages: frozenset[int] = frozenset(),
) -> dict[int, str]:
    """Return why each suspect event of one run is held, by event id. `last_good` is the source's
    last good read before the run, `tables` the number of known rows per table page, `new_pages` the
    events that stem from a page read for the first time (never a burst)."""
    days = max(1, (now - last_good).days) if last_good else 1
    most = max(MOST_NEW_INSPECTIONS, MOST_NEW_A_DAY * days)
    return {
        **_regraded(events),
        **_bursts(events, most, new_pages),
        **_shaken_tables(events, tables),
        **_thousandfold(events),
    }


def _regraded(events: Sequence[Event]) -> dict[int, str]:
    found = _moved_grades(events)
    councils = len({event.councils for event in found})
    if councils <= MOST_COUNCILS_REGRADED:
        return {}

    reason = f"grades of {councils} councils changed in one run without a new report"
    return {event.id: reason for event in found}


def _moved_grades(events: Sequence[Event]) -> list[Event]:
    """Return the events of grades that moved in an inspection that was known."""
    moved = (EventKind.CHANGED, EventKind.CORRECTED)
    found = []
    for event in events:
        if event.record is RecordKind.INSPECTION and event.kind in moved:
            found.append(event)

    return found


def _bursts(events: Sequence[Event], most: int, new_pages: frozenset[int]) -> dict[int, str]:
    found = [event for event in _new_inspections(events) if event.id not in new_pages]
    inspections = len({event.record_id for event in found})
    if inspections <= most:
        return {}
    reason = f"{inspections} new inspections in one run; no more than {most} were to be expected"
    return {event.id: reason for event in found}


def _new_inspections(events: Sequence[Event]) -> list[Event]:
    found = []
    for event in events:
        if event.record is RecordKind.INSPECTION and event.kind is EventKind.ADDED:
            found.append(event)
    return found


def _shaken_tables(events: Sequence[Event], tables: Mapping[str, int]) -> dict[int, str]:
    moved = _moved_in_tables(events, tables)
    counts = Counter(event.url for event in moved)
    reasons = {}
    for event in moved:
        rows = tables[event.url]
        count = counts[event.url]
        if rows >= LEAST_ROWS and count > MOST_OF_A_TABLE * rows:
            reasons[event.id] = f"{count} of {rows} amounts in one table moved"
    return reasons


def _moved_in_tables(events: Sequence[Event], tables: Mapping[str, int]) -> list[Event]:
    """Return the events of amounts in tables that moved. A first figure has not moved."""
    moved = []
    for event in _moved_amounts(events):
        is_first_figure = not event.old and event.new
        if event.url in tables and not is_first_figure:
            moved.append(event)
    return moved


def _thousandfold(events: Sequence[Event]) -> dict[int, str]:
    """Hold a figure that became a thousand times larger or smaller: the unit was lost, or printed
    wrongly."""
    reasons = {}
    for event in _moved_amounts(events):
        old = _pounds(event.old)
        new = _pounds(event.new)
        if _is_a_thousandfold(old, new):
            moved = f"from £{old:,} to £{new:,}"
            reasons[event.id] = f"the amount moved {moved}, about a thousandfold"

    return reasons


def _is_a_thousandfold(one: int, other: int) -> bool:
    """Return whether one amount is about a thousand times the other."""
    smaller, larger = sorted((one, other))
    if not smaller:
        return False
    return larger >= A_THOUSANDFOLD * smaller


def _moved_amounts(events: Sequence[Event]) -> list[Event]:
    found = []
    for event in events:
        is_known = event.record is RecordKind.AWARD and event.kind is not EventKind.ADDED
        if is_known and event.area == "amount":
            found.append(event)

    return found


def _pounds(text: str) -> int:
    """Return the size of an amount as an event shows it; 0 where it shows none."""
    digits = text.removeprefix("-")
    if digits.isdecimal():
        return int(digits)
    return 0
