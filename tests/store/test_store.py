"""The store: one file, immediate transactions, one sequence, and a memory that forgets nothing it
may not."""

from __future__ import annotations

import datetime as dt
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from records import NOW, day

from syncer.errors import StoreError
from syncer.model import (
    Event,
    EventKind,
    Evidence,
    Grade,
    InspectionFields,
    Observation,
    Problem,
    Record,
    RecordKind,
)
from syncer.reading import Entry, File, Page, Reading
from syncer.store import Store, as_moment, as_text, events, pages, problems, records
from syncer.store.fields import fields_of

SOURCE, PAGE = "ofsted_reports", "leeds"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "syncer.db") as opened:
        yield opened


def later(days: float) -> dt.datetime:
    return NOW + dt.timedelta(days=days)


# -- The file --------------------------------------------------------------------------------------


def test_400_numbers_drawn_by_8_threads_are_all_different(tmp_path: Path) -> None:
    path = tmp_path / "syncer.db"
    Store(path).close()

    def draw(_: int) -> list[int]:
        found = []
        with Store(path) as store:
            for _ in range(50):
                with store.writing():
                    found.append(store.next_seq())
        return found

    with ThreadPoolExecutor(8) as pool:
        drawn = [n for part in pool.map(draw, range(8)) for n in part]
    assert sorted(drawn) == list(range(1, 401))


def test_processes_that_open_a_new_store_together_all_succeed(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "import sys, pathlib; from syncer.store import Store; Store(pathlib.Path(sys.argv[1])).close()",
    ]
    children = [subprocess.Popen([*command, str(tmp_path / "syncer.db")]) for _ in range(4)]
    assert [child.wait(60) for child in children] == [0, 0, 0, 0]


def test_a_transaction_that_fails_leaves_nothing_behind_and_one_inside_another_is_part_of_it(
    store: Store,
) -> None:
    with pytest.raises(ZeroDivisionError), store.writing():
        store.set_meta("a", "1")
        with store.writing():
            store.set_meta("b", "2")
        raise ZeroDivisionError
    assert (store.meta("a"), store.meta("b")) == ("", "")


def test_a_store_of_a_newer_syncer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "syncer.db"
    Store(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version=999")
    raw.close()
    with pytest.raises(StoreError, match="newer syncer"):
        Store(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "syncer.db"
    path.write_bytes(b"not a database, and long enough to be looked at" * 100)
    with pytest.raises(StoreError):
        Store(path)


def test_references_are_kept(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.insert("event_councils", {"council": "leeds", "event": 77})


def test_moments_are_stored_so_that_text_order_is_time_order() -> None:
    summer = dt.datetime(2024, 7, 1, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert as_text(summer) == "2024-07-01T07:30:00+00:00"
    assert as_moment(as_text(summer)) == summer


def test_a_backup_is_a_whole_store(store: Store, tmp_path: Path) -> None:
    store.set_meta("a", "1")
    store.backup(tmp_path / "copy.db")
    with Store(tmp_path / "copy.db") as copy:
        assert copy.meta("a") == "1"


def test_rows_inserted_together_stand_in_their_order_or_not_at_all(store: Store) -> None:
    names, rows = ("key", "value"), [("b", "1"), ("a", "1"), ("a", "1")]
    with pytest.raises(sqlite3.IntegrityError), store.writing():
        store.insert_all("meta", names, rows)
    assert not store.meta("b")

    with store.writing():
        store.insert_all("meta", names, rows[:2])
        store.insert_all("meta", names, [])
    found = store.rows("SELECT key FROM meta WHERE value = '1' ORDER BY rowid")
    assert [row["key"] for row in found] == ["b", "a"]


# -- Events ----------------------------------------------------------------------------------------


def saved(store: Store, *, unread: bool = False, **fields: str) -> Record:
    """A record of Leeds as it stands after one observation."""
    said = fields_of(RecordKind.INSPECTION, fields)
    seen = Observation(
        SOURCE,
        PAGE,
        "50",
        RecordKind.INSPECTION,
        ("leeds",),
        said,
        day("2024-08-20"),
        "https://example.org",
        sha256="ab" * 32,
        unread=unread,
    )
    with store.writing():
        (number,), _ = records.save_observations(store, [seen], NOW)
        record = Record(
            0,
            RecordKind.INSPECTION,
            ("leeds",),
            said,
            day("2024-08-20"),
            "https://example.org",
            SOURCE,
            NOW,
            dict.fromkeys(fields, number),
            unread,
        )
        return records.save_record(store, record, (), [number], NOW)


def said(
    record: Record, old: str = "good", new: str = "inadequate", kind: EventKind = EventKind.CHANGED
) -> Event:
    return Event(
        RecordKind.INSPECTION,
        kind,
        ("leeds",),
        "leadership",
        old,
        new,
        day("2024-08-20"),
        None,
        NOW,
        SOURCE,
        "https://example.org",
        record_id=record.id,
        evidence=Evidence("ab" * 32, "Leadership | Inadequate", 1),
    )


def test_an_event_comes_back_as_it_was_kept(store: Store) -> None:
    record = saved(store, leadership="good")
    found = events.get(store, events.add(store, said(record), run=1))
    assert found is not None
    assert (found.councils, found.old, found.new, found.seq) == (
        ("leeds",),
        "good",
        "inadequate",
        None,
    )
    assert found.evidence == said(record).evidence


def test_a_number_is_given_when_an_event_may_be_told_and_to_a_held_one_when_it_is_released(
    store: Store,
) -> None:
    record = saved(store, leadership="inadequate")
    held, free = (
        events.add(store, said(record, new=new), run=1) for new in ("inadequate", "outstanding")
    )
    event = events.get(store, held)
    assert event is not None
    events.hold_event(store, event, "suspect")
    assert events.open_event(store, free) == 1
    assert [e.id for e in events.after(store, 0)] == [free]
    assert records.records(store, kinds=["inspection"])[0].inspection.leadership == "good", (
        "the value before is shown"
    )
    assert events.release(store, event) == 2
    assert records.records(store, kinds=["inspection"])[0].inspection.leadership == "inadequate"
    assert [e.id for e in events.after(store, 1)] == [held]


def test_a_held_value_that_no_source_says_any_more_is_not_told_when_it_is_released(
    store: Store,
) -> None:
    record = saved(store, leadership="inadequate")
    event = events.get(store, events.add(store, said(record), run=1))
    assert event is not None
    events.hold_event(store, event, "suspect")
    saved_again = Observation(
        SOURCE,
        PAGE,
        "50",
        RecordKind.INSPECTION,
        ("leeds",),
        InspectionFields(leadership=Grade.GOOD),
        day("2024-08-20"),
        "https://example.org",
    )
    with store.writing():
        records.save_observations(store, [saved_again], NOW)
    assert events.release(store, event) == 0
    assert (
        events.after(store, 0),
        records.records(store, kinds=["inspection"])[0].inspection.leadership,
    ) == ([], "good")


def test_what_is_held_or_was_discarded_is_not_made_again(store: Store) -> None:
    record = saved(store, leadership="inadequate")
    event = events.get(store, events.add(store, said(record), run=1))
    assert event is not None
    events.hold_event(store, event, "suspect")
    assert events.add(store, said(record), run=2) == 0
    events.discard(store, event)
    assert events.add(store, said(record), run=3) == 0
    assert events.add(store, said(record, new="outstanding"), run=3) != 0


# -- Records ---------------------------------------------------------------------------------------


WORSE = InspectionFields(leadership=Grade.INADEQUATE)


def test_the_records_as_they_were_known_on_a_day(store: Store) -> None:
    record = saved(store, leadership="good", title="A report")
    with store.writing():
        records.save_record(store, replace(record, fields=WORSE), (), [], later(5))
    now = records.records(store, kinds=["inspection"])
    assert [r.fields for r in records.as_known_on(store, now, later(1))] == [
        InspectionFields(leadership=Grade.GOOD, title="A report")
    ]
    assert [r.fields for r in records.as_known_on(store, now, later(6))] == [WORSE]
    assert records.as_known_on(store, now, later(-1)) == []


def test_bytes_that_are_new_are_told_from_bytes_read_again(store: Store) -> None:
    first = Observation(
        SOURCE,
        PAGE,
        "50",
        RecordKind.INSPECTION,
        ("leeds",),
        InspectionFields(),
        None,
        "https://example.org",
        sha256="aa",
    )
    (number,), fresh = records.save_observations(store, [first], NOW)
    assert fresh == {number}
    assert records.save_observations(store, [first], later(1)) == ([number], frozenset())


# -- Pages and entries -----------------------------------------------------------------------------


def shown(**more: Any) -> Page:
    """The page as fetched."""
    return Page(PAGE, "https://example.org", b"", "", "leeds", **more)


def listed(
    store: Store,
    keys: str,
    now: dt.datetime,
    *,
    before: dt.datetime | None = None,
    read: str = "",
    file: File | None = None,
) -> None:
    """A read of the page that shows these entries, one a letter."""
    entries = [
        Entry(key, f"Report {key}", day("2024-08-20"), f"https://example.org/{key}") for key in keys
    ]
    page = shown(files={file.key: file} if file else {})
    if before:
        pages.save_page(store, SOURCE, page, Reading(), before)
    before = pages.read_before(store, SOURCE, page.key, now)
    pages.save_entries(store, SOURCE, page, entries, frozenset(read), now, before)


def test_an_entry_keeps_when_it_was_first_seen_and_the_good_read_before_that(store: Store) -> None:
    listed(store, "a", NOW, before=later(-1))
    listed(store, "ab", later(3), before=later(2))
    assert pages.sightings(store, SOURCE, PAGE) == {
        "a": (NOW, later(-1)),
        "b": (later(3), later(2)),
    }


def test_a_file_is_noted_as_checked_only_when_it_was_asked_for_and_had(store: Store) -> None:
    listed(store, "a", NOW, read="a", file=File("a", "", sha256="aa", etag='"1"'))
    listed(
        store, "a", later(1), read="a", file=File("a", "", sha256="aa", unchanged=True, asked=False)
    )
    listed(store, "a", later(2), read="a", file=File("a", "", problem=Problem("NotAPdf", "")))
    known = pages.StoredMemory(store, SOURCE, later(3)).entries(PAGE)["a"]
    assert (known.read, known.checked, known.etag, known.sha256) == (True, NOW, '"1"', "aa")


def test_absence_is_noted_after_3_days_over_14_and_forgotten_at_the_next_sight(
    store: Store,
) -> None:
    listed(store, "ab", NOW)
    noted = [
        [row["key"] for row in pages.note_absent(store, SOURCE, PAGE, "a", later(n))]
        for n in (1, 1.2, 8, 14, 15)
    ]
    assert noted == [[], [], [], [], ["b"]]
    listed(store, "ab", later(16))
    assert pages.note_absent(store, SOURCE, PAGE, "a", later(40)) == []


def test_three_days_within_a_week_are_not_long_enough_and_two_days_in_a_year_not_enough(
    store: Store,
) -> None:
    listed(store, "ab", NOW)
    assert [pages.note_absent(store, SOURCE, PAGE, "a", later(n)) for n in (1, 2, 3)] == [
        [],
        [],
        [],
    ]
    listed(store, "ab", later(4))
    assert [pages.note_absent(store, SOURCE, PAGE, "a", later(n)) for n in (5, 300)] == [[], []]


def test_an_id_met_under_a_known_name_is_new_once(store: Store) -> None:
    assert pages.save_identities(store, SOURCE, {"77": "leeds"}, NOW) == ["77"]
    assert pages.save_identities(store, SOURCE, {"77": "leeds"}, NOW) == []
    assert pages.StoredMemory(store, SOURCE, NOW).alias("77") == "leeds"


def test_what_a_page_is_remembered_by_counts_only_at_a_good_read(store: Store) -> None:
    first = shown(seen="20 August 2024", notes={"n": 1})
    second = shown(seen="30 August 2024", notes={"n": 2})
    pages.save_page(store, SOURCE, first, Reading(), NOW)
    pages.save_page(store, SOURCE, second, Reading(good=False), later(1))
    known = pages.StoredMemory(store, SOURCE, NOW).page(PAGE)
    assert known and (known.seen, known.last_good, known.notes) == ("20 August 2024", NOW, {"n": 1})
    assert pages.source_since(store, SOURCE) == NOW


def test_a_read_under_a_clock_that_was_wrong_is_believed_to_have_been_some_time_before_now(
    store: Store,
) -> None:
    listed(store, "a", later(365), before=later(365))
    known = pages.StoredMemory(store, SOURCE, NOW).page(PAGE)
    assert known and known.last_good and known.last_good < later(-28), "it is due at once"
    assert pages.read_before(store, SOURCE, PAGE, NOW) == NOW
    problems.note(store, SOURCE, [BAD], later(365))
    assert problems.is_due(store, SOURCE, BAD.url, NOW)
    pages.save_page(store, SOURCE, shown(), Reading(), NOW)
    assert pages.source_since(store, SOURCE) == NOW


# -- Problems --------------------------------------------------------------------------------------

BAD = Problem("NotAPdf", "not a PDF", "https://example.org/a")


def test_a_problem_is_new_once_and_again_after_it_ended(store: Store) -> None:
    assert problems.note(store, SOURCE, [BAD, BAD], NOW) == [BAD]
    assert problems.note(store, SOURCE, [BAD], later(1)) == []
    assert problems.end(store, SOURCE, [BAD.url], later(2)) == 1
    assert problems.note(store, SOURCE, [BAD], later(3)) == [BAD]


def test_an_address_that_gives_something_wrong_is_asked_after_1_2_4_to_30_days(
    store: Store,
) -> None:
    pauses, now = [], NOW
    for _ in range(7):
        problems.note(store, SOURCE, [BAD], now)
        pauses.append(
            next(
                n
                for n in range(100)
                if problems.is_due(store, SOURCE, BAD.url, now + dt.timedelta(days=n))
            )
        )
        now += dt.timedelta(days=pauses[-1])
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_an_address_that_gives_nothing_is_asked_at_the_next_run(store: Store) -> None:
    problems.note(store, SOURCE, [Problem("Unreachable", "no answer", BAD.url)], NOW)
    assert problems.is_due(store, SOURCE, BAD.url, NOW)


def test_the_operator_is_told_once_of_the_beginning_and_once_of_the_end(store: Store) -> None:
    problems.note(store, SOURCE, [BAD], NOW)
    (begun,), ended = problems.untold(store)
    assert ended == []
    problems.mark_told(store, [begun["id"]], NOW)
    problems.end(store, SOURCE, [BAD.url], later(1))
    begun_later, (over,) = problems.untold(store)
    problems.mark_told(store, [over["id"]], later(1), ended=True)
    assert (begun_later, problems.untold(store)) == ([], ([], []))
