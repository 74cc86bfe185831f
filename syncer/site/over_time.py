"""The country over time: the share of each grade at the end of every quarter, drawn and as a table,
one judgement area after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from syncer.digest import wording
from syncer.model import Area, RecordKind
from syncer.register.frameworks import FRAMEWORKS, InspectionFramework
from syncer.site.addresses import OVER_TIME
from syncer.site.charts import Box, Count, StackedBars, share, stacked_bars
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.views.counts import Step, counts, last_days
from syncer.views.listing import Column, Row

SINCE = dt.date(2013, 1, 1)
WIDE = Box(width=960, height=380, left=46, right=236, top=10, bottom=26)
NARROW = Box(width=340, height=320, left=42, right=112, top=10, bottom=24, label=28)
"""Two drawings of the same: small words cannot be read on a telephone. The style shows one."""


@dataclass(frozen=True)
class Kind:
    """A grade, or why there is none: its key, and its words."""

    key: str
    words: str


@dataclass(frozen=True)
class Cell:
    """How many councils stood so, and which share of all that is, in whole per cent."""

    number: int
    share: int


@dataclass(frozen=True)
class TableRow:
    """One day of the table: a cell for each kind, and all councils."""

    day: dt.date
    cells: tuple[Cell, ...]
    total: int


@dataclass(frozen=True)
class AreaChart:
    """One judgement area: what is drawn, the same as a table, the newest day first, and what is to
    be said of it. `key` names it in the page."""

    key: str
    title: str
    description: str
    notes: tuple[str, ...]
    kinds: tuple[Kind, ...]
    drawings: tuple[tuple[str, StackedBars], ...]
    rows: tuple[TableRow, ...]
    closing: str

    @property
    def words(self) -> dict[str, str]:
        """What each kind is called in the drawing."""
        return {kind.key: wording.capital(kind.words) for kind in self.kinds}


def pages(facts: Facts) -> Pages:
    """Yield the page on the country over time."""
    yield OVER_TIME, lambda: _page(facts)


def _page(facts: Facts) -> SitePage:
    return SitePage(
        "The country over time",
        "over_time.html.j2",
        {"areas": [area_chart(facts, area) for area in Area]},
        description="How many councils stood at each grade, quarter by quarter since 2013.",
    )


def area_chart(facts: Facts, area: Area) -> AreaChart:
    """Return how the councils stood in one area at the end of each quarter since 2013."""
    days = last_days(SINCE, facts.day, Step.QUARTER)
    read = [council.slug for council in facts.register if council.slug not in facts.unread]
    inspections = facts.of(RecordKind.INSPECTION)
    listing = counts(facts.register, inspections, read, area, days)

    kinds = tuple(_kinds(listing.columns))
    counted = [_count(row, kinds) for row in listing.rows]
    name = wording.capital(wording.area(area))
    return AreaChart(
        key=str(area).replace("_", "-"),
        title=name,
        description=_in_words(name, counted, kinds),
        notes=tuple(_notes(area, days)),
        kinds=kinds,
        drawings=tuple(_drawings(area, counted, kinds)),
        rows=tuple(_table_row(count, kinds) for count in reversed(counted)),
        closing=listing.closing,
    )


def _kinds(columns: Sequence[Column]) -> Iterator[Kind]:
    for column in columns:
        if column.name != "day":
            yield Kind(column.name, column.heading)


def _count(row: Row, kinds: Sequence[Kind]) -> Count:
    return Count(row["day"], {kind.key: row[kind.key] for kind in kinds})


def _table_row(count: Count, kinds: Sequence[Kind]) -> TableRow:
    cells = []
    for kind in kinds:
        number = count.numbers[kind.key]
        cells.append(Cell(number, share(number, count.total)))
    return TableRow(count.day, tuple(cells), count.total)


def _drawings(
    area: Area, counted: Sequence[Count], kinds: Sequence[Kind]
) -> Iterator[tuple[str, StackedBars]]:
    """Yield the drawing for wide windows, and that for narrow ones."""
    keys = [kind.key for kind in kinds]
    last = counted[-1].day if counted else SINCE
    turns = [(day, what) for day, what in turning_points(area) if day <= last]
    said = [(day, f"{day:%B %Y}: {what}") for day, what in turns]
    for name, box in (("wide", WIDE), ("narrow", NARROW)):
        above = box.top + len(said) * box.line
        yield name, stacked_bars(counted, keys, replace(box, top=above), said)


# -- What changed in how an area is judged ---------------------------------------------------------

APART, TOGETHER, NOT_JUDGED = range(3)


def turning_points(area: Area) -> Iterator[tuple[dt.date, str]]:
    """Yield the days on which a framework began under which the area is judged otherwise than under
    the one before, since the single inspection framework."""
    since_single = list(FRAMEWORKS)[1:]
    for before, after in pairwise(since_single):
        now = _how(after, area)
        if now != _how(before, area):
            yield after.first_day, _turn_in_words(after, area, now)


def _how(framework: InspectionFramework, area: Area) -> int:
    if area in framework.together:
        return TOGETHER
    return APART if area in framework.judged else NOT_JUDGED


def _turn_in_words(framework: InspectionFramework, area: Area, now: int) -> str:
    if now == NOT_JUDGED:
        return "no longer judged"
    if now == APART:
        return "judged apart again"
    partner = framework.together[area]
    return f"judged with {wording.area(partner)}"


def _notes(area: Area, days: Sequence[dt.date]) -> Iterator[str]:
    """Yield what a reader has to know of an area's turning points that the chart shows."""
    for day, what in turning_points(area):
        if days and day <= days[-1]:
            yield _note(area, day, what)


def _note(area: Area, day: dt.date, what: str) -> str:
    name = wording.area(area)
    if what == "no longer judged":
        judgement = "an overall judgement" if area is Area.OVERALL else f"a judgement on {name}"
        return (
            f"Inspections that begin from {day:%B %Y} on do not give {judgement}. A council counts "
            "as no longer judged once it has been inspected since; its last grade before that no "
            "longer stands. It is an end of the judgement, not a change in how councils do."
        )
    return (
        f"Inspections that begin from {day:%B %Y} on have {name} {what}; a council counts so once "
        "it has been inspected since."
    )


# -- The chart in words ----------------------------------------------------------------------------


def _in_words(name: str, counted: Sequence[Count], kinds: Sequence[Kind]) -> str:
    """Return what the chart shows, for those who do not see it."""
    if not counted:
        return f"{name}: no quarter has ended yet."
    first, last = counted[0], counted[-1]
    return (
        f"A bar for the end of each quarter from {wording.day(first.day)} to "
        f"{wording.day(last.day)}, parted by the grades of all councils open on that day. "
        f"First bar: {_bar_in_words(first, kinds)}. Last bar: {_bar_in_words(last, kinds)}. "
        "The table below has every figure."
    )


def _bar_in_words(count: Count, kinds: Sequence[Kind]) -> str:
    said = []
    for kind in kinds:
        number = count.numbers[kind.key]
        if number:
            said.append(f"{number} {kind.words}")
    return wording.listed(said)
