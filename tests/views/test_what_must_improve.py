"""What must improve, searched and side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from records import grades, inspection

from syncer.model import Grade, Record
from syncer.register.councils import load_register
from syncer.views import improvements

REGISTER = load_register()


def asked(
    number: int, first: str, *items: str, judged: str | None = "good", **lists: Any
) -> Record:
    record = inspection(number, first, grades(judged))
    return replace(record, fields=replace(record.inspection, improve=items or None, **lists))


OLD = asked(1, "2019-05-13", "The stability of placements", "Supervision of social workers")
NEW = asked(2, "2023-05-15", "Supervision, and its recording", judged="inadequate")


def found(*words: str, grade: Grade | None = None) -> list[tuple[int, str]]:
    rows = improvements.search(REGISTER, [OLD, NEW], words, grade).rows
    return [(row["first_day"].year, row["text"]) for row in rows]


def test_an_item_is_found_by_the_beginnings_of_its_words_the_latest_inspection_first() -> None:
    assert found("superv") == [
        (2023, "Supervision, and its recording"),
        (2019, "Supervision of social workers"),
    ]
    assert found("SUPERVISION", "workers") == [(2019, "Supervision of social workers")]
    assert found("vision") == [], "the middle of a word is not its beginning"


def test_a_grade_narrows_by_the_overall_judgement_or_by_any_where_there_is_none() -> None:
    assert [year for year, _ in found(grade=Grade.INADEQUATE)] == [2023]
    without = asked(3, "2026-05-11", "Visits", judged=None)
    said = replace(without.inspection, leadership=Grade.INADEQUATE)
    later = replace(without, fields=said)
    rows = improvements.search(REGISTER, [OLD, later], (), Grade.INADEQUATE).rows
    assert [row["text"] for row in rows] == ["Visits"]


def test_both_lists_of_a_single_inspection_are_shown_the_urgent_one_first() -> None:
    single = asked(4, "2015-02-02", areas_for_improvement=("Plans",), immediate_actions=("Act",))
    rows = improvements.rows_of(REGISTER, single)
    assert [(row["list"], row["number"], row["text"]) for row in rows] == [
        ("immediate_actions", 1, "Act"),
        ("areas_for_improvement", 2, "Plans"),
    ]


def test_the_list_of_the_inspection_before_stands_beside_the_latest_dated() -> None:
    listing = improvements.side_by_side(*improvements.beside(REGISTER, [NEW, OLD]))
    assert [column.heading for column in listing.columns] == [
        "inspected 2023-05-15",
        "inspected 2019-05-13",
    ]
    assert [(row["now"], row["before"]) for row in listing.rows] == [
        ("Supervision, and its recording", "The stability of placements"),
        ("", "Supervision of social workers"),
    ]
