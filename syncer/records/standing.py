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
    """Oldest first: by first day; one that is not read yet by the day it was published."""
    return sorted(inspections, key=lambda r: (when(r), r.published or dt.date.min, r.id))


def when(inspection: Record) -> dt.date:
    """The day by which an inspection or visit is put in order. The unread one is published weeks
    after its unknown first day, and can only be placed by that."""
    return inspection.report.first_day or inspection.published or dt.date.min


def standing(inspections: Sequence[Record], area: Area) -> Standing:
    """The grade in `area` after the given inspections of one council, in any order."""
    ordered = in_order(inspections)
    if not ordered:
        return Standing(area, Absence.NEVER_JUDGED)
    latest = ordered[-1]
    if latest.unread:
        return Standing(area, Absence.UNKNOWN, latest.id)
    framework = latest.inspection.framework
    partner = FRAMEWORKS.judged_with(framework, area)
    if partner is not None:
        return Standing(
            area,
            Absence.JUDGED_TOGETHER,
            latest.id,
            when(latest),
            str(latest.inspection.grade(partner) or ""),
        )
    if FRAMEWORKS.is_not_judged(framework, area):
        ever = any(r.unread or r.inspection.grade(area) for r in ordered)
        return Standing(
            area,
            Absence.NO_LONGER_JUDGED if ever else Absence.NEVER_JUDGED,
            latest.id,
            when(latest),
        )
    return _latest_grade(ordered, area)


def _latest_grade(ordered: Sequence[Record], area: Area) -> Standing:
    for inspection in reversed(ordered):
        if inspection.unread:
            return Standing(area, Absence.UNKNOWN, inspection.id)
        grade = inspection.inspection.grade(area)
        if grade is not None:
            together = FRAMEWORKS.covers_another(inspection.inspection.framework, area)
            note = "judged together with care leavers" if together else ""
            return Standing(area, grade, inspection.id, when(inspection), note)
    return Standing(area, Absence.NEVER_JUDGED)


def compare(old: Standing, new: Grade) -> Change:
    """What a new grade means to a reader, against the standing before it (DESIGN §5.4)."""
    if old.value is Absence.NEVER_JUDGED:
        return Change.FIRST_JUDGED
    if old.value is Absence.JUDGED_TOGETHER:
        return Change.JUDGED_APART
    if not isinstance(old.value, Grade) or old.value not in RANK or new not in RANK:
        return Change.NOT_COMPARABLE
    before, after = RANK[old.value], RANK[new]
    return (
        Change.UNCHANGED
        if before == after
        else Change.IMPROVED
        if after > before
        else Change.DECLINED
    )
