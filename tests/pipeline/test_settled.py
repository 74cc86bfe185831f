"""What is settled is not reconciled again, and everything comes out as if it were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import NOW, award, grades, inspection, saying, seen

from syncer.model import Observation, Record, RecordKind
from syncer.pipeline.changes import Run
from syncer.pipeline.intake import open_or_hold, record_page
from syncer.reading import Entry, Page, Reading
from syncer.records.rules import rules
from syncer.store import Store, events, pages, records
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


REPORT = replace(seen(inspection(1, "2024-03-04")), source=REPORTS, page="leeds", key="1")
ROW = replace(saying(REPORT, file_id=None), source=STATISTICS, page="table", key="leeds")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "syncer.db") as opened:
        yield opened


def count_settled(store: Store) -> int:
    return int(store.value("SELECT count(*) FROM observations WHERE settled = 1"))


def lived(store: Store, *said: Observation) -> None:
    """A page that was read three days in turn and said the same."""
    first = said[0]
    for number in range(3):
        take_in(store, Read(first.source, first.page, said), NOW + dt.timedelta(days=number))


def test_what_came_out_as_it_was_is_settled_and_is_not_looked_at_again(store: Store) -> None:
    lived(store, REPORT)
    assert count_settled(store) == 1
    (touched,) = records.around_councils(store, ["leeds"], [REPORT.record]).observations
    assert records.around(store, [touched]).observations == ()


def test_another_source_that_tells_of_what_is_settled_finds_it(store: Store) -> None:
    earlier = seen(inspection(2, "2021-05-10"))
    lived(store, REPORT, replace(earlier, source=REPORTS, page="leeds", key="2"))
    take_in(store, Read(STATISTICS, "table", (ROW,)), NOW + dt.timedelta(days=3))
    found = store.rows("SELECT record_id, group_concat(key) AS k FROM observations GROUP BY 1")
    assert [row["k"] for row in found] == ["1,leeds", "2"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE observations SET fields = json_set(fields, '$.leadership', 'inadequate')",
        "UPDATE observations SET sha256 = 'other bytes'",
        "UPDATE entries SET absent_days = '[\"2024-09-04\"]'",
        "UPDATE pages SET withdrawn = 1",
        "UPDATE records SET fields = json_remove(fields, '$.leadership')",
        "UPDATE records SET held = 1",
        "INSERT INTO observations SELECT id + 9, source, page, 'another', record_id, record,"
        " councils, fields, evidence, published, url, sha256, parser, first_seen, last_seen,"
        " unread, withdrawn, 0 FROM observations",
    ],
)
def test_whatever_changes_takes_the_mark_away(store: Store, change: str) -> None:
    lived(store, REPORT)
    store.run("UPDATE observations SET last_seen = '2026-01-01', parser = 9, settled = settled")
    assert count_settled(store) == 1
    store.run(change)
    assert count_settled(store) == 0


def test_a_change_that_is_held_or_discarded_is_never_settled(store: Store) -> None:
    lived(store, REPORT)
    worse = saying(replace(REPORT, sha256="other"), leadership="inadequate")
    days = iter(NOW + dt.timedelta(days=number) for number in range(3, 20))
    take_in(store, Read(REPORTS, "leeds", (worse,), held=True), next(days))
    for decision in ("", "", "discard", "", ""):
        take_in(store, Read(REPORTS, "leeds", (worse,), decision=decision), next(days))
        assert count_settled(store) == 0


def test_under_another_order_of_trust_nothing_is_settled(store: Store) -> None:
    lived(store, REPORT)
    later = NOW + dt.timedelta(days=3)
    take_in(store, Read(SPEND, "file", (), precedence=1), later)
    assert count_settled(store) == 1, "nothing was touched"
    other = replace(ROW, key="york", councils=("york",))
    take_in(store, Read(STATISTICS, "table", (other,), precedence=1), later)
    assert count_settled(store) == 0


def test_the_rules_are_others_where_the_order_of_trust_is() -> None:
    assert rules(ORDERS[0]) == rules({})
    assert len({rules(order) for order in ORDERS}) == len(ORDERS)
