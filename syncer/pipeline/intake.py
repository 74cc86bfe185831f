"""One page, taken in: observations kept, records reconciled, what changed written down. Called
inside one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from syncer.errors import Vanished
from syncer.model import Event, EventKind, Evidence, Observation, Problem, Record
from syncer.pipeline import contested as contested_reports
from syncer.pipeline import possibles
from syncer.pipeline.contested import SoFar, Withheld, is_newly_read
from syncer.reading import ENTRIES, Page, Reading
from syncer.records.diff import DiffContext, FirstSeen, diff
from syncer.records.identity import Group, group
from syncer.records.reconcile import FIGURE, Precedence, reconcile
from syncer.store import Store, events, pages
from syncer.store import problems as problem_store
from syncer.store import records as record_store
from syncer.store.fields import fields_of, stored
from syncer.store.records import Around

EVIDENCE = (
    ("overall_effectiveness", "overall_effectiveness"),
    ("leadership", "leadership"),
    ("amount", "amount"),
    ("quote", "quote"),
    ("theme", "theme"),
    ("first_day", "inspection_start"),
    ("first_day", "first_day"),
)
"""Where an event's words stand when its own field has no quote: the record's field, and the name
its quote goes by."""


@dataclass(frozen=True)
class PageResult:
    """What one page gave: how many records, which events (ids), whether it was the page's first
    good read, what is wrong with it besides what was read, the entries that were read for the first
    time (page and key), and the reports withheld until it is known whose they are."""

    records: int = 0
    events: tuple[int, ...] = ()
    first_read: bool = False
    problems: tuple[Problem, ...] = ()
    newly_read: frozenset[tuple[str, str]] = frozenset()
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True)
class Run:
    """What the pages of one run have in common. `history` are the sources that give history and
    cross-checks, never news."""

    id: int
    source: str
    now: dt.datetime
    since: dt.datetime | None
    precedence: Precedence
    history: frozenset[str] = frozenset()
    so_far: SoFar = field(default_factory=SoFar)


def record_page(store: Store, run: Run, page: Page, reading: Reading) -> PageResult:
    """Store what one page says, and the events that follow from it."""
    before_read = pages.read_before(store, run.source, page.key, run.now)
    reading = possibles.with_accepted(store, run.source, page, reading)
    reading, withheld, contested = contested_reports.sort_out(
        store, run.source, run.so_far, page, reading
    )
    newly_read = {(page.key, o.key) for o in reading.observations if is_newly_read(page, o)}

    became = _became(page, reading)
    pages.save_entries(store, run.source, page, reading.entries, became, run.now, before_read)
    touched, fresh = _observe(store, run, page, reading)
    pages.save_page(store, run.source, page, reading, run.now)
    found, changes = _reconcile(store, run, touched, fresh)

    problems = list(contested)
    if reading.good:
        problems += _vanished(store, run, page, reading)
        possibles.record(store, run.source, page.key, reading, before_read, run.since, run.now)
        _end_problems(store, run, page, reading, problems)
    return PageResult(
        found,
        changes,
        before_read is None,
        tuple(problems),
        frozenset(newly_read),
        withheld,
    )


def _became(page: Page, reading: Reading) -> frozenset[str]:
    """Return the keys of the entries that have become records. One whose file has a problem is read
    again."""
    failed = {problem.url for problem in reading.problems}
    broken = {e.key for e in reading.entries if e.key in page.files and e.url in failed}
    read = {said.key for said in reading.observations if not said.unread}
    return frozenset(read | reading.gone) - broken


def _end_problems(
    store: Store, run: Run, page: Page, reading: Reading, problems: Iterable[Problem]
) -> None:
    """End the problems of what is well now."""
    going_on = {problem.url for problem in (*reading.problems, *problems)}
    problem_store.end(store, run.source, _mended(page, reading) - going_on, run.now)


def record_withheld(store: Store, run: Run, withheld: Withheld) -> tuple[int, ...]:
    """Record a report that was withheld, now that it is known whose it is, and return the ids of
    the events that follow. Call inside `writing()`."""
    page, entry, said = withheld.page, withheld.entry, withheld.said
    read = frozenset[str]() if said.unread else frozenset((entry.key,))
    pages.save_entries(store, run.source, page, (entry,), read, run.now, None)
    touched, fresh = _observe(store, run, page, Reading(observations=(said,)))
    return _reconcile(store, run, touched, fresh)[1]


def record_observation(store: Store, run: Run, said: Observation) -> tuple[int, ...]:
    """Record one thing more that a page says, as the operator has read it, and return the ids of
    the events that follow. Its entry has been noted before. Call inside `writing()`."""
    page = Page(said.page, said.url, b"", said.sha256)
    touched, fresh = _observe(store, run, page, Reading(observations=(said,)))
    return _reconcile(store, run, touched, fresh)[1]


def _mended(page: Page, reading: Reading) -> set[str]:
    """The addresses that are well now: the page, what it lists, and each file that was fetched."""
    had = {
        e.url
        for e in reading.entries
        if (file := page.files.get(e.file or e.key)) is None or not file.problem
    }
    return {page.link, page.link + ENTRIES, *had}


def _vanished(store: Store, run: Run, page: Page, reading: Reading) -> tuple[Problem, ...]:
    """What the page no longer shows, once it was looked for long enough: for the operator, and
    nothing is concluded (DESIGN §6.3)."""
    missed = pages.note_absent(
        store, run.source, page.key, (e.key for e in reading.entries), run.now
    )
    if not missed:
        return ()
    titles = ", ".join(f"{row['title']} ({row['published'] or row['key']})" for row in missed)
    return (
        Problem(
            Vanished.__name__,
            f"{page.link} no longer shows: {titles}",
            page.link + ENTRIES,
            Vanished.hint,
            page.council,
        ),
    )


def _observe(
    store: Store, run: Run, page: Page, reading: Reading
) -> tuple[tuple[Observation, ...], frozenset[int]]:
    """Keep what the page says, with the moment each entry was first seen; give the observations
    with their ids."""
    seen = pages.sightings(store, run.source, page.key)
    dated = [
        replace(o, first_seen=seen.get(o.key, (None, None))[0] or run.now)
        for o in reading.observations
    ]
    ids, fresh = record_store.save_observations(store, dated, run.now)
    gone = record_store.drop_observations(store, run.source, page.key, reading.gone)
    record_store.forget_empty(store, gone)
    return tuple(replace(o, id=i) for o, i in zip(dated, ids, strict=True)), fresh


def _reconcile(
    store: Store, run: Run, touched: tuple[Observation, ...], fresh: frozenset[int]
) -> tuple[int, tuple[int, ...]]:
    """Reconcile the records of what was touched, and keep the events between before and after.
    Return how many records were read, and the ids of the events."""
    if not touched:
        return 0, ()

    councils = {slug for said in touched for slug in said.councils}
    kinds = {said.record for said in touched}
    around = record_store.around(store, councils, kinds)

    groups = group(around.observations, around.belongs)
    saved = [_save(store, run, around, members) for members in groups]
    after = {record.id: record for record in saved}

    sightings = _sightings(store, run, around, dict(zip(after, groups, strict=True)))
    changes = diff(around.records, after, DiffContext(run.now, sightings, fresh))
    kept = [events.add(store, _with_evidence(store, event, after), run.id) for event in changes]
    return _count_read(groups, touched), tuple(number for number in kept if number)


def _sightings(
    store: Store, run: Run, around: Around, groups: Mapping[int, Group]
) -> dict[int, FirstSeen]:
    """Return how each record that is new, or was not read before, came to be seen."""
    found = {}
    for number, members in groups.items():
        before = around.records.get(number)
        if before is None or before.unread:
            found[number] = _sighting(store, run, members)
    return found


def _count_read(groups: Sequence[Group], touched: Sequence[Observation]) -> int:
    """Return how many records rest on something that was read now."""
    read_now = {said.id for said in touched if not said.unread}
    count = 0
    for members in groups:
        if any(said.id in read_now for said in members.observations):
            count += 1
    return count


def _save(store: Store, run: Run, around: Around, members: Group) -> Record:
    record, conflicts = reconcile(members, run.precedence, run.now)
    was = around.records.get(record.id)
    if was is not None:
        taken_back = pages.withdrawn_pages(
            store, {(o.source, o.page) for o in members.observations}
        )
        withdrawn = all(
            o.withdrawn or (o.source, o.page) in taken_back for o in members.observations
        )
        record = replace(record, first_seen=was.first_seen, withdrawn=withdrawn)
        record = _withhold(record, events.withheld(store, [record.id]), around)
    record = record_store.save_record(
        store, record, members.records[1:], [o.id for o in members.observations], run.now
    )
    record_store.save_conflicts(store, record.id, conflicts, run.now)
    return record


def _withhold(
    record: Record, withheld: Mapping[tuple[int, str], list[tuple[str, str, str]]], around: Around
) -> Record:
    """The record with the value before, wherever the new one is held or was discarded for these
    bytes."""
    fields = stored(record.fields)
    bytes_of = {o.id: o.sha256 for o in around.observations}
    for (_, area), values in withheld.items():
        for new, shown, sha256 in values:
            of_these_bytes = not sha256 or bytes_of.get(record.chosen.get(area, 0)) == sha256
            if str(fields.get(area, "")) == new and of_these_bytes:
                fields = _shown_instead(fields, area, shown)
    return replace(record, fields=fields_of(record.record, fields))


def _shown_instead(fields: Mapping[str, Any], area: str, value: str) -> dict[str, Any]:
    """Return the stored fields with another value of one (empty: none). What was said of the other
    figure (its words, qualifier and range) does not go with this one."""
    of_the_other = FIGURE if area == FIGURE[0] else (area,)
    left = {name: said for name, said in fields.items() if name not in of_the_other}
    if not value:
        return left
    return {**left, area: int(value) if isinstance(fields[area], int) else value}


def _sighting(store: Store, run: Run, members: Group) -> FirstSeen:
    """How the record came to be seen: by its first entry, on whichever source's page that stood."""
    first = min(
        members.observations, key=lambda o: (o.first_seen or run.now, o.source, o.page, o.key)
    )
    seen, before = pages.sightings(store, first.source, first.page).get(first.key, (run.now, None))
    since = run.since if first.source == run.source else pages.source_since(store, first.source)
    if first.source in run.history:
        since = None
    return FirstSeen(seen or run.now, before, since)


def _with_evidence(store: Store, event: Event, after: Mapping[int, Record]) -> Event:
    chosen = after[event.record_id].chosen
    evidence: Evidence | None = None
    for name, said in ((event.area, event.area), *EVIDENCE):
        if name in chosen and (evidence := record_store.evidence_of(store, chosen[name], said)):
            break
    return events.with_evidence(event, evidence)


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
