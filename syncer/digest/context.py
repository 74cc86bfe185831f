"""The one line that puts a judgement into its place: time since the last inspection, the region,
the statistical neighbours. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from syncer.digest import wording
from syncer.digest.message_model import DigestContext
from syncer.model import Absence, Area, Event, Grade, Standing


def of_inspection(event: Event, area: str, context: DigestContext) -> tuple[str, ...]:
    """Return sentences about one inspection's council; nothing where nothing is known."""
    slug = event.councils[0]
    found = (
        _since_last(event, context),
        _region(slug, area, context),
        _neighbours(slug, area, context),
    )
    return tuple(sentence for sentence in found if sentence)


def _since_last(event: Event, context: DigestContext) -> str:
    first = event.detail.inspection.first_day
    if first is None:
        return ""

    before = context.inspected.last(event.councils[0], first)
    return _how_long_ago(before, first) if before else ""


def _how_long_ago(before: dt.date, first: dt.date) -> str:
    since = wording.between(before, first)
    day = wording.day(before)
    return f"The last inspection before this one began {since} earlier, on {day}."


def _region(slug: str, area: str, context: DigestContext) -> str:
    """Return how the councils of the region stand that are open now, the one itself among them."""
    region = context.register.by_slug(slug).region
    if not region:
        return ""

    where = f"in {wording.region(region)}"
    return _tally(where, _open_in(region, context), area, context)


def _open_in(region: str, context: DigestContext) -> list[str]:
    """Return the slugs of the councils of a region that are open now."""
    today = context.now.date()
    councils = context.register.region(region, today)
    return [council.slug for council in councils]


def _neighbours(slug: str, area: str, context: DigestContext) -> str:
    register = context.register
    slugs = [council.slug for council in register.neighbours(slug)]
    name = register.by_slug(slug).name

    return _tally(f"among the statistical neighbours of {name}", slugs, area, context)


def _tally(where: str, slugs: Iterable[str], area: str, context: DigestContext) -> str:
    """Return "Leadership in the North West now: 3 outstanding, 12 good, 7 requires improvement.";
    nothing where no grade is known."""
    held = _held(slugs, area, context)
    if not any(isinstance(standing.value, Grade) for standing in held):
        return ""

    name = wording.capital(wording.area(area))
    counts = _counts(held)
    return f"{name} {where} now: {counts}."


def _held(slugs: Iterable[str], area: str, context: DigestContext) -> list[Standing]:
    """Return how those of the councils stand of which it is known."""
    held = []
    for slug in slugs:
        standings = context.standings.get(slug, {})
        if area in standings:
            held.append(standings[Area(area)])
    return held


def _counts(held: Iterable[Standing]) -> str:
    """Return "3 outstanding, 12 good"."""
    counts = Counter(counted_as(standing) for standing in held)
    best_first = sorted(counts, key=_place_of)
    return ", ".join(f"{counts[words]} {words}" for words in best_first)


def _place_of(words: str) -> tuple[int, str]:
    """Return a key that sorts the best grade first, and whatever is no grade last."""
    grades = list(wording.GRADE_WORDS.values())
    place = grades.index(words) if words in grades else len(grades)
    return place, words


def counted_as(standing: Standing) -> str:
    """Return the words under which a standing is counted."""
    if standing.value is Absence.JUDGED_TOGETHER:
        return "judged with children in care"
    return wording.standing(standing)
