"""A framework is one entry: what it judges no longer, and what it puts an end to, follows."""

from __future__ import annotations

import datetime as dt
from typing import cast

import pytest

from syncer.model import Area, Framework
from syncer.register.frameworks import (
    FRAMEWORKS,
    Frameworks,
    InspectionFramework,
    ReportForm,
)

RENEWED = InspectionFramework(
    name=cast("Framework", "renewed_2027"),
    form=ReportForm.ILACS,
    first_day=dt.date(2027, 9, 1),
    rows=frozenset({Area.LEADERSHIP, Area.HELP, Area.CARE}),
    together={Area.CARE_LEAVERS: Area.CARE},
)
WITH_RENEWED = Frameworks((*FRAMEWORKS, RENEWED))


@pytest.mark.parametrize(
    ("first_day", "framework"),
    [
        (dt.date(2018, 1, 29), Framework.ILACS),
        (dt.date(2022, 12, 31), Framework.ILACS),
        (dt.date(2023, 1, 1), Framework.ILACS_2023),
        (dt.date(2026, 3, 31), Framework.ILACS_2023),
        (dt.date(2026, 4, 1), Framework.ILACS_2026),
    ],
)
def test_the_first_day_tells_the_three_frameworks_of_ilacs_apart(
    first_day: dt.date, framework: Framework
) -> None:
    assert FRAMEWORKS.ilacs_framework(first_day) is framework
    earliest, latest = FRAMEWORKS.first_days(framework)
    assert earliest <= first_day <= latest


@pytest.mark.parametrize(
    ("framework", "given_up"),
    [
        (Framework.PRE_SIF, set()),
        (Framework.SIF, set()),
        (Framework.ILACS, {Area.ADOPTION}),
        (Framework.ILACS_2023, {Area.ADOPTION}),
        (Framework.ILACS_2026, {Area.ADOPTION, Area.OVERALL}),
    ],
)
def test_an_area_that_an_earlier_framework_judged_and_this_one_does_not_is_given_up(
    framework: Framework, given_up: set[Area]
) -> None:
    assert {area for area in Area if FRAMEWORKS.is_not_judged(framework, area)} == given_up


def test_care_leavers_were_judged_with_children_in_care_in_the_first_ilacs_only() -> None:
    with_another = [
        (entry.name, area, FRAMEWORKS.judged_with(entry.name, area))
        for entry in FRAMEWORKS
        for area in Area
        if FRAMEWORKS.judged_with(entry.name, area)
    ]
    assert with_another == [(Framework.ILACS, Area.CARE_LEAVERS, Area.CARE)]
    assert FRAMEWORKS.covers_another(Framework.ILACS, Area.CARE)
    assert not FRAMEWORKS.covers_another(Framework.ILACS_2023, Area.CARE)


def test_a_renewed_framework_is_one_new_entry_and_ends_the_one_before_it() -> None:
    assert WITH_RENEWED.ilacs_framework(dt.date(2027, 9, 1)) == "renewed_2027"
    assert WITH_RENEWED.ilacs_framework(dt.date(2027, 8, 31)) is Framework.ILACS_2026
    assert WITH_RENEWED.first_days(Framework.ILACS_2026)[1] == dt.date(2027, 8, 31)
    assert WITH_RENEWED.first_days(RENEWED.name) == (dt.date(2027, 9, 1), dt.date.max)
    assert WITH_RENEWED.latest() is RENEWED


def test_what_a_renewed_framework_judges_follows_from_its_entry_alone() -> None:
    given_up = {area for area in Area if WITH_RENEWED.is_not_judged(RENEWED.name, area)}
    assert given_up == {Area.ADOPTION, Area.OVERALL}
    assert WITH_RENEWED.judged_with(RENEWED.name, Area.CARE_LEAVERS) is Area.CARE
    assert WITH_RENEWED.covers_another(RENEWED.name, Area.CARE)
    assert not FRAMEWORKS.is_not_judged(Framework.ILACS_2026, Area.CARE_LEAVERS)


def test_of_a_report_whose_framework_is_not_known_nothing_is_concluded() -> None:
    assert not any(FRAMEWORKS.is_not_judged(None, area) for area in Area)
    assert not any(FRAMEWORKS.judged_with(None, area) for area in Area)
    assert not FRAMEWORKS.is_ilacs(None)
