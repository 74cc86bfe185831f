"""What is settled is not reconciled again, and everything comes out as if it were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import NOW, award, grades, inspection, saying, seen

from syncer.model import Observation, Record, RecordKind
from syncer.pipeline.changes import Run
from syncer.pipeline.intake import open_or_hold, record_page
from syncer.reading import Entry, Page, Reading
from syncer.store import Store, events, pages
from syncer.store.pages import StoredMemory

REPORTS, STATISTICS, AWARDS, PRESS = "ofsted_reports", "ofsted_statistics", "govuk_awards", "press"
SPEND = "dfe_spend"
TABLES = ("records", "record_councils", "history", "conflicts", "events", "event_councils")
PLACES = [(REPORTS, "leeds"), (REPORTS, "york"), (STATISTICS, "table"), (SPEND, "file")]
PLACES += [(AWARDS, "a"), (AWARDS, "b"), (PRESS, "article")]
ORDERS: Sequence[dict[str, list[str]]] = ({}, {"": [STATISTICS, PRESS]}, {"": [AWARDS, REPORTS]})
COUNCILS = st.sampled_from([("leeds",), ("leeds",), ("york",), ("leeds", "york")])
FIRST_DAYS = st.sampled_from(["2024-03-04", "2024-03-04", "2024-03-11", "2021-05-10"])


@dataclass(frozen=True)
class Read:
    """A page as it is read on a day, and what is then decided."""

    source: str
    page: str
    said: tuple[Observation, ...]
    withdrawn: bool = False
    gone: frozenset[str] = frozenset()
    held: bool = False
    decision: str = ""
    precedence: int = 0


def report(draw: st.DrawFn, council: str, *, in_table: bool) -> Observation:
    number, first = draw(st.integers(1, 3)), draw(FIRST_DAYS)
    judged = grades(draw(st.sampled_from(["good", "inadequate"])))
    unread = not in_table and draw(st.integers(0, 3)) == 0
    said = seen(inspection(number, first, judged, council=council, unread=unread))
    if draw(st.integers(0, 4)) == 0 and not in_table:
        fields = {"kind": "focused_visit", "first_day": first, "file_id": str(number)}
        visit = Record(
            1, RecordKind.VISIT, (council,), said.fields, said.published, "", "", NOW, {}
        )
        return replace(seen(visit, **fields), key=str(number))
    if in_table:
        said = saying(said, file_id=None)
    return replace(said, key=f"{council} {first}" if in_table else str(number))


def money(draw: st.DrawFn) -> Observation:
    pounds = draw(st.sampled_from([400_000, 500_000]))
    fields: dict[str, Any] = {
        "programme": draw(st.sampled_from(["Family Hubs", "Family Hubs round 1", "Other"])),
        "determination": draw(st.sampled_from([None, None, "31/1"])),
        "announced": draw(st.sampled_from(["2024-08-20", "2022-08-20"])),
    }
    said = seen(award(1, pounds, low=draw(st.sampled_from([350_000, pounds])), **fields))
    key = draw(st.sampled_from(["1", "2"]))
    return replace(said, key=key, councils=draw(COUNCILS))


@st.composite
def reads(draw: st.DrawFn) -> Read:
    source, page = draw(st.sampled_from(PLACES))
    said = []
    for _ in range(draw(st.integers(0, 3))):
        if source == REPORTS:
            said.append(report(draw, page, in_table=False))
        elif source == STATISTICS:
            said.append(report(draw, draw(st.sampled_from(["leeds", "york"])), in_table=True))
        else:
            said.append(money(draw))
    if source == SPEND:
        said = [saying(replace(each, record=RecordKind.PAYMENT)) for each in said]
    by_key = {each.key: each for each in said}
    return Read(
        source,
        page,
        tuple(replace(each, source=source, page=page) for each in by_key.values()),
        withdrawn=source == AWARDS and draw(st.integers(0, 5)) == 0,
        gone=frozenset(draw(st.sets(st.sampled_from(["1", "2", "3"]), max_size=1)) - set(by_key)),
        held=draw(st.integers(0, 3)) == 0,
        decision=draw(st.sampled_from(["", "", "release", "discard"])),
        precedence=draw(st.sampled_from([0, 0, 0, 0, 0, 1, 2])),
    )


def take_in(store: Store, read: Read, now: dt.datetime) -> None:
    """Read a page as a run of its source does, and decide about what is held."""
    with store.writing():
        number = pages.start_run(store, read.source, now)
        since = pages.source_since(store, read.source)
        run = Run(number, read.source, now, since, ORDERS[read.precedence])
        before = StoredMemory(store, read.source, now).observations(read.page)
        council = read.page if read.source == REPORTS else ""
        page = Page(read.page, f"https://example.org/{read.page}", b"", "", council, before=before)
        entries = tuple(Entry(o.key, o.key, o.published, f"{o.url}/{o.key}") for o in read.said)
        reading = Reading(entries, read.said, gone=read.gone, withdrawn=read.withdrawn)
        record_page(store, run, page, reading)
        new = events.unsettled(store, read.source)
        open_or_hold(store, read.source, {e.id: "a test" for e in new if read.held})
        for event in events.listing(store, held=True) if read.decision else ():
            events.release(store, event) if read.decision == "release" else events.discard(
                store, event
            )


def is_taken_in(store: Store, read: Read, now: dt.datetime) -> bool:
    """Read a page; one that cannot be taken in leaves nothing, as in a sync."""
    try:
        take_in(store, read, now)
    except TypeError:  # a visit whose file is said to be an inspection
        return False
    return True


def everything(store: Store) -> dict[str, list[dict[str, Any]]]:
    """All that came of what was read."""
    found = {table: store.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}
    belongs = "SELECT source, page, key, record_id FROM observations ORDER BY 1, 2, 3"
    return {**found, "belongs": store.rows(belongs)}


@contextmanager
def two_stores() -> Iterator[tuple[Store, Store]]:
    with TemporaryDirectory() as folder:
        path = Path(folder)
        with Store(path / "one.db") as one, Store(path / "all.db") as other:
            for store in (one, other):
                store.run("PRAGMA synchronous=OFF")
            yield one, other


LIVES = st.lists(reads(), min_size=2, max_size=7).flatmap(
    lambda days: st.lists(st.sampled_from(days), min_size=8, max_size=16)
)
"""Most days a page is as it was on another day."""


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(LIVES)
def test_all_comes_out_as_if_everything_were_reconciled_each_time(days: list[Read]) -> None:
    with two_stores() as (store, reference):
        for number, read in enumerate(days):
            now = NOW + dt.timedelta(days=number)
            reference.run("UPDATE observations SET settled = 0")
            assert is_taken_in(store, read, now) == is_taken_in(reference, read, now)
            assert everything(store) == everything(reference)
