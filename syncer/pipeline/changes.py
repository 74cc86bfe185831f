"""From what pages say to what changed: the records of some councils reconciled, and the events that
follow kept. Called inside one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

from syncer.model import Event, Evidence, Observation, Record, RecordKind
from syncer.pipeline.contested import SoFar
from syncer.records.diff import DiffContext, FirstSeen, Records, diff
from syncer.records.grouping import Group, group
from syncer.records.reconcile import FIGURE, Precedence, reconcile
from syncer.records.rules import rules
from syncer.store import Store, events, pages, settled
from syncer.store import records as record_store
from syncer.store.fields import fields_of, stored
from syncer.store.records import Around, Since
from syncer.store.shown import place_of, telling

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

EntriesOf = Callable[[str, str], Mapping[str, tuple[dt.datetime | None, dt.datetime | None]]]
"""What gives the entries of a page (source, page): see `pages.sightings`."""


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


def record_changes(
    store: Store, run: Run, touched: Sequence[Observation], fresh: frozenset[int]
) -> tuple[int, tuple[int, ...]]:
    """Reconcile the records of what was touched, and keep the events between before and after.
    `fresh` are the observations that rest on new bytes. Return how many records were read, and the
    ids of the events."""
    if not touched:
        return 0, ()

    settled.follow_rules(store, rules(run.precedence))
    around = record_store.around(store, touched)
    groups = group(around.observations, around.belongs)
    known = _known(store, around)
    saved = [_save(store, run, known, members) for members in groups]

    reconciled = {record.id: record for record in saved}
    by_record = dict(zip(reconciled, groups, strict=True))
    sightings = _sightings(store, run, around, by_record)
    before, after = _with_settled(store, around.records, reconciled)
    changes = diff(before, after, DiffContext(run.now, sightings, fresh))

    kept = _keep(store, run, changes, after)
    settled.settle(store, _settling(around, touched, reconciled, by_record))
    return _count_read(store, groups, touched), kept


def _with_settled(store: Store, before: Records, after: Records) -> tuple[Records, Records]:
    """Return the records before and after with the settled inspections that tell how a council
    stood where one of its inspections is another than before."""
    places = []
    for number, record in after.items():
        is_of_one = record.record is RecordKind.INSPECTION and len(record.councils) == 1
        if is_of_one and record != before.get(number):
            place = place_of(record)
            places.append(place)
    if not places:
        return before, after

    others = {record.id: record for record in telling(store, places, settled=True)}
    return {**others, **before}, {**others, **after}


def _settling(
    around: Around,
    touched: Sequence[Observation],
    reconciled: Records,
    groups: Mapping[int, Group],
) -> dict[int, Sequence[Observation]]:
    """Return the observations of each record (by id) that came out as it was before, and would
    again: all of one kind and of the same councils, of each of which all was looked at."""
    councils = record_store.councils_of(touched)
    found: dict[int, Sequence[Observation]] = {}
    for number, members in groups.items():
        is_as_it_was = reconciled[number] == around.records.get(number)
        if is_as_it_was and _may_settle(members, councils):
            found[number] = members.observations
    return found


def _may_settle(members: Group, councils: Set[str]) -> bool:
    """Return whether a record was reconciled with all that there is to it. What a page means that
    revises an intervention depends on all of them: they are never settled."""
    first = members.observations[0]
    if first.record is RecordKind.INTERVENTION or len(members.records) != 1:
        return False

    for said in members.observations:
        is_like_first = (said.record, said.councils) == (first.record, first.councils)
        if not is_like_first:
            return False
    own = set(first.councils)
    return own <= councils


def _keep(
    store: Store, run: Run, changes: Sequence[Event], after: Mapping[int, Record]
) -> tuple[int, ...]:
    """Keep events with their evidence, and return the ids of those that are new."""
    numbers = []
    for event in changes:
        evidence = _evidence(store, event, after[event.record_id])
        number = events.add(store, events.with_evidence(event, evidence), run.id)
        if number:
            numbers.append(number)
    return tuple(numbers)


def _count_read(store: Store, groups: Sequence[Group], touched: Sequence[Observation]) -> int:
    """Return how many records rest on something that was read now."""
    read_now = {said.id for said in touched if not said.unread}
    count = 0
    for members in groups:
        own = {said.id for said in members.observations}
        if not own.isdisjoint(read_now):
            count += 1
            read_now -= own
    return count + settled.count_records(store, read_now)


# -- How it was first seen -------------------------------------------------------------------------


def _sightings(
    store: Store, run: Run, around: Around, groups: Mapping[int, Group]
) -> dict[int, FirstSeen]:
    """Return how each record that is new, or was not read before, came to be seen."""
    entries_of = cache(partial(pages.sightings, store))
    found = {}
    for number, members in groups.items():
        before = around.records.get(number)
        if before is None or before.unread:
            found[number] = _sighting(store, run, members, entries_of)
    return found


def _sighting(store: Store, run: Run, members: Group, entries_of: EntriesOf) -> FirstSeen:
    """Return how a record came to be seen: by its first entry, on whichever source's page that
    stood."""
    first = _first_entry(run, members)
    entries = entries_of(first.source, first.page)
    seen, page_before = entries.get(first.key, (run.now, None))
    return FirstSeen(
        seen or run.now,
        page_before,
        _source_since(store, run, first.source),
    )


def _first_entry(run: Run, members: Group) -> Observation:
    """Return the observation whose entry was seen first."""

    def age(said: Observation) -> tuple[object, ...]:
        seen = said.first_seen or run.now
        return seen, said.source, said.page, said.key

    return min(members.observations, key=age)


def _source_since(store: Store, run: Run, source: str) -> dt.datetime | None:
    """Return when a source was read for the first time; None where that is now (this run has it
    from before it began), or where it gives no news."""
    if source in run.history:
        return None
    if source == run.source:
        return run.since
    since = pages.source_since(store, source)
    return None if since == run.now else since


# -- The record that is kept -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """What is known before anything is saved: all around, which pages (source, page) the source has
    taken back, the records (ids) of which a change is held or was discarded, and the conflicts of
    each record."""

    around: Around
    taken_back: Set[tuple[str, str]]
    decided: Set[int]
    conflicts: Mapping[int, Since]


def _known(store: Store, around: Around) -> _Known:
    places = {(said.source, said.page) for said in around.observations}
    return _Known(
        around,
        pages.withdrawn_pages(store, places),
        events.held_or_discarded(store, around.records),
        record_store.conflicts_since(store, around.records),
    )


def _save(store: Store, run: Run, known: _Known, members: Group) -> Record:
    record, conflicts = reconcile(members, run.precedence, run.now)
    around = known.around
    was = around.records.get(record.id)
    if was is not None:
        withdrawn = _is_withdrawn(known, members)
        record = replace(record, first_seen=was.first_seen, withdrawn=withdrawn)
    if was is not None and record.id in known.decided:
        events.dissolve(store, record.id, stored(record.fields), withdrawn=record.withdrawn)
        record = _withhold(store, record, members)

    merged = members.records[1:]
    numbers = [said.id for said in members.observations if around.belongs.get(said.id) != record.id]
    before = around.rows.get(record.id)
    since = known.conflicts.get(record.id, {})
    record = record_store.save_record(store, record, merged, numbers, run.now, before)
    record_store.save_conflicts(store, record.id, conflicts, since, run.now)
    return record


def _is_withdrawn(known: _Known, members: Group) -> bool:
    """Return whether every source has taken back what it said, or the page on which it said it."""
    for said in members.observations:
        if not said.withdrawn and (said.source, said.page) not in known.taken_back:
            return False
    return True


def _withhold(store: Store, record: Record, members: Group) -> Record:
    """Return the record with the value before, wherever the new one is held or was discarded for
    these bytes."""
    bytes_of = {said.id: said.sha256 for said in members.observations}
    withdrawn = record.withdrawn
    if withdrawn:
        rests_on = [bytes_of.get(chosen, "") for chosen in record.chosen.values()]
        withdrawn = not events.withdrawal_is_withheld(store, record.id, rests_on)

    fields = stored(record.fields)
    for area, new, shown, sha256 in _withheld_values(store, record):
        chosen = record.chosen.get(area, 0)
        of_these_bytes = not sha256 or bytes_of.get(chosen) == sha256
        value = str(fields.get(area, ""))
        if of_these_bytes and value == new:
            fields = _shown_instead(fields, area, shown)

    shown_fields = fields_of(record.record, fields)
    return replace(record, fields=shown_fields, withdrawn=withdrawn)


def _withheld_values(store: Store, record: Record) -> Iterator[tuple[str, str, str, str]]:
    """Yield each value that is withheld: its field, the value, what is shown instead, and the bytes
    for which it is."""
    withheld = events.withheld(store, [record.id])
    for (_, area), values in withheld.items():
        for new, shown, sha256 in values:
            yield area, new, shown, sha256


def _shown_instead(fields: Mapping[str, Any], area: str, value: str) -> dict[str, Any]:
    """Return the stored fields with another value of one (empty: none). What was said of the other
    figure (its words, qualifier and range) does not go with this one."""
    of_the_other = FIGURE if area == FIGURE[0] else (area,)
    left = {name: said for name, said in fields.items() if name not in of_the_other}
    if not value:
        return left

    is_number = isinstance(fields[area], int)
    left[area] = int(value) if is_number else value
    return left


def _evidence(store: Store, event: Event, record: Record) -> Evidence | None:
    """Return where the event's value stands: its own quote, else that of the first field that has
    one."""
    for name, said in ((event.area, event.area), *EVIDENCE):
        if name not in record.chosen:
            continue
        found = record_store.evidence_of(store, record.chosen[name], said)
        if found:
            return found
    return None
