"""A standing is derived from inspections: each rule of DESIGN §5.1–5.4 with a test that fails
without it."""

from __future__ import annotations

import pytest
from records import grades, inspection

from syncer.model import Absence, Area, Change, Grade, Standing
from syncer.records.standing import compare, standing

BEFORE_2023 = inspection(1, "2021-05-10", grades("inadequate"))
AFTER_2023 = inspection(2, "2024-03-04", grades("good", leavers="outstanding"))
AFTER_2026 = inspection(3, "2026-05-11", grades(None, leavers="good"))


def test_without_inspections_nothing_was_ever_judged() -> None:
    assert standing([], Area.OVERALL).value is Absence.NEVER_JUDGED


def test_the_latest_inspection_by_first_day_counts_whatever_the_order() -> None:
    assert standing([AFTER_2023, BEFORE_2023], Area.OVERALL).value is Grade.GOOD


def test_care_leavers_before_2023_were_judged_together_with_children_in_care() -> None:
    found = standing([BEFORE_2023], Area.CARE_LEAVERS)
    assert (found.value, found.note) == (Absence.JUDGED_TOGETHER, "inadequate")


def test_from_april_2026_overall_effectiveness_is_no_longer_judged() -> None:
    assert standing([AFTER_2023, AFTER_2026], Area.OVERALL).value is Absence.NO_LONGER_JUDGED


def test_a_council_first_inspected_after_april_2026_has_never_had_an_overall_judgement() -> None:
    assert standing([AFTER_2026], Area.OVERALL).value is Absence.NEVER_JUDGED


def test_the_other_areas_of_an_inspection_without_overall_stand() -> None:
    assert standing([AFTER_2023, AFTER_2026], Area.LEADERSHIP).value is Grade.GOOD


def test_a_latest_report_that_is_listed_and_unread_makes_the_standing_unknown() -> None:
    unread = inspection(4, "2025-01-01", published="2025-03-01", unread=True)
    assert standing([AFTER_2023, unread], Area.OVERALL).value is Absence.UNKNOWN


def test_adoption_stands_from_the_single_inspection_until_ilacs_no_longer_judges_it() -> None:
    single = inspection(
        5, "2015-06-01", grades("good", leavers="good", adoption="outstanding"), framework="sif"
    )
    assert standing([single], Area.ADOPTION).value is Grade.OUTSTANDING
    assert standing([single, BEFORE_2023], Area.ADOPTION).value is Absence.NO_LONGER_JUDGED


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (Grade.GOOD, Grade.OUTSTANDING, Change.IMPROVED),
        (Grade.GOOD, Grade.INADEQUATE, Change.DECLINED),
        (Grade.GOOD, Grade.GOOD, Change.UNCHANGED),
        (Grade.ADEQUATE, Grade.GOOD, Change.NOT_COMPARABLE),
        (Grade.ADEQUATE, Grade.ADEQUATE, Change.NOT_COMPARABLE),
        (Grade.GOOD, Grade.NOT_JUDGED, Change.NOT_COMPARABLE),
        (Absence.NEVER_JUDGED, Grade.GOOD, Change.FIRST_JUDGED),
        (Absence.JUDGED_TOGETHER, Grade.GOOD, Change.JUDGED_APART),
        (Absence.UNKNOWN, Grade.GOOD, Change.NOT_COMPARABLE),
    ],
)
def test_what_compares(old: Grade | Absence, new: Grade, change: Change) -> None:
    assert compare(Standing(Area.OVERALL, old), new) is change
