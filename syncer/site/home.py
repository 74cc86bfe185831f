"""The first page: what changed lately, worst first; the country in numbers and as a map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from syncer.digest import wording
from syncer.digest.message_model import GradeBadge
from syncer.model import Area, Council, Event, Standing
from syncer.register.tiles import Tile, tiles
from syncer.site.addresses import FEED, HOME
from syncer.site.facts import Facts
from syncer.site.headlines import Headline, headlines
from syncer.site.page import Pages, SitePage
from syncer.site.standings import AreaCounts, badge_of, counts

LATELY = dt.timedelta(days=14)
MOST_NEWS = 30
MAPPED = Area.LEADERSHIP
"""What the map shows: the one judgement that every framework makes. Overall effectiveness is judged
no more since April 2026, so that a map of it would show ever older inspections."""


@dataclass(frozen=True)
class News:
    """What changed in some days: the first and the last of them, the news, how many more there are,
    and whether these are the last days that there were (`recent`), or the last with any news."""

    first: dt.date
    last: dt.date
    news: Sequence[Headline]
    more: int
    recent: bool


@dataclass(frozen=True)
class MapTile:
    """One council of the map: its place, in tiles, and how it stands. `edges` are the sides (as
    "north", "east", "south", "west") behind which another region begins."""

    council: Council
    column: int
    row: int
    badge: GradeBadge
    edges: tuple[str, ...]


@dataclass(frozen=True)
class MapRow:
    """One line of the table beside the map: `off` is set for a council that has no tile."""

    council: Council
    badge: GradeBadge
    since: dt.date | None
    off: bool


@dataclass(frozen=True)
class TileMap:
    """All councils of one day on tiles, and the same as lines."""

    area: str
    columns: int
    rows: int
    tiles: Sequence[MapTile]
    lines: Sequence[MapRow]


def pages(facts: Facts) -> Pages:
    """Yield the first page."""
    yield HOME, lambda: _home(facts)


def _home(facts: Facts) -> SitePage:
    slugs = [council.slug for council in facts.councils]
    numbers = counts(facts, slugs)
    model = {
        "lately": lately(facts),
        "numbers": numbers,
        "still_overall": _still_judged_overall(numbers),
        "map": tile_map(facts),
    }
    return SitePage(
        "Children’s services in England",
        "home.html.j2",
        model,
        description="How Ofsted judges children’s services in England, and what changed lately.",
        feed=FEED,
    )


def _still_judged_overall(numbers: Sequence[AreaCounts]) -> int:
    """Return how many councils have an overall judgement."""
    for counted in numbers:
        if counted.area is Area.OVERALL:
            return sum(count.number for count in counted.grades)
    return 0


# -- What changed ----------------------------------------------------------------------------------


def lately(facts: Facts) -> News | None:
    """Return the news of the last fortnight or, where there was none, of the fortnight before the
    latest; None where nothing was ever noticed."""
    if not facts.events:
        return None

    newest = facts.events[-1].noticed_at
    recent = newest > facts.made - LATELY
    until = facts.made if recent else newest
    since = until - LATELY
    return _news([event for event in facts.events if event.noticed_at > since], facts, recent)


def _news(events: Sequence[Event], facts: Facts, recent: bool) -> News:
    found = headlines(events, facts.context)
    return News(
        wording.local_day(events[0].noticed_at),
        wording.local_day(events[-1].noticed_at),
        found[:MOST_NEWS],
        max(len(found) - MOST_NEWS, 0),
        recent,
    )


# -- The map ---------------------------------------------------------------------------------------


def tile_map(facts: Facts) -> TileMap:
    """Return the councils of the day on their tiles."""
    places = {}
    for council in facts.councils:
        if council.slug in tiles():
            places[tiles()[council.slug]] = council

    placed = [_tile(facts, place, places) for place in sorted(places)]
    return TileMap(
        area=wording.capital(wording.area(MAPPED)),
        columns=max((tile.column for tile in tiles().values()), default=0) + 1,
        rows=max((tile.row for tile in tiles().values()), default=0) + 1,
        tiles=placed,
        lines=[_line(facts, council) for council in facts.councils],
    )


def _tile(facts: Facts, place: Tile, places: dict[Tile, Council]) -> MapTile:
    council = places[place]
    around = {
        "north": Tile(place.column, place.row - 1),
        "east": Tile(place.column + 1, place.row),
        "south": Tile(place.column, place.row + 1),
        "west": Tile(place.column - 1, place.row),
    }
    edges = []
    for side, beside in around.items():
        neighbour = places.get(beside)
        if neighbour is None or neighbour.region != council.region:
            edges.append(side)
    return MapTile(council, place.column, place.row, _badge(facts, council), tuple(edges))


def _standing(facts: Facts, council: Council) -> Standing:
    return facts.standings[council.slug][MAPPED]


def _badge(facts: Facts, council: Council) -> GradeBadge:
    return badge_of(_standing(facts, council), facts.reasons[council.slug])


def _line(facts: Facts, council: Council) -> MapRow:
    since = _standing(facts, council).first_day
    return MapRow(council, _badge(facts, council), since, council.slug not in tiles())
