"""All councils in one list: how each stands in every area, since when, and under which rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syncer.digest import wording
from syncer.digest.items import LETTERS
from syncer.digest.message_model import GradeBadge
from syncer.model import Absence, Area, Council, Standing
from syncer.site import addresses
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.site.standings import badge_of

SHORT_WORDS: Mapping[str, str] = {
    Absence.NO_LONGER_JUDGED: "ended",
    Absence.NEVER_JUDGED: "never",
}


@dataclass(frozen=True)
class AreaStanding:
    """How a council stands in one area: as a badge with its words, and as a letter or short word
    for a dense table, which tells apart why there is no grade."""

    badge: GradeBadge
    letter: str


@dataclass(frozen=True)
class StandingRow:
    """A council in a list: how it stands in each area that is listed, and its last inspection
    (nothing known of it: no day, no framework, no address)."""

    council: Council
    standings: tuple[AreaStanding, ...]
    inspected: dt.date | None
    framework: str
    report: str


def pages(facts: Facts) -> Pages:
    """Yield the list of all councils."""
    yield addresses.COUNCILS, lambda: _all(facts)


def _all(facts: Facts) -> SitePage:
    ended = [each for each in facts.register if each.closed and each.closed <= facts.day]
    to_come = [each for each in facts.register if each.opened and each.opened > facts.day]
    model = {
        "regions": sorted({council.region for council in facts.councils}),
        "areas": areas_judged(facts),
        "rows": standing_rows(facts, facts.councils),
        "ended": ended,
        "to_come": to_come,
    }
    return SitePage(
        "Councils",
        "councils.html.j2",
        model,
        description="How every council with children’s services in England stands with Ofsted.",
    )


def areas_judged(facts: Facts) -> tuple[Area, ...]:
    """Return the areas in which some council has a grade that stands, or had an overall one: an
    area that nobody is judged in any more would be an empty column."""
    ungraded = {"never_judged", "no_longer_judged", "unknown"}
    found = []
    for area in Area:
        values = {str(standing[area].value) for standing in facts.standings.values()}
        if area is Area.OVERALL or values - ungraded:
            found.append(area)
    return tuple(found)


def standing_rows(facts: Facts, councils: Iterable[Council]) -> list[StandingRow]:
    """Return how these councils stand, in their order."""
    areas = areas_judged(facts)
    return [_row(facts, council, areas) for council in councils]


def _row(facts: Facts, council: Council, areas: Iterable[Area]) -> StandingRow:
    standings = facts.standings[council.slug]
    reason = facts.reasons[council.slug]
    latest = facts.context.latest.get(council.slug)
    said = latest.report if latest else None
    return StandingRow(
        council,
        tuple(_in_area(standings[area], reason) for area in areas),
        said.first_day if said else None,
        wording.FRAMEWORK_WORDS.get(said.framework or "", "") if said else "",
        (said.report_url or latest.url) if said and latest else "",
    )


def _in_area(standing: Standing, reason: str) -> AreaStanding:
    badge = badge_of(standing, reason)
    return AreaStanding(badge, _letter(standing, badge))


def _letter(standing: Standing, badge: GradeBadge) -> str:
    """Return the letter of a grade, that of the area it is judged with in brackets, or a short word
    for why there is none."""
    if standing.value is Absence.JUDGED_TOGETHER:
        return f"({LETTERS.get(standing.note, '?')})"
    return SHORT_WORDS.get(str(standing.value), badge.letter)
