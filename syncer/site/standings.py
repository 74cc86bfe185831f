"""How councils stand, as the site shows it: a badge for each standing, and counts of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from syncer.digest import wording
from syncer.digest.items import grade_badge
from syncer.digest.message_model import GradeBadge
from syncer.model import Absence, Area, Grade, Standing
from syncer.site.facts import Facts
from syncer.views.lists import LATEST_UNREAD, NOT_KNOWN

COUNTED = (Grade.OUTSTANDING, Grade.GOOD, Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE)
ABSENCES = (
    Absence.NO_LONGER_JUDGED,
    Absence.JUDGED_TOGETHER,
    Absence.NEVER_JUDGED,
    Absence.UNKNOWN,
)
ABSENCE_HEADINGS = {
    Absence.NO_LONGER_JUDGED: "no longer judged",
    Absence.JUDGED_TOGETHER: "with children in care",
    Absence.NEVER_JUDGED: "never judged",
    Absence.UNKNOWN: NOT_KNOWN,
}


def badge_of(standing: Standing, reason: str) -> GradeBadge:
    """Return the badge of a standing. `reason` is why it is not known, as `why_unknown` gives it:
    only of a report that is there and could not be read is said that it is not read yet."""
    badge = replace(grade_badge(str(standing.value)), word=wording.standing(standing))
    if standing.value is Absence.JUDGED_TOGETHER:
        return replace(badge, letter="C")
    if standing.value is Absence.UNKNOWN and reason != LATEST_UNREAD:
        return replace(badge, word=NOT_KNOWN)
    return badge


@dataclass(frozen=True)
class Count:
    """How many councils stand so: `key` names the colour, `start` how many stand before it in the
    bar."""

    key: str
    words: str
    number: int
    start: int = 0


@dataclass(frozen=True)
class AreaCounts:
    """How many councils stand how in one area. Together the numbers are all councils."""

    area: Area
    name: str
    grades: tuple[Count, ...]
    absences: tuple[Count, ...]

    @property
    def every(self) -> tuple[Count, ...]:
        """The counts of the grades, then those of the reasons for having none."""
        return self.grades + self.absences

    @property
    def all(self) -> int:
        """Return how many councils are counted."""
        return sum(count.number for count in self.grades + self.absences)


def counts(facts: Facts, slugs: Sequence[str]) -> tuple[AreaCounts, ...]:
    """Return, for each area in which one of these councils has a grade, how many stand how."""
    found = []
    for area in Area:
        counted = count_in(facts, slugs, area)
        if any(count.number for count in counted.grades):
            found.append(counted)
    return tuple(found)


def count_in(facts: Facts, slugs: Iterable[str], area: Area) -> AreaCounts:
    """Return how many of these councils stand how in one area."""
    values = Counter(facts.standings[slug][area].value for slug in slugs)
    graded: list[Count] = []
    for grade in COUNTED:
        before = sum(count.number for count in graded)
        graded.append(Count(str(grade), wording.grade(grade), values[grade], before))

    absent = []
    for absence in ABSENCES:
        absent.append(Count("none", ABSENCE_HEADINGS[absence], values[absence]))
    name = wording.capital(wording.area(area))
    return AreaCounts(area, name, tuple(graded), tuple(absent))
