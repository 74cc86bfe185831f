"""What a page seems to say of money: kept, accepted as an award, or rejected (DESIGN §2,
Possible)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from syncer.errors import NotOpen
from syncer.model import Observation, Possible, Record
from syncer.reading import Entry, Page, Reading
from syncer.records.diff import FirstSeen, is_old_news
from syncer.records.identity import ranges_meet
from syncer.store import Store, pages
from syncer.store import possibles as store_of
from syncer.store.possibles import Kept, State


def record(
    store: Store,
    source: str,
    page: str,
    reading: Reading,
    page_before: dt.datetime | None,
    source_since: dt.datetime | None,
    now: dt.datetime,
) -> None:
    """Keep what a good read of a page seems to say. The rules on baseline and old news (DESIGN
    §6.1, §6.4) decide whether readers may see it. Call inside `writing()`."""
    first_seen = FirstSeen(now, page_before, source_since)
    found = []
    for possible in reading.possibles:
        would_be = _as_record(possible, now)
        silent = is_old_news(would_be, first_seen, now)
        found.append((possible, silent))

    store_of.save(
        store,
        (source, page),
        found,
        page_before,
        now,
    )


def with_accepted(store: Store, source: str, page: Page, reading: Reading) -> Reading:
    """Return the reading with what the operator has accepted of this page, as long as the page
    still says it. What the reader tells by itself now needs no accepting: one thing is told
    once."""
    said = _still_said(store, source, page, reading)
    entries = [_entry(page, each) for each in said]
    return replace(
        reading,
        entries=(*reading.entries, *entries),
        observations=(*reading.observations, *said),
    )


def _still_said(store: Store, source: str, page: Page, reading: Reading) -> list[Observation]:
    """What was accepted of this page and it still seems to say. What the reader tells by now is
    handed over to it."""
    seem = {}
    for possible in reading.possibles:
        seem[possible.observation.key] = possible.observation

    said = []
    for kept in store_of.accepted_on(store, source, page.key):
        key = kept.possible.observation.key
        told = _told_by_now(kept.possible, reading.observations)
        if told is not None:
            store_of.hand_over(store, kept, told.key)
        elif key in seem:
            said.append(seem[key])
    return said


def _entry(page: Page, said: Observation) -> Entry:
    title = str(page.notes.get("title", ""))
    return Entry(
        said.key,
        title,
        said.published,
        page.link,
    )


def _told_by_now(possible: Possible, told: Sequence[Observation]) -> Observation | None:
    """What the same page tells of the same councils and a sum that may be the same; None:
    nothing."""
    seems = possible.observation
    for each in told:
        if each.record is not seems.record:
            continue
        if each.councils != seems.councils:
            continue
        if ranges_meet(each.funding, seems.funding):
            return each
    return None


def _as_record(possible: Possible, now: dt.datetime) -> Record:
    """The record that a possible would be, were it told."""
    said = possible.observation
    return Record(
        id=0,
        record=said.record,
        councils=said.councils,
        fields=said.fields,
        published=said.published,
        url=said.url,
        source=said.source,
        first_seen=now,
    )


def open_possible(store: Store, number: int) -> Kept:
    """Return the possible with that number. Raises NotOpen where there is none, or it is
    settled."""
    kept = store_of.get(store, number)
    if kept is None:
        message = f"there is no possible with the number {number}"
        raise NotOpen(message)

    if kept.state in store_of.SETTLED:
        message = f"possible {number} is {kept.state} already"
        raise NotOpen(message)
    return kept


def reject(store: Store, number: int, now: dt.datetime) -> None:
    """Note that it is no award: nobody is told, and the same words on the same page are not asked
    about again. Raises NotOpen. Call inside `writing()`."""
    open_possible(store, number)
    store_of.settle(store, number, State.REJECTED, now)


def note_accepted(store: Store, number: int, now: dt.datetime) -> Observation:
    """Note that it is an award, and return what is observed now. It counts as seen when it was
    first seen: what was old news then makes no news. Raises NotOpen. Call inside `writing()`."""
    kept = open_possible(store, number)
    said = kept.possible.observation

    page = Page(said.page, said.url, b"", said.sha256)
    entry = Entry(said.key, "", said.published, said.url)
    pages.save_entries(
        store,
        said.source,
        page,
        [entry],
        frozenset((said.key,)),
        kept.first_seen,
        kept.page_before,
    )
    store_of.settle(store, number, State.ACCEPTED, now)
    return said
