"""One page, taken in: observations kept, records reconciled, what changed written down. Called
inside one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from syncer.errors import Vanished
from syncer.model import EventKind, Observation, Problem
from syncer.pipeline import contested, possibles, undetermined
from syncer.pipeline.changes import Run, record_changes
from syncer.pipeline.contested import Withheld, is_newly_read
from syncer.pipeline.dates import with_possible_dates
from syncer.reading import DATES, ENTRIES, Page, Reading
from syncer.store import Store, events, pages
from syncer.store import problems as problem_store
from syncer.store import records as record_store


@dataclass(frozen=True)
class PageResult:
    """What one page gave: how many records, which events (ids), whether it was the page's first
    good read, what is wrong with it, the entries that were read for the first time (page and key),
    and the reports withheld until it is known whose they are."""

    records: int = 0
    events: tuple[int, ...] = ()
    first_read: bool = False
    problems: tuple[Problem, ...] = ()
    newly_read: frozenset[tuple[str, str]] = frozenset()
    withheld: tuple[Withheld, ...] = ()


def record_page(store: Store, run: Run, page: Page, reading: Reading) -> PageResult:
    """Store what one page says, and the events that follow from it."""
    before_read = pages.read_before(store, run.source, page.key, run.now)
    reading, withheld = _examined(store, run, page, reading)
    touched, fresh = _keep(store, run, page, reading, before_read)
    absent = _absent(store, run, page, reading)
    found, changes = record_changes(store, run, touched, fresh)
    problems = (*reading.problems, *_vanished(store, run, page, absent))

    if reading.good:
        possibles.record(store, run.source, page.key, reading, before_read, run.since, run.now)
        _end_problems(store, run, page, reading, problems)
    return PageResult(
        found,
        changes,
        before_read is None,
        problems,
        _newly_read(page, reading),
        withheld,
    )


def _examined(
    store: Store, run: Run, page: Page, reading: Reading
) -> tuple[Reading, tuple[Withheld, ...]]:
    """Return what a page says without what cannot be so, with a problem for each; and the reports
    of which it is not known whose they are."""
    reading = possibles.with_accepted(store, run.source, page, reading)
    reading = with_possible_dates(store, run.source, page, reading, run.now)
    reading = contested.without_contradictions(page, reading)
    reading = undetermined.without_undetermined(store, page, reading)
    return contested.sort_out(store, run.source, run.so_far, page, reading)


def _keep(
    store: Store, run: Run, page: Page, reading: Reading, before_read: dt.datetime | None
) -> tuple[tuple[Observation, ...], frozenset[int]]:
    """Keep the page, its entries and what it says of them. Return the observations with their ids,
    and which rest on new bytes, or on what the page shows again: there the site has changed, not
    we."""
    missed = pages.absent(store, run.source, page.key)
    became = _became(page, reading)
    pages.save_entries(store, run.source, page, reading.entries, became, run.now, before_read)
    kept, fresh = _observe(store, run, page, reading)
    pages.save_page(store, run.source, page, reading, run.now)

    back = {said.id for said in kept if said.key in missed}
    return kept, fresh | back


def _newly_read(page: Page, reading: Reading) -> frozenset[tuple[str, str]]:
    found = set()
    for said in reading.observations:
        if is_newly_read(page, said):
            found.add((page.key, said.key))
    return frozenset(found)


def record_observation(store: Store, run: Run, said: Observation) -> tuple[int, ...]:
    """Record one thing more that a page says, as the operator has read it, and return the ids of
    the events that follow. Its entry has been noted before. Call inside `writing()`."""
    page = Page(said.page, said.url, b"", said.sha256)
    reading = Reading(observations=(said,))
    touched, fresh = _observe(store, run, page, reading)
    _, changes = record_changes(store, run, touched, fresh)
    return changes


def record_withheld(store: Store, run: Run, withheld: Withheld) -> tuple[int, ...]:
    """Record a report that was withheld, now that it is known whose it is, and return the ids of
    the events that follow. Call inside `writing()`."""
    page, entry, said = withheld.page, withheld.entry, withheld.said
    read: set[str] = set()
    if not said.unread:
        read.add(entry.key)
    pages.save_entries(store, run.source, page, (entry,), frozenset(read), run.now, None)

    reading = Reading(observations=(said,))
    touched, fresh = _observe(store, run, page, reading)
    _, changes = record_changes(store, run, touched, fresh)
    return changes


def _became(page: Page, reading: Reading) -> frozenset[str]:
    """Return the keys of the entries that have become records. One whose file has a problem, or is
    not what it should be, is read again."""
    became = {said.key for said in reading.observations if not said.unread}
    became |= reading.gone
    became -= reading.refused

    failed = {problem.url for problem in reading.problems}
    for entry in reading.entries:
        if entry.key in page.files and entry.url in failed:
            became.discard(entry.key)
    return frozenset(became)


def _observe(
    store: Store, run: Run, page: Page, reading: Reading
) -> tuple[tuple[Observation, ...], frozenset[int]]:
    """Keep what the page says, with the moment each entry was first seen. Return the observations
    with their ids, and which rest on new bytes."""
    dated = _dated(store, run, page, reading)
    ids, fresh = record_store.save_observations(store, dated, run.now)
    gone = record_store.drop_observations(store, run.source, page.key, reading.gone)
    record_store.forget_empty(store, gone)

    numbered = []
    for said, number in zip(dated, ids, strict=True):
        numbered.append(replace(said, id=number))
    return tuple(numbered), fresh


def _dated(store: Store, run: Run, page: Page, reading: Reading) -> list[Observation]:
    """Return the observations with the moment each entry was first seen."""
    seen = pages.sightings(store, run.source, page.key)
    dated = []
    for said in reading.observations:
        first_seen, _ = seen.get(said.key, (None, None))
        dated.append(replace(said, first_seen=first_seen or run.now))
    return dated


# -- What is wrong, and what is no more ------------------------------------------------------------


def _end_problems(
    store: Store, run: Run, page: Page, reading: Reading, problems: Sequence[Problem]
) -> None:
    """End the problems of what is well now."""
    going_on = {problem.url for problem in problems}
    mended = _mended(page, reading) - going_on
    problem_store.end(store, run.source, mended, run.now)


def _mended(page: Page, reading: Reading) -> set[str]:
    """Return the addresses that are well now: the page, what it lists and how it dates it, and each
    file that was fetched."""
    mended = {page.link, page.link + ENTRIES, page.link + DATES}
    for entry in reading.entries:
        file = page.files.get(entry.file or entry.key)
        if file is None or not file.problem:
            mended.add(entry.url)
    return mended


def _absent(store: Store, run: Run, page: Page, reading: Reading) -> list[dict[str, Any]]:
    """Note what a page that was well read does not show, which the records have to know, and return
    what was looked for long enough."""
    if not reading.good:
        return []
    shown = [entry.key for entry in reading.entries]
    return pages.note_absent(store, run.source, page.key, shown, run.now)


def _vanished(
    store: Store, run: Run, page: Page, absent: Sequence[Mapping[str, Any]]
) -> tuple[Problem, ...]:
    """Return what a page no longer shows, for the operator; nothing is concluded (DESIGN §6.3).
    What another page shows now (two files of one page were exchanged) has only moved."""
    if not absent:
        return ()
    moved = pages.shown_elsewhere(store, run.source, page.key)
    missed = [row for row in absent if row["key"] not in moved]
    if not missed:
        return ()

    titles = ", ".join(f"{row['title']} ({row['published'] or row['key']})" for row in missed)
    return (_no_longer_shows(page, titles),)


def _no_longer_shows(page: Page, titles: str) -> Problem:
    error = Vanished(f"{page.link} no longer shows: {titles}")
    return Problem(
        error.name,
        str(error),
        page.link + ENTRIES,
        error.hint,
        page.council,
    )


# -- The end of a run ------------------------------------------------------------------------------


def open_or_hold(store: Store, source: str, reasons: Mapping[int, str]) -> tuple[int, int]:
    """Open the events of a run, or hold those for which there is a reason; how many of each. A
    correction of what was never told (the baseline) is only recorded."""
    opened = held = 0
    for event in events.unsettled(store, source):
        if event.id in reasons:
            events.hold_event(store, event, reasons[event.id])
            held += 1
        elif event.kind is EventKind.CORRECTED and not event.corrects:
            events.silence(store, event.id)
        else:
            events.open_event(store, event.id)
            opened += 1
    return opened, held
