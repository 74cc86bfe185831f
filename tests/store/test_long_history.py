"""What is done for one council costs the same after years: it is found by an index, and a payment
brings in no other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from records import NOW, day

from syncer.model import AwardFields, Observation, PaymentFields, Record, RecordKind
from syncer.store import Store, events, outbox, overview, pages, people, problems, receipts, records
from syncer.store.outbox import Message
from syncer.store.records import LINES, OF_COUNCILS, RECORDED

PAYMENT, AWARD = RecordKind.PAYMENT, RecordKind.AWARD
TABLES = ("observations", "records", "record_councils", "event_councils", "events", "deliveries")
ASKED: dict[str, Any] = {
    "single": "[]",
    "wanted": "[]",
    "kinds": "[]",
    "kind": PAYMENT,
    "lines": "[]",
    "ids": "[]",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "syncer.db") as opened:
        yield opened


def kept(store: Store, key: str, kind: RecordKind, *councils: str) -> Observation:
    """An observation, stored with the record that it is."""
    fields = PaymentFields(amount=30_000) if kind is PAYMENT else AwardFields(amount=30_000)
    said = Observation("dfe_spend", "a page", key, kind, councils, fields, day("2024-05-01"), "")
    record = Record(0, kind, councils, fields, said.published, "", said.source, NOW, {})
    with store.writing():
        (number,), _ = records.save_observations(store, [said], NOW)
        records.save_record(store, record, (), [number], NOW)
    (found,) = (o for o in all_of(store, kind, *councils) if o.id == number)
    return found


def all_of(store: Store, kind: RecordKind, *councils: str) -> tuple[Observation, ...]:
    return records.around_councils(store, councils, [kind]).observations


def whole_tables(store: Store, sql: str, asked: Any) -> list[str]:
    """The tables that a query looks through from end to end."""
    plan = store.rows(f"EXPLAIN QUERY PLAN {sql}", asked)
    read = [row["detail"].split()[1] for row in plan if row["detail"].startswith("SCAN ")]
    return [table for table in read if table in (*TABLES, "o", "e", "r", "c")]


def test_a_payment_is_reconciled_without_the_others_of_its_council(store: Store) -> None:
    old = kept(store, "2014", PAYMENT, "leeds")
    new = kept(store, "2024", PAYMENT, "leeds")
    around = records.around(store, [new])
    assert [said.key for said in around.observations] == ["2024"]
    assert around.records.keys() == {around.belongs[new.id]}
    assert old in all_of(store, PAYMENT, "leeds")


def test_an_award_is_reconciled_with_all_of_its_councils_also_those_that_it_shares(
    store: Store,
) -> None:
    kept(store, "alone", AWARD, "leeds")
    kept(store, "joint", AWARD, "york", "leeds")
    kept(store, "another", AWARD, "york")
    touched = kept(store, "new", AWARD, "leeds")
    found = records.around(store, [touched])
    assert [said.key for said in found.observations] == ["alone", "joint", "new"]
    assert len(found.records) == 3


@pytest.mark.parametrize("sql", [LINES, RECORDED], ids=["payments", "records"])
def test_what_is_known_of_a_council_is_found_by_an_index(store: Store, sql: str) -> None:
    assert whole_tables(store, sql, ASKED) == []


EVERY_DIGEST = {
    "last runs": (overview.LAST_RUNS, {"until": "9999", "long_ago": ""}),
    "days read": (overview.DAYS_READ, ("2024-03-04", "2024-03-05")),
    "under way": (overview.UNDER_WAY, ("2024-03-04", "2024-03-05")),
    "whose inspections were read": (pages.READ_FOR_INSPECTIONS, ("9999",)),
    "failing pages": (pages.FAILING, ()),
    "unread pages": (pages.UNREAD_NOW, ()),
    "problems to tell": (problems.BEGUN_UNTOLD, ()),
    "ends to tell": (problems.ENDED_UNTOLD, ()),
    "handled events": (receipts.HANDLED, (1, "[]")),
    "decided findings": (events.DECIDED, ("",)),
    "since when it is read": (pages.SINCE, ("ofsted_reports",)),
    "number of the last run": (pages.LAST_RUN, ("ofsted_reports",)),
}
FEW = ("problems_open", "problems_untold", "problems_end_untold", "events_decided_by_fingerprint")
"""The indexes that have only what is open, or is still to be told or decided."""


@pytest.mark.parametrize(("sql", "asked"), EVERY_DIGEST.values(), ids=EVERY_DIGEST.keys())
def test_what_each_run_asks_goes_through_no_table(store: Store, sql: str, asked: Any) -> None:
    plan = [row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN {sql}", asked)]
    scanned = [line for line in plan if line.startswith("SCAN ")]
    own = ("SCAN every", "SCAN s", "SCAN sources", "SCAN each", "SCAN CONSTANT ROW")
    others = [line for line in scanned if line not in own and "VIRTUAL TABLE" not in line]
    assert all(line.endswith(FEW) for line in others)
    assert not any("AUTOMATIC" in line for line in plan)


def test_only_what_several_councils_share_is_looked_through(store: Store) -> None:
    plan = [row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN {OF_COUNCILS}", ASKED)]
    read = [line for line in plan if line.startswith(("SCAN o", "SEARCH o"))]
    assert all("USING" in line for line in read)
    assert any("observations_of_several" in line for line in read)


def test_the_councils_of_an_event_are_found_by_an_index(store: Store) -> None:
    sql = f"SELECT {events.COLUMNS} FROM events e WHERE e.record_id = ?"
    assert whole_tables(store, sql, (1,)) == []


def test_the_last_message_to_somebody_is_the_latest_that_is_not_to_come(store: Store) -> None:
    with store.writing():
        reader = people.add(store, "ada@example.org", NOW - dt.timedelta(days=60))
        for days in (-30, -2, 5):
            words = ("from@example.org", "ada@example.org", "What has changed", b"text")
            message = Message("digest", f"<{days}@example.org>", *words, subscriber=reader.id)
            outbox.queue(store, message, NOW + dt.timedelta(days=days))
    assert outbox.last_written(store, reader.id, NOW) == NOW - dt.timedelta(days=2)
