"""The one line that puts a judgement into its place: time since the last inspection, the region,
the statistical neighbours. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from syncer.digest import wording
from syncer.digest.letter import DigestContext
from syncer.model import Absence, Area, Event, Grade, Standing


def of_inspection(event: Event, area: str, situation: DigestContext) -> tuple[str, ...]:
    """Sentences about one inspection's council; empty where nothing is known."""
    slug = event.councils[0]
    found = (
        _since_last(event, situation),
        _region(slug, area, situation),
        _neighbours(slug, area, situation),
    )
    return tuple(sentence for sentence in found if sentence)


def _since_last(event: Event, situation: DigestContext) -> str:
    first = event.detail.inspection.first_day
    earlier = [
        day for day in situation.inspected.get(event.councils[0], ()) if first and day < first
    ]
    if not first or not earlier:
        return ""
    return f"The inspection before began {wording.between(max(earlier), first)} earlier, on {wording.day(max(earlier))}."


def _region(slug: str, area: str, situation: DigestContext) -> str:
    """The councils of the region that are open now, the one itself among them."""
    region = situation.register.by_slug(slug).region
    names = (
        [council.slug for council in situation.register.region(region, situation.now.date())]
        if region
        else []
    )
    return _tally(f"{region}, {wording.area(area)}", names, area, situation)


def _neighbours(slug: str, area: str, situation: DigestContext) -> str:
    names = [council.slug for council in situation.register.neighbours(slug)]
    name = situation.register.by_slug(slug).name
    return _tally(f"Statistical neighbours of {name}, {wording.area(area)}", names, area, situation)


def _tally(label: str, slugs: Iterable[str], area: str, situation: DigestContext) -> str:
    """ "North West, leadership: 3 outstanding, 12 good, 7 requires improvement, 2 inadequate." """
    held = [
        situation.standings[slug][Area(area)]
        for slug in slugs
        if area in situation.standings.get(slug, {})
    ]
    if not any(isinstance(standing.value, Grade) for standing in held):
        return ""
    counts = Counter(_counted_as(standing) for standing in held)
    parts = [
        f"{counts.pop(grade)} {grade}" for grade in wording.GRADE_WORDS.values() if grade in counts
    ]
    return (
        f"{label}: {', '.join([*parts, *(f'{n} {words}' for words, n in sorted(counts.items()))])}."
    )


def _counted_as(standing: Standing) -> str:
    return (
        "judged with children in care"
        if standing.value is Absence.JUDGED_TOGETHER
        else wording.standing(standing)
    )
