"""What a message shows is looked up alone, and is what all the records would give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from records import NOW, award, day, inspection

from syncer.model import Area, Record, RecordKind
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


@settings(max_examples=60, deadline=None)
@given(st.lists(inspections(), max_size=8))
def test_the_inspections_that_tell_how_a_council_stands_tell_it_as_all_of_them(
    found: list[Record],
) -> None:
    with TemporaryDirectory() as folder, Store(Path(folder) / "syncer.db") as store:
        saved(store, found)
        told = shown.inspected(store)
        for slug in ("leeds", "york"):
            kept = records.records(store, kinds=[RecordKind.INSPECTION], councils=[slug])
            own = in_order([record for record in kept if not record.withdrawn])
            days = sorted(filter(None, (record.inspection.first_day for record in own)))
            mine = told.get(slug, shown.Inspected((), ()))
            assert mine.first_days == tuple(days)
            assert mine.telling[-1:] == tuple(own[-1:])
            for area in Area:
                assert standing(mine.telling, area) == standing(own, area)


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
    asked: list[tuple[str, Mapping[str, Any] | tuple[Any, ...], str]] = [
        (shown.IN_ORDER, (), "inspections_shown"),
        (shown.OF_PROGRAMME, {"councils": "[]", "programme": ""}, "awards_by_councils"),
        (shown.SINCE, ("2024-01-01",), "records_by_day"),
        (f"SELECT * FROM events e WHERE {events.AFTER}", (1,), "(seq>?)"),
    ]
    with Store(tmp_path / "syncer.db") as store:
        for sql, params, index in asked:
            plan = store.rows(f"EXPLAIN QUERY PLAN {sql}", params)
            assert index in plan[0]["detail"]
