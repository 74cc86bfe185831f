"""What a message shows is looked up alone, and is what all the records would give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import NOW, award, day, grades, inspection

from syncer.model import Area, Record, RecordKind, Standing
from syncer.records.standing import in_order, standing
from syncer.store import Store, events, records, shown

FRAMEWORKS = st.sampled_from(["", "sif", "ilacs_2023", "ilacs_2026"])
GRADES = st.dictionaries(st.sampled_from([str(area) for area in Area]), st.just("good"))
DAYS = st.sampled_from(["2016-02-01", "2019-05-13", "2024-06-10", "2026-05-11"])


@st.composite
def inspections(draw: st.DrawFn) -> Record:
    number, unread = draw(st.integers(1, 10**6)), draw(st.booleans())
    return inspection(
        number,
        draw(DAYS),
        draw(GRADES),
        council=draw(st.sampled_from(["leeds", "york"])),
        framework=draw(FRAMEWORKS),
        unread=unread,
        withdrawn=draw(st.sampled_from([False, False, True])),
    )


def saved(store: Store, found: Sequence[Record]) -> None:
    with store.writing():
        for record in found:
            records.save_record(store, replace(record, id=0), (), (), NOW)


@contextmanager
def emptied(store: Store) -> Iterator[None]:
    """Empty it again at the end: that takes less time than to make another one."""
    store.run("BEGIN")
    try:
        yield
    finally:
        store.run("ROLLBACK")


def stands(inspections: Sequence[Record]) -> list[Standing]:
    return [standing(inspections, area) for area in Area]


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("shown") / "syncer.db") as store:
        yield store


@settings(max_examples=60, deadline=None)
@given(st.lists(inspections(), max_size=8))
def test_the_inspections_that_tell_how_a_council_stood_tell_it_as_all_of_them(
    shared_store: Store, found: list[Record]
) -> None:
    store = shared_store
    with emptied(store):
        saved(store, found)
        for slug in ("leeds", "york"):
            kept = records.records(store, kinds=[RecordKind.INSPECTION], councils=[slug])
            own = in_order([record for record in kept if not record.withdrawn])
            told = shown.telling(store, [shown.Place(slug)])
            assert in_order(told)[-1:] == own[-1:]
            assert stands(told) == stands(own)
            for number, each in enumerate(own):
                earlier = shown.telling(store, [shown.place_of(each)])
                assert stands(earlier) == stands(own[:number])


def test_of_many_councils_no_more_is_looked_up_than_tells_how_they_stand(tmp_path: Path) -> None:
    days = [f"{year}-02-01" for year in range(2010, 2026)]
    with Store(tmp_path / "syncer.db") as store:
        saved(store, [inspection(1, each, grades("good")) for each in days])
        old = inspection(1, "2009-02-01", {"adoption": "good"})
        saved(store, [old, replace(old, councils=("york",))])
        told = shown.telling(store, [shown.Place("leeds"), shown.Place("york")])
        found = sorted((record.councils[0], record.inspection.first_day) for record in told)
    assert found == [
        ("leeds", day("2009-02-01")),
        ("leeds", day("2025-02-01")),
        ("york", day("2009-02-01")),
    ]


def test_the_last_inspection_before_a_day_is_the_last_that_had_begun(tmp_path: Path) -> None:
    with Store(tmp_path / "syncer.db") as store:
        read = [inspection(1, each, {}) for each in ("2019-05-13", "2024-06-10", "2016-02-01")]
        not_read = inspection(1, "2025-02-03", unread=True)
        saved(store, [*read, not_read, replace(read[0], councils=("york",))])
        assert shown.last_begun(store, "leeds", dt.date.max) == day("2024-06-10")
        assert shown.last_begun(store, "leeds", day("2024-06-10")) == day("2019-05-13")
        assert shown.last_begun(store, "leeds", day("2016-02-01")) is None
        assert shown.last_begun(store, "kent", dt.date.max) is None


def test_awards_are_found_by_council_and_programme_and_by_day(tmp_path: Path) -> None:
    hubs, other = award(1, 500_000, programme="Family Hubs"), award(2, 400_000)
    joint = replace(hubs, councils=("leeds", "york"), published=day("2026-01-01"))
    with Store(tmp_path / "syncer.db") as store:
        saved(store, [hubs, other, joint, replace(hubs, withdrawn=True)])
        (found,) = shown.awards_of_programme(store, "leeds", "Family Hubs")
        assert (found.id, found.councils) == (1, ("leeds",))
        assert [each.id for each in shown.awards_since(store, day("2024-08-20"))] == [1, 2, 3]
        assert [each.id for each in shown.awards_since(store, day("2024-08-21"))] == [3]


def test_what_a_message_asks_for_is_found_by_an_index(tmp_path: Path) -> None:
    council = {"council": "leeds", "before": "9999"}
    asked: list[tuple[str, Mapping[str, Any] | tuple[Any, ...], str]] = [
        (shown.LAST_BEGUN, council, "inspections_shown (<expr>=? AND <expr><?)"),
        (shown.OF_PROGRAMME, {"councils": "[]", "programme": ""}, "awards_by_councils"),
        (shown.SINCE, ("2024-01-01",), "records_by_day"),
        (f"SELECT * FROM events e WHERE {events.AFTER}", (1,), "(seq>?)"),
    ]
    with Store(tmp_path / "syncer.db") as store:
        for sql, params, index in asked:
            plan = store.rows(f"EXPLAIN QUERY PLAN {sql}", params)
            assert index in plan[0]["detail"]


@pytest.mark.parametrize("sql", [shown.TELLING, shown.TELLING_SETTLED])
def test_how_each_council_stands_is_found_without_going_through_its_inspections(
    tmp_path: Path, sql: str
) -> None:
    with Store(tmp_path / "syncer.db") as store:
        plan = [row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN {sql}", ("[]",))]
    of_records = [line for line in plan if " r " in line]
    assert len(of_records) == 1 + len(Area)
    assert all("(<expr>=? AND <expr><?)" in line for line in of_records)
    assert not any("TEMP B-TREE" in line for line in plan)
