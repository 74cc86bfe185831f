"""What of a store everybody may have: the classes of its tables, and the public views against the
code that says the same in Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import NOW, award, day, grades, inspection

from syncer.model import (
    Absence,
    Area,
    AwardFields,
    Framework,
    InspectionFields,
    InterventionFields,
    Record,
    RecordKind,
)
from syncer.records.interventions import ENDED, REPLACED, in_force, since
from syncer.records.standing import in_order
from syncer.register.councils import load_register
from syncer.register.frameworks import FRAMEWORKS
from syncer.store import Store, public, records
from syncer.store.public import ACCESS, TABLES, Access
from syncer.views import improvements
from syncer.views.lists import known_standing, reaches_back

REGISTER = load_register()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store that knows the register, and has read a page of every council."""
    with Store(tmp_path / "s.db") as store:
        store.run("PRAGMA synchronous=OFF")
        public.save_councils(store, REGISTER)
        row = {"source": "ofsted_statistics", "page": "table", "first_good": NOW.isoformat()}
        store.insert("pages", row | {"last_good": NOW.isoformat()})
        yield store


def keep(store: Store, *found: Record) -> list[Record]:
    """Keep records, each as a new one."""
    with store.writing():
        return [records.save_record(store, replace(r, id=0), (), (), NOW) for r in found]


# -- Who may have what -----------------------------------------------------------------------------


def test_every_table_and_view_of_a_store_is_public_private_or_internal(store: Store) -> None:
    rows = store.rows("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    assert {row["name"] for row in rows} == set(ACCESS)


def test_what_is_public_is_described_column_by_column(store: Store) -> None:
    assert {table.name for table in TABLES} == {n for n, a in ACCESS.items() if a is Access.PUBLIC}
    for table in TABLES:
        columns = [row["name"] for row in store.rows(f"PRAGMA table_info({table.name})")]
        assert columns == [column.name for column in table.columns], table.name


def test_no_public_view_is_made_of_a_private_table(store: Store) -> None:
    private = {name for name, access in ACCESS.items() if access is Access.PRIVATE}
    for row in store.rows("SELECT name, sql FROM sqlite_master WHERE type = 'view'"):
        words = set(row["sql"].replace("(", " ").replace(",", " ").split())
        assert not words & private, row["name"]


# -- The views against the code --------------------------------------------------------------------


@pytest.mark.parametrize("framework", Framework)
@pytest.mark.parametrize("area", Area)
def test_the_store_knows_what_each_framework_does_not_judge(
    store: Store, framework: Framework, area: Area
) -> None:
    expected = None
    if FRAMEWORKS.judged_with(framework, area):
        expected = Absence.JUDGED_TOGETHER
    elif FRAMEWORKS.is_not_judged(framework, area):
        expected = Absence.NO_LONGER_JUDGED
    sql = "SELECT absence FROM framework_absences WHERE framework = ? AND area = ?"
    assert store.value(sql, (framework, area)) == expected, "a new framework needs a migration"


DAYS = st.sampled_from(("2014-05-01", "2016-05-01", "2018-10-01", "2022-03-01", "2026-04-27"))
GIVEN = st.dictionaries(st.sampled_from([str(a) for a in Area]), st.just("good"), min_size=1)


@st.composite
def some_inspections(draw: st.DrawFn) -> list[Record]:
    """Inspections of Leeds, in any order and by any framework, some not read yet."""
    found = []
    for number, first in enumerate(draw(st.lists(DAYS, max_size=4))):
        framework = draw(st.sampled_from(Framework))
        unread = draw(st.booleans())
        given_grades = draw(GIVEN)
        found.append(inspection(number, first, given_grades, framework=framework, unread=unread))
    return found


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store that knows the register, and in which inspections come and go."""
    with Store(tmp_path_factory.mktemp("ratings") / "s.db") as store:
        store.run("PRAGMA synchronous=OFF")
        public.save_councils(store, REGISTER)
        row = {"source": "s", "page": "p", "last_good": "2026-06-01", "first_good": "2014-01-01"}
        store.insert("pages", row)
        yield store


@settings(max_examples=60)
@given(some_inspections())
def test_ratings_are_those_that_the_code_derives(read_once: Store, found: list[Record]) -> None:
    for table in ("history", "record_councils", "records"):
        read_once.run(f"DELETE FROM {table}")
    kept = keep(read_once, *found)
    sql = "SELECT area, grade, inspection_id FROM ratings WHERE council = 'leeds'"
    rows = read_once.rows(sql)
    leeds = REGISTER.by_slug("leeds")
    assert len(rows) == len(Area)
    for row in rows:
        now = known_standing(kept, Area(row["area"]), "", reaches_back(leeds, kept))
        latest = in_order(kept)[-1].id if kept else None
        assert row["inspection_id"] == (now.inspection or latest)
        assert row["grade"] == (now.value if kept else Absence.UNKNOWN)


def test_a_council_has_a_rating_only_while_it_is_open_and_none_is_never_judged_unread(
    store: Store,
) -> None:
    rows = store.rows("SELECT council, grade FROM ratings WHERE area = 'leadership'")
    open_then = {council.slug for council in REGISTER.open_on(NOW.date())}
    assert {row["council"] for row in rows} == open_then
    assert {row["grade"] for row in rows} == {"unknown"}, "no page that lists inspections"


def test_what_is_held_taken_back_or_merged_is_in_no_view(store: Store) -> None:
    shown, held, gone, merged = keep(store, *[inspection(n, "2024-07-08") for n in range(4)])
    store.run("UPDATE records SET held = 1 WHERE id = ?", (held.id,))
    store.run("UPDATE records SET withdrawn = 1 WHERE id = ?", (gone.id,))
    store.run("UPDATE records SET merged_into = 1 WHERE id = ?", (merged.id,))
    assert [row["id"] for row in store.rows("SELECT id FROM inspections")] == [shown.id]
    assert {row["i"] for row in store.rows("SELECT inspection_id i FROM judgements")} == {shown.id}


def test_improvements_stand_as_the_report_lists_them(store: Store) -> None:
    lists: dict[str, Any] = {"recommendations": ("c", "d"), "immediate_actions": ("b",)}
    said = replace(inspection(1, "2015-01-20").inspection, improve=("a",), **lists)
    (kept,) = keep(store, replace(inspection(1, "2015-01-20"), fields=said))
    rows = store.rows("SELECT list, number, text FROM improvements ORDER BY number")
    expected = improvements.rows_of(REGISTER, kept)
    assert rows == [{name: row[name] for name in ("list", "number", "text")} for row in expected]


@pytest.mark.parametrize("state", ["issued", "revised", REPLACED, *sorted(ENDED), None])
def test_an_intervention_is_in_force_since_when_the_code_says_so(
    store: Store, state: str | None
) -> None:
    fields = InterventionFields(
        state=state,
        what="improvement notice",
        issued=day("2021-03-01"),
        revised=day("2022-03-01"),
        lifted=day("2023-03-01"),
    )
    notice = replace(award(1, 0), record=RecordKind.INTERVENTION, fields=fields)
    for each in keep(store, notice, replace(notice, fields=replace(fields, issued=None))):
        row = store.one("SELECT * FROM interventions WHERE id = ?", (each.id,))
        assert row is not None and row["council_name"] == "Leeds"
        assert (row["in_force"], row["since"]) == (int(in_force(each)), str(since(each)))


def test_a_joint_award_is_one_row_without_a_council(store: Store) -> None:
    joint = replace(award(1, 500), councils=("leeds", "bradford"))
    bare = replace(award(2, 0), fields=AwardFields(programme="Family Hubs"))
    keep(store, joint, award(3, 70), bare)
    rows = store.rows("SELECT council, councils, joint, amount FROM awards ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [
        (None, '["leeds","bradford"]', 1, 500),
        ("leeds", '["leeds"]', 0, 70),
        ("leeds", '["leeds"]', 0, None),
    ]


def test_the_register_is_written_down_once_and_again_where_it_changed(store: Store) -> None:
    before = store.value("SELECT total_changes()")
    public.save_councils(store, REGISTER)
    assert store.value("SELECT total_changes()") == before
    renamed = [replace(c, name="LS") if c.slug == "leeds" else c for c in REGISTER]
    public.save_councils(store, renamed)
    assert store.value("SELECT name FROM councils WHERE council = 'leeds'") == "LS"
    assert store.value("SELECT count(*) FROM councils") == len(list(REGISTER))


def test_an_inspection_says_in_its_row_what_its_fields_say(store: Store) -> None:
    (kept,) = keep(store, inspection(1, "2024-07-08", grades("good", leavers="outstanding")))
    row = store.one("SELECT * FROM inspections")
    said = kept.fields
    assert row is not None and isinstance(said, InspectionFields)
    assert {str(a): row[a] for a in Area} == {str(a): said.grade(a) for a in Area}
    assert (row["gss"], row["region"]) == ("E08000035", "Yorkshire and the Humber")
    assert dt.date.fromisoformat(row["first_day"]) == said.first_day
