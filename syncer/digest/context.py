"""The one line that puts a judgement into its place: time since the last inspection, the region,
the statistical neighbours. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from syncer.digest import wording
from syncer.digest.message_model import DigestContext
from syncer.model import Absence, Area, Event, Grade, Standing


def of_inspection(event: Event, area: str, context: DigestContext) -> tuple[str, ...]:
    """Sentences about one inspection's council; empty where nothing is known."""
    slug = event.councils[0]
    found = (
        _since_last(event, context),
        _region(slug, area, context),
        _neighbours(slug, area, context),
    )
    return tuple(sentence for sentence in found if sentence)


def _since_last(event: Event, context: DigestContext) -> str:
    first = event.detail.inspection.first_day
    earlier = [day for day in context.inspected.get(event.councils[0], ()) if first and day < first]
    if not first or not earlier:
        return ""
    return f"The inspection before began {wording.between(max(earlier), first)} earlier, on {wording.day(max(earlier))}."


def _region(slug: str, area: str, context: DigestContext) -> str:
    """The councils of the region that are open now, the one itself among them."""
    region = context.register.by_slug(slug).region
    names = (
        [council.slug for council in context.register.region(region, context.now.date())]
        if region
        else []
    )
    return _tally(f"{region}, {wording.area(area)}", names, area, context)


def _neighbours(slug: str, area: str, context: DigestContext) -> str:
    names = [council.slug for council in context.register.neighbours(slug)]
    name = context.register.by_slug(slug).name
    return _tally(f"Statistical neighbours of {name}, {wording.area(area)}", names, area, context)


def _tally(label: str, slugs: Iterable[str], area: str, context: DigestContext) -> str:
    """ "North West, leadership: 3 outstanding, 12 good, 7 requires improvement, 2 inadequate." """
    held = [
        context.standings[slug][Area(area)]
        for slug in slugs
        if area in context.standings.get(slug, {})
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
