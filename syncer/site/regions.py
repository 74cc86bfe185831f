"""The nine regions: how their councils stand, what changed there lately, and money."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from syncer.digest.items import COLOURED, grade_badge
from syncer.digest.message_model import GradeBadge
from syncer.model import Area, Council, Record, RecordKind
from syncer.site import addresses
from syncer.site.addresses import REGIONS, slug_of
from syncer.site.change_list import change_rows
from syncer.site.council_list import areas_judged, standing_rows
from syncer.site.facts import Facts
from syncer.site.intervention_list import intervention_rows
from syncer.site.page import Pages, SitePage
from syncer.views.programmes import Sum, added, by_programme

LATEST = 30
"""Changes on a region's page."""

YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class AreaCount:
    """How many councils stand how in one area: a number for each grade, and for those with none."""

    area: Area
    numbers: tuple[tuple[GradeBadge, int], ...]

    def of(self, badge: GradeBadge) -> int:
        """Return how many councils have this grade, or none for this reason."""
        return dict(self.numbers).get(badge, 0)


@dataclass(frozen=True)
class RegionRow:
    """A region in the list of all: its councils, how they stand in leadership, and how many changes
    were noticed there within a year."""

    name: str
    address: str
    councils: int
    leadership: AreaCount
    changes: int


@dataclass(frozen=True)
class RegionMoney:
    """What the councils of a region were given under a programme: to one of them alone, and with
    others, of which nobody says whose part is whose."""

    programme: str
    address: str
    alone: Sum
    shared: Sum


def pages(facts: Facts) -> Pages:
    """Yield the list of regions, and the page of each."""
    yield REGIONS, lambda: _all(facts)
    for name in region_names(facts):
        yield addresses.region(slug_of(name)), partial(_one, facts, name)


def region_names(facts: Facts) -> list[str]:
    """Return the regions that have a council on the day, by name."""
    return sorted({council.region for council in facts.councils})


def _of(facts: Facts, name: str) -> list[Council]:
    return [council for council in facts.councils if council.region == name]


def _all(facts: Facts) -> SitePage:
    rows = [_region_row(facts, name) for name in region_names(facts)]
    return SitePage(
        "Regions",
        "regions.html.j2",
        {"rows": rows, "total": _count(facts, facts.councils, Area.LEADERSHIP)},
        description="How the councils of each region of England stand.",
    )


def _region_row(facts: Facts, name: str) -> RegionRow:
    councils = _of(facts, name)
    rows = change_rows(facts, _slugs(councils))
    recent = [row for row in rows if row.noticed > facts.made - YEAR]
    return RegionRow(
        name,
        addresses.region(slug_of(name)),
        len(councils),
        _count(facts, councils, Area.LEADERSHIP),
        len(recent),
    )


def _slugs(councils: Iterable[Council]) -> frozenset[str]:
    return frozenset(council.slug for council in councils)


def _count(facts: Facts, councils: Sequence[Council], area: Area) -> AreaCount:
    """Return how many of these councils stand how in one area."""
    stood = Counter(str(facts.standings[council.slug][area].value) for council in councils)
    others = sorted(value for value in stood if value not in COLOURED)
    numbers = [(grade_badge(value), stood[value]) for value in (*COLOURED, *others)]
    return AreaCount(area, tuple(numbers))


def _badges(counts: Iterable[AreaCount]) -> list[GradeBadge]:
    """Return every grade, and every reason for having none, that is counted in some area."""
    found: dict[GradeBadge, None] = {}
    for count in counts:
        found.update((badge, None) for badge, _ in count.numbers)
    return list(found)


def _one(facts: Facts, name: str) -> SitePage:
    councils = _of(facts, name)
    slugs = _slugs(councils)
    changes = change_rows(facts, slugs)
    areas = areas_judged(facts)
    counts = [_count(facts, councils, area) for area in areas]
    money = _money(facts, slugs)
    model = {
        "region": name,
        "areas": areas,
        "standings": standing_rows(facts, councils),
        "counts": counts,
        "badges": _badges(counts),
        "changes": changes[:LATEST],
        "more_changes": len(changes) > LATEST,
        "interventions": [row for row in intervention_rows(facts, slugs) if row.in_force],
        "money": money,
        "money_alone": sum((row.alone for row in money), Sum()),
        "money_shared": sum((row.shared for row in money), Sum()),
    }
    return SitePage(
        name,
        "region.html.j2",
        model,
        description=f"How the {len(councils)} councils of {name} stand, and what changed.",
        feed=addresses.feed_of(addresses.region(slug_of(name))),
        trail=((REGIONS, "Regions"),),
    )


def _money(facts: Facts, slugs: frozenset[str]) -> list[RegionMoney]:
    """Return what these councils were given, programme by programme."""
    own = [award for award in facts.of(RecordKind.AWARD) if not slugs.isdisjoint(award.councils)]
    rows = []
    for programme, lines in by_programme(own).items():
        alone, shared = _alone_and_shared(lines, slugs)
        address = addresses.programme(slug_of(programme))
        rows.append(RegionMoney(programme, address, alone, shared))
    return rows


def _alone_and_shared(lines: Iterable[Record], slugs: frozenset[str]) -> tuple[Sum, Sum]:
    """Return the sum of what goes to councils of the region only, and of what goes beyond it."""
    alone, shared = [], []
    for line in lines:
        if slugs.issuperset(line.councils):
            alone.append(line)
        else:
            shared.append(line)
    return added(alone), added(shared)
