"""A council's grade in one area at a moment, derived from its inspections and never typed (DESIGN
§2, §5.1–5.4).

Which areas a framework judges is in `syncer.register.frameworks`; grades are compared by rank, and
only grades that have one compare.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from syncer.model import Absence, Area, Change, Grade, Record, Standing
from syncer.register.frameworks import FRAMEWORKS

RANK = {Grade.INADEQUATE: 0, Grade.REQUIRES_IMPROVEMENT: 1, Grade.GOOD: 2, Grade.OUTSTANDING: 3}
"""ADEQUATE and NOT_JUDGED have no rank: they compare with nothing."""


def in_order(inspections: Sequence[Record]) -> list[Record]:
    """Return inspections, oldest first: by first day; one that is not read yet by the day it was
    published."""

    def place(inspection: Record) -> tuple[dt.date, dt.date, int]:
        published = inspection.published or dt.date.min
        return when(inspection), published, inspection.id

    return sorted(inspections, key=place)


def when(inspection: Record) -> dt.date:
    """Return the day by which an inspection or visit is put in order. The unread one is published
    weeks after its unknown first day, and can only be placed by that."""
    return inspection.report.first_day or inspection.published or dt.date.min


def standing(inspections: Sequence[Record], area: Area) -> Standing:
    """Return the grade in `area` after the given inspections of one council, in any order."""
    ordered = in_order(inspections)
    if not ordered:
        return Standing(area, Absence.NEVER_JUDGED)

    latest = ordered[-1]
    if latest.unread:
        return Standing(area, Absence.UNKNOWN, latest.id)
    return _standing_of_read(ordered, area)


def _standing_of_read(ordered: Sequence[Record], area: Area) -> Standing:
    """Return the standing of an area where the latest inspection was read."""
    latest = ordered[-1]
    framework = latest.inspection.framework
    partner = FRAMEWORKS.judged_with(framework, area)
    if partner is not None:
        return _judged_together(latest, area, partner)
    if FRAMEWORKS.is_not_judged(framework, area):
        return _not_judged(ordered, area)
    return _latest_grade(ordered, area)


def _judged_together(latest: Record, area: Area, partner: Area) -> Standing:
    """Return the standing of an area that is judged within another one."""
    grade = latest.inspection.grade(partner)
    return Standing(
        area,
        Absence.JUDGED_TOGETHER,
        latest.id,
        when(latest),
        str(grade or ""),
    )


def _not_judged(ordered: Sequence[Record], area: Area) -> Standing:
    """Return the standing of an area that the latest inspection's framework does not judge."""
    latest = ordered[-1]
    ever = any(r.unread or r.inspection.grade(area) for r in ordered)
    absence = Absence.NO_LONGER_JUDGED if ever else Absence.NEVER_JUDGED
    return Standing(
        area,
        absence,
        latest.id,
        when(latest),
    )


def _latest_grade(ordered: Sequence[Record], area: Area) -> Standing:
    for inspection in reversed(ordered):
        if inspection.unread:
            return Standing(area, Absence.UNKNOWN, inspection.id)
        grade = inspection.inspection.grade(area)
        if grade is not None:
            return _graded(inspection, area, grade)

    return Standing(area, Absence.NEVER_JUDGED)


def _graded(inspection: Record, area: Area, grade: Grade) -> Standing:
    framework = inspection.inspection.framework
    together = FRAMEWORKS.covers_another(framework, area)
    note = "judged together with care leavers" if together else ""
    return Standing(
        area,
        grade,
        inspection.id,
        when(inspection),
        note,
    )


def compare(old: Standing, new: Grade) -> Change:
    """Return what a new grade means to a reader, against the standing before it (DESIGN §5.4)."""
    if old.value is Absence.NEVER_JUDGED:
        return Change.FIRST_JUDGED
    if old.value is Absence.JUDGED_TOGETHER:
        return Change.JUDGED_APART
    if not isinstance(old.value, Grade):
        return Change.NOT_COMPARABLE
    return _compare_grades(old.value, new)


def _compare_grades(old: Grade, new: Grade) -> Change:
    """Return how one grade moved to another, where both have a place on the scale."""
    if old not in RANK or new not in RANK:
        return Change.NOT_COMPARABLE

    before, after = RANK[old], RANK[new]
    if before == after:
        return Change.UNCHANGED
    if after > before:
        return Change.IMPROVED
    return Change.DECLINED
