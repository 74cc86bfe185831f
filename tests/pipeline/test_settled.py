"""What is settled is not reconciled again, and everything comes out as if it were."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
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
PLACES = [(REPORTS, "leeds"), (REPORTS, "leeds"), (REPORTS, "york"), (STATISTICS, "table")]
PLACES += [(STATISTICS, "table"), (AWARDS, "a"), (AWARDS, "b"), (PRESS, "article"), (SPEND, "file")]
ORDERS: Sequence[dict[str, list[str]]] = ({}, {"": [STATISTICS, PRESS]}, {"": [AWARDS, REPORTS]})
COUNCILS = [("leeds",), ("leeds",), ("leeds",), ("york",), ("leeds", "york")]
REPORTED = [(1, "2024-03-04"), (2, "2021-05-10"), (3, "2024-07-15")] * 3 + [(1, "2024-07-15")]
"""The number of a report's file and the first day of its inspection: seldom another one."""


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


def report(chance: Random, council: str, *, in_table: bool) -> Observation:
    number, first = chance.choice(REPORTED)
    judged = grades(chance.choice(["good", "inadequate"]))
    unread = not in_table and chance.random() < 0.1
    said = seen(inspection(number, first, judged, council=council, unread=unread))
    if in_table:
        return replace(saying(said, file_id=None), key=f"{council} {first}")
    if chance.random() < 0.2:
        fields = {"kind": "focused_visit", "first_day": first, "file_id": str(number)}
        visit = Record(
            1, RecordKind.VISIT, (council,), said.fields, said.published, "", "", NOW, {}
        )
        return replace(seen(visit, **fields), key=str(number))
    return replace(said, key=str(number))


def money(chance: Random) -> Observation:
    pounds = chance.choice([400_000, 500_000])
    fields: dict[str, Any] = {
        "programme": chance.choice(["Family Hubs", "Family Hubs", "Family Hubs round 1", "Other"]),
        "determination": chance.choice([None, None, "31/1"]),
        "announced": chance.choice(["2024-08-20", "2024-08-20", "2022-08-20"]),
    }
    said = seen(award(1, pounds, low=chance.choice([350_000, pounds]), **fields))
    return replace(said, key=chance.choice(["1", "2"]), councils=chance.choice(COUNCILS))


def a_read(chance: Random) -> Read:
    source, page = chance.choice(PLACES)
    said = []
    for _ in range(chance.randint(1, 3)):
        if source == REPORTS:
            said.append(report(chance, page, in_table=False))
        elif source == STATISTICS:
            council = chance.choice(["leeds", "leeds", "york"])
            said.append(report(chance, council, in_table=True))
        else:
            said.append(money(chance))
    if source == SPEND:
        said = [saying(replace(each, record=RecordKind.PAYMENT)) for each in said]
    by_key = {each.key: each for each in said}
    gone = set(chance.choice([[], [], [], ["1"], ["2"], ["3"]])) - set(by_key)
    return Read(
        source,
        page,
        tuple(replace(each, source=source, page=page) for each in by_key.values()),
        withdrawn=source == AWARDS and chance.random() < 0.1,
        gone=frozenset(gone),
        held=chance.random() < 0.1,
        decision=chance.choice(["", "", "", "release", "discard"]),
    )


def life(seed: int) -> list[Read]:
    """Pages that stay for some days as they are, so that most of what they say is settled when
    another one tells of it, and come back to what they were; the order of trust seldom changes.
    Each seed gives a life of its own: what a strategy draws is too much alike."""
    chance = Random(seed)
    ways = [a_read(chance) for _ in range(chance.randint(3, 6))]
    trust, later = chance.choice([(0, 0), (0, 0), (0, 0), (2, 2), (0, 1), (1, 0)])
    days: list[Read] = []
    for _ in range(chance.randint(4, 6)):
        precedence = trust if len(days) < 6 else later
        read = replace(chance.choice(ways), precedence=precedence)
        days += [read] * chance.choice([2, 3, 3])
    return days


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


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which there is nothing: to copy it takes less time than to make one."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    Store(path).close()
    return path


def differ(empty: Path, days: Sequence[Read], change: str = "") -> bool:
    """Whether anything came out otherwise than with everything reconciled each time, in a store in
    which this was changed beforehand."""
    with TemporaryDirectory() as folder:
        one, other = (shutil.copy(empty, f"{folder}/{name}") for name in ("one", "all"))
        with Store(Path(one)) as store, Store(Path(other)) as reference:
            for each in (store, reference):
                each.run("PRAGMA synchronous=OFF")
            store.run(change)
            return any(_differ(store, reference, *day) for day in enumerate(days))


def _differ(store: Store, reference: Store, number: int, read: Read) -> bool:
    now = NOW + dt.timedelta(days=number)
    reference.run("UPDATE observations SET settled = 0")
    if is_taken_in(store, read, now) != is_taken_in(reference, read, now):
        return True
    return everything(store) != everything(reference)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32))
def test_all_comes_out_as_if_everything_were_reconciled_each_time(empty: Path, seed: int) -> None:
    assert not differ(empty, life(seed))


def test_lives_are_such_that_it_shows_where_what_is_settled_is_not_found(empty: Path) -> None:
    change = "CREATE TRIGGER no AFTER INSERT ON likenesses BEGIN DELETE FROM likenesses; END"
    shows = [seed for seed in range(30) if differ(empty, life(seed), change)]
    assert len(shows) > 2


REPORT = replace(seen(inspection(1, "2024-03-04")), source=REPORTS, page="leeds", key="1")
ROW = replace(saying(REPORT, file_id=None), source=STATISTICS, page="table", key="leeds")


@pytest.fixture
def store(tmp_path: Path, empty: Path) -> Iterator[Store]:
    path = tmp_path / "syncer.db"
    shutil.copy(empty, path)
    with Store(path) as opened:
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


def test_what_is_settled_tells_how_a_council_stood_before_a_new_inspection(store: Store) -> None:
    earlier = seen(inspection(2, "2021-05-10", grades("inadequate")))
    old = replace(earlier, source=REPORTS, page="leeds", key="2")
    lived(store, old)
    new = seen(inspection(1, "2024-07-15", grades("good")))
    later = NOW + dt.timedelta(days=3)
    take_in(store, Read(REPORTS, "leeds", (old, replace(new, source=REPORTS, page="leeds"))), later)
    told = {event.area: (event.old, event.new, event.change) for event in events.listing(store)}
    assert count_settled(store) == 1
    assert told["leadership"] == ("inadequate", "good", "improved")


ABSENT = "absent_days = '[\"2024-09-04\"]'"
ANOTHER = """INSERT INTO observations SELECT id + 9, source, page, 'another', record_id, record,
    councils, fields, evidence, published, url, sha256, parser, first_seen, last_seen, unread,
    withdrawn, 0 FROM observations WHERE source = 'ofsted_reports'"""
ENTRY = """INSERT INTO entries (source, page, key, title, url, first_seen, last_seen, absent_days)
    VALUES ('ofsted_reports', 'leeds', '1', '', '', '', '', '["2024-09-04"]')"""
PAGE = "INSERT INTO pages (source, page, withdrawn) VALUES ('ofsted_reports', 'leeds', 1)"
EVENT = """INSERT INTO events (state, record, record_id, kind, change, area, old, new, noticed_at,
    source, url, detail, evidence, fingerprint) SELECT '{}', record, id, 'added', '', '', '', '', '',
    '', '', '{{}}', '{{}}', '' FROM records"""
OPEN, HELD = EVENT.format("open"), EVENT.format("held")

TAKES_THE_MARK_AWAY = [
    ("unsettled_by_observation", "", "UPDATE observations SET sha256 = '1' WHERE key = '1'"),
    ("unsettled_by_new_observation", "", ANOTHER),
    ("unsettled_by_dropped_observation", "", "DELETE FROM observations WHERE key = '1'"),
    ("unsettled_by_entry", "", f"UPDATE entries SET {ABSENT} WHERE key = '1'"),
    ("unsettled_by_new_entry", "DELETE FROM entries WHERE key = '1'", ENTRY),
    (
        "unsettled_by_dropped_entry",
        f"UPDATE entries SET {ABSENT} WHERE key = '1'",
        "DELETE FROM entries WHERE key = '1'",
    ),
    ("unsettled_by_page", "", "UPDATE pages SET withdrawn = 1 WHERE page = 'leeds'"),
    ("unsettled_by_new_page", "DELETE FROM pages WHERE page = 'leeds'", PAGE),
    (
        "unsettled_by_dropped_page",
        "UPDATE pages SET withdrawn = 1 WHERE page = 'leeds'",
        "DELETE FROM pages WHERE page = 'leeds'",
    ),
    ("unsettled_by_record", "", "UPDATE records SET fields = json_remove(fields, '$.leadership')"),
    ("unsettled_by_record", "", "UPDATE records SET held = 1"),
    ("unsettled_by_event", OPEN, "UPDATE events SET state = 'held'"),
    ("unsettled_by_event", HELD, "UPDATE events SET state = 'open'"),
    ("unsettled_by_new_event", "", HELD),
]
"""The trigger that takes the mark away from both observations of a record; how things are before,
and what happens then to one of them, or to the record."""


@pytest.mark.parametrize(
    ("trigger", "before", "change"),
    TAKES_THE_MARK_AWAY,
    ids=[trigger for trigger, _, _ in TAKES_THE_MARK_AWAY],
)
def test_whatever_changes_takes_the_mark_away_and_nothing_else_would(
    store: Store, trigger: str, before: str, change: str
) -> None:
    lived(store, REPORT)
    lived(store, ROW)
    store.run(before)
    store.run("UPDATE observations SET settled = 1, last_seen = '2026-01-01', parser = 9")
    store.run("SAVEPOINT before")
    store.run(change)
    assert count_settled(store) == 0

    store.run("ROLLBACK TO before")
    store.run(f"DROP TRIGGER {trigger}")
    store.run(change)
    assert count_settled(store) > 0


def test_each_way_in_which_a_mark_is_taken_away_is_tried(store: Store) -> None:
    named = store.rows("SELECT name FROM sqlite_master WHERE name LIKE 'unsettled%'")
    assert {row["name"] for row in named} == {trigger for trigger, _, _ in TAKES_THE_MARK_AWAY}


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
