"""The nine regions: how their councils stand, what changed there lately, and money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from syncer.model import Area, Council, Record, RecordKind
from syncer.site import addresses
from syncer.site.addresses import REGIONS, slug_of
from syncer.site.change_list import change_rows
from syncer.site.council_list import areas_judged, standing_rows
from syncer.site.facts import Facts
from syncer.site.intervention_list import intervention_rows
from syncer.site.page import Pages, SitePage
from syncer.site.standings import COUNTED, AreaCounts, count_in
from syncer.views.programmes import Sum, added, by_programme

LATEST = 30
"""Changes on a region's page."""

YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class CountTable:
    """How many councils stand how, line by line: a column for each grade, and for each reason for
    having none that some line has."""

    headings: tuple[str, ...]
    lines: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class RegionRow:
    """A region in the list of all: its councils, how they stand in leadership, and how many changes
    were noticed there within a year."""

    name: str
    councils: int
    numbers: tuple[int, ...]
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
    names = region_names(facts)
    slugs_of = {name: _slugs(_of(facts, name)) for name in names}
    england = _slugs(facts.councils)
    every = [*slugs_of.values(), england]
    table = _table([count_in(facts, slugs, Area.LEADERSHIP) for slugs in every])

    rows = []
    for name, numbers in zip(names, table.lines, strict=False):
        slugs = slugs_of[name]
        rows.append(RegionRow(name, len(slugs), numbers, _changes_within_a_year(facts, slugs)))
    return SitePage(
        "Regions",
        "regions.html.j2",
        {"headings": table.headings, "rows": rows, "england": table.lines[-1]},
        description="How the councils of each region of England stand.",
    )


def _changes_within_a_year(facts: Facts, slugs: frozenset[str]) -> int:
    rows = change_rows(facts, slugs)
    return sum(row.noticed > facts.made - YEAR for row in rows)


def _table(counts: Sequence[AreaCounts]) -> CountTable:
    """Return counts as lines with the same columns."""
    columns = [place for place, count in enumerate(counts[0].every) if _is_shown(counts, place)]
    headings = [counts[0].every[place].words for place in columns]
    lines = [tuple(count.every[place].number for place in columns) for count in counts]
    return CountTable(tuple(headings), tuple(lines))


def _is_shown(counts: Iterable[AreaCounts], place: int) -> bool:
    """Return whether a column is for a grade, or for a reason that some line has."""
    return place < len(COUNTED) or any(count.every[place].number for count in counts)


def _slugs(councils: Iterable[Council]) -> frozenset[str]:
    return frozenset(council.slug for council in councils)


def _one(facts: Facts, name: str) -> SitePage:
    councils = _of(facts, name)
    slugs = _slugs(councils)
    changes = change_rows(facts, slugs)
    areas = areas_judged(facts)
    counts = [count_in(facts, slugs, area) for area in areas]
    money = _money(facts, slugs)
    model = {
        "region": name,
        "areas": areas,
        "standings": standing_rows(facts, councils),
        "counts": _table(counts),
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
