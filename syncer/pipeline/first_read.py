"""What a page's first read finds wrong and is old: a service that begins is not told of faults that
were there before it, unless they leave open how a council stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from syncer.errors import Gone, HttpRefused, ReportNotFound
from syncer.model import Absence, Area, Problem, RecordKind
from syncer.reading import Page, Reading
from syncer.records.standing import standing
from syncer.store import Store
from syncer.store import records as record_store

DEAD = frozenset(error.__name__ for error in (ReportNotFound, Gone, HttpRefused))
"""What a dead link to a report answers with."""


def with_old_marked(
    store: Store,
    source: str,
    page: Page,
    reading: Reading,
    problems: Sequence[Problem],
    since: dt.date,
) -> tuple[Problem, ...]:
    """Return the problems of a page that was never well read before, those that are old marked so:
    about what was published before `since`, or a link to a report that was dead when first seen. A
    fault that leaves a council's standing unknown is never old. Call after the page was
    recorded."""
    days = {entry.url: entry.published for entry in reading.entries}
    marked = []
    for problem in problems:
        is_old = _is_old(problem, page, days, since)
        if is_old and _leaves_unknown(store, source, page, problem):
            is_old = False
        marked.append(replace(problem, is_old=is_old))
    return tuple(marked)


def _is_old(
    problem: Problem, page: Page, days: Mapping[str, dt.date | None], since: dt.date
) -> bool:
    if problem.url in days and problem.name in DEAD:
        return True
    published = days.get(problem.url) or _published(page)
    return published is not None and published < since


def _published(page: Page) -> dt.date | None:
    """Return the day on which a page or file was published, where its source has noted that."""
    noted = page.notes.get("published")
    return dt.date.fromisoformat(str(noted)[:10]) if noted else None


def _leaves_unknown(store: Store, source: str, page: Page, problem: Problem) -> bool:
    """Return whether a judgement of the council is unknown because of what is listed, unread, at
    the address of the problem."""
    if not problem.council:
        return False

    at_fault = record_store.recorded_at(store, source, page.key, problem.url)
    inspections = record_store.records(
        store, kinds=[RecordKind.INSPECTION], councils=[problem.council]
    )
    for area in Area:
        known = standing(inspections, area)
        if known.value is Absence.UNKNOWN and known.inspection in at_fault:
            return True
    return False
