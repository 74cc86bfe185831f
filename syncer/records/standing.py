"""A council's grade in one area at a moment, derived from its inspections and never typed (DESIGN
§2, §5.1–5.4).

Which areas a framework judges is data here; grades are compared by rank, and only grades that have
one compare. Sources: Ofsted, "Inspecting local authority children's services" (2018, January 2023,
April 2026); the single inspection framework.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from syncer.model import Absence, Area, Change, Framework, Grade, Record, Standing

COMBINED_UNTIL = dt.date(2023, 1, 1)
NO_OVERALL_FROM = dt.date(2026, 4, 1)

JUDGED_TOGETHER = {Framework.ILACS: {Area.CARE_LEAVERS: Area.CARE}}
NOT_JUDGED_BY = {
    Framework.ILACS: {Area.ADOPTION},
    Framework.ILACS_2023: {Area.ADOPTION},
    Framework.ILACS_2026: {Area.ADOPTION, Area.OVERALL},
}
RANK = {Grade.INADEQUATE: 0, Grade.REQUIRES_IMPROVEMENT: 1, Grade.GOOD: 2, Grade.OUTSTANDING: 3}
"""ADEQUATE and NOT_JUDGED have no rank: they compare with nothing."""


def ilacs_framework(first_day: dt.date) -> Framework:
    """Which of the three ILACS frameworks an inspection that began on that day was made by."""
    if first_day >= NO_OVERALL_FROM:
        return Framework.ILACS_2026
    return Framework.ILACS_2023 if first_day >= COMBINED_UNTIL else Framework.ILACS


def in_order(inspections: Sequence[Record]) -> list[Record]:
    """Oldest first: by first day; one that is not read yet by the day it was published."""
    return sorted(inspections, key=lambda r: (when(r), r.published or dt.date.min, r.id))


def when(inspection: Record) -> dt.date:
    """The day by which an inspection is put in order. The unread one is published weeks after its
    unknown first day, and can only be placed by that."""
    return inspection.inspection.first_day or inspection.published or dt.date.min


def standing(inspections: Sequence[Record], area: Area) -> Standing:
    """The grade in `area` after the given inspections of one council, in any order."""
    ordered = in_order(inspections)
    if not ordered:
        return Standing(area, Absence.NEVER_JUDGED)
    latest = ordered[-1]
    if latest.unread:
        return Standing(area, Absence.UNKNOWN, latest.id)
    framework = latest.inspection.framework
    if framework in JUDGED_TOGETHER and area in JUDGED_TOGETHER[framework]:
        partner = JUDGED_TOGETHER[framework][area]
        return Standing(
            area,
            Absence.JUDGED_TOGETHER,
            latest.id,
            when(latest),
            str(latest.inspection.grade(partner) or ""),
        )
    if framework in NOT_JUDGED_BY and area in NOT_JUDGED_BY[framework]:
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
            together = area is Area.CARE and inspection.inspection.framework is Framework.ILACS
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
