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


def hold_reasons(
    events: Sequence[Event],
    last_good: dt.datetime | None,
    now: dt.datetime,
    tables: Mapping[str, int],
    new_pages: frozenset[int] = frozenset(),
) -> dict[int, str]:
    """Why each suspect event of one run is held, by event id. `last_good` is the source's last good
    read before the run, `tables` the number of known rows per table page, `new_pages` the events
    that stem from a page read for the first time (never a burst)."""
    reasons: dict[int, str] = {}
    regraded = [
        e
        for e in events
        if e.record is RecordKind.INSPECTION and e.kind in (EventKind.CHANGED, EventKind.CORRECTED)
    ]
    if (councils := len({e.councils for e in regraded})) > MOST_COUNCILS_REGRADED:
        reasons |= {
            e.id: f"grades of {councils} councils changed in one run without a new report"
            for e in regraded
        }
    added = [
        e
        for e in events
        if e.record is RecordKind.INSPECTION and e.kind is EventKind.ADDED and e.id not in new_pages
    ]
    days = max(1, (now - last_good).days) if last_good else 1
    most = max(MOST_NEW_INSPECTIONS, MOST_NEW_A_DAY * days)
    if (inspections := len({e.record_id for e in added})) > most:
        reasons |= {
            e.id: f"{inspections} new inspections in one run; no more than {most} were to be expected"
            for e in added
        }
    return reasons | _shaken_tables(events, tables)


def _shaken_tables(events: Sequence[Event], tables: Mapping[str, int]) -> dict[int, str]:
    moved = [
        e
        for e in events
        if e.record is RecordKind.AWARD
        and e.kind is not EventKind.ADDED
        and e.area == "amount"
        and e.url in tables
        and (e.old or not e.new)
    ]  # a figure where there was none has not moved
    counts = Counter(e.url for e in moved)
    return {
        e.id: f"{counts[e.url]} of {tables[e.url]} amounts in one table moved"
        for e in moved
        if tables[e.url] >= 5 and counts[e.url] > MOST_OF_A_TABLE * tables[e.url]
    }
